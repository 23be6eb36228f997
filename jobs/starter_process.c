/*
 * starter_process.c: see starter_process.h. A starter is the one who waits for its command, reads its output and ends it in time, so
 * nothing of that depends on what the rank does meanwhile. It is the subreaper of all that its commands begin: what leaves the process
 * group comes back to it when its parent has ended.
 *
 * The end of a command: it was reaped, and both pipes have ended, or a short grace is over, as something in the background may hold them.
 * What is left in the background then goes on until the time-out of its item, or the end of the run.
 */
#include "starter_process.h"
#include "command_launch.h"
#include "command_output.h"
#include "memory_kills.h"
#include "orphans.h"
#include "program_path.h"
#include "starter_answer.h"
#include "starter_environment.h"
#include "starter_messages.h"
#include "text_buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const double pipe_grace_s = 0.1; /* for what is still in a pipe that something in the background holds */
static const double most_kill_s = 10;   /* an end that even KILL doesn't bring is not waited for longer */
static const double end_grace_s = 0.5;  /* from TERM to KILL, when the rank has ended */
static const double orphans_again_s = 0.01;
static const double look_s = 1, pause_s = 3; /* a process that looks so often, and hasn't for that long, stood still */
static const double never = INFINITY;

typedef enum ending { RUNS, TERMINATED, KILLED } ending;

/* The command that runs now. Times by now_s. */
typedef struct running_command {
    pid_t pid;
    int is_reaped;
    ending ending;
    double begun_s, reaped_s, timeout_at_s, kill_at_s, killed_s;
    double grace_s;
    starter_answer answer;
} running_command;

typedef struct starter {
    int socket, signals, nothing; /* nothing: /dev/null */
    int is_left;                  /* the rank has ended */
    char **base;                  /* the environment without what each order brings; n_base of them */
    size_t n_base;
    text_buffer order;
    command_output out, err;
    running_command command;
    orphans orphans;
    memory_kills kills;
    program_path program;
} starter;

