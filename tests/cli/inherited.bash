# inherited.bash: what the program was started with doesn't change what it does: signals that are ignored or blocked, descriptors that are
# closed or don't block, low limits. And what it changes for itself, the programs that tasks start don't see.
. "$(dirname "$0")/expect.bash" || exit 1
with="$TOOLS/start_with"

# shape COMMAND…: like run, for a whole command line.
shape() {
    last="$*"
    timeout $hang_s "$@" >out 2>err </dev/null
    status=$?
}

# ---- signals that were ignored stay ignored: nohup, trap '', jobs in the background ----

for number in 1 2 15 10 12 24; do
    last="signal $number ignored at the start"
    : >out
    "$with" ignore $number -- "$PROGRAM" run nap 1 300 2 --threads 1 >out 2>err </dev/null &
    child=$!
    until_there test -s out
    kill -s $number $child
    wait $child
    status=$?
    expect 0 $'1\n300\n2' ''
done

# Blocked ones have their effect.
for number in 1 15 10; do
    last="signal $number blocked at the start"
    : >out
    seq 1 3000 | sed 's/.*/20/' >naps
    "$with" block $number block 17 -- "$PROGRAM" run nap --input naps --threads 1 >out 2>err </dev/null &
    child=$!
    until_there test -s out
    kill -s $number $child
    wait $child
    status=$?
    if [ $number = 10 ]; then expect 3; else expect $((128 + number)); fi
    same 'lines' "$(wc -l <err)" 1
done

# The programs that tasks start have the usual signals, whatever this one does with them: timeout(1) in a task works.
cat >commands <<'END2'
kill -TERM $$
kill -HUP $$
kill -USR1 $$
kill -USR2 $$
kill -PIPE $$
kill -XFSZ $$
kill -XCPU $$
timeout 0.05 sleep 50
END2
for options in '--backend pthread' '--backend openmp' '--isolate'; do
    # shellcheck disable=SC2086
    shape "$PROGRAM" run shell --input commands --threads 1 $options
    expect 0 $'143\n129\n138\n140\n141\n153\n152\n124'
done
# Ignored ones are ignored there too, and the end of a child can be waited for.
shape "$with" ignore 1 ignore 13 ignore 17 -- "$PROGRAM" run shell 'kill -HUP $$; kill -PIPE $$; exit 7' --threads 1; expect 0 7
shape "$with" ignore 17 block 17 -- "$PROGRAM" run end a kill b --isolate --on-error collect --threads 1; expect 1 $'a\nb'
has err '^rankpool: item 1 \(kill\) failed '

# ---- closed descriptors ----

# close_and DESCRIPTORS ARGUMENT…: starts the program without them; standard output is the file out, standard error the file err, if open.
close_and() {
    local closed=$1
    shift
    last="$* without $closed"
    : >out
    : >err
    case $closed in
        0) timeout $hang_s "$PROGRAM" "$@" >out 2>err <&- ;;
        1) timeout $hang_s "$PROGRAM" "$@" 2>err </dev/null >&- ;;
        2) timeout $hang_s "$PROGRAM" "$@" >out </dev/null 2>&- ;;
        12) timeout $hang_s "$PROGRAM" "$@" </dev/null >&- 2>&- ;;
        012) timeout $hang_s "$PROGRAM" "$@" <&- >&- 2>&- ;;
    esac
    status=$?
}
closed='rankpool: standard output is closed: give --output FILE'
for options in '' '--isolate' '--report=r.csv' '--timeout 9' '--backend serial'; do
    rm -f r.csv
    # shellcheck disable=SC2086
    close_and 1 run half 2 4 $options; expect 2 '' "$closed"
    [ ! -s r.csv ] || problem 'something is in the report'
    for descriptors in 0 1 2 12 012; do
        # shellcheck disable=SC2086
        close_and $descriptors run half 2 4 3 6 --output results --on-error collect $options
        same 'status' $status 1
        same 'results' "$(cat results)" $'1\n2\n3'
        same 'standard output' "$(cat out)" ''
        [ ! -e r.csv ] || same 'the report' "$(head -c 12 r.csv; grep -cv '^[0-9]' r.csv)" "$(head -c 12 r.csv)1"
        rm -f r.csv
    done
