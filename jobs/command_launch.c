/* command_launch.c: see command_launch.h. */
#include "command_launch.h"
#include "starter_messages.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child. Only system calls: the memory is the starter's. */
static _Noreturn void be_command(command_launch *launch)
{
    sigset_t none;
    sigemptyset(&none);
    (void)setsid(); /* a group of its own; and a terminal that it asked something would stop it */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    (void)dup2(launch->in, STDIN_FILENO);
    (void)dup2(launch->out, STDOUT_FILENO);
    (void)dup2(launch->err, STDERR_FILENO);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    if (*launch->folder && chdir(launch->folder) != 0) launch->failed_in = STARTER_IN_FOLDER;
    if (!launch->failed_in && launch->program) (void)execve(launch->program, launch->words, launch->environment);
    if (!launch->failed_in) (void)execvpe(launch->words[0], launch->words, launch->environment);
    launch->code = errno;
    if (!launch->failed_in) launch->failed_in = STARTER_IN_START;
    _exit(EXIT_FAILURE);
}

pid_t command_launch_start(command_launch *launch)
{
    pid_t pid = vfork();
    if (pid == 0) be_command(launch);
    if (pid < 0) {
        launch->failed_in = STARTER_IN_START;
        launch->code = errno;
        return -1;
    }
    if (!launch->failed_in) return pid;
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
    return -1;
}
