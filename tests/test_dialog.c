/* Dialogs: which messages belong to one, and where its next request goes (RFC 3261 12). */
#include <string.h>

#include "models/dialog.h"
#include "models/via.h"
#include "tests/lab.h"
#include "tests/mutant.h"

/* --- messages -------------------------------------------------------------------------- */

static const struct sip_view *view_of(struct lab *lab, struct payload *p)
{
	const struct sip_view *v = sip_view(lab->world, p);
	assert_non_null(v);
	return v;
}

#define CALLER "<sip:100@lab.example>;tag=caller"
#define CALLEE "\"Two, Hundred\" <sip:200@lab.example:5060>"

static struct payload *message(struct lab *lab, const char *start, const char *from, const char *to,
			       const char *more)
{
	bool request = strncmp(start, "SIP/", 4) != 0;
	struct payload *p =
		lab_payload(lab, arena_printf(lab->arena,
					      "%s\n"
					      "Via: SIP/2.0/UDP 192.168.1.104;branch=z9hG4bKa\n"
					      "From: %s\n"
					      "To: %s\n"
					      "Call-ID: one\n"
					      "CSeq: 7 %.*s\n%s\n",
					      start, from, to, request ? (int)strcspn(start, " ") : 6,
					      request ? start : "INVITE", more));
	view_of(lab, p);
	p->built = true; /* as if by a device here: what is made of it is compared with what libosip2 reads */
	return p;
}

static struct payload *invite(struct lab *lab, const char *more)
{
	return message(lab, "INVITE sip:200@198.51.100.158 SIP/2.0", CALLER, CALLEE, more);
}

static struct payload *response(struct lab *lab, const char *status, const char *tag, const char *more)
{
	return message(lab, arena_printf(lab->arena, "SIP/2.0 %s", status), CALLER,
		       arena_printf(lab->arena, CALLEE ";tag=%s", tag), more);
}

#define CALLER_AT "203.0.113.17:23201"
#define CALLEE_AT "198.51.100.158:5060"

/* Both sides of a call, from what is written in the INVITE and in its 200. */
struct sides {
	struct dialog caller, callee;
};

static struct sides sides_of(struct lab *lab, struct payload *request, struct payload *answer)
{
	struct sides s = { 0 };
	dialog_begin(&s.caller, lab->world, request, true, endpoint_of(CALLEE_AT));
	dialog_begin(&s.callee, lab->world, request, false, endpoint_of(CALLER_AT));
	if (answer) {
		dialog_answered(&s.callee, lab->world, answer, endpoint_of(CALLER_AT));
		dialog_answered(&s.caller, lab->world, answer, endpoint_of(CALLEE_AT));
	}
	return s;
}

static const char *text_of(struct lab *lab, struct span s)
{
	return arena_copy(lab->arena, s.at, s.len);
}

static const char *target(struct lab *lab, const struct dialog *d)
{
	return text_of(lab, dialog_target(d, lab->world));
}

static const char *hop(struct lab *lab, const struct dialog *d, bool by_source)
{
	char *text = arena_alloc(lab->arena, ENDPOINT_TEXT_MAX);
	struct endpoint to;
	if (!dialog_next_hop(d, lab->world, by_source, &to))
		return "a name";
	endpoint_print(to, text);
	return text;
}

/* A BYE of this side, as it goes over the wire. */
static struct payload *bye(struct lab *lab, const struct dialog *d)
{
	struct sip_builder *b = sip_request(lab->world, SIP_BYE);
	struct span uri = dialog_target(d, lab->world);
	sip_put(b, uri.at, uri.len);
	sip_end_request_line(b);
	via_put_own(b, 0xC0A80168, 5060, "z9hG4bKb", 8, true);
	dialog_put_routes(b, d);
	dialog_put_from(b, d);
	dialog_put_to(b, d);
	dialog_put_call_id(b, d);
	sip_cseq_header(b, d->local_cseq + 1);
	sip_content_length_header(b);
	struct payload *p = sip_finish(b);
	assert_non_null(p);
	return p;
}

/* The values of its Route headers, one behind the other. */
static const char *routes(struct lab *lab, const struct dialog *d)
{
	struct payload *p = bye(lab, d);
	struct sip_elements walk = { 0 };
	struct slice element;
	const char *text = "";
	while (sip_next_element(p, view_of(lab, p), "Route", 0, &walk, &element))
		text = arena_printf(lab->arena, "%s%s%s", text, *text ? " " : "",
				    text_of(lab, slice_span(p, element)));
	return text;
}

