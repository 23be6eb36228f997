#!/bin/bash
# test_program.sh PROGRAM [LAUNCHER…]: `rankpool run fetch` as users run it, bare or behind a launcher ("mpirun -n 4"). Runs under
# with_webserver.sh. What needs root (a small file system, a trusted certificate) is left out for other users, with a note.
set -u
program=$1
shift
launcher=("$@")
pages=$WORK_DIR/pages out=$WORK_DIR/out err=$WORK_DIR/err urls=$WEB_DIR/urls.txt

fail()
{
    echo "FAILED: $*"
    echo "--- exit status: $status, standard output:"
    head -c 5000 "$out"
    echo "--- standard error:"
    head -c 5000 "$err"
    exit 1
}

# Runs the program; what it prints is in $out and $err. Failures are told at once, and pages that are there don't count.
usual=(--param retries=0 --param existing=replace)
run()
{
    timeout -k 5 200 "${launcher[@]}" "$program" run fetch --param connect_timeout=150 "${usual[@]}" "$@" </dev/null >"$out" 2>"$err"
    status=$?
}

expect_status() { [ "$status" = "$1" ] || fail "$2: exit status $status instead of $1"; }
expect_error() { grep -q -- "$1" "$err" || fail "$2: standard error doesn't have '$1'"; }

# The first two columns of the results, status and bytes, are those of these pages, in this order.
expect_results()
{
    local page
    for page in "$@"; do echo "200 $((20000 + (page - 1) * 2666))"; done >"$WORK_DIR/expected"
    cut -d ' ' -f 1,2 "$out" | cmp -s - "$WORK_DIR/expected" || fail "the results aren't those of the pages $*"
}

