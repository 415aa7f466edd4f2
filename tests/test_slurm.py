"""A Slurm of one node runs docs/scale/slurm.sh as arrays, and srun: the merged parts are the whole.

Everything of it lies in a folder of its own: a key of munge, the configuration, the state. It listens on ports that are free,
and is gone when the test ends.
"""
import getpass
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from program import ROOT, attempt, check, path_with_viaport

MATRIX = "scenarios/register/matrix.yaml"
PATIENCE = 600  # seconds for anything of Slurm; it takes two or three where nothing else runs
DAEMONS = ("munged", "slurmctld", "slurmd")

CONFIGURATION = """
ClusterName=viaport
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthInfo=socket={folder}/munge.socket
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
MailProg=/bin/true
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES State=UP
"""


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Slurm:
    """The daemons, from `with` to its end."""

    def __init__(self, folder):
        self.folder = folder
        self.daemons = []
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM", "SBATCH", "SRUN"))}
        self.environment = {**clean, "SLURM_CONF": os.path.join(folder, "slurm.conf"), "PATH": path_with_viaport(folder)}
        os.chmod(folder, 0o755)  # where the socket of munge lies
        self.write()

    def write(self):
        host = socket.gethostname().split(".")[0]
        for name in ("state", "spool"):
            os.mkdir(os.path.join(self.folder, name))
        with open(os.path.join(self.folder, "slurm.conf"), "w", encoding="utf-8") as file:
            file.write(CONFIGURATION.format(host=host, user=getpass.getuser(), folder=self.folder, ports=free_ports(2)))
        with open(os.path.join(self.folder, "munge.key"), "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(os.urandom(1024))

    def start(self, *command):
        log = open(os.path.join(self.folder, command[0] + ".log"), "wb")
        self.daemons.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment))

    def __enter__(self):
        place = self.folder
        self.start("munged", "--foreground", f"--key-file={place}/munge.key", f"--socket={place}/munge.socket",
                   f"--pid-file={place}/munged.pid", f"--log-file={place}/munged.file", f"--seed-file={place}/munge.seed")
        self.wait("munge", lambda: os.path.exists(f"{place}/munge.socket"))
        self.start("slurmctld", "-D")
        self.start("slurmd", "-D")
        self.wait("the node", lambda: self.ask("sinfo", "-h", "-o", "%T").strip() == "idle")
        return self

    def __exit__(self, *_):
        """Whoever carries out a step ends on its own, as long as there is somebody to report to."""
        if all(daemon.poll() is None for daemon in self.daemons):
            self.ask("scancel", "--user", getpass.getuser())
            self.wait("the end of all steps", lambda: not self.ask("squeue", "-h").strip() and not self.steps())
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in self.daemons:
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()

    def ask(self, *command):
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False).stdout

    def wait(self, what, there):
        end = time.monotonic() + PATIENCE
        while not there():
            if time.monotonic() > end or any(daemon.poll() is not None for daemon in self.daemons):
                for name in DAEMONS:
                    path = os.path.join(self.folder, name + ".log")
                    sys.stderr.write(f"--- {name}\n{open(path).read()[-2000:]}\n" if os.path.exists(path) else "")
                sys.exit(f"Slurm: {what} does not come")
            time.sleep(0.1)

    def steps(self):
        """Each has a socket, HOST_JOB.STEP."""
        return [name for name in os.listdir(os.path.join(self.folder, "spool")) if re.search(r"_\d+\.\d+$", name)]

    def submit(self, folder, *words):
        done = subprocess.run(["sbatch", "--parsable", *words], cwd=folder, env=self.environment, capture_output=True, text=True)
        check(done.returncode == 0, f"sbatch {words}: {done.stderr}")
        return done.stdout.strip()


def arrays_are_the_whole(slurm, folder):
    """Both at once. The second one counts 10, 12, 14, 16."""
    whole = attempt("run", MATRIX, "-f", "json").stdout
    script = os.path.join(ROOT, "docs/scale/slurm.sh")
    arrays = {"1-7": 7, "10-16:2": 4}
    jobs = {}
    for array in arrays:
        path = os.path.join(folder, array)
        os.mkdir(path)
        shutil.copytree(os.path.join(ROOT, "scenarios/register"), os.path.join(path, "scenarios/register"))
        jobs[array] = slurm.submit(path, f"--array={array}", script, MATRIX)
    slurm.wait("the end of the arrays", lambda: not slurm.ask("squeue", "-h", "-j", ",".join(jobs.values())).strip())
    for array, parts in arrays.items():
        path = os.path.join(folder, array)
        logs = "".join(open(os.path.join(path, name)).read() for name in sorted(os.listdir(path)) if name.endswith(".log"))
        check(logs.count("from a Slurm array: SLURM_ARRAY_TASK_ID=") == parts, f"--array={array} did not run {parts} parts: {logs}")
        merged = attempt("merge", os.path.join(path, "parts"), "-f", "json")
        check(merged.stdout == whole, f"what --array={array} has done is not the whole: {merged.stderr} {logs}")


def tasks_of_srun_are_the_whole(slurm, folder):
    whole = attempt("run", MATRIX, "-f", "json").stdout
    parts = os.path.join(folder, "parts")
    command = ["srun", "-n", "3", "viaport", "run", MATRIX, "--shard", "auto", "--jobs", "1", "--out", parts]
    done = subprocess.run(command, cwd=ROOT, env=slurm.environment, capture_output=True, text=True, timeout=PATIENCE)
    check(done.returncode == 0 and "from srun: SLURM_PROCID=2, SLURM_NTASKS=3" in " ".join(done.stderr.split()), f"srun: {done.stderr}")
    check(attempt("merge", parts, "-f", "json").stdout == whole, "what srun has done is not the whole")


for program in DAEMONS:
    check(shutil.which(program), f"{program} is not here: .ci/install test installs it")
with tempfile.TemporaryDirectory() as folder, Slurm(folder) as slurm:
    arrays_are_the_whole(slurm, folder)
    tasks_of_srun_are_the_whole(slurm, folder)
