/* command_failure.c: see command_failure.h. */
#include "command_failure.h"

#include <rankpool/task.h>

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The longest text that one argument of a command may have, on Linux. */
static size_t longest_argument(void) { return (size_t)sysconf(_SC_PAGESIZE) * 32 - 1; }

static void fail_to_start(const starter_answer *answer, texts words, const char *folder)
{
    char reason[128];
    const char *why = strerror_r(answer->code, reason, sizeof(reason)), *name = words.data;
    size_t longest = 0;
    for (size_t k = 0; answer->code == E2BIG && k < texts_count(words); k++)
        if (strlen(texts_at(words, k)) > longest) longest = strlen(texts_at(words, k));
    if (answer->failed_in == STARTER_IN_FOLDER)
        rp_fail_as(RP_CAUSE_SYSTEM, answer->code, "can't run in the folder %.300s: %s", folder, why);
    else if (answer->failed_in == STARTER_IN_PIPES) rp_fail_as(RP_CAUSE_SYSTEM, answer->code, "no pipes for %.300s: %s", name, why);
    else if (longest > longest_argument())
        rp_fail_as(RP_CAUSE_SYSTEM, E2BIG, "can't start %.300s: %s: a word of %zu bytes; the limit is %zu", name, why, longest,
                   longest_argument());
    else if (answer->code == ENOENT && !strchr(name, '/'))
        rp_fail_as(RP_CAUSE_SYSTEM, ENOENT,
                   "can't start %.300s: %s in PATH; a function of the shell needs --param shell=bash, and export -f", name, why);
    else rp_fail_as(RP_CAUSE_SYSTEM, answer->code, "can't start %.300s: %s", name, why);
}

/* Why it was killed, where the kernel's counters say so. */
static const char *perhaps_memory(const starter_answer *answer)
{
    return answer->lacked_memory ? "; perhaps memory ran out: the kernel ended a process for that meanwhile" : "";
}

static void fail_by_signal(const starter_answer *answer)
{
    int number = WTERMSIG(answer->status);
    rp_fail_as(RP_CAUSE_SIGNAL, number, "ended by signal %d (%s)%s", number, strsignal(number), perhaps_memory(answer));
}

/* It counts as not run, whatever its command made of the signal. */
static void end_with_run(int status)
{
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (number) rp_fail_as(RP_CAUSE_ENDED, number, "ended with the run by signal %d (%s)", number, strsignal(number));
    else rp_fail_as(RP_CAUSE_ENDED, 0, "ended with the run, with exit status %d", WEXITSTATUS(status));
}

void command_failure_judge(const starter_answer *answer, double timeout_s, texts words, const char *folder)
{
    char reason[128];
    int status = answer->status;
    if (answer->failed_in) fail_to_start(answer, words, folder);
    else if (answer->has_timed_out) rp_fail_as(RP_CAUSE_TIMEOUT, 0, "ended at its time-out of %g s", timeout_s);
    else if (answer->was_cancelled) end_with_run(status);
    else if (WIFSIGNALED(status)) fail_by_signal(answer);
    else if (WEXITSTATUS(status) != 0)
        rp_fail_as(RP_CAUSE_EXIT, WEXITSTATUS(status), "exit status %d%s", WEXITSTATUS(status), perhaps_memory(answer));
    else if (answer->has_lost_output)
        rp_fail_as(RP_CAUSE_SYSTEM, answer->code, "output lost: %s", strerror_r(answer->code, reason, sizeof(reason)));
}
