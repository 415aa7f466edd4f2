#include <string.h>

#include "reports/diagram.h"
#include "reports/utf8.h"

#define NOTE_COLUMNS 60

/* --- what both languages take ---------------------------------------------------------------- */

/** What became of a datagram. */
enum fate { ARRIVES, IS_LOST, IS_UNDER_WAY, FATES };

/** Which of two languages, and what its words are. */
struct language {
	const char *signs, *escape; /* characters that stand for something else, and how they are written */
	const char *line_break;
	const char *over; /* a note over all lanes: "Note over L0,L9: ..." */
	const char *arrows[FATES];
};

/** Text in which nothing is a sign of the language: a character that is in `signs` becomes `#NUMBER;`, a control a blank. */
static void put_clean(struct sink *s, const char *text, const char *signs, const char *escape)
{
	for (size_t len = strlen(text), n; len; text += n, len -= n) {
		n = utf8_char(text, len);
		if (n == 0) {
			sink_text(s, "\xEF\xBF\xBD");
			n = 1;
		} else if (n > 1) {
			sink_put(s, text, n);
		} else if ((unsigned char)*text < ' ' || *text == 0x7F) {
			sink_char(s, ' ');
		} else if (strchr(signs, *text)) {
			sink_printf(s, escape, *text);
		} else {
			sink_char(s, *text);
		}
	}
}

/** So, in lines that are no longer than a picture bears. */
static void put_broken(struct sink *s, const struct language *l, const char *text)
{
	struct sink plain = { 0 }, lines = { 0 };
	put_clean(&plain, text, "", "");
	sink_char(&plain, '\0');
	put_wrapped(&lines, plain.bytes, 0, 0, NOTE_COLUMNS);
	sink_char(&lines, '\0');
	for (char *line = lines.bytes, *end; line; line = end) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		put_clean(s, line, l->signs, l->escape);
		sink_text(s, end ? l->line_break : "");
	}
	sink_free(&plain);
	sink_free(&lines);
}

static void put_at(struct sink *s, usec at)
{
	put_seconds(s, at, 0);
	sink_char(s, ' ');
}

static const char *const mark_words[MARKS] = { "", "NEW ", "STALE " };

static void put_label(struct sink *s, const struct language *l, const struct diagram_step *step)
{
	put_at(s, step->at);
	put_clean(s, step->label, l->signs, l->escape);
	for (const struct diagram_patch *p = step->patches; p; p = p->next) {
		sink_text(s, l->line_break);
		sink_text(s, mark_words[p->mark]);
		put_clean(s, p->text, l->signs, l->escape);
	}
	if (step->lost) {
		sink_text(s, l->line_break);
		sink_text(s, "LOST ");
		put_clean(s, step->reason ? step->reason : "", l->signs, l->escape);
	}
	if (step->cause) {
		sink_text(s, l->line_break);
		put_clean(s, step->cause, l->signs, l->escape);
	}
}

/** "Note over L0,L3: " */
static void put_over(struct sink *s, const struct diagram *d, const char *indent, const char *words)
{
	sink_printf(s, "%s%s L0", indent, words);
	if (d->n_lanes > 1)
		sink_printf(s, ",L%u", d->n_lanes - 1);
	sink_text(s, ": ");
}

static void put_verdicts(struct sink *s, const struct diagram *d, const struct language *l)
{
	const char *between = "";
	for (uint32_t i = 0; i < d->n_verdicts; i++) {
		if (!d->verdicts[i])
			continue;
		sink_text(s, between);
		put_broken(s, l, d->verdicts[i]);
		between = l->line_break;
	}
}

static void put_note(struct sink *s, const struct language *l, const char *where, uint32_t lane, const char *text)
{
	if (!text)
		return;
	sink_printf(s, "%s L%u: ", where, lane);
	put_broken(s, l, text);
	sink_char(s, '\n');
}

/** A sentence with a line for its head and each of its parts. */
static void put_parts(struct sink *s, const struct language *l, const char *text)
{
	const char *end = strstr(text, ": ");
	while (end) {
		struct sink part = { 0 };
		sink_put(&part, text, (size_t)(end - text));
		sink_char(&part, '\0');
		put_clean(s, part.bytes, l->signs, l->escape);
		sink_text(s, l->line_break);
		sink_free(&part);
		text = end + 2;
		end = strstr(text, "; ");
	}
	put_clean(s, text, l->signs, l->escape);
	sink_char(s, '\n');
}

