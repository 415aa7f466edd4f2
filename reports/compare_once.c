#include "reports/compare_shared.h"
#include "scenarios/names.h"

static void *grown(struct arena *a, const void *items, uint32_t n, uint32_t *room, size_t size)
{
	*room = *room ? 2 * *room : 64;
	void *larger = arena_alloc(a, *room * size);
	if (n)
		memcpy(larger, items, n * size);
	return larger;
}

uint32_t compared_id(struct compared *s, const char *text)
{
	size_t len = strlen(text);
	int64_t known = names_find(s->ids, text, len);
	if (known >= 0)
		return (uint32_t)known;
	uint32_t id = s->n_texts++;
	if (id == s->texts_room)
		s->texts = grown(s->arena, s->texts, id, &s->texts_room, sizeof *s->texts);
	s->texts[id] = arena_copy(s->arena, text, len);
	names_add(s->ids, s->texts[id], len, &id);
	return id;
}

const char *compared_text(struct compared *s, const char *text)
{
	if (!text)
		return NULL;
	uint32_t id = compared_id(s, text);
	return s->texts[id];
}

static int text_order(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

int trouble_order(const struct trouble *a, const struct trouble *b)
{
	int check = text_order(a->check, b->check), subject = text_order(a->subject, b->subject);
	return check ? check : subject ? subject : text_order(a->to, b->to);
}

/** The order of the checks in a file says nothing of what became of a cell. Those of one name stay as they are. */
static void troubles_sort(struct trouble *items, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		const struct trouble moved = items[i];
		uint32_t k = i;
		for (; k > 0 && trouble_order(&items[k - 1], &moved) > 0; k--)
			items[k] = items[k - 1];
		items[k] = moved;
	}
}

static void put_key_text(struct sink *key, const char *text)
{
	sink_text(key, text ? text : "");
	sink_char(key, text ? '\x1F' : '\x1E');
}

/** Bytes that are the same for the same outcome. */
static void put_key(struct sink *key, const struct scanned_cell *cell)
{
	sink_clear(key);
	sink_char(key, (char)('0' + cell->verdict));
	sink_char(key, cell->detailed ? 'd' : 'b');
	put_key_text(key, cell->cause);
	for (uint32_t i = 0; i < cell->n_troubles; i++) {
		const struct trouble *t = &cell->troubles[i];
		put_key_text(key, t->check);
		put_key_text(key, t->subject);
		put_key_text(key, t->to);
		put_key_text(key, t->cause);
		sink_char(key, (char)('0' + t->result));
	}
}

static bool told_before(const struct cell_state *o, uint32_t n, const char *cause)
{
	for (uint32_t i = 0; i < n; i++)
		if (o->troubles[i].cause == cause)
			return true;
	return false;
}

static const char *words_of(struct compared *s, const struct cell_state *o)
{
	const char *words = o->n_troubles ? "" : o->cause ? o->cause : "";
	for (uint32_t i = 0; i < o->n_troubles; i++) {
		const char *cause = o->troubles[i].cause;
		if (cause && !told_before(o, i, cause))
			words = arena_printf(s->arena, "%s%s%s", words, *words ? ", " : "", cause);
	}
	return words;
}

static const struct cell_state *new_outcome(struct compared *s, const struct scanned_cell *cell)
{
	struct cell_state *o = arena_alloc(s->arena, sizeof *o);
	struct trouble *troubles = arena_alloc(s->arena, (cell->n_troubles + 1) * sizeof *troubles);
	for (uint32_t i = 0; i < cell->n_troubles; i++) {
		const struct trouble *t = &cell->troubles[i];
		troubles[i] = (struct trouble){ compared_text(s, t->check), compared_text(s, t->subject),
						compared_text(s, t->to), t->result, compared_text(s, t->cause) };
	}
	*o = (struct cell_state){ cell->verdict, compared_text(s, cell->cause), "", troubles, cell->n_troubles,
				  cell->detailed };
	o->causes = words_of(s, o);
	return o;
}

const struct cell_state *compared_outcome(struct compared *s, struct scanned_cell *cell)
{
	troubles_sort(cell->troubles, cell->n_troubles);
	put_key(&s->key, cell);
	int64_t known = names_find(s->outcome_ids, s->key.bytes, s->key.len);
	if (known >= 0)
		return s->outcomes[known];
	uint32_t id = s->n_outcomes++;
	if (id == s->outcomes_room)
		s->outcomes = grown(s->arena, s->outcomes, id, &s->outcomes_room, sizeof *s->outcomes);
	s->outcomes[id] = new_outcome(s, cell);
	names_add(s->outcome_ids, arena_copy(s->arena, s->key.bytes, s->key.len), s->key.len, &id);
	return s->outcomes[id];
}
