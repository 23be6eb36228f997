/*
 * fold.h: how the results of a call become one value: folds, for rp_reduce (reduce.h).
 *
 * A fold is ordinary typed functions and one declaration at file scope, after the functions. It defines NAME_fold, which rp_reduce takes,
 * and registers it under its name before main runs. All ranks run the same program, so all know the same folds.
 *
 *     static double larger(double a, double b) { return a > b ? a : b; }
 *     RP_COMBINE(larger, double)              // an associative function of two; defines larger_fold; no semicolon
 *
 *     typedef struct histogram { uint64_t count[16]; } histogram;
 *     static void bins_begin(histogram *h) { memset(h, 0, sizeof *h); }
 *     static void bins_add(histogram *h, const double *result) { h->count[(int)(*result * 16)]++; }
 *     static void bins_merge(histogram *left, const histogram *right) { for (int i = 0; i < 16; i++) left->count[i] += right->count[i]; }
 *     RP_FOLD(bins, histogram, double)        // an accumulator of a fixed size, and the type of the results; defines bins_fold
 *
 *     static void words_begin(rp_accumulator *words) { … }
 *     static void words_add(rp_accumulator *words, const rp_bytes *result) { … }
 *     static void words_merge(rp_accumulator *left, const rp_accumulator *right) { … }
 *     RP_FOLD_BYTES(words, rp_bytes)          // an accumulator of bytes of any length; defines words_fold
 *
 * merge(left, right) changes `left`; all items of `left` come before those of `right`. So a fold has to be associative, but needn't be
 * commutative. An accumulator travels between ranks as bytes, so it can't have pointers in it.
 *
 * The functions run in threads of the pool, several at once on different accumulators, and outside of any item: rp_fail does nothing in
 * them, and with isolation they run in the rank, not in its children. They may not use the pool or end their thread. They should be quick,
 * as a rank may answer others only after a merge.
 */
#ifndef RANKPOOL_FOLD_H
#define RANKPOOL_FOLD_H

#include <rankpool/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of any length that a fold gathers. The library owns it. */
typedef struct rp_accumulator rp_accumulator;

/* Its bytes, which may be changed in place, and how many there are. NULL and 0 at first. The address may change with each resize. Within
 * the functions of a fold. */
RP_API void *rp_accumulator_data(const rp_accumulator *accumulator);
RP_API size_t rp_accumulator_size(const rp_accumulator *accumulator);

/* Makes it `size` bytes long, and returns them. Bytes that are new are zero. Growing it step by step costs little, as room is kept. NULL:
 * `size` is 0, or out of memory; then it is unchanged, and the call ends as RP_NO_MEMORY. */
RP_API void *rp_accumulator_resize(rp_accumulator *accumulator, size_t size);

/* OF_BYTES: its accumulators are rp_accumulator, and it gives an rp_bytes. HAS_TREE: `fold_tree` is there, and isn't NULL. */
enum { RP_FOLD_OF_BYTES = 1, RP_FOLD_HAS_TREE = 2 };

/* What the macros below define. */
typedef struct rp_fold {
    const char *name;        /* by which the ranks know it */
    rp_type result_type;     /* of the results that it takes; RP_TYPE_VOID: any */
    rp_type type;            /* of what it gives */
    size_t result_size;      /* bytes of a result; 0: any */
    size_t size;             /* bytes of what it gives; sizeof(rp_bytes) for accumulators of bytes */
    size_t accumulator_size; /* bytes; 0: accumulators of bytes */
    int64_t flags;           /* RP_FOLD_… added up */
    /* Adds the results of items first … first + n - 1, n >= 1, in order. With `begins` the accumulator isn't anything yet, and begins with
     * them. */
    void (*fold)(void *accumulator, int begins, const void *results, size_t n, uint64_t first);
    void (*merge)(void *left, const void *right); /* adds what comes after `left` in the order of items */
    /* Makes of the last accumulator what it gives. Returns NULL, or, with `given` unchanged, why it can't: static text, or text in the
     * accumulator. NULL: the accumulator is what it gives. */
    const char *(*end)(const void *accumulator, void *given);
    /* Only for speed: begins the accumulator with n blocks of `block` results each, n a power of 2 from 8 to 64. Each block is folded from
     * left to right, then neighbours are merged, then neighbours of those, and so on, to the same bits as by `fold` and `merge`. Blocks
     * don't depend on each other, so that a processor can fold several at once. Without the flag it isn't looked at. */
    void (*fold_tree)(void *accumulator, const void *results, size_t block, size_t n);
} rp_fold;

