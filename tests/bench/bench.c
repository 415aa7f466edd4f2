/*
 * What the kernel costs, in CPU time of this process, through the same doors that the program uses.
 *
 *	bench [name...]		without a name: all of them
 *
 * Machines are noisy: compare lines of one run with each other, never lines of two runs.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "models/media.h"
#include "models/nat.h"
#include "models/router.h"
#include "models/sip.h"
#include "reports/diagram_page.h"
#include "reports/drawer.h"
#include "reports/drawers.h"
#include "reports/ladder_tables.h"
#include "reports/nat_watch.h"
#include "scenarios/play.h"

struct bench {
	struct arena *lasting, *cell;
	struct catalogue *catalogue;
};

static double cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct source file_read(struct arena *a, const char *path)
{
	struct source s = { .path = path };
	FILE *f = fopen(path, "rb");
	if (!f) {
		perror(path);
		exit(1);
	}
	fseek(f, 0, SEEK_END);
	s.len = (size_t)ftell(f);
	rewind(f);
	char *text = arena_alloc_raw(a, s.len + 1);
	s.len = fread(text, 1, s.len, f);
	text[s.len] = 0;
	s.text = text;
	fclose(f);
	return s;
}

static const struct scenario *scenario_of(const struct bench *b, const char *text)
{
	struct source file = { .path = "bench.yaml", .text = text, .len = strlen(text) };
	struct complaints complaints = { .arena = b->lasting };
	struct scenario *s = NULL;
	if (scenario_load(b->lasting, &file, b->catalogue, NULL, &complaints, &s) != LOADED_SCENARIO) {
		fprintf(stderr, "bench: %s\n", complaints.first ? complaints.first->sentence : "no scenario");
		exit(1);
	}
	return s;
}

/* Phones that register once, evenly over a time, behind routers with a minute's timeout. */
static const struct scenario *crowd(const struct bench *b, unsigned phones, unsigned routers, unsigned over, const char *alg)
{
	return scenario_of(b, arena_printf(b->lasting,
					   "viaport: 1\nname: crowd\n"
					   "phones: {p: {model: generic-rport, count: %u, behind: home, register: {expires: 86400s}}}\n"
					   "routers: {home: {model: random-port, count: %u, udp-timeout: 60s, alg: %s}}\n"
					   "servers: {pbx: {model: rport-aware, auth: md5}}\n"
					   "do: [{register: {phone: p, over: %us}}]\n"
					   "expect: [{register: p, result: works}]\n",
					   phones, routers, alg, over));
}

/* CPU seconds per registration, the whole cell counted. */
static double per_registration(struct bench *b, const struct scenario *s, const struct play_options *o, unsigned times)
{
	struct cell_result r;
	double start = cpu_seconds();
	for (unsigned i = 0; i < times; i++) {
		arena_reset(b->cell);
		play_cell(b->cell, s, 0, o, &r);
		assert(r.verdict == VERDICT_WORKS);
	}
	return (cpu_seconds() - start) / times / r.checks[0].works;
}

static void bench_registrations(struct bench *b)
{
	static const struct {
		const char *name, *alg;
		struct play_options options;
	} rows[] = {
		{ "counts", "none", { .level = TRACE_COUNTS } },
		{ "facts", "none", { .level = TRACE_FACTS } },
		{ "full", "none", { .level = TRACE_FULL } },
		{ "facts, --parse all", "none", { .level = TRACE_FACTS, .parse_all = true } },
		/* every message is rewritten on the way, and parsed by libosip2 where it arrives */
		{ "facts, alg-g", "alg-g", { .level = TRACE_FACTS } },
	};
	double first = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct scenario *s = crowd(b, 2000, 1, 1000, rows[i].alg);
		per_registration(b, s, &rows[i].options, 3);
		double each = per_registration(b, s, &rows[i].options, rows[i].options.parse_all ? 20 : 100);
		first = i ? first : each;
		printf("registrations, %-20s %9.0f per CPU-second  %6.2f us  x %.2f\n", rows[i].name, 1 / each,
		       each * 1e6, each / first);
	}
}

