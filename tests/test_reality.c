/*
 * REGISTER against what was measured with Linux 6.18 and Kamailio 5.6.3: tests/data/reality/register.json,
 * one cell per line. The devices are those of scenarios/reality/register.yaml.
 *
 * Compared is all that was written down of the first REGISTER and its answer on every leg of their way, what
 * the 200 says of the binding, whether the phone was registered in the end, and who else gets in through the
 * mapping:
 *
 *	phone --via, contact--> router --at_server--> server
 *	phone <--answer_at_phone-- router <--answer-- server        other port, other address --OPTIONS-->
 * router
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "models/sip.h"
#include "models/siptext.h"
#include "scenarios/lab.h"
#include "tests/loading.h"

#define TEST(sentence) static void sentence(void **state __attribute__((unused)))

enum fact_of_cell {
	REGISTERED,
	LEFT_PHONE,
	VIA,
	CONTACT,
	AT_SERVER,
	VIA_AT_SERVER,
	CONTACT_AT_SERVER,
	ANSWER,
	ANSWER_START,
	ANSWER_VIA,
	ANSWER_AT_PHONE,
	ANSWER_VIA_AT_PHONE,
	BOUND,
	BOUND_AT_PHONE,
	OTHER_PORT,
	OTHER_ADDRESS,
	FACTS
};

/** What the file calls them. */
static const char *const fact_keys[FACTS] = {
	[REGISTERED] = "registered",
	[LEFT_PHONE] = "left_phone",
	[VIA] = "via",
	[CONTACT] = "contact",
	[AT_SERVER] = "at_server",
	[VIA_AT_SERVER] = "via_at_server",
	[CONTACT_AT_SERVER] = "contact_at_server",
	[ANSWER] = "answer",
	[ANSWER_START] = "answer_start",
	[ANSWER_VIA] = "answer_via",
	[ANSWER_AT_PHONE] = "answer_at_phone",
	[ANSWER_VIA_AT_PHONE] = "answer_via_at_phone",
	[BOUND] = "bound",
	[BOUND_AT_PHONE] = "bound_at_phone",
	[OTHER_PORT] = "reached_from_other_port",
	[OTHER_ADDRESS] = "reached_from_other_address",
};

/** Texts by enum fact_of_cell; "null" for what there was not. */
struct facts {
	const char *texts[FACTS];
};

/* --- the measurement ------------------------------------------------------------------- */

/* The value of a key in a line of the file: a text, or true, false or null. */
static const char *value_of(struct arena *a, const char *line, const char *key)
{
	const char *at = strstr(line, arena_printf(a, "\"%s\": ", key));
	if (!at)
		fail_msg("no %s in %s", key, line);
	at += strlen(key) + 4;
	if (*at++ != '"')
		return arena_copy(a, at - 1, strcspn(at, ",}") + 1);
	char *text = arena_copy(a, at, strlen(at)), *end = text;
	for (; *at != '"'; at++)
		*end++ = *at == '\\' ? *++at : *at;
	*end = '\0';
	return text;
}

/* The measured one of two phones was 192.168.1.105 and user 101; in the scenario it is always the same. */
static const char *as_played(struct arena *a, const char *text)
{
	char *out = arena_strdup(a, text), *at;
	while ((at = strstr(out, "192.168.1.105")))
		at[strlen("192.168.1.10")] = '4';
	while ((at = strstr(out, "sip:101@")))
		at[strlen("sip:10")] = '0';
	return out;
}

static struct facts measured(struct arena *a, const char *line)
{
	struct facts f;
	for (int i = 0; i < FACTS; i++)
		f.texts[i] = as_played(a, value_of(a, line, fact_keys[i]));
	return f;
}

/* --- one cell, played ------------------------------------------------------------------ */

struct replay {
	struct lab lab;
	struct world *world;
	struct node stranger; /* sends from whatever address it likes */
	struct iface stranger_iface;
	uint32_t story; /* of the registration that counts */
};

static void stranger_receive(struct node *n, struct iface *in, const struct packet *p)
{
	(void)n, (void)in, (void)p;
}

