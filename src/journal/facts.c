/* facts.c: see facts.h. */
#include "journal/facts.h"

#include "base/error.h"

#include <rankpool/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Passes over one fact at *at; false: there is no whole one. */
static bool take(const char **at, const char *end, rpi_fact *fact)
{
    const char *name = *at + 1, *value = name < end ? memchr(name, 0, (size_t)(end - name)) : NULL;
    const char *last = value && value + 1 < end ? memchr(value + 1, 0, (size_t)(end - value - 1)) : NULL;
    if (!last || **at < RPI_FACT_MUST || **at > RPI_FACT_NOTE) return false;
    unsigned kind = (unsigned char)**at;
    *fact = (rpi_fact){(rpi_fact_kind)kind, name, value + 1};
    *at = last + 1;
    return true;
}

static rp_status split(rpi_facts *facts, rp_error *error)
{
    const char *at = facts->texts, *end = at + facts->texts_size;
    for (rpi_fact fact; at < end; facts->n++)
        if (!take(&at, end, &fact)) return rp_error_set(error, RP_USAGE, 0, "the facts of a run can't be read");
    facts->facts = calloc(facts->n + 1, sizeof *facts->facts);
    if (!facts->facts) return rpi_error_no_memory(error);
    at = facts->texts;
    for (size_t i = 0; i < facts->n; i++) (void)take(&at, end, &facts->facts[i]);
    return RP_OK;
}

rp_status rpi_facts_read(rpi_facts *facts, const void *bytes, size_t size, rp_error *error)
{
    rpi_facts made = {.texts = malloc(size + 1), .texts_size = size};
    if (!made.texts) return rpi_error_no_memory(error);
    if (size > 0) memcpy(made.texts, bytes, size);
    rp_status status = split(&made, error);
    if (status == RP_OK) {
        rpi_facts_fini(facts);
        *facts = made;
    } else {
        rpi_facts_fini(&made);
    }
    return status;
}

rp_status rpi_facts_copy(rpi_facts *facts, const rpi_fact *from, size_t n, rp_error *error)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    if (!stream) return rpi_error_no_memory(error);
    for (size_t i = 0; i < n; i++) fprintf(stream, "%c%s%c%s%c", (char)from[i].kind, from[i].name, 0, from[i].value, 0);
    rp_status status = fclose(stream) == 0 ? rpi_facts_read(facts, bytes, size, error) : rpi_error_no_memory(error);
    free(bytes);
    return status;
}

void rpi_facts_fini(rpi_facts *facts)
{
    free(facts->facts);
    free(facts->texts);
    *facts = (rpi_facts){0};
}

static const rpi_fact *find(const rpi_facts *facts, const char *name)
{
    for (size_t i = 0; i < facts->n; i++)
        if (!strcmp(facts->facts[i].name, name)) return &facts->facts[i];
    return NULL;
}

const char *rpi_facts_value(const rpi_facts *facts, const char *name)
{
    const rpi_fact *fact = find(facts, name);
    return fact ? fact->value : NULL;
}

static void show(const char *text, char shown[64]) { (void)rp_printable(text, strlen(text), shown, 64); }

/* The kind is that of the program that asks, where it knows the fact. */
static rpi_fact_kind compare_one(const rpi_fact *before, const rpi_fact *now, char *what, size_t size)
{
    const rpi_fact *any = now ? now : before;
    if (any->kind == RPI_FACT_NOTE || (before && now && !strcmp(before->value, now->value))) return RPI_FACT_NOTE;
    char name[64], shown_before[64], shown_now[64];
    show(any->name, name);
    show(before ? before->value : "nothing", shown_before);
    show(now ? now->value : "nothing", shown_now);
    snprintf(what, size, "%s: %s before, %s now", name, shown_before, shown_now);
    return any->kind;
}

rpi_fact_kind rpi_facts_compare(const rpi_facts *before, const rpi_facts *now, char *what, size_t size)
{
    rpi_fact_kind worst = RPI_FACT_NOTE;
    char text[256];
    snprintf(what, size, "%s", "");
    for (size_t i = 0; i < now->n + before->n; i++) {
        const rpi_fact *mine = i < now->n ? &now->facts[i] : NULL, *other = mine ? find(before, mine->name) : &before->facts[i - now->n];
        if (!mine && find(now, other->name)) continue;
        rpi_fact_kind kind = compare_one(other, mine, text, sizeof text);
        if (kind >= worst) continue;
        worst = kind;
        snprintf(what, size, "%s", text);
    }
    return worst;
}

/* The length of the UTF-8 character at `at`; 0: there is none. The texts end with a 0, so nothing is read beyond it. */
static size_t utf8_length(const unsigned char *at)
{
    size_t n = at[0] < 0x80                    ? 1
               : at[0] >= 0xc2 && at[0] < 0xe0 ? 2
               : at[0] >= 0xe0 && at[0] < 0xf0 ? 3
               : at[0] >= 0xf0 && at[0] < 0xf5 ? 4
                                               : 0;
    for (size_t i = 1; i < n; i++)
        if ((at[i] & 0xc0) != 0x80) return 0;
    bool is_wrong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) || (at[0] == 0xf0 && at[1] < 0x90) ||
                    (at[0] == 0xf4 && at[1] > 0x8f);
    return is_wrong ? 0 : n;
}

static void put_text(FILE *stream, const char *text)
{
    fputc('"', stream);
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        size_t n = utf8_length(at);
        if (n == 0) fputs("\xef\xbf\xbd", stream);
        else if (*at < 0x20) fprintf(stream, "\\u%04x", *at);
        else if (*at == '"' || *at == '\\') fprintf(stream, "\\%c", *at);
        else fwrite(at, 1, n, stream);
        at += n > 0 ? n : 1;
    }
    fputc('"', stream);
}

char *rpi_facts_json(const rpi_facts *facts)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream) return NULL;
    fputc('{', stream);
    for (size_t i = 0; i < facts->n; i++) {
        fputs(i > 0 ? ", " : "", stream);
        put_text(stream, facts->facts[i].name);
        fputs(": ", stream);
        put_text(stream, facts->facts[i].value);
    }
    fputc('}', stream);
    if (fclose(stream) == 0) return text;
    free(text);
    return NULL;
}