/* --- where requests go ----------------------------------------------------------------- */

#define HERE  "Contact: <sip:100@192.168.1.104:5062>\n"
#define THERE "Contact: <sip:200@198.51.100.158:5070>\n"

TEST(requests_go_by_the_route_set_to_the_remote_target)
{
	struct wanted {
		const char *uri, *routes, *hop;
	};
	static const struct {
		const char *invite, *answer; /* what they say beside the usual headers */
		struct wanted caller, callee;
	} rows[] = {
		{ HERE,
		  THERE,
		  { "sip:200@198.51.100.158:5070", "", "198.51.100.158:5070" },
		  { "sip:100@192.168.1.104:5062", "", "192.168.1.104:5062" } },
		/* one proxy, which sees both sides */
		{ HERE "Record-Route: <sip:198.51.100.158;lr;ftag=x>\n",
		  THERE "Record-Route: <sip:198.51.100.158;lr;ftag=x>\n",
		  { "sip:200@198.51.100.158:5070", "<sip:198.51.100.158;lr;ftag=x>", "198.51.100.158:5060" },
		  { "sip:100@192.168.1.104:5062", "<sip:198.51.100.158;lr;ftag=x>", "198.51.100.158:5060" } },
		/* two: the one on top stands beside the callee. In two headers or in one, in any case, folded
		 */
		{ HERE "Record-Route: <sip:10.0.0.2:5061;lr>\nRecord-Route: <sip:10.0.0.1;lr=on>\n",
		  THERE "Record-Route: <sip:10.0.0.2:5061;lr>\nRecord-Route: <sip:10.0.0.1;lr=on>\n",
		  { "sip:200@198.51.100.158:5070", "<sip:10.0.0.1;lr=on> <sip:10.0.0.2:5061;lr>",
		    "10.0.0.1:5060" },
		  { "sip:100@192.168.1.104:5062", "<sip:10.0.0.2:5061;lr> <sip:10.0.0.1;lr=on>",
		    "10.0.0.2:5061" } },
		{ HERE "record-route: <sip:10.0.0.2:5061;lr>,\n <sip:10.0.0.1;LR>\n",
		  THERE "RECORD-ROUTE : \"a, b\" <sip:10.0.0.2:5061;lr>;x=y , , <sip:10.0.0.1;LR> , ,\n",
		  { "sip:200@198.51.100.158:5070", "<sip:10.0.0.1;LR> \"a, b\" <sip:10.0.0.2:5061;lr>;x=y",
		    "10.0.0.1:5060" },
		  { "sip:100@192.168.1.104:5062", "<sip:10.0.0.2:5061;lr> <sip:10.0.0.1;LR>",
		    "10.0.0.2:5061" } },
		/* a strict router is next: it is the Request-URI, and the target goes last; farther away it
		   is a route as others */
		{ HERE "Record-Route: <sip:10.0.0.2;lr>, <sip:x@10.0.0.1?a=b>\n",
		  THERE "Record-Route: <sip:10.0.0.2;lr>, <sip:x@10.0.0.1?a=b>\n",
		  { "sip:x@10.0.0.1", "<sip:10.0.0.2;lr> <sip:200@198.51.100.158:5070>", "10.0.0.1:5060" },
		  { "sip:100@192.168.1.104:5062", "<sip:10.0.0.2;lr> <sip:x@10.0.0.1?a=b>",
		    "10.0.0.2:5060" } },
		{ HERE "Record-Route: <sip:10.0.0.1>\n",
		  THERE "Record-Route: <sip:10.0.0.1>\n",
		  { "sip:10.0.0.1", "<sip:200@198.51.100.158:5070>", "10.0.0.1:5060" },
		  { "sip:10.0.0.1", "<sip:100@192.168.1.104:5062>", "10.0.0.1:5060" } },
		/* lr in the user, or outside the angle brackets, says nothing */
		{ HERE "Record-Route: <sip:a;lr@10.0.0.1>;lr\n",
		  THERE "Record-Route: <sip:a;lr@10.0.0.1>;lr\n",
		  { "sip:a;lr@10.0.0.1", "<sip:200@198.51.100.158:5070>", "10.0.0.1:5060" },
		  { "sip:a;lr@10.0.0.1", "<sip:100@192.168.1.104:5062>", "10.0.0.1:5060" } },
		/* each side believes what it has seen */
		{ HERE "Record-Route: <sip:10.0.0.1;lr>\n",
		  THERE,
		  { "sip:200@198.51.100.158:5070", "", "198.51.100.158:5070" },
		  { "sip:100@192.168.1.104:5062", "<sip:10.0.0.1;lr>", "10.0.0.1:5060" } },
		/* Contacts: short, bare, without a port, with headers, a name, the first of several */
		{ "m: <sip:100@192.168.1.104>\n",
		  "m:sip:200@198.51.100.158;q=1\n",
		  { "sip:200@198.51.100.158", "", "198.51.100.158:5060" },
		  { "sip:100@192.168.1.104", "", "192.168.1.104:5060" } },
		{ "Contact: <sip:100@192.168.1.104;transport=udp?Subject=x>\n",
		  "Contact: \"200\" <sip:198.51.100.158:5070>, <sip:a@10.0.0.1>\n",
		  { "sip:198.51.100.158:5070", "", "198.51.100.158:5070" },
		  { "sip:100@192.168.1.104;transport=udp", "", "192.168.1.104:5060" } },
		{ "Contact: <sip:100@phone.example>\n",
		  "Contact: <sip:200@[2001:db8::1]>\n",
		  { "sip:200@[2001:db8::1]", "", "a name" },
		  { "sip:100@phone.example", "", "a name" } },
		/* no Contact: where the INVITE went, and who sent it */
		{ "",
		  "",
		  { "sip:200@198.51.100.158", "", "198.51.100.158:5060" },
		  { "sip:100@lab.example", "", "a name" } },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lab *lab = lab_with("", NULL, "");
		struct sides s = sides_of(lab, invite(lab, rows[i].invite),
					  response(lab, "200 OK", "callee", rows[i].answer));
		print_message("           %s           %s", rows[i].invite, rows[i].answer);
		assert_string_equal(target(lab, &s.caller), rows[i].caller.uri);
		assert_string_equal(routes(lab, &s.caller), rows[i].caller.routes);
		assert_string_equal(hop(lab, &s.caller, false), rows[i].caller.hop);
		assert_string_equal(target(lab, &s.callee), rows[i].callee.uri);
		assert_string_equal(routes(lab, &s.callee), rows[i].callee.routes);
		assert_string_equal(hop(lab, &s.callee, false), rows[i].callee.hop);
		/* who goes by sources does not ask */
		assert_string_equal(hop(lab, &s.caller, true), CALLEE_AT);
		assert_string_equal(hop(lab, &s.callee, true), CALLER_AT);
		lab_close(lab);
	}
}

