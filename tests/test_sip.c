/* Messages: what is read, what is refused, and that nothing that comes from outside can hurt. */
#include <string.h>

#include "models/sip_scan.h"
#include "tests/lab.h"
#include "tests/mutant.h"

static const struct sip_view *view_of(struct lab *lab, const char *bytes, size_t len, struct payload **p)
{
	*p = payload_new(lab->world->payloads, len);
	memcpy((*p)->bytes, bytes, len);
	return sip_view(lab->world, *p);
}

/* --- torture messages ------------------------------------------------------------------ */

enum torture { READ, REFUSED };

TEST(the_torture_messages_of_rfc_4475_are_read_or_refused)
{
	static const struct {
		const char *file;
		enum torture outcome;
		const char *label; /* of those that are read */
		uint32_t cseq;
	} rows[] = {
		/* 3.1.1 valid: to be understood */
		{ "wsinv", READ, "INVITE", 9 },
		{ "intmeth",
		  REFUSED }, /* surprise: libosip2 stumbles over its header names or its byte order mark */
		{ "esc01", READ, "INVITE", 234234 },
		{ "escnull", READ, "REGISTER", 14398234 },
		{ "esc02", READ, "OTHER", 29344 },
		{ "lwsdisp", READ, "OPTIONS", 60 },
		{ "longreq", READ, "INVITE", 3882340 },
		{ "dblreq", READ, "REGISTER",
		  8 }, /* what follows is beyond Content-Length and dropped (RFC 3261 18.3) */
		{ "semiuri", READ, "OPTIONS", 8 },
		{ "transports", READ, "OPTIONS", 60 },
		{ "mpart01", READ, "OTHER", 1 },
		{ "unreason", READ, "200", 35 },
		{ "noreason", READ, "100", 35 },

		/* 3.1.2 invalid, refused */
		{ "badinv01", REFUSED },
		{ "clerr", READ, "INVITE", 8 }, /* the body is shorter than Content-Length: to be answered 400 */
		{ "ncl", REFUSED },
		{ "scalar02", REFUSED },
		{ "scalarlg", REFUSED },
		{ "quotbal", REFUSED },
		{ "ltgtruri", REFUSED },
		{ "lwsruri", REFUSED },
		{ "lwsstart", REFUSED },
		{ "trws", REFUSED },
		{ "badaspec", REFUSED },
		{ "baddn", REFUSED },
		{ "bigcode", REFUSED },

		/* 3.1.2 invalid, but read: the fault is in what nobody here looks at, and a receiver may be
		   lenient */
		{ "escruri", READ, "INVITE", 149209342 },
		{ "baddate", READ, "INVITE", 1392934 },
		{ "regbadct", READ, "REGISTER", 1 },
		{ "badvers", READ, "OPTIONS", 1 }, /* surprise: SIP/7.0 is not told from SIP/2.0; no 505 */
		{ "mismatch01", READ, "OPTIONS",
		  8 }, /* surprise: the method in CSeq is not compared; no 400 */
		{ "mismatch02", READ, "OTHER", 8 },

		/* 3.2 transaction layer, 3.3 application layer, 3.4 backward compatibility */
		{ "badbranch", READ, "OPTIONS", 8 },
		{ "insuf", REFUSED }, /* no Call-ID, From or To */
		{ "unkscm", READ, "OPTIONS", 3923423 },
		{ "novelsc", REFUSED }, /* surprise: a scheme with a dot in it is too much for libosip2 */
		{ "unksm2", READ, "REGISTER", 234902 },
		{ "bext01", READ, "OPTIONS", 8 },
		{ "invut", READ, "INVITE", 235448 },
		{ "regaut01", READ, "REGISTER", 9338 },
		{ "multi01", REFUSED }, /* several values where only one may be */
		{ "mcl01", REFUSED },	/* two Content-Lengths */
		{ "bcast", READ, "200", 35 },
		{ "zeromf", READ, "OPTIONS", 39234321 },
		{ "cparam01", READ, "REGISTER", 2 },
		{ "cparam02", READ, "REGISTER", 3 },
		{ "regescrt", READ, "REGISTER", 14398234 },
		{ "sdp01", READ, "INVITE", 8 },
		{ "inv2543", READ, "INVITE", 56 },
	};
	assert_int_equal(COUNT(rows), 49);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", NULL, "");
		struct payload *p;
		size_t len;
		const char *bytes = file_read(
			lab->arena, arena_printf(lab->arena, "data/torture/%s.dat", rows[i].file), &len);
		const struct sip_view *v = view_of(lab, bytes, len, &p);
		if ((v ? READ : REFUSED) != rows[i].outcome)
			fail_msg("%s was %s", rows[i].file, v ? "read" : "refused");
		if (v) {
			assert_string_equal(sip_label(v), rows[i].label);
			assert_int_equal(v->cseq, rows[i].cseq);
		}
		lab_close(lab);
	}
}

