#include "tests/lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/loading.h"

#define SERVER_AT "198.51.100.158:5060"
#define ROUTER_HOST 0xCB007111u /* 203.0.113.17 */
#define LAN_AT	  "192.168.1.1"
#define CARRIER_LAN_AT "100.64.0.1" /* the router is the next one */
#define GATEWAY_AT "192.168.1.2:5060"

static const struct wire lan_wire = { .delay = 1 * MSEC };
static const struct wire wan_wire = { .delay = 20 * MSEC };

/* --- knobs ----------------------------------------------------------------------------- */

static const struct field *knob_find(const struct field *fields, const char *key, size_t len)
{
	const char *dot = memchr(key, '.', len);
	const struct field *f = field_find(fields, key, dot ? (size_t)(dot - key) : len);
	if (!f || !dot)
		return f;
	return knob_find(f->members, dot + 1, len - (size_t)(dot + 1 - key));
}

static void knob_read_list(const struct field *f, struct arena *a, const char *text, size_t len,
			   struct list *list)
{
	size_t size = field_item_size(f);
	char *items = arena_alloc(a, (len + 1) * size);
	*list = (struct list){ .items = items };
	for (size_t n; len; text += n, len -= n) {
		const char *plus = memchr(text, '+', len);
		n = plus ? (size_t)(plus - text) : len;
		assert_true(field_read(f, a, text, n, items + size * list->n++));
		n += plus != NULL;
	}
}

static void knob_read(const struct field *fields, struct arena *a, const char *knob, size_t len,
		      void *profile)
{
	const char *equals = memchr(knob, '=', len);
	assert_non_null(equals);
	const struct field *f = knob_find(fields, knob, (size_t)(equals - knob));
	if (!f)
		fail_msg("no such knob: %.*s", (int)len, knob);
	size_t value = len - (size_t)(equals + 1 - knob);
	void *member = (char *)profile + f->at;
	if (field_is_list(f))
		knob_read_list(f, a, equals + 1, value, member);
	else if (!field_read(f, a, equals + 1, value, member))
		fail_msg("%.*s wants %s", (int)len, knob, field_wants(f, a));
}

static void knobs_apply(const struct field *fields, struct arena *a, const char *knobs, void *profile)
{
	for (const char *at = knobs ? knobs : ""; *at;) {
		size_t len = strcspn(at, " ");
		if (len)
			knob_read(fields, a, at, len, profile);
		at += len + (at[len] == ' ');
	}
}

void knobs_read(const struct field *fields, struct arena *a, const char *knobs, void *profile)
{
	fields_default(fields, a, profile);
	knobs_apply(fields, a, knobs, profile);
}

struct endpoint endpoint_of(const char *text)
{
	struct endpoint e;
	assert_true(endpoint_parse(text, strlen(text), 0, &e));
	return e;
}

/* --- building -------------------------------------------------------------------------- */

static struct phone_profile *phone_profile_of(struct lab *lab, const char *knobs)
{
	struct phone_profile *profile = arena_alloc(lab->arena, sizeof *profile);
	knobs_read(phone_fields, lab->arena, knobs, profile);
	return profile;
}

static struct phone *phone_build(struct lab *lab, const char *name, struct endpoint at,
				 const struct phone_profile *profile)
{
	struct phone_group *group = arena_alloc(lab->arena, sizeof *group);
	*group = (struct phone_group){
		.profile = profile,
		.name = name,
		.user = profile->user ? profile->user : "100",
		.domain = profile->domain ? profile->domain : lab->setup.server_domain,
		.server = endpoint_of(lab->setup.phone_asks),
		.wire = lab->router ? lab->setup.lan : lab->setup.wan,
		.pins = lab->setup.phone_pins,
	};
	group->user_number = phone_user_number(group->user);
	if (!at.port)
		at.port = profile->listen_port;
	return phone_new(lab->world, group, 0, lab->router ? lab->lan : lab->internet, at);
}

const struct model *lab_alg(struct arena *a, const char *text)
{
	size_t len = strcspn(text, " ");
	bool named = !memchr(text, '=', len);
	struct alg_profile *profile = arena_alloc(a, sizeof *profile);
	struct model *model = arena_alloc(a, sizeof *model);
	if (named)
		*profile = *(const struct alg_profile *)catalogue_model(a, DEVICE_ALG, arena_copy(a, text, len))->profile;
	else
		fields_default(alg_fields, a, profile);
	knobs_apply(alg_fields, a, named ? text + len : text, profile);
	*model = (struct model){ .name = "alg", .kind = DEVICE_ALG, .profile = profile };
	return model;
}

