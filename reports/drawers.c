#include "reports/drawers.h"

#include <assert.h>
#include <stdlib.h>

#include "models/device.h"
#include "models/siptext.h"
#include "reports/drawer.h"

#define REMEDIES_TOLD 24 /* of one cell; further ones are counted */

/* Piece i ends at ends[i] in the bytes of all. */
struct pieces {
	struct sink bytes;
	size_t *ends;
	uint32_t n, size;
	uint32_t *slots; /* of pieces that are there once: their numbers by what they say, from 1; 0: free */
	uint32_t n_slots;
};

/* How much is there behind a drawer. */
struct reached {
	size_t weight; /* bytes in a page */
	uint32_t n_texts, n_parts;
	bool followed; /* the next drawer belongs to it */
};

struct drawers {
	struct pieces texts, parts, drawers;
	struct reached *reached; /* by drawer */
	uint32_t reached_size;
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
	size_t n = bytes.len + strlen(",");
	for (size_t i = 0; i < bytes.len; i++)
		n += bytes.at[i] == '<' ? strlen("u003c") : 0;
	return n;
}

/* --- pieces that are there once -------------------------------------------------------------- */

static uint32_t hash_of(struct span text)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */
	for (size_t i = 0; i < text.len; i++)
		h = (h ^ (unsigned char)text.at[i]) * 1099511628211u;
	return (uint32_t)(h ^ h >> 32);
}

/** The slot of a piece, or the free one where it belongs. */
static uint32_t *slot_of(const struct pieces *p, struct span piece)
{
	uint32_t i = hash_of(piece) & (p->n_slots - 1);
	while (p->slots[i] && !span_equal(piece_at(p, p->slots[i] - 1), piece))
		i = (i + 1) & (p->n_slots - 1);
	return &p->slots[i];
}

/** At most half of the slots are taken. */
static void make_room(struct pieces *p)
{
	if (2 * (p->n + 1) <= p->n_slots)
		return;
	p->n_slots = p->n_slots ? 2 * p->n_slots : 256;
	free(p->slots);
	p->slots = calloc(p->n_slots, sizeof *p->slots);
	assert(p->slots);
	for (uint32_t i = 0; i < p->n; i++)
		*slot_of(p, piece_at(p, i)) = i + 1;
}

static uint32_t piece_index(struct drawers *d, struct pieces *p, struct span piece)
{
	make_room(p);
	uint32_t *slot = slot_of(p, piece);
	if (!*slot) {
		sink_put(&p->bytes, piece.at, piece.len);
		*slot = piece_end(p) + 1;
		d->weight += weight_of(piece);
	}
	return *slot - 1;
}

/* --- what was rendered ----------------------------------------------------------------------- */

/** Numbers in the page of the pieces of one drawer. */
struct numbers {
	uint32_t *items;
	uint32_t n, size;
};

static void numbers_add(struct numbers *n, uint32_t number)
{
	if (n->n == n->size) {
		n->size = n->size ? 2 * n->size : 64;
		n->items = resized(n->items, n->size * sizeof *n->items);
	}
	n->items[n->n++] = number;
}

/** A drawer that is read: which pieces of the page its own ones are. */
struct reading {
	struct drawers *drawers;
	struct numbers texts, parts;
	struct sink piece; /* at hand */
};

static size_t plain_length(struct span s)
{
	size_t n = 0;
	while (n < s.len && s.at[n] != TO_TEXT && s.at[n] != TO_PART)
		n++;
	return n;
}

/** Puts what was rendered with the page's numbers of what it refers to. */
static void put_renumbered(struct sink *s, const struct reading *r, struct span rendered)
{
	for (size_t at = 0; at < rendered.len;) {
		size_t n = plain_length((struct span){ rendered.at + at, rendered.len - at });
		sink_put(s, rendered.at + at, n);
		at += n;
		if (at == rendered.len)
			return;
		const struct numbers *to = rendered.at[at++] == TO_TEXT ? &r->texts : &r->parts;
		uint32_t number = 0;
		for (; at < rendered.len && rendered.at[at] >= '0' && rendered.at[at] <= '9'; at++)
			number = 10 * number + (uint32_t)(rendered.at[at] - '0');
		assert(number < to->n);
		sink_number(s, to->items[number]);
	}
}

/** How much of the inside of a JSON string its first line is, with its line end. */
static size_t line_length(struct span s)
{
	const char *end = memmem(s.at, s.len, "\\r\\n", 4);
	return end ? (size_t)(end - s.at) + 4 : s.len;
}

/** Most lines of a message stand in others too: a text is an array of parts. `quoted`: a JSON string. */
static void add_text(struct reading *r, struct span quoted)
{
	struct sink line = { 0 };
	struct json j = { .out = &r->piece, .tight = true };
	struct span rest = { quoted.at + 1, quoted.len - 2 };
	sink_clear(&r->piece);
	json_open(&j, '[');
	while (rest.len) {
		size_t n = line_length(rest);
		sink_clear(&line);
		sink_char(&line, '"');
		sink_put(&line, rest.at, n);
		sink_char(&line, '"');
		json_item(&j);
		json_number(&j, piece_index(r->drawers, &r->drawers->parts, (struct span){ line.bytes, line.len }));
		rest = (struct span){ rest.at + n, rest.len - n };
	}
	json_close(&j, ']');
	struct span text = { r->piece.bytes, r->piece.len };
	numbers_add(&r->texts, piece_index(r->drawers, &r->drawers->texts, text));
	sink_free(&line);
}

