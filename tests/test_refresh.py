"""When a phone refreshes, and that it takes its registration back; read from the trace of one scenario."""
import json
import re
import sys

from program import viaport

SCENARIO = "scenarios/register/refresh-and-unregister.yaml"

result = json.loads(viaport("run", "-f", "json", "--trace", "full", SCENARIO))
trace = result["scenarios"][0]["cells"][0]["trace"]
requests = [e for e in trace if (e["event"], e["at"], e["label"]) == ("sent", "phone", "REGISTER")]

# Every registration is challenged, so requests come in pairs. The server grants 60 s at the end of each; the phone
# comes back 5 s before. After three minutes it unregisters and registers again.
seconds = [round(e["at_us"] / 1e6) for e in requests]
expires = [int(re.search(r"\r\nExpires: (\d+)", e["text"]).group(1)) for e in requests]
cseq = [int(re.search(r"\r\nCSeq: (\d+)", e["text"]).group(1)) for e in requests]
call_ids = {re.search(r"\r\nCall-ID: (.*)\r", e["text"]).group(1) for e in requests}

if seconds != [0, 0, 55, 55, 110, 110, 165, 165, 180, 180, 180, 180]:
    sys.exit(f"requests at {seconds} s")
if expires != [60] * 8 + [0, 0] + [60] * 2:
    sys.exit(f"Expires {expires}")
if cseq != list(range(1, 13)):
    sys.exit(f"CSeq {cseq}, which must grow by one (RFC 3261 10.2)")
if len(call_ids) != 1:
    sys.exit(f"{len(call_ids)} Call-IDs, where one phone should use one (RFC 3261 10.2)")
print("refreshed at 55, 110 and 165 s, unregistered at 180 s")
