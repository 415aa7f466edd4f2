"""Same seed, same bytes: from run to run, on one core and on two, and with every message read by libosip2."""
import glob
import sys

from program import viaport

# The largest matrix would take longer than all others: some of its phones stand for the rest.
LARGEST = "scenarios/compat/full.yaml"
OTHERS = sorted(set(glob.glob("scenarios/**/*.yaml", recursive=True)) - {LARGEST})
SOME = ["--only", "phone=linphone", "--only", "phone=cisco-7940-asym"]

for level, what in [("counts", OTHERS), ("facts", OTHERS), ("full", OTHERS), ("facts", [LARGEST, *SOME])]:
    command = ["run", "-f", "json", "--trace", level, *what]
    first = viaport(*command, "-j", 1)
    for other in (["-j", 1], ["-j", 2], ["-j", 2, "--parse", "all"]):
        if viaport(*command, *other) != first:
            sys.exit(f"viaport run --trace {level}: other bytes with {other}")
    print(f"--trace {level}: {len(first)} bytes, four times the same")
