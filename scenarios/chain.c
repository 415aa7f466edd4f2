#include "scenarios/chain.h"

#include <stdlib.h>
#include <string.h>

#include "models/phone.h"
#include "models/server.h"
#include "scenarios/lab.h"

const char *const whose_words[] = { "phone", "router", "server", "network", NULL };
const char *const standing_words[] = { "required", "allowed", "against", NULL };

#define PHONE	 WHOSE_PHONE
#define ROUTER	 WHOSE_ROUTER
#define SERVER	 WHOSE_SERVER
#define NETWORK	 WHOSE_NETWORK
#define REQUIRED STANDING_REQUIRED
#define ALLOWED	 STANDING_ALLOWED
#define AGAINST	 STANDING_AGAINST
#define AND	 " and "

/*
 * A link of the chain of a cause. It is true when all of `when` is, which is joined by "and":
 *
 *	phone keepalive.type none      the device has this knob at one of these words; !none: at none of them; -: it is not set
 *	router udp-timeout.first <120s of a duration: below that; >=120s: at least that
 *	asked audio                    by a check of one of these kinds
 *	result fails                   it came to one of these
 *	lost router                    it was lost at one of these kinds of device
 *	from server                    audio of which a server, or a phone, sends what the hearer gets
 *	silence <120s                  it was lost after a shorter silence, or nobody knows after which
 *
 * NULL: always. Where a lab has no such device, it has no such link.
 */
struct chain_row {
	const char *cause;
	enum whose whose;
	const char *when;
	enum standing standing;
	const char *clause, *did;
};

