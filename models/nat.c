#include "models/nat.h"

#include <assert.h>
#include <string.h>

#include "models/nat_shared.h"

const struct fact fact_nat_no_mapping = { "no-mapping", "no mapping for {dst}", "RFC 4787 5" };
const struct fact fact_nat_expired = { "mapping-expired", "the mapping for {dst} had expired", "RFC 4787 4.3" };
const struct fact fact_nat_filtered = { "filtered", "{dst} is not open for {src}", "RFC 4787 5" };
const struct fact fact_nat_port_taken = { "port-taken", "the outside port for {src} is in use", "RFC 4787 4.2.1" };
const struct fact fact_nat_full = { "no-ports", "no outside port is left", "RFC 4787 4.2" };
const struct fact fact_nat_block_full = { "block-full", "all ports are in use that the host of {src} may have", "RFC 6888 3 (REQ-4)" };
const struct fact fact_nat_table_full = { "table-full", "the table of flows is full", "RFC 6888 3 (REQ-5)" };
const struct fact fact_nat_hairpin_off = { "no-hairpin", "what comes from inside does not get back inside through {dst}", "RFC 4787 6 (REQ-9)" };
const struct fact fact_nat_unrelated = { "unrelated", "is about nothing that passed here", "RFC 5508 3.2, 3.3" };

/* What comes to an outside port goes to this inside end. */
struct forward {
	uint32_t port;
	struct endpoint to;
};

struct nat *nat_new(struct arena *a, const struct nat_profile *profile, const uint32_t *outside, uint32_t n_outside,
		    struct stream ports)
{
	struct nat *n = arena_alloc_raw(a, sizeof *n);
	assert(n_outside > 0);
	*n = (struct nat){
		.arena = a,
		.profile = profile,
		.hosts = outside,
		.given = outside,
		.n_hosts = n_outside,
		.n_given = n_outside,
		.expected = 1,
		.free = NONE,
		.ports = ports,
	};
	return n;
}

void nat_expect_flows(struct nat *n, uint32_t flows)
{
	n->expected = flows ? flows : 1;
}

bool nat_owns(const struct nat *n, uint32_t host)
{
	for (uint32_t i = 0; i < n->n_hosts; i++)
		if (n->hosts[i] == host)
			return true;
	return false;
}

const uint32_t *nat_hosts(const struct nat *n, uint32_t *count)
{
	*count = n->n_hosts;
	return n->hosts;
}

/* --- rules ------------------------------------------------------------------------------------------------------- */

void nat_forward(struct nat *n, uint32_t port, struct endpoint to)
{
	assert(port && to.host && to.port);
	if (n->n_forwards == n->forwards_size) {
		n->forwards_size = n->forwards_size ? 2 * n->forwards_size : 4;
		struct forward *forwards = arena_alloc_raw(n->arena, n->forwards_size * sizeof *forwards);
		if (n->n_forwards)
			memcpy(forwards, n->forwards, n->n_forwards * sizeof *forwards);
		n->forwards = forwards;
	}
	n->forwards[n->n_forwards++] = (struct forward){ port, to };
}

void nat_one_to_one(struct nat *n, uint32_t inside_host)
{
	n->one_to_one = inside_host;
}

static const struct forward *forward_find(const struct nat *n, uint32_t port)
{
	for (uint32_t i = 0; i < n->n_forwards; i++)
		if (n->forwards[i].port == port)
			return &n->forwards[i];
	return NULL;
}

bool forward_reserves(const struct nat *n, uint32_t port, uint32_t inside_host)
{
	const struct forward *f = forward_find(n, port);
	return f && f->to.host != inside_host;
}

/* --- rows -------------------------------------------------------------------------------------------------------- */

static struct nat_row forward_row(const struct nat *n, const struct forward *f)
{
	return (struct nat_row){
		.kind = NAT_ROW_FORWARD,
		.inside = f->to,
		.outside = { n->n_hosts == 1 ? n->hosts[0] : 0, f->port },
		.until = NEVER,
	};
}

static struct nat_row one_to_one_row(const struct nat *n)
{
	return (struct nat_row){
		.kind = NAT_ROW_ONE_TO_ONE,
		.inside = { n->one_to_one, 0 },
		.outside = { ports_paired_host(n, n->one_to_one), 0 },
		.until = NEVER,
	};
}

uint32_t nat_rows(const struct nat *n, usec now, struct nat_row *rows, uint32_t most)
{
	uint32_t all = n->n_forwards + (n->one_to_one != 0) + n->n_expectations + n->used, count = 0;
	if (all > most)
		return all;
	for (uint32_t i = 0; i < n->n_forwards; i++)
		rows[count++] = forward_row(n, &n->forwards[i]);
	if (n->one_to_one)
		rows[count++] = one_to_one_row(n);
	count += expectations_rows(n, now, rows + count);
	return count + flows_rows(n, rows + count);
}

