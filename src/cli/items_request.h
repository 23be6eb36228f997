/*
 * items_request.h: what the command line asks for as items: from text to plain data, without looking at any file. So every rank gets the
 * same.
 */
#ifndef RANKPOOL_CLI_ITEMS_REQUEST_H
#define RANKPOOL_CLI_ITEMS_REQUEST_H

#include <rankpool/error.h>
#include <stdint.h>

typedef enum items_kind {
    ITEMS_NONE = 0,
    ITEMS_NUMBERS,   /* 0, 1, …, n - 1 */
    ITEMS_ARGUMENTS, /* the n texts of `arguments` */
    ITEMS_LINES,     /* each line of `path`, "-" is standard input */
    ITEMS_CSV,       /* each row of `path` */
    ITEMS_GRID,      /* all combinations of the n axes of `arguments`, "NAME=VALUE,VALUE…" each */
    ITEMS_LISTS      /* all combinations of lists: the n texts of `arguments`, a separator (separators.h) before each list */
} items_kind;

/* Whether the first line, or row, names columns. */
typedef enum items_header {
    ITEMS_HEADER_AUTO = 0, /* of csv: see item_rows.h; of lines if the job says so */
    ITEMS_HEADER_YES,
    ITEMS_HEADER_NO
} items_header;

/* All texts are borrowed. */
typedef struct items_request {
    items_kind kind;
    int64_t n;
    char *const *arguments;
    const char *path;
    items_header header;  /* of lines, csv and lists: of a list, the first value is the name of the others */
    int is_list;          /* the arguments stand behind a separator */
    int separates_by_nul; /* lines end with a NUL, not with \n */
    int64_t sample;       /* so many of the items, at random without repetition; 0: all, in their order */
    uint64_t seed;
    int has_header, has_seed; /* the options were given */
    char **axes;              /* memory for the arguments of a grid */
} items_request;

/* Sets one of the options items, input, csv, null, grid, sample, seed. A request begins as all 0, and ends with items_request_fini.
 * Returns RP_OK, RP_USAGE, RP_NO_MEMORY. */
rp_status items_request_set(items_request *request, const char *name, const char *value, rp_error *error);

/* Takes n words of the command line: items, or lists of them (separators.h). They stay the caller's. Returns RP_OK, RP_USAGE. */
rp_status items_request_take(items_request *request, int n, char *const *words, rp_error *error);

/* Once all is set: checks what doesn't go together. Returns RP_OK, RP_USAGE. */
rp_status items_request_check(items_request *request, rp_error *error);

void items_request_fini(items_request *request);

#endif