static void stranger_attach(struct replay *r)
{
	static const struct node_ops ops = { .kind = "stranger", .receive = stranger_receive };
	node_init(&r->stranger, r->world, &ops, "stranger", 0);
	r->stranger_iface = (struct iface){ .node = &r->stranger };
	network_attach(r->lab.internet, &r->stranger_iface, (struct endpoint){ 0xC0000201, 5060 });
}

/* The value that the axis has in "p1-r3-s1+flush": the parts in order of the axes. */
static uint32_t value_in(const char *cell, const struct axis *axis)
{
	bool variant = strcmp(axis->name, "variant") == 0;
	const char *plus = strchr(cell, '+'), *name = variant ? plus ? plus + 1 : "none" : cell;
	for (uint32_t v = 0; v < axis->n; v++) {
		size_t length = strlen(axis->values[v]);
		for (const char *at = name; at; at = variant ? NULL : strchr(at, '-'), at += at != NULL)
			if (strncmp(at, axis->values[v], length) == 0 && strchr("-+", at[length]))
				return v;
	}
	fail_msg("%s: no value of the axis '%s'", cell, axis->name);
	return 0;
}

static struct replay *replay_new(struct arena *a, const struct scenario *s, const char *cell)
{
	struct replay *r = arena_alloc(a, sizeof *r);
	uint32_t *choice = arena_alloc(a, s->n_axes * sizeof *choice);
	for (uint32_t i = 0; i < s->n_axes; i++)
		choice[i] = value_in(cell, &s->axes[i]);
	r->world = world_new(a, &(struct world_setup){ .seed = s->seed, .level = TRACE_FULL });
	sip_setup(r->world, true);
	lab_build(&r->lab, r->world, s, choice);
	assert_null(r->lab.trouble);
	stranger_attach(r);
	world_start(r->world);
	return r;
}

static void run_for(struct replay *r, usec time)
{
	struct world *w = r->world;
	w->setup.until = world_now(w) + time;
	while (world_step(w))
		;
	assert_int_equal(w->end, WORLD_UNTIL);
	w->end = WORLD_RUNNING;
}

/* The registrations of the scenario up to that of "phone", a second apart. */
static void replay_registrations(struct replay *r)
{
	const struct scenario *s = r->lab.scenario;
	for (uint32_t i = 0; i < s->n_steps; i++) {
		const struct step *step = &s->steps[i];
		if (step->kind != STEP_REGISTER || !when_holds(step->when, s, r->lab.choice))
			continue;
		const struct lab_group *g = &r->lab.groups[step->subjects[0]];
		r->story = world_story(r->world);
		phone_register(g->phones[0], r->story);
		run_for(r, SEC);
		if (strcmp(g->spec->name, "phone") == 0)
			return;
	}
	fail_msg("the scenario does not register 'phone'");
}

/* --- what happened --------------------------------------------------------------------- */

/* What is asked of a record; what is NULL or 0 does not matter. */
struct wanted {
	const char *where, *label;
	uint32_t id, parent, story;
	const struct fact *fact;
	struct endpoint src, dst;
};

static bool is_wanted(const struct record *r, const struct wanted *w)
{
	char name[64];
	return (!w->where || strcmp(iface_name(r->iface, name, sizeof name), w->where) == 0) &&
	       (!w->label || (r->label && strcmp(r->label, w->label) == 0)) && (!w->id || r->id == w->id) &&
	       (!w->parent || r->parent == w->parent) && (!w->story || r->story == w->story) &&
	       (!w->fact || r->fact == w->fact) && (!w->src.host || endpoint_equal(r->src, w->src)) &&
	       (!w->dst.host || endpoint_equal(r->dst, w->dst));
}

/* The first such record, or the last one; NULL when there is none. */
static const struct record *seek(const struct replay *r, enum event event, bool last, struct wanted w)
{
	struct trace_cursor c = trace_first(&r->world->trace);
	const struct record *found = NULL;
	for (const struct record *at; (last || !found) && (at = trace_next(&c));)
		if (at->event == event && is_wanted(at, &w))
			found = at;
	return found;
}

static const struct record *first(const struct replay *r, enum event event, struct wanted w)
{
	return seek(r, event, false, w);
}

/* What the router made of a message for the phone's host; NULL when the host never got it. */
static const struct record *handed_on(const struct replay *r, const struct record *message, uint32_t host)
{
	const struct record *inside =
		first(r, EVENT_SENT, (struct wanted){ .where = "home/lan", .parent = message->id });
	return inside && inside->dst.host == host ? inside : NULL;
}

