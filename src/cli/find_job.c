/* find_job.c: see find_job.h. */
#include "find_job.h"

#include <stdio.h>
#include <string.h>

rp_status find_job(const char *name, const rp_job **job, rp_error *error)
{
    char names[256] = "";
    for (const rp_job *const *at = rp_jobs(); *at; at++) {
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", *names ? ", " : "", (*at)->name);
        if (strcmp((*at)->name, name) != 0) continue;
        *job = *at;
        return RP_OK;
    }
    return rp_error_set(error, RP_USAGE, 0, "unknown job '%s'; there are: %s", name, names);
}
