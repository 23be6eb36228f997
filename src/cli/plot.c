/* plot.c: see plot.h. gnuplot reads the script from a file without a name, so nothing of it is left, and no pipe can break. */
#include "plot.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { SAID_SIZE = 300 };

/* ---- before ---- */

static int has_program(const char *name)
{
    char path[PATH_MAX];
    const char *folders = getenv("PATH");
    if (!folders) return 0;
    for (const char *at = folders; *at; at += strspn(at, ":")) {
        int length = (int)strcspn(at, ":");
        int is_whole = snprintf(path, sizeof path, "%.*s/%s", length, at, name) < PATH_MAX;
        if (is_whole && access(path, X_OK) == 0) return 1;
        at += length;
    }
    return 0;
}

/* Names the file that becomes the picture when it is whole. 0: the name is too long. */
static int name_part(const char *path, char part[PATH_MAX]) { return snprintf(part, PATH_MAX, "%s.part", path) < PATH_MAX; }

rp_status plot_check(const char *path, rp_error *error)
{
    char part[PATH_MAX];
    struct stat there;
    if (!has_program("gnuplot"))
        return rp_error_set(error, RP_USAGE, ENOENT,
                            "--plot: there is no gnuplot here, which draws it (Debian's package gnuplot-nox); "
                            "--format csv writes what it would draw");
    if (!name_part(path, part)) return rp_error_set(error, RP_USAGE, ENAMETOOLONG, "--plot: the name '%s' is too long", path);
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode))
        return rp_error_set(error, RP_USAGE, 0, "--plot: '%s' is no regular file", path);
    if (access(dirname(part), W_OK) == 0) return RP_OK;
    return rp_error_set(error, RP_USAGE, errno, "--plot: can't write '%s': %s", path, strerror(errno));
}

/* ---- gnuplot ---- */

/* The environment with the numbers and messages of the C locale, and UTF-8. NULL: no memory. */
static char **environment(void)
{
    static char locale[] = "LC_ALL=C.UTF-8";
    size_t n = 0, kept = 0;
    while (environ[n]) n++;
    char **made = calloc(n + 2, sizeof *made);
    if (!made) return NULL;
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], "LC_ALL=", 7) != 0) made[kept++] = environ[i];
    made[kept] = locale;
    return made;
}

/* Returns the process, or -1 with errno set. */
static pid_t start(int script, int picture, int said)
{
    static char name[] = "gnuplot", defaults[] = "-d";
    char *const arguments[] = {name, defaults, NULL};
    char **with = environment();
    posix_spawn_file_actions_t actions;
    pid_t process = -1;
    int code = with ? posix_spawn_file_actions_init(&actions) : ENOMEM;
    if (code == 0) {
        posix_spawn_file_actions_adddup2(&actions, script, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, picture, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, said, STDERR_FILENO);
        code = posix_spawnp(&process, name, &actions, NULL, arguments, with);
        posix_spawn_file_actions_destroy(&actions);
    }
    free(with);
    errno = code;
    return code == 0 ? process : -1;
}

/* What gnuplot said: its first message, which begins with "line N: " and isn't a warning; else the first line. */
static void read_message(FILE *said, char text[SAID_SIZE])
{
    char line[SAID_SIZE];
    int number;
    strcpy(text, "it says nothing");
    rewind(said);
    for (int is_first = 1; fgets(line, sizeof line, said);) {
        line[strcspn(line, "\n")] = '\0';
        const char *from = line + strspn(line, " \t");
        int is_message = sscanf(from, "line %d:", &number) == 1 && !strstr(from, "warning:");
        if (*from && (is_first || is_message)) snprintf(text, SAID_SIZE, "%s", from);
        if (is_message) return;
        if (*from) is_first = 0;
    }
}

static rp_status judge(int status, FILE *said, const char *path, rp_error *error)
{
    char text[SAID_SIZE];
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return RP_OK;
    read_message(said, text);
    if (WIFSIGNALED(status))
        return rp_error_set(error, RP_SYSTEM, 0, "--plot: no '%s': gnuplot was ended by signal %d: %s", path, WTERMSIG(status), text);
    return rp_error_set(error, RP_SYSTEM, 0, "--plot: no '%s': gnuplot ended with status %d: %s", path, WEXITSTATUS(status), text);
}

static rp_status cant_write(const char *path, int code, rp_error *error)
{
    return rp_error_set(error, RP_SYSTEM, code, "--plot: can't write '%s': %s", path, strerror(code));
}

static rp_status draw(FILE *script, FILE *said, int picture, const char *path, rp_error *error)
{
    int status;
    pid_t process = start(fileno(script), picture, fileno(said));
    if (process < 0) return rp_error_set(error, RP_SYSTEM, errno, "--plot: can't start gnuplot: %s", strerror(errno));
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR) return rp_error_set(error, RP_SYSTEM, errno, "--plot: can't wait for gnuplot: %s", strerror(errno));
    return judge(status, said, path, error);
}

/* ---- the file ---- */

/* gnuplot doesn't look whether its writes succeed, so the end of the picture has to be there. Returns 0 or an errno. */
static int find_end(int picture, plot_kind kind)
{
    char tail[64];
    off_t size = lseek(picture, 0, SEEK_END), from = size > (off_t)sizeof tail ? size - (off_t)sizeof tail : 0;
    ssize_t n = size > 0 ? pread(picture, tail, sizeof tail, from) : 0;
    const char *end = kind == PLOT_SVG ? "</svg>" : "IEND";
    return n > 0 && memmem(tail, (size_t)n, end, strlen(end)) ? 0 : ENOSPC;
}

static rp_status fill(FILE *script, FILE *said, const char *part, const char *path, rp_error *error)
{
    int picture = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (picture < 0) return cant_write(path, errno, error);
    rp_status status = draw(script, said, picture, path, error);
    int code = status == RP_OK ? find_end(picture, plot_kind_of(path)) : 0;
    if (close(picture) != 0 && code == 0) code = errno;
    if (status == RP_OK && code) status = cant_write(path, code, error);
    if (status == RP_OK && rename(part, path) != 0) status = cant_write(path, errno, error);
    if (status != RP_OK) (void)unlink(part);
    return status;
}

rp_status plot_make(const leaderboard *board, plot_writer *write, const char *path, rp_error *error)
{
    char part[PATH_MAX];
    FILE *script = tmpfile(), *said = tmpfile();
    int code = script && said ? 0 : errno;
    if (code == 0) {
        write(board, plot_kind_of(path), script);
        if (fflush(script) != 0 || ferror(script)) code = errno ? errno : EIO;
        else rewind(script);
    }
    rp_status status = code ? cant_write("its script", code, error) : RP_OK;
    if (status == RP_OK && !name_part(path, part)) status = cant_write(path, ENAMETOOLONG, error);
    if (status == RP_OK) status = fill(script, said, part, path, error);
    if (script) fclose(script);
    if (said) fclose(said);
    return status;
}
