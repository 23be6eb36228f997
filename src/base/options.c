/* options.c: what is done with the rows of options. See options.h. */
#include "base/options.h"

#include "base/c_locale.h"
#include "base/duration.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- fields ---- */

static const void *pool_field(const rpi_option *option, const rp_pool_options *options) { return (const char *)options + option->at; }
static void *pool_room(const rpi_option *option, rp_pool_options *options) { return (char *)options + option->at; }

static bool is_seconds(const rpi_option *option) { return option->type == RPI_OPTION_SECONDS || option->type == RPI_OPTION_DURATION; }
static bool is_real(const rpi_option *option) { return is_seconds(option) || option->type == RPI_OPTION_PERCENT; }

static double real_of(const void *field)
{
    double value;
    memcpy(&value, field, sizeof value);
    return value;
}

static int choice_of(const void *field)
{
    int value;
    memcpy(&value, field, sizeof value);
    return value;
}

/* The value of a field that holds an unsigned number of any size; an int below 0 gives a very large one. */
static uint64_t count_of(const rpi_option *option, const void *field)
{
    uint64_t count = 0;
    int number;
    unsigned small;
    switch (option->type) {
    case RPI_OPTION_INT: memcpy(&number, field, sizeof number); return (uint64_t)number;
    case RPI_OPTION_UNSIGNED: memcpy(&small, field, sizeof small); return small;
    default: memcpy(&count, field, sizeof count); return count;
    }
}

static void set_count(const rpi_option *option, uint64_t count, void *field)
{
    int number = (int)count;
    unsigned small = (unsigned)count;
    switch (option->type) {
    case RPI_OPTION_INT: memcpy(field, &number, sizeof number); break;
    case RPI_OPTION_UNSIGNED: memcpy(field, &small, sizeof small); break;
    default: memcpy(field, &count, sizeof count); break;
    }
}

/* ---- from text ---- */

static bool read_count(const char *value, uint64_t least, uint64_t most, uint64_t *count)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    bool digits = value[0] >= '0' && value[0] <= '9' && *end == '\0';
    if (!digits || errno || number < least || number > most) return false;
    *count = number;
    return true;
}

static rp_status set_number(const rpi_option *option, const char *value, void *field, rp_error *error)
{
    uint64_t count = 0;
    bool is_auto = option->takes_auto && !strcmp(value, "auto");
    if (!is_auto && !read_count(value, option->least, option->most, &count))
        return rp_error_set(error, RP_USAGE, 0, "%s is \"%s\"; it must be a whole number from %llu to %llu%s", option->name, value,
                            (unsigned long long)option->least, (unsigned long long)option->most, option->takes_auto ? ", or auto" : "");
    set_count(option, count, field);
    return RP_OK;
}

/* "512K", "64M", "1G", or a number of bytes. */
static rp_status set_size(const rpi_option *option, const char *value, void *field, rp_error *error)
{
    static const char units[] = "KMG";
    char digits[24];
    size_t length = strspn(value, "0123456789");
    const char *unit = value[length] ? strchr(units, value[length]) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    uint64_t number = 0;
    snprintf(digits, sizeof digits, "%.*s", (int)length, value);
    bool is_right = length < sizeof digits && value[length + (unit != NULL)] == '\0' && (unit || !value[length]) &&
                    read_count(digits, 1, option->most >> shift, &number) && number << shift >= option->least;
    if (!is_right)
        return rp_error_set(error, RP_USAGE, 0, "%s is \"%s\"; it must be a size such as 64M, from %lluK to %lluG", option->name, value,
                            (unsigned long long)option->least >> 10, (unsigned long long)option->most >> 30);
    number <<= shift;
    memcpy(field, &number, sizeof number);
    return RP_OK;
}

static rp_status set_choice(const rpi_option *option, const char *value, void *field, rp_error *error)
{
    char all[256];
    const rp_name *row = rpi_names_of_name(option->names, value);
    if (!row)
        return rp_error_set(error, RP_USAGE, 0, "%s is \"%s\"; it must be one of: %s", option->name, value,
                            rpi_names_list(option->names, all, sizeof all));
    memcpy(field, &row->value, sizeof row->value);
    return RP_OK;
}

static rp_status set_seconds(const rpi_option *option, const char *value, void *field, rp_error *error)
{
    char *end;
    double seconds = rpi_strtod(value, &end);
    bool digits = (value[0] >= '0' && value[0] <= '9') || value[0] == '.';
    if (!digits || *end || !(seconds > 0 && seconds <= (double)option->most))
        return rp_error_set(error, RP_USAGE, 0, "%s is \"%s\"; it must be a number of seconds above 0", option->name, value);
    memcpy(field, &seconds, sizeof seconds);
    return RP_OK;
}

