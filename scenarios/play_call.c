#include "scenarios/play_shared.h"

/*
 * Calls as steps ask for them.
 *
 *	begin --> INVITE --> established, at both ends or one --> `for` later somebody hangs up --> both are out of it
 *	            |                                                                         |
 *	            +--> refused                                                              +--> who is not lets it go
 */

/* Who has no answer hangs up (as RFC 3261 16.6 says of proxies, Timer C); and whose hanging up leads nowhere
 * is let go. */
#define PATIENCE (180 * SEC)

/* A server that has answered a BYE tries for 64*T1 to tell the other side. */
#define OTHER_SIDE (33 * SEC)

/* One end of a call: the one or the other. */
struct party {
	struct phone *phone;
	struct server *server;
	const struct node *node;
	bool left;	      /* it is out of the call, or never was in it */
	struct run *changing; /* the step whose hold or resume is under way; NULL: none */
};

struct call {
	struct call *next, **at; /* of its step's, and who points to it */
	struct run *run;
	struct judged_call *judged;
	struct timer timer; /* what is to come next: hanging up, letting go */
	uint32_t story;
	bool established;      /* at one end at least */
	bool hung_up;	       /* somebody was asked to */
	bool is_over;	       /* and will be gone at once */
	struct server *server; /* through which they call */
	struct party ends[CALL_ENDS];
};

static enum call_end other(enum call_end e)
{
	return e == CALL_FROM ? CALL_TO : CALL_FROM;
}

/* --- ends ------------------------------------------------------------------------------------------------------- */

static struct party party_of(const struct lab_group *g, uint64_t i)
{
	struct party p = { 0 };
	if (g->spec->kind == DEVICE_PHONE)
		p.phone = g->phones[i % g->spec->count];
	else
		p.server = g->server;
	p.node = p.phone ? phone_node(p.phone) : server_far_node(p.server);
	return p;
}

/* Whom to dial to reach it. `text` has room for a phone's user. */
static struct span user_of(const struct party *p, char text[static PHONE_USER_MAX])
{
	return p->phone ? (struct span){ text, (uint32_t)phone_user(p->phone, text) }
			: server_far_user(p->server);
}

static void dial(const struct party *p, struct span user, uint32_t story)
{
	if (p->phone)
		phone_call(p->phone, user, story);
	else
		server_call(p->server, user, story);
}

static void hang_up(const struct party *p, uint32_t story)
{
	if (p->phone)
		phone_hangup(p->phone, story);
	else
		server_hangup(p->server, story);
}

static void abandon(const struct party *p, uint32_t story)
{
	if (p->phone)
		phone_abandon(p->phone, story);
	else
		server_abandon(p->server, story);
}

/* --- its end ---------------------------------------------------------------------------------------------------- */

static void change_ended(struct party *p)
{
	struct run *r = p->changing;
	p->changing = NULL;
	if (r)
		run_attempt_ended(r);
}

static void call_link(struct call *c)
{
	c->at = &c->run->calls;
	c->next = *c->at;
	if (c->next)
		c->next->at = &c->next;
	*c->at = c;
}

static void call_unlink(struct call *c)
{
	*c->at = c->next;
	if (c->next)
		c->next->at = c->at;
}

/* Who has not heard of its end lets it go, and so does a PBX between the two. */
static void call_let_go(struct call *c)
{
	bool all_left = true;
	for (int e = 0; e < CALL_ENDS; e++) {
		all_left &= c->ends[e].left;
		if (!c->ends[e].left)
			abandon(&c->ends[e], c->story);
	}
	if (!all_left)
		server_abandon(c->server, c->story);
}

/* The step may end with it, and the next one begin. */
static void call_end(struct timer *t)
{
	struct call *c = CONTAINER(t, struct call, timer);
	struct run *r = c->run;
	struct player *p = r->player;
	call_let_go(c);
	judge_call_over(&p->judge, c->judged);
	call_unlink(c);
	for (int e = 0; e < CALL_ENDS; e++)
		change_ended(&c->ends[e]);
	pool_put(&p->calls, c);
	run_attempt_ended(r);
}

static void call_after(struct call *c, usec after, void (*what)(struct timer *))
{
	c->timer.fire = what;
	world_after(c->run->player->lab.world, &c->timer, after);
}

/* Whoever tells of its end is not to be disturbed while he does. */
static void call_over(struct call *c)
{
	c->is_over = true;
	call_after(c, 0, call_end);
}

/* Who is to hang up may be out of the call already. */
static void call_hang_up(struct timer *t)
{
	struct call *c = CONTAINER(t, struct call, timer);
	struct player *p = c->run->player;
	enum call_end e = c->established ? (enum call_end)c->run->values.hangup : CALL_FROM;
	c->hung_up = true;
	call_after(c, PATIENCE, call_end);
	judge_call_hang_up(&p->judge, c->judged);
	hang_up(&c->ends[c->ends[e].left ? other(e) : e], c->story);
}

/* --- its beginning ---------------------------------------------------------------------------------------------- */

