#include "models/via.h"

#include <string.h>

#include "models/server.h"
#include "models/sip_scan.h"

const struct fact fact_rule_maddr = { "maddr", "to the maddr of the Via", "RFC 3261 18.2.2" };
const struct fact fact_rule_rport = { "rport", "the source, as rport asks", "RFC 3581 4" };
const struct fact fact_rule_forced = { "forced", "the source, rport is forced", "outside RFC 3581" };
const struct fact fact_rule_via_port_other = { "via-port", "the Via port, not the source port", "RFC 3261 18.2.2" };
const struct fact fact_rule_via_port_same = { "via-port", "the Via port, also the source port", "RFC 3261 18.2.2" };
const struct fact fact_rule_sent_by = { "sent-by", "the Via address and port", "RFC 3261 18.2.2" };

struct via via_read(const struct payload *p, const struct sip_view *v)
{
	struct via via = {
		.numeric = v->via_numeric,
		.host = v->via_address,
		.port = v->via_port == SIP_ABSENT ? 0 : v->via_port,
		.rport = v->via_rport && v->via_rport_value.len == 0,
	};
	if (v->via_maddr.len && !host_parse(slice_at(p, v->via_maddr), v->via_maddr.len, &via.maddr))
		via.maddr = 0;
	return via;
}

static bool forced(const struct via *via, struct endpoint source, const struct via_policy *policy)
{
	bool differs = !via->numeric || via->host != source.host;
	return policy->forced_user || policy->force == FORCE_ON || (policy->force == FORCE_AUTO && differs);
}

static const struct fact *via_port_rule(struct endpoint to, struct endpoint source, bool received)
{
	if (!received)
		return &fact_rule_sent_by;
	return to.port == source.port ? &fact_rule_via_port_same : &fact_rule_via_port_other;
}

static uint32_t stamp_of(const struct via_policy *policy, struct endpoint source)
{
	const uint32_t stamps[] = {
		[RECEIVED_SOURCE] = source.host,
		[RECEIVED_OWN] = policy->self,
		[RECEIVED_NONE] = 0,
	};
	return stamps[policy->stamp];
}

struct via_reply via_reply_to(const struct via *via, struct endpoint source, const struct via_policy *policy)
{
	bool asked = via->rport && policy->rport;
	bool force = !asked && forced(via, source, policy);
	bool received = asked || !via->numeric || via->host != source.host;
	struct via_reply reply = { .received = received ? stamp_of(policy, source) : 0, .rport = asked || force };
	struct endpoint sent_by = { received ? source.host : via->host, via->port ? via->port : SIP_PORT };

	if (via->maddr) {
		reply.to = (struct endpoint){ via->maddr, sent_by.port };
		reply.rule = &fact_rule_maddr;
	} else if (asked || force) {
		reply.to = source;
		reply.rule = asked ? &fact_rule_rport : &fact_rule_forced;
	} else {
		reply.to = sent_by;
		reply.rule = via_port_rule(sent_by, source, received);
	}
	return reply;
}

static void put_until(struct sip_builder *b, const struct payload *req, uint32_t from, uint32_t to)
{
	sip_put(b, req->bytes + from, to - from);
}

static struct slice moved(struct slice s, int32_t by)
{
	return s.len ? (struct slice){ (uint16_t)(s.at + by), s.len } : s;
}

static void put_rport(struct sip_builder *b, uint32_t port)
{
	uint32_t from = b->len;
	sip_puts(b, "rport=");
	uint32_t value = b->len;
	sip_put_number(b, port);
	b->view.via_rport = true;
	b->view.via_rport_at = sip_since(b, from);
	b->view.via_rport_value = sip_since(b, value);
}

static void put_received(struct sip_builder *b, uint32_t host)
{
	sip_puts(b, ";received=");
	uint32_t from = b->len;
	sip_put_endpoint(b, (struct endpoint){ host, 0 }, false);
	b->view.via_received = sip_since(b, from);
}

