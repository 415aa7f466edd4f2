/*
 * Causes of calls that fail, and of what servers and ALGs decide about them: by what they are recognised, and
 * what is said of one. See cause_signs.h and cause_tell.h for the others.
 */
#ifndef SCENARIOS_CAUSE_CALL_H
#define SCENARIOS_CAUSE_CALL_H

#include "scenarios/evidence.h"
#include "sim/arena.h"

/* The rows of causes[], in their order. */
bool is_digest_uri(const struct evidence *e);
bool is_not_its_contact(const struct evidence *e);
bool is_length_stale(const struct evidence *e);
bool is_dialog_altered(const struct evidence *e);
bool is_stale_fork(const struct evidence *e);
bool is_other_server_port(const struct evidence *e);
bool is_wrong_received(const struct evidence *e);
bool is_alg_elsewhere(const struct evidence *e);
bool is_ack_lost(const struct evidence *e);
bool is_bye_lost(const struct evidence *e);

const char *tell_digest_uri(const struct evidence *e, struct arena *a);
const char *tell_not_its_contact(const struct evidence *e, struct arena *a);
const char *tell_length_stale(const struct evidence *e, struct arena *a);
const char *tell_dialog_altered(const struct evidence *e, struct arena *a);
const char *tell_stale_fork(const struct evidence *e, struct arena *a);
const char *tell_other_server_port(const struct evidence *e, struct arena *a);
const char *tell_wrong_received(const struct evidence *e, struct arena *a);
const char *tell_alg_elsewhere(const struct evidence *e, struct arena *a);
const char *tell_ack_lost(const struct evidence *e, struct arena *a);
const char *tell_bye_lost(const struct evidence *e, struct arena *a);

#endif
