/* times.c: see times.h. */
#include "simulate/times.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char rpi_sim_times_forms[] = "constant:S, uniform:A:B, exponential:MEAN, normal:MEAN:SD, heavy:S:LAST, ascending:A:B, descending:A:B";

static const struct {
    const char *name;
    int n_numbers;
} forms[] = {
    [RPI_SIM_CONSTANT] = {"constant", 1},     [RPI_SIM_UNIFORM] = {"uniform", 2}, [RPI_SIM_EXPONENTIAL] = {"exponential", 1},
    [RPI_SIM_NORMAL] = {"normal", 2},         [RPI_SIM_HEAVY] = {"heavy", 2},     [RPI_SIM_ASCENDING] = {"ascending", 2},
    [RPI_SIM_DESCENDING] = {"descending", 2},
};

/* Parses exactly n numbers of seconds within the limits, each after a colon. */
static bool parse_numbers(const char *text, int n, double *numbers)
{
    for (int i = 0; i < n; i++) {
        if (*text++ != ':') return false;
        char *end;
        numbers[i] = strtod(text, &end);
        if (end == text || !(numbers[i] >= 0 && numbers[i] <= RPI_SIM_MOST_SECONDS)) return false;
        text = end;
    }
    return *text == '\0';
}

bool rpi_sim_times_parse(const char *text, rpi_sim_times *times)
{
    for (size_t kind = 0; kind < sizeof forms / sizeof *forms; kind++) {
        double numbers[2] = {0, 0};
        size_t length = strlen(forms[kind].name);
        if (strncmp(text, forms[kind].name, length) != 0 || !parse_numbers(text + length, forms[kind].n_numbers, numbers)) continue;
        times->kind = (rpi_sim_times_kind)kind;
        times->a = numbers[0];
        times->b = numbers[1];
        return true;
    }
    return false;
}

/* splitmix64: Steele, Lea & Flood, OOPSLA 2014. Each number is drawn by itself here, so no state is kept. */
double rpi_sim_random(uint64_t seed, uint64_t number)
{
    uint64_t z = seed * 0xd1342543de82ef95u + (number + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/* Box & Muller, Annals of Mathematical Statistics 29, 1958. */
static double normal(const rpi_sim_times *times, uint64_t item)
{
    double radius = sqrt(-2 * log(1 - rpi_sim_random(times->seed, 2 * item))),
           angle = 6.283185307179586 * rpi_sim_random(times->seed, 2 * item + 1);
    double time_s = times->a + times->b * radius * cos(angle);
    return time_s > 0 ? time_s : 0;
}

static double rising(const rpi_sim_times *times, uint64_t item)
{
    if (times->n_items < 2) return times->a;
    return times->a + (times->b - times->a) * (double)item / (double)(times->n_items - 1);
}

double rpi_sim_times_item(const void *of, uint64_t item)
{
    const rpi_sim_times *times = of;
    switch (times->kind) {
    case RPI_SIM_CONSTANT: return times->a;
    case RPI_SIM_UNIFORM: return times->a + (times->b - times->a) * rpi_sim_random(times->seed, item);
    case RPI_SIM_EXPONENTIAL: return -times->a * log(1 - rpi_sim_random(times->seed, item));
    case RPI_SIM_NORMAL: return normal(times, item);
    case RPI_SIM_HEAVY: return item + 1 == times->n_items ? times->b : times->a;
    case RPI_SIM_ASCENDING: return rising(times, item);
    case RPI_SIM_DESCENDING: return rising(times, times->n_items - 1 - item);
    case RPI_SIM_RECORDED: return times->recorded[item % times->n_recorded];
    }
    return 0;
}

double rpi_sim_times_sum(const rpi_sim_times *times, double *longest_s)
{
    double sum = 0;
    *longest_s = 0;
    for (uint64_t i = 0; i < times->n_items; i++) {
        double time_s = rpi_sim_times_item(times, i);
        sum += time_s;
        if (time_s > *longest_s) *longest_s = time_s;
    }
    return sum;
}

typedef struct free_worker {
    double free_s, speed;
} free_worker;

/* Moves the first worker of the heap, which was free first, to where its new, later time belongs. */
static void sink_first(free_worker *heap, size_t n, free_worker first)
{
    size_t k = 0;
    for (size_t child = 1; child < n; child = 2 * k + 1) {
        if (child + 1 < n && heap[child + 1].free_s < heap[child].free_s) child++;
        if (heap[child].free_s >= first.free_s) break;
        heap[k] = heap[child];
        k = child;
    }
    heap[k] = first;
}

double rpi_sim_times_ideal(const rpi_sim_times *times, uint64_t n_workers, const double *speeds)
{
    size_t n = (size_t)(n_workers < times->n_items ? n_workers : times->n_items);
    double makespan = 0;
    free_worker *heap = calloc(n + 1, sizeof *heap);
    if (!heap) return -1;
    for (size_t k = 0; k < n; k++) heap[k].speed = speeds ? speeds[k] : 1;
    for (uint64_t i = 0; i < times->n_items; i++) {
        free_worker first = heap[0];
        first.free_s += rpi_sim_times_item(times, i) / first.speed;
        if (first.free_s > makespan) makespan = first.free_s;
        sink_first(heap, n, first);
    }
    free(heap);
    return makespan;
}
