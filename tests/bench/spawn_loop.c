/* spawn_loop.c: see spawn_loop.h. */
#include "spawn_loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AT_ONCE = 2 };

typedef struct command {
    pid_t pid; /* 0: none */
    int ends[2];
} command;

static bool spawn(command *made, const int *out, const int *err, int index)
{
    char name[16], program[] = "true";
    char *arguments[] = {program, name, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    (void)snprintf(name, sizeof name, "%d", index);
    if (posix_spawn_file_actions_init(&actions) || posix_spawnattr_init(&attributes)) return false;
    (void)posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    (void)posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    (void)posix_spawnattr_setpgroup(&attributes, 0);
    int code = posix_spawnp(&made->pid, program, &actions, &attributes, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    return code == 0;
}

static bool start(command *made, int index)
{
    int out[2], err[2];
    if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) return false;
    bool good = spawn(made, out, err, index);
    (void)close(out[1]);
    (void)close(err[1]);
    made->ends[0] = out[0];
    made->ends[1] = err[0];
    return good;
}

static void read_end(int *end)
{
    char text[4096];
    if (read(*end, text, sizeof text) > 0) return;
    (void)close(*end);
    *end = -1;
}

/* Returns whether the command is done with. */
static bool look(command *of, const struct pollfd *ends)
{
    int status;
    for (int k = 0; k < 2; k++)
        if (ends[k].revents) read_end(&of->ends[k]);
    if (of->ends[0] >= 0 || of->ends[1] >= 0) return false;
    while (waitpid(of->pid, &status, 0) < 0 && errno == EINTR) continue;
    of->pid = 0;
    return true;
}

bool bench_spawn_loop(int n)
{
    command commands[AT_ONCE] = {{0, {-1, -1}}, {0, {-1, -1}}};
    int next = 0, running = 0;
    for (; running < AT_ONCE && next < n; running++)
        if (!start(&commands[running], next++)) return false;
    while (running > 0) {
        struct pollfd ends[2 * AT_ONCE];
        for (int i = 0; i < 2 * AT_ONCE; i++) ends[i] = (struct pollfd){commands[i / 2].ends[i % 2], POLLIN, 0};
        if (poll(ends, 2 * AT_ONCE, -1) < 0 && errno != EINTR) return false;
        for (int i = 0; i < AT_ONCE; i++) {
            if (commands[i].pid == 0 || !look(&commands[i], &ends[2 * i])) continue;
            if (next == n) running--;
            else if (!start(&commands[i], next++)) return false;
        }
    }
    return true;
}
