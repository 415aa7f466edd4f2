/*
 * How the user agent core writes its requests and responses: in the order and with the texts of its device.
 */
#include <string.h>

#include "models/ua_shared.h"

const struct fact fact_to_route = { "to-route", "to the first Route", "RFC 3261 12.2.1.1" };
const struct fact fact_to_target = { "to-target", "to the Contact of the other side", "RFC 3261 12.2.1.1" };
const struct fact fact_to_target_unseen = { "to-target", "to the Contact of the other side, not to where it was last seen",
					    "RFC 3261 12.2.1.1" };
const struct fact fact_to_seen = { "to-seen", "where the other side was last seen, not to its Contact", "outside RFC 3261" };
const struct fact fact_no_target = { "no-target", "nowhere to send it: the next hop is no address", NULL };

/* --- descriptions ------------------------------------------------------------------------------------------------ */

/* Everybody's session has the number of RFC 4566's example: nothing here compares them. */
#define SESSION_ID 2890844526u

static bool says_the_same(const struct session *a, const struct session *b)
{
	return a->origin == b->origin && endpoint_equal(a->rtp, b->rtp) && endpoint_equal(a->rtcp, b->rtcp) &&
	       a->direction == b->direction;
}

struct session leg_describes(struct leg *leg, const struct session *s)
{
	uint64_t last = leg->said.version;
	bool anew = last && !says_the_same(s, &leg->said);
	leg->said = *s;
	leg->said.id = SESSION_ID;
	leg->said.version = last ? last + anew : SESSION_ID;
	return leg->said;
}

static void set_body(struct sip_builder *b, const struct ua_knobs *k, const struct session *body,
		     char text[static SESSION_TEXT_MAX])
{
	if (body)
		sip_set_body(b, SESSION_TYPE, (struct span){ text, session_print(body, k->sdp_user, k->sdp_name, text) });
}

/* --- the order of headers ---------------------------------------------------------------------------------------- */

static const uint8_t usual_request[] = {
	HEADER_VIA,	HEADER_MAX_FORWARDS,  HEADER_FROM,	 HEADER_TO,    HEADER_CALL_ID,	 HEADER_CSEQ,
	HEADER_CONTACT, HEADER_AUTHORIZATION, HEADER_USER_AGENT, HEADER_ALLOW, HEADER_SUPPORTED, HEADER_CONTENT_LENGTH,
};

static const uint8_t usual_response[] = {
	HEADER_VIA,	     HEADER_FROM,	HEADER_TO,    HEADER_CALL_ID,	HEADER_CSEQ,	       HEADER_CONTACT,
	HEADER_AUTHENTICATE, HEADER_USER_AGENT, HEADER_ALLOW, HEADER_SUPPORTED, HEADER_CONTENT_LENGTH,
};

#define USUAL(order) ((struct list){ (order), COUNT(order) })

/* Headers of calls that a device's order does not place stand beside others, which it does. */
static const struct placing {
	enum sip_header header, beside;
	bool before;
} placings[] = {
	{ HEADER_RECORD_ROUTE, HEADER_VIA, false },	      { HEADER_ROUTE, HEADER_MAX_FORWARDS, false },
	{ HEADER_REQUIRE, HEADER_CONTENT_LENGTH, true },      { HEADER_SESSION_EXPIRES, HEADER_CONTENT_LENGTH, true },
	{ HEADER_CONTENT_TYPE, HEADER_CONTENT_LENGTH, true },
};

struct order {
	uint8_t headers[HEADERS];
	uint32_t n;
	uint32_t placed; /* by the device: a set of bits by enum sip_header */
};

_Static_assert(HEADERS <= 32, "a bit for each header");

static void place_beside(struct order *o, enum sip_header header, bool before)
{
	for (size_t i = 0; i < COUNT(placings); i++)
		if (placings[i].beside == header && placings[i].before == before && !(o->placed & 1u << placings[i].header))
			o->headers[o->n++] = (uint8_t)placings[i].header;
}

