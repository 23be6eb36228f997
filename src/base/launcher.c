/* launcher.c: see launcher.h. */
#include "base/launcher.h"

#include "base/error.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MARK     "RANKPOOL_ABOVE"
#define SETTING  "RANKPOOL_MPI"
#define RUN_BARE "set RANKPOOL_MPI=0 if each is to run alone"

enum { UNKNOWN = -1, WRONG = -2, MARK_SIZE = 1024 };

/* ---- reading variables ---- */

static const char *read_variable(const rpi_launcher_facts *facts, const char *name)
{
    const char *text = name ? facts->variable(facts->environment, name) : NULL;
    return text && *text ? text : NULL;
}

/* UNKNOWN: it isn't set. WRONG: it isn't digits alone, or too large. */
static int read_number(const rpi_launcher_facts *facts, const char *name)
{
    const char *text = read_variable(facts, name);
    if (!text) return UNKNOWN;
    if (text[strspn(text, "0123456789")] != '\0') return WRONG;
    errno = 0;
    long value = strtol(text, NULL, 10);
    return errno || value > INT_MAX ? WRONG : (int)value;
}

/* The first of the names that is set; NULL: none. */
static const char *first_set(const rpi_launcher_facts *facts, const char *const *names)
{
    for (int k = 0; k < RPI_LAUNCHER_NAMES && names[k]; k++)
        if (read_variable(facts, names[k])) return names[k];
    return NULL;
}

/* ---- one launcher's variables ---- */

/* ";key=identity" of a launch. False: it doesn't fit. */
static bool write_tag(const rpi_launcher_facts *facts, const rpi_launcher_row *row, char *text, size_t size)
{
    int length = snprintf(text, size, ";%s=", row->key);
    for (int k = 0; k < RPI_LAUNCHER_NAMES && row->identity[k] && length < (int)size; k++) {
        const char *name = row->identity[k], *value = read_variable(facts, name);
        if (value && !strcmp(name, "PMI_FD"))
            length += snprintf(text + length, size - (size_t)length, "%llu,", (unsigned long long)facts->pmi_socket);
        else length += snprintf(text + length, size - (size_t)length, "%s,", value ? value : "");
    }
    return length < (int)size;
}

/* Whether the launcher is reached by a socket that was inherited, and that isn't open here. */
static bool lacks_socket(const rpi_launcher_facts *facts, const rpi_launcher_row *row)
{
    if (facts->pmi_socket || !read_variable(facts, "PMI_FD")) return false;
    for (int k = 0; k < RPI_LAUNCHER_NAMES && row->identity[k]; k++)
        if (!strcmp(row->identity[k], "PMI_FD")) return true;
    return false;
}

/* Whether the variables are those of a rank above this process; then its socket may have been closed on the way. */
static bool is_inherited(const rpi_launcher_facts *facts, const rpi_launcher_row *row)
{
    char tag[MARK_SIZE];
    const char *mark = facts->mark_is_own ? NULL : read_variable(facts, MARK);
    if (!mark || !write_tag(facts, row, tag, sizeof tag)) return false;
    if (lacks_socket(facts, row)) tag[strcspn(tag, "=") + 1] = '\0';
    return strstr(mark, tag) != NULL;
}

static bool has_value(const rpi_launcher_facts *facts, const rpi_launcher_row *row)
{
    const char *value = read_variable(facts, row->needs);
    if (!row->needs) return true;
    if (!value) return false;
    if (row->begins && strncmp(value, row->begins, strlen(row->begins)) != 0) return false;
    return !row->begins_not || strncmp(value, row->begins_not, strlen(row->begins_not)) != 0;
}

/* What a row's variables say. */
typedef struct evidence {
    const rpi_launcher_row *row;
    const char *size_name, *rank_name;
    int size, rank;
    bool is_inherited;
} evidence;

/* False: the launcher has set nothing here, or only what a shell in its allocation has too. */
static bool look(const rpi_launcher_facts *facts, const rpi_launcher_row *row, evidence *found)
{
    *found = (evidence){row, first_set(facts, row->size), first_set(facts, row->rank), UNKNOWN, UNKNOWN, false};
    if (!found->size_name && (!found->rank_name || row->same_size)) return false;
    if (!has_value(facts, row) || read_variable(facts, row->not_with)) return false;
    found->size = read_number(facts, found->size_name);
    found->rank = read_number(facts, found->rank_name);
    if (found->size == 0 || (found->size > 0 && found->rank >= found->size)) found->size = WRONG;
    int same = read_number(facts, row->same_size);
    if (found->rank <= 0 && same >= 0 && same != found->size) return false;
    found->is_inherited = is_inherited(facts, row);
    return true;
}

/* ---- the decision ---- */

