/* zygote.c: the rank's side of the helper process; see zygote.h. Its state is global, as a process has one helper. */
#include "isolate/zygote.h"

#include "base/descriptor.h"
#include "base/error.h"
#include "base/launcher.h"
#include "base/process_stat.h"
#include "isolate/zygote_process.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct timeval answer_timeout = {10, 0};

static struct {
    pthread_mutex_t mutex; /* guards what follows; held from an order until its answer */
    int socket;            /* -1: there is no helper */
    pid_t pid;
} helper = {PTHREAD_MUTEX_INITIALIZER, -1, 0};

static bool has_one_thread(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int n = 0;
    if (!tasks) return true; /* can't be checked: the caller is trusted */
    for (const struct dirent *entry; (entry = readdir(tasks));) n += entry->d_name[0] != '.';
    closedir(tasks);
    return n == 1;
}

/* Returns 0 or an errno. */
static int make_pair(int pair[2])
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) return errno;
    for (int i = 0; i < 2; i++) {
        pair[i] = rpi_descriptor_move_up(pair[i]);
        if (pair[i] >= 0) continue;
        int code = errno;
        close(pair[1 - i]);
        return code;
    }
    return 0;
}

/* With the mutex held. */
static rp_status start(rp_error *error)
{
    int pair[2];
    if (!has_one_thread())
        return rp_error_set(error, RP_UNSUPPORTED, 0,
                            "isolation begins too late: this process has threads already; call rp_isolation_prepare first thing in main");
    rp_status status = rpi_launcher_mark(error); /* for the programs that children start */
    if (status != RP_OK) return status;
    int failed = make_pair(pair);
    if (failed) return rpi_error_system(error, failed, "socketpair");
    (void)fflush(NULL); /* so that buffered output isn't written twice */
    pid_t rank = getpid(), pid = fork();
    if (pid == 0) {
        close(pair[0]);
        rpi_zygote_live(pair[1], rank);
    }
    int code = errno;
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return rpi_error_system(error, code, "fork");
    }
    (void)setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &answer_timeout, sizeof answer_timeout);
    (void)setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &answer_timeout, sizeof answer_timeout);
    helper.socket = pair[0];
    helper.pid = pid;
    return RP_OK;
}

rp_status rpi_zygote_start(rp_error *error)
{
    pthread_mutex_lock(&helper.mutex);
    rp_status status = helper.socket >= 0 ? RP_OK : start(error);
    pthread_mutex_unlock(&helper.mutex);
    return status;
}

rp_status rp_isolation_prepare(rp_error *error) { return rpi_zygote_start(error); }

/* With the mutex held. Ends a helper that is stopped or stuck, as its late answers would be taken for answers to later orders. */
static void give_up_helper(void)
{
    (void)kill(helper.pid, SIGKILL);
    (void)shutdown(helper.socket, SHUT_RDWR);
}

/* On a machine that is overloaded the helper can take longer than that. */
static bool may_go_on(int code) { return code == EINTR || (code == EAGAIN && rpi_process_is_kept_waiting(helper.pid)); }

/* Returns 0 or an errno. With the mutex held, also in take_answer. */
static int send_order(const rpi_zygote_order *order, int fd)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec data = {(void *)(uintptr_t)order, sizeof *order};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
    if (fd >= 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.room;
        message.msg_controllen = sizeof control.room;
        struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    }
    ssize_t sent;
    while ((sent = sendmsg(helper.socket, &message, MSG_NOSIGNAL)) < 0 && may_go_on(errno)) continue;
    int code = sent == (ssize_t)sizeof *order ? 0 : errno;
    if (code == EAGAIN) give_up_helper();
    return code == EAGAIN ? EPIPE : code;
}

static int take_answer(rpi_zygote_answer *answer)
{
    ssize_t got;
    while ((got = recv(helper.socket, answer, sizeof *answer, 0)) < 0 && may_go_on(errno)) continue;
    if (got < 0 && errno == EAGAIN) got = recv(helper.socket, answer, sizeof *answer, MSG_DONTWAIT); /* it came just then */
    if (got == (ssize_t)sizeof *answer) return answer->code;
    if (got < 0 && errno == EAGAIN) give_up_helper();
    return EPIPE;
}

rp_status rpi_zygote_fork(int mailbox_fd, pid_t *child, rp_error *error)
{
    rpi_zygote_order order = {RPI_ZYGOTE_FORK, 0};
    rpi_zygote_answer answer;
    pthread_mutex_lock(&helper.mutex);
    int code = send_order(&order, mailbox_fd);
    if (code == 0) code = take_answer(&answer);
    pthread_mutex_unlock(&helper.mutex);
    if (code == EPIPE || code == ECONNRESET)
        return rp_error_set(error, RP_LOST, 0, "the helper process that children are forked from is gone");
    if (code) return rpi_error_system(error, code, "fork of a child process");
    *child = answer.child;
    return RP_OK;
}

void rpi_zygote_kill(pid_t child)
{
    rpi_zygote_order order = {RPI_ZYGOTE_KILL, child};
    pthread_mutex_lock(&helper.mutex);
    (void)send_order(&order, -1);
    pthread_mutex_unlock(&helper.mutex);
}

bool rpi_zygote_lives(void)
{
    struct pollfd end = {.fd = helper.socket, .events = 0};
    if (end.fd < 0) return false;
    int n = poll(&end, 1, 0);
    if (n < 0) return errno == EINTR; /* it isn't known, and waiting for it could last for ever */
    return n == 0 || !(end.revents & (POLLHUP | POLLERR | POLLNVAL));
}
