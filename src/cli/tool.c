/* tool.c: see tool.h. */
#include "tool.h"
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_WAIT_S = 1000 };

extern char **environ;

/* A descriptor from which `input` is read; below 0: errno is set. */
static int open_input(const char *input)
{
    if (!input) return open("/dev/null", O_RDONLY | O_CLOEXEC);
    int file = memfd_create("rankpool-input", MFD_CLOEXEC);
    size_t size = strlen(input);
    if (file < 0) return file;
    if (write(file, input, size) == (ssize_t)size && lseek(file, 0, SEEK_SET) == 0) return file;
    (void)close(file);
    return -1;
}

/* Returns 0 or an errno. The signals that this process ignores or blocks are as usual in the tool. */
static int start(const char *const argv[], int input, int output, pid_t *process)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    if (posix_spawn_file_actions_init(&actions) != 0) return ENOMEM;
    int code = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)posix_spawnattr_setsigdefault(&attributes, &usual);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (code == 0) code = posix_spawnp(process, argv[0], &actions, &attributes, (char *const *)(uintptr_t)argv, environ);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    return code;
}

/* Reads to the end. Returns 0 when the time is over before. */
static int read_output(int from, char *output, size_t size, double limit_s)
{
    double end_s = program_now_s() + limit_s;
    char rest[512];
    size_t used = 0;
    ssize_t n = 1;
    while (n != 0) {
        struct pollfd ready = {from, POLLIN, 0};
        double left_s = end_s - program_now_s();
        if (left_s <= 0) return 0;
        if (poll(&ready, 1, left_s < MOST_WAIT_S ? (int)(1000 * left_s) + 1 : 1000 * MOST_WAIT_S) <= 0) continue;
        int fits = used + 1 < size;
        n = fits ? read(from, output + used, size - used - 1) : read(from, rest, sizeof rest);
        if (n < 0 && errno != EINTR) n = 0;
        if (n > 0 && fits) used += (size_t)n;
    }
    output[used] = '\0';
    return 1;
}

static int wait_for(pid_t process)
{
    int status = 0;
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int tool_run(const char *const argv[], const char *input, char *output, size_t size, double limit_s)
{
    int ends[2], from = open_input(input), code = errno;
    pid_t process = 0;
    output[0] = '\0';
    if (from < 0 || pipe2(ends, O_CLOEXEC) != 0) {
        code = from < 0 ? code : errno;
        if (from >= 0) (void)close(from);
        errno = code;
        return TOOL_MISSING;
    }
    code = start(argv, from, ends[1], &process);
    (void)close(from);
    (void)close(ends[1]);
    int is_whole = code == 0 && read_output(ends[0], output, size, limit_s);
    (void)close(ends[0]);
    if (code == 0 && !is_whole) (void)kill(process, SIGKILL);
    int status = code == 0 ? wait_for(process) : TOOL_MISSING;
    errno = code;
    return code == 0 && !is_whole ? TOOL_TOO_LONG : status;
}
