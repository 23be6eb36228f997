#!/bin/bash
# compile.sh TOP COMPILER CXX: what must not compile fails with the text that it should, and what must compile does, without a warning.
# Other compilers that are there are tried too. CXX may be empty: there is no C++ compiler.
set -u
top=$1 cxx=$3
here=$top/tests/interface
strict='-Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Werror'
problems=0 tried=0

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
echo "compile.sh: $problems problems"
[ "$problems" = 0 ]
