#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reports/algs.h"
#include "reports/models.h"
#include "scenarios/nearest.h"
#include "sim/cli/commands.h"
#include "sim/cli/input.h"
#include "sim/cli/offer.h"
#include "sim/cli/output.h"
#include "sim/cli/terminal.h"

/* --- list ------------------------------------------------------------------------------------ */

struct list_options {
	bool markdown;
	int color;
};

static const struct option_row list_options[] = {
	{ "markdown", 0, OPTION_SWITCH, .at = offsetof(struct list_options, markdown),
	  .doc = "all models and knobs, or what algs do, as Markdown" },
	OPTION_COLOR(offsetof(struct list_options, color)),
	{ 0 },
};

#define MODELS_ABOUT "model, what it is, how sure its behaviour is"

/** What can be listed. */
static const struct listing {
	const char *word, *about;
	void (*put)(struct sink *, const struct paper *); /* NULL: the models of `kind` */
	enum device_kind kind;
} listings[] = {
	{ "phones", MODELS_ABOUT, .kind = DEVICE_PHONE },
	{ "routers", MODELS_ABOUT, .kind = DEVICE_ROUTER },
	{ "servers", MODELS_ABOUT, .kind = DEVICE_SERVER },
	{ "gateways", MODELS_ABOUT, .kind = DEVICE_GATEWAY },
	{ "algs", MODELS_ABOUT, .kind = DEVICE_ALG },
	{ "remedies", "remedy, what it does and what it harms, how sure that is", .kind = DEVICE_REMEDY },
	{ "causes", "word, what it says, number", put_cause_list },
	{ "checks", "word, what is asked, letter in small matrices", put_check_list },
};

/** Also in the singular. */
static bool is_called(const struct listing *l, const char *word)
{
	size_t length = strlen(word);
	const char *one = l->put ? NULL : device_words[l->kind];
	if (one && strcmp(one, word) == 0)
		return true;
	return strncmp(l->word, word, length) == 0 && (!l->word[length] || strcmp(l->word + length, "s") == 0);
}

static const struct listing *find_listing(const char *word)
{
	for (size_t i = 0; i < COUNT(listings); i++)
		if (is_called(&listings[i], word))
			return &listings[i];
	return NULL;
}

static int unknown_listing(const char *word)
{
	struct nearest nearest = nearest_to(word, strlen(word));
	for (size_t i = 0; i < COUNT(listings); i++)
		nearest_offer(&nearest, listings[i].word);
	if (nearest.best)
		return usage_error("list", "nothing is called '%s', did you mean %s?", word, nearest.best);
	return usage_error("list",
			   "nothing is called '%s'; there are phones, routers, servers, gateways, algs, "
			   "remedies, causes, checks",
			   word);
}

static void put_listing(struct sink *s, const struct paper *paper, const struct catalogue *c,
			const struct listing *l)
{
	ink_text(s, paper, INK_BOLD, l->word);
	sink_printf(s, " (%s)\n\n", l->about);
	if (l->put)
		l->put(s, paper);
	else
		put_models(s, paper, c, l->kind);
}

static void put_listings(struct sink *s, const struct paper *paper, const struct catalogue *c,
			 const struct operands *words)
{
	for (int i = 0; i < words->n; i++) {
		sink_text(s, i ? "\n" : "");
		put_listing(s, paper, c, find_listing(words->items[i]));
	}
	for (size_t i = 0; i < COUNT(listings) && !words->n; i++) {
		sink_text(s, i ? "\n" : "");
		put_listing(s, paper, c, &listings[i]);
	}
}

static int list(const struct list_options *o, const struct operands *words)
{
	struct paper paper = terminal_paper(STDOUT_FILENO, (enum color)o->color);
	struct sink s = { 0 };
	struct input input;
	int code = EXIT_IO;
	for (int i = 0; i < words->n; i++)
		if (!find_listing(words->items[i]))
			return unknown_listing(words->items[i]);
	if (input_open(&input)) {
		if (o->markdown && words->n && find_listing(words->items[0])->kind == DEVICE_ALG)
			put_algs_markdown(&s, input.catalogue);
		else if (o->markdown)
			put_models_markdown(&s, input.catalogue);
		else
			put_listings(&s, &paper, input.catalogue, words);
		code = output_print(&s);
	}
	input_close(&input);
	sink_free(&s);
	return code;
}

static int run_list(const struct command *c, int argc, char **argv)
{
	struct list_options o = { 0 };
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, &o, &operands);
	int code = parsed == PARSED ? list(&o, &operands) : parsed_exit(parsed);
	arena_free(a);
	return code;
}

static void offer_listings(struct offers *o)
{
	for (size_t i = 0; i < COUNT(listings); i++)
		offer(o, listings[i].word, listings[i].about);
}

