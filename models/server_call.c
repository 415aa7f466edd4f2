/*
 * What a server's far end is asked to do from outside.
 */
#include "models/server_agent.h"

struct span server_far_user(const struct server *s)
{
	return SPAN(s->profile->far_end.user);
}

/* A proxy's has been there from the beginning; a PBX is its own. */
const struct node *server_far_node(const struct server *s)
{
	return s->agent ? s->agent->ua.iface->node : s->iface->node;
}

void server_call(struct server *s, struct span user, uint32_t story)
{
	s->calls->call(s, user, story);
}

void server_hangup(struct server *s, uint32_t story)
{
	s->calls->hang_up(s, story);
}

void server_abandon(struct server *s, uint32_t story)
{
	s->calls->abandon(s, story);
}
