/*
 * command_words.h: the words of a command with placeholders, and what they become for an item. Pure functions.
 *
 *     {}               the item; a word that is only {} becomes a word for each of the item's texts
 *     {1} {2} … {name} one of its texts: a column
 *     {.} {/} {//} {/.}  the item without its extension, without its folder, its folder, without both; also {1.} {name//} and so on
 *     {#} {%}          the number of the item, and of the worker among those of all ranks, both from 1
 *
 * Each is expanded once, anywhere in a word. What a placeholder becomes isn't looked at again. Other braces are left alone. A command
 * without any gets the item's texts as its last words.
 */
#ifndef RANKPOOL_JOBS_COMMAND_WORDS_H
#define RANKPOOL_JOBS_COMMAND_WORDS_H

#include "text_buffer.h"

#include <rankpool/job.h>

/* Texts one after another, a NUL after each. */
typedef rp_bytes texts;

/* A command as it was typed. Borrowed. */
typedef struct command_words {
    texts words;
    texts columns;     /* the columns' names; "" is one without a name */
    const char *shell; /* the words make a line for this shell, in which values stand as variables; NULL: no shell */
} command_words;

/* What the placeholders stand for. */
typedef struct command_values {
    texts item;
    int64_t index; /* from 0 */
    int worker;    /* from 0 */
} command_values;

/* What a command becomes. Zeroed at first; used again from item to item. */
typedef struct command_line {
    text_buffer words;     /* texts */
    text_buffer variables; /* texts NAME=VALUE, which the shell's line needs */
} command_line;

/* Checks the words before any item is there. `n_columns` 0: the columns aren't known. Returns RP_OK; RP_USAGE: a placeholder names no
 * column, or needs Perl. */
rp_status command_words_check(const command_words *command, size_t n_columns, rp_error *error);

/* Expands the words. Returns 1; 0: the item has no text of that number, `*missing`, or (with 0) there was no memory. */
int command_words_expand(const command_words *command, const command_values *values, command_line *line, int *missing);

void command_line_free(command_line *line);

/* Adds the line that a shell turns into the same words. */
void command_line_quote(const command_line *line, text_buffer *to);

/* How many texts there are; text k of them, which must be there. */
size_t texts_count(texts all);
const char *texts_at(texts all, size_t k);

#endif
