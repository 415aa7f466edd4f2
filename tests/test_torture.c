/*
 * The torture messages of RFC 4475 and RFC 5118 through every ALG, router, server and gateway of the catalogue: nobody falls
 * over, what is not rewritten stays as it is to the byte, and what was a message still is one after it was rewritten.
 */
#include <glob.h>
#include <string.h>

#include "models/alg_edits.h"
#include "models/sip_move.h"
#include "models/sip_scan.h"
#include "models/sip_shared.h"
#include "tests/lab.h"
#include "tests/loading.h"

#define MESSAGES 61

struct message {
	const char *name, *bytes;
	size_t len;
};

static struct arena *arena;
static struct message messages[MESSAGES];
static const struct catalogue *catalogue;

static int read_all(void **state)
{
	(void)state;
	glob_t files;
	size_t n = 0;
	arena = arena_new();
	assert_int_equal(glob(SOURCE_ROOT "/tests/data/torture*/*.dat", 0, NULL, &files), 0);
	assert_int_equal(files.gl_pathc, MESSAGES);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct message *m = &messages[n++];
		m->name = arena_strdup(arena, strrchr(files.gl_pathv[i], '/') + 1);
		m->bytes = text_of_file(arena, files.gl_pathv[i], &m->len);
	}
	globfree(&files);
	catalogue = catalogue_whole(arena);
	return 0;
}

