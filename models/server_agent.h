/*
 * A server as a user agent: how a PBX, and the far end beside a proxy, write themselves and talk. Nobody
 * outside of the server's files includes this.
 */
#ifndef MODELS_SERVER_AGENT_H
#define MODELS_SERVER_AGENT_H

#include "models/server_shared.h"
#include "models/talk.h"

struct server_agent {
	struct ua ua;
	struct talker talker; /* the far end's voice; the ends of relays are beside its own */
	struct server *server;
	struct endpoint local; /* where it listens */
	struct client_txns clients;
	struct span calls_as; /* whose name is written into the next INVITE that begins a call */
};

/* Its iface hangs on its network. `ops` are AGENT_WRITES and what becomes of calls that come. */
void agent_init(struct server_agent *a, struct server *s, struct iface *iface, struct endpoint local,
		const struct ua_ops *ops, struct server_txns *servers);

static inline struct server_agent *agent_of(const struct ua *ua)
{
	return CONTAINER(ua, struct server_agent, ua);
}

/* Is it for the far end? */
bool agent_is_called(const struct server_agent *a, const struct packet *invite, const struct sip_view *v);

/* "<sip:user@domain>" of a user here, the value of a To. */
#define AGENT_ADDRESS_MAX (2 * TEXT_MAX + 16)
struct span agent_address(const struct server_agent *a, struct span user,
			  char text[static AGENT_ADDRESS_MAX]);

/* How it writes itself: functions for struct ua_ops. */
struct ua_knobs agent_knobs(const struct ua *ua);
struct endpoint agent_source(struct ua *ua, const struct leg *leg);
struct via_policy agent_policy(const struct ua *ua, const struct packet *request, const struct sip_view *v);
void agent_put_via(struct ua *ua, struct sip_builder *b, const struct leg *leg);
void agent_put_contact(struct ua *ua, struct sip_builder *b, const struct leg *leg);
void agent_put_from(struct ua *ua, struct sip_builder *b, const struct leg *leg);
void agent_put_call_id(struct ua *ua, struct sip_builder *b, const struct leg *leg);
size_t agent_tag(struct ua *ua, char text[static ID_TEXT_MAX]);
uint32_t agent_first_cseq(struct ua *ua);
void agent_put_challenge(struct ua *ua, struct sip_builder *b, const struct packet *request,
			 const struct sip_view *v);

/* clang-format off */
#define AGENT_WRITES \
	.knobs = agent_knobs, .source = agent_source, .policy = agent_policy, .put_via = agent_put_via, \
	.put_contact = agent_put_contact, .put_from = agent_put_from, .put_call_id = agent_put_call_id, .tag = agent_tag, \
	.first_cseq = agent_first_cseq, .put_challenge = agent_put_challenge
/* clang-format on */

#endif