TEST(a_request_carries_the_names_and_tags_as_its_sender_sees_them)
{
	struct lab *lab = lab_with("", NULL, "");
	struct sides s =
		sides_of(lab, invite(lab, HERE "Record-Route: <sip:10.0.0.1;lr>\n"),
			 response(lab, "200 OK", "callee", THERE "Record-Route: <sip:10.0.0.1;lr>\n"));
	assert_string_equal(bye(lab, &s.caller)->bytes,
			    "BYE sip:200@198.51.100.158:5070 SIP/2.0\r\n"
			    "Via: SIP/2.0/UDP 192.168.1.104:5060;branch=z9hG4bKb;rport\r\n"
			    "Route: <sip:10.0.0.1;lr>\r\n"
			    "From: " CALLER "\r\n"
			    "To: " CALLEE ";tag=callee\r\n"
			    "Call-ID: one\r\n"
			    "CSeq: 8 BYE\r\n"
			    "Content-Length: 0\r\n\r\n");
	assert_string_equal(bye(lab, &s.callee)->bytes,
			    "BYE sip:100@192.168.1.104:5062 SIP/2.0\r\n"
			    "Via: SIP/2.0/UDP 192.168.1.104:5060;branch=z9hG4bKb;rport\r\n"
			    "Route: <sip:10.0.0.1;lr>\r\n"
			    "From: " CALLEE ";tag=callee\r\n"
			    "To: " CALLER "\r\n"
			    "Call-ID: one\r\n"
			    "CSeq: 1 BYE\r\n"
			    "Content-Length: 0\r\n\r\n");
	lab_close(lab);
}

