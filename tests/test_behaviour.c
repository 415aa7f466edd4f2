/*
 * Behaviour discovery as in RFC 5780, by datagrams inside a world, against every router of the catalogue: the class that is
 * found must be the class that is configured.
 *
 *	client 192.168.1.104 --+-- router -- (Internet) -- responder 192.0.2.1 and 192.0.2.2, ports 3478 and 3479
 *	other  192.168.1.105 --+
 *
 * The responder answers what it saw as the source; asked to, from another of its ends (CHANGE-REQUEST).
 */
#include <string.h>

#include "tests/lab.h"
#include "tests/loading.h"

/* --- a client and a responder ---------------------------------------------------------- */

#define P1 3478
#define P2 3479
#define R1 0xC0000201u
#define R2 0xC0000202u

static const struct endpoint a1_p1 = { R1, P1 }, a1_p2 = { R1, P2 }, a2_p1 = { R2, P1 }, a2_p2 = { R2, P2 };

/* What a datagram says: where the answer shall come from (port 0: there shall be none), and the source that was seen. */
struct words {
	struct endpoint answer_from, seen;
};

struct talker {
	struct node node;
	struct iface iface;
	int heard;
	struct endpoint src, dst; /* of the last datagram */
	struct words said;
};

struct probe {
	struct arena *arena;
	struct world *world;
	struct network *lan, *internet;
	const struct router_profile *profile;
	struct talker client, other, responder;
	struct timer clock;
};

static void say(struct talker *t, struct endpoint src, struct endpoint dst, struct words words)
{
	struct world *w = t->node.world;
	struct packet p = { .proto = PROTO_UDP, .ttl = TTL_START, .src = src, .dst = dst, .label = "probe" };
	p.payload = payload_new(w->payloads, sizeof words);
	memcpy(p.payload->bytes, &words, sizeof words);
	net_send(&t->iface, &p);
	payload_unref(w->payloads, p.payload);
}

static void talker_receive(struct node *n, struct iface *in, const struct packet *p)
{
	struct talker *t = CONTAINER(n, struct talker, node);
	(void)in;
	t->heard++;
	t->src = p->src;
	t->dst = p->dst;
	memcpy(&t->said, p->payload->bytes, sizeof t->said);
}

static void responder_receive(struct node *n, struct iface *in, const struct packet *p)
{
	struct talker *t = CONTAINER(n, struct talker, node);
	talker_receive(n, in, p);
	if (t->said.answer_from.port)
		say(t, t->said.answer_from, p->src, (struct words){ .seen = p->src });
}

static const struct node_ops client_ops = { .kind = "client", .receive = talker_receive };
static const struct node_ops responder_ops = { .kind = "responder", .receive = responder_receive };

static void talker_init(struct probe *x, struct talker *t, const struct node_ops *ops, struct network *net, uint32_t host)
{
	node_init(&t->node, x->world, ops, ops->kind, 0);
	t->iface = (struct iface){ .node = &t->node };
	network_attach(net, &t->iface, (struct endpoint){ host, 0 });
}

/* Nothing takes time here, so that lifetimes come out to the microsecond. */
static struct probe *probe_new(const struct router_profile *profile)
{
	static const uint32_t outside = 0xCB007111u; /* 203.0.113.17 */
	struct arena *a = arena_new();
	struct probe *x = arena_alloc(a, sizeof *x);
	x->arena = a;
	x->profile = profile;
	x->world = world_new(a, &(struct world_setup){ .seed = 1, .level = TRACE_COUNTS, .until = 30 * 86400 * SEC });
	sip_setup(x->world, false);
	x->internet = network_new(x->world, 4);
	x->lan = network_new(x->world, 4);
	router_new(x->world, &(struct router_setup){ .profile = profile,
						     .name = "router",
						     .wan = x->internet,
						     .lan = x->lan,
						     .outside = &outside,
						     .n_outside = 1,
						     .inside = endpoint_of("192.168.1.1").host });
	talker_init(x, &x->client, &client_ops, x->lan, endpoint_of("192.168.1.104").host);
	talker_init(x, &x->other, &client_ops, x->lan, endpoint_of("192.168.1.105").host);
	talker_init(x, &x->responder, &responder_ops, x->internet, R1);
	network_attach(x->internet, &x->responder.iface, (struct endpoint){ R2, 0 });
	return x;
}

