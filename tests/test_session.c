/* Session descriptions: what is written, what is read, who may speak. */
#include <string.h>

#include "models/field.h"
#include "models/session.h"
#include "models/via.h"
#include "tests/lab.h"
#include "tests/mutant.h"

static struct payload *message(struct lab *lab, const char *headers, const char *body)
{
	return lab_payload(lab, arena_printf(lab->arena,
					     "INVITE sip:200@198.51.100.158 SIP/2.0\n"
					     "Via: SIP/2.0/UDP 192.168.1.104;branch=z9hG4bKa\n"
					     "From: <sip:100@lab.example>;tag=a\n"
					     "To: <sip:200@lab.example>\n"
					     "Call-ID: one\n"
					     "CSeq: 1 INVITE\n%s\n%s",
					     headers, body));
}

static bool read_message(struct lab *lab, struct payload *p, struct session *s)
{
	const struct sip_view *v = sip_view(lab->world, p);
	assert_non_null(v);
	return session_read(p, v, s);
}

/* --- writing --------------------------------------------------------------------------- */

#define HOST 0xC0A80168u /* 192.168.1.104 */

static const char *printed(struct arena *a, const struct session *s, const char *user, const char *name)
{
	char text[SESSION_TEXT_MAX];
	return arena_copy(a, text, session_print(s, SPAN(user), name, text));
}

#define HEAD "v=0\no=100 7 9 IN IP4 192.168.1.104\ns=call\n"
#define MAPS "a=rtpmap:0 PCMU/8000\na=rtpmap:101 telephone-event/8000\n"

TEST(a_description_says_where_to_send_and_in_which_direction)
{
	static const struct {
		struct session s;
		const char *text;
	} rows[] = {
		{ { .rtp = { HOST, 16384 } },
		  "c=IN IP4 192.168.1.104\nt=0 0\nm=audio 16384 RTP/AVP 0 101\n" MAPS "a=sendrecv\n" },
		{ { .rtp = { HOST, 16384 }, .direction = DIRECTION_SENDONLY },
		  "c=IN IP4 192.168.1.104\nt=0 0\nm=audio 16384 RTP/AVP 0 101\n" MAPS "a=sendonly\n" },
		{ { .rtp = { HOST, 16384 }, .direction = DIRECTION_RECVONLY },
		  "c=IN IP4 192.168.1.104\nt=0 0\nm=audio 16384 RTP/AVP 0 101\n" MAPS "a=recvonly\n" },
		{ { .rtp = { HOST, 16384 }, .direction = DIRECTION_INACTIVE },
		  "c=IN IP4 192.168.1.104\nt=0 0\nm=audio 16384 RTP/AVP 0 101\n" MAPS "a=inactive\n" },
		/* on hold, the old way */
		{ { .rtp = { 0, 16384 } },
		  "c=IN IP4 0.0.0.0\nt=0 0\nm=audio 16384 RTP/AVP 0 101\n" MAPS "a=sendrecv\n" },
		/* refused */
		{ { .rtp = { HOST, 0 } },
		  "c=IN IP4 192.168.1.104\nt=0 0\nm=audio 0 RTP/AVP 0 101\n" MAPS "a=sendrecv\n" },
		/* RTCP where one expects it, at another port, at another host */
		{ { .rtp = { HOST, 16384 }, .rtcp = { HOST, 16385 } },
		  "c=IN IP4 192.168.1.104\nt=0 0\nm=audio 16384 RTP/AVP 0 101\n" MAPS "a=sendrecv\n" },
		{ { .rtp = { HOST, 16384 }, .rtcp = { HOST, 53020 } },
		  "c=IN IP4 192.168.1.104\nt=0 0\nm=audio 16384 RTP/AVP 0 101\na=rtcp:53020\n" MAPS
		  "a=sendrecv\n" },
		{ { .rtp = { HOST, 16384 }, .rtcp = { HOST + 1, 16385 } },
		  "c=IN IP4 192.168.1.104\nt=0 0\nm=audio 16384 RTP/AVP 0 101\na=rtcp:16385 IN IP4 "
		  "192.168.1.105\n" MAPS "a=sendrecv\n" },
	};
	struct lab *lab = lab_with("", NULL, "");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct session s = rows[i].s;
		s.origin = HOST;
		s.id = 7;
		s.version = 9;
		assert_string_equal(printed(lab->arena, &s, "100", "call"),
				    lab_crlf(lab, arena_printf(lab->arena, HEAD "%s", rows[i].text)));
	}
	lab_close(lab);
}

