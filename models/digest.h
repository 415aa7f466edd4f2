/*
 * Digest authentication: MD5 (RFC 2617) and SHA-256 (RFC 7616, RFC 8760), by nettle.
 */
#ifndef MODELS_DIGEST_H
#define MODELS_DIGEST_H

#include "models/siptext.h"

enum digest_algorithm { DIGEST_MD5, DIGEST_SHA_256, DIGEST_UNKNOWN };

#define DIGEST_HEX_MAX 65 /* 64 digits and the final zero */

/** Bytes that somebody else owns. */
struct span {
	const char *at;
	size_t len;
};

/** A challenge or credentials; spans point into the message. Absent parameters are empty. */
struct digest {
	enum digest_algorithm algorithm; /* MD5 when none is named (RFC 2617 3.2.1) */
	struct span realm, nonce, opaque, username, uri, response, cnonce, nc;
	bool qop_auth; /* qop is there and offers or names "auth" */
	bool stale;
};

/** What a response is computed from. */
struct digest_input {
	enum digest_algorithm algorithm;
	struct span username, realm, password, method, uri, nonce;
	bool qop_auth;
	struct span nc, cnonce; /* with qop_auth */
};

/** Reads the value of a challenge or credentials header. False when the scheme is not Digest or it has no nonce. */
bool digest_read(const char *text, struct slice value, struct digest *out);

/** The response as lower-case hexadecimal digits with a final zero (RFC 2617 3.2.2). Returns their number. */
size_t digest_response(const struct digest_input *in, char hex[static DIGEST_HEX_MAX]);

/** "MD5", "SHA-256". */
const char *digest_name(enum digest_algorithm a);

bool span_equal(struct span a, struct span b);

#define SPAN(text) ((struct span){ (text), strlen(text) })

#endif
