/* Between the parts of lesson.h: what is drafted, and how. */
#ifndef REPORTS_LESSON_SHARED_H
#define REPORTS_LESSON_SHARED_H

#include "models/media.h"
#include "models/sip.h"
#include "reports/addressed.h"
#include "reports/lesson.h"

#define CHOICES_MAX 8

/** How much a question is worth; of too many the dearest are asked. */
enum worth { WORTH_FIRST = 1, WORTH_LOSS = 2, WORTH_DECIDES = 4 };

struct draft {
	struct lesson_question q;
	const char *choices[CHOICES_MAX];
	const char *same; /* what is asked under the same words is asked once */
	uint32_t worth, order;
};

struct asker {
	struct arena *arena;
	const struct scenario *scenario;
	const struct cell_result *result;
	const struct diagram *d;
	const struct trace *trace;
	struct fates fates;
	struct draft *drafts;
	uint32_t n;
};

/** Adds a copy of it. A question with one possible answer is none, and one that was asked is not asked again. */
void draft_add(struct asker *x, struct draft *q);

void choice_add(struct draft *q, const char *text, bool right);

/** How much a question about a datagram is worth that ends there; NULL: about nobody's end. */
uint32_t worth_of(const struct asker *x, const struct record *end);

/* What is said of the trace. */
const char *name_of(struct asker *x, const struct node *n);
const char *place_text(struct asker *x, struct endpoint e);

/** "audio" is what a ladder calls RTP. */
static inline const char *thing_of(const struct record *r)
{
	return label_is_rtp(r->label) ? "audio" : r->label;
}

/** The Via that a phone has written into a request, and what routers have made of it. */
struct rewritten_via {
	const struct record *asked; /* the request as it came to who answered */
	const struct node *writer;
	struct endpoint own, outside;
};

/** Of a response on its way. False: nobody has changed the Via of its request, or it is none. */
bool via_rewritten(const struct asker *x, const struct record *response, struct rewritten_via *out);

/** What a router makes of a datagram that it passes on with step `i`. */
void ask_of_router(struct asker *x, uint32_t i);

/** Where somebody sends a datagram of its own with step `i`, and whether it is got there. */
void ask_of_sender(struct asker *x, uint32_t i);

/** Whether `whom` takes the datagram that a router brings it with step `i`. */
void ask_whether_taken(struct asker *x, uint32_t i, const struct node *whom);

#endif
