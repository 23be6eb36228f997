/*
 * task.h: tasks are C functions that every rank knows by name.
 *
 * A task is an ordinary typed function and one declaration at file scope, after the function:
 *
 *     static double energy(double mass, double speed) { return 0.5 * mass * speed * speed; }
 *     RP_TASK(energy, double, double, double)                  // result, then 0 to 8 arguments; no semicolon
 *
 * The declaration defines `energy_task`, which rp_map and the other calls take, and registers it under the name "energy" before
 * main runs. It defines no other name but `energy_task_anchor`, so a task may have any. The compiler checks that the types of the
 * declaration are those of the function. All ranks run the same program, so all know the same tasks.
 *
 * Forms, by what the function looks like (R: result type, A, B: argument types):
 *   RP_TASK(f, R, A, B)          R f(A, B)                                       values; for numbers and small structs
 *   RP_TASK_POINTER(f, R, A, B)  void f(R *, const A *, const B *)               pointers; for fixed arrays (typedef'd) and large structs
 *   RP_TASK_RANGE(f, R, A, B)    void f(size_t n, R *, const A *, const B *)     n items at once, each an array of n; for vectorised loops
 *   RP_TASK_EMIT(f, A, B)        void f(A, B)                                    the result: the bytes that it gives to rp_emit
 *   RP_TASK_OVERLAP(f, R, A, B)  void f(void)                                    many items at once, in one thread: see rp_item_take
 *
 * The result may be void: the function then has no result pointer either, and calls are given NULL for results. There may be no arguments.
 *
 * An argument type may be rp_bytes, bytes of any length, or const char *, a string: both are valid while the function runs. A string is
 * never NULL: a call with one that is ends as RP_USAGE. Other pointers mean nothing on another rank; they don't compile.
 *
 * A linker leaves out what nothing refers to: a file of a static library, or a whole shared library (--as-needed, a default of some
 * systems) that has tasks alone. A program that finds them by name says so at file scope, in any of its files: RP_USE(energy), no
 * semicolon. Then it can't be linked without that task, and rp_task_find("energy") finds it.
 *
 * A function may run in several threads at once. Each rank has its own global variables: what one rank sets, the others don't see.
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

/* How many arguments a task may have. */
#define RP_MAX_ARGUMENTS 8

/* Bytes of any length. `data` may be NULL when `size` is 0. Each use says who owns them. */
typedef struct rp_bytes {
    const void *data; /* the first of them */
    size_t size;      /* how many */
} rp_bytes;

/* What a column, an argument or a result is. RP_TYPE_RECORD: any type that isn't listed; records are compared by size alone. */
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
    RP_TYPE_BYTES,
    RP_TYPE_STRING, /* const char *, or char *: text that ends with a NUL, of any length */
    RP_TYPE_VOID    /* of a task without a result */
} rp_type;

/* The name of a type, as "double". Never NULL, also for a number that is no type. Static text. Any thread. */
RP_API const char *rp_type_name(rp_type type);

/* One argument as the engine hands it to a kernel: item i is at base + i * stride. A stride of 0 is a constant. */
typedef struct rp_view {
    const char *base;    /* of item 0 */
    size_t stride_bytes; /* from one item to the next */
} rp_view;

/* The state of the items that a worker is running. Only the kernels that the macros below generate look into it. */
typedef struct rp_run {
    size_t item;   /* offset of the item that runs now */
    int attention; /* not 0: call rp_run_next before going on; other threads set it too */
} rp_run;

/* Runs n items: reads arguments from views, writes results (R[n], or rp_bytes[n] for an emitting task). May return early only when
 * rp_run_next says so. */
typedef void rp_kernel(rp_run *run, void *results, const rp_view *views, size_t n);