/* --- a flow's life ------------------------------------------------------------------------------------------------- */

/*
 * Measured on Linux 6.18: a packet sets the stream lifetime only if an answer was seen before it and the flow is older than
 * stream_after; otherwise the first one. A NAT with one timeout has both the same.
 */
static void refresh(struct nat *n, struct flow *f, usec now)
{
	const struct nat_profile *p = n->profile;
	bool stream = f->answered && now - f->born > p->stream_after;
	flow_lasts_until(n, f, now + (stream ? p->stream : p->first));
}

static void passed_out(struct nat *n, struct flow *f, usec now)
{
	if (n->profile->refresh != REFRESH_INBOUND)
		refresh(n, f, now);
	f->answered = f->answered || f->from_outside;
}

static void passed_in(struct nat *n, struct flow *f, usec now)
{
	if (n->profile->refresh != REFRESH_OUTBOUND)
		refresh(n, f, now);
	f->answered = f->answered || !f->from_outside;
}

static void begin(struct nat *n, usec now, struct nat_path inside, struct nat_path outside, bool from_outside)
{
	struct flow *f = flow_add(n, now, inside, outside);
	f->from_outside = from_outside;
	refresh(n, f, now);
}

/* --- out ----------------------------------------------------------------------------------------------------------- */

/* Whom an expectation gives an end that another flow has towards the same remote one is dropped, as on Linux. */
static const struct fact *outside_end(struct nat *n, usec now, struct nat_path in, const struct nat_ports *ports,
				      struct endpoint *outside)
{
	static const struct nat_ports own_port = { .choice = PORTS_PRESERVE };
	if (!expectation_use(n, now, in, true, &in.src, outside))
		return ports_choose(n, now, in, ports, outside);
	if (!outside->port)
		return ports_choose(n, now, in, &own_port, outside);
	return flow_by_path(n, now, OUTSIDE, *outside, in.dst) ? &fact_nat_port_taken : NULL;
}

const struct fact *nat_outbound(struct nat *n, usec now, struct nat_path in, const struct nat_ports *ports,
				struct nat_path *out)
{
	struct flow *f = flow_by_path(n, now, INSIDE, in.src, in.dst);
	if (f) {
		passed_out(n, f, now);
		*out = (struct nat_path){ flow_own(f, OUTSIDE), flow_far(f, OUTSIDE) };
		return NULL;
	}
	*out = in;
	if (!flows_make_room(n, now))
		return &fact_nat_table_full;
	const struct fact *refused = outside_end(n, now, in, ports, &out->src);
	if (!refused)
		begin(n, now, in, *out, false);
	return refused;
}

/* --- in ------------------------------------------------------------------------------------------------------------ */

static struct flow *filter_find(const struct nat *n, usec now, struct nat_path in)
{
	if (n->profile->filtering == ADDRESS_AND_PORT_DEPENDENT)
		return NULL; /* that flow was looked for before */
	struct walk w = walk_along(n, OUTSIDE_END, in.dst, in.src);
	for (struct flow *f; (f = walk_next(&w));)
		if (flow_alive(f, now) && flow_means(f, OUTSIDE, n->profile->filtering, in.src))
			return f;
	return NULL;
}

/* Why nothing passes: what was open is closed again, others may pass, or nobody ever could. */
static const struct fact *refusal(const struct nat *n, usec now, struct nat_path in)
{
	const struct fact *why = &fact_nat_no_mapping;
	struct walk w = walk_along(n, OUTSIDE_END, in.dst, in.src);
	for (struct flow *f; (f = walk_next(&w));) {
		if (flow_means(f, OUTSIDE, n->profile->filtering, in.src))
			return &fact_nat_expired;
		if (flow_alive(f, now))
			why = &fact_nat_filtered;
		else if (why == &fact_nat_no_mapping)
			why = &fact_nat_expired;
	}
	return why;
}

static void come_in(struct nat *n, struct flow *f, usec now, struct endpoint seen, struct nat_path *out)
{
	passed_in(n, f, now);
	*out = (struct nat_path){ seen, flow_own(f, INSIDE) };
	if (f->redirect)
		out->dst.port = f->redirect;
}

static const struct fact *begin_outside(struct nat *n, usec now, struct nat_path in, struct endpoint inside,
					struct nat_path *out)
{
	if (!flows_make_room(n, now))
		return &fact_nat_table_full;
	struct endpoint seen = ports_seen(n, now, inside, in.src);
	if (!seen.port)
		return &fact_nat_port_taken;
	*out = (struct nat_path){ seen, inside };
	begin(n, now, (struct nat_path){ inside, seen }, (struct nat_path){ in.dst, in.src }, true);
	return NULL;
}

