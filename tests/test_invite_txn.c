/*
 * INVITE transactions: the tables of RFC 3261 17.1.1 and 17.2.1, with RFC 6026, to the millisecond.
 *
 *	ua, 192.0.2.10:5060 -- (Internet) -- probe, 192.0.2.1
 *
 * Wires of no length: what is sent arrives in the same millisecond. The ua is nothing but its transactions and notes what it
 * is told.
 */
#include <string.h>

#include "models/sip_shared.h"
#include "sim/icmp.h"
#include "tests/lab.h"

#define HERE  "192.0.2.10:5060"
#define THERE "192.0.2.1:5060"

static const struct fact told = { "told", "is told of a {value}", NULL };
static const struct fact told_accepted = { "told-accepted", "is accepted by a {value}", NULL };
static const struct fact told_refused = { "told-refused", "is refused by a {value}", NULL };
static const struct fact told_over = { "told-over", "hears that it is over", NULL };
static const struct fact is_new = { "new", "has a new INVITE", NULL };
static const struct fact is_absorbed = { "absorbed", "its transaction takes the ACK", NULL };
static const struct fact is_mine = { "mine", "gets an ACK", NULL };
static const struct fact is_unknown = { "unknown", "knows no such INVITE", NULL };
static const struct fact is_too_late = { "late", "has answered that INVITE", NULL };
static const struct fact is_cancelled = { "cancelled", "has a CANCEL for an INVITE that waits", NULL };
static const struct fact nobody_waits = { "nobody", "no transaction waits for this", NULL };

struct ua {
	struct node node;
	struct iface iface;
	struct lab *lab;
	struct client_txns clients;
	struct server_txns servers;
	struct client_txn *call;  /* the last one that was begun */
	struct server_txn *asked; /* the last INVITE that came */
	int calls;
	bool forgets, cancels; /* in the middle of being told something */
};

/* --- the ua's ends of its transactions -------------------------------------------------- */

static void note(struct ua *ua, const struct fact *what, const struct packet *p)
{
	struct world *w = ua->lab->world;
	const struct sip_view *v = p ? sip_view(w, p->payload) : NULL;
	trace_note(w, &ua->iface, p, what, v ? v->status : 0);
	if (ua->forgets)
		client_txns_forget(&ua->clients);
}

static void provisional(struct client_txn *t, const struct packet *response)
{
	struct ua *ua = t->user;
	if (ua->cancels)
		invite_client_cancel(t);
	note(ua, &told, response);
}

static void accepted(struct client_txn *t, const struct packet *response)
{
	note(t->user, &told_accepted, response);
}

static void refused(struct client_txn *t, const struct packet *response)
{
	note(t->user, &told_refused, response);
}

static void over(struct client_txn *t)
{
	note(t->user, &told_over, NULL);
}

static const struct invite_client_ops ops = { provisional, accepted, refused, over };

static void take_request(struct ua *ua, const struct packet *p, const struct sip_view *v)
{
	struct server_txn *waiting;
	uint64_t key = server_txns_key(&ua->servers, p, v);
	if (v->method == SIP_ACK) {
		note(ua, invite_server_ack(&ua->servers, p, v) ? &is_absorbed : &is_mine, p);
	} else if (v->method == SIP_CANCEL) {
		bool known = invite_server_cancelled(&ua->servers, p, v, &waiting);
		note(ua, waiting ? &is_cancelled : known ? &is_too_late : &is_unknown, p);
		assert_true(!waiting || waiting->user == ua);
	} else if (!server_txns_repeat(&ua->servers, key, p)) {
		ua->asked = invite_server_begin(&ua->servers, key, p, ua);
		note(ua, &is_new, p);
	}
}

static void ua_receive(struct node *n, struct iface *in, const struct packet *p)
{
	struct ua *ua = CONTAINER(n, struct ua, node);
	const struct sip_view *v = sip_view(n->world, p->payload);
	assert_non_null(v);
	if (v->request)
		take_request(ua, p, v);
	else if (!client_txns_receive(&ua->clients, n->world, p, v))
		trace_drop(n->world, in, p, &nobody_waits);
}

static void ua_receive_error(struct node *n, struct iface *in, const struct packet *error)
{
	client_txns_error(&CONTAINER(n, struct ua, node)->clients, in, error);
}

static struct ua *ua_new(void)
{
	static const struct node_ops node_ops = { .kind = "ua", .receive = ua_receive, .receive_error = ua_receive_error };
	struct lab *lab = lab_with("", NULL, "");
	struct ua *ua = arena_alloc(lab->arena, sizeof *ua);
	ua->lab = lab;
	node_init(&ua->node, lab->world, &node_ops, "ua", 0);
	ua->iface = (struct iface){ .node = &ua->node };
	network_attach(lab->internet, &ua->iface, endpoint_of("192.0.2.10"));
	server_txns_init(&ua->servers, &ua->iface);
	return ua;
}

/* Nothing is left behind by what has ended. */
static void ua_close(struct ua *ua)
{
	struct sip_shared *shared = sip_shared(ua->lab->world);
	client_txns_forget(&ua->clients);
	server_txns_forget(&ua->servers);
	assert_int_equal(shared->client_txns.out, 0);
	assert_int_equal(shared->invite_clients.out, 0);
	assert_int_equal(shared->invite_servers.out, 0);
	lab_close(ua->lab);
}

/* --- what is said ------------------------------------------------------------------------ */

static struct payload *payload_of(struct ua *ua, const char *text)
{
	const char *bytes = lab_crlf(ua->lab, text);
	return sip_built(ua->lab->world->payloads, bytes, strlen(bytes));
}

static struct packet packet_of(struct ua *ua, const char *label, const char *text)
{
	return (struct packet){
		.story = 1,
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = endpoint_of(HERE),
		.dst = endpoint_of(THERE),
		.label = label,
		.payload = payload_of(ua, text),
	};
}

