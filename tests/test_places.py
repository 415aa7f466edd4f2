"""Files are written where their names lead, whole, by one run at a time; what is no file is neither replaced nor removed."""
import json
import os
import stat
import subprocess
import tempfile
import threading

from program import ROOT, SANITIZED, VIAPORT, attempt, check

MATRIX = "scenarios/register/matrix.yaml"
TRIES = 5 if SANITIZED else 20
FOLDER = tempfile.TemporaryDirectory()


def path(*names):
    return os.path.join(FOLDER.name, *names)


def words(done):
    return " ".join(done.stderr.split())


def read(name):
    with open(name, "rb") as file:
        return file.read()


def fifo(name):
    os.mkfifo(name)
    return name


def is_fifo(name):
    return stat.S_ISFIFO(os.lstat(name).st_mode)


def reading(name):
    """Reads a FIFO to its end; what came is in the list when the thread has ended."""
    came = []
    thread = threading.Thread(target=lambda: came.append(read(name)), daemon=True)
    thread.start()
    return thread, came


def a_fifo_is_written_where_it_is():
    os.mkdir(path("fifo"))
    name = fifo(path("fifo", "result.json"))
    thread, came = reading(name)
    done = attempt("run", MATRIX, "-f", "json", "--out", path("fifo"))
    thread.join()
    check(is_fifo(name) and os.listdir(path("fifo")) == ["result.json"], "a FIFO was replaced by a file")
    check(done.returncode == 0 and came == [attempt("run", MATRIX, "-f", "json").stdout.encode()], "a FIFO got something else than the result")


def a_link_stays_a_link():
    os.mkdir(path("link"))
    os.mkdir(path("elsewhere"))
    wanted = attempt("run", MATRIX, "-f", "json").stdout.encode()
    for target, there in (("elsewhere/old.json", True), ("elsewhere/new.json", False)):
        name = path("link", "result.json")
        os.symlink(os.path.join("..", target), name)
        if there:
            with open(path(target), "w", encoding="utf-8") as file:
                file.write("old\n")
        attempt("run", MATRIX, "-f", "json", "--out", path("link"))
        check(os.path.islink(name), f"the link to {target} was replaced")
        check(read(path(target)) == wanted, f"{target}, to which a link leads, is not the result")
        os.unlink(name)
    check(sorted(os.listdir(path("elsewhere"))) == ["new.json", "old.json"], f"{os.listdir(path('elsewhere'))} is left")
    os.symlink(path("elsewhere", "base.json"), path("base.json"))
    for _ in range(2):
        done = attempt("run", MATRIX, "--baseline", path("base.json"), "--update-baseline", "-q")
        check(done.returncode == 0 and os.path.islink(path("base.json")), f"the link to a baseline: {done.returncode} {done.stderr}")
    check(json.loads(read(path("elsewhere", "base.json"))), "the baseline is not where its link leads")


def a_store_is_made_where_nothing_is():
    name = fifo(path("fifo.db"))
    os.symlink(name, path("to-fifo.db"))
    os.mkdir(path("folder.db"))
    for there in ("fifo.db", "to-fifo.db", "folder.db"):
        for options in ([], ["--resume"]):
            done = attempt("run", MATRIX, "--store", path(there), *options)
            check(done.returncode == 4 and f"{there}: it is no regular file" in words(done), f"{there} {options}: {done.returncode} {done.stderr}")
    check(is_fifo(name) and os.path.islink(path("to-fifo.db")) and os.path.isdir(path("folder.db")), "what is no file was removed")


def a_store_is_made_where_its_link_leads():
    os.mkdir(path("stores"))
    os.symlink("stores/new.db", path("link.db"))
    done = attempt("run", MATRIX, "--store", path("link.db"))
    check(done.returncode == 0 and os.path.islink(path("link.db")), f"the link to a store: {done.returncode} {done.stderr}")
    check(os.listdir(path("stores")) == ["new.db"], f"the link to a store leads to {os.listdir(path('stores'))}")
    check(attempt("report", path("link.db")).stdout == attempt("run", MATRIX).stdout, "a store cannot be read through its link")
    done = attempt("run", MATRIX, "--store", path("link.db"))
    check(done.returncode == 4 and "it exists" in words(done), f"a link to a store that exists: {done.returncode} {done.stderr}")
    open(path("empty.db"), "w", encoding="utf-8").close()
    check(attempt("run", MATRIX, "--store", path("empty.db")).returncode == 0, "an empty file counts as none")


def files_of_others_stay():
    os.mkdir(path("mine"))
    names = ("mine.db.part", "mine.db-part", "result.json.part", "result.json.kept", "result.txt.part")
    for name in names:
        with open(path("mine", name), "w", encoding="utf-8") as file:
            file.write("mine\n")
    attempt("run", MATRIX, "--store", path("mine", "mine.db"), "-f", "json,text", "--out", path("mine"))
    for name in names:
        check(read(path("mine", name)) == b"mine\n", f"{name} was written over")
    check(sorted(os.listdir(path("mine"))) == sorted((*names, "mine.db", "result.json", "result.txt")), f"left: {os.listdir(path('mine'))}")


