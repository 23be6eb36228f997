/* process.c: see process.h. */
#include "cluster/process.h"

#include "base/descriptor.h"
#include "base/text.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { AT_ONCE = 64 };

static void read_boot_id(char *text, size_t size)
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (!file) return;
    if (!fgets(text, (int)size, file)) text[0] = '\0';
    text[strcspn(text, "\n")] = '\0';
    fclose(file);
}

void rpi_process_self(rpi_process *self)
{
    struct stat namespace;
    memset(self, 0, sizeof *self);
    self->pid = getpid();
    rpi_host_name(self->host, sizeof self->host);
    read_boot_id(self->boot_id, sizeof self->boot_id);
    if (stat("/proc/self/ns/pid", &namespace) == 0) self->pid_namespace = namespace.st_ino;
}

static bool is_near(const rpi_process *self, const rpi_process *other)
{
    return self->boot_id[0] && self->pid_namespace && self->pid_namespace == other->pid_namespace &&
           !strncmp(self->boot_id, other->boot_id, sizeof self->boot_id) && !strncmp(self->host, other->host, sizeof self->host);
}

int rpi_process_monitor(const rpi_process *self, const rpi_process *other, bool *gone)
{
    *gone = false;
    if (!is_near(self, other) || self->pid == other->pid) return -1;
#ifdef SYS_pidfd_open
    int descriptor = (int)syscall(SYS_pidfd_open, (pid_t)other->pid, 0);
    *gone = descriptor < 0 && errno == ESRCH;
    return rpi_descriptor_move_up(descriptor);
#else
    return -1;
#endif
}

bool rpi_process_end(int descriptor)
{
#ifdef SYS_pidfd_send_signal
    return descriptor >= 0 && syscall(SYS_pidfd_send_signal, descriptor, SIGKILL, NULL, 0) == 0;
#else
    (void)descriptor;
    return false;
#endif
}

static void poll_some(const int *descriptors, bool *gone, size_t n)
{
    struct pollfd polled[AT_ONCE];
    for (size_t i = 0; i < n; i++) polled[i] = (struct pollfd){.fd = descriptors[i], .events = POLLIN};
    if (poll(polled, n, 0) <= 0) return;
    for (size_t i = 0; i < n; i++)
        if (polled[i].revents & POLLIN) gone[i] = true;
}

void rpi_process_poll(const int *descriptors, bool *gone, size_t n)
{
    for (size_t at = 0; at < n; at += AT_ONCE) poll_some(descriptors + at, gone + at, n - at < AT_ONCE ? n - at : AT_ONCE);
}
