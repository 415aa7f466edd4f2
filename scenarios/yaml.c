#include "scenarios/yaml.h"

#include <libfyaml.h>
#include <string.h>

#include "scenarios/names.h"

#define INSTEAD_OF_ANCHORS \
	"give it a name under `models` and derive others with `like`; share files with `use`"
#define LINE_SHOWN_MAX 400 /* bytes; longer lines are not shown in complaints */

/** A map or list that is still open. */
struct level {
	struct yaml *node, *last;
	struct yaml *key; /* of the value that comes next in a map */
};

struct reader {
	struct arena *arena;
	const struct yaml_file *file;
	struct level levels[YAML_DEPTH_MAX];
	uint32_t depth, nodes, documents;
	struct yaml *root;
	struct yaml here; /* the place of what came last, for what has no place of its own */
	bool stop;
};

/* --- places and complaints ------------------------------------------------------------------------------ */

struct place yaml_place(const struct yaml *y)
{
	return (struct place){ y->file->source->path, y->line, y->column, y->width };
}

const struct yaml *yaml_head(const struct yaml *y)
{
	return y->key ? y->key : y;
}

/** The line around an offset, or NULL when it is too long to be shown. */
static const char *line_around(const struct source *source, size_t offset, struct arena *a)
{
	size_t start = offset < source->len ? offset : source->len, end = start;
	while (start > 0 && source->text[start - 1] != '\n' && offset - start <= LINE_SHOWN_MAX)
		start--;
	while (end < source->len && source->text[end] != '\n' && end - start <= LINE_SHOWN_MAX)
		end++;
	if (end - start > LINE_SHOWN_MAX)
		return NULL;
	if (end > start && source->text[end - 1] == '\r')
		end--;
	return arena_copy(a, source->text + start, end - start);
}

struct complaint *yaml_complain(const struct yaml *y, enum complaint_code code, const char *help,
				const char *format, ...)
{
	struct complaints *list = y->file->complaints;
	const char *sentence = "";
	va_list args;
	va_start(args, format);
	if (!complaints_full(list))
		sentence = arena_vprintf(list->arena, format, args);
	va_end(args);
	struct complaint *c = complain(list, code, yaml_place(y), "%s", sentence);
	if (!c)
		return NULL;
	c->help = help;
	c->source_line = line_around(y->file->source, y->offset, list->arena);
	return c;
}

void yaml_note(struct complaint *c, const struct yaml *other, const char *note)
{
	if (!c)
		return;
	c->note = note;
	c->note_at = yaml_place(other);
}

static uint32_t index_in_parent(const struct yaml *y)
{
	uint32_t i = 0;
	for (const struct yaml *sibling = y->parent->first; sibling && sibling != y; sibling = sibling->next)
		i++;
	return i;
}

const char *yaml_path(const struct yaml *y, struct arena *a)
{
	const char *path = "";
	for (; y->parent; y = y->parent) {
		const char *dot = *path && *path != '[' ? "." : "";
		if (y->key)
			path = arena_printf(a, "%s%s%s", y->key->text, dot, path);
		else
			path = arena_printf(a, "[%u]%s%s", index_in_parent(y) + 1, dot, path);
	}
	return *path ? path : "the file";
}

const struct yaml *yaml_get(const struct yaml *map, const char *key)
{
	for (const struct yaml *value = map->first; value; value = value->next)
		if (strcmp(value->key->text, key) == 0)
			return value;
	return NULL;
}

bool yaml_is(const struct yaml *y, const char *text)
{
	return y->kind == YAML_TEXT && strcmp(y->text, text) == 0;
}

/* --- what no text has ----------------------------------------------------------------------------------- */

