"""`viaport explain FILE` names who is to blame and finds what would mend a cell by running it."""
import json
import os
import re
import tempfile

from program import attempt, check

SEED = "scenarios/register/seed-test-1.yaml"
MATRIX = "scenarios/register/matrix.yaml"
CELL = "phone=cisco-7970,router=pfsense-static,server=asterisk-chan_pjsip"


def explained(file, *options):
    done = attempt("explain", file, "-f", "json", *options)
    check(done.returncode == 0, f"{file}: {done.returncode} {done.stderr}")
    return json.loads(done.stdout)


def is_cure(remedy):
    return remedy["verdict"] == "works" and not (remedy["lasts"] and remedy["lasts"]["verdict"] == "stops")


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
        order = [efforts.index(r["effort"]) for r in explained(file)["remedies"] if is_cure(r)]
        check(order == sorted(order) and len(set(order)) > 1, f"{file}: {order}")


def written(folder, text, **values):
    file = os.path.join(folder, "lab.yaml")
    with open(file, "w", encoding="utf-8") as out:
        out.write(text % values)
    return file


def lasting(told, **change):
    """Of the remedy that makes this one change."""
    (node, (knob, value)), = change.items()
    return next(r for r in told["remedies"] if r["change"] == {node: {knob: value}})["lasts"]


SHORT = """viaport: 1
name: A router that forgets after %(timer)s, and a phone that is left alone
phones: {a: {model: generic-rport, rport: off, behind: home, keepalive: {type: %(keepalive)s, every: %(every)s}}}
routers: {home: {model: random-port, udp-timeout: %(timer)s}}
servers: {pbx: {model: rport-aware, stored-contact: source}}
do: [register: a]
%(asks)s
"""
REGISTERS = "expect: [{register: a, result: fails}]"


def a_remedy_lasts_as_long_as_the_mapping():
    """Played for real: the phone registers with it, and is called when the router has had time to forget."""
    rows = [
        # nobody sends anything: until the router's timer, whatever that is
        ("60s", "none", "30s", ("stops", "1m", "mapping-expired")),
        ("90s", "none", "30s", ("stops", "90s", "mapping-expired")),
        # a keepalive before it, and just after it
        ("60s", "crlf", "30s", ("works", None, None)),
        ("60s", "crlf", "59s", ("works", None, None)),
        ("60s", "crlf", "70s", ("stops", "1m", "mapping-expired")),
        # between two keepalives there is a hole, though one of them comes soon after the timer
        ("60s", "crlf", "61s", ("stops", "1m", "mapping-expired")),
    ]
    for timer, keepalive, every, wanted in rows:
        with tempfile.TemporaryDirectory() as folder:
            told = explained(written(folder, SHORT, timer=timer, keepalive=keepalive, every=every, asks=REGISTERS))
        lasts = lasting(told, a=("rport", "on"))
        check((lasts["verdict"], lasts["until"], lasts["cause"]) == wanted, f"{timer} {keepalive} {every}: {lasts}")
        check(not lasts["asked"], f"{timer}: the file does not ask")
        check(lasts["text"] == (f"for {wanted[1]}, then mapping-expired" if wanted[1] else "yes"), lasts)


def what_does_not_last_comes_last_and_is_no_cure():
    with tempfile.TemporaryDirectory() as folder:
        file = written(folder, SHORT, timer="60s", keepalive="none", every="30s", asks=REGISTERS)
        told, text = explained(file), attempt("explain", file).stdout
    works = [r for r in told["remedies"] if r["verdict"] == "works"]
    order = [is_cure(r) for r in works]
    check(order == sorted(order, reverse=True) and True in order and False in order, order)
    check(works[0]["effort"] != "a setting of a phone", "the phone alone does not do it")
    check("not for long, so that they are no cure" in text and "1m: mapping-expired" in text, text)


def a_scenario_may_ask_itself_whether_it_lasts():
    asks = "expect: [{reachable-after: {phone: a, time: 5m}, result: fails}]"
    with tempfile.TemporaryDirectory() as folder:
        told = explained(written(folder, SHORT, timer="60s", keepalive="crlf", every="30s", asks=asks))
    check(lasting(told, a=("rport", "on")) == {"asked": True, "cause": None, "check": None, "text": "yes, the scenario itself asks", "until": None, "verdict": "works"}, told)


