"""`viaport diff` names exactly the cells that changed, and a run with a baseline fails for what broke and for nothing else."""
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile

import jsonschema

from program import ROOT, SANITIZED, VIAPORT, attempt, check, interrupted, read

SOME = [f"--only=phone={phone}" for phone in ("cisco-7940", "yealink", "linphone", "snom")]
FULL = ["scenarios/compat/full.yaml", *(SOME if SANITIZED else [])]
MATRIX = "scenarios/register/matrix.yaml"
RANKS = ["works", "degraded", "stops", "fails", "error"]


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def result(*args, env=None):
    return attempt("run", *args, "-f", "json", env=env).stdout


def changed_catalogue(folder, name, entry, old, new):
    """A copy of the catalogue in which one line of one entry is another; for VIAPORT_DATA."""
    data = os.path.join(folder, "data-" + entry)
    shutil.copytree(os.path.join(ROOT, "models/catalogue"), os.path.join(data, "catalogue"))
    path = os.path.join(data, "catalogue", name)
    text = open(path, encoding="utf-8").read()
    at = text.index(f"\n  {entry}:\n")
    check(old in text[at : at + 600], f"{entry} has no {old!r}")
    write(path, text[:at] + text[at:].replace(old, new, 1))
    return {"VIAPORT_DATA": data}


def cells_of(text):
    return {c["id"]: c for s in json.loads(text)["scenarios"] for c in s["cells"]}


def troubles(cell):
    return sorted((c["check"], c["subject"] or "", c["result"], c["cause"] or "") for c in cell["checks"] if c["result"] != "works")


def classes_between(old, new):
    """What the program should find, told in another way."""
    classes = {}
    for key, cell in new.items():
        before = old.get(key)
        step = RANKS.index(cell["verdict"]) - RANKS.index(before["verdict"])
        if step or troubles(before) != troubles(cell):
            classes[key] = "broken" if step > 0 else "fixed" if step else "cause changed"
    return classes


def exactly_the_affected_cells_are_named(folder):
    old = result(*FULL)
    cells = f"{len(cells_of(old)):,} cells"
    path = write(os.path.join(folder, "old.json"), old)
    same = attempt("diff", "-", path, stdin=old)
    check(same.returncode == 0 and same.stdout == f"{cells}: nothing changed.\n", f"with itself: {same.returncode} {same.stdout}")
    env = changed_catalogue(folder, "servers.yaml", "rport-aware", "    rport: on", "    rport: off")
    new = result(*FULL, env=env)
    wanted = classes_between(cells_of(old), cells_of(new))
    check(wanted and all("server=rport-aware" in key for key in wanted), "the change of one server changed nothing, or others")

    done = attempt("diff", path, "-", "-f", "json", stdin=new)
    diff = json.loads(done.stdout)
    jsonschema.validate(diff, json.loads(read("docs/diff.schema.json")))
    check(done.returncode == 1, f"something broke: exit {done.returncode}")
    check({c["id"]: c["class"] for c in diff["changes"]} == wanted, "diff -f json names other cells")
    now = cells_of(new)
    for change in diff["changes"]:
        cell = now[change["id"]]
        sentences = [c["sentence"] for c in cell["checks"] if c["sentence"]]
        check(change["sentence"] == sentences[0], f"{change['id']}: another sentence")
        check(change["new"]["cause"] == next(c["cause"] for c in cell["checks"] if c["cause"]), f"{change['id']}: another cause")
    knobs = [d for d in diff["differences"] if d["what"] == "knob"]
    check([(d["axis"], d["value"], d["knob"], d["old"], d["new"]) for d in knobs] == [("server", "rport-aware", "server rport", "on", "off")],
          f"the knob that was changed: {diff['differences']}")
    check(attempt("diff", path, "-", "-f", "json", stdin=new).stdout == done.stdout, "two times the same differ")

    text = attempt("diff", path, "-", stdin=new)
    check(text.returncode == 1 and max(map(len, text.stdout.splitlines())) <= 80, f"text: {text.stdout}")
    broken = sum(c == "broken" for c in wanted.values())
    check(f"{broken} cells, all with server=rport-aware" in text.stdout, f"what is common: {text.stdout}")
    check(f"and {broken - 20} more" in text.stdout, f"the rest is counted: {text.stdout}")
    check("server rport of server=rport-aware: on -> off" in text.stdout, f"the knob in text: {text.stdout}")
    check(text.stdout.splitlines()[-1].startswith(f"{cells}: {broken} broken, "), f"sums: {text.stdout}")

    document = attempt("diff", path, "-", "-f", "markdown", stdin=new)
    check(document.returncode == 1 and sum(line.startswith("| ") and "rport-aware" in line for line in document.stdout.splitlines()) == len(wanted),
          f"markdown has a row for each: {document.stdout[:2000]}")
    back = attempt("diff", "-", path, "-q", stdin=new)
    check(back.returncode == 0 and f"{broken} fixed" in back.stdout and "broken" not in back.stdout, f"the way back: {back.stdout}")


