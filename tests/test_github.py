"""-f github: a summary that GitHub shows, and annotations on the lines that are to blame."""
import os
import re
import subprocess
import tempfile
import xml.etree.ElementTree as xml

from program import attempt, check, read

FOLDER = tempfile.TemporaryDirectory()
MATRIX = "scenarios/register/matrix.yaml"
LIMIT = 900 * 1024
NOWHERE = {"GITHUB_STEP_SUMMARY": ""}

SWEEP = """viaport: 1
name: {name}
axes:
  rport: ["on", "off"]
  port: [{ports}]
phones:
  p: {{model: generic-rport, rport: $rport, listen-port: $port, behind: home}}
routers:
  home: {{model: random-port}}
servers:
  pbx: {{model: rport-aware}}
do:
  - register: p
judge:
  - register: p
known:
  - when: {{{when}}}
    why: that is how it is
"""


def write(name, text):
    path = os.path.join(FOLDER.name, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def sweep(name, n, when='rport: "on", port: 20000'):
    return write(name, SWEEP.format(name="sweep", ports=", ".join(map(str, range(20000, 20000 + n))), when=when))


def run(*args, code=0, env=None):
    done = attempt("run", "-f", "github", *args, env={**NOWHERE, **(env or {})})
    check(done.returncode == code, f"{args}: exit {done.returncode}, wanted {code}: {done.stderr}")
    return done.stdout


def annotations(text):
    return [line for line in text.splitlines() if line.startswith("::")]


def summary(text):
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("::"))


def rendered(markdown):
    """As GitHub reads it; everything in it is well-formed."""
    html = subprocess.run(["cmark-gfm", "-e", "table", "--unsafe"], input=markdown.encode(), capture_output=True, check=True).stdout
    return xml.fromstring(b"<body>" + html + b"</body>")


def numbers(markdown):
    """The first table: what was planned, run, skipped and so on."""
    table = rendered(markdown).find("table")
    return dict(zip(("".join(th.itertext()) for th in table.iter("th")), (td.text for td in table.iter("td"))))


# --- where it goes ------------------------------------------------------------------------------------------------

fine = run(MATRIX)
check(fine.startswith("# viaport: as expected\n") and not annotations(fine), f"nothing to remark: {fine[:200]}")
step = write("step.md", "what stood there\n")
check(run(MATRIX, env={"GITHUB_STEP_SUMMARY": step}) == "", "with a summary file there is nothing on standard output")
check(open(step, encoding="utf-8").read() == "what stood there\n" + fine, "the summary is added to the file")
out = os.path.join(FOLDER.name, "out")
failing = sweep("failing.yaml", 50)
said = run(failing, "--out", out, code=1, env={"GITHUB_STEP_SUMMARY": step})
whole = run(failing, code=1)
check(open(os.path.join(out, "github.md"), encoding="utf-8").read() == summary(whole), "github.md is the summary")
check(open(step, encoding="utf-8").read() == "what stood there\n" + fine + summary(whole), "and so is what was added")
check(annotations(said) == annotations(whole), "annotations are on standard output wherever the summary is")

# --- annotations --------------------------------------------------------------------------------------------------

remarks = annotations(whole)
check(len(remarks) == 10 and remarks[-1] == "::error::and 42 more", f"nine annotations and a count: {remarks[-1]}")
check(re.fullmatch(r"::error file=failing\.yaml,line=17,title=works::rport=on,port=20000: works now: remove the known entry at failing.yaml:17",
                   remarks[0].replace("%3A", ":")), f"a known cell that works, on the line of its entry: {remarks[0]}")
check(re.match(r"::error file=failing\.yaml,line=4,title=reply-to-via-port::rport=off,port=20000: expected works; register p: fails: "
               r"reply-to-via-port, lost at home: pbx received", remarks[1]), f"a cell of a matrix, on its first axis: {remarks[1]}")