static rp_status set_duration(const rpi_option *option, const char *value, void *field, rp_error *error)
{
    double seconds;
    bool digits = (value[0] >= '0' && value[0] <= '9') || value[0] == '.';
    if (!digits || !rpi_duration_read(value, &seconds) || !(seconds > 0 && seconds <= (double)option->most))
        return rp_error_set(error, RP_USAGE, 0, "%s is \"%s\"; it must be a number of seconds, or a time as 30:00, 1:30:00 or 1-12",
                            option->name, value);
    memcpy(field, &seconds, sizeof seconds);
    return RP_OK;
}

/* "3" or "2.5%". */
static rp_status set_limit(const rpi_option *option, const char *value, rp_pool_options *options, rp_error *error)
{
    char *end;
    double number = rpi_strtod(value, &end);
    bool digits = value[0] >= '0' && value[0] <= '9', is_percent = *end == '%' && end[1] == '\0';
    uint64_t count = 0;
    bool is_right = is_percent ? digits && number > 0 && number < 100 : read_count(value, option->least, option->most, &count);
    if (!is_right)
        return rp_error_set(error, RP_USAGE, 0, "%s is \"%s\"; it must be a whole number of 1 or more, or a share such as 2.5%%",
                            option->name, value);
    options->max_failures = count;
    options->max_failures_percent = is_percent ? number : 0;
    return RP_OK;
}

static rp_status unknown_option(const char *name, rp_error *error)
{
    char all[512];
    size_t used = 0;
    for (size_t k = 0; k < rpi_n_options && used < sizeof all; k++)
        if (rpi_options[k].name) used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", used ? ", " : "", rpi_options[k].name);
    return rp_error_set(error, RP_USAGE, 0, "unknown option \"%s\"; there are: %s", name, all);
}

static rp_status set_option(const rpi_option *option, rp_pool_options *options, const char *value, rp_error *error)
{
    void *field = pool_room(option, options);
    switch (option->type) {
    case RPI_OPTION_CHOICE: return set_choice(option, value, field, error);
    case RPI_OPTION_SECONDS: return set_seconds(option, value, field, error);
    case RPI_OPTION_DURATION: return set_duration(option, value, field, error);
    case RPI_OPTION_SIZE: return set_size(option, value, field, error);
    case RPI_OPTION_LIMIT: return set_limit(option, value, options, error);
    case RPI_OPTION_TEXT: memcpy(field, &value, sizeof value); return RP_OK;
    default: return set_number(option, value, field, error);
    }
}

/* One that the caller's options are too short for is unknown to it. */
static const rpi_option *find_option(const char *name, size_t options_size)
{
    for (size_t k = 0; k < rpi_n_options; k++)
        if (rpi_options[k].name && !strcmp(rpi_options[k].name, name) && rpi_options[k].at + rpi_options[k].size <= options_size)
            return &rpi_options[k];
    return NULL;
}

rp_status rp_pool_options_set_sized(rp_pool_options *options, size_t options_size, const char *name, const char *value, rp_error *error)
{
    if (!options || !name || !value) return rp_error_set(error, RP_USAGE, 0, "the options, the name or the value is NULL");
    const rpi_option *option = find_option(name, options_size);
    if (!option) return unknown_option(name, error);
    rp_pool_options own;
    rpi_sized_write(options, options_size, &own, sizeof own);
    rp_status status = set_option(option, &own, value, error);
    if (status == RP_OK) memcpy(options, &own, options_size < sizeof own ? options_size : sizeof own);
    return status;
}

rp_status rp_pool_options_set(rp_pool_options *options, const char *name, const char *value, rp_error *error)
{
    return rp_pool_options_set_sized(options, RPI_FIRST_POOL_OPTIONS, name, value, error);
}

int rp_pool_option_sized(size_t k, rp_option_info *info, size_t info_size)
{
    for (size_t row = 0; info && row < rpi_n_options; row++) {
        const rpi_option *option = &rpi_options[row];
        if (!option->name || k-- > 0) continue;
        rp_option_info own = {option->name,        option->value,   option->help, option->names ? option->names->enumeration : NULL,
                              option->environment, option->commands};
        rpi_sized_write(&own, sizeof own, info, info_size);
        return 1;
    }
    return 0;
}

int rp_pool_option(size_t k, rp_option_info *info) { return rp_pool_option_sized(k, info, RPI_SIZE_UP_TO(rp_option_info, commands)); }

