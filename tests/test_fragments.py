"""What reports say of fragments: which part of its message each packet carries."""
import json

from program import viaport

FILE = "scenarios/register/fragments.yaml"


def trace(fragments, mtu):
    only = ["--only", f"fragments={fragments}", "--only", f"mtu={mtu}"]
    result = json.loads(viaport("run", "-f", "json", "--trace", "full", *only, FILE))
    return result["scenarios"][0]["cells"][0]["trace"]


def sent(records, place):
    return [r for r in records if r["event"] == "sent" and r["at"] == place]


# The second REGISTER goes in two packets, which together are the message.
first, one, two = sent(trace("reassemble", 1500), "phone")
assert "fragment" not in first, first
assert first["label"] == one["label"] == two["label"] == "REGISTER"
text = one["text"] + two["text"]
assert text.startswith("REGISTER ") and text.endswith("Content-Length: 0\r\n\r\n") and "Authorization: " in text
data = len(text) + 8  # with the UDP header
same = {"count": 2, "id": one["id"]}
assert one["fragment"] == {**same, "number": 1, "offset": 0, "length": 1480}, one["fragment"]
assert two["fragment"] == {**same, "number": 2, "offset": 1480, "length": data - 1480}, two["fragment"]

# What was put together has the last part as its parent, and goes in as many packets as its next wire wants.
records = trace("reassemble", 576)
parts = [r for r in sent(records, "home/wan") if r["parent"] == sent(records, "phone")[2]["id"]]
assert [r["fragment"]["length"] for r in parts] == [552, 552, 552, data - 3 * 552], parts
assert "".join(r["text"] for r in parts) == text

# What passes in parts keeps its numbers, also when a part is cut once more.
parts = sent(trace("pass", 1492), "home/wan")[1:]
assert [(r["fragment"]["number"], r["fragment"]["offset"], r["fragment"]["length"]) for r in parts] == [
    (1, 0, 1472), (1, 1472, 8), (2, 1480, data - 1480)
], parts
assert "".join(r["text"] for r in parts) == text

# The ladder numbers them, and a message in two packets is one attempt.
ladder = viaport("run", "scenarios/register/fragments-dropped.yaml").decode()
for line in (
    "  0.042  phone -> home   REGISTER  from 192.168.1.100:5060   fragment 1 of 2\n",
    "  0.042  phone -> home   REGISTER  from 192.168.1.100:5060   fragment 2 of 2\n",
    "  0.043  home  x         dropped   fragments are dropped here\n",
    "         10 more until 31.542, same end\n",
):
    assert line in ladder, ladder

# Whoever waits in vain only suffers from a loss elsewhere: it is not counted as one.
lost = viaport("run", "scenarios/register/fragment-lost.yaml").decode()
assert "11 datagrams were lost on the wire, last at phone" in lost, lost
