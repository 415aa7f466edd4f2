/*
 * Which texts a field takes, because of where they are written in a message. For field.c only.
 */
#ifndef MODELS_FIELD_TEXT_H
#define MODELS_FIELD_TEXT_H

#include "models/field.h"

/** Does the text keep to the rule? */
bool text_fits(enum text_rule rule, const char *text, size_t len);

/** What the rule accepts, for error texts. */
const char *text_wants(enum text_rule rule);

#endif