/* A router of the lab, with its place between two networks. */
struct router_place {
	const char *name, *knobs, *alg;
	const struct model *model; /* NULL: knobs */
	struct network *wan, *lan;
	uint32_t outside, inside;
};

static struct router *router_build(struct lab *lab, const struct router_place *place)
{
	struct router_profile *profile = arena_alloc(lab->arena, sizeof *profile);
	uint32_t *usual = arena_alloc(lab->arena, sizeof *usual);
	*usual = place->outside;
	knobs_read(router_fields, lab->arena, place->knobs, profile);
	if (place->model)
		*profile = *(const struct router_profile *)place->model->profile;
	if (place->alg)
		profile->alg = lab_alg(lab->arena, place->alg);
	bool given = profile->outside.n;
	struct router_setup setup = {
		.profile = profile,
		.name = place->name,
		.wan = place->wan,
		.lan = place->lan,
		.outside = given ? profile->outside.items : usual,
		.n_outside = given ? profile->outside.n : 1,
		.inside = place->inside,
		.wire = lab->setup.wan,
	};
	return router_new(lab->world, &setup);
}

static void routers_build(struct lab *lab)
{
	const struct lab_setup *s = &lab->setup;
	struct router_place home = { "router", s->router, s->alg, s->router_model, lab->internet, lab->lan, ROUTER_HOST, endpoint_of(LAN_AT).host };
	if (s->carrier) {
		home.wan = network_new(lab->world, 2);
		home.outside = endpoint_of(CARRIER_LAN_AT).host + 1;
		router_build(lab, &(struct router_place){ "carrier", s->carrier, s->carrier_alg, NULL, lab->internet, home.wan,
						   ROUTER_HOST, endpoint_of(CARRIER_LAN_AT).host });
	}
	lab->router = router_build(lab, &home);
}

static struct server *server_build(struct lab *lab)
{
	struct server_profile *profile = arena_alloc(lab->arena, sizeof *profile);
	knobs_read(server_fields, lab->arena, lab->setup.server, profile);
	if (lab->setup.server_model)
		*profile = *(const struct server_profile *)lab->setup.server_model->profile;
	lab->server_profile = profile;
	struct server_setup setup = {
		.profile = profile,
		.name = "server",
		.network = lab->internet,
		.address = endpoint_of(lab->setup.server_at),
		.domain = lab->setup.server_domain,
		.pins = lab->setup.server_pins,
	};
	return server_new(lab->world, &setup);
}

static struct gateway *gateway_build(struct lab *lab)
{
	struct gateway_profile *profile = arena_alloc(lab->arena, sizeof *profile);
	knobs_read(gateway_fields, lab->arena, lab->setup.gateway, profile);
	lab->gateway_profile = profile;
	struct gateway_setup setup = {
		.profile = profile,
		.name = "gateway",
		.network = lab->router ? lab->lan : lab->internet,
		.address = endpoint_of(GATEWAY_AT),
		.server = endpoint_of(lab->setup.server_at),
		.domain = lab->setup.server_domain,
		.pins = lab->setup.gateway_pins,
	};
	return gateway_new(lab->world, &setup);
}

/* The probe only looks on: what reaches it is in the trace. */
static void probe_receive(struct node *n, struct iface *in, const struct packet *p)
{
	(void)n, (void)in, (void)p;
}

static void probe_build(struct lab *lab)
{
	static const struct node_ops ops = { .kind = "probe", .receive = probe_receive };
	node_init(&lab->probe, lab->world, &ops, "probe", 0);
	lab->probe_iface = (struct iface){ .node = &lab->probe };
	network_attach(lab->internet, &lab->probe_iface, endpoint_of("192.0.2.1"));
}

static struct lab_setup with_defaults(const struct lab_setup *setup)
{
	struct lab_setup s = *setup;
	if (!s.phone_at)
		s.phone_at = s.router ? "192.168.1.104" : "192.0.2.104";
	if (!s.server_at)
		s.server_at = SERVER_AT;
	if (!s.phone_asks)
		s.phone_asks = s.gateway ? GATEWAY_AT : s.server_at;
	if (!s.server_domain)
		s.server_domain = "lab.example";
	if (!s.lan)
		s.lan = &lan_wire;
	if (!s.wan)
		s.wan = &wan_wire;
	return s;
}

