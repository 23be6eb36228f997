/* inherited.c: see inherited.h. */
#include "inherited.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

/* An open takes the lowest descriptor that is free. Standard input becomes one that can't be read, the others can't be written. */
static void open_standard_descriptors(void)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0) (void)open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static void raise_limit_of_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit)) return;
    rlim_t wanted = limit.rlim_max < INHERITED_MOST_FILES ? limit.rlim_max : INHERITED_MOST_FILES;
    if (limit.rlim_cur >= wanted) return;
    limit.rlim_cur = wanted;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* A handler, as an ignored signal stays ignored in the programs that tasks start. */
static void do_nothing(int number) { (void)number; }

static void make_an_error(int number)
{
    struct sigaction action = {.sa_handler = do_nothing, .sa_flags = SA_RESTART}, before;
    sigemptyset(&action.sa_mask);
    if (sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN) (void)sigaction(number, &action, NULL);
}

void inherited_settle(void)
{
    sigset_t none;
    open_standard_descriptors();
    raise_limit_of_files();
    make_an_error(SIGPIPE);
    make_an_error(SIGXFSZ);
    (void)signal(SIGCHLD, SIG_DFL);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}
