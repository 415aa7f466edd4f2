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

from program import ROOT, VIAPORT

LINE = r"[\d,]+ of 200 cells  [\d,.]+/s  [\d,]+ (?:s|min|h) left(?:  works [\d,]+)?"
EARLY = "0 of 200 cells"  # nothing has been played yet
PATIENCE = 600  # seconds for anything to come
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


def start(terminal, *options, scenario="slow.yaml", width=80, **environment):
    """A run, and where its standard error comes out."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    if terminal:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    process = subprocess.Popen([VIAPORT, "run", "-j", "1", *options, os.path.join(FOLDER.name, scenario)], cwd=ROOT, env={**NO_CI, **environment},
                               stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    return process, ours


def comes(source, seconds):
    """What has come there in the meantime; nothing when it is closed at the other end, or not in time."""
    try:
        return os.read(source, 65536).decode() if select.select([source], [], [], max(0, seconds))[0] else ""
    except OSError:  # a terminal that nobody writes to any more
        return ""


def end(process, source):
    process.send_signal(signal.SIGINT)
    process.wait()
    os.close(source)


def watch(terminal, until, *options, **how):
    """What stands on standard error when the pattern is seen; then the run is ended."""
    process, source = start(terminal, *options, **how)
    seen = ""
    while not re.search(until, seen) and (more := comes(source, PATIENCE)):
        seen += more
    end(process, source)
    return seen


def check(what, holds, seen):
    if not holds:
        sys.exit(f"{what}:\n{seen!r}")


FOLDER = tempfile.TemporaryDirectory()
for name, text in (("slow.yaml", SLOW), ("many.yaml", MANY)):
    with open(os.path.join(FOLDER.name, name), "w", encoding="utf-8") as file:
        file.write(text)

seen = watch(True, rf"(\r\033\[K{LINE}){{2}}")
check("on a terminal the line is written anew", re.search(rf"(\r\033\[K{LINE}){{2}}", seen) and "\n" not in seen, seen)
for name, terminal in (("CI", False), ("CI", True), ("GITHUB_ACTIONS", False), ("GITLAB_CI", False)):
    seen = watch(terminal, rf"{LINE}\r?\n", **{name: "true"})
    check(f"{name}: plain lines", re.match(rf"({EARLY}\r?\n)*{LINE}\r?\n", seen), seen)
seen = watch(False, rf"({LINE}\n){{2}}", CI="true")
check("and another one later", re.match(rf"({EARLY}\n)*({LINE}\n){{2}}", seen), seen)

# 12 of 400 cells  3.4/s  2 min left  works 12  fails 12  unexpected 12
WHOLE = r"\r\033\[K([^\r]*  unexpected [\d,]+)\r"
for width, missing in ((80, ()), (60, ("/s",))):
    seen = watch(True, WHOLE, scenario="many.yaml", width=width)
    line = (re.findall(WHOLE, seen) or [""])[0]
    check(f"{width} columns", len(line) < width, line)
    check("whole fields alone", re.fullmatch(
        r"[\d,]+ of 400 cells(  [\d,.]+/s)?(  [\d,]+ (s|min|h) left)?(  works [\d,]+)?(  fails [\d,]+)?  unexpected [\d,]+", line), seen)
    check("what is missed least is left out first", all(word not in line for word in missing), line)
    check("and only where there is no room", missing or "/s" in line, line)

NOTHING = (
    ("in a pipe", False, [], {}),
    ("in a pipe that is said to be none of integration", False, [], {"CI": "false"}),
    ("on a dumb terminal", True, [], {"TERM": "dumb"}),
    ("on a terminal, --no-progress", True, ["--no-progress"], {}),
    ("on a terminal, quiet", True, ["-q"], {}),
    ("in integration, --no-progress", False, ["--no-progress"], {"CI": "true"}),
    ("in integration, quiet", False, ["-q"], {"CI": "true"}),
)
runs = [start(terminal, *options, **environment) for _, terminal, options, environment in NOTHING]
seen = watch(False, LINE, CI="true")
check("one that begins later is seen", re.search(LINE, seen), seen)
for (what, *_), (process, source) in zip(NOTHING, runs):
    seen = comes(source, 0)
    check(f"{what}: nothing", seen == "", seen)
    end(process, source)

FOLDER.cleanup()
print("progress is seen where it is wanted")
