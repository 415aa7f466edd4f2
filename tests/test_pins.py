"""Pinned identifiers are used in order, by phones and by servers; read from the trace of one scenario."""
import json
import re
import sys

from program import viaport

SCENARIO = """viaport: 1
name: Pins
phones: {a: {model: generic-rport}}
servers: {pbx: {model: force-rport, stored-contact: source}}
do:
  - register: a
  - options: {from: a, to: pbx}
  - options: {from: pbx, to: a}
  - {id: again, register: a}
pin:
  a: {call-id: [one@a, two@a], cseq: [7, 70], branch: [z9hG4bKa1], tag: [ta1, ta2], nonce: [c1, c2]}
  pbx: {call-id: [one@pbx], cseq: [700], branch: [z9hG4bKs1], nonce: [n1, n2], tag: [ts1]}
expect:
  - {register: a, of: again, result: works}
"""

trace = json.loads(viaport("run", "-f", "json", "--trace", "full", "-", stdin=SCENARIO.encode()))
sent = [e for e in trace["scenarios"][0]["cells"][0]["trace"] if e["event"] == "sent"]


def found(node, label, pattern):
    texts = [e["text"] for e in sent if e["at"] == node and e["label"] == label]
    return [match.group(1) for text in texts for match in [re.search(pattern, text)] if match]


for what, got, wanted in (
    ("Call-ID of REGISTER", found("a", "REGISTER", r"Call-ID: (\S+)")[0], "one@a"),
    ("CSeq of REGISTER", found("a", "REGISTER", r"CSeq: (\d+)")[:2], ["7", "8"]),
    ("branch of REGISTER", found("a", "REGISTER", r"branch=([^;\r]+)")[0], "z9hG4bKa1"),
    ("cnonce", found("a", "REGISTER", r'cnonce="(\w+)"'), ["c1", "c2"]),
    ("Call-ID of the phone's OPTIONS", found("a", "OPTIONS", r"Call-ID: (\S+)"), ["two@a"]),
    ("CSeq of the phone's OPTIONS", found("a", "OPTIONS", r"CSeq: (\d+)"), ["70"]),
    ("nonce", found("pbx", "401", r'nonce="(\w+)"'), ["n1", "n2"]),
    ("To tag of the first 401", found("pbx", "401", r"To: .*tag=(\w+)")[0], "ts1"),
    ("Call-ID of the server's OPTIONS", found("pbx", "OPTIONS", r"Call-ID: (\S+)"), ["one@pbx"]),
    ("CSeq of the server's OPTIONS", found("pbx", "OPTIONS", r"CSeq: (\d+)"), ["700"]),
    ("branch of the server's OPTIONS", found("pbx", "OPTIONS", r"branch=([^;\r]+)"), ["z9hG4bKs1"]),
):
    if got != wanted:
        sys.exit(f"{what}: {got}, wanted {wanted}")
print("pins are used in order")
