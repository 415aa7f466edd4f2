"""`viaport advise` says what of the catalogue works with what one has, and why the others do not."""
import json

from program import attempt, check

HAVE = ("--have", "phone=cisco-7940", "--have", "server=3cx-11")
WHOLE = "scenarios/compat/full.yaml"


def advised(*options):
    done = attempt("advise", *options, "-f", "json")
    check(done.returncode == 0, f"{options}: {done.returncode} {done.stderr}")
    return json.loads(done.stdout)


def it_is_what_the_matrix_says():
    told = advised(*HAVE, "--want", "routers")
    cells = json.loads(attempt("run", WHOLE, "--only", "phone=cisco-7940,server=3cx-11", "-f", "json").stdout)["scenarios"][0]["cells"]
    by_router = {c["cell"]["router"]: c for c in cells}
    check(len(told["advice"]) == len(cells), "not every router")
    for it in told["advice"]:
        cell = by_router[it["name"]]
        check((it["verdict"] == "works") == (cell["verdict"] == "works"), it["name"])
        check(it["confidence"] == cell["confidence"], it["name"])
        failed = [c for c in cell["checks"] if c["result"] != "works"]
        check([c["works"] for c in it["checks"]] == [int(c["result"] == "works") for c in cell["checks"]], it["name"])
        check(it["cause"] == (failed[0]["cause"] if failed else None), it["name"])
        check(bool(it["sentence"]) == bool(failed), f"{it['name']}: {it['sentence']}")


def the_best_comes_first():
    order = [(-it["works"], -sum(c["works"] for c in it["checks"])) for it in advised(*HAVE, "--want", "routers")["advice"]]
    check(order == sorted(order), order)


def the_owner_of_the_blog_post_learns_of_kept_ports():
    text = attempt("advise", *HAVE, "--want", "routers").stdout
    for word in ("static-port", "linux-sip-helper", "reply-to-via-port", "private-contact", "confidence"):
        check(word in text, word)
    check(max(map(len, text.splitlines())) <= 80, "80 columns")
    rows = {it["name"]: it for it in advised(*HAVE, "--want", "routers")["advice"]}
    check(rows["static-port"]["checks"][0]["works"] == 1 and rows["random-port"]["checks"][0]["works"] == 0, "register")


def who_says_less_is_told_how_often_it_works():
    told = advised("--have", "phone=cisco-7940", "--want", "servers")
    check(all(it["cells"] == told["advice"][0]["cells"] > 30 for it in told["advice"]), "each with every router")


def settings_of_what_one_has_are_found():
    told = advised("--have", "phone=cisco-7940,router=tplink-er6020,server=3cx-11", "--want", "settings")
    check(any(r["verdict"] == "works" for r in told["remedies"]), "none works")
    check(all(r["effort"] != "another device" for r in told["remedies"]), "something has to be bought")


def it_is_the_same_for_every_number_of_workers():
    one, three = (attempt("advise", *HAVE, "--want", "routers", "-j", n).stdout for n in ("1", "3"))
    check(one == three, "one and three workers")


def what_cannot_be_asked_is_said():
    for options, code, word in (((*HAVE, "--want", "phones"), 2, "which of the two"),
                                (("--want", "phones"), 2, "--have"),
                                (HAVE, 2, "--want"),
                                (("--have", "phone", "--want", "routers"), 2, "KIND=NAME"),
                                ((*HAVE, "--want", "settings"), 2, "one router"),
                                (("--have", "phone=cisco-794", "--want", "routers"), 5, "did you mean cisco-7940")):
        done = attempt("advise", *options)
        check(done.returncode == code and word in done.stderr, f"{options}: {done.returncode} {done.stderr}")


for test in [f for name, f in list(globals().items()) if callable(f) and f.__module__ == "__main__" and name != "advised"]:
    test()
