/*
 * The lab of the tests: one phone, one router, one server in a world in memory, and a logbook of what
 * happened.
 *
 *	phone -- 1 ms -- router -- 20 ms -- (Internet) -- server
 *	192.168.1.104    203.0.113.17                     198.51.100.158:5060, domain lab.example
 *	gateway, when there is one: 192.168.1.2:5060, by a wire of no length
 *
 *	struct lab *lab = lab_with("rport=off", "ports=random next-ports=23201", "");
 *	lab_register(lab);
 *	lab_run_ms(lab, 41);
 *	assert_dropped(lab, "router/wan", "no mapping for 203.0.113.17:5060");
 *	lab_close(lab);
 *
 * Profiles hold the defaults of their tables and what the test says. Every message that is built is also read
 * by libosip2 and both views are compared. Times are virtual; nothing here sleeps, opens a socket or reads a
 * clock.
 */
#ifndef TESTS_LAB_H
#define TESTS_LAB_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "models/gateway.h"
#include "models/phone.h"
#include "models/router.h"
#include "models/server.h"
#include "models/sip.h"

/** A test, named by a sentence. */
#define TEST(sentence) static void sentence(void **state __attribute__((unused)))

/**
 * What to build. Knobs are words "key=value" separated by blanks, in the words of the field tables; a member
 * of a group is "group.member", the items of a list are joined by "+".
 */
struct lab_setup {
	const char *phone, *server; /* NULL: the defaults */
	const char *router;	    /* NULL: none, the phone is on the Internet */
	const char *gateway;	    /* NULL: none, phones register with the server */
	const struct model *router_model, *server_model; /* of the catalogue, in the place of knobs; NULL: none */
	const char *alg;	    /* the router's: a name of the catalogue, knobs, or both; NULL: none */
	const char *carrier, *carrier_alg; /* a router between the router, then at 100.64.0.2, and the Internet; NULL: none */
	const char *phone_at;  /* NULL: 192.168.1.104, or 192.0.2.104 without a router; port: listen-port */
	const char *server_at; /* NULL: 198.51.100.158:5060 */
	const char *server_domain; /* NULL: lab.example */
	const char *phone_asks; /* where the phone sends its requests; NULL: server_at, or the gateway */
	const struct pins *phone_pins, *server_pins, *gateway_pins;
	const struct wire *lan, *wan; /* NULL: 1 ms, 20 ms */
	uint64_t seed;
};

struct lab {
	struct lab_setup setup;
	struct arena *arena;
	struct world *world;
	struct network *internet, *lan;
	struct phone *phone;
	struct router *router; /* NULL: none */
	struct server *server;
	struct gateway *gateway; /* NULL: none */
	struct phone_profile *phone_profile; /* for texts with blanks, which knobs cannot hold */
	struct server_profile *server_profile;
	struct gateway_profile *gateway_profile;
	struct node probe; /* somebody else on the Internet, who can forge any source */
	struct iface probe_iface;
	struct timer clock;
};

struct lab *lab_new(const struct lab_setup *setup);

/** The short form. */
struct lab *lab_with(const char *phone, const char *router, const char *server);

void lab_close(struct lab *lab);

/** "linux", "linux sip-flow=5s" or "match=text out-request.via=on" as a model for router profiles. */
const struct model *lab_alg(struct arena *a, const char *text);

/** One more phone beside the first one, with the same kind of wire. */
struct phone *lab_add_phone(struct lab *lab, const char *name, const char *address, const char *knobs);

/** Runs everything that is due until `ms` milliseconds after the start, and leaves the clock there. */
void lab_run_ms(struct lab *lab, int64_t ms);

/** The phone begins, now, under a new story, which comes back. */
uint32_t lab_register(struct lab *lab);
uint32_t lab_unregister(struct lab *lab);

/** Sends `text` from the probe with a forged source, now. Ends of line are "\n" here and "\r\n" on the wire.
 */
void lab_send(struct lab *lab, const char *src, const char *dst, const char *text);

/** The same from inside: whoever has that address on the LAN sends it. */
void lab_send_inside(struct lab *lab, const char *src, const char *dst, const char *text);

/** `text` with its ends of line as they are on the wire. */
const char *lab_crlf(const struct lab *lab, const char *text);

/** As lab_send() with bytes as they are. */
void lab_send_bytes(struct lab *lab, const char *src, const char *dst, const char *bytes, size_t len);

/** A message of this text that nobody has sent yet. */
struct payload *lab_payload(struct lab *lab, const char *text);

/** Every message that was sent comes once more, now, damaged in the n-th way. */
void lab_send_damaged(struct lab *lab, uint64_t n);

/** A response to a message that was recorded: this status line, its Vias, From, To, Call-ID and CSeq, and more
 * lines. */
const char *lab_response(const struct lab *lab, const struct record *request, const char *status,
			 const char *more);

/** The n-th record (from 1) of its kind at `where` ("phone", "router/wan"); label NULL: any. Fails the test
 * without one. */
const struct record *lab_nth(const struct lab *lab, const char *where, enum event event, const char *label,
			     int n);

/** How many such records there are. */
int lab_count(const struct lab *lab, const char *where, enum event event, const char *label);

/** The text of a record's message. */
const char *lab_text(const struct record *r);

/** The value of the first header of that name; NULL when there is none. */
const char *lab_header(const struct lab *lab, const struct record *r, const char *name);

/** "192.168.1.104:5060 > 198.51.100.158:5060" */
const char *lab_flow(const struct lab *lab, const struct record *r);

/** Everything that happened at `where` (NULL: anywhere), a line each: "0.042 arrived 401". */
const char *lab_log(const struct lab *lab, const char *where);
void assert_log(const struct lab *lab, const char *where, const char *expected);

/** The times, in seconds, at which `where` sent messages with this label: "0.000 0.500 1.500". */
void assert_sent(const struct lab *lab, const char *where, const char *label, const char *times);

/** The last thing dropped at `where` was dropped for this reason. */
void assert_dropped(const struct lab *lab, const char *where, const char *sentence);

/** The last note made at `where`, and when. */
void assert_noted(const struct lab *lab, const char *where, const char *sentence, int64_t ms);

/** Fails the test with a sentence and the whole log. */
void lab_fail(const struct lab *lab, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));

/** Fills a profile with its defaults and then with knobs, as in struct lab_setup. */
void knobs_read(const struct field *fields, struct arena *a, const char *knobs, void *profile);

/** "192.0.2.1:5060" or "192.0.2.1" (port 0), which must be right. */
struct endpoint endpoint_of(const char *text);

/** The file NAME below tests/ as text in the arena; *len may be NULL. */
char *file_read(struct arena *a, const char *name, size_t *len);

#endif
