# expect.bash: what the tests of the program share. A test calls `run`, then says what it expects; `finish` at its end.
# From the environment: PROGRAM (the program with the test jobs), RANKPOOL (the real one), TOOLS (a folder of small tools).
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export hang_s=300 # nothing here takes so long, on a busy machine neither
export RANKPOOL_PROGRESS=never # a run on a busy machine may take so long that it tells how far it is
problems=0
checks=0

# run ARGUMENT…: the program with no input; leaves $status and the files out and err.
run() {
    last="$*"
    timeout $hang_s "$PROGRAM" "$@" >out 2>err </dev/null
    status=$?
}

# pipe ARGUMENT…: the same with the test's standard input.
pipe() {
    last="$*"
    timeout $hang_s "$PROGRAM" "$@" >out 2>err
    status=$?
}

problem() {
    problems=$((problems + 1))
    printf 'FAILED after: %s\n  %s\n' "$last" "$1"
    printf '  status %s, out:\n%s\n  err:\n%s\n' "$status" "$(head -c 600 out | cat -v)" "$(head -c 600 err | cat -v)"
}

# expect STATUS [OUT [ERR]]: exact texts, without their last line end.
expect() {
    checks=$((checks + 1))
    [ "$status" = "$1" ] || problem "status is $status, not $1"
    [ $# -lt 2 ] || [ "$(cat out)" = "$2" ] || problem "out is not: $2"
    [ $# -lt 3 ] || [ "$(cat err)" = "$3" ] || problem "err is not: $3"
}

# expect_usage MESSAGE: one line on standard error, nothing on standard output, status 2.
expect_usage() {
    expect 2 '' "rankpool: $1"
}

# same WHAT A B: two texts are equal.
same() {
    checks=$((checks + 1))
    [ "$2" = "$3" ] || problem "$1: '$2' is not '$3'"
}

# has FILE PATTERN: a line of FILE matches the extended regular expression.
has() {
    checks=$((checks + 1))
    grep -Eq -- "$2" "$1" || problem "no line of $1 matches: $2"
}

# await WHAT COMMAND…: until the command succeeds.
await() {
    local what=$1 end=$((SECONDS + hang_s))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || { problem "waited in vain for $what"; return 1; }
        sleep 0.02
    done
}

# until_there COMMAND…: the same, where the command says what it is about.
until_there() { await "$*" "$@"; }

# The job nap adds a byte to the file $BEGUN at the begin of each item.
export BEGUN=$work/begun
has_begun() { [ "$(stat -c %s "$BEGUN" 2>/dev/null || echo 0)" -ge "$1" ]; }
has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }

# takes_sigterm PROCESS: it is there, and has come so far that signals don't just end it.
takes_sigterm() {
    local mask
    mask=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null)
    [ -n "$mask" ] && (((16#$mask >> 14) & 1))
}

# all_schedules: the names that --schedule takes, as the program lists them.
all_schedules() {
    "$PROGRAM" simulate --schedule '' 2>&1 | sed -n 's/.*it must be one of: //p' | tr -d ,
}

finish() {
    echo "$checks checks, $problems problems"
    [ "$problems" -eq 0 ] && [ "$checks" -gt 0 ]
    exit
}

methods='apply apply_async map map_async starmap starmap_async imap imap_unordered istarmap istarmap_unordered'
