#!/bin/bash
# test_webserver.sh: the tests' web server itself: two at once, pages that come late, and nothing left after stop.
set -u
server=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/webserver.sh
top=$(mktemp -d "${TMPDIR:-/tmp}/rankpool-web.XXXXXX") || exit 1
trap '"$server" stop "$top/prompt"; "$server" stop "$top/late"; rm -rf "$top"' EXIT
trap 'exit 143' INT TERM HUP

fail()
{
    echo "FAILED: $*"
    exit 1
}

# get BASE PATH: prints the body of the page, without any program that a fresh machine may lack.
get()
{
    exec 3<>"/dev/tcp/127.0.0.1/${1##*:}" || return 1
    printf 'GET %s HTTP/1.0\r\n\r\n' "$2" >&3
    timeout 100 sed '1,/^\r$/d' <&3
    exec 3<&-
}

milliseconds() { echo $(($(date +%s%N) / 1000000)); }

prompt=$("$server" start "$top/prompt") || fail "the first didn't start"
late=$("$server" start "$top/late" 200) || fail "the second didn't start beside the first"
[ "$prompt" != "$late" ] || fail "both have the same address"
"$server" start "$top/prompt" >/dev/null 2>&1 && fail "one folder was used twice"
"$server" start "$top/wrong" soon >/dev/null 2>&1 && fail "a delay of 'soon' was taken"
[ "$(wc -l <"$top/late/urls.txt")" = 16 ] || fail "there aren't 16 addresses"
mkdir "$top/open" "$top/own" && chmod 777 "$top/open" && ln -s own "$top/link"
for folder in open link; do
    "$server" start "$top/$folder" >/dev/null 2>&1 && fail "started in a folder that others may write to, or behind a link: $folder"
    [ -z "$(ls "$top/$folder")" ] || fail "wrote to $folder"
done
if [ "$(id -u)" = 0 ]; then
    chown nobody "$top/own"
    "$server" start "$top/own" >/dev/null 2>&1 && fail "started in another user's folder"
fi
for page in 1 16; do
    get "$prompt" /pages/$page | cmp -s - "$top/prompt/site/pages/$page" || fail "page $page isn't served"
done
start_ms=$(milliseconds)
get "$late" /pages/1 | cmp -s - "$top/late/site/pages/1" || fail "the late page isn't served"
took_ms=$(($(milliseconds) - start_ms))
[ $took_ms -ge 200 ] || fail "the late page came after $took_ms ms"
pids=$(cat "$top"/*/nginx.pid "$top"/*/slow_server.pid)
for folder in prompt late prompt; do "$server" stop "$top/$folder" || fail "stop of $folder failed"; done
for pid in $pids; do # one that is dead, but that its parent hasn't asked for, has no command line
    [ -z "$(tr -d '\0' 2>/dev/null <"/proc/$pid/cmdline")" ] || fail "process $pid is left"
done
(get "$prompt" /pages/1) >/dev/null 2>&1 && fail "it still answers after stop"
echo ok
