"""`viaport run --seeds N`: which cells depend on chance, how many of N seeds they are so under, and a seed for every outcome."""
import json
import os
import re
import tempfile
from collections import Counter

from program import attempt, check

PINGS = "scenarios/keepalive/lost-pings.yaml"

# The router has eight ports outside, and 5060 is one of them: who gets it hears the answers to the Via port.
FEW_PORTS = """viaport: 1
name: two phones and eight ports
phones:
  first: {model: generic-no-rport, address: 192.168.1.104:5060, behind: home}
  second: {model: generic-no-rport, address: 192.168.1.105:5060, behind: home}
routers:
  home: {model: random-port, port-range: {from: 5060, to: 5067}}
servers:
  pbx: {model: via-port}
do: [{register: first}, {register: second}]
"""
SINGLE = FEW_PORTS + "expect: [{register: first, result: RESULT}, {register: second, result: RESULT}]\n"
MATRIX = FEW_PORTS.replace("phones:", "axes: {ports: [5067, 5060]}\nphones:").replace("to: 5067", "to: $ports") + """judge:
- {register: first, as: first}
- {register: second, as: second}
"""


def result_of(*args, code=None):
    done = attempt("run", "-f", "json", *args)
    check(code in (None, done.returncode), f"{args}: exit {done.returncode}, wanted {code}: {done.stderr}")
    return json.loads(done.stdout)["scenarios"][0]


def words(text):
    return " ".join(text.split())


def as_outcome(cell):
    return cell["verdict"], frozenset(c["cause"] for c in cell["checks"] if c["cause"])


def the_share_is_that_of_each_seed_by_itself(path, first, n):
    alone = [result_of(path, "--seed", first + i)["cells"] for i in range(n)]
    whole = result_of(path, "--seeds", n, *(["--seed", first] if first != 1 else []))
    check(whole["seed"] == first, "the scenario's seed is the first one")
    for number, cell in enumerate(whole["cells"]):
        came = [as_outcome(cells[number]) for cells in alone]
        told = {(o["verdict"], frozenset(o["causes"])): o for o in cell["seeds"]["outcomes"]}
        check(cell["seeds"]["n"] == n, f"{cell['id']}: {cell['seeds']['n']} seeds")
        check(Counter(came) == {key: o["count"] for key, o in told.items()}, f"{cell['id']}: {told}, each by itself: {came}")
        check(all(o["seed"] == first + came.index(key) for key, o in told.items()), f"{cell['id']}: not the first seeds: {told}")
    check(whole["totals"]["by_chance"] == sum(len(c["seeds"]["outcomes"]) > 1 for c in whole["cells"]), "by_chance counts them")
    return whole


def the_worst_is_told_as_its_seed_shows_it(path, whole):
    order = ["error", "fails", "stops", "degraded", "works"]
    for number, cell in enumerate(whole["cells"]):
        outcomes = cell["seeds"]["outcomes"]
        check([o["verdict"] for o in outcomes] == sorted((o["verdict"] for o in outcomes), key=order.index), f"{outcomes}")
        alone = result_of(path, "--seed", outcomes[0]["seed"])["cells"][number]
        check(alone["checks"] == cell["checks"] and alone["verdict"] == cell["verdict"], f"{cell['id']}: not as seed {outcomes[0]['seed']}")


def workers_and_levels_make_no_difference(path):
    for form in ("text", "json"):
        one = attempt("run", "-f", form, "--seeds", 40, "-j", 1, path)
        for more in (("-j", 4), ("-j", 2, "--parse", "all"), ("-j", 1, "--trace", "counts")):
            other = attempt("run", "-f", form, "--seeds", 40, *more, path)
            same = other.stdout == one.stdout or (form == "text" and "--trace" in more)
            check(other.returncode == one.returncode and same, f"{form} {more} differs")


def without_seeds_nothing_is_said_of_them(path):
    plain = attempt("run", "-f", "json", path).stdout
    check('"seeds"' not in plain and "by_chance" not in plain, "there are keys of --seeds")
    check("chance" not in attempt("run", path).stdout, "chance is spoken of")


def the_seeds_are_counted_round(path):
    last = 2**63 - 1
    outcomes = result_of(path, "--seed", last, "--seeds", 2)["cells"][0]["seeds"]["outcomes"]
    alone = [as_outcome(result_of(path, "--seed", seed)["cells"][0]) for seed in (last, 0)]
    check(sum(o["count"] for o in outcomes) == 2 and {o["verdict"] for o in outcomes} == {v for v, _ in alone}, f"{outcomes}, {alone}")


def tables_show_the_share(path):
    done = attempt("run", "--seeds", 20, path)
    text = done.stdout
    check(done.returncode == 0, f"exit {done.returncode}")
    check("| stops 9 of 20 R| F10" in text.replace("│", "|"), text)
    check("n of 20: depends on chance" in text, text)
    check("depends on chance:\n\n  every=20s, timeout=30s\n    stops 9 of 20: mapping-expired\n      viaport run" in text, text)
    check(text.count("--seed 4\n") == 2 and text.count("--seed 1\n") == 1, "a command for the cause, and one for each outcome: " + text)
    check(text.endswith("\n4 cells: 3 work, 1 stops, 1 known, 1 depends on chance, all as expected.\n"), text)
    check(all(len(line) <= 80 for line in text.splitlines()), text)
    commands = [line for line in text.replace(" \\\n", "").splitlines() if "viaport run" in line]
    for command, verdict in zip(commands, ("stops", "stops", "works")):
        alone = attempt("run", "-f", "json", *command.split()[2:])
        check(json.loads(alone.stdout)["scenarios"][0]["cells"][0]["verdict"] == verdict, f"{command}: not {verdict}")