def trouble_is_told(folder):
    good = write(os.path.join(folder, "good.json"), result(MATRIX))
    bad = write(os.path.join(folder, "bad.json"), open(good, encoding="utf-8").read()[:5000])
    twice = json.loads(open(good, encoding="utf-8").read())
    twice["scenarios"][0]["cells"].append(twice["scenarios"][0]["cells"][0])
    write(twice_path := os.path.join(folder, "twice.json"), json.dumps(twice))
    part = json.loads(open(good, encoding="utf-8").read())
    del part["scenarios"][0]["cells"][40:]
    write(part_path := os.path.join(folder, "part.json"), json.dumps(part))
    rows = [
        ((good,), 2, "name two results"),
        ((good, good, good), 2, "name two results"),
        (("-", "-"), 2, "read once"),
        ((good, good, "-f", "pdf"), 2, "text, json, markdown"),
        ((good, os.path.join(folder, "nowhere.json")), 4, "nowhere.json"),
        ((os.path.join(folder, "nowhere.json"), good), 4, "nowhere.json"),
        ((good, bad), 3, "bad.json: it is cut off"),
        ((bad, good), 3, "bad.json: it is cut off"),
        ((twice_path, good), 3, "twice.json: cell 61: a cell of scenarios/register/matrix.yaml is there twice"),
        ((good, part_path), 6, "part.json is not complete: it has 40 of 60 cells"),
        ((good, good, "-o", os.path.join(folder, "good.json", "x")), 4, "good.json/x"),
    ]
    for args, code, sentence in rows:
        done = attempt("diff", *args)
        check(done.returncode == code and sentence in " ".join(done.stderr.split()), f"diff {args}: {done.returncode} {done.stderr}")
    elsewhere = open(good, encoding="utf-8").read().replace("scenarios/register/", "register/")
    done = attempt("diff", good, "-", stdin=elsewhere)
    check("hint: no scenario is in both" in done.stderr, f"other paths: {done.stderr}")
    check("60 new, 60 removed" in done.stdout and done.returncode == 1, f"other paths: {done.returncode} {done.stdout}")


def it_goes_into_a_file(folder):
    good = write(os.path.join(folder, "good.json"), result(MATRIX))
    path = os.path.join(folder, "deep", "diff.txt")
    done = attempt("diff", good, good, "-o", path)
    check(done.returncode == 0 and not done.stdout, f"-o: {done.returncode} {done.stdout}")
    check(open(path, encoding="utf-8").read() == "60 cells: nothing changed.\n", "-o: another text")


