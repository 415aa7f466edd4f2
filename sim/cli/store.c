#include "sim/cli/store.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "reports/result_json.h"
#include "sim/cli/output.h"
#include "sim/cli/place.h"
#include "sim/cli/recording.h"

#define STORE_ID     1986617712 /* "viap", the application_id of the file */
#define STORE_FORMAT 1		/* its user_version */
#define COMMIT_CELLS 1024	/* a transaction has at most so many */
#define COMMIT_NANO  500000000	/* and goes on for half a second */
#define PATIENCE_MS  10000	/* how long somebody else may be in the way, once the store is ours */

/* docs/store.md says what everything means. */
static const char schema[] =
	"PRAGMA page_size = 16384;"
	"PRAGMA application_id = 1986617712;"
	"PRAGMA user_version = 1;"
	"BEGIN;"
	"CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE scenarios ("
	" number INTEGER PRIMARY KEY, path TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, seed TEXT NOT NULL,"
	" cells INTEGER NOT NULL);"
	"CREATE TABLE cells ("
	" number INTEGER PRIMARY KEY, scenario INTEGER NOT NULL, verdict TEXT NOT NULL, expected INTEGER NOT NULL,"
	" known INTEGER NOT NULL, confidence TEXT NOT NULL, cause TEXT, causes TEXT NOT NULL, json TEXT NOT NULL);"
	"CREATE VIEW choices AS"
	" SELECT cells.number AS cell, choice.key AS axis, choice.value AS value"
	" FROM cells, json_each(cells.json, '$.cell') AS choice;"
	"CREATE VIEW checks AS"
	" SELECT cells.number AS cell, item.key AS position, item.value ->> 'check' AS 'check',"
	" item.value ->> 'subject' AS subject, item.value ->> 'to' AS 'to', item.value ->> 'result' AS result,"
	" item.value ->> 'cause' AS cause, item.value ->> 'cause_id' AS cause_id, item.value ->> 'lost_at' AS lost_at,"
	" item.value ->> 'at_us' AS at_us, item.value ->> 'datagram' AS datagram, item.value ->> 'sentence' AS sentence"
	" FROM cells, json_each(cells.json, '$.checks') AS item;";

/** Places in "INSERT INTO cells". */
enum column { NUMBER = 1, SCENARIO, VERDICT, EXPECTED, KNOWN, CONFIDENCE, CAUSE, CAUSES, JSON };

struct store {
	char *file, *place; /* as the user names it; where that is when links are followed */
	sqlite3 *db;
	sqlite3_stmt *insert, *begin, *commit;
	uint64_t kept;	  /* cells that were in it when it was opened */
	uint64_t next;	  /* number of the next cell that is shown to it */
	uint64_t held;	  /* cells in the transaction that is under way */
	uint64_t since;	  /* when that began, nanoseconds */
	bool made;	  /* by this run */
	bool committed;	  /* and something is in it */
	bool whole;	  /* all cells of the run are in it */
	struct sink text; /* of one cell */
};

/* --- SQLite ------------------------------------------------------------------------------------ */

/** What SQLite says, and what the system said to it. */
static void put_trouble(struct sink *s, sqlite3 *db)
{
	int error = sqlite3_system_errno(db);
	sink_text(s, sqlite3_errmsg(db));
	if (error)
		sink_printf(s, " (%s)", strerror(error));
}

static bool say_cannot_write(const char *file, sqlite3 *db)
{
	struct sink s = { 0 };
	sink_printf(&s, "viaport: cannot write %s: ", file);
	if (sqlite3_errcode(db) == SQLITE_BUSY)
		sink_text(&s, "another run writes into it");
	else
		put_trouble(&s, db);
	output_say(&s);
	return false;
}

static bool execute(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static bool prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out)
{
	return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL) == SQLITE_OK;
}

/** Runs a statement that gives no rows. */
static bool run_once(sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);
	return sqlite3_reset(statement) == SQLITE_OK && code == SQLITE_DONE;
}

/** The first number that a question gives; `otherwise` when it gives none. */
static int64_t ask_number(sqlite3 *db, const char *sql, int64_t otherwise)
{
	sqlite3_stmt *statement;
	int64_t n = otherwise;
	if (prepare(db, sql, &statement) && sqlite3_step(statement) == SQLITE_ROW)
		n = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return n;
}

static void bind_text(sqlite3_stmt *statement, int place, const char *text)
{
	sqlite3_bind_text(statement, place, text, -1, SQLITE_STATIC);
}

