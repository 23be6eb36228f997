/* job_file.c: see job_file.h. A library is code, so what it says of itself is checked against mistakes alone. */
#include "job_file.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static rp_status refuse(const char *path, const char *why, rp_error *error)
{
    return rp_error_set(error, RP_UNSUPPORTED, 0, "job '%s': %s", path, why);
}

/* A device or a pipe isn't touched. */
static rp_status check_file(const char *path, rp_error *error)
{
    struct stat file;
    if (stat(path, &file) != 0) return rp_error_set(error, RP_UNSUPPORTED, errno, "job '%s': %s", path, strerror(errno));
    return S_ISREG(file.st_mode) ? RP_OK : refuse(path, "isn't a file", error);
}

static rp_status open_library(const char *path, const rp_job_library **library, rp_error *error)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const char *why = handle ? NULL : dlerror();
    if (!handle) return refuse(path, why ? why : "it can't be loaded", error);
    *library = dlsym(handle, "rankpool_job");
    return *library ? RP_OK : refuse(path, "it has no job: RP_JOB of rankpool/job.h makes one known", error);
}

/* Structs grow at their ends within a version: a job that was built before is shorter, but never than this. */
#define FIRST_JOB_SIZE (offsetof(rp_job, finish) + sizeof(((rp_job *)0)->finish))

static rp_status check_version(const char *path, const rp_job_library *library, rp_error *error)
{
    if (library->version != RP_JOB_VERSION || library->job_size < FIRST_JOB_SIZE || library->job_size > sizeof(rp_job))
        return rp_error_set(error, RP_UNSUPPORTED, 0,
                            "job '%s': it was built with version %s of rankpool/job.h, this is %s: build it again", path,
                            library->built_with, RP_VERSION);
    return library->fail == rp_fail ? RP_OK : refuse(path, "it has a librankpool of its own: link it without", error);
}

static int has_fields(const rp_job *job) { return job->fields || job->task->result_type != RP_TYPE_RECORD; }

static rp_status check_job(const char *path, const rp_job *job, rp_error *error)
{
    if (!job || !job->name || !job->help || !job->item_help || !job->task)
        return refuse(path, "its name, help, item_help or task is NULL", error);
    return has_fields(job) ? RP_OK : refuse(path, "its result is a record, and it has no fields", error);
}

static rp_status add_tasks(const char *path, const rp_job *job, rp_error *error)
{
    rp_status status = rp_task_register(job->task);
    if (status == RP_OK && job->initializer) status = rp_initializer_register(job->initializer);
    if (status != RP_USAGE) return status == RP_OK ? RP_OK : rp_error_set(error, status, ENOMEM, "no memory for the job's task");
    const rp_task *other = rp_task_find(job->task->name);
    const char *name = job->task->name ? job->task->name : "";
    if (other && other != job->task)
        return rp_error_set(error, RP_UNSUPPORTED, 0, "job '%s': rankpool has another task %s: give it another name", path, name);
    return rp_error_set(error, RP_UNSUPPORTED, 0, "job '%s': its task %s or its initializer can't be used: see rankpool/task.h", path,
                        name);
}

/* What the job doesn't know is 0. The copy stays as long as the process, as the library does. */
static rp_status take_job(const rp_job_library *library, const rp_job **job, rp_error *error)
{
    *job = library->job;
    if (!library->job || library->job_size == sizeof(rp_job)) return RP_OK;
    rp_job *copy = calloc(1, sizeof *copy);
    if (!copy) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the job");
    memcpy(copy, library->job, library->job_size);
    *job = copy;
    return RP_OK;
}

rp_status job_file_load(const char *path, const rp_job **job, rp_error *error)
{
    const rp_job_library *library = NULL;
    const rp_job *found = NULL;
    rp_status status = check_file(path, error);
    if (status == RP_OK) status = open_library(path, &library, error);
    if (status == RP_OK) status = check_version(path, library, error);
    if (status == RP_OK) status = take_job(library, &found, error);
    if (status == RP_OK) status = check_job(path, found, error);
    if (status == RP_OK) status = add_tasks(path, found, error);
    if (status == RP_OK) *job = found;
    return status;
}

/* ---- what a job leaves out ---- */

#define VALUE_OF(type) [type] = {{"value", type, 0}, {NULL, RP_TYPE_RECORD, 0}}

static const rp_field *usual_fields(rp_type type)
{
    static const rp_field fields[][2] = {
        [RP_TYPE_RECORD] = {{NULL, RP_TYPE_RECORD, 0}},
        [RP_TYPE_VOID] = {{NULL, RP_TYPE_RECORD, 0}},
        VALUE_OF(RP_TYPE_BOOL),
        VALUE_OF(RP_TYPE_INT8),
        VALUE_OF(RP_TYPE_INT16),
        VALUE_OF(RP_TYPE_INT32),
        VALUE_OF(RP_TYPE_INT64),
        VALUE_OF(RP_TYPE_UINT8),
        VALUE_OF(RP_TYPE_UINT16),
        VALUE_OF(RP_TYPE_UINT32),
        VALUE_OF(RP_TYPE_UINT64),
        VALUE_OF(RP_TYPE_FLOAT),
        VALUE_OF(RP_TYPE_DOUBLE),
        VALUE_OF(RP_TYPE_BYTES),
    };
    return fields[type < sizeof fields / sizeof *fields ? type : RP_TYPE_RECORD];
}

rp_job job_file_completed(const rp_job *job)
{
    static const rp_param no_params[] = {{NULL, RP_PARAM_TEXT, NULL, NULL, 0, 0}};
    rp_job completed = *job;
    if (!job->params) completed.params = no_params;
    if (!job->fields) completed.fields = usual_fields(job->task ? job->task->result_type : RP_TYPE_VOID);
    return completed;
}
