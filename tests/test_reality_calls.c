/*
 * Calls against what was measured with Linux 6.18 and Kamailio 5.6.3: tests/data/reality/calls.json, one cell
 * per line. The scenarios are those of scenarios/reality.
 *
 * Compared are the eight outcomes, what was written down of each message of the calls on both sides of the
 * router, and whose audio came from where:
 *
 *	inbound, after_idle far end, server --invite--> router --> phone --200--> router --> server --ack--> phone
 *	outbound            phone --invite--> router --> server --200--> router --> phone --ack--> server --bye--> phone
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "models/media.h"
#include "models/sip.h"
#include "models/ua.h"
#include "scenarios/play.h"
#include "tests/loading.h"
#include "tests/measured.h"

#define TEST(sentence) static void sentence(void **state __attribute__((unused)))

static const char *const scenario_files[] = {
	"scenarios/reality/calls.yaml",
	"scenarios/reality/two-calls.yaml",
	"scenarios/reality/media-elsewhere.yaml",
};

/* --- one cell, played ----------------------------------------------------------------------------------- */

/* The calls in which the measured phone is, in their order. */
enum call { INBOUND, OUTBOUND, OUTBOUND_AGAIN, AFTER_IDLE, AT_LAST, CALLS };

struct played {
	struct arena *arena;
	const struct cell_result *cell;
	const struct world *world;
	uint32_t host;		 /* of the phone */
	uint32_t stories[CALLS]; /* 0: the call did not take place */
};

/* The scenario that has a cell, and the cell's number there. */
static const struct scenario *scenario_of(struct arena *a, struct loading *const *loadings, const char *cell,
					  uint64_t *number)
{
	for (size_t i = 0; i < COUNT(scenario_files); i++) {
		const struct scenario *s = loadings[i]->scenario;
		uint32_t *choice = arena_alloc(a, s->n_axes * sizeof *choice);
		*number = 0;
		if (!measured_choice(s, cell, choice))
			continue;
		for (uint32_t axis = 0; axis < s->n_axes; axis++) /* the last one changes fastest */
			*number = *number * s->axes[axis].n + choice[axis];
		return s;
	}
	fail_msg("%s: no scenario has such a cell", cell);
	return NULL;
}

/* The step of a check begins a call; its story is that of the first INVITE that leaves from then on. */
static void stories_find(struct played *p)
{
	struct trace_cursor c = trace_first(&p->world->trace);
	uint32_t seen = 0;
	int call = 0;
	bool first_phone = trace_first_of(p->world, EVENT_SENT, (struct wanted){ .where = "first" });
	int skip = first_phone ? 1 : 0; /* its own call comes before */
	for (const struct record *r; call < CALLS && (r = trace_next(&c));) {
		if (r->event != EVENT_SENT || !r->label || strcmp(r->label, "INVITE") != 0 || r->parent ||
		    r->story <= seen)
			continue;
		seen = r->story;
		if (skip)
			skip--;
		else
			p->stories[call++] = r->story;
	}
}

static struct played play(struct arena *a, struct loading *const *loadings, const char *cell)
{
	static const struct play_options options = { .level = TRACE_FULL, .parse_all = true };
	struct cell_result *result = arena_alloc(a, sizeof *result);
	uint64_t number;
	const struct scenario *s = scenario_of(a, loadings, cell, &number);
	play_cell(a, s, number, &options, result);
	struct played p = { .arena = a, .cell = result, .world = result->world, .host = 0xC0A80168 };
	assert_true(result->expected);
	stories_find(&p);
	return p;
}

/* --- messages ------------------------------------------------------------------------------------------- */

/* Where a message was seen. */
enum seen { LEFT_SERVER, AT_PHONE, LEFT_PHONE, AT_SERVER };

