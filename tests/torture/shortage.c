/*
 * shortage.c: makes the n-th allocation, thread or process of a program fail; loaded into it by LD_PRELOAD. What is counted are the calls
 * of the program itself and of the libraries that work for it (the C library, libcurl, jansson). Calls of others, as libgomp and MPI, are
 * passed on: they end the process when they get no memory, and nobody can help that.
 *
 * SHORTAGE says what fails: "malloc 17" the 17th allocation of the process and its children, "malloc 17+" it and all after it; likewise
 * "thread" and "fork". With SHORTAGE_WHOSE=program only the program's own calls count. With SHORTAGE_RANKS=N calls count from the moment
 * when N ranks have left MPI_Init_thread. SHORTAGE_COUNTER is a file of three int64: calls so far, calls that failed, and ranks that have
 * left MPI_Init_thread. All processes share it.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct span {
    uintptr_t from, to;
} span;

enum { MAX_SPANS = 32 };

static struct {
    char kind[16];
    long long n;
    bool is_lasting;
    int64_t n_ranks;
    _Atomic int64_t *counter; /* calls, failures, ranks; NULL: nothing fails */
    span spans[MAX_SPANS];    /* whose calls count */
    int n_spans;
} shortage;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static bool is_counted(const char *library)
{
    static const char *const names[] = {"libc.so", "libcurl", "libjansson"};
    const char *whose = getenv("SHORTAGE_WHOSE");
    if (!library[0]) return true; /* the program */
    if (whose && !strcmp(whose, "program")) return false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strstr(library, names[i])) return true;
    return false;
}

static int add_spans(struct dl_phdr_info *object, size_t size, void *unused)
{
    (void)size, (void)unused;
    for (int i = 0; i < object->dlpi_phnum && is_counted(object->dlpi_name); i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X) || shortage.n_spans == MAX_SPANS) continue;
        uintptr_t from = object->dlpi_addr + part->p_vaddr;
        shortage.spans[shortage.n_spans++] = (span){from, from + part->p_memsz};
    }
    return 0;
}

__attribute__((constructor)) static void begin(void)
{
    const char *wish = getenv("SHORTAGE"), *path = getenv("SHORTAGE_COUNTER");
    const char *ranks = getenv("SHORTAGE_RANKS");
    char mark = 0;
    if (!wish || !path || sscanf(wish, "%15s %lld%c", shortage.kind, &shortage.n, &mark) < 2) return;
    shortage.is_lasting = mark == '+';
    shortage.n_ranks = ranks ? atoll(ranks) : 0;
    dl_iterate_phdr(add_spans, NULL);
    int file = open(path, O_RDWR | O_CLOEXEC);
    void *place = mmap(NULL, 3 * sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file >= 0) close(file);
    if (place != MAP_FAILED) shortage.counter = place;
}

/* Whether a call of this kind from this place fails. */
static bool fails(const char *kind, const void *caller)
{
    if (!shortage.counter || strcmp(kind, shortage.kind) != 0) return false;
    bool is_ours = false;
    for (int i = 0; i < shortage.n_spans; i++)
        is_ours = is_ours || ((uintptr_t)caller >= shortage.spans[i].from && (uintptr_t)caller < shortage.spans[i].to);
    if (!is_ours || shortage.counter[2] < shortage.n_ranks) return false;
    int64_t call = ++shortage.counter[0];
    if (call != shortage.n && !(shortage.is_lasting && call > shortage.n)) return false;
    shortage.counter[1]++;
    return true;
}

static bool has_no_memory(const void *caller)
{
    if (!fails("malloc", caller)) return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size) { return has_no_memory(__builtin_return_address(0)) ? NULL : __libc_malloc(size); }
void *calloc(size_t n, size_t size) { return has_no_memory(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size); }
void *realloc(void *block, size_t size) { return has_no_memory(__builtin_return_address(0)) ? NULL : __libc_realloc(block, size); }

void *aligned_alloc(size_t alignment, size_t size)
{
    return has_no_memory(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    if (has_no_memory(__builtin_return_address(0))) return ENOMEM;
    void *made = __libc_memalign(alignment, size);
    if (made) *block = made;
    return made ? 0 : ENOMEM;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
    if (fails("thread", __builtin_return_address(0))) return EAGAIN;
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    return real(thread, attributes, run, argument);
}

pid_t fork(void)
{
    if (fails("fork", __builtin_return_address(0))) {
        errno = EAGAIN;
        return -1;
    }
    pid_t (*real)(void) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "fork");
    return real();
}

int posix_spawn(pid_t *child, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
                char *const argv[], char *const environment[])
{
    if (fails("fork", __builtin_return_address(0))) return EAGAIN;
    int (*real)(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const[], char *const[]) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "posix_spawn");
    return real(child, path, actions, attributes, argv, environment);
}

/* MPI's, as mpi.h declares it. */
int MPI_Init_thread(int *argc, char ***argv, int wanted, int *provided);
int MPI_Init_thread(int *argc, char ***argv, int wanted, int *provided)
{
    int (*real)(int *, char ***, int, int *) = NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "MPI_Init_thread");
    int code = real(argc, argv, wanted, provided);
    if (shortage.counter) shortage.counter[2]++;
    return code;
}