static void bench_cells(struct bench *b)
{
	const struct scenario *s = scenario_of(b, "viaport: 1\nname: cells\n"
						  "axes: {rport: [\"on\", \"off\"], router: [random-port, static-port]}\n"
						  "phones: {p: {model: generic-rport, rport: $rport, behind: home}}\n"
						  "routers: {home: {model: $router}}\n"
						  "servers: {pbx: {model: rport-aware, auth: md5}}\n"
						  "do: [{register: p}]\njudge: [{register: p}]\nexpect: any\n");
	struct play_options o = { .level = TRACE_FACTS };
	struct cell_result r;
	for (uint64_t cell = 0; cell < 5; cell++) {
		unsigned n = 50000;
		double start = cpu_seconds();
		for (unsigned i = 0; i < n; i++) {
			arena_reset(b->cell);
			play_cell(b->cell, s, cell < 4 ? cell : i % 4, &o, &r);
		}
		double each = (cpu_seconds() - start) / n;
		printf("cells, %-27s %9.0f per CPU-second  %6.2f us\n",
		       cell == 4 ? "the four in turn" : r.verdict == VERDICT_WORKS ? "one that works" : "one that fails",
		       1 / each, each * 1e6);
	}
}

/* A phone registers, is called and calls; both hear each other, and hanging up reaches the other side. */
static const struct scenario *two_calls(const struct bench *b, const char *alg)
{
	return scenario_of(b, arena_printf(b->lasting,
					   "viaport: 1\nname: calls\n"
					   "phones: {p: {model: generic-rport, behind: home}}\n"
					   "routers: {home: {model: random-port, alg: %s}}\n"
					   "servers: {pbx: {model: rport-aware, auth: md5, stored-contact: source, dialog-target: source,\n"
					   "                latch: always}}\n"
					   "do:\n"
					   "  - register: p\n"
					   "  - {id: in, call: {from: pbx, to: p}}\n"
					   "  - {id: out, call: {from: p, to: pbx}}\n"
					   "expect:\n"
					   "  - {register: p, result: works}\n"
					   "  - {incoming-call: p, result: works}\n"
					   "  - {outgoing-call: p, result: works}\n"
					   "  - {hangup: {phone: p, by: phone}, of: out, result: works}\n"
					   "  - {audio: both-ways, of: [in, out], result: works}\n",
					   alg));
}

static void bench_calls(struct bench *b)
{
	static const char *const algs[] = { "none", "alg-g" };
	const unsigned n = 20000;
	struct play_options o = { .level = TRACE_FACTS };
	struct cell_result r;
	double first = 0;
	for (size_t i = 0; i < COUNT(algs); i++) {
		const struct scenario *s = two_calls(b, algs[i]);
		double start = cpu_seconds();
		for (unsigned k = 0; k < n; k++) {
			arena_reset(b->cell);
			play_cell(b->cell, s, 0, &o, &r);
		}
		double each = (cpu_seconds() - start) / n;
		first = i ? first : each;
		assert(r.verdict == VERDICT_WORKS);
		printf("cells with two calls, %-12s %9.0f per CPU-second  %6.2f us  x %.2f\n", algs[i], 1 / each, each * 1e6,
		       each / first);
	}
}

/* --- long times and large worlds ----------------------------------------------------------------------------------- */

/* One phone that says a word every 30 s, for days. */
static void bench_day(struct bench *b)
{
	static const struct {
		const char *name;
		enum trace_level level;
		unsigned days;
	} rows[] = { { "counts", TRACE_COUNTS, 1 }, { "counts", TRACE_COUNTS, 10 }, { "facts", TRACE_FACTS, 1 } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct scenario *s = scenario_of(
			b, arena_printf(b->lasting,
					"viaport: 1\nname: days\n"
					"phones: {p: {model: generic-rport, behind: home, keepalive: {type: crlf, every: 30s}}}\n"
					"routers: {home: {model: random-port}}\n"
					"servers: {pbx: {model: rport-aware, auth: md5, stored-contact: source}}\n"
					"do: [{register: p}]\n"
					"expect: [{reachable-after: {phone: p, time: %ud}, result: works}]\n",
					rows[i].days));
		struct play_options o = { .level = rows[i].level };
		struct arena *a = arena_new();
		struct cell_result r;
		double start = cpu_seconds();
		play_cell(a, s, 0, &o, &r);
		printf("a phone with keepalives, %2u days, %-6s  %6.2f ms a day, %7zu bytes\n", rows[i].days, rows[i].name,
		       (cpu_seconds() - start) * 1e3 / rows[i].days, arena_used(a));
		assert(r.verdict == VERDICT_WORKS);
		arena_free(a);
	}
}

