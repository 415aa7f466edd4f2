/*
 * What ALGs write into messages: pairs of files, before and after.
 *
 * tests/golden/alg/before/WAY.sip holds the flow's own address in every part of a message;
 * tests/golden/alg/WAY/PART.sip is the same with one switch on. tests/golden/alg/pairs holds the special
 * cases. In all of them the phone is 192.168.1.104:5060 and stands outside as 86.5.223.17:23201, unless the
 * row says otherwise.
 */
#include <string.h>

#include "models/alg_edits.h"
#include "models/sip_move.h"
#include "models/sip_scan.h"
#include "models/sip_shared.h"
#include "tests/lab.h"

static const char *const ways[ALG_WAYS] = {
	[ALG_OUT_REQUEST] = "out-request",
	[ALG_OUT_RESPONSE] = "out-response",
	[ALG_IN_REQUEST] = "in-request",
	[ALG_IN_RESPONSE] = "in-response",
};

struct row {
	const char *before, *after;
	enum alg_way way;
	const char *knobs;
	const char *inside; /* NULL: 192.168.1.104:5060 */
	bool refused;	    /* libosip2 refuses it; the edits take it as it is scanned */
	bool cut_short; /* what comes out has a body shorter than its Content-Length */
};

static int followed; /* views that could be moved along with the text */

/* --- one row --------------------------------------------------------------------------- */

static struct payload *file_payload(struct world *w, const char *name)
{
	size_t len;
	char *text = file_read(w->arena, arena_printf(w->arena, "golden/alg/%s", name), &len);
	struct payload *p = payload_new(w->payloads, len);
	memcpy(p->bytes, text, len);
	return p;
}

static const struct alg_profile *profile_of(struct world *w, const char *knobs)
{
	struct alg_profile *profile = arena_alloc(w->arena, sizeof *profile);
	knobs_read(alg_fields, w->arena, knobs, profile);
	return profile;
}

static const struct alg_pair media[] = {
	{ { 0, 16384 }, { 0, 40000 } },
	{ { 0, 16390 }, { 0, 16390 } },
};

static const struct sip_view *view_of(struct world *w, const struct row *row, struct payload *p)
{
	struct sip_view *scanned = arena_alloc(w->arena, sizeof *scanned);
	const struct sip_view *v = sip_view(w, p);
	if (!v != row->refused)
		fail_msg("%s is %s SIP message", row->before, row->refused ? "a" : "no");
	if (v)
		return v;
	assert_true(sip_scan(p->bytes, p->len, scanned));
	return scanned;
}

static struct payload *edited(struct world *w, const struct row *row, struct payload *before)
{
	struct alg_message m = {
		.profile = profile_of(w, row->knobs),
		.way = row->way,
		.flow = { endpoint_of(row->inside ? row->inside : "192.168.1.104:5060"),
			  endpoint_of("86.5.223.17:23201") },
		.media = media,
		.n_media = COUNT(media),
		.text = before->bytes,
		.len = before->len,
		.view = view_of(w, row, before),
	};
	assert_int_equal(m.view->request, row->way == ALG_OUT_REQUEST || row->way == ALG_IN_REQUEST);
	struct alg_places *places = alg_places_new(w->arena);
	return alg_find(places, &m) ? alg_payload(places, w->payloads, before) : payload_ref(before);
}

/* The record of changes, applied to the text before, gives the text after. */
static void assert_changes(struct payload *before, struct payload *after)
{
	const struct change *c = payload_changes(after);
	uint32_t old = 0, new = 0;
	for (uint32_t i = 0; i < after->changes; i++) {
		assert_int_equal(c[i].old_at - old, c[i].at - new);
		assert_memory_equal(before->bytes + old, after->bytes + new, c[i].at - new);
		old = (uint32_t)c[i].old_at + c[i].old_len;
		new = (uint32_t)c[i].at + c[i].len;
	}
	assert_int_equal(before->len - old, after->len - new);
	assert_memory_equal(before->bytes + old, after->bytes + new, before->len - old);
}

/* Where the view of what it was can be moved along, it is what a reader finds. */
static bool assert_moved(const struct sip_view *before, struct payload *after)
{
	struct sip_view moved, scanned;
	if (!sip_view_moved(before, after, &moved))
		return false;
	assert_true(sip_scan(after->bytes, after->len, &scanned));
	assert_true(sip_view_equal(&moved, &scanned));
	return true;
}

