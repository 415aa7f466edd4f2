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
 * A device embeds a `struct ua` and says by its ops how it writes itself, and by those of each leg what it makes of what
 * happens. No function here knows whether it is a phone.
 */
#ifndef MODELS_UA_H
#define MODELS_UA_H

#include "models/credentials.h"
#include "models/dialog.h"
#include "models/ids.h"
#include "models/session.h"
#include "models/txn.h"
#include "models/via.h"
#include "sim/keyed.h"

struct leg;
struct list;
struct ua;

/** What a device is asked; read from its profile at each use, so that `set` changes it at once. */
struct ua_knobs {
	struct txn_timers timers;
	usec patience;	       /* for how long it lets the other side ring before it cancels; 0: for ever */
	usec session_timer;    /* Session-Expires that it asks for; 0: it knows nothing of session timers (RFC 4028) */
	bool checks_uris;      /* a request whose From or To has another URI than before is in no dialog here */
	struct span sdp_user;  /* in o= */
	const char *sdp_name;  /* in s= */
	const struct list *request_order, *response_order; /* of enum sip_header; NULL: the usual ones */
	const char *user_agent, *allow, *supported;	   /* NULL: no such header */
};

/** How a leg came to its end. */
enum leg_end {
	LEG_REFUSED,	   /* our INVITE got a final response that is no 2xx, or none */
	LEG_CANCELLED,	   /* a CANCEL ended it before it was answered, ours or the caller's */
	LEG_HUNG_UP,	   /* our BYE was answered, or we refused */
	LEG_BYE_LOST,	   /* our BYE was not answered */
	LEG_OTHER_HUNG_UP, /* a BYE came */
	LEG_NO_ACK,	   /* 64*T1 without the ACK */
	LEG_EXPIRED,	   /* the session timer ran out (RFC 4028 10), or a re-INVITE found the other side gone (12.2.1.2) */
};

/** All are required unless it says otherwise. A `leg` is NULL where none is meant. */
struct ua_ops {
	struct ua_knobs (*knobs)(const struct ua *);
	/** Where the next request leaves from; asked before its Via is written. Responses leave from where it came to. */
	struct endpoint (*source)(struct ua *, const struct leg *);
	/** Do requests in this dialog go where the other side was last seen, whatever its Contact says? NULL: never. */
	bool (*target_by_source)(const struct leg *);
	/** How the response to a request finds its way. */
	struct via_policy (*policy)(const struct ua *, const struct packet *request, const struct sip_view *);
	/** Appends the Via of a new request, with a new branch. */
	void (*put_via)(struct ua *, struct sip_builder *, const struct leg *);
	/** Appends its Contact. */
	void (*put_contact)(struct ua *, struct sip_builder *, const struct leg *);
	/** Appends the From of a first INVITE, with the tag that the leg will be known by, and its Call-ID. */
	void (*put_from)(struct ua *, struct sip_builder *, const struct leg *);
	void (*put_call_id)(struct ua *, struct sip_builder *, const struct leg *);
	/** Writes a new tag. Returns its length. */
	size_t (*tag)(struct ua *, char text[static ID_TEXT_MAX]);
	/** The first CSeq number of a new dialog of ours. */
	uint32_t (*first_cseq)(struct ua *);
	/** Can the challenge of a 401 or 407 to a request of ours be answered? NULL: it never can. See credentials.h. */
	bool (*challenge)(const struct ua *, const struct packet *response, const struct sip_view *, struct challenge_read *);
	void (*put_credentials)(struct ua *, struct sip_builder *, const struct challenge_read *);
	/** Appends the challenge of a 401 or 407. NULL: it never refuses with these. */
	void (*put_challenge)(struct ua *, struct sip_builder *, const struct packet *request, const struct sip_view *);

	/**
	 * An INVITE came that begins a call; leg->remote is its offer, if leg->offered. 0: leg->ops is set, and leg_ring(),
	 * leg_answer() or leg_refuse() follow, now or later; else the status to refuse it with: that leg is never heard of again.
	 */
	uint32_t (*invited)(struct leg *, const struct packet *invite, const struct sip_view *);
};

