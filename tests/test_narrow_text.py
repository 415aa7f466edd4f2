"""A matrix in text: 80 columns however many servers there are and whatever they are called, one table per phone, and nothing
that only colour says."""
import json
import re
import sys

from program import SANITIZED, viaport

PHONES = ["cisco-7940", "cisco-7970", "yealink"]
ROUTERS = ["tplink-er6020", "linux", "pf", "pfsense-static", "virgin-r37-f", "openwrt-sip-helper", "cisco-asa", "cgnat",
           "fortigate-session-helper", "sonicwall-sip-transformations", "random-port", "vpn"]
SERVERS = ["3cx-11", "freeswitch-default", "asterisk-chan_pjsip", "kamailio-plain", "kamailio-force", "kamailio-default", "opensips",
           "asterisk-chan_sip-no", "asterisk-chan_sip-force", "freeswitch-aggressive", "freeswitch-connectile", "via-port"]
STEPS = """
do:
  - register: phone
  - {id: in, call: {from: pbx, to: phone, for: 10s}}
  - {id: out, call: {from: phone, to: pbx, for: 10s}}
judge:
  - register: phone
  - incoming-call: phone
  - outgoing-call: phone
  - {audio: both-ways, of: [in, out]}
  - {reachable-after: {phone: phone, time: 10m}}
expect: any
"""
REGISTERS = """
do: [register: phone]
judge: [register: phone]
expect: any
"""


def want(condition, sentence):
    if not condition:
        sys.exit(sentence)


def scenario(phones, routers, servers, steps):
    return (f"viaport: 1\nname: a matrix\naxes:\n  phone: [{', '.join(phones)}]\n  router: [{', '.join(routers)}]\n"
            f"  server: [{', '.join(servers)}]\nphones: {{phone: {{model: $phone, behind: home}}}}\n"
            f"routers: {{home: {{model: $router}}}}\nservers: {{pbx: {{model: $server}}}}\n{steps}").encode()


def text_of(source, *args):
    lines = viaport("run", "-", *args, stdin=source).decode().splitlines()
    for line in lines:
        want(len(line) <= 80, f"{len(line)} columns: {line}")
    return lines


def without_colour(source):
    coloured = viaport("run", "-", "--color", "always", stdin=source).decode()
    want("\033[" in coloured, "there is no colour to be left out")
    want(re.sub(r"\033\[[0-9;]*m", "", coloured).splitlines() == text_of(source), "colour says what words do not")


def many_scenarios_fit():
    """A large matrix has a line among many, and sums of many digits have one below them."""
    for line in viaport("run", "scenarios/compat/register.yaml", "scenarios/register").decode().splitlines():
        want(len(line) <= 80, f"{len(line)} columns: {line}")


def cells_of(text):
    return re.findall(r"  [✓✗~|] (?:works|fails|degraded|stops)\b", text)


def three_by_twelve_by_three():
    source = scenario(PHONES, ROUTERS, SERVERS[:3], STEPS)
    lines = text_of(source)
    result = json.loads(viaport("run", "-", "-f", "json", stdin=source))["scenarios"][0]
    heads = [line for line in lines if line.startswith("phone ")]
    want(heads == [f"phone {phone}" for phone in PHONES], f"the tables are {heads}")
    table = "\n".join(lines)
    for verdict in ("works", "degraded", "fails"):
        found = len(re.findall(rf"[✓✗~|] {verdict} [RIOAK~|-]{{5}}", table))
        want(found == result["totals"][verdict], f"{found} cells say {verdict}")
    for words in ("✓ works: every check works", "R register", "K reachable-after", "Fnn, Gnn: the cause, below", "F01  reply-to-via-port"):
        want(words in table, f"nobody explains {words!r}")
    want(lines[-1].startswith("108 cells: "), f"the last line is {lines[-1]}")
    without_colour(source)


def twelve_servers():
    """More than fit: those that are alike share a column, the rest stand in further tables; each is named."""
    for steps in (STEPS, REGISTERS):
        source = scenario(PHONES, ROUTERS, SERVERS, steps)
        lines = text_of(source)
        whole = "\n".join(lines)
        names = re.sub(r"-\s+", "-", whole)
        for name in PHONES + ROUTERS + SERVERS:
            want(name in names, f"{name} is not named")
        want("alike in every cell, so they share a row" in whole, "nobody says who shares a column")
        want(len(cells_of(whole)) < len(PHONES) * len(ROUTERS) * len(SERVERS) * 2 / 3, "hardly anything was folded")
        without_colour(source)


def every_matrix_of_the_project_fits():
    large = [] if SANITIZED else ["scenarios/compat/register.yaml", "scenarios/compat/full.yaml"]
    for path in (*large, "scenarios/remedies/a-to-h.yaml", "scenarios/router/carrier-nat-algs.yaml", "scenarios/reality/calls.yaml"):
        for line in viaport("run", path).decode().splitlines():
            want(len(line) <= 80, f"{path}: {len(line)} columns: {line}")


def hidden_cells_are_counted():
    lines = text_of(scenario(PHONES, ROUTERS[:4], SERVERS[:3], REGISTERS), "--min-confidence", "medium")
    want(lines[-2] == "12 cells hidden: confidence below medium", f"the last line but one is {lines[-2]}")
    want(lines[-1].startswith("24 cells: "), f"the last line is {lines[-1]}")
    want("phone yealink" not in lines, "a phone of low confidence has a table")
    lines = text_of(scenario(PHONES, ROUTERS[:4], SERVERS[:3], REGISTERS), "--min-confidence", "high")
    want(lines[-1] == "36 cells hidden: confidence below high.", f"the last line is {lines[-1]}")


three_by_twelve_by_three()
hidden_cells_are_counted()
twelve_servers()
every_matrix_of_the_project_fits()
many_scenarios_fit()
print("80 columns")
