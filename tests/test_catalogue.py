"""The catalogue: every entry has its evidence, shows itself, says what was measured or read, and stands in the matrix of all."""
import glob
import json
import os
import re
import sys

import yaml

from program import ROOT, read, viaport

KINDS = ("phone", "router", "server")
MATRIX = "scenarios/compat/register.yaml"
REMEDIES = "scenarios/remedies/on-every-router.yaml"

# A few values of each entry, as `viaport show` prints them.
VALUES = {
    "cisco-7940": {"rport": "off", "listen-port": "5060", "via-check": "strict", "timers.max-retransmits": "10",
                   "register.expires": "2m", "register.refresh-before": "5s", "learn.from": "nothing"},
    "generic-rport": {"rport": "on", "send-port": "same"},
    "generic-no-rport": {"rport": "off", "send-port": "same"},
    "cisco-7970-nat": {"rport": "off", "send-port": "same"},
    "cisco-7940-received": {"learn.from": "received", "learn.when": "register-2xx",
                            "learned-contact": "replace-and-unregister-old"},
    "cisco-7940-asym": {"rport": "off", "send-port": "ephemeral-each"},
    "cisco-7970": {"rport": "off", "send-port": "ephemeral", "register.expires": "1h"},
    "cisco-spa": {"rport": "off", "learn.from": "nothing"},
    "cisco-spa-nat": {"keepalive.every": "15s", "rport": "on", "learn.from": "received-and-rport"},
    "cisco-mpp": {"rport": "off", "learn.from": "nothing"},
    "3cx-softphone-6": {"rport": "on", "listen-port": "50822", "register.expires": "2m"},
    "polycom": {"rport": "off"},
    "yealink": {"rport": "on", "keepalive.type": "crlf", "keepalive.every": "30s"},
    "yealink-old": {"rport": "off"},
    "snom": {"rport": "on"},
    "grandstream": {"rport": "on", "keepalive.every": "20s"},
    "linphone": {"rport": "on", "learn.from": "received-and-rport", "learn.when": "any-response",
                 "learned-contact": "replace-once", "keepalive.type": "crlf", "keepalive.every": "30s", "register.refresh-before": "6m"},
    "pjsua": {"rport": "on", "keepalive.every": "15s", "learn.from": "received-and-rport", "register.expires": "5m",
              "learned-contact": "replace-and-unregister-old"},
    "baresip": {"rport": "on", "keepalive.type": "none", "learn.from": "nothing", "register.refresh-before": "6m"},
    "zoiper": {"rport": "off"},
    "jain-sip": {"rport": "off"}, "go-sip-ua": {"rport": "off"}, "sipgo": {"rport": "off"}, "sipdroid": {"rport": "off"},
    "random-port": {"ports": "random", "mapping": "address-and-port-dependent"},
    "static-port": {"ports": "preserve", "mapping": "endpoint-independent", "collision": "share-or-drop"},
    "pfsense": {"ports": "random", "alg": "none"},
    "via-port": {"rport": "off", "force-rport": "off"},
    "rport-aware": {"rport": "on", "force-rport": "off"},
    "force-rport": {"rport": "on", "force-rport": "on"},
    "kamailio-plain": {"rport": "on", "force-rport": "off", "stored-contact": "literal", "challenge": "401"},
    "kamailio-force": {"force-rport": "on", "stored-contact": "received"},
    "port-forward-5060": {"ports": "random", "forward": "[{port: 5060, to: first-phone}]"},
    "vpn": {"vpn-to": "[all]"},
    "linux": {"ports": "preserve", "collision": "share", "port-range.from": "1024", "port-range.to": "65535",
              "low-port-range.from": "600", "udp-timeout.first": "30s", "udp-timeout.stream": "2m", "udp-timeout.stream-after": "2s"},
    "linux-random": {"ports": "random", "mapping": "address-and-port-dependent", "udp-timeout.stream": "2m"},
    "openwrt": {"ports": "preserve", "udp-timeout.first": "1m", "udp-timeout.stream": "3m"},
    "pf": {"ports": "random", "mapping": "address-and-port-dependent", "udp-timeout.first": "1m",
           "udp-timeout.stream": "1m"},
    "pfsense-static": {"ports": "preserve", "collision": "share-or-drop"},
    "pfsense-conservative": {"udp-timeout.first": "5m", "udp-timeout.stream": "15m"},
    "sonicwall": {"mapping": "address-and-port-dependent"},
    "sonicwall-consistent-nat": {"mapping": "endpoint-independent"},
    "tplink-er6020": {"ports": "random", "alg": "alg-a"},
    "virgin-r37-e": {"alg": "alg-e"}, "virgin-r37-f": {"alg": "alg-f"},
    "linux-sip-helper": {"alg": "linux", "alg.sip-flow": "1h", "ports": "preserve"},
    "openwrt-sip-helper": {"alg": "linux", "udp-timeout.first": "1m"},
    "mikrotik": {"alg.trigger.server-ports": "[5060, 5061]", "udp-timeout.first": "30s", "udp-timeout.stream": "3m"},
    "mikrotik-v6": {"alg.sip-flow": "1h", "udp-timeout.first": "10s"},
    "edgerouter": {"alg": "linux", "udp-timeout.stream": "3m"},
    "cisco-ios": {"ports": "preserve", "udp-timeout.first": "5m", "alg.pinhole.media": "sdp"},
    "cisco-asa": {"udp-timeout.first": "2m", "alg.sip-flow": "30m", "alg.pinhole.media-timeout": "2m",
                  "alg.on-unparsable": "drop"},
    "juniper-srx": {"alg.sip-flow": "1h", "alg.pinhole.media-timeout": "2m"},
    "fortigate": {"udp-timeout.first": "3m", "alg.on-unparsable": "drop"},
    "fortigate-session-helper": {"udp-timeout.stream": "3m", "alg.pinhole.signalling": "register"},
    "sonicwall-sip-transformations": {"alg.out-request.via": "on", "mapping": "endpoint-independent"},
    "tplink-wr1043n": {"ports": "preserve"},
    "aws-nat-gateway": {"ports": "random", "udp-timeout.first": "350s", "udp-timeout.stream": "350s"},
    "cgnat": {"mapping": "endpoint-independent", "inside": "100.64.0.0/10", "port-block": "512", "hairpin": "outside-source",
              "udp-timeout.stream": "5m"},
    "patchbay-home": {"ports": "preserve", "udp-timeout.first": "30s", "udp-timeout.stream": "5m"},
    "patchbay-corp": {"ports": "random", "udp-timeout.stream": "2m"},
    "patchbay-cloud": {"ports": "random", "udp-timeout.stream": "350s"},
    "home-survey-2010": {"udp-timeout.first": "30s", "udp-timeout.stream": "3m"},
    "rfc3261-plain": {"rport": "on", "force-rport": "off", "stored-contact": "literal"},
    "3cx-11": {"rport": "on", "force-rport": "off", "challenge": "407"},
    "kamailio-default": {"force-rport": "on", "stored-contact": "received", "ping.every": "30s", "ping.to": "natted",
                         "nat-test": "[contact-private, via-address, via-port]"},
    "kamailio-asym": {"force-rport": "off", "stored-contact": "literal"},
    "opensips": {"force-rport": "on", "stored-contact": "received"},
    "asterisk-chan_sip-no": {"force-rport": "off", "stored-contact": "source-if-rport", "expires.default": "2m",
                             "expires.max": "1h"},
    "asterisk-chan_sip-force": {"force-rport": "on", "stored-contact": "source"},
    "asterisk-chan_sip-auto": {"force-rport": "auto", "stored-contact": "source-if-rport"},
    "asterisk-chan_pjsip": {"force-rport": "on", "stored-contact": "literal", "expires.max": "2h"},
    "asterisk-chan_pjsip-nat": {"force-rport": "on", "stored-contact": "source", "listed-contact": "as-written"},
    "freeswitch-default": {"force-rport": "off", "nat-test": "[contact-private]", "stored-contact": "received"},
    "freeswitch-safe": {"force-rport": "off", "force-rport-for-agents": "[Polycom, KIRK, ADTRAN]"},
    "freeswitch-force": {"force-rport": "on"},
    "freeswitch-aggressive": {"force-rport": "off", "nat-test": "[contact-private, via-address, via-port]"},
    "freeswitch-connectile": {"stored-contact": "source", "expires.natted": "30s"},
    "re": {"rport": "on", "force-rport": "off"},
}

