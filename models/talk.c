#include "models/talk.h"

#include "models/sip_shared.h"

const char *const hold_by_words[] = {
	[HOLD_SENDONLY] = "sendonly",
	[HOLD_INACTIVE] = "inactive",
	[HOLD_ZERO_ADDRESS] = "zero-address",
	NULL,
};

struct talk {
	struct talker *of;
	struct leg *leg;
	struct media_end *media;
	struct timer ring;
	bool holds; /* has put the other side on hold */
};

static struct world *talk_world(const struct talk *t)
{
	return t->of->iface->node->world;
}

/* --- what it says of itself -------------------------------------------------------------------------------------- */

static const struct {
	uint8_t direction;
	bool nowhere; /* c=IN IP4 0.0.0.0, as before RFC 3264 */
} holds[] = {
	[HOLD_SENDONLY] = { DIRECTION_SENDONLY, false },
	[HOLD_INACTIVE] = { DIRECTION_INACTIVE, false },
	[HOLD_ZERO_ADDRESS] = { DIRECTION_SENDRECV, true },
};

static struct session description(const struct talk *t, bool hold)
{
	int by = t->of->profile->hold_by;
	struct session s = {
		.origin = t->of->said,
		.rtp = { t->of->said, media_local(t->media).port },
	};
	if (hold)
		s.direction = holds[by].direction;
	if (hold && holds[by].nowhere)
		s.rtp.host = 0;
	return s;
}

/* Our side of what was agreed on: to an offer that came. */
static struct session answer(const struct talk *t)
{
	struct session s = description(t, t->holds);
	if (t->leg->offered)
		s.direction =
			(uint8_t)direction_answer((enum direction)t->leg->remote.direction, (enum direction)s.direction);
	return s;
}

/* What both sides have said so far is what the voice keeps to. */
static void talk_on(struct talk *t)
{
	const struct leg *leg = t->leg;
	bool sends = session_sends(&leg->local) && session_hears(&leg->remote);
	media_describe(t->media, leg->remote.rtp, leg->remote.rtcp, sends, session_hears(&leg->local));
}

/* --- its calls --------------------------------------------------------------------------------------------------- */

static struct talk *talk_new(struct talker *of, uint32_t story)
{
	struct talk *t = pool_get(&sip_shared(of->iface->node->world)->talks);
	struct media_setup setup = {
		.iface = of->iface,
		.profile = &of->profile->rtp,
		.local = { of->host, media_next_port(&of->ends, &of->profile->rtp) },
		.story = story,
		.talks = true,
	};
	*t = (struct talk){ .of = of, .media = media_open(&of->ends, &setup) };
	media_mute(t->media, of->muted);
	return t;
}

static void talk_free(struct talk *t)
{
	timer_disarm(&t->ring);
	media_close(&t->of->ends, t->media);
	pool_put(&sip_shared(talk_world(t))->talks, t);
}

static void talk_progressed(struct leg *leg, const struct packet *response, uint32_t status)
{
	(void)response, (void)status;
	if (leg->offered)
		talk_on(leg->user);
}

static void talk_answered(struct leg *leg, const struct packet *response)
{
	(void)response;
	talk_on(leg->user);
}

static void talk_acked(struct leg *leg, const struct packet *ack, bool first)
{
	(void)ack, (void)first;
	if (leg->offered) /* the answer may have been in it */
		talk_on(leg->user);
}

static bool talk_offered(struct leg *leg, const struct packet *invite)
{
	struct talk *t = leg->user;
	struct session s = answer(t);
	(void)invite;
	leg_answer(leg, &s);
	talk_on(t);
	return false; /* answered already, so that the voice comes behind the answer */
}

static void talk_offer_ended(struct leg *leg, const struct packet *response, uint32_t status)
{
	struct talk *t = leg->user;
	(void)response;
	if (status < 200 || status >= 300)
		return;
	t->holds = !session_hears(&leg->local);
	talk_on(t);
}

/* What the other side says until it hears of the BYE is still heard. */
static void talk_closing(struct leg *leg, enum leg_end how)
{
	struct talk *t = leg->user;
	(void)how;
	media_describe(t->media, leg->remote.rtp, leg->remote.rtcp, false, session_hears(&leg->local));
}