def who_registers_and_is_not_reached_is_told_so():
    told = explained(SEED)
    rport = lasting(told, cisco=("rport", "on"))
    check((rport["verdict"], rport["cause"]) == ("fails", "private-contact"), rport)
    check(lasting(told, er6020=("alg", "alg-g"))["verdict"] == "works", "a complete ALG mends the Contact")
    check(lasting(told, er6020=("alg", "alg-d"))["until"] == "1m", "an ALG of signalling opens it and does not hold it")
    check("not reached" in attempt("explain", SEED).stdout, "text")


def a_router_is_blamed_for_what_it_has_to_keep_and_no_more():
    """Two minutes (REQ-5): who is silent for longer is forgotten by routers that do what they have to, too."""
    asks = "expect: [{reachable-after: {phone: a, time: 5m}, result: stops}]"
    for keepalive, every, against in (("none", "30s", []), ("crlf", "100s", ["RFC 4787 4.3 (REQ-5)"] * 2), ("crlf", "150s", [])):
        with tempfile.TemporaryDirectory() as folder:
            lab = SHORT.replace("rport: off", "rport: on")
            told = explained(written(folder, lab, timer="60s", keepalive=keepalive, every=every, asks=asks))
        check(told["cause"] == "mapping-expired", told["cause"])
        check([link["clause"] for link in told["chain"] if link["standing"] == "against"] == against, f"{keepalive} {every}: {told['chain']}")


def of_many_other_cells_the_nearest_are_tried_and_then_some_of_all():
    told = explained("scenarios/compat/full.yaml", "--only", "phone=cisco-7940,router=tplink-er6020,server=3cx-11")
    broken = {r["remedy"]: r["breaks"] for r in told["remedies"] if r["breaks"]}
    check("phone=cisco-7940,router=mikrotik,server=3cx-11" in broken["remedy-c-ports"], "the same phone and server behind another router")
    for axis, least in (("phone", 10), ("router", 6), ("server", 10)):
        values = {choice for cell in broken["remedy-c-ports"] for choice in cell.split(",") if choice.startswith(axis)}
        check(len(values) >= least, f"{axis}: {values}")


def nobody_is_told_to_give_up_passwords_or_to_pick_up_later():
    for file, unwanted in (("scenarios/register/wrong-password.yaml", ("pbx", "auth", "none")), ("scenarios/call/password.yaml", ("pbx", "challenge-invite", "off")),
                           ("scenarios/media/s22-late-latch.yaml", ("desk", "ring", "15s")), ("scenarios/call/s12-two-phones-c.yaml", ("first", "ring", "15s"))):
        told = explained(file)
        for r in told["remedies"]:
            check((unwanted[0], *unwanted[1:]) not in [(node, *knob) for node, knobs in r["change"].items() for knob in knobs.items()], f"{file}: {r['change']}")
    cures = [r for r in explained("scenarios/register/s03-7970-lan.yaml")["remedies"] if is_cure(r)]
    check(cures, "other settings are tried as before")


def what_makes_it_worse_is_no_help():
    """A phone that is not reached at all makes another verdict than one that is reached for a while, and no better one."""
    for file, worse in (("scenarios/keepalive/s09-pingless.yaml", {"pbx": {"stored-contact": "literal"}}),
                        ("scenarios/call/s16-ack32.yaml", {"home": {"max-mappings": "1"}}),
                        ("scenarios/media/rebound.yaml", {"home": {"max-mappings": "1"}})):
        told = explained(file)
        check(told["verdict"] == "stops" and worse not in [r["change"] for r in told["remedies"]], f"{file}: {worse}")
        check(all(not r["helps"] or r["remedy"] or r["verdict"] == "works" or not r["breaks"] for r in told["remedies"]), file)
        helps = [r["helps"] for r in told["remedies"]]
        check(helps == sorted(helps, reverse=True) and helps[0] and not helps[-1], f"{file}: what does not help stands before what does")
    text = attempt("explain", "scenarios/keepalive/s09-pingless.yaml").stdout
    check("These do not help:" in text and "in part" not in text, "text")


def of_a_call_it_is_audio_that_has_to_last():
    told = explained("scenarios/media/s20-one-way.yaml")
    check(lasting(told, pbx=("latch", "once"))["verdict"] == "works", "the phone calls by itself, and nobody has to reach it")


