/*
 * A PBX in calls: a user agent to both sides (RFC 3261 6, back-to-back user agent).
 *
 *	caller --INVITE--> PBX --INVITE--> binding           a bridge: the caller's side, and a side for each binding;
 *	                       --INVITE--> binding           the first that answers stays
 *	caller <---200---- PBX <---200---- binding
 *	caller <==audio==> to_caller == to_callee <==audio==> callee        media: relay
 *	caller <=================audio=================>      callee        media: direct
 *
 * When the far end calls, its bridge has no caller's side and its end of audio talks; when it is called, it
 * is a talk and no bridge.
 */
#include "models/server_agent.h"

struct pbx {
	struct server_agent agent;
	struct pool bridges, sides;
};

struct bridge;

/* A leg that a bridge joins with others; what leg->user is. */
struct side {
	struct side *next;
	struct bridge *bridge;
	struct leg *leg;
	bool natted;	      /* a branch: its binding was found behind a NAT */
	struct session heard; /* what the other end of the leg has described, as far as it was passed on */
};

struct bridge {
	struct pbx *pbx;
	struct side *caller;   /* NULL: the far end calls, or the caller has gone */
	struct side *branches; /* to bindings; those that are not over */
	struct side *callee;   /* the branch that has answered; NULL: none yet */
	struct side *asks;     /* whose re-INVITE waits for the other side's answer; NULL: nobody's */
	struct media_end *to_caller, *to_callee; /* NULL: none */
	uint32_t story;
	uint32_t refused; /* the best status of those that have refused; 0: none has */
	uint32_t busy;	  /* so many functions are at work on it */
	bool foreign;	  /* the caller's INVITE came from outside */
	bool far;	  /* the far end calls */
	bool over;	  /* nobody is to be joined any more */
};

static const struct leg_ops side_ops;

static struct pbx *pbx_of(const struct leg *leg)
{
	return CONTAINER(agent_of(leg->ua), struct pbx, agent);
}

static struct server *server_of(const struct bridge *b)
{
	return b->pbx->agent.server;
}

static struct side *side_of(const struct leg *leg)
{
	return leg->user;
}

/* --- bridges -------------------------------------------------------------------------------------------- */

static struct bridge *bridge_new(struct pbx *pbx, uint32_t story)
{
	struct bridge *b = pool_get(&pbx->bridges);
	*b = (struct bridge){ .pbx = pbx, .story = story, .busy = 1 };
	return b;
}

static struct media_end *end_open(struct bridge *b, bool talks)
{
	struct talker *t = &b->pbx->agent.talker;
	struct media_setup setup = {
		.iface = t->iface,
		.profile = &t->profile->rtp,
		.local = { t->host, media_next_port(&t->ends, &t->profile->rtp) },
		.story = b->story,
		.talks = talks,
	};
	return media_open(&t->ends, &setup);
}

static void end_close(struct bridge *b, struct media_end **m)
{
	if (*m)
		media_close(&b->pbx->agent.talker.ends, *m);
	*m = NULL;
}

static void bridge_silence(struct bridge *b)
{
	end_close(b, &b->to_caller);
	end_close(b, &b->to_callee);
}

/* Sides may go while somebody is at work on their bridge: it is gone when the last of them has finished. */
static void bridge_let_go(struct bridge *b)
{
	if (--b->busy || b->caller || b->branches)
		return;
	bridge_silence(b);
	pool_put(&b->pbx->bridges, b);
}

static struct side *side_new(struct bridge *b, struct leg *leg)
{
	struct side *s = pool_get(&b->pbx->sides);
	*s = (struct side){ .bridge = b, .leg = leg };
	return s;
}

static void unlink_branch(struct bridge *b, const struct side *s)
{
	struct side **at = &b->branches;
	while (*at && *at != s)
		at = &(*at)->next;
	if (*at)
		*at = s->next;
}

static void side_free(struct side *s)
{
	struct bridge *b = s->bridge;
	unlink_branch(b, s);
	if (b->caller == s)
		b->caller = NULL;
	if (b->callee == s)
		b->callee = NULL;
	if (b->asks == s)
		b->asks = NULL;
	pool_put(&b->pbx->sides, s);
}

