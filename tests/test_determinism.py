"""Same seed, same bytes: from run to run, on one core and on two, and with every message read by libosip2."""
import glob
import sys

from program import SANITIZED, viaport

# The largest matrices would take longer than all others: some of their phones stand for the rest.
LARGE = sorted(glob.glob("scenarios/compat/*.yaml"))
OTHERS = sorted(set(glob.glob("scenarios/**/*.yaml", recursive=True)) - set(LARGE))
SOME = ["--only", "phone=linphone", "--only", "phone=cisco-7940-asym"]
ROWS = [("full", OTHERS), ("facts", [*LARGE, *SOME]), ("facts", OTHERS), ("counts", OTHERS)]

# One that differs in all respects; when its bytes are others, each of them alone tells which of them it is.
OTHER = ["-j", 2, "--parse", "all"]
ALONE = (["-j", 1], ["-j", 2], ["-j", 1, "--parse", "all"])

for level, what in ROWS[:2] if SANITIZED else ROWS:
    command = ["run", "-f", "json", "--trace", level, *what]
    first = viaport(*command, "-j", 1)
    if viaport(*command, *OTHER) != first:
        guilty = [" ".join(map(str, options)) for options in ALONE if viaport(*command, *options) != first]
        sys.exit(f"viaport run --trace {level}: other bytes with {' '.join(map(str, OTHER))}; alone with: {guilty}")
    print(f"--trace {level}: {len(first)} bytes, twice the same")
