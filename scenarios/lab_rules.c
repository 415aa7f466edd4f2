/*
 * What routers are told about others, once all nodes are there: port forwards, one-to-one NAT, tunnels.
 */
#include <string.h>

#include "scenarios/lab.h"

/** One router of a group, and the LAN behind it. */
struct lan {
	struct lab *lab;
	int group; /* index */
	uint32_t member;
};

static struct lab_group *group_of(const struct lan *at)
{
	return &at->lab->groups[at->group];
}

static struct router *router_at(const struct lan *at)
{
	return group_of(at)->routers[at->member];
}

/** Where the first member of a group that is behind this router is; host 0: none is. */
static uint32_t resident_host(const struct lan *at, const struct lab_group *g)
{
	int64_t member = lab_resident(at->lab, at->group, at->member, g);
	return member < 0 ? 0 : lab_iface(g, (uint32_t)member)->host;
}

static uint32_t first_phone(const struct lan *at)
{
	uint32_t host = 0;
	for (uint32_t i = 0; i < at->lab->n_groups && !host; i++)
		if (at->lab->groups[i].spec->kind == DEVICE_PHONE)
			host = resident_host(at, &at->lab->groups[i]);
	return host;
}

static const struct lab_group *group_named(const struct lab *lab, const char *name)
{
	uint32_t i = 0;
	while (strcmp(lab->groups[i].spec->name, name) != 0)
		i++;
	return &lab->groups[i];
}

/** The host that a rule means; 0: there is none in this lab, so the rule is for nobody. */
static uint32_t host_named(const struct lan *at, const char *name)
{
	if (strcmp(name, "none") == 0)
		return 0;
	if (strcmp(name, "first-phone") == 0)
		return first_phone(at);
	uint32_t host = resident_host(at, group_named(at->lab, name));
	if (!host && !at->lab->trouble)
		at->lab->trouble =
			arena_printf(at->lab->world->arena, "%s is not behind %s, which is to forward to it",
				     name, group_of(at)->spec->name);
	return host;
}

static struct endpoint forward_target(const struct lan *at, const struct port_forward *rule)
{
	struct endpoint to;
	if (!endpoint_parse(rule->to, strlen(rule->to), rule->port, &to))
		to = (struct endpoint){ host_named(at, rule->to), rule->port };
	return to;
}

static void forwards_set(const struct lan *at, const struct list *rules)
{
	const struct port_forward *rule = rules->items;
	for (uint32_t i = 0; i < rules->n; i++) {
		struct endpoint to = forward_target(at, &rule[i]);
		if (to.host)
			nat_forward(router_nat(router_at(at)), rule[i].port, to);
	}
}

static void one_to_one_set(const struct lan *at, const char *name)
{
	uint32_t host = host_named(at, name);
	if (host)
		nat_one_to_one(router_nat(router_at(at)), host);
}

/** Goes on to the LAN that its router is in; false on the Internet. */
static bool step_out(struct lan *at)
{
	const struct lab_group *g = group_of(at);
	if (g->behind < 0)
		return false;
	*at = (struct lan){ at->lab, g->behind, lab_lan(&at->lab->groups[g->behind], g, at->member) };
	return true;
}

static bool is_next_outside(const struct lan *at, const struct iface *host)
{
	return router_wan(router_at(at))->network == host->network;
}

/** Is it on any network that the way out of this LAN leads to? */
static bool is_outside(const struct lan *at, const struct iface *host)
{
	struct lan outer = *at;
	while (!is_next_outside(&outer, host))
		if (!step_out(&outer))
			return false;
	return true;
}

/** Through every router on the way. */
static const char *tunnel_dig(const struct lan *at, const struct iface *server)
{
	struct lan outer = *at;
	const char *why = router_tunnel(router_at(at), NULL, group_of(at)->inside, server);
	while (!why && !is_next_outside(&outer, server)) {
		struct router *inner = router_at(&outer);
		step_out(&outer);
		why = router_tunnel(router_at(&outer), inner, group_of(at)->inside, server);
	}
	return why;
}

/** A server beside those behind the router needs none, and `all` are those at which one can end. */
static bool tunnel_needed(const struct lan *at, const struct iface *server, bool by_name)
{
	bool beside = group_of(at)->lans[at->member] == server->network;
	return !beside && (by_name || is_outside(at, server));
}

static void tunnel_set(const struct lan *at, const struct lab_group *server, bool by_name)
{
	struct lab *lab = at->lab;
	const struct iface *iface = lab_iface(server, 0);
	if (!tunnel_needed(at, iface, by_name))
		return;
	const char *why = is_outside(at, iface) ? tunnel_dig(at, iface) : "is behind another router";
	if (why && !lab->trouble)
		lab->trouble = arena_printf(lab->world->arena, "%s can have no tunnel to %s, which %s",
					    group_of(at)->spec->name, server->spec->name, why);
}

static void tunnels_set(const struct lan *at, const struct list *names)
{
	for (uint32_t i = 0; names->n && i < at->lab->n_groups; i++) {
		const struct lab_group *g = &at->lab->groups[i];
		if (g->spec->kind == DEVICE_SERVER && node_is_meant(names, g->spec->name))
			tunnel_set(at, g, node_is_named(names, g->spec->name));
	}
}

static void router_rules(const struct lan *at)
{
	const struct router_profile *p = group_of(at)->profile;
	forwards_set(at, &p->forward);
	one_to_one_set(at, p->one_to_one);
	tunnels_set(at, &p->vpn_to);
}

void lab_rules(struct lab *lab)
{
	for (uint32_t i = 0; i < lab->n_groups; i++)
		for (uint32_t member = 0; lab->groups[i].routers && member < lab->groups[i].spec->count;
		     member++)
			router_rules(&(struct lan){ lab, (int)i, member });
}
