/* resume_options.h: the options of a run with a journal. */
#ifndef RANKPOOL_CLI_RESUME_OPTIONS_H
#define RANKPOOL_CLI_RESUME_OPTIONS_H

#include "option_entry.h"

#include <stdbool.h>

/* All texts are borrowed. */
typedef struct resume_options {
    const char *path; /* of the journal's folder; NULL: there is none */
    bool retry_failed, changed, force, take_over;
    bool is_asked;    /* one of these was given */
    unsigned crashes; /* so many runs or ranks may die with an item; 0: the usual number */
    double sync_s;    /* 0: the usual time */
} resume_options;

/* Sets --journal, --retry-failed, --resume, --take-over, --crash-limit, --journal-sync. RP_OK, RP_USAGE. */
rp_status resume_options_set(resume_options *options, const char *name, const char *value, rp_error *error);

/* Once all are set: what the environment says where --journal isn't given, and what doesn't go together. RP_OK, RP_USAGE. */
rp_status resume_options_complete(resume_options *options, rp_error *error);

#endif
