#!/bin/bash
# rows.sh FOLDER: fails, naming it, on something that was added only half. Each value of the public enumerations, each option, each
# variable of the environment, each kind of message and each job has its row. FOLDER is the top of the source.
set -u
cd "$1" || exit 1
problems=0

problem() {
    problems=$((problems + 1))
    echo "FAILED: $1"
}

# enumerators TYPE: those of the public enumeration, one a line.
enumerators() {
    cat include/rankpool/*.h | sed -n "/^typedef enum $1 {/,/^} $1;/p" | sed 's://.*::; s:/\*.*$::' |
        grep -oE '^ +RP_[A-Z0-9_]+' | tr -d ' '
}

# check TYPE FILE: the table of the type is in FILE; a row begins with {VALUE, whatever struct it is in.
check() {
    local type=$1 file=$2 found=0 value n
    for value in $(enumerators "$type"); do
        found=$((found + 1))
        n=$(grep -cE "\{$value, \"" "$file")
        [ "$n" = 1 ] || problem "$value of $type has $n rows in $file, not 1"
    done
    [ "$found" -gt 0 ] || problem "no values of $type were found in include/rankpool"
    grep -q "RPI_NAMES(\"$type\"" "$file" || problem "$file has no table of $type"
}

check rp_status src/base/error.c
check rp_cause src/base/error.c
check rp_on_error src/base/names.c
check rp_progress src/base/names.c
check rp_isolation src/base/names.c
check rp_resume src/base/names.c
check rp_record src/base/names.c
check rp_schedule src/schedule/schedule.c
check rp_executor src/pool/executors.c

# Each kind of message has a description, and somebody takes it: a handler, or the file whose part of the dialogue it is.
found=0
for kind in $(sed -n '/^typedef enum rpi_message_kind {/,/^}/p' src/cluster/message.h | grep -oE 'RPI_[A-Z]+'); do
    found=$((found + 1))
    grep -q "\[$kind\] = {\"" src/cluster/message.c || problem "the message $kind has no description in src/cluster/message.c"
    grep -q "\[$kind\] = " src/cluster/member.c src/cluster/coordinator.c || grep -qw "$kind" src/cluster/handshake.c src/cluster/failure_detector.c src/cluster/direct_link.c ||
        problem "nobody takes the message $kind"
done
for rows in $(grep -oE '^static const field [a-z_]+' src/cluster/message.c | sed 's/.* //'); do
    grep -q "^FIELDS($rows, " src/cluster/message.c || problem "the fields $rows have no FIELDS in src/cluster/message.c"
done
[ "$found" -gt 10 ] || problem 'no kinds of messages were found in src/cluster/message.h'

# fields TYPE: the fields of a public struct, one a line.
fields() {
    cat include/rankpool/*.h | sed -n "/^typedef struct $1 {/,/^} $1;/p" | tr '\n' ' ' | sed 's:/\*[^*]*\*/::g; s/.*{//; s/}.*//' | tr ';' '\n' |
        grep -oE '[a-z_]+ *$' | tr -d ' '
}

# Each option has a row, unless it is neither a number nor a name. The row says whether a call has the option too.
rows=src/base/option_rows.c
found=0
for field in $(fields rp_pool_options); do
    found=$((found + 1))
    case $field in initializer | initializer_argument | retried_argument | progress_stream | progress_name | lost_argument) continue ;; esac
    grep -q "FIELD($field)" $rows || problem "the option $field of rp_pool_options has no row in $rows"
done
for field in $(fields rp_call_options); do
    found=$((found + 1))
    case $field in completions | tag | progress_callback | progress_argument | progress_callback_s | callbacks_apart | seed) continue ;; esac
    case $field in failures | failures_room | n_failures | begun | n_begun | place | items_lost | items_lost_argument | n_died) continue ;; esac
    case $field in key | bound | statuses | callback | error_callback | callback_argument | reduce_order | initial | reduced) continue ;; esac
    grep -q "IN_CALL($field)" $rows || problem "the option $field of rp_call_options has no IN_CALL in $rows"
done
[ "$found" -gt 20 ] || problem 'the options were not found in include/rankpool'

# What goes wrong with journals: all rows are there, and the tests that they name.
journals=src/journal/README.md
for n in $(seq 40); do grep -q "^| $n | " $journals || problem "$journals has no row $n"; done
has_test() {
    case $1 in
        unit.*) [ -f "tests/unit/test_${1#*.}.c" ] ;;
        cli.*) [ -f "tests/cli/${1#*.}.bash" ] || [ -f "tests/cli/test_${1#*.}.c" ] ;;
        slurm.*) grep -q "^case_${1#*.}()" tests/slurm/test_slurm.sh ;;
        *) grep -rqw "$1" tests/unit tests/cli ;;
    esac
}
while read -r name; do has_test "$name" || problem "$journals names the test $name"; done \
    < <(grep -E '^\| [0-9]+ \|' $journals | grep -oE '`[a-z_0-9]+[.]?[a-z_0-9]+`' | tr -d '`')
while read -r part; do grep -rqF -- "# ---- $part" tests/cli || problem "$journals names the part '$part'"; done \
    < <(grep -E '^\| [0-9]+ \|' $journals | grep -oE '` "[^"]*"' | cut -d'"' -f2)

# Each variable of the environment that is read has a row in the program's table.
for name in $(grep -rhoE '"((RANKPOOL|OMP|OMPI|PMIX|SLURM|PMI|MPICH|MV[2P]|PALS|FLUX)_[A-Z_a-z]+|MPI_LOCAL[A-Z]+)"' src mpi omp --include='*.c' --exclude=environment.c | tr -d '"' | sort -u); do
    case $name in RANKPOOL_CURL_LIBRARY) continue ;; esac
    grep -q "{\"$name\"," src/cli/environment.c || problem "the environment variable $name has no row in src/cli/environment.c"
done

# The target rankpool is the library. A test that takes its file for the program would run an archive.
! grep -rn 'TARGET_FILE:rankpool>' tests --include=CMakeLists.txt || problem 'the program is the target rankpool_program'

# Each job is in the program's table.
found=0
for name in $(grep -hoE '^const rp_job rp_job_[a-z0-9_]+' jobs/*.c | sed 's/.* //'); do
    found=$((found + 1))
    grep -q "&$name," jobs/jobs.c || problem "the job $name isn't in jobs/jobs.c"
done
[ "$found" -gt 0 ] || problem 'no jobs were found in jobs'
echo "rows.sh: $problems problems"
[ "$problems" = 0 ]
