#include "reports/drawers.h"

#include <assert.h>
#include <stdlib.h>

#include "models/device.h"
#include "models/siptext.h"
#include "reports/drawer.h"

#define REMEDIES_TOLD 24 /* of one cell; further ones are counted */

/* Text i ends at texts[i] in the bytes of all texts; likewise drawers. */
struct pieces {
	struct sink bytes;
	size_t *ends;
	uint32_t n, size;
};

struct drawers {
	struct pieces texts, drawers;
	uint32_t *slots; /* open addressing: numbers of texts by what they say, from 1; 0: free */
	uint32_t n_slots;
	size_t *weights;   /* by drawer: bytes in a page up to its end, with the texts that nobody before it has */
	uint32_t *n_texts; /* by drawer: so many of the texts are there behind it */
	bool *followed;	   /* by drawer: the next one belongs to it */
	uint32_t size;	   /* of these three */
	size_t weight;
	uint32_t *of; /* by cell */
	size_t n_of;
	const char *missing;
};

static void *resized(void *memory, size_t size)
{
	void *more = realloc(memory, size);
	assert(more);
	return more;
}

/* --- pieces ---------------------------------------------------------------------------------- */

static uint32_t piece_end(struct pieces *p)
{
	if (p->n == p->size) {
		p->size = p->size ? 2 * p->size : 64;
		p->ends = resized(p->ends, p->size * sizeof *p->ends);
	}
	p->ends[p->n] = p->bytes.len;
	return p->n++;
}

static size_t piece_start(const struct pieces *p, uint32_t i)
{
	return i ? p->ends[i - 1] : 0;
}

static struct span piece_at(const struct pieces *p, uint32_t i)
{
	size_t start = piece_start(p, i);
	return (struct span){ p->bytes.bytes + start, p->ends[i] - start };
}

/** In a page `<` is written \u003c. */
static size_t weight_of(struct span bytes)
{
	size_t n = bytes.len + strlen(", ");
	for (size_t i = 0; i < bytes.len; i++)
		n += bytes.at[i] == '<' ? strlen("u003c") : 0;
	return n;
}

/* --- texts ----------------------------------------------------------------------------------- */

static uint32_t hash_of(struct span text)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */
	for (size_t i = 0; i < text.len; i++)
		h = (h ^ (unsigned char)text.at[i]) * 1099511628211u;
	return (uint32_t)(h ^ h >> 32);
}

/** The slot of a text, or the free one where it belongs. */
static uint32_t *slot_of(const struct drawers *d, struct span text)
{
	uint32_t i = hash_of(text) & (d->n_slots - 1);
	while (d->slots[i] && !span_equal(piece_at(&d->texts, d->slots[i] - 1), text))
		i = (i + 1) & (d->n_slots - 1);
	return &d->slots[i];
}

/** At most half of the slots are taken. */
static void make_room(struct drawers *d)
{
	if (2 * (d->texts.n + 1) <= d->n_slots)
		return;
	d->n_slots = d->n_slots ? 2 * d->n_slots : 256;
	free(d->slots);
	d->slots = calloc(d->n_slots, sizeof *d->slots);
	assert(d->slots);
	for (uint32_t i = 0; i < d->texts.n; i++)
		*slot_of(d, piece_at(&d->texts, i)) = i + 1;
}

static uint32_t text_index(struct drawers *d, struct span text)
{
	make_room(d);
	uint32_t *slot = slot_of(d, text);
	if (!*slot) {
		sink_put(&d->texts.bytes, text.at, text.len);
		*slot = piece_end(&d->texts) + 1;
		d->weight += weight_of(text);
	}
	return *slot - 1;
}

/** The lines before the last one are texts; which they are in the page. */
static uint32_t *read_texts(struct drawers *d, struct span *rendered)
{
	uint32_t *numbers = NULL, n = 0;
	for (const char *end; (end = memchr(rendered->at, '\n', rendered->len));) {
		struct span text = { rendered->at, (size_t)(end - rendered->at) };
		numbers = resized(numbers, (n + 1) * sizeof *numbers);
		numbers[n++] = text_index(d, text);
		*rendered = (struct span){ end + 1, rendered->len - text.len - 1 };
	}
	return numbers;
}

/** The members, with the page's number of each text that they refer to. */
static void put_members(struct sink *s, struct span members, const uint32_t *numbers)
{
	while (members.len) {
		const char *at = memchr(members.at, DRAWER_TEXT, members.len);
		size_t n = at ? (size_t)(at - members.at) : members.len;
		sink_put(s, members.at, n);
		members = (struct span){ members.at + n, members.len - n };
		if (!at)
			return;
		uint32_t number = 0;
		size_t digits = 1;
		for (; members.at[digits] >= '0' && members.at[digits] <= '9'; digits++)
			number = 10 * number + (uint32_t)(members.at[digits] - '0');
		sink_number(s, numbers[number]);
		members = (struct span){ members.at + digits, members.len - digits };
	}
}

/* --- remedies -------------------------------------------------------------------------------- */

static void changes_array(struct json *j, const struct cure *c)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < c->n_texts; i++) {
		json_item(j), json_open(j, '[');
		json_item(j), json_text(j, c->texts[i].node);
		json_item(j), json_text(j, c->texts[i].knob);
		json_item(j), json_text(j, c->texts[i].value);
		json_close(j, ']');
	}
	json_close(j, ']');
}

/** "rport", of "rport on": what people call it. */
static void name_member(struct json *j, const struct model *remedy)
{
	if (remedy && remedy->title)
		json_key(j, "name"), json_string(j, remedy->title, model_word(remedy));
}