static int forget_all(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const struct model *next_model(enum device_kind kind, uint32_t *at)
{
	while (*at < catalogue->n)
		if (catalogue->models[(*at)++]->kind == kind)
			return catalogue->models[*at - 1];
	return NULL;
}

/* --- edits ----------------------------------------------------------------------------- */

static void assert_applied(struct payload *before, struct payload *after)
{
	const struct change *c = payload_changes(after);
	uint32_t old = 0, new = 0;
	for (uint32_t i = 0; i < after->changes; i++) {
		assert_memory_equal(before->bytes + old, after->bytes + new, c[i].at - new);
		old = (uint32_t)c[i].old_at + c[i].old_len;
		new = (uint32_t)c[i].at + c[i].len;
	}
	assert_int_equal(before->len - old, after->len - new);
	assert_memory_equal(before->bytes + old, after->bytes + new, before->len - old);
}

/* One message, one flow whose inside or outside is an address that the message holds. Returns how many places changed.
 */
static uint32_t edit(struct world *w, const struct model *alg, const struct message *m, struct endpoint found, bool out)
{
	struct payload *p = payload_new(w->payloads, m->len);
	memcpy(p->bytes, m->bytes, m->len);
	struct alg_message message = {
		.profile = alg->profile,
		.flow = { found, { 0xCB007111, 23201 } },
		.text = p->bytes,
		.len = p->len,
		.view = sip_view(w, p),
	};
	if (!out)
		message.flow = (struct alg_pair){ { 0xC0A8016E, 5060 }, found };
	struct alg_places *places = alg_places_new(w->arena);
	uint32_t n = 0;
	if (message.view) {
		message.way = message.view->request ? (out ? ALG_OUT_REQUEST : ALG_IN_REQUEST)
						    : (out ? ALG_OUT_RESPONSE : ALG_IN_RESPONSE);
		n = alg_find(places, &message);
	}
	if (n) {
		struct payload *after = alg_payload(places, w->payloads, p);
		assert_applied(p, after);
		struct sip_view moved, scanned;
		if (sip_view_moved(message.view, after, &moved) && sip_scan(after->bytes, after->len, &scanned))
			assert_true(sip_view_equal(&moved, &scanned));
		if (!sip_view(w, after))
			fail_msg("%s makes of %s\n%s", alg->name, m->name, after->bytes);
		payload_unref(w->payloads, after);
	}
	payload_unref(w->payloads, p);
	return n;
}

/* Every address in the message, with the port behind it. */
static bool next_address(const struct message *m, size_t *at, struct endpoint *e)
{
	for (; *at < m->len; ++*at) {
		size_t len = strspn(m->bytes + *at, "0123456789.:");
		bool begins = *at == 0 || !strchr("0123456789.:", m->bytes[*at - 1]);
		while (begins && len > 6 && !endpoint_parse(m->bytes + *at, len, SIP_PORT, e))
			len--;
		if (begins && len > 6) {
			*at += len;
			return true;
		}
	}
	return false;
}

TEST(what_an_alg_rewrites_is_still_a_message)
{
	uint32_t changed = 0, at = 0;
	for (const struct model *alg; (alg = next_model(DEVICE_ALG, &at));) {
		struct arena *a = arena_new();
		struct world *w = world_new(a, &(struct world_setup){ 0 });
		sip_setup(w, false);
		for (size_t i = 0; i < MESSAGES; i++) {
			struct endpoint e;
			for (size_t in = 0; next_address(&messages[i], &in, &e);)
				changed += edit(w, alg, &messages[i], e, true) + edit(w, alg, &messages[i], e, false);
		}
		arena_free(a);
	}
	assert_true(changed > 200); /* or nothing was tried */
}

/* --- routers --------------------------------------------------------------------------- */

#define PEER "192.0.2.1:5060"

static void send_inside(struct lab *lab, const struct message *m)
{
	struct world *w = lab->world;
	struct packet p = { .proto = PROTO_UDP, .ttl = TTL_START, .src = { 0xC0A80168, 5060 }, .label = "forged" };
	p.dst = endpoint_of(PEER);
	p.payload = payload_new(w->payloads, m->len);
	memcpy(p.payload->bytes, m->bytes, m->len);
	net_send(network_find(lab->lan, p.src), &p);
	payload_unref(w->payloads, p.payload);
}

/* What left the router is what came in, or says where it was changed, and then both are messages. */
static void assert_faithful(struct lab *lab, const struct alg_profile *alg)
{
	struct world *w = lab->world;
	struct payload **by_id = arena_alloc(lab->arena, (w->last_id + 1) * sizeof *by_id);
	struct trace_cursor c = trace_first(&w->trace);
	for (const struct record *r; (r = trace_next(&c));) {
		if (r->event != EVENT_SENT)
			continue;
		by_id[r->id] = r->payload;
		if (strcmp(r->iface->node->ops->kind, "router") != 0 || !r->parent || !by_id[r->parent])
			continue;
		struct payload *before = by_id[r->parent];
		if (!r->payload->changes) {
			assert_ptr_equal(r->payload, before);
			continue;
		}
		assert_non_null(alg);
		assert_applied(before, r->payload);
		assert_non_null(sip_view(w, before));
		assert_non_null(sip_view(w, r->payload));
	}
}

static void through(const struct lab_setup *setup, const struct alg_profile *alg)
{
	struct lab *lab = lab_new(setup);
	for (size_t i = 0; i < MESSAGES; i++) {
		send_inside(lab, &messages[i]);
		lab_run_ms(lab, world_now(lab->world) / MSEC + 50);
	}
	const char *outside = lab_flow(lab, lab_nth(lab, "router/wan", EVENT_SENT, "forged", 1));
	outside = arena_copy(lab->arena, outside, strcspn(outside, " "));
	for (size_t i = 0; i < MESSAGES; i++) {
		lab_send_bytes(lab, PEER, outside, messages[i].bytes, messages[i].len);
		lab_run_ms(lab, world_now(lab->world) / MSEC + 50);
	}
	assert_faithful(lab, alg);
	assert_true(lab_count(lab, "probe", EVENT_ARRIVED, "forged") > 30);
	assert_true(lab_count(lab, "phone", EVENT_ARRIVED, "forged") > 30);
	lab_close(lab);
}

TEST(every_router_of_the_catalogue_passes_them_both_ways)
{
	uint32_t at = 0, n = 0;
	for (const struct model *router; (router = next_model(DEVICE_ROUTER, &at)); n++) {
		const struct model *alg = ((const struct router_profile *)router->profile)->alg;
		through(&(struct lab_setup){ .router = "", .router_model = router }, alg ? alg->profile : NULL);
	}
	assert_true(n > 30);
}

TEST(every_alg_of_the_catalogue_passes_them_both_ways)
{
	uint32_t at = 0;
	for (const struct model *alg; (alg = next_model(DEVICE_ALG, &at));)
		through(&(struct lab_setup){ .router = "ports=random", .alg = alg->name }, alg->profile);
}

/* --- servers --------------------------------------------------------------------------- */

TEST(every_server_of_the_catalogue_stands_them)
{
	uint32_t at = 0, n = 0;
	for (const struct model *server; (server = next_model(DEVICE_SERVER, &at)); n++) {
		struct lab *lab = lab_new(&(struct lab_setup){ .server_model = server });
		for (size_t i = 0; i < MESSAGES; i++) {
			lab_send_bytes(lab, PEER, "198.51.100.158:5060", messages[i].bytes, messages[i].len);
			lab_run_ms(lab, world_now(lab->world) / MSEC + 100);
		}
		assert_int_equal(lab_count(lab, "server", EVENT_ARRIVED, "forged"), MESSAGES);
		assert_true(lab_count(lab, "server", EVENT_SENT, NULL) > 10);
		/* and it still does its work */
		lab_register(lab);
		lab_run_ms(lab, world_now(lab->world) / MSEC + 1000);
		assert_true(lab_count(lab, "phone", EVENT_ARRIVED, NULL) > 0);
		lab_close(lab);
	}
	assert_true(n > 5);
}

/* --- gateways -------------------------------------------------------------------------- */

TEST(a_gateway_stands_them_on_both_of_its_sides)
{
	static const char *const sides[] = { "192.168.1.2:5060", "192.168.1.2:5080" };
	for (size_t side = 0; side < COUNT(sides); side++) {
		struct lab *lab = lab_new(&(struct lab_setup){ .gateway = "" });
		for (size_t i = 0; i < MESSAGES; i++) {
			lab_send_bytes(lab, PEER, sides[side], messages[i].bytes, messages[i].len);
			lab_run_ms(lab, world_now(lab->world) / MSEC + 100);
		}
		assert_int_equal(lab_count(lab, "gateway", EVENT_ARRIVED, "forged"), MESSAGES);
		assert_true(lab_count(lab, "gateway", EVENT_SENT, NULL) > 5);
		/* and it still does its work */
		lab_register(lab);
		lab_run_ms(lab, world_now(lab->world) / MSEC + 1000);
		assert_true(lab_count(lab, "phone", EVENT_ARRIVED, "200") > 0);
		lab_close(lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_alg_rewrites_is_still_a_message),
		cmocka_unit_test(every_router_of_the_catalogue_passes_them_both_ways),
		cmocka_unit_test(every_alg_of_the_catalogue_passes_them_both_ways),
		cmocka_unit_test(every_server_of_the_catalogue_stands_them),
		cmocka_unit_test(a_gateway_stands_them_on_both_of_its_sides),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, read_all, forget_all);
}
