"""With a baseline JUnit, TAP and annotations count as failures what makes the run end with 1: what got worse, and nothing else."""
import json
import os
import re
import tempfile
import xml.etree.ElementTree as xml

from program import attempt, check

LAB = """viaport: 1
name: against a baseline
axes:
  rport: ["on", "off"]
  server: [via-port, rport-aware, force-rport, asterisk-chan_sip-no, 3cx-11]
phones: {p: {model: generic-rport, rport: $rport, behind: home}}
routers: {home: {model: random-port}}
servers: {pbx: {model: $server}}
do: [{register: p}]
judge: [{register: p}]
known: [{when: {rport: "off", server: asterisk-chan_sip-no}, why: it is old}]
skip: [{when: {rport: "on", server: force-rport}, why: it is dull}]
"""

# A cell, its verdict before (None: it was not there), how the reports count it and what they say of it.
ROWS = (
    ("on", "via-port", "fails", "skipped", "as before: expected works"),
    ("off", "via-port", "works", "failure", "expected works; before: works"),
    ("off", "3cx-11", "error", "skipped", "better than before: expected works"),
    ("on", "3cx-11", "works", "passed", None),
    ("on", "asterisk-chan_sip-no", None, "passed", None),
    ("off", "asterisk-chan_sip-no", "works", "failure", "before: works"),
    ("off", "rport-aware", None, "failure", "expected works"),
    ("on", "rport-aware", "fails", "passed", None),
    ("off", "force-rport", None, "passed", None),
    ("on", "force-rport", "works", "skipped", "it is dull"),
)
HARMLESS = {"fails", "error"}  # cells that were so broke nothing


def baseline(folder, name, rows):
    """A result that has these cells as they were."""
    cells = [{"cell": {"rport": rport, "server": server}, "verdict": was, "cause": None} for rport, server, was, *_ in rows if was]
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"format": 1, "scenarios": [{"path": "lab.yaml", "cells": cells}]}, file)
    return path


def said_by_junit(folder):
    """By cell: how it counts, and the message."""
    said = {}
    for case in xml.parse(os.path.join(folder, "junit.xml")).iter("testcase"):
        place = case.get("classname") + " " + case.get("name")
        trouble = [(child.tag, child.get("message")) for child in case if child.tag != "system-out"]
        said[re.search("rport=([a-z]+)", place)[1], re.search("server=(.*)", place)[1]] = trouble[0] if trouble else ("passed", None)
    suite = next(xml.parse(os.path.join(folder, "junit.xml")).iter("testsuite"))
    for attribute, word in (("failures", "failure"), ("skipped", "skipped"), ("errors", "error")):
        check(int(suite.get(attribute)) == [how for how, _ in said.values()].count(word), f"junit counts {attribute} otherwise than it has them")
    return said


def said_by_tap(folder):
    said = {}
    text = open(os.path.join(folder, "result.tap"), encoding="utf-8").read()
    for no, cell, why, block in re.findall(r"^(not )?ok \d+ - lab\.yaml\[(.*?)\](?: \\?# ?(.*))?\n((?:  .*\n)*)", text, re.M):
        message = re.search('message: "(.*)"', block)
        how = "skipped" if re.match("TODO|SKIP", why) else "failure" if no else "passed"
        check((how == "failure") == bool(message), f"tap: diagnostics of {cell}: {block}")
        said[tuple(re.findall("=([^,]*)", cell))] = (how, message[1] if message else re.sub("^(TODO|SKIP) ", "", why) or None)
    return said


def annotated(text):
    return {tuple(re.findall("=([^,:]*)", cell)): message
            for cell, message in re.findall(r"::error .*?::(rport=\S*): ([^;]*(?:; before: [a-z]+)?)", text)}


def run(folder, before, code, *options):
    out = os.path.join(folder, "out")
    done = attempt("run", "lab.yaml", "--baseline", before, "-f", "junit,tap,github", "--out", out, *options, cwd=folder,
                   env={"GITHUB_STEP_SUMMARY": ""})
    check(done.returncode == code, f"{before} {options}: exit {done.returncode}: {done.stderr}")
    return said_by_junit(out), said_by_tap(out), annotated(done.stdout)


def each_cell_is_what_became_of_it(folder):
    wanted = {(rport, server): (how, message) for rport, server, _, how, message in ROWS}
    failures = {cell: message for cell, (how, message) in wanted.items() if how == "failure"}
    path = baseline(folder, "base.json", ROWS)
    store = os.path.join(folder, "lab.db")
    for options in (("-j", 1), ("-j", 3), ("--store", store), ("--store", store, "--resume")):
        junit, tap, annotations = run(folder, path, 1, *options)
        check(junit == wanted, f"junit {options}: {junit}")
        check(tap == wanted, f"tap {options}: {tap}")
        check(annotations == failures, f"annotations {options}: {annotations}")


def what_broke_nothing_has_no_failure(folder):
    rows = [(rport, server, was if was in HARMLESS or how == "passed" else "fails") for rport, server, was, how, _ in ROWS]
    junit, tap, annotations = run(folder, baseline(folder, "good.json", rows), 0)
    for name, said in (("junit", junit), ("tap", tap)):
        check({how for how, _ in said.values()} == {"passed", "skipped"}, f"{name}: {said}")
    check(not annotations, f"annotations: {annotations}")


def who_has_no_axes_is_compared_too(folder):
    text = re.sub(r"axes:.*?phones", "phones", LAB, flags=re.S).replace("rport: $rport", 'rport: "off"').replace("$server", "via-port")
    text = text.split("judge")[0] + "expect: [{register: p, result: works}]\n"
    with open(os.path.join(folder, "single.yaml"), "w", encoding="utf-8") as file:
        file.write(text)
    for was, code, how in (("fails", 0, "skipped"), ("works", 1, "failure")):
        path = os.path.join(folder, "single.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"format": 1, "scenarios": [{"path": "single.yaml", "cells": [{"cell": {}, "verdict": was, "cause": None}]}]}, file)
        done = attempt("run", "single.yaml", "--baseline", path, "-f", "junit", cwd=folder)
        case = next(xml.fromstring(done.stdout).iter("testcase"))
        check(done.returncode == code and case.find(how) is not None, f"before: {was}: exit {done.returncode}: {done.stdout} {done.stderr}")


with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "lab.yaml"), "w", encoding="utf-8") as file:
        file.write(LAB)
    each_cell_is_what_became_of_it(folder)
    what_broke_nothing_has_no_failure(folder)
    who_has_no_axes_is_compared_too(folder)
print(f"{len(ROWS)} cells in three reports")