# What a buyer is told: phone, router, server, and the cause; None: it registers.
ANSWERS = [
    ("cisco-7940", "tplink-er6020", "3cx-11", "reply-to-via-port"),
    ("cisco-7940", "tplink-er6020", "kamailio-default", None),
    ("cisco-7940", "tplink-wr1043n", "3cx-11", None),
    ("cisco-7940", "pfsense", "asterisk-chan_pjsip", None),
    ("cisco-7940", "pfsense", "asterisk-chan_sip-no", "reply-to-via-port"),
    ("cisco-7940", "pfsense", "asterisk-chan_sip-auto", None),
    ("cisco-7940-asym", "openwrt", "3cx-11", "asymmetric-phone-preserved-port"),
    ("cisco-7970", "aws-nat-gateway", "freeswitch-force", "asymmetric-phone-forced-rport"),
    ("3cx-softphone-6", "tplink-er6020", "3cx-11", None),
    ("cisco-7940", "port-forward-5060", "3cx-11", None),
    ("cisco-7940", "vpn", "3cx-11", None),
    ("cisco-7940", "mikrotik", "3cx-11", None),
    ("cisco-7940", "virgin-r37-e", "3cx-11", "alg-wrong-port"),
    ("cisco-7940", "virgin-r37-f", "3cx-11", "response-discarded"),
    ("cisco-7940-asym", "linux-sip-helper", "kamailio-default", None),
    ("cisco-7940-asym", "fortigate", "kamailio-default", "asymmetric-phone-forced-rport"),
    ("polycom", "cgnat", "freeswitch-default", "reply-to-via-port"),
    ("polycom", "cgnat", "freeswitch-safe", None),
    ("cisco-7940", "cgnat", "freeswitch-safe", "reply-to-via-port"),
    ("linphone", "pf", "via-port", "reply-to-via-port"),
    ("baresip", "linux-random", "re", None),
]

