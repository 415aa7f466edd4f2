/*
 * The digest by which files are told apart in results.
 */
#ifndef MODELS_SHA256_H
#define MODELS_SHA256_H

#include "sim/base.h"

/** Writes the SHA-256 of `len` bytes as 64 lower-case hexadecimal digits and a final zero. */
void sha256_hex(const void *bytes, size_t len, char hex[static 65]);

#endif
