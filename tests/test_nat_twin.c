/*
 * The NAT table against a twin that is nothing but lists: random traffic in a world so small that everything meets
 * everything, with knobs that are drawn as well.
 */
#include "models/nat.h"
#include "tests/lab.h"
#include "tests/nat_naive.h"
#include "tests/nat_table.h"

#define RUNS  400
#define STEPS 600

struct twins {
	struct table *t;
	struct naive *naive;
	struct stream chance;
	uint64_t draws;
	usec now;
	int run, step;
	struct endpoint outside[16]; /* seen lately */
	uint32_t n_outside;
};

static uint32_t below(struct twins *x, uint32_t limit)
{
	return (uint32_t)stream_below(x->chance, x->draws++, limit);
}

static bool one_in(struct twins *x, uint32_t n)
{
	return below(x, n) == 0;
}

/* --- a small world --------------------------------------------------------------------- */

static struct endpoint some_inside(struct twins *x)
{
	static const uint32_t ports[] = { 5060, 5061, 5062, 700, 701, 16384 };
	return (struct endpoint){ 0xC0A80168 + below(x, 3), ports[below(x, COUNT(ports))] };
}

static struct endpoint some_remote(struct twins *x)
{
	return (struct endpoint){ 0xC6336401 + below(x, 2), 5060 + below(x, 3) };
}

static uint32_t some_host(struct twins *x)
{
	uint32_t n;
	const uint32_t *hosts = nat_hosts(x->t->nat, &n);
	return hosts[below(x, n)];
}

/* One that was used before, or perhaps nobody's. */
static struct endpoint some_outside(struct twins *x)
{
	if (x->n_outside && !one_in(x, 5))
		return x->outside[below(x, x->n_outside < COUNT(x->outside) ? x->n_outside : COUNT(x->outside))];
	return (struct endpoint){ some_host(x), 5055 + below(x, 12) };
}

static void remember(struct twins *x, struct endpoint outside)
{
	x->outside[x->n_outside++ % COUNT(x->outside)] = outside;
}

/* The ends inside of one of the newest flows, or any. */
static struct nat_path some_flow(struct twins *x)
{
	struct nat_path inside, outside;
	if (!one_in(x, 8) && naive_ends(x->naive, x->now, below(x, 6), &inside, &outside))
		return inside;
	return (struct nat_path){ some_inside(x), some_remote(x) };
}

/* --- answers --------------------------------------------------------------------------- */

static const char *text_of(struct twins *x, const struct fact *why, struct nat_path p)
{
	char src[ENDPOINT_TEXT_MAX], dst[ENDPOINT_TEXT_MAX];
	if (why)
		return why->word;
	endpoint_print(p.src, src);
	endpoint_print(p.dst, dst);
	return arena_printf(x->t->arena, "%s > %s", src, dst);
}

/* The table may have forgotten that there was something. */
static bool agree(const struct fact *table, struct nat_path is, const struct fact *naive, struct nat_path expected)
{
	if (naive == &fact_nat_expired && (table == &fact_nat_filtered || table == &fact_nat_no_mapping))
		return true;
	return table == naive && (table || (endpoint_equal(is.src, expected.src) && endpoint_equal(is.dst, expected.dst)));
}

static void compare(struct twins *x, const char *what, struct nat_path in, const struct fact *table, struct nat_path is,
		    const struct fact *naive, struct nat_path expected)
{
	if (agree(table, is, naive, expected))
		return;
	const struct field *f = router_fields;
	for (; f->key; f++)
		print_message("%s: %s\n", f->key, field_print(f, &x->t->profile, x->t->arena));
	fail_msg("run %d, step %d, %s of %s: the table says %s, the twin %s", x->run, x->step, what,
		 text_of(x, NULL, in), text_of(x, table, is), text_of(x, naive, expected));
}

/* --- what happens ---------------------------------------------------------------------- */

static void go_out(struct twins *x, struct nat_path in)
{
	struct nat_ports ports = { .choice = (int)below(x, 3), .pinned = one_in(x, 2) ? 5056 + below(x, 8) : 0 };
	const struct nat_ports *given = one_in(x, 10) && !x->t->profile.nat.port_block ? &ports : NULL;
	struct nat_path is = { 0 };
	const struct fact *why = nat_outbound(x->t->nat, x->now, in, given, &is);
	struct nat_path expected = why ? (struct nat_path){ 0 } : is;
	const struct fact *naive = naive_outbound(x->naive, x->now, in, given, &expected);
	compare(x, "outbound", in, why, is, naive, expected);
	if (!why)
		remember(x, is.src);
}

