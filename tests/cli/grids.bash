# grids.bash: items that are all combinations of values, some of them at random, lists as GNU parallel has them, items that end with a NUL,
# and a pipe without --input.
. "$(dirname "$0")/expect.bash" || exit 1
show='run show -- x'

# Texts as they were typed, the last axis fastest; ranges with their end, each number as short as it can be.
run run show --grid mass=1.0,b --grid speed=0:1:0.5 -- x
expect 0 $'[x][1.0][0]\n[x][1.0][0.5]\n[x][1.0][1]\n[x][b][0]\n[x][b][0.5]\n[x][b][1]' ''
run run echo --grid x=0:1:0.1; expect 0 "$(printf '%s\n' 0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1)" ''
run run echo --grid x=2:-1:-1,7,1e3:1e3:1; expect 0 "$(printf '%s\n' 2 1 0 -1 7 1000)" ''
run run echo --grid x=0:1:0.4; expect 0 $'0\n0.4\n0.8' ''

# Typed values, and the item's text.
run run scale --param factor=1 --grid x=0.1,2.5 --grid y=1:3:2 --format csv
expect 0 "index,item,outcome,value,cause,code,message,rank,host,worker,attempt,elapsed_s
0,x=0.1 y=1,ok,1.1,,,,,,,,
1,x=0.1 y=3,ok,3.1,,,,,,,,
2,x=2.5 y=1,ok,3.5,,,,,,,,
3,x=2.5 y=3,ok,5.5,,,,,,,,"
run run half --grid n=2,3 --on-error collect; expect 1 1; has err '^rankpool: item 1 \(n=3\) failed '
run run echo --grid 'x=a b,"' --format csv; expect 0
same 'quoted texts' "$(cut -d , -f 2 out | tail -n 2)" $'"x=""a b"""\n"x="""""""""'
for method in $methods; do
    run run half --grid n=2:40:2 --method "$method"; expect 0; same "all of $method" "$(sort -n out | tr '\n' ' ')" "$(seq 20 | tr '\n' ' ')"
    run run echo --grid n=a,b --method "$method"; expect 0; same "texts of $method" "$(sort out | tr '\n' ' ')" 'a b '
done
run compare half --grid n=2:40:2 --method map,imap --runs 1 --format csv; expect 0; has out ',20,'

# What is no grid, or doesn't fit the job, is found before anything runs.
run run half --grid n; expect_usage "--grid: 'n' doesn't begin with a name and =; a name has letters, digits, - and _, and no digit or - first"
run run half --grid 1n=2; expect 2 ''
run run half --grid n=; expect_usage '--grid: a value is empty; an axis is NAME=VALUE,VALUE… or NAME=START:END:STEP'
run run half --grid n=1,; expect 2 ''
run run half --grid n=0:1; expect_usage "--grid: '0:1' is no range START:END:STEP of numbers of up to 18 digits"
run run half --grid n=0:4:0; expect_usage "--grid: '0:4:0' never ends: its step is 0"
run run half --grid n=0:4:-1; expect_usage "--grid: '0:4:-1' has no values: its step leads away from its end"
run run half --grid n=0:1:1e-30; expect_usage "--grid: '0:1:1e-30' has more than 18 digits from the first number to the last"
run run half --grid n=2 --grid n=4; expect_usage "--grid: there are two axes named 'n'"
run run half --grid n=2 --grid m=4; expect_usage 'an item of half has 1 value (an even number), not 2'
run run half --grid n=2,x; expect_usage "n: 'x' isn't an integer from -128 to 127 (an item of half is an even number)"
run run half --grid n=0:200:2; expect_usage "n: '200' isn't an integer from -128 to 127 (an item of half is an even number)"
run run half --grid n=0:2:0.5; expect_usage "n: '0.5' isn't an integer from -128 to 127 (an item of half is an even number)"
run run half --grid n=2 4; expect 2 ''
run run half --grid n=2 --items 3; expect 2 ''
run run half --grid n=2 --header yes; expect_usage '--header goes with --input, --csv, ::: and ::::, these items have no first line'

# A million millions begin at once, and in memory that doesn't grow; what needs all of them refuses.
for axis in a b c d e f; do set -- "$@" --grid $axis=1:100:1; done
if (ulimit -v 600000 && "$PROGRAM" --version) >out 2>&1; then
    last='a grid of 10^12'
    ( ulimit -v 600000; timeout $hang_s "$PROGRAM" run show "$@" --threads 2 -- x 2>err | head -n 400000 | tail -n 1 >out )
    same 'item 400000' "$(cat out)" '[x][1][1][1][40][100][100]'
    has err '^rankpool: can.t write to standard output: Broken pipe$'