/* clang-format off */
static const struct chain_row rows[] = {
	{ "reply-to-via-port", ROUTER, NULL, ALLOWED, "RFC 4787 4.2.1", "gave the request another source port than the one that the phone sent from" },
	{ "reply-to-via-port", ROUTER, NULL, ALLOWED, "RFC 4787 7", "did not write that port into the Via: an ALG may do so, none has to" },
	{ "reply-to-via-port", PHONE, "phone rport off", ALLOWED, "RFC 3581 3", "did not ask for an answer to the source by rport, which is optional" },
	{ "reply-to-via-port", SERVER, "server rport off", ALLOWED, "RFC 3581 4", "does not know rport, which is an extension" },
	{ "reply-to-via-port", SERVER, NULL, REQUIRED, "RFC 3261 18.2.2", "answered to the address that the request came from and the port in the Via" },

	{ "double-nat", ROUTER, NULL, ALLOWED, "RFC 4787 4.2.1", "translated once more, and gave the request another source port" },
	{ "double-nat", PHONE, "phone rport off", ALLOWED, "RFC 3581 3", "did not ask for an answer to the source by rport, which is optional" },
	{ "double-nat", SERVER, NULL, REQUIRED, "RFC 3261 18.2.2", "answered to the port in the Via, which is not open at the outer router" },

	{ "alg-wrong-port", ROUTER, NULL, AGAINST, "RFC 3261 18.1.1", "wrote into the message a port at which nobody hears for the phone" },
	{ "alg-wrong-port", SERVER, NULL, REQUIRED, "RFC 3261 18.2.2", "believed what stands in the message, and sent to that port" },

	{ "asymmetric-phone-forced-rport", PHONE, "phone send-port ephemeral ephemeral-each", ALLOWED, "RFC 3261 18.1.1", "sends from one port and listens on another, the one in its Via" },
	{ "asymmetric-phone-forced-rport", PHONE, "phone rport on", AGAINST, "RFC 3581 3", "asked for answers to a port from which it only sends" },
	{ "asymmetric-phone-forced-rport", SERVER, "server force-rport on auto", AGAINST, "RFC 3261 18.2.2", "answered to the source port, which the phone had not asked for" },
	{ "asymmetric-phone-forced-rport", NETWORK, NULL, ALLOWED, "RFC 1122 4.1.3.1", "brought the answer to a port where nothing listens" },

	{ "asymmetric-phone-preserved-port", PHONE, NULL, ALLOWED, "RFC 3261 18.1.1", "sends from one port and listens on another, the one in its Via" },
	{ "asymmetric-phone-preserved-port", ROUTER, NULL, ALLOWED, "RFC 4787 4.2.1", "opened the port that the phone sent from, and not the one in the Via" },
	{ "asymmetric-phone-preserved-port", SERVER, NULL, REQUIRED, "RFC 3261 18.2.2", "answered to the port in the Via" },

	{ "asymmetric-phone-via-mapped", PHONE, NULL, ALLOWED, "RFC 3261 18.1.1", "sends from one port and listens on another" },
	{ "asymmetric-phone-via-mapped", ROUTER, NULL, ALLOWED, "RFC 4787 7", "wrote into the Via the outside port of where the phone only sends" },
	{ "asymmetric-phone-via-mapped", SERVER, NULL, REQUIRED, "RFC 3261 18.2.2", "answered to the port in the Via" },

	{ "asymmetric-phone-stored-source", PHONE, NULL, ALLOWED, "RFC 3261 18.1.1", "sends from one port and listens on another, the one in its Contact" },
	{ "asymmetric-phone-stored-source", SERVER, NULL, AGAINST, "RFC 3261 10.3 (7.)", "stored the source of the REGISTER in place of the Contact, and sent its request there" },

	{ "response-discarded", ROUTER, NULL, AGAINST, "RFC 3261 18.1.2", "let the answer reach the phone with another Via than the phone had written" },
	{ "response-discarded", PHONE, NULL, REQUIRED, "RFC 3261 18.1.2", "discarded without a word an answer whose top Via is not its own" },

	{ "wrong-received", SERVER, NULL, AGAINST, "RFC 3261 18.2.1", "wrote another address into received= than the one that the request came from" },
	{ "wrong-received", PHONE, NULL, ALLOWED, "RFC 3581 9", "took that for its own outside address, and registered with it" },

	{ "private-contact", PHONE, NULL, ALLOWED, "RFC 3261 10.2.1", "wrote the address of its own network into the Contact; it knows no other" },
	{ "private-contact", ROUTER, NULL, ALLOWED, "RFC 4787 7", "did not write its own address in that place: an ALG may do so, none has to" },
	{ "private-contact", SERVER, "server stored-contact literal", REQUIRED, "RFC 3261 10.3", "stored the Contact as it was written, and sent its request there" },
	{ "private-contact", SERVER, "server stored-contact !literal", ALLOWED, "RFC 3261 10.3", "found nothing to mend in the Contact, and sent its request there" },
	{ "private-contact", NETWORK, NULL, REQUIRED, "RFC 1918 3", "has no way to a private address" },

	{ "contact-port-unmapped", ROUTER, NULL, ALLOWED, "RFC 4787 4.2.1", "gave the phone another outside port than the one in its Contact" },
	{ "contact-port-unmapped", PHONE, "phone rport off", ALLOWED, "RFC 3581 3", "did not ask for its outside port by rport" },
	{ "contact-port-unmapped", PHONE, "phone public-address !-", ALLOWED, "RFC 3261 10.2.1", "wrote into the Contact the address that it was given, with a port of its own choice" },
	{ "contact-port-unmapped", PHONE, "phone public-address - and phone learn.from received", ALLOWED, "RFC 3581 9", "took the address in received= for its own, and left its port as it was" },
	{ "contact-port-unmapped", SERVER, NULL, ALLOWED, "RFC 3261 10.3", "sent its request to the port in the Contact, which nobody has opened" },

	{ "mapping-expired", PHONE, "phone keepalive.type none and asked !audio", ALLOWED, "RFC 5626 3.5", "sent nothing that would have kept the mapping open" },
	{ "mapping-expired", PHONE, "phone keepalive.type !none and asked !audio", ALLOWED, "RFC 5626 3.5", "sent keepalives, but too seldom to keep the mapping open" },
	{ "mapping-expired", PHONE, "phone rtp.silence-suppression on and asked audio", ALLOWED, "RFC 3551 4.1", "sent no audio while nobody spoke, and so nothing that would have kept the mapping open" },
	{ "mapping-expired", SERVER, "server ping.type none and asked !audio", ALLOWED, "RFC 5626 3.5", "sent nothing either: it pings nobody" },
	{ "mapping-expired", ROUTER, "router refresh outbound and server ping.type !none and asked !audio", ALLOWED, "RFC 4787 4.3 (REQ-6)", "does not keep a mapping open for what comes in, as the pings of the server do" },
	{ "mapping-expired", ROUTER, "router refresh outbound and asked audio", ALLOWED, "RFC 4787 4.3 (REQ-6)", "does not keep a mapping open for what comes in, as the audio of the other side does" },
	{ "mapping-expired", ROUTER, "router udp-timeout.first <120s and silence <120s and asked !audio", AGAINST, "RFC 4787 4.3 (REQ-5)", "does not keep every mapping for the two minutes that it has to: young or one-sided ones it forgets earlier" },
	{ "mapping-expired", ROUTER, "router udp-timeout.stream <120s and silence <120s", AGAINST, "RFC 4787 4.3 (REQ-5)", "forgets mappings that are in use before the two minutes that it has to keep them" },
	{ "mapping-expired", ROUTER, NULL, ALLOWED, "RFC 4787 4.3", "forgot the mapping when its time was over, and dropped what came to that port" },

	{ "alg-blinds-nat-tests", ROUTER, NULL, ALLOWED, "RFC 4787 7", "wrote its own address into the message, so that nothing private is left in it" },
	{ "alg-blinds-nat-tests", ROUTER, "result fails", AGAINST, "RFC 3261 18.1.1", "left a port in the Via at which nobody hears for the phone" },
	{ "alg-blinds-nat-tests", SERVER, NULL, ALLOWED, NULL, "took the phone for one without a NAT, and did nothing for it" },
	{ "alg-blinds-nat-tests", SERVER, "result fails", REQUIRED, "RFC 3261 18.2.2", "answered to the port in the Via" },
	{ "alg-blinds-nat-tests", PHONE, "phone keepalive.type none and result !fails", ALLOWED, "RFC 5626 3.5", "sent nothing by itself that would have kept the mapping open" },
	{ "alg-blinds-nat-tests", ROUTER, "result !fails", ALLOWED, "RFC 4787 4.3", "forgot the mapping when its time was over, and dropped what came to that port" },

	{ "alg-not-on-this-port", ROUTER, NULL, ALLOWED, "RFC 4787 7", "has an ALG that looks at another port than that of this server" },
	{ "alg-not-on-this-port", SERVER, NULL, ALLOWED, "RFC 3261 18.2.1", "listens at another port than 5060, which is only recommended" },

	{ "alg-drops", ROUTER, NULL, ALLOWED, "RFC 4787 7 (REQ-10)", "has its ALG switched on, against the advice, and the ALG dropped a message" },

	{ "two-phones-one-port", PHONE, NULL, ALLOWED, "RFC 3261 18.1.1", "wants the same port as another phone behind the same router" },
	{ "two-phones-one-port", ROUTER, "router collision !share share-or-drop", REQUIRED, "RFC 4787 4.2.1 (REQ-3)", "gives an outside port to one phone only, and another phone has this one" },
	{ "two-phones-one-port", ROUTER, "router collision share share-or-drop", AGAINST, "RFC 4787 4.2.1 (REQ-3)", "gives one outside port to several phones" },
	{ "two-phones-one-port", PHONE, "phone rport off", ALLOWED, "RFC 3581 3", "did not ask for an answer to the source by rport, which is optional" },

	{ "misdelivered", ROUTER, NULL, ALLOWED, "RFC 4787 4.2.1", "gave what came in to the phone that has the port now" },
	{ "misdelivered", SERVER, NULL, ALLOWED, "RFC 3261 10.3", "sent to a port that is not, or no longer, the phone's" },

	{ "other-server-port", SERVER, NULL, ALLOWED, "RFC 3261 18.1.1", "sent its request from an address or port that the phone has never sent to" },
	{ "other-server-port", ROUTER, "router filtering address-dependent address-and-port-dependent", ALLOWED, "RFC 4787 5", "lets in only what comes from where the phone has sent to" },
	{ "other-server-port", ROUTER, "router filtering endpoint-independent", ALLOWED, "RFC 4787 5", "did not let in what came from there" },

	{ "no-binding", SERVER, NULL, REQUIRED, "RFC 3261 16.5", "had no binding any more, so that there was nowhere to send the request" },
	{ "no-binding", PHONE, NULL, ALLOWED, "RFC 3261 10.2.4", "had not registered anew: it does not learn that its binding is gone" },

	{ "router-restarted", ROUTER, NULL, ALLOWED, NULL, "lost its mappings, or its address, and tells nobody" },
	{ "router-restarted", PHONE, "asked !audio hold hangup", ALLOWED, "RFC 3261 10.2.4", "did not register anew before its time: nobody told it" },
	{ "router-restarted", SERVER, "asked !audio hold hangup", REQUIRED, "RFC 3261 10.3", "sent to the binding that it has, which leads through the lost mapping" },
	{ "router-restarted", SERVER, "asked hangup and server dialog-target contact", REQUIRED, "RFC 3261 12.2.1.1", "sent what comes later in the call to the Contact, which leads through the lost mapping" },
	{ "router-restarted", SERVER, "asked hangup and server dialog-target !contact", ALLOWED, NULL, "sent what comes later in the call to where the phone was last seen, which leads through the lost mapping" },
	{ "router-restarted", SERVER, "asked audio and from server and server latch off", REQUIRED, "RFC 3264 5.1", "sends audio to where SDP says, which leads through the lost mapping" },
	{ "router-restarted", SERVER, "asked audio and from server and server latch once", ALLOWED, "RFC 7362", "sends audio to where the phone's came from at first, and stays with that" },
	{ "router-restarted", SERVER, "asked audio and from server and server latch always", ALLOWED, "RFC 7362", "sends audio to where the phone's came from last, and has heard nothing from elsewhere since" },

	{ "request-uri-not-mine", SERVER, NULL, AGAINST, "RFC 3261 16.6 (2.)", "wrote another address into the Request-URI than the Contact that the phone had registered" },
	{ "request-uri-not-mine", PHONE, NULL, ALLOWED, "RFC 3261 8.2.2.1", "did not find itself in that Request-URI, and answered 404" },

	{ "stale-binding-forked", PHONE, NULL, ALLOWED, "RFC 3261 10.2.2", "registered another Contact and left the old binding where it was" },
	{ "stale-binding-forked", SERVER, NULL, ALLOWED, "RFC 3261 16.6", "called all the bindings that it has" },

	{ "content-length-stale", ROUTER, NULL, AGAINST, "RFC 3261 20.14", "changed the length of the body and left Content-Length as it was" },
	{ "content-length-stale", NETWORK, NULL, REQUIRED, "RFC 3261 18.3", "brought a message that ends before Content-Length says, which its receiver discards, or answers with 400" },

	{ "digest-uri-altered", ROUTER, NULL, ALLOWED, "RFC 4787 7 (REQ-10)", "has its ALG switched on, against the advice, and the ALG rewrote the Request-URI that the credentials are for" },
	{ "digest-uri-altered", SERVER, NULL, ALLOWED, "RFC 3261 22.4 (6.)", "compared the two, which it may, and did not take the credentials" },

	{ "dialog-identifiers-altered", ROUTER, NULL, AGAINST, "RFC 3261 8.1.1.4", "rewrote one way only what a call is recognised by" },
	{ "dialog-identifiers-altered", NETWORK, NULL, ALLOWED, "RFC 3261 12.2.2", "brought a request to somebody who knows no such call, and said 481" },

	{ "ack-lost", PHONE, "lost server and asked !outgoing-call", ALLOWED, "RFC 3261 8.1.1.8", "wrote the address of its own network into the Contact of its 200; it knows no other" },
	{ "ack-lost", PHONE, "lost router and asked !outgoing-call", ALLOWED, "RFC 3261 8.1.1.8", "wrote into the Contact of its 200 a port that its router has not opened" },
	{ "ack-lost", ROUTER, NULL, ALLOWED, "RFC 4787 7", "did not mend that Contact: an ALG may do so, none has to" },
	{ "ack-lost", SERVER, "server dialog-target contact", REQUIRED, "RFC 3261 12.2.1.1", "sends what comes later in a call to the Contact as it was written" },
	{ "ack-lost", NETWORK, NULL, REQUIRED, "RFC 3261 12.2.1.1", "took the ACK to that Contact, which leads nowhere" },
	{ "ack-lost", NETWORK, NULL, ALLOWED, "RFC 3261 13.3.1.4", "brought no ACK for 64 times T1, so that the one who had answered hung up, as it should" },

	{ "bye-lost", PHONE, "server dialog-target contact and lost server", ALLOWED, "RFC 3261 8.1.1.8", "wrote the address of its own network into the Contact; it knows no other" },
	{ "bye-lost", ROUTER, "server dialog-target contact and lost server", ALLOWED, "RFC 4787 7", "did not write its own address in that place: an ALG may do so, none has to" },
	{ "bye-lost", SERVER, "server dialog-target contact", REQUIRED, "RFC 3261 12.2.1.1", "sends what comes later in a call to the Contact as it was written" },
	{ "bye-lost", PHONE, "phone keepalive.type none and lost router", ALLOWED, "RFC 5626 3.5", "sent nothing during the call that would have kept the mapping of SIP open" },
	{ "bye-lost", ROUTER, "router udp-timeout.first <120s and lost router", AGAINST, "RFC 4787 4.3 (REQ-5)", "does not keep every mapping for the two minutes that it has to: young or one-sided ones it forgets earlier" },
	{ "bye-lost", ROUTER, "lost router", ALLOWED, "RFC 4787 4.3", "had no mapping any more for where the BYE went, and dropped it" },
	{ "bye-lost", NETWORK, "lost server", REQUIRED, "RFC 1918 3", "has no way to a private address" },
	{ "bye-lost", NETWORK, NULL, REQUIRED, "RFC 3261 15.1.1", "brought no answer to the BYE: who has sent it takes the call for ended, and the other one does not learn of it" },

	{ "both-wait-for-audio", PHONE, NULL, ALLOWED, "RFC 3264 7", "sends nothing as long as it hears nothing, or has nothing to say" },
	{ "both-wait-for-audio", SERVER, NULL, ALLOWED, "RFC 7362", "waits for the phone's audio to learn where to send its own" },

	{ "private-media-address", PHONE, "phone public-address -", ALLOWED, "RFC 3264 5.1", "wrote the address of its own network into SDP; it knows no other" },
	{ "private-media-address", ROUTER, NULL, ALLOWED, "RFC 4787 7", "did not write its own address in that place: an ALG may do so, none has to" },
	{ "private-media-address", SERVER, "server media direct and from phone", ALLOWED, "RFC 3264 5.1", "keeps out of the way of audio: each side sends to where the SDP of the other one says" },
	{ "private-media-address", SERVER, "server latch off and from server", ALLOWED, "RFC 7362", "does not send audio back to where some comes from" },
	{ "private-media-address", NETWORK, NULL, REQUIRED, "RFC 3264 5.1", "took the audio to where SDP says, and that is a private address" },

	{ "media-not-hairpinned", SERVER, "server media direct", ALLOWED, "RFC 3264 5.1", "keeps out of the way of audio, so that two phones send it to each other" },
	{ "media-not-hairpinned", ROUTER, NULL, AGAINST, "RFC 4787 6 (REQ-9)", "does not let back in what comes from inside to its outside address" },

	{ "media-port-unmapped", ROUTER, NULL, ALLOWED, "RFC 4787 4.2.1", "gave the phone's audio another outside port than the one in SDP" },
	{ "media-port-unmapped", SERVER, "server latch off", REQUIRED, "RFC 3264 5.1", "sent audio to the port in SDP" },
	{ "media-port-unmapped", NETWORK, NULL, REQUIRED, "RFC 3264 5.1", "took the audio to the port that SDP names, which nobody has opened" },

	{ "latched-on-wrong-source", SERVER, NULL, ALLOWED, "RFC 7362", "sends audio to where some came from, and not to where SDP says" },
	{ "latched-on-wrong-source", NETWORK, NULL, ALLOWED, NULL, "brought audio from where the phone does not hear" },

	{ "no-hairpin", ROUTER, NULL, AGAINST, "RFC 4787 6 (REQ-9)", "does not let back in what comes from inside to its outside address" },

	{ "no-outside-port", ROUTER, NULL, ALLOWED, "RFC 6888 3 (REQ-4)", "has no outside port left to give" },

	{ "fragments-dropped", PHONE, "asked register outgoing-call", AGAINST, "RFC 3261 18.1.1", "sent by UDP a request that is too long for one packet; above 1,300 bytes it has to go by TCP" },
	{ "fragments-dropped", SERVER, "asked incoming-call reachable-after", AGAINST, "RFC 3261 18.1.1", "sent by UDP a request that is too long for one packet; above 1,300 bytes it has to go by TCP" },
	{ "fragments-dropped", ROUTER, "router fragments drop", AGAINST, "RFC 4787 11 (REQ-14)", "drops fragments" },
	{ "fragments-dropped", ROUTER, "router fragments pass", AGAINST, "RFC 4787 11 (REQ-14)", "drops a fragment that comes before the first one of its datagram" },
	{ "fragments-dropped", NETWORK, NULL, ALLOWED, "RFC 791 2.3", "cut the datagram into fragments, of which one did not arrive" },

	{ "too-long-to-pass", PHONE, "phone df always learns", ALLOWED, "RFC 1191", "forbids routers to cut what it sends" },
	{ "too-long-to-pass", ROUTER, "router icmp off", AGAINST, "RFC 4787 10 (REQ-13)", "dropped a packet that is too long for the next wire, and told nobody" },
	{ "too-long-to-pass", NETWORK, NULL, REQUIRED, "RFC 791 2.3", "does not take a packet of this length and must not cut it" },

	{ "no-route", NETWORK, NULL, REQUIRED, "RFC 1918 3", "has no way to the address that it was given" },

	{ "port-closed", NETWORK, NULL, ALLOWED, "RFC 1122 4.1.3.1", "brought the datagram to a port where nothing listens" },
	{ "port-closed", PHONE, "lost phone", ALLOWED, "RFC 1122 4.1.3.1", "does not listen there, which it should say by ICMP" },
	{ "port-closed", SERVER, "lost server", ALLOWED, "RFC 1122 4.1.3.1", "does not listen there, which it should say by ICMP" },

	{ "wrong-password", PHONE, NULL, ALLOWED, "RFC 3261 22.2, 22.3", "answered the challenge with another password than the server has" },
	{ "wrong-password", SERVER, NULL, ALLOWED, "RFC 3261 22.2, 22.3", "did not take credentials that do not fit" },

	{ "no-common-algorithm", SERVER, NULL, ALLOWED, "RFC 8760 2.3", "offers no algorithm that the phone knows" },
	{ "no-common-algorithm", PHONE, NULL, ALLOWED, "RFC 8760 2.4", "knows no algorithm that the server offers, and had nothing to answer" },

	{ "refused", SERVER, NULL, ALLOWED, "RFC 3261 10.3", "said no" },

	{ "lost-on-the-wire", NETWORK, NULL, ALLOWED, "RFC 768", "lost the datagrams: UDP promises nothing" },

	{ "no-answer", NETWORK, NULL, ALLOWED, "RFC 3261 8.1.3.1", "brought no answer, and nobody was seen to lose one" },
	{ 0 },
};
/* clang-format on */

