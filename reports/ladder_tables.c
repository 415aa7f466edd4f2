#include "reports/ladder_tables.h"

#include "reports/diagram_table.h"
#include "reports/nat_watch.h"

/** Of a lost datagram, what it asked for is told where it dies. */
static bool told_here(const struct diagram_step *step, uint32_t slot, const struct record *r)
{
	return (slot == 1 && step->death ? step->death : step->record) == r;
}

static void put_tables(struct ladder_aside *aside, struct sink *s, const struct paper *paper,
		       const struct ladder_line *line)
{
	struct ladder_tables *t = CONTAINER(aside, struct ladder_tables, aside);
	struct table_view view;
	for (uint32_t i = 0; i < t->diagram.n_steps; i++) {
		const struct diagram_step *step = &t->diagram.steps[i];
		for (uint32_t slot = 0; slot < STEP_TABLES; slot++)
			if (told_here(step, slot, line->record) && table_look(t->arena, &t->diagram, step, slot, &view))
				put_table_view(s, t->arena, paper, &view);
	}
}

void ladder_add_tables(struct arena *a, const struct scenario *s, const struct cell_result *r,
		       struct ladder_tables *tables, struct ladder *ladder)
{
	if (!nat_watch_of(r->world))
		return;
	*tables = (struct ladder_tables){ .aside.put = put_tables, .arena = a };
	diagram_make(a, s, r, &tables->diagram);
	ladder->aside = &tables->aside;
}
