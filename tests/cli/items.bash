# items.bash: items from arguments, numbers, files and pipes, well-formed and not.
. "$(dirname "$0")/expect.bash" || exit 1

# Numbers and arguments.
run run nap --items 3; expect 0 $'0\n1\n2' ''
run run nap --items 0; expect 0 '' ''
run run half --items 1; expect 0 0 ''
run run echo --items 12; expect 0 "$(seq 0 11)" ''
run run echo a '' 'b c'; expect 0 $'a\n\nb c' ''
run run half -- -128 126; expect 0 $'-64\n63' ''
run run half 2 --threads 2 4; expect 0 $'1\n2' ''
run run nap ' 1 ' 1e0 0x1p-1; expect 0 $'1\n1\n0.5' ''
run run half +4; expect 0 2 ''

# A job of texts and words: all behind the first -- is the command, in whatever order the rest stands.
run run show --items 2 -- a -b -- --items; expect 0 $'[a][-b][--][--items][0]\n[a][-b][--][--items][1]' ''
run run show x '' 'y z' -- a; expect 0 $'[a][x]\n[a][]\n[a][y z]' ''
printf 'a b\n\nc' >texts; run run --input texts show -- a; expect 0 $'[a][a b]\n[a][]\n[a][c]' ''
printf 'a,"b ""c"""\n,\n"d\ne",\n' >rows; run run show --csv rows -- a; expect 0 $'[a][a][b "c"]\n[a][][]\n[a][d\ne][]' ''
run run show --csv rows --header yes -- a; expect 0 $'[a][][]\n[a][d\ne][]' ''
printf 'a\nb\0c\n' >texts; run run show --input texts -- a
expect_usage "texts, line 2: 'b\\x00c' isn't a text without NUL (an item of show is texts)"
printf 'a\nb,\0c\n' >rows; run run show --csv rows -- a; expect_usage "rows, line 2: 'b,\\x00c' isn't a text without NUL (an item of show is texts)"
for rest in '' --; do
    run run show a $rest; expect_usage 'show needs a command: rankpool run show [options] -- COMMAND…'
done
# Words of a job's own come first, wherever the options stand.
run run say a b c d; expect 0 $'[a][b][c]\n[a][b][d]' ''
run run --items 2 say a --method map b; expect 0 $'[a][b][0]\n[a][b][1]' ''
run run say -- -a -- b; expect 0 '[-a][--][b]' ''
run run say a b --items 2 c; expect 2 ''; has err "^rankpool: unexpected argument 'c': items are given already"
run run say a b; expect 2 ''; has err '^rankpool: run say: no items; '
for words in '' a; do
    run run say $words --items 2; expect_usage 'say needs more arguments: rankpool run say FIRST SECOND [options] [ITEM…]'
done
run jobs say; expect 0; has out '^arguments: FIRST SECOND$'; has out '^result: value \(bytes\)$'; has out '^parameters: none$'
run compare say a b --items 2 --runs 1 --method map; expect 0; has out '^say: 2 items'

run run echo -- -a -- b; expect 0 $'-a\n--\nb' ''

# Lines: line ends, no last end, a byte order mark, none at all.
printf '2\n4\n' >two; run run half --input two; expect 0 $'1\n2' ''
printf '2\r\n4' >two; run run half --input two; expect 0 $'1\n2' ''
printf '\xef\xbb\xbf2\n4\n' >two; run run half --input two; expect 0 $'1\n2' ''
printf 'a\n\nb\n' >texts; run run echo --input texts; expect 0 $'a\n\nb' ''
printf 'a b\t\n' >texts; run run echo --input texts; expect 0 $'a b\t' ''
for method in $methods; do
    : >nothing
    run run half --input nothing --method "$method"; expect 0 '' ''
    run run echo --input nothing --method "$method"; expect 0 '' ''
    run run half --items 0 --method "$method"; expect 0 '' ''
done
run run half --input nothing --format csv; expect 0 'index,item,outcome,value,cause,code,message,rank,host,worker,attempt,elapsed_s' ''

# A mistake in a file is found before anything runs, whatever the method; one in a pipe after the results before it.
printf '2\n4\nabc\n6\n' >bad
message="bad, line 3: 'abc' isn't an integer from -128 to 127 (an item of half is an even number)"
for method in $methods; do
    run run half --input bad --method "$method"; expect_usage "$message"
done
for method in apply map starmap_async; do
    pipe run half --input - --method $method < <(cat bad); expect_usage "${message/bad/standard input}"
done
pipe run half --input - < <(cat bad); expect 2 $'1\n2' "rankpool: ${message/bad/standard input}
rankpool: ended early: 2 items done, how many are to do isn't known; with --journal DIR the same command would go on"
pipe run half --input - <bad; expect_usage "${message/bad/standard input}"
printf '2\n\n4\n' >bad; run run half --input bad
expect_usage "bad, line 2: '' isn't an integer from -128 to 127 (an item of half is an even number)"
printf '2\n300\n' >bad; run run half --input bad
expect_usage "bad, line 2: '300' isn't an integer from -128 to 127 (an item of half is an even number)"