static double clock_s(clockid_t which)
{
    struct timespec now;
    (void)clock_gettime(which, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double now_s(void) { return clock_s(CLOCK_MONOTONIC); }

/* ---- starting ---- */

/* Returns 1, or 0 with errno set. */
static int make_pipes(int out[2], int err[2])
{
    if (pipe2(out, O_CLOEXEC) != 0) return 0;
    if (pipe2(err, O_CLOEXEC) == 0) return 1;
    (void)close(out[0]);
    (void)close(out[1]);
    return 0;
}

static void start_command(starter *self, command_launch *launch, const starter_order *order)
{
    running_command *command = &self->command;
    int out[2], err[2];
    if (!make_pipes(out, err)) {
        launch->failed_in = STARTER_IN_PIPES;
        launch->code = errno;
        return;
    }
    launch->in = self->nothing;
    launch->out = out[1];
    launch->err = err[1];
    command->answer.begun_s = clock_s(CLOCK_REALTIME);
    command->begun_s = now_s();
    command->timeout_at_s = order->timeout_s > 0 ? command->begun_s + order->timeout_s : never;
    command->grace_s = order->grace_s;
    memory_kills_look(&self->kills);
    command->pid = command_launch_start(launch);
    (void)close(out[1]);
    (void)close(err[1]);
    command_output_begin(&self->out, out[0], order->most_output);
    command_output_begin(&self->err, err[0], order->most_output);
}

/* Cuts the order into its texts. Returns 0: no memory. */
static int unpack(starter *self, const starter_order *order, command_launch *launch)
{
    size_t n_words = (size_t)order->n_words, n_variables = (size_t)order->n_variables;
    char **pointers = calloc(n_words + n_variables + self->n_base + 2, sizeof(char *));
    char *at = self->order.data;
    if (!pointers) return 0;
    *launch = (command_launch){.words = pointers, .environment = pointers + n_words + 1};
    for (size_t i = 0; i < n_words; i++, at += strlen(at) + 1) launch->words[i] = at;
    for (size_t i = 0; i < n_variables; i++, at += strlen(at) + 1) launch->environment[i] = at;
    memcpy(launch->environment + n_variables, self->base, self->n_base * sizeof(char *));
    launch->folder = at;
    launch->program = n_words > 0 ? program_path_find(&self->program, launch->words[0]) : NULL;
    return 1;
}

/* ---- ending ---- */

static void kill_all(starter *self, int signal_number)
{
    if (!self->command.is_reaped) (void)kill(-self->command.pid, signal_number);
    orphans_kill(&self->orphans, self->command.is_reaped ? 0 : self->command.pid, signal_number);
}

static void begin_to_end(starter *self)
{
    running_command *command = &self->command;
    if (command->ending != RUNS) return;
    command->ending = TERMINATED;
    command->kill_at_s = now_s() + command->grace_s;
    kill_all(self, SIGTERM);
    if (!command->is_reaped) (void)kill(-command->pid, SIGCONT); /* what is stopped doesn't see TERM */
}

static void look_at_times(starter *self)
{
    running_command *command = &self->command;
    double now = now_s();
    if (command->ending == RUNS && !command->is_reaped && now >= command->timeout_at_s) {
        command->answer.has_timed_out = 1;
        begin_to_end(self);
    }
    if (command->ending == TERMINATED && now >= command->kill_at_s) {
        command->ending = KILLED;
        command->killed_s = now;
    }
    if (command->ending == KILLED) kill_all(self, SIGKILL);
    orphans_end_late(&self->orphans, now);
}

/* Takes the ends of the command and of what it left behind. */
static void reap(starter *self)
{
    running_command *command = &self->command;
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        orphans_remove(&self->orphans, pid);
        if (pid != command->pid || command->is_reaped) continue;
        command->is_reaped = 1;
        command->reaped_s = now_s();
        command->answer.status = status;
        command->answer.seconds = command->reaped_s - command->begun_s;
    }
    self->orphans.may_have_children = pid == 0;
}

static int is_over(starter *self)
{
    const running_command *command = &self->command;
    double now = now_s();
    if (command->ending == KILLED && now >= command->killed_s + most_kill_s) return 1;
    if (!command->is_reaped) return 0;
    if (command->ending != RUNS && orphans_has_new(&self->orphans)) return 0;
    return (self->out.pipe < 0 && self->err.pipe < 0) || now >= command->reaped_s + pipe_grace_s;
}

static double next_time(const starter *self)
{
    const running_command *command = &self->command;
    double next = orphans_next_end(&self->orphans), now = now_s();
    if (command->ending == RUNS && !command->is_reaped && command->timeout_at_s < next) next = command->timeout_at_s;
    if (command->ending == TERMINATED && command->kill_at_s < next) next = command->kill_at_s;
    if (command->ending != RUNS && command->is_reaped && now + orphans_again_s < next) next = now + orphans_again_s;
    if (command->ending == KILLED && now + orphans_again_s < next) next = now + orphans_again_s;
    if (command->is_reaped && command->ending == RUNS && command->reaped_s + pipe_grace_s < next) next = command->reaped_s + pipe_grace_s;
    if (command->timeout_at_s < never && now + look_s < next) next = now + look_s;
    return next;
}

/* A wait that was to end by `until_s`, a second later at most. When it took much longer, this process stood still, and the command with it:
 * that was no time of the command's. */
static void forgive(running_command *command, double begun_s, double until_s)
{
    double now = now_s(), stood_s = now - until_s;
    if (isinf(until_s) || now - begun_s < pause_s) return;
    command->timeout_at_s += stood_s;
    command->kill_at_s += stood_s;
}

static int milliseconds_to(double at_s)
{
    double wait_s = at_s - now_s();
    if (isinf(at_s) || wait_s > 1e6) return -1;
    return wait_s > 0 ? (int)ceil(wait_s * 1e3) : 0;
}

/* What comes while a command runs: a question, a cancel, or the end of the rank. */
static void take_message(starter *self)
{
    starter_order order;
    if (!starter_receive(self->socket, &order, sizeof(order))) self->is_left = 1;
    if (!self->is_left && order.kind == STARTER_SHOW &&
        starter_answer_send_part(self->socket, &self->out, order.out_from, &self->err, order.err_from))
        return;
    if (!self->command.is_reaped) self->command.answer.was_cancelled = 1;
    begin_to_end(self);
    if (!self->is_left && order.kind == STARTER_KILL) self->command.kill_at_s = now_s();
}

static void take_signals(starter *self)
{
    struct signalfd_siginfo info[8];
    if (read(self->signals, info, sizeof(info)) > 0) reap(self);
}

static void watch(starter *self)
{
    while (!is_over(self)) {
        struct pollfd ends[] = {{self->out.pipe, POLLIN, 0},
                                {self->err.pipe, POLLIN, 0},
                                {self->signals, POLLIN, 0},
                                {self->is_left ? -1 : self->socket, POLLIN, 0}};
        double begun_s = now_s(), until_s = next_time(self);
        int n = poll(ends, 4, milliseconds_to(until_s));
        forgive(&self->command, begun_s, until_s);
        if (n > 0 && ends[0].revents) command_output_read(&self->out);
        if (n > 0 && ends[1].revents) command_output_read(&self->err);
        if (n > 0 && ends[2].revents) take_signals(self);
        if (n > 0 && ends[3].revents) take_message(self);
        look_at_times(self);
    }
    command_output_end(&self->out);
    command_output_end(&self->err);
    if (self->orphans.may_have_children) orphans_keep_new(&self->orphans, self->command.timeout_at_s);
}

/* A shell tells the end of its child by its own exit status. */
static int was_killed(const running_command *command)
{
    int status = command->answer.status;
    int is_killed = WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 128 + SIGKILL;
    return is_killed && command->ending == RUNS;
}

/* ---- orders ---- */

/* Returns 0: the rank is gone. */
static int run_command(starter *self, const starter_order *order)
{
    command_launch launch = {.failed_in = STARTER_IN_START, .code = ENOMEM};
    self->command = (running_command){.ending = RUNS};
    if (unpack(self, order, &launch)) start_command(self, &launch, order);
    self->command.answer.failed_in = launch.failed_in;
    self->command.answer.code = launch.code;
    if (!launch.failed_in) watch(self);
    if (!launch.failed_in && was_killed(&self->command)) self->command.answer.lacked_memory = memory_kills_grew(&self->kills);
    free(launch.words);
    return !self->is_left && starter_answer_send(self->socket, &self->command.answer, &self->out, &self->err);
}

/* Returns 0: the rank is gone. */
static int take_order(starter *self)
{
    starter_order order;
    if (!starter_receive(self->socket, &order, sizeof(order))) return 0;
    if (order.kind != STARTER_RUN) return 1; /* a cancel that came too late */
    text_buffer_clear(&self->order);
    char *to = text_buffer_reserve(&self->order, (size_t)order.size);
    if (!to || !starter_receive(self->socket, to, (size_t)order.size)) return 0;
    return run_command(self, &order);
}

/* ---- life ---- */

/* In a group of its own, with no signal and nobody's standard streams: what ends a starter is the end of its socket. Returns /dev/null. */
static int settle(void)
{
    sigset_t all;
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, NULL);
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_NAME, "rp-starter", 0, 0, 0);
    for (int i = STDIN_FILENO; nothing >= 0 && i <= STDERR_FILENO; i++) (void)dup2(nothing, i);
    return nothing;
}

