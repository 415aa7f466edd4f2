/*
 * The text of the SIP messages in a trace, as reports that are JSON tell it.
 */
#ifndef REPORTS_MESSAGE_H
#define REPORTS_MESSAGE_H

#include "models/siptext.h"
#include "reports/json.h"
#include "sim/trace.h"

/** The bytes that a datagram carries of a SIP message, of a fragment its part; `at` is NULL for what is no SIP. */
struct span message_text(const struct record *r);

/** Is it UTF-8? Else it is told as Latin-1, each byte as the character of the same number. */
bool message_is_utf8(struct span text);

/** The text as a JSON string, or null. */
void message_json(struct json *j, struct span text);

/** How many UTF-16 code units, as JavaScript counts, its first `n` bytes are. */
uint32_t message_units(struct span text, uint32_t n);

#endif
