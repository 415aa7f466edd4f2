/*
 * Finds values in JSON text without building anything from them: results may be larger than memory likes.
 */
#ifndef REPORTS_JSON_SCAN_H
#define REPORTS_JSON_SCAN_H

#include "reports/sink.h"

/** The cells of one scenario of a result: between the brackets of its list. */
struct cell_range {
	const char *at, *end;
};

/**
 * Copies a result without its cells into `head` and notes where those of each scenario stand.
 *
 * @param ranges  room for `max`; *n comes back, which may be more than `max`: then call again with more room
 * @return        false when brackets or quotes do not match: the text was cut off
 */
bool result_scan(const char *json, size_t len, struct sink *head, struct cell_range *ranges, uint32_t max, uint32_t *n);

/** Takes the next value of a list away from the range; false at its end. Brackets match there. */
bool range_next(struct cell_range *range, const char **value, size_t *len);

#endif
