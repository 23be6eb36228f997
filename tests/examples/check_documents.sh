#!/bin/sh
# check_documents.sh SOURCE: fails unless each program in README.md and the guide is exactly one of this folder, of cxx or of fortran, and
# the output that they show is in NAME.expected. A block belongs to the last line above it that names a NAME.c, NAME.cc or NAME.f90.
# Each C program of this folder has to be in the guide.
examples=$1/tests/examples
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    echo "check_documents: $*"
    failed=1
}

# split FILE FOLDER: the blocks of programs and text of a document, as FOLDER/NAME.c, FOLDER/cxx/NAME.cc, FOLDER/NAME.expected and so on
split() {
    awk -v folder="$2" '
        BEGIN { place["c"] = ""; place["cc"] = "cxx/"; place["f90"] = "fortran/" }
        /^```(c|cpp|fortran|text)$/ {
            out = folder "/" (name == "" ? "nameless" : place[kind] name) ($0 == "```text" ? ".expected" : "." kind)
            next
        }
        /^```/ { if (out != "") close(out); out = ""; next }
        out != "" { print > out; next }
        match($0, /[a-z]+\.(c|cc|f90)`/) {
            name = kind = substr($0, RSTART, RLENGTH - 1)
            sub(/\..*/, "", name)
            sub(/.*\./, "", kind)
        }
    ' "$1"
}

for document in README.md include/rankpool/README.md; do
    mkdir -p "$work/$document/cxx" "$work/$document/fortran"
    split "$1/$document" "$work/$document"
    for block in "$work/$document"/*.* "$work/$document"/*/*.*; do
        [ -e "$block" ] || continue
        name=${block#"$work/$document/"}
        diff -u "$examples/$name" "$block" || fail "$document shows another $name"
    done
done
for program in "$examples"/*.c; do
    [ -e "$work/include/rankpool/README.md/$(basename "$program")" ] || fail "the guide doesn't show $(basename "$program")"
done
exit "$failed"
