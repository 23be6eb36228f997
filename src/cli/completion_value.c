/* completion_value.c: see completion_value.h. */
#include "completion_value.h"
#include "option_values.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Of a placeholder such as "N|auto" the words are values, and capital letters stand for one. */
static const char *word_of(const char *placeholder, size_t k, char room[COMPLETION_NAME_SIZE])
{
    for (const char *at = placeholder; *at; at += *at == '|') {
        size_t size = strcspn(at, "|");
        int is_word = size > 1 && size < COMPLETION_NAME_SIZE;
        for (size_t i = 0; i < size; i++) is_word = is_word && islower((unsigned char)at[i]);
        if (is_word && k-- == 0) {
            snprintf(room, COMPLETION_NAME_SIZE, "%.*s", (int)size, at);
            return room;
        }
        at += size;
    }
    return NULL;
}

const char *completion_value_name(const option_entry *entry, unsigned command, size_t k, char room[COMPLETION_NAME_SIZE])
{
    option_values_of of = {entry->name, command};
    return option_values_name(&of, 0) ? option_values_name(&of, k) : word_of(entry->value, k, room);
}

completion_kind completion_value_kind(const option_entry *entry, unsigned command)
{
    char room[COMPLETION_NAME_SIZE];
    if (!entry->value) return COMPLETION_NONE;
    if (strcmp(entry->name, "param") == 0) return COMPLETION_PARAM;
    if (completion_value_name(entry, command, 0, room)) return COMPLETION_NAMES;
    if (strstr(entry->value, "FILE")) return COMPLETION_FILE;
    return strstr(entry->value, "DIR") ? COMPLETION_FOLDER : COMPLETION_TEXT;
}
