# compare.bash: who takes part in a comparison, its formats, and that wrong results and failures have no place.
. "$(dirname "$0")/expect.bash" || exit 1

header=job,host,cores,items,runs,method,backend,progress,ranks,threads,workers,outcome,place
header=$header,median_s,low_s,high_s,minimum_s,maximum_s,speedup,time_to_pthread,efficiency,warm_up_s

# All methods on the three back ends of one process, with progress on map and imap, and the serial loop.
run compare half 2 4 6 --runs 2 --format csv --threads 2 --all; expect 0
same 'header' "$(head -1 out)" "$header,run_1_s,run_2_s"
same 'rows' "$(sed 1d out | wc -l)" 37
for backend in serial pthread openmp; do
    for method in $methods; do
        same "$method on $backend" "$(cut -d, -f6-8 out | grep -c "^$method,$backend,no$")" 1
    done
    drawn=$(cut -d, -f6-8 out | grep "$backend,yes" | sort | tr '\n' ' ')
    same "with progress on $backend" "$drawn" "imap,$backend,yes map,$backend,yes "
done
same 'serial loop' "$(cut -d, -f6-11,19 out | grep '^serial loop')" 'serial loop,serial,no,1,1,1,1'
same 'sorted by median' "$(sed 1d out | cut -d, -f14)" "$(sed 1d out | cut -d, -f14 | sort -g)"
same 'the baseline to itself' "$(grep ',pthread,' out | cut -d, -f20 | sort -u)" 1
same 'places' "$(sed 1d out | cut -d, -f13 | sort -u)" ''
awk -F, 'function near(a, b) { return a / b < 1.001 && b / a < 1.001 } NR == 1 { next } $6 == "serial loop" { loop = $14 }
    { median[NR] = $14; speedup[NR] = $19; workers[NR] = $11; if (!near($19 / $11, $21) || $19 > $11) exit 1
      if (!near(($23 + $24) / 2, $14) || $17 > $23 || $18 < $23 || NF != 24) exit 1 }
    END { for (i in median) { full = loop / median[i]; if (full > workers[i]) full = workers[i]; if (!near(full, speedup[i])) exit 1 } }' out ||
    problem 'a median, a speed-up or an efficiency is wrong'

# Without --all there are no rows with progress in the data, and the table has the best of each back end: no row twice.
run compare half 2 4 6 --runs 6 --format csv --threads 2; expect 0
same 'rows' "$(sed 1d out | wc -l)" 31
has out ',ok,1,[0-9.e-]+,'
run compare half 2 4 6 --runs 6 --threads 2 --progress always --format csv; expect 0
same 'rows' "$(sed 1d out | wc -l)" 37
run compare half 2 4 6 --runs 6 --threads 2; expect 0 ; same 'err' "$(grep -v 'runs, about' err)" ''
for name in 'serial loop +serial' '[a-z_]+ +serial' '[a-z_]+ +pthread' '[a-z_]+ +openmp'; do
    same "$name" "$(grep -cE "^ +[0-9]+  $name +1 × [12] " out)" 1
done
has out '^half: 3 items, 6 runs of each after a warm-up; host .*, [0-9]+ cores?, load [0-9.]+ before$'
has out '^place  method +back end  workers  median \((ms|us)\)  speed-up +interval \((ms|us)\)  time/pthread  efficiency$'
has out '^Fastest: [a-z_ ]+( on [a-z]+ \(1 × [12]\))?\.'
has out '--all shows 27 more rows\.$'
run compare half 2 4 6 --runs 6 --threads 2 --format markdown; expect 0
has out '^\| place \| method \| back end \| workers \| median \([mu]s\) \| speed-up \| interval \([mu]s\) \| time/pthread \| efficiency \|$'
has out '^\|---:\|---\|---\|---:\|---:\|---:\|---:\|---:\|---:\|$'
same 'rows' "$(grep -cE '^\| [0-9]+ \|' out)" 4
run compare half 2 4 --runs 5 --threads 2; expect 0
has out '^Too few runs to say what is faster: 5 of each; it takes 6 \(--runs\)\.$'
has out '^    -  [a-z_ ]+ '
same 'nothing is ranked' "$(grep -c Fastest out)" 0

