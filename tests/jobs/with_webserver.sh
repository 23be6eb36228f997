#!/bin/bash
# with_webserver.sh LIMIT_S COMMAND [ARGUMENT…]: runs the command, for LIMIT_S seconds at most, beside a web server, which is stopped
# whatever happens. The command sees WEB_DIR (see webserver.sh), WEB_URL, WEB_SLOW_URL, WEB_HTTPS_URL (empty where there is no openssl),
# and WORK_DIR, a folder of its own. Its exit status is the command's; 124 when the time was over.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
child=''
top=$(mktemp -d "${TMPDIR:-/tmp}/rankpool-web.XXXXXX") || exit 1

clean_up()
{
    [ -z "$child" ] || kill "$child" 2>/dev/null
    "$here/webserver.sh" stop "$top/web"
    rm -rf "$top"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

export WEB_DIR=$top/web WORK_DIR=$top/work
mkdir "$WORK_DIR"
WEB_URL=$("$here/webserver.sh" start "$WEB_DIR") || exit 1
WEB_SLOW_URL=$(cat "$WEB_DIR/slow_url")
WEB_HTTPS_URL=$(cat "$WEB_DIR/https_url" 2>/dev/null)
export WEB_URL WEB_SLOW_URL WEB_HTTPS_URL
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1

limit_s=$1
shift
timeout -k 5 "$limit_s" "$@" & # in the background, as only then a signal to this script is dealt with at once
child=$!
wait "$child"
status=$?
child=''
exit $status
