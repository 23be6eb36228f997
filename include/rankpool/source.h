/*
 * source.h: where the items of a call come from: columns in memory, numbers that count up, or a function that makes them one by one.
 *
 * A call with several arguments has a column for each, in the order of the task's arguments. A column in memory is borrowed until the call
 * is finished (for a blocking call: until it returns). Constants are copied when the call is made. The macros make compound literals, which
 * live as long as the block that they stand in. So a source that is kept in a variable has to be made in the same block.
 *
 * A call is refused as RP_USAGE, before any of its items runs, when a column doesn't fit its argument, is shorter than the call where that
 * is known, or has a string that is NULL, or an rp_bytes with a size and no data. An iterator finds the last two as it comes to them.
 */
#ifndef RANKPOOL_SOURCE_H
#define RANKPOOL_SOURCE_H

#include <rankpool/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a column is. The macros below make columns. */
typedef enum rp_column_kind { RP_COLUMN_ARRAY = 0, RP_COLUMN_CONSTANT, RP_COLUMN_RANGE, RP_COLUMN_LINSPACE, RP_COLUMN_GRID } rp_column_kind;

/* A column: one argument of all items. What its kind doesn't use is 0. */
typedef struct rp_column {
    rp_column_kind kind; /* what it is */
    rp_type type;        /* of an item */
    size_t size;         /* bytes of one item */
    size_t stride_bytes; /* from one item to the next; arrays only */
    const void *data;    /* array: its first item; constant: its value; linspace: the two ends, doubles; grid: the values of the axis */
    /* Range: item i is start + i * step. Array: start is how many bytes there are from `data` on; 0: not known. Linspace: start is the
     * number of values. Grid: start is the number of values of the axis, step for how many items each stays the same. */
    int64_t start, step;
} rp_column;

/* The arguments of a call, in the order of the task's. Made by RP_COLUMNS, RP_GRID or RP_NO_COLUMNS. */
typedef struct rp_columns {
    size_t n;                 /* 0: none */
    const rp_column *columns; /* one an argument */
} rp_columns;

/* clang-format off */
#ifndef __cplusplus
/* An array, one item after another: `double speeds[1000]`, or a pointer to the first. Where the compiler knows how long the array is, a
 * call of more items is refused. `char *` and `const char *` are strings. Other pointers don't compile. */
#define RP_COLUMN(array) \
    ((rp_column){RP_COLUMN_ARRAY, RPI__ITEM_TYPE((array)[0]), sizeof((array)[0]), sizeof((array)[0]), (array), RPI__ARRAY_BYTES(array), 0})
/* One member of each struct of an array. */
#define RP_FIELD(array, member) \
    ((rp_column){RP_COLUMN_ARRAY, RPI__ITEM_TYPE((array)[0].member), sizeof((array)[0].member), sizeof((array)[0]), &(array)[0].member, \
                 RPI__ARRAY_BYTES(&(array)[0].member), 0})
/* The same value for each item (Python's itertools.repeat): any expression that isn't an array; "text" is a string. Travels to each rank
 * once. A number fits any arithmetic argument that holds it exactly: RP_CONSTANT(3) is a double, too. */
#define RP_CONSTANT(...) \
    ((rp_column){RP_COLUMN_CONSTANT, RPI__ITEM_TYPE(RPI__RVALUE(__VA_ARGS__)), sizeof(__typeof__(RPI__RVALUE(__VA_ARGS__))), 0, \
                 (__typeof__(RPI__RVALUE(__VA_ARGS__))[1]){(__VA_ARGS__)}, 0, 0})
/* The same for an array, or for a value that is too large to copy on the stack. `pointer` points to it. */
#define RP_CONSTANT_AT(pointer) \
    ((rp_column){RP_COLUMN_CONSTANT, RPI__ITEM_TYPE(*(pointer)), sizeof(*(pointer)), 0, (pointer), 0, 0})
/* start, start + step, start + 2 step, … for any arithmetic argument that holds all of them exactly; takes no memory. Only for int64_t may
 * they wrap, or have no end. */
#define RP_RANGE(start_value, step_value) \
    ((rp_column){RP_COLUMN_RANGE, RP_TYPE_INT64, sizeof(int64_t), 0, NULL, (start_value), (step_value)})
/* n doubles with even gaps, from the first to the last, which is exact: number i is from + i * ((to - from) / (n - 1)). Takes no memory. */
#define RP_LINSPACE(from, to, n) \
    ((rp_column){RP_COLUMN_LINSPACE, RP_TYPE_DOUBLE, sizeof(double), 0, (const double[2]){(from), (to)}, (int64_t)(n), 0})
/* n strings, as those of main: `char **` or `const char **`. */
#define RP_STRINGS(strings, n) \
    ((rp_column){RP_COLUMN_ARRAY, RPI__ITEM_TYPE((strings)[0]), sizeof(char *), sizeof(char *), (strings), \
                 (int64_t)(n) * (int64_t)sizeof(char *), 0})
/* All combinations of the values of some axes (Python's itertools.product), a column for each; the last axis changes fastest. Takes no
 * memory but for the axes: RP_GRID(RP_AXIS(masses), RP_AXIS(speeds)). Constants may stand among the axes. rp_grid_size says how many items
 * that is. An axis is an array, or n values at a pointer, but not of strings or bytes. It is copied when the call is made. */
