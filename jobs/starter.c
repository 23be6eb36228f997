/* starter.c: see starter.h. Its state is global: a process has one first starter, whose children belong to all workers. */
#include "starter.h"
#include "starter_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DESCRIPTORS_FOR_OTHERS = 16, LOOK_UP_MS = 50 };

typedef struct starter {
    struct starter *next;
    int socket;
} starter;

static struct {
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t freed;
    int is_prepared, socket;
    starter *free_ones;
    int n;       /* all starters */
    int is_full; /* no more can be made */
} starters = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, -1, NULL, 0, 0};

/* ---- the first one ---- */

/* Returns 0 or an errno. With the mutex held. */
static int prepare(void)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return errno;
    (void)fflush(NULL); /* or buffered output would be written twice */
    pid_t pid = fork();
    int code = errno;
    if (pid == 0) {
        (void)close(pair[0]);
        starter_process_make(pair[1]);
    }
    (void)close(pair[1]);
    if (pid < 0) (void)close(pair[0]);
    if (pid < 0) return code;
    starters.socket = pair[0];
    starters.is_prepared = 1;
    return 0;
}

rp_status starter_prepare(rp_error *error)
{
    char reason[128];
    pthread_mutex_lock(&starters.mutex);
    int code = starters.is_prepared ? 0 : prepare();
    pthread_mutex_unlock(&starters.mutex);
    if (code == 0) return RP_OK;
    return rp_error_set(error, RP_SYSTEM, code, "can't make the process that starts commands: %s",
                        strerror_r(code, reason, sizeof(reason)));
}

/* ---- starters ---- */

/* Whether this process has too few descriptors left for what others need. */
static int is_near_limit(int descriptor)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return 0;
    return (rlim_t)descriptor + DESCRIPTORS_FOR_OTHERS >= limit.rlim_cur;
}

/* Returns a socket, or -1 with errno set. */
static int open_socket(void)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return -1;
    int is_too_many = starters.n > 0 && is_near_limit(pair[1]);
    int is_sent = !is_too_many && starter_send_descriptors(starters.socket, &pair[1], 1);
    (void)close(pair[1]);
    if (is_sent) return pair[0];
    (void)close(pair[0]);
    errno = is_too_many ? EMFILE : ECHILD;
    return -1;
}

/* With the mutex held. Returns NULL with errno set. */
static starter *make(void)
{
    int code = starters.is_prepared ? 0 : prepare();
    starter *made = code == 0 ? calloc(1, sizeof(*made)) : NULL;
    if (code) errno = code;
    if (!made) return NULL;
    made->socket = open_socket();
    if (made->socket >= 0) {
        starters.n++;
        return made;
    }
    free(made);
    return NULL;
}

static void say_full(int code)
{
    char reason[128], line[256];
    int size = snprintf(line, sizeof(line), "rankpool: warning: no more than %d commands at once in this rank: %s\n", starters.n,
                        strerror_r(code, reason, sizeof(reason)));
    if (write(STDERR_FILENO, line, (size_t)size) < 0) return;
}

/* Returns a free one, makes one, or waits for one; NULL: there are none, and errno says why. */
static starter *acquire(void)
{
    pthread_mutex_lock(&starters.mutex);
    while (!starters.free_ones) {
        starter *made = starters.is_full ? NULL : make();
        int code = errno;
        if (made || starters.n == 0) {
            pthread_mutex_unlock(&starters.mutex);
            errno = code;
            return made;
        }
        if (!starters.is_full) say_full(code);
        starters.is_full = 1;
        pthread_cond_wait(&starters.freed, &starters.mutex);
    }
    starter *found = starters.free_ones;
    starters.free_ones = found->next;
    pthread_mutex_unlock(&starters.mutex);
    return found;
}

static void release(starter *used)
{
    pthread_mutex_lock(&starters.mutex);
    used->next = starters.free_ones;
    starters.free_ones = used;
    pthread_cond_signal(&starters.freed);
    pthread_mutex_unlock(&starters.mutex);
}

/* One that is gone makes room for another. */
static void drop(starter *gone)
{
    (void)close(gone->socket);
    free(gone);
    pthread_mutex_lock(&starters.mutex);
    starters.n--;
    starters.is_full = starters.is_full && starters.n > 0;
    pthread_cond_signal(&starters.freed);
    pthread_mutex_unlock(&starters.mutex);
}

/* ---- one command ---- */

static int send_request(int socket, const starter_request *request)
{
    size_t folder_size = strlen(request->folder) + 1;
    starter_order order = {.kind = STARTER_RUN,
                           .n_words = (int32_t)texts_count(request->words),
                           .n_variables = (int32_t)texts_count(request->variables),
                           .timeout_s = request->timeout_s,
                           .grace_s = request->grace_s,
                           .most_output = request->most_output,
                           .size = request->words.size + request->variables.size + folder_size};
    struct iovec parts[] = {{&order, sizeof(order)},
                            {(void *)(uintptr_t)request->words.data, request->words.size},
                            {(void *)(uintptr_t)request->variables.data, request->variables.size},
                            {(void *)(uintptr_t)request->folder, folder_size}};
    return starter_send(socket, parts, 4);
}

