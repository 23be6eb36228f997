/* test_huge_pages.c: large regions come in huge pages, where the kernel has some: one fault each, in all processes. */
#include "unit.h"

#include "base/huge_pages.h"
#include "base/region.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N_HUGE = 5, SIZE = N_HUGE * RPI_HUGE_PAGE + 3 * 4096, STEP = 4096, MOST_FAULTS = SIZE / STEP / 16 };

static long n_faults(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_minflt;
}

static char mark(size_t at, int by) { return (char)(at / STEP * 7 + (size_t)by); }

/* Returns the faults that it took. Sanitizers have memory of their own for what is written, with its own faults. */
__attribute__((no_sanitize_address, no_sanitize_thread)) static long write_marks(char *base, size_t size, int by)
{
    long before = n_faults();
    for (size_t at = 0; at < size; at += STEP) base[at] = mark(at, by);
    return n_faults() - before;
}

/* Whether the kernel gives some, now: three times as many as the tests need. */
static bool has_huge_pages(void)
{
    enum { ALL = 6 * N_HUGE * RPI_HUGE_PAGE };
    int fd = memfd_create("test", MFD_CLOEXEC);
    assert_int_equal(ftruncate(fd, ALL), 0);
    char *base = rpi_huge_pages_map(fd, ALL, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
    assert_non_null(base);
    rpi_huge_pages_make(fd, base, ALL, 0);
    long n = write_marks(base, ALL, 1);
    assert_int_equal(munmap(base, ALL), 0);
    close(fd);
    return n <= 16 * 6 * N_HUGE;
}

static bool has_marks(const char *base, int by)
{
    for (size_t at = 0; at < SIZE; at += STEP)
        if (base[at] != mark(at, by) || base[at + 1] != 0) return false;
    return true;
}

/* In a process that attaches the region. */
static int change_marks(const rpi_region_name *name)
{
    rpi_region there;
    if (rpi_region_attach(name, true, &there, NULL) != RP_OK) return 1;
    long n = write_marks(there.base, SIZE, 2);
    rpi_region_fini(&there);
    return n <= MOST_FAULTS ? 0 : 2;
}

static int change_elsewhere(rpi_region *region)
{
    pid_t pid = fork();
    if (pid == 0) {
        rpi_region_name name = region->name;
        (void)munmap(region->base, SIZE);
        _exit(change_marks(&name));
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void a_large_region_has_few_faults_in_each_process(void **state)
{
    (void)state;
    if (!has_huge_pages()) skip();
    rpi_region region;
    assert_int_equal(rpi_region_create(SIZE, true, &region, NULL), RP_OK);
    for (size_t at = 0; at < SIZE; at++) assert_int_equal(region.base[at], 0);
    assert_in_range(write_marks(region.base, SIZE, 1), 0, MOST_FAULTS);
    assert_true(has_marks(region.base, 1));
    assert_int_equal(change_elsewhere(&region), 0);
    assert_true(has_marks(region.base, 2));
    assert_int_equal(rpi_region_make_read_only(&region, NULL), RP_OK);
    assert_true(has_marks(region.base, 2));
    rpi_region_fini(&region);
}

static bool has_private_huge_pages(void)
{
    char text[64] = "never";
    FILE *setting = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
    if (setting && !fgets(text, sizeof text, setting)) strcpy(text, "[never]");
    if (setting) fclose(setting);
    return strstr(text, "[madvise]") || strstr(text, "[always]");
}

static void so_has_one_of_this_process_alone(void **state)
{
    (void)state;
    if (!has_huge_pages() || !has_private_huge_pages()) skip();
    rpi_region region;
    assert_int_equal(rpi_region_create(2 * SIZE, false, &region, NULL), RP_OK);
    assert_in_range(write_marks(region.base + SIZE / 2, SIZE, 1), 0, MOST_FAULTS); /* away from the ends, where there may be small ones */
    rpi_region_fini(&region);
}

/* Whatever the kernel gives. */
static void all_bytes_of_regions_of_any_size_are_there(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, RPI_HUGE_PAGE - 1, RPI_HUGE_PAGE, RPI_HUGE_PAGE + 1, 33 * (size_t)RPI_HUGE_PAGE + 5};
    for (size_t k = 0; k < N_OF(sizes); k++) {
        rpi_region region;
        assert_int_equal(rpi_region_create(sizes[k], true, &region, NULL), RP_OK);
        assert_true(region.name.size >= sizes[k]);
        memset(region.base, 3, sizes[k]);
        assert_int_equal(region.base[sizes[k] - 1], 3);
        assert_true(rpi_region_is_there(&region.name));
        rpi_region_fini(&region);
    }
}

/* What isn't mapped whole, or isn't a file in memory, gets none, and nothing else happens. */
static void where_there_are_none_it_is_mapped_nevertheless(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_null(rpi_huge_pages_map(ends[0], SIZE, PROT_READ, MAP_SHARED, 0));
    close(ends[0]);
    close(ends[1]);
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(ftruncate(fileno(file), RPI_HUGE_PAGE), 0);
    char *base = rpi_huge_pages_map(fileno(file), RPI_HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
    assert_non_null(base);
    rpi_huge_pages_make(fileno(file), base, RPI_HUGE_PAGE, 0);
    base[RPI_HUGE_PAGE - 1] = 1;
    assert_int_equal(munmap(base, RPI_HUGE_PAGE), 0);
    fclose(file);
}

/* A large item or result: when it is made, and when it grows. Under sanitizers malloc is theirs. */
static void large_memory_of_malloc_has_few_faults(void **state)
{
    (void)state;
    enum { LARGE = 64 << 20, PART = N_HUGE * RPI_HUGE_PAGE };
    assert_null(rpi_huge_pages_for(NULL, LARGE));
    if (!has_huge_pages() || !has_private_huge_pages()) skip();
    char *memory = rpi_huge_pages_for(malloc(LARGE), LARGE);
    assert_non_null(memory);
    assert_in_range(write_marks(memory + SIZE, PART, 1), 0, MOST_FAULTS); /* away from the ends */
    memory = realloc(memory, 2 * (size_t)LARGE);
    assert_non_null(memory);
    assert_ptr_equal(rpi_huge_pages_for(memory, 2 * (size_t)LARGE), memory);
    assert_in_range(write_marks(memory + LARGE + SIZE, PART, 2), 0, MOST_FAULTS);
    assert_true(memory[SIZE + STEP] == mark(STEP, 1));
    free(memory);
}

UNIT_MAIN(UNIT(a_large_region_has_few_faults_in_each_process), UNIT(so_has_one_of_this_process_alone),
          UNIT(all_bytes_of_regions_of_any_size_are_there), UNIT(where_there_are_none_it_is_mapped_nevertheless),
          UNIT(large_memory_of_malloc_has_few_faults))
