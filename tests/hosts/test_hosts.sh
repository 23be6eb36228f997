#!/bin/bash
# Tests over several hosts, which are name spaces of this machine: test_hosts.sh CASE PROGRAM. PROGRAM has the test jobs of ../cli.
set -u
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=hosts.sh
. "$folder/hosts.sh"

# are_connected N: rank 0 has N connections for heartbeats. Only they are of IPv6 sockets on h1; where there is no IPv6, nobody can tell.
are_connected() {
    local connections
    connections=$(hosts on h1 cat /proc/net/tcp6 2>/dev/null) || return 0
    [ "$(awk '$4 == "01"' <<<"$connections" | wc -l)" -ge "$1" ]
}

# begin_run RANKS ITEM N: N items that take ITEM milliseconds each, on hosts h1 to h3; returns when some rows are there, and h2 and h3 have
# a rank each that is connected.
begin_run() {
    begin 3
    awk -v item="$2" -v n="$3" 'BEGIN { for (i = 0; i < n; i++) print item }' >items
    run_over "$1" run nap --input items --threads 1 --chunk 1 --method imap_unordered --format csv --output rows
    await 60 has_lines 20 rows || failed "the run doesn't get going"
    await 60 are_connected 2 || failed "not all ranks are connected"
}

# kill_on HOST: one rank there; sets since_ms.
kill_on() {
    local victim
    victim=$(ranks_on "$1" | tail -n 1)
    [ -n "$victim" ] || failed "there is no rank on $1"
    kill -KILL "$victim"
    since_ms=$(now_ms)
}