complaints = []


def entries():
    for path in sorted(glob.glob(f"{ROOT}/models/catalogue/*.yaml")):
        for name, entry in yaml.safe_load(read(os.path.relpath(path, ROOT)))["models"].items():
            yield name, entry


def knobs(name):
    """The knobs of an entry as `viaport show` prints them, and all that it prints in one line."""
    shown = viaport("show", name).decode()
    return dict(re.findall(r"^  [* ] (\S+)\s+(\S+(?: \S+)*)", shown, re.M)), " ".join(shown.split())


def check(holds, sentence):
    if not holds:
        complaints.append(sentence)


def check_entry(name, entry):
    shown, words = knobs(name)
    check(all(entry.get(key) for key in ("title", "source", "confidence")), f"{name} lacks title, source or confidence")
    check(entry["title"] in words, f"viaport show {name} does not say its title")
    check(re.search(rf"confidence {entry['confidence']}\b", words), f"viaport show {name} does not say its confidence")
    if entry["confidence"] == "low":
        check("not verified" in entry["source"] or "inferred" in entry["source"], f"{name} does not say what is unverified")
    for knob, value in VALUES.get(name, {}).items():
        begins = f"{shown.get(knob)} ".startswith(f"{value} ")  # what the knob means stands behind it
        check(begins, f"{name}: {knob} is {shown.get(knob)}, the source says {value}")


catalogue = dict(entries())
for name, entry in catalogue.items():
    check_entry(name, entry)
for name in set(VALUES) - set(catalogue):
    check(False, f"the catalogue lacks {name}")
for name in {name for name, entry in catalogue.items() if entry.get("kind") in KINDS} - set(VALUES):
    # alg-a to alg-h are routers with the ALG of that name, each of which has its page
    check(name.startswith("alg-"), f"{name} has no row here that says what its source says")



def check_axis(path, kind):
    """The axis has every entry of its kind."""
    named = {name for name, entry in catalogue.items() if entry.get("kind") == kind}
    lacking = sorted(named - set(yaml.safe_load(read(path))["axes"][kind]))
    check(not lacking, f"{path}: the axis '{kind}' lacks {', '.join(lacking)}")


for kind in KINDS:
    check_axis(MATRIX, kind)
check_axis(REMEDIES, "router")

axes = yaml.safe_load(read(MATRIX))["axes"]

begin = sum(os.times()[2:4])
text = viaport("run", MATRIX).decode()
seconds = sum(os.times()[2:4]) - begin  # of both cores, whatever else they do
check(seconds < 2, f"{MATRIX} took {seconds:.1f} s of processor time")
check(text.count("\n") < 300 and max(map(len, text.splitlines())) <= 80, f"{MATRIX} prints more than anybody reads")

cells = json.loads(viaport("run", "-f", "json", MATRIX))["scenarios"][0]["cells"]
causes = {tuple(cell["cell"][kind] for kind in KINDS): cell["checks"][0]["cause"] for cell in cells}
check(len(causes) == len(axes["phone"]) * len(axes["router"]) * len(axes["server"]), f"{MATRIX} lacks cells")
for *combination, cause in ANSWERS:
    found = causes[tuple(combination)]
    check(found == cause, f"{' '.join(combination)}: {found}, wanted {cause}")

if complaints:
    sys.exit("\n".join(complaints))
print(f"{len(catalogue)} entries, {len(cells)} cells in {seconds:.2f} s of processor time")
