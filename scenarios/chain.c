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

/*
 * A link of the chain of a cause. It is true when the device has this knob at one of these words, or, of a duration, below ("<") or
 * at least (">=") that; without a knob it is always true. Where a lab has no such device, it has no such link.
 */
struct chain_row {
	const char *cause;
	enum whose whose;
	const char *knob, *is;
	enum standing standing;
	const char *clause, *did;
	usec silent; /* true only after a shorter silence, where that is known; 0: after any */
};

/* clang-format off */
static const struct chain_row rows[] = {
	{ "reply-to-via-port", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 4.2.1", "gave the request another source port than the one that the phone sent from" },
	{ "reply-to-via-port", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 7", "did not write that port into the Via: an ALG may do so, none has to" },
	{ "reply-to-via-port", PHONE, "rport", "off", ALLOWED, "RFC 3581 3", "did not ask for an answer to the source by rport, which is optional" },
	{ "reply-to-via-port", SERVER, "rport", "off", ALLOWED, "RFC 3581 4", "does not know rport, which is an extension" },
	{ "reply-to-via-port", SERVER, NULL, NULL, REQUIRED, "RFC 3261 18.2.2", "answered to the address that the request came from and the port in the Via" },

	{ "double-nat", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 4.2.1", "translated once more, and gave the request another source port" },
	{ "double-nat", PHONE, "rport", "off", ALLOWED, "RFC 3581 3", "did not ask for an answer to the source by rport, which is optional" },
	{ "double-nat", SERVER, NULL, NULL, REQUIRED, "RFC 3261 18.2.2", "answered to the port in the Via, which is not open at the outer router" },

	{ "alg-wrong-port", ROUTER, NULL, NULL, AGAINST, "RFC 3261 18.1.1", "wrote into the message a port at which nobody hears for the phone" },
	{ "alg-wrong-port", SERVER, NULL, NULL, REQUIRED, "RFC 3261 18.2.2", "believed what stands in the message, and sent to that port" },

	{ "asymmetric-phone-forced-rport", PHONE, "send-port", "ephemeral ephemeral-each", ALLOWED, "RFC 3261 18.1.1", "sends from one port and listens on another, the one in its Via" },
	{ "asymmetric-phone-forced-rport", PHONE, "rport", "on", AGAINST, "RFC 3581 3", "asked for answers to a port from which it only sends" },
	{ "asymmetric-phone-forced-rport", SERVER, "force-rport", "on auto", AGAINST, "RFC 3261 18.2.2", "answered to the source port, which the phone had not asked for" },
	{ "asymmetric-phone-forced-rport", NETWORK, NULL, NULL, ALLOWED, "RFC 1122 4.1.3.1", "brought the answer to a port where nothing listens" },

	{ "asymmetric-phone-preserved-port", PHONE, NULL, NULL, ALLOWED, "RFC 3261 18.1.1", "sends from one port and listens on another, the one in its Via" },
	{ "asymmetric-phone-preserved-port", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 4.2.1", "opened the port that the phone sent from, and not the one in the Via" },
	{ "asymmetric-phone-preserved-port", SERVER, NULL, NULL, REQUIRED, "RFC 3261 18.2.2", "answered to the port in the Via" },

	{ "asymmetric-phone-via-mapped", PHONE, NULL, NULL, ALLOWED, "RFC 3261 18.1.1", "sends from one port and listens on another" },
	{ "asymmetric-phone-via-mapped", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 7", "wrote into the Via the outside port of where the phone only sends" },
	{ "asymmetric-phone-via-mapped", SERVER, NULL, NULL, REQUIRED, "RFC 3261 18.2.2", "answered to the port in the Via" },

	{ "asymmetric-phone-stored-source", PHONE, NULL, NULL, ALLOWED, "RFC 3261 18.1.1", "sends from one port and listens on another, the one in its Contact" },
	{ "asymmetric-phone-stored-source", SERVER, NULL, NULL, AGAINST, "RFC 3261 10.3 (7.)", "stored the source of the REGISTER in place of the Contact, and sent its request there" },

	{ "response-discarded", ROUTER, NULL, NULL, AGAINST, "RFC 3261 18.1.2", "let the answer reach the phone with another Via than the phone had written" },
	{ "response-discarded", PHONE, NULL, NULL, REQUIRED, "RFC 3261 18.1.2", "discarded without a word an answer whose top Via is not its own" },

	{ "wrong-received", SERVER, NULL, NULL, AGAINST, "RFC 3261 18.2.1", "wrote another address into received= than the one that the request came from" },
	{ "wrong-received", PHONE, NULL, NULL, ALLOWED, "RFC 3581 9", "took that for its own outside address, and registered with it" },

	{ "private-contact", PHONE, NULL, NULL, ALLOWED, "RFC 3261 10.2.1", "wrote the address of its own network into the Contact; it knows no other" },
	{ "private-contact", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 7", "did not write its own address in that place: an ALG may do so, none has to" },
	{ "private-contact", SERVER, "stored-contact", "literal", REQUIRED, "RFC 3261 10.3", "stored the Contact as it was written, and sent its request there" },
	{ "private-contact", SERVER, "stored-contact", "!literal", ALLOWED, "RFC 3261 10.3", "found nothing to mend in the Contact, and sent its request there" },
	{ "private-contact", NETWORK, NULL, NULL, REQUIRED, "RFC 1918 3", "has no way to a private address" },

	{ "contact-port-unmapped", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 4.2.1", "gave the phone another outside port than the one in its Contact" },
	{ "contact-port-unmapped", PHONE, "rport", "off", ALLOWED, "RFC 3581 3", "did not ask for its outside port by rport" },
	{ "contact-port-unmapped", SERVER, NULL, NULL, ALLOWED, "RFC 3261 10.3", "sent its request to the port in the Contact, which nobody has opened" },

	{ "mapping-expired", PHONE, "keepalive.type", "none", ALLOWED, "RFC 5626 3.5", "sent nothing that would have kept the mapping open" },
	{ "mapping-expired", SERVER, "ping.type", "none", ALLOWED, "RFC 5626 3.5", "sent nothing either: it pings nobody" },
	{ "mapping-expired", ROUTER, "udp-timeout.first", "<120s", AGAINST, "RFC 4787 4.3 (REQ-5)", "does not keep every mapping for the two minutes that it has to: young or one-sided ones it forgets earlier", 120 * SEC },
	{ "mapping-expired", ROUTER, "udp-timeout.stream", "<120s", AGAINST, "RFC 4787 4.3 (REQ-5)", "forgets mappings that are in use before the two minutes that it has to keep them", 120 * SEC },
	{ "mapping-expired", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 4.3", "forgot the mapping when its time was over, and dropped what came to that port" },

	{ "alg-blinds-nat-tests", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 7", "wrote its own address into the message, so that nothing private is left in it" },
	{ "alg-blinds-nat-tests", SERVER, NULL, NULL, ALLOWED, NULL, "took the phone for one without a NAT, and did nothing for it" },
	{ "alg-blinds-nat-tests", PHONE, "keepalive.type", "none", ALLOWED, "RFC 5626 3.5", "sent nothing by itself that would have kept the mapping open" },
	{ "alg-blinds-nat-tests", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 4.3", "dropped what came to a port that is not open" },

	{ "alg-not-on-this-port", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 7", "has an ALG that looks at another port than that of this server" },
	{ "alg-not-on-this-port", SERVER, NULL, NULL, ALLOWED, "RFC 3261 18.2.1", "listens at another port than 5060, which is only recommended" },

	{ "alg-drops", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 7 (REQ-10)", "has its ALG switched on, against the advice, and the ALG dropped a message" },

	{ "two-phones-one-port", PHONE, NULL, NULL, ALLOWED, "RFC 3261 18.1.1", "wants the same port as another phone behind the same router" },
	{ "two-phones-one-port", ROUTER, "collision", "!share share-or-drop", REQUIRED, "RFC 4787 4.2.1 (REQ-3)", "gives an outside port to one phone only, and another phone has this one" },
	{ "two-phones-one-port", ROUTER, "collision", "share share-or-drop", AGAINST, "RFC 4787 4.2.1 (REQ-3)", "gives one outside port to several phones" },
	{ "two-phones-one-port", PHONE, "rport", "off", ALLOWED, "RFC 3581 3", "did not ask for an answer to the source by rport, which is optional" },

	{ "misdelivered", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 4.2.1", "gave what came in to the phone that has the port now" },
	{ "misdelivered", SERVER, NULL, NULL, ALLOWED, "RFC 3261 10.3", "sent to a port that is not, or no longer, the phone's" },

	{ "other-server-port", SERVER, NULL, NULL, ALLOWED, "RFC 3261 18.1.1", "sent its request from an address or port that the phone has never sent to" },
	{ "other-server-port", ROUTER, "filtering", "address-dependent address-and-port-dependent", ALLOWED, "RFC 4787 5", "lets in only what comes from where the phone has sent to" },
	{ "other-server-port", ROUTER, "filtering", "endpoint-independent", ALLOWED, "RFC 4787 5", "did not let in what came from there" },

	{ "no-binding", SERVER, NULL, NULL, REQUIRED, "RFC 3261 16.5", "had no binding any more, so that there was nowhere to send the request" },
	{ "no-binding", PHONE, NULL, NULL, ALLOWED, "RFC 3261 10.2.4", "had not registered anew: it does not learn that its binding is gone" },

	{ "router-restarted", ROUTER, NULL, NULL, ALLOWED, NULL, "lost its mappings, or its address, and tells nobody" },
	{ "router-restarted", PHONE, NULL, NULL, ALLOWED, "RFC 3261 10.2.4", "did not register anew before its time: nobody told it" },
	{ "router-restarted", SERVER, NULL, NULL, REQUIRED, "RFC 3261 10.3", "sent to the binding that it has, which leads through the lost mapping" },

	{ "request-uri-not-mine", SERVER, NULL, NULL, AGAINST, "RFC 3261 16.6 (2.)", "wrote another address into the Request-URI than the Contact that the phone had registered" },
	{ "request-uri-not-mine", PHONE, NULL, NULL, ALLOWED, "RFC 3261 8.2.2.1", "did not find itself in that Request-URI, and answered 404" },

	{ "stale-binding-forked", PHONE, NULL, NULL, ALLOWED, "RFC 3261 10.2.2", "registered another Contact and left the old binding where it was" },
	{ "stale-binding-forked", SERVER, NULL, NULL, ALLOWED, "RFC 3261 16.6", "called all the bindings that it has" },

	{ "content-length-stale", ROUTER, NULL, NULL, AGAINST, "RFC 3261 20.14", "changed the length of the body and left Content-Length as it was" },
	{ "content-length-stale", NETWORK, NULL, NULL, REQUIRED, "RFC 3261 18.3", "brought a message that ends before Content-Length says, which its receiver discards, or answers with 400" },

	{ "digest-uri-altered", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 7 (REQ-10)", "has its ALG switched on, against the advice, and the ALG rewrote the Request-URI that the credentials are for" },
	{ "digest-uri-altered", SERVER, NULL, NULL, ALLOWED, "RFC 3261 22.4 (6.)", "compared the two, which it may, and did not take the credentials" },

	{ "dialog-identifiers-altered", ROUTER, NULL, NULL, AGAINST, "RFC 3261 8.1.1.4", "rewrote one way only what a call is recognised by" },
	{ "dialog-identifiers-altered", NETWORK, NULL, NULL, ALLOWED, "RFC 3261 12.2.2", "brought a request to somebody who knows no such call, and said 481" },

	{ "ack-lost", NETWORK, NULL, NULL, REQUIRED, "RFC 3261 12.2.1.1", "took the ACK to the Contact of the one who had answered, and that leads nowhere" },
	{ "ack-lost", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 7", "did not mend that Contact: an ALG may do so, none has to" },
	{ "ack-lost", SERVER, "dialog-target", "contact", REQUIRED, "RFC 3261 12.2.1.1", "sends what comes later in a call to the Contact as it was written" },
	{ "ack-lost", NETWORK, NULL, NULL, ALLOWED, "RFC 3261 13.3.1.4", "brought no ACK for 64 times T1, so that the one who had answered hung up, as it should" },

	{ "bye-lost", PHONE, "keepalive.type", "none", ALLOWED, "RFC 5626 3.5", "sent nothing during the call that would have kept the mapping of SIP open" },
	{ "bye-lost", SERVER, "dialog-target", "contact", REQUIRED, "RFC 3261 12.2.1.1", "sends what comes later in a call to the Contact as it was written" },
	{ "bye-lost", NETWORK, NULL, NULL, REQUIRED, "RFC 3261 15.1.1", "took the BYE to where the Contact says, and that leads nowhere" },

	{ "both-wait-for-audio", PHONE, NULL, NULL, ALLOWED, "RFC 3264 7", "sends nothing as long as it hears nothing, or has nothing to say" },
	{ "both-wait-for-audio", SERVER, NULL, NULL, ALLOWED, "RFC 7362", "waits for the phone's audio to learn where to send its own" },

	{ "private-media-address", PHONE, "public-address", "-", ALLOWED, "RFC 3264 5.1", "wrote the address of its own network into SDP; it knows no other" },
	{ "private-media-address", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 7", "did not write its own address in that place: an ALG may do so, none has to" },
	{ "private-media-address", SERVER, "media", "direct", ALLOWED, "RFC 3264 5.1", "keeps out of the way of audio: each side sends to where the SDP of the other one says" },
	{ "private-media-address", SERVER, "latch", "off", ALLOWED, "RFC 7362", "does not send audio back to where some comes from" },
	{ "private-media-address", NETWORK, NULL, NULL, REQUIRED, "RFC 3264 5.1", "took the audio to where SDP says, and that is a private address" },

	{ "media-not-hairpinned", SERVER, "media", "direct", ALLOWED, "RFC 3264 5.1", "keeps out of the way of audio, so that two phones send it to each other" },
	{ "media-not-hairpinned", ROUTER, NULL, NULL, AGAINST, "RFC 4787 6 (REQ-9)", "does not let back in what comes from inside to its outside address" },

	{ "media-port-unmapped", ROUTER, NULL, NULL, ALLOWED, "RFC 4787 4.2.1", "gave the phone's audio another outside port than the one in SDP" },
	{ "media-port-unmapped", SERVER, "latch", "off", REQUIRED, "RFC 3264 5.1", "sent audio to the port in SDP" },
	{ "media-port-unmapped", NETWORK, NULL, NULL, REQUIRED, "RFC 3264 5.1", "took the audio to the port that SDP names, which nobody has opened" },

	{ "latched-on-wrong-source", SERVER, NULL, NULL, ALLOWED, "RFC 7362", "sends audio to where some came from, and not to where SDP says" },
	{ "latched-on-wrong-source", NETWORK, NULL, NULL, ALLOWED, NULL, "brought audio from where the phone does not hear" },

	{ "no-hairpin", ROUTER, NULL, NULL, AGAINST, "RFC 4787 6 (REQ-9)", "does not let back in what comes from inside to its outside address" },

	{ "no-outside-port", ROUTER, NULL, NULL, ALLOWED, "RFC 6888 3 (REQ-4)", "has no outside port left to give" },

	{ "fragments-dropped", NETWORK, NULL, NULL, AGAINST, "RFC 3261 18.1.1", "carries by UDP a request that is too long for one packet; above 1,300 bytes it has to go by TCP" },
	{ "fragments-dropped", ROUTER, "fragments", "drop", AGAINST, "RFC 4787 11 (REQ-14)", "drops fragments" },
	{ "fragments-dropped", ROUTER, "fragments", "pass", AGAINST, "RFC 4787 11 (REQ-14)", "drops a fragment that comes before the first one of its datagram" },

	{ "too-long-to-pass", PHONE, "df", "always learns", ALLOWED, "RFC 1191", "forbids routers to cut what it sends" },
	{ "too-long-to-pass", ROUTER, "icmp", "off", AGAINST, "RFC 4787 10 (REQ-13)", "dropped a packet that is too long for the next wire, and told nobody" },
	{ "too-long-to-pass", NETWORK, NULL, NULL, REQUIRED, "RFC 791 2.3", "does not take a packet of this length and must not cut it" },

	{ "no-route", NETWORK, NULL, NULL, REQUIRED, "RFC 1918 3", "has no way to the address that it was given" },

	{ "port-closed", NETWORK, NULL, NULL, ALLOWED, "RFC 1122 4.1.3.1", "brought the datagram to a port where nothing listens" },

	{ "wrong-password", PHONE, NULL, NULL, ALLOWED, "RFC 3261 22.2, 22.3", "answered the challenge with another password than the server has" },
	{ "wrong-password", SERVER, NULL, NULL, ALLOWED, "RFC 3261 22.2, 22.3", "did not take credentials that do not fit" },

	{ "no-common-algorithm", SERVER, NULL, NULL, ALLOWED, "RFC 8760 2.3", "offers no algorithm that the phone knows" },
	{ "no-common-algorithm", PHONE, NULL, NULL, ALLOWED, "RFC 8760 2.4", "knows no algorithm that the server offers, and had nothing to answer" },

	{ "refused", SERVER, NULL, NULL, ALLOWED, "RFC 3261 10.3", "said no" },

	{ "lost-on-the-wire", NETWORK, NULL, NULL, ALLOWED, "RFC 768", "lost the datagrams: UDP promises nothing" },

	{ "no-answer", NETWORK, NULL, NULL, ALLOWED, "RFC 3261 8.1.3.1", "brought no answer, and nobody was seen to lose one" },
	{ 0 },
};
/* clang-format on */

/* --- who is who --------------------------------------------------------------------------------------------------- */

/** The devices of a failure, with what they are in this cell; NULL: there is none. */
struct parties {
	const struct node_spec *nodes[WHOSES];
	const void *profiles[WHOSES];
	usec silence; /* after which it was lost; 0: not known */
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

/** Whom the check is about, or who else takes part. */
static const struct node_spec *phone_of(const struct scenario *s, const struct check *c)
{
	const struct node_spec *phone = phone_at(s, c->subject);
	phone = phone ? phone : phone_at(s, c->hearer);
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
static usec silence_of(const struct check *c, const uint32_t *choice, const struct phone_profile *p, const struct server_profile *s)
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
	struct parties p = { 0 };
	const struct node_spec *lost_at = node_called(s, of->lost_at);
	p.nodes[PHONE] = phone_of(s, of->check);
	p.nodes[SERVER] = first_of(s, DEVICE_SERVER);
	p.nodes[ROUTER] = router_of(s, p.nodes[PHONE], r->choice);
	if (!p.nodes[ROUTER])
		p.nodes[ROUTER] = router_of(s, p.nodes[SERVER], r->choice);
	if (lost_at && lost_at->kind == DEVICE_PHONE)
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

static bool row_holds(struct arena *a, const struct chain_row *row, const struct parties *p)
{
	const struct node_spec *node = p->nodes[row->whose];
	if (row->whose == NETWORK)
		return true;
	if (row->silent && p->silence >= row->silent)
		return false; /* who keeps what he has to had forgotten it as well */
	if (!node || !row->knob)
		return node != NULL;
	const struct field *f = field_at(devices[node->kind].fields, row->knob);
	const void *profile = p->profiles[row->whose];
	usec time;
	if (!f)
		return false;
	if (f->kind == FIELD_DURATION) {
		memcpy(&time, (const char *)profile + f->at, sizeof time);
		return duration_holds(row->is, time);
	}
	bool without = *row->is == '!';
	return is_word_of(row->is + without, field_print(f, profile, a)) != without;
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
	*row = (struct chain_row){ cause->word,
				   NETWORK,
				   NULL,
				   NULL,
				   ALLOWED,
				   cause->clause,
				   arena_printf(a, "is where it ends: %s", cause->title) };
	return row;
}

struct chain chain_of(struct arena *a, const struct scenario *s, const struct cell_result *r)
{
	struct chain c = { .of = first_failure(r) };
	if (!c.of)
		return c;
	struct parties p = parties_of(a, s, r, c.of);
	for (const struct chain_row *row = rows; row->cause; row++)
		if (strcmp(row->cause, c.of->cause->word) == 0 && row_holds(a, row, &p))
			link_add(&c, row, &p);
	if (c.n == 0)
		link_add(&c, generic_row(a, c.of->cause), &p);
	return c;
}

bool chain_is_certain(const struct cause *cause)
{
	for (const struct chain_row *row = rows; row->cause; row++)
		if (strcmp(row->cause, cause->word) == 0 && !row->knob)
			return true;
	return false;
}