/* How near a launcher is to this process: an inner one, one with several ranks, one that this MPI knows. */
static int nearness(const evidence *found, rpi_mpi_kind mpi)
{
    const rpi_launcher_row *row = found->row;
    int fits = row->connects & mpi ? 2 : row->may_connect & mpi ? 1 : 0;
    return (row->is_outer ? 0 : 8) + (found->size == 1 ? 0 : 4) + fits;
}

/* The launcher that started this process; row NULL: none. `*n_inherited`: how many started only a process above it. */
static evidence find_launcher(const rpi_launcher_facts *facts, int *n_inherited)
{
    evidence best = {.size = UNKNOWN, .rank = UNKNOWN}, found;
    *n_inherited = 0;
    for (size_t i = 0; i < rpi_n_launcher_rows; i++) {
        if (!look(facts, &rpi_launcher_rows[i], &found)) continue;
        if (found.is_inherited) ++*n_inherited;
        else if (!best.row || nearness(&found, facts->mpi) > nearness(&best, facts->mpi)) best = found;
    }
    return best;
}

static const char *how_to_start(rpi_mpi_kind mpi)
{
    switch (mpi) {
    case RPI_MPI_NONE: return "use a build with MPI";
    case RPI_MPI_OPEN_MPI: return "start it with Open MPI's mpirun, or srun --mpi=pmix";
    case RPI_MPI_MPICH: return "start it with MPICH's mpiexec (mpirun.mpich), or srun --mpi=pmi2";
    default: return "start it with the launcher of the MPI that it was built with";
    }
}

static const char *name_of(rpi_mpi_kind mpi)
{
    switch (mpi) {
    case RPI_MPI_NONE: return "no MPI";
    case RPI_MPI_OPEN_MPI: return "Open MPI";
    case RPI_MPI_MPICH: return "MPICH";
    default: return "another MPI";
    }
}

static void decide_alone(rpi_launch *launch, const char *why)
{
    launch->way = RPI_LAUNCH_ALONE;
    launch->rank = 0;
    launch->n_ranks = 1;
    launch->speaks = true;
    snprintf(launch->text, sizeof launch->text, "alone: %s", why);
}

static void decide_refused(rpi_launch *launch, const rpi_launcher_facts *facts, const evidence *by)
{
    launch->way = RPI_LAUNCH_REFUSED;
    if (by->size == WRONG || by->rank == WRONG) {
        const char *name = by->rank == WRONG || !by->size_name ? by->rank_name : by->size_name;
        snprintf(launch->text, sizeof launch->text, "%s=%s of the environment can't be understood (%s); unset it, or %s", name,
                 read_variable(facts, name), by->row->name, RUN_BARE);
        return;
    }
    if (facts->mpi != RPI_MPI_NONE && lacks_socket(facts, by->row)) {
        snprintf(launch->text, sizeof launch->text,
                 "%s started this, but its socket (PMI_FD=%s) was closed on the way here, as by a program in between; keep it open, or %s",
                 by->row->name, read_variable(facts, "PMI_FD"), RUN_BARE);
        return;
    }
    char several[32] = "processes";
    if (by->size > 0) snprintf(several, sizeof several, "%d processes", by->size);
    snprintf(launch->text, sizeof launch->text,
             "%s started %s, which this build, with %s, can't join into one pool: each would do the whole job; %s, or %s", by->row->name,
             several, name_of(facts->mpi), how_to_start(facts->mpi), RUN_BARE);
}

static void decide_rank(rpi_launch *launch, const evidence *by)
{
    launch->way = RPI_LAUNCH_RANK;
    if (!by->row) snprintf(launch->text, sizeof launch->text, "a rank: " SETTING "=1, so MPI says which");
    else if (by->size < 0 || by->rank < 0)
        snprintf(launch->text, sizeof launch->text, "a rank: %s started it (%s), and MPI says which", by->row->name,
                 by->size_name ? by->size_name : by->rank_name);
    else snprintf(launch->text, sizeof launch->text, "rank %d of %d: %s started it (%s)", by->rank, by->size, by->row->name, by->size_name);
}

static void decide_without_launcher(const rpi_launcher_facts *facts, bool insists, int n_inherited, rpi_launch *launch)
{
    static const evidence none = {.size = UNKNOWN, .rank = UNKNOWN};
    if (n_inherited > 0) decide_alone(launch, "a process above this one is the rank (" MARK ")");
    else if (insists) decide_rank(launch, &none);
    else if (read_variable(facts, "SLURM_JOB_ID")) decide_alone(launch, "in a job of Slurm's, but srun or mpirun didn't start it");
    else decide_alone(launch, "no launcher's variables are set");
}

static void decide_setting(const rpi_launcher_facts *facts, rpi_launch *launch)
{
    launch->way = RPI_LAUNCH_REFUSED;
    snprintf(launch->text, sizeof launch->text, SETTING "=%s must be 0 (run alone) or 1 (start MPI, whatever the launcher)",
             read_variable(facts, SETTING));
}

/* A launcher's process that isn't rank 0 leaves the word to that one. With no word of its place on the host, as when the variables were set
 * by hand, there may be no rank 0. */