/* An hour of phones, a hundred behind each router: they register, refresh that, keep their mappings and call, once each. */
static const struct scenario *town(const struct bench *b, unsigned phones)
{
	return scenario_of(b, arena_printf(b->lasting,
					   "viaport: 1\nname: town\n"
					   "phones: {p: {model: generic-rport, count: %u, behind: home, register: {expires: 1200s},\n"
					   "             keepalive: {type: crlf, every: 30s}}}\n"
					   "routers: {home: {model: random-port, count: %u, udp-timeout: 60s}}\n"
					   "servers: {pbx: {model: rport-aware, auth: md5, stored-contact: source, dialog-target: source,\n"
					   "                latch: always}}\n"
					   "do:\n"
					   "  - register: {phone: p, over: 500s}\n"
					   "  - call: {from: p, to: pbx, over: 3080s}\n"
					   "expect:\n"
					   "  - {register: p, result: works}\n"
					   "  - {outgoing-call: p, result: works}\n"
					   "  - {audio: both-ways, result: works}\n",
					   phones, phones / 100));
}

static void bench_town(struct bench *b)
{
	static const unsigned sizes[] = { 1000, 100000 };
	struct play_options o = { .level = TRACE_COUNTS };
	double first = 0;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct arena *a = arena_new();
		struct cell_result r;
		const struct scenario *s = town(b, sizes[i]);
		double start = cpu_seconds();
		play_cell(a, s, 0, &o, &r);
		double spent = cpu_seconds() - start;
		assert(r.verdict == VERDICT_WORKS);
		first = i ? first : spent / sizes[i];
		printf("a town of %6u phones that call, over an hour: %5.1f s, %4.0f MiB; %4.0f us a phone  x %.2f\n", sizes[i], spent,
		       (double)arena_used(a) / (1 << 20), spent / sizes[i] * 1e6, spent / sizes[i] / first);
		arena_free(a);
	}
}

static void bench_crowd(struct bench *b)
{
	static const unsigned sizes[] = { 1000, 1000000 };
	struct play_options o = { .level = TRACE_COUNTS };
	double first = 0;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct arena *a = arena_new();
		struct cell_result r;
		const struct scenario *s = crowd(b, sizes[i], sizes[i] / 100, 3600, "none");
		double start = cpu_seconds();
		play_cell(a, s, 0, &o, &r);
		double each = (cpu_seconds() - start) / sizes[i];
		assert(r.verdict == VERDICT_WORKS);
		first = i ? first : each;
		printf("a world of %7u phones over an hour: %4.0f bytes per phone, %5.2f us per registration  x %.2f\n",
		       sizes[i], (double)arena_used(a) / sizes[i], each * 1e6, each / first);
		arena_free(a);
	}
}

/* What a world weighs in which phones register within this many seconds. */
static double weight(const struct bench *b, unsigned phones, unsigned over)
{
	struct play_options o = { .level = TRACE_COUNTS };
	struct arena *a = arena_new();
	struct cell_result r;
	play_cell(a, crowd(b, phones, phones / 100, over, "none"), 0, &o, &r);
	assert(r.verdict == VERDICT_WORKS);
	double used = (double)arena_used(a);
	arena_free(a);
	return used;
}

/* Within ten seconds both transactions of each registration still wait for Timer J; over an hour hardly any does. */
static void bench_waiting(struct bench *b)
{
	const unsigned phones = 10000;
	double extra = weight(b, phones, 10) - weight(b, phones, 3600);
	printf("a transaction that waits for Timer J: %.0f bytes\n", extra / (2 * phones));
}