TEST(folded_spaced_and_compact_headers_are_read_as_what_they_mean)
{
	struct lab *lab = lab_with("", NULL, "");
	struct payload *p;
	size_t len;
	const char *bytes = file_read(lab->arena, "data/torture/wsinv.dat", &len);
	const struct sip_view *v = view_of(lab, bytes, len, &p);
	assert_non_null(v);
	assert_memory_equal(slice_at(p, v->via_host), "192.0.2.2", v->via_host.len);
	assert_memory_equal(slice_at(p, v->via_branch), "390skdjuw", v->via_branch.len);
	assert_memory_equal(slice_at(p, v->from_tag), "98asjd8", v->from_tag.len);
	assert_memory_equal(slice_at(p, v->to_tag), "1918181833n", v->to_tag.len);
	assert_int_equal(v->via_port, SIP_ABSENT);
	assert_int_equal(v->content_length, 150);
	assert_true(v->via_more);
	lab_close(lab);
}

/* --- messages that are cut short ------------------------------------------------------- */

#define REQUEST(start, method) \
	start "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKcut\nFrom: <sip:200@lab.example>;tag=a\nTo: <sip:100@lab.example>\n" \
	      "Call-ID: cut\nCSeq: 1 " method "\nContact: <sip:200@192.0.2.1>\nContent-Type: application/sdp\n"

TEST(requests_that_are_cut_short_are_answered_400)
{
	static const struct {
		const char *dst, *where, *text;
		int64_t ms;
	} rows[] = {
		{ "198.51.100.158:5060", "server", REQUEST("INVITE sip:100@lab.example SIP/2.0\n", "INVITE") },
		{ "198.51.100.158:5060", "server", REQUEST("REGISTER sip:lab.example SIP/2.0\n", "REGISTER") },
		{ "198.51.100.158:5060", "server", REQUEST("BYE sip:lab.example SIP/2.0\n", "BYE") },
		{ "192.0.2.104:5060", "phone", REQUEST("INVITE sip:100@192.0.2.104 SIP/2.0\n", "INVITE"), 20 },
		{ "192.0.2.104:5060", "phone", REQUEST("OPTIONS sip:100@192.0.2.104 SIP/2.0\n", "OPTIONS"), 20 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", NULL, "");
		lab_send(lab, "192.0.2.1:5060", rows[i].dst, arena_printf(lab->arena, "%sContent-Length: 6\n\nv=0\n", rows[i].text));
		lab_run_ms(lab, 100);
		lab_nth(lab, rows[i].where, EVENT_SENT, "400", 1);
		assert_int_equal(lab_count(lab, rows[i].where, EVENT_SENT, NULL), 1);
		assert_noted(lab, rows[i].where, "its body is shorter than its Content-Length says", rows[i].ms);
		lab_close(lab);
	}
}

/* 203.0.113.17 is a byte shorter than 192.168.1.104: a router that forgets Content-Length makes a 400 of it. */
TEST(what_a_router_makes_too_short_is_answered_400)
{
	static const struct {
		const char *alg, *status;
	} rows[] = {
		{ "match=text out-request.sdp-c=on", "405" },
		{ "match=text out-request.sdp-c=on content-length=stale", "400" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_new(&(struct lab_setup){ .router = "", .alg = rows[i].alg });
		lab_send_inside(lab, "192.168.1.104:5060", "198.51.100.158:5060",
				REQUEST("INFO sip:100@lab.example SIP/2.0\n", "INFO") "Content-Length: 29\n\n"
										    "v=0\nc=IN IP4 192.168.1.104\n");
		lab_run_ms(lab, 100);
		lab_nth(lab, "server", EVENT_SENT, rows[i].status, 1);
		lab_close(lab);
	}
}

TEST(an_ack_that_is_cut_short_is_not_answered)
{
	struct lab *lab = lab_with("", NULL, "");
	static const char ack[] = REQUEST("ACK sip:100@lab.example SIP/2.0\n", "ACK") "Content-Length: 6\n\nv=0\n";
	lab_send(lab, "192.0.2.1:5060", "198.51.100.158:5060", ack);
	lab_send(lab, "192.0.2.1:5060", "192.0.2.104:5060", ack);
	lab_run_ms(lab, 100);
	assert_int_equal(lab_count(lab, "server", EVENT_SENT, NULL), 0);
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, NULL), 0);
	lab_close(lab);
}