static void hang_up_branches(const struct bridge *b, const struct side *but)
{
	for (struct side *s = b->branches, *next; s; s = next) {
		next = s->next;
		if (s != but)
			leg_hang_up(s->leg);
	}
}

static void bridge_end(struct bridge *b)
{
	b->over = true;
	bridge_silence(b);
	if (b->asks)
		leg_refuse(b->asks->leg, 487);
	b->asks = NULL;
	hang_up_branches(b, NULL);
	if (b->caller)
		leg_hang_up(b->caller->leg);
}

/* --- what one side says to the other -------------------------------------------------------------------- */

static struct session own_description(const struct bridge *b, const struct media_end *m,
				      enum direction direction)
{
	struct session s = { .origin = b->pbx->agent.local.host,
			     .rtp = media_local(m),
			     .direction = (uint8_t)direction };
	return s;
}

/* What one side describes as the other is told it: with an address of the PBX, or as it is. */
static struct session passed_on(const struct bridge *b, const struct session *said,
				const struct media_end *here)
{
	return here ? own_description(b, here, (enum direction)said->direction) : *said;
}

/* The end that faces this side; NULL: none. */
static struct media_end *end_of(const struct bridge *b, const struct side *s)
{
	return s == b->caller ? b->to_caller : b->to_callee;
}

static void heard(const struct bridge *b, struct side *s)
{
	struct media_end *m = end_of(b, s);
	const struct session *said = &s->leg->remote;
	s->heard = *said;
	if (m)
		media_describe(m, said->rtp, said->rtcp, session_hears(said), session_sends(said));
}

static struct session first_offer(const struct bridge *b)
{
	const struct leg *caller = b->caller ? b->caller->leg : NULL;
	if (caller && caller->offered)
		return passed_on(b, &caller->remote, b->to_callee);
	return own_description(b, b->to_callee, DIRECTION_SENDRECV);
}

/* --- the branches --------------------------------------------------------------------------------------- */

/* Nothing is noted of a side: who is in the call are the phones, or the far end once somebody has answered
 * it. */
static void branch_call(struct bridge *b, const struct binding *binding, struct span caller, uint32_t cause)
{
	struct server_agent *a = &b->pbx->agent;
	char uri[SERVER_URI_MAX], to[AGENT_ADDRESS_MAX];
	struct callee callee = {
		.uri = server_stored_uri(a->server, binding, uri),
		.to = agent_address(a, binding_user(binding), to),
		.foreign = binding->foreign || b->foreign,
	};
	if (!server_target(a->server, binding, &callee.first_hop))
		return;
	struct side *s = side_new(b, NULL);
	struct session offer = first_offer(b);
	s->natted = binding->marks.natted;
	a->calls_as = caller;
	s->leg = leg_call(&a->ua, &callee, &offer, b->story, cause, &side_ops, s);
	s->leg->silent = true;
	s->next = b->branches;
	b->branches = s;
}

static void note(const struct bridge *b, const struct packet *p, const struct fact *what, uint64_t value)
{
	const struct server *s = server_of(b);
	if (p)
		trace_note(server_world(s), s->iface, p, what, value);
	else
		trace_note_story(server_world(s), s->iface, b->story, what, value);
}

/* 0: somebody is being called; else why nobody is. */
static uint32_t call_bindings(struct bridge *b, struct span user, struct span caller, uint32_t cause)
{
	const struct server *s = server_of(b);
	usec now = world_now(server_world(s));
	const struct binding *each = registrar_first(&s->registrar, now, user);
	uint32_t otherwise = each ? 480 : 404;
	for (; each; each = registrar_next(&s->registrar, now, each))
		branch_call(b, each, caller, cause);
	if (!b->branches)
		note(b, NULL, &fact_no_binding, 0);
	return b->branches ? 0 : otherwise;
}

/* Who declines for all says most, and who cannot be reached says least (16.7, step 6). */
static uint32_t better(uint32_t a, uint32_t b)
{
	if (!a || a >= 600 || b >= 600)
		return a > b ? a : b;
	return a == 408 || (b != 408 && b < a) ? b : a;
}

/* --- an INVITE that begins a call ----------------------------------------------------------------------- */

static struct span called_user(const struct packet *invite, const struct sip_view *v)
{
	return slice_span(invite->payload, siptext_uri_user(invite->payload->bytes, v->uri));
}

