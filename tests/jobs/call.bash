# call.bash: the job `call`: each type with its limits, each mistake with its message before anything runs, and crashes.
. "$(dirname "$0")/../cli/expect.bash" || exit 1
library=$CALL_LIBRARY

# call FUNCTION SIGNATURE ARGUMENT…: of the tests' library.
call() {
    local function=$1
    shift
    run run call "$library:$function" "$@"
}

# same_values NAME SIGNATURE TYPE VALUE…: the function returns what it gets, of that type.
same_values() {
    local name=$1 signature=$2
    shift 2
    call "same_$name" "$signature" -- "$@"
    expect 0 "$(printf '%s\n' "$@")" ''
}

refused() { # FUNCTION SIGNATURE ARGUMENT… -- WHAT IT SAYS
    local given=("${@:1:$#-1}")
    call "${given[@]}"; expect_usage "${!#}"
}

# ---- types ----
for bits in 8 16 32 64; do
    most=$((bits == 64 ? 0x7fffffffffffffff : (1 << (bits - 1)) - 1))
    same_values "int${bits}_t" "int${bits}_t(int${bits}_t)" -1 0 1 "$most" "$((-most - 1))"
    same_values "uint${bits}_t" "uint${bits}_t(uint${bits}_t)" 0 1 "$most"
done
same_values uint8_t 'uint8_t(uint8_t)' 255; same_values uint16_t 'uint16_t(uint16_t)' 65535
same_values uint32_t 'uint32_t(uint32_t)' 4294967295; same_values uint64_t 'uint64_t(uint64_t)' 18446744073709551615
same_values bool 'bool(bool)' true false
same_values float 'float(float)' 0.5 -3 16777216 inf; same_values double 'double(double)' 0.5 -3 9007199254740992 1e+22 inf
same_values text 'const char *(const char *)' a '' 'b c, "d"' "$(printf '%5000d' 7)"
# C's other names for them, and what may stand around them.
while IFS='|' read -r name signature value; do
    same_values "$name" "$signature" "$value"
done <<'END'
int8_t|signed char(signed char)|-128
uint8_t|unsigned char (unsigned char)|255
int16_t|short(short int)|-32768
uint16_t|unsigned short(short unsigned int)|65535
int32_t|int(int x)|-7
int32_t| signed ( signed int ) ;|-7
uint32_t|unsigned(unsigned int)|4294967295
int64_t|long(long int)|-9
int64_t|long long same(long long int value);|-9
uint64_t|unsigned long(unsigned long long)|18446744073709551615
uint64_t|size_t(size_t)|18446744073709551615
int64_t|ssize_t(ptrdiff_t)|-1
bool|_Bool(const _Bool)|true
double|double same(const double x)|2.5
text|char *(const char*)|a
text|const char *same_text(char const *const text)|a
END

printf '%s\n' '-3,7,0.5,"a,b",2.25,-6,true,9' '1,2,3,,4,5,false,6' >rows
call all_at_once 'double(int8_t, uint16_t, float, const char *, double, int64_t, bool, uint32_t)' --csv rows
expect 0 $'9094025617\n6005040321' ''
call all_at_once 'double(int8_t, uint16_t, float, const char *, double, int64_t, bool, uint32_t)' --csv rows --method starmap --isolate
expect 0 $'9094025617\n6005040321' ''
printf 'base,exponent\n2,10\n3,4\n' >pairs
run run call libm.so.6:pow 'double(double,double)' --csv pairs; expect 0 $'1024\n81' ''
run run call libm.so.6:pow 'double(double,double)' --csv pairs --format csv; expect 0
same 'a row' "$(sed -n 2p out)" '0,"2,10",ok,1024,,,,,,,,'
pipe run call libm.so.6:sqrt 'double(double)' --input - < <(printf '4\n9\n'); expect 0 $'2\n3' ''
run run call libm.so.6:pow 'double(double, double)' --grid x=2,3 --grid y=2:4:1; expect 0 $'4\n8\n16\n9\n27\n81' ''
run run call libm.so.6:pow 'double(double)' --grid x=2,3 --grid y=2:4:1; expect_usage 'an item of call has 1 value (double), not 2'
run run call libc.so.6:strlen 'size_t(const char *)' --grid x=a,bb; expect 0 $'1\n2' ''
run run --threads 2 call libc.so.6:abs --method map 'int(int)' -- -1 -2; expect 0 $'1\n2' ''

