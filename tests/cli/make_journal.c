/*
 * make_journal.c: writes a journal of two runs into the folder that it is given, says so, and waits to be killed: the second run goes on.
 * Of 20 items, 0 to 9 are done, 10 has failed after a second try; the second run has done 11 and 12.
 */
#include "journal/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void stop(const rp_error *error)
{
    fprintf(stderr, "make_journal: %s\n", rp_error_text(error));
    exit(1);
}

static rpi_journal *begin(const char *path)
{
    static const rpi_fact facts[] = {{RPI_FACT_MUST, "job", "compute"},
                                     {RPI_FACT_NOTE, "items", "20"},
                                     {RPI_FACT_NOTE, "batch_job", "4711"},
                                     {RPI_FACT_NOTE, "nodes", "n1,n2"}};
    rpi_journal *journal;
    rp_error error;
    if (rpi_journal_open(path, NULL, &journal, &error) != RP_OK) stop(&error);
    if (rpi_journal_begin(journal, facts, sizeof facts / sizeof facts[0], &error) != RP_OK) stop(&error);
    return journal;
}

static void append(rpi_journal *journal, rpi_record_kind kind, uint64_t item, unsigned attempt)
{
    rp_error error;
    rpi_journal_record record = {.kind = kind, .index = item, .attempt = attempt, .seconds = (double)item, .rank = 1};
    if (rpi_journal_append(journal, &record, 1, NULL, &error) != RP_OK) stop(&error);
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "journal";
    rp_error error;
    rpi_journal *journal = begin(path);
    for (uint64_t item = 0; item < 10; item++) append(journal, RPI_RECORD_DONE, item, 1);
    append(journal, RPI_RECORD_RETRY, 10, 1);
    append(journal, RPI_RECORD_FAILED, 10, 2);
    if (rpi_journal_close(journal, RPI_RUN_STOPPED, "a limit", NULL, &error) != RP_OK) stop(&error);
    journal = begin(path);
    append(journal, RPI_RECORD_DONE, 11, 1);
    append(journal, RPI_RECORD_DONE, 12, 1);
    if (rpi_journal_commit(journal, UINT64_MAX, true, &error) != RP_OK) stop(&error);
    puts("ready");
    fflush(stdout);
    for (;;) pause();
}
