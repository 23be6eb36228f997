#!/bin/bash
# locale.sh PROGRAM: makes a locale with a decimal comma, and runs locale.c with it. 77: this system can't make one.
set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
localedef -i de_DE -f UTF-8 "$folder/de_DE.UTF-8" >/dev/null 2>&1
LOCPATH=$folder "$1" de_DE.UTF-8
