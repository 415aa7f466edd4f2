/*
 * Requests that come to a phone: whom they are for, and what it answers to those that are not of calls.
 */
#include "models/phone_shared.h"
#include "models/server.h"

const struct fact fact_not_my_contact = { "not-my-contact", "its own Contact is {endpoint}", "RFC 3261 8.2.2.1" };
const struct fact fact_others_request = { "others-request", "it is for another user", "RFC 3261 8.2.2.1" };

/* Is the user of this URI the phone's? A URI without a user means whoever is there. */
bool phone_is_mine(const struct phone *p, const struct payload *m, struct slice uri)
{
	char own[PHONE_USER_MAX];
	struct span user = slice_span(m, siptext_uri_user(m->bytes, uri));
	return !user.len || span_equal(user, (struct span){ own, phone_user(p, own) });
}

static bool is_at_contact(const struct phone *p, const struct payload *m, struct slice uri)
{
	struct endpoint e;
	return siptext_uri_endpoint(m->bytes, uri, &e) && endpoint_equal(e, p->contact);
}

/* NULL: it is for this phone; else why not. */
static const struct fact *misaddressed(const struct phone *p, const struct payload *m, struct slice uri)
{
	int check = p->group->profile->uri_check;
	if (check == URI_CHECK_OFF)
		return NULL;
	if (!phone_is_mine(p, m, uri))
		return &fact_others_request;
	return check == URI_CHECK_USER || is_at_contact(p, m, uri) ? NULL : &fact_not_my_contact;
}

uint32_t phone_uri_status(struct phone *p, const struct packet *request, const struct sip_view *v)
{
	const struct fact *why = misaddressed(p, request->payload, v->uri);
	if (why)
		trace_note(p->node.world, &p->iface, request, why, (uint64_t)p->contact.host << 16 | p->contact.port);
	return why ? 404 : 0;
}

static uint32_t answer_status(struct phone *p, const struct packet *request, const struct sip_view *v)
{
	if (sip_cut_short(request->payload, v)) {
		trace_note(p->node.world, &p->iface, request, &fact_cut_short, 0);
		return 400;
	}
	uint32_t refusal = phone_uri_status(p, request, v);
	return refusal ? refusal : v->method == SIP_OPTIONS ? 200 : 405;
}

static struct payload *answer_build(struct phone *p, const struct packet *request, const struct sip_view *v,
				    const struct via_reply *reply, uint32_t status)
{
	struct sip_builder *b = sip_response(p->node.world, status, (enum sip_method)v->method);
	char tag[ID_TEXT_MAX];
	size_t len = phone_tag(p, p->tags++, tag);
	via_put_stamped(b, request->payload, v, request->src, reply);
	sip_copy_from(b, request->payload, v);
	sip_copy_to(b, request->payload, v, tag, len);
	sip_copy_call_id(b, request->payload, v);
	sip_copy_cseq(b, request->payload, v);
	sip_text_header(b, "Allow", PHONE_METHODS);
	sip_text_header(b, "User-Agent", p->group->profile->user_agent);
	sip_content_length_header(b);
	return sip_finish(b);
}

struct via_policy phone_policy(const struct phone *p)
{
	return (struct via_policy){ .rport = p->group->profile->rport_as_server, .force = FORCE_OFF };
}

/* Stateless (RFC 3261 8.2.7): a repeated request gets the same kind of answer again. */
void phone_answer(struct phone *p, const struct packet *request, const struct sip_view *v)
{
	struct via_policy policy = phone_policy(p);
	struct via via = via_read(request->payload, v);
	struct via_reply reply = via_reply_to(&via, request->src, &policy);
	uint32_t status = answer_status(p, request, v);
	struct payload *payload = answer_build(p, request, v, &reply, status);
	if (!payload) {
		trace_note(p->node.world, &p->iface, request, &fact_response_too_large, status);
		return;
	}
	struct packet answer = {
		.parent = request->id,
		.story = request->story,
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = p->local,
		.dst = reply.to,
		.label = sip_label(sip_view(p->node.world, payload)),
		.rule = reply.rule,
		.payload = payload,
	};
	net_send(iface_of(p), &answer);
	payload_unref(p->node.world->payloads, payload);
}
