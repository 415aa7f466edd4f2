/*
 * Questions about what has just been seen and what comes next, made of a cell that was played: whoever reads its ladder step
 * by step is asked before the steps that decide.
 *
 *	0.001  er6020 -> pbx  REGISTER  from 86.5.223.17:23201
 *	Where does pbx send its 407?
 *	   1  86.5.223.17:5060	    2  86.5.223.17:23201      3  192.168.1.104:5060
 *
 * The right answer is what the trace shows; the others are what else the packet says.
 */
#ifndef REPORTS_LESSON_H
#define REPORTS_LESSON_H

#include "reports/diagram.h"

struct lesson_question {
	uint32_t step; /* of the diagram: asked when all before it has been seen */
	const char *ask;
	const char *const *choices; /* 2 or more, in an order that does not tell which is right */
	uint32_t n_choices, right;
	const char *why; /* the rule behind the right one, with its clause */
};

struct lesson {
	const struct lesson_question *questions; /* by step */
	uint32_t n;				 /* 0: nothing in it decides anything */
};

/** Makes it of a cell whose world lives and whose trace was kept, and of its diagram. Everything lives in `a` or longer. */
void lesson_make(struct arena *a, const struct scenario *s, const struct cell_result *r, const struct diagram *d,
		 struct lesson *out);

#endif
