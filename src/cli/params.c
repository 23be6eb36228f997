/* params.c: reads parameters from text, within the limits of the job's table. */
#include "params.h"
#include "suggest.h"
#include "values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_zero(double limit) { return limit >= 0 && limit <= 0; }

static int has_limits(const rp_param *param) { return !is_zero(param->minimum) || !is_zero(param->maximum); }

const char *params_expected(const rp_param *param, char text[PARAMS_EXPECTED_SIZE])
{
    static const char *const kinds[] = {[RP_PARAM_INTEGER] = "an integer", [RP_PARAM_NUMBER] = "a number", [RP_PARAM_TEXT] = "a text"};
    const char *kind = kinds[param->type];
    if (param->type == RP_PARAM_TEXT || !has_limits(param)) snprintf(text, PARAMS_EXPECTED_SIZE, "%s", kind);
    else if (param->maximum >= 1e15) snprintf(text, PARAMS_EXPECTED_SIZE, "%s of %.15g or more", kind, param->minimum);
    else snprintf(text, PARAMS_EXPECTED_SIZE, "%s from %.15g to %.15g", kind, param->minimum, param->maximum);
    return text;
}

static int is_within(const rp_param *param, double number)
{
    return !has_limits(param) || (number >= param->minimum && number <= param->maximum);
}

static int parse(const rp_param *param, const char *text, rp_value *value)
{
    switch (param->type) {
    case RP_PARAM_INTEGER: return value_integer(text, INT64_MIN, INT64_MAX, &value->integer) && is_within(param, (double)value->integer);
    case RP_PARAM_NUMBER: return value_number(text, &value->number) && is_within(param, value->number);
    default: value->text = text; return 1;
    }
}

/* A suggest_names of a job's parameters. */
static const char *param_name(const void *among, size_t k)
{
    const rp_job *job = among;
    return job->params[k].name;
}

static rp_status unknown(const rp_job *job, const char *given, size_t size, rp_error *error)
{
    char name[64], names[SUGGEST_SIZE];
    snprintf(name, sizeof name, "%.*s", (int)size, given);
    return rp_error_set(error, RP_USAGE, 0, "unknown parameter '%s' of %s; %s", name, job->name,
                        suggest_text(name, param_name, job, names));
}

static rp_status set(const rp_job *job, const char *given, rp_value *values, char *is_set, rp_error *error)
{
    const char *equals = strchr(given, '=');
    if (!equals) return rp_error_set(error, RP_USAGE, 0, "--param %s: not of the form NAME=VALUE", given);
    size_t size = (size_t)(equals - given);
    for (size_t i = 0; job->params[i].name; i++) {
        const rp_param *param = &job->params[i];
        if (strlen(param->name) != size || memcmp(param->name, given, size) != 0) continue;
        char expected[PARAMS_EXPECTED_SIZE];
        is_set[i] = 1;
        if (parse(param, equals + 1, &values[i])) return RP_OK;
        return rp_error_set(error, RP_USAGE, 0, "--param %s: %s must be %s", given, param->name, params_expected(param, expected));
    }
    return unknown(job, given, size, error);
}

static rp_status set_default(const rp_job *job, const rp_param *param, rp_value *value, rp_error *error)
{
    char expected[PARAMS_EXPECTED_SIZE];
    params_expected(param, expected);
    if (!param->default_value)
        return rp_error_set(error, RP_USAGE, 0, "%s needs --param %s=VALUE: %s, %s", job->name, param->name, expected, param->help);
    if (parse(param, param->default_value, value)) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "the default of %s, '%s', isn't %s", param->name, param->default_value, expected);
}

rp_status params_parse(const rp_job *job, char *const *given, int n, rp_value **values, rp_error *error)
{
    size_t n_params = 0;
    while (job->params[n_params].name) n_params++;
    rp_value *made = calloc(n_params + 1, sizeof *made);
    char *is_set = calloc(n_params + 1, 1);
    rp_status status = made && is_set ? RP_OK : rp_error_set(error, RP_NO_MEMORY, 0, "no memory for the parameters");
    for (int i = 0; i < n && status == RP_OK; i++) status = set(job, given[i], made, is_set, error);
    for (size_t i = 0; i < n_params && status == RP_OK; i++)
        if (!is_set[i]) status = set_default(job, &job->params[i], &made[i], error);
    free(is_set);
    if (status == RP_OK) *values = made;
    else free(made);
    return status;
}
