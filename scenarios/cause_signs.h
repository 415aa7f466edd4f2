/*
 * By what a cause is recognised: questions to the evidence of one failure. They rely on the order of causes[]: a later one
 * may leave to an earlier one what both would say yes to.
 */
#ifndef SCENARIOS_CAUSE_SIGNS_H
#define SCENARIOS_CAUSE_SIGNS_H

#include "scenarios/evidence.h"

/** The deciding datagram died for this reason. */
bool lost_to(const struct evidence *e, const struct fact *why);

/* The rows of causes[], in their order. */
bool is_misdelivered(const struct evidence *e);
bool is_wrong_password(const struct evidence *e);
bool is_no_algorithm(const struct evidence *e);
bool is_discarded(const struct evidence *e);
bool is_asymmetric_forced(const struct evidence *e);
bool is_no_binding(const struct evidence *e);
bool is_router_restarted(const struct evidence *e);
bool is_one_port(const struct evidence *e);
bool is_alg_drop(const struct evidence *e);
bool is_blinded(const struct evidence *e);
bool is_expired(const struct evidence *e);
bool is_asymmetric_mapped(const struct evidence *e);
bool is_asymmetric_preserved(const struct evidence *e);
bool is_alg_port(const struct evidence *e);
bool is_double_nat(const struct evidence *e);
bool is_reply_to_via(const struct evidence *e);
bool is_private_contact(const struct evidence *e);
bool is_asymmetric_stored(const struct evidence *e);
bool is_port_of_contact(const struct evidence *e);
bool is_no_route(const struct evidence *e);
bool is_no_hairpin(const struct evidence *e);
bool is_no_port(const struct evidence *e);
bool is_fragments(const struct evidence *e);
bool is_too_long(const struct evidence *e);
bool is_port_closed(const struct evidence *e);
bool is_wire(const struct evidence *e);
bool is_refused(const struct evidence *e);
bool is_anything(const struct evidence *e);

#endif
