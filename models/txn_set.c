#include "models/txn_set.h"

/* So many are looked through one by one: a table would cost more than it spares. */
#define FEW 8

static void enter_table(struct txn_set *set, struct txn_link *t)
{
	table_add(set->by_key, &t->by_key, (uint32_t)t->key);
}

/* Newest first, as in the list. */
static void enter_all(struct txn_set *set, struct txn_link *t)
{
	if (t->next)
		enter_all(set, t->next);
	enter_table(set, t);
}

void txn_set_add(struct txn_set *set, struct arena *a, struct txn_link *t, uint64_t key)
{
	t->key = key;
	t->next = set->first;
	t->at = &set->first;
	if (t->next)
		t->next->at = &t->next;
	set->first = t;
	set->n++;
	if (set->by_key) {
		enter_table(set, t);
	} else if (set->n > FEW) {
		set->by_key = arena_alloc(a, sizeof *set->by_key);
		table_init(set->by_key, a, 0);
		enter_all(set, t);
	}
}

void txn_set_remove(struct txn_set *set, struct txn_link *t)
{
	*t->at = t->next;
	if (t->next)
		t->next->at = t->at;
	set->n--;
	if (set->by_key)
		table_remove(set->by_key, &t->by_key);
}

static struct txn_link *find_among_many(const struct table *by_key, uint64_t key)
{
	for (struct link *l = table_first(by_key, (uint32_t)key); l; l = table_next(l)) {
		struct txn_link *t = CONTAINER(l, struct txn_link, by_key);
		if (t->key == key)
			return t;
	}
	return NULL;
}

struct txn_link *txn_set_find(const struct txn_set *set, uint64_t key)
{
	if (set->by_key)
		return find_among_many(set->by_key, key);
	struct txn_link *t = set->first;
	while (t && t->key != key)
		t = t->next;
	return t;
}
