#!/bin/bash
# judge_schedules.sh RANKPOOL [RANKSxTHREADS]…: which schedule is best where, by `rankpool simulate`. A cell is a distribution of times, a
# machine, equal or unequal speeds (1.5, 0.5, 1.5, …), what it costs to hand out a chunk over what an item takes, and a number of items.
# Each cell is run six times, with other seeds and some items more. A schedule wins a cell when its mean makespan is 1 % below that of any
# other one, and no other one is faster in more than one run. In one rank, claims aren't timed by themselves, so that awf-d and awf-e are
# awf-b and awf-c. Writes a table; each cell's makespans over the ideal, as csv, go to JUDGED_CSV.
set -u
program=$1
shift
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
schedules=$("$program" simulate --schedule '' 2>&1 | sed -n 's/.*it must be one of: auto, \(.*\)/\1, auto/p' | tr -d ,) # all there are
more=(0 5 17 29 41 53)

# 2,001 rows of the picture from -2 - 1.25i to 0.5 + 1.25i, as in workload.c.
awk 'BEGIN { for (row = 0; row <= 2000; row++) { sum = 0
    for (column = 0; column < 64; column++) { x = y = 0; a = -2 + 2.5 * column / 63; b = -1.25 + 2.5 * row / 2000
        for (k = 1; x * x + y * y <= 4 && k < 256; k++) { t = x * x - y * y + a; y = 2 * x * y + b; x = t }
        sum += k }
    print sum } }' >"$folder/rows"

# times KIND N MEAN: what --times takes for N items of MEAN seconds.
times()
{
    local file=$folder/$1-$2-$3
    case $1 in
    constant) echo "constant:$3" ;;
    uniform) awk -v m="$3" 'BEGIN { printf "uniform:0:%.12g", 2 * m }' ;;
    exponential) echo "exponential:$3" ;;
    giant) awk -v n="$2" -v m="$3" 'BEGIN { s = m * n / (n - 1) * 0.9; printf "heavy:%.12g:%.12g", s, s * (n - 1) / 9 }' ;;
    *cending) awk -v kind="$1" -v n="$2" -v m="$3" 'BEGIN { printf "%s:%.12g:%.12g", kind, 2 * m / (n + 1), 2 * m * n / (n + 1) }' ;;
    tail) [ -f "$file" ] || awk -v n="$2" -v m="$3" 'BEGIN { t = int((n + 49) / 50); m *= n / (n + 19 * t)
            for (i = 0; i < n; i++) print i < n - t ? m : 20 * m }' >"$file"
        echo "$file" ;;
    mandelbrot) [ -f "$file" ] || awk -v n="$2" -v m="$3" '{ row[NR - 1] = $1 } END {
            for (i = 0; i < n; i++) sum += row[int(i * 2001 / n)]
            for (i = 0; i < n; i++) printf "%.12g\n", row[int(i * 2001 / n)] * m * n / sum }' "$folder/rows" >"$file"
        echo "$file" ;;
    esac
}

# cell LEVEL RANKS THREADS SPEEDS COST ITEM_S PER_WORKER KIND: a line that says what, and the csv of it, for each run and schedule.
cell()
{
    local unequal=() run schedule n
    [ "$4" = equal ] || { [ "$1" = threads ] && unequal=(--thread-speeds 1.5,0.5) || unequal=(--speeds 1.5,0.5); }
    for run in 0 1 2 3 4 5; do
        n=$(($2 * $3 * $7 + more[run]))
        [ $n -ge 1000 ] || n=$((1000 + more[run]))
        for schedule in $schedules; do
            [[ $1 == threads && $schedule == awf-[de] ]] && continue
            echo "$1 $2x$3 $4 $5 $7 $8 $run $schedule"
            "$program" simulate --format csv --nodes "$2" --threads "$3" --items $n --times "$(times "$8" $n "$6")" --claim-cost 0.1 \
                --seed $((1 + run)) --schedule "$schedule" "${unequal[@]}" || exit 1
        done
    done
}

