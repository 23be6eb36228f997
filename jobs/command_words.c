/* command_words.c: see command_words.h. */
#include "command_words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What a placeholder is replaced by. */
typedef enum meaning { NOTHING, WHOLE_ITEM, COLUMN, INDEX, WORKER, UNKNOWN, PERL } meaning;
typedef enum text_part { ALL, NO_EXTENSION, NAME, FOLDER, NAME_NO_EXTENSION } text_part;

typedef struct placeholder {
    meaning what;
    text_part part;
    size_t column; /* of COLUMN, from 0 */
    size_t size;   /* with its braces */
} placeholder;

/* ---- texts ---- */

static const char *end_of(texts all) { return all.size ? (const char *)all.data + all.size : NULL; }

size_t texts_count(texts all)
{
    size_t n = 0;
    for (const char *at = all.data; all.size && at < end_of(all); at += strlen(at) + 1) n++;
    return n;
}

const char *texts_at(texts all, size_t k)
{
    const char *at = all.data;
    while (k-- > 0) at += strlen(at) + 1;
    return at;
}

/* ---- placeholders ---- */

/* Whether a column has that name. */
static int find_name(texts columns, rp_bytes name, size_t *column)
{
    size_t k = 0;
    if (name.size == 0 || columns.size == 0) return 0;
    for (const char *at = columns.data; at < end_of(columns); at += strlen(at) + 1, k++) {
        if (strlen(at) != name.size || memcmp(at, name.data, name.size) != 0) continue;
        *column = k;
        return 1;
    }
    return 0;
}

static int find_number(rp_bytes text, size_t *column)
{
    const char *digits = text.data;
    size_t number = 0;
    if (text.size == 0 || text.size > 6 || digits[0] == '0') return 0;
    for (size_t i = 0; i < text.size; i++) {
        if (digits[i] < '0' || digits[i] > '9') return 0;
        number = 10 * number + (size_t)(digits[i] - '0');
    }
    *column = number - 1;
    return 1;
}

static int is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

static int may_be_name(rp_bytes text)
{
    const char *at = text.data;
    if (text.size == 0 || !is_letter(at[0])) return 0;
    for (size_t i = 1; i < text.size; i++)
        if (!is_letter(at[i]) && !(at[i] >= '0' && at[i] <= '9') && at[i] != '-') return 0;
    return 1;
}

static int ends_with(rp_bytes text, const char *end)
{
    size_t size = strlen(end);
    return text.size >= size && memcmp((const char *)text.data + text.size - size, end, size) == 0;
}

/* Takes the sign of a part from the end of what is between braces. */
static text_part take_part(rp_bytes *body)
{
    static const struct {
        const char *sign;
        text_part part;
    } parts[] = {{"//", FOLDER}, {"/.", NAME_NO_EXTENSION}, {"/", NAME}, {".", NO_EXTENSION}};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (!ends_with(*body, parts[i].sign)) continue;
        body->size -= strlen(parts[i].sign);
        return parts[i].part;
    }
    return ALL;
}

static meaning find_what(texts columns, rp_bytes *body, text_part *part, size_t *column)
{
    if (body->size == 1 && *(const char *)body->data == '#') return INDEX;
    if (body->size == 1 && *(const char *)body->data == '%') return WORKER;
    if (find_name(columns, *body, column)) return COLUMN;
    *part = take_part(body);
    if (body->size == 0) return WHOLE_ITEM;
    if (find_number(*body, column) || find_name(columns, *body, column)) return COLUMN;
    return columns.size && may_be_name(*body) ? UNKNOWN : NOTHING;
}

/* Looks whether a placeholder begins at `at`, a brace. In a shell's line ${…} is a variable. */
static placeholder find_placeholder(const command_words *command, const char *word, const char *at)
{
    placeholder found = {NOTHING, ALL, 0, 0};
    const char *end = strchr(at, '}');
    if (!end || (command->shell && at > word && at[-1] == '$')) return found;
    if (at[1] == '=' && strstr(at + 2, "=}")) return (placeholder){PERL, ALL, 0, (size_t)(strstr(at + 2, "=}") + 2 - at)};
    rp_bytes body = {at + 1, (size_t)(end - at - 1)};
    found.what = find_what(command->columns, &body, &found.part, &found.column);
    found.size = (size_t)(end + 1 - at);
    return found;
}