static void bench_load(struct bench *b)
{
	char *text = arena_strdup(b->lasting, "viaport: 1\nname: long\nservers: {pbx: {model: rport-aware}}\nphones:\n");
	size_t len = strlen(text), room = 4u << 20;
	text = memcpy(arena_alloc_raw(b->lasting, room), text, len + 1);
	for (unsigned i = 0; i < 5000; i++)
		len += (size_t)sprintf(text + len, "  p%u:\n    model: generic-rport\n    listen-port: %u\n    rport: on\n", i,
				       5060 + i);
	sprintf(text + len, "do:\n  - register: p0\nexpect:\n  - register: p0\n    result: works\n");
	double start = cpu_seconds();
	for (int i = 0; i < 10; i++)
		scenario_of(b, text);
	printf("loading a scenario of 20,009 lines: %.1f ms\n", (cpu_seconds() - start) * 100);
}

/* --- the NAT table alone ------------------------------------------------------------------------------------------- */

#define NAT_HOSTS 32u

/* The n-th inside end has an outside host and port that nobody else has, so that it is known without being kept. */
static struct endpoint nat_inside_end(uint32_t n)
{
	return (struct endpoint){ 0x0A000000u + n % NAT_HOSTS, 2048 + n / NAT_HOSTS };
}

static struct endpoint nat_remote_end(uint32_t n)
{
	return (struct endpoint){ 0xC6336400u + n % 100, 5060 };
}

static void translate(struct nat *nat, usec now, uint32_t n)
{
	struct nat_path out, back;
	const struct fact *refused = nat_outbound(nat, now, (struct nat_path){ nat_inside_end(n), nat_remote_end(n) }, NULL, &out);
	assert(!refused);
	refused = nat_inbound(nat, now, (struct nat_path){ out.dst, out.src }, &back);
	assert(!refused && endpoint_equal(back.dst, nat_inside_end(n)));
}

static void bench_nat(struct bench *b)
{
	static const uint32_t sizes[] = { 1000, 1000000 };
	const unsigned pairs = 4000000;
	const struct nat_profile profile = {
		.port_low = 1024, .port_high = 65535, .first = 3600 * SEC, .stream = 3600 * SEC, .refresh = REFRESH_BOTH,
		.filtering = ADDRESS_AND_PORT_DEPENDENT,
	};
	uint32_t hosts[NAT_HOSTS];
	for (uint32_t i = 0; i < NAT_HOSTS; i++)
		hosts[i] = 0xCB007100u + i;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		arena_reset(b->cell);
		struct nat *nat = nat_new(b->cell, &profile, hosts, NAT_HOSTS, stream_named(1, "bench", 0, "ports"));
		double start = cpu_seconds();
		for (uint32_t n = 0; n < sizes[i]; n++)
			translate(nat, 0, n);
		double made = (cpu_seconds() - start) / sizes[i];
		start = cpu_seconds();
		for (uint64_t k = 0; k < pairs; k++)
			translate(nat, (usec)k, (uint32_t)(k * 2654435761u % sizes[i])); /* in no order */
		double each = (cpu_seconds() - start) / pairs / 2;
		printf("a NAT table of %7u flows: %5.1f million translations per CPU-second, %3.0f ns each; made in %4.0f ns; "
		       "%3.0f bytes per flow\n",
		       sizes[i], 1e-6 / each, each * 1e9, made * 1e9, (double)arena_used(b->cell) / sizes[i]);
	}
}

/* --- audio through a router ---------------------------------------------------------------------------------------- */

#define AUDIO_CALLS 500u

struct talker {
	struct node node;
	struct iface iface;
	struct media_ends ends;
};

static void talker_receive(struct node *n, struct iface *in, const struct packet *p)
{
	(void)in;
	bool heard = media_receive(&CONTAINER(n, struct talker, node)->ends, p);
	assert(heard);
}

static struct talker *talker_new(struct world *w, const char *name, struct network *net, uint32_t host)
{
	static const struct node_ops ops = { .kind = "talker", .receive = talker_receive };
	static const struct wire wire = { .delay = 5 * MSEC };
	struct talker *t = arena_alloc(w->arena, sizeof *t);
	node_init(&t->node, w, &ops, name, 0);
	t->iface = (struct iface){ .node = &t->node, .wire = &wire };
	network_attach(net, &t->iface, (struct endpoint){ host, 0 });
	return t;
}

