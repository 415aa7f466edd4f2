#include "scenarios/lab.h"

#include <string.h>
#include <strings.h>

#include "models/siptext.h"

#define LAN_DELAY    (1 * MSEC)
#define WAN_DELAY    (20 * MSEC)
#define FIRST_USER   100
#define LAN_CROWD    150 /* more phones than this behind one router need a larger network */
#define FIRST_HOST   100 /* of phones in a LAN */

static const struct prefix small_lan = { 0xC0A80100u, 24 }; /* 192.168.1.0/24 */
static const struct prefix large_lan = { 0x0A000000u, 8 };  /* 10.0.0.0/8 */
#define FIRST_SERVER 0xC633640Au /* 198.51.100.10 */
#define FIRST_SINGLE 0xCB00710Au /* 203.0.113.10 */
#define SINGLES      240u	 /* then 203.0.113.0/24 is used up */
#define FIRST_MANY   0xF0000001u /* 240.0.0.1, reserved and so nobody's */

static void *arena_of(struct lab *lab, size_t size)
{
	return arena_alloc(lab->world->arena, size);
}

/* --- groups ------------------------------------------------------------------------------------------------------ */

void lab_group_add(struct lab *lab, const struct node_spec *spec)
{
	struct lab_group *g = &lab->groups[lab->n_groups++];
	g->spec = spec;
	g->profile = lab_profile(lab, spec);
	g->behind = spec->behind[spec->behind_axis < 0 ? 0 : lab->choice[spec->behind_axis]];
}

/* Every node of the scenario, and what remedies may add behind each. */
static void groups_add(struct lab *lab)
{
	const struct scenario *s = lab->scenario;
	lab->groups = arena_of(lab, (s->remedies.n ? 2 : 1) * s->n_nodes * sizeof *lab->groups);
	for (uint32_t i = 0; i < s->n_nodes; i++)
		lab_group_add(lab, &s->nodes[i]);
	lab_gateways(lab);
}

/* --- wires ------------------------------------------------------------------------------------------------------- */

static const struct wire_spec *wire_spec_of(const struct lab *lab, int node)
{
	for (uint32_t i = 0; i < lab->scenario->n_wires; i++)
		if (lab->scenario->wires[i].node == node)
			return &lab->scenario->wires[i];
	return NULL;
}

/* Phones and routers hang on wires of their own; a server does only when the scenario gives it one. */
static void wire_init(struct lab *lab, uint32_t i)
{
	struct lab_group *g = &lab->groups[i];
	const struct wire_spec *own = wire_spec_of(lab, (int)i), *all = wire_spec_of(lab, -1);
	struct wire_profile p = { .delay = g->behind < 0 ? WAN_DELAY : LAN_DELAY };
	if (g->spec->kind == DEVICE_SERVER && !own)
		return;
	if (all)
		settings_apply(&all->settings, lab->choice, &p);
	if (own)
		settings_apply(&own->settings, lab->choice, &p);
	g->wire = (struct wire){
		.delay = p.delay,
		.jitter = p.jitter,
		.loss = p.loss,
		.duplicate = p.duplicate,
		.drop = p.drop.items,
		.drops = p.drop.n,
		.mtu = p.mtu,
	};
	g->access = &g->wire;
}

/* --- addresses --------------------------------------------------------------------------------------------------- */

static uint32_t outside_given(const struct router_profile *p, uint32_t i)
{
	return i < p->outside.n ? ((const uint32_t *)p->outside.items)[i] : 0;
}

/* The i-th address that the scenario gives a group's first member; 0: none. Only routers may have several. */
static uint32_t given_host(const struct lab_group *g, uint32_t i)
{
	switch (g->spec->kind) {
	case DEVICE_PHONE:
		return i ? 0 : ((const struct phone_profile *)g->profile)->address.host;
	case DEVICE_ROUTER:
		return outside_given(g->profile, i);
	case DEVICE_GATEWAY:
		return i ? 0 : ((const struct gateway_profile *)g->profile)->address.host;
	default:
		return i ? 0 : ((const struct server_profile *)g->profile)->address.host;
	}
}

/* Addresses that the scenario gives are not handed out to others, whether their nodes are built already or not. */
static bool host_given(const struct lab *lab, uint32_t host)
{
	for (uint32_t i = 0; i < lab->n_groups; i++) {
		const struct lab_group *g = &lab->groups[i];
		for (uint32_t k = 0, first; (first = given_host(g, k)); k++)
			if (host >= first && host - first < g->spec->count)
				return true;
	}
	return false;
}

