"""`viaport init` writes a lab that works as it is: its files, the commands of its README, and those that GitHub and GitLab run."""
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile

import yaml

from program import ROOT, VIAPORT

FOLDER = tempfile.TemporaryDirectory()
FILES = ["README.md", "first-call.yaml", "matrix.yaml", "ci/install-viaport.sh", ".github/workflows/viaport.yml", ".gitlab-ci.yml"]
PATH = f"{os.path.dirname(VIAPORT)}:{os.environ['PATH']}"
ENVIRONMENT = {**os.environ, "PATH": PATH, "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}


def run(*command, code=0, cwd=FOLDER.name, env=ENVIRONMENT):
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
    if done.returncode != code:
        sys.exit(f"{command}: exit {done.returncode}, wanted {code}\n{done.stdout}{done.stderr}")
    return done.stdout, done.stderr


def check(what, holds, shown=""):
    if not holds:
        sys.exit(f"{what}\n{shown}")


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def all_files(folder):
    return sorted(os.path.relpath(os.path.join(base, name), folder) for base, _, names in os.walk(folder) for name in names)


# --- what is written, and what is not -----------------------------------------------------------------------------

lab = os.path.join(FOLDER.name, "lab")
out, err = run("viaport", "init", "lab/")
check("it says what it wrote", out == "".join(f"written: lab/{name}\n" for name in FILES), out)
check("and what one can do with it", err == "next: viaport run lab/\n", err)
check("and that is all", all_files(lab) == sorted(FILES), all_files(lab))

out, err = run("viaport", "run", "lab")
check("it ends with a matrix, all of it as expected", re.search(r"^phone cisco-7940$", out, re.M) and out.endswith("all as expected.\n"), out)
check("and shows a call before that", "INVITE" in out and out.index("INVITE") < out.index("phone cisco-7940"), out)
check("three phones behind twelve routers with three servers", "109 cells: " in out, out)
run("viaport", "check", "lab")

before = {name: read(lab, name) for name in FILES}
os.remove(os.path.join(lab, "matrix.yaml"))
with open(os.path.join(lab, "README.md"), "w", encoding="utf-8") as file:
    file.write("mine\n")
out, err = run("viaport", "init", "lab", code=4)
check("nothing is written over", read(lab, "README.md") == "mine\n" and not os.path.exists(os.path.join(lab, "matrix.yaml")), all_files(lab))
check("what is in the way is named", out == "" and "viaport: lab/README.md is there already\n" in err and "matrix" not in err, err)
check("and where it could be written", "name a folder that has none of these files" in err, err)

here = os.path.join(FOLDER.name, "here")
os.mkdir(here)
with open(os.path.join(here, "mine.txt"), "w", encoding="utf-8") as file:
    file.write("other files stay\n")
check("without a name it is the folder one is in", run("viaport", "init", cwd=here)[0].startswith("written: README.md\n"))
check("the same is written there", {name: read(here, name) for name in FILES} == before)
run("viaport", "init", "a", "b", code=2)
run("viaport", "init", "", code=2)
check("what cannot be written is named", "/proc/lab/README.md" in run("viaport", "init", "/proc/lab", code=4)[1])

# --- what goes wrong, and what comes next --------------------------------------------------------------------------

sizes = [len(before[name].encode()) for name in FILES]
full = os.path.join(FOLDER.name, "full")
os.mkdir(full)
os.mkdir(os.path.join(full, "ci"))
for fits in (0, *sorted(sizes)[:-1]):  # the first file that is longer cannot be written, which is what a full disk is like
    done = subprocess.run(["viaport", "init", "full/a/lab"], cwd=FOLDER.name, env=ENVIRONMENT, capture_output=True, text=True,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (fits, fits)))
    check("a lab that cannot be written is told", done.returncode == 4 and "cannot write full/a/lab/" in done.stderr and not done.stdout, done.stderr)
    check("and nothing of it is left", [name for _, names, files in os.walk(full) for name in names + files] == ["ci"], os.listdir(full))
done = subprocess.run(["viaport", "init", "full"], cwd=FOLDER.name, env=ENVIRONMENT, capture_output=True, text=True,
                      preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (max(sizes) - 1,) * 2))
check("folders that were there stay", done.returncode == 4 and os.listdir(full) == ["ci"], os.listdir(full))
run("viaport", "init", "full")

for name, written in (("lab x", "'lab x'"), ("-lab", "./-lab"), ("-it's", "./")):
    _, err = run("viaport", "init", "--", name)
    check("the next command names the folder so that a shell finds it", err.startswith(f"next: viaport run {written}"), err)
    check("and it is that folder", os.path.samefile(os.path.join(FOLDER.name, shlex.split(err)[-1]), os.path.join(FOLDER.name, name)), err)
    run("sh", "-c", err.removeprefix("next: "))

# --- the commands that the files contain --------------------------------------------------------------------------

readme = read(here, "README.md")
commands = [line.split("#")[0].strip() for block in re.findall(r"^```sh\n(.*?)^```", readme, re.M | re.S) for line in block.splitlines()]
check("the README has commands", len(commands) >= 5, readme)
for command in commands:
    run("sh", "-c", command, cwd=here)
for path in re.findall(r"^\| `([^`]+)` \|", readme, re.M):
    check(f"the README names {path}, which is there", os.path.exists(os.path.join(here, path)))