static void outbound(struct twins *x)
{
	go_out(x, one_in(x, 2) ? some_flow(x) : (struct nat_path){ some_inside(x), some_remote(x) });
}

static void inbound(struct twins *x)
{
	struct nat_path in = { some_remote(x), some_outside(x) }, inside, is = { 0 };
	if (one_in(x, 2) && naive_ends(x->naive, x->now, below(x, 6), &inside, &is))
		in = (struct nat_path){ is.dst, is.src };
	const struct fact *why = nat_inbound(x->t->nat, x->now, in, &is);
	struct nat_path expected = is;
	const struct fact *naive = naive_inbound(x->naive, x->now, in, &expected);
	compare(x, "inbound", in, why, is, naive, expected);
}

/* It has gone out that way before, so that nothing is drawn which the answer does not show. */
static void hairpin(struct twins *x)
{
	struct nat_path in = { some_inside(x), some_outside(x) }, is = { 0 };
	go_out(x, in);
	const struct fact *why = nat_hairpin(x->t->nat, x->now, in, &is);
	struct nat_path expected = is;
	const struct fact *naive = naive_hairpin(x->naive, x->now, in, &expected);
	compare(x, "hairpin", in, why, is, naive, expected);
}

static void lifetime(struct twins *x)
{
	struct nat_path f = some_flow(x);
	usec lasts = (usec)below(x, 40) * SEC;
	nat_lifetime(x->t->nat, x->now, f.src, f.dst, lasts);
	naive_lifetime(x->naive, x->now, f.src, f.dst, lasts);
}

static void redirect(struct twins *x)
{
	struct nat_path f = some_flow(x);
	nat_redirect(x->t->nat, x->now, f.src, f.dst, 5070);
	naive_redirect(x->naive, x->now, f.src, f.dst, 5070);
}

static void restart(struct twins *x)
{
	uint32_t to = one_in(x, 2) ? 0 : 0xCB007132;
	if (!one_in(x, 4))
		return;
	nat_rebind(x->t->nat, to);
	naive_rebind(x->naive, to);
	x->n_outside = 0;
}

static bool has_flow(struct twins *x, struct nat_path owner)
{
	struct nat_path inside, outside;
	for (size_t i = 0; naive_ends(x->naive, x->now, i, &inside, &outside); i++)
		if (endpoint_equal(inside.src, owner.src) && endpoint_equal(inside.dst, owner.dst))
			return true;
	return false;
}

static void expect(struct twins *x)
{
	struct nat_path owner = some_flow(x);
	struct nat_expectation e = {
		.inside = some_inside(x),
		.outside = { some_host(x), 5055 + below(x, 12) },
		.remote = some_remote(x),
		.from_inside = one_in(x, 2),
		.permanent = one_in(x, 3),
		.active = !one_in(x, 3),
		.kind = (uint8_t)below(x, 2),
		.serial = below(x, 4),
		.most = (uint8_t)below(x, 4),
		.owner_inside = owner.src,
		.owner_remote = owner.dst,
		.lasts = (1 + (usec)below(x, 60)) * SEC,
	};
	if (e.from_inside && one_in(x, 2))
		e.outside.port = 0;
	if (e.from_inside && one_in(x, 2))
		e.inside.port = 0;
	if (!e.from_inside && one_in(x, 2))
		e.remote.port = 0;
	if (!e.from_inside && one_in(x, 4))
		e.remote.host = 0;
	if (!has_flow(x, owner))
		return;
	compare(x, "expect", (struct nat_path){ e.inside, e.outside }, nat_expect(x->t->nat, x->now, &e, 1),
		(struct nat_path){ 0 }, naive_expect(x->naive, x->now, &e), (struct nat_path){ 0 });
}

static void expect_more(struct twins *x)
{
	struct nat_path owner = some_flow(x);
	struct endpoint outside = some_outside(x);
	uint8_t kind = (uint8_t)below(x, 2);
	uint32_t serial = below(x, 4);
	if (one_in(x, 3)) {
		nat_expect_end(x->t->nat, owner.src, owner.dst, kind, serial);
		naive_expect_end(x->naive, owner.src, owner.dst, kind, serial);
		return;
	}
	assert_int_equal(nat_expect_activate(x->t->nat, x->now, owner.src, owner.dst, kind, serial, outside, 20 * SEC),
			 naive_expect_activate(x->naive, x->now, owner.src, owner.dst, kind, serial, outside, 20 * SEC));
}

