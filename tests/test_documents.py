"""The documents are true: what they show is what the program prints, what they name is there."""
import glob
import os
import re
import shlex
import sys

from program import ROOT, read, viaport

DOCUMENTS = ["README.md", "CONTRIBUTING.md"] + sorted(
    os.path.relpath(path, ROOT) for path in glob.glob(f"{ROOT}/docs/*.md")
)
SOURCES = "\n".join(
    read(os.path.relpath(path, ROOT))
    for folder in ("sim", "sim/cli", "models", "scenarios", "reports")
    for path in glob.glob(f"{ROOT}/{folder}/*.[ch]")
)
complaints = []


def check_session(document, session):
    """A block of commands, each behind "$ ", with what they print; "..." on a line of its own stands for any lines."""
    for command, shown in re.findall(r"^\$ viaport (.*)\n((?:(?!\$ ).*\n)*)", session, re.M):
        printed = viaport(*shlex.split(command, comments=True)).decode()
        parts = [re.escape(part) for part in re.split(r"^ *\.\.\.\n", shown, flags=re.M)]
        if not re.fullmatch(r"(?:.*\n)*".join(parts), printed):
            complaints.append(f"{document}: viaport {command} prints something else:\n{printed}")


def check_names(document, text):
    """Functions in `name()`, files in `folder/file.c`, links to files."""
    for name in re.findall(r"`([a-z_][a-z0-9_]*)\(\)`", text):
        if not re.search(rf"^[a-z].*\b{name}\(", SOURCES, re.M):
            complaints.append(f"{document}: there is no {name}()")
    base = os.path.dirname(document)
    for path in re.findall(r"`((?:sim|models|scenarios|reports|tests|docs)/[\w./-]+\.\w+)`", text):
        if not os.path.exists(os.path.join(ROOT, path)):
            complaints.append(f"{document}: there is no {path}")
    for path in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        if not os.path.exists(os.path.join(ROOT, base, path)):
            complaints.append(f"{document}: the link to {path} leads nowhere")


for document in DOCUMENTS:
    text = read(document)
    check_names(document, text)
    for session in re.findall(r"^```console\n(.*?)^```", text, re.M | re.S):
        check_session(document, session)

if complaints:
    sys.exit("\n".join(complaints))
print(f"{len(DOCUMENTS)} documents")