TEST(many_proxies_are_passed_in_order_and_what_no_request_would_reach_is_left_out)
{
	struct lab *lab = lab_with("", NULL, "");
	const char *proxies = "";
	for (int i = 1; i <= 80; i++)
		proxies = arena_printf(lab->arena, "%sRecord-Route: <sip:10.0.0.%d;lr>\n", proxies, i);
	struct sides s = sides_of(lab, invite(lab, proxies), response(lab, "200 OK", "callee", THERE));
	const char *text = routes(lab, &s.callee);
	assert_int_equal(strncmp(text, "<sip:10.0.0.1;lr> <sip:10.0.0.2;lr> ", 36), 0);
	assert_non_null(strstr(text, "<sip:10.0.0.70;lr>"));
	assert_null(strstr(text, "<sip:10.0.0.71;lr>"));
	lab_close(lab);
}

TEST(a_response_repeats_the_record_routes_of_its_request_in_order)
{
	struct lab *lab = lab_with("", NULL, "");
	struct payload *request =
		invite(lab, HERE "Record-Route: <sip:10.0.0.3;lr>, <sip:10.0.0.2>\nRoute: <sip:10.9.9.9>\n"
				 "record-route: \"a, b\" <sip:10.0.0.1;lr>;x=y\n");
	struct sip_builder *b = sip_response(lab->world, 200, SIP_INVITE);
	uint32_t from = b->len;
	sip_copy_record_routes(b, request, view_of(lab, request));
	assert_string_equal(text_of(lab, (struct span){ b->bytes + from, b->len - from }),
			    "Record-Route: <sip:10.0.0.3;lr>\r\n"
			    "Record-Route: <sip:10.0.0.2>\r\n"
			    "Record-Route: \"a, b\" <sip:10.0.0.1;lr>;x=y\r\n");
	lab_close(lab);
}

/* --- how it begins --------------------------------------------------------------------- */

TEST(an_invite_that_was_challenged_makes_room_for_the_next)
{
	struct lab *lab = lab_with("", NULL, "");
	size_t before = payload_count(lab->world->payloads);
	struct dialog d = { 0 };
	struct payload *first = invite(lab, HERE);
	dialog_begin(&d, lab->world, first, true, endpoint_of(CALLEE_AT));
	dialog_answered(&d, lab->world, response(lab, "401 Unauthorized", "x", ""), endpoint_of(CALLEE_AT));
	dialog_begin(&d, lab->world, first, true, endpoint_of(CALLER_AT)); /* the same is fine, too */
	assert_int_equal(d.local_cseq, 7);
	assert_int_equal(d.remote_cseq, 0);
	assert_false(d.confirmed);
	assert_null(d.response);
	assert_string_equal(hop(lab, &d, true), CALLER_AT);
	dialog_end(&d, lab->world);
	assert_null(d.request);
	payload_unref(lab->world->payloads, first);
	assert_int_equal(payload_count(lab->world->payloads), before + 1); /* the 401 is the test's */
	lab_close(lab);
}

TEST(a_callee_goes_by_the_number_of_the_invite_and_counts_its_own_anew)
{
	struct lab *lab = lab_with("", NULL, "");
	struct sides s = sides_of(lab, invite(lab, HERE), NULL);
	assert_int_equal(s.callee.local_cseq, 0);
	assert_int_equal(s.callee.remote_cseq, 7);
	lab_close(lab);
}

TEST(provisional_answers_give_a_target_until_a_2xx_settles_it)
{
	struct lab *lab = lab_with("", NULL, "");
	struct dialog d = sides_of(lab, invite(lab, HERE), NULL).caller;
	assert_string_equal(target(lab, &d), "sip:200@198.51.100.158");

	dialog_answered(&d, lab->world,
			response(lab, "180 Ringing", "fork-1",
				 "Contact: <sip:200@10.0.0.1>\nRecord-Route: <sip:10.9.9.9;lr>\n"),
			endpoint_of("10.0.0.1:1"));
	assert_false(d.confirmed);
	assert_string_equal(target(lab, &d), "sip:200@10.0.0.1");
	assert_string_equal(hop(lab, &d, false), "10.9.9.9:5060");

	/* the route set of the 2xx counts (13.2.2.4) */
	dialog_answered(&d, lab->world, response(lab, "200 OK", "fork-2", "Contact: <sip:200@10.0.0.2>\n"),
			endpoint_of("10.0.0.2:2"));
	assert_true(d.confirmed);
	assert_string_equal(target(lab, &d), "sip:200@10.0.0.2");
	assert_string_equal(hop(lab, &d, false), "10.0.0.2:5060");
	assert_string_equal(hop(lab, &d, true), "10.0.0.2:2");

	/* another fork's is another dialog's */
	dialog_answered(&d, lab->world, response(lab, "200 OK", "fork-3", "Contact: <sip:200@10.0.0.3>\n"),
			endpoint_of("10.0.0.3:3"));
	assert_string_equal(target(lab, &d), "sip:200@10.0.0.2");
	assert_string_equal(hop(lab, &d, true), "10.0.0.2:2");
	lab_close(lab);
}

