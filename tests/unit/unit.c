/* unit.c: see unit.h. */
#include "unit.h"

#include <errno.h>
#include <math.h>
#include <time.h>
#include <unistd.h>

enum { HANG_S = 580 };

static uint64_t random_state;

void unit_seed(void)
{
    const char *given = getenv("UNIT_SEED");
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    print_message("UNIT_SEED=%llu\n", (unsigned long long)seed);
    random_state = seed;
}

/* splitmix64: Steele, Lea & Flood, OOPSLA 2014. */
uint64_t unit_random(uint64_t n)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % n;
}

bool unit_schedule(int row, int *kind)
{
    rp_name name;
    if (!rp_enumeration("rp_schedule", (size_t)row, &name)) return false;
    *kind = name.value;
    return true;
}

int unit_n_schedules(void)
{
    int n = 0, kind;
    while (unit_schedule(n, &kind)) n++;
    return n;
}

rp_schedule unit_random_schedule(void)
{
    int kind = -1;
    assert_true(unit_schedule((int)unit_random((uint64_t)unit_n_schedules()), &kind));
    return (rp_schedule)kind;
}

double unit_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void unit_sleep(double seconds)
{
    struct timespec left = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - floor(seconds)) * 1e9)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) continue;
}

void unit_await(const atomic_int *counter, int value)
{
    double deadline = unit_now() + UNIT_WAIT_S;
    while (atomic_load(counter) < value) {
        if (unit_now() > deadline) fail_msg("waited for %d, saw %d", value, atomic_load(counter));
        unit_sleep(0.0005);
    }
}

void unit_check_contains(const char *text, const char *part, const char *file, int line)
{
    if (strstr(text, part)) return;
    print_error("\"%s\" doesn't contain \"%s\"\n", text, part);
    _fail(file, line);
}

int unit_main(int argc, char **argv, const char *name, const struct CMUnitTest *tests, size_t n_tests)
{
    const char *slash = strrchr(name, '/');
    alarm(HANG_S);
    if (argc > 1) cmocka_set_test_filter(argv[1]);
    return _cmocka_run_group_tests(slash ? slash + 1 : name, tests, n_tests, NULL, NULL);
}
