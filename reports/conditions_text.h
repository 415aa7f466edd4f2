/*
 * The conditions under which a matrix fails, in words:
 *
 *	fails when phone send-port is ephemeral
 *	fails when phone rport is off and router ports is random and server force-rport is off
 */
#ifndef REPORTS_CONDITIONS_TEXT_H
#define REPORTS_CONDITIONS_TEXT_H

#include "reports/json.h"
#include "reports/paper.h"
#include "scenarios/conditions.h"

/**
 * One condition: "fails when phone rport is off and router is pf or linux", or "does not work when ..." where not all of its
 * cells fail; the axes are those of `s`. Of a long list of names only the first ones stand there; JSON has all of them.
 */
void put_condition(struct sink *out, const struct scenario *s, const struct condition *c);

/**
 * The i-th line, from 0, of all that is said of them: the conditions, and what there is to say of how they were found.
 * False, and nothing is put, when there are no more lines; none at all when nothing fails.
 */
bool put_conditions_line(struct sink *out, const struct scenario *s, const struct conditions *c, uint32_t i);

/** All lines as paragraphs, each condition with its cells, and an empty line behind them; of many only the first ones. */
void put_conditions(struct sink *out, const struct paper *paper, const struct scenario *s, const struct conditions *c);

/** [{"cells": 12, "text": "fails when ...", "when": [{"axis": "phone", "knob": "phone send-port", "values": ["ephemeral"]}]}] */
void conditions_array(struct json *j, const struct scenario *s, const struct conditions *c);

/** How sure they are: "smallest", "unproven" or "too-large". */
extern const char *const conditions_proof_words[];

#endif
