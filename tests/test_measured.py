"""What was measured in further cells, of which only the findings are written down: which checks work in which cell."""
import json
import sys

from program import viaport


def checks_of(file, axes):
    """By the values of these axes: a digit for each check, 1 when it works."""
    cells = json.loads(viaport("run", "-f", "json", f"scenarios/measured/{file}"))["scenarios"][0]["cells"]
    return {
        " ".join(cell["cell"][axis] for axis in axes): "".join(str(int(check["result"] == "works")) for check in cell["checks"])
        for cell in cells
    }


ROUTERS = ("r1", "r2", "r3", "r4")
HAIRPINS = ("off", "inside-source", "outside-source")
LATCHES = ("delayed", "strict", "handover", "handover-strict")

FINDINGS = {
    # registered, called, calls, audio by SDP, audio by source, called after idle
    ("carrier.yaml", "home", "provider", "server"): {
        **{f"r1 {provider} {server}": "000000" for provider in ("r1", "r3") for server in ("s1", "s4")},
        **{f"r3 r1 {server}": "000000" for server in ("s1", "s4")},
        **{f"{routers} s2": "101010" for routers in ("r1 r1", "r1 r3", "r3 r1")},
        **{f"{routers} s3": "111010" for routers in ("r1 r1", "r1 r3", "r3 r1")},
        **{f"r3 r3 {server}": "111111" for server in ("s1", "s2", "s3", "s4")},
    },
    # established, hung up, audio both ways
    ("hairpin.yaml", "phone", "router", "hairpin", "record-route"): {
        # private SDP stays in the LAN, and signalling along the route needs no hairpin
        **{f"p3 {router} {hairpin} on": "111" for router in ("r1", "r2") for hairpin in HAIRPINS},
        # public SDP needs one, with either source, whoever has written it
        **{f"p3 {router} off on": "110" for router in ("r3", "r4")},
        **{f"told {router} off on": "110" for router in ROUTERS},
        **{f"p3 {router} {hairpin} on": "111" for router in ("r3", "r4") for hairpin in HAIRPINS[1:]},
        **{f"told {router} {hairpin} on": "111" for router in ROUTERS for hairpin in HAIRPINS[1:]},
        # what goes to Contact needs one too, and a Contact that is the forwarded port
        **{f"p3 {router} off off": "001" for router in ("r1", "r2")},
        **{f"p3 {router} off off": "000" for router in ("r3", "r4")},
        **{f"told {router} off off": "000" for router in ROUTERS},
        **{f"{phone} {router} {hairpin} off": "111" for phone in ("p3", "told") for router in ("r2", "r4") for hairpin in HAIRPINS[1:]},
        **{f"{phone} {router} {hairpin} off": "001" for phone in ("p3", "told") for router in ("r1", "r3") for hairpin in HAIRPINS[1:]},
    },
    # when the router forgets its mappings so long after the call began: heard by the server, heard by the phone
    ("latching.yaml", "router", "server", "rebound"): {
        # inside the window it is repaired at once; behind a router that keeps ports nothing happens; a handover follows
        **{f"{router} {server} 1s": "11" for router in ROUTERS for server in LATCHES},
        **{f"{router} {server} 10s": "11" for router in ("r2", "r4") for server in LATCHES},
        **{f"{router} {server} 10s": "11" for router in ("r1", "r3") for server in LATCHES[2:]},
        # once it has latched on, the phone is deaf; with strict-source both are
        **{f"{router} delayed 10s": "10" for router in ("r1", "r3")},
        **{f"{router} strict 10s": "00" for router in ("r1", "r3")},
    },
    # a phone that waits for audio: heard both ways
    ("waiting.yaml", "router"): {"r1": "0", "r2": "0", "r3": "1", "r4": "1"},
    # registered; called: at once, after 10 minutes, after a restart of the router, after the next refresh, after another one
    ("softphones.yaml", "phone", "router", "server"): {
        "linphone r1 s1": "111001",
        "linphone r1 s3": "111011",
        **{f"linphone {router} {server}": "111111" for router in ("r2", "r4") for server in ("s1", "s3")},
        **{f"linphone r3 {server}": "111011" for server in ("s1", "s3")},
        **{f"baresip {router} s1": "100000" for router in ("r1", "r2")},
        **{f"baresip {router} s3": "110000" for router in ("r1", "r2")},
        **{f"baresip {router} {server}": "111011" for router in ("r3", "r4") for server in ("s1", "s3")},
    },
}

differences = 0
for (file, *axes), measured in FINDINGS.items():
    played = checks_of(file, axes)
    assert played.keys() == measured.keys(), (file, played.keys() ^ measured.keys())
    for cell, checks in measured.items():
        if played[cell] != checks:
            print(f"{file}: {cell}: {played[cell]}, measured {checks}")
            differences += 1
sys.exit(differences != 0)
