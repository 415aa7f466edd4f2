"""docs/result.schema.json takes every result, knows no key that none has, and refuses what no result is."""
import copy
import json
import os
import sys
import tempfile

import jsonschema

from program import attempt, check, interrupted, read

FOLDER = tempfile.TemporaryDirectory()
SCHEMA = json.loads(read("docs/result.schema.json"))
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
jsonschema.Draft7Validator.check_schema(SCHEMA)

LAB = """viaport: 1
name: what seldom occurs
axes: {server: [via-port, rport-aware, 3cx-11], rport: ["on", "off"]}
models:
  of-my-own: {kind: router, like: random-port, confidence: low, title: Mine, source: seen here}
phones: {p: {model: generic-rport, rport: $rport, user-agent: "UMLAUTS", behind: home}}
routers: {home: {model: of-my-own}}
servers: {pbx: {model: $server}}
wires: {p: {mtu: 300}}
do: [{register: p}]
judge: [{register: p}]
skip: [{when: {server: 3cx-11}, why: takes days}]
known: [{when: {server: via-port, rport: "off"}, why: no rport}]
"""

seen, absent = set(), set()  # keys, by the place of their object in the schema


def resolved(schema):
    return SCHEMA["definitions"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema


def objects(schema=None):
    """Every object of the schema that names its keys."""
    found = [schema] if "properties" in schema else []
    for part in list(schema.get("properties", {}).values()) + list(schema.get("definitions", {}).values()):
        found += objects(part)
    return found + (objects(schema["items"]) if isinstance(schema.get("items"), dict) else [])


def walk(schema, value):
    """Notes which keys the value has, and which it could have."""
    schema = resolved(schema)
    if isinstance(value, list) and "items" in schema:
        for item in value:
            walk(schema["items"], item)
    if not isinstance(value, dict) or "properties" not in schema:
        return
    for key, part in schema["properties"].items():
        (seen if key in value else absent).add((id(schema), key))
        if key in value:
            walk(part, value[key])


def fits(what, text):
    """The result as a value; it fits the schema."""
    result = json.loads(text)
    for error in VALIDATOR.iter_errors(result):
        sys.exit(f"{what}: {error.json_path}: {error.message[:300]}")
    walk(SCHEMA, result)
    return result


def run(*args, code=0):
    done = attempt("run", "-f", "json", *args)
    check(done.returncode == code, f"{args}: exit {done.returncode}, wanted {code}: {done.stderr}")
    return fits(args, done.stdout)


def write(name, text):
    path = os.path.join(FOLDER.name, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


run("scenarios/register", "scenarios/media", "scenarios/remedies/a-to-h.yaml", "scenarios/call/crowd.yaml")
run("--trace", "full", "scenarios/call/s24-frag.yaml", "scenarios/call/s25-clen.yaml",
    "scenarios/register/seed-test-1.yaml")
run("scenarios/register/matrix.yaml", "--only", "phone=yealink", "--seed", "7")
run("scenarios/register/matrix.yaml", "--min-confidence", "medium")
single = run("scenarios/register/seed-test-1.yaml", "--max-events", "5", code=1)
lab = LAB.replace("UMLAUTS", "ä" * 90)
run("scenarios/keepalive/lost-pings.yaml", "--seeds", "8")
for shifted in (lab, lab.replace("ä", "xä", 1)):
    matrix = run("--trace", "full", write("lab.yaml", shifted), code=1)
run(write("wrong.yaml", read("scenarios/register/seed-test-1.yaml").replace("cause: reply-to-via-port", "cause: mapping-expired")), code=1)

ports = ", ".join(map(str, range(20000, 60000)))
long = write("long.yaml", LAB.replace("UMLAUTS", "x").replace('rport: ["on", "off"]', f"rport: [{ports}]").replace("rport: $rport", "listen-port: $rport")
             .replace(', rport: "off"', "") + "expect: any\n")
code, result, _, err = interrupted("run", "-f", "json", "-j", "1", long)
check(code == 130, f"interrupted: exit {code}: {err}")
check(fits("interrupted", result)["interrupted"] is True, "an interrupted run says so")

for known in objects(SCHEMA):
    for key in known["properties"]:
        place = (id(known), key)
        check(place in seen, f"no result has the key {key} of {known.get('description', 'the whole')!r}")
        check((key in known["required"]) == (place not in absent), f"{key} of {known.get('description', 'the whole')!r}: is it optional?")
        check("description" in resolved(known["properties"][key]), f"nobody says what {key} means")


def refused(sentence, result, spoil):
    bad = copy.deepcopy(result)
    spoil(bad, bad["scenarios"][0], bad["scenarios"][0]["cells"][0])
    check(not VALIDATOR.is_valid(bad), f"the schema takes {sentence}")


refused("another version", single, lambda r, s, c: r.update(format=2))
refused("an unknown key", single, lambda r, s, c: c.update(verdit="works"))
refused("a cell without verdict", single, lambda r, s, c: c.pop("verdict"))
refused("a verdict that is none", single, lambda r, s, c: c.update(verdict="sings"))
refused("a check that is an error", matrix, lambda r, s, c: c["checks"][0].update(result="error"))
refused("a time in seconds", matrix, lambda r, s, c: c["checks"][0].update(at_us=0.041))
refused("a record of another kind", matrix, lambda r, s, c: c["trace"][0].update(event="lost"))
refused("a cell of an axis that is no text", matrix, lambda r, s, c: c["cell"].update(rport=True))
refused("totals that are texts", single, lambda r, s, c: s["totals"].update(works="1"))
refused("a run that was not interrupted and says so", single, lambda r, s, c: r.update(interrupted=False))
print(f"{len(seen)} keys of results are described")
