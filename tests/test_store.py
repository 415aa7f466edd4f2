"""A store survives what happens to a run, and --resume goes on with what is there: a store, or what was left in a folder.

Kills come at random moments; the seed is printed, and taken from the command line.
"""
import json
import os
import random
import re
import shlex
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from program import ROOT, SANITIZED, VIAPORT, attempt, check, ended_midway, size_of

MATRIX = "scenarios/register/matrix.yaml"
FORMATS = re.search(r"there are: (.*)", " ".join(attempt("run", MATRIX, "-f", "0").stderr.split())).group(1)
FORMATS = [word.strip() for word in FORMATS.split(" help:")[0].split(",")]
ENVIRONMENT = {**os.environ, "NO_COLOR": "1"}
KILLS = 12 if SANITIZED else 51  # after each third one the run may come to its end


def words(done):
    return " ".join(done.stderr.split())


def start(*args):
    return subprocess.Popen([VIAPORT, *map(str, args)], cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)


def cells_of(store):
    """Numbers and JSON of the cells, as another program sees them."""
    with sqlite3.connect(store) as db:
        rows = db.execute("SELECT number, json FROM cells ORDER BY number").fetchall()
    db.close()
    return rows


def lines_of(result):
    """The cells of a result.json, as they stand there."""
    return [line.rstrip(",") for line in result.splitlines() if line.startswith('{"cell": ')]


def is_prefix(store, lines, what):
    rows = cells_of(store)
    check([n for n, _ in rows] == list(range(len(rows))), f"{what}: cells are missing or doubled")
    check([text for _, text in rows] == lines[: len(rows)], f"{what}: the store holds other cells than the run")
    return len(rows)


# --- reports ---------------------------------------------------------------------------------------


def files_of(folder):
    return {name: open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder)}


def reports_are_those_of_the_run(folder):
    run, report, again = (os.path.join(folder, name) for name in ("run", "report", "again"))
    for operand, *options in ([MATRIX], ["scenarios/register"], ["scenarios/remedies", "--seed", "7"],
                              [MATRIX, "--only", "phone=cisco-7940,router=pf"], [MATRIX, "--min-confidence", "medium"]):
        store = os.path.join(folder, "reports.db")
        line = ["run", operand, *options, "-f", ",".join(FORMATS)]
        lines = [attempt(*line, "--out", run), attempt("run", operand, *options, "--store", store),
                 attempt("report", store, "-f", ",".join(FORMATS), "--out", report),
                 attempt(*line, "--out", again, "--store", store, "--resume")]
        wanted = files_of(run)
        check(len(wanted) == len(FORMATS) and min(map(len, wanted.values())) > 100, f"{operand} {options}: {list(wanted)}")
        check(files_of(report) == wanted, f"{operand} {options}: reports of the store are others")
        check(files_of(again) == wanted, f"{operand} {options}: a finished store is told otherwise")
        check(len({done.returncode for done in lines}) == 1, f"{operand} {options}: {[done.returncode for done in lines]}")
        os.unlink(store)


def a_store_keeps_what_is_hidden(folder):
    store = os.path.join(folder, "hidden.db")
    attempt("run", "scenarios/register", "--min-confidence", "medium", "--store", store, "-q")
    lines = lines_of(attempt("run", "scenarios/register", "-f", "json").stdout)
    check(is_prefix(store, lines, "--min-confidence") == len(lines), "--min-confidence: not all cells are in the store")


def a_finished_store_is_one_file_that_can_be_read_anywhere(folder):
    folder = os.path.join(folder, "finished")
    os.mkdir(folder)
    store = os.path.join(folder, "finished.db")
    run = attempt("run", MATRIX, "--store", store)
    check(os.listdir(folder) == ["finished.db"], f"a finished store leaves {os.listdir(folder)}")
    os.chmod(store, 0o444)
    os.chmod(folder, 0o555)
    check(attempt("report", store).stdout == run.stdout, "a store in a folder that cannot be written cannot be read")
    os.chmod(folder, 0o755)


# --- kills -----------------------------------------------------------------------------------------