/* --- who is who --------------------------------------------------------------------------------------------------- */

/** The devices of a failure, with what they are in this cell; NULL: there is none. */
struct parties {
	const struct check_result *of;
	const struct node_spec *nodes[WHOSES];
	const void *profiles[WHOSES];
	const struct node_spec *lost_at; /* NULL: nowhere */
	usec silence;			 /* after which it was lost; 0: not known */
};

static const struct node_spec *node_called(const struct scenario *s, const char *name)
{
	for (uint32_t i = 0; name && i < s->n_nodes; i++)
		if (strcmp(s->nodes[i].name, name) == 0)
			return &s->nodes[i];
	return NULL;
}

static const struct node_spec *first_of(const struct scenario *s, enum device_kind kind)
{
	for (uint32_t i = 0; i < s->n_nodes; i++)
		if (s->nodes[i].kind == kind)
			return &s->nodes[i];
	return NULL;
}

static const struct node_spec *phone_at(const struct scenario *s, int node)
{
	return node >= 0 && s->nodes[node].kind == DEVICE_PHONE ? &s->nodes[node] : NULL;
}

static bool is_of_audio(const struct check *c)
{
	return c->kind->rule == CHECK_AUDIO;
}

/** Whom the check is about, of audio who is to hear it; or who else takes part. */
static const struct node_spec *phone_of(const struct scenario *s, const struct check *c)
{
	const struct node_spec *phone = phone_at(s, c->hearer);
	phone = phone ? phone : phone_at(s, c->subject);
	for (uint32_t i = 0; !phone && i < c->n_of; i++)
		for (uint32_t k = 0; !phone && k < s->steps[c->of[i]].n_subjects; k++)
			phone = phone_at(s, s->steps[c->of[i]].subjects[k]);
	return phone ? phone : first_of(s, DEVICE_PHONE);
}