static uint32_t admitted(struct server *s, const struct packet *invite, const struct sip_view *v)
{
	const struct payload *m = invite->payload;
	struct exchange x = server_exchange(s, invite, v);
	if (!server_serves(s, slice_span(m, siptext_uri_host(m->bytes, v->uri))))
		return 404;
	return s->profile->challenge_invite ? server_authenticate(&x) : 200;
}

static bool is_natted(const struct server *s, struct span user)
{
	usec now = world_now(server_world(s));
	const struct binding *b = registrar_first(&s->registrar, now, user);
	while (b && !b->marks.natted)
		b = registrar_next(&s->registrar, now, b);
	return b != NULL;
}

/* Who offers nothing hears what the PBX would like, and for that it needs an end of its own. */
static bool relays(struct server *s, const struct leg *caller, const struct packet *invite,
		   const struct sip_view *v)
{
	struct exchange x = server_exchange(s, invite, v);
	if (!caller->offered || s->profile->media == MEDIA_RELAY)
		return true;
	return s->profile->media == MEDIA_RELAY_NATTED &&
	       (server_finds_nat(&x) || is_natted(s, called_user(invite, v)));
}

static void open_relay(struct bridge *b)
{
	b->to_caller = end_open(b, false);
	b->to_callee = end_open(b, false);
	media_join(b->to_caller, b->to_callee);
}

static uint32_t bridge_begin(struct leg *leg, const struct packet *invite, const struct sip_view *v)
{
	const struct payload *m = invite->payload;
	struct bridge *b = bridge_new(pbx_of(leg), leg->story);
	struct side *s = b->caller = side_new(b, leg);
	b->foreign = !m->built;
	leg->ops = &side_ops;
	leg->user = s;
	leg->silent = true;
	if (relays(server_of(b), leg, invite, v))
		open_relay(b);
	if (leg->offered)
		heard(b, s);
	struct span caller = slice_span(m, siptext_uri_user(m->bytes, siptext_uri(m->bytes, v->from)));
	uint32_t status = call_bindings(b, called_user(invite, v), caller, invite->id);
	if (status)
		side_free(s);
	bridge_let_go(b);
	return status;
}

static uint32_t pbx_invited(struct leg *leg, const struct packet *invite, const struct sip_view *v)
{
	struct server_agent *a = agent_of(leg->ua);
	uint32_t status = admitted(a->server, invite, v);
	if (status != 200)
		return status;
	if (!agent_is_called(a, invite, v))
		return bridge_begin(leg, invite, v);
	talk_take(&a->talker, leg);
	return 0;
}

/* --- the far end calls ---------------------------------------------------------------------------------- */

static void far_end_calls(struct pbx *pbx, struct span user, uint32_t story)
{
	struct bridge *b = bridge_new(pbx, story);
	b->far = true;
	b->to_callee = end_open(b, true);
	uint32_t status = call_bindings(b, user, server_far_user(server_of(b)), 0);
	if (status)
		note(b, NULL, &fact_call_refused, status);
	bridge_let_go(b);
}

/* From now on it is one call like any other. */
static void far_end_joined(const struct bridge *b, struct side *s, const struct packet *response)
{
	note(b, response, &fact_call_answered,
	     sip_view(server_world(server_of(b)), response->payload)->status);
	s->leg->silent = false;
}

/* It agrees to everything. */
static void far_end_offered(const struct bridge *b, struct side *s)
{
	enum direction direction =
		direction_answer((enum direction)s->leg->remote.direction, DIRECTION_SENDRECV);
	struct session answer = own_description(b, b->to_callee, direction);
	leg_answer(s->leg, &answer);
	heard(b, s);
}

/* 0: nobody has said anything (Timer B). */
static void far_end_refused(const struct bridge *b, enum leg_end how, const struct packet *last)
{
	uint32_t status = !last && b->refused == 408 ? 0 : b->refused;
	note(b, last, how == LEG_CANCELLED ? &fact_call_cancelled : call_failure(status), status);
}

/* --- what becomes of it --------------------------------------------------------------------------------- */

static void side_progressed(struct leg *leg, const struct packet *response, uint32_t status)
{
	struct side *s = side_of(leg);
	struct bridge *b = s->bridge;
	(void)response;
	if (b->callee || b->over)
		return;
	if (leg->offered)
		heard(b, s);
	struct session early = passed_on(b, &leg->remote, b->to_caller);
	if (b->caller)
		leg_ring(b->caller->leg, status, leg->offered ? &early : NULL);
}

