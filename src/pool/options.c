/* options.c: names of executors and schedules, options from text, and the ranges that they must be in. */
#include "pool/options.h"

#include "base/names.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_THREADS = 65536, MOST_RETRIES = 1000000 };
static const double most_timeout_s = 1e9;
static const uint64_t most_records = UINT32_MAX;

static rp_status choose(const char *name, const char *value, const rpi_names *names, int *out, rp_error *error)
{
    const rp_name *row = rpi_names_of_name(names, value);
    if (row) {
        *out = row->value;
        return RP_OK;
    }
    char all[256];
    return rp_error_set(error, RP_USAGE, 0, "%s is \"%s\"; it must be one of: %s", name, value, rpi_names_list(names, all, sizeof all));
}

static rp_status parse_count(const char *name, const char *value, uint64_t most, bool allow_auto, uint64_t *out, rp_error *error)
{
    if (allow_auto && !strcmp(value, "auto")) {
        *out = 0;
        return RP_OK;
    }
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    bool digits = value[0] >= '0' && value[0] <= '9' && *end == '\0';
    if (digits && errno == 0 && number >= 1 && number <= most) {
        *out = number;
        return RP_OK;
    }
    return rp_error_set(error, RP_USAGE, 0, "%s is \"%s\"; it must be a whole number from 1 to %llu%s", name, value,
                        (unsigned long long)most, allow_auto ? ", or auto" : "");
}

static rp_status set_choice(rp_pool_options *options, const char *name, const char *value, bool *known, rp_error *error)
{
    int choice = 0;
    rp_status status = RP_OK;
    *known = true;
    if (!strcmp(name, "executor") || !strcmp(name, "backend")) {
        status = choose(name, value, &rpi_executor_names, &choice, error);
        if (status == RP_OK) options->executor = (rp_executor)choice;
    } else if (!strcmp(name, "schedule")) {
        status = choose(name, value, &rpi_schedule_names, &choice, error);
        if (status == RP_OK) options->schedule = (rp_schedule)choice;
    } else if (!strcmp(name, "on-error")) {
        status = choose(name, value, &rpi_on_error_names, &choice, error);
        if (status == RP_OK) options->on_error = (rp_on_error)choice;
    } else if (!strcmp(name, "isolation")) {
        status = choose(name, value, &rpi_isolation_names, &choice, error);
        if (status == RP_OK) options->isolation = (rp_isolation)choice;
    } else if (!strcmp(name, "record")) {
        status = choose(name, value, &rpi_record_names, &choice, error);
        if (status == RP_OK) options->record = (rp_record)choice;
    } else if (!strcmp(name, "progress")) {
        status = choose(name, value, &rpi_progress_names, &choice, error);
        if (status == RP_OK) options->progress = (rp_progress)choice;
    } else {
        *known = false;
    }
    return status;
}

/* "3" or "2.5%". */
static rp_status set_max_failures(rp_pool_options *options, const char *name, const char *value, rp_error *error)
{
    char *end;
    double number = strtod(value, &end);
    bool digits = value[0] >= '0' && value[0] <= '9', percent = *end == '%' && end[1] == '\0';
    if (digits && percent && number > 0 && number < 100) {
        options->max_failures_percent = number;
        options->max_failures = 0;
        return RP_OK;
    }
    if (percent || parse_count(name, value, INT64_MAX, false, &options->max_failures, NULL) != RP_OK)
        return rp_error_set(error, RP_USAGE, 0, "%s is \"%s\"; it must be a whole number of 1 or more, or a share such as 2.5%%", name,
                            value);
    options->max_failures_percent = 0;
    return RP_OK;
}

static rp_status set_retries(rp_pool_options *options, const char *name, const char *value, rp_error *error)
{
    uint64_t count = 0;
    if (strcmp(value, "0") != 0 && parse_count(name, value, MOST_RETRIES, false, &count, NULL) != RP_OK)
        return rp_error_set(error, RP_USAGE, 0, "%s is \"%s\"; it must be a whole number from 0 to %d", name, value, MOST_RETRIES);
    options->retries = (unsigned)count;
    return RP_OK;
}

static rp_status set_timeout(rp_pool_options *options, const char *name, const char *value, rp_error *error)
{
    char *end;
    double seconds = strtod(value, &end);
    bool digits = (value[0] >= '0' && value[0] <= '9') || value[0] == '.';
    if (!digits || *end || !(seconds > 0 && seconds <= most_timeout_s))
        return rp_error_set(error, RP_USAGE, 0, "%s is \"%s\"; it must be a number of seconds above 0", name, value);
    options->timeout_s = seconds;
    return RP_OK;
}

