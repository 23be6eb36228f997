#!/bin/bash
# reference.sh BUILD: doxygen makes the reference of a build folder, with no warning. 77: there is no doxygen, or nothing is installed from
# that folder.
set -u
if ! command -v doxygen >/dev/null; then
    echo 'there is no doxygen'
    [ "${RANKPOOL_TEST_ALL-}" != 1 ] || exit 1
    exit 77
fi
[ -e "$1/Doxyfile" ] || exit 77
said=$(doxygen "$1/Doxyfile" 2>&1) && [ -z "$said" ] && grep -q rp_reduce "$1/docs/html/reduce_8h.html" && grep -q starmap "$1/docs/html/call_8hpp.html" && exit
echo "FAILED: $said"
exit 1
