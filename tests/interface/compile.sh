#!/bin/bash
# compile.sh TOP COMPILER CXX: what must not compile fails with the text that it should, and what must compile does, without a warning.
# Other compilers that are there are tried too. CXX may be empty: there is no C++ compiler.
set -u
top=$1 cxx=$3
here=$top/tests/interface
strict='-Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Werror'
problems=0 tried=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

problem() {
    problems=$((problems + 1))
    echo "FAILED: $1"
}

# check COMPILER STANDARD
check() {
    local part text said
    # shellcheck disable=SC2086
    said=$("$1" "-std=$2" $strict -I"$top/include" -fsyntax-only "$here/accepted.c" 2>&1) || problem "$1 $2, accepted.c: $said"
    while read -r part text; do
        tried=$((tried + 1))
        said=$("$1" "-std=$2" -I"$top/include" -fsyntax-only -D"$part" "$here/refused.c" 2>&1) && problem "$1 $2, refused.c: $part compiles"
        [[ $said == *"$text"* ]] || problem "$1 $2, refused.c: $part doesn't say \"$text\": $said"
    done < <(sed -nE 's|^#ifdef ([A-Z_]+) /\* (.*) \*/$|\1 \2|p' "$here/refused.c")
}

for compiler in "$2" gcc clang; do
    command -v "$compiler" >/dev/null || continue
    check "$compiler" gnu11
done
check "$2" c11
check "$2" gnu17
[ "$tried" -gt 50 ] || problem 'the parts of refused.c were not found'
for compiler in $cxx g++ clang++; do
    command -v "$compiler" >/dev/null || continue
    said=$("$compiler" -std=c++11 -Wall -Wextra -Werror -I"$top/include" -fsyntax-only "$here/headers.cc" 2>&1) ||
        problem "$compiler, headers.cc: $said"
done
# prepare COMPILER: sets `prepared`, options with which it has read the header already: a part then takes a fifth of the time. None, where it
# doesn't make such a file.
prepare() {
    local header=$top/include/rankpool/rankpool.hpp folder=$work/$((n_prepared++))
    mkdir -p "$folder/rankpool"
    if "$1" --version | grep -q clang; then
        prepared=(-include-pch "$folder/header")
        "$1" -std=c++17 -I"$top/include" -x c++-header "$header" -o "$folder/header" 2>"$folder/said" || prepared=()
    else
        prepared=(-I"$folder")
        "$1" -std=c++17 -I"$top/include" -x c++-header "$header" -o "$folder/rankpool/rankpool.hpp.gch" 2>"$folder/said" || prepared=()
    fi
}

n_prepared=0
# check_cxx COMPILER: what it has to accept, in two standards, and to refuse.
check_cxx() {
    local part text said file
    for standard in c++17 c++20; do
        for file in tests/cxx/test_macros.cc tests/examples/cxx/folds.cc; do
            said=$("$1" -std=$standard -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -I"$top/include" -fsyntax-only "$top/$file" 2>&1) ||
                problem "$1 $standard, $file: $said"
        done
    done
    prepare "$1"
    while read -r part text; do
        tried=$((tried + 1))
        said=$("$1" -std=c++17 "${prepared[@]}" -I"$top/include" -fsyntax-only -D"$part" "$here/refused.cc" 2>&1) && problem "$1, refused.cc: $part compiles"
        [[ $said == *"$text"* ]] || problem "$1, refused.cc: $part doesn't say \"$text\": $said"
    done < <(sed -nE 's|^#ifdef ([A-Z_]+) // (.*)$|\1 \2|p' "$here/refused.cc")
}

tried=0 compilers=''
for compiler in $cxx g++ clang++; do
    [[ " $compilers " == *" $compiler "* ]] || ! command -v "$compiler" >/dev/null || { check_cxx "$compiler" && compilers+=" $compiler"; }
done
[ -z "$compilers" ] || [ "$tried" -gt 20 ] || problem 'the parts of refused.cc were not found'
echo "compile.sh: $problems problems"
[ "$problems" = 0 ]