/** What the tables of the routers at both ends have to say, over each of them. */
static void put_told(struct sink *s, const struct language *l, const char *where, const struct diagram_step *step)
{
	for (uint32_t slot = 0; slot < STEP_TABLES; slot++) {
		if (!step->told[slot])
			continue;
		sink_printf(s, "%s L%u: ", where, step->tables[slot]->lane);
		put_parts(s, l, step->told[slot]);
	}
}

static void put_happened(struct sink *s, const struct language *l, const char *where, const struct diagram_step *step)
{
	sink_printf(s, "%s L%u: ", where, step->from.lane);
	put_at(s, step->at);
	put_broken(s, l, step->remark);
	sink_char(s, '\n');
}

static enum fate fate_of(const struct diagram_step *step)
{
	if (step->lost)
		return IS_LOST;
	return step->to.lane == DIAGRAM_NOWHERE ? IS_UNDER_WAY : ARRIVES;
}

/* --- Mermaid --------------------------------------------------------------------------------- */

/* Entities are written #35; with the character's number. The word `end` as a message would close a block, but every
 * message here begins with its time, and every name of a lane is L and a number. What leads nowhere leads back, as there is no
 * other way to write it; when it is under way its line is dotted. */
static const struct language mermaid = { ";#<>&\"{}", "#%d;", "<br/>", "Note over", { "->>", "--x", "--)" } };

static void put_mermaid_name(struct sink *s, const struct diagram *d, uint32_t i)
{
	const struct diagram_lane *lane = &d->lanes[i];
	sink_printf(s, "    participant L%u as ", i);
	put_clean(s, lane->name, mermaid.signs, mermaid.escape);
	for (int side = 0; side < 1 + lane->wide; side++)
		if (lane->address[side]) {
			sink_text(s, mermaid.line_break);
			sink_text(s, lane->address[side]);
		}
	sink_char(s, '\n');
}

static void put_mermaid_step(struct sink *s, const struct diagram *d, const struct diagram_step *step)
{
	uint32_t to = step->to.lane == DIAGRAM_NOWHERE ? step->from.lane : step->to.lane;
	if (step->kind == DIAGRAM_FOLD || step->kind == DIAGRAM_GAP) {
		put_over(s, d, "    ", mermaid.over);
		put_clean(s, step->label, mermaid.signs, mermaid.escape);
		sink_char(s, '\n');
		return;
	}
	if (step->kind == DIAGRAM_NOTE) {
		put_happened(s, &mermaid, "    Note over", step);
		return;
	}
	put_note(s, &mermaid, "    Note over", step->from.lane, step->remark);
	sink_printf(s, "    L%u%sL%u: ", step->from.lane, mermaid.arrows[fate_of(step)], to);
	put_label(s, &mermaid, step);
	sink_char(s, '\n');
	put_note(s, &mermaid, "    Note over", to, step->effect);
	put_told(s, &mermaid, "    Note over", step);
}

void put_mermaid(struct sink *s, const struct diagram *d)
{
	sink_text(s, "---\ntitle: \"");
	put_clean(s, d->title, "\"\\", "\\%c"); /* in quotes of YAML */
	sink_text(s, "\"\n---\nsequenceDiagram\n");
	for (uint32_t i = 0; i < d->n_lanes; i++)
		put_mermaid_name(s, d, i);
	for (uint32_t i = 0; i < d->n_steps; i++)
		put_mermaid_step(s, d, &d->steps[i]);
	if (!d->n_verdicts || !d->n_lanes)
		return;
	put_over(s, d, "    ", mermaid.over);
	put_verdicts(s, d, &mermaid);
	sink_char(s, '\n');
}

/* --- PlantUML -------------------------------------------------------------------------------- */

/* Of Creole's signs, what would begin a tag, a link or a macro; the others come in pairs, and are no pairs in what is said here. */
static const struct language plantuml = {
	"<>&~\\%[]\"", "<U+%04X>", "\\n", "note over", { "->", "-[#b3261e]->x", "-->" }
};

