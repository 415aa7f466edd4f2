#!/bin/sh
# Runs the parts of a run on several hosts over ssh, with GNU parallel, and joins them here:
#
#	ssh-hosts.sh alpha,beta,: 12 sweep.yaml		12 parts on alpha, beta and this machine (:)
#
# Each host needs viaport and rsync, and to be reached by ssh without a question. The file is copied there for each part and
# the part is fetched back; what the file uses besides must lie beside it on every host. A part takes all cores, so a host has
# one at a time. After an interruption the same command runs what is missing.
set -eu
hosts=$1 parts=$2 file=$3
# The list of parts is meant to be split into words.
# shellcheck disable=SC2046
parallel --plus --sshlogin "$hosts" --jobs 1 --joblog parts.log --resume-failed --workdir . \
	--transferfile {2} --return 'parts/part-{#}-of-{##}.jsonl.gz' --cleanup \
	'viaport run {2} --shard {#}/{##} --out parts || [ $? = 1 ]' ::: $(seq "$parts") ::: "$file"
viaport merge parts -f text,json --out results
