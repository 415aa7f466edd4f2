"""The program says which commit it is built from, and builds without git too."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from program import ROOT, viaport

SCRIPT = "sim/cli/version.cmake"
FOLDER = tempfile.TemporaryDirectory()
ENVIRONMENT = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}


def git(root, *args):
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    return subprocess.run(["git", "-C", root, *who, *args], check=True, capture_output=True, env=ENVIRONMENT).stdout.decode().strip()


def tree(name):
    """A source tree with nothing in it but what asks for the commit."""
    root = os.path.join(FOLDER.name, name)
    os.makedirs(os.path.join(root, "sim/cli"))
    shutil.copy(os.path.join(ROOT, SCRIPT), os.path.join(root, SCRIPT))
    shutil.copy(os.path.join(ROOT, ".gitattributes"), root)
    return root


def commit(root):
    git(root, "add", ".")
    git(root, "commit", "-q", "--allow-empty", "-m", "x")
    return git(root, "rev-parse", "HEAD")[:12]


def asked(root):
    """The three texts, as a build from there would have them, and when they were written."""
    output = os.path.join(FOLDER.name, f"{os.path.basename(root)}.c")
    subprocess.run(["cmake", "-D", f"ROOT={root}", "-D", "VERSION=1.2.3", "-D", f"OUTPUT={output}", "-P", os.path.join(root, SCRIPT)],
                   check=True, env=ENVIRONMENT)
    with open(output, encoding="utf-8") as file:
        return re.findall(r'\[\] = "(.*)";', file.read()), os.stat(output).st_mtime_ns


def check(what, shown, wanted):
    if shown != wanted:
        sys.exit(f"{what}: {shown}, wanted {wanted}")


root = tree("cloned")
check("no git", asked(root)[0], ["1.2.3", "", "1.2.3"])
git(FOLDER.name, "init", "-q", "-b", "main", root)
first = commit(root)
before = asked(root)
check("a commit", before[0], ["1.2.3", first, f"1.2.3+{first}"])
check("nothing is written twice", asked(root), before)
second = commit(root)
check("HEAD has moved", asked(root)[0], ["1.2.3", second, f"1.2.3+{second}"])
with open(os.path.join(root, ".gitattributes"), "a", encoding="utf-8") as file:
    file.write("# edited\n")
check("edited", asked(root)[0], ["1.2.3", f"{second}-dirty", f"1.2.3+{second}-dirty"])

archived = os.path.join(FOLDER.name, "archived")
os.mkdir(archived)
git(root, "archive", "-o", f"{archived}.tar", "HEAD")
subprocess.run(["tar", "-xf", f"{archived}.tar", "-C", archived], check=True)
check("an archive", asked(archived)[0], ["1.2.3", second, f"1.2.3+{second}"])
foreign = tree("cloned/below")
check("below somebody else's repository", asked(foreign)[0], ["1.2.3", "", "1.2.3"])

said = viaport("--version").decode()
match = re.fullmatch(r"viaport (\d+\.\d+\.\d+)(?: \(commit ([0-9a-f]{12}(?:-dirty)?)\))?\n", said)
check("viaport --version", bool(match), True)
tool = json.loads(viaport("run", "-f", "json", "scenarios/register/seed-test-1.yaml"))["tool"]
check("results say it too", tool["version"], "+".join(filter(None, match.groups())))
FOLDER.cleanup()
print(said, end="")
