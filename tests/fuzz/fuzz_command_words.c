/*
 * fuzz_command_words.c: commands with placeholders. A byte that chooses a shell or none, then the words, the names of columns and the texts
 * of an item; within each, a line end separates them.
 */
#include "fuzz.h"

#include "command_words.h"
#include "result_files.h"

#include <string.h>

/* Lines as texts. */
static texts take_texts(fuzz_input *input, char **room)
{
    *room = fuzz_text(input);
    size_t size = strlen(*room) + 1;
    for (char *at = *room; (at = strchr(at, '\n'));) *at = '\0';
    return (texts){*room, size};
}

/* Reads a word of a line as a shell does, where there are only plain bytes, single quotes, and \' between them. Returns what is behind. */
static const char *read_word(const char *line, text_buffer *word)
{
    int is_quoted = 0;
    for (; *line && (is_quoted || *line != ' '); line++) {
        if (*line == '\'') is_quoted = !is_quoted;
        else if (*line == '\\' && !is_quoted) text_buffer_add_byte(word, *++line);
        else text_buffer_add_byte(word, *line);
    }
    FUZZ_CHECK(!is_quoted);
    return *line ? line + 1 : line;
}

/* The quoted line gives back variables and words. */
static void check_line(const command_line *line)
{
    text_buffer quoted = {NULL, 0, 0, 0}, back = {NULL, 0, 0, 0};
    command_line_quote(line, &quoted);
    text_buffer_add(&quoted, "", 1);
    for (const char *at = quoted.data; *at;) {
        at = read_word(at, &back);
        text_buffer_add(&back, "", 1);
    }
    FUZZ_CHECK(back.size == line->variables.size + line->words.size);
    FUZZ_CHECK(memcmp(back.data, line->variables.data ? line->variables.data : "", line->variables.size) == 0);
    FUZZ_CHECK(memcmp(back.data + line->variables.size, line->words.data, line->words.size) == 0);
    text_buffer_free(&quoted);
    text_buffer_free(&back);
}

static void check_name(const char *text)
{
    char name[RESULT_FILES_NAME_SIZE];
    (void)result_files_name(3, (rp_bytes){text, strlen(text)}, name);
    FUZZ_CHECK(strncmp(name, "3-", 2) == 0 && strlen(name) < sizeof name && !strchr(name, '/'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    const char *shell = fuzz_number(&input, 1) % 2 ? "sh" : NULL;
    char *rooms[3];
    texts words = take_texts(&input, &rooms[0]), columns = take_texts(&input, &rooms[1]), item = take_texts(&input, &rooms[2]);
    command_words command = {words, *rooms[1] ? columns : (texts){NULL, 0}, shell};
    command_values values = {item, 41, 0};
    command_line line = {{NULL, 0, 0, 0}, {NULL, 0, 0, 0}};
    rp_error error = {0};
    int missing = 0;
    if (command_words_check(&command, 0, &error) != RP_OK) FUZZ_CHECK(error.status == RP_USAGE && rp_error_text(&error)[0]);
    if (command_words_expand(&command, &values, &line, &missing)) {
        texts made = {line.words.data, line.words.size};
        FUZZ_CHECK(!missing && texts_count(made) >= (shell ? 3 : texts_count(words)));
        check_line(&line);
    } else {
        FUZZ_CHECK(missing > 0 && (size_t)missing > texts_count(item));
    }
    check_name(rooms[2]);
    command_line_free(&line);
    for (int i = 0; i < 3; i++) free(rooms[i]);
    return 0;
}