# The chosen ones, with the baseline, whatever was chosen. What was asked for is shown.
run compare half 2 4 --runs 1 --method imap --backend openmp --format csv; expect 0
same 'rows' "$(sed 1d out | cut -d, -f6-8 | sort | tr '\n' ' ')" 'imap,openmp,no map,pthread,no serial loop,serial,no '
run compare half 2 4 --runs 3 --method imap --backend openmp --format jsonl --output board; expect 0 ''
same 'JSON lines' "$("$TOOLS/check_jsonl" ${header//,/ } times_s <board)" 3
run compare split --runs 1 --method starmap,map --backend serial; expect 0 ; has out '^split: 100 items, 1 run of each after a warm-up; host '
has out '^ +-  serial loop +serial +1 × 1 +[0-9.]+ +1\.00 +([0-9.]+) – \1 '
same 'rows' "$(grep -cE '^ +-  ' out)" 4

# Items of several values take part with the starred methods.
printf '1,2\n3,4\n' >rows
run compare scale --param factor=2 --csv rows --runs 1 --backend pthread --format csv --all; expect 0
same 'rows' "$(sed 1d out | cut -d, -f6,8 | sort | tr '\n' ' ')" \
    'apply,no apply_async,no istarmap,no istarmap,yes istarmap_unordered,no serial loop,no starmap,no starmap,yes starmap_async,no '

# Wrong results and failed items cost their own row, and have no place; what the serial loop can't do, nobody is compared with.
run compare at_home 1 2 3 --runs 6 --method map,imap,map_async --backend serial --format csv
expect 1
has err '^rankpool: WRONG RESULT: imap on serial differs from the serial loop at item 0 \(1\)$'
same 'told once' "$(grep -c 'WRONG RESULT: imap on serial' err)" 1
has out '^at_home,.*,imap,serial,no,1,1,1,failed,,,,,,,,,,,,,,,,$'
has out '^at_home,.*,map,serial,no,1,1,1,ok,[1-3],'
run compare at_home 13 --runs 6 --method map,imap --backend serial
expect 1
has err '^rankpool: item 0 \(13\) failed on rank 0, host [^,]+, worker 0: far from home \(code 3\)$'
has out '^ +-  imap +serial +1 × 1 +failed +-  '
has out '^ +[1-3]  map +serial '
run compare wander 1 2 3 --runs 6 --method map --backend serial
expect 1 ''; has err '^rankpool: WRONG RESULT: serial loop on serial differs from the serial loop at item 0 \(1\)$'
run compare measure 12 14 --runs 2 --method map,imap; expect 0
run compare half 2 3 --runs 1 --method map --backend pthread
expect 1 ''; has err '^rankpool: item 1 \(3\) failed on rank 0, host [^,]+, worker [0-9]+: odd \(code 22\)$'
same 'lines' "$(wc -l <err)" 1
run compare echo a bb '' --runs 1; expect 0
run compare half --items 0 --runs 1 --method imap,map --format csv; expect 0

# On a terminal: bars, and before them what is left, in lines shorter than it. Not so where that isn't wanted, or into a file.
if command -v script >/dev/null; then
    on_terminal() {
        last="on a terminal: $*"
        LC_ALL=C.UTF-8 TERM=xterm timeout $hang_s script -qec "stty cols $1; '$PROGRAM' ${*:2}" /dev/null >out 2>err </dev/null
        status=$?
    }
    on_terminal 100 compare half 2 4 --runs 6 --threads 2 --method map --backend openmp; expect 0
    has out '^map on openmp \(1 × 2\) +(█|▉|▊|▋|▌|▍|▎|▏)* [0-9.]+ [mu]s'
    has out 'compare half: 1 of 21 runs, about [0-9]+ (s|min) left'
    on_terminal 20 compare half 2 4 --runs 6 --threads 2 --method map --backend openmp; expect 0
    has out '.\[K1 of 21(, about [0-9]+ (s|min))?..\[K'
    same 'bars' "$(grep -c '█' out)" 0
    has out '^place  method.$'
    on_terminal 100 compare half 2 4 --runs 6 --threads 2 --method map --backend openmp --progress never; expect 0
    same 'what is left' "$(grep -c 'of 21' out)" 0
fi
run compare half 2 4 --runs 6 --threads 2 --method map; expect 0
same 'bars in a file' "$(grep -c '█' out)" 0
same 'escapes in a file' "$(cat out err | grep -c $'\033')" 0
finish
