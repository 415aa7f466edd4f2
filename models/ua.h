/*
 * The user agent core (RFC 3261 8, 12, 13, 14, 15): calls as phones, PBXs and far ends have them in common.
 *
 * A *leg* is one side of a call: its dialog, its offer and answer, its timers.
 *
 *	caller                                    callee
 *	leg_call()     ---- INVITE ------------>  ops->invited()
 *	               <--- 180, 183 -----------  leg_ring()
 *	ops->answered() <-- 200 ----------------  leg_answer()       repeated T1, 2*T1, ... T2 until the ACK; after
 *	               ---- ACK --------------->  ops->acked()       64*T1 without one the callee hangs up (13.3.1.4)
 *	leg_offer()    ---- INVITE ------------>  ops->offered()     491 while one is under way (14)
 *	leg_hang_up()  ---- BYE --------------->  ops->ended()
 *
 * A device embeds a `struct ua` and says by its ops how it writes itself and what it makes of what happens. No function here
 * knows whether it is a phone.
 */
#ifndef MODELS_UA_H
#define MODELS_UA_H

#include "models/dialog.h"
#include "models/ids.h"
#include "models/session.h"
#include "models/txn.h"
#include "models/via.h"
#include "sim/table.h"

struct leg;
struct ua;

/** What a device is asked; read from its profile at each use, so that `set` changes it at once. */
struct ua_knobs {
	struct txn_timers timers;
	struct via_policy reply;   /* where its responses go */
	bool target_by_source;	   /* requests in a dialog go where the other side was last seen (dialog-target) */
	usec session_timer;	   /* Session-Expires that it asks for; 0: none (RFC 4028) */
	struct span sdp_user;	   /* in o= */
	const struct list *header_order; /* of its requests; enum sip_header */
	const char *user_agent, *allow, *supported;
	bool is_server;		   /* its texts stand in Server */
};

/** How a leg came to its end. */
enum leg_end {
	LEG_REFUSED,	 /* our INVITE got a final response that is no 2xx, or none */
	LEG_CANCELLED,	 /* a CANCEL came and 487 was sent */
	LEG_HUNG_UP,	 /* our BYE was answered */
	LEG_BYE_LOST,	 /* our BYE was not answered */
	LEG_OTHER_HUNG_UP, /* a BYE came */
	LEG_NO_ACK,	 /* 64*T1 without the ACK; a BYE was sent, what becomes of it does not matter */
	LEG_EXPIRED,	 /* the session timer ran out (RFC 4028 10); a BYE was sent */
};

/** All are required unless it says otherwise. */
struct ua_ops {
	struct ua_knobs (*knobs)(const struct ua *);
	/** Where the next request leaves from. */
	struct endpoint (*source)(const struct ua *);
	/** Where its responses leave from. */
	struct endpoint (*local)(const struct ua *);
	/** Appends the Via of a new request, with a new branch. */
	void (*put_via)(struct ua *, struct sip_builder *);
	/** Appends its Contact. */
	void (*put_contact)(struct ua *, struct sip_builder *, const struct leg *);
	/** Appends the From of a first INVITE, with the tag that the leg will be known by, and its Call-ID. */
	void (*put_from)(struct ua *, struct sip_builder *, struct leg *);
	void (*put_call_id)(struct ua *, struct sip_builder *, struct leg *);
	/** Writes a new tag. Returns its length. */
	size_t (*tag)(struct ua *, char text[static ID_TEXT_MAX]);
	/** A 401 or 407 came to a request of ours: appends the credentials that answer it. False: it cannot. */
	bool (*put_credentials)(struct ua *, struct sip_builder *, const struct packet *challenge, const struct sip_view *);
	/** The first CSeq number of a new dialog of ours. */
	uint32_t (*first_cseq)(struct ua *);

	/** An INVITE came that begins a call. 0: leg_ring(), leg_answer() or leg_refuse() follow, now or later; else the status to refuse it with. */
	uint32_t (*invited)(struct ua *, struct leg *, const struct packet *, const struct sip_view *);
	/** A provisional response other than 100 came; leg->remote says what it described, if it did. */
	void (*progressed)(struct leg *, const struct packet *response, uint32_t status);
	/** A 2xx came to our INVITE; the ACK has left. leg->remote is what it described. */
	void (*answered)(struct leg *, const struct packet *response);
	/** The ACK of our 2xx came. */
	void (*acked)(struct leg *, const struct packet *ack);
	/** A re-INVITE with an offer came; leg->remote is the offer. True: leg->local is the answer, now; false: leg_answer() follows. */
	bool (*offered)(struct leg *, const struct packet *invite);
	/** Our re-INVITE has ended; 2xx: leg->remote is the answer. NULL: a timeout. */
	void (*offer_ended)(struct leg *, const struct packet *response, uint32_t status);
	/** The leg is over and will be gone when this returns. `last` is the deciding message or NULL; `status` that of a refusal, 0: none. */
	void (*ended)(struct leg *, enum leg_end how, const struct packet *last, uint32_t status);
};

