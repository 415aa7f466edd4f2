#include "models/credentials.h"

#include <string.h>

#include "models/sip_shared.h"

const struct fact fact_credentials_refused = { "credentials-refused", "gives up: its credentials were refused", "RFC 3261 22.3" };
const struct fact fact_challenge_unusable = { "challenge-unusable", "cannot compute what the challenge asks for", "RFC 8760 2.4" };

/* --- challenges -------------------------------------------------------------------------------------------------- */

static bool usable(struct algorithms algorithms, const struct sip_auth *auth)
{
	return auth->digest && auth->algorithm < DIGEST_UNKNOWN && algorithms.can[auth->algorithm];
}

bool challenge_read(const struct packet *response, const struct sip_view *v, struct algorithms algorithms,
		    struct challenge_read *c)
{
	const struct payload *m = response->payload;
	const char *name = v->status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate";
	struct header_line h;
	*c = (struct challenge_read){ .message = m, .auth = v->credentials, .proxy = v->status == 407 };
	if (!v->auth_more)
		return v->proxy_auth == c->proxy && usable(algorithms, &c->auth);
	for (uint32_t at = v->headers_at; siptext_header(m->bytes, m->len, &at, &h);) {
		if (!siptext_named(m->bytes, h.name, name, 0))
			continue;
		c->auth = digest_read(m->bytes, h.value);
		if (usable(algorithms, &c->auth))
			return true;
	}
	return false;
}

bool challenge_retry(struct challenge_tries *tries, const struct challenge_read *c)
{
	if (tries->challenged && (!c->auth.stale || tries->renewed))
		return false;
	tries->renewed |= tries->challenged;
	tries->challenged = true;
	return true;
}

const struct fact *challenge_refusal(bool able, const struct challenge_read *c)
{
	return !able ? &fact_challenge_unusable : !c->auth.stale ? &fact_credentials_refused : NULL;
}

/* --- credentials ------------------------------------------------------------------------------------------------- */

static struct slice put_quoted(struct sip_builder *b, const char *name, struct span value)
{
	sip_puts(b, name);
	sip_put(b, "=\"", 2);
	uint32_t from = b->len;
	sip_put(b, value.at, value.len);
	struct slice place = sip_since(b, from);
	sip_put(b, "\"", 1);
	return place;
}

static void put_qop(struct sip_builder *b, const struct digest_input *in, struct sip_auth *said)
{
	sip_puts(b, ",qop=auth,nc=");
	uint32_t from = b->len;
	sip_put(b, in->nc.at, in->nc.len);
	said->nc = sip_since(b, from);
	said->cnonce = put_quoted(b, ",cnonce", in->cnonce);
	said->qop_auth = true;
}

static struct digest_input input_of(const struct sip_builder *b, const struct account *who, const struct challenge_read *c)
{
	return (struct digest_input){
		.algorithm = (enum digest_algorithm)c->auth.algorithm,
		.username = who->user,
		.realm = slice_span(c->message, c->auth.realm),
		.password = who->password,
		.method = SPAN(sip_method_name((enum sip_method)b->view.method)),
		.uri = { b->bytes + b->view.uri.at, b->view.uri.len },
		.nonce = slice_span(c->message, c->auth.nonce),
		.qop_auth = c->auth.qop_auth,
		.nc = SPAN("00000001"),
		.cnonce = who->cnonce,
	};
}

static void begin_header(struct sip_builder *b, bool proxy)
{
	sip_puts(b, proxy ? "Proxy-Authorization: " : "Authorization: ");
}

void credentials_put(struct sip_builder *b, const struct account *who, const struct challenge_read *c)
{
	char response[DIGEST_HEX_MAX];
	struct sip_auth *said = &b->view.credentials;
	struct digest_input in = input_of(b, who, c);
	size_t len = digest_response(sip_shared(b->world)->memo, &in, response);

	b->foreign |= !c->message->built;
	*said = (struct sip_auth){ .digest = true, .algorithm = c->auth.algorithm };
	begin_header(b, c->proxy);
	uint32_t from = b->len;
	said->username = put_quoted(b, "Digest username", in.username);
	said->realm = put_quoted(b, ",realm", in.realm);
	said->nonce = put_quoted(b, ",nonce", in.nonce);
	said->uri = put_quoted(b, ",uri", in.uri);
	said->response = put_quoted(b, ",response", (struct span){ response, len });
	sip_puts(b, ",algorithm=");
	sip_puts(b, digest_name(in.algorithm));
	if (c->auth.opaque.len)
		said->opaque = put_quoted(b, ",opaque", slice_span(c->message, c->auth.opaque));
	if (in.qop_auth)
		put_qop(b, &in, said);
	b->view.auth = sip_since(b, from);
	b->view.proxy_auth = c->proxy;
	sip_end_header(b);
}

void credentials_copy(struct sip_builder *b, const struct payload *request, const struct sip_view *v)
{
	if (!v->auth.len)
		return;
	begin_header(b, v->proxy_auth);
	uint32_t from = b->len;
	sip_put(b, slice_at(request, v->auth), v->auth.len);
	b->view.auth = sip_since(b, from);
	b->view.credentials = digest_read(b->bytes, b->view.auth);
	b->view.proxy_auth = v->proxy_auth;
	sip_end_header(b);
}
