#include <stdlib.h>
#include <string.h>

#include "models/phone.h"
#include "models/ua.h"
#include "reports/lesson_shared.h"

#define QUESTIONS_MAX 8 /* more of them tire */

/* --- drafts -------------------------------------------------------------------------------------------------------- */

static bool was_asked(const struct asker *x, const char *same)
{
	for (uint32_t i = 0; i < x->n; i++)
		if (strcmp(x->drafts[i].same, same) == 0)
			return true;
	return false;
}

/** A question with one possible answer is none. */
void draft_add(struct asker *x, struct draft *q)
{
	if (q->q.n_choices < 2 || was_asked(x, q->same))
		return;
	q->order = x->n;
	x->drafts[x->n++] = *q;
}

void choice_add(struct draft *q, const char *text, bool right)
{
	if (right)
		q->q.right = q->q.n_choices;
	q->choices[q->q.n_choices++] = text;
}

const char *name_of(struct asker *x, const struct node *n)
{
	char name[64];
	return arena_strdup(x->arena, node_name(n, name, sizeof name));
}

const char *place_text(struct asker *x, struct endpoint e)
{
	char text[ENDPOINT_TEXT_MAX];
	endpoint_print(e, text);
	return arena_strdup(x->arena, text);
}

/** Is the end of this datagram what a check hangs on? */
static bool decides(const struct asker *x, const struct record *end)
{
	for (uint32_t i = 0; end && i < x->result->n_checks; i++)
		if (x->result->checks[i].datagram && x->result->checks[i].datagram == end->id)
			return true;
	return false;
}

uint32_t worth_of(const struct asker *x, const struct record *end)
{
	return decides(x, end) ? WORTH_DECIDES : end && end->event == EVENT_DROPPED ? WORTH_LOSS : WORTH_FIRST;
}

bool via_rewritten(const struct asker *x, const struct record *response, struct rewritten_via *out)
{
	const struct record *asked = fate_sent(&x->fates, fate_origin(&x->fates, response)->parent);
	if (!label_is_response(response->label) || !asked)
		return false;
	const struct record *made = fate_origin(&x->fates, asked);
	*out = (struct rewritten_via){ asked, made->iface->node, via_written(made), via_written(asked) };
	return out->own.port && !endpoint_equal(out->own, out->outside);
}

/* --- what somebody does in the end ---------------------------------------------------------------------------------- */

/** How something ends that a node notes; in `ask` one %s: who. */
static const struct ending_row {
	const struct fact *fact;
	const char *ask, *choices[3];
	uint32_t right;
	const char *why;
} ending_rows[] = {
	{ &fact_register_timeout,
	  "No answer comes to the REGISTER of %s. What does it do?",
	  { "it takes itself for registered", "it gives up after a while", "it goes on sending for ever" },
	  1,
	  "RFC 3261 17.1.2.2: Timer F ends the transaction after 64 times T1, which is 32 s where T1 is half a second; "
	  "some give up sooner" },
	{ &fact_call_ack_missing,
	  "No ACK comes for the 200 of %s, which is in the call already. What does it do?",
	  { "it hangs up after a while", "it goes on talking", "it calls back" },
	  0,
	  "RFC 3261 13.3.1.4: without an ACK the 200 is repeated for 64 times T1, which is 32 s where T1 is half a "
	  "second, and then the call is ended by BYE" },
	{ &fact_call_bye_lost,
	  "No answer comes to the BYE of %s. What does it do?",
	  { "it goes on talking", "it sends the BYE for ever", "it takes the call for ended after a while" },
	  2,
	  "RFC 3261 15.1.1: without an answer the call counts as ended, though the other side has not heard of it" },
};

static void ask_of_ending(struct asker *x, uint32_t i)
{
	const struct record *r = x->d->steps[i].record;
	for (size_t k = 0; k < COUNT(ending_rows); k++) {
		const struct ending_row *row = &ending_rows[k];
		struct draft q = { .q = { .step = i, .why = row->why }, .worth = WORTH_LOSS, .same = row->ask };
		if (row->fact != r->fact)
			continue;
		q.q.ask = arena_printf(x->arena, row->ask, name_of(x, r->iface->node));
		for (uint32_t c = 0; c < COUNT(row->choices); c++)
			choice_add(&q, row->choices[c], c == row->right);
		draft_add(x, &q);
	}
}

/* --- the whole ------------------------------------------------------------------------------------------------------ */

static void ask_of_step(struct asker *x, uint32_t i)
{
	const struct diagram_step *step = &x->d->steps[i];
	if (step->kind == DIAGRAM_NOTE)
		ask_of_ending(x, i);
	else if (step->kind == DIAGRAM_ARROW && step->joins != DIAGRAM_NOWHERE && step->record->iface->side)
		ask_of_router(x, i);
	else if (step->kind == DIAGRAM_ARROW && !x->d->lanes[step->from.lane].wide)
		ask_of_sender(x, i);
}

static int by_worth(const void *a, const void *b)
{
	const struct draft *p = a, *q = b;
	if (p->worth != q->worth)
		return p->worth > q->worth ? -1 : 1;
	return p->order < q->order ? -1 : 1;
}

static int by_order(const void *a, const void *b)
{
	const struct draft *p = a, *q = b;
	return p->order < q->order ? -1 : 1;
}

static void keep_the_best(struct asker *x)
{
	if (x->n <= QUESTIONS_MAX)
		return;
	qsort(x->drafts, x->n, sizeof *x->drafts, by_worth);
	x->n = QUESTIONS_MAX;
	qsort(x->drafts, x->n, sizeof *x->drafts, by_order);
}

void lesson_make(struct arena *a, const struct scenario *s, const struct cell_result *r, const struct diagram *d,
		 struct lesson *out)
{
	struct asker x = { .arena = a, .scenario = s, .result = r, .d = d };
	*out = (struct lesson){ 0 };
	if (!r->world)
		return;
	x.trace = &r->world->trace;
	fates_read(a, x.trace, &x.fates);
	x.drafts = arena_alloc(a, (2 * d->n_steps + 1) * sizeof *x.drafts);
	for (uint32_t i = 0; i < d->n_steps; i++)
		ask_of_step(&x, i);
	keep_the_best(&x);
	struct lesson_question *questions = arena_alloc(a, (x.n + 1) * sizeof *questions);
	for (uint32_t i = 0; i < x.n; i++) {
		questions[i] = x.drafts[i].q;
		questions[i].choices = x.drafts[i].choices;
	}
	*out = (struct lesson){ questions, x.n };
}
