/*
 * Challenges and credentials: what a server asks of a phone, and whether the answer fits.
 */
#include <string.h>

#include "models/server_shared.h"
#include "sim/hex.h"

/* --- nonces ------------------------------------------------------------------------------------------------------ */

/* A nonce is its time and a signature, so that the server keeps none of them (RFC 2617 3.2.1). */
#define NONCE_TIME 12 /* digits: as far as the clock goes */
#define NONCE_SIGN STREAM_HEX
#define NONCE_LEN  (NONCE_TIME + NONCE_SIGN)

static const struct list *pinned_nonces(const struct server *s)
{
	return s->pins ? &s->pins->nonce : NULL;
}

static void nonce_print(const struct server *s, usec at, char text[static NONCE_LEN])
{
	uint64_t highest_first = __builtin_bswap64((uint64_t)at << 16); /* the clock's 48 bits */
	hex_print((const uint8_t *)&highest_first, sizeof highest_first, text);
	stream_hex(server_ids(s, IDS_NONCE), (uint64_t)at, text + NONCE_TIME);
}

static size_t nonce_write(struct server *s, char text[static ID_TEXT_MAX])
{
	const struct list *pins = pinned_nonces(s);
	if (pins && s->nonces < pins->n)
		return id_write(pins, s->ids, s->nonces++, 16, text);
	nonce_print(s, world_now(server_world(s)), text);
	return NONCE_LEN;
}

static bool nonce_pinned(const struct server *s, struct span nonce)
{
	const struct list *pins = pinned_nonces(s);
	for (uint32_t i = 0; pins && i < pins->n; i++) {
		const char *pin = ((const char *const *)pins->items)[i];
		if (span_equal(nonce, SPAN(pin)))
			return true;
	}
	return false;
}