/* The usual value, in one pass: rport is set in place, and what stands behind it moves by as much as it grew. */
static void put_value(struct sip_builder *b, const struct payload *req, const struct sip_view *v, uint32_t port, bool rport)
{
	uint32_t end = (uint32_t)v->via.at + v->via.len;
	uint32_t split = rport && v->via_rport ? v->via_rport_at.at : end;
	int32_t shift = (int32_t)b->len - v->via.at;
	struct sip_view *view = &b->view;

	put_until(b, req, v->via.at, split);
	view->via_host = moved(v->via_host, shift);
	view->via_numeric = v->via_numeric;
	view->via_address = v->via_address;
	view->via_port = v->via_port;
	view->via_rport = v->via_rport;
	view->via_rport_at = moved(v->via_rport_at, shift);
	view->via_rport_value = moved(v->via_rport_value, shift);
	if (rport && !v->via_rport)
		sip_put(b, ";", 1);
	if (rport)
		put_rport(b, port);
	if (split < end)
		put_until(b, req, split + v->via_rport_at.len, end);
	int32_t behind = shift + view->via_rport_at.len - v->via_rport_at.len;
	view->via_branch = moved(v->via_branch, v->via_branch.at > split ? behind : shift);
	view->via_maddr = moved(v->via_maddr, v->via_maddr.at > split ? behind : shift);
}

/* Takes a parameter out, from its semicolon up to the next one. */
static void cut_param(struct sip_builder *b, struct slice param)
{
	uint32_t from = param.at, to = (uint32_t)param.at + param.len;
	while (b->bytes[from - 1] != ';')
		from--;
	while (to < b->len && b->bytes[to] != ';')
		to++;
	sip_splice(b, from - 1, to - (from - 1), "", 0);
}

/* A client has no business writing `received`: ours takes its place (RFC 3261 18.2.1). */
static void put_value_without_received(struct sip_builder *b, const struct payload *req, const struct sip_view *v,
				       uint32_t port, bool rport)
{
	uint32_t from = b->len;
	struct slice value, whole;
	sip_put(b, slice_at(req, v->via), v->via.len);
	while (siptext_param(b->bytes, sip_since(b, from), "received", &value, &whole))
		cut_param(b, whole);
	if (rport && siptext_param(b->bytes, sip_since(b, from), "rport", &value, &whole))
		cut_param(b, whole);
	if (rport) {
		sip_put(b, ";", 1);
		put_rport(b, port);
	}
	b->view.via = sip_since(b, from);
	sip_scan_via(b->bytes, &b->view);
}

static void put_top(struct sip_builder *b, const struct payload *req, const struct sip_view *v, struct endpoint source,
		    const struct via_reply *decided)
{
	sip_begin_header(b, "Via");
	uint32_t from = b->len;
	(v->via_received.len ? put_value_without_received : put_value)(b, req, v, source.port, decided->rport);
	if (decided->received)
		put_received(b, decided->received);
	b->view.via = sip_since(b, from);
	sip_end_header(b);
}

/* The Vias below the top one: what else stood in its line, and all later lines. */
static void put_rest(struct sip_builder *b, const struct payload *req, const struct sip_view *v)
{
	struct slice element;
	struct sip_elements walk = { 0 };
	while (sip_next_element(req, v, "Via", 'v', &walk, &element)) {
		if (element.at == v->via.at)
			continue;
		sip_begin_header(b, "Via");
		sip_put(b, slice_at(req, element), element.len);
		sip_end_header(b);
	}
}

void via_put_stamped(struct sip_builder *b, const struct payload *req, const struct sip_view *v, struct endpoint source,
		     const struct via_reply *decided)
{
	b->foreign |= !req->built;
	put_top(b, req, v, source, decided);
	b->view.via_more = v->via_more;
	if (v->via_more)
		put_rest(b, req, v);
}

void via_put_again(struct sip_builder *b, const struct payload *request, const struct sip_view *v)
{
	sip_begin_header(b, "Via");
	uint32_t from = b->len;
	put_value(b, request, v, 0, false);
	b->view.via = sip_since(b, from);
	sip_end_header(b);
}

void via_put_own(struct sip_builder *b, uint32_t host, uint32_t port, const char *branch, size_t branch_len, bool rport)
{
	struct sip_view *v = &b->view;
	sip_begin_header(b, "Via");
	uint32_t value = b->len;
	sip_puts(b, "SIP/2.0/UDP ");
	uint32_t from = b->len;
	sip_put_endpoint(b, (struct endpoint){ host, 0 }, false);
	v->via_host = sip_since(b, from);
	v->via_numeric = true;
	v->via_address = host;
	if (port) {
		sip_put(b, ":", 1);
		sip_put_number(b, port);
		v->via_port = port;
	}
	sip_puts(b, ";branch=");
	from = b->len;
	sip_put(b, branch, branch_len);
	v->via_branch = sip_since(b, from);
	if (rport) {
		sip_put(b, ";", 1);
		from = b->len;
		sip_puts(b, "rport");
		v->via_rport = true;
		v->via_rport_at = sip_since(b, from);
	}
	v->via = sip_since(b, value);
	sip_end_header(b);
}
