#include "scenarios/cause_call.h"

#include <string.h>

#include "models/alg.h"
#include "models/nat.h"
#include "models/phone.h"
#include "models/server.h"
#include "models/sip.h"
#include "models/ua.h"
#include "scenarios/cause_signs.h"
#include "scenarios/cause_tell.h"
#include "sim/net.h"

/* --- signs ---------------------------------------------------------------------------------------------- */

static bool is_lost(const struct evidence *e, const char *label)
{
	return e->lost.id && e->lost.label && !strcmp(e->lost.label, label);
}

bool is_digest_uri(const struct evidence *e)
{
	return e->uri_differs && e->status / 100 != 2;
}

bool is_not_its_contact(const struct evidence *e)
{
	return e->note == &fact_not_my_contact && e->status == 404;
}

bool is_length_stale(const struct evidence *e)
{
	return lost_to(e, &fact_cut_short) || (e->note == &fact_cut_short && e->status == 400);
}

/* The receiver finds no call of that Call-ID, or looks at From and To as well. */
bool is_dialog_altered(const struct evidence *e)
{
	bool unknown = e->status == 481 || lost_to(e, &fact_no_dialog) || lost_to(e, &fact_no_transaction);
	return unknown && (e->call_id_rewritten || e->note == &fact_other_uris);
}

bool is_stale_fork(const struct evidence *e)
{
	return e->forked && e->taken_by;
}

/* A port that is open, for others than who sends there; what was sent to another port is another story. */
bool is_other_server_port(const struct evidence *e)
{
	return lost_to(e, &fact_nat_filtered) && e->part != PART_AUDIO && !is_reply_to_via(e);
}

/* What the server has stored is its own address, of which it has told the phone. */
bool is_wrong_received(const struct evidence *e)
{
	return is_inward(e) && e->traits.misinformed && e->lost.id && e->lost.iface->node == e->sender &&
	       e->lost.dst.host == e->lost.src.host;
}

static bool leads_nowhere(const struct evidence *e)
{
	return (lost_to(e, &fact_no_route) && host_is_private(e->lost.dst.host)) ||
	       lost_to(e, &fact_nat_no_mapping) || lost_to(e, &fact_nat_expired);
}

/* It would have written what is missing here. */
bool is_alg_elsewhere(const struct evidence *e)
{
	bool of_contact = is_private_contact(e) || is_port_of_contact(e) ||
			  ((e->part == PART_ACK || e->part == PART_HANGUP) && leads_nowhere(e));
	return (e->traits.idle & ALG_IDLE_VIA && is_reply_to_via(e)) ||
	       (e->traits.idle & ALG_IDLE_CONTACT && of_contact);
}

bool is_ack_lost(const struct evidence *e)
{
	return e->part == PART_ACK && is_lost(e, "ACK") && leads_nowhere(e);
}

bool is_bye_lost(const struct evidence *e)
{
	return e->part == PART_HANGUP && is_lost(e, "BYE") && leads_nowhere(e);
}

/* --- tales ---------------------------------------------------------------------------------------------- */

const char *tell_digest_uri(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a,
			    "%s has computed its credentials for one Request-URI, and %s received another: "
			    "it was rewritten on "
			    "the way, and %s compares them",
			    w.subject, w.server, w.server);
}

const char *tell_not_its_contact(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	char source[ENDPOINT_TEXT_MAX];
	endpoint_print(e->first.dst, source);
	return arena_printf(a,
			    "%s has replaced the Contact of %s by the source, %s; its %s came with that in the Request-URI, in which "
			    "%s did not recognise itself, and was answered 404",
			    w.sender, w.subject, source, e->first.label, w.subject);
}

const char *tell_length_stale(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	if (e->lost.id)
		return arena_printf(
			a,
			"the %s reached %s with a body shorter than its Content-Length says, and was dropped",
			e->lost.label, w.place);
	return arena_printf(a,
			    "the request of %s arrived with a body shorter than its Content-Length says, and "
			    "was answered 400",
			    w.sender);
}

const char *tell_dialog_altered(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	if (e->note == &fact_other_uris)
		return arena_printf(a,
				    "From or To was rewritten on the way, one way only; the request of %s came with another URI than "
				    "that of the call, and the other side compares them",
				    w.sender);
	if (e->status == 481)
		return arena_printf(a,
				    "the Call-ID was rewritten on the way, one way only; the request of %s "
				    "came with a Call-ID of "
				    "which the other side knows no call, and was answered 481",
				    w.sender);
	return arena_printf(a,
			    "the Call-ID was rewritten on the way, one way only; %s got the %s with a "
			    "Call-ID of which it knows "
			    "no call",
			    w.place, e->lost.label);
}

const char *tell_stale_fork(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	char taker[NAME_MAX];
	node_name(e->taken_by, taker, sizeof taker);
	return arena_printf(a,
			    "%s has more than one binding of %s and called all of them; behind an old one %s "
			    "answered first",
			    w.sender, w.subject, taker);
}

const char *tell_other_server_port(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(
		a, "the %s came to %s from %s, and %s lets in only answers from where something was sent to",
		e->lost.label, w.lost_to, w.lost_from, w.place);
}

const char *tell_wrong_received(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a,
			    "%s told %s in received= its own address instead of that of the router; %s "
			    "registered it, and the "
			    "%s for %s went to %s itself",
			    w.sender, w.subject, w.subject, e->lost.label, w.lost_to, w.sender);
}

const char *tell_alg_elsewhere(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a,
			    "the ALG on the way of %s does not look at the port of this server and left the "
			    "messages as they "
			    "were; so the %s went to %s and died at %s",
			    w.subject, e->lost.label, w.lost_to, w.place);
}

/* What became of a request that was sent to where its receiver is not. */
static const char *end_text(const struct evidence *e, const struct words *w, struct arena *a)
{
	if (lost_to(e, &fact_no_route))
		return "an address that does not exist there";
	if (lost_to(e, &fact_nat_expired))
		return arena_printf(a, "a mapping that %s has forgotten since", w->place);
	return arena_printf(a, "a port that %s has not opened", w->place);
}

/* Where the address came from: out of what the other side has written, out of a Record-Route, or as it was seen. */
static const char *origin_text(const struct evidence *e, const char *message, const char *of, struct arena *a)
{
	bool by_sender = e->lost.iface == e->answered.iface;
	if (e->answered.fact == &fact_to_seen)
		return arena_printf(a, "where %s was last seen", of);
	if (e->answered.fact == &fact_to_route && by_sender)
		return "the first Route";
	return arena_printf(a, "the Contact in %s of %s", message, of);
}

const char *tell_ack_lost(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	const char *of = is_inward(e) ? w.subject : "the server";
	return arena_printf(a,
			    "the ACK for the 200 went to %s, %s: %s; without an ACK the 200 is repeated for 64 times "
			    "T1, and then the call is ended",
			    w.lost_to, origin_text(e, "the 200", of, a), end_text(e, &w, a));
}

const char *tell_bye_lost(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	const char *of = is_inward(e) ? w.subject : "the server";
	return arena_printf(a, "the BYE of %s went to %s, %s: %s; %s does not learn that the call is over",
			    w.sender, w.lost_to, origin_text(e, "the last message", of, a), end_text(e, &w, a),
			    of);
}
