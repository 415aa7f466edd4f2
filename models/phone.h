/*
 * A phone: registers, answers a challenge, refreshes, unregisters; answers OPTIONS.
 *
 * Where it sends from, where it listens, what it writes into Via and Contact, and what it believes of the answers
 * are knobs of their own, because that is where phones differ.
 */
#ifndef MODELS_PHONE_H
#define MODELS_PHONE_H

#include "models/field.h"
#include "models/ids.h"
#include "models/keepalive.h"
#include "models/siptext.h"
#include "models/talk_profile.h"
#include "models/txn_timers.h"
#include "sim/icmp.h"
#include "sim/world.h"

enum send_port { SEND_SAME, SEND_EPHEMERAL, SEND_EPHEMERAL_EACH };
enum via_check { VIA_CHECK_STRICT, VIA_CHECK_BRANCH };
enum uri_check { URI_CHECK_USER, URI_CHECK_HOST_AND_PORT, URI_CHECK_OFF };
enum learn_from { LEARN_NOTHING, LEARN_RECEIVED, LEARN_RECEIVED_AND_RPORT };
enum learn_when { LEARN_REGISTER_2XX, LEARN_ANY_RESPONSE };
enum learned_contact { LEARNED_KEEP, LEARNED_REPLACE, LEARNED_REPLACE_ONCE, LEARNED_REPLACE_AND_UNREGISTER };
enum phone_auth { PHONE_AUTH_MD5, PHONE_AUTH_SHA_256, PHONE_AUTH_BOTH, PHONE_AUTH_NONE };

struct phone_profile {
	struct endpoint address; /* host 0: the next free one; port 0: listen_port */
	const char *user, *password, *domain;
	bool rport, write_port;
	uint32_t listen_port;
	int send_port, via_check, uri_check;
	bool rport_as_server;
	struct endpoint public_address;
	int learn_from, learn_when, learned_contact;
	int auth;
	usec expires, refresh_before, retry;
	struct {
		int type; /* enum keepalive_type */
		usec every;
	} keepalive;
	struct txn_timers timers;
	usec invite_expires, session_timer;
	bool checks_dialog_uris;
	struct talk_profile talk;
	bool icmp;	 /* tells who sends to a port that is not open */
	bool heeds_icmp; /* ends requests of which it is told so */
	int df;		 /* enum df */
	struct list header_order; /* of enum sip_header */
	const char *user_agent, *allow, *supported, *contact_uri_params, *contact_params;
};

extern const struct field phone_fields[];

struct phone;
struct phone_end;
struct sip_view;

/** A device that phones are a part of, and so no nodes of their own: a gateway, which registers with them upstream. */
struct phone_owner {
	struct iface *iface; /* the device's */
	uint32_t cause;	     /* id of the datagram that makes it begin something now; 0: none */
	/** What phone_register(), phone_unregister() or a refresh began has ended, in place of a note. */
	void (*ended)(struct phone_owner *, const struct phone_end *);
	/** The registration is due for its refresh: does it go on? */
	bool (*goes_on)(struct phone_owner *);
};

/** How a registration or unregistration ended. */
struct phone_end {
	const struct packet *response; /* the last one; NULL: a timeout */
	uint32_t story, status;	       /* 0: a timeout */
	bool removal;		       /* it was an unregistration */
};

/** What the phones of a group have in common. Kept, with everything it points to, for the world's life. */
struct phone_group {
	const struct phone_profile *profile;
	const char *name;        /* of the node or the group */
	const char *user;        /* of the first member; counted up in a group */
	uint64_t user_number;    /* the same as a number; 0: it is none, and a member's number goes behind it */
	const char *domain;      /* of the address of record; profile->domain, or the server's */
	struct endpoint server;  /* where requests go */
	const struct wire *wire;
	const struct pins *pins; /* may be NULL */
	struct phone_owner *owner; /* NULL: the phones are devices by themselves */
};

/** The user as a number to count up from; 0 when it is none, or could change its look by counting ("010"). */
uint64_t phone_user_number(const char *user);

