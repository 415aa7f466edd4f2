/*
 * A registered phone's keepalives: what it sends so that its router goes on knowing it.
 */
#include "models/phone_shared.h"
#include "models/stun.h"

const struct fact fact_flow_failed = { "flow-failed", "is seen at {endpoint} now, so its flow has failed: registers anew", "RFC 5626 4.4.2" };

struct phone_keepalive {
	struct timer timer;
	struct phone *phone;
	uint64_t asked;		/* id of the last Binding request; 0: none waits */
	uint64_t asks;		/* so far */
	struct endpoint mapped; /* where the server saw it last; host 0: nobody said */
};

static void crlf_send(struct phone_keepalive *k)
{
	struct phone *p = k->phone;
	keepalive_send(iface_of(p), phone_source(p), p->group->server);
}

/* A conversation of its own, as every refresh is: nobody has asked for it. */
static void options_send(struct phone_keepalive *k)
{
	phone_options(k->phone, world_story(k->phone->node.world));
}

static void stun_send(struct phone_keepalive *k)
{
	struct phone *p = k->phone;
	k->asked = stream_draw(phone_ids(p, IDS_STUN), k->asks++);
	stun_ask(iface_of(p), phone_source(p), p->group->server, k->asked);
}

static void (*const senders[])(struct phone_keepalive *) = {
	[KEEPALIVE_CRLF] = crlf_send,
	[KEEPALIVE_OPTIONS] = options_send,
	[KEEPALIVE_STUN] = stun_send,
};

static void keepalive_fire(struct timer *t);

static void keepalive_wait(struct phone_keepalive *k)
{
	k->timer.fire = keepalive_fire;
	world_after(k->phone->node.world, &k->timer, k->phone->group->profile->keepalive.every);
}

static void keepalive_fire(struct timer *t)
{
	struct phone_keepalive *k = CONTAINER(t, struct phone_keepalive, timer);
	int type = k->phone->group->profile->keepalive.type;
	if (type == KEEPALIVE_NONE)
		return;
	senders[type](k);
	keepalive_wait(k);
}

void phone_keepalive_start(struct phone *p)
{
	if (p->group->profile->keepalive.type == KEEPALIVE_NONE)
		return;
	struct phone_more *more = phone_more(p);
	if (!more->keepalive)
		more->keepalive = arena_alloc(p->node.world->arena, sizeof *more->keepalive);
	more->keepalive->phone = p;
	if (!timer_armed(&more->keepalive->timer))
		keepalive_wait(more->keepalive);
}

void phone_keepalive_stop(struct phone *p)
{
	struct phone_keepalive *k = p->more ? p->more->keepalive : NULL;
	if (!k)
		return;
	timer_disarm(&k->timer);
	k->asked = 0;
	k->mapped = (struct endpoint){ 0 };
}

/* A registration that is under way leaves from where the phone is now. */
static void seen_at(struct phone_keepalive *k, const struct packet *response, struct endpoint mapped)
{
	struct phone *p = k->phone;
	bool moved = k->mapped.host && !endpoint_equal(k->mapped, mapped);
	k->mapped = mapped;
	if (!moved || p->job != JOB_NONE)
		return;
	trace_note(p->node.world, iface_of(p), response, &fact_flow_failed, (uint64_t)mapped.host << 16 | mapped.port);
	phone_register(p, world_story(p->node.world));
}

bool phone_take_stun(struct phone *p, const struct packet *packet)
{
	struct phone_keepalive *k = p->more ? p->more->keepalive : NULL;
	struct stun_message m;
	if (!k || !stun_read(packet->payload, &m) || !m.response || m.id != k->asked)
		return false;
	k->asked = 0;
	seen_at(k, packet, m.mapped);
	return true;
}
