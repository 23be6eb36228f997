/*
 * fuzz.h: what the fuzz targets share. A target is one function that takes any bytes, and checks properties of what it calls with them.
 * libFuzzer runs it for long; elsewhere replay.c runs it once for each file of its corpus.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that doesn't hold ends the process, which is what libFuzzer takes for a finding. */
#define FUZZ_CHECK(condition)                                                                                                              \
    do {                                                                                                                                   \
        if (condition) break;                                                                                                              \
        fprintf(stderr, "%s:%d: %s doesn't hold\n", __FILE__, __LINE__, #condition);                                                       \
        abort();                                                                                                                           \
    } while (0)

/* The input, to be read from its beginning to its end. What isn't there reads as 0. */
typedef struct fuzz_input {
    const uint8_t *at;
    size_t left;
} fuzz_input;

uint64_t fuzz_number(fuzz_input *input, size_t n_bytes);
/* What is left up to the next 0 byte, as a new string; the 0 is passed over. The caller frees it. */
char *fuzz_text(fuzz_input *input);
/* All that is left, with a 0 behind it, which isn't counted. The caller frees it. */
char *fuzz_rest(fuzz_input *input, size_t *size);

#endif