TEST(a_response_that_is_cut_short_is_dropped_and_a_whole_one_still_counts)
{
	struct lab *lab = lab_with("", NULL, "");
	lab_register(lab);
	lab_run_ms(lab, 1);
	const char *text = lab_response(lab, lab_nth(lab, "phone", EVENT_SENT, "REGISTER", 1), "403 Forbidden", "");
	char *cut = arena_copy(lab->arena, text, strlen(text));
	strstr(cut, "Length: 0")[8] = '9';
	lab_send(lab, "198.51.100.158:5060", "192.0.2.104:5060", cut);
	lab_run_ms(lab, 30);
	assert_dropped(lab, "phone", "its body is shorter than its Content-Length says");
	lab_run_ms(lab, 1000);
	assert_noted(lab, "phone", "registered", 80);
	lab_close(lab);
}

/* Every torture message, to the server and to the phone: they answer, drop or ignore it, and stay well. */
TEST(devices_survive_the_torture_messages)
{
	static const char *const files[] = {
		"wsinv",    "intmeth",	  "esc01",	"escnull",  "esc02",	 "lwsdisp",  "longreq",
		"dblreq",   "semiuri",	  "transports", "mpart01",  "unreason",	 "noreason", "badinv01",
		"clerr",    "ncl",	  "scalar02",	"scalarlg", "quotbal",	 "ltgtruri", "lwsruri",
		"lwsstart", "trws",	  "escruri",	"baddate",  "regbadct",	 "badaspec", "baddn",
		"badvers",  "mismatch01", "mismatch02", "bigcode",  "badbranch", "insuf",    "unkscm",
		"novelsc",  "unksm2",	  "bext01",	"invut",    "regaut01",	 "multi01",  "mcl01",
		"bcast",    "zeromf",	  "cparam01",	"cparam02", "regescrt",	 "sdp01",    "inv2543",
	};
	struct lab *lab = lab_with("", NULL, "");
	for (size_t i = 0; i < COUNT(files); i++) {
		size_t len;
		const char *bytes = file_read(
			lab->arena, arena_printf(lab->arena, "data/torture/%s.dat", files[i]), &len);
		lab_send_bytes(lab, "192.0.2.1:5060", "198.51.100.158:5060", bytes, len);
		lab_send_bytes(lab, "192.0.2.1:5060", "192.0.2.104:5060", bytes, len);
	}
	lab_run_ms(lab, 1000);
	lab_register(lab);
	lab_run_ms(lab, 2000);
	assert_noted(lab, "phone", "registered", 1080);
	lab_close(lab);
}

/* --- mutations ------------------------------------------------------------------------- */

static const char *const words[] = {
	"\r\n",
	"\r\n ",
	"\r\n\r\n",
	";",
	",",
	"\"",
	"<",
	">",
	":",
	"@",
	"=",
	"%00",
	"\\",
	"[",
	"]",
	"*",
	"/",
	";rport",
	";rport=",
	";received=",
	";received=1.2.3.4",
	";maddr=",
	";branch=",
	";tag=",
	"4294967296",
	"Via: SIP/2.0/UDP 10.0.0.1\r\n",
	"v: x\r\n",
	"Contact: *\r\n",
	"m: <>\r\n",
	"Expires: \r\n",
	"CSeq: \r\n",
	"Content-Length: 99\r\n",
	"l:\r\n",
	"Authorization: Digest nonce=\"\r\n",
	"Authorization: Digest \"\\\r\n",
};