CALL = """viaport: 1
name: A call that the router forgets
phones:
  a: {model: generic-rport, behind: home, rtp: {silence-suppression: on}}
  b: {model: generic-rport, address: 203.0.113.20:5060}
routers: {home: {model: random-port, udp-timeout: 40s, refresh: outbound}}
servers: {pbx: {model: rport-aware, stored-contact: source, media: relay, latch: off}}
do:
  - register: [a, b]
  - call: {from: a, to: b, for: 20s}
  - {at: 2s, mute: {phone: a, for: 10m}}
expect:
  - {audio: {from: b, to: a}, result: fails}
"""


def audio_that_ends_with_a_longer_call_does_not_last():
    with tempfile.TemporaryDirectory() as folder:
        told = explained(written(folder, CALL))
    lasts = lasting(told, pbx=("latch", "once"))
    check((lasts["verdict"], lasts["until"], lasts["cause"], lasts["check"]) == ("stops", "40s", "mapping-expired", "audio b to a"), lasts)


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


BYSTANDER = """viaport: 1
name: The one does not register, and of the other nobody speaks
phones:
  a: {model: cisco-7940, behind: home}
  b: {model: cisco-7940, send-port: ephemeral, behind: fine}
routers:
  home: {model: random-port}
  fine: {model: random-port, one-to-one: b}
servers: {pbx: {model: via-port}}
do: [register: a, register: b]
expect: [{register: a, result: fails}]
"""


def a_phone_of_which_no_check_speaks_is_harmed_too():
    with tempfile.TemporaryDirectory() as folder:
        file = written(folder, BYSTANDER)
        told, text = explained(file), attempt("explain", file).stdout
    force = next(r for r in told["remedies"] if r["change"] == {"pbx": {"force-rport": "on"}})
    check(force["verdict"] == "works" and force["breaks"] == ["register b"], force)
    check(next(r for r in told["remedies"] if r["change"] == {"home": {"ports": "preserve"}})["breaks"] == [], "the other phone is behind another router")
    check(max(map(len, text.splitlines())) <= 80, "80 columns")
    check("remedy-e breaks register b." in text and "breaks" in text, text)
    harmless = [r["breaks"] == [] for r in told["remedies"] if is_cure(r) and r["effort"] == force["effort"]]
    check(harmless == sorted(harmless, reverse=True), "harm comes later")


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
    check({"a": {"auth": "sha-256"}, "b": {"auth": "sha-256"}} in works and {"one": {"auth": "md5"}, "two": {"auth": "md5"}} in works, works)
    check(all(sum(map(len, change.values())) == 2 for change in works), works)
    efforts = [["a setting of a phone", "a setting of a server"].index(r["effort"]) for r in told["remedies"] if is_cure(r)]
    check(efforts == sorted(efforts) and set(efforts) == {0, 1}, f"pairs by what the dearer of the two takes: {efforts}")
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


def many_that_are_changed_alike_are_told_once():
    names = [f"p{i}" for i in range(5)]
    lab = "viaport: 1\nname: five\nphones:\n" + "".join(f"  {name}: {{model: generic-no-rport, behind: home}}\n" for name in names) + \
          "routers: {home: {model: random-port}}\nservers: {pbx: {model: rport-aware}}\ndo:\n" + \
          "".join(f"  - register: {name}\n" for name in names) + "expect:\n" + \
          "".join(f"  - {{register: {name}, result: works}}\n" for name in names)
    with tempfile.TemporaryDirectory() as folder:
        told = attempt("explain", written(folder, lab)).stdout
    check("p0, p1 and 3 others rport: on" in told and "p0 rport: on;" not in told, told)
    check("home ports: preserve; home port-range.from: 1" in " ".join(told.split()), told)


def text_has_the_table_of_the_router_where_it_matters():
    text = attempt("explain", SEED).stdout
    for rows in ("new in the table of er6020\n[^\n]*\n *86.5.223.17:23201  192.168.1.104:5060  5.79.5.158:5060  60.000 s\n",
                 "table of er6020 at 0.041 s\n[^\n]*\n[^\n]* 59.960 s\n *asked for 86.5.223.17:5060: refused\n"):
        check(re.search(rows, text), f"not there: {rows}\n{text}")
    check("table of" not in attempt("run", SEED).stdout, "`run` has it, too")


