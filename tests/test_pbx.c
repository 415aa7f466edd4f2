/*
 * A PBX in calls, and the far end beside a proxy, as a logbook.
 *
 *	alice 192.0.2.104, user 100 ---- server 198.51.100.158:5060 ---- bob 192.0.2.105, user 101
 *
 * Each wire takes 20 ms. A router, where there is one, is in front of alice.
 */
#include <string.h>

#include "models/media.h"
#include "tests/lab.h"

struct pair {
	struct lab *lab;
	struct phone *bob;
};

/* Both are registered when a second has passed. */
static struct pair pair_with(const char *alice, const char *router, const char *server)
{
	struct pair p = { .lab = lab_with(alice, router, server) };
	p.bob = lab_add_phone(p.lab, "bob", router ? "192.168.1.105" : "192.0.2.105", "user=101");
	lab_register(p.lab);
	phone_register(p.bob, world_story(p.lab->world));
	lab_run_ms(p.lab, 1000);
	return p;
}

/* What alice, bob or the server says of the calls with this story: the notes, a line each, without audio. */
static const char *calls_at(const struct pair *p, const char *where, uint32_t story)
{
	const char *text = "";
	struct trace_cursor c = trace_first(&p->lab->world->trace);
	for (const struct record *r; (r = trace_next(&c));) {
		char name[64], sentence[128];
		iface_name(r->iface, name, sizeof name);
		record_sentence(r, sentence, sizeof sentence);
		if (r->event == EVENT_NOTE && r->story == story && !strcmp(name, where) && strncmp(sentence, "hears", 5) != 0)
			text = arena_printf(p->lab->arena, "%s%d.%03d %s\n", text, (int)(r->at / SEC), (int)(r->at % SEC / MSEC),
					    sentence);
	}
	return text;
}

static void assert_calls(const struct pair *p, const char *where, uint32_t story, const char *expected)
{
	const char *said = calls_at(p, where, story);
	if (strcmp(said, expected) != 0)
		lab_fail(p->lab, "%s says\n%sand not\n%s", where, said, expected);
}

/* How often somebody has heard the other side in this call. */
static int heard_by(const struct pair *p, const char *where, uint32_t story)
{
	int n = 0;
	struct trace_cursor c = trace_first(&p->lab->world->trace);
	for (const struct record *r; (r = trace_next(&c));) {
		char name[64];
		iface_name(r->iface, name, sizeof name);
		n += r->fact == &fact_audio_heard && r->story == story && !strcmp(name, where);
	}
	return n;
}

static uint32_t alice_calls(const struct pair *p, const char *user)
{
	uint32_t story = world_story(p->lab->world);
	phone_call(p->lab->phone, SPAN(user), story);
	return story;
}

static uint32_t far_end_calls(const struct pair *p, const char *user)
{
	uint32_t story = world_story(p->lab->world);
	server_call(p->lab->server, SPAN(user), story);
	return story;
}

/* --- the far end ----------------------------------------------------------------------- */

TEST(the_far_end_of_a_pbx_answers_at_once_and_talks)
{
	struct pair p = pair_with("", NULL, "");
	uint32_t story = alice_calls(&p, "200");
	lab_run_ms(p.lab, 4000);
	phone_hangup(p.lab->phone, story);
	lab_run_ms(p.lab, 5000);
	assert_calls(&p, "phone", story, "1.040 its call was answered 200\n4.040 has hung up: BYE was answered 200\n");
	assert_calls(&p, "server", story, "1.060 is in a call: the ACK has come\n4.020 the other side has hung up\n");
	assert_int_equal(heard_by(&p, "phone", story), 3);
	assert_int_equal(heard_by(&p, "server", story), 3);
	assert_ptr_equal(server_far_node(p.lab->server), server_node(p.lab->server));
	lab_close(p.lab);
}

TEST(the_far_end_of_a_pbx_calls_a_phone_and_hangs_up)
{
	struct pair p = pair_with("", NULL, "");
	uint32_t story = far_end_calls(&p, "100");
	lab_run_ms(p.lab, 4000);
	server_hangup(p.lab->server, story);
	lab_run_ms(p.lab, 5000);
	assert_calls(&p, "server", story, "1.040 its call was answered 200\n4.040 has hung up: BYE was answered 200\n");
	assert_calls(&p, "phone", story, "1.060 is in a call: the ACK has come\n4.020 the other side has hung up\n");
	assert_int_equal(heard_by(&p, "phone", story), 3);
	assert_int_equal(heard_by(&p, "server", story), 3);
	lab_close(p.lab);
}

TEST(the_far_end_gives_up_after_timers_of_its_own)
{
	struct pair p = pair_with("", "ports=random", "stored-contact=source dialog-target=source timers.b=6s timers.f=3s");
	uint32_t answered = far_end_calls(&p, "100");
	lab_run_ms(p.lab, 2000);
	router_restart(p.lab->router); /* nothing that comes from outside gets in any more */
	uint32_t unanswered = far_end_calls(&p, "101");
	server_hangup(p.lab->server, answered);
	lab_run_ms(p.lab, 10000);
	assert_calls(&p, "server", answered, "1.042 its call was answered 200\n5.000 has hung up: nobody answered its BYE\n");
	assert_calls(&p, "server", unanswered, "8.000 its call failed, status 408\n");
	lab_close(p.lab);
}

/* --- two phones ------------------------------------------------------------------------ */

TEST(a_pbx_joins_two_calls_and_ends_both_when_one_hangs_up)
{
	struct pair p = pair_with("", NULL, "media=relay");
	uint32_t story = alice_calls(&p, "101");
	lab_run_ms(p.lab, 4000);
	phone_hangup(p.bob, story);
	lab_run_ms(p.lab, 5000);
	assert_calls(&p, "phone", story, "1.080 its call was answered 200\n4.040 the other side has hung up\n");
	assert_calls(&p, "bob", story, "1.080 is in a call: the ACK has come\n4.040 has hung up: BYE was answered 200\n");
	assert_calls(&p, "server", story, "");
	assert_int_equal(heard_by(&p, "phone", story), 3);
	assert_int_equal(heard_by(&p, "bob", story), 3);
	lab_close(p.lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_far_end_of_a_pbx_answers_at_once_and_talks),
		cmocka_unit_test(the_far_end_of_a_pbx_calls_a_phone_and_hangs_up),
		cmocka_unit_test(the_far_end_gives_up_after_timers_of_its_own),
		cmocka_unit_test(a_pbx_joins_two_calls_and_ends_both_when_one_hangs_up),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
