"""The files in docs/scale do what they say: their commands are run, GNU parallel is the real one, and merged parts are the whole."""
import gzip
import os
import re
import shutil
import subprocess
import tempfile

import yaml

from program import ROOT, attempt, check, path_with, path_with_viaport, read

MATRIX = os.path.join(ROOT, "scenarios/register/matrix.yaml")
ENGINES = re.compile("SLURM|OMPI|CI_NODE|AWS_BATCH|JOB_COMPLETION|PARALLEL|GITHUB")


def whole_result(folder, name):
    shutil.copy(MATRIX, os.path.join(folder, name))
    return subprocess.run([os.environ["VIAPORT"], "run", name, "-f", "json"], cwd=folder, capture_output=True, check=True).stdout


def sh(folder, command, code=0, **environment):
    """Runs a command as an engine would, which tells nothing but these variables."""
    clean = {name: value for name, value in os.environ.items() if not ENGINES.match(name)}
    done = subprocess.run(["sh", "-ec", command], cwd=folder, env={**clean, **environment}, capture_output=True, text=True)
    check(done.returncode == code, f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def result_of(folder):
    with open(os.path.join(folder, "results", "result.json"), "rb") as file:
        return file.read()


def documents(name):
    return list(yaml.safe_load_all(read(f"docs/scale/{name}")))


# --- GNU parallel ---------------------------------------------------------------------------------

# In place of ssh: a host is a folder, its home. One that was told to break cannot be reached.
SSH = r"""
while :; do case $1 in -[lpoS]) shift 2;; -*) shift;; *) break;; esac; done
host=$1
shift
[ "$1" = -- ] && shift
echo "$host" >>"$HOSTS/log"
[ -e "$HOSTS/broken-$host" ] && exit 255
HOME=$HOSTS/$host
export HOME
mkdir -p "$HOME"
cd "$HOME"
exec sh -c "$*"
"""


def hosts_over_ssh_do_their_parts(folder):
    for program in ("parallel", "rsync"):
        check(shutil.which(program), f"{program} is not here: .ci/install test installs it")
    home, lab, hosts, programs = (os.path.join(folder, name) for name in ("home", "home/my lab", "hosts", "programs"))
    for path in (lab, hosts, programs):
        os.makedirs(path)
    whole = whole_result(lab, "it's a sweep.yaml")
    path_with_viaport(programs)
    environment = {"HOME": home, "HOSTS": hosts, "PATH": path_with(programs, "ssh", SSH), "PARALLEL_SHELL": "/bin/sh"}
    script = os.path.join(ROOT, "docs/scale/ssh-hosts.sh")
    command = f"sh '{script}' alpha,beta,: 9 \"it's a sweep.yaml\""

    open(os.path.join(hosts, "broken-beta"), "w").close()
    sh(lab, command + " || echo broken", **environment)
    log = open(os.path.join(lab, "parts.log"), encoding="utf-8").read()
    before = dict(re.findall(r"^(\d+)\t.*?\t.*?\t.*?\t.*?\t.*?\t(\d+)\t", log, re.M))
    check(len(before) == 9 and "255" in before.values(), f"beta is broken, but the log says {log}")
    check(not os.path.exists(os.path.join(lab, "results")), "there are results, although parts are missing")

    os.remove(os.path.join(hosts, "broken-beta"))
    sh(lab, command, **environment)
    check(result_of(lab) == whole, "what the hosts have done is not the whole")
    log = open(os.path.join(lab, "parts.log"), encoding="utf-8").read().splitlines()[1:]
    failed = sum(code != "0" for code in before.values())
    check(len(log) == 9 + failed, f"{failed} parts had failed, but it runs {len(log) - 9} anew")
    used = set(open(os.path.join(hosts, "log"), encoding="utf-8").read().split())
    check(used == {"alpha", "beta"}, f"the hosts that were asked are {used}")
    left = [file for host in ("alpha", "beta") for _, _, files in os.walk(os.path.join(hosts, host)) for file in files]
    check(not left, f"the hosts keep {left}")


def parallel_tells_its_jobs_which_they_are(folder):
    whole = whole_result(folder, "sweep.yaml")
    environment = {"PATH": path_with_viaport(folder), "HOME": folder, "PARALLEL_SHELL": "/bin/sh"}
    done = sh(folder, "seq 4 | parallel -n 1 'viaport run sweep.yaml --shard auto --shards 4 --out parts # {}'", **environment)
    check("from GNU parallel: PARALLEL_SEQ=4" in done.stderr, f"GNU parallel: {done.stderr}")
    sh(folder, "viaport merge parts -f json --out results", **environment)
    check(result_of(folder) == whole, "what GNU parallel has done is not the whole")


# --- engines that are not here: what they would run -----------------------------------------------


def gitlab_runs_eight_parts(folder):
    lab, = documents("gitlab.yml")
    whole = whole_result(folder, "sweep.yaml")
    path = path_with_viaport(folder)
    os.mkdir(os.path.join(folder, "ci"))
    open(os.path.join(folder, "ci", "install-viaport.sh"), "w").close()
    for node in range(1, lab["parts"]["parallel"] + 1):
        for line in lab["parts"]["script"]:
            sh(folder, line, PATH=path, CI_NODE_INDEX=str(node), CI_NODE_TOTAL=str(lab["parts"]["parallel"]))
    check(lab["parts"]["artifacts"]["paths"] == ["parts"], "GitLab does not keep the parts")
    for line in lab["results"]["script"]:
        sh(folder, line, PATH=path)
    check(result_of(folder) == whole, "what GitLab's jobs have done is not the whole")
    check("junit.xml" in os.listdir(os.path.join(folder, "results")), "GitLab is shown no junit.xml")


def github_runs_a_part_for_each_of_its_matrix(folder):
    jobs = documents("github.yml")[0]["jobs"]
    whole = whole_result(folder, "sweep.yaml")
    path = path_with_viaport(folder)
    numbers = jobs["part"]["strategy"]["matrix"]["part"]
    check(numbers == list(range(1, len(numbers) + 1)), f"GitHub's parts are {numbers}")
    os.mkdir(os.path.join(folder, "ci"))
    open(os.path.join(folder, "ci", "install-viaport.sh"), "w").close()
    for number in numbers:
        for step in jobs["part"]["steps"]:
            line = step.get("run", "").replace("${{ matrix.part }}", str(number)).replace("${{ strategy.job-total }}", str(len(numbers)))
            check("${{" not in line, f"GitHub would put something else into {line}")
            sh(folder, line, PATH=path)
    summary = os.path.join(folder, "summary.md")
    for step in jobs["results"]["steps"]:
        sh(folder, step.get("run", ""), PATH=path, GITHUB_STEP_SUMMARY=summary)
    check(os.path.getsize(summary) > 0, "GitHub is shown no summary")
    check(jobs["results"]["needs"] == "part" and result_of(folder) == whole, "what GitHub's jobs have done is not the whole")


def kubernetes_says_twice_how_many_parts_there_are(folder):
    volume, job = documents("kubernetes.yaml")
    whole = whole_result(folder, "sweep.yaml")
    path = path_with_viaport(folder)
    spec, pod = job["spec"], job["spec"]["template"]["spec"]
    container, = pod["containers"]
    shell, option, line = container["command"]
    check((shell, option) == ("sh", "-c") and spec["completionMode"] == "Indexed", "the job is not indexed, or not a command of sh")
    check(f"--shards {spec['completions']} " in line, "--shards is not the number of completions")
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    claims = {claim["name"]: claim.get("persistentVolumeClaim", {}).get("claimName") for claim in pod["volumes"]}
    check(claims["parts"] == volume["metadata"]["name"] and mounts["lab"] == container["workingDir"], "the volumes do not fit")
    check(f"--out {mounts['parts']} " in line, "the parts do not go into their volume")
    line = line.replace(f"--out {mounts['parts']}", "--out parts").replace(f"--shards {spec['completions']}", "--shards 6")
    for index in range(6):
        sh(folder, line, PATH=path, JOB_COMPLETION_INDEX=str(index))
    sh(folder, "viaport merge parts -f json --out results", PATH=path)
    check(result_of(folder) == whole, "what the pods have done is not the whole")


for proof in (hosts_over_ssh_do_their_parts, parallel_tells_its_jobs_which_they_are, gitlab_runs_eight_parts,
              github_runs_a_part_for_each_of_its_matrix, kubernetes_says_twice_how_many_parts_there_are):
    with tempfile.TemporaryDirectory() as folder:
        proof(folder)
