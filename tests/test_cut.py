"""The 32-second cut is understood from its ladder: where the ACK went and why, that the 200 was repeated, who hung up and why."""
import re
import sys

from program import viaport

COLUMNS = 80
ladder = viaport("run", "scenarios/call/s16-ack32.yaml").decode()
told = re.sub(r"\s+", " ", ladder)
for line in (
    "pbx -> - ACK to 192.168.1.100:5060 RFC 3261 12.2.1.1: to the Contact of the other side, not to where it was last seen",
    "pbx x dropped no route to 192.168.1.100",
    "desk -> home 200 from 192.168.1.100:5060 again: no ACK has come",
    "9 more until 31.605, same end",
    "desk hangs up: nobody has acknowledged its 200",
    "desk -> home BYE",
    "the ACK for the 200 went to 192.168.1.100:5060, the Contact in the 200 of desk",
    "audio both-ways stops at 32.105: ack-lost, lost at pbx as expected for the same reason",
):
    if line not in told:
        sys.exit(f"the ladder does not say: {line}\n{ladder}")
if "left out" in ladder:
    sys.exit(f"the ladder leaves something out\n{ladder}")
wide = [line for line in ladder.splitlines() if len(line) > COLUMNS]
if wide:
    sys.exit(f"too wide: {wide[0]}")
