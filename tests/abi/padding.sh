#!/bin/bash
# padding.sh TOP COMPILER: no public struct ends in padding that isn't named here. A later field could come to lie there: the struct would keep
# its size, and what an old program left there would be read as the field. Fill it up with a field that is as wide as the struct's alignment.
set -u
allowed='rp_run rp_option_info' # programs never fill them
said=$(echo '#include <rankpool/job.h>
#include <rankpool/rankpool.h>' | "$2" -std=gnu11 -I"$1/include" -Wpadded -fsyntax-only -x c - 2>&1)
padded=$(grep -oE "[^ ]*\.h:[0-9]+:[0-9]+: warning: padding (size of|struct size).*" <<<"$said" | grep -vE '::|anonymous' | cut -d: -f1,2)
problems=0 found=0
for place in $padded; do
    # The warning is for the line where the struct ends, or, from clang, where it begins.
    name=$(sed -n "${place#*:}p" "${place%:*}" | grep -oE 'rp_[a-z_]+' | head -n 1)
    found=$((found + 1))
    [[ " $allowed " == *" $name "* ]] && continue
    problems=1
    echo "FAILED: $name ends in padding (${place})"
done
[ "$found" -gt 0 ] || { echo 'FAILED: the compiler names no padding' && problems=1; }
[ "$problems" = 0 ]
