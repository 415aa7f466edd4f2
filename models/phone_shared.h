/*
 * What the files of the phone share: its state, and what its messages are made from. Nobody else includes this.
 */
#ifndef MODELS_PHONE_SHARED_H
#define MODELS_PHONE_SHARED_H

#include "models/credentials.h"
#include "models/phone.h"
#include "models/sip_shared.h"
#include "models/via.h"

/* What a phone is doing with the registrar. */
enum job { JOB_NONE, JOB_REGISTER, JOB_REMOVE_OLD, JOB_UNREGISTER };

/* What it has when it needs it; most phones of a crowd never do. */
struct phone_more {
	struct phone_keepalive *keepalive; /* NULL: it never sent one */
	struct phone_calls *calls;	   /* NULL: it was never in a call */
};

struct phone {
	struct node node;
	struct iface iface;
	const struct phone_group *group;
	struct endpoint local;	     /* where it listens */
	struct endpoint contact;     /* what it writes into Contact: its own, told or learned address */
	struct endpoint old_contact; /* the one that JOB_REMOVE_OLD removes */
	struct stream ids;	     /* parent of its streams */
	struct timer timer;	     /* next refresh or retry */
	struct client_txns txns;
	struct phone_more *more; /* NULL: nothing yet */
	uint32_t story;	   /* of the running job */
	uint32_t cseq;	   /* last one used under the Call-ID; 0: none yet */
	uint32_t tags;	   /* used so far */
	uint32_t job_tag;  /* the running job's */
	uint32_t call_ids; /* used so far, beside number 0 */
	uint32_t call_id;  /* the one that registrations share; another after each restart */
	uint32_t requests; /* branches used so far */
	uint32_t cnonces;  /* used so far */
	uint32_t least;	   /* seconds of a registration that a 423 has asked for; 0: none did */
	uint32_t next_story;
	uint8_t job, next_job; /* enum job: the running one, the one that waits for its end */
	struct challenge_tries tries; /* of the running job */
	bool lengthened;   /* the running job has obeyed a 423 */
	bool relearned;	   /* the running job has registered anew with a learned address */
	bool bound;	   /* the registrar knows `contact` */
};

/* Where it sends and what it remarks on: its own end of a wire, or that of the device it is a part of. */
static inline struct iface *iface_of(struct phone *p)
{
	return p->group->owner ? p->group->owner->iface : &p->iface;
}

/* What it takes, as its Allow says of itself. */
#define PHONE_METHODS "INVITE, ACK, CANCEL, BYE, OPTIONS"

/* Where its responses go. */
struct via_policy phone_policy(const struct phone *p);

/* What it has when it needs it, made by now. */
struct phone_more *phone_more(struct phone *p);

/* Written into three places of each request. */
struct address_of_record {
	struct span user, domain;
};

/* What one request needs to know beside the phone. */
struct request {
	enum sip_method method;
	struct address_of_record of; /* the phone's */
	uint32_t call_id, cseq, tag;
	uint32_t expires;		     /* SIP_ABSENT: no Expires and no Contact */
	struct endpoint contact;
	const struct challenge_read *answers; /* NULL: no credentials */
};

/* A phone's streams. */
enum phone_stream { IDS_CALL_ID, IDS_TAG, IDS_BRANCH, IDS_CNONCE, IDS_PORT, IDS_STUN, IDS_GLARE };

static inline struct stream phone_ids(const struct phone *p, enum phone_stream purpose)
{
	return stream_sub(p->ids, purpose);
}

/* Sends a request in a transaction of its own; done() is called at its end. */
void phone_request_send(struct phone *p, struct request *r, uint32_t story, uint32_t parent,
			void (*done)(struct client_txn *, const struct packet *));

/* Is the user of this URI the phone's? A URI without a user means whoever is there. */
bool phone_is_mine(const struct phone *p, const struct payload *m, struct slice uri);

/* Answers a request that is not of a call, or is cut short. */
void phone_answer(struct phone *p, const struct packet *request, const struct sip_view *v);

/* Where the next request leaves from. */
struct endpoint phone_source(const struct phone *p);

/* From the first 200 to a REGISTER on it sends keepalives, until it has unregistered; each call for more is fine. */
void phone_keepalive_start(struct phone *p);
void phone_keepalive_stop(struct phone *p);

/* --- calls: phone_call.c ----------------------------------------------------------------------------------------- */

/* The status with which an INVITE is refused because of its Request-URI; 0: it is for this phone. */
uint32_t phone_uri_status(struct phone *p, const struct packet *request, const struct sip_view *v);

/* INVITE, ACK, BYE or CANCEL. */
void phone_call_request(struct phone *p, const struct packet *request, const struct sip_view *v);

/* A datagram to a port where it does not listen for SIP. False: nothing listens there. */
bool phone_hears(struct phone *p, const struct packet *packet);

/* Forgets all its calls without a word. */
void phone_forget_calls(struct phone *p);

/* --- messages: phone_message.c ----------------------------------------------------------------------------------- */

/* What its Via says: the address it was told, or its own. */
struct endpoint phone_sent_by(const struct phone *p);

/* Writes the n-th From or To tag; returns its length. */
size_t phone_tag(const struct phone *p, uint32_t n, char tag[static ID_TEXT_MAX]);

/* Can the phone answer the challenge of a response? */
bool phone_challenge(const struct phone *p, const struct packet *response, const struct sip_view *v, struct challenge_read *c);

/* Appends the credentials that answer it. */
void phone_put_credentials(struct phone *p, struct sip_builder *b, struct span user, const struct challenge_read *c);

/* The first CSeq number under the n-th Call-ID. */
uint32_t phone_first_cseq(const struct phone *p, uint32_t call_id);

/* Appends the headers of its requests: a new Via, From with the n-th tag, the n-th Call-ID, its Contact. */
void phone_put_via(struct sip_builder *b, struct phone *p);
void phone_put_from(struct sip_builder *b, const struct phone *p, const struct address_of_record *a, uint32_t n);
void phone_put_call_id(struct sip_builder *b, const struct phone *p, uint32_t n);
void phone_put_contact(struct sip_builder *b, const struct phone *p, struct span user, struct endpoint at);

/* The bytes of a request, in the profile's header order. One reference for the caller. */
struct payload *phone_request(struct phone *p, struct request *r);

#endif
