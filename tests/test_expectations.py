"""What decides the exit code: `known`, `skip` and `expect: any` of a matrix, `expect` of a single run."""
import json

from program import attempt, check

# The old phone fails (reply-to-via-port); the new one stops after 30 s (mapping-expired) and works when the router waits for 60.
MATRIX = """viaport: 1
name: what is expected
axes: {phone: [generic-no-rport, generic-rport], timeout: [30s, 60s]}
phones:
  desk: {model: $phone, behind: home}
  lamp: {model: generic-rport, behind: home, listen-port: 5070, password: wrong}
routers: {home: {model: random-port, udp-timeout: $timeout}}
servers: {pbx: {model: rport-aware, stored-contact: source}}
do: [{register: desk}, {register: lamp}]
judge: [{register: desk}, {reachable-after: {phone: desk, time: 45s}}]
"""
AT = "stdin:11"  # where the rules begin
OLD, OLD_30, NEW_30, NEW_60 = "phone: generic-no-rport", "phone: generic-no-rport, timeout: 30s", "phone: generic-rport, timeout: 30s", "phone: generic-rport, timeout: 60s"
LAMP = ", {register: lamp, as: lamp}]"  # which has the wrong password


def known(when, more="", why="it is old"):
    return f"{{when: {{{when}}}, why: {why}{more}}}"


def result_of(text, *args):
    """The scenario's result, and the exit code."""
    done = attempt("run", "-", "-f", "json", *args, stdin=text)
    check(done.stdout, f"{text}\n{done.stderr}")
    return json.loads(done.stdout)["scenarios"][0], done.returncode


def cell_of(text, when):
    only = when.replace(": ", "=").replace(" ", "")
    scenario, code = result_of(text, "--only", only)
    cell = scenario["cells"][0]
    check(code == (0 if cell["expected"] else 1), f"{text}\nexit {code}, {cell}")
    return cell


def rules_decide_what_is_expected():
    """Rules of the matrix, a cell; is it as expected, is it known; its why; what is said when it is not as expected."""
    rows = [
        # nothing is said: every cell is to work
        ("", NEW_60, True, False, None, None),
        ("", OLD_30, False, False, None, "expected works"),
        ("", NEW_30, False, False, None, "expected works"),
        # an entry is for the cells that it names: a value, a list, every value of an axis that is not named
        (f"known: [{known(OLD)}]", OLD_30, True, True, "it is old", None),
        (f"known: [{known(OLD_30)}]", OLD_30, True, True, "it is old", None),
        (f"known: [{known('timeout: [30s, 60s], ' + OLD)}]", OLD_30, True, True, "it is old", None),
        (f"known: [{known(OLD)}]", NEW_30, False, False, None, "expected works"),
        # it must fit the result and the cause, when it says them
        (f"known: [{known(OLD, ', result: fails')}]", OLD_30, True, True, "it is old", None),
        (f"known: [{known(OLD, ', cause: reply-to-via-port')}]", OLD_30, True, True, "it is old", None),
        (f"known: [{known(OLD, ', result: fails, cause: F01')}]", OLD_30, True, True, "it is old", None),
        (f"known: [{known(OLD, ', result: stops')}]", OLD_30, False, False, None,
         f"known at {AT} as stops, found fails: reply-to-via-port"),
        (f"known: [{known(OLD, ', cause: mapping-expired')}]", OLD_30, False, False, None,
         f"known at {AT} as not working: mapping-expired, found fails: reply-to-via-port"),
        (f"known: [{known(NEW_30, ', result: stops, cause: reply-to-via-port')}]", NEW_30, False, False, None,
         f"known at {AT} as stops: reply-to-via-port, found stops: mapping-expired"),
        (f"known: [{known(OLD, ', result: degraded, cause: reply-to-via-port')}]", OLD_30, False, False, None,
         f"known at {AT} as degraded: reply-to-via-port, found fails"),
        # a cell that starts to work asks for the removal of its entry
        (f"known: [{known(NEW_60)}]", NEW_60, False, False, None, f"works now: remove the known entry at {AT}"),
        (f"known: [{known(NEW_60, ', result: stops, cause: mapping-expired')}]", NEW_60, False, False, None,
         f"works now: remove the known entry at {AT}"),
        (f"known: [{known(NEW_60, ', strict: on')}]", NEW_60, False, False, None, f"works now: remove the known entry at {AT}"),
        (f"known: [{known(NEW_60, ', strict: off')}]", NEW_60, True, False, None, None),
        # of several entries one must fit; when none does, the first is named
        (f"known: [{known(OLD_30, ', result: stops')}, {known(OLD, ', result: fails', 'two')}]", OLD_30, True, True, "two", None),
        (f"known: [{known(OLD_30, ', result: stops')}, {known(OLD, ', result: degraded')}]", OLD_30, False, False, None,
         f"known at {AT} as stops, found fails: reply-to-via-port"),
        (f"known: [{known(OLD, ', cause: mapping-expired')}, {known(OLD_30, ', cause: reply-to-via-port', 'two')}]", OLD_30, True,
         True, "two", None),
        # what is skipped does not run, whatever else is said of it
        (f"skip: [{known(OLD, why='not now')}]", OLD_30, True, False, "not now", None),
        (f"skip: [{known(OLD_30, why='not now')}]\nknown: [{known(OLD)}]", OLD_30, True, False, "not now", None),
        # nothing is promised
        ("expect: any", OLD_30, True, False, None, None),
        ("expect: any", NEW_60, True, False, None, None),
    ]
    for rules, when, expected, is_known, why, surprise in rows:
        cell = cell_of(MATRIX + rules + "\n", when)
        found = cell["expected"], cell["known"], cell["why"], cell.get("surprise")
        check(found == (expected, is_known, why, surprise), f"{rules} for {when}:\nwanted {expected, is_known, why, surprise}\nfound  {found}")
        check((cell["verdict"] == "skipped") == rules.startswith("skip"), f"{rules}: {cell['verdict']}")
        check((cell["checks"] == []) == rules.startswith("skip"), f"{rules}: {cell['checks']}")