/* The n-th INVITE of the ua has branch z9hG4bKn. */
static struct client_txn *call(struct ua *ua, const struct txn_timers *timers)
{
	const char *text = arena_printf(ua->lab->arena,
					"INVITE sip:200@lab.example SIP/2.0\n"
					"Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK%d;rport\n"
					"Max-Forwards: 70\n"
					"Route: <sip:192.0.2.1;lr>\n"
					"Record-Route: <sip:192.0.2.2;lr>\n"
					"Route: <sip:192.0.2.3;lr>\n"
					"From: <sip:100@lab.example>;tag=mine\n"
					"To: <sip:200@lab.example>\n"
					"Call-ID: call\n"
					"CSeq: 7 INVITE\n"
					"Contact: <sip:100@192.0.2.10:5060>\n"
					"Content-Length: 0\n\n",
					++ua->calls);
	struct packet invite = packet_of(ua, "INVITE", text);
	ua->call = invite_client_start(&ua->clients, &ua->iface, &invite, timers, ua, &ops);
	return ua->call;
}

/* A response, now, to the n-th INVITE of the ua, or to its CANCEL. */
static void respond_to(struct ua *ua, int n, const char *status, const char *to_tag, const char *method)
{
	lab_send(ua->lab, THERE, HERE,
		 arena_printf(ua->lab->arena,
			      "SIP/2.0 %s\n"
			      "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK%d;rport=5060;received=192.0.2.10\n"
			      "From: <sip:100@lab.example>;tag=mine\n"
			      "To: <sip:200@lab.example>%s\n"
			      "Call-ID: call\n"
			      "CSeq: 7 %s\n"
			      "Content-Length: 0\n\n",
			      status, n, to_tag, method));
}

static void respond(struct ua *ua, int64_t ms, const char *status, const char *to_tag)
{
	if (ms)
		lab_run_ms(ua->lab, ms);
	respond_to(ua, 1, status, to_tag, "INVITE");
	lab_run_ms(ua->lab, ms);
}

/* A request, now, to the ua. */
static void ask(struct ua *ua, int64_t ms, const char *method, const char *branch)
{
	if (ms)
		lab_run_ms(ua->lab, ms);
	lab_send(ua->lab, THERE, HERE,
		 arena_printf(ua->lab->arena,
			      "%s sip:100@192.0.2.10 SIP/2.0\n"
			      "Via: SIP/2.0/UDP %s\n"
			      "From: <sip:200@lab.example>;tag=theirs\n"
			      "To: <sip:100@lab.example>%s\n"
			      "Call-ID: call\n"
			      "CSeq: 1 %s\n"
			      "Content-Length: 0\n\n",
			      method, branch, strcmp(method, "ACK") == 0 ? ";tag=mine" : "", method));
	lab_run_ms(ua->lab, ms);
}

#define USUAL "192.0.2.1:5060;branch=z9hG4bKtheirs"

/* The ua answers the last INVITE that came. */
static void answer(struct ua *ua, int64_t ms, uint32_t status, const char *label)
{
	lab_run_ms(ua->lab, ms);
	const struct payload *invite = ua->asked->request.payload;
	const char *via = strstr(invite->bytes, "branch=");
	struct packet response = packet_of(ua, label,
					   arena_printf(ua->lab->arena,
							"SIP/2.0 %u Whatever\n"
							"Via: SIP/2.0/UDP 192.0.2.1:5060;%.*s\n"
							"From: <sip:200@lab.example>;tag=theirs\n"
							"To: <sip:100@lab.example>;tag=mine\n"
							"Call-ID: call\n"
							"CSeq: 1 INVITE\n"
							"Content-Length: 0\n\n",
							status, (int)strcspn(via, "\r"), via));
	invite_server_respond(ua->asked, &response, status);
	lab_run_ms(ua->lab, ms);
}

/* --- client ------------------------------------------------------------------------------ */

