#!/bin/sh
# One part of a run for each task of a Slurm array, on as many CPUs as the task has. Where the tasks see one file system:
#
#	sbatch --wait --array=1-64 --cpus-per-task=8 slurm.sh sweep.yaml
#	viaport merge parts -f text,json --out results
#
# Words behind the script go to `viaport run`. The array must be a range; --array=10-16:2 is one, too. A part that is still
# missing in the end is named by `viaport merge`, with the command that makes it.
#
#SBATCH --job-name=viaport
#SBATCH --output=viaport-%a.log
set -eu
# 1: something was not as expected, which the merge will tell of all parts at once
viaport run "$@" --shard auto --jobs "${SLURM_CPUS_PER_TASK:-1}" --out parts || [ $? = 1 ]
