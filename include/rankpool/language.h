/*
 * language.h: for languages without the macros of task.h: tasks that are registered at run time, from the address of a function. The
 * Fortran module (rankpool.f90) stands on it.
 */
#ifndef RANKPOOL_LANGUAGE_H
#define RANKPOOL_LANGUAGE_H

#include <rankpool/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A function of the range form of task.h, void f(size_t n, R *results, const A *, const B *, …), whatever its types are. Without a result
 * it has no pointer to results. */
typedef void rp_range_function(void);

/*
 * Registers such a function under a name, as RP_TASK_RANGE does before main. All types are numbers (RP_TYPE_BOOL to RP_TYPE_DOUBLE), and
 * the result may be RP_TYPE_VOID. `arguments` has `n_arguments` types, 0 to 8; NULL: there are none. Name and types are copied. On every
 * rank alike, before rp_main or the opening of a pool, in one thread at a time; nothing unregisters it. Returns RP_OK, also when the same
 * name is registered with the same function and types again; RP_USAGE (NULL; another task has that name; a type is no number);
 * RP_NO_MEMORY.
 */
RP_API rp_status rp_task_register_range(const char *name, rp_range_function *function, rp_type result, int n_arguments,
                                        const rp_type *arguments);

/* rp_fail with a text as it is, for languages that can't call functions with any number of arguments. `text` may be NULL. Returns 0. */
RP_API int rp_fail_text(int code, const char *text);

#ifdef __cplusplus
}
#endif
#endif