static bool may_speak(const rpi_launcher_facts *facts, const evidence *by)
{
    return by->rank <= 0 || !by->row || !first_set(facts, by->row->local_rank);
}

void rpi_launcher_decide(const rpi_launcher_facts *facts, rpi_launch *launch)
{
    const char *setting = read_variable(facts, SETTING);
    bool insists = setting && !strcmp(setting, "1");
    int n_inherited;
    evidence by = find_launcher(facts, &n_inherited);
    *launch = (rpi_launch){.by = by.row, .rank = by.rank < 0 ? -1 : by.rank, .n_ranks = by.size < 0 ? -1 : by.size};
    launch->speaks = may_speak(facts, &by);
    launch->is_reordered = read_variable(facts, "MPICH_RANK_REORDER_METHOD") != NULL;
    unsigned fits = by.row ? by.row->connects | by.row->may_connect : 0;
    if (setting && !strcmp(setting, "0")) decide_alone(launch, SETTING "=0");
    else if (setting && !insists) decide_setting(facts, launch);
    else if (!by.row) decide_without_launcher(facts, insists && facts->mpi != RPI_MPI_NONE, n_inherited, launch);
    else if (by.size == WRONG || by.rank == WRONG) decide_refused(launch, facts, &by);
    else if (by.size == 1 && !insists) {
        decide_alone(launch, "");
        snprintf(launch->text, sizeof launch->text, "alone: %s started one process (%s)", by.row->name, by.size_name);
    } else if (facts->mpi != RPI_MPI_NONE && (insists || (fits & facts->mpi)) && !lacks_socket(facts, by.row)) decide_rank(launch, &by);
    else decide_refused(launch, facts, &by);
}

rp_status rpi_launcher_check(const rpi_launch *launch, rpi_mpi_kind mpi, int n_ranks, int rank, rp_error *error)
{
    const char *by = launch->by ? launch->by->name : "the launcher";
    if (launch->n_ranks > 0 && launch->n_ranks != n_ranks)
        return rp_error_set(error, RP_USAGE, 0, "%s started %d processes, and MPI (%s) found %d: each would do the whole job; %s, or %s",
                            by, launch->n_ranks, name_of(mpi), n_ranks, how_to_start(mpi), RUN_BARE);
    bool is_lonely = launch->n_ranks < 0 && n_ranks == 1 && launch->by && !(launch->by->connects & mpi);
    if (is_lonely || (launch->n_ranks < 0 && launch->rank >= n_ranks))
        return rp_error_set(error, RP_USAGE, 0, "%s started this, and MPI (%s) found no other rank: each would do the whole job; %s, or %s",
                            by, name_of(mpi), how_to_start(mpi), RUN_BARE);
    if (launch->rank >= 0 && launch->rank != rank && !launch->is_reordered)
        return rp_error_set(error, RP_USAGE, 0, "%s started rank %d, which MPI (%s) takes for rank %d; %s, or %s", by, launch->rank,
                            name_of(mpi), rank, how_to_start(mpi), RUN_BARE);
    return RP_OK;
}

/* ---- the mark ---- */

void rpi_launcher_mark_of(const rpi_launcher_facts *facts, char *text, size_t size)
{
    evidence found;
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < rpi_n_launcher_rows; i++) {
        if (!look(facts, &rpi_launcher_rows[i], &found)) continue;
        if (!write_tag(facts, found.row, text + length, size - length)) text[length] = '\0';
        length += strlen(text + length);
    }
}

static bool has_marked; /* the mark is this process's; an exec forgets that, a fork runs no program of its own */

static const char *variable_here(const void *environment, const char *name)
{
    (void)environment;
    return getenv(name);
}

static uint64_t socket_of(const char *descriptor)
{
    struct stat about;
    if (!descriptor || fstat(atoi(descriptor), &about) != 0 || !S_ISSOCK(about.st_mode)) return 0;
    return (uint64_t)about.st_ino;
}

static rpi_launcher_facts facts_here(rpi_mpi_kind mpi)
{
    return (rpi_launcher_facts){
        .variable = variable_here, .mpi = mpi, .pmi_socket = socket_of(getenv("PMI_FD")), .mark_is_own = has_marked};
}

void rpi_launcher_here(rpi_mpi_kind mpi, rpi_launch *launch)
{
    rpi_launcher_facts facts = facts_here(mpi);
    rpi_launcher_decide(&facts, launch);
}

rp_status rpi_launcher_mark(rp_error *error)
{
    char mark[MARK_SIZE];
    rpi_launcher_facts facts = facts_here(RPI_MPI_NONE);
    rpi_launcher_mark_of(&facts, mark, sizeof mark);
    if (!*mark) return RP_OK;
    if (setenv(MARK, mark, 1) != 0) return rpi_error_system(error, errno, "setenv");
    has_marked = true;
    return RP_OK;
}
