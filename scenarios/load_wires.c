#include <string.h>

#include "scenarios/load.h"

/* --- wires ---------------------------------------------------------------------------------------------- */

const struct shape wire_shape = { .fields = wire_fields };

static void wire_read(struct loader *l, const struct yaml *value)
{
	static const struct form map = { FORM_MAP };
	int node = -1;
	if (!form_check(l, &map, value))
		return;
	if (!yaml_is(value->key, "default") && (node = node_of(l, value->key)) < 0)
		return;
	struct knobs knobs = { .axes = true };
	shape_read(l, &wire_shape, value, NULL, &knobs);
	l->s->wires[l->s->n_wires++] = (struct wire_spec){ node, knobs_settings(l, &knobs) };
}

void wires_read(struct loader *l, const struct yaml *value, void *into)
{
	(void)into;
	l->s->wires = arena_alloc(l->arena, value->n * sizeof *l->s->wires);
	for (const struct yaml *y = value->first; y; y = y->next)
		wire_read(l, y);
}

/* --- the wall clock ------------------------------------------------------------------------------------- */

/** Days from 1970-01-01 to a day of the Gregorian calendar. */
static int64_t days_since_1970(int year, int month, int day)
{
	/* March begins the year here, so that the leap day is its last. */
	int y = month > 2 ? year : year - 1;
	int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	return (int64_t)365 * y + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

/** Does the text look like `pattern`, in which 0 stands for any digit? */
static bool looks_like(const char *text, const char *pattern)
{
	for (; *text && *pattern; text++, pattern++)
		if (*pattern == '0' ? *text < '0' || *text > '9' : *text != *pattern)
			return false;
	return !*text && !*pattern;
}

static int digits(const char *text, int n)
{
	int number = 0;
	while (n-- > 0)
		number = number * 10 + (*text++ - '0');
	return number;
}

/** Seconds since 1970 of "2013-05-10T16:00:52Z". */
static bool time_read(const char *text, int64_t *out)
{
	if (!looks_like(text, "0000-00-00T00:00:00Z"))
		return false;
	int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
	int hour = digits(text + 11, 2), minute = digits(text + 14, 2), second = digits(text + 17, 2);
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > month_days(year, month))
		return false;
	*out = days_since_1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
	return hour < 24 && minute < 60 && second < 60;
}

static void start_read(struct loader *l, const struct yaml *value)
{
	static const struct form form = { FORM_TIME };
	if (form_check(l, &form, value) && !time_read(value->text, &l->s->wall_clock))
		yaml_complain(value, VP_VALUE, "2013-05-10T16:00:52Z", "'%s' is not a time in UTC",
			      value->text);
}

/* --- pins ----------------------------------------------------------------------------------------------- */

#define NO_AXES_IN_PINS "a pin is for one run"

static void node_pin_read(struct loader *l, const struct yaml *value, struct node_spec *spec)
{
	static const struct shape shape = { .fields = pin_fields };
	struct knobs knobs = { .why = NO_AXES_IN_PINS };
	struct pins *pins = arena_alloc(l->arena, sizeof *pins);
	shape_read(l, &shape, value, NULL, &knobs);
	struct settings settings = knobs_settings(l, &knobs);
	settings_apply(&settings, NULL, pins);
	spec->pins = pins;
}

static void next_ports_keep(struct loader *l, const struct yaml *value, void *into)
{
	struct node_draft *d = into;
	(void)l;
	d->next_ports = value;
}

static const struct field ports_field = { "next-ports", FIELD_UINTS, .min = 1, .max = 65535 };

/* clang-format off */
static const struct key router_pin_keys[] = {
	{ "next-ports", false, "outside ports of new mappings, in order",
	  { FORM_FIELD, .field = &ports_field }, next_ports_keep },
	{ 0 },
};
/* clang-format on */

const struct shape router_pin_shape = { .keys = router_pin_keys };

static void pin_entry_read(struct loader *l, const struct yaml *value)
{
	static const struct form map = { FORM_MAP };
	int node = form_check(l, &map, value) ? node_of(l, value->key) : -1;
	if (node < 0)
		return;
	if (l->s->nodes[node].kind == DEVICE_ROUTER)
		shape_read(l, &router_pin_shape, value, &l->nodes[node], NULL);
	else
		node_pin_read(l, value, &l->s->nodes[node]);
}

void pin_read(struct loader *l, const struct yaml *value, void *into)
{
	(void)into;
	for (const struct yaml *y = value->first; y; y = y->next)
		if (yaml_is(y->key, "start"))
			start_read(l, y);
		else
			pin_entry_read(l, y);
}