def very_many_cells_cost_little(folder):
    """100,000 cells twice: a compact table, not a tree."""
    def text(verdict):
        lines = ",\n".join(
            f'{{"cell": {{"a": "{i % 100}", "b": "{i // 100}"}}, "cause": null, "verdict": "{verdict if i == 77 else "works"}"}}' for i in range(100000))
        return f'{{"format": 1, "scenarios": [\n{{"cells": [\n{lines}\n], "path": "x.yaml"}}\n]}}\n'

    old, new = write(os.path.join(folder, "many-old.json"), text("works")), write(os.path.join(folder, "many-new.json"), text("fails"))
    done = attempt("diff", old, new)
    check(done.returncode == 1 and done.stdout.endswith("100,000 cells: 1 broken, 99,999 unchanged.\n"), f"many: {done.stdout}")
    # a process of its own starts it, because a child is born with the memory of its parent
    measure = "import os, sys; os.execv(sys.argv[1], sys.argv[1:]) if not (pid := os.fork()) else print(*os.wait4(pid, 0)[2][:3])"
    child = subprocess.run([sys.executable, "-c", measure, VIAPORT, "diff", old, new, "-q"], capture_output=True, text=True)
    user, system, most = map(float, child.stdout.split()[-3:])
    files = 2 * os.path.getsize(old) // 1024
    print(f"100,000 cells: {user + system:.2f} s, {most - files:.0f} KiB beside the files")
    check(SANITIZED or most - files < 24 * 1024, "a cell takes more than 100 bytes or so")


# --- baselines ---


def lines_of(path):
    return open(path, encoding="utf-8").read().splitlines()


def last_line(done):
    return done.stdout.rstrip("\n").splitlines()[-1]


