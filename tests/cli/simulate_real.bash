# simulate_real.bash: `rankpool simulate` against real runs of 2 to 64 ranks on this machine, with items that sleep for 10 to 30 ms. What is
# simulated is each run's own items, with the times that they took: where the machine is busy, sleeps are longer than asked for, in both.
. "$(dirname "$0")/expect.bash" || exit 1
PROGRAM=$RANKPOOL
items_a_rank=40

mkfifo items

# raise PID: the ranks below that process go before others. What else the machine does would delay them between their items, which nothing
# measures; they sleep most of the time. While they start they compute, and would keep all others from their work.
raise() {
    local launcher rank
    for launcher in $(pgrep -P "$1"); do
        # shellcheck disable=SC2046  # a word for each thread
        for rank in $(pgrep -P "$launcher"); do renice -n -15 -p $(ls "/proc/$rank/task"); done
    done >/dev/null 2>&1
}
export -f raise

# measured RANKS OPTION…: a run; leaves its items' times in slept.csv, and prints its makespan: from the rate in the last line of progress.
# It gets its items once all ranks are there.
measured() {
    local ranks=$1
    shift
    timeout $hang_s mpirun -n "$ranks" "$RANKPOOL" run sleep --input items --backend hybrid --threads 1 --method map "$@" \
        --progress always --format csv --output slept.csv >said 2>&1 </dev/null &
    timeout $hang_s bash -c 'exec 3>items && raise "$0" && cat times >&3' $!
    wait $!
    sed -n 's/^sleep: 100 % .*, \([0-9.]*\)\( k\)\{0,1\}\/s$/\1\2/p' said | tail -1 |
        awk -v n=$((ranks * items_a_rank)) '{ print n / ($2 == "k" ? 1000 * $1 : $1) }'
}

simulated() { "$RANKPOOL" simulate --times slept.csv --nodes "$@" --format csv | tail -1 | cut -d, -f5; }

# Where that isn't allowed, one run of several has to fit.
compare() {
    local real wanted ratio try
    last="$*"
    awk -v n=$(($1 * items_a_rank)) -v seed="$1" 'BEGIN { srand(seed); for (i = 0; i < n; i++) print 0.01 + 0.02 * rand() }' >times
    checks=$((checks + 1))
    for try in 1 2 3 4 5 6 7 8; do
        real=$(measured "$@")
        wanted=$(simulated "$@")
        ratio=$(awk -v real="${real:-999}" -v simulated="${wanted:-1}" 'BEGIN { print real / simulated }')
        echo "$1 ranks ${*:2}: simulated $wanted s, real $real s, ratio $ratio, run $try"
        awk -v ratio="$ratio" 'BEGIN { exit !(ratio > 0.9 && ratio < 1.1) }' && return
    done
    problem "more than 10 % off: ratio $ratio"
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
