/*
 * Is a phone behind a NAT? What servers look at in a REGISTER to find out.
 */
#include "models/server_nat.h"

#include "models/server_shared.h"

static bool contact_private(const struct nat_look *l)
{
	return l->numeric && host_is_private(l->contact.host);
}

static bool via_address(const struct nat_look *l)
{
	return !l->via.numeric || l->via.host != l->source.host;
}

static bool via_private(const struct nat_look *l)
{
	return l->via.numeric && host_is_private(l->via.host);
}

static bool via_port(const struct nat_look *l)
{
	return l->via.port != l->source.port;
}

static bool source_private(const struct nat_look *l)
{
	return host_is_private(l->source.host);
}

static bool contact_port(const struct nat_look *l)
{
	return l->numeric && l->contact.port != l->source.port;
}

static bool contact_address(const struct nat_look *l)
{
	return !l->numeric || l->contact.host != l->source.host;
}

const char *const nat_test_words[] = {
	[NAT_CONTACT_PRIVATE] = "contact-private",
	[NAT_VIA_ADDRESS] = "via-address",
	[NAT_VIA_PRIVATE] = "via-private",
	[NAT_VIA_PORT] = "via-port",
	[NAT_SOURCE_PRIVATE] = "source-private",
	[NAT_CONTACT_PORT] = "contact-port",
	[NAT_CONTACT_ADDRESS] = "contact-address",
	[NAT_TESTS] = NULL,
};

static const struct nat_row {
	bool (*fires)(const struct nat_look *);
	struct fact fact;
	bool of_via; /* looks at the Via, which in a response is the server's own */
} rows[NAT_TESTS] = {
	[NAT_CONTACT_PRIVATE] = { contact_private, { "contact-private", "behind a NAT: its Contact is private", "RFC 1918 3" } },
	[NAT_VIA_ADDRESS] = { via_address, { "via-address", "behind a NAT: its Via has another address than the source", NULL }, true },
	[NAT_VIA_PRIVATE] = { via_private, { "via-private", "behind a NAT: its Via is private", "RFC 1918 3" }, true },
	[NAT_VIA_PORT] = { via_port, { "via-port", "behind a NAT: its Via has another port than the source", NULL }, true },
	[NAT_SOURCE_PRIVATE] = { source_private, { "source-private", "behind a NAT: it came from a private address", "RFC 1918 3" } },
	[NAT_CONTACT_PORT] = { contact_port, { "contact-port", "behind a NAT: its Contact has another port than the source", NULL } },
	[NAT_CONTACT_ADDRESS] = { contact_address, { "contact-address", "behind a NAT: its Contact has another address than the source", NULL } },
};

const struct fact fact_no_nat = { "no-nat", "no test finds it behind a NAT", NULL };
const struct fact fact_not_pinged = { "not-pinged", "no test finds it behind a NAT: it is not pinged", NULL };

struct nat_look nat_look_of(const struct payload *p, const struct sip_view *v, struct endpoint source)
{
	struct nat_look l = { .via = via_read(p, v), .source = source };
	if (!l.via.port)
		l.via.port = SIP_PORT;
	l.numeric = siptext_uri_endpoint(p->bytes, v->contact_uri, &l.contact);
	return l;
}

bool server_takes_for_natted(const struct server *s, const struct packet *p, const struct sip_view *v)
{
	const struct list *list = &s->profile->nat_test;
	const uint8_t *tests = list->items;
	struct nat_look l = nat_look_of(p->payload, v, p->src);
	for (uint32_t i = 0; i < list->n; i++)
		if ((v->request || !rows[tests[i]].of_via) && nat_test_fires(tests[i], &l))
			return true;
	return list->n == 0;
}

bool nat_test_fires(enum nat_test test, const struct nat_look *l)
{
	return rows[test].fires(l);
}

static void note(const struct exchange *x, const struct fact *what)
{
	trace_note(server_world(x->server), x->server->iface, x->request, what, 0);
}

static bool pings_natted(const struct server_profile *p)
{
	return p->ping.type != KEEPALIVE_NONE && p->ping.to == PING_NATTED;
}

bool server_finds_nat(const struct exchange *x)
{
	const struct list *list = &x->server->profile->nat_test;
	const uint8_t *items = list->items;
	struct nat_look l = nat_look_of(x->request->payload, x->view, x->request->src);
	if (!list->n)
		return via_address(&l);
	for (uint32_t i = 0; i < list->n; i++) {
		if (!nat_test_fires(items[i], &l))
			continue;
		note(x, &rows[items[i]].fact);
		return true;
	}
	note(x, pings_natted(x->server->profile) ? &fact_not_pinged : &fact_no_nat);
	return false;
}
