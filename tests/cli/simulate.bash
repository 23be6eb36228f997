# simulate.bash: `rankpool simulate`: its options, its output, and that its results are possible.
. "$(dirname "$0")/expect.bash" || exit 1
PROGRAM=$RANKPOOL
column() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) k = i } NR > 1 { print $k }' out; }

# between WHAT LEAST VALUE MOST: a number within limits, both included.
between() {
    checks=$((checks + 1))
    awk -v least="$2" -v value="$3" -v most="$4" 'BEGIN { exit !(value >= least && value <= most) }' || problem "$1: $3 isn't from $2 to $4"
}

# ---- wrong usage ----
run simulate; expect_usage 'simulate needs --times: how long an item takes; see rankpool simulate --help'
run simulate --times constant:1 8; expect_usage "simulate: unexpected argument '8'"
forms='constant:S, uniform:A:B, exponential:MEAN, normal:MEAN:SD, heavy:S:LAST, ascending:A:B, descending:A:B'
for wrong in constant: constant:x constant:1e308 constant:-1 uniform:1 gamma:1:2; do
    run simulate --times $wrong; expect_usage "--times $wrong: must be one of $forms, in seconds up to 1e12, or a file"
done
run simulate --times missing; expect_usage "--times: can't open 'missing': No such file or directory"
run simulate --times constant:1 --nodes 1,,2
expect_usage '--nodes 1,,2: must be up to 64 integers from 1 to 1000000, with commas between them'
for wrong in 0 x 1, 1,0 1000001 11111111111111111111111111111111; do
    run simulate --times constant:1 --nodes $wrong; expect 2 ''; has err "^rankpool: --nodes $wrong: must be "
done
run simulate --times constant:1 --ranks 0; expect_usage '--ranks 0: must be an integer from 1 to 10000'
run simulate --times constant:1 --latency -1; expect_usage '--latency -1: must be a number from 0 to 1000000000'
for option in speeds thread-speeds; do
    for wrong in x 0 1,,2 1, -1 "$(seq -s, 65)"; do
        run simulate --times constant:1 --$option "$wrong"
        expect_usage "--$option $wrong: must be up to 64 numbers from 1e-6 to 1e6, with commas between them"
    done
done
run simulate --times constant:1 --claim-cost -1; expect_usage '--claim-cost -1: must be a number from 0 to 1000000000'
run simulate --times constant:1 --levels 3; expect_usage '--levels 3: must be an integer from 1 to 2'
run simulate --times constant:1 --group 3; expect_usage '--group needs --levels 2, as without it there is one coordinator'
run simulate --times constant:1 --nodes 1000000 --threads 101
expect_usage '1000000 nodes of 1 ranks of 101 threads are more than 100000000 workers'
run simulate --times constant:1 --schedule best; expect 2 ''; has err '^rankpool: --schedule is "best"'
run simulate --times constant:1 --format text; expect_usage "--format: unknown value 'text'; there are: table, csv, jsonl"

# ---- the three formats ----
run simulate --times constant:0.01 --nodes 1,10 --threads 4; expect 0
has out '^ +nodes +workers +items +makespan \(s\) +ideal \(s\) +efficiency +imbalance +rank 0 busy +messages/s$'
has out '^ +1 +4 +400 +1 +1 +100\.0% +1\.000 +0\.0% +0$'
has out '^Not saturated\.$'
run simulate --times constant:0.01 --nodes 1,10 --threads 4 --format csv; expect 0
same 'csv lines' "$(wc -l <out)" 3
same 'ideal' "$(column ideal_s | tr '\n' ' ')" '1 1 '
cp out table.csv
run simulate --times constant:0.01 --nodes 1,10 --threads 4 --format jsonl; expect 0
same 'jsonl lines' "$(wc -l <out)" 2
"$TOOLS/check_jsonl" out >jsonl.err 2>&1 || problem "not JSON lines: $(cat jsonl.err)"
has out '^\{"nodes":10,"ranks":10,"workers":40,'
run simulate --times constant:0.01 --nodes 1,10 --threads 4 --format csv --output file.csv; expect 0 ''
cmp -s file.csv table.csv || problem 'file and standard output differ'

# ---- results are possible, and the same for the same seed ----
for schedule in $(all_schedules); do
    for times in uniform:0.001:0.003 exponential:0.002 heavy:0.001:0.1 descending:0.001:0.003; do
        run simulate --times $times --nodes 5 --ranks 2 --threads 3 --items 3000 --schedule $schedule --format csv; expect 0
        between "efficiency of $schedule, $times" 0.2 "$(column efficiency)" 1.2
        between "imbalance of $schedule, $times" 1 "$(column imbalance)" 30
        same 'workers' "$(column workers)" 30
    done
