/*
 * facts.h: what a run's results depend on, as pairs of name and value that the caller chooses: job, parameters, input, build. They are kept
 * in each segment, and in head.json for people. Whether a run may go on is decided by comparing them: rule 1.
 */
#ifndef RPI_JOURNAL_FACTS_H
#define RPI_JOURNAL_FACTS_H

#include "journal/format.h"

typedef enum rpi_fact_kind {
    RPI_FACT_MUST = 1, /* another value: the run may not go on */
    RPI_FACT_WARN,     /* another value: a warning; as the build */
    RPI_FACT_NOTE,     /* kept to be shown alone; as the number of items */
} rpi_fact_kind;

typedef struct rpi_fact {
    rpi_fact_kind kind;
    const char *name, *value;
} rpi_fact;

/* Facts and the memory that their texts are in. Zeroed: none. */
typedef struct rpi_facts {
    rpi_fact *facts;
    size_t n;
    char *texts; /* all of them, as they are in a record */
    size_t texts_size;
} rpi_facts;

/* Makes a copy, or reads what is in a record: for each fact a byte with its kind, its name, 0, its value, 0. Bytes that aren't so are
 * RP_USAGE. What was in *facts is freed when all is well. RP_NO_MEMORY. */
rp_status rpi_facts_copy(rpi_facts *facts, const rpi_fact *from, size_t n, rp_error *error);
rp_status rpi_facts_read(rpi_facts *facts, const void *bytes, size_t size, rp_error *error);
void rpi_facts_fini(rpi_facts *facts);

/* The value of a name; NULL: there is none. */
const char *rpi_facts_value(const rpi_facts *facts, const char *name);

/* Rule 1. Compares the facts of the runs before with those of now. Returns the most severe kind that differs, and writes the first of that
 * kind as "size: 5 before, 6 now" into `what`; RPI_FACT_NOTE: nothing of importance differs, and `what` is "". */
rpi_fact_kind rpi_facts_compare(const rpi_facts *before, const rpi_facts *now, char *what, size_t size);

/* The facts as the text of a JSON object, on one line; bytes that are no UTF-8 are shown as U+FFFD. NULL: no memory. The caller frees it.
 */
char *rpi_facts_json(const rpi_facts *facts);

#endif