/** The router that a node is behind; NULL: none. */
static const struct node_spec *router_of(const struct scenario *s, const struct node_spec *n, const uint32_t *choice)
{
	int behind = n ? n->behind[n->behind_axis < 0 ? 0 : choice[n->behind_axis]] : -1;
	return behind < 0 ? NULL : &s->nodes[behind];
}

static usec sooner(usec one, usec other)
{
	return other < one ? other : one;
}

/** How long at most nobody has sent anything by himself when a probe came: who asks for ten minutes may be answered by a keepalive. */
static usec silence_of(const struct check *c, const uint32_t *choice, const struct phone_profile *p,
		       const struct server_profile *s)
{
	usec silence = check_values_of(c, choice).time;
	if (c->kind->rule != CHECK_PROBES || !p || !s)
		return 0;
	silence = sooner(silence, p->expires - p->refresh_before);
	silence = p->keepalive.type == KEEPALIVE_NONE ? silence : sooner(silence, p->keepalive.every);
	return s->ping.type == KEEPALIVE_NONE ? silence : sooner(silence, s->ping.every);
}

/** The one that lost it is the one that is meant. */
static struct parties parties_of(struct arena *a, const struct scenario *s, const struct cell_result *r,
				 const struct check_result *of)
{
	const struct node_spec *lost_at = node_called(s, of->lost_at);
	struct parties p = { .of = of, .lost_at = lost_at };
	p.nodes[PHONE] = phone_of(s, of->check);
	p.nodes[SERVER] = first_of(s, DEVICE_SERVER);
	p.nodes[ROUTER] = router_of(s, p.nodes[PHONE], r->choice);
	if (!p.nodes[ROUTER])
		p.nodes[ROUTER] = router_of(s, p.nodes[SERVER], r->choice);
	if (lost_at && lost_at->kind == DEVICE_PHONE && !is_of_audio(of->check))
		p.nodes[PHONE] = lost_at;
	if (lost_at && lost_at->kind == DEVICE_ROUTER)
		p.nodes[ROUTER] = lost_at;
	if (lost_at && lost_at->kind == DEVICE_SERVER)
		p.nodes[SERVER] = lost_at;
	for (int w = 0; w < WHOSES; w++)
		if (p.nodes[w])
			p.profiles[w] = cell_profile(a, s, p.nodes[w], r->choice);
	p.silence = silence_of(of->check, r->choice, p.profiles[PHONE], p.profiles[SERVER]);
	return p;
}