static struct order order_of(const struct list *given, const struct list *usual)
{
	struct order o;
	const struct list *list = given ? given : usual;
	const uint8_t *headers = list->items;
	o.n = o.placed = 0;
	for (uint32_t i = 0; i < list->n; i++)
		o.placed |= 1u << headers[i];
	for (uint32_t i = 0; i < list->n; i++) {
		place_beside(&o, (enum sip_header)headers[i], true);
		o.headers[o.n++] = headers[i];
		place_beside(&o, (enum sip_header)headers[i], false);
	}
	return o;
}

/* --- requests ---------------------------------------------------------------------------------------------------- */

static const struct sip_view *request_view(const struct ua_request *r)
{
	return sip_view(ua_world(r->ua), r->dialog->request);
}

static void put_span(struct sip_builder *b, struct span s)
{
	sip_put(b, s.at, s.len);
}

/* An INVITE that is sent again with credentials goes to whom it went before. */
static void put_uri(struct sip_builder *b, const struct ua_request *r)
{
	if (r->callee)
		put_span(b, r->callee->uri);
	else if (r->first)
		put_span(b, slice_span(r->dialog->request, request_view(r)->uri));
	else
		put_span(b, dialog_target(r->dialog, b->world));
}

static void put_from(struct sip_builder *b, const struct ua_request *r)
{
	if (r->callee)
		r->ua->ops->put_from(r->ua, b, r->leg);
	else
		dialog_put_from(b, r->dialog);
}

static void put_to(struct sip_builder *b, const struct ua_request *r)
{
	if (r->callee)
		sip_to_header(b, r->callee->to);
	else
		dialog_put_to(b, r->dialog);
}

static void put_call_id(struct sip_builder *b, const struct ua_request *r)
{
	if (r->callee)
		r->ua->ops->put_call_id(r->ua, b, r->leg);
	else
		dialog_put_call_id(b, r->dialog);
}

static void put_authorization(struct sip_builder *b, const struct ua_request *r)
{
	if (r->answers)
		r->ua->ops->put_credentials(r->ua, b, r->answers);
	else if (r->credentials)
		credentials_copy(b, r->credentials, sip_view(b->world, r->credentials));
}

static void put_request_header(struct sip_builder *b, const struct ua_request *r, const struct ua_knobs *k,
			       enum sip_header header)
{
	bool invite = r->method == SIP_INVITE;
	switch (header) {
	case HEADER_VIA:
		r->ua->ops->put_via(r->ua, b, r->leg);
		break;
	case HEADER_MAX_FORWARDS:
		sip_puts(b, "Max-Forwards: 70\r\n");
		break;
	case HEADER_ROUTE:
		if (!r->first)
			dialog_put_routes(b, r->dialog);
		break;
	case HEADER_FROM:
		put_from(b, r);
		break;
	case HEADER_TO:
		put_to(b, r);
		break;
	case HEADER_CALL_ID:
		put_call_id(b, r);
		break;
	case HEADER_CSEQ:
		sip_cseq_header(b, r->cseq);
		break;
	case HEADER_CONTACT:
		if (invite)
			r->ua->ops->put_contact(r->ua, b, r->leg);
		break;
	case HEADER_AUTHORIZATION:
		put_authorization(b, r);
		break;
	case HEADER_USER_AGENT:
		sip_text_header(b, "User-Agent", k->user_agent);
		break;
	case HEADER_ALLOW:
		sip_text_header(b, "Allow", invite ? k->allow : NULL);
		break;
	case HEADER_SUPPORTED:
		sip_text_header(b, "Supported", invite ? k->supported : NULL);
		if (invite && k->session_timer)
			sip_text_header(b, "Supported", "timer");
		break;
	case HEADER_DATE:
		sip_date_header(b);
		break;
	case HEADER_SESSION_EXPIRES:
		if (invite)
			leg_put_session_expires(b, r->leg);
		break;
	case HEADER_CONTENT_TYPE:
		sip_content_type_header(b);
		break;
	case HEADER_CONTENT_LENGTH:
		sip_content_length_header(b);
		break;
	default:
		break; /* headers of responses and registrations */
	}
}

