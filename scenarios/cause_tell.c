#include "scenarios/cause_tell.h"

#include <stdio.h>

#include "models/credentials.h"
#include "models/nat.h"
#include "models/phone.h"
#include "models/router.h"
#include "models/server.h"
#include "scenarios/cause_signs.h"

struct words words_of(const struct evidence *e)
{
	struct words w;
	snprintf(w.server, sizeof w.server, "the server");
	snprintf(w.place, sizeof w.place, "the router");
	snprintf(w.subject, sizeof w.subject, "another phone");
	snprintf(w.sender, sizeof w.sender, "the server");
	snprintf(w.upset, sizeof w.upset, "the router");
	if (e->answered.iface)
		node_name(e->answered.iface->node, w.server, sizeof w.server);
	if (e->lost.iface)
		node_name(e->lost.iface->node, w.place, sizeof w.place);
	if (e->subject)
		node_name(e->subject, w.subject, sizeof w.subject);
	if (e->sender)
		node_name(e->sender, w.sender, sizeof w.sender);
	if (e->upset)
		node_name(e->upset->iface->node, w.upset, sizeof w.upset);
	endpoint_print(e->answered.dst, w.to);
	endpoint_print(e->provoked.src, w.from);
	endpoint_print(e->lost.src, w.lost_from);
	endpoint_print(e->lost.dst, w.lost_to);
	endpoint_print(e->first.src, w.sent_from);
	return w;
}

const char *tell_via_port(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a,
			    "%s received the request from %s and answered to %s, the port in the Via; "
			    "%s has no mapping there and dropped the %s",
			    w.server, w.from, w.to, w.place, e->lost.label);
}

const char *tell_alg_port(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a,
			    "a router on the way rewrote the %s of %s, and left or put a port there that is not open: the %s of "
			    "%s went to %s and died at %s",
			    is_inward(e) ? "Contact" : "Via", w.subject, e->lost.label, w.server, w.lost_to, w.place);
}

const char *tell_blinded(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	if (e->not_forced)
		return arena_printf(a,
				    "the Via of %s was made public on the way, but its port is not the one the request came from; "
				    "%s found no NAT, did not force rport, and answered to %s, which %s has not opened",
				    w.subject, w.server, w.to, w.place);
	return arena_printf(a,
			    "the Contact of %s was made public on the way, so %s found no NAT and did not ping it; the %s came "
			    "to %s after the mapping had expired",
			    w.subject, w.sender, e->lost.label, w.place);
}

/* Who has sent it: who began, or, when it is an answer, the other one. */
const char *tell_alg_drop(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	bool answer = label_is_response(e->lost.label);
	const char *who = !answer ? w.sender : is_inward(e) ? w.subject : w.server;
	return arena_printf(a, "%s did not pass on the %s of %s: %s", w.place, e->lost.label, who, e->lost.fact->sentence);
}

const char *tell_double_nat(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	char inner[ENDPOINT_TEXT_MAX];
	endpoint_print(e->inner, inner);
	return arena_printf(a,
			    "the inner router kept the port and sent from %s, %s made that %s; %s answered to %s, the port in "
			    "the Via, which is open only at the inner one",
			    inner, w.place, w.from, w.server, w.to);
}

const char *tell_asymmetric_forced(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a,
			    "%s sends from %s, %s answered there, and %s listens only on the port in its Via",
			    w.subject, w.sent_from, w.server, w.subject);
}

const char *tell_asymmetric_mapped(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a, "%s answered the port in the Via, which leads to %s: from there %s only sends", w.server,
			    w.sent_from, w.subject);
}

const char *tell_asymmetric_preserved(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(
		a,
		"%s sends from port %u and the router keeps it, %s answered to %s, the port in the Via; "
		"%s has no mapping there",
		w.subject, e->first.src.port, w.server, w.to, w.place);
}

const char *tell_discarded(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(
		a, "the %s reached %s, whose top Via was not what it had written, so it discarded it",
		e->lost.label, w.subject);
}

const char *tell_expired(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a, "the %s for %s came to %s after the mapping had expired", e->lost.label,
			    w.lost_to, w.place);
}

const char *tell_one_port(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	if (lost_to(e, &fact_nat_port_taken))
		return arena_printf(a, "%s dropped the %s of %s: another phone has its outside port", w.place,
				    e->lost.label, w.subject);
	return arena_printf(a, "the %s for %s went to %s, which has the outside port %u", e->lost.label,
			    w.subject, w.place, is_inward(e) ? e->first.dst.port : e->answered.dst.port);
}

