"""The drawers of report.html: what they hold is whole and true, and cells that share one really have the same events."""
import os
import re
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor

from page_data import data_of, unpacked
from program import ROOT, attempt, check, viaport

MATRIX = "scenarios/register/matrix.yaml"


def drawers_of(data):
    """By scenario and cell of the page: its drawer, or None."""
    check(data["undrawn"] is None, f"ladders are missing: {data['undrawn']}")
    all_of_them = [unpacked(data, drawer) for drawer in data["drawers"]]
    return [[None if i is None else all_of_them[i] for i in scenario["drawers"]] for scenario in data["scenarios"]], all_of_them


# --- one drawer ----------------------------------------------------------------------------------------------------------

def units(text, at, length):
    """What stands there, counted as JavaScript does."""
    raw = text.encode("utf-16-le", "surrogatepass")
    check(2 * (at + length) <= len(raw), f"a span ends behind its text: {at}, {length}")
    return raw[2 * at:2 * (at + length)].decode("utf-16-le", "surrogatepass")


def between(text, spans):
    """What stands around the spans."""
    rest, end = [], 0
    for at, length in spans:
        rest.append(units(text, end, at - end))
        end = at + length
    return rest + [units(text, end, len(text.encode("utf-16-le", "surrogatepass")) // 2 - end)]


def spans_mark_what_differs(step):
    new = [span[:2] for span in step.get("spans", []) if span[2] == "new"]
    stale = [units(step["text"], at, length) for at, length, mark in step.get("spans", []) if mark == "stale"]
    said = [patch["text"] for patch in step.get("patches", []) if patch["mark"] == "stale"]
    check(all(any(patch.endswith(words) or words in patch for patch in said) for words in stale) or step.get("misled"),
          f"stale in the text is {stale}, beside the arrow {said}")
    if "old" in step:
        check(len(new) == len(step["old_spans"]), "not as many places are new as are old")
        check(between(step["text"], new) == between(step["old"], step["old_spans"]), "something differs that is not marked")
        check(step["text"] != step["old"], "nothing differs")
    else:
        check(not new, "something is new and nothing was old")


def ends_are_lanes(drawer, step):
    for key in ("from", "to"):
        end = step.get(key)
        if end:
            check(end[0] < len(drawer["lanes"]), f"there is no lane {end[0]}")
            check(end[1] <= drawer["lanes"][end[0]].get("wide", False), "only a router has two edges")


def tables_are_of_routers(drawer, step):
    for table in drawer["tables"][step["tables_at"]:step["tables_at"] + step.get("tables", 0)]:
        check(drawer["lanes"][table["lane"]].get("wide"), "who is no router has no table")
        check(table["lane"] in (step["from"][0], (step["to"] or [None])[0]), "a table is of a router that is not at this step")
        check(not table.get("missed") or (step["lost"] and step["unmapped"] and "asked" in table), "a miss is no loss")
        for row in table["rows"]:
            check(row["left"] is None or 0 <= row["left"] <= row["of"], f"a row lives longer than it may: {row}")
            check((row["state"] == "expired") == (row["left"] == 0), f"a row is over and is not: {row}")


def is_whole(drawer, drawers):
    for i, step in enumerate(drawer["steps"]):
        ends_are_lanes(drawer, step)
        joined = drawer["steps"][i - step["back"]] if "back" in step else None
        check(not joined or joined["to"][0] == step["from"][0], "what a router passes on had not come to it")
        if step["kind"] == "arrow":
            spans_mark_what_differs(step)
        tables_are_of_routers(drawer, step)
    for question in drawer["questions"]:
        check(question["step"] < len(drawer["steps"]) and 0 <= question["right"] < len(question["choices"]) >= 2,
              f"nobody can answer that: {question}")
    if "mended" in drawer:
        check(drawer["remedies"][0]["verdict"] == "works", "what works is not the first remedy")
        check(all(r["helps"] for r in drawer["remedies"] if r["verdict"] == "works"), "what works does not help")
        check(all(c["result"] == "works" for c in drawers[drawer["mended"]]["checks"]), "with the first remedy it does not work")


# --- the same events in another form -------------------------------------------------------------------------------------

def mermaid_arrows(text):
    return [(int(a), int(b), way == "--x", at, label) for a, way, b, at, label in
            re.findall(r"^    L(\d+)(->>|--x|--\))L(\d+): (\S+) ([^<\n]+)", text, re.M)]


def arrows(drawer):
    return [(s["from"][0], (s["to"] or s["from"])[0], s.get("lost", False), f"{s['at'] / 1e6:.3f}", s["label"])
            for s in drawer["steps"] if s["kind"] == "arrow"]


def single_runs():
    """All files of a single run that nothing forbids to draw."""
    files = [os.path.relpath(os.path.join(folder, file), ROOT) for folder, _, names in os.walk(os.path.join(ROOT, "scenarios"))
             for file in names if file.endswith(".yaml")]
    with ThreadPoolExecutor() as pool:
        counts = list(pool.map(lambda file: attempt("run", "--dry-run", "-q", file), sorted(files)))
    return [file for file, dry in zip(sorted(files), counts) if dry.stdout == "1 cell would run.\n"]


def every_scenario_has_a_drawer_that_says_what_its_diagram_says():
    files = single_runs()
    data = data_of(attempt("run", *files, "-f", "html").stdout)
    cells, drawers = drawers_of(data)
    names = {scenario["file"]: of[0] for scenario, of in zip(data["scenarios"], cells)}
    drawn = [file for file in files if names[file]]
    check(len(drawn) > 0.9 * len(files), f"only {len(drawn)} of {len(files)} scenarios have a drawer")
    for drawer in drawers:
        is_whole(drawer, drawers)
    with ThreadPoolExecutor() as pool:
        for file, text in zip(drawn, pool.map(lambda file: viaport("diagram", file, "-f", "mermaid").decode(), drawn)):
            own = names[file]
            if data["scenarios"][own["s"]]["file"] == file:
                check(arrows(own) == mermaid_arrows(text), f"{file}: the drawer and the diagram say other events")
            else:
                check(len(arrows(own)) == len(mermaid_arrows(text)), f"{file}: it shares a drawer with other events")


# --- sharing -------------------------------------------------------------------------------------------------------------

def shape(text):
    return re.sub(r"\d[\d.:]*", "#", text or "")


def story(drawer):
    """What happens, without names, addresses and times."""
    steps = [(s["kind"], s.get("from"), s.get("to"), s["label"] if s["kind"] == "arrow" else shape(s.get("label")), s.get("lost"),
              s.get("back"), s.get("cause"), shape(s.get("reason")), shape(s.get("remark")), shape(s.get("effect")),
              [(p["mark"], shape(p["text"])) for p in s.get("patches", [])]) for s in drawer["steps"]]
    return steps, [(c["result"], c.get("cause")) for c in drawer["checks"]], [(link["whose"], link["did"]) for link in drawer["chain"]]


def cells_that_share_a_drawer_have_the_same_events_each_by_itself():
    data = data_of(viaport("run", MATRIX, "-f", "html").decode())
    (cells,), drawers = drawers_of(data)
    first = {}
    for i, (cell, drawer) in enumerate(zip(data["scenarios"][0]["cells"], cells)):
        check(drawer["n"] == first.setdefault(id(drawer), cell["n"]), "the drawer is not that of the first cell that has it")
    check(1 < len(first) < len(cells), f"{len(cells)} cells have {len(first)} drawers")
    names = viaport("run", "--dry-run", MATRIX).decode().splitlines()[:-1]
    alone = lambda name: attempt("run", MATRIX, "--only", re.search(r"\[(.*)\]", name).group(1), "-f", "html").stdout
    with ThreadPoolExecutor() as pool:
        for name, drawer, page in zip(names, cells, pool.map(alone, names)):
            (own,), _ = drawers_of(data_of(page))
            check(story(own[0]) == story(drawer), f"{name}: alone it has other events")


# --- where they come from ------------------------------------------------------------------------------------------------

def any_number_of_jobs_makes_the_same_page():
    pages = [viaport("run", MATRIX, "-f", "html", "-j", jobs) for jobs in (1, 3)]
    check(pages[0] == pages[1], "-j 3 makes another page than -j 1")


def what_depends_on_chance_is_drawn_as_it_is_told():
    data = data_of(attempt("run", "scenarios/keepalive/lost-pings.yaml", "--seeds", "20", "-f", "html").stdout)
    cells, _ = drawers_of(data)
    told = [(cell.get("seed"), drawer.get("seed")) for cell, drawer in zip(data["scenarios"][0]["cells"], cells[0])
            if drawer["n"] == cell["n"]]
    check(any(seed for seed, _ in told), "no cell depends on chance")
    check(all(seed == drawn for seed, drawn in told), f"told and drawn are of other seeds: {told}")


def a_page_of_a_result_says_that_its_scenario_has_changed(folder):
    file, of_result = os.path.join(folder, "lab.yaml"), ("report", "result.json", "-f", "html")
    shutil.copy(os.path.join(ROOT, "scenarios/register/seed-test-1.yaml"), file)
    attempt("run", "lab.yaml", "-f", "json", "--out", ".", cwd=folder)
    data = data_of(attempt(*of_result, cwd=folder).stdout)
    check(data["undrawn"] is None and len(data["drawers"]) == 2, f"it has not changed, but {data['undrawn']}")
    with open(file, "a") as lab:
        lab.write("# another file now\n")
    data = data_of(attempt(*of_result, cwd=folder).stdout)
    check(data["drawers"] == [] and "lab.yaml is not there or has changed" in data["undrawn"], f"it says {data['undrawn']}")
    check(data["scenarios"][0]["drawers"] == [None], "a cell has a drawer nevertheless")


def a_page_says_that_a_crowd_has_no_ladder():
    crowd = "viaport: 1\nname: crowd\nphones: {crowd: {model: generic-rport, behind: home, count: 70}}\n" \
            "routers: {home: {model: random-port}}\nservers: {pbx: {model: rport-aware}}\n" \
            "do: [{register: crowd}]\nexpect: [{register: crowd, result: works}]\n"
    data = data_of(attempt("run", "-", "-f", "html", stdin=crowd).stdout)
    check(data["scenarios"][0]["drawers"] == [None], "a crowd has a ladder")
    check(data["undrawn"] == "a lab of more than 64 nodes has no ladder", f"it says {data['undrawn']}")


def the_larger_the_lab_the_less_is_tried():
    tried = []
    for count in (2, 40):
        crowd = f"viaport: 1\nname: crowd\nphones: {{crowd: {{model: generic-no-rport, behind: home, count: {count}}}}}\n" \
                "routers: {home: {model: random-port}}\nservers: {pbx: {model: via-port}}\n" \
                "do: [{register: crowd}]\nexpect: [{register: crowd, result: works}]\n"
        data = data_of(attempt("run", "-", "-f", "html", stdin=crowd).stdout)
        check(data["drawers"][0]["remedies"], f"{count} phones have no remedies")
        tried.append(data["drawers"][0]["tried"])
    check(tried[0] > 200 and tried[1] < 50, f"a page is no place to wait for: {tried}")


every_scenario_has_a_drawer_that_says_what_its_diagram_says()
a_page_says_that_a_crowd_has_no_ladder()
the_larger_the_lab_the_less_is_tried()
cells_that_share_a_drawer_have_the_same_events_each_by_itself()
any_number_of_jobs_makes_the_same_page()
what_depends_on_chance_is_drawn_as_it_is_told()
with tempfile.TemporaryDirectory() as temporary:
    a_page_of_a_result_says_that_its_scenario_has_changed(temporary)
