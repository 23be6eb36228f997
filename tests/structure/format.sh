#!/bin/bash
# format.sh FOLDER: the C sources under FOLDER are as .clang-format says, and no line is longer than its limit. Versions of clang-format
# differ, so only the one that formatted the sources is used. Without it only the length of lines is checked.
set -u
cd "${1:?}" || exit 2
version=14
limit=$(sed -n 's/^ColumnLimit: //p' .clang-format)
sources=$(find src include mpi omp jobs tests -name '*.[ch]' | LC_ALL=C sort)
if [ -z "$sources" ] || [ -z "$limit" ]; then echo 'no sources, or no limit' && exit 2; fi

failed=0
# Characters, not bytes.
# shellcheck disable=SC2086
LC_ALL=C.UTF-8 grep -nE "^.{$((limit + 1)),}" $sources && failed=1
for formatter in "clang-format-$version" clang-format; do
    "$formatter" --version 2>/dev/null | grep -q "version $version\." || continue
    # shellcheck disable=SC2086
    "$formatter" --dry-run -Werror $sources || failed=1
    exit $failed
done
echo "clang-format $version isn't there: only the lines were measured"
exit $failed
