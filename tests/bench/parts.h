/*
 * parts.h: what the benchmark consists of. A part is run by ranks of its own, started for it, and gives samples; rows say what the table
 * shows of them. To add a part: a file part_NAME.c, its function below, its line in parts.c, and its rows in rows.c.
 */
#ifndef BENCH_PARTS_H
#define BENCH_PARTS_H

#include "report.h"
#include "rounds.h"

typedef enum bench_trait {
    BENCH_ALONE = 1,       /* one process without MPI, which starts the ranks itself */
    BENCH_ISOLATES = 2,    /* its pools have child processes */
    BENCH_NEEDS_PAGES = 4, /* a web server with pages that come late; the environment's BENCH_PAGES names its folder */
    BENCH_OVER_TCP = 8     /* messages go through TCP on this host instead of shared memory */
} bench_trait;

typedef struct bench_part {
    const char *name;
    int n_ranks;
    int traits; /* of bench_trait, added */
    const char *help;
    bool (*run)(const bench_settings *settings); /* on every rank, after MPI_Init_thread, but for BENCH_ALONE */
} bench_part;

extern const bench_part bench_parts[]; /* ended by one without a name */
extern const bench_row bench_rows[];
extern const size_t bench_n_rows;

const bench_part *bench_part_find(const char *name);

/* How many ranks it is started with: fewer when only tiny sizes are wanted. */
int bench_part_ranks_of(const bench_part *part, bool small);

bool bench_part_compute(const bench_settings *settings);
bool bench_part_compute_short(const bench_settings *settings);
bool bench_part_item(const bench_settings *settings);
bool bench_part_metg(const bench_settings *settings);
bool bench_part_imbalance(const bench_settings *settings);
bool bench_part_imbalance_sleep(const bench_settings *settings);
bool bench_part_data(const bench_settings *settings);
bool bench_part_ranks(const bench_settings *settings);
bool bench_part_call(const bench_settings *settings);
bool bench_part_startup(const bench_settings *settings);
bool bench_part_dispatch(const bench_settings *settings);
bool bench_part_items(const bench_settings *settings);
bool bench_part_fetch(const bench_settings *settings);
bool bench_part_exec(const bench_settings *settings);
bool bench_part_isolation(const bench_settings *settings);
bool bench_part_stream(const bench_settings *settings);
bool bench_part_trace(const bench_settings *settings);
bool bench_part_sigterm(const bench_settings *settings);
bool bench_part_steps(const bench_settings *settings);
bool bench_part_steps_tcp(const bench_settings *settings);
bool bench_part_rest(const bench_settings *settings);
bool bench_part_apply(const bench_settings *settings);
bool bench_part_reduce(const bench_settings *settings);
bool bench_part_words(const bench_settings *settings);
bool bench_part_imap(const bench_settings *settings);
bool bench_part_constant(const bench_settings *settings);
bool bench_part_journal(const bench_settings *settings);
bool bench_part_journal_exec(const bench_settings *settings);
bool bench_part_idle(const bench_settings *settings);

#endif