case_hosts_start_and_stop() {
    local networks
    begin 2
    networks=$(for file in hosts/pids/*; do readlink "/proc/$(cat "$file")/ns/net"; done)
    expect "networks" "$(sort -u <<<"$networks" | wc -l)" 3
    hosts start 2 2>/dev/null && failed "a second start in the same folder"
    expect "a host's name and the other's address" "$(hosts on h2 hostname) $(hosts on h1 bash -c 'exec 3<>/dev/tcp/10.77.0.2/1' 2>&1 |
        grep -o -m 1 refused)" "h2 refused"
    hosts on h1 sleep 300 &
    sleeper=$!
    await 10 test "$(hosts pids h1 | wc -l)" -gt 1
    hosts stop || failed "stop with a process on a host"
    wait "$sleeper" 2>/dev/null
    readlink /proc/[0-9]*/ns/net 2>/dev/null | grep -F -e "$networks" && failed "processes are left in these networks"
    mkdir theirs && chown 12345 theirs
    "$folder/several-hosts.sh" start "$work/theirs" 1 2>/dev/null && failed "hosts in somebody else's folder"
    mkdir -m 777 shared && chmod 777 shared
    "$folder/several-hosts.sh" start "$work/shared" 1 2>/dev/null && failed "hosts in a folder where others may write"
    mkdir ours && ln -s ours planted
    "$folder/several-hosts.sh" start "$work/planted" 1 2>/dev/null && failed "hosts behind a link"
    return 0
}

case_a_killed_rank_is_named_with_its_items() {
    begin_run h1:2,h2:1,h3:1 50 4000
    kill_on h3
    await_named '^rankpool: rank 3 on host h3 died while it had item'
    await_end
    has '^rankpool: [0-9]+ of [0-9]+ items lost with a rank in ' err || failed "no line about the lost items"
    [ "$(grep -c ',lost,.*rank 3 on host h3 died' rows)" -ge 1 ] || failed "no rows of lost items"
    expect "lines of our own" "$(grep -c '^rankpool: ' err)" 2
    echo "named after $took_ms ms"
}

# mpirun ends all ranks of several hosts a moment after one has ended, whatever they want. Until then the others go on, and the last line says
# how the run could have.
case_mpirun_ends_those_that_would_go_on() {
    begin 3
    awk 'BEGIN { for (i = 0; i < 4000; i++) print 50 }' >items
    run_over h1:2,h2:1,h3:1 run nap --input items --threads 1 --chunk 1 --method imap_unordered --format csv --output rows --on-lost go-on
    await 60 has_lines 20 rows || failed "the run doesn't get going"
    await 60 are_connected 2 || failed "not all ranks are connected"
    kill_on h3
    await_named '^rankpool: rank 3 on h3 was lost; its [0-9]+ items? go(es)? to others; 3 of 4 ranks go on'
    echo "others have its items after $took_ms ms"
    await_end
    has '^rankpool: stopped by SIGTERM, as the launcher ends all ranks when one is lost' err || failed "nothing says why"
    expect "rows that came twice" "$(sed 1d rows | cut -d, -f1 | sort -n | uniq -d | wc -l)" 0
    expect "lost rows" "$(grep -c ',lost,' rows)" 0
}

# With the option with which the others go on, rank 0 does all that is left; but mpirun then never ends by itself. On a busy machine it takes
# long until the ranks are known to be there, so items come until one is lost, and some more.
case_others_go_on_over_hosts_until_mpirun_is_ended() {
    local n giver
    begin 3
    export OMPI_MCA_orte_enable_recovery=1
    mkfifo items
    (until [ -e enough ]; do echo 20 && echo >>given && sleep 0.005; done) >items &
    giver=$!
    run_over h1:2,h2:1,h3:1 run nap --input items --threads 1 --chunk 1 --method imap_unordered --format csv --output rows --on-lost go-on
    await 60 has_lines 20 rows || failed "the run doesn't get going"
    await 60 are_connected 2 || failed "not all ranks are connected"
    kill_on h3
    await_named '^rankpool: rank 3 on h3 was lost; (its [0-9]+ items? go(es)? to others|it had no items); 3 of 4 ranks go on'
    n=$(wc -l <rows)
    await 60 has_lines $((n + 200)) rows || failed "the others don't go on"
    touch enough
    wait "$giver"
    n=$(wc -l <given)
    await 120 has_lines $((n + 1)) rows || failed "not all rows came"
    expect "rows" "$(sed 1d rows | cut -d, -f1 | sort -n | uniq | wc -l), $(sed 1d rows | grep -c ',ok,')" "$n, $n"
}

# Rank 1, on another host, tells.
case_the_loss_of_rank_0_is_named() {
    begin_run h1:1,h2:1,h3:1 50 4000
    kill_on h1
    await_named '^rankpool: rank 0 on host h1 died'
    await_end
    echo "named after $took_ms ms"
}

# mpirun itself would wait for ever, so the run isn't awaited. The loss is due after 12 s, and the limit is 15 s; the unit tests have the exact
# figures. What this shell itself was held up for, by a machine that is busy, isn't held against the ranks.
case_a_cut_cable_is_seen() {
    begin_run h1:2,h2:1,h3:1 50 40000
    since_ms=$(now_ms)
    hosts cut h3 || failed "can't cut h3 off"
    await_named '^rankpool: warning: rank 3 on host h3 has said nothing for 5 s'
    echo "told after $took_ms ms"
    await_named "^rankpool: rank 3 on host h3 couldn't be reached for 12 s while it had item"
    echo "lost after $took_ms ms"
    [ $((took_ms - held_up_ms)) -le 15000 ] || failed "that is more than 15 s; this shell was held up for $held_up_ms ms"
}

case_a_cable_that_is_out_for_a_moment_is_no_loss() {
    begin_run h1:1,h2:1,h3:1 20 900
    hosts cut h3 || failed "can't cut h3 off"
    since_ms=$(now_ms)
    await_named '^rankpool: warning: rank 2 on host h3 has said nothing for 5 s'
    hosts join h3
    await_end
    expect "exit status" "$status" 0
    expect "rows" "$(sed 1d rows | grep -c ',ok,')" 900
    has '^rankpool: warning: rank 2 on host h3 answers again' err || failed "nothing is told"
}

# send_slowly SIZE: texts of that many bytes go to two ranks, and those from the other host come back over a slow link.
send_slowly() {
    begin 2
    hosts slow h2 5mbit 2>message || skip "this kernel has no tbf: $(cat message)"
    for letter in x y; do
        head -c "$1" /dev/zero | tr '\0' $letter
        echo
    done >texts
    since_ms=$(now_ms)
    run_over h1:1,h2:1 run echo --input texts --method map --threads 1 --chunk 1 --output back
    await_end
    took_ms=$(($(now_ms) - since_ms))
    echo "it took $took_ms ms"
    [ "$took_ms" -ge $(($1 * 8 / 5000)) ] || failed "no text came over the slow link"
    expect "exit status" "$status" 0
    cmp texts back || failed "the texts aren't the same"
    expect "lines of our own" "$(grep -c '^rankpool: ' err)" 0
}

# The result takes longer than the 5 s after which a silent rank is told of.
case_a_slow_link_is_no_loss() {
    send_slowly 4000000
}

# Takes 107 s, more than the 60 s after which a silent rank is lost. Only measure.sh runs it.
case_a_very_slow_result_is_no_loss() {
    send_slowly 67108864
}

# Constant data goes to each host, and ranks of a host have it together: the suite's tests of it hold over hosts too. Their program is the
# suite, beside which $program is built.
case_shared_data_reaches_each_host() {
    local suite=${program%/cli/*}/conformance/conformance pattern
    [ -x "$suite" ] || skip "the conformance suite isn't built"
    begin 3
    program=$suite
    for pattern in 'shared_data*' '*large_constant*' 'what_is_freed*' 'allocated_arrays*'; do
        run_over h1:2,h2:2,h3:2 hybrid 1 "$pattern"
        await_end
        expect "exit status of $pattern" "$status" 0
    done
}

if [ $# != 2 ] || ! declare -F "case_$1" >/dev/null; then
    echo "usage: test_hosts.sh CASE PROGRAM" >&2
    exit 2
fi
program=$(readlink -f "$2")
need_hosts
"case_$1"