TEST(measured_descriptions_are_written_to_the_byte)
{
	struct arena *a = arena_new();
	struct session phone = {
		.origin = HOST, .rtp = { HOST, 16384 }, .id = 2890844526, .version = 2890844526
	};
	struct session far_end = phone;
	far_end.origin = far_end.rtp.host = 0xC633649E; /* 198.51.100.158 */
	far_end.rtp.port = 30000;
	assert_int_equal(strlen(printed(a, &phone, "100", "SIP Call")), 196);
	assert_int_equal(strlen(printed(a, &far_end, "200", "SIP Call")), 198);
	arena_free(a);
}

TEST(the_longest_description_fits)
{
	struct arena *a = arena_new();
	char text[TEXT_MAX + 1];
	memset(text, 'x', TEXT_MAX);
	text[TEXT_MAX] = '\0';
	struct session s = { .origin = 0xFFFFFFFF,
			     .rtp = { 0xFFFFFFFF, 65535 },
			     .rtcp = { 0xFFFFFFFE, 65535 },
			     .id = UINT64_MAX,
			     .version = UINT64_MAX };
	assert_true(strlen(printed(a, &s, text, text)) < SESSION_TEXT_MAX);
	arena_free(a);
}

/* Builder and readers agree on a message with a body: the lab asks libosip2 as well. */
TEST(a_message_that_is_built_with_a_body_reads_back)
{
	struct lab *lab = lab_with("", NULL, "");
	char text[SESSION_TEXT_MAX];
	struct session said = { .origin = HOST,
				.rtp = { HOST, 16384 },
				.id = 7,
				.version = 9,
				.direction = DIRECTION_SENDONLY },
		       read;
	size_t len = session_print(&said, SPAN("100"), "call", text);
	struct sip_builder *b = sip_request(lab->world, SIP_INVITE);
	sip_set_body(b, SESSION_TYPE, (struct span){ text, len });
	sip_puts(b, "sip:200@198.51.100.158");
	sip_end_request_line(b);
	via_put_own(b, HOST, 5060, "z9hG4bKa", 8, true);
	sip_from_header(b, SPAN("<sip:100@lab.example>;tag=a"));
	sip_to_header(b, SPAN("<sip:200@lab.example>"));
	uint32_t from = b->len + (uint32_t)strlen("Call-ID: ");
	sip_puts(b, "Call-ID: one");
	b->view.call_id = sip_since(b, from);
	sip_end_header(b);
	sip_cseq_header(b, 1);
	sip_content_length_header(b);
	struct payload *p = sip_finish(b);
	assert_non_null(p);
	assert_non_null(
		strstr(p->bytes, "\r\nContent-Type: application/sdp\r\nContent-Length: 174\r\n\r\nv=0\r\n"));
	assert_true(read_message(lab, p, &read));
	assert_int_equal(read.origin, HOST);
	assert_true(endpoint_equal(read.rtp, said.rtp));
	assert_int_equal(read.rtcp.port, 16385);
	assert_int_equal(read.id, 7);
	assert_int_equal(read.version, 9);
	assert_int_equal(read.direction, DIRECTION_SENDONLY);
	lab_close(lab);
}