/* Hosts on the Internet: the documentation's for single nodes, reserved ones for crowds. */
static uint32_t internet_host(struct lab *lab, bool crowd)
{
	uint32_t host;
	do
		host = crowd || lab->singles >= SINGLES ? FIRST_MANY + lab->many++ : FIRST_SINGLE + lab->singles++;
	while (host_given(lab, host));
	return host;
}

/* How many nodes find room in a router's network, beside the router itself. */
static uint32_t lan_room(const struct lab_group *router)
{
	uint64_t size = 1ull << (32 - router->inside.bits), others = 3; /* network, router, broadcast */
	return size > others ? (uint32_t)(size - others) : 0;
}

/* The next address that nobody has, from the `start`-th on and around; *next counts what was tried. */
static uint32_t lan_host(struct lab *lab, const struct lab_group *router, uint32_t lan, uint32_t *next, uint32_t start)
{
	uint32_t room = lan_room(router), low = router->inside.host + 2;
	while (*next < room) {
		uint32_t host = low + (uint32_t)(((uint64_t)(*next)++ + start) % room);
		if (!host_given(lab, host) && !network_resident(router->lans[lan], host))
			return host;
	}
	lab->trouble = "a router's network has no address left; give it a larger `inside`";
	return low;
}

/* Phones and servers begin at .100 where there is room, so that the low end is the gateways'. */
static uint32_t crowd_host(struct lab *lab, struct lab_group *router, uint32_t lan)
{
	uint32_t start = lan_room(router) > 2 * FIRST_HOST - 2 ? FIRST_HOST - 2 : 0;
	return lan_host(lab, router, lan, &router->next_host[lan], start);
}

/* Members are spread evenly over the routers they are behind. */
uint32_t lab_lan(const struct lab_group *router, const struct lab_group *g, uint32_t member)
{
	return (uint32_t)((uint64_t)member * router->spec->count / g->spec->count);
}

int64_t lab_resident(const struct lab *lab, int router, uint32_t lan, const struct lab_group *g)
{
	const struct lab_group *routers = &lab->groups[router];
	uint64_t n = routers->spec->count, first = ((uint64_t)lan * g->spec->count + n - 1) / n;
	if (g->behind != router || first >= g->spec->count || lab_lan(routers, g, (uint32_t)first) != lan)
		return -1;
	return (int64_t)first;
}

static struct network *network_of(struct lab *lab, const struct lab_group *g, uint32_t member)
{
	if (g->behind < 0)
		return lab->internet;
	struct lab_group *router = &lab->groups[g->behind];
	return router->lans[lab_lan(router, g, member)];
}

static uint32_t host_of(struct lab *lab, const struct lab_group *g, uint32_t member)
{
	uint32_t given = given_host(g, 0);
	if (given)
		return given + member;
	if (g->behind < 0)
		return internet_host(lab, g->spec->count > 1);
	struct lab_group *router = &lab->groups[g->behind];
	return crowd_host(lab, router, lab_lan(router, g, member));
}

/* Phones and routers own their whole host; a server only its port, so that it may share a host with others. */
static void claim(struct lab *lab, const struct network *net, struct endpoint at, const char *name)
{
	char text[ENDPOINT_TEXT_MAX], other[128];
	const struct iface *taken = network_find(net, at);
	if (!taken || lab->trouble)
		return;
	if (taken == network_find(net, (struct endpoint){ at.host, 0 }))
		host_print(at.host, text);
	else
		endpoint_print(at, text);
	node_name(taken->node, other, sizeof other);
	lab->trouble = arena_printf(lab->world->arena, "%s and %s are both at %s", other, name, text);
}

/* --- nodes ------------------------------------------------------------------------------------------------------- */

static uint32_t number_of(const struct lab_group *g, uint32_t member)
{
	return g->spec->count > 1 ? member + 1 : 0;
}

/*
 * How many nodes live behind each router of a group, or on the Internet (-1). A gateway is none of the crowd: phones have
 * the same addresses with it and without.
 */
static uint32_t residents(const struct lab *lab, int router)
{
	uint64_t n = 0, routers = router < 0 ? 1 : lab->groups[router].spec->count;
	for (uint32_t i = 0; i < lab->n_groups; i++)
		if (lab->groups[i].behind == router && lab->groups[i].spec->kind != DEVICE_GATEWAY)
			n += lab->groups[i].spec->count;
	return (uint32_t)((n + routers - 1) / routers);
}

/* A LAN behind a LAN is another network: 192.168.2.0/24 and so on. */
struct prefix lab_inside(uint32_t crowd, uint32_t outer)
{
	struct prefix inside = crowd > LAN_CROWD ? large_lan : small_lan;
	inside.host += outer << (32 - inside.bits);
	return inside;
}

