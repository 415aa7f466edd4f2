#include "sim/cli/resume.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/part.h"
#include "reports/result_json.h"
#include "sim/cli/output.h"
#include "sim/cli/place.h"
#include "sim/cli/store.h"

static bool same_run(const struct recording *r, const struct show *show)
{
	return r->head.run && strcmp(r->head.run, show->run) == 0;
}

/** A result that was cut off has no head that could be compared. */
static const char *difference(struct recording *r, const struct show *show)
{
	const struct recorded live = recorded_live(r->arena, show);
	if (!r->head.version)
		return "it is of another run: of another version or catalogue, scenario, seed, selection or option";
	const char *told = recorded_difference(r->arena, &r->head, &live);
	return told ? told : "its cells were run with other options, or others were selected";
}

static int refuse_other_run(struct recording *r, const struct show *show)
{
	if (same_run(r, show))
		return EXIT_EXPECTED;
	recording_fail(r, EXIT_INVALID, "it cannot be resumed: %s", difference(r, show));
	return EXIT_INVALID;
}

static int open_found(struct resumed *out, const char *file, const struct recording_kind *kind, const struct show *show)
{
	out->found = true;
	if (!recording_open_as(&out->recording, file, kind))
		return (int)out->recording.trouble;
	return refuse_other_run(&out->recording, show);
}

/* --- a folder ---------------------------------------------------------------------------------- */

/* The run that goes on writes `part` anew, so what a kill has left of it is called `kept` meanwhile. */
enum left { RESULT, KEPT, PART, LEFT };
static const char *const left_behind[LEFT] = { "", ".viaport-kept", PLACE_PART };

/** The report that a later run can go on with: the result, or the part of it; NULL: none is written. */
static const struct report_kind *kept_report(const struct writing *w)
{
	for (size_t k = 0; w->out && k < w->n_kinds; k++)
		if (w->kinds[k] == &json_report || w->kinds[k]->begin == part_report.begin)
			return w->kinds[k];
	return NULL;
}

static const struct recording_kind *kept_recording(const struct writing *w)
{
	return kept_report(w) == &json_report ? &lines_recording : &part_lines_recording;
}

/** One of the files beside the result. The caller frees it. */
static char *beside_result(const struct writing *w, enum left which)
{
	char *path;
	int n = asprintf(&path, "%s/%s", w->out, kept_report(w)->file);
	assert(n >= 0);
	char *place = place_of(path), *beside = place_beside(place, left_behind[which]);
	free(path);
	free(place);
	return beside;
}

/** How much there is of this run; of another run, that there is something. A damaged part is made anew. */
static uint64_t weigh(const char *file, const struct recording_kind *kind, const struct show *show, uint64_t size)
{
	struct recording r;
	bool ok = recording_open_as(&r, file, kind);
	if (ok && kind == &part_lines_recording && !r.head.run)
		size = 0;
	else if (!ok || !same_run(&r, show))
		size = 1;
	recording_close(&r);
	return size;
}

static uint64_t worth(const struct writing *w, enum left which, const struct show *show)
{
	char *file = beside_result(w, which);
	struct stat st;
	uint64_t size = stat(file, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	if (size)
		size = weigh(file, kept_recording(w), show, size);
	free(file);
	return size;
}

/** Those of one run begin alike, so the longest has the most cells. LEFT: there is none. */
static enum left choose_longest(const struct writing *w, const struct show *show)
{
	uint64_t longest = 0;
	enum left best = LEFT;
	for (enum left i = RESULT; i < LEFT; i++) {
		uint64_t size = worth(w, i, show);
		if (size > longest) {
			longest = size;
			best = i;
		}
	}
	return best;
}

static void keep_part(const struct writing *w)
{
	char *part = beside_result(w, PART), *kept = beside_result(w, KEPT);
	if (rename(part, kept) != 0)
		perror(part);
	free(part);
	free(kept);
}

static int open_longest(struct resumed *out, const struct writing *w, const struct show *show)
{
	enum left best = choose_longest(w, show);
	if (best == LEFT)
		return EXIT_EXPECTED;
	char *file = beside_result(w, best);
	int code = open_found(out, file, kept_recording(w), show);
	if (code == EXIT_EXPECTED && best == PART)
		keep_part(w); /* what is open stays open under the other name */
	free(file);
	return code;
}

static int refuse_busy(const char *part)
{
	struct sink s = { 0 };
	sink_printf(&s, "viaport: cannot go on with %s: another run writes it", part);
	output_say(&s);
	return EXIT_IO;
}

/** What another run is writing is not taken from it. */
static int open_folder(struct resumed *out, const struct writing *w, const struct show *show)
{
	char *part = beside_result(w, PART);
	bool was_there = access(part, F_OK) == 0;
	int lock = was_there ? place_lock(part) : -1;
	int code = was_there && lock < 0 && errno == EWOULDBLOCK ? refuse_busy(part) : open_longest(out, w, show);
	if (lock >= 0)
		close(lock);
	free(part);
	return code;
}

/* --- both -------------------------------------------------------------------------------------- */

static int refuse_store(const char *file, const char *why)
{
	struct sink s = { 0 };
	sink_printf(&s, "viaport: %s: %s", file, why);
	output_say(&s);
	return EXIT_IO;
}

static int find_store(struct resumed *out, const char *file, bool resume, const struct show *show)
{
	if (!store_exists(file))
		return EXIT_EXPECTED;
	if (place_is_special(file))
		return refuse_store(file, "it is no regular file, so no store can be there");
	if (!resume)
		return refuse_store(file, "it exists; --resume goes on with a store, or name another file");
	return open_found(out, file, &store_recording, show);
}

static int find(struct resumed *out, const struct run_request *request, const struct show *show)
{
	const struct run_options *o = request->options;
	if (o->store)
		return find_store(out, o->store, o->resume, show);
	return o->resume ? open_folder(out, &request->writing, show) : EXIT_EXPECTED;
}

int resume_open(struct resumed *out, const struct run_request *request, const struct show *show)
{
	*out = (struct resumed){ 0 };
	int code = find(out, request, show);
	if (code == EXIT_EXPECTED && out->found)
		out->recording.head = recorded_live(out->recording.arena, show);
	return code;
}

void resume_close(struct resumed *r)
{
	if (r->found)
		recording_close(&r->recording);
	r->found = false;
}

void resume_forget(const struct writing *w)
{
	if (!kept_report(w))
		return;
	char *kept = beside_result(w, KEPT);
	unlink(kept);
	free(kept);
}

bool resume_possible(const struct run_request *request)
{
	return request->options->store || kept_report(&request->writing);
}