# No arguments, and no result.
for method in $methods; do
    case $method in
        map* | imap | imap_unordered) call seven 'int(void)' --items 3 --method "$method"
            expect_usage "--method $method takes items of one value, an item of call has 0: use its starred form" ;;
        *) call seven 'int()' --items 3 --method "$method"; expect 0 $'7\n7\n7' '' ;;
    esac
done
call seven 'int(void)' --items 2 --isolate --format csv; expect 0; same 'a row' "$(sed -n 3p out)" '1,1,ok,7,,,,,,,,'
refused seven 'int(void)' 1 "an item of call has no value (void): give the number of items with --items N"
export CALLED=$work/called
for method in $methods; do
    rm -f "$CALLED"
    call note 'void(int)' --items 5 --method "$method"; expect 0 '' ''; same "calls by $method" "$(stat -c %s "$CALLED")" 5
done
call note 'void(int)' 1 --format csv; expect 0; same 'a row' "$(sed -n 2p out)" '0,1,ok,,,,,,,,'
call note 'void(int)' 1 --format jsonl; expect 0 '{"index":0,"item":"1","outcome":"ok"}'
run compare call "$library:note" 'void(int)' 1 2 --runs 1; expect 0
run compare call libm.so.6:cos 'double(double)' --runs 1 --backend pthread --method map; expect 0; has out '^ *- +map +pthread'

# ---- mistakes, before anything runs ----
wants="isn't RESULT(ARGUMENTS), as 'double(double, int)':"
types='there are: integers (int8_t to uint64_t, char, short, int, long, unsigned, size_t …), bool, float, double, const char *'
while IFS='|' read -r signature why; do
    refused seven "$signature" --items 1 "call: '$signature' $wants ${why/TYPES/isn\'t a type that a row can give; $types}"
done <<'END'
|a type is missing
double|there is no ( after the result's type
double(|a type is missing
double(int|there is no , or ) after an argument
double(int,)|a type is missing
double(int) int|there is something after the )
(int)|a type is missing
int(struct point)|'struct point' TYPES
int(long double)|'long double' TYPES
int(unsigned double)|'unsigned double' TYPES
int(short long)|'short long' TYPES
int(signed unsigned)|'signed unsigned' TYPES
int(int int)|'int int' TYPES
int(long long long)|'long long long' TYPES
int(char int)|'char int' TYPES
int(double *)|'double *' TYPES
int(const char **)|'const char **' TYPES
void *(int)|'void *' TYPES
int(const)|'const' TYPES
int(double x[])|there is no , or ) after an argument
int(char *)|char * is a text that the function may write to; a row can give const char *
int(int, void)|an argument can't be void
int(const char *, ...)|a function that takes any number of arguments can't be called
int(int,int,int,int,int,int,int,int,int)|there are more than 8 arguments
END
usage="rankpool run call LIBRARY:FUNCTION 'RESULT(ARGUMENTS)' [options] [ITEM…]"
run run call; expect_usage "call needs more arguments: $usage"
run run call libm.so.6:pow; expect_usage "call needs more arguments: $usage"
run run call libm.so.6:pow 'double(double)'
expect 2 ''; has err '^rankpool: run call: no items; '
for word in pow libm.so.6: :pow; do
    run run call $word 'double(double)' 1; expect_usage "call: '$word' isn't LIBRARY:FUNCTION, as libm.so.6:pow"
