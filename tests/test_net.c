/* Wires, networks and what becomes of a datagram on its way. */
#include "tests/lab.h"

/* --- a network of nodes that only listen ----------------------------------------------- */

struct hearer {
	struct node node;
	struct iface iface;
	int heard;
};

static void hear(struct node *n, struct iface *in, const struct packet *p)
{
	(void)in, (void)p;
	CONTAINER(n, struct hearer, node)->heard++;
}

static const struct node_ops hearer_ops = { .kind = "hearer", .receive = hear };

struct field_day {
	struct arena *arena;
	struct world *world;
	struct network *net;
};

static struct field_day field_day(uint64_t seed)
{
	struct field_day f = { .arena = arena_new() };
	f.world = world_new(f.arena, &(struct world_setup){ .seed = seed, .level = TRACE_FACTS });
	f.net = network_new(f.world, 0);
	return f;
}

static struct hearer *hearer_new(struct field_day *f, const char *name, const char *at,
				 const struct wire *wire)
{
	struct hearer *h = arena_alloc(f->arena, sizeof *h);
	node_init(&h->node, f->world, &hearer_ops, name, 0);
	h->iface = (struct iface){ .node = &h->node, .wire = wire };
	network_attach(f->net, &h->iface, endpoint_of(at));
	return h;
}

static void speak_ttl(struct field_day *f, struct hearer *from, const char *to, uint8_t ttl)
{
	struct packet p = {
		.proto = PROTO_UDP,
		.ttl = ttl,
		.src = { from->iface.host, 9 },
		.dst = endpoint_of(to),
		.label = "word",
		.payload = payload_new(f->world->payloads, 0),
	};
	net_send(&from->iface, &p);
	payload_unref(f->world->payloads, p.payload);
}

static void speak(struct field_day *f, struct hearer *from, const char *to)
{
	speak_ttl(f, from, to, TTL_START);
}

/* The time of the n-th arrival, from 1; -1 when there are fewer. */
static usec arrival(const struct field_day *f, int n)
{
	struct trace_cursor c = trace_first(&f->world->trace);
	for (const struct record *r; (r = trace_next(&c));)
		if (r->event == EVENT_ARRIVED && --n == 0)
			return r->at;
	return -1;
}

static const struct record *last_record(const struct field_day *f)
{
	struct trace_cursor c = trace_first(&f->world->trace);
	const struct record *last = NULL;
	for (const struct record *r; (r = trace_next(&c));)
		last = r;
	return last;
}

/* --- delay and jitter ------------------------------------------------------------------ */

TEST(a_datagram_takes_the_delay_of_both_wires)
{
	static const struct wire slow = { .delay = 20 * MSEC }, quick = { .delay = 1 * MSEC };
	struct field_day f = field_day(1);
	struct hearer *a = hearer_new(&f, "a", "10.0.0.1", &slow);
	hearer_new(&f, "b", "10.0.0.2", &quick);
	hearer_new(&f, "c", "10.0.0.3", NULL); /* no wire of its own: no delay */
	speak(&f, a, "10.0.0.2:9");
	speak(&f, a, "10.0.0.3:9");
	assert_int_equal(world_run(f.world), WORLD_QUIET);
	assert_int_equal(arrival(&f, 1), 20 * MSEC);
	assert_int_equal(arrival(&f, 2), 21 * MSEC);
	arena_free(f.arena);
}

TEST(the_way_through_a_router_is_the_sum_of_lan_and_wan)
{
	struct lab *lab = lab_with("", "ports=preserve", "auth=none");
	lab_register(lab);
	lab_run_ms(lab, 100);
	assert_log(lab, NULL,
		   "0.000 phone sent REGISTER\n"
		   "0.001 router/lan arrived REGISTER\n"
		   "0.001 router/wan sent REGISTER\n"
		   "0.021 server arrived REGISTER\n"
		   "0.021 server note: Via says 192.168.1.104:5060\n"
		   "0.021 server note: bound until 3600 s\n"
		   "0.021 server sent 200\n"
		   "0.041 router/wan arrived 200\n"
		   "0.041 router/lan sent 200\n"
		   "0.042 phone arrived 200\n"
		   "0.042 phone note: registered\n");
	lab_close(lab);
}

