#!/bin/bash
# same_output.sh PROGRAM PROGRAM: both print the same. What differs is shown.
set -u
diff <("$1") <("$2") && [ -n "$("$1")" ]