def sweep():
    """A matrix of several transactions: the options that choose it and its result."""
    file = "scenarios/compat/register.yaml"
    axis = open(os.path.join(ROOT, file), encoding="utf-8").read().split("  phone:\n")[1].split("  router:\n")[0]
    phones = axis.replace("- ", "").split()
    options = [file, *(f"--only=phone={phone}" for phone in phones[:4])]
    return options, attempt("run", *options, "-f", "json")


def killed(options, at, pause):
    """Starts a run and kills it, unless it ends before: when so much of its result has come, and then after a pause.

    It waits for its reader, so how far it has come does not depend on the machine.
    """
    process = start("run", *options, "-f", "json")
    process.stdout.read(at)
    time.sleep(pause)
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


def a_store_survives_kills(folder, chance, options, run):
    store, lines, kills, finished, found = os.path.join(folder, "killed.db"), lines_of(run.stdout), 0, 0, set()
    line, half = [*options, "--store", store, "--resume", "-q"], len(run.stdout) // 2
    while kills < KILLS:
        at = half if not kills else chance.choice((0, chance.randrange(half), chance.randrange(half, 2 * half)))
        if killed(line, at, chance.uniform(0, 0.01 if at else 0.1)):
            kills += 1
            if kills % 2 and os.path.exists(store):  # else the program itself recovers it
                found.add(is_prefix(store, lines, f"kill {kills}"))
            if kills % 3:
                continue
        done = attempt("run", *options, "--store", store, "--resume", "-f", "json")
        check(done.returncode == run.returncode, f"after {kills} kills: exit {done.returncode}: {done.stderr}")
        check(done.stdout == run.stdout, f"after {kills} kills the result is another")
        check(is_prefix(store, lines, f"after {kills} kills") == len(lines), f"after {kills} kills: cells are missing")
        finished += 1
        os.unlink(store)
    check(any(0 < n < len(lines) for n in found), f"no kill came between two transactions: {found}")
    print(f"{kills} kills, {finished} sweeps of {len(lines)} cells resumed to their end; cells found: {sorted(found)}")


def left_in(out):
    """How much a kill has left in a folder."""
    return max(size_of(os.path.join(out, name)) for name in ("result.json.viaport-part", "result.json.viaport-kept"))