static void put_plantuml_name(struct sink *s, const struct diagram *d, uint32_t i)
{
	const struct diagram_lane *lane = &d->lanes[i];
	sink_text(s, "participant \"");
	put_clean(s, lane->name, plantuml.signs, plantuml.escape);
	for (int side = 0; side < 1 + lane->wide; side++)
		if (lane->address[side])
			sink_printf(s, "\\n%s", lane->address[side]);
	sink_printf(s, "\" as L%u\n", i);
}

static void put_plantuml_step(struct sink *s, const struct diagram_step *step)
{
	uint32_t to = step->to.lane == DIAGRAM_NOWHERE ? step->from.lane : step->to.lane;
	if (step->kind == DIAGRAM_FOLD || step->kind == DIAGRAM_GAP) {
		sink_text(s, "... ");
		put_clean(s, step->label, plantuml.signs, plantuml.escape);
		sink_text(s, " ...\n");
		return;
	}
	if (step->kind == DIAGRAM_NOTE) {
		put_happened(s, &plantuml, "note over", step);
		return;
	}
	put_note(s, &plantuml, "note over", step->from.lane, step->remark);
	sink_printf(s, "L%u %s", step->from.lane, plantuml.arrows[fate_of(step)]);
	if (step->to.lane == DIAGRAM_NOWHERE)
		sink_text(s, "? : ");
	else
		sink_printf(s, " L%u : ", to);
	put_label(s, &plantuml, step);
	sink_char(s, '\n');
	put_note(s, &plantuml, "note over", to, step->effect);
	put_told(s, &plantuml, "note over", step);
}

void put_plantuml(struct sink *s, const struct diagram *d)
{
	sink_text(s, "@startuml\nhide footbox\ntitle ");
	put_clean(s, d->title, plantuml.signs, plantuml.escape);
	sink_char(s, '\n');
	for (uint32_t i = 0; i < d->n_lanes; i++)
		put_plantuml_name(s, d, i);
	for (uint32_t i = 0; i < d->n_steps; i++)
		put_plantuml_step(s, &d->steps[i]);
	if (d->n_verdicts && d->n_lanes) {
		put_over(s, d, "", plantuml.over);
		put_verdicts(s, d, &plantuml);
		sink_char(s, '\n');
	}
	sink_text(s, "@enduml\n");
}

/* --- sentences ------------------------------------------------------------------------------- */

static const char *lane_name(const struct diagram *d, struct diagram_end end)
{
	return end.lane == DIAGRAM_NOWHERE ? "nobody" : d->lanes[end.lane].name;
}

static void put_said(struct sink *s, const struct diagram *d, const struct diagram_step *step)
{
	put_at(s, step->at);
	if (step->kind == DIAGRAM_NOTE) {
		sink_printf(s, "%s: %s", lane_name(d, step->from), step->remark);
		return;
	}
	sink_printf(s, "%s to %s: %s", lane_name(d, step->from), lane_name(d, step->to), step->label);
	if (step->detail)
		sink_printf(s, " %s", step->detail);
	for (const struct diagram_patch *p = step->patches; p; p = p->next)
		sink_printf(s, ", %s%s", mark_words[p->mark], p->text);
	if (step->remark)
		sink_printf(s, ", %s", step->remark);
	if (step->effect)
		sink_printf(s, ", %s", step->effect);
	if (step->lost)
		sink_printf(s, ", lost: %s", step->reason ? step->reason : "it never arrived");
	if (step->cause)
		sink_printf(s, ", %s", step->cause);
	for (uint32_t slot = 0; slot < STEP_TABLES; slot++)
		if (step->told[slot])
			sink_printf(s, "; %s", step->told[slot]);
}

static void put_step_sentence(struct sink *s, const struct diagram *d, const struct diagram_step *step)
{
	if (step->kind == DIAGRAM_ARROW || step->kind == DIAGRAM_NOTE)
		put_said(s, d, step);
	else
		sink_text(s, step->label);
	sink_char(s, '.');
}

void put_diagram_desc(struct sink *s, const struct diagram *d)
{
	for (uint32_t i = 0; i < d->n_steps; i++) {
		put_step_sentence(s, d, &d->steps[i]);
		sink_char(s, ' ');
	}
	for (uint32_t i = 0; i < d->n_verdicts; i++)
		if (d->verdicts[i])
			sink_printf(s, "%s. ", d->verdicts[i]);
}