TEST(a_body_that_fits_in_no_datagram_is_not_sent)
{
	struct lab *lab = lab_with("", NULL, "");
	char *large = arena_alloc(lab->arena, PAYLOAD_MAX);
	struct sip_builder *b = sip_request(lab->world, SIP_INVITE);
	sip_set_body(b, "text/plain", (struct span){ large, PAYLOAD_MAX });
	sip_puts(b, "sip:200@198.51.100.158");
	sip_end_request_line(b);
	sip_content_length_header(b);
	assert_null(sip_finish(b));
	lab_close(lab);
}

/* --- reading --------------------------------------------------------------------------- */

#define SDP   "Content-Type: application/sdp\n"
#define ADDR  "c=IN IP4 192.168.1.104\n"
#define AUDIO "m=audio 16384 RTP/AVP 0\n"

TEST(the_first_audio_stream_is_read)
{
	static const struct {
		const char *headers, *body;
		const char *rtp, *rtcp; /* NULL: nothing is read; host 0.0.0.0: on hold */
		enum direction direction;
	} rows[] = {
		{ SDP, "v=0\n" ADDR AUDIO, "192.168.1.104:16384", "192.168.1.104:16385" },
		/* what the stream says for itself counts */
		{ SDP, "v=0\nc=IN IP4 10.0.0.1\n" AUDIO ADDR, "192.168.1.104:16384", "192.168.1.104:16385" },
		{ SDP, "v=0\n" AUDIO ADDR, "192.168.1.104:16384", "192.168.1.104:16385" },
		{ SDP, "v=0\na=sendonly\n" ADDR AUDIO, "192.168.1.104:16384", "192.168.1.104:16385",
		  DIRECTION_SENDONLY },
		{ SDP, "v=0\na=sendonly\n" ADDR AUDIO "a=recvonly\n", "192.168.1.104:16384",
		  "192.168.1.104:16385", DIRECTION_RECVONLY },
		{ SDP, "v=0\n" ADDR AUDIO "a=inactive\n", "192.168.1.104:16384", "192.168.1.104:16385",
		  DIRECTION_INACTIVE },
		{ SDP, "v=0\na=inactive\n" ADDR AUDIO "a=sendrecv\n", "192.168.1.104:16384",
		  "192.168.1.104:16385" },
		/* other streams do not */
		{ SDP,
		  "v=0\n" ADDR "m=video 20000 RTP/AVP 34\nc=IN IP4 10.0.0.1\na=sendonly\na=rtcp:9\n" AUDIO,
		  "192.168.1.104:16384", "192.168.1.104:16385" },
		{ SDP, "v=0\n" ADDR AUDIO "m=video 20000 RTP/AVP 34\nc=IN IP4 10.0.0.1\na=sendonly\n",
		  "192.168.1.104:16384", "192.168.1.104:16385" },
		{ SDP, "v=0\n" ADDR AUDIO "m=audio 20000 RTP/AVP 0\nc=IN IP4 10.0.0.1\n",
		  "192.168.1.104:16384", "192.168.1.104:16385" },
		{ SDP, "v=0\n" ADDR "m=audiovisual 20000 RTP/AVP 0\n" },
		/* RTCP */
		{ SDP, "v=0\n" ADDR AUDIO "a=rtcp:53020\n", "192.168.1.104:16384", "192.168.1.104:53020" },
		{ SDP, "v=0\n" ADDR AUDIO "a=rtcp:53020 IN IP4 126.16.64.4\n", "192.168.1.104:16384",
		  "126.16.64.4:53020" },
		{ SDP, "v=0\n" ADDR AUDIO "a=rtcp:99999\n", "192.168.1.104:16384", "192.168.1.104:16385" },
		{ SDP, "v=0\n" ADDR AUDIO "a=rtcp:53020 IN IP6 2001:db8::1\n", "192.168.1.104:16384",
		  "192.168.1.104:16385" },
		{ SDP, "v=0\n" ADDR "m=audio 65535 RTP/AVP 0\n", "192.168.1.104:65535", "192.168.1.104" },
		/* refused; then it does not matter where */
		{ SDP, "v=0\n" ADDR "m=audio 0 RTP/AVP 0\n", "192.168.1.104", "192.168.1.104" },
		{ SDP, "v=0\nc=IN IP6 ::1\nm=audio 0 RTP/AVP 0\n", "0.0.0.0", "0.0.0.0" },
		/* on hold, the old way */
		{ SDP, "v=0\nc=IN IP4 0.0.0.0\n" AUDIO, "0.0.0.0:16384", "0.0.0.0:16385" },
		/* a TTL and a number of ports are no part of it; line ends may be bare, the last one missing
		 */
		{ SDP, "v=0\nc=IN IP4 192.168.1.104/127\nm=audio 16384/2 RTP/AVP 0", "192.168.1.104:16384",
		  "192.168.1.104:16385" },
		/* no address, or one that is not of IPv4 */
		{ SDP, "v=0\n" AUDIO },
		{ SDP, "v=0\nc=IN IP6 2001:db8::1\n" AUDIO },
		{ SDP, "v=0\nc=IN IP4 media.example.com\n" AUDIO },
		{ SDP, "v=0\n" ADDR AUDIO "c=IN IP6 2001:db8::1\n" },
		/* no port */
		{ SDP, "v=0\n" ADDR "m=audio x RTP/AVP 0\n" },
		{ SDP, "v=0\n" ADDR "m=audio 65536 RTP/AVP 0\n" },
		{ SDP, "v=0\n" ADDR },
		/* what the body is called */
		{ "c: application/sdp\n", "v=0\n" ADDR AUDIO, "192.168.1.104:16384", "192.168.1.104:16385" },
		{ "CONTENT-TYPE : Application/SDP ; charset=utf-8\n", "v=0\n" ADDR AUDIO,
		  "192.168.1.104:16384", "192.168.1.104:16385" },
		{ "Content-Type: text/plain\n", "v=0\n" ADDR AUDIO },
		{ "Content-Type: application/sdpx\n", "v=0\n" ADDR AUDIO },
		{ "", "v=0\n" ADDR AUDIO },
		{ SDP, "" },
	};
	struct lab *lab = lab_with("", NULL, "");
	for (size_t i = 0; i < COUNT(rows); i++) {
		char rtp[ENDPOINT_TEXT_MAX], rtcp[ENDPOINT_TEXT_MAX];
		struct session s;
		bool read = read_message(lab, message(lab, rows[i].headers, rows[i].body), &s);
		if (read != (rows[i].rtp != NULL))
			fail_msg("%s%s is %s", rows[i].headers, rows[i].body, read ? "read" : "not read");
		if (!read)
			continue;
		endpoint_print(s.rtp, rtp);
		endpoint_print(s.rtcp, rtcp);
		assert_string_equal(rtp, rows[i].rtp);
		assert_string_equal(rtcp, rows[i].rtcp);
		assert_int_equal(s.direction, rows[i].direction);
	}
	lab_close(lab);
}

