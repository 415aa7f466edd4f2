#include "sim/cli/shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/output.h"

/** What a variable of an engine says of its jobs. */
enum role { INDEX, FIRST, LAST, STEP, TOTAL, ROLES };

struct engine {
	const char *name;
	const char *variables[ROLES]; /* NULL: it has none */
	uint64_t first;		      /* index of the first job where no variable says it */
};

/** Whoever stands further up is asked, when one runs within another. */
static const struct engine engines[] = {
	{ "a Slurm array",
	  { "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_STEP",
	    "SLURM_ARRAY_TASK_COUNT" } },
	{ "OpenMPI", { [INDEX] = "OMPI_COMM_WORLD_RANK", [TOTAL] = "OMPI_COMM_WORLD_SIZE" } },
	{ "srun", { [INDEX] = "SLURM_PROCID", [TOTAL] = "SLURM_NTASKS" } },
	{ "AWS Batch", { [INDEX] = "AWS_BATCH_JOB_ARRAY_INDEX", [TOTAL] = "AWS_BATCH_JOB_ARRAY_SIZE" } },
	{ "GitLab", { [INDEX] = "CI_NODE_INDEX", [TOTAL] = "CI_NODE_TOTAL" }, .first = 1 },
	{ "Kubernetes", { [INDEX] = "JOB_COMPLETION_INDEX" } },
	{ "GNU parallel", { [INDEX] = "PARALLEL_SEQ" }, .first = 1 },
};

/* --- numbers ----------------------------------------------------------------------------------- */

/** Digits and nothing else up to `end`. */
static bool read_number(const char *text, const char *end, uint64_t *out)
{
	*out = 0;
	for (const char *c = text; c < end; c++) {
		if (*c < '0' || *c > '9' || *out > UINT32_MAX)
			return false;
		*out = 10 * *out + (uint64_t)(*c - '0');
	}
	return text < end;
}

static bool set_part(uint64_t part, uint64_t parts, struct shard *out)
{
	if (part < 1 || part > parts || parts > PARTS_MAX)
		return false;
	out->part = (uint32_t)part;
	out->parts = (uint32_t)parts;
	return true;
}

/* --- auto -------------------------------------------------------------------------------------- */

static const char *value_of(const char *variable)
{
	const char *value = variable ? getenv(variable) : NULL;
	return value && *value ? value : NULL;
}

static const struct engine *engine_here(const struct engine *behind)
{
	const struct engine *e = behind ? behind + 1 : engines;
	while (e < engines + COUNT(engines) && !value_of(e->variables[INDEX]))
		e++;
	return e < engines + COUNT(engines) ? e : NULL;
}

static const char *read_variables(struct arena *a, const struct engine *e, uint64_t values[ROLES])
{
	for (int role = 0; role < ROLES; role++) {
		const char *variable = e->variables[role], *value = value_of(variable);
		if (variable && !value)
			return arena_printf(a, "%s is not set", variable);
		if (variable && !read_number(value, value + strlen(value), &values[role]))
			return arena_printf(a, "%s=%s is no number", variable, value);
	}
	return NULL;
}

/** A list such as 1,3,8 has gaps, which its variables do not tell. */
static bool has_gaps(const struct engine *e, const uint64_t values[ROLES])
{
	return e->variables[LAST] && (values[LAST] - values[FIRST]) / values[STEP] + 1 != values[TOTAL];
}

