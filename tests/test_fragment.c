/* Fragments: what is cut where, what is put together again, and what a router makes of it. */
#include "tests/lab.h"

#include <stdio.h>
#include <string.h>

#include "sim/discovery.h"

/* --- two who talk, with a router between them or none -------------------------------------------- */

struct talker {
	struct node node;
	struct iface iface;
	int heard;
	struct packet last;
};

static void talker_receive(struct node *n, struct iface *in, const struct packet *p)
{
	struct talker *t = CONTAINER(n, struct talker, node);
	(void)in;
	t->heard++;
	t->last = *p;
}

static const struct node_ops talker_ops = { .kind = "talker", .receive = talker_receive };

struct line {
	struct arena *arena;
	struct world *world;
	struct network *internet, *lan;
	struct timer clock;
	struct talker in,
		out; /* 192.168.1.104 behind the router and 198.51.100.1; without one both on the Internet */
};

static void talker_init(struct line *l, struct talker *t, const char *name, struct network *net,
			const char *at, const struct wire *wire)
{
	node_init(&t->node, l->world, &talker_ops, name, 0);
	t->iface = (struct iface){ .node = &t->node, .wire = wire };
	network_attach(net, &t->iface, endpoint_of(at));
}

static struct line *line_new(const struct wire *in, const struct wire *out)
{
	struct arena *a = arena_new();
	struct line *l = arena_alloc(a, sizeof *l);
	l->arena = a;
	l->world = world_new(a, &(struct world_setup){ .seed = 1, .level = TRACE_FULL });
	l->internet = l->lan = network_new(l->world, 0);
	talker_init(l, &l->in, "in", l->lan, "192.0.2.1", in);
	talker_init(l, &l->out, "out", l->internet, "198.51.100.1", out);
	return l;
}

static struct line *line_through(const char *router, const struct wire *lan, const struct wire *wan)
{
	struct line *l = line_new(NULL, NULL);
	struct router_profile *profile = arena_alloc(l->arena, sizeof *profile);
	knobs_read(router_fields, l->arena, router, profile);
	static const uint32_t outside = 0xCB007111u; /* 203.0.113.17 */
	l->lan = network_new(l->world, 0);
	router_new(l->world, &(struct router_setup){
				     .profile = profile,
				     .name = "router",
				     .wan = l->internet,
				     .lan = l->lan,
				     .outside = &outside,
				     .n_outside = 1,
				     .inside = endpoint_of("192.168.1.1").host,
				     .wire = wan,
			     });
	talker_init(l, &l->in, "in", l->lan, "192.168.1.104", lan);
	return l;
}

static void line_free(struct line *l)
{
	arena_free(l->arena);
}

static struct packet word(struct line *l, const char *src, const char *dst, size_t len)
{
	struct packet p = {
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = endpoint_of(src),
		.dst = endpoint_of(dst),
		.label = "word",
		.payload = payload_new(l->world->payloads, len),
	};
	memset(p.payload->bytes, 'x', len);
	return p;
}

static void send_word(struct line *l, struct talker *from, const char *src, const char *dst, size_t len)
{
	struct packet p = word(l, src, dst, len);
	net_send(&from->iface, &p);
	payload_unref(l->world->payloads, p.payload);
}

static void say(struct line *l, size_t len)
{
	send_word(l, &l->in, l->lan == l->internet ? "192.0.2.1:5060" : "192.168.1.104:5060",
		  "198.51.100.1:5060", len);
}

static void answer(struct line *l, size_t len)
{
	send_word(l, &l->out, "198.51.100.1:5060", "203.0.113.17:5060", len);
}

static void clock_fire(struct timer *t)
{
	(void)t;
}

/* Leaves the clock there, also when nothing happens then. */
static void run_until(struct line *l, usec until)
{
	l->clock.fire = clock_fire;
	timer_arm(&l->world->wheel, &l->clock, until);
	l->world->setup.until = until;
	l->world->end = WORLD_RUNNING;
	world_run(l->world);
}

/* The IP sizes of what left `where`, in order. */
static const char *sizes(const struct line *l, const char *where)
{
	const char *all = "";
	char name[32];
	struct trace_cursor c = trace_first(&l->world->trace);
	for (const struct record *r; (r = trace_next(&c));) {
		if (r->event != EVENT_SENT || strcmp(iface_name(r->iface, name, sizeof name), where) != 0)
			continue;
		struct packet p = { .proto = PROTO_UDP, .payload = r->payload };
		if (r->fragment)
			p.fragment = *r->fragment;
		all = arena_printf(l->arena, "%s%s%u", all, *all ? " " : "", packet_size(&p));
	}
	return all;
}

