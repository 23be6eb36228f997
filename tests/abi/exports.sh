#!/bin/bash
# exports.sh TOP LIBRARY NM PARTS: what the shared library exports is what src/exports.txt lists, and what the headers declare. Without "mpi"
# in PARTS the functions of mpi.h aren't there. A function that is new goes into the list; one that was released stays there for ever.
set -u
export LC_ALL=C
top=$1 library=$2 nm=$3 parts=${4-}
list=$top/src/exports.txt
problems=0

# differ WHAT LISTED FOUND: says so when two files differ.
differ() {
    local said
    said=$(diff "$2" "$3") && return
    problems=$((problems + 1))
    printf 'FAILED: %s (<: in src/exports.txt):\n%s\n' "$1" "$said"
}

declared() {
    cat "$1"/*.h | tr '\n' ' ' | grep -oE 'RP_API [^(;]*\(+[a-z*( ]*' | grep -oE 'rp_[a-z0-9_]+$|rp_[a-z0-9_]+\(' | tr -d '('
    grep -ohE '^RP_API extern const rp_fold rp_[a-z0-9_]+' "$1"/*.h | sed 's/.* //'
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sort -u "$list" >"$folder/sorted"
differ 'the list is sorted, and has each name once' "$list" "$folder/sorted"
declared "$top/include/rankpool" | sort -u >"$folder/declared"
differ 'the headers declare what is listed' "$list" "$folder/declared"
[[ " $parts " == *' mpi '* ]] && cp "$list" "$folder/expected" || grep -v '^rp_pool_open_mpi' "$list" >"$folder/expected"
"$nm" -D --defined-only "$library" | sed 's/.* //; s/@.*//' | grep -v '^RANKPOOL_' | sort -u >"$folder/exported"
differ 'the library exports what is listed' "$folder/expected" "$folder/exported"
# All have the version of the series, so that tools see from which one on a program runs.
unversioned=$("$nm" -D --defined-only "$library" | grep ' rp_' | grep -vc '@@RANKPOOL_')
[ "$unversioned" = 0 ] || { echo "FAILED: $unversioned exported symbols have no version" && problems=1; }
[ "$(wc -l <"$folder/exported")" -gt 100 ] || { echo 'FAILED: the exported symbols were not found' && problems=1; }
[ "$problems" = 0 ]
