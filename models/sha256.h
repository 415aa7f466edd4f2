/*
 * The digest by which files are told apart in results.
 */
#ifndef MODELS_SHA256_H
#define MODELS_SHA256_H

#include "sim/arena.h"

/** Writes the SHA-256 of `len` bytes as 64 lower-case hexadecimal digits and a final zero. */
void sha256_hex(const void *bytes, size_t len, char hex[static 65]);

/** The same in base64, as a Content-Security-Policy names what it allows. */
void sha256_base64(const void *bytes, size_t len, char base64[static 45]);

struct sha256; /* of what comes in pieces */

/** Begins a digest, which lives in the arena. */
struct sha256 *sha256_begin(struct arena *a);

void sha256_add(struct sha256 *sum, const void *bytes, size_t len);

/** Writes it as sha256_hex() does, and begins anew. */
void sha256_end(struct sha256 *sum, char hex[static 65]);

#endif
