/*
 * options.h: a pool's options as one table, with a row for each field (option_rows.c). The rows are used to read options from text, to
 * check them, to fill in defaults, to let a call override its pool, to send them to ranks and sandboxes, and to print the program's help.
 * Conditions between several options have a function of their own in options.c.
 */
#ifndef RPI_BASE_OPTIONS_H
#define RPI_BASE_OPTIONS_H

#include "base/names.h"
#include "base/sized.h"

#include <rankpool/call.h>

/* The sizes of options in programs that don't tell them (base/sized.h). */
#define RPI_FIRST_POOL_OPTIONS RPI_SIZE_UP_TO(rp_pool_options, progress_interval_s)
#define RPI_FIRST_CALL_OPTIONS RPI_SIZE_UP_TO(rp_call_options, reduced)

typedef enum rpi_option_type {
    RPI_OPTION_INT,      /* int */
    RPI_OPTION_UNSIGNED, /* unsigned */
    RPI_OPTION_COUNT,    /* uint64_t */
    RPI_OPTION_SIZE,     /* uint64_t, bytes; as text with K, M or G */
    RPI_OPTION_LIMIT,    /* max_failures: a uint64_t; as text also a percentage, which sets max_failures_percent */
    RPI_OPTION_PERCENT,  /* double, from 0 to below 100 */
    RPI_OPTION_SECONDS,  /* double, 0 or more */
    RPI_OPTION_DURATION, /* the same; as text also as Slurm writes it (duration.h) */
    RPI_OPTION_CHOICE,   /* an enumeration */
    RPI_OPTION_TEXT      /* const char *, borrowed */
} rpi_option_type;

/* Where an option counts. Each option is a field of rp_pool_options. */
enum {
    RPI_SCOPE_CALL = 1,  /* rp_call_options has a field of the same name and type; 0 there means: as the pool */
    RPI_SCOPE_WORKER = 2 /* workers use it, so it is sent to ranks and sandboxes */
};

typedef struct rpi_option {
    const char *name;  /* in text; NULL: only programs can set it */
    const char *field; /* for messages about a field */
    rpi_option_type type;
    unsigned scopes;
    size_t at, size, call_at; /* `at` in rp_pool_options, `call_at` in rp_call_options */
    uint64_t least, most;     /* range of a number; a field may also be 0, the default */
    bool takes_auto;          /* the text "auto" is 0 */
    bool is_free;             /* a number may have any value: a large one means no limit */
    double fallback;          /* the number that 0 stands for; 0: nothing is filled in */
    const rpi_names *names;   /* of a choice */
    const char *value, *help; /* for the program's help: the placeholder for the value, and what the option does */
    const char *environment;  /* the environment variable that counts when the option isn't given; NULL: none */
    unsigned commands;        /* RP_COMMAND_…: which of the program's commands take it under its name */
} rpi_option;

/* The rows. */
extern const rpi_option rpi_options[];
extern const size_t rpi_n_options;

/* Checks the range of each field, and what must hold between fields. RP_OK, RP_USAGE. */
rp_status rpi_options_check(const rp_pool_options *options, rp_error *error);

/* The same for those of a call. RP_OK, RP_USAGE. */
rp_status rpi_options_check_call(const rp_call_options *options, rp_error *error);

/* Replaces zeros by the defaults that don't depend on the machine. The options must have been checked. */
void rpi_options_fill(rp_pool_options *options);

/* Writes what holds for a call to `*both`: its own options, else those of its pool, which were filled in. `call` may be NULL. Retries
 * may be RP_NO_RETRIES (none), and the time-out negative (none), as a call has them. */
void rpi_options_resolve(const rp_pool_options *pool, const rp_call_options *call, rp_pool_options *both);

/* Copies the options of scope worker; all other fields are 0. */
void rpi_options_for_workers(const rp_pool_options *options, rp_pool_options *workers);

/* Writes the options of scope worker as bytes for another rank of the same program: their number, then 8 bytes for each. `to` has room for
 * rpi_options_packed_size() bytes. */
size_t rpi_options_packed_size(void);
void rpi_options_pack(const rp_pool_options *workers, char *to);
/* Reads what rpi_options_pack wrote. `from` has `size` bytes; others may follow those of the options. RP_OK; RP_USAGE (too short, another
 * number of options, or a value out of range; `*workers` is then unchanged). */
rp_status rpi_options_unpack(const char *from, size_t size, rp_pool_options *workers, rp_error *error);

#endif