TEST(jitter_stays_between_nothing_and_its_bound_and_fills_it)
{
	static const struct wire shaky = { .delay = 20 * MSEC, .jitter = 10 };
	struct field_day f = field_day(1);
	struct hearer *a = hearer_new(&f, "a", "10.0.0.1", &shaky);
	hearer_new(&f, "b", "10.0.0.2", NULL);
	int extra[11] = { 0 };
	for (int i = 0; i < 1000; i++)
		speak(&f, a, "10.0.0.2:9");
	world_run(f.world);
	for (int i = 1; i <= 1000; i++) {
		assert_in_range(arrival(&f, i), 20 * MSEC, 20 * MSEC + 10);
		extra[arrival(&f, i) - 20 * MSEC]++;
	}
	for (int i = 0; i <= 10; i++) /* 91 each */
		assert_in_range(extra[i], 50, 140);
	arena_free(f.arena);
}

/* --- loss, duplicates, chosen drops ---------------------------------------------------- */

static int heard_of_10000(const struct wire *wire, uint64_t seed)
{
	struct field_day f = field_day(seed);
	struct hearer *a = hearer_new(&f, "a", "10.0.0.1", wire);
	const struct hearer *b = hearer_new(&f, "b", "10.0.0.2", NULL);
	for (int i = 0; i < 10000; i++)
		speak(&f, a, "10.0.0.2:9");
	world_run(f.world);
	int heard = b->heard;
	arena_free(f.arena);
	return heard;
}

