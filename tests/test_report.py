"""`viaport report` writes from a result what the run itself wrote."""
import json
import os
import tempfile

from program import ROOT, SANITIZED, attempt, check

MATRICES = ["scenarios/register/matrix.yaml", "scenarios/register", "scenarios/remedies", "scenarios/alg/second-phone.yaml"]
if not SANITIZED:
    MATRICES.append("scenarios/compat/full.yaml")
FORMATS = "text,json,junit,tap,markdown,github,html"


def files_of(folder):
    return {name: open(os.path.join(folder, name), encoding="utf-8").read() for name in os.listdir(folder)}


def are_the_same(what, written, again):
    check(sorted(written) == sorted(again), f"{what} writes {sorted(again)}, the run {sorted(written)}")
    for name, text in written.items():
        check(again[name] == text, f"{name} of {what} is not that of the run")


def reports_are_those_of_the_run(folder, operand, *options):
    of_run, of_report = os.path.join(folder, "run"), os.path.join(folder, "report")
    run = attempt("run", operand, "-f", FORMATS, "--out", of_run, *options)
    result = os.path.join(of_run, "result.json")
    report = attempt("report", result, "-f", FORMATS, "--out", of_report)
    check(report.returncode == run.returncode, f"report of {operand}: exit {report.returncode}, of the run {run.returncode}")
    check(report.stdout == run.stdout, f"report of {operand} {options} says {report.stdout}, the run {run.stdout}")
    written = files_of(of_run)
    are_the_same(f"report of {operand} {options}", written, files_of(of_report))
    for form, name in (("text", "result.txt"), ("json", "result.json"), ("tap", "result.tap")):
        check(attempt("report", result, "-f", form).stdout == written[name], f"{form} of {operand} {options} is not {name}")


def a_layout_of_ones_own_is_read(folder):
    attempt("run", MATRICES[0], "-f", "json", "--out", folder)
    result, pretty = os.path.join(folder, "result.json"), os.path.join(folder, "pretty.json")
    with open(pretty, "w", encoding="utf-8") as file:
        json.dump(json.load(open(result, encoding="utf-8")), file, indent=1)
    check(attempt("report", pretty).stdout == attempt("report", result).stdout, "an indented result is read otherwise")


def with_outline(whole, change):
    """A result whose first scenario has another outline."""
    result = json.loads(whole)
    change(result["scenarios"][0]["outline"])
    return json.dumps(result)


def who_reads_it_elsewhere_is_told_where_commands_hold(folder):
    """A scenario is named as it was seen from the folder of the run; the name is no way to it from another folder."""
    lab = lab_with_guesses(os.path.join(folder, "elsewhere", "lab"))
    top = os.path.dirname(lab)
    for cwd, operand, there in ((top, "lab/last.yaml", "lab/last.yaml"), (folder, "elsewhere/lab/last.yaml", "elsewhere/lab/last.yaml"),
                                (lab, os.path.join(lab, "last.yaml"), "last.yaml"), (ROOT, os.path.join(lab, "last.yaml"), "last.yaml")):
        result = attempt("run", operand, "-f", "json", cwd=cwd).stdout
        for place in (top, lab, folder):
            told = attempt("report", "-", stdin=result, cwd=place).stderr
            here = os.path.exists(os.path.join(place, there))
            check((f"{there} is not here" in " ".join(told.split())) == (not here), f"{operand} from {cwd}, told in {place}: {told}")
        quiet = attempt("report", "-", "-f", "json", stdin=result, cwd="/")
        check("is not here" not in quiet.stderr, f"json has no commands: {quiet.stderr}")
    with open(os.path.join(lab, "last.yaml"), encoding="utf-8") as file:
        lab = file.read()
    run = attempt("run", "-", "-f", "markdown", stdin=lab)
    told = attempt("report", "-", "-f", "markdown", stdin=attempt("run", "-", "-f", "json", stdin=lab).stdout)
    check(told.stdout == run.stdout and "not here" not in told.stderr, f"what came from standard input: {told.stderr}")