/* ---- checks ---- */

static rp_status check_choice(const rpi_option *option, const void *field, rp_error *error)
{
    if (rpi_names_of_value(option->names, choice_of(field))) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "%s %d is none of %s", option->field, choice_of(field), option->names->enumeration);
}

static rp_status check_number(const rpi_option *option, const void *field, rp_error *error)
{
    uint64_t count = count_of(option, field);
    char text[32];
    if (count == 0 || (count >= option->least && count <= option->most)) return RP_OK;
    if (option->type == RPI_OPTION_INT) snprintf(text, sizeof text, "%d", (int)count);
    else snprintf(text, sizeof text, "%llu", (unsigned long long)count);
    return rp_error_set(error, RP_USAGE, 0, "%s is %s; it must be from %llu to %llu%s", option->field, text,
                        (unsigned long long)option->least, (unsigned long long)option->most,
                        option->least > 0 ? ", or 0 for the default" : "");
}

static rp_status check_field(const rpi_option *option, const void *field, rp_error *error)
{
    if (option->is_free) return RP_OK;
    if (option->type == RPI_OPTION_CHOICE) return check_choice(option, field, error);
    if (!is_real(option)) return check_number(option, field, error);
    double value = real_of(field);
    if (is_seconds(option)) {
        if (value >= 0 && value <= (double)option->most) return RP_OK;
        if (value > 0)
            return rp_error_set(error, RP_USAGE, 0, "%s is %g; it must be %g at most", option->field, value, (double)option->most);
        return rp_error_set(error, RP_USAGE, 0, "%s is %g; it must be 0 or more", option->field, value);
    }
    if (value >= 0 && value < 100) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "%s is %g; it must be from 0 to below 100", option->field, value);
}

static bool is_limited(uint64_t max_failures, double percent) { return max_failures > 0 || percent > 0; }

static rp_status check_limit(uint64_t max_failures, double percent, rp_on_error on_error, rp_error *error)
{
    if (!is_limited(max_failures, percent) || on_error != RP_ON_ERROR_STOP) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "a limit of failures needs on-error collect, as stop ends at the first");
}

/* Checks what must hold between options. */
static rp_status check_together(const rp_pool_options *options, rp_error *error)
{
    rp_status status = check_limit(options->max_failures, options->max_failures_percent, options->on_error, error);
    if (status != RP_OK) return status;
    if (options->max_tasks_per_child > 0 && options->isolation == RP_ISOLATION_NONE)
        return rp_error_set(error, RP_USAGE, 0, "max_tasks_per_child needs isolation, as without it there are no children");
    if (options->initializer && (!options->initializer->start || !options->initializer->name))
        return rp_error_set(error, RP_USAGE, 0, "initializer %s has no %s", options->initializer->name ? options->initializer->name : "",
                            options->initializer->name ? "start function" : "name");
    if (options->initializer_argument.size > 0 && !options->initializer_argument.data)
        return rp_error_set(error, RP_USAGE, 0, "initializer_argument has %zu bytes at NULL", options->initializer_argument.size);
    return RP_OK;
}

rp_status rpi_options_check(const rp_pool_options *options, rp_error *error)
{
    rp_status status = RP_OK;
    for (size_t k = 0; k < rpi_n_options && status == RP_OK; k++)
        status = check_field(&rpi_options[k], pool_field(&rpi_options[k], options), error);
    return status == RP_OK ? check_together(options, error) : status;
}

/* What a call may say, and a pool can't: that it has no retries, or no time-out, although its pool has. */
static bool is_none(const rpi_option *option, const rp_call_options *options)
{
    if (option->call_at == offsetof(rp_call_options, retries)) return options->retries == RP_NO_RETRIES;
    return option->call_at == offsetof(rp_call_options, timeout_s) && options->timeout_s < 0;
}

rp_status rpi_options_check_call(const rp_call_options *options, rp_error *error)
{
    rp_status status = RP_OK;
    for (size_t k = 0; k < rpi_n_options && status == RP_OK; k++) {
        const rpi_option *option = &rpi_options[k];
        if (!(option->scopes & RPI_SCOPE_CALL) || is_none(option, options)) continue;
        status = check_field(option, (const char *)options + option->call_at, error);
    }
    if (status != RP_OK) return status;
    bool own_limit = is_limited(options->max_failures, options->max_failures_percent);
    return own_limit ? check_limit(options->max_failures, options->max_failures_percent, options->on_error, error) : RP_OK;
}

