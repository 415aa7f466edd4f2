#include <string.h>

#include "scenarios/judge.h"

#define GAP_GIVE SEC /* as much as audio is apart that was sampled */

/* --- expectations ------------------------------------------------------------------------------------------------ */

static const char *gap_text(const usec between[2], struct arena *a)
{
	if (!between[1])
		return "";
	return arena_printf(a, " between %s and %s", duration_print(between[0], a), duration_print(between[1], a));
}

static const char *wanted_text(const struct scenario *s, const struct check *c, struct arena *a)
{
	return arena_printf(a, "expected %s%s%s%s%s%s", verdict_words[c->result], gap_text(c->between, a), c->cause ? ": " : "",
			    c->cause ? c->cause->word : "", c->lost_at >= 0 ? ", lost at " : "",
			    c->lost_at >= 0 ? s->nodes[c->lost_at].name : "");
}

/* A member of a group counts as the group: "home.3" was lost at "home". */
static bool same_place(const char *lost_at, const char *name)
{
	size_t len = strlen(name);
	return lost_at && !strncmp(lost_at, name, len) && (lost_at[len] == 0 || lost_at[len] == '.');
}

static bool same_time(usec wanted, usec found)
{
	usec apart = wanted > found ? wanted - found : found - wanted;
	return apart <= GAP_GIVE;
}

static bool same_gap(const usec wanted[2], const usec found[2])
{
	return !wanted[1] || (same_time(wanted[0], found[0]) && same_time(wanted[1], found[1]));
}

static bool check_as_wanted(const struct scenario *s, const struct check_result *r)
{
	const struct check *c = r->check;
	return r->result == c->result && (!c->cause || r->cause == c->cause) && same_gap(c->between, r->between) &&
	       (c->lost_at < 0 || same_place(r->lost_at, s->nodes[c->lost_at].name));
}

static void expect_checks(const struct scenario *s, struct arena *a, struct cell_result *out)
{
	for (uint32_t i = 0; i < out->n_checks; i++) {
		struct check_result *r = &out->checks[i];
		r->expected = check_as_wanted(s, r);
		if (r->expected)
			continue;
		r->surprise = wanted_text(s, r->check, a);
		out->expected = false;
		if (!out->surprise)
			out->surprise = r->surprise;
	}
}

/* The first cause of the cell beside `known`: several checks may fail, and a known cause must explain them all. */
static const struct cause *other_cause(const struct cell_result *r, const struct cause *known)
{
	for (uint32_t i = 0; i < r->n_checks; i++)
		if (r->checks[i].cause && r->checks[i].cause != known)
			return r->checks[i].cause;
	return NULL;
}

static bool exception_fits(const struct exception *e, const struct cell_result *r)
{
	bool result = e->result < 0 ? r->verdict != VERDICT_WORKS : (int)r->verdict == e->result;
	return result && (!e->cause || !other_cause(r, e->cause));
}

static const char *misfit_text(const struct exception *e, const struct cell_result *r, struct arena *a)
{
	const struct cause *found = other_cause(r, e->cause);
	if (r->verdict == VERDICT_WORKS)
		return arena_printf(a, "works now: remove the known entry at %s:%u", e->at.path, e->at.line);
	return arena_printf(a, "known at %s:%u as %s%s%s, found %s%s%s", e->at.path, e->at.line,
			    e->result < 0 ? "not working" : verdict_words[e->result], e->cause ? ": " : "",
			    e->cause ? e->cause->word : "", verdict_words[r->verdict], found ? ": " : "",
			    found ? found->word : "");
}

/* The first entry that fits the result; else the first that only names the cell. */
static const struct exception *known_for(const struct scenario *s, const struct cell_result *r)
{
	const struct exception *named = NULL;
	for (uint32_t i = 0; i < s->n_exceptions; i++) {
		const struct exception *e = &s->exceptions[i];
		if (e->skip || !when_holds(&e->when, s, r->choice))
			continue;
		if (exception_fits(e, r))
			return e;
		if (!named)
			named = e;
	}
	return named;
}

static void expect_cell(const struct scenario *s, struct arena *a, struct cell_result *out)
{
	const struct exception *e = known_for(s, out);
	out->exception = e;
	out->known = e && out->verdict != VERDICT_WORKS && exception_fits(e, out);
	bool fine = out->verdict == VERDICT_WORKS && (!e || !e->strict);
	out->expected = out->known || fine;
	if (out->known)
		out->why = e->why;
	else if (!out->expected)
		out->surprise = e ? misfit_text(e, out, a) : "expected works";
}

void judge_expected(const struct scenario *s, struct arena *a, struct cell_result *out)
{
	out->expected = true;
	if (out->verdict == VERDICT_ERROR) {
		out->expected = false;
		out->surprise = out->why;
	} else if (out->verdict == VERDICT_SKIPPED || s->expect_any) {
		return;
	} else if (s->n_axes == 0) {
		expect_checks(s, a, out);
	} else {
		expect_cell(s, a, out);
	}
}