def a_baseline_is_made_read_and_written_anew(folder):
    path = os.path.join(folder, "base", "baseline.json")
    missing = attempt("run", MATRIX, "--baseline", path)
    check(missing.returncode == 4 and path in missing.stderr and "--update-baseline" in missing.stderr, f"missing: {missing.stderr}")
    made = attempt("run", MATRIX, "--baseline", path, "--update-baseline", "-q")
    check(made.returncode == 0 and os.listdir(os.path.dirname(path)) == ["baseline.json"], f"made: {made.returncode} {made.stderr}")
    base = json.loads(open(path, encoding="utf-8").read())
    check([s["path"] for s in base["scenarios"]] == [os.path.relpath(os.path.join(ROOT, MATRIX), os.path.dirname(path))],
          "the path of the scenario, from the folder of the baseline")
    check(len([line for line in lines_of(path) if '"cell"' in line]) == 60, "one cell per line")
    for line in lines_of(path):
        if line.startswith('{"cause"'):
            cell = json.loads(line.rstrip(","), object_pairs_hook=lambda pairs: check([p[0] for p in pairs] == sorted(p[0] for p in pairs), line) or dict(pairs))
            check(("checks" in cell) == (cell["verdict"] != "works"), line)

    same = attempt("run", MATRIX, "--baseline", path)
    check(same.returncode == 0 and "nothing broke against the baseline" in same.stdout, f"same: {same.stdout[-300:]}")

    env = changed_catalogue(folder, "servers.yaml", "asterisk-chan_pjsip", "    force-rport: on", "    force-rport: off")
    worse = attempt("run", MATRIX, "--baseline", path, env=env)
    told = attempt("diff", path, "-", "-f", "json", stdin=result(MATRIX, env=env))
    broken = json.loads(told.stdout)["totals"]["broken"]
    check(broken > 0 and worse.returncode == 1, f"{broken} broke: exit {worse.returncode}")
    check(f"{broken} broke against the baseline" in worse.stdout, f"worse: {worse.stdout[-600:]}")
    check("all with " in worse.stdout and "server=asterisk-chan_pjsip" in worse.stdout, f"worse: {worse.stdout[-900:]}")
    check(max(map(len, worse.stdout.splitlines())) <= 80, "80 columns")
    changed = json.loads(told.stdout)["totals"]["cause changed"]
    told = worse.stdout.splitlines()
    check(told[-2] == f"{broken} broke against the baseline: {changed} cause changed, 60 compared.", f"what broke is said first: {told[-3:]}")
    check(told[-1].startswith("60 cells: ") and "all as expected" not in worse.stdout, f"it is as the scenario expects, and no good news: {told[-1]}")
    quiet = attempt("run", MATRIX, "--baseline", path, "-q", env=env)
    check(quiet.returncode == 1 and told[-2] in quiet.stdout, f"-q: {quiet.stdout}")
    document = attempt("run", MATRIX, "--baseline", path, "-f", "github", env={**env, "GITHUB_STEP_SUMMARY": ""}).stdout
    check("\n" + f"# viaport: {broken} broke against the baseline; 6 not as expected\n" in "\n" + document, f"the headline: {document[:2000]}")
    any_of_it = write(os.path.join(folder, "any.yaml"), re.sub(r"(?ms)^known:.*?(?=^\S|\Z)", "expect: any\n", read(MATRIX)))
    any_base = os.path.join(folder, "any.json")
    attempt("run", any_of_it, "--baseline", any_base, "--update-baseline", "-q")
    for form, head in (("text", None), ("github", f"# viaport: {broken} broke against the baseline\n"), ("markdown", None)):
        document = attempt("run", any_of_it, "--baseline", any_base, "-f", form, env={**env, "GITHUB_STEP_SUMMARY": ""}).stdout
        check(f"{broken} broke against the baseline" in document and (not head or head in document), f"{form}, expect: any: {document[:600]}")
        lines = document.split("## ")[0].split("\n|")[0] if form != "text" else document
        check("as expected" not in lines, f"{form}: what broke is no good news: {lines[-600:]}")
    good = attempt("run", MATRIX, "--baseline", path, "-f", "github", env={"GITHUB_STEP_SUMMARY": ""}).stdout
    check(good.startswith("# viaport: nothing broke against the baseline; as expected\n"), f"the headline of a good run: {good[:200]}")
    document = attempt("run", MATRIX, "--baseline", path, "-f", "markdown", env=env).stdout
    check(document.startswith(f"# Compatibility\n\n{told[-2]}\\\n60 cells: "), f"the first line: {document[:200]}")
    check("all as expected" not in document.split("##")[0], f"the head of a document: {document[:300]}")
    for form in ("markdown", "github"):
        document = attempt("run", MATRIX, "--baseline", path, "-f", form, env={**env, "GITHUB_STEP_SUMMARY": ""}).stdout
        check(f"## Against the baseline\n\n60 cells: {broken} broken" in document, f"{form}: {document[:900]}")
        check(document.count("works -\\> fails") == broken, f"{form}: a row for each: {document[:2000]}")
    page = attempt("run", MATRIX, "--baseline", path, "-f", "html", env=env).stdout
    check(f"<h2>Against the baseline</h2>\n<p>60 cells: {broken} broken" in page and page.count("works -&gt; fails") == broken, "html")
    fast = attempt("run", MATRIX, "--baseline", path, "--fail-fast", "-j", "1", env=env)
    check(fast.returncode == 1 and "1 broke" in fast.stdout and "removed" not in fast.stdout, f"--fail-fast: {fast.stdout[-400:]}")

    for options in ((), ("--trace", "full")):
        plain = attempt("run", MATRIX, "-f", "json", *options, env=env)
        compared = attempt("run", MATRIX, "-f", "json", "--baseline", path, *options, env=env)
        check(plain.stdout == compared.stdout, "a baseline changes result.json")
        check(compared.returncode == 1, "json with a baseline")

    updated = attempt("run", MATRIX, "--baseline", path, "--update-baseline", env=env)
    check(updated.returncode == 0 and f"{broken} broken" in updated.stderr, f"updated: {updated.returncode} {updated.stderr}")
    again = attempt("run", MATRIX, "--baseline", path, env=env)
    check(again.returncode == 0 and "nothing broke" in again.stdout, f"it is as it was: {again.stdout[-300:]}")
    fixed = attempt("run", MATRIX, "--baseline", path)
    check(fixed.returncode == 0 and f"{broken} fixed, 60 compared." in " ".join(fixed.stdout.split()) and "fixed:" in fixed.stdout, f"fixed: {fixed.stdout[-600:]}")
    write(path, json.dumps(base))
    bytes_again = attempt("run", MATRIX, "--baseline", path, "--update-baseline", "-q", "-j", "1")
    check(bytes_again.returncode == 0 and json.loads(open(path, encoding="utf-8").read()) == base, "the same run is the same baseline")


