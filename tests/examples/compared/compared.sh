#!/bin/bash
# compared.sh SOURCES PROGRAMS LAUNCHER…: each program of SOURCES is there three times: NAME_openmp.c, NAME_rankpool.c and NAME_rankpool.cc,
# built as PROGRAMS/compared_NAME_openmp, _c and _cxx. They print the same, those of rankpool also under the launcher, if there is one.
# Prints how many lines each has, without those that are blank or comment. The one in C may have 1.5 times as many as that with OpenMP, the
# one in C++ has to be shorter than that.
set -u
sources=$1 programs=$2
shift 2
problems=0 found=0
texts=$(find "$sources" -name '*.c' | LC_ALL=C sort) # what words counts

problem() {
    problems=$((problems + 1))
    echo "FAILED: $1"
}

lines_of() { sed -E 's:^ *//.*::; s:^ */\*.*\*/ *$::; \:^ */\*:,\:\*/ *$:d' "$1" | grep -c '[^[:space:]]'; }

# run NAME COMMAND…
run() {
    local name=$1
    shift
    # shellcheck disable=SC2086
    if [ "$name" = words ]; then set -- "$@" $texts; fi
    timeout --kill-after=5 300 "$@" || echo "exit status $?"
}

printf '%-12s %8s %8s %8s\n' '' OpenMP 'C' 'C++'
for first in "$sources"/*_openmp.c; do
    name=$(basename "$first" _openmp.c)
    found=$((found + 1))
    openmp=$(lines_of "$first") c=$(lines_of "$sources/${name}_rankpool.c") cxx=$(lines_of "$sources/${name}_rankpool.cc")
    printf '%-12s %8d %8d %8d\n' "$name" "$openmp" "$c" "$cxx"
    [ $((2 * c)) -le $((3 * openmp)) ] || problem "$name in C has more than 1.5 times the lines of OpenMP"
    [ "$cxx" -lt "$openmp" ] || problem "$name in C++ isn't shorter than with OpenMP"
    expected=$(run "$name" "$programs/compared_${name}_openmp")
    [ -n "$expected" ] || problem "$name with OpenMP prints nothing"
    for kind in c cxx; do
        program=$programs/compared_${name}_$kind
        [ "$(run "$name" "$program")" = "$expected" ] || problem "$program prints something else than with OpenMP"
        [ $# = 0 ] || [ "$(run "$name" "$@" "$program")" = "$expected" ] || problem "$* $program prints something else than with OpenMP"
    done
done
[ "$found" = 5 ] || problem 'the programs were not found'
echo "compared.sh: $problems problems"
[ "$problems" = 0 ]