static const struct message_key {
	const char *key, *label;
	enum call call;
	enum seen seen;
} message_keys[] = {
	{ "inbound.invite_left_server", "INVITE", INBOUND, LEFT_SERVER },
	{ "inbound.invite_at_phone", "INVITE", INBOUND, AT_PHONE },
	{ "inbound.200_left_phone", "200", INBOUND, LEFT_PHONE },
	{ "inbound.200_at_server", "200", INBOUND, AT_SERVER },
	{ "inbound.ack_left_server", "ACK", INBOUND, LEFT_SERVER },
	{ "inbound.ack_at_phone", "ACK", INBOUND, AT_PHONE },
	{ "outbound.invite_left_phone", "INVITE", OUTBOUND, LEFT_PHONE },
	{ "outbound.invite_at_server", "INVITE", OUTBOUND, AT_SERVER },
	{ "outbound.200_left_server", "200", OUTBOUND, LEFT_SERVER },
	{ "outbound.200_at_phone", "200", OUTBOUND, AT_PHONE },
	{ "outbound.ack_at_server", "ACK", OUTBOUND, AT_SERVER },
	{ "outbound.bye_left_server", "BYE", OUTBOUND, LEFT_SERVER },
	{ "outbound.bye_at_phone", "BYE", OUTBOUND, AT_PHONE },
	{ "after_idle.invite_left_server", "INVITE", AFTER_IDLE, LEFT_SERVER },
	{ "after_idle.invite_at_phone", "INVITE", AFTER_IDLE, AT_PHONE },
};

#define SERVER_HOST 0xC633649E /* 198.51.100.158 */

static bool goes_to_phone(const struct record *r)
{
	return r->dst.host != SERVER_HOST;
}

/* The first message of a call that leaves the server for the phone, or comes from there: the far end is at
 * the same host. */
static const struct record *at_server(const struct played *p, enum event event, uint32_t story,
				      const char *label)
{
	struct trace_cursor c = trace_first(&p->world->trace);
	for (const struct record *r; (r = trace_next(&c));)
		if (r->event == event && r->story == story && r->label && strcmp(r->label, label) == 0 &&
		    strcmp(r->iface->node->name, "pbx") == 0 &&
		    (event == EVENT_SENT ? goes_to_phone(r) : r->src.host != SERVER_HOST))
			return r;
	return NULL;
}

static const struct record *message_seen(const struct played *p, const struct message_key *k)
{
	struct wanted w = { .label = k->label, .story = p->stories[k->call] };
	if (!w.story)
		return NULL;
	switch (k->seen) {
	case LEFT_SERVER:
		return at_server(p, EVENT_SENT, w.story, k->label);
	case AT_SERVER:
		return at_server(p, EVENT_ARRIVED, w.story, k->label);
	case LEFT_PHONE:
		w.where = "phone";
		return trace_first_of(p->world, EVENT_SENT, w);
	default:
		w.where = "home/lan";
		w.to_host = p->host;
		return trace_first_of(p->world, EVENT_SENT, w);
	}
}

/* The line of the body that begins so; of o= only its address. NULL: none. */
static const char *line_of_body(struct arena *a, const char *body, const char *begins)
{
	const char *at = strstr(body, begins);
	if (!at)
		return NULL;
	const char *line = arena_copy(a, at + 2, strcspn(at + 2, "\r"));
	return line[0] == 'o' ? arena_printf(a, "o=%s", strstr(line, "IN IP4")) : line;
}

static const char *body_of(struct arena *a, const struct record *r)
{
	return strstr(arena_copy(a, r->payload->bytes, r->payload->len), "\r\n\r\n") +
	       2; /* an end of line belongs to it */
}

/* Is Content-Length right, and how much longer did the router make the body than it was before? */
static const char *length_text(struct arena *a, const struct record *r, const struct record *before)
{
	int length = (int)strlen(body_of(a, r) + 2), said = atoi(text_of_header(a, r, "Content-Length"));
	const char *text = length == said ? "length right" : "length wrong";
	return before ? arena_printf(a, "%s, %+d", text, length - (int)strlen(body_of(a, before) + 2)) : text;
}

