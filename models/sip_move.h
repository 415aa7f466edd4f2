/*
 * The view of a message that was rewritten on the way, from the view it had before: places move with the text.
 */
#ifndef MODELS_SIP_MOVE_H
#define MODELS_SIP_MOVE_H

#include "models/sip.h"

/**
 * Fills the view of `after`, whose changes say how it differs from the message of `before`.
 *
 * @return  false when it has to be scanned instead: a change cuts through a place, or reaches into the body
 */
bool sip_view_moved(const struct sip_view *before, struct payload *after, struct sip_view *out);

#endif