/* CONTIGUOUS: a range kernel wants contiguous arguments: constants and strided columns are spread out for it first.
 * KEEPS_EMITTED: what the last try of an item emitted before it failed is its result all the same, as with a command that prints and then
 * fails. rp_iter_next gives it with RP_FAILED; of rp_map, rp_starmap and rp_apply it is in the item's place, to be freed as any other. It
 * may be empty: an item that was lost has none, nor one that failed in a sandbox.
 * OVERLAPS: the kernel of a task that has many items at once doesn't use results and views.
 * ENDS_ITEMS: rp_cancelled says it too when the pool is to end what runs (rp_pool_end_running). What comes of an item then still counts: a
 * task that ends it before it is done fails it with the cause RP_CAUSE_ENDED (rp_fail_as). */
enum { RP_TASK_CONTIGUOUS = 1, RP_TASK_KEEPS_EMITTED = 2, RP_TASK_OVERLAPS = 4, RP_TASK_ENDS_ITEMS = 8 };

/* What the declarations below define. Opened for kernels that are found at run time. */
typedef struct rp_task {
    const char *name;                         /* by which the ranks know it */
    rp_kernel *kernel;                        /* what runs it */
    rp_type result_type;                      /* RP_TYPE_BYTES: emitted; RP_TYPE_VOID: none */
    size_t result_size;                       /* bytes; 0: none */
    int flags;                                /* RP_TASK_… added up */
    int n_arguments;                          /* 0 to 8 */
    rp_type argument_types[RP_MAX_ARGUMENTS]; /* of each */
    size_t argument_sizes[RP_MAX_ARGUMENTS];  /* bytes */
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

/* The same with another cause, for tasks that run other programs: RP_CAUSE_TIMEOUT, RP_CAUSE_SIGNAL, RP_CAUSE_EXIT or RP_CAUSE_SYSTEM
 * (error.h says what the code is then). Any other counts as RP_CAUSE_TASK. */
RP_API int rp_fail_as(rp_cause cause, int code, const char *format, ...) RP_PRINTF(3, 4);

/* Appends bytes to the result of the item that runs in this thread. Only for RP_TASK_EMIT; does nothing elsewhere. The bytes are copied.
 * The item fails when memory runs out. */
RP_API void rp_emit(const void *data, size_t size);

/*
 * For RP_TASK_OVERLAP: work that waits for something else most of the time, as pages of other hosts, so that one thread has many items at
 * once. The function has no arguments. It takes items while it wants more, waits for whichever gets on, ends each when it is through, and
 * takes others in its place:
 *
 *     static void get(void)
 *     {
 *         do {
 *             while (has_room() && (item = rp_item_take()) != NULL) begin(item, item->result, item->arguments[0]);
 *             wait_for_any();                        // calls rp_item_end or rp_item_fail for those that are over
 *         } while (some_are_open());
 *     }
 *
 * It returns when it has no item left and there is none to take. Then it is called again when there are others. The option `overlap` of
 * the pool says how many items a worker has at once, so that enough of them are sent ahead.
 */
typedef struct rp_item {
    int64_t index; /* in the call */
    int attempt;   /* which try of the item this is, from 1 */
    void *result;  /* where its result goes, before it ends; valid as long as the item; of no use for a task without results */
    const void *arguments[RP_MAX_ARGUMENTS]; /* each points to a value of its type; valid as long as the item */
} rp_item;

/* The next item, which is the task's until it ends it. NULL: there is none now, but there may be one in a moment; or memory ran out.
 * Doesn't block. With isolation and with time-outs, a function is given one item and then NULL. NULL outside a task of this form. */
RP_API rp_item *rp_item_take(void);

/* Ends an item of this task, with what is in `result`. In the thread that took it. `item` isn't valid afterwards. NULL does nothing. */
RP_API void rp_item_end(rp_item *item);

/* Appends bytes to the result of an item of a task whose result is rp_bytes. They are copied. Returns 1; or 0: no memory, or no such task.
 */
RP_API int rp_item_emit(rp_item *item, const void *data, size_t size);

/* 1: the call was cancelled, or ended early in another way, so that nothing comes of the item any more. NULL: 1. */
RP_API int rp_item_is_dropped(const rp_item *item);

/* Ends an item that has failed, as rp_fail does elsewhere. Returns 0. In a task of this form rp_fail makes all items fail that
 * haven't ended when the function returns. */
RP_API int rp_item_fail(rp_item *item, int code, const char *format, ...) RP_PRINTF(3, 4);
/* The same with another cause, as rp_fail_as. */
RP_API int rp_item_fail_as(rp_item *item, rp_cause cause, int code, const char *format, ...) RP_PRINTF(4, 5);

/*
 * Writes a line to the standard error of rank 0, wherever the task runs: "14:03:22.123 rank 1, item 17: " and the text, printed as printf
 * does it. Lines are whole, whatever others write at the same time, and those of one worker are in their order. A text of several lines is
 * shown as one, as rp_printable (text.h) shows it; the line has 1023 bytes at most. In an initializer there is no item. Does nothing
 * outside a task, and in the functions of a fold.
 *
 * Doesn't wait for a terminal, nor for other ranks. So lines that come faster than they get away are dropped: a rank keeps 64 KiB for each
 * pool until the next message to rank 0, rank 0 keeps 1 MiB, and a child process 8 KiB, for which it waits up to 20 ms. A line then says
 * how many were dropped. A blocking call returns when its lines are written, or after 1 s; those of async calls and iterators are written
 * soon after, at the latest as the pool is joined. What a rank had not sent when it was lost is lost too.
 */
RP_API void rp_log(const char *format, ...) RP_PRINTF(1, 2);

/* Where the calling task runs: the index of its item in the call, its rank, and the number of its worker in the rank. -1 outside a task. */
RP_API int64_t rp_item_index(void);
RP_API int rp_rank(void);
RP_API int rp_worker(void);

/* The number of the calling task's rank among those of its host, from 0, as the launcher tells it: for devices of the host. -1 outside a
 * task. */
RP_API int rp_local_rank(void);

/* How many ranks the launcher started on this host; 1 when it doesn't say. 0 outside a task. */
RP_API int rp_local_ranks(void);

/*
 * 64 bits for the random numbers of the calling task's item. They depend on the seed of the call (the option `seed`) and the index of the
 * item alone: so the item has the same numbers on any rank and worker, with any schedule, and when it is tried again. Items of a call have
 * different seeds, and so have items of calls whose seeds are different, but for chance. Each bit looks random, so that a generator may
 * begin with them as they are:
 *
 *     seed(item) = mix(mix(S) + (index + 1) * 0x9e3779b97f4a7c15), S the call's seed; or, when that is 0, seed(call's number, from 1)
 *     with S the pool's seed. mix is that of SplitMix64 (Steele, Lea and Flood 2014, with the constants of Stafford's variant 13).
 *
 * In range form it is the seed of the first of the n items: that of the i-th is rp_item_seed_of(rp_item_index() + i). In overlapping form
 * it is that of the item that was taken last: of any it is rp_item_seed_of(item->index). 0 outside a task.
 */
RP_API uint64_t rp_item_seed(void);
/* That of the item of an index in the running call. 0 outside a task. */
RP_API uint64_t rp_item_seed_of(int64_t index);

/* 1: the call was cancelled, or ended early in another way, or the item's time-out has passed in a pool without isolation: so nothing comes
 * of this item any more. A long task looks from time to time and returns. It costs a few nanoseconds. 0 outside a task. With isolation the
 * process of such an item is killed in the next moment. Of a task with RP_TASK_ENDS_ITEMS also 1, or 2, as rp_pool_end_running says. */
RP_API int rp_cancelled(void);

/* Which try of the item this is, from 1 (see the option retries). 0 outside a task. */
RP_API int rp_attempt(void);

/* What the pool's initializer stored for this worker. NULL outside a task, or when the initializer stored nothing. */
RP_API void *rp_worker_state(void);

/* For the generated kernels, when run->attention is set. Records a failure of item run->item, if there was one. Returns 0 when the kernel
 * has to return, 1 when it goes on with the next item. */
RP_API int rp_run_next(rp_run *run);

/* For the generated kernels of emitting tasks: moves what was emitted for the present item to `*result`. */
RP_API void rp_run_take(rp_run *run, rp_bytes *result);

/* For the generated kernels of overlapping tasks: has the function run, in a context that gives it the n items. 0: it gives them already.
 */
RP_API void rp_run_overlap(rp_run *run, size_t n, void (*function)(void));

/* Frees the n results of an emitting task that rp_apply, rp_map or rp_starmap wrote, and sets each to {NULL, 0}. NULL does nothing. Not for
 * bytes that came from rp_iter_next. Any thread. */
RP_API void rp_bytes_free(rp_bytes *results, size_t n);

/* Where the results of a call go, made by RP_INTO or RP_INTO_FIELD (map.h). */
typedef struct rp_into {
    void *data;          /* the first result; NULL for a task without a result */
    rp_type type;        /* of a result; not looked at when `size` is 0 */
    size_t size;         /* bytes of a result; 0: not known */
    size_t stride_bytes; /* from one result to the next: as `size`, or more for fields of structs */
    size_t room;         /* how many bytes there are from `data` on; SIZE_MAX: not known */
} rp_into;

/* ---- types ---- */

/* clang-format off */
#ifndef __cplusplus
/* The type of an expression, which isn't evaluated. */
#define RP_TYPE_OF(...) \
    _Generic((__typeof__(__VA_ARGS__) *)0, \
        char **: RP_TYPE_STRING, const char **: RP_TYPE_STRING, char *const *: RP_TYPE_STRING, const char *const *: RP_TYPE_STRING, \
        default: _Generic((__VA_ARGS__), \
            _Bool: RP_TYPE_BOOL, signed char: RP_TYPE_INT8, char: RP_TYPE_INT8, short: RP_TYPE_INT16, int: RP_TYPE_INT32, \
            long: RP_TYPE_INT64, long long: RP_TYPE_INT64, unsigned char: RP_TYPE_UINT8, unsigned short: RP_TYPE_UINT16, \
            unsigned: RP_TYPE_UINT32, unsigned long: RP_TYPE_UINT64, unsigned long long: RP_TYPE_UINT64, float: RP_TYPE_FLOAT, \
            double: RP_TYPE_DOUBLE, rp_bytes: RP_TYPE_BYTES, default: RP_TYPE_RECORD))

/* RPI__ names are not for use elsewhere. A value of a type, which is never read; whether a type is a pointer, and not an array. */
#define RPI__VALUE_OF(T) (*(__typeof__(T) *)0)
#define RPI__IS_POINTER(T) \
    (__builtin_classify_type(RPI__VALUE_OF(T)) == 5 && \
     __builtin_types_compatible_p(__typeof__(T), __typeof__(((void)0, RPI__VALUE_OF(T)))))
/* 0. It doesn't compile when the condition holds, and the message has the words. A static assertion in a struct would do it too; but clang
 * takes what a struct has in it for the file's, and refuses compound literals there that aren't constant. */
#define RPI__REFUSE_IF(condition, words) _Generic(__builtin_choose_expr((condition), (struct words *)0, (int *)0), int *: 0)
/* How many bytes there are from a pointer to the end of the array or allocation that it is in; SIZE_MAX where the compiler can't tell. */
#define RPI__ROOM(pointer) __builtin_object_size((pointer), 0)
/* What a pointer for results points to, never read, and its size. Of a void *, a 0 or a struct (an rp_into): a char, and 0. */
#define RPI__POINTED(pointer) (_Generic((pointer), RPI__NO_TARGET((char *)0) default: (pointer))[0])
#define RPI__POINTED_SIZE(pointer) _Generic((pointer), RPI__NO_TARGET(0) default: sizeof(RPI__POINTED(pointer)))
#define RPI__RESULT_TYPE(pointer) \
    ((rp_type)(RP_TYPE_OF(RPI__POINTED(pointer)) + \
               RPI__REFUSE_IF(RPI__IS_POINTER(__typeof__(RPI__POINTED(pointer))), results_are_pointers_and_those_of_tasks_never_are)))
#define RPI__NO_TARGET(instead) void *: instead, int: instead, rp_into: instead,
#endif
/* clang-format on */

#ifdef __cplusplus
}
#endif

#include <rankpool/declare.h>

#endif
