#include "scenarios/cause_signs.h"

#include "models/alg.h"
#include "models/credentials.h"
#include "models/nat.h"
#include "models/phone.h"
#include "models/router.h"
#include "models/server.h"
#include "models/via.h"
#include "scenarios/cause_audio.h"
#include "sim/net.h"

bool lost_to(const struct evidence *e, const struct fact *why)
{
	return e->lost.id && e->lost.fact == why;
}

static bool died_at_nat(const struct evidence *e)
{
	return lost_to(e, &fact_nat_no_mapping) || lost_to(e, &fact_nat_filtered);
}

static bool by_via(const struct evidence *e)
{
	const struct fact *rule = e->answered.fact;
	return rule == &fact_rule_via_port_other || rule == &fact_rule_via_port_same ||
	       rule == &fact_rule_sent_by;
}

static bool to_other_port(const struct evidence *e)
{
	return e->provoked.id && !endpoint_equal(e->answered.dst, e->provoked.src);
}

bool is_wrong_password(const struct evidence *e)
{
	return e->note == &fact_credentials_refused || (e->note == &fact_wrong_password && e->status == 403);
}

bool is_no_algorithm(const struct evidence *e)
{
	return e->note == &fact_challenge_unusable;
}

bool is_discarded(const struct evidence *e)
{
	return lost_to(e, &fact_via_not_mine);
}

bool is_asymmetric_forced(const struct evidence *e)
{
	bool source = e->answered.fact == &fact_rule_forced || e->answered.fact == &fact_rule_rport;
	return lost_to(e, &fact_port_closed) && e->lost.iface->node == e->subject && source;
}

bool is_asymmetric_mapped(const struct evidence *e)
{
	return lost_to(e, &fact_port_closed) && e->lost.iface->node == e->subject && by_via(e);
}

bool is_misdelivered(const struct evidence *e)
{
	return e->astray;
}

bool is_one_port(const struct evidence *e)
{
	bool stranger = e->lost.id && e->lost.iface->node != e->subject;
	return lost_to(e, &fact_nat_port_taken) || lost_to(e, &fact_others_response) || lost_to(e, &fact_others_request) ||
	       (lost_to(e, &fact_no_transaction) && stranger) || (lost_to(e, &fact_port_closed) && stranger && by_via(e)) ||
	       is_audio_of_one_port(e);
}

/* It was open once, and through it the phone was to be reached. */
static bool was_opened(const struct evidence *e)
{
	return e->traits.opened.port && endpoint_equal(e->lost.dst, e->traits.opened);
}

/* A table that was full of expired flows has forgotten them: then what was seen before is evidence enough. */
bool is_expired(const struct evidence *e)
{
	return lost_to(e, &fact_nat_expired) || (lost_to(e, &fact_nat_no_mapping) && (e->worked || was_opened(e)));
}

/* Only a phone that listens where it sends from has something of an answer to the source. */
static bool would_be_forced(const struct evidence *e)
{
	return is_reply_to_via(e) && e->not_forced && e->first.src.port == e->answered.dst.port;
}

/* The phone would have been pinged, or answered where it sent from, if its message had come as it was written. */
bool is_blinded(const struct evidence *e)
{
	return (is_expired(e) && e->traits.contact_rewritten && e->traits.not_pinged) || (would_be_forced(e) && e->via_rewritten);
}

/* What goes to the Via port would have died there anyway. A phone has no mappings to lose. */
bool is_router_restarted(const struct evidence *e)
{
	bool answer = e->lost_answer && by_via(e) && to_other_port(e);
	bool lost = died_at_nat(e) || lost_to(e, &fact_no_route) || lost_to(e, &fact_others_request);
	return e->upset && !is_phone(e->upset->iface->node) && lost && !answer;
}

bool is_alg_drop(const struct evidence *e)
{
	return lost_to(e, &fact_alg_unparsable) || lost_to(e, &fact_alg_fragment) || lost_to(e, &fact_alg_too_large) ||
	       lost_to(e, &fact_alg_port_taken);
}

bool is_no_binding(const struct evidence *e)
{
	return e->note == &fact_no_binding || (is_inward(e) && e->status == 480); /* a gateway says so */
}

bool is_private_contact(const struct evidence *e)
{
	return is_inward(e) && lost_to(e, &fact_no_route) && host_is_private(e->lost.dst.host);
}

bool is_asymmetric_stored(const struct evidence *e)
{
	return is_inward(e) && lost_to(e, &fact_port_closed) && e->lost.iface->node == e->subject;
}

/* The phone itself sends from a port that it does not write, and the router has kept that port. */
bool is_asymmetric_preserved(const struct evidence *e)
{
	return died_at_nat(e) && e->lost_answer && by_via(e) && to_other_port(e) &&
	       e->first.src.port != e->answered.dst.port && e->first.src.port == e->provoked.src.port;
}

bool is_reply_to_via(const struct evidence *e)
{
	return died_at_nat(e) && e->lost_answer && by_via(e) && to_other_port(e);
}

bool is_port_of_contact(const struct evidence *e)
{
	return is_inward(e) && lost_to(e, &fact_nat_no_mapping);
}

/* The same, but what the server believed was written on the way: into the Via, or into the Contact that it stored. */
bool is_alg_port(const struct evidence *e)
{
	return (is_reply_to_via(e) && e->via_rewritten) || (is_port_of_contact(e) && e->traits.contact_rewritten);
}

/* The first router has kept the port that is in the Via, and one behind it has not. */
bool is_double_nat(const struct evidence *e)
{
	return is_reply_to_via(e) && e->inner.port == e->answered.dst.port && e->inner.host != e->provoked.src.host;
}

bool is_no_route(const struct evidence *e)
{
	return lost_to(e, &fact_no_route);
}

bool is_no_hairpin(const struct evidence *e)
{
	return lost_to(e, &fact_nat_hairpin_off);
}

bool is_no_port(const struct evidence *e)
{
	return lost_to(e, &fact_nat_full) || lost_to(e, &fact_nat_block_full) || lost_to(e, &fact_nat_table_full);
}

bool is_fragments(const struct evidence *e)
{
	return lost_to(e, &fact_fragment_refused) || lost_to(e, &fact_fragment_early) ||
	       lost_to(e, &fact_reassembly_timeout) || lost_to(e, &fact_reassembly_full);
}

bool is_too_long(const struct evidence *e)
{
	return lost_to(e, &fact_too_long);
}

bool is_port_closed(const struct evidence *e)
{
	return lost_to(e, &fact_port_closed);
}

bool is_wire(const struct evidence *e)
{
	return !e->status && (lost_to(e, &fact_wire_lost) || lost_to(e, &fact_wire_dropped));
}

bool is_refused(const struct evidence *e)
{
	return e->status >= 300;
}

bool is_anything(const struct evidence *e)
{
	(void)e;
	return true;
}
