/*
 * prepare.h: what comes before the opening of a pool: initializers, which are known by name; the helper process of isolation and the choice
 * of GPUs, which come before other threads and before MPI. pool.h includes it.
 */
#ifndef RANKPOOL_PREPARE_H
#define RANKPOOL_PREPARE_H

#include <rankpool/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An initializer runs once in each worker before its first task. Initializers are known by name, as tasks are:
 * RP_INITIALIZER at file scope. */
typedef struct rp_initializer {
    const char *name; /* by which the ranks know it */
    /* `argument`: the pool's initializer_argument, valid during the call. May store a pointer in `*state`, which tasks get from
     * rp_worker_state(). Returns 0; any other value, or a call of rp_fail, makes opening the pool fail. */
    int (*start)(rp_bytes argument, void **state);
    /* Called when the pool ends, in each worker whose start succeeded. May be NULL. */
    void (*finish)(void *state);
} rp_initializer;

/* As rp_task_register and rp_task_find, for initializers. */
RP_API rp_status rp_initializer_register(const rp_initializer *initializer);
RP_API const rp_initializer *rp_initializer_find(const char *name);

/* At file scope, no semicolon: defines `name_initializer`, and registers it before main. The second function may be NULL. */
#define RP_INITIALIZER(name, start_function, finish_function)                                                                              \
    static const rp_initializer name##_initializer[1] = {{#name, (start_function), (finish_function)}};                                    \
    __attribute__((__constructor__)) static void rpi__register_initializer_##name(void)                                                    \
    {                                                                                                                                      \
        (void)rp_initializer_register(name##_initializer);                                                                                 \
    }

/*
 * Isolation: each worker has a child process that runs its items. An item that calls exit() or abort(), crashes, is killed by the kernel
 * when memory runs out, or (with a time-out) loops for ever fails alone. A new child replaces the old one, and the other items run.
 * Children are forked from a helper process. The helper has to be started while this process has one thread and hasn't initialised MPI;
 * this function starts it. rp_main calls it when its options ask for isolation. A program that opens isolated pools in another way calls it
 * first thing in main, on all ranks. Opening an isolated pool without it tries the same, and fails with RP_UNSUPPORTED when it is too late.
 *
 * What is different in a child:
 * - It has the variables as they were when the helper was started, and sees no later change.
 * - Tasks that are registered later are unknown.
 * - The initializer runs in each new child. When a child ends, the initializer's finish has 10 s.
 * - A range task is given one item at a time.
 * - Arguments and results are copied.
 *
 * When a call is cancelled, or nothing of it can count any more for another reason, as when its item 0 failed under the policy stop, the
 * children that run its items are killed. These items count as not run.
 *
 * No child outlives its rank, nor does any process that a task started in the child's process group. When the helper itself is killed,
 * items fail with the cause system from then on.
 *
 * A time-out without isolation: items run in a second thread of the worker, on copies of arguments and results. A thread can't be stopped
 * from outside. So the thread of an item that timed out goes on: it takes its share of a core and holds its copies until the item returns.
 * Its result is dropped. The worker goes on with a new thread, in which the initializer runs again.
 *
 * `error` may be NULL. Returns RP_OK, also when repeated; RP_UNSUPPORTED (there are threads already, or MPI is initialised); RP_SYSTEM.
 */
RP_API rp_status rp_isolation_prepare(rp_error *error);

/*
 * Gives each rank GPUs of its own: sets the variables by which the runtimes of NVIDIA, AMD and Intel choose devices, by the rank's number
 * among those of its host, so that its tasks, and the children that run them, see `per_rank` GPUs as 0, 1, …
 *
 *     NVIDIA    CUDA_VISIBLE_DEVICES
 *     AMD       the first of HIP_VISIBLE_DEVICES and ROCR_VISIBLE_DEVICES that is set, else ROCR_VISIBLE_DEVICES; never both
 *     Intel     ZE_AFFINITY_MASK; or ONEAPI_DEVICE_SELECTOR, when that alone is set and lists devices, as level_zero:0,1
 *
 * A variable that is set already says what the job has: the rank gets its part of the list, with the names as they are. A list of just
 * `per_rank` names is left as it is, as a batch system has cut it. Where none is set, those of the vendors whose drivers are on the host
 * are set to numbers.
 *
 * The variables have to be there before MPI and the runtimes start. rp_main calls this when its options have gpus_per_rank. A program that
 * opens its pools in another way calls it first thing in main, before rp_isolation_prepare, on all ranks. `error` may be NULL. Returns
 * RP_OK, also when repeated; RP_USAGE (the host has too few GPUs, or none; a list can't be cut; the launcher doesn't say which rank of its
 * host this is); RP_UNSUPPORTED (it was called with another number); RP_SYSTEM.
 */
RP_API rp_status rp_gpus_prepare(uint64_t per_rank, rp_error *error);

#ifdef __cplusplus
}
#endif
#endif