static void talk_ended(struct leg *leg, enum leg_end how, const struct packet *last, uint32_t status)
{
	(void)how, (void)last, (void)status;
	talk_free(leg->user);
}

static const struct leg_ops talk_ops = {
	.progressed = talk_progressed,
	.answered = talk_answered,
	.acked = talk_acked,
	.offered = talk_offered,
	.offer_ended = talk_offer_ended,
	.closing = talk_closing,
	.ended = talk_ended,
};

void talk_call(struct talker *of, const struct callee *callee, uint32_t story)
{
	struct talk *t = talk_new(of, story);
	struct session offer = description(t, false);
	t->leg = leg_call(of->ua, callee, &offer, story, 0, &talk_ops, t);
}

static void pick_up(struct talk *t)
{
	struct session s = answer(t);
	leg_answer(t->leg, &s);
	talk_on(t);
}

static void ring_ends(struct timer *timer)
{
	pick_up(CONTAINER(timer, struct talk, ring));
}

static void ring(struct talk *t)
{
	struct session s = answer(t);
	bool early = t->of->profile->early;
	leg_ring(t->leg, early ? 183 : 180, early ? &s : NULL);
	if (early)
		talk_on(t);
	t->ring.fire = ring_ends;
	world_after(talk_world(t), &t->ring, t->of->profile->ring);
}

void talk_take(struct talker *of, struct leg *leg)
{
	struct talk *t = talk_new(of, leg->story);
	t->leg = leg;
	leg->ops = &talk_ops;
	leg->user = t;
	(of->profile->ring ? ring : pick_up)(t);
}

/* --- what it is asked to do -------------------------------------------------------------------------------------- */

/* Its own call with this story; a device may have other legs in it. */
static struct leg *leg_of(const struct talker *of, uint32_t story)
{
	struct leg *leg = ua_leg(of->ua, story);
	while (leg && leg->ops != &talk_ops)
		leg = leg_next_of_story(leg);
	return leg;
}

void talk_hang_up(struct talker *of, uint32_t story)
{
	struct leg *leg = leg_of(of, story);
	if (leg)
		leg_hang_up(leg);
}

static void change(struct talker *of, uint32_t story, bool hold)
{
	struct leg *leg = leg_of(of, story);
	struct talk *t = leg ? leg->user : NULL;
	bool asked = false;
	if (t) {
		struct session offer = description(t, hold);
		asked = leg_offer(leg, &offer);
	}
	if (!asked)
		trace_note_story(of->iface->node->world, of->ua->iface, story, &fact_call_hold_failed, leg ? 491 : 481);
}

void talk_hold(struct talker *of, uint32_t story)
{
	change(of, story, true);
}

void talk_resume(struct talker *of, uint32_t story)
{
	change(of, story, false);
}

static void leg_forget(struct leg *leg)
{
	talk_free(leg->user);
	leg_abandon(leg);
}

void talk_abandon(struct talker *of, uint32_t story)
{
	struct leg *leg = leg_of(of, story);
	if (leg)
		leg_forget(leg);
}

/* Its calls, one by one; NULL: no more. */
static struct leg *any_leg(const struct talker *of)
{
	struct leg *leg = ua_first_leg(of->ua);
	while (leg && !(leg->ops == &talk_ops && ((struct talk *)leg->user)->of == of))
		leg = leg_next(leg);
	return leg;
}

void talk_abandon_all(struct talker *of)
{
	for (struct leg *leg; (leg = any_leg(of));)
		leg_forget(leg);
}

void talk_mute(struct talker *of, bool muted)
{
	of->muted = muted;
	for (struct leg *leg = ua_first_leg(of->ua); leg; leg = leg_next(leg)) {
		struct talk *t = leg->ops == &talk_ops ? leg->user : NULL;
		if (t && t->of == of)
			media_mute(t->media, muted);
	}
}

bool talk_hears(struct talker *of, const struct packet *p)
{
	return media_receive(&of->ends, p);
}

void talk_pools_init(struct sip_shared *shared, struct arena *a)
{
	pool_init(&shared->talks, a, sizeof(struct talk));
}