/** Length of the UTF-8 sequence at `p`; 0 when it is none (overlong forms and surrogates included). */
static size_t utf8_length(const unsigned char *p, const unsigned char *end)
{
	static const struct form {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = {
		{ 0x80, 0x00, 0 }, { 0xE0, 0xC0, 0x80 }, { 0xF0, 0xE0, 0x800 }, { 0xF8, 0xF0, 0x10000 }
	};
	for (size_t n = 0; n < COUNT(forms); n++) {
		if ((*p & forms[n].mask) != forms[n].lead)
			continue;
		uint32_t point = *p & (unsigned char)~forms[n].mask;
		for (size_t i = 1; i <= n; i++) {
			if (p + i >= end || (p[i] & 0xC0) != 0x80)
				return 0;
			point = point << 6 | (p[i] & 0x3F);
		}
		bool good =
			point >= forms[n].least && point <= 0x10FFFF && !(point >= 0xD800 && point <= 0xDFFF);
		return good ? n + 1 : 0;
	}
	return 0;
}

static bool is_text_byte(unsigned char c)
{
	return (c >= ' ' && c != 0x7f) || c == '\t' || c == '\n' || c == '\r';
}

/** The first byte that is no part of a text; `len` when there is none. */
static size_t text_end(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + len;
	while (p < end) {
		size_t n = is_text_byte(*p) ? utf8_length(p, end) : 0;
		if (n == 0)
			break;
		p += n;
	}
	return (size_t)(p - (const unsigned char *)text);
}

static uint32_t line_of(const char *text, size_t offset)
{
	uint32_t line = 1;
	for (size_t i = 0; i < offset; i++)
		line += text[i] == '\n';
	return line;
}

static bool is_text(const struct source *s, struct complaints *complaints)
{
	struct place at = { s->path, 1, 1, 0 };
	if (s->len > SOURCE_MAX) {
		complain(complaints, VP_FILE, at, "the file is larger than %u MiB", SOURCE_MAX >> 20);
		return false;
	}
	size_t end = text_end(s->text, s->len);
	if (end == s->len)
		return true;
	at.line = line_of(s->text, end);
	complain(complaints, VP_FILE, at, "the file is not text: byte 0x%02x in line %u",
		 (unsigned)(unsigned char)s->text[end], at.line);
	return false;
}

/* --- building the tree ---------------------------------------------------------------------------------- */

/** Takes the place of a token; what has none (an empty value) keeps the place of what came before. */
static void place_take(struct reader *r, struct fy_token *token)
{
	const struct fy_mark *start = token ? fy_token_start_mark(token) : NULL;
	const struct fy_mark *end = token ? fy_token_end_mark(token) : NULL;
	if (!start || !end)
		return;
	r->here.line = (uint32_t)start->line + 1;
	r->here.column = (uint32_t)start->column + 1;
	r->here.width = end->line == start->line ? (uint32_t)(end->column - start->column) : 0;
	r->here.offset = (uint32_t)start->input_pos;
}

/** Further nodes are not wanted. */
static void reader_stop(struct reader *r, enum complaint_code code, const char *help, const char *sentence)
{
	yaml_complain(&r->here, code, help, "%s", sentence);
	r->stop = true;
}

/** Hangs a node where the text is: a key, a value, an item, or the root. */
static void attach(struct reader *r, struct yaml *node)
{
	if (r->depth == 0) {
		r->root = node;
		return;
	}
	struct level *top = &r->levels[r->depth - 1];
	node->parent = top->node;
	if (top->node->kind == YAML_MAP && !top->key) {
		top->key = node;
		return;
	}
	node->key = top->key;
	top->key = NULL;
	if (top->last)
		top->last->next = node;
	else
		top->node->first = node;
	top->last = node;
	top->node->n++;
}

static struct yaml *node_new(struct reader *r, enum yaml_kind kind, struct fy_token *token)
{
	place_take(r, token);
	if (++r->nodes > YAML_NODES_MAX && !r->stop)
		reader_stop(r, VP_TOO_MUCH, NULL, "the file holds more than a million values");
	struct yaml *y = arena_alloc(r->arena, sizeof *y);
	*y = r->here;
	y->kind = kind;
	attach(r, y);
	return y;
}

static void refuse_decoration(struct reader *r, struct fy_token *anchor, struct fy_token *tag)
{
	if (anchor) {
		place_take(r, anchor);
		yaml_complain(&r->here, VP_YAML_FEATURE, INSTEAD_OF_ANCHORS,
			      "anchors and aliases are not used in scenarios");
	}
	if (tag) {
		place_take(r, tag);
		yaml_complain(&r->here, VP_YAML_FEATURE, "leave it out: the key decides how a value is read",
			      "tags are not used in scenarios");
	}
}

static void spoil(struct yaml *y, enum complaint_code code, const char *help, const char *sentence)
{
	yaml_complain(y, code, help, "%s", sentence);
	y->kind = YAML_SPOILT;
}

static void alias_refused(struct reader *r, struct fy_event *e)
{
	struct yaml *y = node_new(r, YAML_TEXT, e->alias.anchor);
	y->text = "";
	spoil(y, VP_YAML_FEATURE, INSTEAD_OF_ANCHORS, "anchors and aliases are not used in scenarios");
}

static bool is_quoted(enum fy_scalar_style style)
{
	return style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
}

static void text_found(struct reader *r, struct fy_event *e)
{
	struct fy_token *token = e->scalar.value;
	refuse_decoration(r, e->scalar.anchor, e->scalar.tag);
	struct yaml *y = node_new(r, YAML_TEXT, token);
	size_t len = 0;
	const char *text = token ? fy_token_get_text(token, &len) : "";
	y->text = arena_copy(r->arena, text ? text : "", len);
	y->len = (uint32_t)len;
	if (strlen(y->text) != len)
		spoil(y, VP_VALUE, NULL, "a text cannot hold a zero byte");
	y->quoted = token && fy_scalar_token_get_style(token) != FYSS_PLAIN;
	if (token && is_quoted(fy_scalar_token_get_style(token)) && y->column > 1) {
		y->column--;
		y->width += y->width ? 2 : 0;
	}
}

static void collection_begins(struct reader *r, enum yaml_kind kind, struct fy_token *start,
			      struct fy_token *anchor, struct fy_token *tag)
{
	refuse_decoration(r, anchor, tag);
	struct yaml *y = node_new(r, kind, start);
	y->text = "";
	if (r->depth == YAML_DEPTH_MAX) {
		reader_stop(r, VP_YAML_FEATURE, NULL, "maps and lists are nested too deeply");
		return;
	}
	r->levels[r->depth++] = (struct level){ .node = y };
}

/** Complains about what cannot be a key. Keys from broken maps and lists are texts without letters. */
static void key_check(const struct yaml *key)
{
	if (key->kind == YAML_MAP || key->kind == YAML_LIST)
		yaml_complain(key, VP_SHAPE, NULL, "a key must be a word");
	else if (strcmp(key->text, "<<") == 0 && !key->quoted)
		yaml_complain(key, VP_YAML_FEATURE, INSTEAD_OF_ANCHORS,
			      "merge keys are not used in scenarios");
}

static bool is_usable_key(const struct yaml *key)
{
	return key->kind == YAML_TEXT && (key->quoted || strcmp(key->text, "<<") != 0);
}

static void twice_complained(const struct yaml *key, const struct yaml *first)
{
	yaml_note(yaml_complain(key, VP_KEY_TWICE, "keep one of them", "key '%s' is given twice", key->text),
		  first, "it was first given here");
}

/** Takes out of a finished map what nobody should see: entries whose key is no word or was there before. */
static void map_clean(struct reader *r, struct yaml *map)
{
	struct names *seen = names_new(r->arena);
	struct yaml **values = arena_alloc(r->arena, (map->n + 1) * sizeof *values);
	struct yaml **link = &map->first;
	uint32_t n = 0;
	for (struct yaml *value = map->first; value; value = value->next) {
		uint32_t number = n;
		key_check(value->key);
		if (!is_usable_key(value->key))
			continue;
		if (!names_add(seen, value->key->text, value->key->len, &number)) {
			twice_complained(value->key, values[number]->key);
			continue;
		}
		values[n++] = value;
		*link = value;
		link = &value->next;
	}
	*link = NULL;
	map->n = n;
}

static void collection_ends(struct reader *r)
{
	struct yaml *node = r->levels[--r->depth].node;
	if (node->kind == YAML_MAP)
		map_clean(r, node);
}

static void document_begins(struct reader *r)
{
	if (r->documents++ > 0)
		reader_stop(r, VP_YAML_FEATURE, "put each into a file of its own",
			    "a file holds one document only");
}

static void event_take(struct reader *r, struct fy_event *e)
{
	switch (e->type) {
	case FYET_DOCUMENT_START:
		place_take(r, e->document_start.document_start);
		document_begins(r);
		break;
	case FYET_MAPPING_START:
		collection_begins(r, YAML_MAP, e->mapping_start.mapping_start, e->mapping_start.anchor,
				  e->mapping_start.tag);
		break;
	case FYET_SEQUENCE_START:
		collection_begins(r, YAML_LIST, e->sequence_start.sequence_start, e->sequence_start.anchor,
				  e->sequence_start.tag);
		break;
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		collection_ends(r);
		break;
	case FYET_SCALAR:
		text_found(r, e);
		break;
	case FYET_ALIAS:
		alias_refused(r, e);
		break;
	default:
		break;
	}
}

/* --- libfyaml ------------------------------------------------------------------------------------------- */

/** Where a line begins. */
static size_t line_offset(const struct source *s, uint32_t line)
{
	const char *at = s->text, *end = s->text + s->len;
	while (line-- > 1) {
		const char *next = memchr(at, '\n', (size_t)(end - at));
		if (!next)
			break;
		at = next + 1;
	}
	return (size_t)(at - s->text);
}

/** Moves to the tab that indents a line: the one here, or one of the indented lines behind it. False: none
 * does. */
static bool tab_find(struct reader *r)
{
	const char *text = r->file->source->text, *line = text + r->here.offset;
	for (uint32_t n = r->here.line;; n++) {
		size_t blanks = strspn(line, " \t"), spaces = strspn(line, " ");
		if (spaces < blanks && !strchr("#\r\n", line[blanks])) {
			r->here.line = n;
			r->here.column = (uint32_t)spaces + 1;
			r->here.offset = (uint32_t)(line - text);
			return true;
		}
		line = strchr(line, '\n');
		if (!line || !strchr(" \t", *++line))
			return false;
	}
}

/* A line that a tab indents continues the text of the line before it, and then a colon makes that text a key.
 */
static bool may_come_from_a_tab(const char *message)
{
	return strstr(message, "tab ") || strstr(message, "multiline plain key");
}

/** Tells what libfyaml found wrong. Its first message is the cause of the others. */
static void syntax_complain(struct reader *r, struct fy_diag *diag)
{
	void *state = NULL;
	struct fy_diag_error *error = fy_diag_errors_iterate(diag, &state);
	const char *message = error && error->msg ? error->msg : "it cannot be read";
	if (error && error->line > 0) {
		r->here.line = (uint32_t)error->line;
		r->here.column = error->column > 0 ? (uint32_t)error->column : 1;
		r->here.width = 1;
		r->here.offset = (uint32_t)line_offset(r->file->source, r->here.line);
	}
	if (may_come_from_a_tab(message) && tab_find(r))
		yaml_complain(&r->here, VP_YAML, "indent with blanks", "a tab indents this line");
	else
		yaml_complain(&r->here, VP_YAML, NULL, "this is not YAML: %s", message);
}

static bool events_take(struct reader *r, struct fy_parser *parser)
{
	struct fy_event *e;
	while (!r->stop && (e = fy_parser_parse(parser)) != NULL) {
		event_take(r, e);
		fy_parser_event_free(parser, e);
	}
	return !r->stop && !fy_parser_get_stream_error(parser);
}

/** Feeds the whole text; libfyaml's own search for duplicate keys is quadratic and stays off. */
static bool parse(struct reader *r)
{
	const struct source *s = r->file->source;
	struct fy_diag_cfg diag_cfg;
	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	struct fy_diag *diag = fy_diag_create(&diag_cfg);
	fy_diag_set_collect_errors(diag, true);
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_ALLOW_DUPLICATE_KEYS, .diag = diag };
	struct fy_parser *parser = fy_parser_create(&cfg);
	fy_parser_set_string(parser, s->text, s->len);
	bool good = events_take(r, parser);
	if (!good && !r->stop)
		syntax_complain(r, diag);
	fy_parser_destroy(parser);
	fy_diag_destroy(diag);
	return good;
}

static bool is_nothing(const struct yaml *root)
{
	return !root || (root->kind == YAML_TEXT && root->len == 0 && !root->quoted);
}

const struct yaml *yaml_read(struct arena *a, const struct source *source, struct complaints *complaints)
{
	if (!is_text(source, complaints))
		return NULL;
	struct yaml_file *file = arena_alloc(a, sizeof *file);
	*file = (struct yaml_file){ source, complaints };
	struct reader *r = arena_alloc(a, sizeof *r);
	*r = (struct reader){ .arena = a, .file = file, .here = { .line = 1, .column = 1, .file = file } };
	if (!parse(r))
		return NULL;
	if (!is_nothing(r->root))
		return r->root;
	complain(complaints, VP_FILE, (struct place){ source->path, 1, 1, 0 }, "the file is empty");
	return NULL;
}