static void check(const struct row *row)
{
	struct arena *a = arena_new();
	struct world *w = world_new(a, &(struct world_setup){ 0 });
	sip_setup(w, false);
	struct payload *before = file_payload(w, row->before), *after = edited(w, row, before);
	assert_changes(before, after);
	followed += assert_moved(view_of(w, row, before), after);
	struct payload *wanted = file_payload(w, row->after);
	if (after->len != wanted->len || memcmp(after->bytes, wanted->bytes, wanted->len) != 0)
		fail_msg("%s with \"%s\" is\n%s\nand not\n%s", row->before, row->knobs, after->bytes,
			 wanted->bytes);
	const struct sip_view *v = sip_view(w, after);
	if (!v != row->refused)
		fail_msg("%s with \"%s\" is no SIP message", row->before, row->knobs);
	if (v && sip_cut_short(after, v) != row->cut_short)
		fail_msg("%s with \"%s\" is %s", row->before, row->knobs,
			 row->cut_short ? "still whole" : "cut short");
	arena_free(a);
}

/* --- every edit, every way ------------------------------------------------------------- */

static const char *const parts[] = { "request-uri",  "via",   "contact", "from-to", "call-id",
				     "record-route", "sdp-c", "sdp-o",	 "sdp-m" };

static bool has_part(enum alg_way way, const char *part)
{
	bool request = way == ALG_OUT_REQUEST || way == ALG_IN_REQUEST;
	bool out = way == ALG_OUT_REQUEST || way == ALG_OUT_RESPONSE;
	return (request || strcmp(part, "request-uri") != 0) && (out || strcmp(part, "sdp-m") != 0);
}

TEST(each_switch_changes_its_part_of_a_message_and_nothing_else)
{
	struct arena *a = arena_new();
	int rows = 0;
	for (int way = 0; way < ALG_WAYS; way++)
		for (size_t i = 0; i < COUNT(parts); i++) {
			if (!has_part((enum alg_way)way, parts[i]))
				continue;
			rows++;
			check(&(struct row){
				.before = arena_printf(a, "before/%s.sip", ways[way]),
				.after = arena_printf(a, "%s/%s.sip", ways[way], parts[i]),
				.way = (enum alg_way)way,
				.knobs = arena_printf(a, "%s.%s=on", ways[way], parts[i]),
			});
		}
	assert_int_equal(rows, 32);
	arena_free(a);
}

/* All switches of a way are on; the message goes the other way, so it holds the address that is not looked
 * for. */
TEST(a_message_in_which_nothing_is_eligible_stays_as_it_is)
{
	struct arena *a = arena_new();
	for (int way = 0; way < ALG_WAYS; way++) {
		enum alg_way other = (enum alg_way)(way ^ ALG_IN_REQUEST);
		const char *all = "", *file = arena_printf(a, "before/%s.sip", ways[other]);
		for (size_t i = 0; i < COUNT(parts); i++)
			if (has_part((enum alg_way)way, parts[i]) && strcmp(parts[i], "sdp-m") != 0)
				all = arena_printf(a, "%s %s.%s=on", all, ways[way], parts[i]);
		check(&(struct row){ file, file, (enum alg_way)way, all });
	}
	arena_free(a);
}

/* --- special cases --------------------------------------------------------------------- */

#define VIA_CONTACT "out-request.via=on out-request.contact=on"
#define SDP	    "out-request.sdp-c=on out-request.sdp-o=on"
#define IN_VIA	    "in-response.via=on in-response.contact=on"

#define PAIR(name) .before = "pairs/" name ".before", .after = "pairs/" name ".after"