/* --- what is true ------------------------------------------------------------------------------------------------- */

/** A row of a device by its path: "udp-timeout.stream"; NULL when there is none. */
static const struct field *field_at(const struct field *fields, const char *path)
{
	size_t len = strcspn(path, ".");
	const struct field *f = field_find(fields, path, len);
	return f && path[len] ? field_at(f->members, path + len + 1) : f;
}

static bool is_word_of(const char *words, const char *word)
{
	size_t len = strlen(word);
	for (const char *w = words; *w; w += strcspn(w, " "), w += strspn(w, " "))
		if (strcspn(w, " ") == len && memcmp(w, word, len) == 0)
			return true;
	return false;
}

/** "<120s" or ">=120s" */
static bool duration_holds(const char *is, usec value)
{
	usec bound = 0;
	const char *number = is + strspn(is, "<>=");
	if (!duration_read(number, strlen(number), &bound))
		abort(); /* a row that was never tried */
	return (*is == '<') == (value < bound);
}

/** WHOSES: it is nobody's word. */
static int whose_called(const char *word)
{
	int w = 0;
	while (whose_words[w] && strcmp(whose_words[w], word) != 0)
		w++;
	return w;
}

/** "none off": it is one of these; "!none": it is none of them. */
static bool words_hold(const char *words, const char *word)
{
	bool without = *words == '!';
	return is_word_of(words + without, word) != without;
}

