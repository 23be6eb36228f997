/*
 * start_with.c: starts a command as another program might: start_with SETTING… -- COMMAND ARGUMENT…
 *
 *   nonblock N   descriptor N doesn't block
 *   block N      signal N is blocked
 *   ignore N     signal N is ignored
 *   default N    signal N has its default effect, also where bash ignores it in the background
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int set(const char *setting, int number)
{
    sigset_t one;
    if (strcmp(setting, "nonblock") == 0) return fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK);
    if (strcmp(setting, "ignore") == 0) return signal(number, SIG_IGN) == SIG_ERR;
    if (strcmp(setting, "default") == 0) return signal(number, SIG_DFL) == SIG_ERR;
    if (strcmp(setting, "block") != 0) return -1;
    sigemptyset(&one);
    sigaddset(&one, number);
    return sigprocmask(SIG_BLOCK, &one, NULL);
}

int main(int argc, char **argv)
{
    int at = 1;
    for (; at + 1 < argc && strcmp(argv[at], "--") != 0; at += 2)
        if (set(argv[at], atoi(argv[at + 1])) != 0) return 125;
    if (at + 1 >= argc) return 125;
    (void)execvp(argv[at + 1], argv + at + 1);
    perror("start_with");
    return 126;
}
