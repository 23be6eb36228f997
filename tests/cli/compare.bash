# compare.bash: who takes part in a comparison, its three formats, and that wrong results don't pass.
. "$(dirname "$0")/expect.bash" || exit 1

header=job,host,cores,items,runs,method,backend,progress,ranks,threads,workers
header=$header,mean_s,deviation_s,minimum_s,speedup,time_to_pthread,efficiency

# All methods on the three back ends of one process, with progress on map and imap, and the serial loop.
run compare half 2 4 6 --runs 2 --format csv --threads 2; expect 0
same 'header' "$(head -1 out)" "$header"
same 'rows' "$(sed 1d out | wc -l)" 37
for backend in serial pthread openmp; do
    for method in $methods; do
        same "$method on $backend" "$(cut -d, -f6-8 out | grep -c "^$method,$backend,no$")" 1
    done
    drawn=$(cut -d, -f6-8 out | grep "$backend,yes" | sort | tr '\n' ' ')
    same "with progress on $backend" "$drawn" "imap,$backend,yes map,$backend,yes "
done
same 'serial loop' "$(cut -d, -f6-11,15 out | grep '^serial loop')" 'serial loop,serial,no,1,1,1,1'
same 'sorted by mean' "$(sed 1d out | cut -d, -f12)" "$(sed 1d out | cut -d, -f12 | sort -g)"
same 'the baseline to itself' "$(grep ',pthread,' out | cut -d, -f16 | sort -u)" 1
awk -F, 'function near(a, b) { return a / b < 1.001 && b / a < 1.001 } NR == 1 { next } $6 == "serial loop" { loop = $12 }
    { mean[NR] = $12; speedup[NR] = $15; if (!near($15 / $11, $17)) exit 1 }
    END { for (i in mean) if (!near(loop / mean[i], speedup[i])) exit 1 }' out || problem 'a speed-up or an efficiency is wrong'

# The chosen ones, with the baseline, whatever was chosen.
run compare half 2 4 --runs 1 --method imap --backend openmp --progress never --format csv; expect 0
same 'rows' "$(sed 1d out | cut -d, -f6-8 | sort | tr '\n' ' ')" 'imap,openmp,no map,pthread,no serial loop,serial,no '
run compare half 2 4 --runs 3 --method imap --backend openmp --format jsonl --output board; expect 0 '' ''
same 'JSON lines' "$("$TOOLS/check_jsonl" ${header//,/ } <board)" 4
run compare split --runs 1 --method starmap --backend serial; expect 0 ; has out '^split: 100 items, 1 run of each after a warm-up; host '
has out '^serial loop +serial +1 × 1 +[0-9.]+ ± 0.000 +1.00 '

# Items of several values take part with the starred methods.
printf '1,2\n3,4\n' >rows
run compare scale --param factor=2 --csv rows --runs 1 --backend pthread --format csv; expect 0
same 'rows' "$(sed 1d out | cut -d, -f6,8 | sort | tr '\n' ' ')" \
    'apply,no apply_async,no istarmap,no istarmap,yes istarmap_unordered,no serial loop,no starmap,no starmap,yes starmap_async,no '

# Wrong results and failed items don't pass.
run compare wander 1 2 3 --runs 1 --method map --backend serial
expect 1 '' 'rankpool: WRONG RESULT: map on serial differs from the serial loop at item 0 (1)'
run compare measure 12 14 --runs 2 --method map,imap; expect 0
run compare measure 12 13 14 --runs 1 --method imap --backend serial
expect 1 '' 'rankpool: WRONG RESULT: imap on serial differs from the serial loop at item 1 (13)'
run compare half 2 3 --runs 1 --method map --backend pthread
expect 1 ''; has err '^rankpool: item 1 \(3\) failed on rank 0, host [^,]+, worker [0-9]+: odd \(code 22\)$'
same 'lines' "$(wc -l <err)" 1
run compare echo a bb '' --runs 1; expect 0
run compare half --items 0 --runs 1 --method imap,map --format csv; expect 0
finish