static const struct record *last_drop(const struct line *l)
{
	const struct record *last = NULL;
	struct trace_cursor c = trace_first(&l->world->trace);
	for (const struct record *r; (r = trace_next(&c));)
		if (r->event == EVENT_DROPPED)
			last = r;
	assert_non_null(last);
	return last;
}

/* --- cutting ------------------------------------------------------------------------------------- */

TEST(a_datagram_is_cut_into_the_fewest_parts_of_whole_units_of_eight)
{
	static const struct {
		size_t payload;
		uint32_t mtu;
		const char *sizes; /* of IP packets */
	} rows[] = {
		{ 1472, 1500, "1500" },
		{ 1473, 1500, "1500 21" },
		{ 8000, 1500, "1500 1500 1500 1500 1500 628" },
		{ 1464, 1492, "1492" },
		{ 1465, 1492, "1492 21" },
		/* 1498 - 20 is no multiple of 8: the part carries 1472, the wire could take 6 more */
		{ 1471, 1498, "1492 27" },
		{ 100, 68, "68 68 32" },
		{ 0, 68, "28" },
		{ PAYLOAD_MAX, 65535, "65535" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct wire wire = { .mtu = rows[i].mtu };
		struct line *l = line_new(&wire, NULL);
		say(l, rows[i].payload);
		assert_string_equal(sizes(l, "in"), rows[i].sizes);
		run_until(l, SEC);
		assert_int_equal(l->out.heard, 1);
		assert_int_equal(l->out.last.payload->len, rows[i].payload);
		assert_false(is_fragment(&l->out.last));
		line_free(l);
	}
}

TEST(the_longest_datagram_needs_1365_parts_on_the_narrowest_wire)
{
	static const struct wire narrow = { .mtu = MTU_LEAST };
	struct line *l = line_new(&narrow, NULL);
	say(l, PAYLOAD_MAX);
	assert_int_equal(l->world->trace.counts[EVENT_SENT], 1365); /* 65,515 bytes, 48 in each */
	run_until(l, SEC);
	assert_int_equal(l->out.heard, 1);
	line_free(l);
}

TEST(the_narrower_of_two_wires_counts_and_a_node_without_one_asks_nothing)
{
	static const struct wire usual = { .delay = 1 }, narrow = { .mtu = 1000 }, wide = { .mtu = 9000 };
	static const struct {
		const struct wire *in, *out;
		const char *sizes;
	} rows[] = {
		{ &usual, &narrow, "996 596" }, { &narrow, &usual, "996 596" }, { &usual, NULL, "1500 92" },
		{ &usual, &wide, "1500 92" },	{ &wide, &wide, "1572" },	{ NULL, NULL, "1572" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct line *l = line_new(rows[i].in, rows[i].out);
		say(l, 1544);
		assert_string_equal(sizes(l, "in"), rows[i].sizes);
		line_free(l);
	}
}

TEST(each_part_has_a_number_of_its_own_and_they_share_one_id)
{
	static const struct wire usual = { .delay = 1 };
	struct line *l = line_new(&usual, NULL);
	say(l, 10);
	say(l, 3000);
	struct trace_cursor c = trace_first(&l->world->trace);
	trace_next(&c);
	for (uint32_t i = 0; i < 3; i++) {
		const struct record *r = trace_next(&c);
		assert_int_equal(r->id, 2 + i);
		assert_int_equal(r->fragment->id, 2);
		assert_int_equal(r->fragment->offset, i * 1480);
		assert_int_equal(r->fragment->number, i + 1);
		assert_int_equal(r->fragment->count, 3);
	}
	line_free(l);
}

/* --- putting together ---------------------------------------------------------------------------- */

/* Sends the parts of one datagram in this order, "21" or "1122"; all at the same microsecond. */
static void say_parts(struct line *l, struct talker *from, size_t len, const char *order)
{
	bool lan = l->lan != l->internet;
	struct packet p = word(l, lan ? "192.168.1.104:5060" : "192.0.2.1:5060", "198.51.100.1:5060", len);
	p.fragment.id = 77;
	for (; *order; order++) {
		struct packet part;
		assert_true(fragment_cut(&p, MTU_USUAL, (uint32_t)(*order - '1'), &part));
		net_send(&from->iface, &part);
	}
	payload_unref(l->world->payloads, p.payload);
}

TEST(neither_the_order_nor_doubles_matter)
{
	static const struct {
		const char *order;
		int heard, waiting;
	} rows[] = {
		{ "123", 1, 0 },
		{ "321", 1, 0 },
		{ "213", 1, 0 },
		{ "11223", 1, 0 },
		{ "12", 0, 1 },
		{ "11113", 0, 1 },
		/* what comes after the whole is the beginning of another one */
		{ "1233", 1, 1 },
		{ "123123", 2, 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct line *l = line_new(NULL, NULL);
		say_parts(l, &l->in, 4000, rows[i].order);
		run_until(l, SEC);
		assert_int_equal(l->out.heard, rows[i].heard);
		assert_int_equal(reassembler_waiting(l->world->reassembler, &l->out.node), rows[i].waiting);
		line_free(l);
	}
}

TEST(the_whole_has_the_number_of_the_part_that_made_it_whole)
{
	static const struct wire usual = { .delay = 1 };
	struct line *l = line_new(&usual, NULL);
	say(l, 4000);
	run_until(l, SEC);
	assert_int_equal(l->out.last.id, 3);
	line_free(l);
}

TEST(the_parts_of_datagrams_that_cross_are_kept_apart)
{
	struct line *l = line_new(NULL, NULL);
	say_parts(l, &l->in, 4000, "12");
	say_parts(l, &l->in, 3900, "3"); /* the same hosts and id, another datagram */
	say_parts(l, &l->out, 4000, "3");
	run_until(l, SEC);
	assert_int_equal(l->out.heard, 0);
	assert_int_equal(reassembler_waiting(l->world->reassembler, &l->out.node), 2);
	line_free(l);
}

TEST(a_part_that_never_comes_is_waited_for_30_seconds)
{
	static const uint32_t second[] = { 2 };
	static const struct wire wire = { .delay = 20 * MSEC, .drop = second, .drops = 1 };
	struct line *l = line_new(&wire, NULL);
	say(l, 1473);
	assert_ptr_equal(last_drop(l)->fact, &fact_wire_dropped);
	run_until(l, 30 * SEC + 20 * MSEC - 1);
	assert_int_equal(l->world->trace.counts[EVENT_DROPPED], 1);
	run_until(l, 30 * SEC + 20 * MSEC);
	assert_ptr_equal(last_drop(l)->fact, &fact_reassembly_timeout);
	assert_ptr_equal(last_drop(l)->iface, &l->out.iface);
	assert_int_equal(last_drop(l)->id, 1); /* the part that had come */
	assert_int_equal(l->out.heard, 0);
	assert_int_equal(reassembler_waiting(l->world->reassembler, &l->out.node), 0);
	line_free(l);
}

TEST(so_many_datagrams_wait_at_a_node_and_no_more_and_their_memory_comes_back)
{
	struct line *l = line_new(NULL, NULL);
	l->world->trace.level = TRACE_COUNTS;
	size_t used = 0;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < REASSEMBLIES_MAX + 3; i++)
			say_parts(l, &l->in, 4000, "1");
		run_until(l, world_now(l->world) + SEC);
		assert_int_equal(reassembler_waiting(l->world->reassembler, &l->out.node), REASSEMBLIES_MAX);
		assert_int_equal(payload_count(l->world->payloads), REASSEMBLIES_MAX);
		run_until(l, world_now(l->world) + REASSEMBLY_TIME);
		assert_int_equal(reassembler_waiting(l->world->reassembler, &l->out.node), 0);
		assert_int_equal(payload_count(l->world->payloads), 0);
		if (round == 0)
			used = arena_used(l->arena);
		assert_int_equal(arena_used(l->arena), used);
	}
	assert_int_equal(l->world->trace.counts[EVENT_DROPPED], 3 * (REASSEMBLIES_MAX + 3));
	line_free(l);
}

TEST(a_full_node_says_so)
{
	struct line *l = line_new(NULL, NULL);
	for (int i = 0; i <= REASSEMBLIES_MAX; i++)
		say_parts(l, &l->in, 4000, "1");
	run_until(l, SEC);
	assert_ptr_equal(last_drop(l)->fact, &fact_reassembly_full);
	line_free(l);
}

/* --- routers ------------------------------------------------------------------------------------- */

static const struct wire lan = { .delay = 1 * MSEC }, wan = { .delay = 20 * MSEC };

TEST(what_routers_make_of_long_datagrams_in_both_directions)
{
	static const struct {
		const char *router;
		size_t payload;
		const char *in, *out; /* IP sizes on the inner and the outer side */
		bool passes;
	} rows[] = {
		{ "fragments=reassemble", 1472, "1500", "1500", true },
		{ "fragments=reassemble", 1473, "1500 21", "1500 21", true },
		{ "fragments=reassemble", 8000, "1500 1500 1500 1500 1500 628",
		  "1500 1500 1500 1500 1500 628", true },
		{ "fragments=pass", 8000, "1500 1500 1500 1500 1500 628", "1500 1500 1500 1500 1500 628",
		  true },
		/* the network drops fragments: what fits one packet passes, a byte more never does */
		{ "fragments=drop", 1472, "1500", "1500", true },
		{ "fragments=drop", 1473, "1500 21", "", false },
		/* a narrower outer side: what was put together is cut anew, what passed in parts is cut once
		   more */
		{ "fragments=reassemble mtu=1492", 1472, "1500", "1492 28", true },
		{ "fragments=reassemble mtu=1492", 1473, "1500 21", "1492 29", true },
		{ "fragments=pass mtu=1492", 1472, "1500", "1492 28", true },
		{ "fragments=pass mtu=1492", 1473, "1500 21", "1492 28 21", true },
		{ "fragments=drop mtu=1492", 1472, "1500", "1492 28", true },
		/* the router's MTU cannot be more than its wire's */
		{ "mtu=9000", 1473, "1500 21", "1500 21", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct line *l = line_through(rows[i].router, &lan, &wan);
		say(l, rows[i].payload);
		run_until(l, SEC);
		assert_string_equal(sizes(l, "in"), rows[i].in);
		assert_string_equal(sizes(l, "router/wan"), rows[i].out);
		assert_int_equal(l->out.heard, rows[i].passes);
		line_free(l);
	}
}

TEST(answers_come_in_through_the_routers_mtu_as_requests_go_out)
{
	static const struct {
		const char *router;
		size_t payload;
		const char *out, *in; /* IP sizes on the outer and the inner side */
		bool passes;
	} rows[] = {
		{ "fragments=reassemble", 8000, "1500 1500 1500 1500 1500 628",
		  "1500 1500 1500 1500 1500 628", true },
		{ "fragments=pass", 8000, "1500 1500 1500 1500 1500 628", "1500 1500 1500 1500 1500 628",
		  true },
		{ "fragments=drop", 8000, "1500 1500 1500 1500 1500 628", "", false },
		{ "fragments=reassemble mtu=1492", 1472, "1492 28", "1500", true },
		{ "fragments=pass mtu=1492", 1472, "1492 28", "1492 28", true },
		{ "fragments=drop mtu=1492", 1464, "1492", "1492", true },
		{ "fragments=drop mtu=1492", 1465, "1492 21", "", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct line *l = line_through(rows[i].router, &lan, &wan);
		say(l, 100); /* opens the way */
		run_until(l, SEC);
		answer(l, rows[i].payload);
		run_until(l, 2 * SEC);
		assert_string_equal(sizes(l, "out"), rows[i].out);
		assert_string_equal(sizes(l, "router/lan"), rows[i].in);
		assert_int_equal(l->in.heard, rows[i].passes);
		line_free(l);
	}
}

TEST(small_parts_leave_a_router_that_puts_them_together_as_one)
{
	static const struct wire narrow = { .mtu = 576 };
	struct line *l = line_through("fragments=reassemble", &narrow, &wan);
	say(l, 1000);
	run_until(l, SEC);
	assert_string_equal(sizes(l, "in"), "572 476");
	assert_string_equal(sizes(l, "router/wan"), "1028");
	line_free(l);
}

TEST(a_router_that_drops_fragments_names_the_first)
{
	struct line *l = line_through("fragments=drop", &lan, &wan);
	say(l, 1473);
	run_until(l, SEC);
	char text[128];
	record_sentence(last_drop(l), text, sizeof text);
	assert_string_equal(text, "fragments are dropped here");
	assert_int_equal(l->world->trace.counts[EVENT_DROPPED], 2);
	line_free(l);
}

TEST(fragments_that_pass_follow_the_first_and_are_lost_before_it)
{
	static const struct {
		const char *order;
		int heard;
		uint64_t dropped;
	} rows[] = {
		{ "123", 1, 0 },
		{ "132", 1, 0 },
		{ "213", 0, 1 },
		{ "2123", 1, 1 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct line *l = line_through("fragments=pass", &lan, &wan);
		say_parts(l, &l->in, 4000, rows[i].order);
		run_until(l, SEC);
		assert_int_equal(l->out.heard, rows[i].heard);
		assert_int_equal(l->world->trace.counts[EVENT_DROPPED], rows[i].dropped);
		if (rows[i].dropped)
			assert_ptr_equal(last_drop(l)->fact, &fact_fragment_early);
		line_free(l);
	}
}

TEST(all_fragments_that_pass_leave_from_the_port_of_the_first)
{
	struct line *l = line_through("fragments=pass ports=random next-ports=23201", &lan, &wan);
	say(l, 4000);
	run_until(l, SEC);
	assert_int_equal(l->out.heard, 1);
	assert_int_equal(l->out.last.src.host, endpoint_of("203.0.113.17").host);
	assert_int_equal(l->out.last.src.port, 23201);
	line_free(l);
}

TEST(a_first_fragment_is_remembered_for_30_seconds)
{
	for (int late = 0; late <= 1; late++) {
		struct line *l = line_through("fragments=pass udp-timeout.first=5m", NULL, NULL);
		struct packet p = word(l, "192.168.1.104:5060", "198.51.100.1:5060", 1473), part;
		p.fragment.id = 9;
		assert_true(fragment_cut(&p, MTU_USUAL, 0, &part));
		net_send(&l->in.iface, &part);
		run_until(l, 30 * SEC - 1 + late);
		assert_true(fragment_cut(&p, MTU_USUAL, 1, &part));
		net_send(&l->in.iface, &part);
		run_until(l, 40 * SEC);
		assert_int_equal(l->out.heard, !late);
		line_free(l);
	}
}

/* --- DF ------------------------------------------------------------------------------------------ */

/* Says it once, and again when half a second has passed without an answer. */
static void say_twice(struct line *l, size_t len)
{
	say(l, len);
	run_until(l, world_now(l->world) + SEC / 2);
	if (l->out.heard)
		return;
	say(l, len);
	run_until(l, world_now(l->world) + SEC / 2);
}

/* Measured with Linux 6.18, an outer side that takes 1492 bytes and an inner one that takes 1500. */
TEST(what_becomes_of_long_datagrams_that_must_not_be_fragmented)
{
	static const struct {
		const char *router;
		enum df df;
		size_t payload;
		const char *in; /* IP sizes on the inner side */
		bool passes;
	} rows[] = {
		{ "icmp=on", DF_OFF, 1465, "1493", true },
		/* who learns loses the first try, and cuts the second */
		{ "icmp=on", DF_LEARNS, 1464, "1492", true },
		{ "icmp=on", DF_LEARNS, 1465, "1493 1492 21", true },
		{ "icmp=on", DF_LEARNS, 1472, "1500 1492 28", true },
		{ "icmp=on", DF_LEARNS, 1473, "1500 21", true },
		/* without ICMP what is between the two is lost for good, and what is longer passes */
		{ "icmp=off", DF_LEARNS, 1464, "1492", true },
		{ "icmp=off", DF_LEARNS, 1465, "1493 1493", false },
		{ "icmp=off", DF_LEARNS, 1472, "1500 1500", false },
		{ "icmp=off", DF_LEARNS, 1473, "1500 21", true },
		/* who always forbids it is not heard, and what does not fit its own wire does not even leave */
		{ "icmp=on", DF_ALWAYS, 1464, "1492", true },
		{ "icmp=on", DF_ALWAYS, 1465, "1493 1493", false },
		{ "icmp=on", DF_ALWAYS, 1473, "1501 1501", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char knobs[64];
		snprintf(knobs, sizeof knobs, "mtu=1492 %s", rows[i].router);
		struct line *l = line_through(knobs, &lan, &wan);
		l->in.iface.discovery = discovery_new(l->world, rows[i].df);
		say_twice(l, rows[i].payload);
		assert_string_equal(sizes(l, "in"), rows[i].in);
		assert_int_equal(l->out.heard, rows[i].passes);
		if (!rows[i].passes)
			assert_ptr_equal(last_drop(l)->fact, &fact_too_long);
		line_free(l);
	}
}

TEST(a_router_that_drops_for_df_makes_no_flow_and_says_what_would_have_passed)
{
	struct line *l = line_through("mtu=1492", &lan, &wan);
	l->in.iface.discovery = discovery_new(l->world, DF_LEARNS);
	say(l, 1472);
	run_until(l, SEC);
	assert_int_equal(l->world->trace.counts[EVENT_SENT], 2); /* the datagram, the error */
	assert_string_equal(last_drop(l)->iface->node->name, "router");
	answer(l, 10);
	run_until(l, 2 * SEC);
	assert_int_equal(l->in.heard, 0);
	line_free(l);
}

TEST(what_was_learned_of_a_way_is_tried_anew_after_ten_minutes_and_says_nothing_of_others)
{
	struct line *l = line_through("mtu=1492", &lan, &wan);
	l->in.iface.discovery = discovery_new(l->world, DF_LEARNS);
	say(l, 1472);
	run_until(l, SEC);
	say(l, 1472);
	run_until(l, 2 * SEC);
	assert_string_equal(sizes(l, "in"), "1500 1492 28");
	send_word(l, &l->in, "192.168.1.104:5060", "198.51.100.2:5060", 1472);
	assert_string_equal(sizes(l, "in"), "1500 1492 28 1500");
	run_until(l, 599 * SEC);
	say(l, 1472);
	assert_string_equal(sizes(l, "in"), "1500 1492 28 1500 1492 28");
	run_until(l, 602 * SEC);
	say(l, 1472);
	assert_string_equal(sizes(l, "in"), "1500 1492 28 1500 1492 28 1500");
	line_free(l);
}

TEST(answers_with_df_meet_the_same_rule_on_their_way_in)
{
	static const struct wire narrow = { .delay = 1 * MSEC, .mtu = 1400 };
	struct line *l = line_through("fragments=reassemble", &narrow, &wan);
	l->out.iface.discovery = discovery_new(l->world, DF_LEARNS);
	say(l, 100);
	run_until(l, SEC);
	answer(l, 1400);
	run_until(l, 2 * SEC);
	assert_int_equal(l->in.heard, 0);
	answer(l, 1400);
	run_until(l, 3 * SEC);
	assert_int_equal(l->in.heard, 1);
	assert_string_equal(sizes(l, "out"), "1428 1396 52");
	line_free(l);
}

/* --- phones and servers -------------------------------------------------------------------------- */

/* 1,400 bytes and more, with credentials more than one packet takes. */
static struct lab *lab_with_long_texts(const char *router, const char *server)
{
	char text[201] = { 0 }, knobs[1100];
	memset(text, 'x', 200);
	snprintf(knobs, sizeof knobs,
		 "user-agent=%s allow=%s supported=%s contact-params=;a=%.190s contact-uri-params=;b=%.190s",
		 text, text, text, text, text);
	return lab_with(knobs, router, server);
}

TEST(a_request_that_grows_by_its_credentials_over_the_mtu_travels_in_two)
{
	struct lab *lab = lab_with_long_texts("fragments=reassemble", "");
	lab_register(lab);
	lab_run_ms(lab, 100);
	assert_log(lab, NULL,
		   "0.000 phone sent REGISTER\n"
		   "0.001 router/lan arrived REGISTER\n"
		   "0.001 router/wan sent REGISTER\n"
		   "0.021 server arrived REGISTER\n"
		   "0.021 server note: Via says 192.168.1.104:5060\n"
		   "0.021 server sent 401\n"
		   "0.041 router/wan arrived 401\n"
		   "0.041 router/lan sent 401\n"
		   "0.042 phone arrived 401\n"
		   "0.042 phone sent REGISTER\n"
		   "0.042 phone sent REGISTER\n"
		   "0.043 router/lan arrived REGISTER\n"
		   "0.043 router/lan arrived REGISTER\n"
		   "0.043 router/wan sent REGISTER\n"
		   "0.043 router/wan sent REGISTER\n"
		   "0.063 server arrived REGISTER\n"
		   "0.063 server arrived REGISTER\n"
		   "0.063 server note: Via says 192.168.1.104:5060\n"
		   "0.063 server note: bound until 3600 s\n"
		   "0.063 server sent 200\n"
		   "0.083 router/wan arrived 200\n"
		   "0.083 router/lan sent 200\n"
		   "0.084 phone arrived 200\n"
		   "0.084 phone note: registered\n");
	lab_close(lab);
}

TEST(where_fragments_are_dropped_the_challenge_comes_and_the_answer_never_arrives)
{
	struct lab *lab = lab_with_long_texts("fragments=drop", "");
	lab_register(lab);
	lab_run_ms(lab, 40000);
	assert_dropped(lab, "router/lan", "fragments are dropped here");
	assert_noted(lab, "phone", "gives up: no final response", 32042);
	lab_close(lab);
}

static void asks(struct lab *lab, const char *what)
{
	if (strcmp(what, "INVITE") == 0)
		phone_call(lab->phone, SPAN("200"), world_story(lab->world));
	else
		lab_register(lab);
}

/* A phone whose first REGISTER or INVITE has so many bytes, and a server that does not challenge it. */
static struct lab *lab_of_size(struct lab_setup *setup, const char *what, size_t size)
{
	setup->server = "auth=none";
	struct lab *lab = lab_new(setup);
	asks(lab, what);
	size_t least = lab_nth(lab, "phone", EVENT_SENT, what, 1)->payload->len;
	lab_close(lab);
	assert_true(size >= least);
	lab = lab_new(setup);
	const char *agent = lab->phone_profile->user_agent;
	char *padded = arena_alloc(lab->arena, size - least + strlen(agent) + 1);
	memset(padded, 'x', size - least + strlen(agent));
	lab->phone_profile->user_agent = padded;
	asks(lab, what);
	assert_int_equal(lab_nth(lab, "phone", EVENT_SENT, what, 1)->payload->len, size);
	return lab;
}

static bool is_answered(struct lab_setup *setup, const char *what, size_t size)
{
	struct lab *lab = lab_of_size(setup, what, size);
	lab_run_ms(lab, 40000);
	bool works = lab_count(lab, "phone", EVENT_ARRIVED, "200") > 0;
	lab_close(lab);
	return works;
}

static bool registers(struct lab_setup *setup, size_t size)
{
	return is_answered(setup, "REGISTER", size);
}

static size_t size_behind(struct lab_setup *setup, const char *what, size_t size)
{
	struct lab *lab = lab_of_size(setup, what, size);
	lab_run_ms(lab, 1000);
	size_t behind = lab_nth(lab, "router/wan", EVENT_SENT, what, 1)->payload->len;
	lab_close(lab);
	return behind;
}

/* Measured with Linux 6.18: the error names an MTU that the packet did not exceed when the phone sent it. */
TEST(an_alg_that_makes_messages_longer_is_a_black_hole_for_those_with_df)
{
	struct lab_setup setup = {
		.phone = "df=learns",
		.router = "ports=random next-ports=23201+23202",
		.alg = "linux",
		.phone_at = "10.0.0.4",
	};
	size_t grown = size_behind(&setup, "REGISTER", 1000) - 1000, fits = 1472 - grown;
	assert_true(grown >= 8);
	assert_true(registers(&setup, fits));
	assert_false(registers(&setup, fits + 1));
	assert_false(registers(&setup, 1472));
	assert_true(registers(&setup, 1473)); /* the phone cuts it, and there is no DF in the way */

	setup.router = "ports=random next-ports=23201+23202 mtu=1492";
	assert_true(registers(&setup, fits - 8));
	assert_false(registers(&setup, fits - 7));
	assert_false(registers(&setup, 1464));
	assert_true(registers(&setup, 1465)); /* too long already, so the error says something new */
	assert_true(registers(&setup, 1472));

	setup.phone = "df=off";
	assert_true(registers(&setup, 1464));
}

/* The sizes of INVITEs that were measured, from 10.0.0.4:5060 behind 203.0.113.17 and a random port. */
TEST(invites_die_in_the_black_hole_of_an_alg_as_they_were_seen_to)
{
	static const struct {
		uint32_t mtu;
		size_t size;
		bool passes;
	} rows[] = {
		{ 1500, 1450, true },  { 1500, 1460, false }, { 1500, 1472, false }, { 1500, 1473, true },
		{ 1492, 1450, false }, { 1492, 1464, false }, { 1492, 1472, true },
	};
	char router[80];
	struct lab_setup setup = { .phone = "df=learns", .router = router, .alg = "linux", .phone_at = "10.0.0.4" };
	snprintf(router, sizeof router, "ports=random next-ports=23201+23202");
	size_t grown = size_behind(&setup, "INVITE", 1000) - 1000;
	assert_in_range(grown, 16, 18);
	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(router, sizeof router, "ports=random next-ports=23201+23202 mtu=%u", rows[i].mtu);
		if (is_answered(&setup, "INVITE", rows[i].size) != rows[i].passes)
			fail_msg("%zu bytes at %u: %s", rows[i].size, rows[i].mtu, rows[i].passes ? "lost" : "passes");
	}
}

TEST(the_error_about_what_an_alg_made_longer_teaches_the_phone_nothing)
{
	struct lab_setup setup = { .phone = "df=learns", .router = "ports=random", .alg = "linux", .phone_at = "10.0.0.4" };
	struct lab *lab = lab_of_size(&setup, "REGISTER", 1472);
	lab_run_ms(lab, 1000);
	assert_log(lab, NULL,
		   "0.000 phone sent REGISTER\n"
		   "0.001 router/lan arrived REGISTER\n"
		   "0.001 router/lan dropped REGISTER: is longer than the next wire takes, and must not be fragmented\n"
		   "0.001 router/lan sent ICMP\n"
		   "0.002 phone arrived ICMP\n"
		   "0.002 phone note: hears that the way to 198.51.100.158 takes 1500 bytes\n"
		   "0.500 phone sent REGISTER\n"
		   "0.501 router/lan arrived REGISTER\n"
		   "0.501 router/lan dropped REGISTER: is longer than the next wire takes, and must not be fragmented\n"
		   "0.501 router/lan sent ICMP\n"
		   "0.502 phone arrived ICMP\n"
		   "0.502 phone note: hears that the way to 198.51.100.158 takes 1500 bytes\n");
	lab_close(lab);
}

/* Measured: up to 8000 bytes, and no limit was seen. */
TEST(the_alg_of_linux_reads_long_messages_and_sends_on_as_few_parts_as_it_can)
{
	struct lab_setup setup = { .router = "ports=random next-ports=23201 mtu=1492", .alg = "linux" };
	struct lab *lab = lab_of_size(&setup, "REGISTER", 8000);
	lab_run_ms(lab, 1000);
	assert_noted(lab, "phone", "registered", 42);
	assert_int_equal(lab_count(lab, "phone", EVENT_SENT, "REGISTER"), 6);
	assert_int_equal(lab_count(lab, "router/wan", EVENT_SENT, "REGISTER"), 6);
	const struct record *r = lab_nth(lab, "router/wan", EVENT_SENT, "REGISTER", 1);
	assert_int_equal(r->fragment->len, 1472);
	assert_non_null(strstr(lab_text(r), "203.0.113.17:23201"));
	lab_close(lab);
}

/* Measured: of a network that drops fragments the same router asks for one more byte with its ALG than without. */
TEST(an_alg_that_makes_a_message_shorter_may_spare_it_the_cut)
{
	struct lab_setup setup = { .router = "ports=preserve", .carrier = "fragments=drop" };
	assert_true(registers(&setup, 1472));
	assert_false(registers(&setup, 1473));
	setup.alg = "linux";
	size_t shrunk = 1000 - size_behind(&setup, "REGISTER", 1000);
	assert_true(shrunk > 0);
	assert_true(registers(&setup, 1472 + shrunk));
	assert_false(registers(&setup, 1473 + shrunk));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_datagram_is_cut_into_the_fewest_parts_of_whole_units_of_eight),
		cmocka_unit_test(the_longest_datagram_needs_1365_parts_on_the_narrowest_wire),
		cmocka_unit_test(the_narrower_of_two_wires_counts_and_a_node_without_one_asks_nothing),
		cmocka_unit_test(each_part_has_a_number_of_its_own_and_they_share_one_id),
		cmocka_unit_test(neither_the_order_nor_doubles_matter),
		cmocka_unit_test(the_whole_has_the_number_of_the_part_that_made_it_whole),
		cmocka_unit_test(the_parts_of_datagrams_that_cross_are_kept_apart),
		cmocka_unit_test(a_part_that_never_comes_is_waited_for_30_seconds),
		cmocka_unit_test(so_many_datagrams_wait_at_a_node_and_no_more_and_their_memory_comes_back),
		cmocka_unit_test(a_full_node_says_so),
		cmocka_unit_test(what_routers_make_of_long_datagrams_in_both_directions),
		cmocka_unit_test(answers_come_in_through_the_routers_mtu_as_requests_go_out),
		cmocka_unit_test(small_parts_leave_a_router_that_puts_them_together_as_one),
		cmocka_unit_test(a_router_that_drops_fragments_names_the_first),
		cmocka_unit_test(fragments_that_pass_follow_the_first_and_are_lost_before_it),
		cmocka_unit_test(all_fragments_that_pass_leave_from_the_port_of_the_first),
		cmocka_unit_test(a_first_fragment_is_remembered_for_30_seconds),
		cmocka_unit_test(what_becomes_of_long_datagrams_that_must_not_be_fragmented),
		cmocka_unit_test(a_router_that_drops_for_df_makes_no_flow_and_says_what_would_have_passed),
		cmocka_unit_test(what_was_learned_of_a_way_is_tried_anew_after_ten_minutes_and_says_nothing_of_others),
		cmocka_unit_test(answers_with_df_meet_the_same_rule_on_their_way_in),
		cmocka_unit_test(a_request_that_grows_by_its_credentials_over_the_mtu_travels_in_two),
		cmocka_unit_test(an_alg_that_makes_messages_longer_is_a_black_hole_for_those_with_df),
		cmocka_unit_test(invites_die_in_the_black_hole_of_an_alg_as_they_were_seen_to),
		cmocka_unit_test(the_error_about_what_an_alg_made_longer_teaches_the_phone_nothing),
		cmocka_unit_test(the_alg_of_linux_reads_long_messages_and_sends_on_as_few_parts_as_it_can),
		cmocka_unit_test(an_alg_that_makes_a_message_shorter_may_spare_it_the_cut),
		cmocka_unit_test(
			where_fragments_are_dropped_the_challenge_comes_and_the_answer_never_arrives),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