/* Messages that are fine, recorded from a registration. */
static size_t good_messages(struct lab *lab, const struct payload *good[], size_t size)
{
	size_t n = 0;
	struct trace_cursor c = trace_first(&lab->world->trace);
	for (const struct record *r; n < size && (r = trace_next(&c));)
		if (r->event == EVENT_SENT)
			good[n++] = r->payload;
	return n;
}

static void with_mutants(uint64_t count, void (*what)(struct lab *, const char *bytes, size_t len))
{
	struct lab *lab = lab_new(&(struct lab_setup){ .phone = "contact-params=;+sip.instance=\"<urn:x>\"" });
	const struct payload *good[16];
	lab_register(lab);
	lab_run_ms(lab, 1000);
	size_t n = good_messages(lab, good, COUNT(good));
	assert_int_equal(n, 4);
	lab->world->trace.level = TRACE_COUNTS;

	struct mutant m = mutant_new(lab->arena, words, COUNT(words));
	for (uint64_t i = 0; i < count; i++) {
		const struct payload *p = good[mutant_draw(&m, n)];
		mutant_of(&m, p->bytes, p->len);
		what(lab, m.bytes, m.len);
	}
	lab_close(lab);
}

/* A copy of its own size, so that reading beyond it is seen. */
static void read_alone(struct lab *lab, const char *bytes, size_t len)
{
	struct payload *p;
	const struct sip_view *v = view_of(lab, bytes, len, &p);
	if (v) {
		assert_true(v->via.len > 0 && v->call_id.len > 0);
		assert_true(v->body_at <= len);
	}
	payload_unref(lab->world->payloads, p);
}

TEST(twenty_thousand_mutants_are_read_or_refused)
{
	with_mutants(20000, read_alone);
}

static void feed(struct lab *lab, const char *bytes, size_t len)
{
	lab_send_bytes(lab, "198.51.100.158:5060", "192.0.2.104:5060", bytes, len);
	lab_send_bytes(lab, "192.0.2.104:5060", "198.51.100.158:5060", bytes, len);
	lab_run_ms(lab, world_now(lab->world) / MSEC + 50);
}

TEST(devices_survive_five_thousand_mutants)
{
	with_mutants(5000, feed);
}

/* --- size ------------------------------------------------------------------------------ */

/* A message that is `head`, then `piece` again and again, then `tail`, as large as a datagram can be. */
static const char *swollen(struct arena *a, const char *head, const char *piece, const char *tail,
			   size_t *len)
{
	char *bytes = arena_alloc(a, PAYLOAD_MAX + 1);
	strcpy(bytes, head);
	*len = strlen(head);
	for (; *len + strlen(piece) + strlen(tail) <= PAYLOAD_MAX; *len += strlen(piece))
		memcpy(bytes + *len, piece, strlen(piece));
	memcpy(bytes + *len, tail, strlen(tail));
	*len += strlen(tail);
	return bytes;
}

#define REST                                                                           \
	"From: <sip:a@b>;tag=x\r\nTo: <sip:100@lab.example>\r\nCall-ID: z\r\nCSeq: 1 " \
	"REGISTER\r\nContent-Length: 0\r\n\r\n"
#define VIA "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"

