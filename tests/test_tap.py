"""TAP is read by prove, which counts what the JSON counts."""
import json
import os
import re
import subprocess
import sys
import tempfile

from program import ROOT, VIAPORT

FOLDER = tempfile.TemporaryDirectory()
# TAP::Parser 3.44 knows version 13, of which version 14 without subtests differs in its name only.
READ = "sed 1s/14/13/"

HOSTILE = """viaport: 1
name: hostile
axes:
  server: [via-port, rport-aware]
  agent: [plain, "x # TODO y", "\\\\", "not ok 3", "two  blanks"]
phones:
  p: {model: generic-rport, user-agent: $agent, behind: home}
routers:
  home: {model: random-port}
servers:
  pbx: {model: $server}
do:
  - register: p
judge:
  - register: p
skip:
  - when: {agent: "not ok 3"}
    why: "a # b \\a c"
known:
  - when: {agent: [plain, "\\\\"]}
    why: "it's known # SKIP"
"""

PARSE = r"""
use TAP::Parser;
use JSON::PP;
my @seen;
my $p = TAP::Parser->new({ exec => [qw(sed 1s/14/13/), $ARGV[0]] });
while (my $r = $p->next) {
    push @seen, { number => $r->number, ok => $r->is_actual_ok ? 1 : 0, fine => $r->is_ok ? 1 : 0, text => $r->description,
                  directive => $r->directive, why => $r->explanation } if $r->is_test;
    $seen[-1]{yaml} = $r->data if $r->is_yaml;
}
print encode_json({ tests => \@seen, errors => [$p->parse_errors], plan => $p->plan });
"""


def check(what, holds, shown=""):
    if not holds:
        sys.exit(f"{what}\n{shown}")


def run(*args, code=0, cwd=ROOT):
    done = subprocess.run([VIAPORT, "run", *map(str, args)], cwd=cwd, capture_output=True, check=False)
    check(f"{args}: exit {done.returncode}, wanted {code}", done.returncode == code, done.stderr.decode())
    return done.stdout.decode()


def escaped(text):
    return re.sub(r"([#\\])", r"\\\1", text)


def agree(args, code, cwd=ROOT):
    cells = [cell for s in json.loads(run("-f", "json", *args, code=code, cwd=cwd))["scenarios"] for cell in s["cells"]]
    text = run("-f", "tap", *args, code=code, cwd=cwd)
    check(f"{args}: the first line", text.startswith("TAP version 14\n"), text[:40])
    path = os.path.join(FOLDER.name, "result.tap")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    done = subprocess.run(["prove", "-e", READ, path], capture_output=True, text=True, check=False)
    bad = sum(not cell["expected"] for cell in cells)
    check(f"{args}: prove", (done.returncode == 0) == (bad == 0) and ("Result: PASS" in done.stdout) == (bad == 0) and
          "Parse errors" not in done.stdout and f"Tests={len(cells)}," in done.stdout, done.stdout + done.stderr)
    found = json.loads(subprocess.run(["perl", "-e", PARSE, path], capture_output=True, text=True, check=True).stdout)
    tests = found["tests"]
    check(f"{args}: parsed", not found["errors"] and found["plan"] == f"1..{len(cells)}" and len(tests) == len(cells), found)
    for number, (test, cell) in enumerate(zip(tests, cells), 1):
        directive = "SKIP" if cell["verdict"] == "skipped" else "TODO" if cell["known"] else ""
        shown = f"{test}\n{cell}"
        check("numbered", test["number"] == number, shown)
        check("what is expected is fine", test["fine"] == cell["expected"], shown)
        check("what is known is not ok", test["ok"] == (cell["expected"] and not cell["known"]), shown)
        check("the name of the cell", test["text"] == "- " + escaped(cell["id"]), shown)
        check("the directive", test["directive"] == directive, shown)
        check("diagnostics of what is not expected", ("yaml" in test) != cell["expected"], shown)
        if "yaml" in test:
            check("its message", test["yaml"]["message"] == cell["surprise"] and test["yaml"]["verdict"] == cell["verdict"], shown)
    return tests


agree(["scenarios/register"], 0)
agree(["scenarios/register/matrix.yaml"], 0)
told = run("-f", "tap", "scenarios/register/matrix.yaml").splitlines()
check("when it fails is a comment before the plan", told[-1] == "1..60" and told[-2].startswith("# scenarios/register/matrix.yaml: fails when "), told[-3:])
agree(["--max-events", "5", "scenarios/register/matrix.yaml"], 1)
with open(os.path.join(FOLDER.name, "a # b.yaml"), "w", encoding="utf-8") as hostile:
    hostile.write(HOSTILE)
tests = agree(["a # b.yaml"], 1, cwd=FOLDER.name)
check("reasons", tests[3]["why"] == r"a \# b   c" and tests[0]["why"] == r"it's known \# SKIP", tests)
failed = tests[1]["yaml"]
check("the checks of a cell", failed["checks"][0]["check"] == "register p: fails: reply-to-via-port, lost at home" and
      failed["checks"][0]["why"].startswith("pbx received the request"), failed)
check("where, and how to repeat it", failed["at"] == "a # b.yaml:4" and failed["repeat"].startswith("viaport run 'a # b.yaml' --only "), failed)
check("known, but works", tests[5]["yaml"]["message"].startswith("works now: remove the known entry"), tests[5])

# A run that was stopped is no success, whatever its cells are.
cut = os.path.join(FOLDER.name, "cut.tap")
with open(cut, "w", encoding="utf-8") as file:
    file.write(run("-f", "tap", "--fail-fast", "a # b.yaml", code=1, cwd=FOLDER.name))
done = subprocess.run(["prove", "-e", READ, cut], capture_output=True, text=True, check=False)
check("bail out", "stopped at the first cell that was not as expected: 2 of 10 cells ran" in done.stdout + done.stderr, done.stdout + done.stderr)
os.rename(os.path.join(FOLDER.name, "a # b.yaml"), os.path.join(FOLDER.name, "a\nok 77 - b.yaml"))
lines = run("-f", "tap", ".", code=1, cwd=FOLDER.name).splitlines()
check("a line break in a name is none here", not [line for line in lines if line.startswith("ok 77")], lines)
print("prove counts what JSON counts")
