#include "tests/measured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "models/siptext.h"
#include "tests/loading.h"

/* --- the measurement ------------------------------------------------------------------------------------ */

const char *measured_value(struct arena *a, const char *line, const char *key)
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

const char *measured_text(struct arena *a, const char *line, const char *key)
{
	char *out = arena_strdup(a, measured_value(a, line, key)), *at;
	while ((at = strstr(out, "192.168.1.105")))
		at[strlen("192.168.1.10")] = '4';
	while ((at = strstr(out, "sip:101@")))
		at[strlen("sip:10")] = '0';
	while ((at = strstr(out, "o=101 ")))
		at[strlen("o=10")] = '0';
	return out;
}

/* The value that the axis has in "p1-r3-s1+flush", in which the parts stand in the order of the axes; -1:
 * none. */
static int value_in(const char *cell, const struct axis *axis)
{
	bool variant = strcmp(axis->name, "variant") == 0;
	const char *plus = strchr(cell, '+'), *name = variant ? plus ? plus + 1 : "none" : cell;
	for (uint32_t v = 0; v < axis->n; v++) {
		size_t length = strlen(axis->values[v]);
		for (const char *at = name; at; at = variant ? NULL : strchr(at, '-'), at += at != NULL)
			if (strncmp(at, axis->values[v], length) == 0 && strchr("-+", at[length]))
				return (int)v;
	}
	return -1;
}

bool measured_choice(const struct scenario *s, const char *cell, uint32_t *choice)
{
	for (uint32_t i = 0; i < s->n_axes; i++) {
		int v = value_in(cell, &s->axes[i]);
		if (v < 0)
			return false;
		choice[i] = (uint32_t)v;
	}
	return true;
}

int measured_cells(const char *path, void *context,
		   void (*each)(void *context, struct arena *a, const char *cell, const char *line))
{
	struct arena *whole = arena_new(), *a = arena_new();
	int n = 0;
	for (const char *at = text_of_file(whole, path, NULL); *at; at += strcspn(at, "\n") + 1) {
		const char *line = arena_copy(a, at, strcspn(at, "\n"));
		if (strstr(line, "\"cell\"")) {
			n++;
			each(context, a, measured_value(a, line, "cell"), line);
		}
		arena_reset(a);
	}
	arena_free(a);
	arena_free(whole);
	return n;
}

/* --- what happened -------------------------------------------------------------------------------------- */

static bool is_wanted(const struct record *r, const struct wanted *w)
{
	char name[64];
	return (!w->where || strcmp(iface_name(r->iface, name, sizeof name), w->where) == 0) &&
	       (!w->label || (r->label && strcmp(r->label, w->label) == 0)) && (!w->id || r->id == w->id) &&
	       (!w->parent || r->parent == w->parent) && (!w->story || r->story == w->story) &&
	       (!w->fact || r->fact == w->fact) && (!w->src.host || endpoint_equal(r->src, w->src)) &&
	       (!w->dst.host || endpoint_equal(r->dst, w->dst)) &&
	       (!w->to_host || r->dst.host == w->to_host) && r->at >= w->since &&
	       (!w->until || r->at < w->until);
}

const struct record *trace_seek(const struct world *w, enum event event, bool last, struct wanted wanted)
{
	struct trace_cursor c = trace_first(&w->trace);
	const struct record *found = NULL;
	for (const struct record *at; (last || !found) && (at = trace_next(&c));)
		if (at->event == event && is_wanted(at, &wanted))
			found = at;
	return found;
}

const struct record *trace_first_of(const struct world *w, enum event event, struct wanted wanted)
{
	return trace_seek(w, event, false, wanted);
}

const struct record *trace_handed_on(const struct world *w, const struct record *message, uint32_t host)
{
	if (!message)
		return NULL;
	const struct record *inside =
		trace_first_of(w, EVENT_SENT, (struct wanted){ .where = "home/lan", .parent = message->id });
	return inside && inside->dst.host == host ? inside : NULL;
}

/* --- texts ---------------------------------------------------------------------------------------------- */

const char *text_of_header(struct arena *a, const struct record *r, const char *name)
{
	struct header_line h;
	const char *text = r ? r->payload->bytes : "\n";
	uint32_t at = (uint32_t)strcspn(text, "\n") + 1;
	while (r && siptext_header(text, r->payload->len, &at, &h))
		if (siptext_named(text, h.name, name, 0))
			return arena_copy(a, text + h.value.at, h.value.len);
	return "null";
}

const char *text_of_flow(struct arena *a, const struct record *r)
{
	char src[ENDPOINT_TEXT_MAX], dst[ENDPOINT_TEXT_MAX];
	if (!r)
		return "null";
	endpoint_print(r->src, src);
	endpoint_print(r->dst, dst);
	return arena_printf(a, "%s > %s", src, dst);
}

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

/* What devices choose: SIP, RTP of phones and of far ends. */
static bool is_kept(uint32_t port)
{
	return port < 1024 || port == 5060 || port == 5070 || port == 41004 || port == 50822 ||
	       (port >= 16384 && port < 16400) || (port >= 30000 && port < 30020);
}

const char *text_plain(struct arena *a, struct drawn *d, const char *text)
{
	char *out = arena_alloc(a, strlen(text) + 1), *end = out;
	while (*text) {
		size_t branch = strncmp(text, ";branch=", 8) == 0 ? 1 + strcspn(text + 1, ";,") : 0;
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