static void probe_free(struct probe *x)
{
	arena_free(x->arena);
}

static void clock_fire(struct timer *t)
{
	(void)t;
}

static void run_until(struct probe *x, usec at)
{
	x->world->setup.until = at;
	while (world_step(x->world))
		;
	x->world->end = WORLD_RUNNING;
	x->clock.fire = clock_fire;
	timer_arm(&x->world->wheel, &x->clock, at);
	world_step(x->world);
}

/* Asks from a port; the source that the responder saw, all zero when no answer came. */
static struct endpoint ask(struct probe *x, struct talker *who, uint32_t port, struct endpoint to, struct endpoint answer_from)
{
	int heard = who->heard;
	say(who, (struct endpoint){ who->iface.host, port }, to, (struct words){ .answer_from = answer_from });
	run_until(x, world_now(x->world));
	return who->heard > heard ? who->said.seen : (struct endpoint){ 0, 0 };
}

/* The same without an answer. */
static struct endpoint tell(struct probe *x, struct talker *who, uint32_t port, struct endpoint to)
{
	int heard = x->responder.heard;
	ask(x, who, port, to, (struct endpoint){ 0, 0 });
	return x->responder.heard > heard ? x->responder.src : (struct endpoint){ 0, 0 };
}

/* Does what the responder sends to there, unasked, reach the client? */
static bool reaches(struct probe *x, struct endpoint from, struct endpoint outside)
{
	int heard = x->client.heard;
	say(&x->responder, from, outside, (struct words){ .seen = outside });
	run_until(x, world_now(x->world));
	return x->client.heard > heard;
}

/* --- RFC 5780 4.3: mapping ------------------------------------------------------------- */

static int class_of(struct probe *x, uint32_t port)
{
	struct endpoint first = ask(x, &x->client, port, a1_p1, a1_p1), second = ask(x, &x->client, port, a2_p1, a2_p1);
	if (endpoint_equal(first, second))
		return ENDPOINT_INDEPENDENT;
	struct endpoint third = ask(x, &x->client, port, a2_p2, a2_p2);
	return endpoint_equal(second, third) ? ADDRESS_DEPENDENT : ADDRESS_AND_PORT_DEPENDENT;
}

/*
 * Where ports are kept every destination sees the same one, whatever the mapping depends on. So another inside host takes
 * the port first, unless this router then lets nobody else use it.
 */
static int find_mapping(struct probe *x)
{
	int collision = x->profile->nat.collision;
	bool exclusive = collision == COLLISION_DROP || collision == COLLISION_STEAL || collision == COLLISION_SHARE_OR_DROP;
	if (!exclusive)
		ask(x, &x->other, 6000, a1_p1, a1_p1);
	return class_of(x, 6000);
}

/* --- RFC 5780 4.4: filtering ----------------------------------------------------------- */

static int find_filtering(struct probe *x)
{
	if (ask(x, &x->client, 6100, a1_p1, a2_p2).port)
		return ENDPOINT_INDEPENDENT;
	return ask(x, &x->client, 6100, a1_p1, a1_p2).port ? ADDRESS_DEPENDENT : ADDRESS_AND_PORT_DEPENDENT;
}

/* --- ports ----------------------------------------------------------------------------- */

#define PORTS 16

static bool keeps_ports(struct probe *x)
{
	bool kept = true;
	for (uint32_t port = 6200; port < 6200 + PORTS; port++)
		kept = kept && ask(x, &x->client, port, a1_p1, a1_p1).port == port;
	return kept;
}