/** "keepalive.type none" of a device; false where there is none, or none with such a knob. */
static bool knob_holds(struct arena *a, const struct node_spec *node, const void *profile, const char *knob,
		       const char *is)
{
	const struct field *f = node ? field_at(devices[node->kind].fields, knob) : NULL;
	usec time;
	if (!f)
		return false;
	if (f->kind == FIELD_DURATION) {
		memcpy(&time, (const char *)profile + f->at, sizeof time);
		return duration_holds(is, time);
	}
	const char *text = field_print(f, profile, a);
	return words_hold(is, *text ? text : "-");
}

/** Whose audio it is that the hearer gets. */
static const char *sender_of(const struct scenario *s, const struct parties *p)
{
	const struct node_spec *speaker = p->of->check->subject < 0 ? NULL : &s->nodes[p->of->check->subject];
	const struct server_profile *server = p->profiles[SERVER];
	bool relayed = server && server->media != MEDIA_DIRECT;
	return relayed || !speaker || speaker->kind != DEVICE_PHONE ? "server" : "phone";
}

/** What is no knob. */
static bool fact_holds(const struct scenario *s, const struct parties *p, const char *fact, const char *is)
{
	if (strcmp(fact, "asked") == 0)
		return words_hold(is, p->of->check->kind->word);
	if (strcmp(fact, "result") == 0)
		return words_hold(is, verdict_words[p->of->result]);
	if (strcmp(fact, "lost") == 0)
		return p->lost_at && words_hold(is, device_words[p->lost_at->kind]);
	if (strcmp(fact, "from") == 0)
		return words_hold(is, sender_of(s, p));
	if (strcmp(fact, "silence") == 0)
		return !p->silence || duration_holds(is, p->silence);
	abort(); /* a row that was never tried */
}