# The directory holds a whole page for each of these numbers, and nothing else.
expect_pages()
{
    local page file
    [ "$(ls -A "$pages" | wc -l)" = $# ] || fail "$pages holds $(ls -A "$pages" | wc -l) files instead of $#"
    for page in "$@"; do
        file=$(ls "$pages"/*_pages_"$page"[-_]*) || fail "page $page isn't there"
        cmp -s "$file" "$WEB_DIR/site/pages/$page" || fail "page $page isn't what the server has"
    done
}

all_pages_are_fetched_in_order()
{
    run --input "$urls" --param "directory=$pages" --param writes=50
    expect_status 0 "16 pages"
    expect_results $(seq 16)
    expect_pages $(seq 16)
}

connections_are_fewer_than_requests()
{
    local page requests connections
    for page in $(seq 16) $(seq 16) $(seq 16); do echo "$WEB_URL/pages/$page?reuse"; done >"$WORK_DIR/reuse.txt"
    run --input "$WORK_DIR/reuse.txt" --param "directory=$pages" --param connections=1 --threads 1
    expect_status 0 "48 pages"
    for _ in $(seq 1000); do # the server writes a request down after it has answered it
        requests=$(grep -c 'pages/.*?reuse ' "$WEB_DIR/access.log")
        [ "$requests" -lt 48 ] || break
        sleep 0.1
    done
    connections=$(grep 'pages/.*?reuse ' "$WEB_DIR/access.log" | cut -d ' ' -f 1 | sort -u | wc -l)
    [ "$requests" = 48 ] || fail "$requests requests instead of 48"
    [ "$connections" -le 4 ] || fail "$connections connections for 48 requests"
}

failed_items_leave_the_others_results()
{
    sed "3a $WEB_URL/missing\\n$WEB_URL/reset" "$urls" | head -n 8 >"$WORK_DIR/mixed.txt"
    echo "file:///etc/passwd" >>"$WORK_DIR/mixed.txt"
    run --input "$WORK_DIR/mixed.txt" --param "directory=$pages" --param writes=2
    expect_status 1 "failed items"
    expect_results $(seq 6)
    expect_pages $(seq 6)
    expect_error 'item 3 .*rank [0-9].*worker [0-9].*HTTP 404' "a missing page"
    expect_error 'item 4 .*rank [0-9].*worker [0-9].*reset' "a reset connection"
    expect_error 'item 8 .*rank [0-9].*worker [0-9].*http:// or https://' "a file address"
}

the_first_failed_item_stops_when_asked()
{
    run --param "directory=$pages" --param writes=0 --on-error stop --param connections=1 --threads 1 "$WEB_URL/missing" "$WEB_URL/pages/1"
    expect_status 1 "a missing page"
    expect_error 'item 0 .*HTTP 404' "a missing page"
    [ ! -s "$out" ] || fail "an item after the failed one has a result"
}

# With one worker; two of them may both be at it.
an_address_that_is_listed_twice_is_fetched_once()
{
    local page
    usual=(--param retries=0)
    for page in 1 2 1 2 1; do echo "$WEB_URL/pages/$page?twice"; done >"$WORK_DIR/twice.txt"
    run --input "$WORK_DIR/twice.txt" --param "directory=$pages" --threads 1 --backend openmp
    expect_status 0 "addresses that are listed twice"
    [ "$(cut -d ' ' -f 2 "$out" | tr '\n' ' ')" = "20000 22666 20000 22666 20000 " ] || fail "not each row has its page"
    [ "$(cut -d ' ' -f 5 "$out" | sort -u | wc -l)" = 2 ] || fail "not two names"
    run --input "$WORK_DIR/twice.txt" --param "directory=$pages"
    expect_status 0 "a second run"
    [ "$(cut -d ' ' -f 4 "$out" | sort -u)" = unchanged ] || fail "a second run fetches what is there"
    sleep 0.2
    [ "$(grep -c '?twice ' "$WEB_DIR/access.log")" = 2 ] || fail "not two requests"
    usual=(--param retries=0 --param existing=replace)
}

# Of https, with the tests' own authority; the server offers HTTP/2.
cacert_trusts_an_authority_and_http_2_is_spoken()
{
    [ -n "$WEB_HTTPS_URL" ] || return
    run "$WEB_HTTPS_URL/pages/1?h2" --param "directory=$pages" --param "cacert=$WEB_DIR/cert.pem"
    expect_status 0 "a trusted certificate"
    expect_pages 1
    sleep 0.2
    grep -q '?h2 .* HTTP/2' "$WEB_DIR/access.log" || fail "HTTP/2 wasn't spoken: $(grep '?h2 ' "$WEB_DIR/access.log")"
    run "$WEB_HTTPS_URL/pages/1" --param "directory=$pages" --param cacert=/nowhere
    expect_status 2 "a file of certificates that isn't there"
}

wrong_parameters_are_refused()
{
    usual=()
    run --param "directory=$pages" --param existing=maybe "$WEB_URL/pages/1"
    expect_status 2 "existing=maybe"
    expect_error 'skip, check or replace' "existing=maybe"
    run --param "directory=$pages" --param header=nothing "$WEB_URL/pages/1"
    expect_status 2 "a header without a colon"
    run --param "directory=$pages" --param $'header=A: b\r\nHost: other' "$WEB_URL/pages/1"
    expect_status 2 "a header with a line end"
    usual=(--param retries=0 --param existing=replace)
}

an_unwritable_directory_stops_before_any_request()
{
    run --param directory=/proc "$WEB_URL/pages/1?unwritable"
    expect_status 2 "an unwritable directory"
    expect_error 'directory.*/proc' "an unwritable directory"
    [ "$(grep -c '^rankpool' "$err")" = 1 ] || fail "more than one line of the program's" # a launcher may add its own
    ! grep -q unwritable "$WEB_DIR/access.log" || fail "a page was requested all the same"
}

# 16 pages have 640 kB, the file system 200: the run ends there, and those that are there are whole.
a_full_disk_ends_the_run_and_shows_no_half_page()
{
    mkdir -p "$pages"
    mount -t tmpfs -o size=200k rankpool-test "$pages" || { echo "left out, no mount here: a full disk"; return; }
    run --input "$urls" --param "directory=$pages"
    [ "$status" != 0 ] || fail "a full disk: exit status 0"
    expect_error "can't write .*No space left" "a full disk"
    local page n=0
    for page in "$pages"/*; do
        cmp -s "$page" "$WEB_DIR/site/pages/$(expr "$page" : '.*_pages_\([0-9]*\)')" || fail "$page isn't what the server has"
        n=$((n + 1))
    done
    [ $n -gt 0 ] && [ $n -lt 16 ] || fail "$n pages are there"
    [ -z "$(find "$pages" -name '.*.tmp')" ] || fail "a temporary file is left"
}

# With the server's certificate among the trusted ones, and only for its own name.
https_needs_a_trusted_certificate_for_the_name()
{
    local address=$WEB_HTTPS_URL/pages/1
    run --param "directory=$pages" "$address"
    expect_status 1 "a certificate that nobody signed"
    expect_error 'certificate' "a certificate that nobody signed"
    mount --bind "$WEB_DIR/cert.pem" /etc/ssl/certs/ca-certificates.crt || { echo "left out, no mount here: trusted https"; return; }
    run --param "directory=$pages" "$address"
    expect_status 0 "a trusted certificate"
    expect_pages 1
    run --param "directory=$pages" "${address/127.0.0.1/localhost}"
    expect_status 1 "a certificate for another name"
    expect_error 'subject name' "a certificate for another name"
}

# Only certificates of this file are trusted from here on.
trust() { mount --bind "$1" /etc/ssl/certs/ca-certificates.crt || { echo "left out, no mount here: trusted https"; return 1; }; }

https_goes_to_http_only_when_asked()
{
    local address
    trust "$WEB_DIR/cert.pem" || return
    for address in "$WEB_HTTPS_URL/to-http" "$WEB_URL/to-https"; do # from the start, and on the way
        run --param "directory=$pages" "$address"
        expect_status 1 "from https to http"
        expect_error 'redirected from https.*redirect_to_http=1' "from https to http"
        [ -z "$(ls -A "$pages")" ] || fail "a page that came unencrypted is there"
        run --param "directory=$pages" --param redirect_to_http=1 "$address"
        expect_status 0 "from https to http, as asked"
        rm "$pages"/*
    done
    [ "$(grep -c ' /pages/1 ' "$WEB_DIR/access.log")" -ge 2 ] || fail "the server was never asked for the page"
}

# tls_server ARGUMENT…: a server of openssl's; sets tls_url, and tls_server for its end.
tls_server()
{
    local tries=0
    rm -f "$WORK_DIR/tls.log" # of the server before
    openssl s_server -accept 127.0.0.1:0 -www -key "$WEB_DIR/key.pem" "$@" </dev/null >"$WORK_DIR/tls.log" 2>&1 &
    tls_server=$!
    trap 'kill $tls_server 2>/dev/null' EXIT
    until grep -q -s '^ACCEPT .*:[0-9]' "$WORK_DIR/tls.log" && [ -z "$(tail -c 1 "$WORK_DIR/tls.log")" ]; do # a whole line
        [ $((tries += 1)) -le 2000 ] || fail "openssl s_server didn't start: $(cat "$WORK_DIR/tls.log")"
        sleep 0.05
    done
    tls_url=https://$(sed -n 's/^ACCEPT //p' "$WORK_DIR/tls.log" | head -n 1)/
}

end_tls_server()
{
    kill "$tls_server" 2>/dev/null
    wait "$tls_server" 2>/dev/null
}

# The client's OpenSSL would take the old version.
old_tls_is_refused()
{
    trust "$WEB_DIR/cert.pem" || return
    printf '%s\n' 'openssl_conf = a' '[a]' 'ssl_conf = b' '[b]' 'system_default = c' '[c]' 'MinProtocol = TLSv1' \
        'CipherString = DEFAULT@SECLEVEL=0' >"$WORK_DIR/openssl.cnf"
    export OPENSSL_CONF=$WORK_DIR/openssl.cnf
    tls_server -cert "$WEB_DIR/cert.pem" -tls1_1 -cipher DEFAULT@SECLEVEL=0
    run --param "directory=$pages" "$tls_url"
    expect_status 1 "TLS 1.1"
    expect_error 'curl error 35' "TLS 1.1"
    end_tls_server
    tls_server -cert "$WEB_DIR/cert.pem" -tls1_2
    run --param "directory=$pages" "$tls_url"
    expect_status 0 "TLS 1.2"
    end_tls_server
    unset OPENSSL_CONF
}

names_in_certificates_command_no_terminal()
{
    openssl req -x509 -key "$WEB_DIR/key.pem" -days 2 -subj $'/CN=\e]0;title\a' -out "$WORK_DIR/odd.pem" >/dev/null 2>&1
    trust "$WORK_DIR/odd.pem" || return
    tls_server -cert "$WORK_DIR/odd.pem"
    run --param "directory=$pages" "$tls_url"
    end_tls_server
    expect_status 1 "a certificate with an odd name"
    expect_error "subject name '.x1b.0;title.x07'" "a certificate with an odd name"
    ! LC_ALL=C grep -q '[^ -~]' "$err" || fail "control characters are on standard error"
}

names_follow_a_template()
{
    local host=${WEB_URL#http://}
    run --input "$urls" --param "directory=$pages" --param 'name={host}/{path}.html'
    expect_status 0 "a template"
    expect_results $(seq 16)
    cmp -s "$pages/${host/:/_}/pages/3.html" "$WEB_DIR/site/pages/3" || fail "page 3 has another name"
    [ "$(cut -d ' ' -f 5 "$out" | head -n 1)" = "${host/:/_}/pages/1.html" ] || fail "the row has another name"
    [ "$(find "$pages" -type f | wc -l)" = 16 ] || fail "not 16 files"
    run --input "$urls" --param "directory=$pages" --param 'name={pth}'
    expect_status 2 "a wrong template"
    expect_error 'parameter name: it may have {host} .* and not {pth}' "a wrong template"
}

addresses_with_one_name_are_told()
{
    printf '%s\n' "$WEB_URL/pages/1" "$WEB_URL/pages/2" "$WEB_URL/pages/1" "$WEB_URL/pages/3" >"$WORK_DIR/one-name.txt"
    run --input "$WORK_DIR/one-name.txt" --param "directory=$pages" --param 'name=all/{host}'
    expect_status 1 "a name for all"
    expect_results 1 2 1 3
    expect_error 'items\{0,1\} ha[sv]e\{0,1\} the file of another address, first item [0-3] that of item [0-3], all/127.0.0.1_' "a name for all"
    run --input "$WORK_DIR/one-name.txt" --param "directory=$pages" --param 'name={hash}{ext}'
    expect_status 0 "names that differ"
}

# Four times as many addresses, of a page that is there. With fewer, chunks and their buffers still grow. Unordered, as rows that wait for their turn may take some megabytes: how many wait
# is up to the machine's load.
memory_does_not_grow_with_the_list()
{
    local n few=0 many=0
    [ ${#launcher[@]} -eq 0 ] && [ -x /usr/bin/time ] || return
    ! LC_ALL=C grep -aq __asan_init "$program" || return # its shadow is of another size
    run "$WEB_URL/pages/1" --param "directory=$pages"
    for n in 40000 160000; do
        yes "$WEB_URL/pages/1" | head -n $n | timeout -k 5 500 /usr/bin/time -q -f %M -o "$WORK_DIR/memory" "$program" run fetch --input - \
            --method imap_unordered --param "directory=$pages" >"$out" 2>"$err"
        status=$?
        expect_status 0 "$n addresses"
        [ "$(wc -l <"$out")" = $n ] || fail "not $n rows"
        few=$many many=$(cat "$WORK_DIR/memory")
    done
    [ "$many" -lt $((few + few / 2)) ] || fail "40000 addresses take $few kB, 160000 $many kB"
}

blank_lines_and_a_header_are_no_addresses()
{
    { echo URL; head -n 2 "$urls"; printf ' \t\n# of ours\n\n'; sed -n 3p "$urls"; echo; } >"$WORK_DIR/list.txt"
    run --input "$WORK_DIR/list.txt" --param "directory=$pages" --param writes=1
    expect_status 0 "blank lines and a header"
    expect_results 1 2 3
    run --csv "$WORK_DIR/list.txt" --param "directory=$pages" --param writes=1
    expect_status 0 "blank rows and a header"
    expect_results 1 2 3
    run --input "$WORK_DIR/list.txt" --param "directory=$pages" --param writes=1 --header no
    expect_status 1 "a header that shall be an item"
    expect_error 'item 0 (URL).*not an address' "a header that shall be an item"
    run --input "$urls" --param "directory=$pages" --param writes=1 --header yes
    expect_status 0 "an address in place of the header"
    expect_results $(seq 2 16)
}

passwords_are_nowhere_in_the_output()
{
    local format
    { sed "s|http://|&user:secret@|" "$urls"; echo "http://user:secret@127.0.0.1:1/"; } >"$WORK_DIR/secret.txt"
    for format in text csv jsonl; do
        run --input "$WORK_DIR/secret.txt" --param "directory=$pages" --param writes=1 --on-error collect --format $format \
            --report="$WORK_DIR/report" --trace "$WORK_DIR/trace" --progress always
        expect_status 1 "addresses with passwords"
        expect_pages $(seq 16)
        ! grep -q secret "$out" "$err" "$WORK_DIR/report" "$WORK_DIR/trace" || fail "a password is in the output ($format)"
        ! ls "$pages" | grep -q secret || fail "a password is in the name of a file"
    done
}

run_case()
{
    rm -rf "$pages"
    "$1"
    echo "ok: $1"
}

if [ "${IN_OWN_MOUNTS:-}" = yes ]; then # the second half of this test, in a name space of its own, whose mounts vanish with it
    run_case a_full_disk_ends_the_run_and_shows_no_half_page
    ! mountpoint -q "$pages" || umount "$pages"
    [ -n "$WEB_HTTPS_URL" ] || exit 0
    for name in https_needs_a_trusted_certificate_for_the_name https_goes_to_http_only_when_asked old_tls_is_refused \
        names_in_certificates_command_no_terminal; do
        run_case $name
    done
    exit 0
fi

run_case all_pages_are_fetched_in_order
run_case connections_are_fewer_than_requests
run_case failed_items_leave_the_others_results
run_case the_first_failed_item_stops_when_asked
run_case an_address_that_is_listed_twice_is_fetched_once
run_case cacert_trusts_an_authority_and_http_2_is_spoken
run_case wrong_parameters_are_refused
run_case an_unwritable_directory_stops_before_any_request
run_case blank_lines_and_a_header_are_no_addresses
run_case passwords_are_nowhere_in_the_output
run_case names_follow_a_template
run_case addresses_with_one_name_are_told
run_case memory_does_not_grow_with_the_list
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
    IN_OWN_MOUNTS=yes unshare -m "$0" "$program" "${launcher[@]}" || exit 1
else
    echo "left out, not root: a full disk, trusted https"
fi
