/* Which cause the evidence shows: rows of what was seen, and among several that fit the one that explains it.
 */
#include <string.h>

#include "models/alg.h"
#include "models/credentials.h"
#include "models/media.h"
#include "models/nat.h"
#include "models/phone.h"
#include "models/server.h"
#include "models/sip.h"
#include "models/ua.h"
#include "models/via.h"
#include "scenarios/cause.h"
#include "scenarios/knob_place.h"
#include "tests/lab.h"

#define PHONE                    \
	{                        \
		0xC0A80168, 5060 \
	} /* 192.168.1.104 */
#define SENDS                     \
	{                         \
		0xC0A80168, 50933 \
	} /* from where an asymmetric phone sends */
#define INNER                    \
	{                        \
		0x64400064, 5060 \
	} /* 100.64.0.100 */
#define MAPPED                    \
	{                         \
		0xCB007111, 23201 \
	} /* 203.0.113.17 */
#define KEPT                      \
	{                         \
		0xCB007111, 50933 \
	}
#define VIA                      \
	{                        \
		0xCB007111, 5060 \
	}
#define PRIVATE PHONE

/* The nodes of the lab, by whom a row names them. */
enum who { DESK, OTHER, HOME, PBX, WHO };

/* Where the server is, and so where it writes that the phone were. */
#define SERVER                    \
	{                         \
		0xC6336464, 5060 \
	}
static const struct node_ops phone_kind = { .kind = "phone" }, router_kind = { .kind = "router" }, server_kind = { .kind = "server" };
static const struct node nodes[WHO] = { [DESK] = { .name = "desk", .ops = &phone_kind },
					[OTHER] = { .name = "other", .ops = &phone_kind },
					[HOME] = { .name = "home", .ops = &router_kind },
					[PBX] = { .name = "pbx", .ops = &server_kind } };
static struct iface ifaces[WHO];

static const struct sighting restart = { .at = 60 * SEC,
					 .iface = &ifaces[HOME],
					 .fact = &fact_router_restarted };

struct row {
	const char *cause;
	const struct fact *lost; /* NULL: nothing was */
	enum who at;
	struct endpoint to; /* of what was lost, and of the answer when `rule` is given */
	const struct fact *rule;
	struct endpoint first, inner, provoked;
	uint64_t status;
	const struct fact *note;
	bool inward, worked, astray, upset, rewritten, not_pinged, not_forced;
	/* of calls */
	enum part part;
	const char *what; /* was lost; NULL: a 401 */
	bool uri_differs, call_id, forked, taken, misinformed;
	unsigned idle; /* enum alg_idle */
};

static struct evidence evidence_of(const struct row *row)
{
	struct evidence e = {
		.subject = &nodes[DESK],
		.sender = &nodes[row->inward ? PBX : DESK],
		.first = { .id = 1,
			   .iface = &ifaces[row->inward ? PBX : DESK],
			   .src = row->first,
			   .label = "REGISTER" },
		.inner = row->inner,
		.sent = 1,
		.status = row->status,
		.note = row->note,
		.worked = row->worked,
		.via_rewritten = row->rewritten,
		.traits = { row->rewritten, row->not_pinged, row->misinformed, (uint8_t)row->idle },
		.part = row->part,
		.uri_differs = row->uri_differs,
		.call_id_rewritten = row->call_id,
		.forked = row->forked,
		.taken_by = row->taken ? &nodes[OTHER] : NULL,
		.not_forced = row->not_forced,
		.astray = row->astray,
		.upset = row->upset ? &restart : NULL,
		.since = row->inward ? 0 : -1,
	};
	if (row->rule) {
		e.answered = (struct sighting){
			.id = 3, .iface = &ifaces[PBX], .dst = row->to, .fact = row->rule
		};
		e.provoked = (struct sighting){ .id = 2, .src = row->provoked };
		e.lost_answer = row->lost != NULL;
	}
	if (row->lost)
		e.lost = (struct sighting){
			.id = 4, .iface = &ifaces[row->at], .dst = row->to, .label = row->what ? row->what : "401", .fact = row->lost
		};
	if (row->at == PBX)
		e.lost.src = (struct endpoint)SERVER;
	return e;
}