static struct prefix inside_of(const struct lab *lab, int router, uint32_t crowd)
{
	const struct lab_group *g = &lab->groups[router];
	const struct router_profile *p = g->profile;
	uint32_t outer = 0;
	if (p->inside.bits)
		return p->inside;
	for (int i = g->behind; i >= 0; i = lab->groups[i].behind)
		outer++;
	return lab_inside(crowd, outer);
}

static void routers_init(struct lab *lab, struct lab_group *g, uint32_t i)
{
	uint32_t n = g->spec->count;
	g->routers = arena_of(lab, n * sizeof(struct router *));
	g->lans = arena_of(lab, n * sizeof(struct network *));
	g->next_host = arena_of(lab, n * sizeof(uint32_t));
	g->residents = residents(lab, (int)i);
	g->inside = inside_of(lab, (int)i, g->residents);
}

static void outside_build(struct lab *lab, struct lab_group *g, uint32_t member, struct router_setup *setup)
{
	const struct router_profile *p = g->profile;
	uint32_t *hosts = arena_of(lab, (p->outside.n ? p->outside.n : 1) * sizeof *hosts);
	hosts[0] = host_of(lab, g, member);
	for (uint32_t i = 1; i < p->outside.n; i++)
		hosts[i] = given_host(g, i) + member;
	setup->outside = hosts;
	setup->n_outside = p->outside.n ? p->outside.n : 1;
	for (uint32_t i = 0; i < setup->n_outside; i++)
		claim(lab, setup->wan, (struct endpoint){ hosts[i], 0 }, setup->name);
}

static void router_build(struct lab *lab, struct lab_group *g, uint32_t member)
{
	struct router_setup setup = {
		.profile = g->profile,
		.name = g->spec->name,
		.member = number_of(g, member),
		.wan = network_of(lab, g, member),
		.lan = network_new(lab->world, g->residents + 1),
		.inside = g->inside.host + 1,
		.residents = g->residents,
		.wire = g->access,
	};
	g->lans[member] = setup.lan;
	outside_build(lab, g, member, &setup);
	g->routers[member] = router_new(lab->world, &setup);
}

/* Routers are built from the outside in, so that each finds the network it is behind. */
static void routers_build(struct lab *lab, uint32_t i)
{
	struct lab_group *g = &lab->groups[i];
	if (g->built || g->spec->kind != DEVICE_ROUTER)
		return;
	g->built = true;
	if (g->behind >= 0)
		routers_build(lab, (uint32_t)g->behind);
	routers_init(lab, g, i);
	for (uint32_t member = 0; member < g->spec->count; member++)
		router_build(lab, g, member);
}

static uint32_t phones_of(const struct lab *lab)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < lab->n_groups; i++)
		if (lab->groups[i].spec->kind == DEVICE_PHONE)
			n += lab->groups[i].spec->count;
	return n;
}

static void server_build(struct lab *lab, struct lab_group *g)
{
	const struct server_profile *p = g->profile;
	struct network *net = network_of(lab, g, 0);
	uint32_t port = p->address.port ? p->address.port : SIP_PORT;
	struct server_setup setup = {
		.profile = p,
		.name = g->spec->name,
		.network = net,
		.address = { host_of(lab, g, 0), port },
		.wire = g->access,
		.pins = g->spec->pins,
		.users = phones_of(lab),
	};
	char text[HOST_TEXT_MAX];
	host_print(setup.address.host, text);
	setup.domain = p->domain ? p->domain : arena_strdup(lab->world->arena, text);
	g->address = setup.address;
	claim(lab, net, setup.address, setup.name);
	g->server = server_new(lab->world, &setup);
}

/* Servers are numbered from 198.51.100.10 on, apart from everybody else. */
static void servers_build(struct lab *lab, uint32_t i, uint32_t *next)
{
	struct lab_group *g = &lab->groups[i];
	struct server_profile *p = g->profile;
	if (g->spec->kind != DEVICE_SERVER)
		return;
	if (!p->address.host && g->behind < 0) {
		while (host_given(lab, *next))
			++*next;
		p->address.host = (*next)++;
	}
	server_build(lab, g);
}

static size_t domain_len(const char *domain)
{
	return strcspn(domain, ":");
}

bool lab_same_domain(const char *a, const char *b)
{
	return a && b && domain_len(a) == domain_len(b) && !strncasecmp(a, b, domain_len(a));
}

