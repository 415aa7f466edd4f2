/*
 * Annotations: lines on standard output from which GitHub makes remarks beside the lines of a file. It shows about ten of
 * a kind, so at most nine are written and the others are counted.
 */
#ifndef REPORTS_ANNOTATION_H
#define REPORTS_ANNOTATION_H

#include "reports/sink.h"

#define ANNOTATIONS_MAX 9

/** What an annotation is about. */
struct annotated {
	const char *file;
	uint32_t line, column; /* from 1; column 0: the line as a whole */
	const char *title;
};

/** "::error file=lab.yaml,line=3,col=5,title=VP003::", behind which its text and a line end follow. */
void put_annotation(struct sink *s, const struct annotated *about);

/** A text in which nothing ends the annotation. */
void put_annotation_text(struct sink *s, const char *text, size_t n);

/** "::error::and 41 more" */
void put_more_annotations(struct sink *s, uint64_t n);

#endif