static void assert_causes(const struct row *rows, size_t n)
{
	for (int i = 0; i < WHO; i++)
		ifaces[i].node = (struct node *)(uintptr_t)&nodes[i];
	for (size_t i = 0; i < n; i++) {
		struct arena *a = arena_new();
		const struct evidence e = evidence_of(&rows[i]);
		const struct cause *cause = cause_of(&e);
		print_message("           %s\n", cause->tell(&e, a));
		if (strcmp(cause->word, rows[i].cause) != 0)
			fail_msg("row %zu shows %s and not %s", i, cause->word, rows[i].cause);
		arena_free(a);
	}
}

TEST(of_several_causes_that_fit_the_one_that_explains_is_taken)
{
	const struct fact *via_port = &fact_rule_via_port_other;
	const struct row rows[] = {
		/* an answer to the Via port */
		{ "reply-to-via-port", &fact_nat_no_mapping, HOME, VIA, via_port, PHONE, MAPPED, MAPPED,
		  .status = 0 },
		{ "reply-to-via-port", &fact_nat_filtered, HOME, VIA, via_port, PHONE, MAPPED, MAPPED,
		  .status = 0 },
		/* it would have died without the restart */
		{ "reply-to-via-port", &fact_nat_no_mapping, HOME, VIA, via_port, PHONE, MAPPED, MAPPED,
		  .upset = true },
		/* the router kept a port that is not the one in the Via */
		{ "asymmetric-phone-preserved-port", &fact_nat_no_mapping, HOME, VIA, via_port, SENDS, KEPT,
		  KEPT, .status = 0 },
		/* the first router kept the port, and another one lost it */
		{ "double-nat", &fact_nat_no_mapping, HOME, VIA, via_port, PHONE, INNER, MAPPED,
		  .status = 0 },
		/* somebody wrote that port into the Via, or into the Contact */
		{ "alg-wrong-port", &fact_nat_no_mapping, HOME, VIA, via_port, PHONE, MAPPED, MAPPED, .rewritten = true },
		{ "alg-wrong-port", &fact_nat_no_mapping, HOME, VIA, .inward = true, .rewritten = true },
		{ "mapping-expired", &fact_nat_no_mapping, HOME, VIA, .inward = true, .rewritten = true, .worked = true },
		{ "mapping-expired", &fact_nat_expired, HOME, VIA, via_port, PHONE, MAPPED, MAPPED,
		  .status = 0 },
		/* an answer to the source */
		{ "router-restarted", &fact_nat_no_mapping, HOME, MAPPED, &fact_rule_rport, PHONE, MAPPED,
		  MAPPED, .upset = true },
		{ "asymmetric-phone-forced-rport", &fact_port_closed, DESK, SENDS, &fact_rule_forced, SENDS,
		  SENDS, SENDS, .status = 0 },
		{ "asymmetric-phone-via-mapped", &fact_port_closed, DESK, SENDS, &fact_rule_sent_by, SENDS, MAPPED,
		  MAPPED, .rewritten = true },
		/* somebody else got it */
		{ "two-phones-one-port", &fact_others_response, OTHER, VIA, via_port, PHONE, MAPPED, MAPPED,
		  .status = 0 },
		{ "two-phones-one-port", &fact_no_transaction, OTHER, VIA, via_port, PHONE, MAPPED, MAPPED,
		  .status = 0 },
		{ "two-phones-one-port", &fact_nat_port_taken, HOME, VIA, .first = PHONE },
		{ "misdelivered", &fact_others_response, OTHER, VIA, via_port, PHONE, MAPPED, MAPPED,
		  .astray = true },
		{ "alg-drops", &fact_alg_unparsable, HOME, VIA, .first = PHONE },
		{ "alg-drops", &fact_alg_port_taken, HOME, VIA, .first = PHONE, .rewritten = true },
		{ "response-discarded", &fact_via_not_mine, DESK, PHONE, via_port, PHONE, MAPPED, MAPPED,
		  .status = 0 },
		/* a request of the server */
		{ "private-contact", &fact_no_route, PBX, PRIVATE, .inward = true },
		{ "private-contact", &fact_no_route, PBX, INNER, .inward = true },
		{ "no-route", &fact_no_route, PBX, MAPPED, .inward = true },
		{ "router-restarted", &fact_no_route, PBX, MAPPED, .inward = true, .worked = true,
		  .upset = true },
		{ "router-restarted", &fact_nat_no_mapping, HOME, MAPPED, .inward = true, .worked = true,
		  .upset = true },
		{ "router-restarted", &fact_others_request, OTHER, MAPPED, .inward = true, .worked = true,
		  .upset = true },
		{ "two-phones-one-port", &fact_others_request, OTHER, MAPPED, .status = 404, .inward = true },
		{ "mapping-expired", &fact_nat_no_mapping, HOME, MAPPED, .inward = true, .worked = true },
		{ "mapping-expired", &fact_nat_expired, HOME, MAPPED, .inward = true },
		/* nobody pinged it: because of the ALG, or because its own Contact is public */
		{ "alg-blinds-nat-tests", &fact_nat_expired, HOME, MAPPED, .inward = true, .rewritten = true, .not_pinged = true },
		{ "mapping-expired", &fact_nat_expired, HOME, MAPPED, .inward = true, .not_pinged = true },
		/* the server would have answered to the source, if the ALG had not written its address into the Via */
		{ "alg-blinds-nat-tests", &fact_nat_no_mapping, HOME, VIA, &fact_rule_sent_by, PHONE, MAPPED, MAPPED,
		  .rewritten = true, .not_forced = true },
		{ "reply-to-via-port", &fact_nat_no_mapping, HOME, VIA, &fact_rule_sent_by, PHONE, MAPPED, MAPPED,
		  .not_forced = true },
		/* which would not have helped a phone that only sends from there */
		{ "alg-wrong-port", &fact_nat_no_mapping, HOME, VIA, &fact_rule_sent_by, SENDS, MAPPED, MAPPED,
		  .rewritten = true, .not_forced = true },
		{ "contact-port-unmapped", &fact_nat_no_mapping, HOME, VIA, .inward = true },
		{ "asymmetric-phone-stored-source", &fact_port_closed, DESK, SENDS, .inward = true },
		{ "no-binding", NULL, .note = &fact_no_binding, .inward = true },
		{ "no-binding", NULL, .note = &fact_no_binding, .inward = true, .upset = true },
		{ "no-binding", NULL, .status = 480, .inward = true },
		/* the phone's own address is no Contact that somebody stored */
		{ "no-route", &fact_no_route, DESK, PRIVATE, .first = PHONE },
		{ "no-hairpin", &fact_nat_hairpin_off, HOME, VIA, .first = PHONE },
		/* what the server said counts more than what was lost before */
		{ "wrong-password", &fact_wire_lost, HOME, VIA, .status = 401,
		  .note = &fact_credentials_refused },
		{ "wrong-password", NULL, .status = 403, .note = &fact_wrong_password },
		{ "no-common-algorithm", NULL, .status = 401, .note = &fact_challenge_unusable },
		{ "refused", &fact_wire_lost, HOME, VIA, .status = 404 },
		{ "lost-on-the-wire", &fact_wire_lost, HOME, VIA, .status = 0 },
		{ "no-outside-port", &fact_nat_full, HOME, VIA, .first = PHONE },
		{ "too-long-to-pass", &fact_too_long, HOME, VIA, .first = PHONE },
		{ "port-closed", &fact_port_closed, PBX, VIA, .first = PHONE },
		{ "port-closed", &fact_port_closed, PBX, VIA, .first = PHONE, .status = 503 },
		{ "no-answer", NULL, .first = PHONE },
	};
	assert_causes(rows, COUNT(rows));
}

