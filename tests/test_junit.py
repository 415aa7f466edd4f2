"""JUnit keeps to the rules of the xunit2 schema of Jenkins, hostile names or not, and two readers find what the JSON says."""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from program import ROOT, VIAPORT

FOLDER = tempfile.TemporaryDirectory()

# The subset of the schema that may be used: children, attributes that must be there, attributes that may be there.
RULES = {
    "testsuites": ({"testsuite"}, set(), {"name", "time", "tests", "failures", "errors"}),
    "testsuite": ({"properties", "testcase", "system-out", "system-err"}, {"name", "tests", "failures", "errors"},
                  {"time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"}),
    "properties": ({"property"}, set(), set()),
    "property": (set(), {"name", "value"}, set()),
    "testcase": ({"skipped", "error", "failure", "system-out", "system-err"}, {"name"}, {"classname", "time", "group"}),
    "skipped": (set(), set(), {"type", "message"}),
    "error": (set(), set(), {"type", "message"}),
    "failure": (set(), set(), {"type", "message"}),
    "system-out": (set(), set(), set()),
    "system-err": (set(), set(), set()),
}
MIXED = {"skipped", "error", "failure", "system-out", "system-err"}  # the others hold elements only
TIME = re.compile(r"([0-9]{0,3},)*[0-9]*(\.[0-9]*)?")

HOSTILE = """viaport: 1
name: "<&\\"']]> \\\\ # ::error::"
axes:
  server: [via-port, rport-aware]
  agent: [plain, "a<b", "c&d\\"", "e]]>f", "x # y \\\\ z", "-->", "<![CDATA[", "\\ufffe", "\\U0001F600"]
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
  - when: {agent: "a<b"}
    why: "not <today> & ]]> # \\\\ \\a\\e[31m"
known:
  - when: {agent: [plain, "-->"]}
    why: "it's \\"known\\" \\x7f"
"""


def check(what, holds, shown=""):
    if not holds:
        sys.exit(f"{what}\n{shown}")


def run(*args, code=0, cwd=ROOT):
    done = subprocess.run([VIAPORT, "run", *map(str, args)], cwd=cwd, capture_output=True, check=False)
    check(f"{args}: exit {done.returncode}, wanted {code}", done.returncode == code, done.stderr.decode())
    return done.stdout


def keeps_rules(where, element, parent=None):
    check(f"{where}: {element.tag} is no element of the schema", element.tag in RULES)
    children, must, may = RULES[element.tag]
    names = set(element.attrib)
    check(f"{where}: {element.tag} lacks {must - names}", must <= names)
    check(f"{where}: {element.tag} has {names - must - may}", names <= must | may)
    check(f"{where}: the time of {element.tag}", TIME.fullmatch(element.get("time", "")), element.get("time"))
    check(f"{where}: text in {element.tag}", element.tag in MIXED or not (element.text or "").strip(), element.text)
    check(f"{where}: text behind {element.tag}", not (element.tail or "").strip(), element.tail)
    for child in element:
        check(f"{where}: {child.tag} in {element.tag}", child.tag in children)
        keeps_rules(where, child, element)


def counts(suite):
    cases = suite.findall("testcase")
    return {"tests": len(cases), **{word + "s" * (word != "skipped"): sum(c.find(word) is not None for c in cases)
                                    for word in ("failure", "error", "skipped")}}