/* The server of the phone's domain, or the first one. */
static const struct lab_group *server_of(const struct lab *lab, const char *domain)
{
	const struct lab_group *first = NULL;
	for (uint32_t i = 0; i < lab->n_groups; i++) {
		const struct lab_group *g = &lab->groups[i];
		if (g->spec->kind != DEVICE_SERVER)
			continue;
		const char *own = ((const struct server_profile *)g->profile)->domain;
		if (lab_same_domain(own, domain))
			return g;
		if (!first)
			first = g;
	}
	return first;
}

static const char *aor_domain(struct lab *lab, const char *given, const struct lab_group *server)
{
	char text[HOST_TEXT_MAX];
	const char *own = ((const struct server_profile *)server->profile)->domain;
	if (given)
		return given;
	host_print(server->address.host, text);
	return own ? own : arena_strdup(lab->world->arena, text);
}

/*
 * Where the requests for a domain go: to its server, and when it is an address to that, even if it is a router's that
 * forwards to the server (RFC 3263 4.1, 4.2).
 */
static struct endpoint domain_place(const struct lab_group *server, const char *domain)
{
	struct endpoint at;
	return endpoint_parse(domain, strlen(domain), server->address.port, &at) ? at : server->address;
}

/* --- gateways ---------------------------------------------------------------------------------------------------- */

/* Beside the router, at the low end of its network. */
static uint32_t gateway_host(struct lab *lab, const struct lab_group *g, uint32_t member)
{
	const struct lab_group *router = &lab->groups[g->behind];
	uint32_t next = 0, given = given_host(g, 0);
	return given ? given + member : lan_host(lab, router, lab_lan(router, g, member), &next, 0);
}

/* The gateway in the LAN of somebody behind a router; NULL: there is none. */
static const struct gateway *gateway_beside(const struct lab *lab, int router, uint32_t lan)
{
	const struct lab_group *g = router < 0 ? NULL : lab->groups[router].gateway;
	int64_t member = g ? lab_resident(lab, router, lan, g) : -1;
	return member < 0 ? NULL : g->gateways[member];
}

/* The server of the first phone beside it, or the first one. */
static const struct lab_group *gateway_server(const struct lab *lab, const struct lab_group *gateway)
{
	const char *domain = NULL;
	for (uint32_t i = 0; i < lab->n_groups && !domain; i++)
		if (lab->groups[i].spec->kind == DEVICE_PHONE && lab->groups[i].behind == gateway->behind)
			domain = ((const struct phone_profile *)lab->groups[i].profile)->domain;
	return server_of(lab, domain);
}

static void gateway_build(struct lab *lab, struct lab_group *g, uint32_t member, const struct lab_group *server)
{
	const struct gateway_profile *p = g->profile;
	struct network *lan = network_of(lab, g, member);
	uint32_t port = p->address.port ? p->address.port : p->listen_port;
	const char *domain = aor_domain(lab, NULL, server);
	struct gateway_setup setup = {
		.profile = p,
		.name = g->spec->name,
		.member = number_of(g, member),
		.network = lan,
		.address = { gateway_host(lab, g, member), port },
		.server = domain_place(server, domain),
		.domain = domain,
		.wire = g->access,
		.pins = g->spec->pins,
		.users = residents(lab, g->behind),
	};
	claim(lab, lan, (struct endpoint){ setup.address.host, 0 }, setup.name);
	g->gateways[member] = gateway_new(lab->world, &setup);
}

static void gateways_build(struct lab *lab, uint32_t i)
{
	struct lab_group *g = &lab->groups[i];
	if (g->spec->kind != DEVICE_GATEWAY)
		return;
	const struct lab_group *server = gateway_server(lab, g);
	g->server = server->server;
	if (!lab->groups[g->behind].gateway)
		lab->groups[g->behind].gateway = g;
	g->gateways = arena_of(lab, g->spec->count * sizeof(struct gateway *));
	for (uint32_t member = 0; member < g->spec->count; member++)
		gateway_build(lab, g, member, server);
}

/* --- phones ------------------------------------------------------------------------------------------------------ */

/* What the members of a group have in common, with another place where requests go. */
static const struct phone_group *group_at(struct lab *lab, const struct phone_group *common, struct endpoint server)
{
	if (endpoint_equal(common->server, server))
		return common;
	struct phone_group *other = arena_of(lab, sizeof *other);
	*other = *common;
	other->server = server;
	return other;
}

/* Phones beside a gateway register with it, all others where their domain is. */
static struct endpoint registrar_of(const struct lab *lab, const struct lab_group *g, uint32_t member,
				    struct endpoint elsewhere)
{
	uint32_t lan = g->behind < 0 ? 0 : lab_lan(&lab->groups[g->behind], g, member);
	const struct gateway *gateway = gateway_beside(lab, g->behind, lan);
	return gateway ? gateway_inside(gateway) : elsewhere;
}

