#!/bin/bash
# webserver.sh: an nginx on loopback, for the tests of fetch, the benchmark and the demo. Any user may run it. Several can
# run at once.
#
#     webserver.sh start DIR [DELAY_MS]    prints the base address; pages come DELAY_MS late (default 0)
#     webserver.sh stop DIR                harmless when nothing runs; leaves DIR and its logs to the caller
#
# After start, DIR holds: urls.txt (the addresses of the 16 pages, BASE/pages/1 to BASE/pages/16), site/pages (the pages), slow_url (the
# slow server without nginx before it), https_url (where there is openssl; the certificate, cert.pem, is trusted by nobody), and the logs.
# BASE/missing is 404, BASE/error 500; redirect/N, loop, redirect-file, to-http, to-https, reset and slow/… are in nginx.conf.in and slow_server.c.
# RANKPOOL_SLOW_SERVER names a built slow_server; without it, it is compiled.
set -u
umask 022
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PATH=$PATH:/usr/sbin:/sbin # where Debian has nginx

fail()
{
    echo "webserver.sh: $*" >&2
    exit 1
}

# A zombie counts as gone.
is_running()
{
    local state
    state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) || return 1
    [ -n "$state" ] && [ "$state" != Z ]
}

# Ends the process that the pid file names, if it is still the one that was started for this folder.
end_process()
{
    local pid tries=0
    pid=$(cat "$1" 2>/dev/null) || return 0
    if [ -n "$pid" ] && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -- "$dir"; then
        kill "$pid" 2>/dev/null
        while is_running "$pid"; do
            [ $((tries += 1)) -le 100 ] || { kill -KILL "$pid" 2>/dev/null; break; }
            sleep 0.05
        done
    fi
    rm -f "$1"
}

stop()
{
    end_process "$dir/nginx.pid"
    end_process "$dir/slow_server.pid"
}

# 16 pages of 20 to 60 kB whose contents tell them apart.
make_pages()
{
    mkdir -p "$dir/site/pages" "$dir/temporary" || return 1
    local page
    for page in $(seq 16); do
        seq -f "page $page line %g" 1 100000 | head -c $((20000 + (page - 1) * 2666)) >"$dir/site/pages/$page" || return 1
    done
    head -c 3000000 /dev/zero >"$dir/site/large" && : >"$dir/site/empty"
}

start_slow_server()
{
    local program=${RANKPOOL_SLOW_SERVER:-} tries=0
    if [ -z "$program" ]; then
        program=$dir/slow_server
        "${CC:-cc}" -std=gnu11 -O1 -pthread -D_GNU_SOURCE -o "$program" "$here/slow_server.c" "$here/odd_pages.c" || return 1
    fi
    rm -f "$dir/slow_port"
    "$program" "$dir/slow_port" </dev/null >>"$dir/slow_server.log" 2>&1 &
    echo $! >"$dir/slow_server.pid"
    until [ -s "$dir/slow_port" ]; do
        is_running "$(cat "$dir/slow_server.pid")" && [ $((tries += 1)) -le 2000 ] || return 1
        sleep 0.05
    done
    slow_port=$(cat "$dir/slow_port")
}

make_certificate()
{
    command -v openssl >/dev/null || return 1
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 \
        -addext subjectAltName=IP:127.0.0.1 -keyout "$dir/key.pem" -out "$dir/cert.pem" >/dev/null 2>&1
}

# A free port below the range that the kernel hands out by itself. Another process may take it before nginx does: then try again.
pick_port()
{
    local port
    while :; do
        port=$((10000 + RANDOM % 20000))
        (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo $port; return; }
    done
}

write_configuration()
{
    local user='' https='' delay=''
    [ "$(id -u)" = 0 ] && user='user root;'
    [ -s "$dir/cert.pem" ] && https="listen 127.0.0.1:$2 ssl http2; ssl_certificate $dir/cert.pem; ssl_certificate_key $dir/key.pem;"
    [ "$delay_ms" -gt 0 ] && delay='auth_request /delay;'
    sed -e "s|@USER@|$user|; s|@HTTPS@|$https|; s|@DELAY@|$delay|; s|@DELAY_MS@|$delay_ms|" \
        -e "s|@SLOW_PORT@|$slow_port|; s|@PORT@|$1|; s|@HTTPS_PORT@|$2|; s|@DIR@|$dir|g" "$here/nginx.conf.in" >"$dir/nginx.conf"
}

start_nginx()
{
    local tries port https_port
    for tries in 1 2 3 4 5; do
        port=$(pick_port)
        https_port=$(pick_port)
        write_configuration "$port" "$https_port" || return 1
        nginx -p "$dir" -e "$dir/error.log" -c "$dir/nginx.conf" </dev/null >"$dir/start.log" 2>&1 && break
        grep -q 'Address already in use' "$dir/start.log" || tries=5
        [ $tries -lt 5 ] || { cat "$dir/start.log" >&2; return 1; }
    done
    base=http://127.0.0.1:$port
    [ ! -s "$dir/cert.pem" ] || echo "https://127.0.0.1:$https_port" >"$dir/https_url"
}

start()
{
    command -v nginx >/dev/null || fail "there is no nginx; on Debian: apt-get install nginx-light"
    [[ $delay_ms =~ ^[0-9]{1,6}$ ]] || fail "'$delay_ms' is not a number of milliseconds"
    [[ $dir != *[\|\;\ \&]* ]] || fail "the folder's name can't have blanks, |, & or ;: $dir"
    [ ! -e "$dir/nginx.pid" ] || fail "one runs in $dir already"
    make_pages || fail "can't write the pages to $dir"
    rm -f "$dir/cert.pem" "$dir/https_url"
    make_certificate || rm -f "$dir/cert.pem"
    trap stop EXIT
    start_slow_server || fail "the slow server didn't start, see $dir/slow_server.log"
    start_nginx || fail "nginx didn't start, see $dir/error.log"
    echo "http://127.0.0.1:$slow_port" >"$dir/slow_url"
    seq -f "$base/pages/%g" 16 >"$dir/urls.txt"
    trap - EXIT
    echo "$base"
}

# Others could plant links in a folder that is theirs or that they may write to, and what is written here goes through them.
check_owner()
{
    [ -d "$dir" ] || return 0
    [ ! -L "${given%/}" ] && [ -O "$dir" ] && [ -z "$(find "$dir" -maxdepth 0 -perm /022)" ] ||
        fail "$given isn't a folder of your own, that only you may write to; give another one"
}

[ $# -ge 2 ] || fail "usage: webserver.sh start DIR [DELAY_MS] | stop DIR"
given=$2
dir=$(readlink -m -- "$given")
delay_ms=${3:-0}
case $1 in
start) mkdir -p "$dir" || fail "can't make $dir"; check_owner; start ;;
stop) check_owner; stop ;;
*) fail "'$1' is neither start nor stop" ;;
esac
