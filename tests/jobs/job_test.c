/*
 * job_test.c: see job_test.h.
 */
#include "job_test.h"

#include <stdlib.h>
#include <string.h>

void job_test_defaults(const rp_job *job, rp_value values[JOB_TEST_PARAMS])
{
    memset(values, 0, JOB_TEST_PARAMS * sizeof(values[0]));
    for (int i = 0; job->params[i].name; i++) {
        const rp_param *param = &job->params[i];
        assert_true(i < JOB_TEST_PARAMS);
        if (!param->default_value) continue;
        if (param->type == RP_PARAM_INTEGER) values[i].integer = strtoll(param->default_value, NULL, 10);
        if (param->type == RP_PARAM_NUMBER) values[i].number = strtod(param->default_value, NULL);
        if (param->type == RP_PARAM_TEXT) values[i].text = param->default_value;
    }
}

rp_value *job_test_value(const rp_job *job, rp_value values[JOB_TEST_PARAMS], const char *name)
{
    for (int i = 0; job->params[i].name; i++)
        if (strcmp(job->params[i].name, name) == 0) return &values[i];
    fail_msg("%s has no parameter %s", job->name, name);
    return NULL;
}

rp_pool *job_test_pool(const rp_job *job, int workers)
{
    rp_pool *pool = NULL;
    rp_error error;
    rp_pool_options options = {.executor = workers == 1 ? RP_EXECUTOR_SERIAL : RP_EXECUTOR_PTHREAD,
                               .threads = workers,
                               .schedule = RP_SCHEDULE_FIXED,
                               .chunk = 1,
                               .on_error = RP_ON_ERROR_COLLECT,
                               .initializer = job->initializer};
    if (rp_pool_open(&options, &pool, &error) != RP_OK) fail_msg("%s", rp_error_text(&error));
    return pool;
}

static void check_default(const rp_param *param)
{
    if (!param->default_value || param->type == RP_PARAM_TEXT) return;
    char *end;
    double value = strtod(param->default_value, &end);
    assert_int_equal(*end, '\0');
    if (param->minimum < param->maximum) assert_true(value >= param->minimum && value <= param->maximum);
}

void job_test_table(const rp_job *job)
{
    assert_non_null(job->name);
    assert_non_null(job->help);
    assert_non_null(job->item_help);
    assert_non_null(job->bind);
    assert_ptr_equal(rp_task_find(job->task->name), job->task);
    if (job->initializer) assert_ptr_equal(rp_initializer_find(job->initializer->name), job->initializer);
    for (const rp_param *param = job->params; param->name; param++) {
        assert_non_null(param->help);
        check_default(param);
        for (const rp_param *other = job->params; other < param; other++) assert_string_not_equal(other->name, param->name);
    }
    assert_non_null(job->fields[0].name);
    size_t size = job->read ? RP_JOB_RECORD_SIZE : job->task->result_size;
    for (const rp_field *field = job->fields; field->name; field++) assert_true(field->offset < size);
}
