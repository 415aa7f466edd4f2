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
};

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
		cmocka_unit_test(every_cause_has_a_link_that_is_certain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
