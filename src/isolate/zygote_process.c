/* zygote_process.c: the helper process itself (zygote.h). It has one thread. It shares with others only how children ended. */
#include "isolate/zygote_process.h"

#include "base/descriptor.h"
#include "base/list.h"
#include "isolate/mailbox.h"
#include "isolate/sandbox_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct child {
    rpi_list_link link;
    pid_t pid;
    rpi_fate_view view;
} child;

typedef struct zygote {
    int socket, signals;
    pid_t rank, itself;
    rpi_list children;
} zygote;

/* Kills a child and the processes that its tasks began. A task may have taken the child out of its group, so both are killed. */
static void kill_child(pid_t pid)
{
    (void)kill(-pid, SIGKILL);
    (void)kill(pid, SIGKILL);
}

static child *child_at(rpi_list_link *link) { return RPI_ENTRY(link, child, link); }

/* NULL: not a child of this helper. */
static child *find(const zygote *self, pid_t pid)
{
    rpi_list_link *at = rpi_list_first(&self->children);
    while (at && child_at(at)->pid != pid) at = rpi_list_next(&self->children, at);
    return child_at(at);
}

/* ---- orders ---- */

/* In the new process. It closes what belongs to the helper. */
static _Noreturn void be_child(const zygote *self, int fd)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != self->itself) _exit(EXIT_FAILURE);
    close(self->socket);
    close(self->signals);
    rpi_sandbox_process_main(fd);
}

static int add_child(zygote *self, int fd, pid_t *pid)
{
    child *new = calloc(1, sizeof *new);
    if (!new) return ENOMEM;
    *pid = rpi_fate_map(fd, &new->view) ? fork() : -1;
    if (*pid == 0) be_child(self, fd);
    if (*pid < 0) {
        int code = errno;
        rpi_fate_unmap(&new->view);
        free(new);
        return code;
    }
    (void)setpgid(*pid, *pid); /* as the child does too, since either may come first */
    new->pid = *pid;
    rpi_list_add_first(&self->children, &new->link);
    return 0;
}

static void take_fork(zygote *self, int fd)
{
    rpi_zygote_answer answer = {0, EBADF};
    if (fd >= 0) {
        answer.code = add_child(self, fd, &answer.child);
        close(fd);
    }
    (void)send(self->socket, &answer, sizeof answer, MSG_NOSIGNAL);
}

static int passed_fd(struct msghdr *message)
{
    const struct cmsghdr *rights = CMSG_FIRSTHDR(message);
    int fd = -1;
    if (rights && rights->cmsg_type == SCM_RIGHTS) memcpy(&fd, CMSG_DATA(rights), sizeof fd);
    return fd;
}

/* False: the rank is gone. */
static bool take_order(zygote *self)
{
    rpi_zygote_order order;
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec data = {&order, sizeof order};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
    ssize_t got = recvmsg(self->socket, &message, MSG_CMSG_CLOEXEC);
    if (got < 0) return errno == EINTR || errno == EAGAIN;
    if (got != (ssize_t)sizeof order) return false;
    if (order.kind == RPI_ZYGOTE_FORK) take_fork(self, passed_fd(&message));
    if (order.kind == RPI_ZYGOTE_KILL && find(self, order.child)) kill_child(order.child);
    return true;
}

/* ---- children that ended ---- */

/* Returns the next child that ended; 0: none. Kills what its tasks left behind before it reaps the child, as until then the process number
 * is still the child's. */
static pid_t next_ended(int *status, struct rusage *usage)
{
    siginfo_t info = {.si_pid = 0};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid == 0) return 0;
    (void)kill(-info.si_pid, SIGKILL);
    return wait4(info.si_pid, status, 0, usage);
}

static void reap(zygote *self)
{
    int status;
    struct rusage usage;
    for (pid_t pid; (pid = next_ended(&status, &usage)) > 0;) {
        child *gone = find(self, pid);
        if (!gone) continue;
        rpi_list_remove(&gone->link);
        rpi_fate_tell(&gone->view, status, (uint64_t)usage.ru_maxrss << 10);
        rpi_fate_unmap(&gone->view);
        free(gone);
    }
}

/* Takes SIGCHLD, SIGTERM (from the kernel when the rank has died, or from anybody else), or a signal that was sent to the whole job. False:
 * the rank is gone. */
static bool take_signal(zygote *self)
{
    struct signalfd_siginfo info;
    if (read(self->signals, &info, sizeof info) < 0) return errno == EAGAIN || errno == EINTR;
    reap(self);
    return getppid() == self->rank;
}

/* ---- life ---- */

static int open_signals(void)
{
    sigset_t set;
    sigfillset(&set);
    (void)sigprocmask(SIG_SETMASK, &set, NULL);
    (void)signal(SIGCHLD, SIG_DFL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* Closes stdin, so that a process on its other end doesn't wait for the helper to end. */
static void let_go_of_stdin(void)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing < 0) return;
    (void)dup2(nothing, STDIN_FILENO);
    if (nothing > STDERR_FILENO) close(nothing);
}

_Noreturn void rpi_zygote_live(int socket, pid_t rank)
{
    zygote self = {.socket = socket, .rank = rank, .itself = getpid()};
    rpi_list_init(&self.children);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
    (void)prctl(PR_SET_NAME, "rp-helper", 0, 0, 0);
    (void)setpgid(0, 0);
    rpi_descriptor_open_standard();
    let_go_of_stdin();
    self.signals = open_signals();
    struct pollfd ends[2] = {{.fd = socket, .events = POLLIN}, {.fd = self.signals, .events = POLLIN}};
    bool lives = self.signals >= 0 && getppid() == rank;
    while (lives) {
        int n = poll(ends, 2, -1);
        if (n < 0) lives = errno == EINTR;
        if (n <= 0) continue;
        if (ends[1].revents) lives = take_signal(&self);
        if (lives && ends[0].revents) lives = take_order(&self);
    }
    for (rpi_list_link *at = rpi_list_first(&self.children); at; at = rpi_list_next(&self.children, at)) kill_child(child_at(at)->pid);
    _exit(EXIT_SUCCESS);
}
