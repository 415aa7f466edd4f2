"""`viaport explain FILE` names who is to blame and finds what would mend a cell by running it."""
import json
import os
import tempfile

from program import attempt, check

SEED = "scenarios/register/seed-test-1.yaml"
MATRIX = "scenarios/register/matrix.yaml"
CELL = "phone=cisco-7970,router=pfsense-static,server=asterisk-chan_pjsip"


def explained(file, *options):
    done = attempt("explain", file, "-f", "json", *options)
    check(done.returncode == 0, f"{file}: {done.returncode} {done.stderr}")
    return json.loads(done.stdout)


def knobs(remedy):
    return {(node, knob) for node, there in remedy["change"].items() for knob in there}


def everybody_is_named_with_the_clause():
    links = [(link["whose"], link["name"], link["clause"], link["standing"]) for link in explained(SEED)["chain"]]
    check(links == [("router", "er6020", "RFC 4787 4.2.1", "allowed"), ("router", "er6020", "RFC 4787 7", "allowed"),
                    ("phone", "cisco", "RFC 3581 3", "allowed"), ("server", "pbx", "RFC 3261 18.2.2", "required")], links)


def the_remedies_of_the_blog_post_are_found():
    told = explained(SEED)
    works = {r["remedy"]: r for r in told["remedies"] if r["verdict"] == "works"}
    for letter in "abcdefgh":
        check(f"remedy-{letter}" in works, f"remedy-{letter} is missing: {sorted(map(str, works))}")
    check(works["remedy-e"]["change"] == {"pbx": {"force-rport": "on"}}, works["remedy-e"])
    check(works["remedy-d"]["change"] == {"cisco": {"rport": "on"}}, works["remedy-d"])
    check(works["remedy-h"]["change"] == {"cisco": {"model": "3cx-softphone-6"}}, works["remedy-h"])
    # kept ports: the port of the capture was picked by another rule
    check({"er6020": {"ports": "preserve"}} in [r["change"] for r in told["remedies"] if r["verdict"] == "works"], "ports: preserve")
    others = [r for r in told["remedies"] if r["remedy"] is None]
    check(others and all(r["verdict"] == "works" for r in others), "what has no name and does not help is told of")


def a_remedy_that_does_not_help_says_so():
    fails = [r["remedy"] for r in explained(SEED)["remedies"] if r["verdict"] == "fails"]
    check(fails == ["remedy-stored-source"], fails)


def what_only_names_a_device_is_not_tried():
    for file in (SEED, "scenarios/call/s20-contact-mended.yaml", "scenarios/media/s20-one-way.yaml"):
        tried = set().union(*(knobs(r) for r in explained(file)["remedies"]))
        for _, knob in tried:
            check(knob.split(".")[-1] not in ("address", "password", "user", "domain", "next-ports", "listen-port", "outside",
                                              "user-agent", "header-order", "realm"), f"{file}: {knob}")


def what_takes_less_comes_first():
    efforts = ["a setting of a phone", "a setting of a server", "a setting of a router", "another device"]
    for file in (SEED, "scenarios/call/s16-ack32.yaml"):
        order = [efforts.index(r["effort"]) for r in explained(file)["remedies"] if r["verdict"] == "works"]
        check(order == sorted(order) and len(set(order)) == 4, f"{file}: {order}")


def a_mapping_that_ends_is_not_cured_by_ports():
    told = explained("scenarios/router/idle-phones.yaml", "--only", "phone=baresip,router=linux")
    verdicts = {r["remedy"]: r["verdict"] for r in told["remedies"]}
    check(told["verdict"] == "stops" and verdicts["remedy-a"] == "stops" and verdicts["remedy-c"] == "works", verdicts)


def what_it_breaks_is_told():
    told = explained(MATRIX, "--only", CELL)
    check(told["cause"] == "asymmetric-phone-forced-rport", told["cause"])
    off = [r for r in told["remedies"] if r["change"] == {"pbx": {"force-rport": "off"}}]
    check(off == [] or off[0]["breaks"], "force-rport off harms nobody")
    same = [r for r in told["remedies"] if r["change"] == {"a": {"send-port": "same"}}]
    check(same and same[0]["verdict"] == "works" and same[0]["breaks"] == [], same)
    whole = {c["id"]: c["verdict"] for c in json.loads(attempt("run", MATRIX, "-f", "json").stdout)["scenarios"][0]["cells"]}
    for remedy in told["remedies"]:
        for cell in remedy["breaks"]:
            if "=" in cell:
                check(whole[f"{MATRIX}[{cell}]"] == "works", f"{cell} did not work before")


TWO_FAULTS = """viaport: 1
name: Two phones, each with another algorithm than its server
phones:
  a: {model: generic-rport, domain: one.example, auth: md5}
  b: {model: generic-rport, domain: two.example, auth: md5}
servers:
  one: {model: via-port, domain: one.example, auth: sha-256}
  two: {model: via-port, domain: two.example, auth: sha-256}
do: [register: a, register: b]
expect:
  - {register: a, result: fails}
  - {register: b, result: fails}
"""


def pairs_are_tried_when_no_single_change_helps():
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "two.yaml")
        with open(file, "w", encoding="utf-8") as out:
            out.write(TWO_FAULTS)
        told = explained(file)
    works = [r["change"] for r in told["remedies"] if r["verdict"] == "works"]
    check({"a": {"auth": "sha-256"}, "b": {"auth": "sha-256"}} in works and {"one": {"auth": "none"}, "two": {"auth": "none"}} in works, works)
    check(all(sum(map(len, change.values())) == 2 for change in works), works)
    half = [r["change"] for r in told["remedies"] if r["verdict"] == "degraded"]
    check({"a": {"auth": "sha-256"}} in half, half)


def it_is_the_same_for_every_number_of_workers():
    for file in ([SEED], [MATRIX, "--only", CELL]):
        check(attempt("explain", *file, "-f", "json", "-j", "1").stdout == attempt("explain", *file, "-f", "json", "-j", "3").stdout, file)


def text_has_the_ladder_the_chain_and_the_remedies_in_80_columns():
    for file in ([SEED], [MATRIX, "--only", CELL], ["scenarios/router/idle-phones.yaml", "--only", "phone=baresip,router=linux"]):
        text = attempt("explain", *file).stdout
        check(max(map(len, text.splitlines())) <= 80, f"{file}: 80 columns")
        for word in ("REGISTER", "Who is to blame", "What would mend it", "known as"):
            check(word in text, f"{file}: no {word}")


def what_works_needs_nothing():
    told = explained("scenarios/register/seed-test-2.yaml")
    check(told["chain"] == [] and told["remedies"] == [] and told["verdict"] == "works", told)
    check("nobody is to blame" in attempt("explain", "scenarios/register/seed-test-2.yaml").stdout, "text")


def a_matrix_says_when_it_fails():
    done = attempt("explain", MATRIX)
    check(done.returncode == 0 and "fails when" in done.stdout and "--only" in done.stderr, done.stdout + done.stderr)
    check(attempt("explain", MATRIX, "-f", "json").returncode == 2, "json of a matrix")
    check(attempt("explain", MATRIX, "--only", "phone=nobody").returncode == 5, "no such cell")
    check(attempt("explain", "no-such-file.yaml").returncode == 4, "no such file")
    check(attempt("explain", "--only", "phone", MATRIX).returncode == 2, "--only without a value")


for test in [f for name, f in list(globals().items()) if callable(f) and f.__module__ == "__main__" and name not in ("explained", "knobs")]:
    test()