/** A condition in its words; `of` NULL: there is none left. */
struct term {
	const char *of, *knob, *is;
};

/** Cuts the next one off; `knob` is of a device only. */
static struct term term_next(char **rest)
{
	char *term = *rest, *end = term ? strstr(term, AND) : NULL;
	struct term out = { 0 };
	*rest = end ? end + strlen(AND) : NULL;
	if (end)
		*end = '\0';
	out.of = term ? strsep(&term, " ") : NULL;
	if (out.of && whose_called(out.of) < WHOSES)
		out.knob = strsep(&term, " ");
	out.is = term;
	return out;
}

static bool row_holds(struct arena *a, const struct scenario *s, const struct chain_row *row, const struct parties *p)
{
	char *rest = row->when ? arena_strdup(a, row->when) : NULL;
	bool holds = row->whose == NETWORK || p->nodes[row->whose];
	for (struct term t; holds && (t = term_next(&rest)).of;) {
		int w = whose_called(t.of);
		holds = w < WHOSES ? knob_holds(a, p->nodes[w], p->profiles[w], t.knob, t.is)
				   : fact_holds(s, p, t.of, t.is);
	}
	return holds;
}

/* --- the chain ---------------------------------------------------------------------------------------------------- */

static void link_add(struct chain *c, const struct chain_row *row, const struct parties *p)
{
	const struct node_spec *node = p->nodes[row->whose];
	if (c->n < CHAIN_MAX)
		c->links[c->n++] = (struct chain_link){ row->whose, node ? node->name : NULL, row->did, row->clause,
							row->standing };
}