/* --- a new file -------------------------------------------------------------------------------- */

bool store_exists(const char *file)
{
	struct stat st;
	return stat(file, &st) == 0 && (st.st_size > 0 || !S_ISREG(st.st_mode));
}

static bool put_meta(sqlite3 *db, const char *key, const char *value)
{
	sqlite3_stmt *statement;
	bool ok = prepare(db, "INSERT OR REPLACE INTO meta VALUES (?, ?)", &statement);
	if (ok) {
		bind_text(statement, 1, key);
		bind_text(statement, 2, value);
		ok = run_once(statement);
	}
	sqlite3_finalize(statement);
	return ok;
}

static bool put_head(sqlite3 *db, const struct show *show)
{
	struct sink head = { 0 };
	put_result_head(&head, show);
	sink_char(&head, '\0');
	bool ok = put_meta(db, "head", head.bytes) && put_meta(db, "version", show->version) &&
		  put_meta(db, "catalogue", show->catalogue);
	sink_free(&head);
	return ok;
}

/** Seeds are written as text: SQLite has no number that is as large. */
static bool put_scenario(sqlite3_stmt *statement, const struct show *show, uint32_t i)
{
	const struct shown *shown = &show->scenarios[i];
	char seed[24];
	snprintf(seed, sizeof seed, "%llu", (unsigned long long)shown->seed);
	sqlite3_bind_int64(statement, 1, i);
	bind_text(statement, 2, shown->scenario->path);
	bind_text(statement, 3, shown->scenario->name);
	bind_text(statement, 4, shown->scenario->sha256);
	bind_text(statement, 5, seed);
	sqlite3_bind_int64(statement, 6, (int64_t)shown->cells);
	return run_once(statement);
}

static bool put_scenarios(sqlite3 *db, const struct show *show)
{
	sqlite3_stmt *statement;
	bool ok = prepare(db, "INSERT INTO scenarios VALUES (?, ?, ?, ?, ?, ?)", &statement);
	for (uint32_t i = 0; ok && i < show->n; i++)
		ok = put_scenario(statement, show, i);
	sqlite3_finalize(statement);
	return ok;
}

static bool say_trouble(const char *file, const char *why)
{
	struct sink s = { 0 };
	sink_printf(&s, "viaport: cannot write %s: %s", file, why);
	output_say(&s);
	return false;
}