/**
 * A phone in the world's arena.
 *
 * @param member   from 1 in a group, 0 alone
 * @param address  host and listening port
 */
struct phone *phone_new(struct world *w, const struct phone_group *group, uint32_t member, struct network *network,
			struct endpoint address);

/** For an owner: a phone of its own, with the first member's user; draws differ by user. */
struct phone *phone_part_new(struct world *w, const struct phone_group *group, struct endpoint address);

/** For an owner: gives the phone a response that came to its port. */
void phone_take_response(struct phone *p, const struct packet *response, const struct sip_view *v);

/** For an owner: was it the answer to the last Binding request that the phone sent? */
bool phone_take_stun(struct phone *p, const struct packet *packet);

/** For an owner that restarts: as phone_restart(), without a note. */
bool phone_forget(struct phone *p);

/** Does something wait already for the end of what is under way? Then nothing more may be begun. */
bool phone_waits(const struct phone *p);

/** Asks for the phone's memory, when it is known a while ahead that it will act. */
static inline void phone_prefetch(const struct phone *p)
{
	for (size_t at = 0; at < 4; at++)
		__builtin_prefetch((const char *)p + 64 * at, 1);
}

/** The node, for maps from nodes to what they do. */
struct node *phone_node(struct phone *p);

/** Where it hangs on its network, for remarks about it. */
const struct iface *phone_iface(const struct phone *p);

/** Writes the phone's user (at most PHONE_USER_MAX bytes, no final zero). Returns its length. */
#define PHONE_USER_MAX 256
size_t phone_user(const struct phone *p, char text[static PHONE_USER_MAX]);

/**
 * Begins a registration (or a refresh at once) under `story`, a new number of world_story(). It ends with a note that
 * carries the story: fact_registered, fact_register_failed or fact_register_timeout. While another one runs it waits for that one's end.
 */
void phone_register(struct phone *p, uint32_t story);

/** Begins an unregistration: REGISTER with Expires 0. Ends with fact_unregistered, or as above. */
void phone_unregister(struct phone *p, uint32_t story);

/**
 * Forgets its registration, what it has learned and what it waits for, without a word to anybody. What it begins afterwards
 * has a new Call-ID and, where its profile sends from other ports than it listens on, a new port. True when it was registered
 * or was about to be: then a booting phone registers again, which is the caller's to ask for.
 */
bool phone_restart(struct phone *p);

/** Sends OPTIONS to the server. Ends with fact_options_answered or fact_options_failed. */
void phone_options(struct phone *p, uint32_t story);

/**
 * Calls a user of its domain, through its server. A story is that of one call; what becomes of it is noted as in ua.h: answered,
 * refused, cancelled, hung up, over.
 */
void phone_call(struct phone *p, struct span user, uint32_t story);

/** Ends the call: BYE, or CANCEL while nobody has answered, or 480 when it has not answered itself. Nothing when there is none. */
void phone_hangup(struct phone *p, uint32_t story);

/** A re-INVITE; ends with fact_call_held, fact_call_resumed or fact_call_hold_failed. */
void phone_hold(struct phone *p, uint32_t story);
void phone_resume(struct phone *p, uint32_t story);

/** Talks in none of its calls, or again. */
void phone_mute(struct phone *p, bool muted);

/** Forgets the call without a word. */
void phone_abandon(struct phone *p, uint32_t story);

/** The phone has lost its memory. */
extern const struct fact fact_phone_restarted;

/** Notes at the end of what was begun; the value is the final status, 0 after a timeout (RFC 3261 8.1.3.1: as a 408). */
extern const struct fact fact_registered, fact_unregistered, fact_register_failed, fact_register_timeout;

/** Noted when the answer to a keepalive shows another outside address than the one before. */
extern const struct fact fact_flow_failed;

/** Reasons for which a phone drops what arrives, beside fact_port_closed. */
extern const struct fact fact_via_not_mine, fact_no_transaction, fact_others_response;

/** Noted about a request whose Request-URI has another user, or another place than the phone's Contact; it is answered 404. */
extern const struct fact fact_others_request, fact_not_my_contact;

#endif
