#include "models/digest.h"

#include <assert.h>
#include <nettle/md5.h>
#include <nettle/sha2.h>
#include <string.h>
#include <strings.h>

static const char *const names[] = { [DIGEST_MD5] = "MD5", [DIGEST_SHA_256] = "SHA-256" };

const char *digest_name(enum digest_algorithm a)
{
	assert(a < DIGEST_UNKNOWN);
	return names[a];
}

bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || !memcmp(a.at, b.at, a.len));
}

static bool named(struct span s, const char *name)
{
	return s.len == strlen(name) && !strncasecmp(s.at, name, s.len);
}

static enum digest_algorithm algorithm_of(struct span s)
{
	for (int a = 0; a < DIGEST_UNKNOWN; a++)
		if (named(s, names[a]))
			return (enum digest_algorithm)a;
	return DIGEST_UNKNOWN;
}

/* "auth" among the quoted, comma-separated options. */
static bool offers_auth(struct span qop)
{
	const char *at = qop.at, *end = qop.at + qop.len;
	while (at < end) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		const char *stop = comma ? comma : end;
		while (at < stop && *at == ' ')
			at++;
		size_t len = (size_t)(stop - at);
		while (len && at[len - 1] == ' ')
			len--;
		if (named((struct span){ at, len }, "auth"))
			return true;
		at = stop + 1;
	}
	return false;
}

static const struct digest_param {
	const char *name;
	size_t at; /* offset of its span in struct digest */
} params[] = {
	{ "realm", offsetof(struct digest, realm) },       { "nonce", offsetof(struct digest, nonce) },
	{ "opaque", offsetof(struct digest, opaque) },     { "username", offsetof(struct digest, username) },
	{ "uri", offsetof(struct digest, uri) },	   { "response", offsetof(struct digest, response) },
	{ "cnonce", offsetof(struct digest, cnonce) },     { "nc", offsetof(struct digest, nc) },
};

static void take(struct digest *d, struct span name, struct span value)
{
	if (named(name, "algorithm"))
		d->algorithm = algorithm_of(value);
	else if (named(name, "qop"))
		d->qop_auth = offers_auth(value);
	else if (named(name, "stale"))
		d->stale = named(value, "true");
	for (size_t i = 0; i < COUNT(params); i++)
		if (named(name, params[i].name))
			memcpy((char *)d + params[i].at, &value, sizeof value);
}

static struct span span_between(const char *text, uint32_t from, uint32_t to)
{
	return (struct span){ text + from, to - from };
}

static void take_element(const char *text, struct slice e, struct digest *d)
{
	const char *equals = memchr(text + e.at, '=', e.len);
	if (!equals)
		return;
	uint32_t at = (uint32_t)(equals - text), end = (uint32_t)e.at + e.len;
	struct span value = span_between(text, at + 1, end);
	if (value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"')
		value = (struct span){ value.at + 1, value.len - 2 };
	take(d, span_between(text, e.at, at), value);
}

bool digest_read(const char *text, struct slice value, struct digest *out)
{
	*out = (struct digest){ .algorithm = DIGEST_MD5 };
	if (value.len < 8 || strncasecmp(text + value.at, "Digest ", 7) != 0)
		return false;
	struct slice list = { (uint16_t)(value.at + 7), (uint16_t)(value.len - 7) };
	struct slice element;
	for (uint32_t at = 0; siptext_element(text, list, &at, &element);)
		take_element(text, element, out);
	return out->nonce.len > 0;
}

static size_t hex_print(const uint8_t *bytes, size_t n, char *hex)
{
	for (size_t i = 0; i < n; i++) {
		hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	hex[2 * n] = 0;
	return 2 * n;
}

static size_t md5_join(const struct span *parts, size_t n, char *hex)
{
	struct md5_ctx md5;
	uint8_t sum[MD5_DIGEST_SIZE];
	md5_init(&md5);
	for (size_t i = 0; i < n; i++) {
		if (i)
			md5_update(&md5, 1, (const uint8_t *)":");
		md5_update(&md5, parts[i].len, (const uint8_t *)parts[i].at);
	}
	md5_digest(&md5, sizeof sum, sum);
	return hex_print(sum, sizeof sum, hex);
}

static size_t sha256_join(const struct span *parts, size_t n, char *hex)
{
	struct sha256_ctx sha;
	uint8_t sum[SHA256_DIGEST_SIZE];
	sha256_init(&sha);
	for (size_t i = 0; i < n; i++) {
		if (i)
			sha256_update(&sha, 1, (const uint8_t *)":");
		sha256_update(&sha, parts[i].len, (const uint8_t *)parts[i].at);
	}
	sha256_digest(&sha, sizeof sum, sum);
	return hex_print(sum, sizeof sum, hex);
}

/* H(part:part:...) as hexadecimal digits. */
static struct span joined(enum digest_algorithm a, const struct span *parts, size_t n, char *hex)
{
	return (struct span){ hex, (a == DIGEST_MD5 ? md5_join : sha256_join)(parts, n, hex) };
}

size_t digest_response(const struct digest_input *in, char hex[static DIGEST_HEX_MAX])
{
	assert(in->algorithm < DIGEST_UNKNOWN);
	char a1[DIGEST_HEX_MAX], a2[DIGEST_HEX_MAX];
	struct span ha1 = joined(in->algorithm, (struct span[]){ in->username, in->realm, in->password }, 3, a1);
	struct span ha2 = joined(in->algorithm, (struct span[]){ in->method, in->uri }, 2, a2);
	if (!in->qop_auth)
		return joined(in->algorithm, (struct span[]){ ha1, in->nonce, ha2 }, 3, hex).len;
	struct span parts[] = { ha1, in->nonce, in->nc, in->cnonce, { "auth", 4 }, ha2 };
	return joined(in->algorithm, parts, COUNT(parts), hex).len;
}
