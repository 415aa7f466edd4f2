/*
 * What a server begins: an OPTIONS to a user of its own, and pings to all of them in rounds.
 */
#include <string.h>

#include "models/server_shared.h"

const struct fact fact_options_answered = { "options-answered", "OPTIONS was answered {value}", NULL };
const struct fact fact_options_failed = { "options-failed", "OPTIONS was not answered", "RFC 3261 8.1.3.1" };
const struct fact fact_no_binding = { "no-binding", "has nothing bound for the user that it could send to", "RFC 3261 16.5" };

static void ping_done(struct client_txn *t, const struct packet *response)
{
	struct server *s = t->user;
	struct world *w = server_world(s);
	if (response)
		trace_note(w, s->iface, response, &fact_options_answered, sip_view(w, response->payload)->status);
	else
		trace_note_story(w, s->iface, t->request.story, &fact_options_failed, 0);
}

static struct endpoint pings_from(const struct server *s)
{
	uint32_t port = s->profile->ping.from_port;
	return (struct endpoint){ s->local.host, port ? port : s->local.port };
}

void server_put_from(struct sip_builder *b, struct server *s, struct span user)
{
	char tag[ID_TEXT_MAX];
	size_t len = server_tag(s, tag);
	sip_begin_header(b, "From");
	uint32_t from = b->len;
	sip_puts(b, "<sip:");
	if (user.len) {
		sip_put(b, user.at, user.len);
		sip_put(b, "@", 1);
	}
	sip_puts(b, s->domain);
	sip_puts(b, ">;tag=");
	uint32_t at = b->len;
	sip_put(b, tag, len);
	b->view.from_tag = sip_since(b, at);
	b->view.from = sip_since(b, from);
	sip_end_header(b);
}

static void put_ping_to(struct sip_builder *b, const struct server *s, const struct binding *binding)
{
	sip_begin_header(b, "To");
	uint32_t from = b->len;
	sip_put(b, "<", 1);
	server_put_stored_uri(b, s, binding);
	struct slice uri = sip_since(b, from + 1);
	sip_put(b, ">", 1);
	b->view.to = sip_since(b, from);
	b->view.to_user = siptext_uri_user(b->bytes, uri);
	b->view.to_host = siptext_uri_host(b->bytes, uri);
	sip_end_header(b);
}

static struct payload *ping_build(struct server *s, const struct binding *binding)
{
	char branch[ID_TEXT_MAX];
	size_t len = server_branch(s, branch);
	uint32_t cseq = server_first_cseq(s);
	struct sip_builder *b = sip_request(server_world(s), SIP_OPTIONS);
	server_put_stored_uri(b, s, binding);
	sip_end_request_line(b);
	via_put_own(b, s->local.host, pings_from(s).port, branch, len, false);
	sip_puts(b, "Max-Forwards: 70\r\n");
	server_put_from(b, s, (struct span){ NULL, 0 });
	put_ping_to(b, s, binding);
	server_put_call_id(b, s);
	sip_cseq_header(b, cseq);
	sip_text_header(b, "User-Agent", s->profile->user_agent);
	sip_content_length_header(b);
	return sip_finish(b);
}

/* What provokes a ping; nothing does when the server itself wants to know. */
struct provocation {
	uint32_t story, parent;
};

/* Nobody repeats it. */
static const struct txn_timers once = { .t1 = 64 * T1, .t2 = 64 * T1, .t4 = T4, .max_retransmits = 0 };

static bool ping_binding(struct server *s, const struct binding *b, struct provocation by, const struct txn_timers *timers,
			 void *context, void (*done)(struct client_txn *, const struct packet *))
{
	struct packet packet = {
		.parent = by.parent,
		.story = by.story,
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = pings_from(s),
		.label = sip_method_name(SIP_OPTIONS),
	};
	if (!b || !server_target(s, b, &packet.dst))
		return false;
	packet.payload = ping_build(s, b);
	client_txn_start(&s->pings, s->iface, &packet, timers, context, done);
	return true;
}

static const struct binding *newest(const struct server *s, struct span user)
{
	return registrar_first(&s->registrar, world_now(server_world(s)), user);
}

void server_options(struct server *s, const char *user, size_t len, uint32_t story)
{
	struct provocation by = { .story = story };
	struct world *w = server_world(s);
	if (ping_binding(s, newest(s, (struct span){ user, len }), by, &txn_timers_usual, s, ping_done))
		return;
	trace_note_story(w, s->iface, story, &fact_no_binding, 0);
	trace_note_story(w, s->iface, story, &fact_options_failed, 0);
}

bool server_pass_options(struct server *s, struct span user, const struct packet *cause, void *context,
			 void (*done)(struct client_txn *, const struct packet *))
{
	struct provocation by = { cause->story, cause->id };
	return ping_binding(s, newest(s, user), by, &txn_timers_usual, context, done);
}

/* --- rounds ------------------------------------------------------------------------------------------------------ */

struct round {
	struct server *server;
	bool anybody;
};

/*
 * A ping is a conversation of its own: no check has asked for it. Nobody repeats one, since another round follows
 * (Kamailio's nathelper keeps no transaction for it).
 */
static void visit(void *context, const struct binding *b)
{
	struct round *r = context;
	struct server *s = r->server;
	struct endpoint to;
	r->anybody = true;
	if (s->profile->ping.to == PING_NATTED && !b->marks.natted)
		return;
	if (s->profile->ping.type == KEEPALIVE_OPTIONS)
		ping_binding(s, b, (struct provocation){ .story = world_story(server_world(s)) }, &once, s, ping_done);
	else if (server_target(s, b, &to))
		keepalive_send(s->iface, pings_from(s), to);
}

/* One clock for all, as Kamailio has it; it stands still while nobody is bound. */
static void round_begins(struct timer *t)
{
	struct round r = { .server = CONTAINER(t, struct server, round) };
	struct world *w = server_world(r.server);
	if (r.server->profile->ping.type != KEEPALIVE_NONE)
		registrar_each(&r.server->registrar, world_now(w), &r, visit);
	if (r.anybody)
		world_after(w, t, r.server->profile->ping.every);
}

void server_ping_start(struct server *s)
{
	if (s->profile->ping.type == KEEPALIVE_NONE || timer_armed(&s->round))
		return;
	s->round.fire = round_begins;
	world_after(server_world(s), &s->round, s->profile->ping.every);
}