/* "flow, start line, Via ..., Contact ..., o=..., c=..., m=..., length right, -2" */
static const char *message_text(struct arena *a, const struct record *r, const struct record *before)
{
	static const char *const lines[] = { "\r\no=", "\r\nc=", "\r\nm=" };
	if (!r)
		return "null";
	const char *start = arena_copy(a, r->payload->bytes, strcspn(r->payload->bytes, "\r"));
	const char *version = strstr(start, " SIP/2.0"), *body = body_of(a, r);
	const char *via = text_of_header(a, r, "Via") + strlen("SIP/2.0/UDP ");
	const char *text =
		arena_printf(a, "%s, %.*s, Via %s", text_of_flow(a, r),
			     (int)(version ? (size_t)(version - start) : strlen(start)), start, via);
	if (!line_of_body(a, body, lines[0])) /* of ACK and BYE no more was written down */
		return text;
	text = arena_printf(a, "%s, Contact %s", text, text_of_header(a, r, "Contact"));
	for (size_t i = 0; i < COUNT(lines); i++)
		text = arena_printf(a, "%s, %s", text, line_of_body(a, body, lines[i]));
	return arena_printf(a, "%s, %s", text, length_text(a, r, before));
}

/* Each message, behind the router with what it was before. */
static const char *message_text_of(const struct played *p, size_t i)
{
	const struct message_key *k = &message_keys[i];
	bool behind = k->seen == AT_PHONE || k->seen == AT_SERVER;
	return message_text(p->arena, message_seen(p, k), behind ? message_seen(p, k - 1) : NULL);
}

/* --- audio ---------------------------------------------------------------------------------------------- */

static const struct audio_key {
	const char *key;
	enum call call;
	bool far_end_first;
} audio_keys[] = {
	{ "inbound.audio", INBOUND, true },
	{ "outbound.audio", OUTBOUND, false },
	{ "outbound_again.audio", OUTBOUND_AGAIN, false },
	{ "after_idle.audio", AFTER_IDLE, true },
};

/* What became of the audio of a call. */
struct audio {
	const struct record *said;   /* the first that the far end sent */
	const struct record *spoken; /* the first that the phone sent */
	const struct record *heard;  /* the first that the far end heard */
	bool by_sdp, by_sdp_again;   /* the phone heard what went where SDP says: before it spoke itself, and
					after */
	bool by_source;
	const char *from; /* where it came from at the phone */
};

static bool is_at_far_end(const struct record *r)
{
	return strncmp(r->iface->node->name, "pbx", 3) == 0;
}

static void keep_first(const struct record **kept, const struct record *r)
{
	if (!*kept)
		*kept = r;
}

/* What the router hands to the phone was sent by the far end under the number of its parent. */
static void reaches_phone(const struct played *p, struct audio *audio, const struct record *r)
{
	char from[ENDPOINT_TEXT_MAX];
	const struct record *sent = trace_first_of(p->world, EVENT_SENT, (struct wanted){ .id = r->parent });
	bool again = audio->spoken && sent->at >= audio->spoken->at;
	audio->by_source |= sent->fact == &fact_media_to_source;
	audio->by_sdp |= sent->fact == &fact_media_to_sdp && !again;
	audio->by_sdp_again |= sent->fact == &fact_media_to_sdp && again;
	endpoint_print(r->src, from);
	if (!audio->from)
		audio->from = arena_strdup(p->arena, from);
	else if (!strstr(audio->from, from))
		audio->from = arena_printf(p->arena, "%s %s", audio->from, from);
}

