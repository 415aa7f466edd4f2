/*
 * What a report needs to know of a scenario file besides its results, as the key "outline" of a result: order, labels and
 * lines of the axes, the knobs behind their values, checks, exceptions. reports/recorded.c reads it back.
 */
#ifndef REPORTS_OUTLINE_H
#define REPORTS_OUTLINE_H

#include "reports/json.h"
#include "reports/report.h"

void put_outline(struct json *j, const struct show *show, const struct shown *shown);

#endif
