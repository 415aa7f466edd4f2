#include <ctype.h>
#include <string.h>

#include "models/nat.h"
#include "models/ua.h"
#include "models/via.h"
#include "reports/lesson_shared.h"
#include "scenarios/evidence.h"

#define PAUSE (10 * SEC) /* what was open before a longer one may be closed behind it */

/* --- where somebody sends what ------------------------------------------------------------------------------------- */

/** What is said of a rule that the trace names. */
static const struct rule_why {
	const struct fact *rule;
	const char *why;
} rule_whys[] = {
	{ &fact_rule_via_port_other, "the answer goes to the address that the request came from and, unless rport is "
				     "asked for and heeded, to the port that its Via names" },
	{ &fact_rule_via_port_same, "the answer goes to the address that the request came from and to the port that "
				    "its Via names, which is also where it came from" },
	{ &fact_rule_sent_by,
	  "the answer goes to the address and port in the Via, which has the address that the request came from" },
	{ &fact_rule_rport, "the Via asks with rport, so the answer goes back to where the request came from" },
	{ &fact_rule_forced, "this server answers to where the request came from, asked or not" },
	{ &fact_rule_maddr, "the Via has a maddr, and the answer goes there" },
	{ &fact_to_target, "inside a call requests go to the Contact that the other side has given" },
	{ &fact_to_target_unseen, "inside a call requests go to the Contact that the other side has given, whether "
				  "that is an address that can be reached or not" },
	{ &fact_to_seen, "this server sends to where the other side was last seen, whatever its Contact says" },
	{ &fact_media_to_sdp, "audio goes to the address and port that the other side has written into its SDP" },
	{ &fact_media_to_sdp_first, "audio goes where SDP says as long as nothing has come from the other side" },
	{ &fact_media_to_source,
	  "this server latches: its audio goes to where the other side's comes from, whatever SDP says" },
};

/** Of a request that begins something there is no rule in the trace: where it goes shows what was bound. */
static const char *bound_why(const struct addressed *known, struct endpoint dst)
{
	return endpoint_equal(known->place[PLACE_CONTACT], dst)
		       ? "RFC 3261 10.3, 16.5: a request for a user goes to the Contact that was bound for it"
		       : "Outside RFC 3261 10.3: this server has bound where the REGISTER came from, in place of its "
			 "Contact";
}

/** "Outside RFC 3581: this server ..." */
static const char *sentence_of(struct asker *x, const char *clause, const char *text)
{
	char *sentence = clause ? arena_printf(x->arena, "%s: %s", clause, text) : arena_strdup(x->arena, text);
	*sentence = (char)toupper((unsigned char)*sentence);
	return sentence;
}

static const char *where_why(struct asker *x, const struct record *r, const struct addressed *known)
{
	for (size_t i = 0; i < COUNT(rule_whys); i++)
		if (rule_whys[i].rule == r->fact)
			return sentence_of(x, r->fact->clause, rule_whys[i].why);
	return bound_why(known, r->dst);
}

/** Different places, from the lowest address on. */
struct choice_places {
	struct endpoint at[PLACES + 1];
	uint32_t n;
};

static bool is_before(struct endpoint a, struct endpoint b)
{
	return a.host != b.host ? a.host < b.host : a.port < b.port;
}

static void place_add(struct choice_places *p, struct endpoint e)
{
	uint32_t i = 0;
	while (i < p->n && is_before(p->at[i], e))
		i++;
	if (!e.port || (i < p->n && endpoint_equal(p->at[i], e)))
		return;
	memmove(&p->at[i + 1], &p->at[i], (p->n - i) * sizeof *p->at);
	p->at[i] = e;
	p->n++;
}

/** Which of the places it was, for telling whether this is news. */
static uint32_t places_mask(const struct addressed *known, struct endpoint dst)
{
	uint32_t mask = 0;
	for (int i = 0; i < PLACES; i++)
		mask |= known->place[i].port && endpoint_equal(known->place[i], dst) ? 1u << i : 0;
	return mask;
}

/** "INVITE for desk": a server sends many. */
static const char *mail_text(struct asker *x, const struct record *r, const char *whom)
{
	return label_is_response(r->label) ? r->label : arena_printf(x->arena, "%s for %s", thing_of(r), whom);
}

