/*
 * thread.h: the one place that makes the library's threads, so that all of them have the same stack and the same cores, and what happens
 * when user code ends the thread that it runs in.
 */
#ifndef RPI_BASE_THREAD_H
#define RPI_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of stack of a thread: `wanted`, or if that is 0, the largest of a finite limit of the stack (ulimit -s), OMP_STACKSIZE and 8 MiB.
 */
uint64_t rpi_thread_stack_size(uint64_t wanted);

/* Whether the calling thread has a stack of about that many bytes, or, the first thread, may grow it so far. True when it isn't known. */
bool rpi_thread_has_stack(uint64_t size);

/* What OMP_STACKSIZE, else GOMP_STACKSIZE, says in bytes. 0: neither is set, or the text is no size. */
uint64_t rpi_thread_stack_of_openmp(void);

/* Writes what is wrong with the text of OMP_STACKSIZE, for a warning. False: nothing is. */
bool rpi_thread_stack_doubt(char *text, size_t size);

/* Starts a thread as pthread_create does, with a stack of rpi_thread_stack_size(stack_size) bytes. It may run on all cores of the process
 * even if OpenMP has bound the calling thread. Returns 0 or an errno. */
int rpi_thread_create(pthread_t *thread, uint64_t stack_size, void *(*run)(void *), void *argument);

/* The same, but on the cores of the calling thread alone: for a thread that runs in its place. */
int rpi_thread_create_here(pthread_t *thread, uint64_t stack_size, void *(*run)(void *), void *argument);

/* Makes n threads that do nothing, all there at once, and ends them. Returns how many could be made; `*code` is why not more, an errno. */
unsigned rpi_thread_try(unsigned n, uint64_t stack_size, int *code);

/* Makes threads that others create with no stack size of their own have one of `size` bytes, until rpi_thread_default_end. The setting is
 * the process's, so the calls of several threads wait for each other. */
void rpi_thread_default_begin(uint64_t size);
void rpi_thread_default_end(void);

/*
 * Calls a function, and returns true when it has returned. False: user code in it ended the calling thread, by pthread_exit, thrd_exit or a
 * cancellation of itself. The frames in between are gone, the clean-up handlers in them have run, and the thread goes on here. It can't be
 * cancelled any more. Needs libgcc_s, as pthread_exit does. Costs some 20 ns.
 */
bool rpi_thread_guard(void (*call)(void *), void *argument);

#endif
