"""The manual page: scdoc and groff read it without a word, and it tells every option of every command."""
import os
import re
import subprocess
import sys
import tempfile

from program import ROOT, VIAPORT, viaport

FOLDER = tempfile.TemporaryDirectory()
PAGE = os.path.join(FOLDER.name, "viaport.1")


def run(*command, **others):
    """What a tool prints; it must not complain."""
    done = subprocess.run(command, capture_output=True, text=True, check=True, **others)
    if done.stderr:
        sys.exit(f"{' '.join(command)}:\n{done.stderr}")
    return done.stdout


run("cmake", "-D", f"SOURCE={ROOT}/docs/viaport.1.scd", "-D", f"OUTPUT={PAGE}", "-D", f"VIAPORT={VIAPORT}", "-D", "SCDOC=scdoc",
    "-D", "VERSION=1.2.3", "-P", f"{ROOT}/docs/manual.cmake")
text = run("man", "--warnings", "-l", PAGE, env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8", "MANROFFOPT": "-ww"})
text = re.sub(r".\x08", "", text)

missing = [what for what in ("viaport 1.2.3", "share/viaport/catalogue", "EXIT STATUS", "NO_COLOR", "EXAMPLES") if what not in text]
commands = viaport("--help").decode()
commands = re.findall(r"^  ([a-z]+) ", commands, re.M) + re.search(r"^  also: (.*)$", commands, re.M).group(1).split(", ")
options = 0
for command in commands:
    section = re.search(rf"^   viaport {command}\b.*\n((?:(?!   \S|\S).*\n)*)", text, re.M)
    if not section:
        missing.append(command)
        continue
    for line in viaport(command, "--help").decode().splitlines():
        row = re.match(r"  (?:(-.), |    )(--[a-z-]+)(?: \S+)?  +\S", line)
        if not row:
            continue
        told = ", ".join(filter(None, row.groups()))
        options += 1
        if not re.search(rf"^       {re.escape(told)}( |$)", section.group(1), re.M):
            missing.append(f"{command} {told}")
if missing:
    sys.exit("not in the manual page: " + ", ".join(missing))
if "@" in text:
    sys.exit("something was not filled in: " + re.search(r".*@.*", text).group())

FOLDER.cleanup()
print(f"{len(commands)} commands, {options} options")
