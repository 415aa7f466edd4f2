/*
 * What a binding points to: the Contact as it was written, or where its REGISTER came from.
 */
#include "models/forward.h"
#include "models/server_shared.h"

/* A server with nat-tests helps only those whom they find. */
static int stored_rule(const struct server *s, const struct binding *b)
{
	return s->profile->nat_test.n && !b->marks.natted ? STORED_LITERAL : s->profile->stored_contact;
}

/* Whether the URI of this binding is replaced by where its REGISTER came from. */
static bool stored_source(const struct server *s, const struct binding *b)
{
	int rule = stored_rule(s, b);
	return rule == STORED_SOURCE || (rule == STORED_SOURCE_IF_RPORT && b->marks.to_source);
}

static void put_written_uri(struct sip_builder *b, const struct binding *binding)
{
	struct span uri = binding_uri(binding);
	b->foreign |= binding->foreign;
	sip_put(b, uri.at, uri.len);
}

static void put_replaced_uri(struct sip_builder *b, const struct binding *binding)
{
	b->foreign |= binding->foreign; /* the user */
	sip_puts(b, "sip:");
	sip_put(b, binding->text, binding->user_len);
	sip_put(b, "@", 1);
	sip_put_endpoint(b, binding->source, true);
}

void server_put_stored_uri(struct sip_builder *b, const struct server *s, const struct binding *binding)
{
	if (stored_source(s, binding)) {
		put_replaced_uri(b, binding);
		return;
	}
	put_written_uri(b, binding);
	if (stored_rule(s, binding) == STORED_ALIAS)
		forward_put_alias(b, binding->source);
}

struct span server_stored_uri(const struct server *s, const struct binding *binding, char text[static SERVER_URI_MAX])
{
	struct sip_builder *b = sip_request(server_world(s), SIP_INVITE);
	uint32_t from = b->len;
	server_put_stored_uri(b, s, binding);
	size_t len = b->len - from < SERVER_URI_MAX ? b->len - from : SERVER_URI_MAX;
	memcpy(text, b->bytes + from, len);
	return (struct span){ text, len };
}

static void put_listed_uri(struct sip_builder *b, const struct server *s, const struct binding *binding)
{
	if (s->profile->listed_contact == LISTED_AS_WRITTEN)
		put_written_uri(b, binding);
	else
		server_put_stored_uri(b, s, binding);
}

static void put_binding(struct sip_builder *b, const struct server *s, const struct binding *binding)
{
	sip_begin_header(b, "Contact");
	uint32_t from = b->len;
	uint32_t left = binding_left(binding, world_now(server_world(s)));
	bool first = !b->view.contact.len;
	sip_put(b, "<", 1);
	put_listed_uri(b, s, binding);
	struct slice uri = sip_since(b, from + 1);
	sip_puts(b, ">;expires=");
	sip_put_number(b, left);
	if (stored_rule(s, binding) == STORED_RECEIVED) {
		sip_puts(b, ";received=\"sip:");
		sip_put_endpoint(b, binding->source, true);
		sip_put(b, "\"", 1);
	}
	b->view.contact_more |= !first;
	if (first) {
		b->view.contact = sip_since(b, from);
		b->view.contact_uri = uri;
		b->view.contact_expires = left;
	}
	sip_end_header(b);
}

void server_put_bindings(struct sip_builder *b, const struct exchange *x)
{
	const struct server *s = x->server;
	usec now = world_now(server_world(s));
	if (b->view.status != 200 || x->view->method != SIP_REGISTER)
		return;
	const struct binding *each = registrar_first(&s->registrar, now, x->user);
	for (; each; each = registrar_next(&s->registrar, now, each))
		put_binding(b, s, each);
}

bool server_target(const struct server *s, const struct binding *b, struct endpoint *to)
{
	struct slice uri = { b->user_len, b->uri_len };
	int rule = stored_rule(s, b);
	*to = b->source;
	if (stored_source(s, b) || rule == STORED_ALIAS || rule == STORED_RECEIVED)
		return true;
	return siptext_uri_endpoint(b->text, uri, to);
}

/* --- later in a call --------------------------------------------------------------------------------------------- */

static bool is_answered_at_source(const struct server *s, const struct packet *invite, const struct sip_view *v)
{
	struct via via = via_read(invite->payload, v);
	struct via_policy policy = server_policy(s, invite, v);
	return via_reply_to(&via, invite->src, &policy).rport;
}

bool server_follows_caller(const struct server *s, const struct packet *invite, const struct sip_view *v)
{
	switch ((enum dialog_target)s->profile->dialog_target) {
	case DIALOG_CONTACT:
		return false;
	case DIALOG_SOURCE_IF_RPORT:
		return is_answered_at_source(s, invite, v);
	default:
		return server_takes_for_natted(s, invite, v);
	}
}

bool server_follows_callee(const struct server *s, bool natted)
{
	switch ((enum dialog_target)s->profile->dialog_target) {
	case DIALOG_CONTACT:
		return false;
	case DIALOG_SOURCE_IF_RPORT:
		return s->profile->force_rport == FORCE_ON || (s->profile->force_rport == FORCE_AUTO && natted);
	default:
		return natted || !s->profile->nat_test.n;
	}
}