static bool keeps_parity(struct probe *x)
{
	bool kept = true;
	for (uint32_t port = 6300; port < 6300 + 2 * PORTS; port += 2) /* one after the other would look so by itself */
		kept = kept && ask(x, &x->client, port, a1_p1, a1_p1).port % 2 == port % 2;
	return kept;
}

static bool keeps_neighbours(struct probe *x)
{
	bool kept = true;
	for (uint32_t port = 6400; port < 6400 + PORTS; port += 2)
		kept = kept && ask(x, &x->client, port, a1_p1, a1_p1).port + 1 == ask(x, &x->client, port + 1, a1_p1, a1_p1).port;
	return kept;
}

/* --- RFC 5780 3.4: hairpinning --------------------------------------------------------- */

/* Both have talked to the outside and to each other, so that no filter is in the way. Where does the client's come from? */
static int find_hairpin(struct probe *x)
{
	struct endpoint client = ask(x, &x->client, 6500, a1_p1, a1_p1), other = ask(x, &x->other, 6600, a1_p1, a1_p1);
	for (int i = 0; i < 2; i++) {
		ask(x, &x->other, 6600, client, (struct endpoint){ 0, 0 });
		x->other.heard = 0;
		ask(x, &x->client, 6500, other, (struct endpoint){ 0, 0 });
	}
	if (!x->other.heard)
		return HAIRPIN_OFF;
	return x->other.src.host == x->client.iface.host ? HAIRPIN_INSIDE_SOURCE : HAIRPIN_OUTSIDE_SOURCE;
}

/* --- RFC 5780 4.6: lifetimes, by bisection --------------------------------------------- */

/* Is a flow that was never answered still open after that time? */
static bool unanswered_lasts(const struct router_profile *p, usec time)
{
	struct probe *x = probe_new(p);
	struct endpoint outside = tell(x, &x->client, 6700, a1_p1);
	run_until(x, time);
	bool open = reaches(x, a1_p1, outside);
	probe_free(x);
	return open;
}

/* And one that was answered, and once more when it was old enough? */
static bool answered_lasts(const struct router_profile *p, usec time)
{
	struct probe *x = probe_new(p);
	usec later = p->nat.stream_after + 1;
	struct endpoint outside = ask(x, &x->client, 6700, a1_p1, a1_p1);
	run_until(x, later);
	ask(x, &x->client, 6700, a1_p1, a1_p1);
	run_until(x, later + time);
	bool open = reaches(x, a1_p1, outside);
	probe_free(x);
	return open;
}

/* The first time at which it is closed. */
static usec lifetime(const struct router_profile *p, bool (*lasts)(const struct router_profile *, usec))
{
	usec open = 0, closed = 8 * 86400 * SEC;
	while (closed - open > 1) {
		usec middle = open + (closed - open) / 2;
		if (lasts(p, middle))
			open = middle;
		else
			closed = middle;
	}
	return closed;
}

/* Does one datagram in that direction, half-way, keep an answered flow open? */
static bool renews(const struct router_profile *p, bool outbound)
{
	struct probe *x = probe_new(p);
	struct endpoint outside = ask(x, &x->client, 6800, a1_p1, a1_p1);
	run_until(x, p->nat.first / 2);
	if (outbound)
		tell(x, &x->client, 6800, a1_p1);
	else
		reaches(x, a1_p1, outside);
	run_until(x, p->nat.first + p->nat.first / 4);
	bool open = reaches(x, a1_p1, outside);
	probe_free(x);
	return open;
}

static int find_refresh(const struct router_profile *p)
{
	bool out = renews(p, true), in = renews(p, false);
	return out && in ? REFRESH_BOTH : out ? REFRESH_OUTBOUND : REFRESH_INBOUND;
}

/* --- every router ---------------------------------------------------------------------- */

static void assert_class(const char *knob, int found, int configured)
{
	const struct field *f = field_find(router_fields, knob, strlen(knob));
	if (found != configured)
		fail_msg("%s is %s, found %s", knob, f->words[configured], f->words[found]);
}