static void remedy_object(struct json *j, const struct cure *c, uint32_t drawer)
{
	json_open(j, '{');
	json_key(j, "breaks"), json_open(j, '[');
	for (uint32_t i = 0; i < c->n_breaks; i++)
		json_item(j), json_text(j, c->breaks[i]);
	json_close(j, ']');
	json_key(j, "changes"), changes_array(j, c);
	if (drawer != DRAWER_NONE)
		json_key(j, "drawer"), json_number(j, drawer);
	json_key(j, "effort"), json_text(j, effort_words[c->trial->effort]);
	json_key(j, "lasts"), put_lasting_json(j, &c->lasting);
	name_member(j, c->trial->remedy);
	if (c->trial->remedy)
		json_key(j, "remedy"), json_text(j, c->trial->remedy->name);
	json_key(j, "verdict"), json_text(j, verdict_words[c->verdict]);
	json_close(j, '}');
}

static void remedies_members(struct json *j, const struct cures *c, uint32_t drawer)
{
	uint32_t told = c->n < REMEDIES_TOLD ? c->n : REMEDIES_TOLD;
	json_key(j, "remedies"), json_open(j, '[');
	for (uint32_t i = 0; i < told; i++)
		json_item(j), remedy_object(j, &c->items[i], i ? DRAWER_NONE : drawer);
	json_close(j, ']');
	if (told < c->n)
		json_key(j, "remedies_left"), json_number(j, c->n - told);
	json_key(j, "tried"), json_number(j, c->tried);
}

/* --- drawers --------------------------------------------------------------------------------- */

struct drawers *drawers_new(void)
{
	struct drawers *d = calloc(1, sizeof *d);
	assert(d);
	return d;
}

void drawers_free(struct drawers *d)
{
	if (!d)
		return;
	sink_free(&d->texts.bytes);
	sink_free(&d->drawers.bytes);
	free(d->texts.ends);
	free(d->drawers.ends);
	free(d->slots);
	free(d->weights);
	free(d->n_texts);
	free(d->followed);
	free(d->of);
	free(d);
}

static void end_drawer(struct drawers *d, bool followed)
{
	uint32_t index = piece_end(&d->drawers);
	if (index == d->size) {
		d->size = d->size ? 2 * d->size : 64;
		d->weights = resized(d->weights, d->size * sizeof *d->weights);
		d->n_texts = resized(d->n_texts, d->size * sizeof *d->n_texts);
		d->followed = resized(d->followed, d->size * sizeof *d->followed);
	}
	d->weight += weight_of(piece_at(&d->drawers, index));
	d->weights[index] = d->weight;
	d->n_texts[index] = d->texts.n;
	d->followed[index] = followed;
}

uint32_t drawers_add(struct drawers *d, const struct drawer_cell *of, const char *rendered, size_t n,
		     const struct cures *cures, bool followed)
{
	char seed[DECIMAL_MAX];
	struct json j = { &d->drawers.bytes };
	struct span rest = { rendered, n };
	uint32_t index = d->drawers.n, *numbers = read_texts(d, &rest);
	json_open(&j, '{');
	json_key(&j, "n"), json_number(&j, of->cell);
	if (cures)
		remedies_members(&j, cures, followed ? index + 1 : DRAWER_NONE);
	json_key(&j, "s"), json_number(&j, of->scenario);
	if (of->seeded)
		json_key(&j, "seed"), json_string(&j, seed, decimal_print(of->seed, seed));
	sink_text(j.out, ", ");
	put_members(j.out, rest, numbers);
	json_close(&j, '}');
	end_drawer(d, followed);
	free(numbers);
	return index;
}

void drawers_assign(struct drawers *d, const uint32_t *of, size_t n)
{
	d->of = resized(d->of, (n + 1) * sizeof *d->of);
	d->n_of = n;
	if (n)
		memcpy(d->of, of, n * sizeof *d->of);
}

void drawers_missing(struct drawers *d, const char *why)
{
	d->missing = why;
}

/* --- in a page ------------------------------------------------------------------------------- */

uint32_t drawers_count(const struct drawers *d)
{
	return d->drawers.n;
}

uint32_t drawers_fit(const struct drawers *d, size_t bytes)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < d->drawers.n && d->weights[i] <= bytes; i++)
		if (!d->followed[i])
			n = i + 1;
	return n;
}

uint32_t drawers_of_cell(const struct drawers *d, size_t i, uint32_t n)
{
	return i < d->n_of && d->of[i] < n ? d->of[i] : DRAWER_NONE;
}

static void pieces_array(struct json *j, const struct pieces *p, uint32_t n)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < n; i++) {
		struct span piece = piece_at(p, i);
		json_item(j), sink_put(j->out, piece.at, piece.len);
		j->more = true;
	}
	json_close(j, ']');
}

/** What was left out here is said before what was not even made. */
static void undrawn_value(struct json *j, const struct drawers *d, uint32_t n)
{
	struct sink s = { 0 };
	if (n < d->drawers.n)
		sink_printf(&s, "the page would be too large: %u of %u ladders are in it", n, d->drawers.n);
	else if (d->missing)
		sink_text(&s, d->missing);
	if (s.len)
		json_string(j, s.bytes, s.len);
	else
		json_null(j);
	sink_free(&s);
}

void put_drawers_data(struct json *j, const struct drawers *d, uint32_t n)
{
	json_key(j, "drawers"), pieces_array(j, &d->drawers, n);
	json_key(j, "texts"), pieces_array(j, &d->texts, n ? d->n_texts[n - 1] : 0);
	json_key(j, "undrawn"), undrawn_value(j, d, n);
}