LAB = """viaport: 1
name: %s
axes:
  phone: [%s]
  router: [random-port, static-port]
phones:
  phone: {model: $phone, behind: router}
routers:
  router: {model: $router}
servers:
  pbx: {model: via-port}
do:
  - register: phone
judge:
  - register: phone
"""


def lab_file(folder, name, phones="cisco-7940, yealink"):
    return write(os.path.join(folder, name), LAB % (name, phones))


def run_in(folder, *args):
    environment = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run([VIAPORT, "run", *args], cwd=folder, capture_output=True, text=True, env=environment)


def keys(path):
    return {(s["path"], *sorted(c["cell"].items())): c["verdict"] for s in json.load(open(path, encoding="utf-8"))["scenarios"] for c in s["cells"]}


def what_fails_as_before_is_as_expected_and_only_what_ran_is_missed(folder):
    lab = os.path.join(folder, "lab")
    os.makedirs(lab)
    lab_file(lab, "a.yaml"), lab_file(lab, "b.yaml")
    check(run_in(lab, ".").returncode == 1, "some cells of the lab are not as expected")
    check(run_in(lab, ".", "--baseline", "base.json", "--update-baseline").returncode == 0, "the first baseline")
    whole = keys(os.path.join(lab, "base.json"))
    check(len(whole) == 8 and "fails" in whole.values(), f"the lab: {whole}")
    same = run_in(lab, ".", "--baseline", "base.json")
    check(same.returncode == 0 and "nothing broke against the baseline: 8 compared.\n2 scenarios, 8 cells" in same.stdout and "not as expected" in last_line(same), f"known failures: {same.stdout[-300:]}")
    for args in (["a.yaml"], [".", "--only", "phone=yealink"], ["a.yaml", "--only", "router=static-port"], [".", "--min-confidence", "high"]):
        part = run_in(lab, *args, "--baseline", "base.json")
        check(part.returncode == 0 and "removed" not in part.stdout, f"{args}: {part.returncode} {part.stdout[-400:]}")
        updated = run_in(lab, *args, "--baseline", "base.json", "--update-baseline")
        check(updated.returncode == 0 and keys(os.path.join(lab, "base.json")) == whole, f"{args}: the rest of the baseline is lost")

    lab_file(lab, "a.yaml", "yealink, snom")
    other = run_in(lab, ".", "--baseline", "base.json")
    check(other.returncode == 1 and "1 new not as expected" in other.stdout, f"a new cell that fails: {other.stdout[-500:]}")
    check("removed:\n  a.yaml: 2 cells, all with phone=cisco-7940" in other.stdout, f"a phone is gone: {other.stdout}")
    check("new:\n  a.yaml: 2 cells, all with phone=snom" in other.stdout, f"a phone came: {other.stdout}")
    os.remove(os.path.join(lab, "b.yaml"))
    gone = run_in(lab, ".", "--baseline", "base.json", "--update-baseline")
    check("  b.yaml: 4 cells" in gone.stdout and "6 removed" in gone.stderr, f"a file is gone: {gone.stdout} {gone.stderr}")
    check({k[0] for k in keys(os.path.join(lab, "base.json"))} == {"a.yaml"}, "what is gone left the baseline")

    cut = {"format": 1, "scenarios": [{"path": "a.yaml", "cells": [{"cell": {"phone": "yealink", "router": "random-port"}, "verdict": "works", "cause": None}]}]}
    write(os.path.join(lab, "cut.json"), json.dumps(cut))
    done = run_in(lab, "a.yaml", "--baseline", "cut.json")
    check("3 new" in done.stdout or "new:\n  a.yaml: 3 cells" in done.stdout, f"cut down: {done.stdout}")
    from_pipe = subprocess.run([VIAPORT, "run", "a.yaml", "--baseline", "-"], cwd=lab, input=json.dumps(cut), capture_output=True, text=True)
    check("new:\n  a.yaml: 3 cells" in from_pipe.stdout, f"a baseline from a pipe: {from_pipe.stdout} {from_pipe.stderr}")