static const struct check_result *first_failure(const struct cell_result *r)
{
	for (uint32_t i = 0; i < r->n_checks; i++)
		if (r->checks[i].cause)
			return &r->checks[i];
	return NULL;
}

/** Nobody has the device that the table speaks of: what the cause itself says. */
static const struct chain_row *generic_row(struct arena *a, const struct cause *cause)
{
	struct chain_row *row = arena_alloc(a, sizeof *row);
	*row = (struct chain_row){ cause->word, NETWORK,       NULL,
				   ALLOWED,	cause->clause, arena_printf(a, "is where it ends: %s", cause->title) };
	return row;
}

struct chain chain_of(struct arena *a, const struct scenario *s, const struct cell_result *r)
{
	struct chain c = { .of = first_failure(r) };
	if (!c.of)
		return c;
	struct parties p = parties_of(a, s, r, c.of);
	for (const struct chain_row *row = rows; row->cause; row++)
		if (strcmp(row->cause, c.of->cause->word) == 0 && row_holds(a, s, row, &p))
			link_add(&c, row, &p);
	if (c.n == 0)
		link_add(&c, generic_row(a, c.of->cause), &p);
	return c;
}

bool chain_is_certain(const struct cause *cause)
{
	for (const struct chain_row *row = rows; row->cause; row++)
		if (strcmp(row->cause, cause->word) == 0 && !row->when)
			return true;
	return false;
}

/** Does the device have such a knob, and can it have one of these values? */
static bool knob_is_there(struct arena *a, enum device_kind kind, const struct term *t)
{
	const struct field *f = field_at(devices[kind].fields, t->knob);
	void *value = f ? arena_alloc(a, field_size(f)) : NULL;
	char *rest = arena_strdup(a, t->is + strspn(t->is, "!<>="));
	for (const char *word; f && (word = strsep(&rest, " "));)
		if (strcmp(word, "-") != 0 && !field_read(f, a, word, strlen(word), value))
			return false;
	return f;
}

const char *chain_misspelt(struct arena *a)
{
	static const enum device_kind kinds[] = {
		[PHONE] = DEVICE_PHONE, [ROUTER] = DEVICE_ROUTER, [SERVER] = DEVICE_SERVER
	};
	for (const struct chain_row *row = rows; row->cause; row++) {
		char *rest = row->when ? arena_strdup(a, row->when) : NULL;
		for (struct term t; (t = term_next(&rest)).of;) {
			int w = whose_called(t.of);
			if (w < NETWORK ? !knob_is_there(a, kinds[w], &t)
					: !is_word_of("asked result lost from silence", t.of))
				return row->when;
		}
	}
	return NULL;
}
