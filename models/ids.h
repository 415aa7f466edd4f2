/*
 * Call-IDs, tags, branches, nonces and first CSeq numbers: drawn from the node's streams, or pinned by the scenario
 * for byte-exact replay. A pinned list is used in order; when it is used up, draws go on.
 */
#ifndef MODELS_IDS_H
#define MODELS_IDS_H

#include "models/field.h"
#include "sim/rng.h"

/** One node's pins, each a list used in order. */
struct pins {
	struct list call_id, tag, branch, nonce; /* of const char * */
	struct list cseq;                        /* of uint32_t: the first CSeq number of each dialogue */
};

extern const struct field pin_fields[];

#define ID_TEXT_MAX 256

/** Writes the n-th (from 0) identifier of a kind: the pin, or `digits` hexadecimal digits. Returns its length. */
size_t id_write(const struct list *pinned, struct stream s, uint32_t n, size_t digits, char text[static ID_TEXT_MAX]);

/** The n-th (from 0) pinned number; `otherwise` when there is none. */
uint32_t id_number(const struct list *pinned, uint32_t n, uint32_t otherwise);

/** What every branch begins with (RFC 3261 8.1.1.7). */
#define BRANCH_COOKIE	  "z9hG4bK"
#define BRANCH_COOKIE_LEN 7

/** Writes the n-th branch: the pin, or the cookie and hexadecimal digits. Returns its length. */
size_t branch_write(const struct list *pinned, struct stream s, uint32_t n, char text[static ID_TEXT_MAX]);

#endif