TEST(loss_and_duplicates_come_as_often_as_they_were_asked_for)
{
	static const struct {
		const char *what;
		struct wire wire;
		int least, most;
	} rows[] = {
		{ "a plain wire", { .delay = 1 }, 10000, 10000 },
		{ "everything is lost", { .loss = 1000000 }, 0, 0 },
		{ "half is lost", { .loss = 500000 }, 4700, 5300 },
		{ "one in a hundred is lost", { .loss = 10000 }, 9840, 9960 },
		{ "everything comes twice", { .duplicate = 1000000 }, 20000, 20000 },
		{ "a tenth comes twice", { .duplicate = 100000 }, 10820, 11180 },
		/* what is lost does not come twice */
		{ "everything doubled and lost", { .loss = 1000000, .duplicate = 1000000 }, 0, 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int heard = heard_of_10000(&rows[i].wire, 1);
		if (heard < rows[i].least || heard > rows[i].most)
			fail_msg("%s: heard %d", rows[i].what, heard);
	}
}

TEST(the_same_seed_loses_the_same_datagrams_and_another_seed_others)
{
	static const struct wire half = { .loss = 500000 };
	assert_int_equal(heard_of_10000(&half, 1), heard_of_10000(&half, 1));
	assert_int_not_equal(heard_of_10000(&half, 1), heard_of_10000(&half, 2));
}

TEST(the_drop_list_counts_datagrams_in_both_directions_from_one)
{
	static const uint32_t list[] = { 1, 4 };
	static const struct wire wire = { .delay = 1, .drop = list, .drops = 2 };
	struct field_day f = field_day(1);
	struct hearer *a = hearer_new(&f, "a", "10.0.0.1", &wire);
	struct hearer *b = hearer_new(&f, "b", "10.0.0.2", NULL);
	speak(&f, a, "10.0.0.2:9"); /* 1: dropped */
	assert_ptr_equal(last_record(&f)->fact, &fact_wire_dropped);
	speak(&f, b, "10.0.0.1:9"); /* 2 */
	speak(&f, a, "10.0.0.2:9"); /* 3 */
	speak(&f, b, "10.0.0.1:9"); /* 4: dropped */
	speak(&f, a, "10.0.0.2:9"); /* 5 */
	world_run(f.world);
	assert_int_equal(a->heard, 1);
	assert_int_equal(b->heard, 2);
	assert_int_equal(f.world->trace.counts[EVENT_DROPPED], 2);
	arena_free(f.arena);
}

TEST(a_lost_register_is_repeated_and_the_repeat_gets_through)
{
	static const uint32_t first_two[] = { 1, 2 };
	static const struct wire wan = { .delay = 20 * MSEC, .drop = first_two, .drops = 2 };
	struct lab *lab = lab_new(&(struct lab_setup){ .router = "", .server = "auth=none", .wan = &wan });
	lab_register(lab);
	lab_run_ms(lab, 2000);
	assert_sent(lab, "phone", "REGISTER", "0.000 0.500 1.500");
	assert_dropped(lab, "router/wan", "dropped on the wire, as the scenario says");
	assert_noted(lab, "phone", "registered", 1542);
	lab_close(lab);
}

/* --- where datagrams end --------------------------------------------------------------- */

TEST(what_is_nowhere_on_the_network_has_no_route)
{
	struct field_day f = field_day(1);
	struct hearer *a = hearer_new(&f, "a", "10.0.0.1", NULL);
	speak(&f, a, "10.0.0.77:9");
	char sentence[64];
	record_sentence(last_record(&f), sentence, sizeof sentence);
	assert_string_equal(sentence, "no route to 10.0.0.77");
	assert_int_equal(last_record(&f)->event, EVENT_DROPPED);
	assert_int_equal(f.world->trace.counts[EVENT_SENT], 1);
	arena_free(f.arena);
}

TEST(a_gateway_gets_what_is_not_on_its_network_but_not_from_itself)
{
	struct field_day f = field_day(1);
	struct hearer *a = hearer_new(&f, "a", "10.0.0.1", NULL);
	struct hearer *gateway = hearer_new(&f, "gateway", "10.0.0.254", NULL);
	f.net->gateway = &gateway->iface;
	speak(&f, a, "198.51.100.1:9");
	world_run(f.world);
	assert_int_equal(gateway->heard, 1);
	speak(&f, gateway, "198.51.100.1:9"); /* nowhere to go */
	assert_ptr_equal(last_record(&f)->fact, &fact_no_route);
	arena_free(f.arena);
}

TEST(a_route_is_known_at_its_address_only_and_comes_before_everything_else)
{
	struct field_day f = field_day(1);
	struct hearer *a = hearer_new(&f, "a", "10.0.0.1", NULL);
	struct hearer *b = hearer_new(&f, "b", "10.0.0.2", NULL);
	struct hearer *via = hearer_new(&f, "via", "10.0.0.3", NULL);
	struct hearer *gateway = hearer_new(&f, "gateway", "10.0.0.254", NULL);
	struct prefix to = { endpoint_of("192.168.1.0").host, 24 };
	f.net->gateway = &gateway->iface;
	assert_true(network_route(f.net, &a->iface, to, &via->iface));
	speak(&f, a, "192.168.1.104:9");
	speak(&f, a, "192.168.2.104:9"); /* to the gateway */
	speak(&f, b, "192.168.1.104:9"); /* to the gateway */
	/* another way to the same addresses is refused, for others it is not */
	assert_false(network_route(f.net, &a->iface, (struct prefix){ to.host + 128, 25 }, &gateway->iface));
	assert_true(network_route(f.net, &b->iface, to, &via->iface));
	speak(&f, a, "192.168.1.200:9");
	speak(&f, b, "192.168.1.200:9");
	world_run(f.world);
	assert_int_equal(via->heard, 3);
	assert_int_equal(gateway->heard, 2);
	arena_free(f.arena);
}

TEST(nodes_that_share_an_address_share_its_routes)
{
	struct field_day f = field_day(1);
	struct hearer *proxy = hearer_new(&f, "proxy", "10.0.0.2:5060", NULL);
	struct hearer *far_end = hearer_new(&f, "far-end", "10.0.0.2:5070", NULL);
	struct hearer *via = hearer_new(&f, "via", "10.0.0.3", NULL);
	assert_true(network_route(f.net, &proxy->iface, (struct prefix){ endpoint_of("192.168.1.0").host, 24 }, &via->iface));
	speak(&f, far_end, "192.168.1.104:9");
	world_run(f.world);
	assert_int_equal(via->heard, 1);
	arena_free(f.arena);
}

TEST(nodes_that_share_an_address_are_told_apart_by_their_ports)
{
	struct field_day f = field_day(1);
	struct hearer *a = hearer_new(&f, "a", "10.0.0.1", NULL);
	const struct hearer *proxy = hearer_new(&f, "proxy", "10.0.0.2:5060", NULL);
	const struct hearer *far_end = hearer_new(&f, "far-end", "10.0.0.2:5070", NULL);
	speak(&f, a, "10.0.0.2:5060");
	speak(&f, a, "10.0.0.2:5070");
	speak(&f, a, "10.0.0.2:5070");
	world_run(f.world);
	assert_int_equal(proxy->heard, 1);
	assert_int_equal(far_end->heard, 2);

	/* what nobody claimed comes to the host all the same */
	f.world->end = WORLD_RUNNING;
	speak(&f, a, "10.0.0.2:5080");
	world_run(f.world);
	assert_int_equal(proxy->heard + far_end->heard, 4);
	assert_int_equal(f.world->trace.counts[EVENT_DROPPED], 0);

	/* somebody who takes the rest of the ports takes nothing from the others */
	const struct hearer *rest = hearer_new(&f, "rest", "10.0.0.2", NULL);
	f.world->end = WORLD_RUNNING;
	speak(&f, a, "10.0.0.2:5080");
	speak(&f, a, "10.0.0.2:5060");
	world_run(f.world);
	assert_int_equal(rest->heard, 1);
	assert_int_equal(proxy->heard + far_end->heard, 5);

	/* nor does it keep them from who comes later */
	const struct hearer *late = hearer_new(&f, "late", "10.0.0.2:5090", NULL);
	f.world->end = WORLD_RUNNING;
	speak(&f, a, "10.0.0.2:5080");
	speak(&f, a, "10.0.0.2:5090");
	world_run(f.world);
	assert_int_equal(late->heard, 1);
	assert_int_equal(rest->heard, 2);
	arena_free(f.arena);
}

/* Whoever claims fewer comes first, in whichever order they came. */
TEST(a_node_may_claim_a_range_of_ports_and_others_single_ones_of_it)
{
	static const char *const to[] = { "10.0.0.2:29999", "10.0.0.2:30000", "10.0.0.2:30001", "10.0.0.2:30002",
					  "10.0.0.2:39999", "10.0.0.2:40000" };
	struct field_day f = field_day(1);
	struct hearer *a = hearer_new(&f, "a", "10.0.0.1", NULL);
	const struct hearer *before = hearer_new(&f, "before", "10.0.0.2:30001", NULL);
	struct hearer *media = hearer_new(&f, "media", "10.0.0.2:5070", NULL);
	const struct hearer *rest = hearer_new(&f, "rest", "10.0.0.2", NULL);
	network_attach_ports(f.net, &media->iface, endpoint_of("10.0.0.2").host, 30000, 39999);
	const struct hearer *after = hearer_new(&f, "after", "10.0.0.2:30002", NULL);
	for (size_t i = 0; i < COUNT(to); i++)
		speak(&f, a, to[i]);
	world_run(f.world);
	assert_int_equal(before->heard, 1);
	assert_int_equal(after->heard, 1);
	assert_int_equal(media->heard, 2);
	assert_int_equal(rest->heard, 2);
	arena_free(f.arena);
}

TEST(a_thousand_hosts_are_all_found_again)
{
	struct field_day f = field_day(1);
	struct hearer *a = hearer_new(&f, "a", "10.0.0.1", NULL);
	struct hearer *all[1000];
	for (uint32_t i = 0; i < 1000; i++) {
		char at[HOST_TEXT_MAX];
		host_print(0x0A010000 + i * 7, at);
		all[i] = hearer_new(&f, "one", at, NULL);
	}
	for (uint32_t i = 0; i < 1000; i++)
		assert_ptr_equal(network_find(f.net, (struct endpoint){ 0x0A010000 + i * 7, 9 }),
				 &all[i]->iface);
	assert_null(network_find(f.net, (struct endpoint){ 0x0A010001, 9 }));
	assert_ptr_equal(network_find(f.net, (struct endpoint){ a->iface.host, 1 }), &a->iface);
	arena_free(f.arena);
}

TEST(an_address_that_is_given_up_is_nobodys_and_the_others_are_still_found)
{
	struct field_day f = field_day(1);
	struct hearer *a = hearer_new(&f, "a", "10.0.0.1", NULL);
	struct hearer *all[1000];
	for (uint32_t i = 0; i < 1000; i++) {
		char at[HOST_TEXT_MAX];
		host_print(0x0A010000 + i, at);
		all[i] = hearer_new(&f, "one", at, NULL);
	}
	for (uint32_t i = 0; i < 1000; i += 2)
		network_detach(f.net, &all[i]->iface, 0x0A010000 + i);
	for (uint32_t i = 0; i < 1000; i++)
		assert_ptr_equal(network_find(f.net, (struct endpoint){ 0x0A010000 + i, 9 }),
				 i % 2 ? &all[i]->iface : NULL);
	speak(&f, a, "10.1.0.2:9");
	assert_ptr_equal(last_record(&f)->fact, &fact_no_route);
	arena_free(f.arena);
}

TEST(a_node_moves_to_a_new_address_and_takes_nobody_with_it)
{
	struct field_day f = field_day(1);
	struct hearer *a = hearer_new(&f, "a", "10.0.0.1", NULL);
	struct hearer *b = hearer_new(&f, "b", "10.0.0.2:5060", NULL);
	const struct hearer *c = hearer_new(&f, "c", "10.0.0.2:5070", NULL);
	network_attach(f.net, &b->iface, endpoint_of("10.0.0.2:5061"));
	network_attach(f.net, &b->iface, endpoint_of("10.0.0.3:5060"));
	network_detach(f.net, &b->iface, endpoint_of("10.0.0.2").host);
	network_detach(f.net, &b->iface, endpoint_of("10.0.0.2").host); /* nothing is left to do */
	network_attach(f.net, &b->iface, endpoint_of("10.0.0.4"));
	assert_int_equal(b->iface.host, endpoint_of("10.0.0.4").host);
	speak(&f, a, "10.0.0.2:5060"); /* its ports there are nobody's, and so come to the other */
	speak(&f, a, "10.0.0.2:5061");
	speak(&f, a, "10.0.0.2:5070");
	speak(&f, a, "10.0.0.3:5060");
	speak(&f, a, "10.0.0.4:9");
	world_run(f.world);
	assert_int_equal(b->heard, 2);
	assert_int_equal(c->heard, 3);
	arena_free(f.arena);
}

TEST(a_datagram_that_has_gone_round_too_often_is_dropped)
{
	struct field_day f = field_day(1);
	struct hearer *a = hearer_new(&f, "a", "10.0.0.1", NULL);
	const struct hearer *b = hearer_new(&f, "b", "10.0.0.2", NULL);
	speak_ttl(&f, a, "10.0.0.2:9", 1);
	speak_ttl(&f, a, "10.0.0.2:9", 0);
	assert_ptr_equal(last_record(&f)->fact, &fact_ttl);
	world_run(f.world);
	assert_int_equal(b->heard, 1);
	arena_free(f.arena);
}

TEST(a_router_takes_one_from_the_time_to_live)
{
	struct lab *lab = lab_with("", "", "");
	struct packet p = {
		.proto = PROTO_UDP,
		.ttl = 1,
		.src = endpoint_of("192.168.1.104:5060"),
		.dst = endpoint_of("198.51.100.158:5060"),
		.label = "word",
		.payload = payload_new(lab->world->payloads, 0),
	};
	net_send(network_find(lab->lan, p.src), &p);
	payload_unref(lab->world->payloads, p.payload);
	lab_run_ms(lab, 100);
	assert_dropped(lab, "router/wan", "went round too often");
	lab_close(lab);
}

/* --- names and bounds ------------------------------------------------------------------ */

TEST(names_carry_the_member_and_the_side_and_are_cut_to_fit)
{
	struct field_day f = field_day(1);
	struct node n;
	char text[64], tiny[6];
	node_init(&n, f.world, &hearer_ops, "home", 12);
	assert_string_equal(node_name(&n, text, sizeof text), "home.12");
	assert_string_equal(iface_name(&(struct iface){ .node = &n, .side = "wan" }, text, sizeof text),
			    "home.12/wan");
	assert_string_equal(node_name(&n, tiny, sizeof tiny), "home.");
	n.member = 0;
	assert_string_equal(node_name(&n, text, sizeof text), "home");
	arena_free(f.arena);
}

/* A clock that never stops ticking. */
struct ticker {
	struct timer timer;
	struct world *world;
};

static void tick(struct timer *t)
{
	const struct ticker *ticker = CONTAINER(t, struct ticker, timer);
	world_after(ticker->world, t, 0);
}

TEST(a_world_that_never_comes_to_rest_hits_its_bound)
{
	struct field_day f = field_day(1);
	struct ticker ticker = { { .fire = tick }, f.world };
	f.world->setup.max_events = 1000;
	world_after(f.world, &ticker.timer, 5);
	assert_int_equal(world_run(f.world), WORLD_MAX_EVENTS);
	assert_int_equal(f.world->events, 1000);
	assert_int_equal(world_now(f.world), 5);
	arena_free(f.arena);
}

TEST(a_world_sends_no_more_datagrams_than_it_may)
{
	static const struct wire slow = { .delay = 1 };
	struct field_day f = field_day(1);
	struct hearer *a = hearer_new(&f, "a", "10.0.0.1", &slow);
	hearer_new(&f, "b", "10.0.0.2", NULL);
	f.world->setup.max_packets = 3;
	for (int i = 0; i < 3; i++)
		speak(&f, a, "10.0.0.2:9");
	assert_int_equal(world_run(f.world), WORLD_MAX_PACKETS);
	arena_free(f.arena);
}

TEST(a_world_ends_at_its_time_and_one_microsecond_later_is_too_late)
{
	static const struct wire slow = { .delay = 100 };
	for (usec until = 99; until <= 100; until++) {
		struct field_day f = field_day(1);
		struct hearer *a = hearer_new(&f, "a", "10.0.0.1", &slow);
		const struct hearer *b = hearer_new(&f, "b", "10.0.0.2", NULL);
		f.world->setup.until = until;
		speak(&f, a, "10.0.0.2:9");
		assert_int_equal(world_run(f.world), until == 100 ? WORLD_QUIET : WORLD_UNTIL);
		assert_int_equal(b->heard, until == 100);
		arena_free(f.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_datagram_takes_the_delay_of_both_wires),
		cmocka_unit_test(the_way_through_a_router_is_the_sum_of_lan_and_wan),
		cmocka_unit_test(jitter_stays_between_nothing_and_its_bound_and_fills_it),
		cmocka_unit_test(loss_and_duplicates_come_as_often_as_they_were_asked_for),
		cmocka_unit_test(the_same_seed_loses_the_same_datagrams_and_another_seed_others),
		cmocka_unit_test(the_drop_list_counts_datagrams_in_both_directions_from_one),
		cmocka_unit_test(a_lost_register_is_repeated_and_the_repeat_gets_through),
		cmocka_unit_test(what_is_nowhere_on_the_network_has_no_route),
		cmocka_unit_test(a_gateway_gets_what_is_not_on_its_network_but_not_from_itself),
		cmocka_unit_test(a_route_is_known_at_its_address_only_and_comes_before_everything_else),
		cmocka_unit_test(nodes_that_share_an_address_share_its_routes),
		cmocka_unit_test(nodes_that_share_an_address_are_told_apart_by_their_ports),
		cmocka_unit_test(a_node_may_claim_a_range_of_ports_and_others_single_ones_of_it),
		cmocka_unit_test(a_thousand_hosts_are_all_found_again),
		cmocka_unit_test(an_address_that_is_given_up_is_nobodys_and_the_others_are_still_found),
		cmocka_unit_test(a_node_moves_to_a_new_address_and_takes_nobody_with_it),
		cmocka_unit_test(a_datagram_that_has_gone_round_too_often_is_dropped),
		cmocka_unit_test(a_router_takes_one_from_the_time_to_live),
		cmocka_unit_test(names_carry_the_member_and_the_side_and_are_cut_to_fit),
		cmocka_unit_test(a_world_that_never_comes_to_rest_hits_its_bound),
		cmocka_unit_test(a_world_sends_no_more_datagrams_than_it_may),
		cmocka_unit_test(a_world_ends_at_its_time_and_one_microsecond_later_is_too_late),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