struct lab *lab_new(const struct lab_setup *setup)
{
	struct arena *a = arena_new();
	struct lab *lab = arena_alloc(a, sizeof *lab);
	lab->setup = with_defaults(setup);
	lab->arena = a;
	/* 2013-05-10 16:00:52 UTC, so that a Date can be compared */
	lab->world = world_new(
		a,
		&(struct world_setup){ .seed = setup->seed, .level = TRACE_FULL, .wall_clock = 1368201652 });
	sip_setup(lab->world, true);
	lab->internet = network_new(lab->world, 4);
	lab->lan = network_new(lab->world, 4);
	if (setup->router)
		routers_build(lab);
	lab->phone_profile = phone_profile_of(lab, setup->phone);
	lab->phone = phone_build(lab, "phone", endpoint_of(lab->setup.phone_at), lab->phone_profile);
	lab->server = server_build(lab);
	if (setup->gateway)
		lab->gateway = gateway_build(lab);
	probe_build(lab);
	world_start(lab->world);
	return lab;
}

struct lab *lab_with(const char *phone, const char *router, const char *server)
{
	return lab_new(&(struct lab_setup){ .phone = phone, .router = router, .server = server });
}

void lab_close(struct lab *lab)
{
	arena_free(lab->arena);
}

struct phone *lab_add_phone(struct lab *lab, const char *name, const char *address, const char *knobs)
{
	return phone_build(lab, name, endpoint_of(address), phone_profile_of(lab, knobs));
}

/* --- running --------------------------------------------------------------------------- */

static void clock_fire(struct timer *t)
{
	(void)t;
}

/* The clock's own timer fires last of all that is due, and so leaves the clock at the time that was asked
 * for. */
void lab_run_ms(struct lab *lab, int64_t ms)
{
	struct world *w = lab->world;
	assert_true(ms * MSEC >= world_now(w));
	w->setup.until = ms * MSEC;
	while (world_step(w))
		;
	assert_true(w->end == WORLD_UNTIL || w->end == WORLD_QUIET);
	w->end = WORLD_RUNNING;
	lab->clock.fire = clock_fire;
	timer_arm(&w->wheel, &lab->clock, ms * MSEC);
	world_step(w);
}

uint32_t lab_register(struct lab *lab)
{
	uint32_t story = world_story(lab->world);
	phone_register(lab->phone, story);
	return story;
}

uint32_t lab_unregister(struct lab *lab)
{
	uint32_t story = world_story(lab->world);
	phone_unregister(lab->phone, story);
	return story;
}

static void send_forged(struct iface *from, const char *src, const char *dst, const char *bytes, size_t len)
{
	struct payload_pools *pools = from->node->world->payloads;
	struct packet p = {
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = endpoint_of(src),
		.dst = endpoint_of(dst),
		.label = "forged",
		.payload = payload_new(pools, len),
	};
	memcpy(p.payload->bytes, bytes, len);
	net_send(from, &p);
	payload_unref(pools, p.payload);
}

void lab_send_bytes(struct lab *lab, const char *src, const char *dst, const char *bytes, size_t len)
{
	send_forged(&lab->probe_iface, src, dst, bytes, len);
}

const char *lab_crlf(const struct lab *lab, const char *text)
{
	char *bytes = arena_alloc(lab->arena, 2 * strlen(text) + 1), *to = bytes;
	for (; *text; *to++ = *text++)
		if (*text == '\n')
			*to++ = '\r';
	return bytes;
}

void lab_send(struct lab *lab, const char *src, const char *dst, const char *text)
{
	const char *bytes = lab_crlf(lab, text);
	lab_send_bytes(lab, src, dst, bytes, strlen(bytes));
}

void lab_send_inside(struct lab *lab, const char *src, const char *dst, const char *text)
{
	const char *bytes = lab_crlf(lab, text);
	send_forged(network_find(lab->lan, endpoint_of(src)), src, dst, bytes, strlen(bytes));
}

struct payload *lab_payload(struct lab *lab, const char *text)
{
	const char *bytes = lab_crlf(lab, text);
	struct payload *p = payload_new(lab->world->payloads, strlen(bytes));
	memcpy(p->bytes, bytes, p->len);
	return p;
}

/* --- the logbook ----------------------------------------------------------------------- */

static bool is_at(const struct record *r, const char *where)
{
	char name[64];
	return !where || !strcmp(iface_name(r->iface, name, sizeof name), where);
}

static bool is_called(const struct record *r, const char *label)
{
	return !label || (r->label && !strcmp(r->label, label));
}

