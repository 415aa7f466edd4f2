/*
 * The catalogue and its knobs, for people: lists, single entries, the whole reference.
 */
#ifndef REPORTS_MODELS_H
#define REPORTS_MODELS_H

#include "reports/paper.h"
#include "scenarios/catalogue.h"

/** The entries of one kind in a table: name, title, confidence. */
void put_models(struct sink *s, const struct paper *paper, const struct catalogue *c, enum device_kind kind);

/** One entry: its evidence, then every knob with its value; those that are not the default are marked. */
void put_model(struct sink *s, const struct paper *paper, const struct model *model);

/** The causes in a table, in order of their numbers. */
void put_cause_list(struct sink *s, const struct paper *paper);

/** The check words in a table. */
void put_check_list(struct sink *s, const struct paper *paper);

/** One entry as Markdown: a heading of that level, its evidence, the knobs that differ from their defaults. */
void put_model_markdown(struct sink *s, const struct model *model, int level);

/** All entries and all knobs as Markdown: docs/models.md. */
void put_models_markdown(struct sink *s, const struct catalogue *c);

#endif
