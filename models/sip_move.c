#include "models/sip_move.h"

static uint32_t old_end(const struct change *c)
{
	return (uint32_t)c->old_at + c->old_len;
}

static int32_t growth(const struct change *c)
{
	return (int32_t)c->len - c->old_len;
}

/*
 *	before   ....[======]....        a change in front moves the place, one inside makes it longer or shorter, one
 *	after      ....[========]....    behind does nothing; one that cuts through its border, or touches its end, is
 *	                                 not followed
 */
static bool slice_move(struct slice *s, const struct change *c, uint32_t n)
{
	uint32_t at = s->at, end = at + s->len;
	int32_t shift = 0, grown = 0;
	if (!s->len)
		return true;
	for (uint32_t i = 0; i < n && c[i].old_at <= end; i++) {
		if (old_end(&c[i]) <= at)
			shift += growth(&c[i]);
		else if (c[i].old_at >= at && old_end(&c[i]) <= end && c[i].old_at < end)
			grown += growth(&c[i]);
		else if (c[i].old_at < end || c[i].old_len == 0)
			return false;
	}
	*s = (struct slice){ (uint16_t)((int32_t)at + shift), (uint16_t)(s->len + grown) };
	return s->len > 0;
}

static bool slices_move(struct slice *s, size_t count, const struct change *c, uint32_t n)
{
	for (size_t i = 0; i < count; i++)
		if (!slice_move(&s[i], c, n))
			return false;
	return true;
}

static uint16_t moved_to(uint16_t at, const struct change *c, uint32_t n)
{
	int32_t shift = 0;
	for (uint32_t i = 0; i < n && old_end(&c[i]) <= at; i++)
		shift += growth(&c[i]);
	return (uint16_t)(at + shift);
}

/* Sent-by is replaced as a whole, "host:port" or "host", or its host alone. */
static bool sent_by_move(struct sip_view *v, const char *text, const struct change *c)
{
	struct hostport h;
	struct slice new = { c->at, c->len };
	if (!siptext_hostport(text, new, &h))
		return false;
	const char *colon = memchr(text + new.at, ':', new.len);
	if (c->old_len != v->via_host.len)
		v->via_port = colon ? h.at.port : SIP_ABSENT;
	else if (colon)
		return false; /* a port where there was none, or not in this change */
	v->via_host = (struct slice){ new.at, colon ? (uint16_t)(colon - text - new.at) : new.len };
	v->via_address = h.at.host;
	v->via_numeric = true;
	return true;
}

static const struct change *change_at(uint16_t at, const struct change *c, uint32_t n)
{
	for (uint32_t i = 0; i < n && c[i].old_at <= at; i++)
		if (c[i].old_at == at)
			return &c[i];
	return NULL;
}

/* Slices up to the credentials, and those at their beginning, stand one behind the other. */
#define PLACES	    (offsetof(struct sip_view, credentials) / sizeof(struct slice))
#define AUTH_PLACES (offsetof(struct sip_auth, algorithm) / sizeof(struct slice))

bool sip_view_moved(const struct sip_view *before, struct payload *after, struct sip_view *out)
{
	const struct change *c = payload_changes(after);
	uint32_t n = after->changes;
	if (n == 0 || n == PAYLOAD_CHANGES || old_end(&c[n - 1]) > before->body_at)
		return false;
	*out = *before;
	out->via_host = (struct slice){ 0, 0 };
	if (!slices_move(&out->uri, PLACES, c, n) || !slices_move(&out->credentials.realm, AUTH_PLACES, c, n))
		return false;
	out->headers_at = moved_to(before->headers_at, c, n);
	out->body_at = moved_to(before->body_at, c, n);
	out->via_host = before->via_host;
	const struct change *sent_by = change_at(before->via_host.at, c, n);
	return sent_by ? sent_by_move(out, after->bytes, sent_by) : slice_move(&out->via_host, c, n);
}