def a_known_cause_must_explain_all_checks():
    text = MATRIX.replace("time: 45s}}]", "time: 45s}}" + LAMP)
    cell = cell_of(text + f"known: [{known(OLD, ', cause: reply-to-via-port')}]\n", OLD_30)
    wanted = f"known at {AT} as not working: reply-to-via-port, found fails: wrong-password"
    check(cell["surprise"] == wanted, f"wanted {wanted}, found {cell}")
    cell = cell_of(text + f"known: [{known(OLD)}]\n", OLD_30)
    check(cell["known"], f"an entry without a cause allows all: {cell}")


def errors_are_never_expected():
    for rules in (f"known: [{known(OLD)}]", "expect: any"):
        scenario, code = result_of(MATRIX + rules + "\n", "--max-events", "5", "--only", "phone=generic-no-rport")
        cells = scenario["cells"]
        check(code == 1 and all(c["verdict"] == "error" and not c["expected"] and not c["known"] for c in cells), f"{rules}: {cells}")


def sums_agree_with_cells():
    rules = f"skip: [{known(OLD_30, why='not now')}]\nknown: [{known(OLD)}]\n"
    scenario, code = result_of(MATRIX + rules)
    totals, cells = scenario["totals"], scenario["cells"]
    check(code == 1 and totals["unexpected"] == 1 and totals["known"] == 1 and totals["skipped"] == 1, f"{totals}")
    check([c["known"] for c in cells] == [False, True, False, False], f"{cells}")
    text = attempt("run", "-", stdin=MATRIX + rules).stdout
    check("1 cell skipped: not now\n1 cell known: it is old\n" in text, text)
    check("1 skipped, 1 known, 1 not as expected" in " ".join(text.split()), text)


def removal_is_asked_for_in_words():
    done = attempt("run", "-", stdin=MATRIX + f"known: [{known(OLD)}, {known(NEW_30)}, {known(NEW_60)}]\n")
    check(done.returncode == 1 and f"works now: remove the known entry at {AT}" in done.stdout, done.stdout)
    done = attempt("run", "-", stdin=MATRIX + f"known: [{known(OLD)}, {known(NEW_30, ', cause: F01')}]\n")
    check(f"known at {AT} as not working: reply-to-via-port, found stops: mapping-expired" in " ".join(done.stdout.split()), done.stdout)


def entries_without_a_use_are_mistakes():
    rows = [
        (f"known: [{{when: {{{OLD}}}}}]", "has no 'why'"),
        (f"skip: [{{when: {{{OLD}}}}}]", "has no 'why'"),
        (f"known: [{known(OLD, why=chr(34) * 2)}]", "'why' is empty"),
        (f"skip: [{known(OLD, why=chr(34) * 2)}]", "'why' is empty"),
        (f"known: [{known('phone: nobody')}]", "has no value 'nobody'"),
        (f"known: [{known(OLD)}, {known(OLD_30, ', cause: F01')}]", "no cell is left"),
        (f"known: [{known(OLD, ', cause: F01')}, {known(OLD_30, ', cause: reply-to-via-port, result: fails')}]", "no cell is left"),
        (f"skip: [{known(OLD)}]\nknown: [{known(OLD_30)}]", "no cell is left"),
        (f"known: [{known(OLD, ', result: works')}]", "needs no 'known'"),
    ]
    for rules, sentence in rows:
        done = attempt("check", "-", stdin=MATRIX + rules + "\n")
        check(done.returncode == 3 and sentence in done.stderr, f"{rules}: exit {done.returncode}\n{done.stderr}")
    several = f"known: [{known(OLD, ', result: fails')}, {known(OLD_30, ', result: degraded')}, {known(OLD_30, ', cause: F10')}]"
    done = attempt("check", "-", stdin=MATRIX + several + "\n")
    check(done.returncode == 0, f"several ways to be bad: {done.stderr}")


def a_single_run_is_compared_check_by_check():
    """What is expected; what is said when it is not so."""
    single = MATRIX.split("judge")[0].replace("axes: {phone: [generic-no-rport, generic-rport], timeout: [30s, 60s]}\n", "").replace(
        "$phone", "generic-no-rport").replace("$timeout", "30s")
    rows = [
        ("result: fails", None),
        ("result: fails, cause: reply-to-via-port", None),
        ("result: fails, cause: F01, lost-at: home", None),
        ("result: works", "expected works"),
        ("result: fails, cause: mapping-expired", "expected fails: mapping-expired"),
        ("result: fails, lost-at: pbx", "expected fails, lost at pbx"),
        ("result: fails, cause: F01, lost-at: pbx", "expected fails: reply-to-via-port, lost at pbx"),
    ]
    for wanted, surprise in rows:
        scenario, code = result_of(single + f"expect: [{{register: lamp, result: fails}}, {{register: desk, {wanted}}}]\n")
        cell = scenario["cells"][0]
        lamp, desk = cell["checks"]
        check(code == (1 if surprise else 0) and cell["expected"] == (not surprise), f"{wanted}: exit {code}, {cell}")
        check("surprise" not in lamp and desk.get("surprise") == surprise == cell.get("surprise"), f"{wanted}: {cell}")


rules_decide_what_is_expected()
a_known_cause_must_explain_all_checks()
errors_are_never_expected()
sums_agree_with_cells()
removal_is_asked_for_in_words()
entries_without_a_use_are_mistakes()
a_single_run_is_compared_check_by_check()