text = read("scenarios/register/seed-test-1.yaml").replace("cause: reply-to-via-port", "cause: mapping-expired")
line = 1 + text[: text.index("- register: cisco", text.index("expect:"))].count("\n")
single = annotations(run(write("a,b: c%.yaml", text), code=1))
check(len(single) == 1 and single[0].startswith(f"::error file=a%2Cb%3A c%25.yaml,line={line},title=reply-to-via-port::expected fails: mapping-expired"),
      f"a single run, on the line of its check: {single}")
nine = annotations(run(sweep("nine.yaml", 9, 'rport: "off", port: 1'.replace("1", "20000")), code=1))
check(len(nine) == 8, f"fewer than nine have no count: {nine}")

# --- the summary --------------------------------------------------------------------------------------------------

check(numbers(fine)["cells planned"] == numbers(fine)["run"] == "60", f"planned and run: {numbers(fine)}")
cut = run(sweep("cut.yaml", 50), "--fail-fast", code=1)
check(numbers(cut)["cells planned"] == "100" and numbers(cut)["run"] == "1" and "1 of 100 cells ran." in cut, f"a run that was cut short: {cut[:400]}")
hidden = run(MATRIX, "--min-confidence", "high")
check(int(numbers(hidden)["hidden"]) > 0 and numbers(hidden)["cells planned"] == "60", f"hidden cells are counted: {numbers(hidden)}")
check(len(rendered(fine).findall("details")) == 1 and rendered(fine).find("details/summary").text.startswith(f"{MATRIX}: 60 cells: "),
      "a matrix is folded, with its sums in sight")
blocks = rendered(summary(whole)).findall("details")
check(len(blocks) == 52 and blocks[0].find("summary").text.startswith("✓ works: failing.yaml[rport=on,port=20000]: works now"), "a block for each cell")
check("repeat with: viaport run " in blocks[1].find("pre/code").text, "and in it how to repeat it")
many = run("scenarios/register", "scenarios/remedies")
check("\n## Runs\n" in many and "\n## Matrices\n" in many, "single runs have a table")

# --- against a baseline -------------------------------------------------------------------------------------------

base = os.path.join(FOLDER.name, "base.json")
lab = sweep("base.yaml", 100, 'rport: "off"')
run(lab, "--baseline", base, "--update-baseline")
check("## Against the baseline" in run(lab, "--baseline", base), "a summary says that nothing changed")
worse = open(lab, encoding="utf-8").read().replace("rport-aware", "via-port")
with open(lab, "w", encoding="utf-8") as file:
    file.write(worse)
changed = summary(run(lab, "--baseline", base, code=1))
check("200 cells: 100 broken" in changed and changed.index("## Against") < changed.index("## Not as expected"), changed[:600])
check("\n### Broken\n" in changed and "\nand 50 more\n" in changed, "so many are told, and the others counted")

# --- what is too much ---------------------------------------------------------------------------------------------

# 40,000 surprises, and matrices with long names until nothing more fits.
large = [sweep("large.yaml", 20000, 'rport: "on"')] + [
    write(f"{n}.yaml", SWEEP.format(name="x" * 150, ports=", ".join(map(str, range(20000, 20250))), when='rport: "off"'))
    for n in range(40)]
text = run(*large, code=1)
size = len(summary(text).encode())
check(size <= LIMIT, f"{size} bytes")
summaries = [block.find("summary").text for block in rendered(summary(text)).findall("details")]
shown = {"cells": sum(".yaml[" in line for line in summaries), "matrices": sum(".yaml: " in line for line in summaries)}
left = {noun: int(n.replace(",", "")) for n, noun in re.findall(r"^And ([\d,]+) more (cells|matrices), which", text, re.M)}
surprises = int(re.match(r"# viaport: ([\d,]+) not", summary(text)).group(1).replace(",", ""))
check(shown["cells"] > 300 and shown["cells"] + left["cells"] == surprises, f"{shown} and {left} of {surprises}")
check(shown["matrices"] > 5 and left["matrices"] > 5 and shown["matrices"] + left["matrices"] == len(large), f"{shown} and {left} of {len(large)}")
check(text.rstrip().endswith("```"), "the causes are whole")
