"""The two tests of the blog post of 2013, datagram by datagram; golden/seed holds the post's messages."""
import json
import sys

from program import read_bytes, viaport

PHONE_TO_SERVER = ("192.168.1.104:5060", "5.79.5.158:5060")


def trace_of(number):
    result = json.loads(viaport("run", "-f", "json", "--trace", "full", f"scenarios/register/seed-test-{number}.yaml"))
    return result["scenarios"][0]["cells"][0]


def is_same(what, found, wanted):
    if found != wanted:
        sys.exit(f"{what}: {found!r}, wanted {wanted!r}")


def events(cell, event, at, label):
    return [e for e in cell["trace"] if (e["event"], e["at"], e["label"]) == (event, at, label)]


def flow(event):
    return event["src"], event["dst"]


def golden(name):
    return read_bytes(f"tests/golden/seed/{name}.sip").decode()


def test_1():
    cell = trace_of(1)
    tries = events(cell, "sent", "cisco", "REGISTER")
    is_same("what the phone sends", tries[0]["text"], golden("test-1-register"))
    is_same("its flow", flow(tries[0]), PHONE_TO_SERVER)
    is_same("tries (ms)", [e["at_us"] // 1000 for e in tries],
            [0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500])

    arrived = events(cell, "arrived", "pbx", "REGISTER")[0]
    is_same("what the server sees", arrived["text"], golden("test-1-register"))
    is_same("from where", flow(arrived), ("86.5.223.17:23201", "5.79.5.158:5060"))

    answer = events(cell, "sent", "pbx", "407")[0]
    is_same("the answer", answer["text"], golden("test-1-407"))
    is_same("its flow", flow(answer), ("5.79.5.158:5060", "86.5.223.17:5060"))
    is_same("its rule", answer["clause"], "RFC 3261 18.2.2")

    is_same("answers dropped by the router", len(events(cell, "dropped", "er6020/wan", "407")), len(tries))
    is_same("answers at the phone", events(cell, "arrived", "cisco", "407"), [])
    check = cell["checks"][0]
    is_same("verdict", (check["result"], check["cause"], check["lost_at"]), ("fails", "reply-to-via-port", "er6020"))


def test_2():
    cell = trace_of(2)
    sent = events(cell, "sent", "softphone", "REGISTER")
    is_same("what the phone sends", sent[0]["text"], golden("test-2-register"))
    arrived = events(cell, "arrived", "pbx", "REGISTER")[0]
    is_same("what the server sees", arrived["text"], golden("test-2-register"))
    is_same("from where", flow(arrived), ("86.5.223.17:36321", "5.79.5.158:5060"))

    answer = events(cell, "sent", "pbx", "407")[0]
    is_same("the answer", answer["text"], golden("test-2-407"))
    is_same("its flow", flow(answer), ("5.79.5.158:5060", "86.5.223.17:36321"))
    is_same("its rule", answer["clause"], "RFC 3581 4")

    home = events(cell, "arrived", "softphone", "407")[0]
    is_same("what the phone gets", home["text"], golden("test-2-407"))
    is_same("at", home["dst"], "192.168.1.101:50822")
    is_same("requests", len(sent), 2)
    is_same("verdict", cell["verdict"], "works")


test_1()
test_2()
print("both tests as in the post")
