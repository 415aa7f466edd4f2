/*
 * What all devices of a world share: the builder, the memory of hashes, finished transactions.
 */
#ifndef MODELS_SIP_SHARED_H
#define MODELS_SIP_SHARED_H

#include "models/sip.h"
#include "models/digest.h"
#include "models/sip_scan.h"
#include "models/txn.h"

struct sip_shared {
	struct sip_builder *builder;
	bool parse_all;
	struct digest_memo *memo;
	struct client_lately *lately; /* one queue per T4 in use */
	struct lately *acknowledged; /* INVITEs in Timer D; NULL: there never were any */
	struct pool client_txns; /* of struct client_txn; phones hold them only while they wait */
	struct pool server_txns; /* of struct server_txn */
	struct pool legs; /* of struct leg */
	struct pool talks; /* of struct talk */
	struct pool invite_clients, invite_servers; /* of what INVITEs have in their place */
	struct pool media_ends;  /* of struct media_end */
	struct alg_places *places; /* what an ALG writes into the message at hand; NULL until the first one */
	char *scratch; /* memory for one libosip2 message at a time */
	size_t scratch_size;
};

static inline struct sip_shared *sip_shared(struct world *w)
{
	return w->shared;
}

/** The pools whose sizes only models/txn_invite.c, ua.c and talk.c know. */
void invite_pools_init(struct sip_shared *shared, struct arena *a);
void ua_pools_init(struct sip_shared *shared, struct arena *a);
void talk_pools_init(struct sip_shared *shared, struct arena *a);

/**
 * A message was rewritten and has no view yet: that of what it was is moved along where that can be done, so that it need
 * not be scanned; libosip2 will still have its say. With `parse_all` it is scanned as well and compared.
 */
void sip_take_along(struct world *w, const struct sip_view *before, struct payload *after);

/** Do both name the same places and values? */
bool sip_view_equal(const struct sip_view *a, const struct sip_view *b);

/** Reads `p` with libosip2 and asserts that its values are those of `built`. */
void sip_compare(struct world *w, struct payload *p, const struct sip_view *built);

#endif