/* What is said to a starter while its command runs. */
typedef struct dialogue {
    int socket;
    const starter_request *request;
    int (*is_cancelled)(void);
    int told;     /* of a cancel: what is_cancelled said */
    int is_asked; /* a part of the output is on its way */
} dialogue;

/* Cancels the command when it isn't wanted any more. Returns 0: the starter is gone. */
static int cancel(dialogue *self)
{
    int how = self->is_cancelled();
    if (how <= self->told) return 1;
    self->told = how;
    starter_order order = {.kind = how > 1 ? STARTER_KILL : STARTER_CANCEL};
    return starter_send(self->socket, &(struct iovec){&order, sizeof(order)}, 1);
}

static int ask_for_part(dialogue *self)
{
    const starter_viewer *viewer = self->request->viewer;
    starter_order order = {.kind = STARTER_SHOW};
    if (!viewer || self->is_asked || !viewer->wants(viewer->argument, &order.out_from, &order.err_from)) return 1;
    self->is_asked = 1;
    return starter_send(self->socket, &(struct iovec){&order, sizeof(order)}, 1);
}

static void await_answer(dialogue *self)
{
    struct pollfd answer = {self->socket, POLLIN, 0};
    int n;
    while ((n = poll(&answer, 1, LOOK_UP_MS)) == 0 || (n < 0 && errno == EINTR))
        if (!cancel(self) || !ask_for_part(self)) return;
}

/* Returns 1; 0: there is no memory for it. */
static int map(int file, uint64_t size, void **mapped, rp_bytes *bytes)
{
    if (size == 0) return 1;
    void *at = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, file, 0);
    if (at == MAP_FAILED) return 0;
    *mapped = at;
    *bytes = (rp_bytes){at, (size_t)size};
    return 1;
}

static void lose_output(starter_outcome *outcome, int code)
{
    outcome->answer.has_lost_output = 1;
    outcome->answer.code = code;
    outcome->out = outcome->err = (rp_bytes){NULL, 0};
}

static int receive_files(int socket, starter_outcome *outcome)
{
    int files[2];
    if (!starter_receive_descriptors(socket, files, 2)) return 0;
    if (!map(files[0], outcome->answer.out_size, &outcome->mapped[0], &outcome->out) ||
        !map(files[1], outcome->answer.err_size, &outcome->mapped[1], &outcome->err))
        lose_output(outcome, errno);
    (void)close(files[0]);
    (void)close(files[1]);
    return 1;
}

/* Both outputs, behind an answer. */
static int receive_inlined(int socket, starter_outcome *outcome)
{
    const starter_answer *answer = &outcome->answer;
    size_t size = (size_t)(answer->out_size + answer->err_size);
    text_buffer_clear(&outcome->inlined);
    char *to = size ? text_buffer_reserve(&outcome->inlined, size) : NULL;
    if (size && (!to || !starter_receive(socket, to, size))) return 0;
    outcome->out = (rp_bytes){to, (size_t)answer->out_size};
    outcome->err = (rp_bytes){to ? to + answer->out_size : NULL, (size_t)answer->err_size};
    return 1;
}

static int receive_answer(dialogue *self, starter_outcome *outcome)
{
    const starter_viewer *viewer = self->request->viewer;
    for (;;) {
        await_answer(self);
        if (!starter_receive(self->socket, &outcome->answer, sizeof(outcome->answer))) return 0;
        if (outcome->answer.n_descriptors) return receive_files(self->socket, outcome);
        if (!receive_inlined(self->socket, outcome)) return 0;
        if (!outcome->answer.is_part) return 1;
        self->is_asked = 0;
        viewer->show(viewer->argument, outcome->out, outcome->err);
    }
}

static void unmap(starter_outcome *outcome)
{
    const uint64_t sizes[] = {outcome->answer.out_size, outcome->answer.err_size};
    for (int i = 0; i < 2; i++)
        if (outcome->mapped[i]) (void)munmap(outcome->mapped[i], (size_t)sizes[i]);
    outcome->mapped[0] = outcome->mapped[1] = NULL;
    outcome->out = outcome->err = (rp_bytes){NULL, 0};
}

/* A starter that is gone (killed, or never made, as processes had run out) is replaced once. */
int starter_run(const starter_request *request, int (*is_cancelled)(void), starter_outcome *outcome)
{
    for (int i = 0; i < 2; i++) {
        unmap(outcome);
        text_buffer_clear(&outcome->inlined);
        starter *own = acquire();
        if (!own) return 0;
        int is_sent = send_request(own->socket, request);
        if (is_sent && receive_answer(&(dialogue){.socket = own->socket, .request = request, .is_cancelled = is_cancelled}, outcome)) {
            release(own);
            return 1;
        }
        drop(own);
        if (is_sent) break; /* the command may have run */
    }
    errno = ECHILD;
    return 0;
}

void starter_outcome_free(starter_outcome *outcome)
{
    unmap(outcome);
    text_buffer_free(&outcome->inlined);
}
