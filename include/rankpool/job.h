/*
 * job.h: ready-made work for the program `rankpool`: a task, its parameters as text, its items as text, its results as fields.
 * A job is one file in jobs/, and sees only the public headers.
 */
#ifndef RANKPOOL_JOB_H
#define RANKPOOL_JOB_H

#include <rankpool/pool.h>
#include <rankpool/source.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum rp_param_type { RP_PARAM_INTEGER, RP_PARAM_NUMBER, RP_PARAM_TEXT } rp_param_type;

typedef struct rp_param {
    const char *name;
    rp_param_type type;
    const char *default_value; /* as text; NULL: the user must give one */
    const char *help;
    double minimum, maximum; /* of integers and numbers, both included; both 0: no limits */
} rp_param;

/* One parameter's value: the member that its type says. Text is valid as long as the values are. */
typedef union rp_value {
    int64_t integer;
    double number;
    const char *text;
} rp_value;

/* One column of the job's results, for csv and jsonl and, with blanks between, for text. */
typedef struct rp_field {
    const char *name; /* another than those of a failed item: cause, code, message, rank, host, worker, attempt, elapsed_s */
    rp_type type;     /* of the member; bytes only for emitting tasks, as the one field */
    size_t offset;    /* bytes, within the result */
} rp_field;

typedef struct rp_job {
    const char *name;
    const char *help;                  /* one line */
    const char *item_help;             /* what an item is, as "a number x" */
    const rp_task *task;               /* the first arguments are bound from the parameters, the others are the item */
    const rp_param *params;            /* ended by one with name NULL */
    const rp_field *fields;            /* ended by one with name NULL; numbers print with as many digits as round-trip */
    const rp_initializer *initializer; /* NULL: none; gets no argument */
    /* Makes the bound arguments out of the parameters' values, in the order of the table: allocates, writes and checks (as: a directory
     * that can be written to), on rank 0, before any rank computes. `*bound`: constants in memory that `unbind` frees. Returns RP_OK;
     * RP_USAGE (names the parameter and what would be right); RP_NO_MEMORY; RP_SYSTEM. */
    rp_status (*bind)(const rp_value *values, rp_columns *bound, void **state, rp_error *error);
    void (*unbind)(void *state);
} rp_job;

/* The jobs of this program, ended by NULL. Never NULL itself. */
const rp_job *const *rp_jobs(void);

#ifdef __cplusplus
}
#endif
#endif