# cells RANKS THREADS
cells()
{
    local level=ranks cost_s=3e-6 speeds cost per kind
    [ "$1" -gt 1 ] || level=threads cost_s=1e-7
    for speeds in equal unequal; do for cost in 0.001 0.01 0.1 1; do for per in 100 1000; do
        for kind in constant uniform exponential tail giant ascending descending mandelbrot; do
            [ "$kind $speeds" = 'giant unequal' ] && continue # it is a matter of luck who gets the one item
            cell $level "$1" "$2" $speeds $cost "$(awk -v c=$cost_s -v r=$cost 'BEGIN { printf "%.12g", c / r }')" $per $kind
        done
        rm -f "$folder"/tail-* "$folder"/mandelbrot-*
    done; done; done
}

[ $# -gt 0 ] || set -- 1x2 1x16 1x64 2x1 16x1 64x1 4x16
for machine; do cells "${machine%x*}" "${machine#*x}"; done | awk -v schedules="$schedules" -v csv="${JUDGED_CSV:-/dev/null}" '
function judge(    i, k, best, second, often, least, what) {
    for (i = 1; i <= n; i++) { mean[i] = 0; for (k = 0; k < 6; k++) mean[i] += ((k, i) in ratio) ? log(ratio[k, i]) / 6 : 99 }
    best = second = 0
    for (i = 1; i <= n; i++) {
        if (!best || mean[i] < mean[best]) { second = best; best = i }
        else if (!second || mean[i] < mean[second]) second = i
    }
    for (k = 0; k < 6; k++) { least = ratio[k, 1]; for (i = 2; i <= n; i++) if ((k, i) in ratio && ratio[k, i] < least) least = ratio[k, i]
        if (ratio[k, best] <= least * 1.0001) often++ }
    printf "%s", cell >csv; for (i = 1; i <= n; i++) printf (mean[i] < 99 ? ",%.4f" : ","), exp(mean[i]) >csv; printf "\n" >csv
    delete ratio
    split(cell, what, ","); n_cells[what[1], what[3]]++
    if (exp(mean[second] - mean[best]) < 1.01 || often < 5) return
    won[best, what[1], what[3]]++
    if (exp(mean[second] - mean[best]) > margin[best]) { margin[best] = exp(mean[second] - mean[best]); where[best] = cell }
}
BEGIN { n = split(schedules, name, " "); for (i = 1; i <= n; i++) number[name[i]] = i
    printf "level,machine,speeds,cost,items of a worker,times" >csv; for (i = 1; i <= n; i++) printf ",%s", name[i] >csv; printf "\n" >csv }
/^(threads|ranks) / { now = $1 "," $2 "," $3 "," $4 "," $5 "," $6; if (cell && now != cell) judge(); cell = now; run = $7; which = number[$8]; next }
/^nodes,/ { m = split($0, column, ","); for (i = 1; i <= m; i++) at[column[i]] = i; next }
{ split($0, value, ","); ratio[run, which] = value[at["makespan_s"]] / value[at["ideal_s"]] }
END { judge()
    printf "| schedule | threads | unequal threads | ranks | unequal ranks | by at most | there |\n|---|---|---|---|---|---|---|\n"
    for (i = 1; i <= n; i++) printf "| %s | %d | %d | %d | %d | %s | %s |\n", name[i], won[i, "threads", "equal"], won[i, "threads", "unequal"],
        won[i, "ranks", "equal"], won[i, "ranks", "unequal"], margin[i] ? sprintf("%.1f %%", 100 * margin[i] - 100) : "", where[i]
    printf "| cells | %d | %d | %d | %d | | |\n", n_cells["threads", "equal"], n_cells["threads", "unequal"], n_cells["ranks", "equal"],
        n_cells["ranks", "unequal"] }'
