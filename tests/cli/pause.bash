# pause.bash: all processes of a run are stopped for a while, as by a batch system that suspends a job, or by Ctrl-Z. No item has taken that
# time, so none has come too late, and no rank is lost.
. "$(dirname "$0")/expect.bash" || exit 1
pause_s=4 # more than the 3 s from which on a process counts as stopped

# pause NAME COMMAND…: in the background, in a folder of that name: stops all of it when its first item has begun. setsid gives it a session of
# its own; mpirun and exec make process groups in it.
pause() {
    mkdir "$1"
    (
        cd "$1" && shift && export BEGUN=$PWD/begun || exit
        echo "$*, stopped for $pause_s s" >last
        setsid "$@" >out 2>err </dev/null &
        child=$!
        until has_begun 1; do sleep 0.02; done
        mapfile -t all < <(ps -o pid= -s $child)
        kill -STOP "${all[@]}"
        sleep $pause_s
        kill -CONT "${all[@]}"
        wait $child
        echo $? >status
    ) &
}

# ended NAME: waits for the end of all; leaves status, out and err.
ended() {
    wait
    last=$(cat "$1/last")
    status=$(cat "$1/status")
    cp "$1/out" "$1/err" .
}

seq 1 4 | sed 's/.*/500/' >items
pause thread "$PROGRAM" run nap --input ../items --threads 1 --timeout 3
pause child "$PROGRAM" run nap --input ../items --threads 1 --timeout 3 --isolate
pause command "$RANKPOOL" run exec --threads 1 --timeout 3 -- sh -c 'echo >>"$BEGUN"; sleep {}; echo {}' ::: 0.5 1
# With 26 s less the pause left, and 10 s in reserve, more would begin even if the first item had taken 4 s more; but the notice would say so.
pause limit "$PROGRAM" run nap --input ../items --threads 1 --time-limit 26
ranks=
if [ -n "${WITH_MPI-}" ] && command -v mpirun >/dev/null; then
    ranks=ranks
    pause ranks mpirun -n 2 "$PROGRAM" run nap --input ../items --threads 1 --timeout 3
fi
for name in thread child limit $ranks; do
    ended $name
    expect 0 "$(cat items)"
    [ $name = limit ] || same 'messages' "$(grep '^rankpool: ' err)" ''
done
ended command
expect 0 $'0.5\n1' ''
ended limit
has err '^rankpool: [0-9]+ s are left of the time limit; the longest item so far took [0-3]\.[0-9] s: '
finish
