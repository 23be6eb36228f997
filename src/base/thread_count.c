/* thread_count.c: see thread_count.h. Lists are read as OpenMP reads them: blanks may stand around numbers and commas. */
#include "base/thread_count.h"

#include "base/affinity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* In the order in which they count. */
static const struct variable {
    const char *name;
    bool is_list, is_ours;
} variables[] = {{"RANKPOOL_THREADS", false, true}, {"OMP_NUM_THREADS", true, false}, {"SLURM_CPUS_PER_TASK", false, false}};

enum { N_VARIABLES = sizeof variables / sizeof *variables };

static const char *skip_blanks(const char *at) { return at + strspn(at, " \t\n\v\f\r"); }

/* A number with blanks around it. NULL: there is none, or it is out of range; otherwise what follows it. */
static const char *read_number(const char *at, unsigned *number)
{
    char *end;
    at = skip_blanks(at);
    if (*at < '0' || *at > '9') return NULL;
    unsigned long value = strtoul(at, &end, 10);
    *number = (unsigned)value;
    return value >= 1 && value <= RPI_MOST_THREADS ? skip_blanks(end) : NULL;
}

/* Sets the first two numbers of the variable; 0 where there are fewer. False: its text is none of numbers. Empty is as if not set. */
static bool read_variable(const struct variable *variable, unsigned numbers[2])
{
    const char *at = getenv(variable->name);
    numbers[0] = numbers[1] = 0;
    if (!at || !*at) return true;
    for (int n = 0;; n++, at++) {
        unsigned number;
        at = read_number(at, &number);
        if (!at) return false;
        if (n < 2) numbers[n] = number;
        if (*at != ',' || !variable->is_list) return *at == '\0';
    }
}

static void describe(const struct variable *variable, char *text, size_t size)
{
    snprintf(text, size, "%s is \"%.80s\"%s; it must be %s from 1 to %d%s", variable->name, getenv(variable->name),
             variable->is_ours ? "" : " and is ignored", variable->is_list ? "whole numbers" : "a whole number", RPI_MOST_THREADS,
             variable->is_list ? ", separated by commas" : "");
}

rp_status rpi_thread_count_check(rp_error *error)
{
    char text[256];
    unsigned numbers[2];
    if (read_variable(&variables[0], numbers)) return RP_OK;
    describe(&variables[0], text, sizeof text);
    return rp_error_set(error, RP_USAGE, 0, "%s", text);
}

rp_status rpi_thread_count_find(int local_ranks, rpi_thread_count *count, rp_error *error)
{
    rp_status status = rpi_thread_count_check(error);
    if (status != RP_OK) return status;
    for (size_t k = 0; k < N_VARIABLES; k++) {
        unsigned numbers[2];
        if (!read_variable(&variables[k], numbers) || !numbers[0]) continue;
        *count = (rpi_thread_count){numbers[0], variables[k].name, false};
        return RP_OK;
    }
    const char *from = local_ranks > 1 ? "cores of this rank" : "cores of this process";
    *count = (rpi_thread_count){(unsigned)rpi_affinity_cores_of_rank(local_ranks), from, true};
    return RP_OK;
}

bool rpi_thread_count_doubt(size_t k, char *text, size_t size)
{
    for (size_t row = 0; row < N_VARIABLES; row++) {
        unsigned numbers[2];
        if (variables[row].is_ours || read_variable(&variables[row], numbers) || k-- > 0) continue;
        describe(&variables[row], text, size);
        return true;
    }
    return false;
}

/* Whether the user has said so; OpenMP's own default is that only a list in OMP_NUM_THREADS allows it. */
static bool is_nesting_forbidden(void)
{
    const char *levels = getenv("OMP_MAX_ACTIVE_LEVELS"), *nested = getenv("OMP_NESTED");
    if (levels && *skip_blanks(levels)) return atoi(levels) < 2;
    return nested && !strncasecmp(skip_blanks(nested), "false", 5);
}

unsigned rpi_thread_count_nested(unsigned n_workers, int local_ranks)
{
    unsigned numbers[2];
    if (is_nesting_forbidden()) return 1;
    if (read_variable(&variables[1], numbers) && numbers[1]) return numbers[1];
    unsigned cores = (unsigned)rpi_affinity_cores_of_rank(local_ranks);
    return cores > n_workers ? cores / n_workers : 1;
}