static void call_begin(struct run *r, uint64_t i)
{
	struct player *p = r->player;
	const struct lab_group *from = subject_of(r, CALL_FROM), *to = subject_of(r, CALL_TO);
	struct call *c = pool_get(&p->calls);
	char user[PHONE_USER_MAX];
	*c = (struct call){
		.run = r,
		.story = world_story(p->lab.world),
		.server = (from->server ? from : to)->server,
		.ends = { party_of(from, i), party_of(to, from == to ? i + 1 : i) },
	};
	call_link(c);
	struct call_parties parties = {
		.story = c->story,
		.step = r->step,
		.began = r->began,
		.ends = { c->ends[CALL_FROM].node, c->ends[CALL_TO].node },
		.phones = { c->ends[CALL_FROM].phone, c->ends[CALL_TO].phone },
		.server = server_node(c->server),
	};
	c->judged = judge_call(&p->judge, &parties, c);
	if (r->values.give_up)
		call_after(c, r->values.give_up, call_end);
	else
		call_after(c, PATIENCE, call_hang_up);
	dial(&c->ends[CALL_FROM], user_of(&c->ends[CALL_TO], user), c->story);
}

void begin_call(struct run *r)
{
	begin_members(r, calls_of(r->player->scenario, step_of(r)), call_begin);
}

/* --- news of it ------------------------------------------------------------------------------------------------- */

/* The time of the call counts from when the second end knows of it, or from the first where the second never
 * does. */
static void call_established(struct call *c)
{
	c->established = true;
	if (!c->hung_up)
		call_after(c, c->run->values.lasts, call_hang_up);
}

static void call_left(struct call *c, enum call_end at)
{
	c->ends[at].left = true;
	if (c->ends[other(at)].left)
		call_over(c);
}

/* Its BYE was answered: by the other end, which then is out of the call, or by a server, which has still to
 * tell that. */
static void call_hung_up(struct call *c, enum call_end at, uint64_t status)
{
	c->ends[at].left = true;
	if (c->ends[other(at)].left || status >= 300)
		call_over(c);
	else
		call_after(c, OTHER_SIDE, call_end);
}

void call_news(void *context, void *owner, enum call_end at, enum call_news what, uint64_t status)
{
	struct call *c = owner;
	(void)context;
	stop_when_done(c->run->player);
	if (c->is_over)
		return;
	switch (what) {
	case CALL_ANSWERED:
	case CALL_ESTABLISHED:
		call_established(c);
		break;
	case CALL_HELD:
	case CALL_RESUMED:
	case CALL_HOLD_FAILED:
		change_ended(&c->ends[at]);
		break;
	case CALL_CANCELLED:
	case CALL_ACK_MISSING:
	case CALL_EXPIRED:
	case CALL_OVER:
		call_left(c, at);
		break;
	case CALL_HUNG_UP:
		call_hung_up(c, at, status);
		break;
	case CALL_REFUSED:
	case CALL_BYE_LOST:
		c->ends[at].left = true;
		call_over(c);
		break;
	}
}

/* --- what is done in it ----------------------------------------------------------------------------------------- */

typedef void call_seen(struct run *, struct call *, enum call_end);

/* Shows the calls that have this node, or NULL, a member of this group, as an end. */
static void calls_see(struct player *p, struct run *r, const struct node *node, const char *group,
		      call_seen *see)
{
	for (uint32_t i = 0; i < p->last - p->step; i++)
		for (struct call *c = p->runs[i].calls, *next; c; c = next) {
			next = c->next;
			for (int e = 0; e < CALL_ENDS; e++)
				if (node ? c->ends[e].node == node
					 : c->ends[e].phone && c->ends[e].node->name == group)
					see(r, c, (enum call_end)e);
		}
}

static bool change_begin(struct run *r, struct call *c, enum call_end at)
{
	struct party *p = &c->ends[at];
	if (!c->established || p->left || p->changing || c->hung_up || c->is_over)
		return false;
	p->changing = r;
	r->pending++;
	return true;
}

static void call_hold(struct run *r, struct call *c, enum call_end at)
{
	if (!change_begin(r, c, at))
		return;
	judge_call_hold(c->judged, at);
	phone_hold(c->ends[at].phone, c->story);
}

static void call_resume(struct run *r, struct call *c, enum call_end at)
{
	if (!change_begin(r, c, at))
		return;
	judge_call_resume(c->judged, at);
	phone_resume(c->ends[at].phone, c->story);
}

static void change_calls(struct run *r, call_seen *change)
{
	r->pending = 1; /* this loop, so that the step does not end in it */
	calls_see(r->player, r, NULL, subject_of(r, 0)->spec->name, change);
	run_attempt_ended(r);
}

void begin_hold(struct run *r)
{
	change_calls(r, call_hold);
}

void begin_resume(struct run *r)
{
	change_calls(r, call_resume);
}

static void mute(struct run *r, bool muted)
{
	const struct lab_group *g = subject_of(r, 0);
	for (uint32_t i = 0; i < g->spec->count; i++)
		phone_mute(g->phones[i], muted);
}

static void mute_over(struct timer *t)
{
	struct run *r = run_of(t);
	mute(r, false);
	run_end(r);
}

void begin_mute(struct run *r)
{
	mute(r, true);
	r->timer.fire = mute_over;
	world_after(r->player->lab.world, &r->timer, r->values.lasts);
}

/* --- what it loses ---------------------------------------------------------------------------------------------- */

static void call_forgotten(struct run *r, struct call *c, enum call_end at)
{
	(void)r;
	call_left(c, at);
}

void calls_forget(struct player *p, const struct node *node)
{
	calls_see(p, NULL, node, NULL, call_forgotten);
}

void play_calls_init(struct player *p)
{
	pool_init(&p->calls, p->lab.world->arena, sizeof(struct call));
}
