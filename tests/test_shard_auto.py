"""--shard auto believes the variables of an engine, says what it found, and fails when they say nothing or nonsense."""
import os
import tempfile

from program import attempt, check

MATRIX = "scenarios/register/matrix.yaml"
VARIABLES = """SLURM_ARRAY_TASK_ID SLURM_ARRAY_TASK_MIN SLURM_ARRAY_TASK_MAX SLURM_ARRAY_TASK_STEP SLURM_ARRAY_TASK_COUNT
    OMPI_COMM_WORLD_RANK OMPI_COMM_WORLD_SIZE SLURM_PROCID SLURM_NTASKS AWS_BATCH_JOB_ARRAY_INDEX AWS_BATCH_JOB_ARRAY_SIZE
    CI_NODE_INDEX CI_NODE_TOTAL JOB_COMPLETION_INDEX PARALLEL_SEQ""".split()


def array(index, first, last, step, count):
    names = ("ID", "MIN", "MAX", "STEP", "COUNT")
    return {f"SLURM_ARRAY_TASK_{name}": str(n) for name, n in zip(names, (index, first, last, step, count))}


def openmpi(rank, size):
    return {"OMPI_COMM_WORLD_RANK": str(rank), "OMPI_COMM_WORLD_SIZE": str(size)}


def srun(rank, size):
    return {"SLURM_PROCID": str(rank), "SLURM_NTASKS": str(size)}


def batch(index, size):
    return {"AWS_BATCH_JOB_ARRAY_INDEX": str(index), "AWS_BATCH_JOB_ARRAY_SIZE": str(size)}


def gitlab(index, total):
    return {"CI_NODE_INDEX": str(index), "CI_NODE_TOTAL": str(total)}


KUBERNETES = {"JOB_COMPLETION_INDEX": "2"}
PARALLEL = {"PARALLEL_SEQ": "3"}

FOUND = [
    # environment, further words, what is said, what is said of others
    (array(1, 1, 7, 1, 7), (), "shard 1 of 7, from a Slurm array: SLURM_ARRAY_TASK_ID=1, SLURM_ARRAY_TASK_MIN=1"),
    (array(7, 1, 7, 1, 7), (), "shard 7 of 7"),
    (array(0, 0, 3, 1, 4), (), "shard 1 of 4"),
    (array(10, 10, 16, 2, 4), (), "shard 1 of 4"),
    (array(16, 10, 16, 2, 4), (), "shard 4 of 4"),
    (array(9, 1, 10, 4, 3), (), "shard 3 of 3"),  # 1, 5, 9: the last one need not be reached
    (array(3, 3, 3, 1, 1), (), "shard 1 of 1"),
    (openmpi(0, 4), (), "shard 1 of 4, from OpenMPI: OMPI_COMM_WORLD_RANK=0, OMPI_COMM_WORLD_SIZE=4"),
    (openmpi(3, 4), (), "shard 4 of 4"),
    (srun(1, 2), (), "shard 2 of 2, from srun: SLURM_PROCID=1, SLURM_NTASKS=2"),
    (batch(63, 64), (), "shard 64 of 64, from AWS Batch: AWS_BATCH_JOB_ARRAY_INDEX=63, AWS_BATCH_JOB_ARRAY_SIZE=64"),
    (gitlab(1, 5), (), "shard 1 of 5, from GitLab: CI_NODE_INDEX=1, CI_NODE_TOTAL=5"),
    (gitlab(5, 5), ("--shards", "5"), "shard 5 of 5"),
    (KUBERNETES, ("--shards", "64"), "shard 3 of 64, from Kubernetes: JOB_COMPLETION_INDEX=2"),
    (PARALLEL, ("--shards", "3"), "shard 3 of 3, from GNU parallel: PARALLEL_SEQ=3"),
    # one within another
    ({**array(2, 1, 3, 1, 3), **srun(0, 1)}, (), "shard 2 of 3, from a Slurm array", "not asked: srun, SLURM_PROCID=0"),
    ({**openmpi(1, 3), **srun(0, 1)}, (), "shard 2 of 3, from OpenMPI", "not asked: srun, SLURM_PROCID=0"),
    ({**gitlab(1, 2), **PARALLEL}, (), "shard 1 of 2, from GitLab", "not asked: GNU parallel, PARALLEL_SEQ=3"),
    ({**srun(0, 2), **PARALLEL, **KUBERNETES}, (), "from srun", "Kubernetes, JOB_COMPLETION_INDEX=2; not asked: GNU parallel"),
    ({**gitlab("", ""), **srun(1, 2)}, (), "shard 2 of 2, from srun"),
]