def together(*lines):
    """Starts runs at once; back come exit codes and what they complained of."""
    processes = [subprocess.Popen([VIAPORT, "run", MATRIX, *line], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for line in lines]
    told = [" ".join(process.communicate()[1].decode().split()) for process in processes]
    return [process.returncode for process in processes], told


def one_of_two_runs_gets_a_store():
    wanted = attempt("run", MATRIX).stdout
    for empty in (False, True):
        for i in range(TRIES):
            store = path(f"two-{empty}-{i}.db")
            if empty:
                open(store, "w", encoding="utf-8").close()
            codes, told = together(["--store", store], ["--store", store])
            check(sorted(codes) == [0, 4], f"two runs, one store, {i}: {codes} {told}")
            refused = told[codes.index(4)]
            check(any(why in refused for why in ("another run", "it exists")), f"two runs, one store: {refused}")
            check(attempt("report", store).stdout == wanted, f"two runs, one store, {i}: it is not whole")
            os.unlink(store)
    check(not [name for name in os.listdir(FOLDER.name) if name.startswith("two-")], f"left: {os.listdir(FOLDER.name)}")


def two_runs_harm_no_folder():
    line = ["-f", "json,text,html", "--out", path("both")]
    attempt("run", MATRIX, *line)
    wanted = {name: read(path("both", name)) for name in os.listdir(path("both"))}
    for i in range(TRIES):
        for options in ([], ["--resume"]):
            codes, told = together(line + options, line, line + options)
            check(set(codes) <= {0, 4} and 0 in codes, f"three runs, one folder, {i}: {codes} {told}")
            check(all("another run writes it" in said for code, said in zip(codes, told) if code == 4), f"three runs, one folder: {told}")
            there = {name: read(path("both", name)) for name in os.listdir(path("both"))}
            check(there == wanted, f"three runs, one folder, {i}: {sorted(there)}, or another content")
            os.unlink(path("both", "result.json"))


def files_of_a_longer_run_are_removed():
    os.mkdir(path("longer"))
    names = ("junit-2.xml", "junit-3.xml", "junit-5.xml", "junit-2.txt", "result-2.json", "report-2.html")
    for name in names:
        with open(path("longer", name), "w", encoding="utf-8") as file:
            file.write("old\n")
    attempt("run", MATRIX, "-f", "junit,json,html", "--out", path("longer"))
    left = {name for name in os.listdir(path("longer")) if "-" in name}
    check(left == set(names[2:]), f"behind junit.xml there were two files of a longer run, and others; left: {left}")


def a_baseline_replaces_no_other_file():
    attempt("run", MATRIX, "--store", path("base.db"))
    attempt("run", MATRIX, "--shard", "1/1", "--out", path("parts"))
    part = path("parts", "part-1-of-1.jsonl.gz")
    for name, kind in ((path("base.db"), "a store"), (part, "parts")):
        before = read(name)
        done = attempt("run", MATRIX, "--baseline", name, "--update-baseline")
        check(done.returncode == 3 and f"it is {kind}; --update-baseline writes JSON" in words(done), f"{name}: {done.returncode} {done.stderr}")
        check(read(name) == before, f"{name} was replaced by a baseline")
        check(attempt("run", MATRIX, "--baseline", name).returncode == 0, f"{name} cannot be compared with")
    thread, came = reading(fifo(path("base.fifo")))
    done = attempt("run", MATRIX, "--baseline", path("base.fifo"), "--update-baseline", "-q")
    thread.join()
    check(done.returncode == 0 and is_fifo(path("base.fifo")), f"a baseline into a FIFO: {done.returncode} {done.stderr}")
    attempt("run", MATRIX, "--baseline", path("base.new"), "--update-baseline", "-q")
    check(came == [read(path("base.new"))], "a FIFO got something else than the baseline")


def a_closed_folder_is_told():
    closed = path("closed")
    os.mkdir(closed, 0o555)
    if os.geteuid() == 0:
        closed = "/sys"  # also closed to root
    done = attempt("run", MATRIX, "--store", os.path.join(closed, "a.db"))
    check(done.returncode == 4 and "ermi" in words(done) and "No such file" not in words(done), f"a closed folder: {done.returncode} {done.stderr}")


def closed_before(stream, *args):
    """Runs the program in a shell that has closed one of its standard streams."""
    command = ["sh", "-c", f'exec "$0" "$@" {stream}&-', VIAPORT, *args]
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def a_stream_that_is_closed_is_nobodys_file():
    """What is opened next would get its number, and what is said would be written into it."""
    for args in (["run", MATRIX], ["demo"], ["list"], ["explain", "F01"]):
        done = closed_before(">", *args)
        check(done.returncode == 4 and "standard output" in words(done), f"{args} without an output: {done.returncode} {done.stderr}")
        want = attempt(*args)
        for stream in ("2>", "<"):
            done = closed_before(stream, *args)
            check((done.returncode, done.stdout) == (want.returncode, want.stdout), f"{args} with {stream}&-: {done.returncode} {done.stderr}")
    want = attempt("run", MATRIX, "-f", "json").stdout
    for stream in (">", "2>", "<"):
        store, out = path("stream.db"), path("stream")
        done = closed_before(stream, "run", MATRIX, "-f", "json", "--out", out, "--store", store)
        check(done.returncode == (4 if stream == ">" else 0), f"a store with {stream}&-: {done.returncode} {done.stderr}")
        check(read(path("stream", "result.json")).decode() == want, f"with {stream}&- the result is another one")
        check(attempt("report", store, "-f", "json").stdout == want, f"with {stream}&- the store is another one")
        os.remove(store)


a_fifo_is_written_where_it_is()
a_link_stays_a_link()
a_store_is_made_where_nothing_is()
a_store_is_made_where_its_link_leads()
files_of_others_stay()
one_of_two_runs_gets_a_store()
two_runs_harm_no_folder()
files_of_a_longer_run_are_removed()
a_baseline_replaces_no_other_file()
a_closed_folder_is_told()
a_stream_that_is_closed_is_nobodys_file()
FOLDER.cleanup()
