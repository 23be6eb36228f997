#!/bin/bash
# compare_fetch.sh PROGRAM [ROUNDS]: times the job fetch against curl --parallel, wget2 and aria2c, whichever are there: FILES files of 4 KB
# (default 10,000) from an nginx on loopback to memory, by 2 workers; 200 pages that come 100 ms late; and the memory for one page of 2 GB.
# The programs take turns, after a round that doesn't count. Prints for each: median, least and most seconds, median seconds of processor,
# and its time by that of rankpool.
set -u
program=$(readlink -f "$1") rounds=${2:-9} files=${FILES:-10000}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=$PATH:/usr/sbin:/sbin # where Debian has nginx
top=$(mktemp -d "${TMPDIR:-/dev/shm}/rankpool-fetch.XXXXXX") || exit 1
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1

clean_up()
{
    [ ! -s "$top/nginx.pid" ] || kill "$(cat "$top/nginx.pid")"
    "$here/../jobs/webserver.sh" stop "$top/late"
    rm -rf "$top"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

start_server()
{
    local user='' i
    [ "$(id -u)" != 0 ] || user='user root;'
    mkdir "$top/site" "$top/temporary"
    head -c 4096 /dev/urandom >"$top/page"
    for i in $(seq "$files"); do ln "$top/page" "$top/site/f$i"; done
    truncate -s 2G "$top/site/large"
    for i in 1 2 3 4 5; do
        port=$((10000 + RANDOM % 20000))
        cat >"$top/nginx.conf" <<END
$user
worker_processes 1; pid $top/nginx.pid; error_log $top/error.log;
events { worker_connections 1024; }
http {
    access_log off; client_body_temp_path $top/temporary; proxy_temp_path $top/temporary; fastcgi_temp_path $top/temporary;
    uwsgi_temp_path $top/temporary; scgi_temp_path $top/temporary; keepalive_timeout 60; keepalive_requests 1000000;
    server { listen 127.0.0.1:$port backlog=1024; root $top/site; }
}
END
        nginx -p "$top" -e "$top/error.log" -c "$top/nginx.conf" 2>/dev/null && return
    done
    echo "compare_fetch.sh: nginx doesn't start" >&2
    exit 1
}

# timed NAME COMMAND…: in an empty folder; adds a line to NAME's times.
timed()
{
    local name=$1
    shift
    rm -rf "$top/out" && mkdir "$top/out" && cd "$top/out" || exit 1
    /usr/bin/time -q -f '%e %U %S %M' -o "$top/time" "$@" >/dev/null 2>"$top/messages" || echo "$name failed: $(tail -n 1 "$top/messages")" >&2
    cat "$top/time" >>"$top/$name.times"
}

# one_round LIST: each of the programs, on a list of addresses.
one_round()
{
    timed rankpool "$program" run fetch --input "$1" --param "directory=$top/out" --output "$top/rows" "${options[@]}"
    timed curl curl --silent --parallel --parallel-max 50 --config "$1.curl"
    ! command -v wget2 >/dev/null || timed wget2 wget2 -q -i "$1"
    ! command -v aria2c >/dev/null || timed aria2c aria2c -q -j 16 -i "$1"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

print_rows()
{
    local name own
    own=$(tail -n +2 "$top/rankpool.times" | median)
    printf '%-10s %8s %8s %8s %8s %8s\n' "$1" median least most cpu times
    for name in rankpool curl wget2 aria2c; do
        [ -s "$top/$name.times" ] || continue
        tail -n +2 "$top/$name.times" >"$top/counted"
        printf '%-10s %8s %8s %8s %8s %8s\n' $name "$(median <"$top/counted")" "$(sort -n "$top/counted" | head -n 1 | cut -d ' ' -f 1)" \
            "$(sort -n "$top/counted" | tail -n 1 | cut -d ' ' -f 1)" "$(awk '{ print $2 + $3 }' "$top/counted" | median)" \
            "$(awk -v own="$own" -v its="$(median <"$top/counted")" 'BEGIN { printf "%.2f", its / own }')"
        rm "$top/$name.times"
    done
}

# compare TITLE LIST [OPTION…]
compare()
{
    local title=$1 list=$2 round
    shift 2
    options=("$@")
    sed 's|.*/\(.*\)|url = "&"\noutput = "\1"|' "$list" >"$list.curl"
    for round in $(seq 0 "$rounds"); do one_round "$list"; done
    print_rows "$title"
}

start_server
for i in $(seq "$files"); do echo "http://127.0.0.1:$port/f$i"; done >"$top/list"
compare "$files x 4 KB" "$top/list" --threads 2
late=$("$here/../jobs/webserver.sh" start "$top/late" 100) || exit 1
for i in $(seq 200); do echo "$late/pages/1?$i"; done >"$top/late.list"
compare '200 late' "$top/late.list"
options=()
timed rankpool "$program" run fetch "http://127.0.0.1:$port/large" --param "directory=$top/out"
echo "one page of 2 GB: $(cut -d ' ' -f 4 "$top/rankpool.times") kB of memory"
