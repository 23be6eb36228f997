/* call_signature.c: see call_signature.h. A type is counted together from its words, which C allows in any order. */
#include "call_signature.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

enum { SHOWN = 40 };

static const char types_there_are[] = "integers (int8_t to uint64_t, char, short, int, long, unsigned, size_t …), bool, float, double, "
                                      "const char *";

typedef struct reader {
    const char *at;
    char *why;
    bool has_failed;
} reader;

static bool fail(reader *self, const char *what)
{
    if (!self->has_failed) (void)snprintf(self->why, CALL_SIGNATURE_WHY_SIZE, "%s", what);
    self->has_failed = true;
    return false;
}

/* ---- words ---- */

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

static size_t word_size(const char *at)
{
    size_t size = 0;
    while (is_letter(at[size]) || (size > 0 && at[size] >= '0' && at[size] <= '9')) size++;
    return size;
}

static void skip_blanks(reader *self) { self->at += strspn(self->at, " \t\n"); }

static bool is_word(const char *at, size_t size, const char *word) { return strlen(word) == size && memcmp(at, word, size) == 0; }

/* Takes a character, if it is the next one. */
static bool take(reader *self, char c)
{
    skip_blanks(self);
    if (*self->at != c) return false;
    self->at++;
    return true;
}

/* ---- one type ---- */

/* How often each word of a type was there. */
typedef struct type_words {
    int n_const, n_signed, n_unsigned, n_char, n_short, n_int, n_long, n_named;
    rp_type named; /* of a type with a name of its own */
} type_words;

static rp_type integer_type(size_t size, bool is_signed)
{
    switch (size) {
    case 1: return is_signed ? RP_TYPE_INT8 : RP_TYPE_UINT8;
    case 2: return is_signed ? RP_TYPE_INT16 : RP_TYPE_UINT16;
    case 4: return is_signed ? RP_TYPE_INT32 : RP_TYPE_UINT32;
    default: return is_signed ? RP_TYPE_INT64 : RP_TYPE_UINT64;
    }
}

/* A word that is a type by itself. */
static bool find_named(const char *at, size_t size, rp_type *type)
{
    static const struct {
        const char *name;
        rp_type type; /* RP_TYPE_RECORD: an integer of that size */
        size_t size;
        bool is_signed;
    } rows[] = {
        {"void", RP_TYPE_VOID, 0, false},
        {"bool", RP_TYPE_BOOL, 0, false},
        {"_Bool", RP_TYPE_BOOL, 0, false},
        {"float", RP_TYPE_FLOAT, 0, false},
        {"double", RP_TYPE_DOUBLE, 0, false},
        {"int8_t", RP_TYPE_INT8, 0, false},
        {"int16_t", RP_TYPE_INT16, 0, false},
        {"int32_t", RP_TYPE_INT32, 0, false},
        {"int64_t", RP_TYPE_INT64, 0, false},
        {"uint8_t", RP_TYPE_UINT8, 0, false},
        {"uint16_t", RP_TYPE_UINT16, 0, false},
        {"uint32_t", RP_TYPE_UINT32, 0, false},
        {"uint64_t", RP_TYPE_UINT64, 0, false},
        {"size_t", RP_TYPE_RECORD, sizeof(size_t), false},
        {"ssize_t", RP_TYPE_RECORD, sizeof(ssize_t), true},
        {"ptrdiff_t", RP_TYPE_RECORD, sizeof(ptrdiff_t), true},
        {"intptr_t", RP_TYPE_RECORD, sizeof(intptr_t), true},
        {"uintptr_t", RP_TYPE_RECORD, sizeof(uintptr_t), false},
        {"intmax_t", RP_TYPE_RECORD, sizeof(intmax_t), true},
        {"uintmax_t", RP_TYPE_RECORD, sizeof(uintmax_t), false},
        {"off_t", RP_TYPE_RECORD, sizeof(off_t), true},
        {"time_t", RP_TYPE_RECORD, sizeof(time_t), true},
        {"uint", RP_TYPE_RECORD, sizeof(unsigned), false},
        {"ulong", RP_TYPE_RECORD, sizeof(unsigned long), false},
    };
    for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
        if (!is_word(at, size, rows[k].name)) continue;
        *type = rows[k].type == RP_TYPE_RECORD ? integer_type(rows[k].size, rows[k].is_signed) : rows[k].type;
        return true;
    }
    return false;
}

/* Counts a word of a type. False: it is none. */
static bool count_word(const char *at, size_t size, type_words *words)
{
    const struct {
        const char *word;
        int *count;
    } rows[] = {
        {"const", &words->n_const}, {"signed", &words->n_signed}, {"unsigned", &words->n_unsigned}, {"char", &words->n_char},
        {"short", &words->n_short}, {"int", &words->n_int},       {"long", &words->n_long},
    };
    for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
        if (!is_word(at, size, rows[k].word)) continue;
        ++*rows[k].count;
        return true;
    }
    if (!find_named(at, size, &words->named)) return false;
    words->n_named++;
    return true;
}

/* The words that say which integer it is. */
static int n_integer_words(const type_words *words)
{
    return words->n_signed + words->n_unsigned + words->n_char + words->n_short + words->n_int + words->n_long;
}

static bool make_integer(const type_words *words, rp_type *type)
{
    int length = words->n_char + words->n_short + (words->n_long > 0);
    if (words->n_signed + words->n_unsigned > 1 || length > 1 || words->n_int > 1 || words->n_long > 2) return false;
    if (words->n_char && words->n_int) return false;
    bool is_signed = words->n_char && !words->n_signed ? !words->n_unsigned && CHAR_MIN < 0 : !words->n_unsigned;
    size_t size = words->n_char        ? sizeof(char)
                  : words->n_short     ? sizeof(short)
                  : words->n_long == 2 ? sizeof(long long)
                  : words->n_long == 1 ? sizeof(long)
                                       : sizeof(int);
    *type = integer_type(size, is_signed);
    return true;
}

