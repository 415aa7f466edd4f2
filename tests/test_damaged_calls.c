/*
 * Calls in which damaged copies of what was sent before arrive in between, while everybody does what comes to
 * his mind.
 *
 *	alice, user 100 ---- server ---- bob, user 101
 *
 * Nothing is asked but that it ends; messages that are built here are read by libosip2 too, and must be
 * right.
 */
#include <string.h>

#include "tests/lab.h"
#include "tests/mutant.h"

#define CALLS 3

struct turmoil {
	struct lab *lab;
	struct phone *bob;
	struct mutant mutant;
	struct stream chance;
	uint32_t drawn;
	uint32_t stories[CALLS];
};

static uint32_t below(struct turmoil *t, uint32_t n)
{
	return (uint32_t)stream_below(t->chance, t->drawn++, n);
}

static uint32_t some_story(struct turmoil *t)
{
	return t->stories[below(t, CALLS)];
}

static struct phone *some_phone(struct turmoil *t)
{
	return below(t, 2) ? t->bob : t->lab->phone;
}

static uint32_t new_story(struct turmoil *t)
{
	return t->stories[below(t, CALLS)] = world_story(t->lab->world);
}

static void act(struct turmoil *t)
{
	static const char *const users[] = { "100", "101", "200", "999" };
	struct span user = SPAN(users[below(t, COUNT(users))]);
	switch (below(t, 12)) {
	case 0:
		phone_call(some_phone(t), user, new_story(t));
		break;
	case 1:
		server_call(t->lab->server, user, new_story(t));
		break;
	case 2:
		phone_hangup(some_phone(t), some_story(t));
		break;
	case 3:
		server_hangup(t->lab->server, some_story(t));
		break;
	case 4:
		phone_hold(some_phone(t), some_story(t));
		break;
	case 5:
		phone_resume(some_phone(t), some_story(t));
		break;
	case 6:
		phone_abandon(some_phone(t), some_story(t));
		break;
	case 7:
		server_abandon(t->lab->server, some_story(t));
		break;
	case 8:
		if (!below(t, 8))
			server_restart(t->lab->server);
		break;
	case 9:
		if (!below(t, 8))
			phone_restart(some_phone(t));
		break;
	default:
		break;
	}
}

/* Something that was sent before comes once more, damaged, from where it came and to where it went. */
static void come_again(struct turmoil *t)
{
	char src[ENDPOINT_TEXT_MAX], dst[ENDPOINT_TEXT_MAX];
	uint32_t sent = (uint32_t)lab_count(t->lab, NULL, EVENT_SENT, NULL);
	const struct record *r = lab_nth(t->lab, NULL, EVENT_SENT, NULL, 1 + (int)below(t, sent));
	if (!r->payload || !r->payload->len)
		return;
	mutant_of(&t->mutant, r->payload->bytes, r->payload->len);
	endpoint_print(r->src, src);
	endpoint_print(r->dst, dst);
	lab_send_bytes(t->lab, src, dst, t->mutant.bytes, t->mutant.len);
}

static void pass_some_time(struct turmoil *t)
{
	lab_run_ms(t->lab, world_now(t->lab->world) / MSEC + 1 + below(t, 300));
}

static void live_through(const char *phone, const char *server, uint64_t seed)
{
	static const char *const words[] = { "\r\n",  ";", "tag=", "INVITE",	 "ACK",	      "BYE",
					     "65536", "0", "sip:", "m=audio 9 ", "c=IN IP4 ", "a=inactive" };
	struct turmoil t = {
		.lab = lab_new(&(struct lab_setup){ .phone = phone, .server = server, .seed = seed }),
		.chance = stream_named(seed, "turmoil", 0, "test"),
	};
	t.bob = lab_add_phone(t.lab, "bob", "192.0.2.105", "user=101 ring=700ms");
	t.mutant = mutant_new(t.lab->arena, words, COUNT(words));
	lab_register(t.lab);
	phone_register(t.bob, world_story(t.lab->world));
	lab_run_ms(t.lab, 200);
	for (int i = 0; i < 60; i++) {
		act(&t);
		come_again(&t);
		pass_some_time(&t);
	}
	for (uint32_t i = 0; i < CALLS; i++)
		server_abandon(t.lab->server, t.stories[i]);
	lab_run_ms(t.lab, world_now(t.lab->world) / MSEC + 100000);
	lab_close(t.lab);
}

TEST(damaged_messages_in_calls_harm_nobody)
{
	static const struct {
		const char *phone, *server;
	} rows[] = {
		{ "", "media=relay" },
		{ "session-timer=90s", "media=direct session-timer=90s challenge-invite=on" },
		{ "ring=300ms", "media=relay-natted dialog-target=source-if-rport checks-dialog-uris=on "
				"checks-uri=refuse max-bindings=1" },
		{ "", "call-from=198.51.100.158:5071 far-end.ring=1s latch=once" },
		{ "", "kind=proxy" },
		{ "checks-dialog-uris=on", "kind=proxy media=relay dialog-target=alias record-route=off" },
	};
	for (uint64_t seed = 0; seed < 40; seed++)
		for (size_t i = 0; i < COUNT(rows); i++)
			live_through(rows[i].phone, rows[i].server, seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged_messages_in_calls_harm_nobody),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
