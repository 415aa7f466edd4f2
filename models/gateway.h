/*
 * A SIP gateway inside a LAN: the phones' server there, which registers upstream for them.
 *
 *	phone --REGISTER--> listen-port [ gateway ] upstream port --REGISTER--> router --> server
 *	      <---200-----  a registrar               a phone     <---200-----
 *
 * A phone's REGISTER is authenticated as a registrar does it. Then the gateway registers the same address of record with
 * the server as a phone of its own, and answers the phone when that has ended. An OPTIONS from the server goes on to the
 * phone.
 */
#ifndef MODELS_GATEWAY_H
#define MODELS_GATEWAY_H

#include "models/phone.h"
#include "models/server.h"

struct gateway_profile {
	struct endpoint address;       /* host 0: the next free one; port 0: listen_port */
	uint32_t listen_port;	       /* for phones */
	uint32_t upstream_port;	       /* for the server */
	usec answer_within;	       /* how long a phone waits for upstream */
	struct server_profile inside;  /* what it is to phones */
	struct phone_profile upstream; /* what it is to the server */
};

extern const struct field gateway_fields[];

struct gateway;

/** All pointers are kept and outlive the world. */
struct gateway_setup {
	const struct gateway_profile *profile;
	const char *name;
	uint32_t member; /* from 1 in a group, 0 alone */
	struct network *network;
	struct endpoint address; /* resolved, with the listen-port */
	struct endpoint server;	 /* where it registers for its phones */
	const char *domain;	 /* of the addresses of record, which are those of the server */
	const struct wire *wire;
	const struct pins *pins; /* its own registrations' Call-IDs, tags, branches and CSeq; the nonces for phones */
	uint32_t users;		 /* phones that may register */
};

/** A gateway in the world's arena; owns its whole host. */
struct gateway *gateway_new(struct world *w, const struct gateway_setup *setup);

/** Where phones register. */
struct endpoint gateway_inside(const struct gateway *g);

/** Where it hangs on its network, for remarks about it. */
const struct iface *gateway_iface(const struct gateway *g);

/** Forgets its phones, what it has registered for them, and what it waits for. It learns of them when they register again. */
void gateway_restart(struct gateway *g);

extern const struct fact fact_gateway_restarted;

#endif
