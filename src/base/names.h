/*
 * names.h: the public enumerations that options, statuses and causes use, as tables. Each value has one row: its name, what it means, and,
 * where the owner of the table needs it, what it does. Names, counts, lists, checks and help texts come from the rows. Nothing depends on
 * the order of enumerators.
 *
 * A row may be any struct that begins with an rp_name. Each table is in the folder that has its functions: rp_schedule in schedule,
 * rp_executor in pool, the others here. This header declares all of them, so that base can read and check options.
 */
#ifndef RPI_BASE_NAMES_H
#define RPI_BASE_NAMES_H

#include <rankpool/error.h>

#include <stdbool.h>
#include <stddef.h>

typedef struct rpi_names {
    const char *enumeration; /* as in C: "rp_schedule" */
    const void *rows;        /* each begins with an rp_name; a name of "" can't be given as text */
    size_t n, row_size;
} rpi_names;

#define RPI_NAMES(its_enumeration, its_rows)                                                                                               \
    {                                                                                                                                      \
        .enumeration = (its_enumeration), .rows = (its_rows), .n = sizeof(its_rows) / sizeof(its_rows)[0], .row_size = sizeof(its_rows)[0] \
    }

extern const rpi_names rpi_on_lost_names;
extern const rpi_names rpi_status_names, rpi_cause_names, rpi_on_error_names, rpi_progress_names, rpi_isolation_names, rpi_resume_names,
    rpi_wait_policy_names, rpi_record_names;
extern const rpi_names rpi_schedule_names; /* schedule/schedule.c */
extern const rpi_names rpi_executor_names; /* pool/executors.c */

/* Row k, 0 <= k < names->n. */
static inline const rp_name *rpi_names_row(const rpi_names *names, size_t k)
{
    return (const rp_name *)(const void *)((const char *)names->rows + k * names->row_size);
}

/* The row of a value, or of a name; NULL: none has it. */
const rp_name *rpi_names_of_value(const rpi_names *names, int value);
const rp_name *rpi_names_of_name(const rpi_names *names, const char *name);

/* Lists all names that can be given as text, as "stop, collect"; shortened to fit. Returns `text`. */
const char *rpi_names_list(const rpi_names *names, char *text, size_t size);

#endif
