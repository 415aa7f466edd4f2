/*
 * The far end beside a proxy: a node of its own at the same address. That of a PBX is the PBX itself.
 *
 *	phone --- proxy :5060 --- far end :5070
 *
 * Nobody outside of the server's files includes this.
 */
#ifndef MODELS_FAR_END_H
#define MODELS_FAR_END_H

#include "models/server_agent.h"

struct far_end {
	struct node node;
	struct iface iface;
	struct server_agent agent;
	struct server_txns txns;
};

/* A node "NAME.far" on the proxy's network, whose agent it is from now on. */
void far_end_new(struct server *s, const struct server_setup *setup);

/* What it is asked to do: functions for struct server_calls. */
void far_end_call(struct server *s, struct span user, uint32_t story);
void far_end_hang_up(struct server *s, uint32_t story);
void far_end_abandon(struct server *s, uint32_t story);

#endif