/* Calls of one host inside with one outside, which talk back to where the audio comes from. */
static void talk(struct talker *from, struct talker *to, const struct media_profile *profile)
{
	for (uint32_t i = 0; i < AUDIO_CALLS; i++) {
		struct media_setup setup = {
			.iface = &from->iface,
			.profile = profile,
			.local = { from->iface.host, media_next_port(&from->ends, profile) },
			.talks = true,
		};
		struct endpoint rtp = { to->iface.host, setup.local.port };
		media_describe(media_open(&from->ends, &setup), rtp, (struct endpoint){ 0 }, true, true);
	}
}

static void bench_audio(struct bench *b)
{
	static const enum trace_level levels[] = { TRACE_COUNTS, TRACE_FACTS };
	static const char *const words[] = { "counts", "facts" };
	static const unsigned times[] = { 10000, 200 }; /* at facts all of it is kept */
	const uint32_t outside = 0xCB007111u;
	for (size_t i = 0; i < COUNT(levels); i++) {
		arena_reset(b->cell);
		struct world *w = world_new(b->cell, &(struct world_setup){ .seed = 1, .level = levels[i], .until = (usec)times[i] * SEC });
		sip_setup(w, false);
		struct network *internet = network_new(w, 4), *lan = network_new(w, 4);
		struct router_profile router = { 0 };
		fields_default(router_fields, b->cell, &router);
		struct wire wire = { .delay = 5 * MSEC };
		router_new(w, &(struct router_setup){ .profile = &router, .name = "home", .wan = internet, .lan = lan,
						      .outside = &outside, .n_outside = 1, .inside = 0xC0A80101u, .wire = &wire });
		struct media_profile profile = { .port = 16384, .step = 2, .every = SEC, .symmetric = true, .latch = LATCH_ALWAYS };
		struct talker *in = talker_new(w, "in", lan, 0xC0A80168u), *out = talker_new(w, "out", internet, 0xC6336402u);
		talk(in, out, &profile);
		talk(out, in, &profile);
		double start = cpu_seconds();
		world_run(w);
		double spent = cpu_seconds() - start;
		printf("audio of %u calls through a router, %-6s %9.0f datagrams sent on or heard, %5.3f us each\n", AUDIO_CALLS,
		       words[i], (double)w->trace.counts[EVENT_ARRIVED], spent / (double)w->trace.counts[EVENT_ARRIVED] * 1e6);
	}
}

/* --- pictures -------------------------------------------------------------------------------------------------- */

/** With the tables of routers below its lines. */
static void put_text_ladder(struct arena *a, const struct scenario *s, const struct cell_result *r, struct sink *out)
{
	static const struct paper paper = { .width = 80 };
	struct ladder_tables tables;
	struct ladder ladder;
	ladder_lay(a, s, &r->world->trace, &ladder);
	ladder_add_tables(a, s, r, &tables, &ladder);
	ladder_print(out, &paper, &ladder, false);
}

/** Laid out, measured and drawn by Graphviz. */
static void put_svg(struct arena *a, struct painter *painter, const struct scenario *s, const struct cell_result *r, struct sink *out)
{
	struct diagram d;
	struct page page;
	struct sink dot = { 0 };
	diagram_make(a, s, r, &d);
	bool ok = page_lay(a, painter, &d, &page);
	put_page_dot(&dot, &page);
	ok = ok && picture_draw(painter, &dot, "nop2", "svg", out);
	assert(ok);
	sink_free(&dot);
}

