/*
 * A small streaming XML writer, of XML 1.0 as much as reports need: elements, attributes, text.
 *
 *	struct xml x = { &sink };
 *	xml_open(&x, "testcase");
 *	xml_attribute(&x, "name", "phone=cisco-7940");
 *	xml_text(&x, "fails");
 *	xml_close(&x, "testcase");
 *
 * Whatever the texts are, what comes out is well-formed UTF-8 without control characters: they become their pictures (U+2400 and
 * what follows), so that different names stay different. What cannot stand in XML at all becomes U+FFFD.
 */
#ifndef REPORTS_XML_H
#define REPORTS_XML_H

#include "reports/sink.h"

struct xml {
	struct sink *out;
	bool in_tag; /* attributes may follow */
};

/** The line that begins a document. */
void xml_begin(struct xml *x);

/** Begins an element. */
void xml_open(struct xml *x, const char *name);

/** An attribute of the element that has just begun. Its value may be said in pieces: see xml_quote(). */
void xml_attribute(struct xml *x, const char *name, const char *value);
void xml_number(struct xml *x, const char *name, uint64_t value);

/** An attribute in pieces: its name and a quote, pieces with put_xml_value(), and xml_quote(). */
void xml_key(struct xml *x, const char *name);
void xml_quote(struct xml *x);

/** Text of the element. */
void xml_text(struct xml *x, const char *text, size_t n);

/** Ends the innermost element, which is `name`. */
void xml_close(struct xml *x, const char *name);

/** A line end between elements. */
void xml_line(struct xml *x);

/** Part of the value of an attribute: without line breaks and tabs, which a reader would make blanks of. */
void put_xml_value(struct sink *s, const char *text, size_t n);

#endif
