/*
 * logged_job.c: the one job of bench_job_program, which is the program rankpool otherwise: items of 100 ms that write to a file when they
 * are finished. So the finished items can be compared with the results that were written.
 */
#include <rankpool/rankpool.h>

#include <rankpool/job.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* The file is that of the environment's BENCH_LOG; one write a line, so that lines of several ranks don't mix. */
static int64_t nap_and_note(int64_t item)
{
    struct timespec left = {.tv_nsec = 100 * 1000 * 1000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) continue;
    char line[32];
    int size = snprintf(line, sizeof line, "%" PRId64 "\n", item);
    const char *name = getenv("BENCH_LOG");
    int file = name ? open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    bool noted = file >= 0 && write(file, line, (size_t)size) == size;
    if (file >= 0) (void)close(file);
    return noted ? item : rp_fail(errno, "can't write to BENCH_LOG");
}
RP_TASK(nap_and_note, int64_t, int64_t)

static rp_status bind_none(const rp_job_request *request, rp_columns *bound, void **state, rp_error *error)
{
    (void)request;
    (void)error;
    *bound = (rp_columns){0, NULL};
    *state = NULL;
    return RP_OK;
}

static const rp_param params[] = {{NULL, RP_PARAM_TEXT, NULL, NULL, 0, 0}};
static const rp_field fields[] = {{"value", RP_TYPE_INT64, 0}, {NULL, RP_TYPE_RECORD, 0}};
static const rp_job job = {.name = "logged",
                           .help = "takes 100 ms and notes its item in the file BENCH_LOG",
                           .item_help = "an integer",
                           .task = nap_and_note_task,
                           .params = params,
                           .fields = fields,
                           .bind = bind_none};

const rp_job *const *rp_jobs(void)
{
    static const rp_job *const jobs[] = {&job, NULL};
    return jobs;
}

const char *rp_jobs_versions(void);
const char *rp_jobs_versions(void) { return "benchmark"; }
