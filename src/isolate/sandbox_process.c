/* sandbox_process.c: see sandbox_process.h. */
#include "isolate/sandbox_process.h"

#include "base/nested.h"
#include "base/thread.h"
#include "isolate/sandbox_server.h"
#include "task/context_start.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { OOM_SCORE = 500 };

/* Launchers and terminals send signals to whole jobs. A child ignores them, as its rank decides what they mean and lets running items
 * finish. A signal that a task sends to itself has its usual effect. */
static void pass_over(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (info->si_pid != getpid()) return;
    signal(number, SIG_DFL);
    raise(number);
}

static void set_signals(void)
{
    static const int to_all[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
    struct sigaction action = {.sa_sigaction = pass_over, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof to_all / sizeof to_all[0]; i++) {
        struct sigaction before;
        if (sigaction(to_all[i], NULL, &before) || before.sa_handler == SIG_IGN) continue; /* as nohup sets it */
        (void)sigaction(to_all[i], &action, NULL);
    }
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* When memory runs out, the kernel kills a child before its rank. */
static void volunteer_for_the_kernel(void)
{
    char text[16];
    int length = snprintf(text, sizeof text, "%d", OOM_SCORE), fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    if (write(fd, text, (size_t)length) < 0) (void)length; /* the score stays as it was */
    close(fd);
}

/* Bytes of memory of its own that this process has, or has asked for. 0: not known. */
static uint64_t own_memory(void)
{
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file && fscanf(file, "%*u %*u %*u %*u %*u %llu", &pages) != 1) pages = 0;
    if (file) fclose(file);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* What it shares with its worker doesn't count. Where the system refuses, there is no limit. */
static void limit_memory(uint64_t per_item)
{
    uint64_t own = own_memory();
    if (per_item == 0 || own == 0) return;
    struct rlimit limit = {.rlim_cur = own + per_item, .rlim_max = own + per_item};
    (void)setrlimit(RLIMIT_DATA, &limit);
}

static void become_child(const rpi_orders *orders)
{
    char name[16];
    snprintf(name, sizeof name, "rp-child-%u", orders->worker % 10000);
    (void)prctl(PR_SET_NAME, name, 0, 0, 0);
    (void)setpgid(0, 0);
    (void)sched_setaffinity(0, sizeof orders->cpus, &orders->cpus);
    set_signals();
    volunteer_for_the_kernel();
    limit_memory(orders->options.memory_per_item);
}

static void *serve(void *argument)
{
    rpi_sandbox_server *server = argument;
    rpi_context_enter(&server->context);
    (void)rpi_nested_set(server->mailbox->orders->options.nested_threads);
    if (rpi_sandbox_server_start(server)) {
        rpi_sandbox_server_serve(server);
        rpi_context_finish(&server->context);
    }
    return NULL;
}

/* The first thread has the stack that the rank's first thread has. Tasks that are to have a larger one run in a second thread. False: there
 * is no such thread. */
static bool serve_with_stack(rpi_sandbox_server *server)
{
    uint64_t wanted = server->mailbox->orders->options.stack_size;
    pthread_t thread;
    if (rpi_thread_has_stack(rpi_thread_stack_size(wanted))) {
        (void)serve(server);
        return true;
    }
    if (rpi_thread_create_here(&thread, wanted, serve, server)) return false;
    pthread_join(thread, NULL);
    return true;
}

_Noreturn void rpi_sandbox_process_main(int fd)
{
    rpi_sandbox_server *server = calloc(1, sizeof *server);
    if (!server || rpi_mailbox_attach(fd, &server->mailbox, NULL) != RP_OK || !rpi_sandbox_server_init(server)) _exit(EXIT_FAILURE);
    become_child(server->mailbox->orders);
    if (!serve_with_stack(server)) _exit(EXIT_FAILURE);
    (void)fflush(NULL); /* what tasks printed; exit handlers are for the rank alone */
    _exit(EXIT_SUCCESS);
}