def in_integration(steps, variables, where):
    """Runs what a service would run, one after the other; all must end well."""
    shutil.rmtree(os.path.join(where, "out"), ignore_errors=True)
    values = {name: re.sub(r"\$\{\{.*?\}\}", "", value) for name, value in variables.items()}
    return "".join(run("sh", "-e", "-c", step, cwd=where, env={**ENVIRONMENT, "CI": "true", **values})[0] for step in steps)


github = yaml.safe_load(read(here, ".github/workflows/viaport.yml"))
gitlab = yaml.safe_load(read(here, ".gitlab-ci.yml"))["viaport"]
github_steps = [step["run"] for step in github["jobs"]["lab"]["steps"] if "run" in step]
for name, steps, variables, kept in (
    ("GitHub", github_steps, github["env"], [step["with"]["path"] for step in github["jobs"]["lab"]["steps"] if "with" in step]),
    ("GitLab", gitlab["script"], gitlab["variables"], gitlab["artifacts"]["paths"]),
):
    check(f"{name}: installs, checks and runs", len(steps) == 3 and "install-viaport.sh" in steps[0], steps)
    said = in_integration(steps, variables, here)
    check(f"{name}: the totals are seen", "109 cells: " in said, said)
    check(f"{name}: results are kept where they are", kept == ["out"] and "result.json" in all_files(os.path.join(here, "out")), kept)
    formats = re.search(r"-f (\S+)", steps[2]).group(1).split(",")
    check(f"{name}: a file for each format", len(all_files(os.path.join(here, "out"))) == len(formats), all_files(os.path.join(here, "out")))
    check(f"{name}: nothing broke against the baseline", "nothing broke against the baseline" in in_integration(steps, {**variables, "VIAPORT_BASELINE": "baseline.json"}, here))
    worse = read(here, "matrix.yaml")
    with open(os.path.join(here, "matrix.yaml"), "w", encoding="utf-8") as file:
        file.write(worse.replace("{model: $router}", "{model: $router, alg: none}"))
    in_integration(steps[:2], variables, here)
    run("sh", "-e", "-c", steps[2], cwd=here, code=1, env={**ENVIRONMENT, "CI": "true", **variables, "VIAPORT_BASELINE": "baseline.json"})
    os.makedirs(top := os.path.join(FOLDER.name, "top"))
    os.rename(here, os.path.join(top, "sip"))
    below = {**ENVIRONMENT, "CI": "true", **variables, "VIAPORT_LAB": "sip", "VIAPORT_BASELINE": "sip/baseline.json"}
    broken = run("sh", "-e", "-c", steps[2], cwd=top, code=1, env=below)[0]
    check(f"{name}: a knob that breaks the lab in a folder is caught", re.search(r"^\d+ broke against the baseline: .*109\s+compared", broken, re.M | re.S), broken)
    shutil.rmtree(os.path.join(top, "out"))
    os.rename(os.path.join(top, "sip"), here)
    os.rmdir(top)
    with open(os.path.join(here, "matrix.yaml"), "w", encoding="utf-8") as file:
        file.write(worse)
    os.rename(here, below := os.path.join(FOLDER.name, "larger"))
    os.mkdir(here)
    os.rename(below, os.path.join(here, "sip"))
    in_integration(steps, {**variables, "VIAPORT_LAB": "sip"}, here)
    shutil.rmtree(os.path.join(here, "out"))
    os.rename(os.path.join(here, "sip"), below)
    os.rmdir(here)
    os.rename(below, here)

# --- how they install viaport -------------------------------------------------------------------------------------

SCRIPT = os.path.join(here, "ci/install-viaport.sh")
stubs = os.path.join(FOLDER.name, "stubs")
os.mkdir(stubs)
for name in ("sh", "mktemp", "nproc", "mkdir", "cp"):
    os.symlink(shutil.which(name), os.path.join(stubs, name))
for name in ("apt-get", "git", "curl", "cmake", "install"):
    log = f'echo "{name if name != "install" else ".ci/install"} $*" >> "$LOG"'
    clone = 'for to; do :; done; mkdir -p "$to/.ci"; cp "$STUBS/install" "$to/.ci/install"' if name == "git" else ""
    with open(os.path.join(stubs, name), "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\n{log}\n{clone}\n")
    os.chmod(os.path.join(stubs, name), 0o755)


def installs(code=0, **variables):
    """What the script would call, where viaport is not there yet."""
    log = os.path.join(FOLDER.name, "log")
    open(log, "w", encoding="utf-8").close()
    _, err = run("sh", SCRIPT, code=code, env={"PATH": stubs, "LOG": log, "STUBS": stubs, "TMPDIR": FOLDER.name, **variables})
    return read(log) or err


demo = read(ROOT, "demo.sh")
said = installs(VIAPORT_REPOSITORY="https://example.org/viaport.git")
check("sources are fetched", re.search(r"^git clone .*https://example\.org/viaport\.git ", said, re.M), said)
check("and built as demo.sh builds them", all(line in said and line in demo for line in (
    ".ci/install build", "cmake --preset release", "cmake --build --preset release --parallel")), said)
check("and installed", said.endswith("cmake --install build/release\n"), said)
said = installs(VIAPORT_PACKAGE="https://example.org/viaport.deb", VIAPORT_REPOSITORY="x")
check("a package is fetched and installed", re.search(
    r"^curl .*-o (\S+) https://example\.org/viaport\.deb\napt-get install .* \1\n\Z", said, re.M) and "git" not in said, said)
check("neither is said", "VIAPORT_PACKAGE or VIAPORT_REPOSITORY" in installs(code=1))

FOLDER.cleanup()
print("the lab works as it is")