def a_store_is_compared_as_its_result_is(folder):
    old, new, store, changed, part = (os.path.join(folder, name) for name in ("old.json", "new.json", "old.db", "new.db", "part.db"))
    env = changed_catalogue(folder, "servers.yaml", "3cx-11", "force-rport: off", "force-rport: on")
    write(old, result(MATRIX)), write(new, result(MATRIX, env=env))
    attempt("run", MATRIX, "--store", store), attempt("run", MATRIX, "--store", changed, env=env)
    for form in ("text", "json", "markdown"):
        wanted = attempt("diff", old, new, "-f", form)
        for pair in ((store, changed), (store, new), (old, changed)):
            told = attempt("diff", *pair, "-f", form)
            check((told.returncode, told.stdout) == (wanted.returncode, wanted.stdout), f"{pair} as {form}: {told.returncode} {told.stdout[:300]}")
    check("nothing changed" not in wanted.stdout, "the change of a server changed nothing")

    for env, code in ((None, 0), (env, attempt("diff", old, new).returncode)):
        wanted, told = (attempt("run", MATRIX, "--baseline", baseline, env=env) for baseline in (old, store))
        check((told.returncode, told.stdout) == (wanted.returncode, wanted.stdout), f"a store as baseline: {told.returncode} {told.stdout[-300:]}")
        check(told.returncode == code, f"a store as baseline: exit {told.returncode}, wanted {code}")

    shutil.copy(store, part)
    with sqlite3.connect(part) as db:
        db.execute("DELETE FROM cells WHERE number >= 40")
    db.close()
    done = attempt("diff", old, part)
    check(done.returncode == 6 and "part.db is not complete: it has 40 of 60 cells" in done.stderr, f"half a store: {done.returncode} {done.stderr}")


def a_baseline_holds_from_every_folder(folder):
    """Scenarios are named from where the baseline is: not from where it was made, nor from where it is used."""
    top = os.path.join(folder, "top")
    lab, far = os.path.join(top, "lab"), os.path.join(top, "far", "away")
    for place in (lab, far):
        os.makedirs(place)
    lab_file(lab, "a.yaml"), lab_file(lab, "b.yaml")
    rows = [  # the folder, what is run there, the baseline
        (lab, ".", "base.json"),
        (top, "lab", "lab/base.json"),
        (far, "../../lab", "../../lab/base.json"),
        (folder, lab, os.path.join(lab, "base.json")),
    ]
    bytes_of = set()
    for place, operand, base in rows:
        made = run_in(place, operand, "--baseline", base, "--update-baseline", "-q")
        check(made.returncode == 0, f"made in {place}: {made.stderr}")
        bytes_of.add(open(os.path.join(lab, "base.json"), encoding="utf-8").read())
        check({k[0] for k in keys(os.path.join(lab, "base.json"))} == {"a.yaml", "b.yaml"}, f"made in {place}: other paths")
        for other, operand, base in rows:
            same = run_in(other, operand, "--baseline", base)
            check(same.returncode == 0 and "8 compared" in same.stdout and "new" not in same.stdout, f"{place}, {other}: {same.stdout} {same.stderr}")
            only = run_in(other, os.path.join(operand, "a.yaml"), "--baseline", base, "--update-baseline")
            check(only.returncode == 0 and len(keys(os.path.join(lab, "base.json"))) == 8, f"{other}: the rest is lost: {only.stderr}")
            bytes_of.add(open(os.path.join(lab, "base.json"), encoding="utf-8").read())
    check(len(bytes_of) == 1, "the bytes of a baseline depend on where it was made")
    os.rename(os.path.join(lab, "base.json"), os.path.join(far, "base.json"))
    elsewhere = run_in(top, "lab", "--baseline", "far/away/base.json", "-q")
    check(elsewhere.returncode == 1, f"a baseline that was moved: {elsewhere.returncode} {elsewhere.stdout}")
    said = " ".join(elsewhere.stderr.split())
    check(f"far/away/base.json: none of its 8 cells was compared: it holds far/away/a.yaml, what ran is lab/a.yaml, both as they are seen from {top}"
          in said, f"nothing was compared: {said}")
    check("nothing was compared with the baseline, 4 new not as expected: 8 new, 0 compared." in " ".join(elsewhere.stdout.split()), f"nothing was compared: {elsewhere.stdout}")
    made = run_in(top, "lab", "--baseline", "far/away/base.json", "--update-baseline")
    same = run_in(lab, ".", "--baseline", "../far/away/base.json")
    check(made.returncode == 0 and same.returncode == 0 and "8 compared" in same.stdout, f"not beside it: {same.stdout} {same.stderr}")
    os.remove(os.path.join(lab, "b.yaml"))
    for place, operand in ((top, "lab"), (lab, "."), (far, "../../lab")):
        gone = run_in(place, operand, "--baseline", os.path.join(far, "base.json"), "-q")
        check(gone.returncode == 0 and "4 removed, 4 compared" in gone.stdout, f"what is removed is told in a word too: {gone.stdout} {gone.stderr}")
    write(os.path.join(lab, "empty.json"), '{"format": 1, "scenarios": []}')
    empty = run_in(lab, ".", "--baseline", "empty.json")
    check(empty.returncode == 1 and "empty.json: nothing was compared: it has no cells" in " ".join(empty.stderr.split()), f"empty: {empty.stderr}")


