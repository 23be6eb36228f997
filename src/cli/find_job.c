/* find_job.c: see find_job.h. */
#include "find_job.h"
#include "job_file.h"
#include "suggest.h"

#include <string.h>

/* A suggest_names of the jobs. */
static const char *job_name(const void *among, size_t k)
{
    (void)among;
    return rp_jobs()[k] ? rp_jobs()[k]->name : NULL;
}

rp_status find_job(const char *name, const rp_job **job, rp_error *error)
{
    char names[SUGGEST_SIZE];
    if (strchr(name, '/')) return job_file_load(name, job, error);
    for (const rp_job *const *at = rp_jobs(); *at; at++) {
        if (strcmp((*at)->name, name) != 0) continue;
        *job = *at;
        return RP_OK;
    }
    const char *hint = strstr(name, ".so") ? "; a file needs a slash in its name, as ./job.so" : "";
    return rp_error_set(error, RP_USAGE, 0, "unknown job '%s'; %s%s", name, suggest_text(name, job_name, NULL, names), hint);
}
