/*
 * A proxy in calls (RFC 3261 16).
 */
#include "models/server_shared.h"

static bool proxy_request(struct server *s, const struct packet *request, const struct sip_view *v)
{
	(void)s, (void)request, (void)v;
	return false;
}

static bool proxy_response(struct server *s, const struct packet *response, const struct sip_view *v)
{
	(void)s, (void)response, (void)v;
	return false;
}

static bool proxy_media(struct server *s, const struct packet *p)
{
	(void)s, (void)p;
	return false;
}

static void proxy_forget(struct server *s)
{
	(void)s;
}

const struct server_calls server_proxy = {
	.request = proxy_request,
	.response = proxy_response,
	.media = proxy_media,
	.forget = proxy_forget,
};