REFUSED = [
    ({}, (), "no engine has started this: none of SLURM_ARRAY_TASK_ID, OMPI_COMM_WORLD_RANK"),
    (gitlab("", 3), (), "no engine has started this"),
    ({}, ("--shards", "3"), "no engine has started this"),
    ({"CI_NODE_INDEX": "1"}, (), "from GitLab: CI_NODE_TOTAL is not set"),
    ({"CI_NODE_INDEX": "1"}, ("--shards", "3"), "CI_NODE_TOTAL is not set"),
    (gitlab(1, ""), (), "CI_NODE_TOTAL is not set"),
    ({"SLURM_ARRAY_TASK_ID": "1"}, (), "SLURM_ARRAY_TASK_MIN is not set"),
    (gitlab("one", 3), (), "CI_NODE_INDEX=one is no number"),
    (gitlab("-1", 3), (), "CI_NODE_INDEX=-1 is no number"),
    (gitlab("1 ", 3), (), "CI_NODE_INDEX=1 is no number"),
    (gitlab("99999999999999999999", 3), (), "is no number"),
    (gitlab(0, 3), (), "CI_NODE_INDEX=0 is none of those that begin with 1"),
    (gitlab(4, 3), (), "CI_NODE_INDEX=4 makes it part 4 of 3"),
    (gitlab(1, 0), (), "CI_NODE_INDEX=1 makes it part 1 of 0"),
    (gitlab(1, 10001), (), "up to 1 of 10000"),
    (gitlab(1, 3), ("--shards", "4"), "CI_NODE_TOTAL=3, but --shards is 4"),
    (openmpi(4, 4), (), "OMPI_COMM_WORLD_RANK=4 makes it part 5 of 4"),
    (array(11, 10, 16, 2, 4), (), "SLURM_ARRAY_TASK_ID=11 is none of those that begin with 10 and go on by 2"),
    (array(9, 10, 16, 2, 4), (), "SLURM_ARRAY_TASK_ID=9 is none of those"),
    (array(1, 1, 4, 0, 4), (), "go on by 0"),
    (array(1, 1, 8, 1, 3), (), "SLURM_ARRAY_TASK_COUNT=3, but from 1 to 8 there are others"),  # 1,3,8
    (array(3, 3, 3, 1, 1), ("--shards", "7"), "SLURM_ARRAY_TASK_COUNT=1, but --shards is 7"),
    (KUBERNETES, (), "from Kubernetes: JOB_COMPLETION_INDEX=2, but nothing says how many parts there are: add --shards N"),
    (KUBERNETES, ("--shards", "2"), "JOB_COMPLETION_INDEX=2 makes it part 3 of 2"),
    (PARALLEL, (), "from GNU parallel: PARALLEL_SEQ=3, but nothing says how many parts there are"),
]


def run(environment, *words):
    """An engine may have started this test too."""
    return attempt("run", MATRIX, "--shard", "auto", *words, env={name: environment.get(name, "") for name in VARIABLES})


for environment, words, *sentences in FOUND:
    done = run(environment, "--dry-run", "-q", *words)
    said = " ".join(done.stderr.split())
    check(done.returncode == 0, f"{environment}: exit {done.returncode} {done.stderr}")
    for sentence in sentences:
        check(sentence in said, f"{environment} does not say {sentence!r}: {said}")
    check(len(sentences) > 1 or "not asked" not in said, f"{environment}: {said}")

for environment, words, sentence in REFUSED:
    with tempfile.TemporaryDirectory() as folder:
        done = run(environment, "--out", folder, *words)
        said = " ".join(done.stderr.split())
        check(done.returncode == 2, f"{environment}: exit {done.returncode}, wanted 2: {said}")
        check(sentence in said, f"{environment} does not say {sentence!r}: {said}")
        check(not os.listdir(folder), f"{environment} is refused, but something was run")

with tempfile.TemporaryDirectory() as folder:
    done = run(gitlab(2, 5), "--out", folder)
    check(os.listdir(folder) == ["part-2-of-5.jsonl.gz"], f"GitLab's second job writes {os.listdir(folder)}")
