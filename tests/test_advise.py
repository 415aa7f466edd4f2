"""`viaport advise` says what of the catalogue works with what one has, and why the others do not."""
import json
import re

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


def all_of_the_catalogue_is_asked():
    for want, have in (("phones", "router=pf,server=3cx-11"), ("routers", "phone=yealink,server=3cx-11"), ("servers", "phone=yealink,router=pf")):
        listed = re.findall(r"^  (\S+)", attempt("list", want).stdout, re.MULTILINE)
        names = [it["name"] for it in advised("--have", have, "--want", want)["advice"]]
        check(len(listed) > 20 and sorted(names) == sorted(listed), f"{want}: {set(listed) ^ set(names)}")


def the_best_comes_first():
    order = [(-it["works"], -sum(c["works"] for c in it["checks"])) for it in advised(*HAVE, "--want", "routers")["advice"]]
    check(order == sorted(order), order)


def the_owner_of_the_blog_post_learns_of_kept_ports():
    text = attempt("advise", *HAVE, "--want", "routers").stdout
    for word in ("static-port", "linux-sip-helper", "reply-to-via-port", "private-contact", "confidence"):
        check(word in text, word)
    check(max(map(len, text.splitlines())) <= 80, "80 columns")
    check([" ".join(line.split()) for line in text.splitlines() if line.startswith("static-port ")] == ["static-port R O H medium private-contact"], "its letters")
    rows = {it["name"]: it for it in advised(*HAVE, "--want", "routers")["advice"]}
    check(rows["static-port"]["checks"][0]["works"] == 1 and rows["random-port"]["checks"][0]["works"] == 0, "register")


def it_says_with_whom_the_calls_are():
    for options in ((*HAVE, "--want", "routers"), ("--have", "phone=yealink,router=pf", "--want", "servers")):
        text = " ".join(attempt("advise", *options).stdout.split())
        check("The calls are with the server itself: between two phones, past a server that does not relay, audio can still be lost." in text, text)


def who_says_less_is_told_how_often_it_works():
    told = advised("--have", "phone=cisco-7940", "--want", "servers")
    check(all(it["cells"] == told["advice"][0]["cells"] > 30 for it in told["advice"]), "each with every router")


def of_two_that_one_has_both_have_to_work():
    """Each server with each router: it works where it does in the cells of both phones."""
    phones = ("cisco-7940", "yealink")
    told = advised(*(f"--have=phone={phone}" for phone in phones), "--want", "servers")
    only = ",".join(f"phone={phone}" for phone in phones)
    cells = json.loads(attempt("run", WHOLE, "--only", only, "-f", "json").stdout)["scenarios"][0]["cells"]
    by_setup = {}
    for c in cells:
        by_setup.setdefault((c["cell"]["server"], c["cell"]["router"]), []).append(c)
    for it in told["advice"]:
        mine = [both for (server, _), both in by_setup.items() if server == it["name"]]
        check(it["setups"] == len(mine) and it["cells"] == 2 * len(mine), it["name"])
        check(it["works"] == sum(all(c["verdict"] == "works" for c in both) for both in mine), f"{it['name']}: works")
        for i, counted in enumerate(it["checks"]):
            check(counted["works"] == sum(all(c["checks"][i]["result"] == "works" for c in both) for both in mine), f"{it['name']}: check {i}")
    check(any(0 < it["works"] < it["setups"] for it in told["advice"]), "nothing works with some routers only")


def the_reason_is_the_most_frequent_one():
    told = advised("--have", "router=tplink-er6020", "--want", "phones")
    cells = json.loads(attempt("run", WHOLE, "--only", "router=tplink-er6020", "-f", "json").stdout)["scenarios"][0]["cells"]
    for it in told["advice"]:
        failed = [c for c in cells if c["cell"]["phone"] == it["name"] and c["verdict"] != "works"]
        firsts = [next(k for k in c["checks"] if k["result"] != "works") for c in failed]
        count = {k["cause"]: sum(other["cause"] == k["cause"] for other in firsts) for k in firsts}
        check(count[it["cause"]] == max(count.values()), f"{it['name']}: {it['cause']} of {count}")
        check(it["sentence"] == next(k["sentence"] for k in firsts if k["cause"] == it["cause"]), it["name"])