/** What becomes of a leg. All are required unless it says otherwise. */
struct leg_ops {
	/** A provisional response other than 100 came; leg->remote is what it describes, if leg->offered. NULL: nothing is
	 * done. */
	void (*progressed)(struct leg *, const struct packet *response, uint32_t status);
	/** The first 2xx came to our INVITE and its ACK has left; leg->remote is what the other side has described. */
	void (*answered)(struct leg *, const struct packet *response);
	/** The ACK of our 2xx came, to the first INVITE or to a re-INVITE; leg->remote may be an answer that came in it. */
	void (*acked)(struct leg *, const struct packet *ack, bool first);
	/**
	 * A re-INVITE with an offer came; leg->remote is the offer. Sets leg->local, the answer, and gives true; or false:
	 * leg_answer() or leg_refuse() follow. One that only refreshes the session comes here too, with the same offer.
	 */
	bool (*offered)(struct leg *, const struct packet *invite);
	/** Our re-INVITE has its final response; 2xx: leg->remote is the answer. When it shows that the other side is gone,
	 * closing() comes in its place. */
	void (*offer_ended)(struct leg *, const struct packet *response, uint32_t status);
	/** A BYE of ours leaves, for this reason: nothing more is said or heard. ended() follows; the leg must not be abandoned
	 * here. */
	void (*closing)(struct leg *, enum leg_end how);
	/** The leg is over and gone when this returns. `last` is the deciding message or NULL; `status` that of a final
	 * response, 0: none. */
	void (*ended)(struct leg *, enum leg_end how, const struct packet *last, uint32_t status);
};

/** Embedded in a device. */
struct ua {
	struct iface *iface;
	const struct ua_ops *ops;
	struct client_txns *clients;
	struct server_txns *servers;
	struct keyed legs, dialogs; /* all by story; those that messages can find, by dialog */
	struct stream chance;	    /* how long to wait after a 491 */
	uint32_t draws;		    /* so far */
};

enum leg_state {
	LEG_CALLING,  /* our INVITE is under way */
	LEG_RINGING,  /* an INVITE waits for our final response */
	LEG_ANSWERED, /* our 2xx waits for its ACK */
	LEG_TALKING,  /* the 2xx and its ACK have passed */
	LEG_CLOSING,  /* a BYE of ours is under way */
};

struct leg {
	/* for the device to see */
	struct ua *ua;
	struct dialog dialog;
	struct session local, remote; /* as last said */
	uint32_t story;
	uint8_t state; /* enum leg_state */
	bool caller;
	bool silent;  /* a relay's: nothing is noted of it; the device sets it, in invited() or after leg_call() */
	bool offered; /* the last INVITE, 2xx, ACK or early 1xx that came had a description */
	const struct leg_ops *ops;
	void *user; /* the device's */

	/* the core's own, see ua_shared.h */
	struct keyed_link by_story, by_dialog;
	bool found;	 /* its own tag is known, so that messages find it */
	bool hanging_up; /* a BYE leaves as soon as it may */
	bool refreshing; /* our re-INVITE only refreshes the session */
	bool refreshes;	 /* it is us who refreshes */
	uint8_t why;	 /* enum leg_end, while closing */
	struct challenge_tries invite_tries, bye_tries;
	struct client_txn *invite, *bye; /* ours under way; NULL: none */
	struct server_txn *invited;	 /* an INVITE that came and has no final response yet; NULL: none */
	struct packet answer;		 /* our 2xx that waits for its ACK, when there is a payload, which is held */
	struct packet ack;		 /* our last ACK of a 2xx, when there is a payload, which is held */
	struct session offer;		 /* of our re-INVITE under way */
	struct session said;		 /* the last description that left; its version is 0 before that */
	struct timer repeat;		 /* of the 2xx; before that, the 100 */
	struct timer again;		 /* a re-INVITE after a 491; of a first INVITE its patience */
	struct timer session;		 /* RFC 4028 */
	usec interval, ends;		 /* to the next repeat of the 2xx; when its ACK is given up */
	usec expires, session_ends; /* how long the session lasts, 0: without end; when it is over unless it is refreshed */
};

