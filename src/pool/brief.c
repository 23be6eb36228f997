/* brief.c: see brief.h. */
#include "pool/brief.h"

enum { NEEDED = 4 };
static const double most_credit_s = 1e-3, stood_still_s = 1;

void rpi_brief_init(rpi_brief *self, double most_s) { *self = (rpi_brief){.most_s = most_s}; }

/* Tasks are static objects, so their addresses differ in these bits. */
static unsigned place_of(const void *task) { return (unsigned)((uintptr_t)task >> 6 ^ (uintptr_t)task >> 9) % RPI_BRIEF_TASKS; }

static double get(const _Atomic double *from) { return atomic_load_explicit(from, memory_order_relaxed); }
static void set(_Atomic double *to, double value) { atomic_store_explicit(to, value, memory_order_relaxed); }

static unsigned n_in_row(const rpi_brief_task *of) { return atomic_load_explicit(&of->n_in_row, memory_order_relaxed); }
static void set_in_row(rpi_brief_task *of, unsigned n) { atomic_store_explicit(&of->n_in_row, n, memory_order_relaxed); }

static bool is_of(const rpi_brief_task *of, const void *task) { return atomic_load_explicit(&of->task, memory_order_relaxed) == task; }

static bool is_trusted(const rpi_brief_task *of) { return n_in_row(of) >= NEEDED && get(&of->credit_s) >= 0; }

bool rpi_brief_expects(const rpi_brief *self, const void *task, uint64_t n_items)
{
    const rpi_brief_task *of = &self->tasks[place_of(task)];
    return is_of(of, task) && is_trusted(of) && (double)n_items * get(&of->item_s) < self->most_s;
}

static void begin(rpi_brief_task *of, const void *task)
{
    set_in_row(of, 0);
    set(&of->credit_s, 0);
    atomic_store_explicit(&of->task, task, memory_order_relaxed);
}

static void was_brief(rpi_brief_task *of, double most_s)
{
    double credit_s = get(&of->credit_s) + most_s;
    set(&of->credit_s, credit_s < most_credit_s ? credit_s : most_credit_s);
    if (n_in_row(of) < NEEDED) set_in_row(of, n_in_row(of) + 1);
}

static void was_long(rpi_brief_task *of, double took_s)
{
    if (is_trusted(of)) set(&of->credit_s, get(&of->credit_s) - took_s);
    set_in_row(of, 0);
}

void rpi_brief_learn(rpi_brief *self, const void *task, uint64_t n_items, double item_s)
{
    rpi_brief_task *of = &self->tasks[place_of(task)];
    double took_s = (double)n_items * item_s;
    if (self->most_s <= 0 || took_s <= 0) return;
    if (!is_of(of, task)) begin(of, task);
    if (took_s < self->most_s) was_brief(of, self->most_s);
    else was_long(of, took_s);
    set(&of->item_s, item_s);
}

void rpi_brief_stood_still(rpi_brief *self, const void *task)
{
    rpi_brief_task *of = &self->tasks[place_of(task)];
    if (is_of(of, task)) set(&of->credit_s, get(&of->credit_s) - stood_still_s);
}
