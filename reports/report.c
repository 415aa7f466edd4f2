#include "reports/report.h"

#include "reports/github.h"
#include "reports/html.h"
#include "reports/junit.h"
#include "reports/markdown.h"
#include "reports/result_json.h"
#include "reports/tap.h"
#include "reports/text.h"
#include "reports/utf8.h"

const struct report_kind *const report_kinds[] = {
	&text_report,
	&json_report,
	&junit_report,
	&tap_report,
	&markdown_report,
	&github_report,
	&html_report,
	NULL,
};

const struct report_kind *report_kind_find(const char *name, size_t len)
{
	for (size_t i = 0; report_kinds[i]; i++)
		if (strlen(report_kinds[i]->name) == len && memcmp(report_kinds[i]->name, name, len) == 0)
			return report_kinds[i];
	return NULL;
}

struct show show_on(const struct show *show, struct paper paper)
{
	struct show other = *show;
	other.paper = paper;
	return other;
}

void report_begin(struct report *r, const struct report_kind *kind, const struct show *show)
{
	report_begin_with(r, kind, show, NULL);
}

void report_begin_with(struct report *r, const struct report_kind *kind, const struct show *show, void *given)
{
	*r = (struct report){ .kind = kind, .show = show, .given = given };
	if (kind->begin)
		kind->begin(r);
}

void report_begin_scenario(struct report *r, const struct shown *shown)
{
	if (r->kind->begin_scenario)
		r->kind->begin_scenario(r, shown);
}

void report_cell(struct report *r, const struct shown *shown, const struct brief *b, const char *rendered, size_t n)
{
	if (r->kind->cell)
		r->kind->cell(r, shown, b, rendered, n);
}

void report_end_scenario(struct report *r, const struct shown *shown, const struct totals *totals,
			 const struct conditions *conditions)
{
	if (r->kind->end_scenario)
		r->kind->end_scenario(r, shown, totals, conditions);
}

void report_end(struct report *r, const struct totals *totals, enum ending ending)
{
	if (r->kind->end)
		r->kind->end(r, totals, ending);
}

void report_free(struct report *r)
{
	if (r->kind->free)
		r->kind->free(r);
	sink_free(&r->out);
	sink_free(&r->notes);
}

void report_turn(struct report *r)
{
	if (r->turn)
		r->turn(r);
}

const char *check_subject(const struct scenario *s, const struct check *check)
{
	return check->subject < 0 ? NULL : s->nodes[check->subject].name;
}

struct check_values check_certain_values(const struct check *check)
{
	struct check_values values = { 0 };
	for (uint32_t i = 0; i < check->values.n; i++)
		if (check->values.items[i].axis < 0)
			settings_apply(&(struct settings){ &check->values.items[i], 1 }, NULL, &values);
	return values;
}

static void put_ends(struct sink *out, const struct scenario *s, const struct check *check)
{
	if (check->subject < 0)
		sink_text(out, " both-ways");
	else
		sink_printf(out, " %s to %s", s->nodes[check->subject].name, s->nodes[check->hearer].name);
}

void put_question(struct sink *out, const struct scenario *s, const struct check *check, bool word)
{
	static const char *const peers[] = { [PEER_ANY] = "", [PEER_SDP] = " by sdp", [PEER_SOURCE] = " by source" };
	struct check_values values = check_certain_values(check);
	sink_text(out, word ? check->name : "");
	if (check->kind->rule == CHECK_AUDIO)
		put_ends(out, s, check);
	else if (check->subject >= 0)
		sink_printf(out, " %s", s->nodes[check->subject].name);
	sink_text(out, values.by ? " by server" : "");
	sink_text(out, peers[values.peer]);
}

/** Names in a result may live in the cell's world; the scenario's own copy lives on. */
static const char *lasting_name(const struct scenario *s, const char *name)
{
	for (uint32_t i = 0; name && i < s->n_nodes; i++) {
		size_t length = strlen(s->nodes[i].name);
		if (strncmp(s->nodes[i].name, name, length) == 0 && (!name[length] || name[length] == '.'))
			return s->nodes[i].name;
	}
	return NULL;
}

static const struct check_result *first_trouble(const struct cell_result *r)
{
	for (uint32_t i = 0; i < r->n_checks; i++)
		if (r->checks[i].cause)
			return &r->checks[i];
	return NULL;
}

const struct cause *next_cause(uint64_t among, const struct cause *before)
{
	const struct cause *next = NULL;
	for (size_t i = 0; causes[i].word; i++) {
		const struct cause *c = &causes[i];
		bool behind = !before || strcmp(c->id, before->id) > 0;
		bool nearer = !next || strcmp(c->id, next->id) < 0;
		if ((among >> i & 1) && behind && nearer)
			next = c;
	}
	return next;
}

void put_cause_words(struct sink *s, uint64_t among)
{
	const char *comma = "";
	for (const struct cause *c = NULL; (c = next_cause(among, c)); comma = ", ")
		sink_printf(s, "%s%s", comma, c->word);
}

static void brief_outcomes(const struct cell_result *r, struct brief *out)
{
	out->seeds = r->seeds;
	out->n_outcomes = r->n_outcomes;
	for (uint32_t i = 0; i < r->n_outcomes; i++) {
		out->share += r->outcomes[i].verdict == r->verdict ? r->outcomes[i].seeds : 0;
		if (i < BRIEF_OUTCOMES)
			out->outcomes[i] = r->outcomes[i];
	}
}

