/*
 * Places in raw SIP text: header lines, parameters, lists. Reads only; knows no message.
 */
#ifndef MODELS_SIPTEXT_H
#define MODELS_SIPTEXT_H

#include <string.h>

#include "sim/addr.h"

/** `len` bytes from `at`, counted from the start of a message; messages are shorter than 64 KiB. */
struct slice {
	uint16_t at, len;
};

/** The port that is meant when none is written (RFC 3261 19.1.2, 18.2.2). */
#define SIP_PORT 5060

/** Bytes that somebody else owns. */
struct span {
	const char *at;
	size_t len;
};

#define SPAN(text) ((struct span){ (text), strlen(text) })

static inline bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || !memcmp(a.at, b.at, a.len));
}

/** One header line, folds included; the value without the blanks around it. */
struct header_line {
	struct slice name, value;
};

/**
 * The header line at *at; moves *at behind it. False at the empty line that ends the headers (then *at is where the
 * body begins) or at the end of the text (RFC 3261 7.3.1).
 */
bool siptext_header(const char *text, uint32_t len, uint32_t *at, struct header_line *h);

/** The next header line, from *at, whose name begins with one of the letters; likewise false at the end of the headers. */
bool siptext_header_among(const char *text, uint32_t len, uint32_t *at, uint32_t letters, struct header_line *h);

/** One letter of a set, whatever its case; 0 for what is no letter. */
static inline uint32_t letter_bit(char c)
{
	uint32_t n = (uint32_t)((c | 0x20) - 'a');
	return n < 26 ? 1u << n : 0;
}

/** As siptext_named(), when the first letters are known to be the same. */
bool siptext_named_so(const char *text, struct slice name, const char *full);

/** Is the name `full` (case does not matter), or its one-letter compact form `compact` (0: none)? RFC 3261 7.3.3 */
static inline bool siptext_named(const char *text, struct slice name, const char *full, char compact)
{
	if (name.len == 1 && compact)
		return (text[name.at] | 0x20) == compact;
	return !((text[name.at] ^ full[0]) & ~0x20) && siptext_named_so(text, name, full); /* nearly all differ there */
}

/** The next element of a comma-separated list inside `list`, from *at; quotes and angle brackets are respected. */
bool siptext_element(const char *text, struct slice list, uint32_t *at, struct slice *element);

/** ";name=value": the value without its quotes, empty when there is none; the whole without the semicolon. */
struct param {
	struct slice name, value, whole;
};

/** The next parameter in `s`, from *at (0: the first one), outside quotes and angle brackets. */
bool siptext_next_param(const char *text, struct slice s, uint32_t *at, struct param *p);

/**
 * The parameter `name` among ";name=value" in `s`, outside quotes and angle brackets. Fills the value (empty when there is
 * none, without quotes) and, when `whole` is not NULL, the parameter without its semicolon.
 */
bool siptext_param(const char *text, struct slice s, const char *name, struct slice *value, struct slice *whole);

/** The URI inside <...> of a name-addr, or what stands before the first semicolon. */
struct slice siptext_uri(const char *text, struct slice name_addr);

/** Where "sip:user@host:port;params" points; port 5060 when none is written (RFC 3261 19.1.2). False for a name. */
bool siptext_uri_endpoint(const char *text, struct slice uri, struct endpoint *out);

/** "host:port" of a URI, without scheme, user and parameters. */
struct slice siptext_uri_hostport(const char *text, struct slice uri);

/** An address where it stands: "192.168.1.104 : 5060". */
struct hostport {
	struct slice whole;
	struct endpoint at; /* port 5060 when none is written */
	bool port_written;
};

/** Reads "a.b.c.d" or "a.b.c.d:port", blanks around the colon allowed (RFC 3261 25.1). False for a name and for IPv6. */
bool siptext_hostport(const char *text, struct slice s, struct hostport *out);

/** The user part of "sip:user@host"; empty when there is none. */
struct slice siptext_uri_user(const char *text, struct slice uri);

/** The host part of "sip:user@host:port", without the port. */
struct slice siptext_uri_host(const char *text, struct slice uri);

/** A decimal number that fills the slice; false when it is anything else or does not fit in 32 bits. */
bool siptext_number(const char *text, struct slice s, uint32_t *number);

/** The slice without blanks (and folds) at both ends. */
struct slice siptext_trim(const char *text, struct slice s);

#endif