/** Whom to call. The texts are borrowed. */
struct callee {
	struct span uri;	   /* "sip:200@example.com": Request-URI */
	struct span to;		   /* value of To: "<sip:200@example.com>" */
	struct endpoint first_hop; /* where the INVITE goes */
	bool foreign;		   /* the texts, or who calls, came from outside and may be wrong */
};

/** `chance`: a stream of the device's own. */
void ua_init(struct ua *ua, struct iface *iface, const struct ua_ops *ops, struct client_txns *clients,
	     struct server_txns *servers, struct stream chance);

/** Begins a call with `offer` under `story`; `cause` is the id of the datagram that makes it so, or 0. A challenge is answered
 * once by itself. */
struct leg *leg_call(struct ua *ua, const struct callee *callee, const struct session *offer, uint32_t story, uint32_t cause,
		     const struct leg_ops *ops, void *user);

/** Sends a provisional response; with a session as early media (183). Nothing when no INVITE waits. */
void leg_ring(struct leg *leg, uint32_t status, const struct session *early);

/** Sends 200 with the answer, or with an offer when the INVITE had none: its answer comes in the ACK. */
void leg_answer(struct leg *leg, const struct session *answer);

/** Sends a final response that is no 2xx to the INVITE that waits. After a first one the leg is gone: ended() is not called. */
void leg_refuse(struct leg *leg, uint32_t status);

/**
 * A re-INVITE; the version of the description is taken care of. False, and nothing happens, while another INVITE is under
 * way. A 491 is tried again by itself (14.1).
 */
bool leg_offer(struct leg *leg, const struct session *offer);

/**
 * BYE; CANCEL while our INVITE has no final response; 480 to one that rings; a callee whose 2xx has no ACK yet waits for it
 * (15). ended() follows, perhaps at once: then the leg is gone.
 */
void leg_hang_up(struct leg *leg);

/** Forgets the leg without a word: ended() is not called. Whatever still comes gets a 481 or is let go. */
void leg_abandon(struct leg *leg);

/** A request that came. True: it is an INVITE, ACK, BYE or CANCEL, and was dealt with; all others are the device's. */
bool ua_request(struct ua *ua, const struct packet *p, const struct sip_view *v);

/** Forgets all legs without a word: a restart. */
void ua_forget(struct ua *ua);

/** The leg with this story, the newest; NULL: none. */
struct leg *ua_leg(const struct ua *ua, uint32_t story);

/** Another leg with the same story, an older one; NULL: none. For devices with several legs in a call. */
struct leg *leg_next_of_story(const struct leg *leg);

/** All legs, the newest first: the first one, and the one after a leg; NULL: no more. */
struct leg *ua_first_leg(const struct ua *ua);
struct leg *leg_next(const struct leg *leg);

/** Rules by which the destination of a request in a dialog was chosen. */
extern const struct fact fact_to_route, fact_to_target, fact_to_target_unseen, fact_to_seen;

/** What is noted of a call that came to nothing: status 0, no final response has come (Timer B). */
const struct fact *call_failure(uint32_t status);

/** What is noted of legs that are not silent; of calls that begin and end, of hold, and of messages that find no dialog. */
extern const struct fact fact_call_answered, fact_call_established, fact_call_refused, fact_call_unanswered,
	fact_call_ack_missing, fact_call_hung_up, fact_call_bye_lost, fact_call_over, fact_call_held, fact_call_resumed, fact_call_hold_failed,
	fact_call_cancelled, fact_call_expired, fact_no_target;

/** Why an ACK is dropped that belongs to no call; and noted of a request that would, but for its URIs. */
extern const struct fact fact_no_dialog, fact_other_uris;

#endif
