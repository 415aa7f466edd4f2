/*
 * How long a client's transactions wait; the rest is in txn.h.
 */
#ifndef MODELS_TXN_TIMERS_H
#define MODELS_TXN_TIMERS_H

#include "sim/base.h"

/* RFC 3261 17.1.1.1, for devices without knobs of their own. */
#define T1 (500 * MSEC)
#define T2 (4 * SEC)
#define T4 (5 * SEC)

/** A client's knobs; RFC 3261 17.1.1.2, 17.1.2.2. */
struct txn_timers {
	usec t1, t2, t4;
	usec b, f; /* how long an INVITE, or another request, waits for an answer; 0: 64*T1 */
	uint32_t max_retransmits, max_invite_retransmits;
	usec invite_repeat; /* pause between INVITEs that are sent again though a 1xx has come (RFC 3581 3); 0: none are */
};

/** What RFC 3261 says, for devices without knobs of their own. */
extern const struct txn_timers txn_timers_usual;

#endif
