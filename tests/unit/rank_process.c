/* rank_process.c: see rank_process.h. */
#include "rank_process.h"

#include "isolate/zygote.h"
#include "unit.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

notes *shared_notes;

int play_rank(void (*play)(void))
{
    if (shared_notes) (void)munmap(shared_notes, sizeof *shared_notes);
    shared_notes = mmap(NULL, sizeof *shared_notes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(shared_notes, MAP_FAILED);
    int status = 0;
    pid_t rank = fork();
    if (rank == 0) {
        play();
        _exit(EXIT_SUCCESS);
    }
    assert_true(rank > 0);
    assert_int_equal(waitpid(rank, &status, 0), rank);
    if (shared_notes->problem[0]) fail_msg("%s", shared_notes->problem);
    return status;
}

static void try_it(void) { atomic_store(&shared_notes->value, rpi_zygote_start(NULL)); }

bool rank_can_have_helper(void)
{
    (void)play_rank(try_it);
    bool can = atomic_load(&shared_notes->value) != RP_UNSUPPORTED;
    if (!can) print_message("without helper processes, for no process here has one thread\n");
    return can;
}

void rank_problem(const char *what, int line)
{
    snprintf(shared_notes->problem, sizeof shared_notes->problem, "in the rank, line %d: not %s", line, what);
    _exit(EXIT_FAILURE);
}

void note_process(pid_t pid)
{
    int number = atomic_fetch_add(&shared_notes->n_noted, 1);
    if (number < MOST_NOTED) atomic_store(&shared_notes->noted[number], pid);
}

/* False: there is no such process. */
static bool read_stat(pid_t pid, char *state, pid_t *parent)
{
    char path[64], line[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *stat = fopen(path, "r");
    if (!stat) return false;
    char *got = fgets(line, sizeof line, stat);
    fclose(stat);
    const char *after = got ? strrchr(line, ')') : NULL;
    return after && sscanf(after + 1, " %c %d", state, parent) == 2;
}

bool process_lives(pid_t pid)
{
    char state;
    pid_t parent;
    return read_stat(pid, &state, &parent) && state != 'Z' && state != 'X';
}

pid_t parent_of(pid_t pid)
{
    char state;
    pid_t parent;
    return read_stat(pid, &state, &parent) ? parent : -1;
}

bool process_ends(pid_t pid, double seconds)
{
    double deadline = unit_now() + seconds;
    while (process_lives(pid)) {
        if (unit_now() > deadline) return false;
        unit_sleep(0.002);
    }
    return true;
}

void assert_noted_end(double seconds)
{
    int n = atomic_load(&shared_notes->n_noted);
    assert_in_range(n, 1, MOST_NOTED);
    for (int i = 0; i < n; i++) {
        pid_t pid = atomic_load(&shared_notes->noted[i]);
        if (process_ends(pid, seconds)) continue;
        (void)kill(pid, SIGKILL); /* else it would keep the test's output open */
        fail_msg("process %d, noted as number %d of %d, lives", (int)pid, i, n);
    }
}
