# simulate_real.bash: `rankpool simulate` against real runs of 2 to 64 ranks on this machine, with items that sleep for 10 to 30 ms. The
# real makespan is that of the best of up to three runs, as other work on the machine can only make it longer.
. "$(dirname "$0")/expect.bash" || exit 1
PROGRAM=$RANKPOOL
items_a_rank=40

simulated() { "$RANKPOOL" simulate --times times --nodes "$@" --format csv | tail -1 | cut -d, -f5; }

# measured RANKS OPTION…: from the rate in the last line of progress.
measured() {
    local ranks=$1
    shift
    timeout 90 mpirun -n "$ranks" "$RANKPOOL" run sleep --input times --backend hybrid --threads 1 --method map "$@" --progress always \
        --output /dev/null 2>&1 </dev/null | sed -n "s/^sleep_for: 100 % .*, \([0-9.]*\)\/s.*/\1/p" | tail -1 |
        awk -v n=$((ranks * items_a_rank)) '{ print n / $1 }'
}

compare() {
    local best='' wanted ratio try one
    last="$*"
    awk -v n=$(($1 * items_a_rank)) -v seed="$1" 'BEGIN { srand(seed); for (i = 0; i < n; i++) print 0.01 + 0.02 * rand() }' >times
    wanted=$(simulated "$@")
    for try in 1 2 3; do
        one=$(measured "$@")
        best=$(awk -v one="${one:-999}" -v best="${best:-999}" 'BEGIN { print one < best ? one : best }')
        ratio=$(awk -v real="$best" -v simulated="$wanted" 'BEGIN { print real / simulated }')
        awk -v ratio="$ratio" 'BEGIN { exit !(ratio > 0.9 && ratio < 1.1) }' && break
    done
    checks=$((checks + 1))
    echo "$1 ranks ${*:2}: simulated $wanted s, real $best s, ratio $ratio, run $try"
    awk -v ratio="$ratio" 'BEGIN { exit !(ratio > 0.9 && ratio < 1.1) }' || problem "more than 10 % off: ratio $ratio"
}

status=0
: >out
: >err
compare 2
compare 4 --schedule fixed --chunk 1
compare 8 --schedule guided
compare 8 --schedule af
compare 8 --schedule awf-d
compare 16 --schedule static
compare 16 --schedule mfsc
compare 32 --schedule factoring
compare 64
finish