done
run simulate --times exponential:0.002 --nodes 7 --runs 3 --format csv; cp out first; between deviation 1e-9 "$(column deviation_s)" 1
run simulate --times exponential:0.002 --nodes 7 --runs 3 --format csv; cmp -s out first || problem 'another result from the same seed'
run simulate --times exponential:0.002 --nodes 7 --runs 3 --format csv --seed 2; cmp -s out first && problem 'the same from another seed'
run simulate --times constant:0.01 --nodes 10 --items 1000 --schedule static --message-cost 0 --latency 0 --wake 0 --format csv
same 'static with equal items' "$(column makespan_s)" 1.00000093 # ten times 128 + 100 * 8 bytes at 10 GB/s: nine out, the last one back

# ---- unequal speeds, and what claims cost ----
run simulate --times constant:0.01 --nodes 2 --items 100 --schedule static --speeds 1,0.5 --message-cost 0 --latency 0 --wake 0 --format csv
same 'static with unequal ranks' "$(column makespan_s)" 1.00000011 # 50 times 0.02 s, and 2 * (128 + 50 * 8) bytes at 10 GB/s
same 'the ideal for them' "$(column ideal_s)" 0.68
run simulate --times constant:0.01 --threads 2 --items 100 --schedule static --thread-speeds 1,0.5 --format csv
same 'static with unequal threads' "$(column makespan_s)" 1
run simulate --times constant:0.01 --threads 2 --items 100 --schedule awf-b --thread-speeds 1,0.5 --format csv
between 'awf-b with unequal threads' 0.66 "$(column makespan_s)" 0.69
run simulate --times constant:0.01 --threads 2 --items 100 --chunk 1 --claim-cost 10000 --format csv
same 'claims that take as long as items' "$(column makespan_s)" 1

# ---- where it saturates ----
run simulate --times constant:0.01 --nodes 2,20,200 --threads 64 --message-cost 20 --schedule fixed --chunk 1; expect 0
has out "^Saturated at 20 nodes: rank 0's progress thread is busy (9[0-9]|100) % of the time\.$"
run simulate --times constant:0.01 --nodes 2,20,200 --threads 64 --message-cost 20 --schedule fixed --chunk 1 --format csv
same 'saturated rows' "$(column saturated | tr '\n' ' ')" '0 1 1 '
run simulate --times heavy:0.001:1 --nodes 2 --threads 4 --items 100; expect 0
run simulate --times constant:1 --nodes 2 --latency 1e7; expect 0; has out "^Below 90 % efficiency at 2 nodes, where rank 0's progress thread is busy"
run simulate --times uniform:0.5:1.5 --nodes 100 --threads 4 --levels 2 --group 10 --format csv; expect 0
between 'load of groups' 1e-9 "$(column group_load)" 0.1

# ---- recorded times ----
printf '0.5\n0.25\r\n\n1\n' >plain
run simulate --times plain --format csv; expect 0; same 'items' "$(column items)" 3; same 'makespan' "$(column makespan_s)" 1.75
run simulate --times plain --items 6 --format csv; expect 0; same 'makespan' "$(column makespan_s)" 3.5
printf 'index,item,seconds,note\n0,a,0.5,"x,y"\n1,b,,failed\n2,"c\nd",0.25,\n' >report.csv
run simulate --times report.csv --format csv; expect 0; same 'items' "$(column items)" 2; same 'makespan' "$(column makespan_s)" 0.75
printf '0.5\n' | "$PROGRAM" simulate --times - --format csv >out 2>err; status=$?; last='simulate --times -'
expect 0; same 'makespan' "$(column makespan_s)" 0.5
printf 'a,b\n1,2\n' >other.csv
run simulate --times other.csv
expect_usage '--times other.csv: its first line is neither a number of seconds nor has a column named seconds'
printf '1\n-2\n' >negative; run simulate --times negative; expect_usage "--times negative, line 2: '-2' isn't a number of seconds from 0 to 1e12"
printf '1\ninf\n' >endless; run simulate --times endless; expect_usage "--times endless, line 2: 'inf' isn't a number of seconds from 0 to 1e12"
: >empty; run simulate --times empty; expect_usage '--times empty: there are no times in it'
run run sleep 0.01 0.02 0.03 --format csv --output slept.csv --backend serial; expect 0
run simulate --times slept.csv --format csv; expect 0; between 'what a run was recorded to take' 0.06 "$(column makespan_s)" 1
finish
