#include "sim/cli/pool.h"

#include <assert.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#define BATCH_CELLS   64   /* at most */
#define AHEAD_BATCHES 32   /* for each worker: so far they go on while a store waits for its disk */
#define TICK_MS	      100  /* between two ticks */
#define GRACE_MS      1000 /* how long workers may take to come back after Ctrl-C */

struct batch_cell {
	uint32_t scenario;
	struct brief brief;
	size_t end[POOL_REPORTS]; /* where its rendering ends in out[] */
};

struct batch {
	uv_work_t request;
	struct crew *crew;
	uint64_t first; /* counts the cells that are played */
	uint32_t n, played;
	bool finished;
	struct batch_cell cells[BATCH_CELLS];
	struct sink out[POOL_REPORTS];
};

struct crew {
	const struct pool_work *work;
	uv_loop_t loop;
	uv_signal_t interrupt, terminate;
	uv_timer_t ticker, grace;
	uv_mutex_t arenas_lock;
	struct arena **arenas; /* those that no worker has at the moment */
	uint32_t n_arenas;

	size_t drawn[POOL_REPORTS]; /* by index in `kinds`: the first that renders alike */
	uint64_t *starts;	    /* by scenario: number of its first selected cell; one more for the end */
	uint64_t next;		    /* cell to hand out, counted among those that are played */
	uint32_t batch_size;
	struct batch *batches; /* a ring */
	uint32_t window, head, under_way;
	atomic_bool stop;     /* workers end after the cell at hand */
	atomic_ullong played; /* cells, those that wait for an earlier one among them */
	bool closed;	      /* nothing more is taken */
	struct pool_end end;
};

/* --- workers --------------------------------------------------------------------------------- */

/** As many arenas as workers, not as batches: they may be large. */
static struct arena *borrow_arena(struct crew *c)
{
	uv_mutex_lock(&c->arenas_lock);
	struct arena *a = c->arenas[--c->n_arenas];
	uv_mutex_unlock(&c->arenas_lock);
	return a;
}

static void return_arena(struct crew *c, struct arena *a)
{
	uv_mutex_lock(&c->arenas_lock);
	c->arenas[c->n_arenas++] = a;
	uv_mutex_unlock(&c->arenas_lock);
}

/** The scenario in which the cell lies; `from` is one that is not behind it. */
static uint32_t scenario_at(const struct crew *c, uint32_t from, uint64_t number)
{
	while (c->starts[from + 1] <= number)
		from++;
	return from;
}

