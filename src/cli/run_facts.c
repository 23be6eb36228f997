/* run_facts.c: see run_facts.h. The journal's command shows some of them: items, batch_job and nodes. */
#include "run_facts.h"

#include "journal/item_hash.h"

#include <errno.h>
#include <inttypes.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FACTS = 512 };

typedef struct fact_list {
    rpi_fact facts[MOST_FACTS]; /* the texts are owned */
    size_t n;
    bool has_failed;
} fact_list;

/* Names and values are copies. A NULL value is left out. */
static void add(fact_list *list, rpi_fact_kind kind, const char *name, const char *value)
{
    if (!value) return;
    char *own_name = strdup(name), *own_value = strdup(value);
    if (own_name && own_value && list->n < MOST_FACTS) {
        list->facts[list->n++] = (rpi_fact){kind, own_name, own_value};
        return;
    }
    list->has_failed = true;
    free(own_name);
    free(own_value);
}

static void add_number(fact_list *list, rpi_fact_kind kind, const char *name, uint64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, number);
    add(list, kind, name, text);
}

/* ---- the build ---- */

typedef struct build_id {
    char text[2 * 64 + 1];
} build_id;

static void print_id(const unsigned char *bytes, size_t n, build_id *id)
{
    for (size_t i = 0; i < n && 2 * i + 2 < sizeof id->text; i++) snprintf(id->text + 2 * i, 3, "%02x", bytes[i]);
}

/* Looks for the note of that kind in a segment of notes. */
static void look_at_notes(const char *at, size_t size, build_id *id)
{
    ElfW(Nhdr) note;
    while (size >= sizeof note) {
        memcpy(&note, at, sizeof note);
        size_t name = (note.n_namesz + 3u) & ~3u, all = sizeof note + name + ((note.n_descsz + 3u) & ~3u);
        if (all > size) return;
        if (note.n_type == NT_GNU_BUILD_ID) print_id((const unsigned char *)at + sizeof note + name, note.n_descsz, id);
        at += all;
        size -= all;
    }
}

/* For dl_iterate_phdr, which begins with the program itself. */
static int look_at_program(struct dl_phdr_info *info, size_t size, void *argument)
{
    (void)size;
    for (int k = 0; k < info->dlpi_phnum; k++)
        if (info->dlpi_phdr[k].p_type == PT_NOTE)
            look_at_notes((const char *)(uintptr_t)(info->dlpi_addr + info->dlpi_phdr[k].p_vaddr), info->dlpi_phdr[k].p_memsz, argument);
    return 1;
}

static void add_build(fact_list *list)
{
    build_id id = {""};
    char text[sizeof id + 64];
    (void)dl_iterate_phdr(look_at_program, &id);
    snprintf(text, sizeof text, "%s %s", rp_version(), id.text);
    add(list, RPI_FACT_WARN, "build", text);
}

/* ---- the job ---- */

static int is_one_of(const char *name, const char *const *names)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0) return 1;
    return 0;
}

/* What may be a secret is kept as a hash. */
static void add_text(fact_list *list, const char *name, const char *text, int is_secret)
{
    char hash[40];
    rpi_item_hash of = rpi_item_hash_of(text, strlen(text));
    snprintf(hash, sizeof hash, "#%016" PRIx64 "%016" PRIx64, of.words[0], of.words[1]);
    add(list, RPI_FACT_MUST, name, is_secret && *text ? hash : text);
}

static void add_param(fact_list *list, const rp_job *job, size_t k, const rp_value *value)
{
    const rp_param *param = &job->params[k];
    char name[128], text[VALUE_TEXT_SIZE];
    if (is_one_of(param->name, job->free_params)) return;
    snprintf(name, sizeof name, "param.%s", param->name);
    switch (param->type) {
    case RP_PARAM_INTEGER: add(list, RPI_FACT_MUST, name, value_print(RP_TYPE_INT64, &value->integer, text)); break;
    case RP_PARAM_NUMBER: add(list, RPI_FACT_MUST, name, value_print(RP_TYPE_DOUBLE, &value->number, text)); break;
    case RP_PARAM_TEXT: add_text(list, name, value->text, is_one_of(param->name, job->secret_params)); break;
    }
}

/* Words, or names, one after another: each in quotes, in which \ and ' have a \ before them. */
static void add_words(fact_list *list, const char *name, char *const *words, size_t n)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    for (size_t k = 0; file && k < n; k++) {
        fputs(k > 0 ? " '" : "'", file);
        for (const char *at = words[k] ? words[k] : ""; *at; at++) {
            if (*at == '\'' || *at == '\\') fputc('\\', file);
            fputc(*at, file);
        }
        fputc('\'', file);
    }
    if (file && fclose(file) == 0) add(list, RPI_FACT_MUST, name, text);
    else list->has_failed = true;
    free(text);
}

static void add_job(fact_list *list, const program_options *options)
{
    const rp_job *job = options->job;
    size_t n = 0;
    add(list, RPI_FACT_MUST, "job", job->name);
    while (options->parts.words && options->parts.words[n]) n++;
    if (n > 0) add_words(list, job->takes_words ? "command" : "words", options->parts.words, n);
    for (size_t k = 0; job->params[k].name; k++) add_param(list, job, k, &options->values[k]);
}

/* ---- items and output ---- */

static void add_items(fact_list *list, const setup *made)
{
    static const char *const kinds[] = {[ITEMS_NUMBERS] = "numbers", [ITEMS_ARGUMENTS] = "arguments", [ITEMS_LINES] = "lines",
                                        [ITEMS_CSV] = "csv",         [ITEMS_GRID] = "grid",           [ITEMS_LISTS] = "lists"};
    const items_request *request = &made->options.items;
    size_t n;
    const char *const *names = items_names(made->items, &n);
    add(list, RPI_FACT_NOTE, "kind", kinds[request->kind]);
    add(list, RPI_FACT_NOTE, "input", request->path);
    if (items_total(made->items) > 0) add_number(list, RPI_FACT_NOTE, "items", items_total(made->items));
    if (made->options.job->items_are_texts) add_words(list, "columns", (char *const *)(uintptr_t)names, n);
    if (request->sample == 0) return;
    add_number(list, RPI_FACT_MUST, "sample", (uint64_t)request->sample);
    add_number(list, RPI_FACT_MUST, "seed", request->seed);
}

static void add_output(fact_list *list, const program_options *options)
{
    static const char *const formats[] = {[OUTPUT_TEXT] = "text", [OUTPUT_CSV] = "csv", [OUTPUT_JSONL] = "jsonl"};
    add(list, RPI_FACT_MUST, "format", formats[options->format]);
    add(list, RPI_FACT_NOTE, "output", options->output ? options->output : "-");
}

rp_status run_facts_make(const setup *made, rpi_facts *facts, rp_error *error)
{
    fact_list *list = calloc(1, sizeof *list);
    if (!list) return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the journal");
    add_job(list, &made->options);
    add_items(list, made);
    add_output(list, &made->options);
    add_build(list);
    add(list, RPI_FACT_NOTE, "batch_job", getenv("SLURM_JOB_ID"));
    add(list, RPI_FACT_NOTE, "nodes", getenv("SLURM_JOB_NODELIST"));
    rp_status status = list->has_failed ? rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for the journal")
                                        : rpi_facts_copy(facts, list->facts, list->n, error);
    for (size_t k = 0; k < list->n; k++) {
        free((char *)(uintptr_t)list->facts[k].name);
        free((char *)(uintptr_t)list->facts[k].value);
    }
    free(list);
    return status;
}