const struct outcome *told_outcome(const struct brief *b)
{
	return b->n_outcomes > 1 ? &b->outcomes[0] : NULL;
}

void brief_of(const struct shown *shown, const struct cell_result *r, struct brief *out)
{
	const struct check_result *trouble = first_trouble(r);
	*out = (struct brief){
		.cell = r->cell,
		.verdict = r->verdict,
		.expected = r->expected,
		.known = r->known,
		.confidence = r->confidence,
		.cause = trouble ? trouble->cause : NULL,
		.causes = result_causes(r),
		.lost_at = trouble ? lasting_name(shown->scenario, trouble->lost_at) : NULL,
		.exception = r->exception,
		.n_results = r->n_checks,
	};
	for (uint32_t i = 0; i < r->n_checks && i < BRIEF_RESULTS; i++)
		out->results[i] = (uint8_t)r->checks[i].result;
	memcpy(out->weak, r->weak, sizeof out->weak);
	brief_outcomes(r, out);
}

bool is_hidden(const struct show *show, const struct brief *b)
{
	return b->confidence < show->least;
}

void brief_count(const struct brief *b, struct totals *totals)
{
	const struct cell_result cell = {
		.verdict = b->verdict,
		.expected = b->expected,
		.known = b->known,
		.n_outcomes = b->n_outcomes,
	};
	totals_add(totals, &cell);
}

const uint32_t *axes_by_name(struct arena *a, const struct scenario *s)
{
	uint32_t *order = arena_alloc(a, (s->n_axes + 1) * sizeof *order);
	for (uint32_t i = 0; i < s->n_axes; i++) {
		uint32_t k = i;
		for (; k > 0 && strcmp(s->axes[order[k - 1]].name, s->axes[i].name) > 0; k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
	return order;
}

uint32_t cell_value(const struct scenario *s, uint32_t axis, uint64_t cell)
{
	for (uint32_t i = s->n_axes; --i > axis;)
		cell /= s->axes[i].n;
	return (uint32_t)(cell % s->axes[axis].n);
}

const char *shown_name(const struct shown *shown)
{
	return shown->file ? shown->file : shown->scenario->path;
}

void put_choice(struct sink *s, const struct scenario *scenario, uint32_t axis, uint64_t cell)
{
	sink_text(s, scenario->axes[axis].name);
	sink_char(s, '=');
	sink_text(s, scenario->axes[axis].values[cell_value(scenario, axis, cell)]);
}

void put_choices(struct sink *s, const struct scenario *scenario, uint64_t cell)
{
	for (uint32_t i = 0; i < scenario->n_axes; i++) {
		if (i)
			sink_char(s, ',');
		put_choice(s, scenario, i, cell);
	}
}

void put_cell_id(struct sink *s, const struct scenario *scenario, uint64_t cell)
{
	sink_text(s, scenario->path);
	if (!scenario->n_axes)
		return;
	sink_char(s, '[');
	put_choices(s, scenario, cell);
	sink_char(s, ']');
}

/** A command line that is broken where it would leave the paper. */
struct command {
	struct sink *out;
	size_t column, indent, width;
};

/** The next word, `glued` to the one before when that still fits. Leaves two columns for the backslash. */
static void command_word(struct command *c, const char *glue, const char *plain, const struct sink *word)
{
	size_t columns = utf8_width(word->bytes, word->len);
	bool fits = c->column + strlen(glue) + columns + 2 <= c->width;
	if (!fits) {
		sink_text(c->out, " \\\n");
		sink_repeat(c->out, ' ', c->indent + 4);
		c->column = c->indent + 4;
		glue = plain + strspn(plain, " ");
	}
	sink_text(c->out, glue);
	sink_put(c->out, word->bytes, word->len);
	c->column += strlen(glue) + columns;
}

static void command_choices(struct command *c, const struct scenario *scenario, uint64_t cell)
{
	struct sink choice = { 0 }, quoted = { 0 };
	for (uint32_t i = 0; i < scenario->n_axes; i++) {
		sink_clear(&choice);
		sink_clear(&quoted);
		put_choice(&choice, scenario, i, cell);
		sink_char(&choice, '\0');
		put_shell_word(&quoted, choice.bytes);
		command_word(c, i ? "," : " --only ", " --only ", &quoted);
	}
	sink_free(&choice);
	sink_free(&quoted);
}

void put_outcome_command(struct sink *s, const struct show *show, const struct shown *shown, uint64_t cell,
			 const struct outcome *outcome, size_t indent)
{
	struct command c = { s, indent + strlen("viaport run"), indent, show->paper.width };
	struct sink word = { 0 };
	sink_repeat(s, ' ', indent);
	sink_text(s, "viaport run");
	put_shell_word(&word, shown->file ? shown->file : "FILE");
	command_word(&c, " ", " ", &word);
	command_choices(&c, shown->scenario, cell);
	if (show->seeded || outcome) {
		sink_clear(&word);
		sink_number(&word, outcome ? outcome->seed : shown->seed);
		command_word(&c, " --seed ", " --seed ", &word);
	}
	if (!shown->file) {
		sink_clear(&word);
		sink_text(&word, "# FILE holds that input");
		command_word(&c, "  ", "  ", &word);
	}
	sink_char(s, '\n');
	sink_free(&word);
}

void put_made_by(struct sink *s, const struct show *show)
{
	sink_text(s, show->command);
	if (show->least != CONFIDENCE_LOW)
		sink_printf(s, " --min-confidence %s", confidence_words[show->least]);
}
