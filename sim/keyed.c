#include "sim/keyed.h"

/* So many are looked through one by one: a table would cost more than it spares. */
#define FEW 8

static void enter_table(struct keyed *k, struct keyed_link *t)
{
	table_add(k->by_key, &t->by_key, (uint32_t)t->key);
}

/* Newest first, as in the list. */
static void enter_all(struct keyed *k, struct keyed_link *t)
{
	if (t->next)
		enter_all(k, t->next);
	enter_table(k, t);
}

void keyed_add(struct keyed *k, struct arena *a, struct keyed_link *t, uint64_t key)
{
	t->key = key;
	t->next = k->first;
	t->at = &k->first;
	if (t->next)
		t->next->at = &t->next;
	k->first = t;
	k->n++;
	if (k->by_key) {
		enter_table(k, t);
	} else if (k->n > FEW) {
		k->by_key = arena_alloc(a, sizeof *k->by_key);
		table_init(k->by_key, a, 0);
		enter_all(k, t);
	}
}

void keyed_remove(struct keyed *k, struct keyed_link *t)
{
	*t->at = t->next;
	if (t->next)
		t->next->at = t->at;
	k->n--;
	if (k->by_key)
		table_remove(k->by_key, &t->by_key);
}

static struct keyed_link *find_in_chain(struct link *l, uint64_t key)
{
	for (; l; l = table_next(l)) {
		struct keyed_link *t = CONTAINER(l, struct keyed_link, by_key);
		if (t->key == key)
			return t;
	}
	return NULL;
}

static struct keyed_link *find_in_list(struct keyed_link *t, uint64_t key)
{
	while (t && t->key != key)
		t = t->next;
	return t;
}

struct keyed_link *keyed_find(const struct keyed *k, uint64_t key)
{
	return k->by_key ? find_in_chain(table_first(k->by_key, (uint32_t)key), key) : find_in_list(k->first, key);
}

struct keyed_link *keyed_next(const struct keyed *k, const struct keyed_link *t)
{
	return k->by_key ? find_in_chain(table_next(&t->by_key), t->key) : find_in_list(t->next, t->key);
}
