/* items_request.c: see items_request.h. */
#include "items_request.h"
#include "separators.h"
#include "values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char twice[] = "items are given already; give one of --items, --input, --csv, --grid, ::: and ITEM…";

typedef rp_status set_option(items_request *request, const char *name, const char *value, rp_error *error);

static rp_status set_kind(items_request *request, items_kind kind, const char *name, rp_error *error)
{
    if (request->kind != ITEMS_NONE && request->kind != kind) return rp_error_set(error, RP_USAGE, 0, "--%s: %s", name, twice);
    request->kind = kind;
    return RP_OK;
}

static rp_status set_items(items_request *request, const char *name, const char *value, rp_error *error)
{
    if (!value_integer(value, 0, INT64_MAX, &request->n))
        return rp_error_set(error, RP_USAGE, 0, "--items %s: must be an integer, 0 or more", value);
    return set_kind(request, ITEMS_NUMBERS, name, error);
}

static rp_status set_file(items_request *request, const char *name, const char *value, rp_error *error)
{
    if (!*value) return rp_error_set(error, RP_USAGE, 0, "--%s: needs the name of a file, or - for standard input", name);
    request->path = value;
    return set_kind(request, strcmp(name, "csv") == 0 ? ITEMS_CSV : ITEMS_LINES, name, error);
}

static rp_status set_null(items_request *request, const char *name, const char *value, rp_error *error)
{
    (void)name, (void)value, (void)error;
    request->separates_by_nul = 1;
    return RP_OK;
}

static rp_status set_grid(items_request *request, const char *name, const char *value, rp_error *error)
{
    rp_status status = set_kind(request, ITEMS_GRID, name, error);
    if (status != RP_OK) return status;
    char **axes = reallocarray(request->axes, (size_t)request->n + 1, sizeof *axes);
    if (!axes) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the options");
    axes[request->n++] = (char *)(uintptr_t)value;
    request->arguments = request->axes = axes;
    return RP_OK;
}

static rp_status set_sample(items_request *request, const char *name, const char *value, rp_error *error)
{
    if (value_integer(value, 1, INT64_MAX, &request->sample)) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "--%s %s: must be an integer, 1 or more", name, value);
}

static rp_status set_seed(items_request *request, const char *name, const char *value, rp_error *error)
{
    request->has_seed = 1;
    if (value_parse(RP_TYPE_UINT64, (rp_bytes){value, strlen(value)}, &request->seed)) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "--%s %s: must be %s", name, value, value_expected(RP_TYPE_UINT64));
}

rp_status items_request_set(items_request *request, const char *name, const char *value, rp_error *error)
{
    static const struct {
        const char *name;
        set_option *set;
    } setters[] = {{"items", set_items}, {"input", set_file},    {"csv", set_file}, {"null", set_null},
                   {"grid", set_grid},   {"sample", set_sample}, {"seed", set_seed}};
    for (size_t i = 0; i < sizeof setters / sizeof *setters; i++)
        if (strcmp(setters[i].name, name) == 0) return setters[i].set(request, name, value, error);
    return rp_error_set(error, RP_USAGE, 0, "--%s: isn't an option of items", name);
}

/* A single list is the same as its items, or its file, alone. */
static void take_lists(items_request *request, int n, char *const *words)
{
    const separator *first = separator_of(words[0]);
    int is_alone = separators_find(n - 1, words + 1) == n - 1;
    request->kind = ITEMS_LISTS;
    request->n = n;
    request->arguments = words;
    if (is_alone && !first->is_linked && !first->names_files) {
        request->kind = ITEMS_ARGUMENTS;
        request->n = n - 1;
        request->arguments = words + 1;
        request->is_list = 1;
    } else if (is_alone && !first->is_linked && n == 2) {
        request->kind = ITEMS_LINES;
        request->path = words[1];
    }
}

rp_status items_request_take(items_request *request, int n, char *const *words, rp_error *error)
{
    if (n == 0) return RP_OK;
    int begin = separators_find(n, words);
    int is_second = request->kind != ITEMS_NONE || (begin > 0 && begin < n);
    if (is_second)
        return rp_error_set(error, RP_USAGE, 0, "unexpected argument '%s': %s", request->kind != ITEMS_NONE ? words[0] : words[begin],
                            twice);
    if (begin < n) {
        take_lists(request, n, words);
        return RP_OK;
    }
    request->kind = ITEMS_ARGUMENTS;
    request->n = n;
    request->arguments = words;
    return RP_OK;
}

/* A list with a name is one of several, if there is but one. */
static void take_name(items_request *request)
{
    if (!request->is_list || request->header != ITEMS_HEADER_YES) return;
    request->kind = ITEMS_LISTS;
    request->arguments--;
    request->n++;
    request->is_list = 0;
}

rp_status items_request_check(items_request *request, rp_error *error)
{
    int reads_lines = request->kind == ITEMS_LINES || request->kind == ITEMS_NONE; /* none: perhaps those of standard input */
    take_name(request);
    int has_first = reads_lines || request->kind == ITEMS_CSV || request->kind == ITEMS_LISTS || request->is_list;
    if (request->has_header && !has_first)
        return rp_error_set(error, RP_USAGE, 0, "--header goes with --input, --csv, ::: and ::::, these items have no first line");
    if (request->separates_by_nul && !reads_lines && request->kind != ITEMS_LISTS)
        return rp_error_set(error, RP_USAGE, 0, "-0 goes with --input, with :::: and with a pipe");
    if (request->has_seed && request->sample == 0) return rp_error_set(error, RP_USAGE, 0, "--seed goes with --sample");
    if (request->sample > 0 && (reads_lines || request->kind == ITEMS_CSV))
        return rp_error_set(error, RP_USAGE, 0, "--sample goes with --grid, --items, ::: and ITEM…; how many items a file has isn't known");
    return RP_OK;
}

void items_request_fini(items_request *request)
{
    free(request->axes);
    request->axes = NULL;
}
