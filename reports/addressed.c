#include "reports/addressed.h"

#include "models/media.h"
#include "models/session.h"

static const struct sip_view *view_of(const struct record *r)
{
	return r->payload && !r->fragment && !label_is_media(r->label) ? sip_view(r->iface->node->world, r->payload)
								       : NULL;
}

/* --- what a message names ------------------------------------------------------------------------------------------ */

struct endpoint via_written(const struct record *r)
{
	const struct sip_view *v = view_of(r);
	if (!v || !v->via_numeric)
		return (struct endpoint){ 0 };
	return (struct endpoint){ v->via_address, v->via_port == SIP_ABSENT ? SIP_PORT : v->via_port };
}

bool places_written(const struct record *r, struct endpoint place[static PLACES])
{
	const struct sip_view *v = view_of(r);
	struct session s;
	memset(place, 0, PLACES * sizeof *place);
	if (!v)
		return false;
	if (v->request && v->via_numeric)
		place[PLACE_VIA] =
			(struct endpoint){ v->via_address, v->via_port == SIP_ABSENT ? SIP_PORT : v->via_port };
	if (!v->contact_uri.len || !siptext_uri_endpoint(r->payload->bytes, v->contact_uri, &place[PLACE_CONTACT]))
		place[PLACE_CONTACT] = (struct endpoint){ 0 };
	if (session_read(r->payload, v, &s))
		place[PLACE_SDP] = s.rtp;
	return true;
}

static struct endpoint at_source(struct endpoint written, const struct record *r)
{
	return written.port ? (struct endpoint){ r->src.host, written.port } : written;
}

/** May a request go there for what the message says? The Via is for its answer alone. */
static bool is_bound_by(const struct addressed *a, struct endpoint dst)
{
	return endpoint_equal(a->place[PLACE_CONTACT], dst) || endpoint_equal(a->place[PLACE_SOURCE], dst);
}

/** Whose message it is, and by which router it has come. */
static void know(const struct fates *f, const struct record *sent, struct addressed *out)
{
	out->whom = fate_origin(f, sent)->iface->node;
	out->router = fate_door(f, sent);
}

static bool places_of_signalling(const struct record *came, struct addressed *out)
{
	if (!places_written(came, out->place))
		return false;
	out->place[PLACE_SOURCE] = came->src;
	out->place[PLACE_VIA_PORT] = at_source(out->place[PLACE_VIA], came);
	out->place[PLACE_SDP] = (struct endpoint){ 0 };
	return true;
}

/* --- SIP ----------------------------------------------------------------------------------------------------------- */

/** Is it by what came there that a request to this user, or in this call, may be sent? */
static bool is_of_same(const struct record *came, const struct record *sent)
{
	const struct sip_view *v = view_of(came), *w = view_of(sent);
	if (!v || !w)
		return false;
	if (span_equal(slice_span(came->payload, v->call_id), slice_span(sent->payload, w->call_id)))
		return true;
	return v->request && v->method == SIP_REGISTER && v->to_user.len &&
	       span_equal(slice_span(came->payload, v->to_user), slice_span(sent->payload, w->to_user));
}

static bool response_addressed(const struct fates *f, const struct record *sent, struct addressed *out)
{
	const struct record *asked = sent->parent < f->size ? f->arrived[sent->parent] : NULL;
	if (!asked || asked->iface->node != sent->iface->node || !places_of_signalling(asked, out) ||
	    !view_of(asked)->request)
		return false;
	know(f, fate_sent(f, asked->id), out);
	return true;
}

/** The last one counts: the 200 of a call tells more of it than an old REGISTER. */
static bool request_addressed(const struct fates *f, const struct trace *t, const struct record *sent,
			      struct addressed *out)
{
	const struct record *r;
	struct addressed a = { 0 };
	bool found = false;
	for (struct trace_cursor c = trace_first(t); (r = trace_next(&c)) && r != sent;) {
		if (r->event != EVENT_ARRIVED || r->iface->node != sent->iface->node || !fate_sent(f, r->id) ||
		    !is_of_same(r, sent) || !places_of_signalling(r, &a) || !is_bound_by(&a, sent->dst))
			continue;
		know(f, fate_sent(f, r->id), &a);
		*out = a;
		found = true;
	}
	return found;
}

/* --- audio --------------------------------------------------------------------------------------------------------- */

/** Does what came tell where audio may go? */
static bool names_audio(const struct record *came, struct endpoint dst)
{
	struct endpoint place[PLACES];
	if (label_is_rtp(came->label))
		return endpoint_equal(came->src, dst);
	return places_written(came, place) && place[PLACE_SDP].port && endpoint_equal(place[PLACE_SDP], dst);
}

/** A server that stays out of the way of audio hands on what another has written. */
static const struct record *sdp_writing(const struct fates *f, const struct record *sent)
{
	struct endpoint here[PLACES], before[PLACES];
	const struct record *made = fate_origin(f, sent), *asked = fate_sent(f, made->parent);
	while (asked && places_written(made, here) && places_written(asked, before) && here[PLACE_SDP].port &&
	       endpoint_equal(here[PLACE_SDP], before[PLACE_SDP])) {
		sent = asked;
		made = fate_origin(f, sent);
		asked = fate_sent(f, made->parent);
	}
	return sent;
}

static void add_audio_places(const struct record *came, struct addressed *out)
{
	struct endpoint place[PLACES];
	if (label_is_rtp(came->label)) {
		out->place[PLACE_SOURCE] = came->src;
	} else if (places_written(came, place) && place[PLACE_SDP].port) {
		out->place[PLACE_SDP] = place[PLACE_SDP];
		out->place[PLACE_SDP_PORT] = at_source(place[PLACE_SDP], came);
	}
}

/** Who is meant is known when one place is found; all that has come from there tells of others. */
static bool audio_addressed(const struct fates *f, const struct trace *t, const struct record *sent,
			    struct addressed *out)
{
	const struct record *r;
	struct addressed a = { 0 };
	for (struct trace_cursor c = trace_first(t); (r = trace_next(&c)) && r != sent;)
		if (r->event == EVENT_ARRIVED && r->iface->node == sent->iface->node && fate_sent(f, r->id) &&
		    names_audio(r, sent->dst))
			know(f, sdp_writing(f, fate_sent(f, r->id)), &a);
	for (struct trace_cursor c = trace_first(t); a.whom && (r = trace_next(&c)) && r != sent;)
		if (r->event == EVENT_ARRIVED && r->iface->node == sent->iface->node && fate_sent(f, r->id) &&
		    fate_origin(f, fate_sent(f, r->id))->iface->node == a.whom)
			add_audio_places(r, &a);
	*out = a;
	return a.whom;
}

bool addressed_find(const struct fates *f, const struct trace *t, const struct record *sent, struct addressed *out)
{
	*out = (struct addressed){ 0 };
	if (label_is_rtp(sent->label))
		return audio_addressed(f, t, sent, out);
	if (label_is_response(sent->label))
		return response_addressed(f, sent, out);
	return request_addressed(f, t, sent, out);
}