def what_works_needs_nothing():
    told = explained("scenarios/register/seed-test-2.yaml")
    check(told["chain"] == [] and told["remedies"] == [] and told["verdict"] == "works", told)
    # why it works in spite of the router: what it would not work without, by trying
    hangs = {(json.dumps(h["change"]), h["verdict"], h["cause"]) for h in told["hangs_on"]}
    for change in ({"softphone": {"rport": "off"}}, {"pbx": {"rport": "off"}}):
        check((json.dumps(change), "fails", "reply-to-via-port") in hangs, hangs)
    text = attempt("explain", "scenarios/register/seed-test-2.yaml").stdout
    for words in ("nobody is to blame", "that is what it hangs on", "softphone rport: off", "fails: reply-to-via-port", "medium confidence"):
        check(words in text, f"{words}: {text}")
    check(max(map(len, text.splitlines())) <= 80, "80 columns")
    check(explained(SEED)["hangs_on"] == [], "what fails hangs on nothing")


SKIPPED = """viaport: 1
name: Something that nobody wants to know
axes: {phone: [cisco-7940, generic-rport]}
phones: {a: {model: $phone}}
servers: {pbx: {model: via-port}}
do: [register: a]
judge: [register: a]
skip: [{when: {phone: cisco-7940}, why: not now}]
"""


def what_was_not_played_is_not_explained():
    with tempfile.TemporaryDirectory() as folder:
        file = written(folder, SKIPPED)
        text = attempt("explain", file, "--only", "phone=cisco-7940").stdout
        told = explained(file, "--only", "phone=cisco-7940")
    check("There is no result to explain: skipped." in text and "It works" not in text, text)
    check(told["verdict"] == "skipped" and told["hangs_on"] == told["chain"] == told["remedies"] == [], told)


def a_matrix_says_when_it_fails():
    done = attempt("explain", MATRIX)
    check(done.returncode == 0 and "fails when" in done.stdout and "--only" in done.stderr, done.stdout + done.stderr)
    told = explained(MATRIX)
    whole = json.loads(attempt("run", MATRIX, "-f", "json").stdout)["scenarios"][0]
    check(all(told[key] == whole[key] for key in ("conditions", "conditions_proof", "name", "path", "totals")), told)
    check(told["cells"] == len(whole["cells"]) and set(told) == {"cells", "conditions", "conditions_proof", "name", "path", "totals"}, told)
    check(explained(MATRIX, "--only", "server=3cx-11")["cells"] < told["cells"], "--only of several cells")
    check(attempt("explain", MATRIX, "--only", "phone=nobody").returncode == 5, "no such cell")
    check(attempt("explain", "no-such-file.yaml").returncode == 4, "no such file")
    check(attempt("explain", "--only", "phone", MATRIX).returncode == 2, "--only without a value")


def a_cell_is_known_by_its_name():
    check(explained(f"{MATRIX}[{CELL}]") == explained(MATRIX, "--only", CELL), "the name of a cell means another one")
    text = attempt("explain", f"{MATRIX}[{CELL}]")
    check(text.returncode == 0 and text.stdout == attempt("explain", MATRIX, "--only", CELL).stdout, f"as text: {text}")


def of_what_no_rfc_speaks_none_is_said_to_allow_it():
    text = attempt("explain", "scenarios/keepalive/s14-reboot.yaml").stdout
    link = next((line for line in text.splitlines() if "no RFC speaks of it" in line), "")
    check(link.strip() == "no RFC speaks of it", text)


def several_scenarios_are_refused_before_any_is_told():
    for options in ((), ("-f", "json")):
        for files in (("scenarios/lessons",), (SEED, "scenarios/register/seed-test-2.yaml")):
            done = attempt("explain", *files, *options)
            check(done.returncode == 2 and not done.stdout and "one scenario at a time, and there are " in done.stderr, f"{files}: {done}")


def of_changes_that_say_the_same_it_is_said_that_one_will_do():
    text = attempt("explain", SEED).stdout
    check("alg: alg-c or pin-5060 " in text and "force-rport: on; " not in text, text)
    check("er6020 ports: preserve; er6020" in " ".join(text.split()), "what belongs together")


for test in [f for name, f in list(globals().items()) if callable(f) and f.__module__ == "__main__" and name not in ("explained", "knobs", "is_cure", "written", "lasting")]:
    test()