static struct payload *request_payload(const struct ua_request *r)
{
	char text[SESSION_TEXT_MAX];
	struct ua_knobs k = r->ua->ops->knobs(r->ua);
	struct order order = order_of(k.request_order, &USUAL(usual_request));
	struct sip_builder *b = sip_request(ua_world(r->ua), r->method);
	if (r->callee)
		b->foreign |= r->callee->foreign;
	if (r->dialog->request)
		b->foreign |= !r->dialog->request->built;
	put_uri(b, r);
	sip_end_request_line(b);
	set_body(b, &k, r->body, text);
	for (uint32_t i = 0; i < order.n; i++)
		put_request_header(b, r, &k, (enum sip_header)order.headers[i]);
	return sip_finish(b);
}

static const struct fact *hop_rule(const struct ua_request *r, struct endpoint to, bool by_source)
{
	struct span target = dialog_remote_target(r->dialog, ua_world(r->ua));
	struct endpoint e;
	if (by_source)
		return &fact_to_seen;
	bool direct = siptext_uri_endpoint(target.at, (struct slice){ 0, (uint16_t)target.len }, &e) && endpoint_equal(e, to);
	if (!direct)
		return &fact_to_route;
	return endpoint_equal(e, r->dialog->source) ? &fact_to_target : &fact_to_target_unseen;
}

/* A first INVITE goes where the device says, and again there when it was challenged. */
static bool find_hop(const struct ua_request *r, struct packet *p)
{
	bool (*asked)(const struct leg *) = r->ua->ops->target_by_source;
	bool by_source = asked && asked(r->leg);
	if (r->first) {
		p->dst = r->callee ? r->callee->first_hop : r->dialog->source;
		return true;
	}
	if (!dialog_next_hop(r->dialog, ua_world(r->ua), by_source, &p->dst))
		return false;
	p->rule = hop_rule(r, p->dst, by_source);
	return true;
}

bool ua_request_build(const struct ua_request *r, struct packet *p)
{
	*p = (struct packet){
		.parent = r->parent,
		.story = r->leg->story,
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.label = sip_method_name(r->method),
	};
	p->src = r->ua->ops->source(r->ua, r->leg); /* before the Via uses up a branch */
	if (!find_hop(r, p) || !(p->payload = request_payload(r))) {
		trace_note_story(ua_world(r->ua), r->ua->iface, p->story, &fact_no_target, 0);
		return false;
	}
	return true;
}

/* --- responses --------------------------------------------------------------------------------------------------- */

struct answer {
	struct ua *ua;
	struct leg *leg; /* NULL: in no dialog */
	const struct packet *request;
	const struct sip_view *view;
	struct via_reply reply;
	uint32_t status;
};

/* The tag of a leg is in what it has answered before. */
static void put_tagged_to(struct sip_builder *b, const struct answer *a)
{
	struct payload *said = a->leg && !a->leg->caller ? a->leg->dialog.response : NULL;
	char tag[ID_TEXT_MAX];
	if (a->status == 100 && !a->view->to_tag.len) {
		sip_to_header(b, slice_span(a->request->payload, a->view->to));
	} else if (said) {
		struct span own = slice_span(said, sip_view(b->world, said)->to_tag);
		sip_copy_to(b, a->request->payload, a->view, own.at, own.len);
	} else {
		size_t len = a->view->to_tag.len ? 0 : a->ua->ops->tag(a->ua, tag);
		sip_copy_to(b, a->request->payload, a->view, tag, len);
	}
}

