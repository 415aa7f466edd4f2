"""Progress on standard error: written anew on a terminal, plain lines in continuous integration, nothing anywhere else."""
import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import struct
import sys
import tempfile
import termios
import time

from program import ROOT, VIAPORT

LINE = r"[\d,]+ of 200 cells  [\d,.]+/s  \d+ (?:s|min|h) left(?:  works [\d,]+)?"
NO_CI = {name: value for name, value in os.environ.items() if name not in ("CI", "GITHUB_ACTIONS", "GITLAB_CI")}
NO_CI["TERM"] = "xterm"

# Each cell takes a while, so that there is something to be seen whatever the machine.
SLOW = """viaport: 1
name: crowds
axes:
  port: [{ports}]
phones:
  p: {{model: generic-rport, listen-port: $port, behind: home, count: 4000}}
routers:
  home: {{model: random-port, inside: 10.0.0.0/8}}
servers:
  pbx: {{model: rport-aware}}
do: [{{register: p}}]
judge: [{{register: p}}]
expect: any
""".format(ports=", ".join(map(str, range(20000, 20200))))


# More of them than a narrow line has room for.
MANY = SLOW.replace("model: rport-aware", "model: $server").replace("phones:", "  server: [rport-aware, via-port]\nphones:")
MANY = MANY.replace("expect: any\n", "").replace("count: 4000", "count: 400")


def watch(terminal, until, seconds, *options, scenario="slow.yaml", width=80, **environment):
    """What stands on standard error when the pattern is seen, or after so many seconds; then the run is ended."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    if terminal:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    process = subprocess.Popen([VIAPORT, "run", "-j", "1", *options, os.path.join(FOLDER.name, scenario)], cwd=ROOT, env={**NO_CI, **environment},
                               stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    seen, end = "", time.monotonic() + seconds
    while not re.search(until, seen) and select.select([ours], [], [], max(0, end - time.monotonic()))[0]:
        seen += os.read(ours, 65536).decode()
    process.send_signal(signal.SIGINT)
    process.wait(timeout=60)
    os.close(ours)
    return seen


def check(what, holds, seen):
    if not holds:
        sys.exit(f"{what}:\n{seen!r}")


FOLDER = tempfile.TemporaryDirectory()
for name, text in (("slow.yaml", SLOW), ("many.yaml", MANY)):
    with open(os.path.join(FOLDER.name, name), "w", encoding="utf-8") as file:
        file.write(text)

seen = watch(True, rf"(\r\033\[K{LINE}){{2}}", 60)
check("on a terminal the line is written anew", re.search(rf"(\r\033\[K{LINE}){{2}}", seen) and "\n" not in seen, seen)
for name, terminal in (("CI", False), ("CI", True), ("GITHUB_ACTIONS", False), ("GITLAB_CI", False)):
    seen = watch(terminal, r"\n", 60, **{name: "true"})
    check(f"{name}: plain lines", re.fullmatch(rf"{LINE}\r?\n", seen), seen)
seen = watch(False, rf"({LINE}\n){{2}}", 60, CI="true")
check("and another one later", re.fullmatch(rf"({LINE}\n){{2}}", seen), seen)

# 12 of 400 cells  3.4/s  2 min left  works 12  fails 12  unexpected 12
for width, missing in ((80, ()), (60, ("/s",))):
    seen = watch(True, r"unexpected \d+\r", 60, scenario="many.yaml", width=width)
    line = seen.split("\r\033[K")[-1].rstrip("\r")
    check(f"{width} columns", len(line) < width, line)
    check("whole fields alone", re.fullmatch(
        r"[\d,]+ of 400 cells(  [\d,.]+/s)?(  \d+ (s|min|h) left)?(  works [\d,]+)?(  fails [\d,]+)?  unexpected [\d,]+", line), line)
    check("what is missed least is left out first", all(word not in line for word in missing), line)
    check("and only where there is no room", missing or "/s" in line, line)

for what, terminal, options, environment in (
    ("in a pipe", False, [], {}),
    ("in a pipe that is said to be none of integration", False, [], {"CI": "false"}),
    ("on a dumb terminal", True, [], {"TERM": "dumb"}),
    ("on a terminal, --no-progress", True, ["--no-progress"], {}),
    ("on a terminal, quiet", True, ["-q"], {}),
    ("in integration, --no-progress", False, ["--no-progress"], {"CI": "true"}),
    ("in integration, quiet", False, ["-q"], {"CI": "true"}),
):
    seen = watch(terminal, r".", 0.5 if terminal else 1.5, *options, **environment)
    check(f"{what}: nothing", seen == "", seen)

FOLDER.cleanup()
print("progress is seen where it is wanted")
