#include <ctype.h>

#include "models/sha256.h"
#include "reports/diagram.h"
#include "reports/drawer.h"
#include "scenarios/chain.h"

/*
 * What happens is spelled out without what is merely called otherwise, and digested. Numbers in texts are addresses, ports, times
 * and clauses of the same rule: they become one sign. Numbers that count stand by themselves.
 */

/** "no mapping for #" */
static void put_shape(struct sink *s, const char *text)
{
	while (text && *text) {
		bool number = isdigit((unsigned char)*text);
		size_t n = number ? strspn(text, "0123456789.:") : strcspn(text, "0123456789");
		if (number)
			sink_char(s, '#');
		else
			sink_put(s, text, n);
		text += n;
	}
	sink_char(s, '|');
}

static void put_word(struct sink *s, const char *word)
{
	sink_text(s, word ? word : "-");
	sink_char(s, '|');
}

static void put_numbers(struct sink *s, const uint64_t *numbers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		sink_number(s, numbers[i]);
		sink_char(s, i + 1 < n ? ',' : '|');
	}
}

/** How many a fold or a gap stands for begins its label. */
static uint64_t count_of(const struct diagram_step *step)
{
	uint64_t n = 0;
	for (const char *c = step->label; c && isdigit((unsigned char)*c); c++)
		n = 10 * n + (uint64_t)(*c - '0');
	return n;
}

/** What happens in it; what else is there does not matter. */
static void sign_table(struct sink *s, const struct diagram_table *t)
{
	bool has[ROW_STATES] = { false };
	if (!t)
		return;
	for (uint32_t i = 0; i < t->n; i++)
		has[t->rows[i].state] = true;
	put_numbers(s, (const uint64_t[]){ t->lane, has[ROW_NEW], has[ROW_USED], t->asked.host != 0, t->missed }, 5);
}

static void sign_step(struct sink *s, const struct diagram_step *step)
{
	bool folds = step->kind == DIAGRAM_FOLD || step->kind == DIAGRAM_GAP;
	put_numbers(s,
		    (const uint64_t[]){ step->kind, step->from.lane, step->from.right, step->to.lane, step->to.right,
					step->joins, step->lost, step->misled, step->unmapped,
					folds ? count_of(step) : 0 },
		    10);
	if (folds)
		put_shape(s, step->label);
	else
		put_word(s, step->label);
	put_word(s, step->record && step->record->fact ? step->record->fact->word : NULL);
	put_word(s, step->death && step->death->fact ? step->death->fact->word : NULL);
	put_word(s, step->cause);
	put_shape(s, step->remark);
	put_shape(s, step->effect);
	for (const struct diagram_patch *p = step->patches; p; p = p->next) {
		sink_number(s, p->mark);
		put_shape(s, p->text);
	}
	for (uint32_t i = 0; i < STEP_TABLES; i++)
		sign_table(s, step->tables[i]);
	sink_char(s, '\n');
}

static void sign_check(struct sink *s, const struct check_result *c)
{
	put_word(s, c->check->kind->word);
	put_word(s, verdict_words[c->result]);
	put_word(s, c->cause ? c->cause->word : NULL);
	sink_char(s, '\n');
}

/** Who is to blame is told of all who share the drawer. */
static void sign_chain(struct sink *s, const struct chain *chain)
{
	for (uint32_t i = 0; i < chain->n; i++) {
		put_word(s, whose_words[chain->links[i].whose]);
		put_word(s, chain->links[i].did);
		put_word(s, chain->links[i].clause);
		put_word(s, standing_words[chain->links[i].standing]);
	}
}

static void put_signature(struct sink *s, struct arena *a, const struct scenario *scenario, const struct cell_result *r)
{
	struct diagram d;
	const struct chain chain = chain_of(a, scenario, r);
	diagram_make(a, scenario, r, &d);
	for (uint32_t i = 0; i < d.n_lanes; i++) {
		put_word(s, d.lanes[i].node->ops->kind);
		put_numbers(s, (const uint64_t[]){ d.lanes[i].wide, d.lanes[i].mirrored }, 2);
	}
	for (uint32_t i = 0; i < d.n_steps; i++)
		sign_step(s, &d.steps[i]);
	for (uint32_t i = 0; i < r->n_checks; i++)
		sign_check(s, &r->checks[i]);
	sign_chain(s, &chain);
}

void drawer_sign(const struct show *show, const struct shown *shown, const struct cell_result *r, struct arena *scratch,
		 struct sink *out)
{
	char hex[65];
	struct sink s = { 0 };
	(void)show;
	if (!r->world)
		return;
	put_signature(&s, scratch, shown->scenario, r);
	sha256_hex(s.bytes, s.len, hex);
	sink_text(out, hex);
	sink_free(&s);
}
