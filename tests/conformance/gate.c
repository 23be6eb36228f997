/* gate.c: see gate.h. Each item that comes to a gate adds a byte to a second file. */
#include "gate.h"

#include "suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_GATES = 8 };

static gate gates[MOST_GATES]; /* of the test that runs */
static int n_gates, n_made;

static void name_visitors(char *path, size_t size, const gate *of) { snprintf(path, size, "%s.visitors", of->path); }

static void visit(const gate *at)
{
    char path[160];
    name_visitors(path, sizeof path, at);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file < 0 || write(file, ".", 1) != 1) rp_fail(1, "can't write to %s", path);
    if (file >= 0) close(file);
}

int gate_is_open(const gate *at) { return access(at->path, F_OK) == 0; }

int64_t gate_wait(gate at, int64_t x)
{
    if (at.path[0] == '\0') return x;
    visit(&at);
    double deadline = suite_now() + SUITE_WAIT_S;
    while (!gate_is_open(&at) && suite_now() < deadline) suite_sleep(0.001);
    return x;
}

static int64_t come_and_wait(gate at, int64_t x) { return gate_wait(at, x); }
RP_TASK(come_and_wait, int64_t, gate, int64_t)

const rp_task *const wait_at = come_and_wait_task;

gate gate_make(void)
{
    const char *folder = getenv("TMPDIR");
    assert_true(n_gates < MOST_GATES);
    gate *made = &gates[n_gates++];
    int size = snprintf(made->path, sizeof made->path, "%s/rankpool-gate.%d.%d", folder ? folder : "/tmp", (int)getpid(), n_made++);
    assert_in_range(size, 1, (int)sizeof made->path - 1);
    return *made;
}

void gate_open(const gate *of)
{
    int file = open(of->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file >= 0) close(file);
}

void gate_await(const gate *of, int n)
{
    char path[160];
    struct stat found = {.st_size = 0};
    double deadline = suite_now() + SUITE_WAIT_S;
    name_visitors(path, sizeof path, of);
    while ((stat(path, &found) != 0 || found.st_size < n) && suite_now() < deadline) suite_sleep(0.001);
    if (found.st_size < n) fail_msg("waited for %d at a gate, saw %d", n, (int)found.st_size);
}

void gates_open(void)
{
    for (int k = 0; k < n_gates; k++) gate_open(&gates[k]);
}

void gates_remove(void)
{
    char path[160];
    for (; n_gates > 0; n_gates--) {
        name_visitors(path, sizeof path, &gates[n_gates - 1]);
        unlink(path);
        unlink(gates[n_gates - 1].path);
    }
}