static struct audio audio_of(const struct played *p, uint32_t story)
{
	struct audio audio = { 0 };
	struct trace_cursor c = trace_first(&p->world->trace);
	for (const struct record *r; (r = trace_next(&c));) {
		const char *node = r->iface ? r->iface->node->name : "";
		if (r->story != story || !r->label || strcmp(r->label, "RTP") != 0)
			continue;
		if (r->event == EVENT_SENT && is_at_far_end(r))
			keep_first(&audio.said, r);
		else if (r->event == EVENT_ARRIVED && is_at_far_end(r))
			keep_first(&audio.heard, r);
		else if (r->event == EVENT_SENT && strcmp(node, "phone") == 0)
			keep_first(&audio.spoken, r);
		else if (r->event == EVENT_SENT && strcmp(node, "home") == 0 && r->dst.host == p->host)
			reaches_phone(p, &audio, r);
	}
	return audio;
}

static bool was_noted(const struct played *p, uint32_t story, const struct fact *fact)
{
	return trace_first_of(p->world, EVENT_NOTE, (struct wanted){ .story = story, .fact = fact });
}

/* "to 192.168.1.104:16384, heard from 203.0.113.17:4737, phone hears not first then by source, from
 * 198.51.100.158:30000" */
static const char *audio_text(const struct played *p, const struct audio_key *k)
{
	uint32_t story = p->stories[k->call];
	if (!story || !was_noted(p, story, &fact_call_answered) ||
	    !was_noted(p, story, &fact_call_established))
		return "null";
	struct audio audio = audio_of(p, story);
	char to[ENDPOINT_TEXT_MAX], heard[ENDPOINT_TEXT_MAX] = "nowhere";
	assert_non_null(audio.said);
	endpoint_print(audio.said->dst, to);
	if (audio.heard)
		endpoint_print(audio.heard->src, heard);
	const char *first = audio.by_sdp ? "first " : "not first ",
		   *then = audio.by_sdp_again ? "then" : "not then";
	const char *by_sdp = audio.by_sdp || audio.by_sdp_again ? "by sdp" : "not by sdp";
	return arena_printf(p->arena, "to %s, heard from %s, phone hears %s%s%s by source, from %s", to,
			    heard, k->far_end_first ? first : "", k->far_end_first ? then : by_sdp,
			    audio.by_source ? "" : " not", audio.from ? audio.from : "nowhere");
}

/* --- outcomes ------------------------------------------------------------------------------------------- */

static const char *const outcome_keys[] = {
	"registered",	  "inbound_call",	"outbound_call",	  "bye_from_server",
	"bye_from_phone", "inbound_after_idle", "audio_both_ways_by_sdp", "audio_both_ways_symmetric_rtp",
};

static const char *outcome_text(const struct played *p, const char *key)
{
	for (uint32_t i = 0; i < p->cell->n_checks; i++) {
		const struct check_result *c = &p->cell->checks[i];
		if (strcmp(c->check->name, key) == 0)
			return c->result == VERDICT_WORKS ? "true" : "false";
	}
	fail_msg("no check is called %s", key);
	return NULL;
}

/* --- comparing ------------------------------------------------------------------------------------------ */

/* What is known to come out otherwise, and why. */
static const struct exception_known {
	const char *cell, *key, *why;
} exceptions[] = {
	{ "p1-r8-s1+twocalls", "inbound.200_at_server",
	  "the phone repeated its 200 until the first call was over and the ALG let one pass; here it is "
	  "told to forget the call "
	  "when the caller has given up" },
};

struct comparison {
	struct loading *loadings[COUNT(scenario_files)];
	struct drawn real_ports, our_ports; /* of the cell */
	int facts, agreed, excepted;
};

static const struct exception_known *exception_of(const char *cell, const char *key)
{
	for (size_t i = 0; i < COUNT(exceptions); i++)
		if (strcmp(exceptions[i].cell, cell) == 0 && strcmp(exceptions[i].key, key) == 0)
			return &exceptions[i];
	return NULL;
}

static void compare(struct comparison *c, struct arena *a, const char *cell, const char *line,
		    const char *key, const char *ours)
{
	const char *real = text_plain(a, &c->real_ports, measured_text(a, line, key));
	ours = text_plain(a, &c->our_ports, ours);
	const struct exception_known *e = exception_of(cell, key);
	bool same = strcmp(real, ours) == 0;
	c->facts++;
	c->agreed += same;
	c->excepted += e && !same;
	if (e)
		print_message("           %s: %s: %s\n", cell, key,
			      same ? "agrees now: take it out" : e->why);
	else if (!same)
		print_error("%s: %s is\n\t%s, measured\n\t%s\n", cell, key, ours, real);
}