#define RP_GRID(...) \
    ((rp_columns){sizeof((rp_column[]){__VA_ARGS__}) / sizeof(rp_column), \
                  rp_grid(sizeof((rp_column[]){__VA_ARGS__}) / sizeof(rp_column), (rp_column[]){__VA_ARGS__})})
#define RP_AXIS(array) \
    RP_AXIS_OF(array, sizeof(array) / sizeof((array)[0]) + \
                          RPI__REFUSE_IF(RPI__IS_POINTER(__typeof__(array)), an_axis_at_a_pointer_needs_RP_AXIS_OF_with_its_length))
#define RP_AXIS_OF(pointer, n) \
    ((rp_column){RP_COLUMN_GRID, RPI__ITEM_TYPE((pointer)[0]), sizeof((pointer)[0]), 0, (pointer), (int64_t)(n), 1})
/* Columns of a call, one for each argument: RP_COLUMNS(RP_CONSTANT(mass), RP_COLUMN(speeds)). */
#define RP_COLUMNS(...) \
    ((rp_columns){sizeof((rp_column[]){__VA_ARGS__}) / sizeof(rp_column), (const rp_column[]){__VA_ARGS__}})
/* Those of a task without arguments. */
#define RP_NO_COLUMNS ((rp_columns){0, NULL})

/* RPI__ names are not for use elsewhere. What an expression is once it is a value: an array is a pointer then. */
#define RPI__RVALUE(...) ((void)0, (__VA_ARGS__))
#define RPI__ITEM_TYPE(...) \
    ((rp_type)(RP_TYPE_OF(__VA_ARGS__) + \
               RPI__REFUSE_IF(RPI__IS_POINTER(__typeof__(__VA_ARGS__)) && RP_TYPE_OF(__VA_ARGS__) != RP_TYPE_STRING, \
                              items_are_pointers_which_mean_nothing_on_another_rank_so_give_what_they_point_to)))
#define RPI__ARRAY_BYTES(pointer) \
    (RPI__ROOM(pointer) > (size_t)INT64_MAX ? 0 : (int64_t)RPI__ROOM(pointer))
#endif
/* clang-format on */

/* How many items a grid has: the product of the lengths of its axes. 0: an axis is empty, or there are more than 64 bits count, and a call
 * with the grid is refused as RP_USAGE. */
RP_API uint64_t rp_grid_size(rp_columns grid);

/* For RP_GRID: sets for how many items each of n columns stays the same. Returns `columns`, also NULL. */
RP_API const rp_column *rp_grid(size_t n, rp_column *columns);

/*
 * Makes the next item. `arguments[k]` points to zeroed room for argument k of the task, those that are bound not counted. An rp_bytes or a
 * string is set to memory of the source that stays valid until the next call. Called by the thread that calls rp_imap and rp_iter_next,
 * never by two threads at once.
 * Returns RP_OK; RP_END when there are no more; RP_AGAIN when there is none now but may be one later (only when `may_wait` is 0). Any other
 * status is a failure of the source, with `*error` filled (rp_error_set): the results before it are delivered, then this error.
 */
typedef rp_status rp_source_next(void *state, void *const *arguments, int may_wait, rp_error *error);

/* What a source tells of the item that it has just made, where items aren't all of 0, 1, 2 …: as where some have a result already. */
typedef struct rp_source_place {
    uint64_t index;   /* of the item, for rp_item_index and rp_iter_index: above that of the item before. What is left out doesn't run */
    unsigned attempt; /* which try of the item this is, as rp_attempt() has it; 0: the first. Earlier ones count for `retries` */
    int is_alone;     /* 1: it goes to a worker in a chunk of its own */
} rp_source_place;

/* Where the items of imap and istarmap come from: RP_ITEMS or RP_GENERATOR makes it. */
typedef struct rp_source {
    rp_columns columns; /* columns in memory and ranges … */
    /* … and how many items they have; UINT64_MAX, with ranges and constants only: endless. How many a function will give, if that is
     * known, so that progress can show it and a percentage of failures is one of all; 0: it isn't. RP_END is what ends the call. */
    uint64_t n_items;
    rp_source_next *next; /* or, when not NULL, a function, with the state that it is given */
    void *state;          /* of `next` */
} rp_source;

#ifndef __cplusplus
/* n items from columns: RP_ITEMS(1000, RP_COLUMN(x), RP_COLUMN(y)) */
#define RP_ITEMS(n, ...)                        ((rp_source){RP_COLUMNS(__VA_ARGS__), (n), NULL, NULL})
/* n items without arguments. */
#define RP_ITEMS_OF_NOTHING(n)                  ((rp_source){RP_NO_COLUMNS, (n), NULL, NULL})
/* Items from a function, with the state that it is given. */
#define RP_GENERATOR(next_function, next_state) ((rp_source){{0, NULL}, 0, (next_function), (next_state)})
#endif

#ifdef __cplusplus
}
#endif

#if defined(__cplusplus) && __cplusplus >= 201703L
#include <rankpool/cxx/columns.hpp>
#endif
#endif
