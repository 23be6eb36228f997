# losses.bash: under mpirun a rank dies. Complete results are written, one line names the rank and its items, and rank 0 exits with 4.
# mpirun would end the job a second later, however busy the machine is. So it is told not to, and this script sends the ranks what mpirun
# would send them. mpirun's exit status differs, so rank 0's is noted.
. "$(dirname "$0")/expect.bash" || exit 1
export OMPI_MCA_orte_enable_recovery=1
export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 # after a loss there is no MPI_Finalize, so MPI's threads run to the very end
cat >noting <<'END'
#!/bin/bash
trap : TERM
bash -c 'echo $$ >process.$OMPI_COMM_WORLD_RANK; exec "$@"' start "$@"
status=$?
[ "$OMPI_COMM_WORLD_RANK" != 0 ] || { echo "$status" >noting.0; mv noting.0 noted; }
[ "$OMPI_COMM_WORLD_RANK" != 1 ] || : >died
exit $status
END
chmod +x noting

# begin RANKS ARGUMENT…: in the background.
begin() {
    last="mpirun -n $*"
    local n=$1
    shift
    rm -f noted died process.*
    timeout $hang_s mpirun -n "$n" ./noting "$PROGRAM" run mortal "$@" >out 2>err </dev/null &
}

# finished: leaves rank 0's status.
finished() {
    wait $!
    status=none
    [ ! -e noted ] || status=$(cat noted)
}

lose() {
    begin "$@"
    finished
}

says_who_died() {
    same 'lines about the rank' "$(grep -c 'rank 1' err | head -1)" "$(grep -c 'noticed that process rank 1' err | awk '{print $1 + 1}')"
    has err '^rankpool: rank 1 on host [^ ]+ died while it had item'
    same 'own lines' "$(grep '^rankpool: ' err | grep -vc warning)" 2
    has err '^rankpool: [0-9]+ of [0-9]+ items lost with a rank in '
}

awk 'BEGIN { for (i = 0; i < 300; i++) print i < 20 ? 10 : 11 }' >short
for method in apply_async map map_async imap imap_unordered; do
    for policy in stop collect; do
        lose 3 --input short --method $method --on-error $policy --threads 1 --chunk 3 --format csv --output rows
        expect 4
        says_who_died
        same 'outcomes' "$(sed 1d rows | cut -d, -f3 | sort -u | tr '\n' ' ')" 'lost ok '
        same 'rows' "$(sed 1d rows | cut -d, -f1 | sort -n | uniq -d | wc -l)" 0
        same 'lost' "$(grep -c ',lost,' rows)" "$(sed -n 's/^rankpool: \([0-9]*\) of [0-9]* items lost.*/\1/p' err)"
        checks=$((checks + 1))
        [ "$(grep -c '^[0-9]*,1\([01]\),ok,1\1,' rows)" -ge 10 ] || problem 'fewer than 10 results'
    done
done

lose 3 --input short --threads 1
expect 4
same 'results' "$(sort -u out | tr '\n' ' ')" '10 11 '
says_who_died

# Other ranks finish their items although they get mpirun's SIGTERM.
awk 'BEGIN { for (i = 0; i < 60; i++) print i < 20 ? 10 : 2001 }' >middling
RANKPOOL_GRACE=$hang_s begin 3 --input middling --threads 1 --chunk 1 --method imap_unordered
await 'the death' test -e died
kill -s TERM "$(cat process.0)" "$(cat process.2)"
finished
expect 4
says_who_died
same 'long ones' "$(grep -c 2001 out | awk '{print ($1 >= 1)}')" 1

# Items that don't end are given up.
awk 'BEGIN { for (i = 0; i < 60; i++) print i < 20 ? 10 : 3600001 }' >long
for method in imap map; do
    RANKPOOL_GRACE=1 begin 3 --input long --threads 1 --chunk 1 --method $method
    await 'the death' test -e died
    kill -s TERM "$(cat process.0)" "$(cat process.2)"
    await 'the end of rank 0' test -e noted
    kill -s KILL "$(cat process.2)" 2>/dev/null
    finished
    expect 4
    has err '^rankpool: rank 1 on host [^ ]+ died while it had item'
    same 'own lines' "$(grep '^rankpool: ' err | grep -vc warning)" 2
    has err '^rankpool: ended early: [0-9]+ of 60 items done, [0-9]+ to do; items that were running are given up; with --journal DIR '
done
finish
