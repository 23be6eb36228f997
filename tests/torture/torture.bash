# torture.bash [-v] SCENARIO…: runs the program again and again, and each time one thing fails: the n-th allocation, thread, process or system
# call of its kind, or the n-th and all that follow, for n = 1, 2, … until a run meets no failure. As SQLite's and curl's tests do. A run
# that has met one may fail, but may not
#   end by a signal, hang, fail without a word, succeed with other results than an untroubled run, or print a result that isn't one.
#
# From the environment: PROGRAM (the program with the test jobs), SHORTAGE_LIBRARY (shortage.c, made), WEB_URL (for fetch: a web server),
# RANKPOOL_TORTURE=all for each n; otherwise n goes up in growing steps, for a sample in seconds.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
limit_s=120

# ---- what is run ----

printf '%s\n' {1..40} >numbers
printf '%s,%s\n' 1 2 3 4 5 6 7 8 9 10 >pairs.csv
printf 'a\nfail\nb\nc\nfail\nd\n' >words
# In ranks nothing fails before all have left MPI_Init: when one ends before, Open MPI's mpirun may wait for ever.
scenario() {
    is_ordered=1
    kinds='malloc thread fork'
    files='' whose=all ranks=0 is_timed=''
    case $1 in
        text) command=(run half 2 4 6 8 10 --threads 2 --backend pthread) ;;
        openmp) command=(run split --input numbers --threads 2 --backend openmp) ;;
        serial) command=(run echo --input words --backend serial --on-error collect) ;;
        unordered) command=(run split --input numbers --threads 2 --method imap_unordered --chunk 3) is_ordered=0 ;;
        csv) command=(run scale --param factor=2 --csv pairs.csv --threads 2 --format csv --output rows.csv) files=rows.csv ;;
        jsonl) command=(run split --input numbers --threads 2 --format jsonl --output rows.jsonl) files=rows.jsonl ;;
        async) command=(run split --input numbers --threads 2 --method apply_async) ;;
        isolated) command=(run end a b kill c abort d exit e --isolate --threads 2 --on-error collect) ;;
        timed) command=(run nap 1 2 3 4 5 6 --timeout 60 --threads 2) ;;
        retried) command=(run flaky 1 2 3 2 1 --retries 3 --threads 2) ;;
        recorded) command=(run nap 1 2 3 --threads 2 --report=report.csv --trace trace.json --output rows) files=rows ;;
        progress) command=(run nap 10 20 30 --threads 2 --progress always) ;;
        fetch) command=(run fetch "$WEB_URL/pages/1" "$WEB_URL/missing" --param existing=replace --threads 2 --format csv) is_timed=1 ;;
        compare) command=(compare split --items 20 --runs 1 --threads 2 --format csv --progress never) files=none ;;
        simulate) command=(simulate --items 1000 --ranks 4 --times constant:0.01) ;;
        info) command=(info) ;;
        ranks) command=(run split --input numbers --threads 1 --chunk 4) ranks=2 kinds='malloc thread' whose=program ;;
        ranks_isolated) command=(run end a b c d --threads 1 --isolate) ranks=2 kinds='malloc fork' whose=program ;;
        *) echo "torture: no scenario $1" >&2; exit 2 ;;
    esac
    launch=()
    [ "$ranks" = 0 ] || launch=(mpirun -n "$ranks")
}

# ---- one run ----

# execute WRAPPER…: the scenario's command below the wrapper; leaves $status and the files out, err and $files.
execute() {
    # shellcheck disable=SC2086  # a list of names
    rm -f $files
    timeout --signal=KILL "$limit_s" ${launch[@]+"${launch[@]}"} "$@" "$PROGRAM" "${command[@]}" >out 2>err </dev/null
    status=$?
}

# Rows in a form that can be compared: whole lines, sorted where their order is free, without times. A table of times is only counted.
rows() {
    if [ "$files" = none ]; then wc -l <out
    elif [ "$is_timed" ]; then sed -E 's/,[0-9]+[.][0-9]+(e-?[0-9]+)?,/,S,/; s/(,failed,).*/\1/' out
    elif [ "$files" ] && [ "$is_ordered" = 1 ]; then cat "$files" 2>/dev/null
    elif [ "$is_ordered" = 1 ]; then cat out
    else sort out; fi
}

# What a run says, without figures that differ from run to run, nor what is said of these.
words() { sed -e '/: First runs were slower/d; /: The machine was/d; /: Outliers/d; /: Too few runs/d' -e 's/, after [0-9.]* s//; s/in [0-9.]* s/in N s/; s/worker [0-9]*/worker N/' err | sort; }