const struct command command_list = {
	.name = "list",
	.operands = "[KIND...]",
	.summary = "what there is: phones, routers, servers, algs, causes...",
	.examples = "viaport list phones\nviaport list causes\n",
	.options = list_options,
	.offer = offer_listings,
	.run = run_list,
};

/* --- show ------------------------------------------------------------------------------------ */

#define ANY_KIND DEVICE_KINDS

/** "router" in `show router linux`. */
static enum device_kind kind_called(const char *word)
{
	const struct listing *l = find_listing(word);
	return l && !l->put ? l->kind : ANY_KIND;
}

static bool is_of(const struct model *m, enum device_kind kind)
{
	return kind == ANY_KIND || m->kind == kind;
}

static int unknown_model(const struct catalogue *c, const char *name, enum device_kind kind)
{
	struct nearest nearest = nearest_to(name, strlen(name));
	const char *what = kind == ANY_KIND ? "model" : device_words[kind];
	const struct listing *l = find_listing(name);
	if (l)
		return usage_error("show", "name a model; viaport list %s names them", l->word);
	if (can_be_explained(name))
		return usage_error("show", "there is no %s '%s';\nviaport explain %s tells what that is", what,
				   name, name);
	for (uint32_t i = 0; i < c->n; i++)
		if (is_of(c->models[i], kind))
			nearest_offer(&nearest, c->models[i]->name);
	if (nearest.best)
		return usage_error("show", "there is no %s '%s', did you mean %s?", what, name, nearest.best);
	return usage_error("show", "there is no %s '%s'; viaport list names them", what, name);
}

/** All models of that name: it may be given to a router and to its ALG. */
static uint32_t put_named(struct sink *s, const struct paper *paper, const struct catalogue *c,
			  const char *name, enum device_kind kind)
{
	uint32_t found = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		if (strcmp(c->models[i]->name, name) != 0 || !is_of(c->models[i], kind))
			continue;
		sink_text(s, s->len ? "\n" : "");
		put_model(s, paper, c->models[i]);
		found++;
	}
	return found;
}

/** "next: viaport show alg linux, viaport show router linux": they show one of them. */
static void print_kinds(const struct catalogue *c, const char *name)
{
	const char *comma = "";
	fputs("next: ", stderr);
	for (uint32_t i = 0; i < c->n; i++) {
		if (strcmp(c->models[i]->name, name) != 0)
			continue;
		fprintf(stderr, "%sviaport show %s %s", comma, device_words[c->models[i]->kind], name);
		comma = ", ";
	}
	fputc('\n', stderr);
}

/** Each name may stand behind the kind that is meant. */
static int put_operands(struct sink *s, const struct paper *paper, const struct catalogue *c,
			const struct operands *names)
{
	for (int i = 0; i < names->n; i++) {
		enum device_kind kind = i + 1 < names->n ? kind_called(names->items[i]) : ANY_KIND;
		const char *name = names->items[kind == ANY_KIND ? i : ++i];
		uint32_t found = put_named(s, paper, c, name, kind);
		if (!found)
			return unknown_model(c, name, kind);
		if (found > 1)
			print_kinds(c, name);
	}
	return output_print(s);
}

static int show(const struct print_options *o, const struct operands *names)
{
	struct paper paper = terminal_paper(STDOUT_FILENO, (enum color)o->color);
	struct sink s = { 0 };
	struct input input;
	int code = EXIT_IO;
	if (input_open(&input))
		code = put_operands(&s, &paper, input.catalogue, names);
	input_close(&input);
	sink_free(&s);
	return code;
}

static int run_show(const struct command *c, int argc, char **argv)
{
	struct print_options o = { 0 };
	struct operands operands;
	struct arena *a = arena_new();
	enum parsed parsed = options_parse(c, a, argc, argv, &o, &operands);
	int code = parsed_exit(parsed);
	if (parsed == PARSED && operands.n == 0)
		code = usage_error(c->name, "name a model; viaport list names them");
	else if (parsed == PARSED)
		code = show(&o, &operands);
	arena_free(a);
	return code;
}

/** Those of the kind that stands in front, or all, and the kinds. */
static void offer_models(struct offers *o)
{
	struct input input;
	enum device_kind kind = kind_called(o->before.items[o->before.n - 1]);
	if (input_open(&input))
		for (uint32_t i = 0; i < input.catalogue->n; i++)
			if (is_of(input.catalogue->models[i], kind))
				offer(o, input.catalogue->models[i]->name, input.catalogue->models[i]->title);
	input_close(&input);
	for (int k = 0; kind == ANY_KIND && k < DEVICE_KINDS; k++)
		offer(o, device_words[k], "of this kind");
}

const struct command command_show = {
	.name = "show",
	.operands = "[KIND] NAME",
	.summary = "a model: where it was seen, and its knobs",
	.examples = "viaport show cisco-7940\nviaport show router linux\n",
	.options = print_options,
	.offer = offer_models,
	.run = run_show,
};
