#!/bin/bash
# nulls.sh TOP PROGRAM: runs nulls.c, after a look at whether it names each function of the headers.
set -u
missing=0
functions=$(cat "$1"/include/rankpool/*.h | tr '\n' ' ' | grep -oE 'RP_API [^(;]*\(' | grep -oE 'rp_[a-z0-9_]+\(' | tr -d '(' | grep -v '_sized$' | sort -u) # what is called _sized, the others call
[ "$(wc -w <<<"$functions")" -gt 70 ] || { echo 'FAILED: the functions were not found' && exit 1; }
for function in $functions; do
    grep -q "\b$function\b" "$1/tests/interface/nulls.c" && continue
    echo "FAILED: nulls.c doesn't call $function with NULL"
    missing=1
done
"$2" && [ "$missing" = 0 ]
