/* The trace: what everybody sees, what is kept, and how it reads. */
#include <string.h>

#include "models/via.h"
#include "sim/table.h"
#include "tests/lab.h"

/* Everything that a watcher was shown, as one number, and whether there were bytes. */
struct witness {
	struct tap tap;
	uint32_t hash;
	int seen, with_bytes;
};

static void see(struct tap *tap, const struct record *r)
{
	struct witness *w = CONTAINER(tap, struct witness, tap);
	char sentence[128];
	enum event event = r->event;
	record_sentence(r, sentence, sizeof sentence);
	w->seen++;
	w->with_bytes += r->payload != NULL;
	w->hash = hash_bytes(w->hash, (const char *)&r->at, sizeof r->at);
	w->hash = hash_bytes(w->hash, (const char *)&r->id, sizeof r->id);
	w->hash = hash_bytes(w->hash, (const char *)&r->parent, sizeof r->parent);
	w->hash = hash_bytes(w->hash, (const char *)&r->story, sizeof r->story);
	w->hash = hash_bytes(w->hash, (const char *)&event, sizeof event);
	w->hash = hash_bytes(w->hash, sentence, strlen(sentence));
	if (r->payload)
		w->hash = hash_bytes(w->hash, r->payload->bytes, r->payload->len);
}

/* A registration with a challenge, watched at this level. */
static struct lab *watched(enum trace_level level, struct witness *w)
{
	struct lab *lab = lab_with("rport=on", "ports=random", "");
	lab->world->trace.level = level;
	*w = (struct witness){ .tap = { .see = see }, .hash = HASH_START };
	trace_tap(&lab->world->trace, &w->tap);
	lab_register(lab);
	lab_run_ms(lab, 1000);
	return lab;
}

TEST(watchers_see_the_same_stream_with_its_bytes_at_every_level)
{
	struct witness counts, facts, full;
	lab_close(watched(TRACE_COUNTS, &counts));
	lab_close(watched(TRACE_FACTS, &facts));
	lab_close(watched(TRACE_FULL, &full));
	assert_true(full.seen > 16);
	assert_int_equal(counts.seen, full.seen);
	assert_int_equal(facts.seen, full.seen);
	assert_int_equal(counts.with_bytes, full.with_bytes);
	assert_int_equal(counts.hash, full.hash);
	assert_int_equal(facts.hash, full.hash);
}

TEST(each_level_keeps_what_it_promises)
{
	static const struct {
		enum trace_level level;
		bool records, bytes;
	} rows[] = { { TRACE_COUNTS, false, false },
		     { TRACE_FACTS, true, false },
		     { TRACE_FULL, true, true } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct witness w;
		struct lab *lab = watched(rows[i].level, &w);
		const struct trace *t = &lab->world->trace;
		assert_int_equal(t->kept, rows[i].records ? w.seen : 0);
		uint64_t counted = 0;
		for (int e = 0; e < EVENTS; e++)
			counted += t->counts[e];
		assert_int_equal(counted, w.seen);

		int walked = 0, with_bytes = 0;
		struct trace_cursor c = trace_first(t);
		for (const struct record *r; (r = trace_next(&c)); walked++)
			with_bytes += r->payload != NULL;
		assert_int_equal(walked, t->kept);
		assert_int_equal(with_bytes, rows[i].bytes ? w.with_bytes : 0);
		lab_close(lab);
	}
}

TEST(bytes_that_are_kept_stay_as_they_were_sent)
{
	struct witness w;
	struct lab *lab = watched(TRACE_FULL, &w);
	lab_run_ms(lab, 600000); /* pools have been used many times over */
	const struct record *first = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1);
	const struct record *second = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 2);
	assert_string_equal(lab_header(lab, first, "CSeq"), "1 REGISTER");
	assert_null(lab_header(lab, first, "Authorization"));
	assert_string_equal(lab_header(lab, second, "CSeq"), "2 REGISTER");
	assert_non_null(lab_header(lab, second, "Authorization"));
	lab_close(lab);
}

static void see_first(struct tap *tap, const struct record *r)
{
	(void)r;
	CONTAINER(tap, struct witness, tap)->seen = 1;
}

static void see_second(struct tap *tap, const struct record *r)
{
	(void)r;
	struct witness *w = CONTAINER(tap, struct witness, tap);
	assert_int_equal(w[-1].seen, 1); /* the one before was asked before */
	w->seen = 1;
}