rp_status rp_pool_options_set(rp_pool_options *options, const char *name, const char *value, rp_error *error)
{
    bool known;
    uint64_t count = 0;
    rp_status status = set_choice(options, name, value, &known, error);
    if (known) return status;
    if (!strcmp(name, "threads")) {
        status = parse_count(name, value, MOST_THREADS, false, &count, error);
        if (status == RP_OK) options->threads = (int)count;
    } else if (!strcmp(name, "chunk")) {
        status = parse_count(name, value, INT64_MAX, true, &count, error);
        if (status == RP_OK) options->chunk = count;
    } else if (!strcmp(name, "max-failures")) {
        status = set_max_failures(options, name, value, error);
    } else if (!strcmp(name, "retries")) {
        status = set_retries(options, name, value, error);
    } else if (!strcmp(name, "timeout")) {
        status = set_timeout(options, name, value, error);
    } else if (!strcmp(name, "max-tasks-per-child")) {
        status = parse_count(name, value, INT64_MAX, false, &count, error);
        if (status == RP_OK) options->max_tasks_per_child = count;
    } else if (!strcmp(name, "window")) {
        status = parse_count(name, value, INT64_MAX, true, &count, error);
        if (status == RP_OK) options->window = count;
    } else {
        status = rp_error_set(
            error, RP_USAGE, 0,
            "unknown option \"%s\"; there are: executor, backend, threads, chunk, schedule, window, on-error, max-failures, retries, "
            "timeout, isolation, max-tasks-per-child, record, progress",
            name);
    }
    return status;
}

rp_status rpi_options_check(const rp_pool_options *options, rp_error *error)
{
    if (!rpi_names_of_value(&rpi_executor_names, (int)options->executor))
        return rp_error_set(error, RP_USAGE, 0, "executor %d is none of rp_executor", (int)options->executor);
    if (options->threads < 0 || options->threads > MOST_THREADS)
        return rp_error_set(error, RP_USAGE, 0, "threads is %d; it must be from 1 to %d, or 0 for the default", options->threads,
                            MOST_THREADS);
    if (!rpi_names_of_value(&rpi_schedule_names, (int)options->schedule))
        return rp_error_set(error, RP_USAGE, 0, "schedule %d is none of rp_schedule", (int)options->schedule);
    if (!rpi_names_of_value(&rpi_on_error_names, (int)options->on_error))
        return rp_error_set(error, RP_USAGE, 0, "on_error %d is none of rp_on_error", (int)options->on_error);
    bool limited = options->max_failures > 0 || options->max_failures_percent > 0;
    if (!(options->max_failures_percent >= 0 && options->max_failures_percent < 100))
        return rp_error_set(error, RP_USAGE, 0, "max_failures_percent is %g; it must be from 0 to below 100",
                            options->max_failures_percent);
    if (limited && options->on_error == RP_ON_ERROR_STOP)
        return rp_error_set(error, RP_USAGE, 0, "a limit of failures needs on-error collect, as stop ends at the first");
    if (options->retries > MOST_RETRIES)
        return rp_error_set(error, RP_USAGE, 0, "retries is %u; it must be from 0 to %d", options->retries, MOST_RETRIES);
    if (!(options->retry_pause_s >= 0 && options->retry_pause_s <= most_timeout_s))
        return rp_error_set(error, RP_USAGE, 0, "retry_pause_s is %g; it must be 0 or more", options->retry_pause_s);
    if (!(options->timeout_s >= 0 && options->timeout_s <= most_timeout_s))
        return rp_error_set(error, RP_USAGE, 0, "timeout_s is %g; it must be 0 or more", options->timeout_s);
    if (!rpi_names_of_value(&rpi_isolation_names, (int)options->isolation))
        return rp_error_set(error, RP_USAGE, 0, "isolation %d is none of rp_isolation", (int)options->isolation);
    if (options->max_tasks_per_child > 0 && !options->isolation)
        return rp_error_set(error, RP_USAGE, 0, "max_tasks_per_child needs isolation, as without it there are no children");
    if (!rpi_names_of_value(&rpi_record_names, (int)options->record))
        return rp_error_set(error, RP_USAGE, 0, "record %d is none of rp_record", (int)options->record);
    if (options->max_records > most_records)
        return rp_error_set(error, RP_USAGE, 0, "max_records is more than %llu", (unsigned long long)most_records);
    if (!rpi_names_of_value(&rpi_progress_names, (int)options->progress))
        return rp_error_set(error, RP_USAGE, 0, "progress %d is none of rp_progress", (int)options->progress);
    if (options->initializer && !options->initializer->start)
        return rp_error_set(error, RP_USAGE, 0, "initializer %s has no start function", options->initializer->name);
    return RP_OK;
}