/** Embedded in a device. */
struct ua {
	struct iface *iface;
	const struct ua_ops *ops;
	struct client_txns *clients;
	struct server_txns *servers;
	struct leg *legs;	/* all, newest first */
	struct table *by_dialog; /* where there are many; NULL: there never were */
	uint32_t n;
};

enum leg_state {
	LEG_CALLING,  /* our INVITE is under way */
	LEG_RINGING,  /* an INVITE waits for our final response */
	LEG_ANSWERED, /* our 2xx waits for its ACK */
	LEG_TALKING,  /* the 2xx and its ACK have passed */
	LEG_CLOSING,  /* a BYE or a CANCEL of ours is under way */
};

struct leg {
	struct leg *next;
	struct link by_dialog;
	struct ua *ua;
	struct dialog dialog;
	struct session local, remote; /* as last said; remote.rtp.port 0: nothing yet */
	uint32_t story;
	uint8_t state; /* enum leg_state */
	bool caller;
	bool offering;	/* a re-INVITE of ours is under way */
	bool challenged; /* credentials were sent */
	struct client_txn *invite;   /* of ours, under way; NULL: none */
	struct server_txn *invited;  /* that came and has no final response yet; NULL: none */
	struct packet answer;	     /* our 2xx, while it is repeated; its payload is held */
	struct timer repeat;	     /* of the 2xx; later the session timer */
	usec interval, gives_up;
	struct span callee; /* Request-URI and To of a first INVITE, in the caller's memory while leg_call() runs */
	void *user;	    /* the device's */
};

/** Whom to call. The texts are borrowed. */
struct callee {
	struct span uri;	  /* "sip:200@example.com": Request-URI */
	struct span to;		  /* the URI in To; mostly the same */
	struct endpoint first_hop; /* where the INVITE goes */
};

void ua_init(struct ua *ua, struct iface *iface, const struct ua_ops *ops, struct client_txns *clients, struct server_txns *servers);

/** Begins a call with `offer` under `story`; `cause` is the id of the datagram that makes it so, or 0. A challenge is answered once by itself. */
struct leg *leg_call(struct ua *ua, const struct callee *callee, const struct session *offer, uint32_t story, uint32_t cause,
		     void *user);

/** Sends a provisional response; with a session as early media (183). */
void leg_ring(struct leg *leg, uint32_t status, const struct session *early);

/** Sends 200 with the answer. */
void leg_answer(struct leg *leg, const struct session *answer);

/** Sends a final response that is no 2xx to the INVITE that waits. The leg of a first INVITE is gone: ended() is not called. */
void leg_refuse(struct leg *leg, uint32_t status);

/** A re-INVITE. False, and nothing happens, while another INVITE is under way. A 491 is tried again by itself (14.1). */
bool leg_offer(struct leg *leg, const struct session *offer);

/** BYE; CANCEL while our INVITE has no final response; 480 to one that rings. ended() follows. */
void leg_hang_up(struct leg *leg);

/** Forgets the leg without a word: ended() is not called. Whatever still comes gets a 481 or is let go. */
void leg_abandon(struct leg *leg);

/** A request that came: INVITE, ACK, BYE, CANCEL, or one with a To tag. True: it was ours to deal with. */
bool ua_request(struct ua *ua, const struct packet *p, const struct sip_view *v);

/** Forgets all legs without a word: a restart. */
void ua_forget(struct ua *ua);

/** The leg with this story; NULL: none. The caller's first, where both are here. */
struct leg *ua_leg(const struct ua *ua, uint32_t story);

/** What is noted of calls, see the notes' sentences. Devices call this from their ops where they are a party that somebody asks about. */
extern const struct fact fact_call_answered, fact_call_established, fact_call_refused, fact_call_ack_missing, fact_call_hung_up,
	fact_call_bye_lost, fact_call_over, fact_call_held, fact_call_resumed, fact_call_hold_failed, fact_call_cancelled,
	fact_call_expired;

#endif