TEST(of_a_call_the_first_wrong_decision_is_named)
{
	const struct fact *no_route = &fact_no_route, *unmapped = &fact_nat_no_mapping, *expired = &fact_nat_expired;
	const struct row rows[] = {
		/* where the ACK and the BYE went, and what became of them */
		{ "ack-lost", no_route, PBX, PRIVATE, .inward = true, .part = PART_ACK, .what = "ACK" },
		{ "ack-lost", unmapped, HOME, VIA, .inward = true, .part = PART_ACK, .what = "ACK" },
		{ "ack-lost", expired, HOME, MAPPED, &fact_to_seen, .inward = true, .part = PART_ACK, .what = "ACK" },
		{ "ack-lost", no_route, DESK, PRIVATE, .part = PART_ACK, .what = "ACK" },
		{ "bye-lost", no_route, PBX, PRIVATE, .inward = true, .part = PART_HANGUP, .what = "BYE" },
		{ "bye-lost", expired, HOME, MAPPED, &fact_to_seen, .inward = true, .part = PART_HANGUP, .what = "BYE" },
		/* it is another story when that was nobody's mistake in the call */
		{ "lost-on-the-wire", &fact_wire_lost, HOME, MAPPED, .inward = true, .part = PART_ACK, .what = "ACK" },
		{ "router-restarted", unmapped, HOME, MAPPED, .inward = true, .part = PART_HANGUP, .what = "BYE", .upset = true },
		{ "fragments-dropped", &fact_fragment_refused, HOME, MAPPED, .inward = true, .part = PART_SETUP, .what = "INVITE" },
		/* the BYE came, and its answer did not */
		{ "reply-to-via-port", unmapped, HOME, VIA, &fact_rule_via_port_other, PHONE, MAPPED, MAPPED,
		  .part = PART_HANGUP, .what = "200" },
		/* an INVITE has no ACK to lose */
		{ "private-contact", no_route, PBX, PRIVATE, .inward = true, .part = PART_SETUP, .what = "INVITE" },
		{ "mapping-expired", expired, HOME, MAPPED, .inward = true, .part = PART_SETUP, .what = "INVITE" },
		/* the server's own decisions */
		{ "other-server-port", &fact_nat_filtered, HOME, MAPPED, .inward = true, .part = PART_SETUP, .what = "INVITE" },
		{ "wrong-received", no_route, PBX, SERVER, .inward = true, .misinformed = true, .what = "INVITE" },
		{ "private-contact", no_route, PBX, PRIVATE, .inward = true, .misinformed = true, .what = "INVITE" },
		{ "stale-binding-forked", NULL, .inward = true, .part = PART_ACK, .forked = true, .taken = true },
		{ "no-answer", NULL, .inward = true, .part = PART_ACK, .forked = true },
		/* what was written on the way */
		{ "digest-uri-altered", NULL, .first = PHONE, .status = 401, .note = &fact_credentials_refused,
		  .uri_differs = true },
		{ "content-length-stale", NULL, .first = PHONE, .status = 400, .note = &fact_cut_short },
		{ "content-length-stale", &fact_cut_short, DESK, PHONE, .first = PHONE },
		{ "dialog-identifiers-altered", NULL, .inward = true, .status = 481, .part = PART_HANGUP, .call_id = true },
		{ "dialog-identifiers-altered", &fact_no_dialog, DESK, PHONE, .inward = true, .part = PART_ACK, .what = "ACK",
		  .call_id = true },
		{ "dialog-identifiers-altered", NULL, .inward = true, .status = 481, .part = PART_HANGUP, .note = &fact_other_uris },
		{ "refused", NULL, .inward = true, .status = 481, .part = PART_HANGUP },
		{ "request-uri-not-mine", NULL, .inward = true, .status = 404, .note = &fact_not_my_contact },
		/* an ALG would have helped, and looks elsewhere */
		{ "alg-not-on-this-port", unmapped, HOME, VIA, &fact_rule_via_port_other, PHONE, MAPPED, MAPPED,
		  .idle = ALG_IDLE_VIA },
		{ "reply-to-via-port", unmapped, HOME, VIA, &fact_rule_via_port_other, PHONE, MAPPED, MAPPED,
		  .idle = ALG_IDLE_CONTACT },
		{ "alg-not-on-this-port", no_route, PBX, PRIVATE, .inward = true, .idle = ALG_IDLE_CONTACT },
		{ "alg-not-on-this-port", no_route, PBX, PRIVATE, .inward = true, .part = PART_ACK, .what = "ACK",
		  .idle = ALG_IDLE_CONTACT },
		{ "private-contact", no_route, PBX, PRIVATE, .inward = true, .idle = ALG_IDLE_VIA },
	};
	assert_causes(rows, COUNT(rows));
}

