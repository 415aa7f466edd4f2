#include "reports/explain.h"

/* clang-format off */
const struct verdict_meaning verdict_meanings[VERDICTS] = {
	[VERDICT_WORKS] = {
		"every check works",
		"Every check that was asked works, for every member of a group. A cell with checks that were "
		"skipped works when the others do." },
	[VERDICT_DEGRADED] = {
		"only later checks fail",
		"Of a check, which only audio can be: more than two seconds of what was said were not heard, and then "
		"it was heard again by itself. Of a cell: its first check works and a later one does not, so the phone "
		"is of some use. The order of the checks in the file says which one counts most." },
	[VERDICT_STOPS] = {
		"worked, then silence",
		"A check works at first; then there is silence to the end of what was asked: the phone is not reached "
		"any more, the other side is not heard any more, or the call is cut." },
	[VERDICT_FAILS] = {
		"the first check fails",
		"Of a check: at least one of its subjects does not get what was asked. Of a cell: its first "
		"check fails, whatever the later ones do. Each failing check has a cause, which viaport explain "
		"CAUSE describes." },
	[VERDICT_SKIPPED] = {
		"not asked",
		"Nothing was asked. Of a cell: an entry under `skip` names it and says why. Of a check: the step "
		"it is about is not played in this cell." },
	[VERDICT_ERROR] = {
		"nothing can be said",
		"Nothing can be said: the cell cannot be built, as with two nodes at one address, or a bound such "
		"as --max-events cut its run short. It is never as expected." },
};
/* clang-format on */

void put_verdict_meaning(struct sink *s, const struct paper *paper, enum verdict v)
{
	ink_text(s, paper, INK_BOLD, verdict_words[v]);
	sink_printf(s, ": %s\n\n", verdict_meanings[v].brief);
	put_paragraph(s, verdict_meanings[v].text, 2, paper->width);
}

static void put_part(struct sink *s, const struct paper *paper, const char *head, const char *text)
{
	if (!text)
		return;
	sink_char(s, '\n');
	ink_text(s, paper, INK_BOLD, head);
	sink_char(s, '\n');
	put_paragraph(s, text, 2, paper->width);
}

static void put_title(struct sink *s, const struct paper *paper, const char *id, const char *word,
		      const char *title)
{
	struct sink line = { 0 };
	sink_printf(&line, "%s%s%s: %s", id, word ? " " : "", word ? word : "", title);
	sink_char(&line, '\0');
	put_paragraph(s, line.bytes, 0, paper->width);
	sink_free(&line);
}

/** "phone rport, router ports, ..." */
static struct sink knobs_text(const struct cause *cause)
{
	struct sink text = { 0 };
	for (const char *const *knob = cause->knobs; knob && *knob; knob++)
		sink_printf(&text, "%s%s", knob == cause->knobs ? "" : ", ", *knob);
	sink_char(&text, '\0');
	return text;
}

void put_cause(struct sink *s, const struct paper *paper, const struct cause *cause)
{
	struct sink knobs = knobs_text(cause);
	const struct {
		const char *head, *text;
	} parts[] = {
		{ "What happens", cause->happens },
		{ "On the wire", cause->packets },
		{ "Why", cause->why },
		{ "What cures it", cause->cures },
		{ "Hangs on", cause->knobs ? knobs.bytes : NULL },
		{ "Seen with", cause->devices },
		{ "What it does not mean", cause->not },
		{ "Clause", cause->clause },
	};
	put_title(s, paper, cause->id, cause->word, cause->title);
	for (size_t i = 0; i < COUNT(parts); i++)
		put_part(s, paper, parts[i].head, parts[i].text);
	sink_free(&knobs);
}

void put_check_kind(struct sink *s, const struct paper *paper, const struct check_kind *kind)
{
	struct sink text = { 0 };
	ink_text(s, paper, INK_BOLD, kind->word);
	sink_printf(s, ": %s\n\n", kind->works);
	sink_printf(&text, "A check. It works when %s. In small matrices its letter is %c.", kind->doc, kind->letter);
	sink_char(&text, '\0');
	put_paragraph(s, text.bytes, 2, paper->width);
	sink_free(&text);
}

void put_complaint_kind(struct sink *s, const struct paper *paper, const struct complaint_kind *kind)
{
	put_title(s, paper, kind->code, NULL, kind->title);
	sink_char(s, '\n');
	put_paragraph(s, kind->explanation, 0, paper->width);
}