TEST(a_reinvite_moves_the_target_but_not_the_routes)
{
	struct lab *lab = lab_with("", NULL, "");
	struct dialog d = sides_of(lab, invite(lab, HERE "Record-Route: <sip:10.0.0.1;lr>\n"),
				   response(lab, "200 OK", "callee", THERE))
				  .callee;
	dialog_retarget(&d, lab->world,
			invite(lab, "Contact: <sip:100@203.0.113.17:9>\nRecord-Route: <sip:10.0.0.2;lr>\n"),
			endpoint_of("203.0.113.17:9"));
	assert_string_equal(target(lab, &d), "sip:100@203.0.113.17:9");
	assert_string_equal(hop(lab, &d, false), "10.0.0.1:5060");
	assert_string_equal(hop(lab, &d, true), "203.0.113.17:9");

	/* one that names no Contact only tells where it came from */
	dialog_retarget(&d, lab->world, invite(lab, ""), endpoint_of("203.0.113.17:10"));
	assert_string_equal(target(lab, &d), "sip:100@203.0.113.17:9");
	assert_string_equal(hop(lab, &d, true), "203.0.113.17:10");
	lab_close(lab);
}

/* --- what belongs to it ---------------------------------------------------------------- */

TEST(messages_belong_to_a_dialog_by_call_id_and_both_tags)
{
	static const struct {
		const char *start, *call_id, *from, *to;
		bool caller, callee, early; /* whose is it; the caller's without a response */
	} rows[] = {
		/* requests come from the other side */
		{ "BYE sip:a@b SIP/2.0", "one", "<sip:a@b>;tag=callee", "<sip:a@b>;tag=caller", true, false,
		  true },
		{ "BYE sip:a@b SIP/2.0", "one", "<sip:a@b>;tag=caller", "<sip:a@b>;tag=callee", false, true,
		  false },
		/* responses come to whom asked */
		{ "SIP/2.0 200 OK", "one", "<sip:a@b>;tag=caller", "<sip:a@b>;tag=callee", true, false,
		  true },
		{ "SIP/2.0 200 OK", "one", "<sip:a@b>;tag=callee", "<sip:a@b>;tag=caller", false, true,
		  false },
		/* another fork answers */
		{ "SIP/2.0 200 OK", "one", "<sip:a@b>;tag=caller", "<sip:a@b>;tag=other", false, false,
		  true },
		/* almost the same */
		{ "BYE sip:a@b SIP/2.0", "two", "<sip:a@b>;tag=callee", "<sip:a@b>;tag=caller", false, false,
		  false },
		{ "BYE sip:a@b SIP/2.0", "one", "<sip:a@b>;tag=callee", "<sip:a@b>;tag=callers", false, false,
		  false },
		{ "BYE sip:a@b SIP/2.0", "one", "<sip:a@b>;tag=calle", "<sip:a@b>;tag=caller", false, false,
		  true },
		{ "BYE sip:a@b SIP/2.0", "one", "<sip:a@b>;tag=callee", "<sip:a@b>", false, false, false },
		{ "INVITE sip:a@b SIP/2.0", "one", "<sip:a@b>;tag=caller", "<sip:a@b>", false, false, false },
	};
	struct lab *lab = lab_with("", NULL, "");
	struct sides s = sides_of(lab, invite(lab, HERE), response(lab, "200 OK", "callee", THERE));
	struct dialog early = sides_of(lab, invite(lab, HERE), NULL).caller;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct payload *p = lab_payload(
			lab, arena_printf(lab->arena,
					  "%s\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\nFrom: %s\nTo: %s\n"
					  "Call-ID: %s\nCSeq: 1 BYE\n\n",
					  rows[i].start, rows[i].from, rows[i].to, rows[i].call_id));
		const struct sip_view *v = view_of(lab, p);
		print_message("           %s, from %s to %s\n", rows[i].start, rows[i].from, rows[i].to);
		assert_int_equal(dialog_matches(&s.caller, lab->world, p, v), rows[i].caller);
		assert_int_equal(dialog_matches(&s.callee, lab->world, p, v), rows[i].callee);
		assert_int_equal(dialog_matches(&early, lab->world, p, v), rows[i].early);
		/* who belongs together is found by the same hash */
		if (rows[i].caller)
			assert_int_equal(dialog_hash_of(p, v), dialog_hash(&s.caller, lab->world));
		if (rows[i].callee)
			assert_int_equal(dialog_hash_of(p, v), dialog_hash(&s.callee, lab->world));
	}
	assert_int_not_equal(dialog_hash(&s.caller, lab->world), dialog_hash(&s.callee, lab->world));
	lab_close(lab);
}