/* What pbx sends to desk is lost at a place. */
TEST(audio_that_is_not_heard_has_the_cause_of_where_it_was_sent_to)
{
	const struct fact *sdp = &fact_media_to_sdp, *first = &fact_media_to_sdp_first, *source = &fact_media_to_source;
	const struct {
		const char *cause;
		const struct fact *lost; /* NULL: nothing was */
		enum who at;
		struct endpoint to;
		const struct fact *rule;
		bool worked, unsaid, upset, unsent;
		const char *told;
	} rows[] = {
		{ "private-media-address", &fact_no_route, PBX, PRIVATE, sdp,
		  .told = "pbx sends the audio for desk to 192.168.1.104:5060, as SDP says: a private address, to which it has no way" },
		{ "private-media-address", &fact_no_route, PBX, PRIVATE, sdp, .unsaid = true, .told = "" },
		/* it latches on, and desk has spoken: what it said did not arrive */
		{ "private-media-address", &fact_no_route, PBX, PRIVATE, first, .told = "" },
		/* it latches on, and desk is silent */
		{ "both-wait-for-audio", &fact_no_route, PBX, PRIVATE, first, .unsaid = true,
		  .told = "desk sends no audio, and pbx sends to 192.168.1.104:5060, as SDP says, until it hears some from desk" },
		{ "both-wait-for-audio", NULL, .unsaid = true, .unsent = true,
		  .told = "neither desk nor pbx sends audio: each waits for the other" },
		{ "no-route", &fact_no_route, PBX, MAPPED, sdp, .told = "" },
		{ "media-not-hairpinned", &fact_nat_hairpin_off, HOME, VIA, sdp,
		  .told = "the audio of pbx for desk went to 203.0.113.17:5060, an outside address of home, came from inside and was "
			  "not let in again" },
		/* a port that was never open, and one that was */
		{ "media-port-unmapped", &fact_nat_no_mapping, HOME, VIA, sdp,
		  .told = "pbx sends the audio for desk to 203.0.113.17:5060, as SDP says, a port that home has not opened for it" },
		{ "media-port-unmapped", &fact_nat_filtered, HOME, VIA, first, .told = "" },
		{ "mapping-expired", &fact_nat_expired, HOME, MAPPED, sdp, .worked = true, .told = "" },
		{ "mapping-expired", &fact_nat_expired, HOME, MAPPED, source, .worked = true, .told = "" },
		{ "mapping-expired", &fact_nat_no_mapping, HOME, MAPPED, source, .worked = true, .told = "" },
		{ "router-restarted", &fact_nat_no_mapping, HOME, MAPPED, source, .worked = true, .upset = true, .told = "" },
		/* it went to somebody else: who has the port now, or who was the first to be heard */
		{ "two-phones-one-port", &fact_audio_of_another, OTHER, MAPPED, source, .worked = true, .told = "" },
		{ "two-phones-one-port", &fact_port_closed, OTHER, VIA, sdp, .told = "" },
		{ "latched-on-wrong-source", &fact_audio_of_another, OTHER, MAPPED, source,
		  .told = "pbx sends the audio for desk to 203.0.113.17:23201, from where it heard some, and desk is not there" },
		{ "latched-on-wrong-source", &fact_port_closed, OTHER, MAPPED, source, .told = "" },
		{ "latched-on-wrong-source", &fact_nat_no_mapping, HOME, MAPPED, source, .told = "" },
		{ "latched-on-wrong-source", &fact_port_closed, DESK, SENDS, source,
		  .told = "pbx sends the audio for desk to 192.168.1.104:50933, from where it heard it, and there desk only sends" },
		/* that place was the right one before: who hears there, or a relay, has restarted */
		{ "port-closed", &fact_port_closed, DESK, MAPPED, source, .worked = true,
		  .told = "the RTP for 203.0.113.17:23201 reached desk, and nothing listens there on that port" },
		{ "port-closed", &fact_port_closed, PBX, VIA, sdp, .worked = true,
		  .told = "the RTP for 203.0.113.17:5060 reached pbx, and nothing listens there on that port" },
		{ "port-closed", &fact_port_closed, PBX, VIA, source, .worked = true, .told = "" },
		{ "latched-on-wrong-source", &fact_media_other_source, PBX, MAPPED, sdp, .told = "" },
		{ "lost-on-the-wire", &fact_wire_lost, HOME, MAPPED, source, .told = "3 datagrams were lost on the wire, last at home" },
	};
	for (int i = 0; i < WHO; i++)
		ifaces[i].node = (struct node *)(uintptr_t)&nodes[i];
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_new();
		struct evidence e = {
			.part = PART_AUDIO,
			.subject = &nodes[DESK],
			.sender = &nodes[PBX],
			.answered = { .id = 3, .iface = &ifaces[PBX], .dst = rows[i].to, .fact = rows[i].rule },
			.worked = rows[i].worked,
			.unsaid = rows[i].unsaid,
			.upset = rows[i].upset ? &restart : NULL,
			.sent = !rows[i].unsent,
			.drops = 3,
		};
		if (rows[i].lost)
			e.lost = (struct sighting){ .id = 4,
						    .iface = &ifaces[rows[i].at],
						    .dst = rows[i].to,
						    .label = "RTP",
						    .fact = rows[i].lost };
		const struct cause *cause = cause_of(&e);
		const char *told = cause->tell(&e, a);
		print_message("           %s\n", told);
		if (strcmp(cause->word, rows[i].cause) != 0)
			fail_msg("row %zu shows %s and not %s", i, cause->word, rows[i].cause);
		if (*rows[i].told)
			assert_string_equal(told, rows[i].told);
		arena_free(a);
	}
}

