#!/bin/bash
# Runs a command with a standard input that never ends: quiet_input.sh COMMAND ARGUMENT.... MPICH's mpiexec passes the end of its standard
# input on to its ranks. SIGPIPE ends it (status 141) when the ranks have ended before that, as those do that find a mistake at once.
exec "$@" 0<> <(:) # a pipe that it could write to itself
