/* machine.c: see machine.h. */
#include "machine.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double busy_share = 0.5;    /* load for each core */
static const double stolen_share = 0.02; /* of the processors' time */
enum { MOST_CORES = 4096 };

static FILE *open_under(const char *root, const char *path)
{
    char whole[PATH_MAX];
    if (snprintf(whole, sizeof whole, "%s%s", root, path) >= PATH_MAX) return NULL;
    return fopen(whole, "re");
}

/* The first line without its end. 0: there is none. */
static int read_line(const char *root, const char *path, char *text, int size)
{
    FILE *file = open_under(root, path);
    int is_there = file && fgets(text, size, file);
    if (file) fclose(file);
    if (is_there) text[strcspn(text, "\n")] = '\0';
    return is_there;
}

/* Of /proc/stat: the first line has the ticks of all cores: user, nice, system, idle, iowait, irq, softirq, steal. One line for each core
 * follows. */
static void read_ticks(const char *root, machine_state *state)
{
    enum { STEAL = 7, N_TICKS = 8 };
    char line[512];
    FILE *file = open_under(root, "/proc/stat");
    if (!file) return;
    if (fgets(line, sizeof line, file) && strncmp(line, "cpu ", 4) == 0) {
        char *at = line + 4;
        for (int i = 0; i < N_TICKS; i++) {
            double ticks = strtod(at, &at);
            state->all_ticks += ticks;
            if (i == STEAL) state->stolen_ticks = ticks;
        }
    }
    while (fgets(line, sizeof line, file) && strncmp(line, "cpu", 3) == 0) state->cores++;
    fclose(file);
}

static double read_throttled(const char *root, int cores)
{
    double sum = 0;
    for (int i = 0; i < cores && i < MOST_CORES; i++) {
        char path[96], text[32];
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/thermal_throttle/core_throttle_count", i);
        if (read_line(root, path, text, sizeof text)) sum += strtod(text, NULL);
    }
    return sum;
}

void machine_look(const char *root, machine_state *state)
{
    char text[128];
    *state = (machine_state){.load = -1};
    if (read_line(root, "/proc/loadavg", text, sizeof text)) state->load = strtod(text, NULL);
    read_ticks(root, state);
    (void)read_line(root, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", state->governor, sizeof state->governor);
    state->throttled = read_throttled(root, state->cores);
}

/* 1 for the doubt that is the k-th; counts the others down. */
static int is_turn(int holds, int *k) { return holds && (*k)-- == 0; }

const char *machine_doubt(const machine_state *before, const machine_state *after, int k, char text[MACHINE_TEXT_SIZE])
{
    double ticks = after->all_ticks - before->all_ticks, stolen = ticks > 0 ? (after->stolen_ticks - before->stolen_ticks) / ticks : 0;
    const char *governor = before->governor;
    if (is_turn(before->cores > 0 && before->load > busy_share * before->cores, &k))
        snprintf(text, MACHINE_TEXT_SIZE,
                 "The machine was busy before the first run: load %.1f on %d core%s. Times may be longer, and vary more.", before->load,
                 before->cores, before->cores == 1 ? "" : "s");
    else if (is_turn(*governor && strcmp(governor, "performance") != 0, &k))
        snprintf(text, MACHINE_TEXT_SIZE, "The clock of the cores follows the load (governor %s), so first runs may be slower.", governor);
    else if (is_turn(after->throttled > before->throttled, &k))
        snprintf(text, MACHINE_TEXT_SIZE, "Cores were throttled %.0f times, as they were hot. Later runs may be slower.",
                 after->throttled - before->throttled);
    else if (is_turn(stolen > stolen_share, &k))
        snprintf(text, MACHINE_TEXT_SIZE, "A hypervisor gave %.0f %% of the cores' time to others. Times may be longer, and vary more.",
                 100 * stolen);
    else return NULL;
    return text;
}
