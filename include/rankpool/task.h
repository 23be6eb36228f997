/*
 * task.h: tasks are C functions that every rank knows by name.
 *
 * A task is an ordinary typed function and one declaration at file scope, after the function:
 *
 *     static double energy(double mass, double speed) { return 0.5 * mass * speed * speed; }
 *     RP_TASK(energy, double, double, double)                  // result, then 1 to 8 arguments; no semicolon
 *
 * The declaration defines `energy_task`, which rp_map and the other calls take, and registers it under the name "energy" before
 * main runs. The compiler checks that the types of the declaration are those of the function. All ranks run the same program, so
 * all know the same tasks.
 *
 * Forms, by what the function looks like (R: result type, A, B: argument types):
 *   RP_TASK(f, R, A, B)          R f(A, B)                                       values; for numbers and small structs
 *   RP_TASK_POINTER(f, R, A, B)  void f(R *, const A *, const B *)               pointers; for fixed arrays (typedef'd) and large structs
 *   RP_TASK_RANGE(f, R, A, B)    void f(size_t n, R *, const A *, const B *)     n items at once, each an array of n; for vectorised loops
 *   RP_TASK_EMIT(f, A, B)        void f(A, B)                                    the result: the bytes that it gives to rp_emit
 *
 * An argument type may be rp_bytes: bytes of any length, valid while the function runs. Other pointers make no sense on another rank. A
 * function may run in several threads at once.
 */
#ifndef RANKPOOL_TASK_H
#define RANKPOOL_TASK_H

#include <rankpool/error.h>
#include <rankpool/export.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RP_MAX_ARGUMENTS 8

/* Bytes of any length. `data` may be NULL when `size` is 0. Each use says who owns them. */
typedef struct rp_bytes {
    const void *data;
    size_t size;
} rp_bytes;

/* What a column or an argument holds. RP_TYPE_RECORD: any type that isn't listed; records are compared by size alone. */
typedef enum rp_type {
    RP_TYPE_RECORD = 0,
    RP_TYPE_BOOL,
    RP_TYPE_INT8,
    RP_TYPE_INT16,
    RP_TYPE_INT32,
    RP_TYPE_INT64,
    RP_TYPE_UINT8,
    RP_TYPE_UINT16,
    RP_TYPE_UINT32,
    RP_TYPE_UINT64,
    RP_TYPE_FLOAT,
    RP_TYPE_DOUBLE,
    RP_TYPE_BYTES
} rp_type;

/* The name of a type, as "double". Never NULL, also for a number that is no type. Static text. Any thread. */
RP_API const char *rp_type_name(rp_type type);

/* One argument as the engine hands it to a kernel: item i is at base + i * stride. A stride of 0 is a constant. */
typedef struct rp_view {
    const char *base;
    size_t stride_bytes;
} rp_view;

/* The state of the items that a worker is running. Only the kernels that the macros below generate look into it. */
typedef struct rp_run {
    size_t item;   /* offset of the item that runs now */
    int attention; /* not 0: call rp_run_next before going on; other threads set it too */
} rp_run;

/* Runs n items: reads arguments from views, writes results (R[n], or rp_bytes[n] for an emitting task). May return early only when
 * rp_run_next says so. */
typedef void rp_kernel(rp_run *run, void *results, const rp_view *views, size_t n);

/* A range kernel wants contiguous arguments: constants and strided columns are spread out for it first. */
enum { RP_TASK_CONTIGUOUS = 1 };

typedef struct rp_task {
    const char *name;
    rp_kernel *kernel;
    rp_type result_type; /* RP_TYPE_BYTES: emitted */
    size_t result_size;  /* bytes */
    int flags;
    int n_arguments;
    rp_type argument_types[RP_MAX_ARGUMENTS];
    size_t argument_sizes[RP_MAX_ARGUMENTS]; /* bytes */
} rp_task;

/* Adds a task to the table of this process. `*task` must outlive the last pool of the process. The macros below call it before main. Call
 * it directly only for tasks that are found at run time: on every rank, before the pool is opened, and in one thread at a time. Returns
 * RP_OK; RP_USAGE (another task has the same name; the first one stays, and opening a pool reports it); RP_NO_MEMORY. */
RP_API rp_status rp_task_register(const rp_task *task);

/* The task of that name, or NULL. Any thread, once main has begun. */
RP_API const rp_task *rp_task_find(const char *name);

/* ---- what a running task may call ---- */

/* Makes the item that runs in this thread fail, with a code that the task chooses (an errno, an HTTP status) and a text. What the function
 * returns afterwards is ignored. Returns 0, so that `return rp_fail(...)` fits numbers. Does nothing outside a task. In Python a task
 * raises an exception instead. In range form all n items of this call of the function fail. */
RP_API int rp_fail(int code, const char *format, ...) RP_PRINTF(2, 3);