static const struct row pairs[] = {
	/* no port is port 5060; another port, a name and IPv6 are not the flow */
	{ PAIR("via-no-port"), ALG_OUT_REQUEST, VIA_CONTACT },
	{ PAIR("via-another-port"), ALG_OUT_REQUEST, "out-request.via=on" },
	{ PAIR("via-name"), ALG_OUT_REQUEST, "out-request.via=on" },
	{ PAIR("via-ipv6"), ALG_OUT_REQUEST, VIA_CONTACT },
	/* folds and blanks are part of the address that is replaced */
	{ PAIR("via-folded"), ALG_OUT_REQUEST, VIA_CONTACT },
	{ PAIR("via-spaces"), ALG_OUT_REQUEST, VIA_CONTACT },
	{ PAIR("via-top-only"), ALG_OUT_REQUEST, "out-request.via=on" },
	/* a phone that wrote its public address itself gets a Via that it did not write */
	{ PAIR("via-written-public"), ALG_IN_RESPONSE, "in-response.via=on" },
	/* one-letter names, known and not known */
	{ PAIR("compact"), ALG_OUT_REQUEST, VIA_CONTACT " out-request.from-to=on out-request.call-id=on" },
	{ PAIR("compact-missed"), ALG_OUT_REQUEST,
	  VIA_CONTACT " out-request.from-to=on out-request.call-id=on compact-names=off" },
	/* every Contact; quoted strings, users and headers of URIs are no addresses */
	{ PAIR("contacts"), ALG_OUT_REQUEST, VIA_CONTACT },
	{ PAIR("contact-star"), ALG_OUT_REQUEST, VIA_CONTACT },
	{ PAIR("contact-private-any"), ALG_OUT_REQUEST, VIA_CONTACT " match=private-any" },
	/* the same in the other headers: folds, quoted strings, no port, another port, IPv6, more than one */
	{ PAIR("from-to-odd"), ALG_OUT_REQUEST, "out-request.from-to=on" },
	{ PAIR("record-routes"), ALG_OUT_REQUEST, "out-request.record-route=on" },
	{ PAIR("request-uri-no-port"), ALG_OUT_REQUEST, "out-request.request-uri=on" },
	{ PAIR("request-uri-ipv6"), ALG_OUT_REQUEST, "out-request.request-uri=on" },
	{ PAIR("call-id-folded"), ALG_OUT_REQUEST, "out-request.call-id=on" },
	{ PAIR("call-id-odd"), ALG_OUT_REQUEST, "out-request.call-id=on" },
	/* what becomes of ports */
	{ PAIR("contact-port-kept"), ALG_OUT_REQUEST, VIA_CONTACT " match=private-any port=keep" },
	{ PAIR("port-const-5060"), ALG_OUT_REQUEST, VIA_CONTACT " port=const-5060", "192.168.1.104:5070" },
	{ PAIR("port-const-5060-in"), ALG_IN_RESPONSE, IN_VIA " port=const-5060", "192.168.1.104:5070" },
	{ PAIR("port-strip"), ALG_OUT_REQUEST, VIA_CONTACT " port=strip", "192.168.1.104:5070" },
	{ PAIR("port-strip-in"), ALG_IN_RESPONSE, IN_VIA " port=strip", "192.168.1.104:5070" },
	{ PAIR("port-only"), ALG_OUT_REQUEST, "out-request.via=on host=none" },
	{ PAIR("port-only-in"), ALG_IN_RESPONSE, "in-response.via=on host=none" },
	{ PAIR("port-kept-in"), ALG_IN_RESPONSE,
	  "in-response.via=on match=private-any port=keep rport-in=wrong" },
	/* blind */
	{ PAIR("text"), ALG_OUT_REQUEST,
	  VIA_CONTACT " out-request.request-uri=on out-request.from-to=on out-request.call-id=on "
		      "out-request.sdp-c=on match=text"
		      " port=keep rport-out=strip content-length=stale",
	  .cut_short = true },
	{ PAIR("text-in"), ALG_IN_RESPONSE, IN_VIA " match=text port=keep" },
	/* rport on the way out */
	{ PAIR("rport-strip"), ALG_OUT_REQUEST, "rport-out=strip" },
	{ PAIR("rport-strip-value"), ALG_OUT_REQUEST, "rport-out=strip" },
	{ PAIR("rport-add"), ALG_OUT_REQUEST, "rport-out=add out-request.via=on" },
	{ PAIR("rport-add-there"), ALG_OUT_REQUEST, "rport-out=add" },
	/* rport and received on the way back: only the own mapping, and only in a Via that carries it */
	{ PAIR("rport-private"), ALG_IN_RESPONSE, IN_VIA " rport-in=private" },
	{ PAIR("rport-wrong"), ALG_IN_RESPONSE, IN_VIA " rport-in=wrong" },
	{ PAIR("rport-keep"), ALG_IN_RESPONSE, IN_VIA " rport-in=keep" },
	{ PAIR("rport-private-of-another"), ALG_IN_RESPONSE, IN_VIA " rport-in=private" },
	{ PAIR("rport-private-foreign-via"), ALG_IN_RESPONSE, IN_VIA " rport-in=private" },
	/* Content-Length when the body changed */
	{ PAIR("length"), ALG_OUT_REQUEST, SDP },
	{ PAIR("length-stale"), ALG_OUT_REQUEST, SDP " content-length=stale", .cut_short = true },
	{ PAIR("length-absent"), ALG_OUT_REQUEST, SDP },
	{ PAIR("length-wrong"), ALG_OUT_REQUEST, SDP },
	{ PAIR("length-twice"), ALG_OUT_REQUEST, SDP, .refused = true },
	/* bodies */
	{ PAIR("body-no-sdp"), ALG_OUT_REQUEST, SDP },
	{ PAIR("body-odd-ends"), ALG_OUT_REQUEST, SDP " out-request.sdp-m=on" },
	{ PAIR("sdp-media"), ALG_OUT_REQUEST, SDP " out-request.sdp-m=on" },
};

TEST(special_cases_come_out_as_in_the_pairs_of_files)
{
	for (size_t i = 0; i < COUNT(pairs); i++)
		check(&pairs[i]);
	assert_true(followed > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_switch_changes_its_part_of_a_message_and_nothing_else),
		cmocka_unit_test(a_message_in_which_nothing_is_eligible_stays_as_it_is),
		cmocka_unit_test(special_cases_come_out_as_in_the_pairs_of_files),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
