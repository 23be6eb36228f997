/*
 * options.h: a pool's options as one table, a row for each field (option_rows.c). From the rows come: reading from text, checking,
 * defaults, what a call says otherwise, what goes to ranks and sandboxes, and the program's help. What must hold between several options
 * is a function of its own, beside them.
 */
#ifndef RPI_BASE_OPTIONS_H
#define RPI_BASE_OPTIONS_H

#include "base/names.h"

#include <rankpool/call.h>

typedef enum rpi_option_type {
    RPI_OPTION_INT,      /* int */
    RPI_OPTION_UNSIGNED, /* unsigned */
    RPI_OPTION_COUNT,    /* uint64_t */
    RPI_OPTION_LIMIT,    /* max_failures: a uint64_t, or, from text, a percentage, which goes to max_failures_percent */
    RPI_OPTION_PERCENT,  /* double, from 0 to below 100 */
    RPI_OPTION_SECONDS,  /* double, 0 or more */
    RPI_OPTION_CHOICE    /* an enumeration */
} rpi_option_type;

/* Where an option counts; each is a field of rp_pool_options. */
enum {
    RPI_SCOPE_CALL = 1,  /* it is a field of the same name and type in rp_call_options too, where 0 means: as the pool */
    RPI_SCOPE_WORKER = 2 /* workers look at it, so it goes to ranks and sandboxes */
};

typedef struct rpi_option {
    const char *name;  /* as text has it; NULL: only programs can set it */
    const char *field; /* for messages about a field */
    rpi_option_type type;
    unsigned scopes;
    size_t at, size, call_at; /* in rp_pool_options, in rp_call_options */
    uint64_t least, most;     /* of numbers; for a field, 0 is the default beside */
    bool takes_auto;          /* the text "auto" is 0 */
    bool is_free;             /* a field may have any value: what is out of range means the default, or no limit */
    double fallback;          /* what 0 stands for, where that is a number of its own; 0: nothing is filled in */
    const rpi_names *names;   /* of a choice */
    const char *value, *help; /* for the program: what stands for the value, and what it does */
    const char *environment;  /* the variable that is looked at when it isn't given; NULL: none */
    unsigned commands;        /* RP_COMMAND_…: which of the program's take it by its name */
} rpi_option;

/* The rows. */
extern const rpi_option rpi_options[];
extern const size_t rpi_n_options;

/* Checks the ranges of all fields, and what must hold between them. RP_OK, RP_USAGE. */
rp_status rpi_options_check(const rp_pool_options *options, rp_error *error);

/* Checks a call's choices. Its numbers may have any value. RP_OK, RP_USAGE. */
rp_status rpi_options_check_call(const rp_call_options *options, rp_error *error);

/* Replaces zeros by the defaults that don't depend on the machine. The options were checked. */
void rpi_options_fill(rp_pool_options *options);

/* What holds for a call: its own options, or else its pool's, which were filled in. `call` may be NULL. Retries and time-out may come out
 * as a call may have them (RP_NO_RETRIES, negative). */
void rpi_options_resolve(const rp_pool_options *pool, const rp_call_options *call, rp_pool_options *both);

/* Those of scope worker; all other fields are 0. */
void rpi_options_for_workers(const rp_pool_options *options, rp_pool_options *workers);

/* Those of scope worker as bytes for another rank of the same program: their number, then 8 bytes for each. `to` has room for
 * rpi_options_packed_size() bytes. */
size_t rpi_options_packed_size(void);
void rpi_options_pack(const rp_pool_options *workers, char *to);
/* The other way; `size`: how many bytes there are, more may follow the options'. RP_OK; RP_USAGE (too short, another number of options, or
 * a value out of range), and `*workers` is then as it was. */
rp_status rpi_options_unpack(const char *from, size_t size, rp_pool_options *workers, rp_error *error);

#endif