TEST(an_invite_without_any_answer_is_sent_seven_times_and_fails_at_32_s)
{
	static const struct {
		struct txn_timers timers;
		const char *times;
		int64_t fails;
	} rows[] = {
		{ { .t1 = T1, .max_invite_retransmits = UINT32_MAX }, "0.000 0.500 1.500 3.500 7.500 15.500 31.500", 32000 },
		/* Cisco 79xx: six repeats; the last one gets its 32 s, of which Timer B leaves half a second */
		{ { .t1 = T1, .max_invite_retransmits = 6 }, "0.000 0.500 1.500 3.500 7.500 15.500 31.500", 32000 },
		{ { .t1 = T1, .max_invite_retransmits = 3 }, "0.000 0.500 1.500 3.500", 7500 },
		{ { .t1 = T1, .max_invite_retransmits = 0 }, "0.000", 500 },
		/* a Timer B of its own; that of other requests does not matter */
		{ { .t1 = T1, .b = 6 * SEC, .f = SEC, .max_invite_retransmits = 100 }, "0.000 0.500 1.500 3.500", 6000 },
		/* T2 and the knob of other requests say nothing about it */
		{ { .t1 = 100 * MSEC, .t2 = 200 * MSEC, .max_retransmits = 1, .max_invite_retransmits = 100 },
		  "0.000 0.100 0.300 0.700 1.500 3.100 6.300", 6400 },
		/* repeats by RFC 3581 begin with a provisional answer only */
		{ { .t1 = T1, .max_invite_retransmits = 100, .invite_repeat = SEC }, "0.000 0.500 1.500 3.500 7.500 15.500 31.500", 32000 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ua *ua = ua_new();
		call(ua, &rows[i].timers);
		lab_run_ms(ua->lab, rows[i].fails - 1);
		assert_int_equal(lab_count(ua->lab, "ua", EVENT_NOTE, NULL), 0);
		lab_run_ms(ua->lab, 100000);
		assert_sent(ua->lab, "ua", "INVITE", rows[i].times);
		assert_noted(ua->lab, "ua", "is refused by a 0", rows[i].fails);
		ua_close(ua);
	}
}

/* Port unreachable, about a datagram that the ua has sent to `dst`. */
static void error_about(struct ua *ua, int64_t ms, const char *dst)
{
	struct packet about = packet_of(ua, "INVITE", "\n\n");
	about.dst = endpoint_of(dst);
	lab_run_ms(ua->lab, ms);
	icmp_send(&ua->lab->probe_iface, about.dst.host, &about, ICMP_PORT_UNREACHABLE, 0);
	payload_unref(ua->lab->world->payloads, about.payload);
	lab_run_ms(ua->lab, ms);
}

/* RFC 3261 17.1.1.2: Transport Err in Calling. */
TEST(an_icmp_error_ends_an_invite_as_long_as_nothing_has_come)
{
	static const struct {
		const char *came, *about;
		bool ends;
	} rows[] = {
		{ NULL, THERE, true },
		{ NULL, "192.0.2.1:5061", false },
		{ "180 Ringing", THERE, false },
		{ "200 OK", THERE, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ua *ua = ua_new();
		call(ua, &txn_timers_usual);
		if (rows[i].came)
			respond(ua, 100, rows[i].came, ";tag=one");
		error_about(ua, 200, rows[i].about);
		if (rows[i].ends)
			assert_noted(ua->lab, "ua", "is refused by a 0", 200);
		assert_int_equal(ua->clients.waiting.first == NULL, rows[i].ends);
		lab_run_ms(ua->lab, 1000);
		assert_int_equal(lab_count(ua->lab, "ua", EVENT_SENT, "INVITE"), rows[i].ends || rows[i].came ? 1 : 2);
		ua_close(ua);
	}
}

TEST(every_repeat_is_the_same_invite_again)
{
	struct ua *ua = ua_new();
	call(ua, &txn_timers_usual);
	lab_run_ms(ua->lab, 2000);
	const struct record *first = lab_nth(ua->lab, "ua", EVENT_SENT, "INVITE", 1);
	for (int n = 2; n <= 3; n++) {
		const struct record *again = lab_nth(ua->lab, "ua", EVENT_SENT, "INVITE", n);
		assert_string_equal(lab_text(again), lab_text(first));
		assert_string_equal(lab_flow(ua->lab, again), "192.0.2.10:5060 > 192.0.2.1:5060");
	}
	ua_close(ua);
}

TEST(a_provisional_answer_ends_the_repeats_and_all_impatience)
{
	struct ua *ua = ua_new();
	call(ua, &txn_timers_usual);
	respond(ua, 700, "100 Trying", "");
	respond(ua, 1000, "180 Ringing", ";tag=one");
	respond(ua, 500000, "486 Busy Here", ";tag=one");
	assert_log(ua->lab, "ua",
		   "0.000 sent INVITE\n"
		   "0.500 sent INVITE\n"
		   "0.700 arrived forged\n"
		   "0.700 note: is told of a 100\n"
		   "1.000 arrived forged\n"
		   "1.000 note: is told of a 180\n"
		   "500.000 arrived forged\n"
		   "500.000 sent ACK\n"
		   "500.000 note: is refused by a 486\n");
	ua_close(ua);
}

TEST(a_knob_has_invites_sent_again_though_somebody_has_answered)
{
	static const char *const finals[] = { "200 OK", "486 Busy Here" };
	struct txn_timers timers = txn_timers_usual;
	timers.invite_repeat = 20 * SEC;
	for (size_t i = 0; i < COUNT(finals); i++) {
		struct ua *ua = ua_new();
		call(ua, &timers);
		respond(ua, 1000, "180 Ringing", ";tag=one");
		respond(ua, 30000, "180 Ringing", ";tag=one"); /* what is repeated is not counted anew */
		respond(ua, 70000, finals[i], ";tag=one");
		lab_run_ms(ua->lab, 200000);
		assert_sent(ua->lab, "ua", "INVITE", "0.000 0.500 21.000 41.000 61.000");
		ua_close(ua);
	}
}

TEST(a_refusal_is_acknowledged_again_for_each_repeat_for_32_s)
{
	/* whatever T1 is */
	static const struct txn_timers timers = { .t1 = 10 * MSEC, .max_invite_retransmits = UINT32_MAX };
	struct ua *ua = ua_new();
	call(ua, &timers);
	respond(ua, 5, "486 Busy Here", ";tag=one");
	respond(ua, 505, "486 Busy Here", ";tag=one");
	respond(ua, 1000, "180 Ringing", ";tag=one"); /* overtaken on its way: swallowed */
	respond(ua, 1001, "200 OK", ";tag=one");
	respond(ua, 32004, "486 Busy Here", ";tag=one");
	assert_int_equal(lab_count(ua->lab, "ua", EVENT_DROPPED, NULL), 0);
	respond(ua, 32005, "486 Busy Here", ";tag=one");
	assert_dropped(ua->lab, "ua", "no transaction waits for this");
	assert_sent(ua->lab, "ua", "ACK", "0.005 0.505 32.004");
	assert_noted(ua->lab, "ua", "is refused by a 486", 5);
	assert_int_equal(lab_count(ua->lab, "ua", EVENT_NOTE, NULL), 1);

	const struct record *third = lab_nth(ua->lab, "ua", EVENT_SENT, "ACK", 3);
	assert_string_equal(lab_text(third), lab_text(lab_nth(ua->lab, "ua", EVENT_SENT, "ACK", 1)));
	assert_string_equal(lab_flow(ua->lab, third), "192.0.2.10:5060 > 192.0.2.1:5060");
	assert_int_equal(third->parent, lab_nth(ua->lab, "ua", EVENT_ARRIVED, "forged", 5)->id);
	assert_int_equal(third->story, 1);
	ua_close(ua);
}

#define COMPANION(method, to)                                        \
	method " sip:200@lab.example SIP/2.0\r\n"                    \
	"Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1;rport\r\n" \
	"Max-Forwards: 70\r\n"                                       \
	"Route: <sip:192.0.2.1;lr>\r\n"                              \
	"Route: <sip:192.0.2.3;lr>\r\n"                              \
	"From: <sip:100@lab.example>;tag=mine\r\n"                   \
	"To: <sip:200@lab.example>" to "\r\n"                        \
	"Call-ID: call\r\n"                                          \
	"CSeq: 7 " method "\r\n"                                     \
	"Content-Length: 0\r\n"                                      \
	"\r\n"

TEST(the_ack_of_a_refusal_is_made_from_the_invite_and_its_to_from_the_refusal)
{
	static const struct {
		const char *to_tag, *ack;
	} rows[] = {
		{ ";tag=one", COMPANION("ACK", ";tag=one") },
		{ "", COMPANION("ACK", "") }, /* RFC 2543 knew no tags */
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ua *ua = ua_new();
		call(ua, &txn_timers_usual);
		respond(ua, 5, "486 Busy Here", rows[i].to_tag);
		assert_string_equal(lab_text(lab_nth(ua->lab, "ua", EVENT_SENT, "ACK", 1)), rows[i].ack);
		ua_close(ua);
	}
}

TEST(every_2xx_is_told_of_for_64_t1_and_none_is_acknowledged)
{
	struct ua *ua = ua_new();
	call(ua, &txn_timers_usual);
	respond(ua, 1000, "200 OK", ";tag=one");
	respond(ua, 1500, "200 OK", ";tag=one");
	respond(ua, 2000, "200 OK", ";tag=fork");
	respond(ua, 2100, "180 Ringing", ";tag=third");	  /* forks that have lost */
	respond(ua, 2200, "486 Busy Here", ";tag=third");
	respond(ua, 32999, "202 Accepted", ";tag=one");
	lab_run_ms(ua->lab, 33000);
	respond(ua, 33001, "200 OK", ";tag=one");
	assert_log(ua->lab, "ua",
		   "0.000 sent INVITE\n"
		   "0.500 sent INVITE\n"
		   "1.000 arrived forged\n"
		   "1.000 note: is accepted by a 200\n"
		   "1.500 arrived forged\n"
		   "1.500 note: is accepted by a 200\n"
		   "2.000 arrived forged\n"
		   "2.000 note: is accepted by a 200\n"
		   "2.100 arrived forged\n"
		   "2.200 arrived forged\n"
		   "32.999 arrived forged\n"
		   "32.999 note: is accepted by a 202\n"
		   "33.000 note: hears that it is over\n"
		   "33.001 arrived forged\n"
		   "33.001 dropped forged: no transaction waits for this\n");
	ua_close(ua);
}

TEST(timer_m_is_64_times_the_t1_of_the_client)
{
	static const struct txn_timers timers = { .t1 = 10 * MSEC };
	struct ua *ua = ua_new();
	call(ua, &timers);
	respond(ua, 5, "200 OK", ";tag=one");
	lab_run_ms(ua->lab, 2000);
	assert_noted(ua->lab, "ua", "hears that it is over", 645);
	ua_close(ua);
}

TEST(a_cancel_waits_for_a_provisional_answer)
{
	struct ua *ua = ua_new();
	call(ua, &txn_timers_usual);
	lab_run_ms(ua->lab, 200);
	invite_client_cancel(ua->call);
	respond(ua, 700, "100 Trying", "");
	assert_log(ua->lab, "ua",
		   "0.000 sent INVITE\n"
		   "0.500 sent INVITE\n" /* nobody knows yet whether it has come */
		   "0.700 arrived forged\n"
		   "0.700 sent CANCEL\n"
		   "0.700 note: is told of a 100\n");
	const struct record *cancel = lab_nth(ua->lab, "ua", EVENT_SENT, "CANCEL", 1);
	assert_int_equal(cancel->parent, lab_nth(ua->lab, "ua", EVENT_ARRIVED, "forged", 1)->id);
	ua_close(ua);
}

TEST(a_cancel_has_a_transaction_of_its_own_and_the_invite_ends_with_its_final_answer)
{
	struct ua *ua = ua_new();
	call(ua, &txn_timers_usual);
	respond(ua, 100, "180 Ringing", ";tag=one");
	lab_run_ms(ua->lab, 1000);
	invite_client_cancel(ua->call);
	invite_client_cancel(ua->call); /* once is enough */
	lab_run_ms(ua->lab, 3000);
	respond_to(ua, 1, "200 OK", ";tag=one", "CANCEL");
	respond(ua, 3000, "487 Request Terminated", ";tag=one");
	lab_run_ms(ua->lab, 100000);
	assert_sent(ua->lab, "ua", "CANCEL", "1.000 1.500 2.500");
	assert_sent(ua->lab, "ua", "ACK", "3.000");
	assert_noted(ua->lab, "ua", "is refused by a 487", 3000);
	assert_string_equal(lab_text(lab_nth(ua->lab, "ua", EVENT_SENT, "CANCEL", 1)), COMPANION("CANCEL", ""));
	assert_string_equal(lab_flow(ua->lab, lab_nth(ua->lab, "ua", EVENT_SENT, "CANCEL", 1)),
			    "192.0.2.10:5060 > 192.0.2.1:5060");
	ua_close(ua);
}

TEST(a_cancelled_invite_without_a_final_answer_is_given_up_64_t1_later)
{
	static const struct {
		const char *what;
		int64_t rings, cancelled, fails;
		const char *cancels;
		usec invite_repeat;
	} rows[] = {
		{ "it has rung before", 100, 1000, 33000, "1.000 1.500 2.500 4.500 8.500 12.500 16.500 20.500 24.500 28.500 32.500", 0 },
		{ "it rings afterwards", 10000, 1000, 42000, "10.000 10.500 11.500 13.500 17.500 21.500 25.500 29.500 33.500 37.500 41.500", 0 },
		{ "nobody answers: Timer B", 0, 1000, 32000, "", 0 },
		/* what is to end is not kept open */
		{ "it would be repeated", 100, 1000, 33000, "1.000 1.500 2.500 4.500 8.500 12.500 16.500 20.500 24.500 28.500 32.500", 5 * SEC },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ua *ua = ua_new();
		struct txn_timers timers = txn_timers_usual;
		timers.invite_repeat = rows[i].invite_repeat;
		print_message("           %s\n", rows[i].what);
		call(ua, &timers);
		if (rows[i].rings && rows[i].rings < rows[i].cancelled)
			respond(ua, rows[i].rings, "180 Ringing", ";tag=one");
		lab_run_ms(ua->lab, rows[i].cancelled);
		invite_client_cancel(ua->call);
		if (rows[i].rings > rows[i].cancelled)
			respond(ua, rows[i].rings, "180 Ringing", ";tag=one");
		lab_run_ms(ua->lab, 100000);
		assert_sent(ua->lab, "ua", "CANCEL", rows[i].cancels);
		assert_noted(ua->lab, "ua", "is refused by a 0", rows[i].fails);
		ua_close(ua);
	}
}

TEST(a_2xx_that_crosses_the_cancel_is_told_of_all_the_same)
{
	struct ua *ua = ua_new();
	call(ua, &txn_timers_usual);
	respond(ua, 100, "180 Ringing", ";tag=one");
	invite_client_cancel(ua->call);
	respond(ua, 110, "200 OK", ";tag=one");
	assert_noted(ua->lab, "ua", "is accepted by a 200", 110);
	lab_run_ms(ua->lab, 100000);
	assert_noted(ua->lab, "ua", "hears that it is over", 32110);
	ua_close(ua);
}

TEST(what_was_accepted_cannot_be_cancelled)
{
	struct ua *ua = ua_new();
	call(ua, &txn_timers_usual);
	respond(ua, 100, "180 Ringing", ";tag=one");
	respond(ua, 110, "200 OK", ";tag=one");
	invite_client_cancel(ua->call);
	lab_run_ms(ua->lab, 1000);
	assert_sent(ua->lab, "ua", "CANCEL", "");
	ua_close(ua);
}

TEST(an_abandoned_invite_goes_on_without_a_word_and_acknowledges_a_refusal)
{
	struct ua *ua = ua_new();
	struct client_txn *t = call(ua, &txn_timers_usual);
	client_txn_abandon(t);
	t->user = NULL; /* gone */
	respond(ua, 1000, "180 Ringing", ";tag=one");
	respond(ua, 2000, "486 Busy Here", ";tag=one");
	respond(ua, 2500, "486 Busy Here", ";tag=one");
	assert_sent(ua->lab, "ua", "INVITE", "0.000 0.500");
	assert_sent(ua->lab, "ua", "ACK", "2.000 2.500");
	assert_int_equal(lab_count(ua->lab, "ua", EVENT_NOTE, NULL), 0);
	assert_int_equal(sip_shared(ua->lab->world)->invite_clients.out, 0);
	ua_close(ua);
}

TEST(an_abandoned_invite_that_is_accepted_or_unanswered_ends_by_itself)
{
	static const bool answered[] = { true, false };
	for (size_t i = 0; i < COUNT(answered); i++) {
		struct ua *ua = ua_new();
		struct client_txn *t = call(ua, &txn_timers_usual);
		client_txn_abandon(t);
		t->user = NULL;
		if (answered[i])
			respond(ua, 100, "200 OK", ";tag=one");
		lab_run_ms(ua->lab, 40000);
		assert_int_equal(lab_count(ua->lab, "ua", EVENT_NOTE, NULL), 0);
		assert_sent(ua->lab, "ua", "ACK", "");
		assert_int_equal(sip_shared(ua->lab->world)->invite_clients.out, 0);
		ua_close(ua);
	}
}

static void never_called(struct client_txn *t, const struct packet *response)
{
	(void)t, (void)response;
	fail_msg("the user of an abandoned transaction was called");
}

TEST(an_abandoned_request_of_another_method_ends_without_a_word)
{
	static const bool answered[] = { true, false };
	for (size_t i = 0; i < COUNT(answered); i++) {
		struct ua *ua = ua_new();
		struct packet bye = packet_of(ua, "BYE",
					      "BYE sip:200@lab.example SIP/2.0\n"
					      "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1\n"
					      "From: <sip:100@lab.example>;tag=mine\n"
					      "To: <sip:200@lab.example>;tag=one\n"
					      "Call-ID: call\n"
					      "CSeq: 8 BYE\n"
					      "Content-Length: 0\n\n");
		client_txn_abandon(client_txn_start(&ua->clients, &ua->iface, &bye, &txn_timers_usual, NULL, never_called));
		lab_run_ms(ua->lab, 1000);
		if (answered[i])
			respond_to(ua, 1, "200 OK", ";tag=one", "BYE");
		lab_run_ms(ua->lab, 40000);
		assert_int_equal(lab_count(ua->lab, "ua", EVENT_SENT, "BYE"), answered[i] ? 2 : 11);
		ua_close(ua);
	}
}

TEST(what_was_forgotten_hears_no_answer_and_acknowledges_none)
{
	static const char *const before[] = { NULL, "180 Ringing", "200 OK", "486 Busy Here" };
	static const char *const after[] = { "180 Ringing", "200 OK", "486 Busy Here" };
	for (size_t i = 0; i < COUNT(before); i++)
		for (size_t k = 0; k < COUNT(after); k++) {
			struct ua *ua = ua_new();
			call(ua, &txn_timers_usual);
			if (before[i])
				respond(ua, 100, before[i], ";tag=one");
			client_txns_forget(&ua->clients);
			int notes = lab_count(ua->lab, "ua", EVENT_NOTE, NULL);
			respond(ua, 200, after[k], ";tag=one");
			lab_run_ms(ua->lab, 100000);
			assert_dropped(ua->lab, "ua", "no transaction waits for this");
			assert_int_equal(lab_count(ua->lab, "ua", EVENT_NOTE, NULL), notes);
			assert_sent(ua->lab, "ua", "INVITE", "0.000");
			ua_close(ua);
		}
}

TEST(who_is_told_may_forget_or_cancel_at_once)
{
	static const struct {
		const char *status;
		bool forgets, cancels;
		const char *sent;
	} rows[] = {
		{ "180 Ringing", true, false, "0.000" },
		{ "180 Ringing", false, true, "0.000 0.100" },
		{ "180 Ringing", true, true, "0.000 0.100" },
		{ "200 OK", true, false, "0.000" },
		{ "486 Busy Here", true, false, "0.000 0.100" }, /* its ACK has left before */
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ua *ua = ua_new();
		ua->forgets = rows[i].forgets;
		ua->cancels = rows[i].cancels;
		call(ua, &txn_timers_usual);
		respond(ua, 100, rows[i].status, ";tag=one");
		assert_sent(ua->lab, "ua", NULL, rows[i].sent);
		lab_run_ms(ua->lab, 600);
		assert_int_equal(lab_count(ua->lab, "ua", EVENT_SENT, "INVITE"), 1);
		ua_close(ua);
	}
}

TEST(who_hears_that_nobody_answered_may_forget_all)
{
	struct ua *ua = ua_new();
	call(ua, &txn_timers_usual);
	call(ua, &txn_timers_usual);
	ua->forgets = true;
	lab_run_ms(ua->lab, 100000);
	assert_noted(ua->lab, "ua", "is refused by a 0", 32000);
	assert_int_equal(lab_count(ua->lab, "ua", EVENT_NOTE, NULL), 1); /* the other one was forgotten */
	ua_close(ua);
}

TEST(of_many_invites_each_hears_its_own_answer)
{
	struct ua *ua = ua_new();
	for (int n = 1; n <= 30; n++)
		call(ua, &txn_timers_usual);
	for (int n = 30; n >= 1; n--)
		respond_to(ua, n, n % 3 == 0 ? "180 Ringing" : n % 3 == 1 ? "200 OK" : "486 Busy Here", ";tag=one", "INVITE");
	lab_run_ms(ua->lab, 100);
	assert_int_equal(lab_count(ua->lab, "ua", EVENT_DROPPED, NULL), 0);
	assert_int_equal(lab_count(ua->lab, "ua", EVENT_NOTE, NULL), 30);
	assert_int_equal(lab_count(ua->lab, "ua", EVENT_SENT, "ACK"), 10);
	assert_int_equal(ua->clients.waiting.n, 20); /* those that ring or were accepted */
	lab_run_ms(ua->lab, 40000);
	assert_int_equal(ua->clients.waiting.n, 10);
	ua_close(ua);
}

/* --- server ------------------------------------------------------------------------------ */

TEST(a_refusal_is_repeated_until_32_s_and_then_nobody_has_acknowledged_it)
{
	struct ua *ua = ua_new();
	ask(ua, 0, "INVITE", USUAL);
	answer(ua, 0, 486, "486");
	lab_run_ms(ua->lab, 31999);
	assert_sent(ua->lab, "ua", "486", "0.000 0.500 1.500 3.500 7.500 11.500 15.500 19.500 23.500 27.500 31.500");
	assert_noted(ua->lab, "ua", "has a new INVITE", 0);
	lab_run_ms(ua->lab, 100000);
	assert_noted(ua->lab, "ua", "nobody has acknowledged its 486", 32000);
	assert_int_equal(lab_count(ua->lab, "ua", EVENT_SENT, "486"), 11);
	assert_int_equal(sip_shared(ua->lab->world)->invite_servers.out, 0);
	ua_close(ua);
}

TEST(an_ack_ends_the_repeats_of_a_refusal_and_more_of_them_are_taken_for_t4)
{
	struct ua *ua = ua_new();
	ask(ua, 0, "INVITE", USUAL);
	answer(ua, 0, 486, "486");
	ask(ua, 2000, "ACK", USUAL);
	ask(ua, 3000, "INVITE", USUAL); /* swallowed as well */
	ask(ua, 6999, "ACK", USUAL);
	ask(ua, 7000, "ACK", USUAL);
	lab_run_ms(ua->lab, 100000);
	assert_log(ua->lab, "ua",
		   "0.000 arrived forged\n"
		   "0.000 note: has a new INVITE\n"
		   "0.000 sent 486\n"
		   "0.500 sent 486\n"
		   "1.500 sent 486\n"
		   "2.000 arrived forged\n"
		   "2.000 note: its transaction takes the ACK\n"
		   "3.000 arrived forged\n"
		   "6.999 arrived forged\n"
		   "6.999 note: its transaction takes the ACK\n"
		   "7.000 arrived forged\n"
		   "7.000 note: gets an ACK\n");
	ua_close(ua);
}

TEST(an_ack_belongs_to_a_refusal_by_branch_and_sent_by)
{
	static const struct {
		const char *via;
		bool taken;
	} rows[] = {
		{ USUAL, true },
		{ "192.0.2.1:5060;rport;branch=z9hG4bKtheirs", true },
		{ "192.0.2.1:5060;branch=z9hG4bKother", false },
		{ "192.0.2.1:5062;branch=z9hG4bKtheirs", false }, /* an ALG that changes sent-by breaks it */
		{ "192.0.2.9:5060;branch=z9hG4bKtheirs", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ua *ua = ua_new();
		ask(ua, 0, "INVITE", USUAL);
		answer(ua, 0, 486, "486");
		ask(ua, 1000, "ACK", rows[i].via);
		assert_noted(ua->lab, "ua", rows[i].taken ? "its transaction takes the ACK" : "gets an ACK", 1000);
		lab_run_ms(ua->lab, 2000);
		assert_sent(ua->lab, "ua", "486", rows[i].taken ? "0.000 0.500" : "0.000 0.500 1.500");
		ua_close(ua);
	}
}

TEST(a_repeated_invite_gets_the_last_answer_again)
{
	struct ua *ua = ua_new();
	ask(ua, 0, "INVITE", USUAL);
	ask(ua, 100, "INVITE", USUAL); /* no answer yet: nothing to repeat */
	answer(ua, 200, 100, "100");
	ask(ua, 300, "INVITE", USUAL);
	answer(ua, 400, 180, "180");
	ask(ua, 500, "INVITE", USUAL);
	answer(ua, 600, 486, "486");
	ask(ua, 700, "INVITE", USUAL);
	assert_log(ua->lab, "ua",
		   "0.000 arrived forged\n"
		   "0.000 note: has a new INVITE\n"
		   "0.100 arrived forged\n"
		   "0.200 sent 100\n"
		   "0.300 arrived forged\n"
		   "0.300 sent 100\n"
		   "0.400 sent 180\n"
		   "0.500 arrived forged\n"
		   "0.500 sent 180\n"
		   "0.600 sent 486\n"
		   "0.700 arrived forged\n"
		   "0.700 sent 486\n");
	const struct record *again = lab_nth(ua->lab, "ua", EVENT_SENT, "180", 2);
	assert_string_equal(lab_text(again), lab_text(lab_nth(ua->lab, "ua", EVENT_SENT, "180", 1)));
	assert_int_equal(again->parent, lab_nth(ua->lab, "ua", EVENT_ARRIVED, "forged", 4)->id);
	lab_run_ms(ua->lab, 1100);
	assert_sent(ua->lab, "ua", "486", "0.600 0.700 1.100"); /* Timer G goes its own way */
	ua_close(ua);
}

TEST(after_a_2xx_repeated_invites_are_swallowed_for_32_s_and_the_ack_goes_to_the_user)
{
	struct ua *ua = ua_new();
	ask(ua, 0, "INVITE", USUAL);
	answer(ua, 1000, 200, "200");
	ask(ua, 1500, "INVITE", USUAL);
	ask(ua, 2000, "ACK", "192.0.2.1:5060;branch=z9hG4bKack");
	ask(ua, 2001, "ACK", USUAL); /* some give it the INVITE's branch */
	ask(ua, 32999, "INVITE", USUAL);
	ask(ua, 33000, "INVITE", USUAL);
	assert_log(ua->lab, "ua",
		   "0.000 arrived forged\n"
		   "0.000 note: has a new INVITE\n"
		   "1.000 sent 200\n" /* repeating it is the user's business */
		   "1.500 arrived forged\n"
		   "2.000 arrived forged\n"
		   "2.000 note: gets an ACK\n"
		   "2.001 arrived forged\n"
		   "2.001 note: gets an ACK\n"
		   "32.999 arrived forged\n"
		   "33.000 arrived forged\n"
		   "33.000 note: has a new INVITE\n");
	ua_close(ua);
}

TEST(an_invite_that_waits_has_no_ack)
{
	struct ua *ua = ua_new();
	ask(ua, 0, "INVITE", USUAL);
	answer(ua, 100, 180, "180");
	ask(ua, 200, "ACK", USUAL);
	assert_noted(ua->lab, "ua", "gets an ACK", 200);
	answer(ua, 300, 486, "486");
	lab_run_ms(ua->lab, 800);
	assert_sent(ua->lab, "ua", "486", "0.300 0.800");
	ua_close(ua);
}

TEST(a_cancel_finds_its_invite_by_branch_and_sent_by_while_its_transaction_lives)
{
	static const struct {
		const char *what;
		uint32_t status;
		const char *via;
		int64_t at;
		const char *note;
	} rows[] = {
		{ "no answer yet", 0, USUAL, 100, "has a CANCEL for an INVITE that waits" },
		{ "it rings", 180, USUAL, 100, "has a CANCEL for an INVITE that waits" },
		{ "refused", 486, USUAL, 100, "has answered that INVITE" },
		{ "refused long ago", 486, USUAL, 32001, "knows no such INVITE" },
		{ "accepted", 200, USUAL, 31999, "has answered that INVITE" },
		{ "accepted long ago", 200, USUAL, 32001, "knows no such INVITE" },
		{ "another branch", 180, "192.0.2.1:5060;branch=z9hG4bKother", 100, "knows no such INVITE" },
		{ "another host", 180, "192.0.2.9:5060;branch=z9hG4bKtheirs", 100, "knows no such INVITE" },
		{ "another port", 180, "192.0.2.1:1024;branch=z9hG4bKtheirs", 100, "knows no such INVITE" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ua *ua = ua_new();
		print_message("           %s\n", rows[i].what);
		ask(ua, 0, "INVITE", USUAL);
		if (rows[i].status)
			answer(ua, 0, rows[i].status, "response");
		ask(ua, rows[i].at, "CANCEL", rows[i].via);
		assert_noted(ua->lab, "ua", rows[i].note, rows[i].at);
		ua_close(ua);
	}
}

TEST(a_server_that_has_forgotten_takes_a_repeated_invite_for_a_new_one)
{
	static const uint32_t statuses[] = { 100, 200, 486 };
	for (size_t i = 0; i < COUNT(statuses); i++) {
		struct ua *ua = ua_new();
		ask(ua, 0, "INVITE", USUAL);
		answer(ua, 0, statuses[i], "response");
		server_txns_forget(&ua->servers);
		ask(ua, 1000, "ACK", USUAL);
		assert_noted(ua->lab, "ua", "gets an ACK", 1000);
		ask(ua, 2000, "INVITE", USUAL);
		assert_noted(ua->lab, "ua", "has a new INVITE", 2000);
		assert_sent(ua->lab, "ua", "response", "0.000");
		ua_close(ua);
	}
}

TEST(an_invite_that_nobody_will_answer_is_let_go)
{
	struct ua *ua = ua_new();
	ask(ua, 0, "INVITE", USUAL);
	answer(ua, 0, 180, "180");
	server_txn_end(ua->asked);
	assert_int_equal(sip_shared(ua->lab->world)->invite_servers.out, 0);
	ask(ua, 1000, "CANCEL", USUAL);
	assert_noted(ua->lab, "ua", "knows no such INVITE", 1000);
	ask(ua, 2000, "INVITE", USUAL);
	assert_noted(ua->lab, "ua", "has a new INVITE", 2000);
	ua_close(ua);
}

TEST(of_many_invites_that_wait_each_is_found)
{
	struct ua *ua = ua_new();
	for (int n = 0; n < 30; n++) {
		ask(ua, 0, "INVITE", arena_printf(ua->lab->arena, "192.0.2.1:5060;branch=z9hG4bKn%d", n));
		answer(ua, 0, n % 2 ? 180 : 486, n % 2 ? "180" : "486");
	}
	for (int n = 29; n >= 0; n--) {
		ask(ua, 100, "INVITE", arena_printf(ua->lab->arena, "192.0.2.1:5060;branch=z9hG4bKn%d", n));
		const struct record *last = lab_nth(ua->lab, "ua", EVENT_SENT, NULL, 60 - n);
		assert_non_null(strstr(lab_header(ua->lab, last, "Via"), arena_printf(ua->lab->arena, "z9hG4bKn%d", n)));
		assert_string_equal(last->label, n % 2 ? "180" : "486");
	}
	for (int n = 0; n < 30; n += 2)
		ask(ua, 200, "ACK", arena_printf(ua->lab->arena, "192.0.2.1:5060;branch=z9hG4bKn%d", n));
	lab_run_ms(ua->lab, 40000);
	assert_int_equal(lab_count(ua->lab, "ua", EVENT_SENT, NULL), 60);
	assert_int_equal(sip_shared(ua->lab->world)->invite_servers.out, 15);
	ua_close(ua);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_invite_without_any_answer_is_sent_seven_times_and_fails_at_32_s),
		cmocka_unit_test(an_icmp_error_ends_an_invite_as_long_as_nothing_has_come),
		cmocka_unit_test(every_repeat_is_the_same_invite_again),
		cmocka_unit_test(a_provisional_answer_ends_the_repeats_and_all_impatience),
		cmocka_unit_test(a_knob_has_invites_sent_again_though_somebody_has_answered),
		cmocka_unit_test(a_refusal_is_acknowledged_again_for_each_repeat_for_32_s),
		cmocka_unit_test(the_ack_of_a_refusal_is_made_from_the_invite_and_its_to_from_the_refusal),
		cmocka_unit_test(every_2xx_is_told_of_for_64_t1_and_none_is_acknowledged),
		cmocka_unit_test(timer_m_is_64_times_the_t1_of_the_client),
		cmocka_unit_test(a_cancel_waits_for_a_provisional_answer),
		cmocka_unit_test(a_cancel_has_a_transaction_of_its_own_and_the_invite_ends_with_its_final_answer),
		cmocka_unit_test(a_cancelled_invite_without_a_final_answer_is_given_up_64_t1_later),
		cmocka_unit_test(a_2xx_that_crosses_the_cancel_is_told_of_all_the_same),
		cmocka_unit_test(what_was_accepted_cannot_be_cancelled),
		cmocka_unit_test(an_abandoned_invite_goes_on_without_a_word_and_acknowledges_a_refusal),
		cmocka_unit_test(an_abandoned_invite_that_is_accepted_or_unanswered_ends_by_itself),
		cmocka_unit_test(an_abandoned_request_of_another_method_ends_without_a_word),
		cmocka_unit_test(what_was_forgotten_hears_no_answer_and_acknowledges_none),
		cmocka_unit_test(who_is_told_may_forget_or_cancel_at_once),
		cmocka_unit_test(who_hears_that_nobody_answered_may_forget_all),
		cmocka_unit_test(of_many_invites_each_hears_its_own_answer),
		cmocka_unit_test(a_refusal_is_repeated_until_32_s_and_then_nobody_has_acknowledged_it),
		cmocka_unit_test(an_ack_ends_the_repeats_of_a_refusal_and_more_of_them_are_taken_for_t4),
		cmocka_unit_test(an_ack_belongs_to_a_refusal_by_branch_and_sent_by),
		cmocka_unit_test(a_repeated_invite_gets_the_last_answer_again),
		cmocka_unit_test(after_a_2xx_repeated_invites_are_swallowed_for_32_s_and_the_ack_goes_to_the_user),
		cmocka_unit_test(an_invite_that_waits_has_no_ack),
		cmocka_unit_test(a_cancel_finds_its_invite_by_branch_and_sent_by_while_its_transaction_lives),
		cmocka_unit_test(a_server_that_has_forgotten_takes_a_repeated_invite_for_a_new_one),
		cmocka_unit_test(an_invite_that_nobody_will_answer_is_let_go),
		cmocka_unit_test(of_many_invites_that_wait_each_is_found),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
