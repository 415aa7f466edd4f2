"""`viaport explain` tells every knob that a matrix may name: whose it is, what it takes, and how to see it."""
import json

from program import attempt, check


def words(*names):
    done = attempt("explain", *names)
    check(done.returncode == 0, f"{names}: {done.returncode} {done.stderr}")
    check(max(map(len, done.stdout.splitlines())) <= 80, f"{names}: 80 columns")
    return " ".join(done.stdout.split())


for name, told in (
        ("nat-test", ["server nat-test", "a knob of: a server", "takes: a list of contact-private", "viaport list servers",
                      "causes that hang on it: alg-blinds-nat-tests, mapping-expired"]),
        ("server nat-test", ["a knob of: a server"]),
        ("router alg.out-request.via", ["a knob of: a router, in its alg", "takes: on or off", "sent-by of the top Via", "reply-to-via-port"]),
        ("out-request.via", ["alg out-request.via", "a knob of: an alg", "viaport list algs"]),
        ("router udp-timeout.first", ["default: 60s", "mapping-expired"]),
        ("rport", ["phone rport", "server rport", "gateway rport"]),
        ("phone rport", ["RFC 3581 3", "viaport list phones"])):
    text = words(name)
    for word in told:
        check(word in text, f"{name}: {word!r} is not in {text}")
check("server rport" not in words("phone rport"), "a knob of a phone alone")

for name in ("server udp-timeout.first", "phone nat-tset", "udp-timeout.", "router alg.nothing", "router alg.out-request"):
    check(attempt("explain", name).returncode == 2, f"{name} is no knob")

# Whatever knob an axis of the compatibility matrix has can be explained as the condition calls it.
axes = json.loads(attempt("run", "scenarios/compat/register.yaml", "--only", "phone=yealink,router=pf", "-f", "json").stdout)["scenarios"][0]["outline"]["axes"]
names = [knob["name"] for axis in axes for knob in axis["knobs"]]
check(len(names) > 50, f"only {len(names)} knobs")
words(*names)
