/*
 * A twin of the NAT table that is nothing but lists, searched from end to end: slow, and too simple to be wrong in the
 * same way. Written from what models/nat.h says.
 *
 * Where the table draws, the twin is told what it drew, and agrees with everything that was allowed.
 */
#ifndef TESTS_NAT_NAIVE_H
#define TESTS_NAT_NAIVE_H

#include "models/nat.h"

struct naive;

/** Reads `profile` whenever something happens. */
struct naive *naive_new(struct arena *a, const struct nat_profile *profile, const uint32_t *hosts, uint32_t n_hosts);

/**
 * What should become of a datagram: NULL and *path, or why it is refused. In *path comes what the table answered, if it did
 * not refuse, for what it drew.
 */
const struct fact *naive_outbound(struct naive *n, usec now, struct nat_path in, const struct nat_ports *ports,
				  struct nat_path *path);
const struct fact *naive_inbound(struct naive *n, usec now, struct nat_path in, struct nat_path *path);
const struct fact *naive_hairpin(struct naive *n, usec now, struct nat_path in, struct nat_path *path);

/** As the functions of the table. */
void naive_forward(struct naive *n, uint32_t port, struct endpoint to);
void naive_one_to_one(struct naive *n, uint32_t inside_host);
void naive_rebind(struct naive *n, uint32_t outside);
void naive_lifetime(struct naive *n, usec now, struct endpoint inside, struct endpoint remote, usec lasts);
void naive_redirect(struct naive *n, usec now, struct endpoint inside, struct endpoint remote, uint32_t port);
const struct fact *naive_expect(struct naive *n, usec now, const struct nat_expectation *e);
bool naive_expect_activate(struct naive *n, usec now, struct endpoint owner_inside, struct endpoint owner_remote,
			   uint8_t kind, uint32_t serial, struct endpoint outside, usec lasts);
void naive_expect_end(struct naive *n, struct endpoint owner_inside, struct endpoint owner_remote, uint8_t kind,
		      uint32_t serial);
size_t naive_flows(const struct naive *n, usec now);
size_t naive_expectations(const struct naive *n, usec now);

/** The ends of the i-th live flow from the newest, inside and outside; false when there are fewer. */
bool naive_ends(const struct naive *n, usec now, size_t i, struct nat_path *inside, struct nat_path *outside);

#endif