TEST(a_call_without_tags_is_a_dialog_all_the_same)
{
	struct lab *lab = lab_with("", NULL, "");
	struct payload *request = message(lab, "INVITE sip:200@198.51.100.158 SIP/2.0",
					  "<sip:100@lab.example>", "<sip:200@lab.example>", HERE);
	struct payload *answer =
		message(lab, "SIP/2.0 200 OK", "<sip:100@lab.example>", "<sip:200@lab.example>", THERE);
	struct sides s = sides_of(lab, request, answer);
	struct payload *p = bye(lab, &s.callee);
	assert_true(dialog_matches(&s.caller, lab->world, p, view_of(lab, p)));
	lab_close(lab);
}

/* --- anything -------------------------------------------------------------------------- */

TEST(damaged_messages_make_dialogs_whose_requests_can_be_written)
{
	static const char *const words[] = {
		"\r\n",
		"\r\n ",
		";lr",
		",",
		"<",
		">",
		"\"",
		"?",
		"@",
		"sip:",
		"<sip:10.0.0.1>",
		"<sip:10.0.0.1;lr>,",
		"Record-Route: ",
		"Record-Route: <>\r\n",
		"Contact: *\r\n",
		"m: <>\r\n",
		";tag=",
		"Content-Length: 9\r\n",
	};
	struct lab *lab = lab_with("", NULL, "");
	struct world *w = lab->world;
	struct payload *request = invite(lab, HERE "Record-Route: <sip:10.0.0.2;lr>, <sip:x@10.0.0.1?a=b>\n");
	struct payload *answer = response(lab, "200 OK", "callee",
					  THERE "Record-Route: <sip:10.0.0.2;lr>, <sip:x@10.0.0.1?a=b>\n");
	struct mutant m = mutant_new(lab->arena, words, COUNT(words));
	int made = 0;
	for (int i = 0; i < 4000; i++) {
		bool caller = i % 2;
		const struct payload *good = caller ? answer : request;
		mutant_of(&m, good->bytes, good->len);
		struct payload *bad = payload_new(w->payloads, m.len);
		memcpy(bad->bytes, m.bytes, m.len);
		const struct sip_view *v = sip_view(w, bad);
		if (v && v->request != caller) {
			struct dialog d = { 0 };
			struct endpoint to;
			dialog_begin(&d, w, caller ? request : bad, caller, endpoint_of(CALLER_AT));
			dialog_answered(&d, w, caller ? bad : answer, endpoint_of(CALLER_AT));
			dialog_next_hop(&d, w, false, &to);
			dialog_hash(&d, w);
			dialog_matches(&d, w, bad, v);
			payload_unref(w->payloads, bye(lab, &d));
			dialog_end(&d, w);
			made++;
		}
		payload_unref(w->payloads, bad);
	}
	assert_in_range(made, 500, 3900);
	lab_close(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_go_by_the_route_set_to_the_remote_target),
		cmocka_unit_test(a_request_carries_the_names_and_tags_as_its_sender_sees_them),
		cmocka_unit_test(
			many_proxies_are_passed_in_order_and_what_no_request_would_reach_is_left_out),
		cmocka_unit_test(a_response_repeats_the_record_routes_of_its_request_in_order),
		cmocka_unit_test(an_invite_that_was_challenged_makes_room_for_the_next),
		cmocka_unit_test(a_callee_goes_by_the_number_of_the_invite_and_counts_its_own_anew),
		cmocka_unit_test(provisional_answers_give_a_target_until_a_2xx_settles_it),
		cmocka_unit_test(a_reinvite_moves_the_target_but_not_the_routes),
		cmocka_unit_test(messages_belong_to_a_dialog_by_call_id_and_both_tags),
		cmocka_unit_test(a_call_without_tags_is_a_dialog_all_the_same),
		cmocka_unit_test(damaged_messages_make_dialogs_whose_requests_can_be_written),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
