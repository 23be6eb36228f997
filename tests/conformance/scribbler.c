/* scribbler.c: see scribbler.h. */
#include "scribbler.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_AREAS = 32, MOST_WRITES = 12 };

typedef struct area {
    char *at;
    size_t size;
} area;

/* Finds what is shared and can be written. */
static int find_areas(area *areas)
{
    char line[512];
    int n = 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    while (maps && n < MOST_AREAS && fgets(line, sizeof line, maps)) {
        unsigned long begin, end;
        char access[8];
        if (!strstr(line, "memfd:rankpool") || sscanf(line, "%lx-%lx %7s", &begin, &end, access) != 3 || access[1] != 'w') continue;
        areas[n++] = (area){(char *)begin, end - begin};
    }
    if (maps) fclose(maps);
    return n;
}

static uint64_t draw(uint64_t *state, uint64_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*state >> 33) % below;
}

/* Bytes at random, zeros, ones, or a copy of what is nearby, which looks as if it were right. */
static void write_over(char *at, size_t size, const area *within, uint64_t *state)
{
    uint64_t kind = draw(state, 5);
    if (kind == 0) memset(at, 0, size);
    else if (kind == 1) memset(at, 0xff, size);
    else if (kind == 2) memmove(at, within->at + draw(state, within->size - size + 1), size);
    else
        for (size_t i = 0; i < size; i++) at[i] = (char)draw(state, 256);
}

static void write_over_all(uint64_t seed)
{
    area areas[MOST_AREAS];
    uint64_t state = seed * UINT64_C(0x9e3779b97f4a7c15);
    int n = find_areas(areas);
    if (n == 0) abort();
    for (uint64_t writes = 1 + draw(&state, MOST_WRITES); writes > 0; writes--) {
        const area *into = &areas[draw(&state, (uint64_t)n)];
        static const size_t parts[] = {700, 700, 2048, SIZE_MAX}; /* most that matters is at the beginning */
        size_t part = parts[draw(&state, 4)], used = part < into->size ? part : into->size;
        size_t at = draw(&state, used), most = draw(&state, 3) ? 64 : into->size - at;
        if (most > into->size - at) most = into->size - at;
        write_over(into->at + at, 1 + draw(&state, most), into, &state);
    }
}

static void scribble_about(int64_t seed, int32_t end)
{
    if (seed == 0) return;
    write_over_all((uint64_t)seed);
    if (end == CRASHES_AFTERWARDS) {
        (void)signal(SIGSEGV, SIG_DFL); /* a sanitizer would exit instead */
        (void)raise(SIGSEGV);
    }
    while (end == NEVER_RETURNS) pause();
}

static int64_t scribble(int64_t seed, int32_t end, int64_t x)
{
    scribble_about(seed, end);
    return 3 * x + 1;
}
RP_TASK(scribble, int64_t, int64_t, int32_t, int64_t)

static void scribble_and_emit(int64_t seed, int32_t end, int64_t x)
{
    int64_t result = 3 * x + 1;
    for (int64_t i = 0; i < x % 5; i++) rp_emit(&result, sizeof result);
    scribble_about(seed, end);
}
RP_TASK_EMIT(scribble_and_emit, int64_t, int32_t, int64_t)

const scribbler_tasks scribbler = {.scribble = scribble_task, .scribble_and_emit = scribble_and_emit_task};
