/* call_library.c: a shared library for the tests of the job `call`: a function for each type, and some that don't do what they should. */
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define SAME(name, type)                                                                                                                   \
    type same_##name(type x);                                                                                                              \
    type same_##name(type x) { return x; }
SAME(int8_t, int8_t)
SAME(int16_t, int16_t)
SAME(int32_t, int32_t)
SAME(int64_t, int64_t)
SAME(uint8_t, uint8_t)
SAME(uint16_t, uint16_t)
SAME(uint32_t, uint32_t)
SAME(uint64_t, uint64_t)
SAME(bool, bool)
SAME(float, float)
SAME(double, double)
SAME(text, const char *)

/* Each argument counts in another way, so that none can be taken for another. */
double all_at_once(int8_t a, uint16_t b, float c, const char *d, double e, int64_t f, bool g, uint32_t h);
double all_at_once(int8_t a, uint16_t b, float c, const char *d, double e, int64_t f, bool g, uint32_t h)
{
    return a + 10.0 * b + 100.0 * (double)c + 1000.0 * (double)strlen(d) + 1e4 * e + 1e6 * (double)f + 1e8 * g + 1e9 * h;
}

int seven(void);
int seven(void) { return 7; }

/* Adds a byte to the file that $CALLED names. */
void note(int unused);
void note(int unused)
{
    FILE *file = fopen(getenv("CALLED"), "a");
    (void)unused;
    if (file) (void)putc('.', file), (void)fclose(file);
}

const char *nothing(int unused);
const char *nothing(int unused) { return unused ? "something" : NULL; }

int crash_if_odd(int x);
int crash_if_odd(int x)
{
    if (x % 2) (void)raise(SIGSEGV);
    return x;
}

int a_variable;
