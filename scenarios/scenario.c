#include "scenarios/scenario.h"

#include <string.h>

#include "models/remedy.h"

const char *const verdict_words[] = {
	[VERDICT_WORKS] = "works", [VERDICT_DEGRADED] = "degraded", [VERDICT_STOPS] = "stops",
	[VERDICT_FAILS] = "fails", [VERDICT_SKIPPED] = "skipped",   [VERDICT_ERROR] = "error",
	[VERDICTS] = NULL,
};

const struct check_kind check_kinds[] = {
	{ "register", 'R', CHECK_ATTEMPT, STEP_REGISTER, .works = "registers",
	  .doc = "the phone's registration is answered with 200" },
	{ "incoming-call", 'I', CHECK_SETUP, STEP_CALL, CALL_TO, "can be called",
	  "a call to the phone is answered: the 2xx reaches who calls, and the ACK the phone" },
	{ "outgoing-call", 'O', CHECK_SETUP, STEP_CALL, CALL_FROM, "can call",
	  "a call of the phone is answered: the 2xx reaches the phone, and the ACK who is called" },
	{ "hangup", 'H', CHECK_HANGUP, STEP_CALL, .works = "the call ends for both",
	  .doc = "the BYE that ends a call reaches the other side, and its answer comes back" },
	{ "audio", 'A', CHECK_AUDIO, STEP_CALL, .works = "is heard",
	  .doc = "each hears the other (or only one the other) whenever that one speaks, to the end of the call" },
	{ "hold", 'S', CHECK_HOLD, STEP_CALL, .works = "can hold a call",
	  .doc = "the call is put on hold and resumed, is silent in between, and is heard again" },
	{ "reachable-after", 'K', CHECK_PROBES, STEP_REGISTER, .works = "can be reached",
	  .doc = "an OPTIONS from the server reaches the phone when it has registered, and still after a time" },
	{ "no-misdelivery", 'M', CHECK_ALL_ALONG, STEP_KINDS, .works = "nothing is misdelivered",
	  .doc = "no message reaches a phone that it is not meant for" },
	{ 0 },
};

#define OF(member) .at = AT(struct wire_profile, member)

/* What is left out comes from the network: 1 ms in a LAN, 20 ms to the internet. So delay has no default
 * here. */
const struct field wire_fields[] = {
	{ "delay", FIELD_DURATION, OF(delay), 0, 3600 * SEC,
	  .doc = "how long a datagram takes one way (default: 1ms in a LAN, 20ms outside)" },
	{ "jitter", FIELD_DURATION, OF(jitter), 0, 3600 * SEC,
	  .doc = "up to so much more, at random, so that datagrams may overtake each other" },
	{ "loss", FIELD_RATE, OF(loss), .doc = "share of datagrams that are lost" },
	{ "duplicate", FIELD_RATE, OF(duplicate), .doc = "share of datagrams that arrive twice" },
	{ "drop", FIELD_UINTS, OF(drop), 1, UINT32_MAX,
	  .doc = "these datagrams, counted from 1 in both directions, never arrive" },
	{ "mtu", FIELD_UINT, OF(mtu), MTU_LEAST, MTU_MAX,
	  .doc = "longest IP packet it takes in bytes; what is longer travels in fragments (default: 1500)" },
	{ 0 },
};
#undef OF

#define OF(member) .at = AT(struct step_values, member)
#define YEAR	   (366 * 86400 * SEC)

static const char *const call_end_words[] = { [CALL_FROM] = "from", [CALL_TO] = "to", [CALL_ENDS] = NULL };

const struct field step_fields[STEP_FIELDS + 1] = {
	[STEP_FIELD_AT] = { "at", FIELD_DURATION, OF(at), 0, YEAR,
			    .doc = "when it begins, from the start of the run, or of the call that it happens in" },
	[STEP_FIELD_WAIT] = { "wait", FIELD_DURATION, OF(wait), 0, YEAR, .doc = "how long nothing is done" },
	[STEP_FIELD_OVER] = { "over", FIELD_DURATION, OF(over), 0, YEAR,
			      .doc = "spread evenly over this time" },
	[STEP_FIELD_ADDRESS] = { "address", FIELD_HOST, OF(address),
				 .doc = "the router's outside address from now on, counted up in a group" },
	[STEP_FIELD_FOR] = { "for", FIELD_DURATION, OF(lasts), MSEC * 100, YEAR, .fallback = "20s", .doc = "how long it lasts" },
	[STEP_FIELD_HANGUP] = { "hangup", FIELD_WORD, OF(hangup), .words = call_end_words, .fallback = "from",
				.doc = "who hangs up" },
	[STEP_FIELD_GIVE_UP] = { "give-up", FIELD_DURATION, OF(give_up), 0, YEAR, .fallback = "0s",
				 .doc = "when nobody has answered for so long, it is let go without a word; 0s: the caller hangs up after 3 minutes" },
	{ 0 },
};
#undef OF

