/*
 * TAP 14: a line per cell, for prove, Meson and whatever else reads it. docs/formats.md says what is what.
 */
#ifndef REPORTS_TAP_H
#define REPORTS_TAP_H

#include "reports/report.h"

extern const struct report_kind tap_report;

#endif