/* Says which type isn't one: all up to what comes after it. */
static bool fail_at(reader *self, const char *start)
{
    char what[CALL_SIGNATURE_WHY_SIZE];
    size_t size = strcspn(start, "(),");
    while (size > 0 && (start[size - 1] == ' ' || start[size - 1] == '\t' || start[size - 1] == '\n')) size--;
    if (size == 0) return fail(self, "a type is missing");
    (void)snprintf(what, sizeof(what), "'%.*s' isn't a type that a row can give; there are: %s", (int)(size < SHOWN ? size : SHOWN), start,
                   types_there_are);
    return fail(self, what);
}

/* What follows after the words of a type: the stars, and words that say nothing about the type. Returns how many stars there are. */
static int take_stars(reader *self)
{
    int n = 0;
    for (;;) {
        skip_blanks(self);
        size_t size = word_size(self->at);
        bool says_nothing = n > 0 && (is_word(self->at, size, "const") || is_word(self->at, size, "restrict"));
        if (says_nothing) self->at += size;
        else if (take(self, '*')) n++;
        else return n;
    }
}

static void take_words(reader *self, type_words *words)
{
    for (;;) {
        skip_blanks(self);
        size_t size = word_size(self->at);
        if (size == 0 || !count_word(self->at, size, words)) return;
        self->at += size;
    }
}

/* A name may follow the type, which says nothing: that of the function, or of an argument. */
static bool read_type(reader *self, bool is_result, rp_type *type)
{
    skip_blanks(self);
    const char *start = self->at;
    type_words words = {0};
    take_words(self, &words);
    int n_stars = take_stars(self), n_integer = n_integer_words(&words);
    if (n_stars == 1 && words.n_char == 1 && n_integer == 1 && words.n_named == 0) {
        if (!words.n_const && !is_result) return fail(self, "char * is a text that the function may write to; a row can give const char *");
        *type = RP_TYPE_STRING;
    } else if (n_stars > 0 || words.n_named + (n_integer > 0) != 1) {
        return fail_at(self, start);
    } else if (words.n_named) {
        *type = words.named;
    } else if (!make_integer(&words, type)) {
        return fail_at(self, start);
    }
    skip_blanks(self);
    self->at += word_size(self->at);
    return true;
}

/* ---- the whole ---- */

static bool read_argument(reader *self, call_signature *read)
{
    rp_type type;
    skip_blanks(self);
    if (strncmp(self->at, "...", 3) == 0) return fail(self, "a function that takes any number of arguments can't be called");
    if (!read_type(self, false, &type)) return false;
    if (type == RP_TYPE_VOID) return fail(self, "an argument can't be void");
    if (read->n_arguments == RP_MAX_ARGUMENTS) {
        char what[64];
        (void)snprintf(what, sizeof(what), "there are more than %d arguments", RP_MAX_ARGUMENTS);
        return fail(self, what);
    }
    read->arguments[read->n_arguments++] = type;
    return true;
}

/* "(void)" is no argument. */
static bool take_nothing(reader *self)
{
    reader ahead = *self;
    skip_blanks(&ahead);
    size_t size = word_size(ahead.at);
    if (is_word(ahead.at, size, "void")) ahead.at += size;
    if (!take(&ahead, ')')) return false;
    self->at = ahead.at;
    return true;
}

static bool read_arguments(reader *self, call_signature *read)
{
    if (!take(self, '(')) return fail(self, "there is no ( after the result's type");
    if (take_nothing(self)) return true;
    do
        if (!read_argument(self, read)) return false;
    while (take(self, ','));
    return take(self, ')') || fail(self, "there is no , or ) after an argument");
}

int call_signature_parse(const char *text, call_signature *signature, char why[CALL_SIGNATURE_WHY_SIZE])
{
    reader self = {text, why, false};
    call_signature read = {.n_arguments = 0};
    if (!read_type(&self, true, &read.result) || !read_arguments(&self, &read)) return 0;
    (void)take(&self, ';');
    skip_blanks(&self);
    if (*self.at) return fail(&self, "there is something after the )");
    *signature = read;
    return 1;
}

const char *call_signature_type(rp_type type)
{
    switch (type) {
    case RP_TYPE_BOOL: return "bool";
    case RP_TYPE_INT8: return "int8_t";
    case RP_TYPE_INT16: return "int16_t";
    case RP_TYPE_INT32: return "int32_t";
    case RP_TYPE_INT64: return "int64_t";
    case RP_TYPE_UINT8: return "uint8_t";
    case RP_TYPE_UINT16: return "uint16_t";
    case RP_TYPE_UINT32: return "uint32_t";
    case RP_TYPE_UINT64: return "uint64_t";
    case RP_TYPE_FLOAT: return "float";
    case RP_TYPE_DOUBLE: return "double";
    case RP_TYPE_STRING: return "const char *";
    default: return "void";
    }
}

const char *call_signature_arguments(const call_signature *signature, char text[CALL_SIGNATURE_TEXT_SIZE])
{
    size_t used = (size_t)snprintf(text, CALL_SIGNATURE_TEXT_SIZE, "%s", signature->n_arguments ? "" : "void");
    for (int k = 0; k < signature->n_arguments && used < CALL_SIGNATURE_TEXT_SIZE; k++)
        used += (size_t)snprintf(text + used, CALL_SIGNATURE_TEXT_SIZE - used, "%s%s", k ? ", " : "",
                                 call_signature_type(signature->arguments[k]));
    return text;
}