done
run run call libm.so.6:pwo 'double(double)' 1; expect_usage 'call: libm.so.6 has no pwo'
run run call libnone.so:f 'double(double)' 1
expect_usage 'call: libnone.so: cannot open shared object file: No such file or directory'
run run call ./rows:f 'double(double)' 1; expect 2 ''; has err '^rankpool: call: ./rows: '
refused a_variable 'int(void)' --items 1 "call: a_variable of $library is a variable, not a function"
refused same_int8_t 'int8_t(int8_t)' 128 "'128' isn't an integer from -128 to 127 (an item of call is int8_t)"
refused same_uint32_t 'unsigned(unsigned)' -- -1 "'-1' isn't an integer from 0 to 4294967295 (an item of call is uint32_t)"
refused same_bool 'bool(bool)' 2 "'2' isn't true, false, 1 or 0 (an item of call is bool)"
refused same_double 'double(double)' 1 x "'x' isn't a number (an item of call is double)"
printf '1,2\n3\n' >short
run run call libm.so.6:pow 'double(double, double)' --csv short
expect_usage 'short, line 2: 1 value where an item of call has 2 (double, double)'
run run call libm.so.6:pow 'double(double, double)' 1 2
expect 2 ''; has err '^rankpool: an item of call has 2 values \(double, double\): give the items with --csv FILE'
printf 'a\0b\n' >zero
call same_text 'char *(const char *)' --input zero; expect_usage "zero, line 1: 'a\\x00b' isn't a text without NUL (an item of call is const char *)"
run run call libm.so.6:sin 'double(double)' 1 --param x=1; expect_usage "unknown parameter 'x' of call; there are: none"

# ---- what goes wrong in the function ----
call nothing 'const char *(int)' 1 0 1 --on-error collect; expect 1 $'something\nsomething'
has err '^rankpool: item 1 \(0\) failed .*: nothing returned NULL'
call crash_if_odd 'int(int)' --items 4 --isolate --on-error collect; expect 1 $'0\n2'
if [ -z "${WITH_SANITIZER-}" ]; then # which makes an exit of it
    same 'crashes' "$(grep -c 'killed by signal 11' err)" 2
    call crash_if_odd 'int(int)' --items 4 2>/dev/null; same 'a crash without --isolate' "$status" 139
fi
# It is said once, to people.
if command -v script >/dev/null; then
    advice='if what call runs crashes, the run ends; with --isolate only its item fails'
    script -qec "'$PROGRAM' run call libm.so.6:sqrt 'double(double)' 4" /dev/null >out </dev/null; same 'advice' "$(grep -c "$advice" out)" 1
    script -qec "'$PROGRAM' run call libm.so.6:sqrt 'double(double)' 4 --isolate" /dev/null >out </dev/null
    same 'advice' "$(grep -c "$advice" out)" 0
fi

run jobs call; expect 0; has out "^arguments: LIBRARY:FUNCTION 'RESULT\(ARGUMENTS\)'$"

# ---- ranks ----
if [ -n "${WITH_MPI-}" ]; then
    launch() {
        last="mpirun $*"
        rm -f "$work/status"
        RANKPOOL_STATUS_FILE=$work/status timeout $hang_s "$SOURCE/tests/mpi/quiet_input.sh" "$MPIRUN" "$@" >out 2>err
        status=$?
        [ ! -e "$work/status" ] || status=$(cat "$work/status") # the launcher may end rank 0 before it has written that
    }
    here=$(dirname "$library") file=$(basename "$library")
    seq 1000 >numbers
    launch -n 2 "$PROGRAM" run call "$library:same_text" 'char *(const char *)' --input numbers --backend mpi; expect 0 "$(cat numbers)"
    launch -n 2 "$PROGRAM" run call "$library:seven" 'int(void)' --items 3 --backend mpi; expect 0 $'7\n7\n7'
    launch -n 2 "$PROGRAM" run call "$library:note" 'void(int)' --items 3 --backend mpi; expect 0 ''
    launch -n 2 "$PROGRAM" run call libm.so.6:pwo 'double(double)' 1; expect 2 ''
    same 'who says it' "$(grep -c '^rankpool: ' err)" 1; has err '^rankpool: call: libm.so.6 has no pwo$'
    for lacks in 0 1; do
        paths=("$here" "$here"); paths[lacks]=/nowhere
        launch -n 1 env LD_LIBRARY_PATH="${paths[0]}" "$PROGRAM" run call "$file:seven" 'int(void)' --items 3 : \
            -n 1 env LD_LIBRARY_PATH="${paths[1]}" "$PROGRAM" run call "$file:seven" 'int(void)' --items 3
        expect 2 ''; same 'who says it' "$(grep -c '^rankpool: ' err)" 1
        [ $lacks = 1 ] || { has err "^rankpool: call: $file: cannot open shared object file"; continue; }
        has err "^rankpool: rank 1, host [^,]+, can't take part: call: $file: cannot open shared object file"
    done
fi
finish