/* Whoever gets what begins outside, because a rule or an expectation says so; host 0: nobody. */
static struct endpoint invited(struct nat *n, usec now, struct nat_path in)
{
	struct endpoint inside = { 0, 0 };
	if (expectation_use(n, now, in, false, &inside, &in.dst))
		return inside;
	const struct forward *f = nat_owns(n, in.dst.host) ? forward_find(n, in.dst.port) : NULL;
	return f ? f->to : inside;
}

static bool is_one_to_one(const struct nat *n, uint32_t outside_host)
{
	return n->one_to_one && ports_paired_host(n, n->one_to_one) == outside_host;
}

static const struct fact *inbound_new(struct nat *n, usec now, struct nat_path in, struct nat_path *out)
{
	struct endpoint inside = invited(n, now, in);
	if (inside.host)
		return begin_outside(n, now, in, inside, out);
	struct flow *f = filter_find(n, now, in);
	if (f) {
		come_in(n, f, now, in.src, out);
		return NULL;
	}
	if (is_one_to_one(n, in.dst.host))
		return begin_outside(n, now, in, (struct endpoint){ n->one_to_one, in.dst.port }, out);
	return refusal(n, now, in);
}

const struct fact *nat_inbound(struct nat *n, usec now, struct nat_path in, struct nat_path *out)
{
	struct flow *f = flow_by_path(n, now, OUTSIDE, in.dst, in.src);
	if (!f)
		return inbound_new(n, now, in, out);
	come_in(n, f, now, flow_far(f, INSIDE), out);
	return NULL;
}

/* --- out and in again ---------------------------------------------------------------------------------------------- */

const struct fact *nat_hairpin(struct nat *n, usec now, struct nat_path in, struct nat_path *out)
{
	struct nat_path outside = in;
	const struct fact *refused = NULL;
	if (n->profile->hairpin == HAIRPIN_OFF)
		return &fact_nat_hairpin_off;
	if (n->profile->hairpin == HAIRPIN_OUTSIDE_SOURCE)
		refused = nat_outbound(n, now, in, NULL, &outside);
	return refused ? refused : nat_inbound(n, now, outside, out);
}

/* --- errors -------------------------------------------------------------------------------------------------------- */

const struct fact *nat_error_inbound(const struct nat *n, usec now, struct nat_path about, struct nat_path *out)
{
	const struct flow *f = flow_by_path(n, now, OUTSIDE, about.src, about.dst);
	if (!f)
		return &fact_nat_unrelated;
	*out = (struct nat_path){ flow_own(f, INSIDE), flow_far(f, INSIDE) };
	return NULL;
}

/* The flow whose filter has let a datagram in to this end inside, where none has its very ends. */
static const struct flow *flow_let_in(const struct nat *n, usec now, struct endpoint inside, struct endpoint remote)
{
	struct walk w = walk_along(n, INSIDE_END, inside, remote);
	for (const struct flow *f; (f = walk_next(&w));)
		if (flow_alive(f, now) && flow_means(f, OUTSIDE, n->profile->filtering, remote))
			return f;
	return NULL;
}

const struct fact *nat_error_outbound(const struct nat *n, usec now, struct nat_path about, struct nat_path *out)
{
	const struct flow *exact = flow_by_path(n, now, INSIDE, about.dst, about.src);
	const struct flow *f = exact ? exact : flow_let_in(n, now, about.dst, about.src);
	if (!f)
		return &fact_nat_unrelated;
	*out = (struct nat_path){ exact ? flow_far(f, OUTSIDE) : about.src, flow_own(f, OUTSIDE) };
	return NULL;
}

/* --- steps and an ALG's wishes ------------------------------------------------------------------------------------- */

void nat_flush(struct nat *n)
{
	flows_clear(n);
	expectations_clear(n);
}

void nat_expect_nothing(struct nat *n)
{
	expectations_clear(n);
}

void nat_rebind(struct nat *n, uint32_t outside)
{
	nat_flush(n);
	n->rebound = outside;
	n->hosts = outside ? &n->rebound : n->given;
	n->n_hosts = outside ? 1 : n->n_given;
	ports_blocks_anew(n);
}

struct nat_path nat_flow_in(const struct nat *n, usec now, struct nat_path in)
{
	const struct flow *f = flow_by_path(n, now, OUTSIDE, in.dst, in.src);
	if (!f)
		f = filter_find(n, now, in);
	return f ? (struct nat_path){ flow_far(f, INSIDE), flow_own(f, INSIDE) } : (struct nat_path){ 0 };
}

void nat_lifetime(struct nat *n, usec now, struct endpoint inside, struct endpoint remote, usec lasts)
{
	struct flow *f = flow_by_path(n, now, INSIDE, inside, remote);
	if (f)
		flow_lasts_until(n, f, now + lasts);
}

void nat_redirect(struct nat *n, usec now, struct endpoint inside, struct endpoint remote, uint32_t port)
{
	struct flow *f = flow_by_path(n, now, INSIDE, inside, remote);
	if (f)
		f->redirect = (uint16_t)port;
}