static uint32_t first_scenario(const struct crew *c, uint64_t number)
{
	uint32_t low = 0, high = c->work->show->n - 1;
	while (low < high) {
		uint32_t middle = low + (high - low + 1) / 2;
		if (c->starts[middle] <= number)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static void play_one(struct batch *b, struct arena *a, struct batch_cell *slot, uint64_t number)
{
	const struct pool_work *work = b->crew->work;
	const struct shown *shown = &work->show->scenarios[slot->scenario];
	uint64_t cell = selection_cell(&work->selections[slot->scenario], shown->scenario,
				       number - b->crew->starts[slot->scenario]);
	struct cell_result result;
	play_seeds(a, shown->scenario, cell, &work->options[slot->scenario], &result);
	brief_of(shown, &result, &slot->brief);
	for (size_t k = 0; k < work->n_kinds; k++) {
		if (b->crew->drawn[k] == k)
			work->kinds[k]->render(work->show, shown, &result, a, &b->out[k]);
		slot->end[k] = b->out[k].len;
	}
	arena_reset(a);
	atomic_fetch_add(&b->crew->played, 1);
}

/** The number of the i-th cell that is played among all that are selected. */
static uint64_t number_of(const struct crew *c, uint64_t i)
{
	return c->work->share.first + i * c->work->share.step;
}

static void play_batch(uv_work_t *request)
{
	struct batch *b = request->data;
	struct arena *a = borrow_arena(b->crew);
	uint32_t scenario = first_scenario(b->crew, number_of(b->crew, b->first));
	for (; b->played < b->n && !atomic_load(&b->crew->stop); b->played++) {
		uint64_t number = number_of(b->crew, b->first + b->played);
		scenario = scenario_at(b->crew, scenario, number);
		b->cells[b->played].scenario = scenario;
		play_one(b, a, &b->cells[b->played], number);
	}
	return_arena(b->crew, a);
}

/* --- taking back ----------------------------------------------------------------------------- */

static struct played cell_of(const struct batch *b, uint32_t i)
{
	struct played p = { b->cells[i].scenario, &b->cells[i].brief };
	for (size_t k = 0; k < b->crew->work->n_kinds; k++) {
		size_t from = b->crew->drawn[k], start = i ? b->cells[i - 1].end[from] : 0;
		p.rendered[k] = b->out[from].bytes ? b->out[from].bytes + start : "";
		p.length[k] = b->cells[i].end[from] - start;
	}
	return p;
}

/** Nothing more is wanted: workers end soon, what they still bring is dropped. */
static void close_crew(struct crew *c)
{
	c->closed = true;
	atomic_store(&c->stop, true);
}

static void take_batch(struct crew *c, const struct batch *b)
{
	for (uint32_t i = 0; i < b->played && !c->closed; i++) {
		const struct played p = cell_of(b, i);
		if (!c->work->take(c->work->context, &p))
			close_crew(c);
	}
	bool written = !c->work->flush || c->work->flush(c->work->context);
	if (!written || b->played < b->n)
		close_crew(c); /* after Ctrl-C cells are missing here: those behind them would stand in their place */
}

static void hand_out(struct crew *c);

static void take_finished(struct crew *c)
{
	while (c->under_way && c->batches[c->head].finished) {
		take_batch(c, &c->batches[c->head]);
		c->head = (c->head + 1) % c->window;
		c->under_way--;
	}
}

static void stop_watching(struct crew *c)
{
	uv_signal_stop(&c->interrupt);
	uv_signal_stop(&c->terminate);
	uv_timer_stop(&c->ticker);
	uv_timer_stop(&c->grace);
}

static void batch_finished(uv_work_t *request, int status)
{
	struct batch *b = request->data;
	struct crew *c = b->crew;
	(void)status; /* work is never cancelled */
	b->finished = true;
	take_finished(c);
	hand_out(c);
	if (!c->under_way)
		stop_watching(c);
}

/* --- handing out ----------------------------------------------------------------------------- */

static void start_batch(struct crew *c, struct batch *b)
{
	uint64_t left = c->work->share.n - c->next;
	b->first = c->next;
	b->n = left < c->batch_size ? (uint32_t)left : c->batch_size;
	b->played = 0;
	b->finished = false;
	for (size_t k = 0; k < c->work->n_kinds; k++)
		sink_clear(&b->out[k]);
	c->next += b->n;
	c->under_way++;
	int failed = uv_queue_work(&c->loop, &b->request, play_batch, batch_finished);
	assert(!failed);
}

static void hand_out(struct crew *c)
{
	while (c->under_way < c->window && c->next < c->work->share.n && !atomic_load(&c->stop))
		start_batch(c, &c->batches[(c->head + c->under_way) % c->window]);
}

/* --- Ctrl-C, SIGTERM and the clock ----------------------------------------------------------- */

static void on_grace(uv_timer_t *timer)
{
	struct crew *c = timer->data;
	c->end.abandoned = true;
	close_crew(c);
	uv_stop(&c->loop);
}

static void on_interrupt(uv_signal_t *handle, int number)
{
	struct crew *c = handle->data;
	(void)number;
	c->end.interrupted = true;
	atomic_store(&c->stop, true);
	uv_timer_start(&c->grace, on_grace, GRACE_MS, 0);
}

static void on_tick(uv_timer_t *timer)
{
	struct crew *c = timer->data;
	c->work->tick(c->work->context, atomic_load(&c->played));
}

static void watch(struct crew *c)
{
	uv_signal_init(&c->loop, &c->interrupt);
	uv_signal_init(&c->loop, &c->terminate);
	uv_timer_init(&c->loop, &c->ticker);
	uv_timer_init(&c->loop, &c->grace);
	c->interrupt.data = c->terminate.data = c->ticker.data = c->grace.data = c;
	uv_signal_start(&c->interrupt, on_interrupt, SIGINT);
	uv_signal_start(&c->terminate, on_interrupt, SIGTERM);
	if (c->work->tick)
		uv_timer_start(&c->ticker, on_tick, TICK_MS, TICK_MS);
}

/* --- the whole ------------------------------------------------------------------------------- */

static void *zeroed(size_t n, size_t size)
{
	void *memory = calloc(n, size);
	assert(memory);
	return memory;
}

static void set_threads(uint32_t jobs)
{
	char text[16];
	snprintf(text, sizeof text, "%u", jobs);
	setenv("UV_THREADPOOL_SIZE", text, 1);
}

/** Small enough that all workers get some, large enough that handing out costs nothing. */
static uint32_t choose_batch(uint64_t cells, uint32_t jobs)
{
	uint64_t share = cells / (4 * (uint64_t)jobs) + 1;
	return share < BATCH_CELLS ? (uint32_t)share : BATCH_CELLS;
}

static void count_starts(struct crew *c)
{
	const struct show *show = c->work->show;
	c->starts = zeroed(show->n + 1, sizeof *c->starts);
	for (uint32_t i = 0; i < show->n; i++)
		c->starts[i + 1] = c->starts[i] + show->scenarios[i].cells;
	assert(!c->work->share.n || number_of(c, c->work->share.n - 1) < c->starts[show->n]);
}

/** A store keeps the very bytes that stand in a result. */
static void find_alike(struct crew *c)
{
	for (size_t k = 0; k < c->work->n_kinds; k++)
		while (c->work->kinds[c->drawn[k]]->render != c->work->kinds[k]->render)
			c->drawn[k]++;
}

static void crew_init(struct crew *c, const struct pool_work *work)
{
	*c = (struct crew){ .work = work, .window = AHEAD_BATCHES * work->jobs + 1, .n_arenas = work->jobs };
	set_threads(work->jobs);
	uv_loop_init(&c->loop);
	uv_mutex_init(&c->arenas_lock);
	find_alike(c);
	c->batch_size = choose_batch(work->share.n, work->jobs);
	c->arenas = zeroed(work->jobs, sizeof *c->arenas);
	for (uint32_t i = 0; i < work->jobs; i++)
		c->arenas[i] = arena_new();
	c->batches = zeroed(c->window, sizeof *c->batches);
	for (uint32_t i = 0; i < c->window; i++) {
		c->batches[i].crew = c;
		c->batches[i].request.data = &c->batches[i];
	}
	count_starts(c);
	watch(c);
}

static void crew_free(struct crew *c)
{
	uv_close((uv_handle_t *)&c->interrupt, NULL);
	uv_close((uv_handle_t *)&c->terminate, NULL);
	uv_close((uv_handle_t *)&c->ticker, NULL);
	uv_close((uv_handle_t *)&c->grace, NULL);
	uv_run(&c->loop, UV_RUN_DEFAULT);
	uv_loop_close(&c->loop);
	uv_mutex_destroy(&c->arenas_lock);
	for (uint32_t i = 0; i < c->work->jobs; i++)
		arena_free(c->arenas[i]);
	for (uint32_t i = 0; i < c->window; i++)
		for (size_t k = 0; k < POOL_REPORTS; k++)
			sink_free(&c->batches[i].out[k]);
	free(c->arenas);
	free(c->batches);
	free(c->starts);
	free(c);
}

struct pool_end pool_run(const struct pool_work *work)
{
	struct crew *c = zeroed(1, sizeof *c); /* not on the stack: an abandoned worker still looks at it */
	crew_init(c, work);
	hand_out(c);
	if (c->under_way)
		uv_run(&c->loop, UV_RUN_DEFAULT);
	struct pool_end end = c->end;
	if (!end.abandoned)
		crew_free(c);
	return end;
}