static const char *header(struct arena *a, const struct record *r, const char *name)
{
	struct header_line h;
	const char *text = r ? r->payload->bytes : "\n";
	uint32_t at = (uint32_t)strcspn(text, "\n") + 1;
	while (r && siptext_header(text, r->payload->len, &at, &h))
		if (siptext_named(text, h.name, name, 0))
			return arena_copy(a, text + h.value.at, h.value.len);
	return "null";
}

static const char *flow(struct arena *a, const struct record *r)
{
	char src[ENDPOINT_TEXT_MAX], dst[ENDPOINT_TEXT_MAX];
	if (!r)
		return "null";
	endpoint_print(r->src, src);
	endpoint_print(r->dst, dst);
	return arena_printf(a, "%s > %s", src, dst);
}

/* --- who else gets in ------------------------------------------------------------------ */

/* OPTIONS from somebody to where the last REGISTER came from. */
static void strange_options(struct arena *a, struct replay *r, struct endpoint from)
{
	const struct record *request =
		seek(r, EVENT_ARRIVED, true, (struct wanted){ .where = "pbx", .label = "REGISTER" });
	char source[ENDPOINT_TEXT_MAX], at[ENDPOINT_TEXT_MAX];
	endpoint_print(request->src, at);
	endpoint_print(from, source);
	const char *text =
		arena_printf(a,
			     "OPTIONS sip:100@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKprobe%u\r\n"
			     "From: <sip:probe@%s>;tag=1\r\nTo: <sip:100@%s>\r\nCall-ID: probe@%s\r\n"
			     "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
			     at, source, from.port, source, at, source);
	struct packet p = {
		.proto = PROTO_UDP,
		.ttl = TTL_START,
		.src = from,
		.dst = request->src,
		.label = "OPTIONS",
		.payload = payload_new(r->world->payloads, strlen(text)),
	};
	memcpy(p.payload->bytes, text, strlen(text));
	net_send(&r->stranger_iface, &p);
	payload_unref(r->world->payloads, p.payload);
}

/* Did the phone answer, from where it was asked? */
static const char *was_reached(const struct replay *r, struct endpoint from)
{
	const struct record *asked =
		first(r, EVENT_SENT, (struct wanted){ .where = "stranger", .src = from });
	struct wanted answer = { .where = "home/wan", .label = "200", .src = asked->dst, .dst = from };
	return first(r, EVENT_SENT, answer) ? "true" : "false";
}

static struct facts simulated(struct arena *a, const struct scenario *s, const char *cell)
{
	static const struct endpoint other_port = { 0xC633649E, 5080 }, other_address = { 0xCB0071C8, 5060 };
	struct replay *r = replay_new(a, s, cell);
	replay_registrations(r);
	strange_options(a, r, other_port);
	strange_options(a, r, other_address);
	run_for(r, 7 * SEC); /* 8 s from the REGISTER on, as long as was waited for in the measurement */

	const struct record *left =
		first(r, EVENT_SENT, (struct wanted){ .where = "phone", .label = "REGISTER" });
	const struct record *outside =
		first(r, EVENT_SENT, (struct wanted){ .where = "home/wan", .parent = left->id });
	const struct record *arrived =
		first(r, EVENT_ARRIVED, (struct wanted){ .where = "pbx", .id = outside->id });
	const struct record *answer =
		first(r, EVENT_SENT, (struct wanted){ .where = "pbx", .parent = arrived->id });
	const struct record *inside = handed_on(r, answer, left->src.host);
	const struct record *bound =
		first(r, EVENT_SENT, (struct wanted){ .where = "pbx", .label = "200", .story = r->story });
	const struct record *told =
		bound ? first(r, EVENT_SENT, (struct wanted){ .where = "home/lan", .parent = bound->id })
		      : NULL;
	const struct record *registered =
		first(r, EVENT_NOTE, (struct wanted){ .story = r->story, .fact = &fact_registered });
	return (struct facts){ {
		[REGISTERED] = registered ? "true" : "false",
		[LEFT_PHONE] = flow(a, left),
		[VIA] = header(a, left, "Via"),
		[CONTACT] = header(a, left, "Contact"),
		[AT_SERVER] = flow(a, arrived),
		[VIA_AT_SERVER] = header(a, arrived, "Via"),
		[CONTACT_AT_SERVER] = header(a, arrived, "Contact"),
		[ANSWER] = flow(a, answer),
		[ANSWER_START] = arena_copy(a, answer->payload->bytes, strcspn(answer->payload->bytes, "\r")),
		[ANSWER_VIA] = header(a, answer, "Via"),
		[ANSWER_AT_PHONE] = flow(a, inside),
		[ANSWER_VIA_AT_PHONE] = header(a, inside, "Via"),
		[BOUND] = header(a, bound, "Contact"),
		[BOUND_AT_PHONE] = header(a, told, "Contact"),
		[OTHER_PORT] = was_reached(r, other_port),
		[OTHER_ADDRESS] = was_reached(r, other_address),
	} };
}