static bool nonce_time(struct span nonce, usec *at)
{
	uint64_t time = 0;
	for (int i = 0; i < NONCE_TIME; i++) {
		char c = nonce.at[i];
		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
		time = time << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	*at = (usec)time;
	return true;
}

static bool nonce_fresh(const struct server *s, struct span nonce)
{
	char expected[NONCE_LEN];
	usec at, now = world_now(server_world(s));
	if (nonce_pinned(s, nonce))
		return true;
	if (nonce.len != NONCE_LEN || !nonce_time(nonce, &at) || at > now || at < s->booted)
		return false;
	nonce_print(s, at, expected);
	return !memcmp(expected, nonce.at, NONCE_LEN) && now - at <= s->profile->nonce_lifetime;
}

/* --- credentials ------------------------------------------------------------------------------------------------- */

static enum digest_algorithm server_algorithm(const struct server *s)
{
	return s->profile->auth == SERVER_AUTH_SHA_256 ? DIGEST_SHA_256 : DIGEST_MD5;
}

static const char *realm_of(const struct server *s)
{
	return s->profile->realm ? s->profile->realm : s->domain;
}

static bool credentials_fit(const struct exchange *x, const struct sip_auth *said)
{
	const struct server *s = x->server;
	const struct payload *m = x->request->payload;
	char expected[DIGEST_HEX_MAX];
	struct digest_input in = {
		.algorithm = server_algorithm(s),
		.username = slice_span(m, said->username),
		.realm = SPAN(realm_of(s)),
		.password = SPAN(s->profile->password),
		.method = SPAN(sip_method_name((enum sip_method)x->view->method)),
		.uri = slice_span(m, said->uri),
		.nonce = slice_span(m, said->nonce),
		.qop_auth = said->qop_auth,
		.nc = slice_span(m, said->nc),
		.cnonce = slice_span(m, said->cnonce),
	};
	size_t len = digest_response(sip_shared(server_world(s))->memo, &in, expected);
	return said->algorithm == in.algorithm && span_equal(in.username, x->user) &&
	       span_equal(slice_span(m, said->response), (struct span){ expected, len });
}

/* Are there credentials for this server's own challenge: its realm, and the header that goes with the status? */
static bool credentials_meant(const struct exchange *x, const struct sip_auth *said, uint32_t challenge)
{
	return said->digest && x->view->proxy_auth == (challenge == 407) &&
	       span_equal(slice_span(x->request->payload, said->realm), SPAN(realm_of(x->server)));
}

/* A proxy is not who the INVITE is for (22.3). */
static uint32_t challenge_of(const struct exchange *x)
{
	const struct server_profile *profile = x->server->profile;
	bool passes = profile->kind == SERVER_PROXY && x->view->method != SIP_REGISTER;
	return passes || profile->challenge == CHALLENGE_407 ? 407 : 401;
}

/* An ALG may have rewritten the Request-URI; whether that matters, RFC 3261 22.4 leaves to the server. */
static bool uri_fits(const struct exchange *x, const struct sip_auth *said)
{
	const struct payload *m = x->request->payload;
	return x->server->profile->checks_uri == CHECKS_URI_OFF ||
	       span_equal(slice_span(m, said->uri), slice_span(m, x->view->uri));
}

static void note(const struct exchange *x, const struct fact *what)
{
	trace_note(server_world(x->server), x->server->iface, x->request, what, 0);
}

uint32_t server_authenticate(struct exchange *x)
{
	const struct server_profile *profile = x->server->profile;
	uint32_t challenge = challenge_of(x);
	const struct sip_auth *said = &x->view->credentials;
	if (profile->auth == SERVER_AUTH_NONE)
		return 200;
	if (!credentials_meant(x, said, challenge)) {
		registrar_expect(&x->server->registrar, x->user);
		return challenge;
	}
	if (!credentials_fit(x, said)) {
		note(x, &fact_wrong_password);
		return profile->bad_credentials == BAD_CREDENTIALS_FORBID ? 403 : challenge;
	}
	if (!uri_fits(x, said)) {
		note(x, &fact_other_uri);
		return profile->checks_uri == CHECKS_URI_REFUSE ? 400 : challenge;
	}
	return nonce_fresh(x->server, slice_span(x->request->payload, said->nonce)) ? 200 : challenge;
}

/* --- challenges -------------------------------------------------------------------------------------------------- */

static struct slice put_text(struct sip_builder *b, const char *text, size_t len)
{
	uint32_t from = b->len;
	sip_put(b, text, len);
	return sip_since(b, from);
}

/* It is only the nonce that was too old: said to nobody but who knows the password (RFC 2617 3.2.1). */
static bool is_stale(const struct exchange *x, uint32_t challenge)
{
	const struct sip_auth *said = &x->view->credentials;
	return credentials_meant(x, said, challenge) && credentials_fit(x, said) && uri_fits(x, said) &&
	       !nonce_fresh(x->server, slice_span(x->request->payload, said->nonce));
}

void server_put_challenge(struct sip_builder *b, struct exchange *x)
{
	struct server *s = x->server;
	bool proxy = b->view.status == 407;
	char nonce[ID_TEXT_MAX];
	if (b->view.status != 401 && !proxy)
		return;
	size_t len = nonce_write(s, nonce);
	bool stale = is_stale(x, b->view.status);
	sip_puts(b, proxy ? "Proxy-Authenticate: " : "WWW-Authenticate: ");
	uint32_t from = b->len;
	struct sip_auth *said = &b->view.credentials;
	*said = (struct sip_auth){
		.digest = true,
		.algorithm = (uint8_t)server_algorithm(s),
		.qop_auth = s->profile->qop,
		.stale = stale,
	};
	sip_puts(b, "Digest nonce=\"");
	said->nonce = put_text(b, nonce, len);
	sip_puts(b, "\",algorithm=");
	sip_puts(b, digest_name(server_algorithm(s)));
	sip_puts(b, ",realm=\"");
	said->realm = put_text(b, realm_of(s), strlen(realm_of(s)));
	sip_put(b, "\"", 1);
	if (s->profile->qop)
		sip_puts(b, ",qop=\"auth\"");
	if (stale)
		sip_puts(b, ",stale=true");
	b->view.auth = sip_since(b, from);
	b->view.proxy_auth = proxy;
	sip_end_header(b);
}
