"""The Debian package: it is made, lintian finds no mistake in it, and what is in it works where it lies."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

from program import ROOT, VIAPORT

FOLDER = tempfile.TemporaryDirectory()
BUILD = os.path.dirname(VIAPORT)
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
PAGE = "usr/share/man/man1/viaport.1.gz"
PAGE_MAKER = "docs/manual.cmake"
MANUAL = os.path.join(ROOT, "docs/viaport.1.scd")
FILES = (
    "usr/bin/viaport", PAGE, "usr/share/viaport/catalogue/phones.yaml", "usr/share/viaport/scenarios/register/matrix.yaml",
    "usr/share/viaport/lab/matrix.yaml", "usr/share/bash-completion/completions/viaport", "usr/share/zsh/vendor-completions/_viaport",
    "usr/share/fish/vendor_completions.d/viaport.fish", "usr/share/doc/viaport/copyright", "usr/share/doc/viaport/changelog.gz",
    "usr/share/doc/viaport/README.md", "usr/share/doc/viaport/docs/scenarios.md",
)


def run(*command, code=0, **others):
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, **others)
    if done.returncode != code:
        sys.exit(f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


for tool, package in (("cpack", "cmake"), ("lintian", "lintian"), ("scdoc", "scdoc")):
    if not shutil.which(tool):
        sys.exit(f"no {tool}: packages.txt names {package}")

# Whoever builds the program alone, as demo.sh does, can install it and make a package of it.
if PAGE_MAKER not in run("make", "-n", "-f", "CMakeFiles/viaport.dir/build.make", "-W", MANUAL, "viaport", cwd=BUILD):
    sys.exit("the manual page is not made with the program")

run("cpack", "--config", os.path.join(BUILD, "CPackConfig.cmake"), "-B", FOLDER.name)
package, = glob.glob(os.path.join(FOLDER.name, "*.deb"))
said = run("lintian", "--allow-root", "--tag-display-limit", "0", "--fail-on", "error,warning", package)

control = run("dpkg-deb", "--field", package)
for wanted in ("Package: viaport", "Maintainer: ", "Section: comm", "libosip2", "Description: test lab for SIP telephony"):
    if wanted not in control:
        sys.exit(f"its control file does not say {wanted}:\n{control}")

root = os.path.join(FOLDER.name, "root")
run("dpkg-deb", "-x", package, root)
missing = [path for path in FILES if not os.path.isfile(os.path.join(root, path))]
if missing:
    sys.exit(f"the package lacks {missing}")

# Somewhere else, so that what it finds is what was unpacked.
program = os.path.join(root, "usr/bin/viaport")
demo = run(program, "demo", cwd=FOLDER.name)
if os.path.realpath(os.path.join(root, "usr/share/viaport/scenarios")) not in demo:
    sys.exit(f"it shows other scenarios than its own:\n{demo[-500:]}")
run(program, "init", "lab", cwd=FOLDER.name)
if "all as expected" not in run(program, "run", "lab", cwd=FOLDER.name):
    sys.exit("its lab is not as expected")
run(program, "completion", "zsh", cwd=FOLDER.name)
if not re.search(r"^NAME\n +viaport - ", run("man", "-l", os.path.join(root, PAGE)), re.M):
    sys.exit("its manual page cannot be read")

FOLDER.cleanup()
print(os.path.basename(package))