TEST(watchers_are_asked_in_the_order_in_which_they_came)
{
	struct lab *lab = lab_with("", NULL, "");
	struct witness pair[2] = { { .tap = { .see = see_first } }, { .tap = { .see = see_second } } };
	trace_tap(&lab->world->trace, &pair[0].tap);
	trace_tap(&lab->world->trace, &pair[1].tap);
	lab_register(lab);
	assert_int_equal(pair[1].seen, 1);
	lab_close(lab);
}

TEST(a_datagram_names_the_one_that_provoked_it_and_their_conversation)
{
	struct witness w;
	struct lab *lab = watched(TRACE_FULL, &w);
	const struct record *left = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1);
	const struct record *forwarded = lab_nth(lab, "router/wan", EVENT_SENT, "REGISTER", 1);
	const struct record *challenge = lab_nth(lab, "server", EVENT_SENT, "401", 1);
	const struct record *back = lab_nth(lab, "router/lan", EVENT_SENT, "401", 1);
	const struct record *answer = lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 2);
	assert_int_equal(left->parent, 0);
	assert_int_equal(forwarded->parent, left->id);
	assert_int_equal(challenge->parent, forwarded->id);
	assert_int_equal(back->parent, challenge->id);
	assert_int_equal(answer->parent, back->id);
	assert_int_not_equal(left->story, 0);
	assert_int_equal(answer->story, left->story);
	assert_ptr_equal(challenge->fact, &fact_rule_rport);
	assert_null(back->fact); /* the rule was the server's, not the router's */
	lab_close(lab);
}

TEST(a_sentence_fills_its_places_and_fits_its_buffer)
{
	static const struct {
		const char *sentence, *text;
	} rows[] = {
		{ "plain", "plain" },
		{ "{src} to {dst}", "10.0.0.1:5060 to 203.0.113.7:23201" },
		{ "no route to {host}", "no route to 203.0.113.7" },
		{ "port {port}, {value} s", "port 23201, 42 s" },
		{ "Via says {endpoint}", "Via says 195.80.0.1:5060" },
		{ "{src}{dst}", "10.0.0.1:5060203.0.113.7:23201" },
		/* a brace that is never closed ends the sentence rather than the program */
		{ "open {src", "open " },
		{ "", "" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fact fact = { "word", rows[i].sentence, NULL };
		struct record r = {
			.src = endpoint_of("10.0.0.1:5060"),
			.dst = endpoint_of("203.0.113.7:23201"),
			.fact = &fact,
			.value = 42,
		};
		char text[64], tiny[8];
		if (strstr(rows[i].sentence, "{endpoint}"))
			r.value = (uint64_t)0xC3500001 << 16 | 5060;
		record_sentence(&r, text, sizeof text);
		assert_string_equal(text, rows[i].text);
		record_sentence(&r, tiny, sizeof tiny);
		assert_memory_equal(tiny, rows[i].text, strnlen(tiny, sizeof tiny));
		assert_int_equal(strlen(tiny), strlen(text) < 7 ? strlen(text) : 7);
	}
}

TEST(a_record_without_a_fact_says_nothing)
{
	char text[8] = "before";
	record_sentence(&(struct record){ 0 }, text, sizeof text);
	assert_string_equal(text, "");
}

TEST(a_note_about_no_datagram_has_no_number)
{
	struct lab *lab = lab_with("", NULL, "");
	static const struct fact fact = { "odd", "something odd", NULL };
	trace_note_story(lab->world, &lab->probe_iface, 7, &fact, 3);
	const struct record *r = lab_nth(lab, "probe", EVENT_NOTE, NULL, 1);
	assert_int_equal(r->id, 0);
	assert_int_equal(r->story, 7);
	assert_int_equal(r->value, 3);
	assert_null(r->payload);
	lab_close(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(watchers_see_the_same_stream_with_its_bytes_at_every_level),
		cmocka_unit_test(each_level_keeps_what_it_promises),
		cmocka_unit_test(bytes_that_are_kept_stay_as_they_were_sent),
		cmocka_unit_test(watchers_are_asked_in_the_order_in_which_they_came),
		cmocka_unit_test(a_datagram_names_the_one_that_provoked_it_and_their_conversation),
		cmocka_unit_test(a_sentence_fills_its_places_and_fits_its_buffer),
		cmocka_unit_test(a_record_without_a_fact_says_nothing),
		cmocka_unit_test(a_note_about_no_datagram_has_no_number),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
