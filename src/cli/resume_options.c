/* resume_options.c: see resume_options.h. */
#include "resume_options.h"
#include "values.h"

#include "journal/resume.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static rp_status set_path(resume_options *options, const char *value, rp_error *error)
{
    options->path = value;
    return *value ? RP_OK : rp_error_set(error, RP_USAGE, 0, "--journal: needs the name of a folder");
}

static rp_status set_resume(resume_options *options, const char *value, rp_error *error)
{
    options->changed = strcmp(value, "changed") == 0;
    options->force = strcmp(value, "force") == 0;
    if (options->changed || options->force) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "--resume: unknown value '%s'; there are: changed, force", value);
}

static rp_status set_crashes(resume_options *options, const char *value, rp_error *error)
{
    int64_t number;
    bool is_never = strcmp(value, "never") == 0;
    if (!is_never && !value_integer(value, 1, RPI_RESUME_CRASHES, &number))
        return rp_error_set(error, RP_USAGE, 0, "--crash-limit %s: must be 1, 2, 3 or never", value);
    options->crashes = is_never ? UINT_MAX : (unsigned)number;
    return RP_OK;
}

static rp_status set_sync(resume_options *options, const char *value, rp_error *error)
{
    if (value_number(value, &options->sync_s) && options->sync_s > 0 && options->sync_s <= 1e6) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "--journal-sync %s: must be a number of seconds above 0", value);
}

rp_status resume_options_set(resume_options *options, const char *name, const char *value, rp_error *error)
{
    if (strcmp(name, "journal") == 0) return set_path(options, value, error);
    options->is_asked = true;
    if (strcmp(name, "resume") == 0) return set_resume(options, value, error);
    if (strcmp(name, "crash-limit") == 0) return set_crashes(options, value, error);
    if (strcmp(name, "journal-sync") == 0) return set_sync(options, value, error);
    if (strcmp(name, "retry-failed") == 0) options->retry_failed = true;
    else options->take_over = true;
    return RP_OK;
}

rp_status resume_options_complete(resume_options *options, rp_error *error)
{
    const char *path = getenv("RANKPOOL_JOURNAL");
    if (!options->path && path && *path) options->path = path;
    if (options->path || !options->is_asked) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0,
                        "--retry-failed, --resume, --take-over, --crash-limit and --journal-sync go with --journal DIR");
}
