#!/bin/bash
# paths.sh FOLDER: what the documents name is there: each path with a slash and an extension in backquotes, each relative link, and each
# function or type of the library (rp_…, rpi_…). FOLDER is the top of the source.
set -u
cd "$1" || exit 1
problems=0 found=0
documents=$(find . -name '*.md' -not -path './build*' -not -path './.git/*' | LC_ALL=C sort)
sources=$(mktemp)
trap 'rm -f "$sources"' EXIT
grep -rhoE '\brpi?_[a-z0-9_]+' include src mpi omp jobs tests --include='*.[ch]' --include='*.hpp' --include='*.f90' | sort -u >"$sources"

problem() {
    problems=$((problems + 1))
    echo "FAILED: $1"
}

# named PATTERN FILE: what the backquotes of a file hold and fits, one a line.
named() { grep -oE '`[^`]+`' "$2" | tr -d '`' | tr ' ' '\n' | grep -oxE "$1" | sort -u; }

for document in $documents; do
    folder=$(dirname "$document")
    for path in $(named '[a-z0-9_][A-Za-z0-9_./-]*/[A-Za-z0-9_.-]+\.(c|h|hpp|md|sh|bash|sbatch|txt)' "$document"); do
        found=$((found + 1))
        case $path in build/* | *NAME*) continue ;; esac
        [ -e "$folder/$path" ] || [ -e "$path" ] || [ -e "src/$path" ] || [ -e "include/$path" ] || problem "$document: no $path"
    done
    for path in $(grep -oE '\]\([^)#: ]+[)#]' "$document" | sed 's/](//; s/.$//' | sort -u); do
        found=$((found + 1))
        [ -e "$folder/$path" ] || problem "$document: the link $path leads nowhere"
    done
    for name in $(named 'rpi?_[a-z0-9_]*[a-z0-9](\(.*)?' "$document" | sed 's/(.*//' | sort -u); do
        found=$((found + 1))
        grep -qx "$name" "$sources" || problem "$document: no $name"
    done
done
[ "$found" -gt 100 ] || problem 'the documents were not found'
echo "paths.sh: $problems problems"
[ "$problems" = 0 ]
