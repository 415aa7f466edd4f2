/*
 * UTF-8, as little of it as reports need.
 */
#ifndef REPORTS_UTF8_H
#define REPORTS_UTF8_H

#include "sim/base.h"

/** Bytes of the well-formed character at `text` (RFC 3629 4); 0 when there is none within `n` bytes. */
size_t utf8_char(const char *text, size_t n);

/** Are all `n` bytes well-formed UTF-8? */
bool utf8_valid(const char *text, size_t n);

/** Columns that `n` bytes take on a terminal, one per character; an ill-formed byte counts as one. */
size_t utf8_width(const char *text, size_t n);

#endif