/* Appends bytes to the result of the item that runs in this thread. Only for RP_TASK_EMIT; does nothing elsewhere. The bytes are copied.
 * The item fails when memory runs out. */
RP_API void rp_emit(const void *data, size_t size);

/* Where the calling task runs: the index of its item in the call, its rank, and the number of its worker in the rank. -1 outside a task. */
RP_API int64_t rp_item_index(void);
RP_API int rp_rank(void);
RP_API int rp_worker(void);

/* Which try of the item this is, from 1 (see the option retries). 0 outside a task. */
RP_API int rp_attempt(void);

/* What the pool's initializer stored for this worker. NULL outside a task, or when the initializer stored nothing. */
RP_API void *rp_worker_state(void);

/* For the generated kernels, when run->attention is set. Records a failure of item run->item, if there was one. Returns 0 when the kernel
 * has to return, 1 when it goes on with the next item. */
RP_API int rp_run_next(rp_run *run);

/* For the generated kernels of emitting tasks: moves what was emitted for the present item to `*result`. */
RP_API void rp_run_take(rp_run *run, rp_bytes *result);

/* Frees the n results of an emitting task that rp_apply, rp_map or rp_starmap wrote, and sets each to {NULL, 0}. NULL does nothing. Not for
 * bytes that came from rp_iter_next. Any thread. */
RP_API void rp_bytes_free(rp_bytes *results, size_t n);

/* ---- the declarations ---- */

/* clang-format off */
#ifndef __cplusplus
#define RP_TYPE_OF(...) \
    _Generic((__VA_ARGS__), _Bool: RP_TYPE_BOOL, signed char: RP_TYPE_INT8, char: RP_TYPE_INT8, short: RP_TYPE_INT16, int: RP_TYPE_INT32, \
        long: RP_TYPE_INT64, long long: RP_TYPE_INT64, unsigned char: RP_TYPE_UINT8, unsigned short: RP_TYPE_UINT16, \
        unsigned: RP_TYPE_UINT32, unsigned long: RP_TYPE_UINT64, unsigned long long: RP_TYPE_UINT64, float: RP_TYPE_FLOAT, \
        double: RP_TYPE_DOUBLE, rp_bytes: RP_TYPE_BYTES, default: RP_TYPE_RECORD)

#define RP_TASK(f, ...)         RPX_TASK_VALUE(f, RPX_TAIL_COUNT(__VA_ARGS__), __VA_ARGS__)
#define RP_TASK_POINTER(f, ...) RPX_TASK_POINTER(f, RPX_TAIL_COUNT(__VA_ARGS__), __VA_ARGS__)
#define RP_TASK_RANGE(f, ...)   RPX_TASK_RANGE(f, RPX_TAIL_COUNT(__VA_ARGS__), __VA_ARGS__)
#define RP_TASK_EMIT(f, ...)    RPX_TASK_EMIT(f, RPX_COUNT(__VA_ARGS__), __VA_ARGS__)

/* The rest of this file makes those four. RPX_ names are not for use elsewhere. */

#define RPX_COUNT(...)                                  RPX_NTH(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define RPX_NTH(a, b, c, d, e, f, g, h, n, ...)         n
#define RPX_TAIL_COUNT(...)                             RPX_TAIL_NTH(__VA_ARGS__, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0)
#define RPX_TAIL_NTH(r, a, b, c, d, e, f, g, h, n, ...) n

#define RPX_CAT(a, b)  RPX_CAT_(a, b)
#define RPX_CAT_(a, b) a##b

/* RPX_EACH(M, n, types...): M(0, T0), M(1, T1), … with commas between */
#define RPX_EACH(M, n, ...)                   RPX_CAT(RPX_EACH_, n)(M, __VA_ARGS__)
#define RPX_EACH_1(M, A)                      M(0, A)
#define RPX_EACH_2(M, A, B)                   RPX_EACH_1(M, A), M(1, B)
#define RPX_EACH_3(M, A, B, C)                RPX_EACH_2(M, A, B), M(2, C)
#define RPX_EACH_4(M, A, B, C, D)             RPX_EACH_3(M, A, B, C), M(3, D)
#define RPX_EACH_5(M, A, B, C, D, E)          RPX_EACH_4(M, A, B, C, D), M(4, E)
#define RPX_EACH_6(M, A, B, C, D, E, F)       RPX_EACH_5(M, A, B, C, D, E), M(5, F)
#define RPX_EACH_7(M, A, B, C, D, E, F, G)    RPX_EACH_6(M, A, B, C, D, E, F), M(6, G)
#define RPX_EACH_8(M, A, B, C, D, E, F, G, H) RPX_EACH_7(M, A, B, C, D, E, F, G), M(7, H)