TEST(the_origin_tells_sessions_and_versions_apart)
{
	static const struct {
		const char *line;
		uint32_t origin;
		uint64_t id, version;
	} rows[] = {
		{ "o=100 1 2 IN IP4 192.168.1.104\n", HOST, 1, 2 },
		{ "o=- 15724938261203091456 15724938261203091457 IN IP4 192.168.1.104\n", HOST,
		  15724938261203091456u, 15724938261203091457u },
		/* more than 64 bits, no numbers, a name, nothing */
		{ "o=- 18446744073709551616 1 IN IP4 192.168.1.104\n", HOST, 0, 1 },
		{ "o=- a b IN IP4 192.168.1.104\n", HOST, 0, 0 },
		{ "o=- 1 2 IN IP4 phone.example\n", 0, 1, 2 },
		{ "o=\n", 0, 0, 0 },
		{ "", 0, 0, 0 },
	};
	struct lab *lab = lab_with("", NULL, "");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct session s;
		const char *body = arena_printf(lab->arena, "v=0\n%s" ADDR AUDIO, rows[i].line);
		assert_true(read_message(lab, message(lab, SDP, body), &s));
		assert_int_equal(s.origin, rows[i].origin);
		assert_true(s.id == rows[i].id && s.version == rows[i].version);
	}
	lab_close(lab);
}