static void add_part(struct reading *r, struct span line)
{
	sink_clear(&r->piece);
	put_renumbered(&r->piece, r, line);
	struct span piece = { r->piece.bytes, r->piece.len };
	numbers_add(&r->parts, piece_index(r->drawers, &r->drawers->parts, piece));
}

/** Takes all pieces; what comes back are the members. */
static struct span read_pieces(struct reading *r, struct span rendered)
{
	for (const char *end; (end = memchr(rendered.at, '\n', rendered.len));) {
		size_t n = (size_t)(end - rendered.at);
		struct span line = { rendered.at + 1, n - 1 };
		if (*rendered.at == DRAWER_TEXT)
			add_text(r, line);
		else
			add_part(r, line);
		rendered = (struct span){ end + 1, rendered.len - n - 1 };
	}
	assert(rendered.len && *rendered.at == DRAWER_MEMBERS);
	return (struct span){ rendered.at + 1, rendered.len - 1 };
}

static void reading_free(struct reading *r)
{
	free(r->texts.items);
	free(r->parts.items);
	sink_free(&r->piece);
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

static void remedy_object(struct json *j, const struct cure *c)
{
	json_open(j, '{');
	json_key(j, "breaks"), put_breaks_json(j, c);
	json_key(j, "changes"), changes_array(j, c);
	json_key(j, "effort"), json_text(j, effort_words[c->trial->effort]);
	json_key(j, "helps"), json_bool(j, c->helps);
	json_key(j, "lasts"), put_lasting_json(j, &c->lasting);
	name_member(j, c->trial->remedy);
	if (c->trial->remedy)
		json_key(j, "remedy"), json_text(j, c->trial->remedy->name);
	json_key(j, "verdict"), json_text(j, verdict_words[c->verdict]);
	json_close(j, '}');
}

static void remedies_members(struct drawers *d, struct json *j, const struct cures *c)
{
	struct sink piece = { 0 };
	uint32_t told = c->n < REMEDIES_TOLD ? c->n : REMEDIES_TOLD;
	json_key(j, "remedies"), json_open(j, '[');
	for (uint32_t i = 0; i < told; i++) {
		struct json remedy = { .out = &piece, .tight = true };
		remedy_object(&remedy, &c->items[i]);
		json_item(j), json_number(j, piece_index(d, &d->parts, (struct span){ piece.bytes, piece.len }));
		sink_clear(&piece);
	}
	json_close(j, ']');
	if (told < c->n)
		json_key(j, "remedies_left"), json_number(j, c->n - told);
	json_key(j, "tried"), json_number(j, c->tried);
	sink_free(&piece);
}

/* --- drawers --------------------------------------------------------------------------------- */

struct drawers *drawers_new(void)
{
	struct drawers *d = calloc(1, sizeof *d);
	assert(d);
	return d;
}

static void pieces_free(struct pieces *p)
{
	sink_free(&p->bytes);
	free(p->ends);
	free(p->slots);
}

void drawers_free(struct drawers *d)
{
	if (!d)
		return;
	pieces_free(&d->texts);
	pieces_free(&d->parts);
	pieces_free(&d->drawers);
	free(d->reached);
	free(d->of);
	free(d);
}

static void end_drawer(struct drawers *d, bool followed)
{
	uint32_t index = piece_end(&d->drawers);
	if (index == d->reached_size) {
		d->reached_size = d->reached_size ? 2 * d->reached_size : 64;
		d->reached = resized(d->reached, d->reached_size * sizeof *d->reached);
	}
	d->weight += weight_of(piece_at(&d->drawers, index));
	d->reached[index] = (struct reached){ d->weight, d->texts.n, d->parts.n, followed };
}

uint32_t drawers_add(struct drawers *d, const struct drawer_cell *of, const char *rendered, size_t n,
		     const struct cures *cures, bool followed)
{
	char seed[DECIMAL_MAX];
	struct json j = { .out = &d->drawers.bytes, .tight = true };
	struct reading r = { .drawers = d };
	struct span members = read_pieces(&r, (struct span){ rendered, n });
	uint32_t index = d->drawers.n;
	json_open(&j, '{');
	if (followed)
		json_key(&j, "mended"), json_number(&j, index + 1);
	json_key(&j, "n"), json_number(&j, of->cell);
	if (cures)
		remedies_members(d, &j, cures);
	json_key(&j, "s"), json_number(&j, of->scenario);
	if (of->seeded)
		json_key(&j, "seed"), json_string(&j, seed, decimal_print(of->seed, seed));
	sink_char(j.out, ',');
	put_renumbered(j.out, &r, members);
	json_close(&j, '}');
	end_drawer(d, followed);
	reading_free(&r);
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
	d->missing = d->missing ? d->missing : why;
}

/* --- in a page ------------------------------------------------------------------------------- */

uint32_t drawers_fit(const struct drawers *d, size_t bytes)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < d->drawers.n && d->reached[i].weight <= bytes; i++)
		if (!d->reached[i].followed)
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
	const struct reached none = { 0 }, *reached = n ? &d->reached[n - 1] : &none;
	json_key(j, "drawers"), pieces_array(j, &d->drawers, n);
	json_key(j, "parts"), pieces_array(j, &d->parts, reached->n_parts);
	json_key(j, "texts"), pieces_array(j, &d->texts, reached->n_texts);
	json_key(j, "undrawn"), undrawn_value(j, d, n);
}
