/* recording.c: see recording.h. */
#include "recording.h"
#include "program.h"
#include "trace.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static rp_status open_file(const setup *run, const char *option, const char *path, output *file, rp_error *error)
{
    const program_options *options = &run->options;
    if (!path) return RP_OK;
    if (items_come_from(run->items, path))
        return rp_error_set(error, RP_USAGE, 0, "--%s: '%s' is where the items come from; give another file", option, path);
    if (options->output && strcmp(options->output, path) == 0)
        return rp_error_set(error, RP_USAGE, 0, "--%s: '%s' is where the results go; give another file", option, path);
    if (output_open(file, path, OUTPUT_CSV, error) == RP_OK) return RP_OK;
    return rp_error_set(error, RP_USAGE, error->code, "--%s: can't write '%s': %s", option, path, strerror(error->code));
}

/* About how many workers there will be. It only decides how much memory is used. */
static uint64_t guess_workers(const rp_pool_options *options)
{
    long threads = options->threads > 0 ? options->threads : sysconf(_SC_NPROCESSORS_ONLN);
    return (uint64_t)rp_main_ranks() * (uint64_t)(threads > 0 ? threads : 1);
}

rp_status recording_begin(setup *run, recording *made, rp_error *error)
{
    program_options *options = &run->options;
    *made = (recording){0};
    if (!options->wants_report && !options->trace) return RP_OK;
    options->pool.record = RP_RECORD_GRAINS;
    options->pool.max_records = report_room(guess_workers(&options->pool));
    if (options->report && options->trace && strcmp(options->report, options->trace) == 0)
        return rp_error_set(error, RP_USAGE, 0, "--report and --trace both name '%s'", options->trace);
    rp_status status = open_file(run, "report", options->report, &made->csv, error);
    return status == RP_OK ? open_file(run, "trace", options->trace, &made->trace, error) : status;
}

void recording_gather(recording *made, rp_pool *pool)
{
    rp_error error;
    made->is_gathered = report_gather(pool, &made->report, &error) == RP_OK;
    if (!made->is_gathered) program_say("%s", rp_error_text(&error));
}

static void say_dropped(const report *made)
{
    if (made->grains.n_more + made->chunks.n_more == 0) return;
    program_say("of %llu grains the first %zu are recorded, there was no room for more; larger chunks would fit",
                (unsigned long long)made->summary.n_grains, made->grains.n);
}

static void write_files(recording *made, const setup *run)
{
    char title[256];
    snprintf(title, sizeof title, "rankpool run %s", run->options.job->name);
    if (made->csv.file) report_write_csv(&made->report, made->csv.file);
    if (made->trace.file && !trace_write(&made->report, title, made->trace.file)) made->trace.out_of_memory = 1;
}

rp_status recording_end(recording *made, const setup *run, rp_error *error)
{
    rp_error later;
    if (made->is_gathered) {
        if (run->options.wants_report) report_write_table(&made->report, stderr);
        say_dropped(&made->report);
        write_files(made, run);
    }
    report_fini(&made->report);
    rp_status status = output_close(&made->csv, error), other = output_close(&made->trace, status == RP_OK ? error : &later);
    return status == RP_OK ? other : status;
}