def many_are_listed_up_to_ten(folder):
    with open(PINGS, encoding="utf-8") as file:
        text = file.read().replace("every: [20s, 10s]", f"every: [{', '.join(f'{n}s' for n in range(16, 28))}]").split("known:")[0]
    text = text.replace("timeout: [30s, 60s]", "timeout: [30s]").replace("loss: 1%", "loss: 3%") + "expect: any\n"
    done = attempt("run", "--seeds", 20, write(folder, "many.yaml", text))
    check("12 depend on chance" in done.stdout and "  and 2 more cells\n" in done.stdout, done.stdout)
    check(done.stdout.count("\n  every=") == 10, done.stdout)


def a_single_run_says_what_else_may_come(folder):
    both = write(folder, "both.yaml", SINGLE.replace("RESULT", "fails"))
    first = write(folder, "first.yaml", SINGLE.replace("RESULT", "fails").replace(", {register: second, result: fails}", ""))
    done = attempt("run", "--seeds", 20, both)
    check(re.search(r"""depends on chance, above is seed 1:
    fails 3 of 20: reply-to-via-port, not as expected
      viaport run .*/both.yaml --seed 1
    fails 16 of 20: reply-to-via-port
      viaport run .*/both.yaml --seed 2
    degraded 1 of 20: two-phones-one-port, not as expected
      viaport run .*/both.yaml --seed 10

1 scenario, not as expected""", done.stdout), done.stdout)
    check(done.returncode == 1, f"outcomes that are not expected: exit {done.returncode}")
    done = attempt("run", "--seeds", 20, first)
    check(done.returncode == 1 and "with seed 10: expected fails" in words(done.stdout), "an outcome that is not told: " + done.stdout)
    lines = words(attempt("run", "--seeds", 20, both, PINGS, PINGS).stdout)
    check("both.yaml reply-to-via-port 19 of 20 seeds NOT AS" in lines, lines)


def reports_for_machines_tell_it_too(folder):
    strict = write(folder, "strict.yaml", open(PINGS, encoding="utf-8").read().split("known:")[0])
    line = "stops 9 of 20: mapping-expired, not as expected (--seed 4); works 11 of 20 (--seed 1)"
    for form, cell in (("junit", f"depends on chance: {line}"), ("tap", f'chance: "{line}"'), ("markdown", f"every=20s,timeout=30s: {line}")):
        text = attempt("run", "--seeds", 20, "-f", form, strict).stdout
        check(cell in text, f"{form} does not say {cell}:\n{text}")
        check(re.search(r"--only every=20s,timeout=30s --seed 4\"?$", text, re.M), f"{form}: no command:\n{text}")
    check("\\| stops 9 of 20 `R" in text and "n of 20: depends on chance" in text, text)


def every_outcome_must_be_expected(folder):
    """Rules of the matrix; is the cell with eight ports as expected, is it known, what is said when it is not."""
    known = "known: [{when: {ports: 5067}, %swhy: a ticket}]"
    rows = [
        ("", False, False, "expected works"),
        ("expect: any", True, False, None),
        ("skip: [{when: {ports: 5067}, why: not now}]", True, False, None),
        (known % "", True, True, None),
        (known % "result: fails, cause: reply-to-via-port, ", False, False, "with seed 10: known at"),
        (known.replace("]", ", {when: {ports: 5067}, result: degraded, why: another}]") % "result: fails, ", True, True, None),
        (known % "result: degraded, ", False, False, "known at"),
    ]
    for rules, expected, is_known, surprise in rows:
        path = write(folder, "rules.yaml", MATRIX + rules + "\n")
        cell = result_of("--seeds", 20, "--only", "ports=5067", path)["cells"][0]
        check((cell["expected"], cell["known"]) == (expected, is_known), f"{rules}: {cell}")
        check(bool(surprise) == ("surprise" in cell) and (surprise or "") in cell.get("surprise", ""), f"{rules}: {cell}")
        check(("seeds" in cell) == (cell["verdict"] != "skipped"), f"{rules}: {cell}")


def what_works_under_some_seeds_is_still_known(folder):
    with open(PINGS, encoding="utf-8") as file:
        strict = write(folder, "strict.yaml", file.read().replace("    strict: off\n", ""))
    check(attempt("run", "--seeds", 20, strict).returncode == 0, "it works under eleven, and is known")
    done = attempt("run", "--seeds", 2, strict)
    check(done.returncode == 1 and "works now: remove the known entry" in words(done.stdout), "it works under both: " + done.stdout)


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


with tempfile.TemporaryDirectory() as folder:
    few_ports = write(folder, "few.yaml", SINGLE.replace("RESULT", "works"))
    for path, first, n in ((PINGS, 1, 30), (few_ports, 1, 60), (few_ports, 7, 30)):
        whole = the_share_is_that_of_each_seed_by_itself(path, first, n)
        the_worst_is_told_as_its_seed_shows_it(path, whole)
        workers_and_levels_make_no_difference(path)
        without_seeds_nothing_is_said_of_them(path)
    the_seeds_are_counted_round(few_ports)
    tables_show_the_share(PINGS)
    many_are_listed_up_to_ten(folder)
    a_single_run_says_what_else_may_come(folder)
    reports_for_machines_tell_it_too(folder)
    every_outcome_must_be_expected(folder)
    what_works_under_some_seeds_is_still_known(folder)