#define RPX_AT(k, A)            ((const A *)(const void *)(views[k].base + i * views[k].stride_bytes))
#define RPX_LOAD(k, A)          *RPX_AT(k, A)
#define RPX_ARRAY(k, A)         ((const A *)(const void *)views[k].base)
#define RPX_TYPE(k, A)          A
#define RPX_CONST_POINTER(k, A) const A *
#define RPX_TYPE_CODE(k, A)     RP_TYPE_OF(*(A *)0)
/* Items travel in buffers that are aligned to 16 bytes. */
#define RPX_SIZE(k, A)          (sizeof(A) * sizeof(char[_Alignof(A) <= 16 ? 1 : -1]))

#define RPX_CHECK(f, prototype) \
    _Static_assert(_Generic(&f, prototype : 1, default : 0), "the types of the task's declaration are not those of its function " #f)
#define RPX_NOT_BYTES(f, R) \
    _Static_assert(RP_TYPE_OF(*(R *)0) != RP_TYPE_BYTES, "a result of any length is emitted: see RP_TASK_EMIT for " #f)
#define RPX_ATTENTION(run) __builtin_expect(__atomic_load_n(&(run)->attention, __ATOMIC_RELAXED), 0)

#define RPX_TASK_VALUE(f, n, R, ...) \
    RPX_NOT_BYTES(f, R); \
    RPX_CHECK(f, R (*)(RPX_EACH(RPX_TYPE, n, __VA_ARGS__))); \
    static void f##_kernel(rp_run *run, void *results, const rp_view *views, size_t n_items) \
    { \
        R *result = (R *)results; \
        for (size_t i = 0; i < n_items; i++) { \
            run->item = i; \
            result[i] = f(RPX_EACH(RPX_LOAD, n, __VA_ARGS__)); \
            if (RPX_ATTENTION(run) && !rp_run_next(run)) break; \
        } \
    } \
    RPX_DEFINE(f, RP_TYPE_OF(*(R *)0), sizeof(R), 0, n, __VA_ARGS__)

#define RPX_TASK_POINTER(f, n, R, ...) \
    RPX_NOT_BYTES(f, R); \
    RPX_CHECK(f, void (*)(R *, RPX_EACH(RPX_CONST_POINTER, n, __VA_ARGS__))); \
    static void f##_kernel(rp_run *run, void *results, const rp_view *views, size_t n_items) \
    { \
        R *result = (R *)results; \
        for (size_t i = 0; i < n_items; i++) { \
            run->item = i; \
            f(&result[i], RPX_EACH(RPX_AT, n, __VA_ARGS__)); \
            if (RPX_ATTENTION(run) && !rp_run_next(run)) break; \
        } \
    } \
    RPX_DEFINE(f, RP_TYPE_OF(*(R *)0), sizeof(R), 0, n, __VA_ARGS__)

#define RPX_TASK_RANGE(f, n, R, ...) \
    RPX_NOT_BYTES(f, R); \
    RPX_CHECK(f, void (*)(size_t, R *, RPX_EACH(RPX_CONST_POINTER, n, __VA_ARGS__))); \
    static void f##_kernel(rp_run *run, void *results, const rp_view *views, size_t n_items) \
    { \
        run->item = 0; \
        f(n_items, (R *)results, RPX_EACH(RPX_ARRAY, n, __VA_ARGS__)); \
        if (RPX_ATTENTION(run)) (void)rp_run_next(run); \
    } \
    RPX_DEFINE(f, RP_TYPE_OF(*(R *)0), sizeof(R), RP_TASK_CONTIGUOUS, n, __VA_ARGS__)

#define RPX_TASK_EMIT(f, n, ...) \
    RPX_CHECK(f, void (*)(RPX_EACH(RPX_TYPE, n, __VA_ARGS__))); \
    static void f##_kernel(rp_run *run, void *results, const rp_view *views, size_t n_items) \
    { \
        rp_bytes *result = (rp_bytes *)results; \
        for (size_t i = 0; i < n_items; i++) { \
            run->item = i; \
            f(RPX_EACH(RPX_LOAD, n, __VA_ARGS__)); \
            rp_run_take(run, &result[i]); \
            if (RPX_ATTENTION(run) && !rp_run_next(run)) break; \
        } \
    } \
    RPX_DEFINE(f, RP_TYPE_BYTES, sizeof(rp_bytes), 0, n, __VA_ARGS__)

#define RPX_DEFINE(f, result_type, result_size, flags, n, ...) \
    static const rp_task f##_task[1] = {{#f, \
                                         f##_kernel, \
                                         result_type, \
                                         result_size, \
                                         flags, \
                                         n, \
                                         {RPX_EACH(RPX_TYPE_CODE, n, __VA_ARGS__)}, \
                                         {RPX_EACH(RPX_SIZE, n, __VA_ARGS__)}}}; \
    __attribute__((constructor)) static void f##_task_register(void) { (void)rp_task_register(f##_task); }
#endif /* __cplusplus */
/* clang-format on */

#ifdef __cplusplus
}
#endif
#endif