def trouble_is_told(folder):
    whole = attempt("run", MATRICES[0], "-f", "json").stdout
    audio = attempt("run", "scenarios/media/one-way-after-timeout.yaml", "-f", "json").stdout
    rows = [
        ("", 3, "line 1"),
        ("[]", 3, "no result of viaport"),
        ("{}", 3, "no result of viaport"),
        ('{"format": 1}', 3, "no result of viaport"),
        ('{"format": 2, "scenarios": []}', 3, "no result of viaport"),
        ('{"format": 1, "scenarios": [{"cells": []}]}', 3, "no name"),
        ('{"format": 1, "scenarios": [{"cells": [], "name": "a", "path": "a.yaml"}]}', 3, "no outline"),
        (whole[: len(whole) // 2], 3, "cut off"),
        (whole.replace('"verdict": "works"', '"verdict": "sings"', 1), 3, "no verdict"),
        (whole.replace('"phone": "linphone", "router"', '"phone": "nobody", "router"', 1), 3, "axis phone"),
        (whole.replace("reply-to-via-port", "moon-phase", 1), 3, "moon-phase is not known"),
        (with_outline(whole, lambda o: o["axes"][0]["knobs"][0].pop("name")), 3, "a knob has no name"),
        (with_outline(whole, lambda o: o["axes"].pop()), 3, "the axes are not all there"),
        (with_outline(whole, lambda o: o["axes"].clear()), 3, "the axes are not all there"),
        (with_outline(whole, lambda o: o.update(selected=61)), 3, "more cells than its axes make"),
        (with_outline(audio, lambda o: o["checks"][0].pop("to")), 3, "does not say who is to hear it"),
    ]
    for text, code, sentence in rows:
        path = os.path.join(folder, "damaged.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = attempt("report", path)
        check(done.returncode == code and sentence in " ".join(done.stderr.split()), f"{text[:60]!r}: {done.returncode} {done.stderr}")
    gone = attempt("report", os.path.join(folder, "nowhere.json"))
    check(gone.returncode == 4 and "nowhere.json" in gone.stderr, f"a file that is not there: {gone.returncode} {gone.stderr}")


def what_is_not_whole_says_so(folder):
    result = json.loads(attempt("run", MATRICES[0], "-f", "json").stdout)
    scenario = result["scenarios"][0]
    del scenario["cells"][40:]
    path = os.path.join(folder, "part.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(result, file)
    done = attempt("report", path)
    check(done.returncode == 6, f"40 of 60 cells: exit {done.returncode}")
    check("40 of 60 cells" in done.stdout, f"40 of 60 cells: {done.stdout[-200:]}")


def cells_of_less_confidence_are_hidden(folder):
    result = os.path.join(folder, "result.json")
    attempt("run", "scenarios/register", "-f", "json", "--out", folder)
    for least, kept in (("low", {"low", "medium", "high"}), ("medium", {"medium", "high"}), ("high", {"high"})):
        ran = json.loads(attempt("run", "scenarios/register", "-f", "json", "--min-confidence", least).stdout)
        told = json.loads(attempt("report", result, "-f", "json", "--min-confidence", least).stdout)
        cells = [c for s in ran["scenarios"] for c in s["cells"]]
        check({c["confidence"] for c in cells} <= kept, f"--min-confidence {least} shows less")
        check(ran["scenarios"] == told["scenarios"], f"--min-confidence {least}: run and report differ")


LAB = """viaport: 1
name: What may be so
axes: {phone: [PHONES], server: [via-port, rport-aware]}
models:
  guess: {kind: phone, like: cisco-7940, confidence: low, title: A, source: none}
phones: {p: {model: $phone, behind: r}}
routers: {r: {model: random-port}}
servers: {s: {model: $server}}
do: [{register: p}]
judge: [{register: p}]
"""


def lab_with_guesses(folder):
    """Three matrices, of the one in the middle every cell rests on what nobody has verified."""
    os.makedirs(folder)
    for name, phones in (("first.yaml", "generic-no-rport, guess"), ("guess.yaml", "guess"), ("last.yaml", "guess, generic-rport")):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(LAB.replace("PHONES", phones))
    return folder


def what_was_hidden_is_counted(folder, cwd, operand, least, hidden):
    """However it was kept: as a result, as a store, or in parts."""
    def lab(*args):
        return attempt(*args, cwd=cwd)

    least = ("--min-confidence", least)
    result, store, parts = (os.path.join(folder, name) for name in ("run/result.json", "store.db", "parts"))
    of_run = lab("run", operand, *least, "-f", FORMATS + ",html", "--out", os.path.join(folder, "run"))
    written = files_of(os.path.join(folder, "run"))
    told = json.loads(written["result.json"])
    check(sum(s["totals"].get("hidden", 0) for s in told["scenarios"]) == hidden, f"{operand} {least}: {hidden} cells were hidden")
    check(f"{hidden} cells hidden" in written["result.txt"], f"{operand} {least}: {written['result.txt'][-300:]}")
    lab("run", operand, "-f", "json", "--out", os.path.join(folder, "whole"))
    lab("run", operand, *least, "--store", store)
    for i in "12":
        lab("run", operand, *least, "--shard", f"{i}/2", "--out", parts)
    rows = (["report", result], ["report", os.path.join(folder, "whole/result.json"), *least], ["report", store], ["merge", parts])
    for number, line in enumerate(rows):
        out = os.path.join(folder, f"again{number}")
        again = lab(*line, "-f", FORMATS + ",html", "--out", out)
        check(again.returncode == of_run.returncode, f"{line}: exit {again.returncode}, of the run {of_run.returncode}")
        check(again.stdout == of_run.stdout, f"{line} says {again.stdout}, the run {of_run.stdout}")
        are_the_same(line, written, files_of(out))
    check(lab("diff", result, result).returncode == 0, f"{operand} {least}: the result is not complete")


def a_report_hides_what_the_run_did_not(folder):
    result = os.path.join(folder, "result.json")
    attempt("run", MATRICES[0], "--min-confidence", "medium", "-f", "json", "--out", folder)
    for least in ("low", "medium", "high"):
        stricter = max(least, "medium", key=["low", "medium", "high"].index)
        wanted = attempt("run", MATRICES[0], "--min-confidence", stricter, "-f", "json").stdout
        told = attempt("report", result, "--min-confidence", least, "-f", "json").stdout
        check(told == wanted, f"a result of medium, told at {least}, is not that of a run at {stricter}")


def what_is_hidden_is_not_suggested(lab, store):
    told = attempt("run", "guess.yaml", cwd=lab)
    check("next: viaport explain " in told.stderr and "expect: any" in told.stderr, f"nothing is suggested: {told.stderr}")
    for options in ([], ["--store", store]):
        told = attempt("run", "guess.yaml", "--min-confidence", "medium", *options, cwd=lab)
        check(told.returncode == 0 and "next:" not in told.stderr, f"{options}: {told.returncode} {told.stderr}")


with tempfile.TemporaryDirectory() as folder:
    lab = lab_with_guesses(os.path.join(folder, "lab"))
    rows = ((folder, "lab", "medium", 6), (folder, "lab", "high", 6), (ROOT, MATRICES[0], "medium", 12), (ROOT, MATRICES[0], "high", 60))
    for number, row in enumerate(rows):
        what_was_hidden_is_counted(os.path.join(folder, f"hidden{number}"), *row)
    a_report_hides_what_the_run_did_not(os.path.join(folder, "stricter"))
    what_is_hidden_is_not_suggested(lab, os.path.join(folder, "hidden.db"))
    for number, matrix in enumerate(MATRICES):
        reports_are_those_of_the_run(os.path.join(folder, str(number)), matrix)
    reports_are_those_of_the_run(os.path.join(folder, "seeded"), MATRICES[0], "--seed", "7", "--only", "phone=cisco-7940")
    reports_are_those_of_the_run(os.path.join(folder, "chance"), "scenarios/keepalive/lost-pings.yaml", "--seeds", "300")
    a_layout_of_ones_own_is_read(folder)
    trouble_is_told(folder)
    who_reads_it_elsewhere_is_told_where_commands_hold(folder)
    what_is_not_whole_says_so(folder)
    cells_of_less_confidence_are_hidden(folder)
