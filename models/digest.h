/*
 * Digest authentication: MD5 (RFC 2617) and SHA-256 (RFC 7616, RFC 8760), by nettle.
 */
#ifndef MODELS_DIGEST_H
#define MODELS_DIGEST_H

#include "models/sip.h"

enum digest_algorithm { DIGEST_MD5, DIGEST_SHA_256, DIGEST_UNKNOWN };

#define DIGEST_HEX_MAX 65 /* 64 digits and the final zero */

/** What a response is computed from. */
struct digest_input {
	enum digest_algorithm algorithm;
	struct span username, realm, password, method, uri, nonce;
	bool qop_auth;
	struct span nc, cnonce; /* with qop_auth */
};

/** Reads the value of a challenge or credentials header (RFC 2617 3.2.1, 3.2.2); without an algorithm it is MD5. */
struct sip_auth digest_read(const char *text, struct slice value);

/**
 * The last responses. A phone computes one and the server that checks it asks for the same within moments. A pure function's
 * memory: it changes nothing but the time taken.
 */
#define MEMO_PLACES 64
#define MEMO_TEXT   256
struct digest_memo {
	struct memo {
		struct memo_key {
			uint32_t algorithm, qop_auth;
			uint32_t a1, a2; /* lengths of the two inside the text */
			uint32_t len;	 /* of the text; 0: none is remembered */
		} key;
		char text[MEMO_TEXT], hex[DIGEST_HEX_MAX];
	} a2, responses[MEMO_PLACES]; /* H(A2), the same for whole crowds; by nonce */
};

/** A memo that remembers nothing. */
void digest_memo_init(struct digest_memo *memo);

/** The response as lower-case hexadecimal digits with a final zero (RFC 2617 3.2.2). Returns their number. */
size_t digest_response(struct digest_memo *memo, const struct digest_input *in, char hex[static DIGEST_HEX_MAX]);

/** "MD5", "SHA-256". */
const char *digest_name(enum digest_algorithm a);

#endif