static void phone_build(struct lab *lab, struct lab_group *g, uint32_t member, const struct phone_group *common)
{
	const struct phone_profile *p = g->profile;
	struct network *net = network_of(lab, g, member);
	struct endpoint at = { host_of(lab, g, member), p->address.port ? p->address.port : p->listen_port };
	claim(lab, net, at, common->name);
	g->phones[member] = phone_new(lab->world, common, number_of(g, member), net, at);
}

static void phones_build(struct lab *lab, uint32_t i, uint32_t *user)
{
	struct lab_group *g = &lab->groups[i];
	const struct phone_profile *p = g->profile;
	if (g->spec->kind != DEVICE_PHONE)
		return;
	const struct lab_group *server = server_of(lab, p->domain);
	const char *domain = aor_domain(lab, p->domain, server);
	struct phone_group *common = arena_of(lab, sizeof *common);
	*common = (struct phone_group){
		.profile = p,
		.name = g->spec->name,
		.user = p->user ? p->user : arena_printf(lab->world->arena, "%u", *user),
		.domain = domain,
		.server = domain_place(server, domain),
		.wire = g->access,
		.pins = g->spec->pins,
	};
	common->user_number = phone_user_number(common->user);
	g->server = server->server;
	if (!p->user)
		*user += g->spec->count;
	g->phones = arena_of(lab, g->spec->count * sizeof(struct phone *));
	const struct phone_group *group = common;
	for (uint32_t member = 0; member < g->spec->count; member++) {
		group = group_at(lab, group, registrar_of(lab, g, member, common->server));
		phone_build(lab, g, member, group);
	}
}

static uint32_t nodes_of(const struct lab *lab)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < lab->n_groups; i++)
		n += lab->groups[i].spec->count;
	return n;
}

void lab_build(struct lab *lab, struct world *w, const struct scenario *s, const uint32_t *choice)
{
	uint32_t user = FIRST_USER, server = FIRST_SERVER;
	*lab = (struct lab){ .world = w, .scenario = s, .choice = choice };
	groups_add(lab);
	nodes_expect(w, nodes_of(lab));
	for (uint32_t i = 0; i < lab->n_groups; i++)
		wire_init(lab, i);
	lab->internet = network_new(w, residents(lab, -1));
	for (uint32_t i = 0; i < lab->n_groups; i++)
		routers_build(lab, i);
	for (uint32_t i = 0; i < lab->n_groups; i++)
		servers_build(lab, i, &server);
	for (uint32_t i = 0; i < lab->n_groups; i++)
		gateways_build(lab, i);
	for (uint32_t i = 0; i < lab->n_groups; i++)
		phones_build(lab, i, &user);
	lab_rules(lab);
	lab_opt_in(lab);
}

/* --- while it runs ----------------------------------------------------------------------------------------------- */

const struct iface *lab_iface(const struct lab_group *g, uint32_t member)
{
	switch (g->spec->kind) {
	case DEVICE_PHONE:
		return phone_iface(g->phones[member]);
	case DEVICE_ROUTER:
		return router_wan(g->routers[member]);
	case DEVICE_GATEWAY:
		return gateway_iface(g->gateways[member]);
	default:
		return server_iface(g->server);
	}
}

/* Nobody has it yet, and behind another router it is an address of the network there. */
static void address_fit(struct lab *lab, const struct lab_group *g, const struct network *wan, uint32_t address)
{
	struct arena *a = lab->world->arena;
	const struct iface *taken = network_resident(wan, address);
	char host[HOST_TEXT_MAX], other[128];
	host_print(address, host);
	if (taken)
		lab->trouble = arena_printf(a, "%s and %s are both at %s", node_name(taken->node, other, sizeof other),
					    g->spec->name, host);
	else if (g->behind >= 0 && !prefix_holds(lab->groups[g->behind].inside, address))
		lab->trouble = arena_printf(a, "%s is not in the network behind %s, so %s cannot have it", host,
					    lab->groups[g->behind].spec->name, g->spec->name);
}

void lab_rebind(struct lab *lab, struct lab_group *g, uint32_t member, uint32_t address)
{
	const struct iface *wan = router_wan(g->routers[member]);
	if (address == wan->host)
		address = 0;
	if (address)
		address_fit(lab, g, wan->network, address);
	if (!lab->trouble)
		router_rebind(g->routers[member], address);
}
