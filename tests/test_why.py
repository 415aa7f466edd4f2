"""`viaport run --why` names the nearest cells that work, and the knobs that they have in common."""
import json
import os
import tempfile

from program import attempt, check

MATRIX = "scenarios/register/matrix.yaml"
CELL = "phone=cisco-7940,router=tplink-er6020,server=3cx-11"


def why(file, cell, *options):
    return attempt("run", file, "--why", cell, *options)


def distance(a, b):
    return sum(a[axis] != b[axis] for axis in a)


def it_is_what_the_matrix_says(file):
    """Every cell of a matrix that does not work, against the whole matrix."""
    scenario = json.loads(attempt("run", file, "-f", "json").stdout)["scenarios"][0]
    knobs = {a["name"]: a["knobs"] for a in scenario["outline"]["axes"]}
    asked = 0
    for cell in scenario["cells"]:
        if cell["verdict"] == "works" or asked == 6:
            continue
        asked += 1
        done = why(file, cell["id"], "-f", "json")
        check(done.returncode == 0, f"{cell['id']}: {done.returncode} {done.stderr}")
        told = json.loads(done.stdout)
        check(told["it"]["verdict"] == cell["verdict"] and told["it"]["id"] == cell["id"], f"{cell['id']}: it is {told['it']}")
        for way in told["axes"]:
            axis = way["axis"]
            wanted = {c["id"]: (c["verdict"], c["confidence"]) for c in scenario["cells"]
                      if distance(c["cell"], cell["cell"]) == 1 and c["cell"][axis] != cell["cell"][axis]}
            check({c["id"]: (c["verdict"], c["confidence"]) for c in way["cells"]} == wanted, f"{cell['id']}: others along {axis}")
            best = {c["cell"][axis] for c in way["cells"] if c["verdict"] == way["best"]}
            values = scenario["axes"][axis]
            shared = {}
            for knob in knobs[axis]:
                texts = dict(zip(values, knob["values"]))
                there = {texts[v] for v in best}
                if len(there) == 1 and there != {texts[cell["cell"][axis]]}:
                    rest = {texts[c["cell"][axis]] for c in way["cells"] if c["verdict"] != way["best"]}
                    shared[knob["name"]] = (texts[cell["cell"][axis]], *there, not there & rest)
            if any(alone for _, _, alone in shared.values()):
                shared = {k: v for k, v in shared.items() if v[2]}
            check({k["knob"]: (k["here"], k["there"]) for k in way["knobs"]} == {k: v[:2] for k, v in shared.items()},
                  f"{cell['id']}: knobs along {axis}: {way['knobs']}, wanted {shared}")
    check(asked > 0, f"{file}: everything works")


def names_are_read_in_any_order(folder):
    text = why(MATRIX, CELL)
    for same in ("server=3cx-11,phone=cisco-7940,router=tplink-er6020", f"{MATRIX}[{CELL}]"):
        check(why(MATRIX, same).stdout == text.stdout, f"{same}: another answer")
    check(why("scenarios/register", f"{MATRIX}[{CELL}]").stdout == text.stdout, "among many files: another answer")
    check(why(MATRIX, CELL, "-j", "1").stdout == text.stdout, "one worker: another answer")
    check(max(map(len, text.stdout.splitlines())) <= 80, "80 columns")
    for words in ("fails: reply-to-via-port", "keep router and server, take another phone: 3 of 4 work",
                  "3cx-softphone-6, linphone (medium); yealink (low)", "confirmed: with phone rport on (not off) it works",
                  "keep phone and server, take another router: 2 of 3 work", "confirmed: with router ports preserve (not random) it works"):
        check(words in text.stdout, f"{words!r} is not in {text.stdout}")
    works = why(MATRIX, "phone=yealink,router=linux,server=3cx-11")
    check(works.stdout == "phone=yealink, router=linux, server=3cx-11\n  works (low confidence)\n", f"what works: {works.stdout}")


def confirmed(file, cell, axis):
    told = json.loads(why(file, cell, "-f", "json").stdout)
    way = next(way for way in told["axes"] if way["axis"] == axis)
    return [tuple((k["knob"], k["here"], k["there"]) for k in cure) for cure in way["confirmed"]]


