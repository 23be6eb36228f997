# csv.bash: rows of typed columns.
. "$(dirname "$0")/expect.bash" || exit 1
scale() { run run scale --param factor=2 --param offset=1 --csv "$@"; }

printf '1,2\n0.5,-1\n' >rows; scale rows; expect 0 $'7\n0' ''
printf 'x,y\r\n1,2\r\n\r\n0.5,-1' >rows; scale rows; expect 0 $'7\n0' ''
printf '"1","2"\n 1 , 2 \n' >rows; scale rows; expect 0 $'7\n7' ''
: >rows; scale rows; expect 0 '' ''
printf 'x,y\n' >rows; scale rows; expect 0 '' ''
printf '1,2\n3,4\n5,6\n' >rows
for method in apply apply_async starmap starmap_async istarmap istarmap_unordered; do
    scale rows --method $method; expect 0; same "$method" "$(sort -n out | tr '\n' ' ')" '7 15 23 '
done
pipe run scale --param factor=2 --csv - < <(cat rows); expect 0 $'6\n14\n22' ''

# Of parameters given twice, the last one counts.
run run scale --param factor=1 --param factor=-1 --csv rows; expect 0 $'-3\n-7\n-11' ''

# Mistakes.
where='(an item of scale is x,y)'
printf '1,2\nx,y\n' >rows; scale rows; expect_usage "rows, line 2, column 1: 'x' isn't a number $where"
printf '1,x\n' >rows; scale rows; expect_usage "rows, line 1, column 2: 'x' isn't an integer from -128 to 127 $where"
printf '1,2\n3\n' >rows; scale rows; expect_usage 'rows, line 2: 1 value where an item of scale has 2 (x,y)'
printf '1,2\n3,4,5\n' >rows; scale rows; expect_usage 'rows, line 2: 3 values where an item of scale has 2 (x,y)'
printf '1,2\n3,"4\n5,6\n' >rows; scale rows; expect_usage 'rows, line 2: a quote is opened and never closed'
printf '1,2\n3,"4"5\n' >rows; scale rows; expect_usage 'rows, line 2: a comma is missing after a quote'
printf '1,2\n3,4\0\n' >rows; scale rows; expect_usage "rows, line 2, column 2: '4\x00' isn't an integer from -128 to 127 $where"
printf '1,2\n3,\n' >rows; scale rows; expect_usage "rows, line 2, column 2: '' isn't an integer from -128 to 127 $where"

# Quoted text, over lines too; what is written as csv reads back the same.
printf '"a,b"\n"say ""hi"""\n"two\nlines"\nplain\n' >texts
for method in imap map apply_async; do
    run run echo --csv texts --method $method; expect 0 $'a,b\nsay "hi"\ntwo\nlines\nplain' ''
done
run run echo --csv texts --format csv; expect 0
sed -n 's/^[0-9]*,\(.*\),ok.*/&/p' out | head -1 >first
same 'first row' "$(cat first)" '0,"""a,b""",ok,"a,b",,,,,,,,'
finish
