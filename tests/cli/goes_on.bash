# goes_on.bash: under mpirun a rank dies, and with --on-lost go-on the others do its items: the output is that of a run without a loss, rank 0
# ends with 0, and one line says what happened. mpirun would end the job a second later, so it is told not to; where it isn't, the program
# says how to go on.
. "$(dirname "$0")/expect.bash" || exit 1
export OMPI_MCA_orte_enable_recovery=1
export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 # after a loss there is no MPI_Finalize, so MPI's threads run to the very end
cat >noting <<'END'
#!/bin/bash
trap : TERM
bash -c 'echo $$ >process.$OMPI_COMM_WORLD_RANK; exec "$@"' start "$@"
status=$?
[ "$OMPI_COMM_WORLD_RANK" != 0 ] || { echo "$status" >noting.0; mv noting.0 noted; }
echo "$status" >status.$OMPI_COMM_WORLD_RANK
exit $status
END
chmod +x noting

# begin RANKS ARGUMENT…: in the background.
begin() {
    last="mpirun -n $*"
    local n=$1
    shift
    rm -f noted err process.* status.*
    timeout $hang_s mpirun -n "$n" ./noting "$PROGRAM" run mortal "$@" >out 2>err </dev/null &
}

# finished: leaves rank 0's status.
finished() {
    wait $!
    status=none
    [ ! -e noted ] || status=$(cat noted)
}

own_lines() { grep '^rankpool: ' err | grep -vc warning; }

awk 'BEGIN { for (i = 0; i < 300; i++) print i < 20 ? 4 : 5 + 2 * (i % 3) }' >short
for method in map_async imap imap_unordered apply_async; do
    begin 3 --input short --method $method --on-lost go-on --threads 1 --chunk 3 --output rows
    finished
    expect 0
    if [ $method = imap_unordered ]; then same 'rows' "$(sort -n rows)" "$(sort -n short)"; else same 'rows' "$(cat rows)" "$(cat short)"; fi
    has err '^rankpool: rank 1 on [^ ]+ was lost; its [0-9]+ items? go(es)? to others; 2 of 3 ranks go on$'
    same 'own lines' "$(own_lines)" 1
    same "rank 2's status" "$(cat status.2)" 0
done

# Progress counts it, and with -q nothing is said.
begin 3 --input short --on-lost go-on --threads 1 --progress always
finished
expect 0
has err 'mortal: .*300 of 300 .*, 1 rank lost$'
begin 3 --input short --on-lost go-on --threads 1 -q
finished
expect 0
same 'own lines' "$(own_lines)" 0

# Without another rank, rank 0 does all.
begin 2 --input short --on-lost go-on --threads 1
finished
expect 0
same 'rows' "$(cat out)" "$(cat short)"

# The launcher ends the others all the same.
awk 'BEGIN { for (i = 0; i < 4000; i++) print i < 20 ? 10 : 11 }' >long
begin 3 --input long --on-lost go-on --threads 1 --chunk 1 --method imap_unordered
await 'the loss' grep -qs 'was lost' err
kill -s TERM "$(cat process.0)" "$(cat process.2)"
finished
expect 4
has err '^rankpool: stopped by SIGTERM, as the launcher ends all ranks when one is lost: [0-9]+ of 4000 items done, [0-9]+ to do; mpirun --enable-recovery on one host, or srun .*; with --journal DIR the same command would go on$'

# The default is to stop.
begin 3 --input short --threads 1
finished
expect 4
begin 3 --input short --threads 1 --on-lost stop
finished
expect 4
run run mortal 1 --on-lost never
expect 2
finish