fi
too_many="1000000000000 items are too many to have all at once; run with the methods imap, istarmap and their unordered forms takes them one by one, --sample N takes some"
run run show "$@" --method map -- x; expect_usage "$too_many"
run compare show "$@" -- x; expect_usage "$too_many"
run run show "$@" --sample 3 --seed 7 -- x; expect 0 $'[x][16][1][93][51][75][12]\n[x][7][10][63][71][49][94]\n[x][67][27][42][83][50][67]' ''
grid=("$@")
for i in 1 2 3 4 5; do set -- "$@" --grid g$i=1:100000:1; done
run run show "$@" -- x; expect_usage "--grid: there are more than $((2**63 - 1)) combinations"

# A sample: without repetition, another one with another seed, and its size is known.
run run echo --items 100 --sample 100; expect 0; same 'all of them' "$(sort -n out | tr '\n' ' ')" "$(seq 0 99 | tr '\n' ' ')"
cp out first
run run echo --items 100 --sample 100 --seed 2; expect 0; cmp -s out first && problem 'two seeds give the same'
run run echo --items 100 --sample 100 --seed 1 --method map; expect 0; cmp -s out first || problem 'the default seed is not 1'
run run half --sample 2 2 4 6; expect 0; same 'two of three' "$(sort -u out | wc -l)" 2
run run half --items 3 --sample 4; expect_usage '--sample 4: there are only 3 items'
run run half --items 3 --sample 0; expect_usage '--sample 0: must be an integer, 1 or more'
run run half --items 3 --seed 4; expect_usage '--seed goes with --sample'
run run half --input first --sample 2; expect_usage '--sample goes with --grid, --items, ::: and ITEM…; how many items a file has isn'"'"'t known'

# How many there are is known to the progress display.
run run echo --grid a=1:7:1 --progress always; expect 0; has err '7 of 7'

# Lists.
run run show -- x {} ::: 'a b' -y '' ::: 1 2; expect 0 $'[x][{}][a b][1]\n[x][{}][a b][2]\n[x][{}][-y][1]\n[x][{}][-y][2]\n[x][{}][][1]\n[x][{}][][2]' ''
run run show -- x ::: a b :::+ 1 2 ::: u v; expect 0 $'[x][a][1][u]\n[x][a][1][v]\n[x][b][2][u]\n[x][b][2][v]' ''
run run show ::: a $'b\nc' -- x; expect 0 $'[x][a]\n[x][b\nc]' ''
run run half ::: 2 4; expect 0 $'1\n2' ''
run run scale --param factor=2 ::: 1 2 ::: 3; expect 0 $'8\n10' ''
run run show -- x :::; expect 0 '' ''
printf 'a\nb' >letters; printf '1\n2\n' >digits
run run show -- x :::: letters digits; expect 0 $'[x][a][1]\n[x][a][2]\n[x][b][1]\n[x][b][2]' ''
run run show -- x :::: letters ::::+ digits; expect 0 $'[x][a][1]\n[x][b][2]' ''
run run show -- x :::: letters; expect 0 $'[x][a]\n[x][b]' ''
pipe run show -- x :::: - ::: 1 < <(cat letters); expect 0 $'[x][a][1]\n[x][b][1]' ''
run run show -- x ::: a b c :::+ 1 2; expect_usage 'a list linked by + has 2 values where the list before it has 3'
run run show -- x :::+ 1 2; expect_usage ':::+ links a list to the one before, and there is none'
run run show -- x ::: a ::::; expect_usage ':::: needs the name of a file, or -'
run run show -- x ::: a :::: missing; expect_usage "::::: can't open 'missing': No such file or directory"
run run show -- x ::: a :::: .; expect_usage '::::: . is a directory, not a file'
run run show y -- x ::: a; expect 2 ''
run run echo y ::: a; expect 2 ''
run run show -- ::: a; expect_usage 'show needs a command: rankpool run show [options] -- COMMAND…'

# The ends of lines.
printf 'a\r\nb\r\n' >windows
warning='rankpool: warning: windows, line 1: ends with \r, as lines of Windows do; it is part of the item'
run run show --input windows -- x; expect 0 $'[x][a\r]\n[x][b\r]' "$warning"
run run show -- x :::: windows ::: 1; expect 0 $'[x][a\r][1]\n[x][b\r][1]' "$warning"
run run echo --input windows; expect 0 $'a\nb' ''
printf 'a\nb\0\0c' >zeros
run run show -0 --input zeros -- x; expect 0 $'[x][a\nb]\n[x][]\n[x][c]' ''
run run show --null -- x :::: zeros ::: 1; expect 0 $'[x][a\nb][1]\n[x][][1]\n[x][c][1]' ''
printf '2\0004\000x\000' >zeros
run run half -0 --input zeros; expect_usage "zeros, item 3: 'x' isn't an integer from -128 to 127 (an item of half is an even number)"
run run show --input zeros -- x; expect_usage "zeros, line 1: '2\\x004\\x00x\\x00' isn't a text without NUL (an item of show is texts)"
run run show -- x :::: zeros ::: 1; expect_usage 'zeros, line 1: has a NUL in it; -0 takes NUL for the end of an item'
run run half -0 --items 3; expect_usage '-0 goes with --input, with :::: and with a pipe'

