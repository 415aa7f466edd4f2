#include "models/sha256.h"

#include <nettle/base16.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>

struct sha256 {
	struct sha256_ctx context;
};

struct sha256 *sha256_begin(struct arena *a)
{
	struct sha256 *sum = arena_alloc(a, sizeof *sum);
	sha256_init(&sum->context);
	return sum;
}

void sha256_add(struct sha256 *sum, const void *bytes, size_t len)
{
	sha256_update(&sum->context, len, bytes);
}

void sha256_end(struct sha256 *sum, char hex[static 65])
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_digest(&sum->context, sizeof digest, digest);
	base16_encode_update(hex, sizeof digest, digest);
	hex[64] = '\0';
}

void sha256_hex(const void *bytes, size_t len, char hex[static 65])
{
	struct sha256 sum;
	sha256_init(&sum.context);
	sha256_add(&sum, bytes, len);
	sha256_end(&sum, hex);
}

void sha256_base64(const void *bytes, size_t len, char base64[static 45])
{
	struct sha256_ctx context;
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_init(&context);
	sha256_update(&context, len, bytes);
	sha256_digest(&context, sizeof digest, digest);
	base64_encode_raw(base64, sizeof digest, digest);
	base64[44] = '\0';
}