/* `viaport explain` shows all of it. */
TEST(a_cause_teaches_what_happens_why_and_what_helps)
{
	for (const struct cause *c = causes; c->word; c++) {
		assert_non_null(c->title);
		assert_non_null(c->happens);
		assert_non_null(c->packets);
		assert_non_null(c->why);
		assert_non_null(c->cures);
		assert_ptr_equal(cause_find(c->word, strlen(c->word)), c);
		assert_ptr_equal(cause_find(c->id, strlen(c->id)), c);
	}
}

TEST(a_gateway_whose_credentials_are_refused_is_named_beside_its_phone)
{
	static const struct node gateway = { .name = "gw" };
	const struct row row = { "wrong-password", .note = &fact_credentials_refused, .status = 403,
				 .rule = &fact_rule_rport };
	struct evidence e = evidence_of(&row);
	struct arena *a = arena_new();
	e.noter = e.subject;
	assert_string_equal(cause_of(&e)->tell(&e, a),
			    "pbx refused the credentials of desk: the password does not fit");
	e.noter = &gateway;
	assert_string_equal(cause_of(&e)->tell(&e, a),
			    "pbx refused the credentials of gw, which registers for desk: the password does not fit");
	arena_free(a);
}

TEST(who_has_never_registered_was_not_forgotten)
{
	const struct row row = { "no-binding", .note = &fact_no_binding, .inward = true };
	struct evidence e = evidence_of(&row);
	struct arena *a = arena_new();
	assert_string_equal(cause_of(&e)->tell(&e, a), "pbx has no binding of desk any more");
	e.since = -1;
	assert_string_equal(cause_of(&e)->tell(&e, a), "pbx has no binding of desk");
	arena_free(a);
}