TEST(the_largest_messages_are_read_or_refused)
{
	static const struct {
		const char *what, *head, *piece, *tail;
	} rows[] = {
		{ "nothing but text", "", "x", "" },
		{ "nothing but line ends", "", "\r\n", "" },
		{ "one long header", "REGISTER sip:b SIP/2.0\r\n" VIA "Subject: ", "x", "\r\n" REST },
		{ "many headers", "REGISTER sip:b SIP/2.0\r\n" VIA, "a:b\r\n", REST },
		{ "many folds", "REGISTER sip:b SIP/2.0\r\n" VIA "Subject: x", "\r\n x", "\r\n" REST },
		{ "many Vias", "REGISTER sip:b SIP/2.0\r\n", VIA, REST },
		{ "many Vias in one line", "REGISTER sip:b SIP/2.0\r\nVia: SIP/2.0/UDP a", ",SIP/2.0/UDP a",
		  "\r\n" REST },
		{ "many parameters", "REGISTER sip:b SIP/2.0\r\nVia: SIP/2.0/UDP a", ";b", "\r\n" REST },
		{ "many Contacts", "REGISTER sip:b SIP/2.0\r\n" VIA "Contact: <sip:c>", ",<sip:c>",
		  "\r\n" REST },
		{ "many stars", "REGISTER sip:b SIP/2.0\r\n" VIA "m:*", ",*", "\r\n" REST },
		{ "many challenges", "REGISTER sip:b SIP/2.0\r\n" VIA,
		  "Authorization: Digest nonce=\"n\"\r\n", REST },
		{ "a long URI", "REGISTER sip:", "b", " SIP/2.0\r\n" VIA REST },
		{ "a long body", "REGISTER sip:b SIP/2.0\r\n" VIA REST, "x", "" },
		{ "one long quote", "REGISTER sip:b SIP/2.0\r\n" VIA "Contact: \"", "\\", "\r\n" REST },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", NULL, "");
		size_t len;
		const char *bytes = swollen(lab->arena, rows[i].head, rows[i].piece, rows[i].tail, &len);
		print_message("           %s\n", rows[i].what);
		read_alone(lab, bytes, len);
		lab_close(lab);
	}
}

/* --- what is built here ---------------------------------------------------------------- */

TEST(what_is_built_reads_back_as_the_same_view)
{
	static const struct {
		const char *phone, *server;
	} rows[] = {
		{ "", "" },
		{ "rport=off write-port=off user=alice", "challenge=407 qop=off" },
		{ "auth=both contact-params=;q=0.5;expires=77 contact-uri-params=;transport=udp",
		  "auth=sha-256 stored-contact=received" },
		{ "register.expires=60s supported=path allow=OPTIONS",
		  "expires.min=300s stored-contact=alias force-rport=on" },
		{ "password=guess", "on-bad-credentials=forbid" },
		{ "header-order=content-length+contact+cseq+call-id+to+from+max-forwards+via+authorization+"
		  "expires+date",
		  "auth=md5" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with(rows[i].phone, "ports=random", rows[i].server);
		lab_register(lab);
		lab_run_ms(lab, 1000);
		phone_options(lab->phone, world_story(lab->world));
		lab_run_ms(lab, 2000);
		struct trace_cursor c = trace_first(&lab->world->trace);
		for (const struct record *r; (r = trace_next(&c));) {
			if (r->event != EVENT_SENT)
				continue;
			struct payload *copy;
			const struct sip_view *built = sip_view(lab->world, r->payload);
			const struct sip_view *read = view_of(lab, r->payload->bytes, r->payload->len, &copy);
			assert_non_null(read);
			assert_memory_equal(built, read,
					    offsetof(struct sip_view, proxy_auth) + sizeof(bool));
		}
		lab_close(lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_torture_messages_of_rfc_4475_are_read_or_refused),
		cmocka_unit_test(folded_spaced_and_compact_headers_are_read_as_what_they_mean),
		cmocka_unit_test(requests_that_are_cut_short_are_answered_400),
		cmocka_unit_test(what_a_router_makes_too_short_is_answered_400),
		cmocka_unit_test(an_ack_that_is_cut_short_is_not_answered),
		cmocka_unit_test(a_response_that_is_cut_short_is_dropped_and_a_whole_one_still_counts),
		cmocka_unit_test(devices_survive_the_torture_messages),
		cmocka_unit_test(twenty_thousand_mutants_are_read_or_refused),
		cmocka_unit_test(devices_survive_five_thousand_mutants),
		cmocka_unit_test(the_largest_messages_are_read_or_refused),
		cmocka_unit_test(what_is_built_reads_back_as_the_same_view),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