static const char *const hangup_words[] = { "phone", "server", NULL };
static const char *const peer_words[] = {
	[PEER_ANY] = "any", [PEER_SDP] = "sdp", [PEER_SOURCE] = "source", [PEERS] = NULL,
};

const struct field check_fields[CHECK_FIELDS + 1] = {
	[CHECK_FIELD_TIME] = { "time", FIELD_DURATION, AT(struct check_values, time), 0, YEAR,
			       .doc = "how long after the registration the phone is to be reached" },
	[CHECK_FIELD_BY] = { "by", FIELD_WORD, AT(struct check_values, by), .words = hangup_words, .fallback = "phone",
			     .doc = "who hangs up: this phone, or the other side" },
	[CHECK_FIELD_PEER] = { "peer", FIELD_WORD, AT(struct check_values, peer), .words = peer_words, .fallback = "any",
			       .doc = "how a server's end sends the audio that counts: where SDP says, or to the source of what it hears" },
	{ 0 },
};

uint64_t scenario_cells(const struct scenario *s)
{
	uint64_t cells = 1;
	for (uint32_t i = 0; i < s->n_axes; i++)
		cells *= s->axes[i].n;
	return cells;
}

uint64_t scenario_nodes(const struct scenario *s)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < s->n_nodes; i++)
		n += s->nodes[i].count;
	return n;
}

void scenario_choice(const struct scenario *s, uint64_t cell, uint32_t *choice)
{
	for (uint32_t i = s->n_axes; i > 0; i--) {
		choice[i - 1] = (uint32_t)(cell % s->axes[i - 1].n);
		cell /= s->axes[i - 1].n;
	}
}

uint64_t scenario_stride(const struct scenario *s, uint32_t axis)
{
	uint64_t stride = 1;
	for (uint32_t i = axis + 1; i < s->n_axes; i++)
		stride *= s->axes[i].n;
	return stride;
}

bool when_holds(const struct when *w, const struct scenario *s, const uint32_t *choice)
{
	for (uint32_t i = 0; w && i < s->n_axes; i++)
		if (w->allowed[i] && !w->allowed[i][choice[i]])
			return false;
	return true;
}

static const void *setting_value(const struct setting *s, const uint32_t *choice)
{
	return (const char *)s->values + (s->axis < 0 ? 0 : choice[s->axis]) * field_size(s->field);
}

void settings_apply(const struct settings *settings, const uint32_t *choice, void *profile)
{
	for (uint32_t i = 0; i < settings->n; i++) {
		const struct setting *s = &settings->items[i];
		memcpy((char *)profile + s->field->at, setting_value(s, choice), field_size(s->field));
	}
}

struct step_values step_values_of(const struct step *step, const uint32_t *choice)
{
	struct step_values values = { .at = NEVER, .lasts = CALL_LASTS };
	settings_apply(&step->values, choice, &values);
	return values;
}

struct check_values check_values_of(const struct check *check, const uint32_t *choice)
{
	struct check_values values = { 0 };
	settings_apply(&check->values, choice, &values);
	return values;
}

bool check_is_of(const struct check *c, uint32_t step)
{
	for (uint32_t i = 0; i < c->n_of; i++)
		if (c->of[i] == (int)step)
			return true;
	return false;
}

static usec longest_check(const struct scenario *s, const uint32_t *choice)
{
	usec longest = 0;
	for (uint32_t i = 0; i < s->n_checks; i++) {
		struct check_values values = check_values_of(&s->checks[i], choice);
		longest = values.time > longest ? values.time : longest;
	}
	return longest;
}

uint32_t calls_of(const struct scenario *s, const struct step *step)
{
	uint32_t from = s->nodes[step->subjects[CALL_FROM]].count, to = s->nodes[step->subjects[CALL_TO]].count;
	return from > to ? from : to;
}

static bool takes_time(const struct step *s)
{
	return s->kind == STEP_CALL || s->kind == STEP_MUTE;
}

usec scenario_waits(const struct scenario *s, const uint32_t *choice)
{
	usec waits = 0;
	for (uint32_t i = 0; i < s->n_steps && waits < UNTIL_MAX; i++) {
		struct step_values values = step_values_of(&s->steps[i], choice);
		if (!when_holds(s->steps[i].when, s, choice))
			continue;
		if (values.at != NEVER && s->steps[i].inside >= 0)
			waits += values.at;
		else if (values.at != NEVER && values.at > waits)
			waits = values.at;
		waits += values.wait + values.over + (takes_time(&s->steps[i]) ? values.lasts : 0);
	}
	waits += longest_check(s, choice);
	return waits < UNTIL_MAX ? waits : UNTIL_MAX;
}

