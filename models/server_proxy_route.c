/*
 * Where a proxy sends a request (RFC 3261 16.4 to 16.6), and what it does to Contacts so that those who come
 * later find the phone behind its NAT.
 */
#include "models/server_nat.h"
#include "models/server_proxy.h"

/* --- where to ------------------------------------------------------------------------------------------- */

/* Does the URI mean this server: its domain, or its address and port? */
static bool is_self(const struct server *s, const struct payload *p, struct slice uri)
{
	struct endpoint e;
	if (siptext_uri_endpoint(p->bytes, uri, &e))
		return endpoint_equal(e, s->local);
	return server_serves(s, slice_span(p, siptext_uri_host(p->bytes, uri)));
}

static bool route_next(const struct exchange *x, struct sip_elements *walk, struct slice *uri)
{
	const struct payload *p = x->request->payload;
	struct slice element;
	if (!sip_next_element(p, x->view, "Route", 0, walk, &element))
		return false;
	*uri = siptext_uri(p->bytes, element);
	return true;
}

/* A phone behind a NAT is where the alias in its own URI says, when this server writes such (Kamailio,
 * handle_ruri_alias()). */
static bool target_find(const struct exchange *x, struct slice next, struct target *t)
{
	const struct payload *p = x->request->payload;
	*t = (struct target){ .uri = x->view->uri };
	bool last = next.at == x->view->uri.at;
	if (last && x->server->profile->dialog_target == DIALOG_ALIAS &&
	    forward_alias(p, x->view->uri, &t->to, &t->left_out))
		return true;
	return siptext_uri_endpoint(p->bytes, next, &t->to);
}

static bool is_far_end(const struct exchange *x)
{
	const struct payload *p = x->request->payload;
	return span_equal(slice_span(p, siptext_uri_user(p->bytes, x->view->uri)),
			  server_far_user(x->server));
}

/* A name that only a resolver could find is a next hop that fails, which is as a 503 (16.6, step 7). */
struct route proxy_route(const struct exchange *x)
{
	const struct payload *p = x->request->payload;
	struct sip_elements walk = { 0 };
	struct slice next = x->view->uri;
	struct route r = { 0 };
	bool routed = route_next(x, &walk, &next);
	r.ours = routed && is_self(x->server, p, next);
	if (r.ours && !(routed = route_next(x, &walk, &next)))
		next = x->view->uri;
	r.served = !routed && is_self(x->server, p, x->view->uri);
	if (r.served && is_far_end(x)) {
		r.served = false;
		r.target =
			(struct target){ .far = true,
					 .to = { x->server->local.host, x->server->profile->far_end.port } };
	} else if (!r.served && !target_find(x, next, &r.target))
		r.status = 503;
	return r;
}

/* --- Contacts ------------------------------------------------------------------------------------------- */

static enum contact_fix fix_of(const struct server *s, const struct packet *p, const struct sip_view *v,
			       bool natted)
{
	static const enum contact_fix fixes[] = {
		[DIALOG_CONTACT] = CONTACT_KEPT,
		[DIALOG_SOURCE] = CONTACT_REPLACED,
		[DIALOG_ALIAS] = CONTACT_ALIASED,
		[DIALOG_SOURCE_IF_RPORT] = CONTACT_KEPT, /* a rule of PBXes */
	};
	enum contact_fix fix = fixes[s->profile->dialog_target];
	struct endpoint contact;
	if (!natted || !v->contact_uri.len)
		return CONTACT_KEPT;
	if (siptext_uri_endpoint(p->payload->bytes, v->contact_uri, &contact) &&
	    endpoint_equal(contact, p->src))
		return CONTACT_KEPT;
	return fix;
}

/* Only the first hop knows where the sender is: what came through another proxy came from there (Kamailio,
 * is_first_hop()). */
enum contact_fix proxy_fixes_request(const struct exchange *x)
{
	bool first_hop = !x->view->via_more;
	return fix_of(x->server, x->request, x->view,
		      first_hop && server_takes_for_natted(x->server, x->request, x->view));
}

enum contact_fix proxy_fixes_response(const struct server *s, const struct packet *p,
				      const struct sip_view *v, bool natted)
{
	return fix_of(s, p, v, natted || server_takes_for_natted(s, p, v));
}
