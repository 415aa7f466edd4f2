/*
 * What the files of the user agent core share. Nobody else includes this.
 *
 *	ua.c                 legs
 *	ua_invite.c          INVITEs of ours, and what becomes of them
 *	ua_answer.c          requests that came
 *	ua_bye.c             hanging up
 *	ua_message.c         how requests and responses are written
 *	ua_session_timer.c   RFC 4028
 */
#ifndef MODELS_UA_SHARED_H
#define MODELS_UA_SHARED_H

#include "models/sip_shared.h"
#include "models/ua.h"

static inline struct world *ua_world(const struct ua *ua)
{
	return ua->iface->node->world;
}

static inline struct world *leg_world(const struct leg *leg)
{
	return ua_world(leg->ua);
}

static inline struct ua_knobs leg_knobs(const struct leg *leg)
{
	return leg->ua->ops->knobs(leg->ua);
}

/* --- legs: ua.c -------------------------------------------------------------------------------------------------- */

/* A new leg, in none of the tables but that of stories. */
struct leg *leg_new(struct ua *ua, uint32_t story, bool caller);

/* Its own tag is known: requests find it. More than once is fine. */
void leg_be_found(struct leg *leg);

/* Gives its memory back, without a word. */
void leg_free(struct leg *leg);

/* The leg that a message belongs to, by its dialog; NULL: none. */
struct leg *leg_of_message(const struct ua *ua, const struct packet *p, const struct sip_view *v);

/* The leg whose INVITE or BYE this is: a transaction may outlive its leg, so it does not know it. NULL: it is gone. */
struct leg *leg_of_txn(const struct ua *ua, const struct client_txn *t);

/* Takes what a message describes, if it does, for what the other side says. */
void leg_hear(struct leg *leg, const struct packet *p, const struct sip_view *v);

/* Is this response (NULL: a timeout) a challenge that is to be answered? Of one that is not, it is noted why. */
bool leg_may_answer(struct leg *leg, const struct packet *response, const struct sip_view *v, struct challenge_tries *tries,
		    struct challenge_read *c);

/* Lets go of a packet that was kept, if one was. */
void leg_let_go(struct leg *leg, struct packet *p);

/* A note on a leg that is not silent; `p` may be NULL. */
void leg_note(const struct leg *leg, const struct packet *p, const struct fact *what, uint64_t value);

/* Tells the device how it ended, and frees it. */
void leg_over(struct leg *leg, enum leg_end how, const struct packet *last, uint32_t status);

/* The 2xx is no longer repeated. */
void leg_answer_stop(struct leg *leg);

/* --- INVITEs of ours: ua_invite.c -------------------------------------------------------------------------------- */

/* A re-INVITE that only refreshes the session. False, and nothing happens, while another INVITE is under way. */
bool leg_refresh(struct leg *leg);

/* --- hanging up: ua_bye.c ---------------------------------------------------------------------------------------- */

/* BYE, for this reason. */
void leg_close(struct leg *leg, enum leg_end why);

/* --- messages: ua_message.c -------------------------------------------------------------------------------------- */

/* A request of ours, on its way to a packet. */
struct ua_request {
	struct ua *ua;
	struct leg *leg;
	struct dialog *dialog; /* the leg's, or that of a fork */
	enum sip_method method;
	uint32_t cseq, parent;
	const struct callee *callee;	      /* of a first INVITE that nobody has challenged yet */
	bool first;			      /* the INVITE begins the dialog */
	const struct session *body;	      /* NULL: none */
	const struct challenge_read *answers; /* NULL: no credentials */
	struct payload *credentials;	      /* a request whose credentials are repeated; NULL: none are */
};

/*
 * The packet, which holds a reference to its payload. False when there is no address to send it to, or when
 * it fits in no datagram: that is noted.
 */
bool ua_request_build(const struct ua_request *r, struct packet *p);

/* The response to a request; `leg` when it is in a dialog. The payload is NULL when it fits in no datagram,
 * which is noted. */
struct packet ua_response(struct ua *ua, struct leg *leg, const struct packet *request, uint32_t status,
			  const struct session *body);

/* A description as it will be said: with the leg's number and a version that is one more when something has changed. */
struct session leg_describes(struct leg *leg, const struct session *s);

/* --- session timers: ua_session_timer.c -------------------------------------------------------------------------- */

/* Appends what an INVITE of ours says of session timers, or our 2xx to one. */
void leg_put_session_expires(struct sip_builder *b, const struct leg *leg);
void leg_put_require(struct sip_builder *b, const struct leg *leg);

/* An INVITE came: what the 2xx to it will say is decided. */
void leg_timer_asked(struct leg *leg, const struct packet *invite, const struct sip_view *v);

/* A 2xx was sent, or came: the session lasts anew. */
void leg_timer_answered(struct leg *leg);
void leg_timer_told(struct leg *leg, const struct packet *response, const struct sip_view *v);

#endif
