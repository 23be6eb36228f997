#!/bin/bash
# test_tasks.sh TOP LIBRARY COMPILER CXX [LAUNCHER…]: tasks in libraries of a program, which nothing refers to: RP_USE keeps them, with an
# archive, a shared library that isn't needed, sections that are dropped, and optimisation across files; without it a call says what is
# missing. A library that the client loads comes too late for several ranks.
top=$1 library=$2
compiler=$3 cxx=$4
shift 4
# shellcheck source=tests/package/package.bash
. "$(dirname "$0")/package.bash"
from=$here/libraries
cd "$work" || exit 1
rankpool=(-I"$top/include" -L"$(dirname "$library")" -Wl,-rpath,"$(dirname "$library")" -lrankpool)

# built NAME COMPILER SOURCE KIND OPTION…: makes the library `square` and the program NAME, in C, with the options for both.
built() {
    local name=$1 with=$2 source=$3 kind=$4
    shift 4
    rm -f libsquare.*
    if [ "$kind" = archive ]; then
        quietly "compiling $name" "$with" -I"$top/include" -fPIC "$@" -c "$source" -o square.o && quietly "the archive of $name" gcc-ar rcs libsquare.a square.o
    else
        quietly "the library of $name" "$with" -I"$top/include" -fPIC -fvisibility=hidden -shared "$@" "$source" -o libsquare.so
    fi
    quietly "linking $name" "$compiler" "$@" -I"$top/include" "$from/uses.c" -o "$name" -L. -Wl,-rpath,"$work" -Wl,--as-needed -lsquare -Wl,--no-as-needed "${rankpool[@]}"
}

# says STATUS TEXT COMMAND…: its exit status, and what is in its output.
says() {
    local status=$1 text=$2 said actual
    shift 2
    said=$("$@" 2>&1)
    actual=$?
    [ "$actual" = "$status" ] && [[ $said == *"$text"* ]] || problem "$* ends with $actual and '$said', not with $status and '$text'"
}

for kind in archive shared; do
    built "$kind" "$compiler" "$from/square.c" $kind -DUSE
    gives 285 "./$kind"
    built "$kind-sections" "$compiler" "$from/square.c" $kind -DUSE -O2 -ffunction-sections -fdata-sections -Wl,--gc-sections
    gives 285 "./$kind-sections"
    built "$kind-unused" "$compiler" "$from/square.c" $kind
    says 1 'no such task is linked (see RP_USE)' "./$kind-unused"
done
built archive-lto "$compiler" "$from/square.c" archive -DUSE -O2 -flto
gives 285 ./archive-lto
if [ -n "$cxx" ]; then
    for kind in archive shared; do
        built "$kind-cxx" "$cxx" "$from/square.cc" $kind -DUSE -O2
        gives 285 "./$kind-cxx"
    done
fi

if said=$("$compiler" -DUSE -I"$top/include" "$from/uses.c" -o none "${rankpool[@]}" 2>&1); then problem 'a program that uses a task is linked without it'; fi
[[ $said == *square_task_anchor* ]] || problem "linking without the task says '$said'"

# Ranks compare their tables of tasks when the pool is opened.
built late "$compiler" "$from/square.c" shared
gives 285 ./late ./libsquare.so
[ $# = 0 ] || says 1 "doesn't know task square" "$@" ./late ./libsquare.so
finish