/* ---- defaults, and calls ---- */

void rpi_options_fill(rp_pool_options *options)
{
    for (size_t k = 0; k < rpi_n_options; k++) {
        const rpi_option *option = &rpi_options[k];
        void *field = pool_room(option, options);
        if (option->fallback <= 0) continue;
        if (!is_real(option) && count_of(option, field) == 0) set_count(option, (uint64_t)option->fallback, field);
        if (is_real(option) && !(real_of(field) > 0)) memcpy(field, &option->fallback, sizeof option->fallback);
    }
    bool limited = is_limited(options->max_failures, options->max_failures_percent);
    if (!options->on_lost) options->on_lost = RP_ON_LOST_STOP;
    if (!options->on_error) options->on_error = limited ? RP_ON_ERROR_COLLECT : RP_ON_ERROR_STOP;
}

static bool is_given(const rpi_option *option, const void *field)
{
    if (is_real(option)) return real_of(field) > 0 || real_of(field) < 0;
    return option->type == RPI_OPTION_CHOICE ? choice_of(field) != 0 : count_of(option, field) != 0;
}

/* The limit of failures is two fields. Both are taken from the call when it sets one of them. A call that sets one collects, unless it
 * says otherwise. */
static void resolve_limit(const rp_pool_options *pool, const rp_call_options *call, rp_pool_options *both)
{
    bool own = is_limited(call->max_failures, call->max_failures_percent);
    both->max_failures = own ? call->max_failures : pool->max_failures;
    both->max_failures_percent = own ? call->max_failures_percent : pool->max_failures_percent;
    if (own && !call->on_error) both->on_error = RP_ON_ERROR_COLLECT;
}

void rpi_options_resolve(const rp_pool_options *pool, const rp_call_options *call, rp_pool_options *both)
{
    *both = *pool;
    for (size_t k = 0; call && k < rpi_n_options; k++) {
        const rpi_option *option = &rpi_options[k];
        if (!(option->scopes & RPI_SCOPE_CALL)) continue;
        const char *own = (const char *)call + option->call_at;
        if (is_given(option, own)) memcpy(pool_room(option, both), own, option->size);
    }
    if (call) resolve_limit(pool, call, both);
}

/* ---- to workers ---- */

enum { PACKED_FIELD = 8 };

static uint64_t n_for_workers(void)
{
    uint64_t n = 0;
    for (size_t k = 0; k < rpi_n_options; k++) n += (rpi_options[k].scopes & RPI_SCOPE_WORKER) != 0;
    return n;
}

void rpi_options_for_workers(const rp_pool_options *options, rp_pool_options *workers)
{
    memset(workers, 0, sizeof *workers);
    for (size_t k = 0; k < rpi_n_options; k++) {
        const rpi_option *option = &rpi_options[k];
        if (option->scopes & RPI_SCOPE_WORKER) memcpy(pool_room(option, workers), pool_field(option, options), option->size);
    }
}

size_t rpi_options_packed_size(void) { return (size_t)(1 + n_for_workers()) * PACKED_FIELD; }

void rpi_options_pack(const rp_pool_options *workers, char *to)
{
    uint64_t n = n_for_workers();
    memset(to, 0, rpi_options_packed_size());
    memcpy(to, &n, sizeof n);
    for (size_t k = 0; k < rpi_n_options; k++)
        if (rpi_options[k].scopes & RPI_SCOPE_WORKER) memcpy(to += PACKED_FIELD, pool_field(&rpi_options[k], workers), rpi_options[k].size);
}

rp_status rpi_options_unpack(const char *from, size_t size, rp_pool_options *workers, rp_error *error)
{
    uint64_t n = 0;
    rp_pool_options read = {0};
    rp_status status = RP_OK;
    if (size >= sizeof n) memcpy(&n, from, sizeof n);
    if (size < rpi_options_packed_size() || n != n_for_workers())
        return rp_error_set(error, RP_USAGE, 0, "a pool's options came as %zu bytes with %llu of them, not %llu", size,
                            (unsigned long long)n, (unsigned long long)n_for_workers());
    for (size_t k = 0; k < rpi_n_options && status == RP_OK; k++) {
        const rpi_option *option = &rpi_options[k];
        if (!(option->scopes & RPI_SCOPE_WORKER)) continue;
        memcpy(pool_room(option, &read), from += PACKED_FIELD, option->size);
        status = check_field(option, pool_field(option, &read), error);
    }
    if (status == RP_OK) status = check_together(&read, error);
    if (status == RP_OK) *workers = read;
    return status;
}
