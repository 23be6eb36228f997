#!/bin/sh
# check_documents.sh SOURCE: fails unless each C program in README.md and the guide is exactly one of this folder, and the output that
# they show is in NAME.expected. A block belongs to the last line above it that names tests/examples/NAME.c or NAME.c.
# Each program of this folder has to be in the guide.
examples=$1/tests/examples
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    echo "check_documents: $*"
    failed=1
}

# split FILE FOLDER: the blocks of c and text of a document, as FOLDER/NAME.c and FOLDER/NAME.expected
split() {
    awk -v folder="$2" '
        /^```(c|text)$/ { suffix = $0 == "```c" ? ".c" : ".expected"; out = folder "/" (name == "" ? "nameless" : name) suffix; next }
        /^```/ { if (out != "") close(out); out = ""; next }
        out != "" { print > out; next }
        match($0, /[a-z]+\.c`/) { name = substr($0, RSTART, RLENGTH - 3) }
    ' "$1"
}

for document in README.md include/rankpool/README.md; do
    mkdir -p "$work/$document"
    split "$1/$document" "$work/$document"
    for block in "$work/$document"/*; do
        diff -u "$examples/$(basename "$block")" "$block" || fail "$document shows another $(basename "$block")"
    done
done
for program in "$examples"/*.c; do
    [ -e "$work/include/rankpool/README.md/$(basename "$program")" ] || fail "the guide doesn't show $(basename "$program")"
done
exit "$failed"
