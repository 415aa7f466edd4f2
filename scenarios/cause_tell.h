/*
 * What is said of one failure: a sentence with the names, addresses and ports of this very case, in the arena.
 */
#ifndef SCENARIOS_CAUSE_TELL_H
#define SCENARIOS_CAUSE_TELL_H

#include "scenarios/evidence.h"
#include "sim/arena.h"

#define NAME_MAX 128

/** Names and addresses of a failure, as sentences have them; where one is not known a word stands for it. */
struct words {
	char server[NAME_MAX], place[NAME_MAX], subject[NAME_MAX], sender[NAME_MAX], upset[NAME_MAX];
	char to[ENDPOINT_TEXT_MAX], from[ENDPOINT_TEXT_MAX], lost_to[ENDPOINT_TEXT_MAX];
	char sent_from[ENDPOINT_TEXT_MAX], lost_from[ENDPOINT_TEXT_MAX];
};

struct words words_of(const struct evidence *e);

/* The rows of causes[], in their order. */
const char *tell_misdelivered(const struct evidence *e, struct arena *a);
const char *tell_wrong_password(const struct evidence *e, struct arena *a);
const char *tell_no_algorithm(const struct evidence *e, struct arena *a);
const char *tell_discarded(const struct evidence *e, struct arena *a);
const char *tell_asymmetric_forced(const struct evidence *e, struct arena *a);
const char *tell_no_binding(const struct evidence *e, struct arena *a);
const char *tell_router_restarted(const struct evidence *e, struct arena *a);
const char *tell_one_port(const struct evidence *e, struct arena *a);
const char *tell_alg_drop(const struct evidence *e, struct arena *a);
const char *tell_blinded(const struct evidence *e, struct arena *a);
const char *tell_expired(const struct evidence *e, struct arena *a);
const char *tell_asymmetric_mapped(const struct evidence *e, struct arena *a);
const char *tell_asymmetric_preserved(const struct evidence *e, struct arena *a);
const char *tell_alg_port(const struct evidence *e, struct arena *a);
const char *tell_double_nat(const struct evidence *e, struct arena *a);
const char *tell_via_port(const struct evidence *e, struct arena *a);
const char *tell_private_contact(const struct evidence *e, struct arena *a);
const char *tell_asymmetric_stored(const struct evidence *e, struct arena *a);
const char *tell_port_of_contact(const struct evidence *e, struct arena *a);
const char *tell_no_route(const struct evidence *e, struct arena *a);
const char *tell_no_hairpin(const struct evidence *e, struct arena *a);
const char *tell_no_port(const struct evidence *e, struct arena *a);
const char *tell_fragments(const struct evidence *e, struct arena *a);
const char *tell_too_long(const struct evidence *e, struct arena *a);
const char *tell_port_closed(const struct evidence *e, struct arena *a);
const char *tell_wire(const struct evidence *e, struct arena *a);
const char *tell_refused(const struct evidence *e, struct arena *a);
const char *tell_no_answer(const struct evidence *e, struct arena *a);

#endif
