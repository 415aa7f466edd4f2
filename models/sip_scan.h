/*
 * One scan over a message's text that finds what a view needs. It judges nothing: sip_view() asks libosip2 first.
 */
#ifndef MODELS_SIP_SCAN_H
#define MODELS_SIP_SCAN_H

#include "models/sip.h"

/** No slice, no number. */
extern const struct sip_view sip_view_empty;

/** Fills a view from text. False when there is no start line, or Via, From, To, Call-ID or CSeq is missing. */
bool sip_scan(const char *text, uint32_t len, struct sip_view *v);

/** The slices and numbers of a Via value: sent-by and parameters. False when it has no sent-by. */
bool sip_scan_via(const char *text, struct sip_view *v);

/** What stands in the value of a From or To header. */
bool sip_scan_from(const char *text, struct slice value, struct sip_view *v);
bool sip_scan_to(const char *text, struct slice value, struct sip_view *v);

/** "host:port" of the top Via of a view. */
struct slice sip_sent_by(const char *text, const struct sip_view *v);

#endif