def the_knob_that_changed_is_named_against_a_baseline(folder):
    """It is cut down, but it keeps what is behind the values of the axes; part of a run leaves it there."""
    path = os.path.join(folder, "base.json")
    of = ("scenarios/compat/full.yaml", "--only", "phone=generic-rport")
    attempt("run", *of, "--baseline", path, "--update-baseline", "-q")
    scenario = json.load(open(path, encoding="utf-8"))["scenarios"][0]
    check({"phone", "router", "server"} <= set(scenario["knobs"]), f"axes with knobs: {sorted(scenario['knobs'])}")
    check(scenario["knobs"]["server"]["rport-aware"]["server rport"] == "on", f"{scenario['knobs']['server']}")
    lines = [line for line in lines_of(path) if line.startswith('"rport-aware": {')]
    check(len(lines) == 1, "what is behind a value is a line")
    env = changed_catalogue(folder, "servers.yaml", "rport-aware", "    rport: on", "    rport: off")
    wanted = "server rport of server=rport-aware: on -> off"
    for options in ((), ("--only", "server=rport-aware")):
        done = attempt("run", *of, *options, "--baseline", path, env=env)
        check(done.returncode == 1 and wanted in " ".join(done.stdout.split()), f"{options}: {done.stdout[-500:]}")
    diff = json.loads(attempt("diff", path, "-", "-f", "json", stdin=result(*of, env=env)).stdout)
    knobs = [(d["axis"], d["value"], d["knob"], d["old"], d["new"]) for d in diff["differences"] if d["what"] == "knob"]
    check(knobs == [("server", "rport-aware", "server rport", "on", "off")], f"diff: {diff['differences']}")
    other = lab_file(folder, "other.yaml")
    attempt("run", other, "--baseline", path, "--update-baseline", "-q")
    check(len(json.load(open(path, encoding="utf-8"))["scenarios"]) == 2, "another scenario came")
    done = attempt("run", *of, "--baseline", path, env=env)
    check(wanted in " ".join(done.stdout.split()), f"the knobs were lost: {done.stdout[-500:]}")
    store = os.path.join(folder, "store.db")
    attempt("run", *of, "--store", store, "-q")
    check(attempt("run", *of, "--baseline", store, "-q").returncode == 0, "a store as the baseline")
    worse = attempt("run", *of, "--baseline", store, env=env)
    check(worse.returncode == 1 and wanted in " ".join(worse.stdout.split()), f"worse than a store: {worse.stdout[-500:]}")
    attempt("run", *of, "--store", os.path.join(folder, "worse.db"), "-q", env=env)
    of_stores = attempt("diff", store, os.path.join(folder, "worse.db"), "-f", "json")
    check(of_stores.returncode == 1 and json.loads(of_stores.stdout)["totals"] == diff["totals"], f"two stores: {of_stores.stdout[:500]}")