TEST(the_knobs_on_which_a_cause_hangs_exist)
{
	struct knob_place place;
	for (const struct cause *c = causes; c->word; c++) {
		for (const char *const *knob = c->knobs; knob && *knob; knob++) {
			if (!knob_place_named(*knob, &place))
				fail_msg("%s hangs on '%s', which is no knob", c->word, *knob);
			assert_true(cause_hangs_on(c, *knob));
		}
		if (!c->knobs)
			assert_string_equal(c->word, "no-answer");
	}
}

TEST(a_cause_hangs_on_a_knob_of_all_of_one_and_of_a_remedy)
{
	const struct {
		const char *knob;
		bool hangs;
	} rows[] = {
		{ "phone rport", true },
		{ "alice rport", true },
		{ "remedy phones.rport", true },
		{ "router alg.out-request.via", true },
		{ "home alg.out-request.via", true },
		{ "remedy servers.force-rport", true },
		{ "server ports", false }, /* of a router it would be one */
		{ "remedy phones.ports", false },
		{ "server challenge", false },
		{ "router udp-timeout.first", false },
		{ "router alg.out-request.sdp-o", false },
	};
	const struct cause *c = cause_find("F01", 3);
	for (size_t i = 0; i < COUNT(rows); i++)
		if (cause_hangs_on(c, rows[i].knob) != rows[i].hangs)
			fail_msg("%s: not as wanted", rows[i].knob);
	assert_true(causes_of_knob("phone rport") & UINT64_C(1) << (c - causes));
	assert_int_equal(causes_of_knob("server challenge"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_several_causes_that_fit_the_one_that_explains_is_taken),
		cmocka_unit_test(audio_that_is_not_heard_has_the_cause_of_where_it_was_sent_to),
		cmocka_unit_test(of_a_call_the_first_wrong_decision_is_named),
		cmocka_unit_test(a_cause_teaches_what_happens_why_and_what_helps),
		cmocka_unit_test(who_has_never_registered_was_not_forgotten),
		cmocka_unit_test(the_knobs_on_which_a_cause_hangs_exist),
		cmocka_unit_test(a_cause_hangs_on_a_knob_of_all_of_one_and_of_a_remedy),
		cmocka_unit_test(a_gateway_whose_credentials_are_refused_is_named_beside_its_phone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