/* Ends what is left in the background. */
static void end_orphans(starter *self)
{
    double kill_at = now_s() + end_grace_s, end = kill_at + most_kill_s;
    reap(self);
    self->orphans.n = 0;
    orphans_kill(&self->orphans, 0, SIGTERM);
    while (self->orphans.may_have_children && now_s() < end) {
        struct pollfd signals = {self->signals, POLLIN, 0};
        (void)poll(&signals, 1, (int)(orphans_again_s * 1e3));
        if (signals.revents) take_signals(self);
        if (now_s() >= kill_at) orphans_kill(&self->orphans, 0, SIGKILL);
    }
}

_Noreturn void starter_process_serve(int socket)
{
    static starter self; /* large for a stack */
    sigset_t child;
    self = (starter){.socket = socket, .nothing = settle(), .out = {.pipe = -1, .file = -1}, .err = {.pipe = -1, .file = -1}};
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    (void)signal(SIGCHLD, SIG_DFL);
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    self.signals = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
    memory_kills_begin(&self.kills, "");
    int lives = self.nothing >= 0 && self.signals >= 0 && (self.base = starter_environment(&self.n_base)) != NULL;
    while (lives) {
        struct pollfd ends[] = {{socket, POLLIN, 0}, {self.signals, POLLIN, 0}};
        int n = poll(ends, 2, milliseconds_to(orphans_next_end(&self.orphans)));
        if (n > 0 && ends[1].revents) take_signals(&self);
        if (n > 0 && ends[0].revents) lives = take_order(&self);
        orphans_end_late(&self.orphans, now_s());
    }
    (void)close(socket);
    end_orphans(&self);
    _exit(EXIT_SUCCESS);
}

_Noreturn void starter_process_make(int socket)
{
    int own;
    (void)settle();
    (void)signal(SIGCHLD, SIG_IGN); /* they are reaped by themselves */
    while (starter_receive_descriptors(socket, &own, 1)) {
        if (fork() == 0) {
            (void)close(socket);
            starter_process_serve(own);
        }
        (void)close(own);
    }
    _exit(EXIT_SUCCESS);
}
