/*
 * A small streaming JSON writer. It never builds a tree: a value is bytes in the sink as soon as it is said.
 *
 *	struct json j = { &sink };
 *	json_open(&j, '{');
 *	json_key(&j, "cells"), json_number(&j, 54);
 *	json_close(&j, '}');
 *
 * The caller says keys in alphabetical order; the writer puts the commas.
 */
#ifndef REPORTS_JSON_H
#define REPORTS_JSON_H

#include "reports/sink.h"

struct json {
	struct sink *out;
	bool more; /* something stands before the next key or item, so a comma is due */
	bool tight; /* no blanks, for what no person reads */
};

/** Begins an object '{' or an array '['. */
void json_open(struct json *j, char bracket);

/** Ends it with '}' or ']'. */
void json_close(struct json *j, char bracket);

/** The key of the value that is said next. */
void json_key(struct json *j, const char *key);

/** Before each item of an array. */
void json_item(struct json *j);

void json_number(struct json *j, uint64_t number);
void json_bool(struct json *j, bool yes);
void json_null(struct json *j);

/** A string of `n` bytes, which should be UTF-8: bytes that are not become U+FFFD. */
void json_string(struct json *j, const char *bytes, size_t n);

/** A C string, or null when it is NULL. */
void json_text(struct json *j, const char *text);

/** A string in pieces: a quote, pieces of UTF-8, and a quote. */
void json_quote(struct json *j);
void json_piece(struct json *j, const char *text);

/** A string in which each byte is the code point of the same number. */
void json_latin1(struct json *j, const char *bytes, size_t n);

#endif