static const char *make_sense(struct arena *a, const struct engine *e, const uint64_t values[ROLES], struct shard *out)
{
	const char *index = e->variables[INDEX];
	uint64_t at = values[INDEX] - values[FIRST];
	if (!values[STEP] || values[INDEX] < values[FIRST] || at % values[STEP])
		return arena_printf(a, "%s=%s is none of those that begin with %llu and go on by %llu", index,
				    value_of(index), (unsigned long long)values[FIRST],
				    (unsigned long long)values[STEP]);
	if (has_gaps(e, values))
		return arena_printf(a,
				    "%s=%s, but from %s to %s there are others: its jobs must be a range, such as 1-8",
				    e->variables[TOTAL], value_of(e->variables[TOTAL]), value_of(e->variables[FIRST]),
				    value_of(e->variables[LAST]));
	if (!set_part(at / values[STEP] + 1, values[TOTAL], out))
		return arena_printf(a, "%s=%s makes it part %llu of %llu; parts go from 1, up to 1 of %d", index,
				    value_of(index), (unsigned long long)(at / values[STEP] + 1),
				    (unsigned long long)values[TOTAL], PARTS_MAX);
	return NULL;
}

static const char *ask(struct arena *a, const struct engine *e, const struct number *shards, struct shard *out)
{
	uint64_t values[ROLES] = { [FIRST] = e->first, [STEP] = 1, [TOTAL] = shards->n };
	const char *wrong = read_variables(a, e, values);
	if (!wrong && !e->variables[TOTAL] && !shards->given)
		wrong = arena_printf(a, "%s=%s, but nothing says how many parts there are: add --shards N",
				     e->variables[INDEX], value_of(e->variables[INDEX]));
	if (!wrong && shards->given && shards->n != values[TOTAL])
		wrong = arena_printf(a, "%s=%s, but --shards is %llu", e->variables[TOTAL],
				     value_of(e->variables[TOTAL]), (unsigned long long)shards->n);
	return wrong ? wrong : make_sense(a, e, values, out);
}

/** "shard 3 of 7, from GitLab: CI_NODE_INDEX=3, CI_NODE_TOTAL=7" */
static void tell(const struct engine *e, const struct shard *shard)
{
	struct sink s = { 0 };
	const char *before = ": ";
	sink_printf(&s, "shard %u of %u, from %s", shard->part, shard->parts, e->name);
	for (int role = 0; role < ROLES; role++) {
		if (!e->variables[role])
			continue;
		sink_printf(&s, "%s%s=%s", before, e->variables[role], value_of(e->variables[role]));
		before = ", ";
	}
	for (const struct engine *other = e; (other = engine_here(other));)
		sink_printf(&s, "; not asked: %s, %s=%s", other->name, other->variables[INDEX],
			    value_of(other->variables[INDEX]));
	output_say(&s);
}

static int no_engine(const char *command)
{
	struct sink names = { 0 };
	for (size_t i = 0; i < COUNT(engines); i++)
		sink_printf(&names, "%s%s", i ? ", " : "", engines[i].variables[INDEX]);
	sink_char(&names, '\0');
	int code = usage_error(command, "--shard auto: no engine has started this: none of %s is set", names.bytes);
	sink_free(&names);
	return code;
}

static int read_auto(const char *command, const struct number *shards, struct shard *out)
{
	const struct engine *e = engine_here(NULL);
	if (!e)
		return no_engine(command);
	struct arena *a = arena_new();
	const char *wrong = ask(a, e, shards, out);
	int code = wrong ? usage_error(command, "--shard auto, from %s: %s", e->name, wrong) : EXIT_EXPECTED;
	arena_free(a);
	if (code == EXIT_EXPECTED)
		tell(e, out);
	return code;
}

/* --- the whole --------------------------------------------------------------------------------- */

int shard_read(const char *command, const char *text, const struct number *shards, struct shard *out)
{
	uint64_t part, parts;
	const char *slash = strchr(text, '/');
	if (strcmp(text, "auto") == 0)
		return read_auto(command, shards, out);
	if (shards->given)
		return usage_error(command, "--shards goes with --shard auto");
	if (slash && read_number(text, slash, &part) && read_number(slash + 1, text + strlen(text), &parts) &&
	    set_part(part, parts, out))
		return EXIT_EXPECTED;
	return usage_error(command, "--shard %s: it takes I/N, such as 3/7, with I from 1 to N and N up to %d, or auto",
			   text, PARTS_MAX);
}