bool node_is_named(const struct list *names, const char *node)
{
	const char *const *name = names->items;
	for (uint32_t i = 0; i < names->n; i++)
		if (strcmp(name[i], node) == 0)
			return true;
	return false;
}

bool node_is_meant(const struct list *names, const char *node)
{
	return node_is_named(names, "all") || node_is_named(names, node);
}

const struct model *node_model(const struct node_spec *n, const uint32_t *choice)
{
	return n->models[n->model_axis < 0 ? 0 : choice[n->model_axis]];
}

void *node_profile(struct arena *a, const struct node_spec *n, const uint32_t *choice)
{
	size_t size = devices[n->kind].profile_size;
	void *profile = arena_alloc_raw(a, size);
	memcpy(profile, node_model(n, choice)->profile, size);
	settings_apply(&n->settings, choice, profile);
	return profile;
}

/** What a node has at a field in a cell: what the file gives, else what its model has. */
static const void *node_value(const struct node_spec *n, const struct field *f, const uint32_t *choice)
{
	const struct settings *given = &n->settings;
	for (uint32_t i = given->n; i > 0; i--)
		if (given->items[i - 1].field == f)
			return setting_value(&given->items[i - 1], choice);
	return (const char *)node_model(n, choice)->profile + f->at;
}

uint32_t scenario_remedies(const struct scenario *s, const uint32_t *choice, const struct model *const **out)
{
	const struct remedies *r = &s->remedies;
	*out = r->models;
	if (r->axis < 0 || r->n == 0)
		return r->n;
	*out += choice[r->axis];
	return **out ? 1 : 0;
}

static void part_see(const struct field *f, const void *value, model_seen *see, void *context)
{
	const struct model *const *part = value;
	if (f->kind == FIELD_MODEL && *part)
		see(context, *part);
}

/** A remedy, and the models that it brings. */
static void remedy_models(const struct model *remedy, model_seen *see, void *context)
{
	const struct field *fields = devices[DEVICE_REMEDY].fields;
	see(context, remedy);
	for (const struct field *f = fields; f->key; f++) {
		const void *value = (const char *)remedy->profile + f->at;
		const struct list *knobs = f->kind == FIELD_KNOBS ? value : &(struct list){ 0 };
		const struct knob_value *v = knobs->items;
		part_see(f, value, see, context);
		for (uint32_t i = 0; i < knobs->n; i++)
			part_see(v[i].field, v[i].value, see, context);
	}
}

/** A node's model, and the models that are parts of it. */
static void node_models(const struct node_spec *n, const uint32_t *choice, model_seen *see, void *context)
{
	see(context, node_model(n, choice));
	for (const struct field *f = devices[n->kind].fields; f->key; f++)
		if (f->kind == FIELD_MODEL)
			part_see(f, node_value(n, f, choice), see, context);
}

void scenario_models(const struct scenario *s, const uint32_t *choice, model_seen *see, void *context)
{
	const struct model *const *remedies;
	uint32_t n = scenario_remedies(s, choice, &remedies);
	bool replaced = false;
	for (uint32_t i = 0; i < n; i++) {
		remedy_models(remedies[i], see, context);
		replaced |= ((const struct remedy_profile *)remedies[i]->profile)->phone != NULL;
	}
	for (uint32_t i = 0; i < s->n_nodes; i++)
		if (!replaced || s->nodes[i].kind != DEVICE_PHONE)
			node_models(&s->nodes[i], choice, see, context);
}

static void least_see(void *context, const struct model *m)
{
	enum confidence *least = context;
	if (m->confidence < *least)
		*least = m->confidence;
}

struct weak {
	const struct model **models;
	uint32_t n, max;
};

static void weak_see(void *context, const struct model *m)
{
	struct weak *weak = context;
	if (m->confidence == CONFIDENCE_LOW && weak->n < weak->max)
		weak->models[weak->n++] = m;
}

uint32_t scenario_weak(const struct scenario *s, const uint32_t *choice, const struct model **out, uint32_t max)
{
	struct weak weak = { out, 0, max };
	scenario_models(s, choice, weak_see, &weak);
	return weak.n;
}

enum confidence scenario_confidence(const struct scenario *s, const uint32_t *choice)
{
	enum confidence least = CONFIDENCE_HIGH;
	scenario_models(s, choice, least_see, &least);
	return least;
}
