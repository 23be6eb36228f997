# losses.bash: under mpirun a rank dies, which ends the job a second later. Complete results are written, one line names the rank and its
# items, and rank 0 exits with 4. mpirun's exit status differs, so rank 0's is noted.
. "$(dirname "$0")/expect.bash" || exit 1
cat >noting <<'END'
#!/bin/bash
trap : TERM
"$@"
status=$?
[ "$OMPI_COMM_WORLD_RANK" = 0 ] && echo "$status $(date +%s%N)" >noted
[ "$status" -gt 128 ] && date +%s%N >died
exit $status
END
chmod +x noting

# lose RANKS ARGUMENT…: leaves rank 0's status, and in took_ms how long after the death it ended.
lose() {
    last="mpirun -n $*"
    local n=$1 ended
    shift
    rm -f noted died
    timeout 40 mpirun -n "$n" ./noting "$PROGRAM" run mortal "$@" >out 2>err </dev/null
    status=none took_ms=none
    read -r status ended <noted
    took_ms=$(((ended - $(cat died)) / 1000000))
}

says_who_died() {
    same 'lines about the rank' "$(grep -c 'rank 1' err | head -1)" "$(grep -c 'noticed that process rank 1' err | awk '{print $1 + 1}')"
    has err '^rankpool: rank 1 on host [^ ]+ died while it had item'
    same 'own lines' "$(grep '^rankpool: ' err | grep -vc warning)" 2
    has err '^rankpool: [0-9]+ of [0-9]+ items lost with a rank in '
}

in_time() {
    checks=$((checks + 1))
    [ "$took_ms" -le "$1" ] || problem "it took $took_ms ms, more than $1"
}

awk 'BEGIN { for (i = 0; i < 300; i++) print i < 20 ? 10 : 11 }' >short
for method in apply_async map map_async imap imap_unordered; do
    for policy in stop collect; do
        lose 3 --input short --method $method --on-error $policy --threads 1 --chunk 3 --format csv --output rows
        expect 4
        says_who_died
        in_time 900
        same 'outcomes' "$(sed 1d rows | cut -d, -f3 | sort -u | tr '\n' ' ')" 'lost ok '
        same 'rows' "$(sed 1d rows | cut -d, -f1 | sort -n | uniq -d | wc -l)" 0
        same 'lost' "$(grep -c ',lost,' rows)" "$(sed -n 's/^rankpool: \([0-9]*\) of [0-9]* items lost.*/\1/p' err)"
        checks=$((checks + 1))
        [ "$(grep -c '^[0-9]*,1\([01]\),ok,1\1,' rows)" -ge 20 ] || problem 'fewer than 20 results'
    done
done

lose 3 --input short --threads 1
expect 4
same 'results' "$(sort -u out | tr '\n' ' ')" '10 11 '
says_who_died

# Other ranks finish their items although they get mpirun's SIGTERM.
awk 'BEGIN { for (i = 0; i < 60; i++) print i < 20 ? 10 : 701 }' >middling
lose 3 --input middling --threads 1 --chunk 1 --method imap_unordered
expect 4
says_who_died
same 'long ones' "$(grep -c 701 out | awk '{print ($1 >= 1)}')" 1
in_time 1800

# Items that don't end are given up.
awk 'BEGIN { for (i = 0; i < 60; i++) print i < 20 ? 10 : 60001 }' >long
for method in imap map; do
    lose 3 --input long --threads 1 --chunk 1 --method $method
    expect 4
    has err '^rankpool: rank 1 on host [^ ]+ died while it had item'
    same 'own lines' "$(grep '^rankpool: ' err | grep -vc warning)" 1
    in_time 1900
done
finish