/* --- comparing ------------------------------------------------------------------------- */

#define DRAWN_MAX 8

/* Ports that somebody drew by chance: the first that shows up in a cell is called A, the next B. */
struct drawn {
	uint32_t ports[DRAWN_MAX];
	size_t n;
};

static char name_of_port(struct drawn *d, uint32_t port)
{
	size_t i = 0;
	while (i < d->n && d->ports[i] != port)
		i++;
	assert_in_range(i, 0, DRAWN_MAX - 1);
	d->ports[i] = port;
	d->n += i == d->n;
	return (char)('A' + i);
}

static bool is_kept(uint32_t port)
{
	return port < 1024 || port == 5060 || port == 41004 || port == 50822;
}

/* A text with names for drawn ports and without its branch. */
static const char *plain(struct arena *a, struct drawn *d, const char *text)
{
	char *out = arena_alloc(a, strlen(text) + 1), *end = out;
	while (*text) {
		size_t branch = strncmp(text, ";branch=", 8) == 0 ? 1 + strcspn(text + 1, ";") : 0;
		bool port =
			*text == ':' || (*text == '=' && end - out >= 5 && memcmp(end - 5, "rport", 5) == 0);
		text += branch;
		if (branch)
			continue;
		*end++ = *text++;
		size_t digits = port ? strspn(text, "0123456789") : 0;
		if (!digits || is_kept((uint32_t)strtoul(text, NULL, 10)))
			continue;
		*end++ = name_of_port(d, (uint32_t)strtoul(text, NULL, 10));
		text += digits;
	}
	return out;
}

static void make_plain(struct arena *a, struct facts *f)
{
	struct drawn d = { 0 };
	for (int i = 0; i < FACTS; i++)
		f->texts[i] = plain(a, &d, f->texts[i]);
}

static int cell_agrees(struct arena *a, const struct scenario *s, const char *line)
{
	const char *cell = value_of(a, line, "cell");
	struct facts real = measured(a, line), ours = simulated(a, s, cell);
	int agreed = 0;
	make_plain(a, &real);
	make_plain(a, &ours);
	for (int i = 0; i < FACTS; i++) {
		if (strcmp(real.texts[i], ours.texts[i]) == 0)
			agreed++;
		else
			print_error("%s: %s is %s, measured %s\n", cell, fact_keys[i], ours.texts[i],
				    real.texts[i]);
	}
	return agreed;
}

TEST(registrations_come_out_as_they_were_measured)
{
	struct loading *l = load_file("scenarios/reality/register.yaml");
	struct arena *a = arena_new();
	int cells = 0, agreed = 0;
	if (l->loaded != LOADED_SCENARIO)
		fail_msg("%s", complaints_text(l));
	for (const char *at = text_of_file(l->arena, "tests/data/reality/register.json", NULL); *at;
	     at += strcspn(at, "\n") + 1) {
		const char *line = arena_copy(a, at, strcspn(at, "\n"));
		if (strstr(line, "\"cell\"")) {
			cells++;
			agreed += cell_agrees(a, l->scenario, line);
		}
		arena_reset(a);
	}
	print_message("           %d cells, agreement %d/%d\n", cells, agreed, FACTS * cells);
	assert_int_equal(cells, 92);
	assert_int_equal(agreed, FACTS * cells);
	arena_free(a);
	loading_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registrations_come_out_as_they_were_measured),
	};
	sip_process_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
