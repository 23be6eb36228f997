/* run_journal_state.h: the state of a run's journal, for run_journal.c (what is run and recorded) and journal_print.c (what is printed). */
#ifndef RANKPOOL_CLI_RUN_JOURNAL_STATE_H
#define RANKPOOL_CLI_RUN_JOURNAL_STATE_H

#include "held_rows.h"
#include "journal_row.h"
#include "output_marks.h"
#include "resume_items.h"
#include "row_text.h"
#include "setup.h"

#include <stdatomic.h>

struct run_journal {
    const setup *setup;
    const rp_job *job;
    rpi_journal *journal;
    rpi_facts facts;
    journal_sink sink;
    output *out;
    bool is_ordered;
    atomic_bool has_begun; /* the signal thread asks */
    atomic_bool has_said_slow;
    bool prints_itself; /* the job prints its rows, from results */
    bool keeps_results;
    row_text rows;
    kept_bytes packed;
    void *result; /* an old result, aligned */
    held_rows held;
    resume_items items;
    uint64_t turn;     /* what is printed next: an item's index, or where there is no order, the number of an arrival */
    uint64_t n_taken;  /* arrivals */
    uint64_t position; /* of the last record */
    uint64_t n_new_done, n_new_failed, n_replaced;
    rpi_printed kept;    /* what the output has of earlier runs; its rows are items */
    output_marks *marks; /* NULL: nothing was marked yet */
    double marked_s;     /* when it was recorded last how far the output is */
    uint64_t marked;
    rp_status ended; /* what the sink returned */
};

#endif