done
close_and 1 jobs; expect 4 '' "rankpool: can't write to standard output: Bad file descriptor"
close_and 1 info; expect 4 ''
close_and 1 compare half 2 --runs 1 --method map; expect 2 '' "$closed"
close_and 1 simulate --times constant:1 --items 10; expect 2 '' "$closed"
close_and 012 run half 2; expect 2
close_and 0 run half --input -; expect 2 '' 'rankpool: --input: standard input is closed, or open for writing only'
last='standard output for reading'
timeout $hang_s "$PROGRAM" run half 2 1</dev/null 2>err
status=$?
expect 2 '' "$closed"
if [ -n "${WITH_MPI-}" ]; then
    last='mpirun >&-'
    timeout $hang_s mpirun -n 2 bash -c 'exec "$0" "$@" >&-' "$PROGRAM" run half 2 4 --output results >out 2>err </dev/null
    status=$?
    expect 0 ''
    same 'results' "$(cat results)" $'1\n2'
    timeout $hang_s mpirun -n 2 bash -c 'exec "$0" "$@" <&- >&- 2>&-' "$PROGRAM" run half 2 4 --isolate --output results >out 2>err </dev/null
    status=$?
    expect 0 '' ''
    same 'results' "$(cat results)" $'1\n2'
fi

# ---- descriptors that don't block ----

run run split --items 20000 --format csv --threads 1; expect 0
cp out wanted
for reader in 'sleep 0.5; cat' 'for i in $(seq 10); do dd bs=30000 count=1 status=none; sleep 0.02; done; cat'; do
    last="a slow reader: $reader"
    timeout $hang_s "$with" nonblock 1 -- "$PROGRAM" run split --items 20000 --format csv --threads 1 2>err | bash -c "$reader" >out
    status=${PIPESTATUS[0]}
    expect 0 "$(cat wanted)" ''
done
last='a reader that goes'
timeout $hang_s "$with" nonblock 1 -- "$PROGRAM" run split --items 200000 --format csv --threads 1 2>err | head -n 3 >out
status=${PIPESTATUS[0]}
expect 4 "$(head -n 3 wanted)" "rankpool: can't write to standard output: Broken pipe"
last='messages that wait for room'
seq 1 2 9999 | sed 's/.*/fail/' >fails
timeout $hang_s "$with" nonblock 2 -- "$PROGRAM" run echo --input fails --on-error collect --threads 1 2>&1 >out | { sleep 0.5; cat; } >messages
status=${PIPESTATUS[0]}
expect 1 ''
same 'messages' "$(grep -c '^rankpool: item [0-9]* (fail) failed ' messages)" 5000
last='items that come late'
for method in imap map; do
    { seq 2 2 20; sleep 0.3; seq 22 2 100; } | timeout $hang_s "$with" nonblock 0 -- "$PROGRAM" run half --input - --method $method >out 2>err
    status=$?
    expect 0 "$(seq 1 50)" ''
done

# ---- limits ----

last='the limit of open files'
(ulimit -Sn 100 && timeout $hang_s "$PROGRAM" run shell 'test $(ulimit -n) -ge '"$(ulimit -Hn | sed 's/unlimited/65536/; s/^[0-9]\{6,\}$/65536/')" >out 2>err)
status=$?
expect 0 0 ''
# Input that isn't there is said.
last='no items'
pipe run half --input - </dev/null; expect 0 '' 'rankpool: warning: no items: standard input is empty'
pipe run half --csv - --method istarmap </dev/null; expect 0 '' 'rankpool: warning: no items: standard input is empty'
run run half --items 0; expect 0 '' ''
finish