# Columns.
printf 'name,n\na,1\n"b,c",2\n' >table
run run columns --csv table; expect 0 $'name=a n=1\nname=b,c n=2' ''
run run columns --csv table --header no; expect 0 $'-=name -=n\n-=a -=1\n-=b,c -=2' ''
pipe run columns --csv - < <(cat table); expect 0 $'name=a n=1\nname=b,c n=2' ''
printf 'a,b\nc,d\n' >table; run run columns --csv table; expect 0 $'-=a -=b\n-=c -=d' ''
run run columns --csv table --header yes; expect 0 'a=c b=d' ''
printf 'n,n\n1,2\n' >table; run run columns --csv table; expect 0 'n=1 n=2' ''
run run columns --grid a=1,2 --grid b=3; expect 0 $'a=1 b=3\na=2 b=3' ''
run run columns ::: 1 ::: 2; expect 0 '-=1 -=2' ''
run run columns --input letters --header yes; expect 0 'a=b' ''
printf 'a,b\n1,2\n3\n' >table; run run columns --csv table; expect_usage 'table, line 3: 1 field where the first row has 2'
printf 'a,b\n1,2\n3,4,5\n' >table; run run columns --csv table; expect_usage 'table, line 3: 3 fields where the first row has 2'
pipe run columns --csv - < <(cat table); expect 2 'a=1 b=2' "rankpool: standard input, line 3: 3 fields where the first row has 2
rankpool: ended early: 1 items done, how many are to do isn't known; with --journal DIR the same command would go on"

# Lists of addresses: blank lines, comments and a header are no items, and a \r is none of theirs.
printf 'url\r\n\r\n# a comment\r\nhttp://a\r\n' >list
run run listed --input list; expect 0 '-=http://a' ''
printf '# sums\n\nurl,sum\nhttp://a,\n \n#,x\nhttp://b,s' >list
run run listed --csv list; expect 0 $'url=http://a sum=\nurl=http://b sum=s' ''
run run listed --csv list --header no; expect 0 $'-=url -=sum\n-=http://a -=\n-=http://b -=s' ''

# The same for commands.
own_program=$PROGRAM PROGRAM=$RANKPOOL
run run exec --grid mass=1,2 --grid speed=0:1:0.5 -- echo {mass}/{speed} {1}; expect 0 $'1/0 1\n1/0.5 1\n1/1 1\n2/0 2\n2/0.5 2\n2/1 2' ''
run run exec --grid mass=1,2 -- echo {mas}; expect 2 ''
run run exec -- printf '[%s][%s]' {} '${HOME}' ::: 'a b' -x $'c\nd' ''; expect 0 $'[a b][${HOME}][-x][${HOME}][c\nd][${HOME}][][${HOME}]' ''
printf 'n,n,m\n1,2,3\n' >twice
run run exec --csv twice -- echo {n}; expect 2 ''
run run exec --csv twice -- echo {m} {2}; expect 0 '3 2' ''
pipe run exec -- echo {} < <(printf 'a\n\nb'); expect 0 $'a\n\nb' ''
run run exec "${grid[@]}" --sample 2 --seed 7 -- echo {a} {f}; expect 0 $'16 12\n7 94' ''
( timeout $hang_s "$PROGRAM" run exec "${grid[@]}" --threads 2 -- echo {a} {f} 2>err | head -n 3 >out ) </dev/null
last='exec of a grid of 10^12'
same 'the first items' "$(tr '\n' ' ' <out)" '1 1 1 2 1 3 '
PROGRAM=$own_program

# A pipe, or a file, on standard input is read when no items are given, and only then.
pipe run half < <(printf '2\n4\n'); expect 0 $'1\n2' ''
pipe run show -0 -- x < <(printf 'a\0b\0'); expect 0 $'[x][a]\n[x][b]' ''
pipe run half <digits; expect 1
pipe run half 6 < <(printf '2\n4\n'); expect 0 3 ''
pipe run half < <(:); expect 0 '' 'rankpool: warning: no items: standard input is empty'
run run half; expect 2 ''
pipe run half >&-; expect 2
if command -v script >/dev/null; then
    last='on a terminal, without items'
    script -qec "'$PROGRAM' run half" /dev/null >out 2>err </dev/null
    status=$?
    expect 2; has out 'run half: no items'
fi
finish