static void cell_compare(void *context, struct arena *a, const char *cell, const char *line)
{
	struct comparison *c = context;
	struct played p = play(a, c->loadings, cell);
	c->real_ports.n = c->our_ports.n = 0;
	for (size_t i = 0; i < COUNT(outcome_keys); i++)
		compare(c, a, cell, line, outcome_keys[i], outcome_text(&p, outcome_keys[i]));
	for (size_t i = 0; i < COUNT(message_keys); i++)
		compare(c, a, cell, line, message_keys[i].key, message_text_of(&p, i));
	for (size_t i = 0; i < COUNT(audio_keys); i++)
		compare(c, a, cell, line, audio_keys[i].key, audio_text(&p, &audio_keys[i]));
}

static struct comparison comparison_begin(void)
{
	struct comparison c = { 0 };
	for (size_t i = 0; i < COUNT(scenario_files); i++) {
		c.loadings[i] = load_file(scenario_files[i]);
		if (c.loadings[i]->loaded != LOADED_SCENARIO)
			fail_msg("%s", complaints_text(c.loadings[i]));
	}
	return c;
}

static void comparison_end(struct comparison *c)
{
	for (size_t i = 0; i < COUNT(scenario_files); i++)
		loading_free(c->loadings[i]);
}

TEST(calls_come_out_as_they_were_measured)
{
	struct comparison c = comparison_begin();
	int cells = measured_cells("tests/data/reality/calls.json", &c, cell_compare);
	print_message("           %d cells, agreement %d/%d\n", cells, c.agreed, c.facts);
	assert_int_equal(cells, 92);
	assert_int_equal(c.excepted, COUNT(exceptions));
	assert_int_equal(c.agreed, c.facts - c.excepted);
	comparison_end(&c);
}

/* --- what was found out in further cells ---------------------------------------------------------------- */

/* "true false ..." of the eight outcomes. */
static const char *outcomes_of(const struct played *p)
{
	const char *text = "";
	for (size_t i = 0; i < COUNT(outcome_keys); i++)
		text = arena_printf(p->arena, "%s%s", text,
				    strcmp(outcome_text(p, outcome_keys[i]), "true") == 0 ? "1" : "0");
	return text;
}

/* Registered, called, calls, BYE from the server, BYE from the phone, called after idle, audio by SDP, audio
 * by source. */
TEST(a_phone_with_another_port_for_each_request_cannot_use_its_rtp_port_again)
{
	static const struct {
		const char *cell, *outcomes;
	} rows[] = {
		/* the BYE for the private Contact is lost: what the first call has opened is not closed, and
		   the INVITE of the second is dropped without a word */
		{ "p4-r3-s2+sameport", "11000011" },
		{ "p4-r4-s2+sameport", "11000011" },
		/* it passes when the pinholes are closed before; the BYE of the phone comes on another flow
		   and closes nothing either */
		{ "p4-r3-s2+sameportx", "11101011" },
		{ "p4-r4-s2+sameportx", "11101011" },
		/* with other ports there is nothing in the way */
		{ "p4-r3-s2", "11101111" },
		/* and one that keeps its port closes them by its BYE */
		{ "p1-r3-s2+sameport", "11111111" },
	};
	struct comparison c = comparison_begin();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct played p = play(a, c.loadings, rows[i].cell);
		if (strcmp(outcomes_of(&p), rows[i].outcomes) != 0)
			fail_msg("%s: %s, and not %s", rows[i].cell, outcomes_of(&p), rows[i].outcomes);
		arena_free(a);
	}
	comparison_end(&c);
}

