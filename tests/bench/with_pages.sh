#!/bin/bash
# with_pages.sh WEBSERVER DELAY_MS COMMAND [ARGUMENT…]: runs the command beside a web server on loopback (tests/jobs/webserver.sh) whose
# pages come DELAY_MS late, and stops it whatever happens. The command finds the server's folder, with urls.txt, in BENCH_PAGES.
set -u
webserver=$1 delay_ms=$2
shift 2
child=''
top=$(mktemp -d "${TMPDIR:-/tmp}/rankpool-bench.XXXXXX") || exit 1

clean_up()
{
    trap '' INT TERM HUP # a second signal must not cut this short
    [ -z "$child" ] || { kill "$child" && wait "$child"; } 2>/dev/null
    "$webserver" stop "$top"
    rm -rf "$top"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

"$webserver" start "$top" "$delay_ms" >/dev/null || exit 1
export BENCH_PAGES=$top no_proxy=127.0.0.1 NO_PROXY=127.0.0.1
"$@" & # in the background, as only then a signal to this script is dealt with at once
child=$!
wait "$child"
status=$?
child=''
exit $status
