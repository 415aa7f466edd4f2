#include "scenarios/nearest.h"

#include <string.h>

#define EDITS_MAX 2
#define WORD_MAX  48 /* longer words are not worth a guess */
#define BEGUN_MIN 3  /* shorter beginnings say nothing */

#define FAR_SLIP(edits) (2 * (edits))
#define FAR_BEGUN	3 /* a beginning is meant sooner than a slip of two edits */

struct nearest nearest_to(const char *text, size_t len)
{
	return (struct nearest){ .text = text, .len = len, .far = FAR_SLIP(EDITS_MAX + 1) };
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/**
 * Edits (a letter more, less, another, or two neighbours swapped) that make `a` into `b`.
 * rows[i % 3] holds the edits between the first i letters of `a` and the first j of `b`.
 */
static unsigned edits_between(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][WORD_MAX + 1];
	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			row[j] =
				least(above[j - 1] + (a[i - 1] != b[j - 1]), least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

/** Of several that begin so none is meant more than the others. */
static void offer_begun(struct nearest *n, const char *word)
{
	if (n->len < BEGUN_MIN || n->far < FAR_BEGUN || strncmp(word, n->text, n->len) != 0)
		return;
	bool another = n->far == FAR_BEGUN && !(n->best && strcmp(n->best, word) == 0);
	n->best = another ? NULL : word;
	n->far = FAR_BEGUN;
}

void nearest_offer(struct nearest *n, const char *word)
{
	offer_begun(n, word);
	size_t len = strlen(word);
	size_t apart = len > n->len ? len - n->len : n->len - len;
	if (len > WORD_MAX || n->len > WORD_MAX || apart > EDITS_MAX)
		return;
	unsigned edits = edits_between(n->text, n->len, word, len);
	/* When every letter differs it is another word, not a slip. */
	if (FAR_SLIP(edits) >= n->far || edits >= len)
		return;
	n->best = word;
	n->far = FAR_SLIP(edits);
}
