/*
 * REGISTER against what was measured with Linux 6.18 and Kamailio 5.6.3: tests/data/reality/register.json,
 * one cell per line. The devices are those of scenarios/reality/register.yaml.
 *
 * Compared is all that was written down of the first REGISTER and its answer on every leg of their way, what
 * the 200 says of the binding, whether the phone was registered in the end, and who else gets in through the
 * mapping:
 *
 *	phone --via, contact--> router --at_server--> server
 *	phone <--answer_at_phone-- router <--answer-- server        other port, other address --OPTIONS--> router
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "models/sip.h"
#include "scenarios/lab.h"
#include "tests/loading.h"
#include "tests/measured.h"

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

static struct facts measured(struct arena *a, const char *line)
{
	struct facts f;
	for (int i = 0; i < FACTS; i++)
		f.texts[i] = measured_text(a, line, fact_keys[i]);
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

static struct replay *replay_new(struct arena *a, const struct scenario *s, const char *cell)
{
	struct replay *r = arena_alloc(a, sizeof *r);
	uint32_t *choice = arena_alloc(a, s->n_axes * sizeof *choice);
	if (!measured_choice(s, cell, choice))
		fail_msg("%s: the scenario has no such cell", cell);
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

/* --- who else gets in ------------------------------------------------------------------ */

/* OPTIONS from somebody to where the last REGISTER came from. */
static void strange_options(struct arena *a, struct replay *r, struct endpoint from)
{
	const struct record *request = trace_seek(r->world, EVENT_ARRIVED, true,
						  (struct wanted){ .where = "pbx", .label = "REGISTER" });
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
		trace_first_of(r->world, EVENT_SENT, (struct wanted){ .where = "stranger", .src = from });
	struct wanted answer = { .where = "home/wan", .label = "200", .src = asked->dst, .dst = from };
	return trace_first_of(r->world, EVENT_SENT, answer) ? "true" : "false";
}

static struct facts simulated(struct arena *a, const struct scenario *s, const char *cell)
{
	static const struct endpoint other_port = { 0xC633649E, 5080 }, other_address = { 0xCB0071C8, 5060 };
	struct replay *r = replay_new(a, s, cell);
	replay_registrations(r);
	strange_options(a, r, other_port);
	strange_options(a, r, other_address);
	run_for(r, 7 * SEC); /* 8 s from the REGISTER on, as long as was waited for in the measurement */

	const struct record *left = trace_first_of(r->world, EVENT_SENT,
						   (struct wanted){ .where = "phone", .label = "REGISTER" });
	const struct record *outside = trace_first_of(
		r->world, EVENT_SENT, (struct wanted){ .where = "home/wan", .parent = left->id });
	const struct record *arrived =
		trace_first_of(r->world, EVENT_ARRIVED, (struct wanted){ .where = "pbx", .id = outside->id });
	const struct record *answer = trace_first_of(
		r->world, EVENT_SENT, (struct wanted){ .where = "pbx", .parent = arrived->id });
	const struct record *inside = trace_handed_on(r->world, answer, left->src.host);
	const struct record *bound = trace_first_of(
		r->world, EVENT_SENT, (struct wanted){ .where = "pbx", .label = "200", .story = r->story });
	const struct record *told =
		bound ? trace_first_of(r->world, EVENT_SENT,
				       (struct wanted){ .where = "home/lan", .parent = bound->id })
		      : NULL;
	const struct record *registered = trace_first_of(
		r->world, EVENT_NOTE, (struct wanted){ .story = r->story, .fact = &fact_registered });
	return (struct facts){ {
		[REGISTERED] = registered ? "true" : "false",
		[LEFT_PHONE] = text_of_flow(a, left),
		[VIA] = text_of_header(a, left, "Via"),
		[CONTACT] = text_of_header(a, left, "Contact"),
		[AT_SERVER] = text_of_flow(a, arrived),
		[VIA_AT_SERVER] = text_of_header(a, arrived, "Via"),
		[CONTACT_AT_SERVER] = text_of_header(a, arrived, "Contact"),
		[ANSWER] = text_of_flow(a, answer),
		[ANSWER_START] = arena_copy(a, answer->payload->bytes, strcspn(answer->payload->bytes, "\r")),
		[ANSWER_VIA] = text_of_header(a, answer, "Via"),
		[ANSWER_AT_PHONE] = text_of_flow(a, inside),
		[ANSWER_VIA_AT_PHONE] = text_of_header(a, inside, "Via"),
		[BOUND] = text_of_header(a, bound, "Contact"),
		[BOUND_AT_PHONE] = text_of_header(a, told, "Contact"),
		[OTHER_PORT] = was_reached(r, other_port),
		[OTHER_ADDRESS] = was_reached(r, other_address),
	} };
}

/* --- comparing ------------------------------------------------------------------------- */

static void make_plain(struct arena *a, struct facts *f)
{
	struct drawn d = { 0 };
	for (int i = 0; i < FACTS; i++)
		f->texts[i] = text_plain(a, &d, f->texts[i]);
}

struct comparison {
	const struct scenario *scenario;
	int agreed;
};

static void cell_compare(void *context, struct arena *a, const char *cell, const char *line)
{
	struct comparison *c = context;
	struct facts real = measured(a, line), ours = simulated(a, c->scenario, cell);
	make_plain(a, &real);
	make_plain(a, &ours);
	for (int i = 0; i < FACTS; i++) {
		if (strcmp(real.texts[i], ours.texts[i]) == 0)
			c->agreed++;
		else
			print_error("%s: %s is %s, measured %s\n", cell, fact_keys[i], ours.texts[i],
				    real.texts[i]);
	}
}

TEST(registrations_come_out_as_they_were_measured)
{
	struct loading *l = load_file("scenarios/reality/register.yaml");
	struct comparison c = { l->scenario, 0 };
	if (l->loaded != LOADED_SCENARIO)
		fail_msg("%s", complaints_text(l));
	int cells = measured_cells("tests/data/reality/register.json", &c, cell_compare);
	print_message("           %d cells, agreement %d/%d\n", cells, c.agreed, FACTS * cells);
	assert_int_equal(cells, 92);
	assert_int_equal(c.agreed, FACTS * cells);
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