static int in_a_world(const struct router_profile *p, int (*find)(struct probe *))
{
	struct probe *x = probe_new(p);
	int found = find(x);
	probe_free(x);
	return found;
}

static bool is_in_a_world(const struct router_profile *p, bool (*find)(struct probe *))
{
	struct probe *x = probe_new(p);
	bool found = find(x);
	probe_free(x);
	return found;
}

/*
 * A strict filter has been opened for the outside end that the other one knows. So nothing gets through it from an inside
 * source, nor from an outside one that depends on the destination.
 */
static int hairpin_expected(const struct nat_profile *p)
{
	bool open = p->filtering == ENDPOINT_INDEPENDENT;
	bool known = p->hairpin == HAIRPIN_OUTSIDE_SOURCE && (p->mapping == ENDPOINT_INDEPENDENT || p->ports == PORTS_PRESERVE);
	return open || known ? p->hairpin : HAIRPIN_OFF;
}

static void check_router(const struct router_profile *p)
{
	bool preserve = p->nat.ports == PORTS_PRESERVE;
	assert_class("mapping", in_a_world(p, find_mapping), p->nat.mapping);
	assert_class("filtering", in_a_world(p, find_filtering), p->nat.filtering);
	assert_int_equal(is_in_a_world(p, keeps_ports), preserve);
	assert_int_equal(is_in_a_world(p, keeps_parity), preserve || p->nat.parity);
	assert_class("hairpin", in_a_world(p, find_hairpin), hairpin_expected(&p->nat));
	assert_int_equal(lifetime(p, unanswered_lasts), p->nat.first);
	assert_int_equal(lifetime(p, answered_lasts), p->nat.stream);
	assert_class("refresh", find_refresh(p), p->nat.refresh);
}

TEST(every_router_of_the_catalogue_is_found_to_be_what_it_says)
{
	struct arena *a = arena_new();
	const struct catalogue *c = catalogue_whole(a);
	int n = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		if (c->models[i]->kind != DEVICE_ROUTER)
			continue;
		print_message("           %s\n", c->models[i]->name);
		check_router(c->models[i]->profile);
		n++;
	}
	assert_in_range(n, 30, 1000);
	arena_free(a);
}

/* The catalogue does not have all of them: every combination of what can be discovered. */
TEST(every_combination_of_knobs_is_found_to_be_what_it_says)
{
	static const char *const ports[] = { "ports=preserve", "ports=preserve collision=share", "ports=random",
					     "ports=random parity=on", "ports=sequential" };
	for (int k = 0; k < 3 * 3 * 3 * 3 * (int)COUNT(ports); k++) {
		struct arena *a = arena_new();
		struct router_profile p = { 0 };
		const char *kind = ports[k / 81];
		knobs_read(router_fields, a,
			   arena_printf(a, "%s udp-timeout.first=7s udp-timeout.stream=19s udp-timeout.stream-after=3s", kind), &p);
		p.nat.mapping = k % 3;
		p.nat.filtering = k / 3 % 3;
		p.nat.hairpin = k / 9 % 3;
		p.nat.refresh = k / 27 % 3;
		/* where ports are shared a mapping keeps its port, whatever it depends on, as on Linux */
		if (p.nat.collision != COLLISION_SHARE || p.nat.mapping == ENDPOINT_INDEPENDENT)
			check_router(&p);
		arena_free(a);
	}
}

/* --- Linux, as it was measured --------------------------------------------------------- */

static const struct router_profile *router_called(struct arena *a, const char *name)
{
	return catalogue_model(a, DEVICE_ROUTER, name)->profile;
}

TEST(linux_that_keeps_ports_keeps_parity_and_neighbours_and_linux_that_draws_them_does_not)
{
	struct arena *a = arena_new();
	assert_true(is_in_a_world(router_called(a, "linux"), keeps_parity));
	assert_true(is_in_a_world(router_called(a, "linux"), keeps_neighbours));
	assert_false(is_in_a_world(router_called(a, "linux-random"), keeps_parity));
	assert_false(is_in_a_world(router_called(a, "linux-random"), keeps_neighbours));
	arena_free(a);
}

