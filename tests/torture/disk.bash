# disk.bash [-v] SCENARIO…: runs with a journal while the disk fails. Each time one call on the journal's folder or on the output fails, is cut
# short, or is the last one before the power goes: the n-th of its kind, or it and all that follow. Then the same command runs again, and
# nothing fails. Bad is:
#   - the first run ends by a signal, hangs, fails without a line that names the file and the error, or succeeds with another output than
#     that of a run that nothing happened to;
#   - the second one fails, has another output, or leaves items to do.
#
# From the environment: PROGRAM (the program with the test jobs), DISK_LIBRARY (disk.c and power_cut.c, made), RANKPOOL_TORTURE=all for each n;
# otherwise a few.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
limit_s=300
export RANKPOOL_PROGRESS=never

# ---- what is run ----

# scenario NAME: the command, and how its rows are compared. Half of its items are there before; those of `numbers` are added.
scenario() {
    is_ordered=1 launch=() first=20
    seq 1 40 >all
    case $1 in
        text) command=(split --threads 2 --backend pthread) ;;
        csv) command=(split --threads 2 --format csv) ;;
        jsonl) command=(split --threads 2 --format jsonl --method map) ;;
        unordered) command=(split --threads 2 --format jsonl --method imap_unordered) is_ordered=0 ;;
        failing) command=(echo --threads 2 --on-error collect) && sed -i 's/^[37]$/fail/; s/^2[37]$/fail/' all ;;
        isolated) command=(end --threads 2 --isolate --format csv) ;;
        large) command=(echo --threads 2 --chunk 1) && awk '{ s = $1; while (length(s) < 150000) s = s s; print s }' all >long && mv long all ;;
        slow) command=(nap --threads 2 --journal-sync 0.3) && sed -i 's/.*/250/' all && first=4 ;; # marks of the output, and syncs, in the middle
        ranks) command=(split --threads 1 --chunk 4) launch=(mpirun -n 2) ;;
        *) echo "disk: no scenario $1" >&2; exit 2 ;;
    esac
    command=(run "${command[@]}" --input items --journal j --output rows)
}

# execute WRAPPER…: leaves $status and the files out, err and rows.
execute() {
    { timeout --signal=KILL "$limit_s" ${launch[@]+"${launch[@]}"} "$@" "$PROGRAM" "${command[@]}" >out 2>err </dev/null; } 2>/dev/null # nothing of bash
    status=$?
}

rows() { if [ "$is_ordered" = 1 ]; then cat rows 2>/dev/null; else sort rows 2>/dev/null; fi; }

# before WHEN: what a run finds: nothing, or what a run of the first items has left.
before() {
    rm -rf j rows
    [ "$1" = anew ] || cp -r before/. .
    cp all items
}

# ---- what may go wrong ----

# Each call and how it fails. For some of these a run has to go on as if nothing had been.
ways='write:ENOSPC write:EIO write:short write:EINTR sync:EIO sync:ENOSPC open:EMFILE open:EACCES read:EIO read:short read:EINTR close:EIO
    rename:EIO truncate:EIO remove:EIO lock:ENOLCK lock:EINTR map:ENODEV any:cut any:torn'
declare -A texts=([ENOSPC]='No space left on device' [EIO]='Input/output error' [EMFILE]='Too many open files' [EACCES]='Permission denied'
    [ENOLCK]='No locks available' [ENODEV]='No such device' [EINTR]='Interrupted system call')

# faulty CALL HOW N[+]
faulty() {
    head -c 16 /dev/zero >counter
    rm -rf shadow && mkdir shadow
    execute env "LD_PRELOAD=$DISK_LIBRARY" "DISK_FAULT=$*" "DISK_FOLDER=$work/j" "DISK_BESIDE=$work/rows" "DISK_COUNTER=$work/counter" \
        "DISK_SHADOW=$work/shadow"
}
counted() { od -An -td8 -j"$1" -N8 counter | tr -d ' '; }

