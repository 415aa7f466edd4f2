"""The command line: exit codes, what goes to which stream, the shape of result.json, partial results, closed pipes."""
import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile

from program import ROOT, VIAPORT, interrupted

SEED = "scenarios/register/seed-test-1.yaml"
MATRIX = "scenarios/register/matrix.yaml"
ENVIRONMENT = {**os.environ, "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
FOLDER = tempfile.TemporaryDirectory()

SWEEP = """viaport: 1
name: sweep
axes:
  rport: ["on", "off"]
  port: [{ports}]
phones:
  p: {{model: generic-rport, rport: $rport, listen-port: $port, behind: home}}
routers:
  home: {{model: random-port}}
servers:
  pbx: {{model: {server}}}
do:
  - register: p
judge:
  - register: p
{expect}
"""


def sweep(n, server="rport-aware", expect="expect: any"):
    return write("sweep.yaml", SWEEP.format(ports=", ".join(map(str, range(20000, 20000 + n))), server=server, expect=expect))


def write(name, text):
    path = os.path.join(FOLDER.name, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def run(*args, code=0, stdin=None, cwd=ROOT, stdout=subprocess.PIPE, env=ENVIRONMENT):
    """Runs the program; returns standard output and standard error as text."""
    command = [VIAPORT, *map(str, args)]
    done = subprocess.run(command, cwd=cwd, env=env, input=stdin, stdout=stdout, stderr=subprocess.PIPE, text=True)
    if done.returncode != code:
        sys.exit(f"viaport {' '.join(command[1:])}: exit {done.returncode}, wanted {code}\n{done.stderr}")
    return done.stdout, done.stderr


def check(what, holds, shown=""):
    if not holds:
        sys.exit(f"{what}\n{shown}")


def keys_sorted(value):
    if isinstance(value, dict):
        return list(value) == sorted(value) and all(map(keys_sorted, value.values()))
    return not isinstance(value, list) or all(map(keys_sorted, value))


# --- the wrong command line: 2, and the nearest word --------------------------------------------------------------

for args, nearest in (
    ([], "--help"), (["nonsense"], "--help"), (["rnu"], "run"), (["--hepl"], "--help"), (["serve"], "no command"), (["diagrm"], "diagram"),
    (["run"], "--help"), (["run", "--fromat", "json", SEED], "--format"), (["run", "-x", SEED], "-x"),
    (["run", "--jobs", "many", SEED], "from 1 to 1024"), (["run", "--jobs=0", SEED], "from 1 to 1024"),
    (["run", "--only", "phone", MATRIX], "AXIS=VALUE"), (["run", "--only", "a=1,b=2,3,4", MATRIX], "did you mean a=1,b=2,b=3,b=4?"),
    (["run", "--only"], "needs a value"),
    (["run", "-f", "jsno", SEED], "json"), (["run", "-f", "text,json", SEED], "--out"),
    (["run", "--max-time", "10", SEED], "unit"), (["run", "--trace", "ful", SEED], "full, facts, counts"),
    (["check"], "--help"), (["list", "phnes"], "phones"), (["list", "wires"], "causes"),
    (["show", "cisco-794"], "cisco-7940"), (["explain", "repyl-to-via-port"], "reply-to-via-port"), (["schema", "x"], ""),
    (["completion"], "bash, zsh or fish"), (["completion", "fihs"], "fish"), (["completion", "tcsh"], "bash"), (["manual", "x"], ""),
    (["help", "rnu"], "run"), (["explain", "VP999"], "there are VP001 to VP"), (["explain", "degarded"], "degraded"),
    (["show", "server", "3cx"], "did you mean 3cx-11?"), (["show", "cisco"], "list names them"), (["dia"], "diagram"), (["di"], "no command"),
    (["explain", "reply-to"], "did you mean reply-to-via-port?"), (["explain", "private"], "private-media-address, private-contact"),
    (["explain", "delivered"], "did you mean misdelivered?"),
    (["show", "private-contact"], "viaport explain private-contact"), (["explain", "linux"], "viaport show linux"),
    (["show", "phone", "linux"], "no phone 'linux'"), (["show", "routers"], "viaport list routers"),
    (["explain", "reachable-afer"], "reachable-after"), (["run", "-", "-"], "standard input"), (["check", "-", "-"], "standard input"), (["run", "-o", "", SEED], "folder"),
    (["run", "--seed", "99999999999999999999", SEED], "9223372036854775807"),
    (["run", "--seed", "9223372036854775808", SEED], "9223372036854775807"),
    (["run", "--seeds", "0", SEED], "from 1 to 10000"), (["run", "--seeds", "10001", SEED], "from 1 to 10000"),
    (["run", "--dry-run", "-f", "json", SEED], "--dry-run"), (["run", "--dry-run", "-o", "x", SEED], "--dry-run"),
):
    out, err = run(*args, code=2)
    check(f"{args}: nothing on standard output", out == "", out)
    check(f"{args}: names {nearest}", nearest in err, err)
    check(f"{args}: 80 columns", all(len(line) <= 80 for line in err.splitlines()), err)

# --- other exit codes ---------------------------------------------------------------------------------------------

empty = os.path.join(FOLDER.name, "empty")
os.mkdir(empty)
check("a missing file is named", "no/such.yaml" in run("run", "no/such.yaml", code=4)[1])
check("no scenario is said alike", run("run", empty, code=5) == run("check", empty, code=5) == ("", "viaport: there is no scenario here\n"))
check("the axes are named", "router" in run("run", MATRIX, "--only", "phnoe=x", code=5)[1])
many = run("run", "scenarios/compat/register.yaml", "--only", "phone=none", code=5)[1]
check("many values are broken into lines", "it has: " in many and all(len(line) <= 80 for line in many.splitlines()), many)
check("the nearest value is named", "cisco-7940?" in run("run", MATRIX, "--only", "phone=cisco-794", code=5)[1])
wrong = write("wrong.yaml", open(os.path.join(ROOT, SEED), encoding="utf-8").read().replace("behind:", "behnid:"))
out, err = run("run", SEED, wrong, code=3)
check("nothing runs when a file is wrong", out == "", out)
check("place, line, caret, help", re.search(r"wrong\.yaml:\d+:\d+: error\[VP003\].*\n *\d+ \| .*behnid.*\n *\| *\^~+\nhelp: .*behind", err), err)
good = open(os.path.join(ROOT, SEED), encoding="utf-8").read()
worse = write("worse.yaml", good.replace("behind:", "behnid:").replace("to: ", "ot: ") + "nonsense: 1\n")
out, err = run("check", SEED, worse, MATRIX, code=3)
check("mistakes and files are counted", re.search(r"^[2-9] mistakes in 1 of 3 files\.$", err.splitlines()[-1]), err)
out, err = run("check", "-f", "json", wrong, code=3)
check("complaints as json", json.loads(out)["complaints"][0]["code"] == "VP003" and keys_sorted(json.loads(out)), out)
out, err = run("check", "-f", "github", wrong, code=3)
check("complaints as annotations", re.match(r"::error file=wrong\.yaml,line=\d+,col=\d+,title=VP003::unknown key", out), out)
check("many complaints are counted", "::error::and " in run("check", "-f", "github", write(
    "many.yaml", "viaport: 1\n" + "".join(f"k{i}: 1\n" for i in range(40))), code=3)[0])
run("check", "-", stdin=open(os.path.join(ROOT, SEED), encoding="utf-8").read())
check("a file that is too large is a mistake with a place", "huge.yaml:1:1: error[VP001]: the file is larger than 16 MiB" in run(
    "check", write("huge.yaml", "#" * (17 << 20)), code=3)[1])
met = write("met.yaml", SWEEP.format(ports="20000", server="rport-aware", expect="expect: any").replace(
    "phones:\n", "  host: [192.168.1.7, 192.168.1.8]\nphones:\n  q: {model: generic-rport, address: 192.168.1.8, behind: home}\n").replace(
    "rport: $rport", "rport: $rport, address: $host"))
out, err = run("run", met, code=1)
check("two at one address in some cells only", "q and p are both at 192.168.1.8" in out + err and "192.168.1.8:" not in out + err, out + err)
check("standard input has a name", "stdin:" in run("run", "-", stdin="nonsense: 1\n", code=3)[1])
unexpected = sweep(2, server="via-port", expect="")
out, err = run("run", unexpected, code=1)
check("an unexpected cell says how to repeat it", "viaport run" in out and "--only rport=on,port=20000" in out.replace("\\\n", ""), out)
hint = "next: `known` lists the cells that may fail; `expect: any` promises nothing\n"
check("a first matrix is told of known and any", hint in err and hint not in run("run", sweep(2, server="via-port"))[1], err)
check("one that has known cells is not", hint not in run("run", MATRIX)[1])
unexpected = sweep(2, server="via-port", expect="")
piped, _ = run("run", "-", code=1, stdin=open(unexpected, encoding="utf-8").read())
check("what came from standard input is called FILE", "viaport run FILE --only rport=on,port=20000" in piped and "run -" not in piped, piped)
check("one command for all", out.count("the others likewise") == 1 and out.split("not as expected:")[1].count("viaport run") == 1, out)
told = " ".join(out.split("not as expected:")[1].split())
check("which stands behind its words", " repeat with: viaport run " in told, told)
check("the first cell of a cause says why", told.count("the port in the Via") == 1 and told.count("reply-to-via-port") > 1, told)
check("the last line is the totals", re.match(r"4 cells: .* not as expected\.$", out.splitlines()[-1]), out)
# --- what a single run says beside its ladder ---------------------------------------------------------------------

LATE = """viaport: 1
name: what comes later
phones: {p: {model: cisco-7940, behind: home}}
routers: {home: {model: linux}}
servers: {pbx: {model: 3cx-11}}
do: [{register: p}, {restart: home}, {wait: 1h}]
expect: [{register: p, result: works}]
"""
late = write("late.yaml", LATE)
check("steps that are not reached are counted", "  2 steps not reached: every check was decided before\n" in run("run", late)[0])
check("all steps are reached", "not reached" not in run("run", write("all.yaml", LATE.replace(", {restart: home}, {wait: 1h}", "")))[0])

cured = write("cured.yaml", LATE.replace("do:", "remedy: [remedy-e, remedy-b]\ndo:"))
check("remedies are named above the ladder", re.search(
    r"^with remedy-e force-rport: servers answer [^\n]*\n(?:  .*\n)?with remedy-b port-forward: ", run("run", cured)[0], re.M), run("run", cured)[0])
check("nobody is told of none", "\nwith " not in run("run", late)[0])
axes = ("run", "scenarios/remedies/a-to-h.yaml")
check("that of one cell as well, and of all none", "\nwith remedy-d rport: " in run(*axes, "--only", "remedy=remedy-d")[0]
      and "\nwith " not in run(*axes)[0])
mine = write("mine.yaml", LATE.replace("phones:", "models:\n  my-box: {kind: router, like: linux}\nphones:").replace("model: linux", "model: my-box"))
check("own models stand where they stand", "entries of low confidence: my-box (mine.yaml:4)\n" in run("run", mine)[0], run("run", mine)[0])

with open("/dev/full", "w", encoding="utf-8") as full:
    check("a full disk is said", "cannot write" in run("run", SEED, code=4, stdout=full)[1])
    run("--help", code=4, stdout=full)
    run("run", "--help", code=4, stdout=full)

# --- a reader that goes away --------------------------------------------------------------------------------------

for args in (("run", "-f", "json", "--trace", "full", "scenarios/register"), ("run", SEED), ("list",)):
    reading, writing = os.pipe()
    os.close(reading)
    out, err = run(*args, code=4, stdout=writing)
    os.close(writing)
    check(f"{args}: a quiet end", "rror" not in err and "cannot" not in err, err)

# --- text ---------------------------------------------------------------------------------------------------------

two = [f"scenarios/register/s01-seed-7940{cured}.yaml" for cured in ("", "-cured")]
out, _ = run("run", *two)
check("two runs are told in full, one after the other", out.count("gives up") == 1 and out.count("bound until") == 1, out)
out, _ = run("run", *two, SEED)
check("of three each has a line", "gives up" not in out and out.count("s01-seed-7940") == 2, out)

for args in ((SEED,), (MATRIX,), ("scenarios/register",), ("-v", "scenarios/register")):
    out, err = run("run", *args)
    wide = [line for line in out.splitlines() if len(line) > 80]
    check(f"{args}: 80 columns", not wide, "\n".join(wide))
    check(f"{args}: nothing behind the totals", re.search(r"expected\.$", out.splitlines()[-1]), out[-300:])
out, err = run("run", SEED)
check("the ladder", re.search(r"0\.041  er6020 x +dropped +no mapping for 86\.5\.223\.17:5060\n +10 more until 31\.500, same end", out), out)
check("the verdict", "fails: reply-to-via-port, lost at er6020" in out and "as expected" in out, out)
check("a hint on standard error", "next: viaport explain reply-to-via-port" in err, err)
wide = write("wide.yaml", """viaport: 1
name: one long answer
phones: {old: {model: cisco-7940, behind: the-router-of-our-branch-office}, new: {model: yealink, behind: the-router-of-our-branch-office}}
routers: {the-router-of-our-branch-office: {model: tplink-er6020}}
servers: {pbx: {model: 3cx-11}}
do: [{register: old}, {register: new}]
expect: [{register: old, result: fails}, {register: new, result: works}]
""")
out, err = run("run", wide)
check("a long answer does not move the others", re.search(r"lost at\n      the-router-of-our-branch-office\n      as expected\n", out) and re.search(
    r"register new +works   as expected\n", out), out)
check("long names are cut where they stand in columns", "old            -> the-router-of~  REGISTER  from 192.168.1.100:5060\n" in out and all(
    len(line) <= 80 for line in out.splitlines()), out)
out, err = run("run", MATRIX, "--only", "phone=cisco-7940,router=pf", "--only", "server=3cx-11")
late = run("run", "scenarios/media/one-way-after-timeout-cures.yaml", "--only", "latch=always,refresh=outbound,timeout=30s,suppression=on")[0]
check("some verdicts need a verb", "this cell is degraded, as expected" in late, late)
check("one cell of a matrix is a ladder", "dropped" in out and "this cell fails, as expected" in out, out)
out, err = run("run", MATRIX, env={**ENVIRONMENT, "LC_ALL": "C"})
check("ASCII without UTF-8", out.isascii() and "x fails F01" in out and "+ works" in out, out)
out, err = run("run", MATRIX, "--color", "always")
check("colour when asked for", "\033[" in out)
check("quiet is one line", run("run", "-q", SEED) == ("1 scenario, as expected.\n", ""))
out, err = run("run", MATRIX, "--dry-run", "--only", "router=pf")
check("a dry run names cells", out.splitlines()[-1] == f"{len(out.splitlines()) - 1} cells would run.", out)
quiet = run("run", MATRIX, "--dry-run", "-q", "--only", "router=pf")[0]
check("a quiet dry run counts", quiet == out.splitlines()[-1] + "\n", quiet)
check("blanks behind commas", run("run", MATRIX, "--only", "router=pf, phone=yealink") == run("run", MATRIX, "--only", "router=pf,phone=yealink"))
out, err = run("run", "--max-events", "5", SEED, code=1)
check("why a run was cut short is said once", out.count("--max-events") == 1, out)
demo = run("demo")[0]
check("demo", "What to try next" in demo and all(len(line) <= 80 for line in demo.splitlines()[:-1]), demo)
check("help fits", all(len(run(*a)[0].splitlines()) <= 24 for a in (["--help"], ["list", "--help"])))
check("version", run("--version")[0].startswith("viaport "))
check("explain", all(word in run("explain", "f01")[0] for word in ("What happens", "What cures it", "rport")))
for args in ((["--help"]), *([c, "--help"] for c in ("demo", "run", "check", "explain", "list", "show", "schema", "completion", "manual", "init")),
             ["list"], ["explain", "works", "error"]):
    out, err = run(*args)
    check(f"{args}: 80 columns", all(len(line) <= 80 for line in out.splitlines()), out)
check("a long key stands apart from its value", re.search(r"stream-after +2s", run("show", "random-port")[0]))
check("and beside it", re.search(r"in-response\.record-route off +host", run("show", "linux")[0]))
for model in re.findall(r"^### (\S+)", run("list", "--markdown")[0], re.M):
    shown = run("show", model)[0]
    check(f"{model}: 80 columns", all(len(line) <= 80 for line in shown.splitlines()), shown)
check("help on a command", run("help", "run") == run("run", "--help"))
for one, many in (("phone", "phones"), ("remedy", "remedies"), ("cause", "causes")):
    check(f"the singular of {many}", run("list", one) == run("list", many))
shown = run("show", "remedy-e")[0]
check("a remedy says what it changes and what it harms", "{force-rport: on}" in shown and "side effect" in shown, shown)
shown = run("show", "alg-d")[0]
check("all kinds of a name are shown", "alg-d (router)" in shown and "alg-d (alg)" in shown, shown)
check("and how to see one of them", run("show", "linux")[1] == "next: viaport show alg linux, viaport show router linux\n")
shown = run("show", "router", "linux", "cisco-7940")
check("a kind picks one", "linux (router)" in shown[0] and "cisco-7940 (phone)" in shown[0] and "(alg)\n" not in shown[0] and not shown[1], shown)
check("causes in order", re.findall(r" ([FG]\d\d)$", out := run("list", "causes")[0], re.M) == sorted(re.findall(r" ([FG]\d\d)$", out, re.M)), out)
for word in ("reachable-after", "Reachable-After", "K", "k"):
    check("explain a check, or its letter", run("explain", word)[0].startswith("reachable-after: can be reached\n"))
check("explain a result", "only later checks fail" in run("explain", "Degraded")[0])
check("explain a code", "unknown key" in run("explain", "vp003")[0])
check("show marks what differs", re.search(r"^  \* rport +off", run("show", "cisco-7940")[0], re.M))

# --- matrices -----------------------------------------------------------------------------------------------------

CROWD = """viaport: 1
name: several phones
axes:
  router: [random-port, linux]
  server: [3cx-11, asterisk-chan_pjsip]
phones:
  cisco: {model: cisco-7970, behind: home}
  lin: {model: linphone, behind: home}
  old: {model: cisco-7940, behind: home}
routers:
  home: {model: $router}
servers:
  pbx: {model: $server}
do:
  - register: cisco
  - register: lin
  - register: old
judge:
  - register: cisco
  - register: lin
  - register: old
known:
  - when: {router: linux}
    why: the port is kept
"""
crowd = write("crowd.yaml", CROWD)
out, err = run("run", crowd, code=1)
check("every cause of a cell", "✗ fails -2- F03 F12 " in out and re.search(r"^F03 .* 1 cell:$", out, re.M) and re.search(r"^F12 .* 1 cell:$", out, re.M), out)
check("checks of one kind are told apart", "1 register cisco   2 register lin   3 register old   - fails\n" in out, out)
check("marks have meanings", "✗ fails: the first check fails\n" in out and "Fnn, Gnn: the cause, below   ! not as expected\n" in out, out)
check("the title names the scenario", out.startswith(f"{crowd}: several phones\n"), out)
check("known cells are counted once", "2 cells known: the port is kept" in out and "2 known" in out.splitlines()[-1], out)
partly = write("partly.yaml", CROWD.replace("cisco-7970", "yealink").replace("linphone", "yealink"))
out, err = run("run", partly, code=1)
cells = int(re.search(r"^(\d+) cells? known", out, re.M).group(1))
check("what works is not known", cells == int(re.search(r"(\d+) known", out.splitlines()[-1]).group(1)), out)
check("degraded in words", "~ degraded: only later checks fail" in out and "✓ works: every check works" in out, out)
check("works in words", "✓ works: registers   Fnn, Gnn: the cause, below\n" in run("run", MATRIX)[0])
large = sweep(1200, expect="")
out, err = run("run", large, code=1)
check("a large matrix by what behaves alike",
      re.search(r"^rport +20000 \+1199\non +✓ works *\noff +✗ fails F01 !$", out, re.M) and " 20050 and 1,149 more\n" in out, out)
check("and a few examples", out.count("rport=off, port=2") == 3 and "  and 1,197 more\n" in out, out)

# --- result.json --------------------------------------------------------------------------------------------------

CELL = ["cell", "checks", "confidence", "expected", "id", "known", "verdict", "why"]
SOME = {"exception", "surprise", "unverified"}
RECORD = ["at", "at_us", "clause", "dst", "event", "id", "label", "parent", "reason", "src", "text"]
out, err = run("run", "-f", "json", MATRIX)
result = json.loads(out)
scenario = result["scenarios"][0]
check("keys are sorted", keys_sorted(result))
check("all keys of a cell", all(set(CELL) == set(cell) - SOME for cell in scenario["cells"]))
check("one cell per line", sum(line.startswith('{"cell": ') for line in out.splitlines()) == len(scenario["cells"]))
check("the name of a cell", scenario["cells"][0]["id"].startswith(f"{MATRIX}[phone="), scenario["cells"][0]["id"])
totals = scenario["totals"]
check("totals", sum(totals[v] for v in ("works", "degraded", "stops", "fails", "skipped", "error")) == len(scenario["cells"]))
check("the same with the folder moved", json.loads(run("run", "-f", "json", f"{ROOT}/{MATRIX}", cwd="/")[0])["scenarios"][0]["totals"] == totals)
trace = json.loads(run("run", "-f", "json", "--trace", "full", SEED)[0])["scenarios"][0]["cells"][0]["trace"]
check("all keys of a record", all(list(record) == RECORD for record in trace))
check("the first record is the first datagram", trace[0]["event"] == "sent" and trace[0]["id"] == 1)
check("no wall-clock, no seed but the given one", '"seed": 7' in run("run", "-f", "json", "--seed", "7", SEED)[0])
results = os.path.join(FOLDER.name, "results")
results = os.path.join(results, "of", "today")
summary, said = run("run", "-f", "text,json", "-o", results, MATRIX)
check("where the files are", said.splitlines()[:2] == [f"written: {results}/result.txt", f"written: {results}/result.json"], said)
check("the totals are still printed", re.fullmatch(r"60 cells: .* all as expected\.\n", summary), summary)
check("a failed write has no totals", run("run", "-o", write("a-file", ""), SEED, code=4)[0] == "")
check("both files, whole", sorted(os.listdir(results)) == ["result.json", "result.txt"], str(os.listdir(results)))
check("the file is what is printed", open(os.path.join(results, "result.json"), encoding="utf-8").read() == out)

# --- the same bytes for every number of workers; the first surprise ends a run at the same cell ---------------------

for args in (("-f", "json", sweep(300)), ("-f", "text", sweep(300)), ("scenarios/register",)):
    one = run("run", "-j", 1, *args)
    check(f"{args}: workers make no difference", all(run("run", "-j", n, *args) == one for n in (2, 7)))
failing = sweep(300, server="via-port", expect="")
fast = [run("run", "-f", "json", "--fail-fast", "-j", n, failing, code=1)[0] for n in (1, 2, 7)]
check("fail-fast", len(set(fast)) == 1 and json.loads(fast[0])["scenarios"][0]["totals"]["unexpected"] == 1)
out, err = run("run", "scenarios/register", crowd, large, code=1)
check("long totals fit", all(len(line) <= 80 for line in out.splitlines()), out)
check("at most twenty entries", "  and 380 more" in run("run", sweep(200, "via-port", ""), code=1)[0])
check("fail-fast says so", "stopped at the first" in run("run", "--fail-fast", failing, code=1)[0])

# --- Ctrl-C: what ran is kept and marked --------------------------------------------------------------------------


# More cells than any machine plays while it is looked at.
LONG = SWEEP.replace("phones:", "  delay: [{delays}]\nphones:").format(
    ports=", ".join(map(str, range(20000, 21000))), delays=", ".join(f"{n}us" for n in range(1000, 2000)),
    server="rport-aware", expect="wires: {pbx: {delay: $delay}}\nexpect: any")
long = write("long.yaml", LONG)


def interrupt(*args, **options):
    code, result, out, err = interrupted("run", "-j", "1", "-f", "json", *args, **options)
    check(f"{args}: interrupted is 130", code == 130, f"{code} {err}")
    return result, out


partial = json.loads(interrupt(long)[0])
check("json says that it is partial", partial["interrupted"] is True and 0 < len(partial["scenarios"][0]["cells"]) < 2000000)
check("so it does when it is terminated", json.loads(interrupt(long, by=signal.SIGTERM)[0])["interrupted"] is True)
pipe = os.path.join(FOLDER.name, "pipe")
os.mkdir(pipe)
os.mkfifo(os.path.join(pipe, "result.json"))
_, out = interrupt(long, "-o", pipe, fifo=os.path.join(pipe, "result.json"))
check("the terminal says that it is partial", re.match(r"interrupted: [\d,]+ of 2,000,000 cells ran:\n", out), out)


def watch(path, until):
    """Ctrl-C when the terminal shows something; back come what it has shown, the exit code and what was printed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([VIAPORT, "run", "-j", "1", path], cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    seen = b""
    while not re.search(until, seen):
        seen += os.read(ours, 65536)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate()
    os.close(ours)
    return seen, process.returncode, out


slow = write("slow.yaml", open(sweep(100), encoding="utf-8").read().replace(
    "behind: home}", "behind: home, count: 4000}").replace("random-port}", "random-port, inside: 10.0.0.0/8}"))
seen, _, _ = watch(slow, rb"[1-9]\d* of 200 cells")
check("cells count before all of them have been played", int(re.search(rb"([1-9]\d*) of 200", seen).group(1)) < 200, seen.decode())
seen, code, out = watch(long, rb"[\d,]+ of 2,000,000 cells  [\d,.]+/s  [\d,]+ (s|min|h) left  works [\d,]+")
check("text says that it is partial", code == 130 and re.search(
    rb"^interrupted: [\d,]+ of 2,000,000 cells ran:$", out, re.M), out.decode()[-500:])
check("what is too much to be kept has no table", b"too many cells for a table" in out, out.decode()[-500:])

FOLDER.cleanup()
print("the command line keeps its promises")
