"""The documents are true: what they show is what the program prints, what they name is there.

With --update the examples in the documents are written anew.
"""
import glob
import os
import re
import shlex
import sys

from program import ROOT, read, viaport

DOCUMENTS = ["README.md", "CONTRIBUTING.md"] + sorted(
    os.path.relpath(path, ROOT) for folder in ("docs", "docs/lessons") for path in glob.glob(f"{ROOT}/{folder}/*.md")
)
SOURCES = "\n".join(
    read(os.path.relpath(path, ROOT))
    for folder in ("sim", "sim/cli", "models", "scenarios", "reports")
    for path in glob.glob(f"{ROOT}/{folder}/*.[ch]")
)
complaints = []


def printed_anew(match):
    """A command, behind "$ ", with what it prints."""
    command = match.group(1)
    return f"$ viaport {command}\n" + viaport(*shlex.split(command)).decode()


def example_anew(match):
    commands = re.sub(r"^\$ viaport (.*)\n(?:(?!\$ ).*\n)*", printed_anew, match.group(1), flags=re.M)
    return f"```console\n{commands}```"


def check_examples(document, text):
    """What stands in a block of ```console must be what the program prints."""
    anew = re.sub(r"^```console\n(.*?)^```", example_anew, text, flags=re.M | re.S)
    if anew == text:
        return
    if "--update" in sys.argv:
        with open(os.path.join(ROOT, document), "w", encoding="utf-8") as file:
            file.write(anew)
    else:
        complaints.append(f"{document}: the program prints something else; tests/test_documents.py --update mends it")


def check_scenarios(text):
    """A whole scenario file in a block of ```yaml must run as it expects."""
    for scenario in re.findall(r"^```yaml\n(viaport: 1\n.*?)^```", text, re.M | re.S):
        viaport("run", "-", stdin=scenario.encode())


def check_names(document, text):
    """Functions in `name()`, files in `folder/file.c`, links to files."""
    for name in re.findall(r"`([a-z_][a-z0-9_]*)\(\)`", text):
        if not re.search(rf"^[a-z].*\b{name}\(", SOURCES, re.M):
            complaints.append(f"{document}: there is no {name}()")
    base = os.path.dirname(document)
    for path in re.findall(r"`((?:sim|models|scenarios|reports|tests|docs)/[a-z0-9_./-]+\.[a-z]+)`", text):
        if not os.path.exists(os.path.join(ROOT, path)):
            complaints.append(f"{document}: there is no {path}")
    for path in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        if not os.path.exists(os.path.join(ROOT, base, path)):
            complaints.append(f"{document}: the link to {path} leads nowhere")


def check_exit_codes():
    """Every exit code that the program has is told, and no other."""
    codes = re.findall(r"^\tEXIT_[A-Z]+ = (\d+),$", read("sim/cli/options.h"), re.M)
    told = {
        "README.md": re.findall(r"^\| (\d+) \|", read("README.md").split("## Exit codes")[1], re.M),
        "docs/viaport.1.scd": re.findall(r"^\*(\d+)\*$", read("docs/viaport.1.scd"), re.M),
        "--help": re.findall(r"(?:^|\s)(\d+) [a-z]", viaport("--help").decode().split("exit codes:")[1]),
    }
    for place, those in told.items():
        if those != codes:
            complaints.append(f"{place} tells of the exit codes {those}, there are {codes}")


check_exit_codes()
for document in DOCUMENTS:
    text = read(document)
    check_names(document, text)
    check_examples(document, text)
    check_scenarios(text)

if complaints:
    sys.exit("\n".join(complaints))
print(f"{len(DOCUMENTS)} documents")
