/* orphans.c: see orphans.h. The kernel lists the children of a thread; a starter has one thread. */
#include "orphans.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static size_t place_of(const orphans *self, pid_t pid)
{
    size_t i = 0;
    while (i < self->n && self->kept[i].pid != pid) i++;
    return i;
}

static int is_new(const orphans *self, pid_t pid) { return place_of(self, pid) == self->n; }

static FILE *open_children(void)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
    return fopen(path, "re");
}

static void kill_one(pid_t pid, int signal_number)
{
    (void)kill(-pid, signal_number);
    (void)kill(pid, signal_number);
}

void orphans_kill(const orphans *self, pid_t except, int signal_number)
{
    FILE *children = open_children();
    for (int pid; children && fscanf(children, "%d", &pid) == 1;)
        if (pid != except && is_new(self, pid)) kill_one(pid, signal_number);
    if (children) (void)fclose(children);
}

int orphans_has_new(const orphans *self)
{
    FILE *children = self->may_have_children ? open_children() : NULL;
    int pid, found = 0;
    while (children && !found && fscanf(children, "%d", &pid) == 1) found = is_new(self, pid);
    if (children) (void)fclose(children);
    return found;
}

void orphans_keep_new(orphans *self, double end_at_s)
{
    FILE *children = open_children();
    for (int pid; children && self->n < ORPHANS_MOST && fscanf(children, "%d", &pid) == 1;) {
        if (!is_new(self, pid)) continue;
        self->kept[self->n].pid = pid;
        self->kept[self->n++].end_at_s = end_at_s;
    }
    if (children) (void)fclose(children);
}

void orphans_remove(orphans *self, pid_t pid)
{
    size_t i = place_of(self, pid);
    if (i < self->n) self->kept[i] = self->kept[--self->n];
}

double orphans_next_end(const orphans *self)
{
    double next = INFINITY;
    for (size_t i = 0; i < self->n; i++)
        if (self->kept[i].end_at_s < next) next = self->kept[i].end_at_s;
    return next;
}

/* Its own children come to the starter, and are nobody's then: they are ended with the next command that is, or with the run. */
void orphans_end_late(orphans *self, double now_s)
{
    for (size_t i = 0; i < self->n; i++) {
        if (now_s < self->kept[i].end_at_s) continue;
        kill_one(self->kept[i].pid, SIGKILL);
        self->kept[i].end_at_s = INFINITY;
    }
}