/* Adds a fold to the table of this process, as rp_task_register. `*fold` must outlive the last pool of the process. RP_OK; RP_USAGE
 * (another fold has the same name, or it isn't sound); RP_NO_MEMORY. */
RP_API rp_status rp_fold_register(const rp_fold *fold);

/* The fold of that name, ready-made ones too, or NULL. Any thread, once main has begun. */
RP_API const rp_fold *rp_fold_find(const char *name);

/* ---- ready-made folds ---- */

/* An extreme, and the index of its item. */
typedef struct rp_indexed_double {
    double value;   /* the extreme */
    uint64_t index; /* of its item */
} rp_indexed_double;
/* The same of integers. */
typedef struct rp_indexed_int64 {
    int64_t value;  /* the extreme */
    uint64_t index; /* of its item */
} rp_indexed_int64;

/* How many numbers there are, their mean, and the sum of the squares of their distances from it. */
typedef struct rp_moments {
    uint64_t count;  /* of numbers */
    double mean, m2; /* their mean, and the sum of the squares of their distances from it */
} rp_moments;

RP_API extern const rp_fold rp_sum_double[1]; /* double */
RP_API extern const rp_fold rp_sum_int64[1];  /* int64_t; RP_FAILED when the whole sum, whatever the parts, doesn't fit */
/* rp_indexed_double or rp_indexed_int64. Of equal numbers the one of the lowest index. The first NAN is the smallest, and the largest. */
RP_API extern const rp_fold rp_min_double[1];
RP_API extern const rp_fold rp_max_double[1];
RP_API extern const rp_fold rp_min_int64[1];
RP_API extern const rp_fold rp_max_int64[1];
RP_API extern const rp_fold rp_moments_double[1]; /* rp_moments, by the formulas of Chan, Golub and LeVeque (1979) */
RP_API extern const rp_fold rp_count[1];          /* uint64_t: results of any type, or of none */

/* The variance of a sample: m2 / (count - 1). NAN for fewer than two numbers. */
RP_API double rp_variance(const rp_moments *moments);