/* The lines of the body are 5, 24, 25, 12 and 8 bytes long. */
TEST(content_length_says_where_a_body_ends)
{
	static const struct {
		const char *length;
		bool read, cut_short;
		enum direction direction;
		uint32_t rtcp;
	} rows[] = {
		{ "", true, false, DIRECTION_RECVONLY, 9 }, /* up to the end */
		{ "Content-Length: 74\n", true, false, DIRECTION_RECVONLY, 9 },
		{ "l: 66\n", true, false, DIRECTION_RECVONLY, 16385 }, /* what follows is no part of it */
		{ "Content-Length: 54\n", true, false, DIRECTION_SENDRECV, 16385 },
		{ "Content-Length: 29\n", false, false },
		{ "Content-Length: 0\n", false, false },
		{ "Content-Length: 75\n", false, true },
		{ "Content-Length: 4294967295\n", false, true },
	};
	struct lab *lab = lab_with("", NULL, "");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct session s;
		const char *headers = arena_printf(lab->arena, SDP "%s", rows[i].length);
		struct payload *p = message(lab, headers, "v=0\n" ADDR AUDIO "a=recvonly\na=rtcp:9");
		const struct sip_view *v = sip_view(lab->world, p);
		assert_non_null(v);
		assert_int_equal(p->len - v->body_at, 74);
		assert_int_equal(sip_cut_short(p, v), rows[i].cut_short);
		assert_int_equal(session_read(p, v, &s), rows[i].read);
		if (!rows[i].read)
			continue;
		assert_int_equal(s.direction, rows[i].direction);
		assert_int_equal(s.rtcp.port, rows[i].rtcp);
	}
	lab_close(lab);
}

TEST(five_thousand_damaged_descriptions_are_read_or_refused)
{
	static const char *const words[] = {
		"\r\n",
		"\n",
		"=",
		" ",
		"/",
		"c=",
		"m=audio ",
		"m=audio 1 RTP/AVP 0\r\n",
		"a=sendonly\r\n",
		"a=rtcp:",
		"IN IP4 ",
		"4294967296",
		"99999999999999999999",
		"o=- ",
		"1.2.3.4",
		"0",
		"Content-Length: 5\r\n",
		"c: application/sdp\r\n",
	};
	struct lab *lab = lab_with("", NULL, "");
	struct payload *good = message(
		lab, SDP, "v=0\no=- 1 2 IN IP4 1.2.3.4\n" ADDR AUDIO "a=rtcp:9 IN IP4 1.2.3.4\na=sendonly\n");
	struct mutant m = mutant_new(lab->arena, words, COUNT(words));
	int read = 0;
	for (int i = 0; i < 5000; i++) {
		struct session s;
		mutant_of(&m, good->bytes, good->len);
		struct payload *p = payload_new(lab->world->payloads, m.len);
		memcpy(p->bytes, m.bytes, m.len);
		const struct sip_view *v = sip_view(lab->world, p);
		if (v && !session_read(p, v, &s)) {
			assert_int_equal(s.rtp.port + s.rtp.host + s.rtcp.port, 0);
		} else if (v) {
			assert_true(s.rtp.port <= 65535 && s.rtcp.port <= 65535 &&
				    s.direction <= DIRECTION_INACTIVE);
			read++;
		}
		payload_unref(lab->world->payloads, p);
	}
	assert_in_range(read, 500, 4500);
	lab_close(lab);
}