static void joined(struct bridge *b, struct side *s, const struct packet *response)
{
	b->callee = s;
	heard(b, s);
	if (b->far) {
		far_end_joined(b, s, response);
	} else {
		struct session answer = passed_on(b, &s->leg->remote, b->to_caller);
		leg_answer(b->caller->leg, &answer);
	}
	hang_up_branches(b, s);
}

static void side_answered(struct leg *leg, const struct packet *response)
{
	struct bridge *b = side_of(leg)->bridge;
	b->busy++;
	if (b->over || b->callee)
		leg_hang_up(leg);
	else
		joined(b, side_of(leg), response);
	bridge_let_go(b);
}

/* Who was offered something in our 2xx has answered in its ACK. */
static void side_acked(struct leg *leg, const struct packet *ack, bool first)
{
	(void)ack, (void)first;
	if (leg->offered)
		heard(side_of(leg)->bridge, side_of(leg));
}

/* --- changes of a call ---------------------------------------------------------------------------------- */

static struct side *other_side(const struct bridge *b, const struct side *s)
{
	return s == b->caller ? b->callee : b->caller;
}

static bool is_news(const struct side *s)
{
	const struct session *a = &s->heard, *b = &s->leg->remote;
	return a->version != b->version || a->direction != b->direction || !endpoint_equal(a->rtp, b->rtp);
}

/* Asks the other side what the first was asked. False: it is busy with something else. */
static bool ask_other(struct bridge *b, struct side *s)
{
	struct side *other = other_side(b, s);
	if (!other || b->asks)
		return false;
	struct session offer = passed_on(b, &s->leg->remote, end_of(b, other));
	if (!leg_offer(other->leg, &offer))
		return false;
	b->asks = s;
	return true;
}

/* What only refreshes the session is no question for the other side (RFC 4028 7.4). */
static bool side_offered(struct leg *leg, const struct packet *invite)
{
	struct side *s = side_of(leg);
	struct bridge *b = s->bridge;
	(void)invite;
	if (!is_news(s))
		return true;
	if (b->far)
		far_end_offered(b, s);
	else if (!ask_other(b, s))
		leg_refuse(leg, 491);
	return false;
}

static void agreed(struct bridge *b, struct side *asker, struct side *asked)
{
	struct session answer = passed_on(b, &asked->leg->remote, end_of(b, asker));
	heard(b, asked);
	heard(b, asker);
	leg_answer(asker->leg, &answer);
}

static void side_offer_ended(struct leg *leg, const struct packet *response, uint32_t status)
{
	struct bridge *b = side_of(leg)->bridge;
	struct side *asker = b->asks;
	(void)response;
	b->asks = NULL;
	if (!asker)
		return;
	if (status / 100 == 2)
		agreed(b, asker, side_of(leg));
	else
		leg_refuse(asker->leg, status);
}

/* --- the end -------------------------------------------------------------------------------------------- */

static bool is_joined(const struct side *s)
{
	return s == s->bridge->caller || s == s->bridge->callee;
}

/* The other side need not wait until the BYE of this one is answered, which may be never. */
static void side_closing(struct leg *leg, enum leg_end how)
{
	struct side *s = side_of(leg);
	(void)how;
	if (is_joined(s))
		bridge_end(s->bridge);
}

/* Somebody rang until the INVITE was cancelled for it (480), or nobody answered at all (408). */
static uint32_t status_for_caller(uint32_t status)
{
	return status == 487 ? 480 : status ? status : 408;
}

static void nobody_answers(struct bridge *b, enum leg_end how, const struct packet *last)
{
	struct side *caller = b->caller;
	b->over = true;
	if (b->far)
		far_end_refused(b, how, last);
	if (!caller)
		return;
	leg_refuse(caller->leg, b->refused);
	side_free(caller);
}

static void side_ended(struct leg *leg, enum leg_end how, const struct packet *last, uint32_t status)
{
	struct side *s = side_of(leg);
	struct bridge *b = s->bridge;
	bool in_call = is_joined(s);
	b->busy++;
	side_free(s);
	b->refused = better(b->refused, status_for_caller(status));
	if (in_call)
		bridge_end(b);
	else if (!b->branches && !b->over)
		nobody_answers(b, how, last);
	bridge_let_go(b);
}

