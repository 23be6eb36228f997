#!/bin/bash
# builds.sh [NAME…]: builds of all kinds, each with the tests that it can run; the table in src/package/README.md says which. Without a name
# all of them. What isn't installed is named, and left out; with RANKPOOL_TEST_ALL=1 that is a failure. RANKPOOL_TESTS=OFF in the environment
# leaves the tests of the library out, which take most of the time, and tries the installation alone.
set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
jobs=$(nproc)
# shellcheck source=tests/package/package.bash
. "$top/tests/package/package.bash"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_mpi_yield_when_idle=1
quick='^(unit|interface|abi)$'
without_all='-DRANKPOOL_MPI=OFF -DRANKPOOL_OPENMP=OFF -DRANKPOOL_PROGRAM=OFF'

# made NAME OPTION…: configures and builds into its folder; warnings are errors.
made() {
    local name=$1
    shift
    quietly "configuring $name" cmake -S "$top" -B "$work/$name" -G Ninja -DRANKPOOL_WERROR=ON -DRANKPOOL_TESTS="${RANKPOOL_TESTS-ON}" "$@" &&
        quietly "building $name" cmake --build "$work/$name" --parallel "$jobs"
}

# tested NAME LABELS [EXCEPT]: runs tests of a build.
tested() {
    local said
    [ "${RANKPOOL_TESTS-ON}" = ON ] || return 0
    said=$(ctest --test-dir "$work/$1" --no-tests=error --parallel "$jobs" --label-regex "$2" --exclude-regex "${3:-^$}" --output-on-failure 2>&1) ||
        problem "tests of $1: $(tail -n 40 <<<"$said")"
    grep -E '% tests passed' <<<"$said"
}

# installed NAME PARTS…: the test of an installation.
installed() { quietly "the installation of $1" "$top/tests/package/test_installed.sh" "$top" "$work/$1" "$2"; }

# runs NAME COMPILER…: the examples, the sizes and layouts of structs, with a compiler that the tests' library isn't there for.
runs() {
    local name=$1 library=$work/$1/librankpool.a example folder=$top/tests/examples
    shift
    for example in energy:2.5 statistics async completions grid lazy measured primes records shared state isolated; do
        quietly "compiling ${example%:*} for $name" "$@" -I"$top/include" "$folder/${example%:*}.c" "$library" -lm -lpthread -o "$work/$name/${example%:*}" || continue
        quietly "running ${example%:*} of $name" "$folder/../examples/compare.sh" 0 "$folder/${example%:*}.expected" \
            "$work/$name/${example%:*}" $([[ $example != *:* ]] || echo "${example#*:}")
    done
    quietly "compiling sizes for $name" "$@" -I"$top/include" "$top/tests/abi/sizes.c" "$library" -lm -lpthread -o "$work/$name/sizes" &&
        quietly "sizes of $name" "$work/$name/sizes"
    quietly "compiling layouts for $name" "$@" -I"$top/tests/abi/0.1" "$top/tests/abi/layout.c" -o "$work/$name/then" &&
        quietly "compiling layouts for $name" "$@" -I"$top/include" "$top/tests/abi/layout.c" -o "$work/$name/now" &&
        quietly "layouts of $name" "$top/tests/abi/same_output.sh" "$work/$name/then" "$work/$name/now"
}

has() { command -v "$1" >/dev/null; }
needs_gcc() { has gcc; }
needs_clang() { has clang; }
needs_mpich() { has mpicc.mpich; }
needs_musl() { has musl-gcc; }
needs_32bit() { echo 'int main(void) { return 0; }' | gcc -m32 -x c - -o "$work/32" 2>/dev/null; }

build_gcc() { made gcc -DCMAKE_C_COMPILER=gcc && tested gcc "$quick" && installed gcc 'mpi program'; }
build_clang() { made clang -DCMAKE_C_COMPILER=clang && tested clang "$quick" && CC=clang installed clang 'mpi program'; }
build_mpich() {
    made mpich -DMPI_C_COMPILER=mpicc.mpich && tested mpich "$quick" && MPI_C_COMPILER=mpicc.mpich installed mpich 'mpi program'
}
build_no_mpi() { made no_mpi -DRANKPOOL_MPI=OFF && tested no_mpi "$quick" && installed no_mpi program; }
build_no_openmp() { made no_openmp -DRANKPOOL_OPENMP=OFF && tested no_openmp "$quick" && installed no_openmp 'mpi program'; }
# shellcheck disable=SC2086
build_least() { made least $without_all && tested least '^(unit|interface|abi|conformance)$' && installed least ''; }
# shellcheck disable=SC2086
build_musl() {
    # musl-gcc has no headers of the kernel.
    mkdir "$work/kernel"
    ln -s /usr/include/linux /usr/include/asm-generic "/usr/include/$(gcc -print-multiarch)/asm" "$work/kernel"
    made musl $without_all -DCMAKE_C_COMPILER=musl-gcc -DCMAKE_C_FLAGS="-idirafter $work/kernel" -DRANKPOOL_TESTS=OFF -DBUILD_SHARED_LIBS=OFF && runs musl musl-gcc -static
}
build_32bit() {
    made 32bit -DRANKPOOL_MPI=OFF -DRANKPOOL_PROGRAM=OFF -DRANKPOOL_OPENMP=OFF "-DCMAKE_C_FLAGS=-m32 -Wno-psabi" -DRANKPOOL_TESTS=OFF &&
        runs 32bit gcc -m32
}
build_lto() { made lto -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=ON && tested lto "$quick" && installed lto 'mpi program'; }
build_cxx20() {
    quietly 'configuring cxx20' cmake -S "$top" -B "$work/cxx20" -G Ninja -DRANKPOOL_WERROR=ON -DCMAKE_CXX_STANDARD=20 "$@" &&
        quietly 'building cxx20' cmake --build "$work/cxx20" --parallel "$jobs" --target cxx_suite && tested cxx20 '^cxx$'
}
build_unity() { made unity -DCMAKE_UNITY_BUILD=ON -DRANKPOOL_MPI=OFF && tested unity "$quick"; }

all=(gcc clang mpich no_mpi no_openmp least musl 32bit lto unity cxx20)
[ $# -gt 0 ] || set -- "${all[@]}"
for name; do
    needs=needs_$name
    if [ "$(type -t "$needs")" = function ] && ! $needs; then
        echo "$name: what it needs isn't installed"
        [ "${RANKPOOL_TEST_ALL-}" != 1 ] || problem "$name couldn't be tried"
        continue
    fi
    before=$problems
    build_"$name"
    [ "$problems" = "$before" ] && echo "$name: built and tested" || echo "$name: $((problems - before)) problems"
    rm -rf "${work:?}/$name"
done
finish