/* --- offer and answer ------------------------------------------------------------------ */

TEST(an_answer_takes_from_the_offer_what_both_sides_want)
{
	static const struct {
		enum direction offered, wished, answer;
	} rows[] = {
		{ DIRECTION_SENDRECV, DIRECTION_SENDRECV, DIRECTION_SENDRECV },
		{ DIRECTION_SENDRECV, DIRECTION_SENDONLY, DIRECTION_SENDONLY },
		{ DIRECTION_SENDRECV, DIRECTION_RECVONLY, DIRECTION_RECVONLY },
		{ DIRECTION_SENDRECV, DIRECTION_INACTIVE, DIRECTION_INACTIVE },
		/* who is put on hold listens at most */
		{ DIRECTION_SENDONLY, DIRECTION_SENDRECV, DIRECTION_RECVONLY },
		{ DIRECTION_SENDONLY, DIRECTION_SENDONLY, DIRECTION_INACTIVE },
		{ DIRECTION_SENDONLY, DIRECTION_RECVONLY, DIRECTION_RECVONLY },
		{ DIRECTION_SENDONLY, DIRECTION_INACTIVE, DIRECTION_INACTIVE },
		{ DIRECTION_RECVONLY, DIRECTION_SENDRECV, DIRECTION_SENDONLY },
		{ DIRECTION_RECVONLY, DIRECTION_SENDONLY, DIRECTION_SENDONLY },
		{ DIRECTION_RECVONLY, DIRECTION_RECVONLY, DIRECTION_INACTIVE },
		{ DIRECTION_RECVONLY, DIRECTION_INACTIVE, DIRECTION_INACTIVE },
		{ DIRECTION_INACTIVE, DIRECTION_SENDRECV, DIRECTION_INACTIVE },
		{ DIRECTION_INACTIVE, DIRECTION_SENDONLY, DIRECTION_INACTIVE },
		{ DIRECTION_INACTIVE, DIRECTION_RECVONLY, DIRECTION_INACTIVE },
		{ DIRECTION_INACTIVE, DIRECTION_INACTIVE, DIRECTION_INACTIVE },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(direction_answer(rows[i].offered, rows[i].wished), rows[i].answer);
}

TEST(an_address_of_nought_is_not_sent_to_but_may_be_heard_from)
{
	static const struct {
		struct session s;
		bool sends, hears;
	} rows[] = {
		{ { .rtp = { HOST, 16384 } }, true, true },
		{ { .rtp = { HOST, 16384 }, .direction = DIRECTION_SENDONLY }, true, false },
		{ { .rtp = { HOST, 16384 }, .direction = DIRECTION_RECVONLY }, false, true },
		{ { .rtp = { HOST, 16384 }, .direction = DIRECTION_INACTIVE }, false, false },
		{ { .rtp = { 0, 16384 } }, true, false },
		{ { .rtp = { HOST, 0 } }, false, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(session_sends(&rows[i].s), rows[i].sends);
		assert_int_equal(session_hears(&rows[i].s), rows[i].hears);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_description_says_where_to_send_and_in_which_direction),
		cmocka_unit_test(measured_descriptions_are_written_to_the_byte),
		cmocka_unit_test(the_longest_description_fits),
		cmocka_unit_test(a_message_that_is_built_with_a_body_reads_back),
		cmocka_unit_test(a_body_that_fits_in_no_datagram_is_not_sent),
		cmocka_unit_test(the_first_audio_stream_is_read),
		cmocka_unit_test(the_origin_tells_sessions_and_versions_apart),
		cmocka_unit_test(content_length_says_where_a_body_ends),
		cmocka_unit_test(five_thousand_damaged_descriptions_are_read_or_refused),
		cmocka_unit_test(an_answer_takes_from_the_offer_what_both_sides_want),
		cmocka_unit_test(an_address_of_nought_is_not_sent_to_but_may_be_heard_from),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
