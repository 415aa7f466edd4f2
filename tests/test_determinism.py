"""Same seed, same bytes: from run to run, on one core and on two, and with every message read by libosip2."""
import sys

from program import viaport

for level in ("counts", "facts", "full"):
    command = ["run", "-f", "json", "--trace", level, "scenarios"]
    first = viaport(*command, "-j", 1)
    for other in (["-j", 1], ["-j", 2], ["-j", 2, "--parse", "all"]):
        if viaport(*command, *other) != first:
            sys.exit(f"viaport {' '.join(command)}: other bytes with {other}")
    print(f"--trace {level}: {len(first)} bytes, four times the same")