static const struct leg_ops side_ops = {
	.progressed = side_progressed,
	.answered = side_answered,
	.acked = side_acked,
	.offered = side_offered,
	.offer_ended = side_offer_ended,
	.closing = side_closing,
	.ended = side_ended,
};

/* --- what its far end is asked to do -------------------------------------------------------------------- */

static bool pbx_target_by_source(const struct leg *leg)
{
	const struct server *s = agent_of(leg->ua)->server;
	struct payload *first = leg->dialog.request;
	struct packet invite = { .src = leg->dialog.source, .payload = first };
	if (leg->caller)
		return server_follows_callee(s, side_of(leg)->natted);
	return server_follows_caller(s, &invite, sip_view(server_world(s), first));
}

static const struct ua_ops pbx_ops = {
	AGENT_WRITES,
	.target_by_source = pbx_target_by_source,
	.invited = pbx_invited,
};

/* Most servers never see a call. */
static struct pbx *pbx_here(struct server *s)
{
	if (s->agent)
		return CONTAINER(s->agent, struct pbx, agent);
	struct arena *arena = server_world(s)->arena;
	struct pbx *pbx = arena_alloc(arena, sizeof *pbx);
	pool_init(&pbx->bridges, arena, sizeof(struct bridge));
	pool_init(&pbx->sides, arena, sizeof(struct side));
	agent_init(&pbx->agent, s, s->iface, s->local, &pbx_ops, &s->txns);
	s->agent = &pbx->agent;
	return pbx;
}

static void pbx_call(struct server *s, struct span user, uint32_t story)
{
	far_end_calls(pbx_here(s), user, story);
}

static struct leg *next_side(struct leg *leg)
{
	while (leg && leg->ops != &side_ops)
		leg = leg_next_of_story(leg);
	return leg;
}

static struct leg *first_side(const struct server *s, uint32_t story)
{
	return next_side(ua_leg(&s->agent->ua, story));
}

static void pbx_hang_up(struct server *s, uint32_t story)
{
	if (!s->agent)
		return;
	talk_hang_up(&s->agent->talker, story);
	for (struct leg *leg = first_side(s, story), *next; leg; leg = next) {
		next = next_side(leg_next_of_story(leg));
		if (side_of(leg)->bridge->far)
			leg_hang_up(leg);
	}
}

static void side_abandon(struct leg *leg)
{
	struct side *s = side_of(leg);
	struct bridge *b = s->bridge;
	b->busy++;
	b->over = true;
	leg_abandon(leg);
	side_free(s);
	bridge_let_go(b);
}

static void pbx_abandon(struct server *s, uint32_t story)
{
	if (!s->agent)
		return;
	talk_abandon(&s->agent->talker, story);
	for (struct leg *leg; (leg = first_side(s, story));)
		side_abandon(leg);
}

/* --- the PBX -------------------------------------------------------------------------------------------- */

static bool pbx_request(struct server *s, const struct packet *request, const struct sip_view *v)
{
	return ua_request(&pbx_here(s)->agent.ua, request, v);
}

static bool pbx_response(struct server *s, const struct packet *response, const struct sip_view *v)
{
	return s->agent && client_txns_receive(&s->agent->clients, server_world(s), response, v);
}

static bool pbx_media(struct server *s, const struct packet *p)
{
	return s->agent && talk_hears(&s->agent->talker, p);
}

static void pbx_error(struct server *s, struct iface *in, const struct packet *error)
{
	if (s->agent)
		client_txns_error(&s->agent->clients, in, error);
}

static void pbx_forget(struct server *s)
{
	if (!s->agent)
		return;
	talk_abandon_all(&s->agent->talker);
	for (struct leg *leg; (leg = ua_first_leg(&s->agent->ua));)
		side_abandon(leg);
	client_txns_forget(&s->agent->clients);
}

const struct server_calls server_pbx = {
	.request = pbx_request,
	.response = pbx_response,
	.media = pbx_media,
	.error = pbx_error,
	.forget = pbx_forget,
	.call = pbx_call,
	.hang_up = pbx_hang_up,
	.abandon = pbx_abandon,
};
