#include "models/gateway.h"

#include "models/field_text.h"
#include "models/server_part.h"
#include "models/stun.h"
#include "sim/table.h"

/* Noted with the phone's REGISTER, which says who it is. */
static const struct fact fact_asks = { "upstream-register", "registers upstream for its phone", NULL };
static const struct fact fact_unasks = { "upstream-unregister", "unregisters upstream for its phone", NULL };
static const struct fact fact_up = { "upstream-registered", "is registered upstream", NULL };
static const struct fact fact_down = { "upstream-unregistered", "is no longer registered upstream", NULL };
static const struct fact fact_refused = { "upstream-failed", "upstream says {value}", NULL };
const struct fact fact_gateway_restarted = { "gateway-restarted", "restarts: it knows none of its phones", NULL };
static const struct fact fact_timeout = { "upstream-timeout", "nothing comes from upstream", "RFC 3261 17.1.2.2" };

struct gateway {
	struct node node;
	struct iface iface;
	const struct gateway_profile *profile;
	const char *name, *domain;
	struct endpoint inside, outside; /* where phones and the server reach it */
	struct endpoint upstream;	 /* the server */
	struct pins line_pins, nonce_pins;
	bool pinned;
	struct server_owner to_phones, to_server;
	struct server *registrar; /* at `inside` */
	struct server *answerer;  /* at `outside` */
	struct table lines;	  /* by user */
};

/* One account: what the gateway does upstream for one user of its phones. */
struct line {
	struct link link;
	struct gateway *gateway;
	struct phone_owner owner;
	struct phone_group group;
	struct phone *phone;
	struct server_txn *asked; /* the phone's REGISTER that waits for upstream; NULL: none */
	bool asked_removal;
	bool up;		  /* the server has the registration, as far as is known */
	struct timer patience;
};

/* --- lines ------------------------------------------------------------------------------------------------------- */

static uint32_t user_hash(struct span user)
{
	return hash_bytes(HASH_START, user.at, user.len);
}

static struct line *line_find(const struct gateway *g, struct span user)
{
	for (struct link *l = table_first(&g->lines, user_hash(user)); l; l = table_next(l)) {
		struct line *line = CONTAINER(l, struct line, link);
		if (span_equal(SPAN(line->group.user), user))
			return line;
	}
	return NULL;
}

/* The answer to a phone that has asked; the first of what upstream says and of patience. */
static void line_answer(struct line *l, uint32_t status)
{
	struct server_txn *asked = l->asked;
	timer_disarm(&l->patience);
	l->asked = NULL;
	server_answer(asked, status);
}

static void patience_ends(struct timer *t)
{
	line_answer(CONTAINER(t, struct line, patience), 504);
}

static const struct fact *end_fact(const struct phone_end *end)
{
	if (end->status == 0)
		return &fact_timeout;
	if (end->status >= 300)
		return &fact_refused;
	return end->removal ? &fact_down : &fact_up;
}

static void note_end(struct gateway *g, const struct phone_end *end)
{
	if (end->response)
		trace_note(g->node.world, &g->iface, end->response, end_fact(end), end->status);
	else
		trace_note_story(g->node.world, &g->iface, end->story, end_fact(end), 0);
}

/*
 * A challenge that the gateway cannot meet is none for the phone, whose credentials are for the gateway; nor is what the
 * server wants of the expires, since the phone's is the gateway's own affair.
 */
static uint32_t status_for_phone(uint32_t upstream)
{
	static const struct {
		uint32_t from, to;
	} others[] = { { 0, 504 }, { 401, 403 }, { 407, 403 }, { 423, 500 } };
	for (size_t i = 0; i < COUNT(others); i++)
		if (others[i].from == upstream)
			return others[i].to;
	return upstream < 300 ? 200 : upstream;
}

static void line_ended(struct phone_owner *owner, const struct phone_end *end)
{
	struct line *l = CONTAINER(owner, struct line, owner);
	note_end(l->gateway, end);
	l->up = !end->removal && end->status >= 200 && end->status < 300;
	if (l->asked && l->asked_removal == end->removal)
		line_answer(l, status_for_phone(end->status));
}

/* What is registered upstream ends with the phone's own registration. */
static bool line_goes_on(struct phone_owner *owner)
{
	struct line *l = CONTAINER(owner, struct line, owner);
	bool bound = server_has_bound(l->gateway->registrar, SPAN(l->group.user));
	l->up = l->up && bound;
	return bound;
}

static struct line *line_new(struct gateway *g, struct span user)
{
	struct world *w = g->node.world;
	struct line *l = arena_alloc(w->arena, sizeof *l);
	l->gateway = g;
	l->owner = (struct phone_owner){ .iface = &g->iface, .ended = line_ended, .goes_on = line_goes_on };
	l->patience.fire = patience_ends;
	l->group = (struct phone_group){
		.profile = &g->profile->upstream,
		.name = g->name,
		.user = arena_copy(w->arena, user.at, user.len),
		.domain = g->domain,
		.server = g->upstream,
		.pins = g->pinned && !g->lines.used ? &g->line_pins : NULL,
		.owner = &l->owner,
	};
	l->phone = phone_part_new(w, &l->group, g->outside);
	table_add(&g->lines, &l->link, user_hash(user));
	return l;
}

/* The line of a user; NULL when there is none and none can be: the name fits in no address of record. */
static struct line *line_of(struct gateway *g, struct span user)
{
	struct line *l = line_find(g, user);
	return l || !text_fits(TEXT_USER, user.at, user.len) ? l : line_new(g, user);
}

/* --- phones ------------------------------------------------------------------------------------------------------ */

static void note_asked(struct line *l)
{
	struct gateway *g = l->gateway;
	trace_note(g->node.world, &g->iface, &l->asked->request, l->asked_removal ? &fact_unasks : &fact_asks, 0);
}