def wrong_lines_and_files_are_complained_of(folder):
    good = write(os.path.join(folder, "good.json"), result(MATRIX))
    bad = write(os.path.join(folder, "bad.json"), "{}")
    rows = [
        (("--update-baseline",), 2, "needs --baseline"),
        (("--baseline", good, "--dry-run"), 2, "nothing to compare"),
        (("--baseline", "-", "--update-baseline"), 2, "needs a file"),
        (("--baseline", good, "--shard", "1/2", "--out", folder), 2, "a part has no baseline"),
        (("--baseline", bad), 3, "bad.json: this is no result"),
        (("--baseline", bad, "--update-baseline"), 3, "bad.json: this is no result"),
        (("--baseline", os.path.join(good, "x")), 4, "good.json/x"),
    ]
    for args, code, sentence in rows:
        done = attempt("run", MATRIX, *args)
        check(done.returncode == code and sentence in " ".join(done.stderr.split()), f"run {args}: {done.returncode} {done.stderr}")
    check(attempt("run", "-", "--baseline", "-", stdin="").returncode == 2, "standard input twice")
    shown = attempt("report", write(os.path.join(folder, "cut.json"), '{"format": 1, "scenarios": [{"cells": [], "path": "a.yaml"}]}'))
    check(shown.returncode == 3 and "compared but not shown" in " ".join(shown.stderr.split()), f"report of a baseline: {shown.stderr}")


def what_cannot_be_written_is_told_and_nothing_is_left(folder):
    locked = os.path.join(folder, "file")
    write(locked, "")
    done = attempt("run", MATRIX, "--baseline", os.path.join(locked, "base.json"), "--update-baseline")
    check(done.returncode == 4 and "base.json" in done.stderr, f"below a file: {done.returncode} {done.stderr}")
    path = os.path.join(folder, "big", "base.json")
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)) or signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    full = subprocess.run([VIAPORT, "run", MATRIX, "-q", "--baseline", path, "--update-baseline"], cwd=ROOT, capture_output=True,
                          text=True, preexec_fn=limit)
    check(full.returncode == 4 and path in full.stderr, f"no room: {full.returncode} {full.stderr}")
    check(os.listdir(os.path.dirname(path)) == [], f"half a file is left: {os.listdir(os.path.dirname(path))}")


def an_interrupted_run_writes_no_baseline(folder):
    path = os.path.join(folder, "never.json")
    code, _, _, err = interrupted("run", *FULL, "-j", "1", "-f", "json", "--baseline", path, "--update-baseline")
    check(code == 130, f"interrupted: exit {code}: {err}")
    check(not os.path.exists(path), "an interrupted run wrote a baseline")


with tempfile.TemporaryDirectory() as temporary:
    for test in (exactly_the_affected_cells_are_named, trouble_is_told, it_goes_into_a_file, very_many_cells_cost_little,
                 a_baseline_is_made_read_and_written_anew, what_fails_as_before_is_as_expected_and_only_what_ran_is_missed,
                 a_baseline_holds_from_every_folder, a_store_is_compared_as_its_result_is,
                 the_knob_that_changed_is_named_against_a_baseline,
                 wrong_lines_and_files_are_complained_of, what_cannot_be_written_is_told_and_nothing_is_left,
                 an_interrupted_run_writes_no_baseline):
        place = os.path.join(temporary, test.__name__)
        os.makedirs(place)
        test(place)
