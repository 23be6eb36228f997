/* fuzz.c: see fuzz.h. */
#include "fuzz.h"

#include <string.h>

static char *copy_of(const uint8_t *from, size_t size)
{
    char *copy = malloc(size + 1);
    FUZZ_CHECK(copy);
    if (size > 0) memcpy(copy, from, size);
    copy[size] = '\0';
    return copy;
}

static void pass(fuzz_input *input, size_t n_bytes)
{
    input->at += n_bytes;
    input->left -= n_bytes;
}

uint64_t fuzz_number(fuzz_input *input, size_t n_bytes)
{
    uint64_t number = 0;
    size_t n = n_bytes < input->left ? n_bytes : input->left;
    if (n > 0) memcpy(&number, input->at, n);
    pass(input, n);
    return number;
}

char *fuzz_text(fuzz_input *input)
{
    const uint8_t *end = input->left > 0 ? memchr(input->at, 0, input->left) : NULL;
    size_t length = end ? (size_t)(end - input->at) : input->left;
    char *text = copy_of(input->at, length);
    pass(input, length + (end != NULL));
    return text;
}

char *fuzz_rest(fuzz_input *input, size_t *size)
{
    *size = input->left;
    char *rest = copy_of(input->at, input->left);
    pass(input, input->left);
    return rest;
}