# judge SHORTAGE: prints what is wrong with the run; nothing, where it is right.
judge() {
    if [ "$status" = 137 ] && [ ${#launch[@]} = 0 ]; then echo "hangs, or is killed"; return; fi
    if [ "$status" -gt 128 ] && [ "$status" -le 192 ]; then echo "ends by signal $((status - 128))"; return; fi
    if grep -Eq 'exited on signal [0-9]+ \((Seg|Abo|Bus|Ill|Flo)' err; then echo 'a rank ends by a signal'; return; fi
    rows >rows.now
    words >words.now
    if cmp -s rows.now rows.right; then
        [ "$status" = "$right_status" ] || [ -s err ] || [ "$1" = write:ENOSPC+ ] || echo "ends with $status and no word"
        return
    fi
    # A comparison leaves out what has no room, and says so.
    [ "$files" != none ] || cmp -s words.now words.right || return
    if [ "$status" = 0 ]; then echo 'other results, and status 0'; return; fi
    [ "$1" != write:ENOSPC+ ] || return # nothing can be said
    if cmp -s words.now words.right; then echo "other results, status $status and no word of it"; return; fi
    # An item that failed for want of something has a row that says so.
    if grep -Ev ',(failed|crash|timeout|lost|cancelled|not run),|"outcome":"(failed|crash|timeout|lost)"' rows.now | grep -qvxFf rows.right; then
        echo "a row that isn't a result: $(grep -vxFf rows.right rows.now | head -1)"
    fi
}

runs=0 injected=0 in_functions=0 bad=0
# The n that are tried: all, or a sample that grows sparser.
following() {
    if [ "${RANKPOOL_TORTURE-}" = all ]; then echo $(($1 + 1)); else echo $(($1 + 1 + $1 * 3 / 4)); fi
}

# is_met WAY: whether the run met its failure.
is_met() {
    if [ "$1" = call ]; then grep -q INJECTED trace
    else [ "$(od -An -td8 -j8 -N8 counter | tr -d ' ')" -gt 0 ]; fi
}

# How many calls of a kind the loader makes before the program begins: those are its own affair.
loader_calls() {
    strace -E LD_TRACE_LOADED_OBJECTS=1 -f -qq -o "$work/trace" -e "trace=$1" "$PROGRAM" >/dev/null 2>&1
    grep -c "^[0-9]* *$1(" trace
}

# again WAY KIND LASTING: all n of one kind.
again() {
    local way=$1 kind=$2 lasting=$3 first=0 n wrong
    [ "$way" != call ] || first=$(loader_calls "${kind%:*}")
    n=$((first + 1))
    while :; do
        if [ "$way" = call ]; then
            : >trace
            execute strace -f -qq --seccomp-bpf -o "$work/trace" -e "trace=${kind%:*}" -e "inject=${kind%:*}:error=${kind#*:}:when=$n$lasting"
        else
            head -c 24 /dev/zero >counter
            execute env "LD_PRELOAD=$SHORTAGE_LIBRARY" "SHORTAGE=$kind $n$lasting" "SHORTAGE_WHOSE=$whose" "SHORTAGE_RANKS=$ranks" "SHORTAGE_COUNTER=$work/counter"
        fi
        runs=$((runs + 1))
        is_met "$way" || break
        injected=$((injected + 1))
        [ "$way" = call ] || in_functions=$((in_functions + 1))
        wrong=$(judge "$kind$lasting")
        if [ "$wrong" ]; then
            bad=$((bad + 1))
            printf 'BAD %s, %s %s%s: %s\n' "$name" "$kind" "$n" "$lasting" "$wrong"
            [ ! "$verbose" ] || { sed 's/^/    /' err | head -5; [ "$way" != call ] || grep INJECTED trace | head -3; }
        fi
        n=$((first + $(following $((n - first)))))
    done
}

calls='write:ENOSPC pwrite64:ENOSPC openat:EMFILE read:EIO close:EIO fsync:EIO mmap:ENOMEM mremap:ENOMEM mprotect:ENOMEM memfd_create:EMFILE
    ftruncate:ENOSPC fallocate:ENOSPC socketpair:EMFILE socket:EMFILE pipe2:EMFILE eventfd2:EMFILE pidfd_open:ENOSYS fcntl:EINVAL
    clone:EAGAIN clone3:EAGAIN vfork:EAGAIN sched_setaffinity:EPERM prlimit64:EPERM poll:ENOMEM'

torture() {
    name=$1
    scenario "$name"
    execute
    rows >rows.right
    words >words.right
    right_status=$status
    if [ "$status" -gt 1 ]; then
        echo "torture: $name fails without any shortage, with status $status:"; cat err; bad=$((bad + 1)); return
    fi
    for kind in $kinds; do
        again function "$kind" ''
        again function "$kind" +
    done
    [ ${#launch[@]} = 0 ] && [ "$has_strace" ] || return
    for kind in $calls; do
        again call "$kind" ''
        again call "$kind" +
    done
}

verbose=''
[ "${1-}" != -v ] || { verbose=1; shift; }
has_strace=''
! strace -qq -o /dev/null true 2>/dev/null || has_strace=1
for name; do
    torture "$name"
done
echo "$runs runs, $injected met a failure, $bad bad"
[ "$bad" = 0 ] && [ "$in_functions" -gt 0 ]