/* clang-format off */
#ifndef __cplusplus
#define RP_COMBINE(f, T) \
    RPI__CHECK_RESULT(f, T); \
    _Static_assert(_Generic(&f, T (*)(T, T): 1, default: 0), "fold " #f " combines " #T ", its function is another"); \
    static void rpi__fold_##f(void *rpi__to, int rpi__begins, const void *rpi__results, size_t rpi__n, uint64_t rpi__first) \
    { \
        const T *rpi__result = (const T *)rpi__results; \
        T rpi__value = rpi__begins ? rpi__result[0] : *(const T *)rpi__to; \
        (void)rpi__first; \
        for (size_t rpi__i = rpi__begins ? 1 : 0; rpi__i < rpi__n; rpi__i++) rpi__value = f(rpi__value, rpi__result[rpi__i]); \
        *(T *)rpi__to = rpi__value; \
    } \
    static void rpi__merge_##f(void *rpi__left, const void *rpi__right) \
    { \
        *(T *)rpi__left = f(*(const T *)rpi__left, *(const T *)rpi__right); \
    } \
    RPI__DEFINE_TREE(rpi__tree_##f, f, T) \
    RPI__DEFINE_FOLD(f, T, RPI__TYPE_CODE(0, T), sizeof(T), sizeof(T), RP_FOLD_HAS_TREE, rpi__tree_##f)

/* A fold whose accumulator is of the type A, for results of the type R: f_begin, f_add and f_merge, see above. */
#define RP_FOLD(f, A, R) \
    _Static_assert(_Alignof(A) <= 16, "the accumulator of fold " #f " is aligned to more than 16 bytes"); \
    RPI__FOLD_WITH(f, A, R) \
    RPI__DEFINE_FOLD(f, R, RPI__TYPE_CODE(0, A), sizeof(A), sizeof(A), 0, NULL)

/* The same with an accumulator of bytes of any length. */
#define RP_FOLD_BYTES(f, R) \
    RPI__FOLD_WITH(f, rp_accumulator, R) \
    RPI__DEFINE_FOLD(f, R, RP_TYPE_BYTES, sizeof(rp_bytes), 0, RP_FOLD_OF_BYTES, NULL)

/* RPI__ names are not for use elsewhere. */
#define RPI__FOLD_WITH(f, A, R) \
    _Static_assert(_Generic(&f##_begin, void (*)(A *): 1, default: 0), #f "_begin has to be void(" #A " *)"); \
    _Static_assert(_Generic(&f##_add, void (*)(A *, const R *): 1, default: 0), #f "_add has to be void(" #A " *, const " #R " *)"); \
    _Static_assert(_Generic(&f##_merge, void (*)(A *, const A *): 1, default: 0), #f "_merge has to be void(" #A " *, const " #A " *)"); \
    static void rpi__fold_##f(void *rpi__to, int rpi__begins, const void *rpi__results, size_t rpi__n, uint64_t rpi__first) \
    { \
        const R *rpi__result = (const R *)rpi__results; \
        (void)rpi__first; \
        if (rpi__begins) f##_begin((A *)rpi__to); \
        for (size_t rpi__i = 0; rpi__i < rpi__n; rpi__i++) f##_add((A *)rpi__to, &rpi__result[rpi__i]); \
    } \
    static void rpi__merge_##f(void *rpi__left, const void *rpi__right) { f##_merge((A *)rpi__left, (const A *)rpi__right); }
/* Eight blocks at a time; `kept` has the merges that wait for their right neighbours, one of each level. */
#define RPI__DEFINE_TREE(name, f, T) \
    static void name(void *rpi__to, const void *rpi__results, size_t rpi__block, size_t rpi__n) \
    { \
        T rpi__kept[4], rpi__value; \
        __builtin_memset(rpi__kept, 0, sizeof rpi__kept); \
        size_t rpi__b = 0; \
        do { \
            const T *rpi__0 = (const T *)rpi__results + rpi__b * rpi__block, *rpi__1 = rpi__0 + rpi__block, *rpi__2 = rpi__1 + rpi__block, \
                    *rpi__3 = rpi__2 + rpi__block, *rpi__4 = rpi__3 + rpi__block, *rpi__5 = rpi__4 + rpi__block, \
                    *rpi__6 = rpi__5 + rpi__block, *rpi__7 = rpi__6 + rpi__block; \
            T rpi__a = *rpi__0, rpi__c = *rpi__1, rpi__d = *rpi__2, rpi__e = *rpi__3; \
            T rpi__g = *rpi__4, rpi__h = *rpi__5, rpi__j = *rpi__6, rpi__k = *rpi__7; \
            for (size_t rpi__i = 1; rpi__i < rpi__block; rpi__i++) { \
                rpi__a = f(rpi__a, rpi__0[rpi__i]), rpi__c = f(rpi__c, rpi__1[rpi__i]), rpi__d = f(rpi__d, rpi__2[rpi__i]); \
                rpi__e = f(rpi__e, rpi__3[rpi__i]), rpi__g = f(rpi__g, rpi__4[rpi__i]), rpi__h = f(rpi__h, rpi__5[rpi__i]); \
                rpi__j = f(rpi__j, rpi__6[rpi__i]), rpi__k = f(rpi__k, rpi__7[rpi__i]); \
            } \
            rpi__a = f(rpi__a, rpi__c), rpi__d = f(rpi__d, rpi__e), rpi__g = f(rpi__g, rpi__h), rpi__j = f(rpi__j, rpi__k); \
            rpi__a = f(rpi__a, rpi__d), rpi__g = f(rpi__g, rpi__j); \
            rpi__value = f(rpi__a, rpi__g); \
            size_t rpi__level = 0; \
            for (size_t rpi__at = rpi__b / 8; rpi__at & 1; rpi__at >>= 1) rpi__value = f(rpi__kept[rpi__level++], rpi__value); \
            rpi__kept[rpi__level & 3] = rpi__value; \
            rpi__b += 8; \
        } while (rpi__b < rpi__n); \
        *(T *)rpi__to = rpi__value; \
    }
#define RPI__DEFINE_FOLD(f, R, type, size, accumulator_size, flags, tree) \
    static const rp_fold f##_fold[1] = {{#f, RPI__TYPE_CODE(0, R), type, sizeof(R), size, accumulator_size, flags, \
                                         rpi__fold_##f, rpi__merge_##f, NULL, tree}}; \
    __attribute__((__constructor__)) static void rpi__register_fold_##f(void) { (void)rp_fold_register(f##_fold); }
#endif
/* clang-format on */

#ifdef __cplusplus
}
#endif

#if defined(__cplusplus) && __cplusplus >= 201703L
#include <rankpool/cxx/folds.hpp>
#endif
#endif