static void put_challenge(struct sip_builder *b, const struct answer *a)
{
	if (a->status == 401 || a->status == 407)
		a->ua->ops->put_challenge(a->ua, b, a->request, a->view);
}

static void put_response_header(struct sip_builder *b, const struct answer *a, const struct ua_knobs *k,
				enum sip_header header)
{
	bool invite = a->leg && a->view->method == SIP_INVITE;
	bool dialog = invite && a->status > 100 && a->status < 300;
	bool accepts = dialog && a->status >= 200;
	switch (header) {
	case HEADER_VIA:
		via_put_stamped(b, a->request->payload, a->view, a->request->src, &a->reply);
		break;
	case HEADER_RECORD_ROUTE:
		if (dialog)
			sip_copy_record_routes(b, a->request->payload, a->view);
		break;
	case HEADER_FROM:
		sip_copy_from(b, a->request->payload, a->view);
		break;
	case HEADER_TO:
		put_tagged_to(b, a);
		break;
	case HEADER_CALL_ID:
		sip_copy_call_id(b, a->request->payload, a->view);
		break;
	case HEADER_CSEQ:
		sip_copy_cseq(b, a->request->payload, a->view);
		break;
	case HEADER_CONTACT:
		if (dialog)
			a->ua->ops->put_contact(a->ua, b, a->leg);
		break;
	case HEADER_AUTHENTICATE:
		put_challenge(b, a);
		break;
	case HEADER_USER_AGENT:
		sip_text_header(b, "User-Agent", k->user_agent);
		break;
	case HEADER_SERVER:
		sip_text_header(b, "Server", k->user_agent);
		break;
	case HEADER_ALLOW:
		sip_text_header(b, "Allow", accepts || a->status == 405 ? k->allow : NULL);
		break;
	case HEADER_SUPPORTED:
		sip_text_header(b, "Supported", accepts ? k->supported : NULL);
		break;
	case HEADER_DATE:
		sip_date_header(b);
		break;
	case HEADER_REQUIRE:
		if (accepts)
			leg_put_require(b, a->leg);
		break;
	case HEADER_SESSION_EXPIRES:
		if (accepts)
			leg_put_session_expires(b, a->leg);
		break;
	case HEADER_CONTENT_TYPE:
		sip_content_type_header(b);
		break;
	case HEADER_CONTENT_LENGTH:
		sip_content_length_header(b);
		break;
	default:
		break; /* headers of requests and registrations */
	}
}

static struct payload *response_payload(const struct answer *a, const struct session *body)
{
	char text[SESSION_TEXT_MAX];
	struct ua_knobs k = a->ua->ops->knobs(a->ua);
	struct order order = order_of(k.response_order, &USUAL(usual_response));
	struct sip_builder *b = sip_response(ua_world(a->ua), a->status, (enum sip_method)a->view->method);
	set_body(b, &k, body, text);
	for (uint32_t i = 0; i < order.n; i++)
		put_response_header(b, a, &k, (enum sip_header)order.headers[i]);
	return sip_finish(b);
}

struct packet ua_response(struct ua *ua, struct leg *leg, const struct packet *request, uint32_t status,
			  const struct session *body)
{
	struct world *w = ua_world(ua);
	struct answer a = {
		.ua = ua, .leg = leg, .request = request, .view = sip_view(w, request->payload), .status = status
	};
	struct via via = via_read(request->payload, a.view);
	struct via_policy policy = ua->ops->policy(ua, request, a.view);
	a.reply = via_reply_to(&via, request->src, &policy);
	struct packet p = {
		.parent = request->id,
		.story = request->story,
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = request->dst,
		.dst = a.reply.to,
		.rule = a.reply.rule,
		.payload = response_payload(&a, body),
	};
	if (p.payload)
		p.label = sip_label(sip_view(w, p.payload));
	else
		trace_note(w, ua->iface, request, &fact_response_too_large, status);
	return p;
}