static void turn_a_knob(struct twins *x)
{
	struct nat_profile *p = &x->t->profile.nat;
	if (one_in(x, 2))
		p->mapping = (int)below(x, 3);
	else if (one_in(x, 2))
		p->filtering = (int)below(x, 3);
	else
		p->refresh = (int)below(x, 3);
}

static const struct {
	void (*happens)(struct twins *);
	uint32_t often;
	bool in_blocks; /* happens also where hosts have blocks of ports */
} events[] = {
	{ outbound, 40, true }, { inbound, 40, true }, { hairpin, 10, true },   { lifetime, 4, true },	  { redirect, 2, true },
	{ restart, 1, true },	{ expect, 8, false },  { expect_more, 4, false }, { turn_a_knob, 2, true },
};

static void something(struct twins *x)
{
	uint32_t all = 0, i = 0;
	for (size_t k = 0; k < COUNT(events); k++)
		all += events[k].often;
	uint32_t n = below(x, all);
	while (n >= events[i].often)
		n -= events[i++].often;
	if (events[i].in_blocks || !x->t->profile.nat.port_block)
		events[i].happens(x);
}

/* --- knobs ----------------------------------------------------------------------------- */

static void draw_knobs(struct twins *x)
{
	static const uint32_t pinned[] = { 5057, 5060 };
	struct nat_profile *p = &x->t->profile.nat;
	p->mapping = (int)below(x, 3);
	p->filtering = (int)below(x, 3);
	p->ports = (int)below(x, 3);
	p->collision = (int)below(x, 6);
	p->port_low = 5056;
	p->port_high = 5058 + below(x, 12);
	p->lowest = one_in(x, 2) ? 700 : 0;
	p->highest = 703;
	p->parity = one_in(x, 3);
	p->port_block = one_in(x, 4) ? 2 + below(x, 3) : 0;
	p->pooling = (int)below(x, 2);
	p->hairpin = (int)below(x, 3);
	p->max_mappings = one_in(x, 4) ? 4 + below(x, 4) : 0;
	p->refresh = (int)below(x, 3);
	p->first = (1 + (usec)below(x, 20)) * SEC;
	p->stream = (1 + (usec)below(x, 60)) * SEC;
	p->stream_after = (usec)below(x, 4) * SEC;
	if (one_in(x, 4) && !p->port_block)
		p->next_ports = (struct list){ pinned, COUNT(pinned) };
}

static void draw_rules(struct twins *x)
{
	for (uint32_t n = below(x, 3); n > 0; n--) {
		uint32_t port = 5056 + below(x, 10);
		struct endpoint to = some_inside(x);
		nat_forward(x->t->nat, port, to);
		naive_forward(x->naive, port, to);
	}
	if (one_in(x, 5)) {
		uint32_t host = some_inside(x).host;
		nat_one_to_one(x->t->nat, host);
		naive_one_to_one(x->naive, host);
	}
}

static struct twins *twins_new(struct twins *x, int run)
{
	static const char *const pools[] = { "outside=203.0.113.17", "outside=203.0.113.17+203.0.113.18+203.0.113.19" };
	*x = (struct twins){ .run = run, .chance = stream_named(1, "twins", (uint32_t)run, "traffic") };
	x->t = table_with(pools[below(x, 2)]);
	const struct list *outside = &x->t->profile.outside;
	x->naive = naive_new(x->t->arena, &x->t->profile.nat, outside->items, outside->n);
	draw_knobs(x);
	if (!x->t->profile.nat.port_block)
		draw_rules(x);
	return x;
}

TEST(random_traffic_is_treated_as_by_a_twin_that_is_nothing_but_lists)
{
	for (int run = 0; run < RUNS; run++) {
		struct twins twins, *x = twins_new(&twins, run);
		for (x->step = 0; x->step < STEPS; x->step++) {
			x->now += one_in(x, 20) ? (usec)below(x, 30) * SEC : (usec)below(x, 1000) * MSEC;
			something(x);
			assert_int_equal(nat_flows(x->t->nat, x->now), naive_flows(x->naive, x->now));
			assert_int_equal(nat_expectations(x->t->nat, x->now), naive_expectations(x->naive, x->now));
		}
		table_free(x->t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_traffic_is_treated_as_by_a_twin_that_is_nothing_but_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
