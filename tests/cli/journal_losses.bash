# journal_losses.bash: an item that ends its process is held to account whatever process that is, a rank that is lost while the others go on
# too: after three it has failed, in one run or over several, and no other item has.
. "$(dirname "$0")/expect.bash" || exit 1
export OMPI_MCA_orte_enable_recovery=1
export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0 # after a loss there is no MPI_Finalize, so MPI's threads run to the very end

export DIED=$work/died
{ seq 17; echo kill; seq 19 40; } >words
grep -v kill words >right
# die RANKS OPTION…: a run of so many ranks, whose item 17 ends the rank that has it.
die() {
    local launch=()
    [ "$1" = 1 ] || launch=("$MPIRUN" -n "$1")
    shift
    last="die: ${launch[*]-} $*"
    { timeout $hang_s ${launch[@]+"${launch[@]}"} "$PROGRAM" run deadly --input words --retries 2 --threads 1 --journal j --output rows --on-error collect "$@" >out 2>err </dev/null; } 2>/dev/null
    status=$?
}
crashes() { "$RANKPOOL" journal j --todo --format csv | grep '^17,' | cut -d, -f3; }
# failed_at_last TEXT: item 17 alone has failed, as TEXT says; all others are there.
failed_at_last() {
    same 'items that failed' "$("$RANKPOOL" journal j --failed)" 17
    has err "^rankpool: item 17 \(kill\) failed.*$1"
    cmp -s rows right || problem 'the rows of the others'
    checks=$((checks + 1))
    "$RANKPOOL" journal j --todo >todo
    same 'items that are left' "$(cat todo)" ''
}

# In one run: three ranks have died with it, and rank 0 goes on.
rm -rf j rows "$DIED"
die 4
has err '^rankpool: rank [123] on .* was lost; .* 3 of 4 ranks go on$'
has err '^rankpool: .* 1 of 4 ranks go on$'
failed_at_last 'it was with 3 ranks that died'

# Over several runs: rank 1, then rank 0, which has nobody else for it; then a process alone, which is isolated or not.
for isolated in '' --isolate; do
    rm -rf j rows "$DIED"
    die 2
    has err '^rankpool: rank 1 on .* was lost; .* 1 of 2 ranks go on$'
    same 'deaths that the journal knows of' "$(crashes)" 2
    die 1 $isolated
    if [ -z "$isolated" ]; then
        same status "$status" 137
        same 'deaths that the journal knows of' "$(crashes)" 3
        die 1
        failed_at_last '3 runs or ranks died with it'
    else
        failed_at_last 'signal 9' # of its child, which ends nothing else
    fi
done

# The third one is a rank of another run: the others go on without the item.
rm -rf j rows "$DIED"
die 2
same 'deaths that the journal knows of' "$(crashes)" 2
die 3
has err '^rankpool: rank [12] on .* was lost; .* 2 of 3 ranks go on$'
failed_at_last 'it was with 3 ranks that died'

# Who only was beside it is run again, and nothing of it is held to account.
rm -rf j rows "$DIED"
die 2 --chunk 20
die 1
die 1
failed_at_last '3 runs or ranks died with it'
finish