static bool write_tables(const char *file, const char *beside, const struct show *show)
{
	sqlite3 *db;
	bool ok = sqlite3_open_v2(beside, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK && execute(db, schema) &&
		  put_head(db, show) && put_scenarios(db, show) && execute(db, "COMMIT");
	if (!ok) {
		say_cannot_write(file, db);
		execute(db, "ROLLBACK");
	}
	sqlite3_close(db);
	return ok;
}

/** Fills what is locked, be it new or left by a kill, and gives it its name. */
static bool fill_and_rename(const char *file, const char *beside, int lock, const char *place, const struct show *show)
{
	if (store_exists(place))
		return say_trouble(file, "another run has made it meanwhile");
	if (ftruncate(lock, 0) != 0)
		return say_trouble(file, strerror(errno));
	if (!write_tables(file, beside, show))
		return false;
	return rename(beside, place) == 0 || say_trouble(file, strerror(errno));
}

/** Written beside and renamed, so that a store is never without its tables. Of two runs that begin together one has the lock. */
static bool make_file(const char *file, const char *place, const struct show *show)
{
	char *beside = place_beside(place, PLACE_PART);
	int lock = place_lock(beside);
	bool ok = lock >= 0 ? fill_and_rename(file, beside, lock, place, show)
			    : say_trouble(file, errno == EWOULDBLOCK ? "another run writes into it" : strerror(errno));
	if (lock >= 0 && !ok)
		unlink(beside);
	if (lock >= 0)
		close(lock);
	free(beside);
	return ok;
}

/* --- cells ------------------------------------------------------------------------------------- */

/** The lock of a writer is held all the time but for a moment between two transactions. */
static bool begin_transaction(struct store *s)
{
	s->held = 0;
	s->since = uv_hrtime();
	return run_once(s->begin);
}

static bool commit(struct store *s)
{
	s->committed |= s->held > 0;
	return run_once(s->commit);
}

static bool start(struct store *s, const struct show *show)
{
	static const char insert[] = "INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
	if (!execute(s->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 1000"))
		return false;
	if (!prepare(s->db, insert, &s->insert) || !prepare(s->db, "BEGIN IMMEDIATE", &s->begin) ||
	    !prepare(s->db, "COMMIT", &s->commit) || !begin_transaction(s))
		return false;
	sqlite3_busy_timeout(s->db, PATIENCE_MS);
	s->kept = (uint64_t)ask_number(s->db, "SELECT coalesce(max(number) + 1, 0) FROM cells", 0);
	return put_meta(s->db, "min_confidence", confidence_words[show->least]);
}

static void close_store(struct store *s)
{
	sqlite3_finalize(s->insert);
	sqlite3_finalize(s->begin);
	sqlite3_finalize(s->commit);
	if (s->whole) /* one file from now on, which can also be read where nothing can be written */
		execute(s->db, "PRAGMA journal_mode = DELETE");
	sqlite3_close(s->db);
	if (s->made && !s->committed)
		unlink(s->place);
	sink_free(&s->text);
	free(s->file);
	free(s->place);
	free(s);
}

/** Another run may have found what was just made, and then it is his. */
static struct store *refuse_store(struct store *s)
{
	s->made &= sqlite3_errcode(s->db) != SQLITE_BUSY;
	say_cannot_write(s->file, s->db);
	close_store(s);
	return NULL;
}

struct store *store_open(const char *file, bool found, const struct show *show)
{
	char *place = place_of(file);
	if (!found && !make_file(file, place, show)) {
		free(place);
		return NULL;
	}
	struct store *s = calloc(1, sizeof *s);
	assert(s);
	*s = (struct store){ .file = strdup(file), .place = place, .made = !found };
	if (sqlite3_open_v2(place, &s->db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK && start(s, show))
		return s;
	return refuse_store(s);
}

/** "F01 G02", in the store's sink. */
static void put_cause_ids(struct sink *s, uint64_t among)
{
	const char *space = "";
	sink_clear(s);
	for (const struct cause *c = NULL; (c = next_cause(among, c)); space = " ") {
		sink_text(s, space);
		sink_text(s, c->id);
	}
}

static bool put_cell(struct store *s, uint32_t scenario, const struct brief *b, const char *json, size_t n)
{
	put_cause_ids(&s->text, b->causes);
	sqlite3_bind_int64(s->insert, NUMBER, (int64_t)(s->next - 1));
	sqlite3_bind_int64(s->insert, SCENARIO, scenario);
	bind_text(s->insert, VERDICT, verdict_words[b->verdict]);
	sqlite3_bind_int(s->insert, EXPECTED, b->expected);
	sqlite3_bind_int(s->insert, KNOWN, b->known);
	bind_text(s->insert, CONFIDENCE, confidence_words[b->confidence]);
	bind_text(s->insert, CAUSE, b->cause ? b->cause->word : NULL);
	sqlite3_bind_text64(s->insert, CAUSES, s->text.bytes ? s->text.bytes : "", s->text.len, SQLITE_STATIC,
			    SQLITE_UTF8);
	sqlite3_bind_text64(s->insert, JSON, json, n, SQLITE_STATIC, SQLITE_UTF8);
	return run_once(s->insert);
}

static bool transaction_is_due(const struct store *s)
{
	return s->held >= COMMIT_CELLS || uv_hrtime() - s->since >= COMMIT_NANO;
}

static void fail(struct report *report)
{
	struct store *s = report->state;
	say_cannot_write(s->file, s->db);
	report->failed = true;
}

/* --- as a report ------------------------------------------------------------------------------- */

static void begin(struct report *report)
{
	report->state = report->given;
}

/** What is in it already comes first. */
static void cell(struct report *report, const struct shown *shown, const struct brief *b, const char *rendered,
		 size_t n)
{
	struct store *s = report->state;
	if (report->failed || s->next++ < s->kept)
		return;
	bool ok = put_cell(s, (uint32_t)(shown - report->show->scenarios), b, rendered, n);
	s->held++;
	if (ok && transaction_is_due(s))
		ok = commit(s) && begin_transaction(s);
	if (!ok)
		fail(report);
}

static void end(struct report *report, const struct totals *totals, enum ending ending)
{
	struct store *s = report->state;
	(void)totals;
	if (report->failed)
		return;
	if (commit(s))
		s->whole = ending == ENDING_COMPLETE && s->next == report->show->cells;
	else
		fail(report);
}

static void free_store(struct report *report)
{
	close_store(report->state);
}

const struct report_kind store_report = {
	.name = "store",
	.keeps_hidden = true,
	.render = render_cell,
	.begin = begin,
	.cell = cell,
	.end = end,
	.free = free_store,
};

/* --- as a recording ---------------------------------------------------------------------------- */

struct reader {
	sqlite3 *db;
	sqlite3_stmt *cells;
};

static bool is_store(const char *bytes, size_t n)
{
	static const char magic[] = "SQLite format 3";
	return n >= sizeof magic && memcmp(bytes, magic, sizeof magic) == 0;
}

static bool read_fails(struct recording *r, sqlite3 *db)
{
	struct sink s = { 0 };
	put_trouble(&s, db);
	sink_char(&s, '\0');
	int code = sqlite3_errcode(db);
	bool damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR;
	recording_fail(r, damaged ? EXIT_INVALID : EXIT_IO, "cannot be read: %s", s.bytes);
	sink_free(&s);
	return false;
}

static bool is_ours(struct recording *r, sqlite3 *db)
{
	int64_t id = ask_number(db, "PRAGMA application_id", -1), format = ask_number(db, "PRAGMA user_version", -1);
	if (id < 0)
		return read_fails(r, db);
	if (id != STORE_ID)
		return recording_fail(r, EXIT_INVALID, "it is a SQLite file, but no store of viaport");
	if (format != STORE_FORMAT)
		return recording_fail(r, EXIT_INVALID,
				      "its tables are those of another viaport: version %lld, this one knows %d",
				      (long long)format, STORE_FORMAT);
	return true;
}

/** A value of the table meta, in the arena; NULL: it is not there. */
static const char *meta_of(struct recording *r, sqlite3 *db, const char *key)
{
	const char *value = NULL;
	sqlite3_stmt *statement;
	if (prepare(db, "SELECT value FROM meta WHERE key = ?", &statement)) {
		bind_text(statement, 1, key);
		if (sqlite3_step(statement) == SQLITE_ROW)
			value = arena_strdup(r->arena, (const char *)sqlite3_column_text(statement, 0));
	}
	sqlite3_finalize(statement);
	return value;
}

static bool read_head(struct recording *r, sqlite3 *db)
{
	const char *head = meta_of(r, db, "head"), *least = meta_of(r, db, "min_confidence");
	if (!head && sqlite3_errcode(db) == SQLITE_OK)
		return recording_fail(r, EXIT_INVALID, "its table meta has no head");
	if (!head)
		return read_fails(r, db);
	const char *wrong = recorded_head(r->arena, head, strlen(head), &r->head);
	for (int i = 0; least && confidence_words[i]; i++)
		if (strcmp(confidence_words[i], least) == 0)
			r->head.least = (enum confidence)i;
	return !wrong || recording_fail(r, EXIT_INVALID, "%s", wrong);
}

static bool reader_open(struct recording *r)
{
	static const char question[] = "SELECT scenario, json FROM cells ORDER BY number";
	struct reader *reader = arena_alloc(r->arena, sizeof *reader);
	r->state = reader;
	if (sqlite3_open_v2(r->file, &reader->db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		return read_fails(r, reader->db);
	sqlite3_busy_timeout(reader->db, PATIENCE_MS);
	if (!is_ours(r, reader->db) || !read_head(r, reader->db))
		return false;
	return prepare(reader->db, question, &reader->cells) || read_fails(r, reader->db);
}

static bool reader_next(struct recording *r, struct kept_cell *out)
{
	struct reader *reader = r->state;
	int code = sqlite3_step(reader->cells);
	if (code == SQLITE_DONE)
		return false;
	if (code != SQLITE_ROW)
		return read_fails(r, reader->db);
	int64_t scenario = sqlite3_column_int64(reader->cells, 0);
	out->json = (const char *)sqlite3_column_text(reader->cells, 1);
	out->n = (size_t)sqlite3_column_bytes(reader->cells, 1);
	out->scenario = (uint32_t)scenario;
	return (out->json && scenario >= 0 && scenario < r->head.n) ||
	       recording_fail(r, EXIT_INVALID, "a cell is of no scenario that it has");
}

static void reader_close(struct recording *r)
{
	struct reader *reader = r->state;
	sqlite3_finalize(reader->cells);
	sqlite3_close(reader->db);
}

const struct recording_kind store_recording = {
	.name = "a store",
	.is = is_store,
	.open = reader_open,
	.next = reader_next,
	.close = reader_close,
};