/* ---- checks ---- */

static size_t smallest(size_t a, size_t b, size_t c) { return a < b ? (a < c ? a : c) : b < c ? b : c; }

/* How many letters have to be put in, taken out or replaced to make b of a. Names are short; of longer ones only the beginning counts. */
static size_t distance(rp_bytes a, const char *b)
{
    size_t row[65], size = strlen(b) < 64 ? strlen(b) : 64;
    for (size_t j = 0; j <= size; j++) row[j] = j;
    for (size_t i = 1; i <= a.size; i++) {
        size_t before = row[0];
        row[0] = i;
        for (size_t j = 1; j <= size; j++) {
            size_t above = row[j], same = ((const char *)a.data)[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = smallest(row[j] + 1, row[j - 1] + 1, before + same);
            before = above;
        }
    }
    return row[size];
}

static const char *nearest(texts columns, rp_bytes name)
{
    const char *best = NULL;
    size_t least = 3;
    for (const char *at = columns.data; at < end_of(columns); at += strlen(at) + 1) {
        size_t d = distance(name, at);
        if (*at && d < least && d < name.size) {
            least = d;
            best = at;
        }
    }
    return best;
}

static rp_status unknown_name(const command_words *command, rp_bytes name, rp_error *error)
{
    const char *meant = nearest(command->columns, name);
    text_buffer names = {NULL, 0, 0, 0};
    if (meant)
        return rp_error_set(error, RP_USAGE, 0, "{%.*s}: there is no such column; did you mean {%s}?", (int)name.size,
                            (const char *)name.data, meant);
    for (const char *at = command->columns.data; at < end_of(command->columns); at += strlen(at) + 1)
        if (*at) text_buffer_print(&names, " {%.100s}", at);
    text_buffer_add(&names, "", 1);
    rp_status status = rp_error_set(error, RP_USAGE, 0, "{%.*s}: there is no such column; there are:%s", (int)name.size,
                                    (const char *)name.data, names.data ? names.data : "");
    text_buffer_free(&names);
    return status;
}

static int is_twice(texts columns, const char *name)
{
    int n = 0;
    for (const char *at = columns.data; at < end_of(columns); at += strlen(at) + 1) n += strcmp(at, name) == 0;
    return n > 1;
}

static rp_status check_placeholder(const command_words *command, const char *at, const placeholder *found, size_t n_columns,
                                   rp_error *error)
{
    if (found->what == PERL)
        return rp_error_set(error, RP_USAGE, 0, "%.*s: Perl isn't run; see rankpool jobs exec for the placeholders", (int)found->size, at);
    if (found->what == UNKNOWN) {
        rp_bytes name = {at + 1, found->size - 2};
        (void)take_part(&name);
        return unknown_name(command, name, error);
    }
    if (found->what != COLUMN || n_columns == 0) return RP_OK;
    if (found->column >= n_columns)
        return rp_error_set(error, RP_USAGE, 0, "%.*s: an item has %zu column%s", (int)found->size, at, n_columns,
                            n_columns == 1 ? "" : "s");
    int is_named = !(at[1] >= '0' && at[1] <= '9') && command->columns.size > 0;
    if (is_named && is_twice(command->columns, texts_at(command->columns, found->column)))
        return rp_error_set(error, RP_USAGE, 0, "%.*s: two columns have this name; give its number", (int)found->size, at);
    return RP_OK;
}

rp_status command_words_check(const command_words *command, size_t n_columns, rp_error *error)
{
    for (const char *word = command->words.data; word < end_of(command->words); word += strlen(word) + 1) {
        for (const char *at = strchr(word, '{'); at; at = strchr(at + 1, '{')) {
            placeholder found = find_placeholder(command, word, at);
            if (found.what == NOTHING) continue;
            rp_status status = check_placeholder(command, at, &found, n_columns, error);
            if (status != RP_OK) return status;
            at += found.size - 1;
        }
    }
    return RP_OK;
}

/* ---- expanding ---- */

static const char *last_slash(rp_bytes text) { return text.size ? memrchr(text.data, '/', text.size) : NULL; }

static rp_bytes name_of(rp_bytes text)
{
    const char *slash = last_slash(text), *begin = slash ? slash + 1 : text.data;
    return (rp_bytes){begin, text.size - (size_t)(begin - (const char *)text.data)};
}

/* As dirname does: "a//b/" has the folder "a". */
static rp_bytes folder_of(rp_bytes text)
{
    const char *begin = text.data;
    while (text.size > 1 && begin[text.size - 1] == '/') text.size--;
    const char *slash = last_slash(text);
    if (!slash) return (rp_bytes){".", 1};
    size_t size = (size_t)(slash - begin);
    while (size > 0 && begin[size - 1] == '/') size--;
    return size ? (rp_bytes){begin, size} : (rp_bytes){"/", 1};
}

static rp_bytes without_extension(rp_bytes text)
{
    rp_bytes name = name_of(text);
    const char *dot = name.size ? memrchr(name.data, '.', name.size) : NULL;
    return dot ? (rp_bytes){text.data, (size_t)(dot - (const char *)text.data)} : text;
}

static rp_bytes part_of(rp_bytes text, text_part part)
{
    switch (part) {
    case NO_EXTENSION: return without_extension(text);
    case NAME: return name_of(text);
    case FOLDER: return folder_of(text);
    case NAME_NO_EXTENSION: return without_extension(name_of(text));
    default: return text;
    }
}

static rp_bytes as_bytes(const char *text) { return (rp_bytes){text, strlen(text)}; }

/* Adds what a placeholder stands for. Texts of a whole item are joined by blanks. */
static void add_value(const placeholder *found, const command_values *values, text_buffer *to)
{
    rp_bytes value;
    if (found->what == INDEX) text_buffer_print(to, "%" PRId64, values->index + 1);
    if (found->what == WORKER) text_buffer_print(to, "%d", values->worker + 1);
    if (found->what == COLUMN) {
        value = part_of(as_bytes(texts_at(values->item, found->column)), found->part);
        text_buffer_add(to, value.data, value.size);
    }
    for (size_t k = 0; found->what == WHOLE_ITEM && k < texts_count(values->item); k++) {
        value = part_of(as_bytes(texts_at(values->item, k)), found->part);
        if (k > 0) text_buffer_add_byte(to, ' ');
        text_buffer_add(to, value.data, value.size);
    }
}

/* Which quotes of a shell's line are open at `end`: 0, ' or ". */
static char open_quote(const char *line, size_t size)
{
    char quote = 0;
    for (size_t i = 0; i < size; i++) {
        if (line[i] == '\\' && quote != '\'') i++;
        else if (line[i] == quote) quote = 0;
        else if (!quote && (line[i] == '\'' || line[i] == '"')) quote = line[i];
    }
    return quote;
}

/* In a shell's line a value stands as a variable, so that the shell never reads it as anything but a value. The variable is in double
 * quotes, whatever quotes are open around it. */
static void add_variable(const placeholder *found, const command_values *values, command_line *line)
{
    char name[32], quote = open_quote(line->words.data, line->words.size);
    snprintf(name, sizeof(name), "RANKPOOL_VALUE_%zu", texts_count((texts){line->variables.data, line->variables.size}) + 1);
    text_buffer_add_string(&line->variables, name);
    text_buffer_add_byte(&line->variables, '=');
    add_value(found, values, &line->variables);
    text_buffer_add_byte(&line->variables, '\0');
    text_buffer_print(&line->words, quote == '"' ? "${%s}" : quote ? "'\"${%s}\"'" : "\"${%s}\"", name);
}

static void add_whole_words(const command_values *values, command_line *line)
{
    text_buffer_add(&line->words, values->item.data, values->item.size);
}

/* Adds a word without the NUL. Returns how many placeholders it has; -1: there is no such text, `*missing`. */
static int expand_word(const command_words *command, const char *word, const command_values *values, command_line *line, int *missing)
{
    int n = 0;
    for (const char *at = word; *at; at++) {
        placeholder found = {NOTHING, ALL, 0, 0};
        if (*at == '{') found = find_placeholder(command, word, at);
        if (found.what == NOTHING || found.what == UNKNOWN || found.what == PERL) {
            text_buffer_add_byte(&line->words, *at);
            continue;
        }
        if (found.what == COLUMN && found.column >= texts_count(values->item)) {
            *missing = (int)found.column + 1;
            return -1;
        }
        if (command->shell) add_variable(&found, values, line);
        else add_value(&found, values, &line->words);
        at += found.size - 1;
        n++;
    }
    return n;
}

/* Adds all words, and the item's texts if no placeholder asks for them. Returns 1, or 0 as command_words_expand. */
static int expand_words(const command_words *command, const command_values *values, command_line *line, int *missing)
{
    int n_placeholders = 0;
    for (const char *word = command->words.data; word < end_of(command->words); word += strlen(word) + 1) {
        int n = 1, is_whole = !command->shell && strcmp(word, "{}") == 0;
        if (command->shell && word > (const char *)command->words.data) text_buffer_add_byte(&line->words, ' ');
        if (is_whole) add_whole_words(values, line);
        else n = expand_word(command, word, values, line, missing);
        if (n < 0) return 0;
        if (!is_whole && !command->shell) text_buffer_add_byte(&line->words, '\0');
        n_placeholders += n;
    }
    if (n_placeholders == 0 && !command->shell) add_whole_words(values, line);
    for (size_t k = 0; n_placeholders == 0 && command->shell && k < texts_count(values->item); k++) {
        text_buffer_add_byte(&line->words, ' ');
        add_variable(&(placeholder){COLUMN, ALL, k, 0}, values, line);
    }
    return 1;
}

int command_words_expand(const command_words *command, const command_values *values, command_line *line, int *missing)
{
    text_buffer_clear(&line->words);
    text_buffer_clear(&line->variables);
    *missing = 0;
    if (command->shell) { /* the line alone first, as quotes are counted in it */
        command_line own = *line;
        int is_there = expand_words(command, values, &own, missing);
        text_buffer_add_byte(&own.words, '\0');
        line->variables = own.variables;
        line->words = (text_buffer){NULL, 0, 0, own.words.failed};
        text_buffer_add(&line->words, command->shell, strlen(command->shell) + 1);
        text_buffer_add(&line->words, "-c", 3);
        text_buffer_add(&line->words, own.words.data, own.words.size);
        text_buffer_free(&own.words);
        return is_there && !line->words.failed && !line->variables.failed;
    }
    return expand_words(command, values, line, missing) && !line->words.failed;
}

void command_line_free(command_line *line)
{
    text_buffer_free(&line->words);
    text_buffer_free(&line->variables);
}

void command_line_quote(const command_line *line, text_buffer *to)
{
    texts variables = {line->variables.data, line->variables.size}, words = {line->words.data, line->words.size};
    size_t n = 0;
    for (const char *at = variables.data; variables.size && at < end_of(variables); at += strlen(at) + 1, n++) {
        size_t name = (size_t)(strchr(at, '=') + 1 - at);
        if (n > 0) text_buffer_add_byte(to, ' ');
        text_buffer_add(to, at, name);
        text_buffer_add_quoted(to, as_bytes(at + name));
    }
    for (const char *at = words.data; words.size && at < end_of(words); at += strlen(at) + 1, n++) {
        if (n > 0) text_buffer_add_byte(to, ' ');
        text_buffer_add_quoted(to, as_bytes(at));
    }
}
