/* program.c: messages and exit statuses, the same for all commands. Results go to standard output, these messages to standard error. */
#include "program.h"
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int program_prints(void)
{
    rp_launch_info launch;
    rp_main_launch(&launch);
    return launch.speaks;
}

/* The signal thread speaks too. */
static pthread_mutex_t bar_mutex = PTHREAD_MUTEX_INITIALIZER;
static rp_pool *bar; /* guarded by bar_mutex */

void program_has_bar(rp_pool *pool)
{
    pthread_mutex_lock(&bar_mutex);
    bar = pool;
    pthread_mutex_unlock(&bar_mutex);
}

static void say_beside_bar(const char *text)
{
    pthread_mutex_lock(&bar_mutex);
    rp_pool_progress_hide(bar);
    streams_say(text, strlen(text));
    rp_pool_progress_show(bar);
    pthread_mutex_unlock(&bar_mutex);
}

void program_say(const char *format, ...)
{
    char text[RP_ERROR_TEXT_SIZE + 512], line[2 * sizeof text] = "rankpool: ";
    size_t begun = strlen(line);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)rp_printable(text, strlen(text), line + begun, sizeof line - begun - 1);
    strcat(line, "\n");
    say_beside_bar(line);
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

int program_fail_memory(void)
{
    rp_error error;
    rp_error_set(&error, RP_NO_MEMORY, ENOMEM, "no memory to begin with");
    return program_fail(&error);
}

int program_finish(int status)
{
    int code = streams_finish(streams_standard_output(), stdout);
    if (code == 0) return status;
    program_say("can't write to standard output: %s", strerror(code));
    return PROGRAM_LOST;
}

/* ---- the status file ---- */

/* NULL: there is none to write. */
static const char *status_file(void)
{
    const char *path = getenv("RANKPOOL_STATUS_FILE");
    return path && *path && program_prints() ? path : NULL;
}

/* The status is written here first. 0: the name is too long. */
static int name_part(const char *path, char part[PATH_MAX]) { return snprintf(part, PATH_MAX, "%s.part", path) < PATH_MAX; }

/* Returns 0 or an errno. */
static int write_part(const char *part, int status)
{
    char text[16];
    int length = snprintf(text, sizeof text, "%d\n", status);
    int file = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) return errno;
    int code = write(file, text, (size_t)length) == length ? 0 : errno;
    return close(file) == 0 || code ? code : errno;
}

int program_begin(void)
{
    const char *path = status_file();
    char part[PATH_MAX];
    if (!path) return PROGRAM_OK;
    int code = name_part(path, part) ? write_part(part, 0) : ENAMETOOLONG;
    if (code == 0 && unlink(path) != 0 && errno != ENOENT) code = errno;
    if (code == 0) return PROGRAM_OK;
    program_say("RANKPOOL_STATUS_FILE: can't write '%s': %s", path, strerror(code));
    return PROGRAM_USAGE;
}

static atomic_ullong n_done; /* of this run */

void program_note_done(uint64_t n_items) { atomic_store(&n_done, n_items); }

/* Writes a line to the file with that ending. Returns 0 or an errno. */
static int write_beside(const char *path, const char *ending, const char *line)
{
    char name[PATH_MAX];
    FILE *file = snprintf(name, sizeof name, "%s%s", path, ending) < PATH_MAX ? fopen(name, "we") : NULL;
    if (!file) return errno;
    int is_whole = fputs(line, file) >= 0;
    return fclose(file) == 0 && is_whole ? 0 : EIO;
}

static int write_done(const char *path)
{
    char line[32];
    snprintf(line, sizeof line, "%llu\n", atomic_load(&n_done));
    return write_beside(path, ".done", line);
}

void program_tell_process(void)
{
    const char *path = status_file();
    char host[HOST_NAME_MAX + 1] = "", line[sizeof host + 32];
    if (!path || gethostname(host, sizeof host - 1) != 0) return;
    snprintf(line, sizeof line, "%s %ld\n", host, (long)getpid());
    (void)write_beside(path, ".pid", line); /* without it the launcher is signalled */
}

int program_end(int status)
{
    const char *path = status_file();
    char part[PATH_MAX];
    if (!path || !name_part(path, part)) return status;
    int code = write_done(path);
    if (code == 0) code = write_part(part, status);
    if (code == 0 && rename(part, path) != 0) code = errno;
    if (code == 0) return status;
    program_say("RANKPOOL_STATUS_FILE: can't write '%s': %s", path, strerror(code));
    return PROGRAM_LOST;
}

void program_exit(int status) { _exit(program_end(status)); }

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