TEST(linux_that_draws_ports_has_one_for_each_destination_as_long_as_it_lives)
{
	struct arena *a = arena_new();
	struct probe *x = probe_new(router_called(a, "linux-random"));
	struct endpoint first = ask(x, &x->client, 6000, a1_p1, a1_p1), second = ask(x, &x->client, 6000, a2_p1, a2_p1);
	assert_false(endpoint_equal(first, second));
	run_until(x, 29 * SEC);
	assert_true(endpoint_equal(ask(x, &x->client, 6000, a1_p1, a1_p1), first));
	run_until(x, 31 * SEC);
	assert_false(endpoint_equal(ask(x, &x->client, 6000, a2_p1, a2_p1), second));
	probe_free(x);
	arena_free(a);
}

TEST(a_displaced_port_of_linux_is_used_for_other_destinations_but_not_for_earlier_ones)
{
	struct arena *a = arena_new();
	struct probe *x = probe_new(router_called(a, "linux"));
	/* 6000: first to the destination where another host has the port already, then to others */
	ask(x, &x->other, 6000, a1_p1, a1_p1);
	struct endpoint displaced = ask(x, &x->client, 6000, a1_p1, a1_p1);
	assert_int_not_equal(displaced.port, 6000);
	assert_true(endpoint_equal(ask(x, &x->client, 6000, a2_p1, a2_p1), displaced));
	assert_true(endpoint_equal(ask(x, &x->client, 6000, a1_p2, a1_p2), displaced));
	/* 6001: first to another one */
	ask(x, &x->other, 6001, a1_p1, a1_p1);
	assert_int_equal(ask(x, &x->client, 6001, a2_p1, a2_p1).port, 6001);
	assert_int_not_equal(ask(x, &x->client, 6001, a1_p1, a1_p1).port, 6001);
	assert_int_equal(ask(x, &x->client, 6001, a2_p1, a2_p1).port, 6001);
	/* the one that came first falls silent: its port is free for the next new flow */
	run_until(x, 200 * SEC);
	assert_int_equal(ask(x, &x->client, 6000, a1_p1, a1_p1).port, 6000);
	probe_free(x);
	arena_free(a);
}

TEST(linux_draws_from_1024_to_65535_and_from_600_to_1023_for_ports_from_512_to_1023)
{
	struct arena *a = arena_new();
	struct probe *x = probe_new(router_called(a, "linux-random"));
	uint32_t lowest = 65535, highest = 0;
	for (uint32_t port = 2000; port < 4000; port++) {
		uint32_t drawn = ask(x, &x->client, port, a1_p1, a1_p1).port;
		lowest = drawn < lowest ? drawn : lowest;
		highest = drawn > highest ? drawn : highest;
	}
	assert_in_range(lowest, 1024, 1200);
	assert_in_range(highest, 65300, 65535);
	for (uint32_t port = 512; port < 900; port++)
		assert_in_range(ask(x, &x->client, port, a1_p1, a1_p1).port, 600, 1023);
	probe_free(x);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_router_of_the_catalogue_is_found_to_be_what_it_says),
		cmocka_unit_test(every_combination_of_knobs_is_found_to_be_what_it_says),
		cmocka_unit_test(linux_that_keeps_ports_keeps_parity_and_neighbours_and_linux_that_draws_them_does_not),
		cmocka_unit_test(linux_that_draws_ports_has_one_for_each_destination_as_long_as_it_lives),
		cmocka_unit_test(a_displaced_port_of_linux_is_used_for_other_destinations_but_not_for_earlier_ones),
		cmocka_unit_test(linux_draws_from_1024_to_65535_and_from_600_to_1023_for_ports_from_512_to_1023),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
