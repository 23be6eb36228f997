/* program.c: messages and exit statuses, the same for all commands. Results go to standard output, these messages to standard error. */
#include "program.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int program_prints(void)
{
    rp_launch_info launch;
    rp_main_launch(&launch);
    return launch.speaks;
}

void program_say(const char *format, ...)
{
    char line[RP_ERROR_TEXT_SIZE + 512], shown[sizeof line];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    (void)rp_printable(line, strlen(line), shown, sizeof shown);
    fprintf(stderr, "rankpool: %s\n", shown);
}

static int exit_status(rp_status status)
{
    switch (status) {
    case RP_OK: return PROGRAM_OK;
    case RP_FAILED: return PROGRAM_ITEMS_FAILED;
    case RP_USAGE:
    case RP_UNSUPPORTED: return PROGRAM_USAGE;
    default: return PROGRAM_LOST;
    }
}

int program_fail(const rp_error *error)
{
    program_say("%s", rp_error_text(error));
    return exit_status(error->status);
}

int program_finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    program_say("can't write to standard output: %s", strerror(errno));
    return PROGRAM_LOST;
}

double program_now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void program_say_warnings(const rp_pool *pool)
{
    const char *warning;
    for (int k = 0; (warning = rp_pool_warning(pool, k)) != NULL; k++) program_say("warning: %s", warning);
}