def a_folder_survives_kills(folder, chance, options, run):
    out = os.path.join(folder, "out")
    text = attempt("run", *options).stdout
    line = [*options, "-f", "json,text", "--out", out, "--resume"]
    for kill in range(3):
        enough = chance.randrange(50000, len(run.stdout) // 2)  # the first kilobytes are cells already
        ended_midway(line, signal.SIGKILL, lambda: left_in(out) > enough, lambda: shutil.rmtree(out))
        process = start("run", *line)
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
        process.communicate()
        there = left_in(out)
        done = attempt("run", *line)
        check(done.returncode == run.returncode, f"folder, kill {kill}: exit {done.returncode}: {done.stderr}")
        kept = re.search(r"resumed: ([0-9,]+) of", words(done)).group(1)
        check(kept != "0" or there == 0, f"folder, kill {kill}: of {there} bytes nothing was resumed")
        check(open(os.path.join(out, "result.json"), encoding="utf-8").read() == run.stdout, f"folder, kill {kill}: another result")
        check(open(os.path.join(out, "result.txt"), encoding="utf-8").read() == text, f"folder, kill {kill}: another text")
        check(sorted(os.listdir(out)) == ["result.json", "result.txt"], f"folder, kill {kill}: {os.listdir(out)} is left")
        shutil.rmtree(out)


def interrupted(options, file, anew):
    """Starts a run and interrupts it when cells are in a file."""
    code, trouble = ended_midway(options, signal.SIGINT, lambda: size_of(file) > 50000, anew)
    check(code == 130, f"Ctrl-C: exit {code}: {trouble}")
    check("--resume" in trouble, f"Ctrl-C does not name --resume: {trouble}")


def an_interrupted_run_goes_on(folder, options, run):
    store, out = os.path.join(folder, "interrupted.db"), os.path.join(folder, "interrupted")
    interrupted([*options, "--store", store], store + "-wal", lambda: os.unlink(store))
    told = attempt("report", store)
    check(told.returncode == 6 and "interrupted" in told.stdout, f"report of an unfinished store: {told.returncode} {told.stdout[-200:]}")
    command = words(told).partition("next: viaport ")[2]
    check(command.endswith(f"--store {store} --resume"), f"the report does not say how the run goes on: {told.stderr}")
    done = attempt(*shlex.split(command), "-f", "json")
    check(done.stdout == run.stdout and done.returncode == run.returncode, "a store does not go on after Ctrl-C")

    line = [*options, "-f", "json", "--out", out]
    interrupted(line, os.path.join(out, "result.json.viaport-part"), lambda: shutil.rmtree(out))
    some = json.load(open(os.path.join(out, "result.json"), encoding="utf-8"))
    check(some["interrupted"] is True, "an interrupted result does not say so")
    done = attempt("run", *line, "--resume")
    check(open(os.path.join(out, "result.json"), encoding="utf-8").read() == run.stdout, f"a folder does not go on after Ctrl-C: {done.returncode} {done.stderr}")
    check(os.listdir(out) == ["result.json"], f"{os.listdir(out)} is left")
    there = len(some["scenarios"][0]["cells"])
    check(f"resumed: {there:,} of" in words(done), f"{there} cells were there: {done.stderr}")


# --- refusals --------------------------------------------------------------------------------------


def make_sqlite(path, *statements):
    with sqlite3.connect(path) as db:
        for statement in statements:
            db.execute(statement)
    db.close()


def what_does_not_fit_is_refused(folder):
    store = os.path.join(folder, "refused.db")
    attempt("run", MATRIX, "--store", store)
    before = open(store, "rb").read()
    changed = os.path.join(folder, "changed.yaml")
    shutil.copy(os.path.join(ROOT, MATRIX), changed)
    other = os.path.join(folder, "other.db")
    attempt("run", changed, "--store", other, "-q")
    with open(changed, "a", encoding="utf-8") as file:
        file.write("# a remark\n")
    text, foreign, newer = (os.path.join(folder, name) for name in ("text.db", "foreign.db", "newer.db"))
    with open(text, "w", encoding="utf-8") as file:
        file.write("no database, but long enough to be looked at\n" * 50)
    make_sqlite(foreign, "CREATE TABLE cells (number)")
    shutil.copy(store, newer)
    make_sqlite(newer, "PRAGMA user_version = 2")
    rows = [
        ([MATRIX, "--store", store], 4, "refused.db: it exists"),
        ([MATRIX, "--store", text], 4, "text.db: it exists"),
        ([MATRIX, "--store", text, "--resume"], 3, "text.db: cannot be read: file is not a database"),
        ([MATRIX, "--store", foreign, "--resume"], 3, "foreign.db: it is a SQLite file, but no store"),
        ([MATRIX, "--store", newer, "--resume"], 3, "newer.db: its tables are those of another viaport"),
        ([MATRIX, "--store", store, "--resume", "--seed", "2"], 3, f"the seed of {MATRIX} is 1 there, 2 here"),
        ([MATRIX, "--store", store, "--resume", "--only", "phone=linphone"], 3, f"the number of cells of {MATRIX} is 60 there, 12 here"),
        ([MATRIX, "--store", store, "--resume", "--max-events", "9"], 3, "with other options"),
        ([MATRIX, "--store", store, "--resume", "--trace", "full"], 3, "with other options"),
        ([MATRIX, "scenarios/register", "--store", store, "--resume"], 3, "the number of scenarios is 1 there, "),
        (["scenarios/register/digest.yaml", "--store", store, "--resume"], 3, "a scenario is scenarios/register/matrix.yaml there, scenarios/register/digest.yaml here"),
        ([changed, "--store", other, "--resume"], 3, "changed.yaml is "),
        ([MATRIX, "--store", ""], 2, "--store needs"),
        ([MATRIX, "--store", store, "--shard", "1/2", "--out", folder], 2, "not with --shard"),
        ([MATRIX, "--resume"], 2, "--resume needs --store FILE, or --out DIR with json"),
        ([MATRIX, "--resume", "--out", folder], 2, "--resume needs --store FILE, or --out DIR with json"),
        ([MATRIX, "--store", store, "--dry-run"], 2, "--dry-run only names cells"),
        ([MATRIX, "--resume", "--out", folder, "-f", "json", "--min-confidence", "high"], 2, "go together with --store"),
        ([MATRIX, "--store", os.path.join(folder, "nowhere", "a.db")], 4, "nowhere/a.db"),
    ]
    for line, code, sentence in rows:
        done = attempt("run", *line)
        check(done.returncode == code, f"run {line}: exit {done.returncode}, wanted {code}: {done.stderr}")
        check(sentence in words(done), f"run {line}: {done.stderr}")
    check(open(store, "rb").read() == before, "a store that was refused is another than before")
    for path, code, sentence in ((text, 3, "no result"), (foreign, 3, "no store of viaport")):
        done = attempt("report", path)
        check(done.returncode == code, f"report {path}: {done.returncode} {done.stderr}")


def two_runs_do_not_write_into_one_store(folder):
    store = os.path.join(folder, "two.db")
    attempt("run", MATRIX, "--store", store)
    make_sqlite(store, "DELETE FROM cells WHERE number > 9", "PRAGMA journal_mode = WAL")
    db = sqlite3.connect(store, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    done = attempt("run", MATRIX, "--store", store, "--resume")
    check(done.returncode == 4 and "another run writes into it" in words(done), f"two runs: {done.returncode} {done.stderr}")
    check(attempt("report", store).returncode == 6, "a store cannot be read while a run writes")
    db.execute("ROLLBACK")
    db.close()
    done = attempt("run", MATRIX, "--store", store, "--resume")
    check(done.returncode == 0 and "resumed: 10 of 60" in words(done), f"10 of 60 cells: {done.stderr}")


def damage_is_seen(folder):
    store = os.path.join(folder, "damaged.db")
    rows = [
        ("UPDATE cells SET json = 'x' WHERE number = 7", "cell 8"),
        ("UPDATE cells SET json = (SELECT json FROM cells WHERE number = 9) WHERE number = 7", "cells are missing before 8"),
        ("DELETE FROM cells WHERE number = 7", "cells are missing before 8"),
        ("UPDATE cells SET scenario = 4 WHERE number = 7", "a cell is of no scenario"),
        ("DELETE FROM meta", "meta has no head"),
        ("DROP TABLE meta", "no such table: meta"),
    ]
    for statement, sentence in rows:
        attempt("run", MATRIX, "--store", store)
        make_sqlite(store, statement)
        out = os.path.join(folder, "damaged")
        done = attempt("run", MATRIX, "--store", store, "--resume", "--out", out)
        check(done.returncode == 3 and sentence in words(done), f"{statement}: {done.returncode} {done.stderr}")
        check(not os.path.exists(out) or not os.listdir(out), f"{statement}: {out} is not empty")
        os.unlink(store)


def what_was_left_by_another_run_is_no_beginning(folder):
    out = os.path.join(folder, "another")
    line = [MATRIX, "-f", "json", "--out", out, "--resume"]
    done = attempt("run", *line)
    check("0 of 60 cells" in words(done), f"an empty folder: {done.stderr}")
    whole = open(os.path.join(out, "result.json"), "rb").read()
    for seed, code in (("2", 3), ("1", 3)):  # who says --seed means another command
        done = attempt("run", *line, "--seed", seed)
        check(done.returncode == code and "result.json: it cannot be resumed" in words(done), f"--seed {seed}: {done.stderr}")
    for end in (0, 1, 60, 200, len(whole) // 2, len(whole) - 1):  # cut off anywhere
        with open(os.path.join(out, "result.json.viaport-part"), "wb") as file:
            file.write(whole[:end])
        if os.path.exists(os.path.join(out, "result.json")):
            os.unlink(os.path.join(out, "result.json"))
        done = attempt("run", *line)
        there = len(re.findall(rb'^\{"cell": .*\n', whole[:end], re.M))
        expected = (0, f"resumed: {there} of 60") if end == 0 or end > 100 else (3, "result.json.viaport-part: it cannot be resumed")
        check((done.returncode, expected[1] in words(done)) == (expected[0], True), f"cut off at {end}: {done.returncode} {done.stderr}")
        if end == 0 or end > 100:
            check(open(os.path.join(out, "result.json"), "rb").read() == whole, f"cut off at {end}: another result")
            check(os.listdir(out) == ["result.json"], f"cut off at {end}: {os.listdir(out)}")


# --- nothing can be written ------------------------------------------------------------------------


def limited(limit, *args):
    """Runs the program where no file may become longer than that, which is what a full disk is like."""
    return subprocess.run([VIAPORT, *map(str, args)], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))


def a_full_disk_is_told(folder, options, run):
    out = os.path.join(folder, "full")
    for limit in (0, 1000, 100000):
        done = limited(limit, "run", *options, "-f", "json,text", "--out", out)
        check(done.returncode == 4 and os.path.join(out, "result.") in done.stderr, f"--out, {limit} bytes: {done.returncode} {done.stderr}")
        check(os.listdir(out) == [], f"--out, {limit} bytes: {os.listdir(out)} is left")
    for limit in (0, 1000, 40000, 1200000):
        store = os.path.join(out, "full.db")
        done = limited(limit, "run", *options, "--store", store)
        check(done.returncode == 4 and store in done.stderr.replace("\n    ", ""), f"--store, {limit} bytes: {done.returncode} {done.stderr}")
        if limit < 100000:
            check(os.listdir(out) == [], f"--store, {limit} bytes: {os.listdir(out)} is left")
    check(is_prefix(store, lines_of(run.stdout), "a full disk") > 0, "a full disk: the cells that could be written are gone")
    done = attempt("run", *options, "--store", store, "--resume", "-f", "json")
    check(done.stdout == run.stdout, "a run does not go on when there is room again")


def a_folder_that_cannot_be_written_is_told(folder):
    closed = "/sys"  # also closed to root
    if os.geteuid() != 0:
        closed = os.path.join(folder, "closed")
        os.mkdir(closed, 0o555)
    for options in (["--store", f"{closed}/a.db"], ["-f", "json", "--out", f"{closed}/a"]):
        done = attempt("run", MATRIX, *options)
        check(done.returncode == 4 and f"{closed}/a" in words(done), f"{options}: {done.returncode} {done.stderr}")
    check(not [name for name in os.listdir(closed) if name.startswith("a")], f"something is left in {closed}")


def a_reader_who_goes_away_harms_no_store(folder):
    store = os.path.join(folder, "reader.db")
    pipe, end = os.pipe()
    os.close(pipe)
    done = subprocess.run([VIAPORT, "run", MATRIX, "-f", "json", "--store", store], cwd=ROOT, stdout=end, stderr=subprocess.PIPE)
    os.close(end)
    check(done.returncode == 4 and done.stderr == b"", f"a closed standard output: {done.returncode} {done.stderr}")
    done = attempt("run", MATRIX, "-f", "json", "--store", store, "--resume")
    check(done.stdout == attempt("run", MATRIX, "-f", "json").stdout, "a store whose reader went away does not go on")


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        reports_are_those_of_the_run(folder)
        a_store_keeps_what_is_hidden(folder)
        a_finished_store_is_one_file_that_can_be_read_anywhere(folder)
        what_does_not_fit_is_refused(folder)
        two_runs_do_not_write_into_one_store(folder)
        damage_is_seen(folder)
        what_was_left_by_another_run_is_no_beginning(folder)
        a_folder_that_cannot_be_written_is_told(folder)
        a_reader_who_goes_away_harms_no_store(folder)
        options, run = sweep()
        a_full_disk_is_told(folder, options, run)
        an_interrupted_run_goes_on(folder, options, run)
        a_store_survives_kills(folder, chance, options, run)
        a_folder_survives_kills(folder, chance, options, run)


main()