def the_head_says_with_what_it_was_tried():
    text = " ".join(attempt("advise", "--have", "router=tplink-er6020", "--want", "phones").stdout.split())
    check("0 of 24 do all that is asked with each of 21 servers, 22 with some of them" in text, text[:200])
    text = " ".join(attempt("advise", "--have", "router=pf", "--have", "router=linux", "--want", "servers").stdout.split())
    check("with each of 24 phones" in text and "each of them has to work" in text, text[:400])


def who_is_who_stands_above_the_settings():
    text = attempt("advise", "--have", "phone=cisco-7940,router=tplink-er6020,server=3cx-11", "--want", "settings").stdout
    check(text.startswith("In what follows phone is cisco-7940, home is tplink-er6020, pbx is 3cx-11.\n"), text[:200])


def settings_of_what_one_has_are_found():
    told = advised("--have", "phone=cisco-7940,router=tplink-er6020,server=3cx-11", "--want", "settings")
    check(any(r["verdict"] == "works" for r in told["remedies"]), "none works")
    check(all(r["effort"] != "another device" for r in told["remedies"]), "something has to be bought")
    check(told["confidence"] == "medium", told["confidence"])


def two_settings_are_found_where_one_does_not_do_and_a_tunnel_would():
    told = advised("--have", "phone=cisco-7940-asym,router=tplink-er6020,server=3cx-11", "--want", "settings")
    works = [r for r in told["remedies"] if r["verdict"] == "works"]
    check(works and all(sum(map(len, r["change"].values())) == 2 for r in works), works)
    check(all(r["effort"] != "another device" for r in told["remedies"]), "something has to be bought")


def what_works_already_needs_no_settings():
    text = attempt("advise", "--have", "phone=cisco-7940,router=linux-sip-helper,server=3cx-11", "--want", "settings").stdout
    check("nothing to mend" in text and "that is what it hangs on" in text, text)


def each_that_does_not_work_has_a_reason_and_all_have_confidence():
    for it in advised(*HAVE, "--want", "routers")["advice"]:
        check(it["confidence"] in ("low", "medium", "high"), it)
        check((it["cause"] is None and it["sentence"] is None) if it["verdict"] == "works" else (it["cause"] and it["sentence"]), it)
    working = [it["name"] for it in advised(*HAVE, "--want", "routers")["advice"] if it["verdict"] == "works"]
    check({"vpn", "linux-sip-helper", "edgerouter"} <= set(working) and "tplink-er6020" not in working, working)


def it_is_the_same_for_every_number_of_workers():
    one, three = (attempt("advise", *HAVE, "--want", "routers", "-j", n).stdout for n in ("1", "3"))
    check(one == three, "one and three workers")


def what_cannot_be_asked_is_said():
    for options, code, word in (((*HAVE, "--want", "phones"), 2, "which of the two"),
                                (("--want", "phones"), 2, "--have"),
                                (HAVE, 2, "--want"),
                                (("--have", "phone", "--want", "routers"), 2, "KIND=NAME"),
                                ((*HAVE, "--want", "settings"), 2, "name a router"),
                                ((*HAVE, "--have", "router=pf,phone=yealink", "--want", "settings"), 2, "each by itself"),
                                (("--have", "server=kamailio", "--want", "phones"), 5, "did you mean kamailio-plain, kamailio-force, "),
                                (("--have", "phone=cisco-794", "--want", "routers"), 5, "did you mean cisco-7940"),
                                (("--have", "router=fritzbox", "--want", "phones"), 5,
                                 "there is no router 'fritzbox'; viaport list routers names them; viaport explain FILE"),
                                (("--have", "server=3cx", "--want", "phones"), 5, "did you mean 3cx-11?"),
                                (("--have", "fone=cisco-7940", "--want", "routers"), 2, "there are phone, router and server"),
                                (("--have", "tplink-er6020", "--want", "phones"), 2, "--have router=tplink-er6020"),
                                (("--have", "phone=tplink-er6020", "--want", "servers"), 2, "that is a router: --have router=tplink-er6020")):
        done = attempt("advise", *options)
        check(done.returncode == code and word in " ".join(done.stderr.split()), f"{options}: {done.returncode} {done.stderr}")


for test in [f for name, f in list(globals().items()) if callable(f) and f.__module__ == "__main__" and name != "advised"]:
    test()
