#!/bin/bash
# How long it takes until a rank that was killed on another host is named, and a host that was cut off: measure.sh BUILD [N]. BUILD is the
# build folder; each is repeated N times, 10 by default. Then a result of 64 MiB comes over a link of 5 Mbit/s, once. Needs root and Slurm.
set -u
build=$(readlink -f "${1:?}") || exit 2
n=${2:-10}
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_mpi_yield_when_idle=1 RANKPOOL_HOSTS_AS_USUAL=1

# repeat WHAT LINE COMMAND...: the milliseconds in the lines "LINE after ... ms" of N runs.
repeat() {
    local what=$1 line=$2 times=() run output
    shift 2
    for run in $(seq "$n"); do
        output=$("$@" 2>&1) || printf '%s: run %s failed:\n%s\n' "$what" "$run" "$output" >&2
        times+=("$(sed -n "s/^$line after \([0-9]*\) ms$/\1/p" <<<"$output")")
    done
    printf '%s:' "$what"
    printf '%s\n' "${times[@]}" | sort -n | awk '{ printf " %s", $1; all[NR] = $1 } END { printf " ms; median %s, most %s\n", all[int((NR + 1) / 2)], all[NR] }'
}

over_hosts=(bash "$tests/hosts/test_hosts.sh")
program=$build/tests/cli/rankpool_cli_program
repeat "killed, mpirun" named "${over_hosts[@]}" a_killed_rank_is_named_with_its_items "$program"
repeat "killed, srun" named bash "$tests/slurm/test_slurm.sh" a_killed_rank_of_another_node_is_named "$build/rankpool"
repeat "rank 0 killed, mpirun" named "${over_hosts[@]}" the_loss_of_rank_0_is_named "$program"
repeat "cable cut, told" told "${over_hosts[@]}" a_cut_cable_is_seen "$program"
repeat "cable cut, lost" lost "${over_hosts[@]}" a_cut_cable_is_seen "$program"
echo "64 MiB over 5 Mbit/s:"
"${over_hosts[@]}" a_very_slow_result_is_no_loss "$program"