static void ask_where(struct asker *x, uint32_t i, const struct addressed *known, const struct record *end)
{
	const struct record *r = x->d->steps[i].record;
	const char *from = name_of(x, r->iface->node), *whom = name_of(x, known->whom);
	struct draft q = { .q.step = i, .worth = worth_of(x, end) };
	struct choice_places places = { .n = 0 };
	place_add(&places, r->dst);
	for (int k = 0; k < PLACES; k++)
		place_add(&places, known->place[k]);
	for (uint32_t k = 0; k < places.n; k++)
		choice_add(&q, place_text(x, places.at[k]), endpoint_equal(places.at[k], r->dst));
	q.q.ask = arena_printf(x->arena, "Where does %s send its %s?", from, mail_text(x, r, whom));
	q.q.why = where_why(x, r, known);
	q.same = arena_printf(x->arena, "where %s %d%d %u", from, label_is_response(r->label), label_is_rtp(r->label),
			      places_mask(known, r->dst));
	draft_add(x, &q);
}

/* --- whether it gets there ------------------------------------------------------------------------------------------ */

enum mail_outcome { OUT_YES, OUT_NO_ROUTE, OUT_CLOSED, OUT_FORGOTTEN, OUT_FILTERED, OUT_OTHER, OUT_REFUSED, OUTCOMES };

/** Each of the ways in which it may end. In `text` and `why` there is one %s: the router, or of the last ones who was meant. */
static const struct outcome_row {
	const char *text, *why;
	bool behind; /* can only be when who is meant is behind a router */
} outcome_rows[OUTCOMES] = {
	[OUT_YES] = { "yes", NULL, false },
	[OUT_NO_ROUTE] = { "no, there is no way to such an address",
			   "RFC 1918 3: a private address exists only inside its network, and nobody outside knows a "
			   "way to it",
			   true },
	[OUT_CLOSED] = { "no, %s has nothing open there",
			 "RFC 4787 5: a router lets in only what something inside has opened the way for, and nothing "
			 "has been sent out from that port",
			 true },
	[OUT_FORGOTTEN] = { "no, %s has forgotten what was open there",
			    "RFC 4787 4.3: a mapping that nothing goes out through ends when its timer runs out, and "
			    "the router tells nobody",
			    true },
	[OUT_FILTERED] = { "no, %s has that open, but not for this sender",
			   "RFC 4787 5: the port is mapped, but the router lets in only what comes from where "
			   "something was sent to",
			   true },
	[OUT_OTHER] = { "no, it comes to another than %s",
			"RFC 4787 4.2.1: a port outside belongs to one end inside at a time, and this one is another's",
			true },
	[OUT_REFUSED] = { "it comes there, and %s does not take it", NULL, false },
};

static enum mail_outcome outcome_of(const struct record *end, const struct addressed *known)
{
	static const struct {
		const struct fact *fact;
		enum mail_outcome outcome;
	} facts[] = {
		{ &fact_no_route, OUT_NO_ROUTE },
		{ &fact_nat_no_mapping, OUT_CLOSED },
		{ &fact_nat_expired, OUT_FORGOTTEN },
		{ &fact_nat_filtered, OUT_FILTERED },
	};
	if (end->event == EVENT_ARRIVED)
		return end->iface->node == known->whom ? OUT_YES : OUT_OTHER;
	for (size_t i = 0; i < COUNT(facts); i++)
		if (facts[i].fact == end->fact)
			return facts[i].outcome;
	return end->iface->node == known->whom ? OUT_REFUSED : OUTCOMES;
}

/** Why somebody with nothing in between takes it. */
static const char *taken_why(const struct record *end)
{
	return label_is_response(end->label)
		       ? "RFC 3261 17.1.3: it listens there, and knows the request that this answers"
		       : "It listens there, and no router stands before it";
}

/** Why it is taken, or was not: of what its receiver says the trace has the sentence and the clause. */
static const char *fate_why(struct asker *x, enum mail_outcome o, struct endpoint dst, const struct record *end,
			    const struct addressed *known)
{
	char sentence[512];
	if (o == OUT_YES)
		return known->router ? "RFC 4787 4.3, 5: what was sent out from inside has opened this port, and it is "
				       "still open for this sender"
				     : taken_why(end);
	if (o == OUT_OTHER && host_is_private(dst.host))
		return "RFC 1918 3: the same private address stands in many networks, and in this one it is another's";
	if (outcome_rows[o].why)
		return outcome_rows[o].why;
	record_sentence(end, sentence, sizeof sentence);
	return sentence_of(x, end->fact->clause, sentence);
}

