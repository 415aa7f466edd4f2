#include "reports/cure.h"

#include <string.h>

#include "reports/json.h"

static void link_json(struct json *j, const struct chain_link *link)
{
	json_open(j, '{');
	json_key(j, "clause"), json_text(j, link->clause);
	json_key(j, "did"), json_text(j, link->did);
	json_key(j, "name"), json_text(j, link->name);
	json_key(j, "standing"), json_text(j, standing_words[link->standing]);
	json_key(j, "whose"), json_text(j, whose_words[link->whose]);
	json_close(j, '}');
}

void put_chain_json(struct json *j, const struct chain *c)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < c->n; i++)
		json_item(j), link_json(j, &c->links[i]);
	json_close(j, ']');
}

/** {"pbx": {"force-rport": "on"}}: the knobs of one node stand together. */
static void change_json(struct json *j, const struct cure *c)
{
	json_open(j, '{');
	for (uint32_t i = 0; i < c->n_texts; i++) {
		bool begins = i == 0 || strcmp(c->texts[i].node, c->texts[i - 1].node) != 0;
		bool ends = i + 1 == c->n_texts || strcmp(c->texts[i].node, c->texts[i + 1].node) != 0;
		if (begins)
			json_key(j, c->texts[i].node), json_open(j, '{');
		json_key(j, c->texts[i].knob), json_text(j, c->texts[i].value);
		if (ends)
			json_close(j, '}');
	}
	json_close(j, '}');
}

/** In words that need no column to stand in. */
static void put_lasting(struct sink *s, const struct lasting *l)
{
	const char *cause = l->cause ? l->cause->word : "";
	if (l->verdict == VERDICT_STOPS)
		sink_printf(s, "for %s, then %s", l->until, cause);
	else if (l->verdict == VERDICT_FAILS)
		sink_printf(s, "yes, but the server does not reach the phone, not even at once: %s", cause);
	else
		sink_text(s, l->asked ? "yes, the scenario itself asks" : "yes");
}

void put_lasting_json(struct json *j, const struct lasting *l)
{
	struct sink text = { 0 };
	if (l->verdict == VERDICT_SKIPPED) {
		json_text(j, NULL);
		return;
	}
	json_open(j, '{');
	json_key(j, "asked"), json_bool(j, l->asked);
	json_key(j, "cause"), json_text(j, l->cause ? l->cause->word : NULL);
	json_key(j, "check"), json_text(j, l->question);
	put_lasting(&text, l);
	json_key(j, "text"), json_string(j, text.bytes, text.len);
	json_key(j, "until"), json_text(j, l->until);
	json_key(j, "verdict"), json_text(j, verdict_words[l->verdict]);
	json_close(j, '}');
	sink_free(&text);
}

void put_breaks_json(struct json *j, const struct cure *c)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < c->n_breaks; i++)
		json_item(j), json_text(j, c->breaks[i]);
	json_close(j, ']');
}

static void cure_json(struct json *j, const struct cure *c)
{
	const struct model *remedy = c->trial->remedy;
	json_open(j, '{');
	json_key(j, "breaks"), put_breaks_json(j, c);
	json_key(j, "change"), change_json(j, c);
	json_key(j, "effort"), json_text(j, effort_words[c->trial->effort]);
	json_key(j, "helps"), json_bool(j, c->helps);
	json_key(j, "lasts"), put_lasting_json(j, &c->lasting);
	json_key(j, "remedy"), json_text(j, remedy ? remedy->name : NULL);
	json_key(j, "side_effect"), json_text(j, remedy ? remedy->side_effect : NULL);
	json_key(j, "verdict"), json_text(j, verdict_words[c->verdict]);
	json_close(j, '}');
}

static void cell_json(struct json *j, const struct cures *c)
{
	struct sink id = { 0 };
	put_cell_id(&id, c->shown->scenario, c->cell);
	json_string(j, id.bytes, id.len);
	sink_free(&id);
}

/** {"cause", "change", "verdict"}: what becomes of it. */
static void hold_json(struct json *j, const struct cure *c)
{
	json_open(j, '{');
	json_key(j, "cause"), json_text(j, c->cause ? c->cause->word : NULL);
	json_key(j, "change"), change_json(j, c);
	json_key(j, "verdict"), json_text(j, verdict_words[c->verdict]);
	json_close(j, '}');
}

/** None, where it is not what they are. */
static void cures_array(struct json *j, const struct cures *c, bool are,
			void (*put)(struct json *, const struct cure *))
{
	json_open(j, '[');
	for (uint32_t i = 0; i < c->n && are; i++)
		json_item(j), put(j, &c->items[i]);
	json_close(j, ']');
}

void put_cures_json(struct sink *s, const struct cures *c)
{
	struct json j = { s };
	const struct check_result *of = c->chain.of;
	json_open(&j, '{');
	json_key(&j, "cause"), json_text(&j, of ? of->cause->word : NULL);
	json_key(&j, "cell"), cell_json(&j, c);
	json_key(&j, "chain"), put_chain_json(&j, &c->chain);
	json_key(&j, "confidence"), json_text(&j, confidence_words[c->confidence]);
	json_key(&j, "hangs_on"), cures_array(&j, c, !of, hold_json);
	json_key(&j, "remedies"), cures_array(&j, c, of != NULL, cure_json);
	json_key(&j, "sentence"), json_text(&j, of ? of->sentence : NULL);
	json_key(&j, "tried"), json_number(&j, c->tried);
	json_key(&j, "unseen"), json_number(&j, c->unseen);
	json_key(&j, "verdict"), json_text(&j, verdict_words[c->verdict]);
	json_close(&j, '}');
	sink_char(s, '\n');
}