# A large file is checked first, without loading it.
padded=$(printf "%63d" 2) # the file has to be large, not its lines many
{ yes "$padded" | head -c 19200000; echo x; } >large
run run half --input large
expect_usage "large, line 300001: 'x' isn't an integer from -128 to 127 (an item of half is an even number)"
yes "$padded" | head -c 19200000 >large
run run half --input large; expect 0; same 'results' "$(sort -u out) $(wc -l <out)" '1 300000'
rm large

# A 0 byte, control characters, and a line of 10 MB: correct work, or an error that is one readable line.
printf '2\n4\0\n' >zero; run run half --input zero
expect_usage "zero, line 2: '4\\x00' isn't an integer from -128 to 127 (an item of half is an even number)"
printf 'a\0b\n' >zero; run run echo --input zero; same 'bytes' "$(od -An -c out)" "$(od -An -c zero)"
{ echo 2; head -c 10000000 /dev/zero | tr '\0' 1; echo; } >long; run run half --input long
expect_usage "long, line 2: '$(printf '1%.0s' $(seq 60))…' isn't an integer from -128 to 127 (an item of half is an even number)"
{ echo a; head -c 10000000 /dev/zero | tr '\0' x; echo; echo b; } >long
for method in imap map apply_async; do
    run run echo --input long --method $method; expect 0; cmp -s out long || problem "the long line came back changed ($method)"
done
pipe run echo --input - < <(cat long); expect 0; cmp -s out long || problem 'the long line came back changed (pipe)'
run run echo --input long --format jsonl; expect 0
same 'JSON lines' "$("$TOOLS/check_jsonl" index item outcome text <out)" 3

# A first line or row that names columns. By itself only csv has one, and only where a number belongs.
printf 'n\n2\n4\n' >headed
run run half --input headed; expect_usage "headed, line 1: 'n' isn't an integer from -128 to 127 (an item of half is an even number)"
run run half --input headed --header auto; expect 2 ''
run run half --input headed --header yes; expect 0 $'1\n2' ''
run run half --input headed --header yes --method map --format csv; expect 0; same 'the first row' "$(sed -n 2p out)" '0,2,ok,1,,,,,,,,'
pipe run half --input - --header yes < <(cat headed); expect 0 $'1\n2' ''
run run echo --input headed; expect 0 $'n\n2\n4' ''
run run half --csv headed; expect 0 $'1\n2' ''
run run half --csv headed --header no; expect_usage "headed, line 1, column 1: 'n' isn't an integer from -128 to 127 (an item of half is an even number)"
run run half --csv two --header yes; expect 0 2 ''
run run echo --csv headed --header yes; expect 0 $'2\n4' ''
printf 'one,two,three\n1,2\n' >wide; run run scale --csv wide --header yes --param factor=1; expect 0 3 ''
run run half --items 2 --header yes; expect_usage '--header goes with --input, --csv, ::: and ::::, these items have no first line'
run run half --input two --header perhaps; expect_usage "--header: unknown value 'perhaps'; there are: auto, yes, no"
: >nothing; run run half --input nothing --header yes; expect 0 '' ''

# What comes from outside gives no commands to a terminal, and tells no passwords. Files and pipes get what there is.
bad=$'\x1b]0;title\x07\xc2\x9b2J\xff\xe2\x80\xae'
shown='\x1b]0;title\x07\u009b2J\xff\u202e'
run run echo "$bad"; expect 0 "$bad" ''
run run half "$bad"; expect_usage "'$shown' isn't an integer from -128 to 127 (an item of half is an even number)"
run run "$bad"; expect 2 ''; same 'the name of a job' "$(cut -d ';' -f 1,2 err)" "rankpool: unknown job '$shown'"
run run half --input "$bad"; expect_usage "--input: can't open '$shown': No such file or directory"
run "$bad"; expect 2 ''; same 'a command' "$(cut -d ';' -f 1,2 err)" "rankpool: unknown command '$shown'"
secret=http://user:secret@host/path
run run half "$secret"; expect_usage "'http://host/path' isn't an integer from -128 to 127 (an item of half is an even number)"
run run visit fail "$secret" --format csv --on-error collect; expect 1; has out '^1,http://host/path,ok,http://user:secret@host/path,'
run run visit fail "$secret" --format jsonl --on-error collect; expect 1; has out '"item":"http://host/path"'
run run end "$secret" kill --isolate; expect 1

# On a terminal nothing is left out of results, but what it would obey is escaped.
if command -v script >/dev/null; then
    printf '%s\n' "$bad" "a	b" http://a.org,joe@b.org >commands
    for format in text csv jsonl; do
        last="on a terminal, $format"
        script -qec "'$PROGRAM' run echo -q --input commands --format $format" /dev/null >out 2>err </dev/null
        status=$?
        expect 0; has out 'title'; has out 'http://a.org,joe@b.org'; same 'cut addresses' "$(grep -c 'http://b.org' out)" 0
        same 'control characters' "$(tr -d '\r\n\t' <out | LC_ALL=C grep -acP '[\x00-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80\xae')" 0
    done
fi

# A standard input that is a directory.
pipe run half --input - </; expect_usage '--input: standard input is a directory, not a file'
finish