static uint32_t first_story(const struct played *p)
{
	return trace_first_of(p->world, EVENT_SENT, (struct wanted){ .label = "INVITE" })->story;
}

/* Does RTP of this call reach somebody? */
static bool reaches(const struct played *p, uint32_t story, const char *who)
{
	return trace_first_of(p->world, EVENT_ARRIVED,
			      (struct wanted){ .where = who, .label = "RTP", .story = story });
}

TEST(two_phones_with_the_same_rtp_port_are_in_each_others_way)
{
	static const struct {
		const char *cell;
		bool second_is_called, first_hears, first_hears_second;
	} rows[] = {
		/* the 200 of the second is lost while RTP or RTCP is promised to the first */
		{ "p1-r8-s1+twocalls", false, true, false },
		{ "p1-r8-s1+twocallsq", false, true, false },
		/* both were used up: RTCP was sent too */
		{ "p1-r8-s1+twocallsc", true, true, false },
		/* without an ALG they do not even notice; by SDP neither hears anything, and the far end
		   turns to the source */
		{ "p1-r7-s3+twocalls", true, true, false },
		/* one call after the other, both ends' ports again, and the first phone's flow still alive:
		   it gets the audio */
		{ "p1-r8-s1+sameport", true, true, true },
		{ "p1-r8-s1", true, true, false },
	};
	struct comparison c = comparison_begin();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct played p = play(a, c.loadings, rows[i].cell);
		bool called = strcmp(outcome_text(&p, "inbound_call"), "true") == 0;
		bool first_hears = reaches(&p, first_story(&p), "first"),
		     first_hears_second = reaches(&p, p.stories[INBOUND], "first");
		if (called != rows[i].second_is_called || first_hears != rows[i].first_hears ||
		    first_hears_second != rows[i].first_hears_second)
			fail_msg("%s: called %d, first hears %d, and what is for the second %d", rows[i].cell,
				 called, first_hears, first_hears_second);
		arena_free(a);
	}
	comparison_end(&c);
}

/* How many places an INVITE of this call went to from the server. */
static int forks_of(const struct played *p, uint32_t story)
{
	struct trace_cursor c = trace_first(&p->world->trace);
	struct endpoint to[8];
	int n = 0;
	for (const struct record *r; (r = trace_next(&c));) {
		bool invite = r->event == EVENT_SENT && r->story == story && r->label &&
			      strcmp(r->label, "INVITE") == 0 && strcmp(r->iface->node->name, "pbx") == 0 &&
			      goes_to_phone(r);
		bool known = false;
		for (int i = 0; i < n; i++)
			known |= invite && endpoint_equal(to[i], r->dst);
		if (invite && !known)
			to[n++] = r->dst;
	}
	return n;
}

/* A router that has lost its state gives the phone another port, and with it another Contact where an ALG
 * writes it. */
TEST(after_a_restart_of_the_router_calls_go_to_the_dead_binding_as_well)
{
	static const struct {
		const char *cell;
		int forks;
	} rows[] = {
		{ "p1-r3-s1+flush", 2 },
		{ "p1-r4-s1+flush", 1 },
		{ "p1-r1-s3+flush", 1 },
		{ "p1-r2-s3+flush", 1 },
	};
	struct comparison c = comparison_begin();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct played p = play(a, c.loadings, rows[i].cell);
		assert_string_equal(outcome_text(&p, "inbound_after_idle"), "false");
		assert_string_equal(outcome_text(&p, "inbound_after_registering_again"), "true");
		assert_int_equal(forks_of(&p, p.stories[AT_LAST]), rows[i].forks);
		arena_free(a);
	}
	comparison_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_come_out_as_they_were_measured),
		cmocka_unit_test(a_phone_with_another_port_for_each_request_cannot_use_its_rtp_port_again),
		cmocka_unit_test(two_phones_with_the_same_rtp_port_are_in_each_others_way),
		cmocka_unit_test(after_a_restart_of_the_router_calls_go_to_the_dead_binding_as_well),
	};
	play_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
