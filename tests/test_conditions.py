"""The conditions under which a matrix fails hold in every cell that fails and in none that works, wherever they are told."""
import json

from program import attempt, check, viaport

MATRICES = ["scenarios/register/matrix.yaml", "scenarios/compat/register.yaml", "scenarios/compat/full.yaml", "scenarios/remedies"]
SEED = "fails when phone rport is off and router ports is random and server force-rport is off"


def results(*words):
    return json.loads(viaport("run", "-f", "json", *words))["scenarios"]


def holds(literal, cell, axes):
    axis = axes[literal["axis"]]
    value = cell[literal["axis"]]
    if literal["knob"] is None:
        return value in literal["values"]
    return [axis["knobs"][literal["knob"]][axis["values"].index(value)]] == literal["values"]


def check_exact(scenario):
    axes = {}
    for axis in scenario["outline"]["axes"]:
        knobs = {knob["name"]: knob["values"] for knob in axis["knobs"]}
        axes[axis["name"]] = {"values": scenario["axes"][axis["name"]], "knobs": knobs}
    covered = [0] * len(scenario["conditions"])
    for cell in scenario["cells"]:
        held = [all(holds(l, cell["cell"], axes) for l in c["when"]) for c in scenario["conditions"]]
        works, fails = cell["verdict"] == "works", cell["verdict"] in ("fails", "stops", "degraded")
        check(not (works and any(held)), f"{cell['id']} works, and a condition holds in it")
        check(not fails or any(held), f"{cell['id']} fails, and no condition holds in it")
        covered = [n + (fails and h) for n, h in zip(covered, held)]
    check(covered == [c["cells"] for c in scenario["conditions"]], f"{scenario['path']}: cells are counted otherwise")
    check(covered == sorted(covered, reverse=True), f"{scenario['path']}: the most telling condition is not the first")


def conditions_are_exact():
    told = 0
    for matrix in MATRICES:
        for scenario in results(matrix):
            if len(scenario["cells"]) == 1:
                check(not scenario["conditions"], f"{scenario['path']}: conditions of a single run")
                continue
            check_exact(scenario)
            told += len(scenario["conditions"])
            check(scenario["conditions_proof"] == "smallest", f"{scenario['path']}: {scenario['conditions_proof']}")
    check(told > 40, f"only {told} conditions are told")


def words(text):
    return " ".join(text.split())


def text_and_json_say_the_same():
    text = words(viaport("run", MATRICES[0]).decode())
    conditions = results(MATRICES[0])[0]["conditions"]
    check(SEED in text, "the seed's condition is not told")
    check(len(conditions) == 2, f"{len(conditions)} conditions")
    for condition in conditions:
        check(f"{condition['text']} ({condition['cells']} cells)" in text, f"{condition['text']} is not in the text")
    order = [text.index("✓ works: registers"), text.index("fails when"), text.index("F01 reply-to-via-port")]
    check(order == sorted(order), "conditions stand between the matrix and the causes")
    many = viaport("run", "scenarios/register").decode()
    check("fails when" not in many, "one of many scenarios is one line")
    check("more conditions; -f json" in words(viaport("run", "scenarios/compat/register.yaml").decode()), "all of them on a page")


def every_report_has_them():
    for form in ("text", "json", "junit", "tap", "markdown", "github", "html"):
        done = attempt("run", MATRICES[0], "-f", form, env={"GITHUB_STEP_SUMMARY": ""})
        check(SEED in words(done.stdout), f"{form} says nothing of conditions")


def what_was_not_run_may_go_either_way():
    only = results(MATRICES[0], "--only", "phone=cisco-7970", "--only", "router=linux")[0]
    check([c["text"] for c in only["conditions"]] == ["fails in every cell"], f"{only['conditions']}")
    none = results(MATRICES[0], "--only", "phone=yealink")[0]
    check(none["conditions"] == [], f"{none['conditions']}")
    some = results(MATRICES[0], "--only", "phone=cisco-7940")[0]
    check([c["text"] for c in some["conditions"]] == ["fails when router ports is random and server force-rport is off"],
          f"{some['conditions']}")


def a_run_that_was_stopped_tells_of_what_ran():
    lab = open("scenarios/register/matrix.yaml", encoding="utf-8").read()
    lab = lab[: lab.index("known:")].replace("[cisco-7940, cisco-7970,", "[cisco-7970, cisco-7940,")
    done = attempt("run", "--fail-fast", "-", stdin=lab)
    check(done.returncode == 1, f"exit {done.returncode}: {done.stderr}")
    check("fails in every cell (of those that ran and are shown)" in words(done.stdout), done.stdout)


conditions_are_exact()
text_and_json_say_the_same()
every_report_has_them()
what_was_not_run_may_go_either_way()
a_run_that_was_stopped_tells_of_what_ran()
