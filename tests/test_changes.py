"""What an ALG changed: the places that JSON gives lead from one text to the other, and the ladder says the same in words."""
import json
import sys

from program import viaport

CELL = ("scenarios/alg/predicted.yaml", "--only", "alg=alg-g,phone=rport,force=off")


def fail(sentence):
    sys.exit(sentence)


def applied(before, after):
    """The text before with the changed places replaced by what stands there after; both as bytes."""
    old = before["text"].encode("latin-1")
    new = after["text"].encode("latin-1")
    text, at = b"", 0
    for change in after["changed"]:
        text += old[at:change["old_at"]] + new[change["at"]:change["at"] + change["len"]]
        at = change["old_at"] + change["old_len"]
    return text + old[at:]


trace = json.loads(viaport("run", "-f", "json", "--trace", "full", *CELL))["scenarios"][0]["cells"][0]["trace"]
sent = {event["id"]: event for event in trace if event["event"] == "sent"}
changed = [event for event in trace if "changed" in event]
for event in changed:
    if event["event"] != "sent":
        fail("only what is sent says that it was changed")
    if applied(sent[event["parent"]], event) != event["text"].encode("latin-1"):
        fail(f"the changes of datagram {event['id']} do not lead to its text")
where = [[(change["where"], change["parameter"]) for change in event["changed"]] for event in changed]
out = [("Via", None), ("Contact", None)]
back = [("Via", None), ("Via", "rport"), ("Via", "received")]
if where != [out, back, out, [*back, ("Contact", None)]]:
    fail(f"changed places are {where}")
for event in trace:
    if event["event"] == "sent" and event["parent"] in sent and event not in changed:
        before = sent[event["parent"]]
        if before["label"] == event["label"] and before["text"] != event["text"]:
            fail(f"datagram {event['id']} differs from what it was and does not say so")

ladder = " ".join(viaport("run", "-v", *CELL).decode().split())
inside, outside = sent[1]["src"], changed[0]["src"]
host, port = inside.split(":")
for words in (f"ALG: Via, Contact {inside} -> {outside}", f"ALG: Via {outside} -> {inside}",
              f"-> {port}; Via received {outside.split(':')[0]} -> {host}"):
    if words not in ladder:
        fail(f"the ladder does not say: {words}")