def whole(where, document):
    """All that is asked of one file; its root comes back."""
    check(f"{where}: no UTF-8", document.decode())
    check(f"{where}: control characters", not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", document.decode()))
    check(f"{where}: more than 30 MB", len(document) <= 30_000_000)
    done = subprocess.run(["xmllint", "--noout", "-"], input=document, capture_output=True, check=False)
    check(f"{where}: xmllint", done.returncode == 0, done.stderr.decode())
    root = ElementTree.fromstring(document)
    keeps_rules(where, root)
    cases = list(root.iter("testcase"))
    check(f"{where}: more than 20,000 cases or 250,000 elements", len(cases) <= 20000 and sum(1 for _ in root.iter()) <= 250000)
    for element in root.iter():
        for name, value in element.attrib.items():
            check(f"{where}: a line break in an attribute", not re.search(r"[\t\n\r]", value), f"{name}={value!r}")
    for suite in root:
        check(f"{where}: the sums of {suite.get('name')}", all(int(suite.get(k)) == n for k, n in counts(suite).items()),
              f"{suite.attrib} {counts(suite)}")
    return root


def no_doubles(where, cases):
    name, n = collections.Counter((case.get("classname"), case.get("name")) for case in cases).most_common(1)[0]
    check(f"{where}: doubled names", n == 1, name)


def outcome(cell):
    """What a cell of result.json is in JUnit."""
    if cell["verdict"] == "error":
        return "error"
    if not cell["expected"]:
        return "failure"
    return "skipped" if cell["known"] or cell["verdict"] == "skipped" else "passed"


def outcome_of(case):
    return next((word for word in ("failure", "error", "skipped") if case.find(word) is not None), "passed")


def by_junitparser(path):
    """How many of each the first reader finds. It belongs to Debian's Python, which need not be the one that runs this."""
    program = """import collections, json, sys, junitparser as j
words = {j.Failure: "failure", j.Error: "error", j.Skipped: "skipped"}
cases = [case for suite in j.JUnitXml.fromfile(sys.argv[1]) for case in suite]
print(json.dumps(collections.Counter(next((words[type(r)] for r in case.result), "passed") for case in cases)))"""
    done = subprocess.run(["/usr/bin/python3", "-c", program, path], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def by_openqa(path):
    """What the second one finds: cells, and those that failed."""
    program = """use lib '/usr/share/openqa/lib'; use OpenQA::Parser 'parser';
        my @details = map { @{$_->details} } parser(XUnit => $ARGV[0])->results->each;
        print scalar(@details), ' ', scalar(grep { $_->{result} eq 'fail' } @details);"""
    done = subprocess.run(["perl", "-e", program, path], capture_output=True, text=True, check=True)
    return tuple(map(int, done.stdout.split()))


def agree(args, code, cwd=ROOT):
    """The same run as JSON and as JUnit."""
    cells = [cell for scenario in json.loads(run("-f", "json", *args, code=code, cwd=cwd))["scenarios"] for cell in scenario["cells"]]
    document = run("-f", "junit", *args, code=code, cwd=cwd)
    root = whole(args, document)
    cases = list(root.iter("testcase"))
    no_doubles(args, cases)
    check(f"{args}: {len(cases)} cases of {len(cells)} cells", [outcome_of(c) for c in cases] == [outcome(c) for c in cells])
    path = os.path.join(FOLDER.name, "read.xml")
    with open(path, "wb") as file:
        file.write(document)
    wanted = [outcome(cell) for cell in cells]
    found = by_junitparser(path)
    check(f"{args}: junitparser", found == dict(collections.Counter(wanted)), found)
    found = by_openqa(path)
    check(f"{args}: openQA", found == (len(wanted), wanted.count("failure") + wanted.count("error")), found)
    return cells, cases


def write(name, text):
    with open(os.path.join(FOLDER.name, name), "w", encoding="utf-8") as file:
        file.write(text)
    return name


agree(["scenarios/register"], 0)
cells, cases = agree(["scenarios/register/matrix.yaml"], 0)
check("the first axis belongs to the class", (cases[0].get("classname"), cases[0].get("name")) == (
    "scenarios.register.matrix.phone=cisco-7940", "router=tplink-er6020, server=3cx-11"), cases[0].attrib)
suite = ElementTree.fromstring(run("-f", "junit", "scenarios/register/matrix.yaml")).find("testsuite")
check("when it fails is said of the suite", suite.find("system-out").text.startswith("fails when "), suite.find("system-out"))
known = next(case for case in cases if case.find("skipped") is not None)
check("known with its why", known.find("skipped").get("message").startswith("known: The router picks a new port"))
check("and what became of it", "fails: reply-to-via-port" in known.find("system-out").text, known.find("system-out").text)
check("what works says nothing more", all(not list(case) for case, cell in zip(cases, cells) if cell["verdict"] == "works"))
_, cases = agree(["scenarios/register/seed-test-1.yaml"], 0)
check("a failure that is expected passes and is told", "fails: reply-to-via-port" in cases[0].find("system-out").text)
_, cases = agree(["--max-events", "5", "scenarios/register/matrix.yaml"], 1)
check("an error says why", "--max-events" in cases[0].find("error").get("message"), cases[0].find("error").attrib)

name = write("a<b&'c'\"]]>\x01\x02.yaml", HOSTILE)
cells, cases = agree([name], 1, cwd=FOLDER.name)
agents = {re.search("agent=(.*)", case.get("name")).group(1) for case in cases}
check("names are what they were", {"c&d\"", "e]]>f", "x # y \\ z", "<![CDATA[", "\U0001F600"} <= agents, agents)
check("the reason of skip", cases[1].find("skipped").get("message") == "not <today> & ]]> # \\ \u2407\u241b[31m",
      cases[1].find("skipped").attrib)
failed = next(case for case in cases if case.find("failure") is not None and "agent=c&d" in case.get("name")).find("failure")
check("cause and surprise", failed.attrib == {"type": "reply-to-via-port", "message": "expected works"}, failed.attrib)
works = next(case for case in cases if "agent=-->" in case.get("name") and "rport-aware" in case.get("classname")).find("failure")
check("known, but works", works.get("type") == "works" and works.get("message").startswith("works now: remove the known entry"))
check("check, sentence, place and command", all(word in failed.text for word in (
    "register p: fails: reply-to-via-port, lost at home\n  pbx received the request", ".yaml:4\n", "repeat with: viaport run ")),
    failed.text)

folders = [os.path.join(FOLDER.name, name) for name in ("one", "two")]
for folder in folders:
    os.mkdir(folder)
    write(os.path.join(folder, "lab.yaml"), HOSTILE)
agree([f"{folder}/lab.yaml" for folder in folders], 1)
# 45,000 cells are three files, each with a root of its own; on standard output they are one document.
ports = ", ".join(map(str, range(20000, 42500)))
write("sweep.yaml", f"""viaport: 1
name: sweep
axes: {{rport: ["on", "off"], port: [{ports}]}}
phones: {{p: {{model: generic-rport, rport: $rport, listen-port: $port, behind: home}}}}
routers: {{home: {{model: random-port}}}}
servers: {{pbx: {{model: rport-aware}}}}
do: [{{register: p}}]
judge: [{{register: p}}]
known: [{{when: {{rport: "off"}}, why: no rport}}]
""")
run("-f", "junit,tap", "--out", "split", "sweep.yaml", cwd=FOLDER.name)
split = os.path.join(FOLDER.name, "split")
check("three files", sorted(os.listdir(split)) == ["junit-2.xml", "junit-3.xml", "junit.xml", "result.tap"], os.listdir(split))
cases = []
for name, n in (("junit.xml", 20000), ("junit-2.xml", 20000), ("junit-3.xml", 5000)):
    path = os.path.join(split, name)
    with open(path, "rb") as file:
        cases += (here := list(whole(name, file.read()).iter("testcase")))
    check(f"{name}: {len(here)} cases", len(here) == n)
    check(f"{name}: junitparser", sum(by_junitparser(path).values()) == n)
no_doubles("three files", cases)
root = ElementTree.fromstring(run("-f", "junit", "sweep.yaml", cwd=FOLDER.name))
check("one document", [c.attrib for c in root.iter("testcase")] == [c.attrib for c in cases])
check("when it fails is said once, in the last suite", [s.find("system-out") is not None for s in root] == [False, False, True])
check("its sums", sum(int(s.get("skipped")) for s in root) == sum(outcome_of(c) == "skipped" for c in cases) == 22500)
print(f"{len(cells)} hostile cells, two readers")