/** Milliseconds of a text, of the first svg, for which Graphviz looks for its fonts when it is the first of all, and of each next one. */
static void bench_ladder(struct bench *b, struct painter *painter, const char *what, const struct scenario *s)
{
	const unsigned n = 50;
	struct play_options o = { .level = TRACE_FULL, .watch = nat_watch };
	struct cell_result r;
	struct sink out = { 0 };
	double spent[3] = { 0 };
	play_cell(b->cell, s, 0, &o, &r);
	for (unsigned i = 0; i <= n; i++) {
		double start = cpu_seconds();
		sink_clear(&out);
		put_text_ladder(b->cell, s, &r, &out);
		spent[0] += cpu_seconds() - start;
		start = cpu_seconds();
		sink_clear(&out);
		put_svg(b->cell, painter, s, &r, &out);
		spent[i ? 2 : 1] += cpu_seconds() - start;
	}
	printf("ladder of %-14s text %6.3f ms, first svg %5.2f ms, each next one %5.2f ms\n", what,
	       spent[0] / (n + 1) * 1e3, spent[1] * 1e3, spent[2] / n * 1e3);
	sink_free(&out);
	arena_reset(b->cell);
}

static void bench_diagrams(struct bench *b)
{
	struct painter *painter = painter_new();
	bench_ladder(b, painter, "a registration",
		     scenario_of(b, file_read(b->lasting, "scenarios/register/seed-test-1.yaml").text));
	bench_ladder(b, painter, "two calls", two_calls(b, "alg-g"));
	painter_free(painter);
}

/** What a page does for each cell: it is signed, rendered, and joined with the others. */
static void bench_drawer(struct bench *b, const char *what, const struct scenario *s)
{
	const unsigned n = 1000;
	struct play_options o = { .level = TRACE_FULL, .watch = nat_watch };
	const struct shown shown = { .scenario = s };
	struct arena *scratch = arena_new();
	struct drawers *drawers = drawers_new();
	struct sink out = { 0 };
	struct cell_result r;
	play_cell(b->cell, s, 0, &o, &r);
	double start = cpu_seconds();
	for (unsigned i = 0; i < n; i++) {
		sink_clear(&out);
		drawer_sign(NULL, &shown, &r, scratch, &out);
		sink_clear(&out);
		drawer_render(NULL, &shown, &r, scratch, &out);
		drawers_add(drawers, &(struct drawer_cell){ .cell = i }, out.bytes, out.len, NULL, false);
		arena_reset(scratch);
	}
	printf("1,000 drawers of %-14s %6.3f s\n", what, cpu_seconds() - start);
	drawers_free(drawers);
	sink_free(&out);
	arena_free(scratch);
	arena_reset(b->cell);
}

static void bench_drawers(struct bench *b)
{
	bench_drawer(b, "a registration", scenario_of(b, file_read(b->lasting, "scenarios/register/seed-test-1.yaml").text));
	bench_drawer(b, "two calls", two_calls(b, "alg-g"));
}

static const struct {
	const char *name;
	void (*run)(struct bench *);
} benches[] = {
	{ "registrations", bench_registrations },
	{ "cells", bench_cells },
	{ "calls", bench_calls },
	{ "day", bench_day },
	{ "town", bench_town },
	{ "crowd", bench_crowd },
	{ "waiting", bench_waiting },
	{ "load", bench_load },
	{ "nat", bench_nat },
	{ "audio", bench_audio },
	{ "diagrams", bench_diagrams },
	{ "drawers", bench_drawers },
};

static bool asked(int argc, char **argv, const char *name)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc == 1;
}

int main(int argc, char **argv)
{
	struct bench b = { .lasting = arena_new(), .cell = arena_new() };
	struct complaints complaints = { .arena = b.lasting };
	struct source files[] = {
		file_read(b.lasting, SOURCE_ROOT "/models/catalogue/algs.yaml"),
		file_read(b.lasting, SOURCE_ROOT "/models/catalogue/phones.yaml"),
		file_read(b.lasting, SOURCE_ROOT "/models/catalogue/routers.yaml"),
		file_read(b.lasting, SOURCE_ROOT "/models/catalogue/servers.yaml"),
	};
	play_setup();
	if (!catalogue_load(b.lasting, files, COUNT(files), &complaints, &b.catalogue)) {
		fprintf(stderr, "bench: %s\n", complaints.first->sentence);
		return 1;
	}
	for (size_t i = 0; i < COUNT(benches); i++)
		if (asked(argc, argv, benches[i].name))
			benches[i].run(&b);
	arena_free(b.cell);
	arena_free(b.lasting);
	return 0;
}
