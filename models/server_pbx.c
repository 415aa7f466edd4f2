/*
 * A PBX in calls: a user agent to both sides (RFC 3261 6, back-to-back user agent).
 */
#include "models/server_shared.h"

static bool pbx_request(struct server *s, const struct packet *request, const struct sip_view *v)
{
	(void)s, (void)request, (void)v;
	return false;
}

static bool pbx_response(struct server *s, const struct packet *response, const struct sip_view *v)
{
	(void)s, (void)response, (void)v;
	return false;
}

static bool pbx_media(struct server *s, const struct packet *p)
{
	(void)s, (void)p;
	return false;
}

static void pbx_forget(struct server *s)
{
	(void)s;
}

const struct server_calls server_pbx = {
	.request = pbx_request,
	.response = pbx_response,
	.media = pbx_media,
	.forget = pbx_forget,
};