const char *tell_misdelivered(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a, "the %s for %s reached %s", e->lost.label, w.subject, w.place);
}

/* What the router, or the server, has lost, and when. */
static const char *upset_text(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	const char *what = e->upset->fact == &fact_router_moved	  ? "got another outside address"
			   : e->upset->fact == &fact_router_rebound ? "forgot its mappings"
								    : "restarted";
	return arena_printf(a, "%s %s at %s", w.upset, what, duration_print(e->upset->at, a));
}

const char *tell_router_restarted(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a, "%s; the %s for %s still went to %s", upset_text(e, a), e->lost.label, w.subject, w.lost_to);
}

/* Whom it has never heard of it has not forgotten. */
const char *tell_no_binding(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a, "%s has no binding of %s%s%s%s", e->answered.id ? w.server : w.sender, w.subject,
			    e->since >= 0 ? " any more" : "", e->upset ? ": " : "", e->upset ? upset_text(e, a) : "");
}

const char *tell_private_contact(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a, "%s has stored the Contact %s for %s, and its %s for there has no way to go", w.sender, w.lost_to,
			    w.subject, e->lost.label);
}

const char *tell_port_of_contact(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a, "%s stored %s for %s, a port that %s never opened, and its %s died there", w.sender, w.lost_to,
			    w.subject, w.place, e->lost.label);
}

const char *tell_asymmetric_stored(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a, "the %s of %s went to port %u of %s, where nothing listens: it only sends from there",
			    e->lost.label, w.sender, e->lost.dst.port, w.subject);
}

const char *tell_wrong_password(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	char gateway[NAME_MAX];
	if (e->note != &fact_credentials_refused || !e->noter || e->noter == e->subject)
		return arena_printf(a, "%s refused the credentials of %s: the password does not fit", w.server,
				    w.subject);
	return arena_printf(a, "%s refused the credentials of %s, which registers for %s: the password does not fit",
			    w.server, node_name(e->noter, gateway, sizeof gateway), w.subject);
}

const char *tell_no_algorithm(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a, "%s offers only digest algorithms that %s cannot compute", w.server, w.subject);
}

/* A router passes on what others have sent, to where its rules and flows say. */
const char *tell_no_route(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	if (e->lost.src.host != e->lost.iface->host)
		return arena_printf(a, "%s passed the %s on to %s, where nobody is", w.place, e->lost.label, w.lost_to);
	return arena_printf(a, "the %s of %s for %s had no way to go", e->lost.label, w.place, w.lost_to);
}

const char *tell_no_hairpin(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a, "the %s from %s to %s, an outside address of %s, came from inside and was not let in again",
			    e->lost.label, w.lost_from, w.lost_to, w.place);
}

const char *tell_no_port(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a, "%s had no outside port left for %s", w.place, w.subject);
}

const char *tell_fragments(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	char sentence[256];
	record_sentence(&(struct record){ .fact = e->lost.fact, .src = e->lost.src, .dst = e->lost.dst }, sentence,
			sizeof sentence);
	return arena_printf(a, "the %s from %s is too long for one packet, and its fragments were lost at %s: %s",
			    e->lost.label, w.lost_from, w.place, sentence);
}

const char *tell_too_long(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a, "the %s from %s is too long to leave %s in one packet, and %s forbids to cut it", e->lost.label,
			    w.lost_from, w.place, w.sender);
}

const char *tell_port_closed(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a, "the %s for %s reached %s, and nothing listens there on that port%s%s", e->lost.label,
			    w.lost_to, w.place, e->upset ? ": " : "", e->upset ? upset_text(e, a) : "");
}

const char *tell_wire(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a, "%u datagram%s lost on the wire, last at %s", e->drops, e->drops == 1 ? " was" : "s were",
			    w.place);
}

const char *tell_refused(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	unsigned long long status = (unsigned long long)e->status;
	if (is_inward(e))
		return arena_printf(a, "%s answered %llu to %s", w.subject, status, w.sender);
	return arena_printf(a, "%s answered %llu and %s gave up", w.server, status, w.subject);
}

const char *tell_no_answer(const struct evidence *e, struct arena *a)
{
	struct words w = words_of(e);
	return arena_printf(a, "%s sent %u request%s and nothing came back", w.sender, e->sent, e->sent == 1 ? "" : "s");
}
