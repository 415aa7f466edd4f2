"""What reports say of calls: of a gap that healed from when to when, of audio whom it is about, of RTP no text."""
import json
import sys

from program import viaport

CURED = "scenarios/media/one-way-after-timeout-cures.yaml"
GAP = "latch=always,refresh=outbound,timeout=30s,suppression=on"


def wanted(sentence, holds):
    if not holds:
        sys.exit(f"not so: {sentence}")


cell = json.loads(viaport("run", "-f", "json", "--trace", "full", CURED, "--only", GAP))["scenarios"][0]["cells"][0]
gap, heard = cell["checks"]
wanted("the gap has its result and its cause", (gap["result"], gap["cause_id"]) == ("degraded", "F10"))
wanted("it is from bob to alice", (gap["subject"], gap["to"]) == ("bob", "alice"))
wanted("it is between 50 and 65 s of the call", [t // 1000000 for t in gap["between_us"]] == [50, 65])
wanted("its time is that of the first loss, its datagram one that was lost",
       any(r["id"] == gap["datagram"] and r["event"] == "dropped" and r["at_us"] == gap["at_us"] for r in cell["trace"]))
wanted("what works has no gap", heard["result"] == "works" and "between_us" not in heard)

media = [r for r in cell["trace"] if r["label"] in ("RTP", "RTCP")]
wanted("there is audio, and it has no text", media and all(r["text"] is None for r in media))
wanted("a relay's audio says by which rule it was sent",
       any(r["event"] == "sent" and r["at"] == "pbx" and r["clause"] for r in media))

text = viaport("run", CURED, "--only", GAP).decode()
wanted("the text says it too", "audio bob to alice   degraded between 50." in text)
wanted("what the speaker says is folded", "more, every 1.000 s until" in text)
wanted("no line is longer than 80 columns", max(map(len, text.splitlines())) <= 80)

held = json.loads(viaport("run", "-f", "json", "scenarios/call/hold.yaml"))["scenarios"][0]["cells"][0]["checks"]
wanted("audio both ways is about nobody alone", held[2]["subject"] is None and "to" not in held[2])
wanted("a check of two calls counts them", held[4]["works"] == 2 and held[4]["fails"] == 0)
