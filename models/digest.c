#include "models/digest.h"

#include <assert.h>
#include <nettle/md5.h>
#include <nettle/sha2.h>
#include <string.h>
#include <strings.h>

#include "sim/hex.h"
#include "sim/table.h"

static const char *const names[] = { [DIGEST_MD5] = "MD5", [DIGEST_SHA_256] = "SHA-256" };

const char *digest_name(enum digest_algorithm a)
{
	assert(a < DIGEST_UNKNOWN);
	return names[a];
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

#define PARAM(word) { #word, sizeof #word - 1, offsetof(struct sip_auth, word) }

static const struct digest_param {
	const char *name;
	size_t len, at; /* of the name; offset of its slice in struct sip_auth */
} params[] = {
	PARAM(realm), PARAM(nonce), PARAM(opaque), PARAM(username), PARAM(uri), PARAM(response), PARAM(cnonce), PARAM(nc),
};

static void take(struct sip_auth *d, const char *text, struct span name, struct span value)
{
	struct slice place = { (uint16_t)(value.at - text), (uint16_t)value.len };
	if (named(name, "algorithm"))
		d->algorithm = (uint8_t)algorithm_of(value);
	else if (named(name, "qop"))
		d->qop_auth = offers_auth(value);
	else if (named(name, "stale"))
		d->stale = named(value, "true");
	for (size_t i = 0; i < COUNT(params); i++)
		if (name.len == params[i].len && named(name, params[i].name))
			memcpy((char *)d + params[i].at, &place, sizeof place);
}

/* Where a list is being read. */
struct reader {
	const char *at, *end;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct reader *r)
{
	while (r->at < r->end && is_blank(*r->at))
		r->at++;
}

static struct span up_to(struct reader *r, char stop)
{
	const char *from = r->at, *found = memchr(from, stop, (size_t)(r->end - from));
	r->at = found ? found : r->end;
	return (struct span){ from, (size_t)(r->at - from) };
}

static struct span trimmed(struct span s)
{
	while (s.len && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

/* "..." up to the quote that no backslash escapes; the escapes stay, as nobody here uses them. */
static struct span quoted(struct reader *r)
{
	const char *from = ++r->at;
	while (r->at < r->end && *r->at != '"')
		r->at += *r->at == '\\' ? 2 : 1;
	if (r->at > r->end)
		r->at = r->end;
	struct span value = { from, (size_t)(r->at - from) };
	if (r->at < r->end)
		r->at++;
	return value;
}

/* name=value or name="value", with blanks wherever RFC 2617 1.2 allows them; false at the end. */
static bool read_param(struct reader *r, struct span *name, struct span *value)
{
	while (r->at < r->end && (*r->at == ',' || is_blank(*r->at)))
		r->at++;
	if (r->at == r->end)
		return false;
	*name = trimmed(up_to(r, '='));
	if (r->at == r->end)
		return false;
	r->at++;
	skip_blanks(r);
	if (r->at < r->end && *r->at == '"')
		*value = quoted(r);
	else
		*value = trimmed(up_to(r, ','));
	return true;
}

struct sip_auth digest_read(const char *text, struct slice value)
{
	struct reader r = { text + value.at, text + value.at + value.len };
	struct sip_auth d = { .algorithm = DIGEST_MD5 };
	struct span name, param;
	if (value.len < 8 || strncasecmp(r.at, "Digest ", 7) != 0)
		return d;
	r.at += 7;
	while (read_param(&r, &name, &param))
		take(&d, text, name, param);
	d.digest = d.nonce.len > 0;
	return d;
}

/* --- computing --------------------------------------------------------------------------------------------------- */

static void md5_hex(const char *text, size_t len, char *hex)
{
	struct md5_ctx md5;
	uint8_t sum[MD5_DIGEST_SIZE];
	md5_init(&md5);
	md5_update(&md5, len, (const uint8_t *)text);
	md5_digest(&md5, sizeof sum, sum);
	hex_print(sum, sizeof sum, hex);
}

static void sha256_hex_digits(const char *text, size_t len, char *hex)
{
	struct sha256_ctx sha;
	uint8_t sum[SHA256_DIGEST_SIZE];
	sha256_init(&sha);
	sha256_update(&sha, len, (const uint8_t *)text);
	sha256_digest(&sha, sizeof sum, sum);
	hex_print(sum, sizeof sum, hex);
}

static const struct hash {
	void (*hex)(const char *text, size_t len, char *hex);
	size_t digits;
} hashes[] = {
	[DIGEST_MD5] = { md5_hex, 2 * MD5_DIGEST_SIZE },
	[DIGEST_SHA_256] = { sha256_hex_digits, 2 * SHA256_DIGEST_SIZE },
};

/* part:part:... as one text, because a hash takes one piece faster than many. */
#define JOINED_MAX (2u * PAYLOAD_MAX) /* what one message may hold, and the texts of a profile */

static size_t join(const struct span *parts, size_t n, char text[static JOINED_MAX])
{
	size_t len = 0;
	for (size_t i = 0; i < n; i++) {
		assert(len + parts[i].len + 1 <= JOINED_MAX);
		if (i)
			text[len++] = ':';
		memcpy(text + len, parts[i].at, parts[i].len);
		len += parts[i].len;
	}
	return len;
}

/* All that a response depends on as one text, in which A1 (user:realm:password) and A2 (method:uri) stand as they are. */
static struct memo_key join_all(const struct digest_input *in, char text[static JOINED_MAX])
{
	const struct span parts[] = { in->username, in->realm, in->password, in->method,
				      in->uri,	    in->nonce, in->nc,	     in->cnonce };
	uint32_t a1 = (uint32_t)(in->username.len + 1 + in->realm.len + 1 + in->password.len);
	return (struct memo_key){
		.algorithm = in->algorithm,
		.qop_auth = in->qop_auth,
		.a1 = a1,
		.a2 = (uint32_t)(in->method.len + 1 + in->uri.len),
		.len = (uint32_t)join(parts, in->qop_auth ? 8 : 6, text),
	};
}

/* --- remembering ------------------------------------------------------------------------------------------------- */

void digest_memo_init(struct digest_memo *memo)
{
	memo->a2.key.len = 0;
	for (size_t i = 0; i < MEMO_PLACES; i++)
		memo->responses[i].key.len = 0;
}

static bool remembers(const struct memo *m, const struct memo_key *key, const char *text)
{
	return m->key.len == key->len && !memcmp(&m->key, key, sizeof *key) && !memcmp(m->text, text, key->len);
}

static void remember(struct memo *m, const struct memo_key *key, const char *text, const char *hex)
{
	if (key->len > MEMO_TEXT)
		return;
	m->key = *key;
	memcpy(m->text, text, key->len);
	memcpy(m->hex, hex, sizeof m->hex);
}

/* H(A2): most requests of a world have the same method and URI. */
static void hash_a2(struct digest_memo *memo, enum digest_algorithm a, const char *text, uint32_t len,
		    char hex[static DIGEST_HEX_MAX])
{
	const struct memo_key key = { .algorithm = a, .len = len };
	if (remembers(&memo->a2, &key, text)) {
		memcpy(hex, memo->a2.hex, DIGEST_HEX_MAX);
		return;
	}
	hashes[a].hex(text, len, hex);
	remember(&memo->a2, &key, text, hex);
}

static void compute(struct digest_memo *memo, const struct digest_input *in, const struct memo_key *key, const char *all,
		    char hex[static DIGEST_HEX_MAX])
{
	const struct hash *hash = &hashes[in->algorithm];
	char a1[DIGEST_HEX_MAX], a2[DIGEST_HEX_MAX], text[JOINED_MAX];
	hash->hex(all, key->a1, a1);
	hash_a2(memo, in->algorithm, all + key->a1 + 1, key->a2, a2);
	const struct span ha1 = { a1, hash->digits }, ha2 = { a2, hash->digits };
	size_t len = in->qop_auth ? join((struct span[]){ ha1, in->nonce, in->nc, in->cnonce, { "auth", 4 }, ha2 }, 6, text)
				  : join((struct span[]){ ha1, in->nonce, ha2 }, 3, text);
	hash->hex(text, len, hex);
}

size_t digest_response(struct digest_memo *memo, const struct digest_input *in, char hex[static DIGEST_HEX_MAX])
{
	char all[JOINED_MAX];
	assert(in->algorithm < DIGEST_UNKNOWN);
	const struct memo_key key = join_all(in, all);
	struct memo *m = &memo->responses[hash_bytes(HASH_START, in->nonce.at, in->nonce.len) % MEMO_PLACES];
	if (remembers(m, &key, all)) {
		memcpy(hex, m->hex, DIGEST_HEX_MAX);
	} else {
		compute(memo, in, &key, all, hex);
		remember(m, &key, all, hex);
	}
	return hashes[in->algorithm].digits;
}