# judge_first CALL HOW: prints what is wrong with a run that has met its failure.
judge_first() {
    local how=$2
    if [ "$how" = cut ] || [ "$how" = torn ]; then
        [ "$status" -gt 128 ] || [ ${#launch[@]} != 0 ] || echo "goes on without power, to the status $status"
        return
    fi
    if [ "$status" -gt 128 ]; then echo "ends by signal $((status - 128)), or hangs"; return; fi
    if [ "$status" = "$right_status" ]; then
        rows | cmp -s - rows.right || echo "another output, and status $status"
        return
    fi
    if [ "$how" = short ] || [ "$how" = EINTR ]; then echo "status $status for what is no failure"; return; fi
    case $status in
        2 | 4) ;;
        *) echo "status $status" ;;
    esac
    grep -E "^rankpool: (.*[ '/])?(j|rows)[ :,;'/].*${texts[$how]}" err >/dev/null || echo "no line names the file and the error"
}

# The same command again.
judge_second() {
    [ "$status" = "$right_status" ] || echo "again: status $status"
    rows | cmp -s - rows.right || echo "again: another output"
    "$PROGRAM" journal j --todo >todo 2>&1 || echo "the journal can't be read: $(head -1 todo)"
    [ ! -s todo ] || echo "items are left to do: $(head -3 todo | paste -sd' ')"
}

runs=0 met=0 bad=0
# try WHEN CALL HOW N[+]
try() {
    local when=$1 wrong
    shift
    before "$when"
    faulty "$@"
    runs=$((runs + 1))
    [ "$(counted 8)" -gt 0 ] || return
    met=$((met + 1))
    wrong=$(judge_first "$@")
    cp err err.first
    execute
    wrong+=$(judge_second)
    [ "$wrong" ] || return
    bad=$((bad + 1))
    printf 'BAD %s, %s, %s: %s\n' "$name" "$when" "$*" "$wrong"
    [ ! "$verbose" ] || sed 's/^/    /' err.first err | head -8
}

# The n that are tried, of so many: all, or some that differ from scenario to scenario.
chosen() {
    local of=$1 some=$2 k
    if [ "${RANKPOOL_TORTURE-}" = all ]; then seq 1 "$of"; return; fi
    for ((k = 0; k < some && k < of; k++)); do echo $((1 + (turn * 7 + k * of / some) % of)); done | sort -un
}

# all_of WHEN WAY
all_of() {
    local when=$1 call=${2%:*} how=${2#*:} n some=1
    [ "$call" != any ] || some=3
    for n in $(chosen "${calls[$when $call]}" $some); do
        try "$when" "$call" "$how" "$n"
        case $how in
            cut | torn | EINTR) ;; # nothing comes after that; who is always interrupted tries for ever
            *) if [ "${RANKPOOL_TORTURE-}" = all ] || [ $((turn % 3)) = 0 ]; then try "$when" "$call" "$how" "$n+"; fi ;;
        esac
    done
}

torture() {
    local when call way
    declare -A calls
    name=$1
    scenario "$name"
    rm -rf before j rows && mkdir before
    head -n "$first" all >items
    execute
    cp -r j rows before
    before anew
    execute
    rows >rows.right
    right_status=$status
    if [ "$status" -gt 1 ]; then echo "disk: $name fails on a whole disk, with status $status:"; cat err; bad=$((bad + 1)); return; fi
    for when in anew again; do
        for call in write sync open read close rename truncate remove lock map any; do
            before $when
            faulty "$call" EIO 0
            calls[$when $call]=$(counted 0)
        done
        turn=$((turn + 1)) # so that it isn't always the same half of the ways
        for way in $ways; do
            turn=$((turn + 1))
            [ "${RANKPOOL_TORTURE-}" != all ] && [ "${way%:*}" != any ] && [ $((turn % 2)) = 0 ] || all_of $when "$way"
        done
    done
}

verbose='' turn=0
[ "${1-}" != -v ] || { verbose=1; shift; }
for name; do torture "$name"; done
echo "$runs runs, $met met a failure, $bad bad"
[ "$bad" = 0 ] && [ "$met" -gt 0 ]