/* The n-th record of its kind; NULL when there are fewer, and then *found says how many. */
static const struct record *seek(const struct lab *lab, const char *where, enum event event,
				 const char *label, int n, int *found)
{
	struct trace_cursor c = trace_first(&lab->world->trace);
	*found = 0;
	for (const struct record *r; (r = trace_next(&c));)
		if (r->event == event && is_at(r, where) && is_called(r, label) && ++*found == n)
			return r;
	return NULL;
}

const struct record *lab_nth(const struct lab *lab, const char *where, enum event event, const char *label,
			     int n)
{
	int found;
	const struct record *r = seek(lab, where, event, label, n, &found);
	if (!r)
		lab_fail(lab, "%s: wanted the number %d of %s, there are %d", where, n,
			 label ? label : "those", found);
	return r;
}

int lab_count(const struct lab *lab, const char *where, enum event event, const char *label)
{
	int found;
	seek(lab, where, event, label, 0, &found);
	return found;
}

const char *lab_text(const struct record *r)
{
	assert_non_null(r->payload);
	return r->payload->bytes;
}

const char *lab_header(const struct lab *lab, const struct record *r, const char *name)
{
	struct header_line h;
	const char *line = strchr(lab_text(r), '\n');
	assert_non_null(line);
	uint32_t at = (uint32_t)(line + 1 - lab_text(r));
	while (siptext_header(lab_text(r), r->payload->len, &at, &h))
		if (siptext_named(lab_text(r), h.name, name, 0))
			return arena_copy(lab->arena, lab_text(r) + h.value.at, h.value.len);
	return NULL;
}

const char *lab_flow(const struct lab *lab, const struct record *r)
{
	char src[ENDPOINT_TEXT_MAX], dst[ENDPOINT_TEXT_MAX];
	endpoint_print(r->src, src);
	endpoint_print(r->dst, dst);
	return arena_printf(lab->arena, "%s > %s", src, dst);
}

/* A copy of a message with a few bytes changed, or cut off; every other one is in a transaction of its own. */
static struct payload *damaged(struct world *w, struct stream chance, uint64_t n, const struct record *r)
{
	char *text = arena_copy(w->arena, lab_text(r), r->payload->len);
	size_t len = r->payload->len;
	if (n & 1)
		memcpy(strstr(text, BRANCH_COOKIE) + BRANCH_COOKIE_LEN, "new", 3);
	for (uint64_t i = 0; i < 1 + n % 3; i++)
		text[stream_below(chance, 8 * n + i, len)] = (char)(" \r\n:;<>=09aZ\xff"[stream_below(chance, 8 * n + 3 + i, 14)]);
	if (n % 5 == 0)
		len = stream_below(chance, 8 * n + 7, len) + 1;
	struct payload *p = payload_new(w->payloads, len);
	memcpy(p->bytes, text, len);
	return p;
}

void lab_send_damaged(struct lab *lab, uint64_t n)
{
	struct world *w = lab->world;
	struct trace_cursor c = trace_first(&w->trace);
	uint64_t all = w->trace.kept;
	for (const struct record *r; all && (r = trace_next(&c)); all--) {
		struct packet p = { .story = r->story, .proto = PROTO_UDP, .ttl = TTL_START, .src = r->src, .dst = r->dst, .label = r->label };
		if (r->event != EVENT_SENT || !strstr(lab_text(r), BRANCH_COOKIE))
			continue;
		p.payload = damaged(w, stream_named(n, "damage", 0, "bytes"), r->id + 100 * n, r);
		net_send(&lab->probe_iface, &p);
		payload_unref(w->payloads, p.payload);
	}
}

/* All headers of that name, a line each. */
static const char *copy_headers(const struct lab *lab, const struct record *r, const char *name)
{
	const char *text = lab_text(r), *copy = "";
	uint32_t at = (uint32_t)(strchr(text, '\n') + 1 - text);
	struct header_line h;
	while (siptext_header(text, r->payload->len, &at, &h))
		if (siptext_named(text, h.name, name, 0))
			copy = arena_printf(lab->arena, "%s%s: %.*s\n", copy, name, h.value.len, text + h.value.at);
	return copy;
}

const char *lab_response(const struct lab *lab, const struct record *request, const char *status,
			 const char *more)
{
	static const char *const copied[] = { "Via", "From", "To", "Call-ID", "CSeq" };
	const char *text = arena_printf(lab->arena, "SIP/2.0 %s\n", status);
	for (size_t i = 0; i < COUNT(copied); i++)
		text = arena_printf(lab->arena, "%s%s", text, copy_headers(lab, request, copied[i]));
	return arena_printf(lab->arena, "%s%sContent-Length: 0\n\n", text, more);
}