def a_reason_is_what_cures_when_it_alone_is_changed(folder):
    """Knobs that only go together with the real one are not named."""
    rows = [
        ("scenarios/compat/register.yaml", CELL, {
            "phone": ([(("phone rport", "off", "on"),)], ["via-check"]),
            "router": ([(("router ports", "random", "preserve"),)], ["router mapping", "port-range"]),
            "server": ([(("server force-rport", "off", "on"),), (("server force-rport", "off", "auto"),)], ["server challenge"])}),
        ("scenarios/compat/full.yaml", "phone=yealink,router=pfsense,server=3cx-11", {
            "phone": ([], []),
            "router": ([(("router vpn-to", "[]", "[all]"),)], ["udp-timeout", "port-range", "sdp-o"]),
            "server": ([], [])}),
        (MATRIX, "phone=cisco-7940,router=pf,server=3cx-11", {
            "phone": ([(("phone rport", "off", "on"),)], ["via-check", "timers"]),
            # With its own ports it cannot keep 5060: the range must hold it.
            "router": ([(("router ports", "random", "preserve"), ("router port-range.from", "50001", "1024"))], ["udp-timeout"]),
            "server": ([(("server force-rport", "off", "on"),)], ["expires", "session-timer"])}),
    ]
    for file, cell, axes in rows:
        text = why(file, cell).stdout
        check(max(map(len, text.splitlines())) <= 80, f"{cell}: 80 columns")
        check("what they" not in text, text)
        for axis, (wanted, strange) in axes.items():
            cures = confirmed(file, cell, axis)
            check(cures[:len(wanted)] == wanted and bool(cures) == bool(wanted), f"{file} {cell}: along {axis} {cures}, wanted {wanted}")
            for word in strange:
                check(not any(word in knob[0] for cure in cures for knob in cure), f"{file} {cell}: {word} cures nothing: {cures}")
    unconfirmed = "no knob is confirmed, alone or with another one; they differ in: server media relay, not direct; server latch once, not off"
    text = " ".join(why(*rows[1][:2]).stdout.split())
    check(unconfirmed in text and "take another phone: none of 23 is better keep" in text, text)


def what_is_not_there_is_told_with_its_nearest_name(folder):
    rows = [
        (CELL.replace("cisco-7940", "cisco-7941"), 5, "did you mean cisco-7940?"),
        (CELL.replace("phone=", "fone="), 5, "there is no axis 'fone'; there are: phone, router, server"),
        ("phone=cisco-7940", 2, "one value of each axis: phone, router, server; which router, server?"),
        (f"{CELL},server=freeswitch-default", 2, "phone, router, server; which server?"),
        ("", 2, "it takes AXIS=VALUE"),
        ("cisco-7940", 2, "it takes AXIS=VALUE"),
        (f"scenarios/register/matrx.yaml[{CELL}]", 5, f"did you mean {MATRIX}?"),
    ]
    for cell, code, sentence in rows:
        done = why(MATRIX, cell)
        check(done.returncode == code and sentence in " ".join(done.stderr.split()), f"--why {cell!r}: {done.returncode} {done.stderr}")
    for options in (("--only", "phone=yealink"), ("--dry-run",), ("-f", "junit"), ("--out", folder), ("--fail-fast",)):
        check(why(MATRIX, CELL, *options).returncode == 2, f"--why with {options}")


def nothing_near_means_farther(folder):
    """Two axes that only help together, and a matrix in which nothing does."""
    lab = """viaport: 1
name: two things must change
axes:
  phone: [cisco-7940, yealink]
  server: [via-port, rport-aware]
phones: {{a: {{model: $phone, behind: home}}}}
routers: {{home: {{model: {router}}}}}
servers: {{pbx: {{model: $server}}}}
do:
  - register: a
judge:
  - register: a
"""
    path = os.path.join(folder, "two.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(lab.format(router="random-port"))
    done = why(path, "phone=cisco-7940,server=via-port")
    check("No cell that differs in one axis works; with 2 changes:\n  phone=yealink, server=rport-aware (low)\n" in done.stdout, f"two changes: {done.stdout}")
    told = json.loads(why(path, "phone=cisco-7940,server=via-port", "-f", "json").stdout)
    check((told["changes"], [c["cell"] for c in told["far"]]) == (2, [{"phone": "yealink", "server": "rport-aware"}]), f"two changes: {told}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(lab.format(router="random-port").replace("yealink", "polycom"))
    done = why(path, "phone=cisco-7940,server=via-port")
    check("No cell that differs in one axis works, nor does any other." in done.stdout, f"nothing works: {done.stdout}")
    both = [os.path.join(folder, "two.yaml"), os.path.join(folder, "three.yaml")]
    with open(both[1], "w", encoding="utf-8") as file:
        file.write(lab.format(router="pf"))
    done = attempt("run", *both, "--why", "phone=cisco-7940,server=via-port")
    check(done.returncode == 5 and "2 scenarios have such a cell" in " ".join(done.stderr.split()), f"two files: {done.stderr}")


with tempfile.TemporaryDirectory() as temporary:
    it_is_what_the_matrix_says(MATRIX)
    it_is_what_the_matrix_says("scenarios/compat/register.yaml")
    names_are_read_in_any_order(temporary)
    a_reason_is_what_cures_when_it_alone_is_changed(temporary)
    what_is_not_there_is_told_with_its_nearest_name(temporary)
    nothing_near_means_farther(temporary)
