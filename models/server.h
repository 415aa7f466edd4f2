/*
 * A SIP server: a registrar that challenges, keeps bindings and answers OPTIONS.
 */
#ifndef MODELS_SERVER_H
#define MODELS_SERVER_H

#include "models/expires.h"
#include "models/field.h"
#include "models/ids.h"
#include "models/keepalive.h"
#include "models/talk_profile.h"
#include "sim/world.h"

enum server_kind { SERVER_PBX, SERVER_PROXY };
/** What a server writes into received=. */
enum received_stamp { RECEIVED_SOURCE, RECEIVED_OWN, RECEIVED_NONE };
enum force_rport { FORCE_OFF, FORCE_ON, FORCE_AUTO };
enum stored_contact { STORED_LITERAL, STORED_SOURCE, STORED_SOURCE_IF_RPORT, STORED_ALIAS, STORED_RECEIVED };
enum listed_contact { LISTED_STORED, LISTED_AS_WRITTEN };
enum nat_test {
	NAT_CONTACT_PRIVATE,
	NAT_VIA_ADDRESS,
	NAT_VIA_PRIVATE,
	NAT_VIA_PORT,
	NAT_SOURCE_PRIVATE,
	NAT_CONTACT_PORT,
	NAT_CONTACT_ADDRESS,
	NAT_TESTS
};
enum server_media { MEDIA_DIRECT, MEDIA_RELAY, MEDIA_RELAY_NATTED };
enum ping_to { PING_ALL, PING_NATTED };
enum server_auth { SERVER_AUTH_NONE, SERVER_AUTH_MD5, SERVER_AUTH_SHA_256 };
enum challenge { CHALLENGE_401, CHALLENGE_407 };
/** Where a server sends what comes later in a dialog. */
enum dialog_target { DIALOG_CONTACT, DIALOG_SOURCE, DIALOG_ALIAS, DIALOG_SOURCE_IF_RPORT };
enum checks_uri { CHECKS_URI_OFF, CHECKS_URI_CHALLENGE, CHECKS_URI_REFUSE };
enum bad_credentials { BAD_CREDENTIALS_CHALLENGE, BAD_CREDENTIALS_FORBID };

struct server_profile {
	struct endpoint address; /* host 0: the next free one; port 0: 5060 */
	const char *domain;
	int kind; /* enum server_kind */
	bool rport;
	int force_rport;
	struct list force_rport_for;	    /* of const char * users */
	struct list force_rport_for_agents; /* of const char * beginnings of User-Agent */
	struct list nat_test;		    /* of enum nat_test */
	int stored_contact, listed_contact;
	struct {
		int type; /* enum keepalive_type */
		usec every;
		int to; /* enum ping_to */
		uint32_t from_port; /* 0: where it listens */
	} ping;
	int auth, challenge, bad_credentials, checks_uri;
	bool qop;
	int received; /* enum received_stamp */
	const char *realm, *password;
	usec nonce_lifetime;
	struct registrar_expires expires;
	struct binding_limit bindings;
	bool checks_dialog_uris;
	bool stun;
	bool icmp;	 /* tells who sends to a port that is not open */
	bool heeds_icmp; /* ends requests of which it is told so */
	struct list header_order; /* of enum sip_header */
	const char *user_agent;
	int dialog_target; /* enum dialog_target */
	bool challenge_invite;
	bool record_route; /* a proxy */
	usec fr_timer, invite_timer, session_timer;
	struct {
		usec b, f;
	} timers; /* of a PBX and of the far end; 0: 64*T1 */
	struct endpoint call_from; /* host 0: where it listens; port 0: 5060 */
	int media; /* enum server_media */
	struct talk_profile talk; /* the far end's voice; its RTP is that of a PBX's relay too */
	struct {
		const char *user;
		uint32_t port; /* beside a proxy */
		uint32_t media_address; /* 0: the server's */
	} far_end;
};

extern const struct field server_fields[];

/** "contact-private", ... NULL; by enum nat_test. */
extern const char *const nat_test_words[];

struct server;
struct server_owner;

/** All pointers are kept and outlive the world. */
struct server_setup {
	const struct server_profile *profile;
	const char *name;
	struct network *network;
	struct endpoint address; /* resolved */
	const struct wire *wire;
	const char *domain; /* profile->domain, or the address as text */
	const struct pins *pins;
	uint32_t users; /* phones that may register */
	struct server_owner *owner; /* NULL: the server is a device by itself; see server_part.h */
};

struct server *server_new(struct world *w, const struct server_setup *setup);

struct node *server_node(struct server *s);

/** Where it hangs on its network, for remarks about it. */
const struct iface *server_iface(const struct server *s);

/** Forgets its bindings, its nonces, what it has answered and what it waits for; fact_options_failed ends its pings. */
void server_restart(struct server *s);

/**
 * Sends OPTIONS to the stored contact of `user` under `story`, a new number of world_story(). Ends with a note that carries
 * the story: fact_options_answered, or fact_options_failed, at once when there is no binding that can be reached.
 */
void server_options(struct server *s, const char *user, size_t len, uint32_t story);

/**
 * The far end of a server: somebody behind it who answers at once and talks. With a PBX it is the PBX itself, with a proxy a
 * node of its own at the same address, "NAME.far".
 */

/** Whom a phone dials to reach it. */
struct span server_far_user(const struct server *s);

/** The node at which what it does and hears is noted. */
const struct node *server_far_node(const struct server *s);

/**
 * It calls a user bound here. All messages of the call, and its audio, carry `story`, a new number of world_story(). Ends with
 * one of the notes of ua.h.
 */
void server_call(struct server *s, struct span user, uint32_t story);

/** It hangs up the call with this story: BYE, or CANCEL while nobody has answered. Nothing when it is in none. */
void server_hangup(struct server *s, uint32_t story);

/** Whoever of the server is in the call with this story forgets it without a word: the far end, and a PBX between two phones. */
void server_abandon(struct server *s, uint32_t story);

extern const struct fact fact_options_answered, fact_options_failed;

/** Why no ping was sent: the user has no binding, or none whose Contact is an address. */
extern const struct fact fact_no_binding;

/** Why a proxy drops an ACK. */
extern const struct fact fact_not_passed_on;

/** None of the nat-tests that a server has finds a phone behind a NAT; and it pings only those that are. */
extern const struct fact fact_no_nat, fact_not_pinged;

/** A server with force-rport auto has seen no NAT, because it compares addresses and no ports, and the ports differ. */
extern const struct fact fact_not_forced;

/** What it tells the phone of where its request came from is not true. */
extern const struct fact fact_received_wrong;

/** What a server notes about requests; the rules of its responses are in via.h. */
extern const struct fact fact_server_restarted, fact_wrong_password, fact_other_uri, fact_via_differs, fact_binding_stored,
	fact_bindings_full;

#endif