static const char *seconds(const struct lab *lab, usec at)
{
	if (at % MSEC)
		return arena_printf(lab->arena, "%lld.%06lld", (long long)(at / SEC), (long long)(at % SEC));
	return arena_printf(lab->arena, "%lld.%03lld", (long long)(at / SEC), (long long)(at % SEC / MSEC));
}

static const char *what(const struct lab *lab, const struct record *r)
{
	static const char *const events[EVENTS] = { "sent", "arrived", "dropped", "note" };
	char sentence[256];
	record_sentence(r, sentence, sizeof sentence);
	if (r->event == EVENT_NOTE)
		return arena_printf(lab->arena, "note: %s", sentence);
	if (r->event == EVENT_DROPPED)
		return arena_printf(lab->arena, "dropped %s: %s", r->label, sentence);
	return arena_printf(lab->arena, "%s %s", events[r->event], r->label);
}

static const char *line_of(const struct lab *lab, const struct record *r, bool named)
{
	char name[64];
	if (!named)
		return arena_printf(lab->arena, "%s %s\n", seconds(lab, r->at), what(lab, r));
	iface_name(r->iface, name, sizeof name);
	return arena_printf(lab->arena, "%s %s %s\n", seconds(lab, r->at), name, what(lab, r));
}

const char *lab_log(const struct lab *lab, const char *where)
{
	const char *log = "";
	struct trace_cursor c = trace_first(&lab->world->trace);
	for (const struct record *r; (r = trace_next(&c));)
		if (is_at(r, where))
			log = arena_printf(lab->arena, "%s%s", log, line_of(lab, r, !where));
	return log;
}

void lab_fail(const struct lab *lab, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const char *text = arena_vprintf(lab->arena, format, args);
	va_end(args);
	print_error("%s\n", lab_log(lab, NULL));
	fail_msg("%s", text);
	abort();
}

void assert_log(const struct lab *lab, const char *where, const char *expected)
{
	const char *log = lab_log(lab, where);
	if (strcmp(log, expected) != 0)
		lab_fail(lab, "the log of %s is\n%s\nand not\n%s", where ? where : "all", log, expected);
}

void assert_sent(const struct lab *lab, const char *where, const char *label, const char *times)
{
	const char *all = "";
	struct trace_cursor c = trace_first(&lab->world->trace);
	for (const struct record *r; (r = trace_next(&c));)
		if (r->event == EVENT_SENT && is_at(r, where) && is_called(r, label))
			all = arena_printf(lab->arena, "%s%s%s", all, *all ? " " : "", seconds(lab, r->at));
	if (strcmp(all, times) != 0)
		lab_fail(lab, "%s sent %s at %s and not at %s", where, label ? label : "anything", all,
			 times);
}

static const struct record *last_of(const struct lab *lab, const char *where, enum event event)
{
	int n = lab_count(lab, where, event, NULL);
	return lab_nth(lab, where, event, NULL, n ? n : 1);
}

static void assert_says(const struct lab *lab, const struct record *r, const char *sentence)
{
	char said[256];
	record_sentence(r, said, sizeof said);
	if (strcmp(said, sentence) != 0)
		lab_fail(lab, "\"%s\" and not \"%s\"", said, sentence);
}

void assert_dropped(const struct lab *lab, const char *where, const char *sentence)
{
	assert_says(lab, last_of(lab, where, EVENT_DROPPED), sentence);
}

void assert_noted(const struct lab *lab, const char *where, const char *sentence, int64_t ms)
{
	const struct record *r = last_of(lab, where, EVENT_NOTE);
	assert_says(lab, r, sentence);
	if (r->at != ms * MSEC)
		lab_fail(lab, "\"%s\" at %s", sentence, seconds(lab, r->at));
}

char *file_read(struct arena *a, const char *name, size_t *len)
{
	FILE *f = fopen(arena_printf(a, "%s/%s", TEST_DIR, name), "rb");
	if (!f)
		fail_msg("cannot read tests/%s", name);
	fseek(f, 0, SEEK_END);
	size_t size = (size_t)ftell(f);
	rewind(f);
	char *text = arena_alloc(a, size + 1);
	assert_int_equal(fread(text, 1, size, f), size);
	fclose(f);
	if (len)
		*len = size;
	return text;
}
