/*
 * job.h: ready-made work for the program `rankpool`: a task, its parameters and its items as text, its results as fields. A job is one file
 * in jobs/ and sees only the public headers.
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
    double minimum, maximum; /* of integers and numbers, both ends included; both 0: no limits */
} rp_param;

/* One parameter's value, in the member for its type. Text is valid as long as the values are. */
typedef union rp_value {
    int64_t integer;
    double number;
    const char *text;
} rp_value;

/* One column of the job's results, for csv, jsonl and text. In text, blanks separate the columns. */
typedef struct rp_field {
    const char *name; /* none of the columns of a failed item: cause, code, message, rank, host, worker, attempt, elapsed_s */
    rp_type type;     /* of the member; bytes: only for emitting tasks, as the only field */
    size_t offset;    /* of the member in the result, in bytes */
} rp_field;

typedef struct rp_job {
    const char *name;
    const char *help;                  /* one line */
    const char *item_help;             /* what an item is, as "a number x" */
    const rp_task *task;               /* its first arguments are bound from the parameters, the others are the item */
    const rp_param *params;            /* ended by one with name NULL */
    const rp_field *fields;            /* ended by one with name NULL; numbers have enough digits to be read back exactly */
    const rp_initializer *initializer; /* NULL: none; its argument is empty */
    /* Makes the bound arguments from the parameters' values, which are in the order of the table: allocates, writes and checks (as: a
     * directory that can be written to). Runs on rank 0, before any rank computes. `*bound`: constants, in memory that `unbind` frees;
     * `*state` goes to `unbind`. Returns RP_OK; RP_USAGE (names the parameter and what would be right); RP_NO_MEMORY; RP_SYSTEM. */
    rp_status (*bind)(const rp_value *values, rp_columns *bound, void **state, rp_error *error);
    void (*unbind)(void *state);
    int skips_blanks; /* 1: a line with nothing but blanks is no item, as in a list of addresses; 0: it is one, or a mistake */
    /* For jobs whose items are one text: 1 if it can only be the name of a column. As the first line it is then no item, unless the user
     * says otherwise. NULL: never. */
    int (*is_header)(rp_bytes text);
    int items_are_addresses; /* 1: the program writes an item without the user information of its address (text.h); 0: as it is */
} rp_job;

/* The jobs of this program, ended by NULL. Never NULL itself. Any thread. */
const rp_job *const *rp_jobs(void);

#ifdef __cplusplus
}
#endif
#endif
