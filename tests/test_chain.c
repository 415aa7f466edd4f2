/* Who is to blame: every cause has its chain, and the links say what the devices of this cell do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loading.h"
#include "scenarios/chain.h"
#include "scenarios/play.h"

#define TEST(sentence) static void sentence(void **state __attribute__((unused)))

/** "router allowed, phone allowed, server required": the chain of the first cell of a file. */
static const char *chain_text(struct loading *l, const struct cell_result *r)
{
	struct chain c = chain_of(l->arena, l->scenario, r);
	const char *text = "";
	for (uint32_t i = 0; i < c.n; i++)
		text = arena_printf(l->arena, "%s%s%s %s", text, i ? ", " : "", whose_words[c.links[i].whose],
				    standing_words[c.links[i].standing]);
	return text;
}

static const struct row {
	const char *file, *chain;
} rows[] = {
	/* the blog post: nobody does what is forbidden */
	{ "scenarios/register/seed-test-1.yaml", "router allowed, router allowed, phone allowed, server required" },
	{ "scenarios/register/seed-test-2.yaml", "" },
	/* an ALG that halves its work is to blame */
	{ "scenarios/register/s06-via-one-way.yaml", "router against, phone required" },
	{ "scenarios/call/answer-cut-short.yaml", "router against, network required" },
	/* in front of the server, where no router of the phone's is */
	{ "scenarios/call/s19-digest-loop.yaml", "router allowed, server allowed" },
	{ "scenarios/register/wrong-received.yaml", "server against, phone allowed" },
	{ "scenarios/register/no-outside-port.yaml", "router allowed" },
	{ "scenarios/register/lost-on-the-wire.yaml", "network allowed" },
	{ "scenarios/call/s16-ack32.yaml",
	  "phone allowed, router allowed, server required, network required, network allowed" },
	{ "scenarios/call/s17-bye-lost.yaml", "phone allowed, router against, router allowed, network required" },
};

/* Whose decision it is, where two phones or what is asked could be mixed up. */
static const struct named {
	const char *file, *link; /* "alice sent no audio ..."; a text without a blank at its end: so it begins */
	bool is_there;
} named[] = {
	/* she is to hear, and was silent; he has no router, and a ping of SIP keeps no audio alive */
	{ "scenarios/media/one-way-after-timeout.yaml", "alice sent no audio while nobody spoke", true },
	{ "scenarios/media/one-way-after-timeout.yaml", "bob ", false },
	{ "scenarios/media/one-way-after-timeout.yaml", "pbx sent nothing", false },
	{ "scenarios/media/one-way-after-timeout.yaml",
	  "home does not keep a mapping open for what comes in, as the audio", true },
	/* the address is his, and he is behind the other router */
	{ "scenarios/media/two-homes.yaml", "bob wrote the address of its own network into SDP", true },
	{ "scenarios/media/two-homes.yaml", "there did not write its own address", true },
	{ "scenarios/media/two-homes.yaml", "here ", false },
	/* audio does not go by a binding */
	{ "scenarios/media/rebound.yaml", "pbx sends audio to where the phone's came from at first", true },
	{ "scenarios/media/rebound.yaml", "desk did not register", false },
	{ "scenarios/media/rebound-hangup.yaml", "pbx sent what comes later in the call", true },
	{ "scenarios/keepalive/s14-reboot.yaml", "desk did not register anew", true },
	/* it has restarted, and the call is forgotten */
	{ "scenarios/media/restarted-phone.yaml", "desk does not listen there", true },
	{ "scenarios/media/restarted-phone.yaml", "pbx does not listen there", false },
	/* the server pings, and that does not count */
	{ "scenarios/keepalive/s10-inbound-only-ping.yaml",
	  "home does not keep a mapping open for what comes in, as the pings", true },
	{ "scenarios/keepalive/s09-pingless.yaml", "home does not keep a mapping open for what comes in", false },
	{ "scenarios/keepalive/too-slow.yaml", "desk sent keepalives, but too seldom", true },
	/* the same cause: a Via that misleads, and a phone that is not pinged */
	{ "scenarios/register/s07-port-stuck.yaml", "home left a port in the Via", true },
	{ "scenarios/register/s07-port-stuck.yaml", "desk sent nothing", false },
	{ "scenarios/keepalive/s11-blinded.yaml", "desk sent nothing by itself", true },
	{ "scenarios/keepalive/s11-blinded.yaml", "home left a port in the Via", false },
	{ "scenarios/call/s16-ack32.yaml", "desk wrote the address of its own network into the Contact of its 200",
	  true },
	{ "scenarios/call/s17-bye-lost.yaml", "pbx ", false },
	{ "scenarios/call/s24-frag.yaml", "desk sent by UDP a request that is too long", true },
	{ "scenarios/register/contact-port-unmapped.yaml", "desk took the address in received= for its own", true },
};

static bool has_link(struct loading *l, const struct cell_result *r, const char *begins)
{
	struct chain c = chain_of(l->arena, l->scenario, r);
	for (uint32_t i = 0; i < c.n; i++) {
		const char *name = c.links[i].name ? c.links[i].name : "the network";
		if (strncmp(arena_printf(l->arena, "%s %s", name, c.links[i].did), begins, strlen(begins)) == 0)
			return true;
	}
	return false;
}

TEST(a_link_names_the_one_whose_decision_it_is)
{
	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		struct loading *l = load_file(named[i].file);
		struct arena *a = arena_new();
		struct cell_result r;
		play_cell(a, l->scenario, 0, &(struct play_options){ .level = TRACE_COUNTS }, &r);
		if (has_link(l, &r, named[i].link) != named[i].is_there)
			fail_msg("%s: '%s'", named[i].file, named[i].link);
		arena_free(a);
		loading_free(l);
	}
}

TEST(no_row_hangs_on_what_no_device_has)
{
	struct arena *a = arena_new();
	const char *wrong = chain_misspelt(a);
	if (wrong)
		fail_msg("%s", wrong);
	arena_free(a);
}

TEST(a_chain_goes_from_the_first_decision_to_the_last)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct loading *l = load_file(rows[i].file);
		struct arena *a = arena_new();
		struct cell_result r;
		assert_int_equal(l->loaded, LOADED_SCENARIO);
		play_cell(a, l->scenario, 0, &(struct play_options){ .level = TRACE_COUNTS }, &r);
		assert_string_equal(chain_text(l, &r), rows[i].chain);
		arena_free(a);
		loading_free(l);
	}
}

/* A link that hangs on no knob is true wherever there is such a device. */
TEST(every_cause_has_a_link_that_is_certain)
{
	for (const struct cause *c = causes; c->word; c++)
		if (!chain_is_certain(c))
			fail_msg("%s has none", c->word);
}

int main(void)
{
	play_setup();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_goes_from_the_first_decision_to_the_last),
		cmocka_unit_test(a_link_names_the_one_whose_decision_it_is),
		cmocka_unit_test(no_row_hangs_on_what_no_device_has),
		cmocka_unit_test(every_cause_has_a_link_that_is_certain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