static void line_ask(struct line *l, struct server_txn *t, bool removal)
{
	l->asked = t;
	l->asked_removal = removal;
	world_after(l->gateway->node.world, &l->patience, l->gateway->profile->answer_within);
	note_asked(l);
	l->owner.cause = t->request.id;
	(removal ? phone_unregister : phone_register)(l->phone, t->request.story);
	l->owner.cause = 0;
}

/* Upstream is asked only when it has to change. */
static void phone_asks(struct server_owner *owner, struct server_txn *t)
{
	struct gateway *g = CONTAINER(owner, struct gateway, to_phones);
	struct line *l = line_of(g, server_asked_user(t));
	bool wanted = server_would_bind(t);
	if (!l)
		server_answer(t, 404);
	else if (wanted == l->up)
		server_answer(t, 200);
	else if (l->asked || phone_waits(l->phone))
		server_answer(t, 500);
	else
		line_ask(l, t, !wanted);
}

/* --- the server -------------------------------------------------------------------------------------------------- */

/* A phone's silence is passed on as silence: a 408 would come too late (RFC 4320 4.2). */
static void options_passed(struct client_txn *t, const struct packet *response)
{
	struct server_txn *asked = t->user;
	if (response)
		server_answer(asked, sip_view(t->iface->node->world, response->payload)->status);
	else
		server_be_silent(asked);
}

static void server_asks(struct server_owner *owner, struct server_txn *t)
{
	struct gateway *g = CONTAINER(owner, struct gateway, to_server);
	if (!server_pass_options(g->registrar, server_asked_user(t), &t->request, t, options_passed))
		server_answer(t, 480);
}

/* --- the node ---------------------------------------------------------------------------------------------------- */

static void upstream_answers(struct gateway *g, const struct packet *p, const struct sip_view *v)
{
	struct line *l = line_find(g, slice_span(p->payload, v->to_user));
	if (l)
		phone_take_response(l->phone, p, v);
	else
		trace_drop(g->node.world, &g->iface, p, &fact_no_transaction);
}

/* The id says whose keepalive it answers. */
static void stun_answered(struct gateway *g, const struct packet *p)
{
	for (uint32_t i = 0; i < g->lines.size; i++)
		for (struct link *l = g->lines.buckets[i]; l; l = l->next)
			if (phone_take_stun(CONTAINER(l, struct line, link)->phone, p))
				return;
	trace_drop(g->node.world, &g->iface, p, &fact_no_transaction);
}

static void gateway_receive(struct node *n, struct iface *in, const struct packet *p)
{
	struct gateway *g = CONTAINER(n, struct gateway, node);
	const struct sip_view *v = sip_view(n->world, p->payload);
	if (p->dst.port == g->inside.port)
		server_take(g->registrar, p);
	else if (p->dst.port != g->outside.port)
		port_closed(in, p, g->profile->inside.icmp);
	else if (is_stun(p->payload))
		stun_answered(g, p);
	else if (v && !v->request)
		upstream_answers(g, p, v);
	else
		server_take(g->answerer, p);
}

static const struct node_ops gateway_ops = { .kind = "gateway", .receive = gateway_receive };

/* The pins are those of the first line, but for the nonces: only its server has them. */
static void pins_init(struct gateway *g, const struct pins *pins)
{
	g->pinned = pins != NULL;
	if (!pins)
		return;
	g->line_pins = *pins;
	g->line_pins.nonce = (struct list){ 0 };
	g->nonce_pins.nonce = pins->nonce;
}

static struct server *server_part(struct gateway *g, struct server_owner *owner, struct endpoint at, uint32_t users)
{
	owner->iface = &g->iface;
	struct server_setup setup = {
		.profile = &g->profile->inside,
		.name = g->name,
		.address = at,
		.domain = g->domain,
		.pins = &g->nonce_pins,
		.users = users,
		.owner = owner,
	};
	return server_new(g->node.world, &setup);
}

struct gateway *gateway_new(struct world *w, const struct gateway_setup *setup)
{
	struct gateway *g = arena_alloc(w->arena, sizeof *g);
	node_init(&g->node, w, &gateway_ops, setup->name, setup->member);
	g->iface = (struct iface){ .node = &g->node, .wire = setup->wire };
	network_attach(setup->network, &g->iface, (struct endpoint){ setup->address.host, 0 });
	g->profile = setup->profile;
	g->name = setup->name;
	g->domain = setup->domain;
	g->inside = setup->address;
	g->outside = (struct endpoint){ setup->address.host, setup->profile->upstream_port };
	g->upstream = setup->server;
	pins_init(g, setup->pins);
	table_init(&g->lines, w->arena, setup->users);
	g->to_phones.asked_register = phone_asks;
	g->to_server.asked_options = server_asks;
	g->registrar = server_part(g, &g->to_phones, g->inside, setup->users);
	g->answerer = server_part(g, &g->to_server, g->outside, 0);
	return g;
}

struct endpoint gateway_inside(const struct gateway *g)
{
	return g->inside;
}

const struct iface *gateway_iface(const struct gateway *g)
{
	return &g->iface;
}

static void line_forget(struct line *l)
{
	timer_disarm(&l->patience);
	l->asked = NULL;
	l->up = false;
	phone_forget(l->phone);
}

void gateway_restart(struct gateway *g)
{
	trace_note(g->node.world, &g->iface, NULL, &fact_gateway_restarted, 0);
	for (uint32_t i = 0; i < g->lines.size; i++)
		for (struct link *l = g->lines.buckets[i]; l; l = l->next)
			line_forget(CONTAINER(l, struct line, link));
	server_forget(g->registrar);
	server_forget(g->answerer);
}