/** The last time that anything went through a router before; -1: never. */
static usec last_through(const struct asker *x, const struct node *router, const struct record *until)
{
	const struct record *r;
	usec at = -1;
	for (struct trace_cursor c = trace_first(x->trace); router && (r = trace_next(&c)) && r != until;)
		if (r->event == EVENT_SENT && r->iface && r->iface->node == router)
			at = r->at;
	return at;
}

/** "For 600 s nothing has gone through home. "; nothing when it is not long. */
static const char *silence_text(struct asker *x, const struct addressed *known, const struct record *r)
{
	usec last = last_through(x, known->router, r);
	if (last < 0 || r->at - last < PAUSE)
		return "";
	return arena_printf(x->arena, "For %u s nothing has gone through %s. ", whole_seconds(r->at - last + SEC / 2),
			    name_of(x, known->router));
}

/** Was anything asked of this way a short time before? */
static bool is_late(const struct asker *x, uint32_t i)
{
	const struct diagram_step *step = &x->d->steps[i];
	for (uint32_t k = i; k-- > 0;)
		if (x->d->steps[k].kind == DIAGRAM_ARROW && x->d->steps[k].from.lane == step->from.lane &&
		    x->d->steps[k].label == step->label)
			return step->at - x->d->steps[k].at >= PAUSE;
	return false;
}

static bool are_several_phones(const struct scenario *s)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->n_nodes; i++)
		n += s->nodes[i].kind == DEVICE_PHONE ? s->nodes[i].count : 0;
	return n > 1;
}

/** It would tell too much to offer only what comes about, and too little to offer what cannot. */
static bool is_conceivable(const struct asker *x, enum mail_outcome o, const struct addressed *known)
{
	return (!outcome_rows[o].behind || known->router) && (o != OUT_OTHER || are_several_phones(x->scenario));
}

static void ask_fate(struct asker *x, uint32_t i, const struct addressed *known, const struct record *end)
{
	const struct record *r = x->d->steps[i].record;
	const char *from = name_of(x, r->iface->node), *whom = name_of(x, known->whom);
	const char *router = known->router ? name_of(x, known->router) : NULL;
	enum mail_outcome right = end ? outcome_of(end, known) : OUTCOMES;
	struct draft q = { .q.step = i, .worth = worth_of(x, end) };
	if (right == OUTCOMES)
		return;
	for (enum mail_outcome o = 0; o < OUTCOMES; o++)
		if (o == right || is_conceivable(x, o, known))
			choice_add(&q, arena_printf(x->arena, outcome_rows[o].text, o >= OUT_OTHER ? whom : router),
				   o == right);
	q.q.ask = arena_printf(x->arena, "%s%s sends its %s to %s. Does %s get it?", silence_text(x, known, r), from,
			       thing_of(r), place_text(x, r->dst), whom);
	q.q.why = fate_why(x, right, r->dst, end, known);
	q.same = arena_printf(x->arena, "fate %s %d %d %d", from, label_is_rtp(r->label), right, is_late(x, i));
	draft_add(x, &q);
}

/** Does it come to whom it is meant for? Whether it is taken there hangs on what routers make of it on the way. */
static bool arrives(const struct record *end, const struct addressed *known)
{
	return end && end->iface->node == known->whom;
}

void ask_of_sender(struct asker *x, uint32_t i)
{
	const struct record *r = x->d->steps[i].record, *end = fate_end(&x->fates, r);
	struct rewritten_via via;
	struct addressed known;
	if (r->fragment || !addressed_find(&x->fates, x->trace, r, &known) || !is_phone(known.whom))
		return;
	ask_where(x, i, &known, end);
	if (!via_rewritten(x, r, &via) || !arrives(end, &known))
		ask_fate(x, i, &known, end);
}

void ask_whether_taken(struct asker *x, uint32_t i, const struct node *whom)
{
	const struct addressed known = { .whom = whom };
	const struct record *end = fate_end(&x->fates, x->d->steps[i].record);
	if (arrives(end, &known))
		ask_fate(x, i, &known, end);
}
