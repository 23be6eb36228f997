/* test_region.c: memory that another process of the host attaches: a child that has exec'ed nothing, but inherits no mapping of it. */
#include "unit.h"

#include "base/huge_pages.h"
#include "base/region.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 100000 };

static rpi_region make(void)
{
    rpi_region region;
    rp_error error = {0};
    if (rpi_region_create(SIZE, true, &region, &error) != RP_OK) fail_msg("%s", rp_error_text(&error));
    assert_true(rpi_region_is_shared(&region));
    return region;
}

/* Runs `body` in another process that doesn't have the region's mapping, nor its descriptor. Returns its exit status; negative: the signal
 * that ended it. */
static int elsewhere(const rpi_region *of, int (*body)(const rpi_region_name *name))
{
    pid_t pid = fork();
    if (pid == 0) {
        rpi_region_name name = of->name;
        (void)munmap(of->base, name.size);
        close(of->descriptor);
        _exit(body(&name));
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int write_there(const rpi_region_name *name)
{
    rpi_region there;
    if (rpi_region_attach(name, true, &there, NULL) != RP_OK || there.is_read_only) return 1;
    strcpy(there.base + SIZE - 10, "there");
    return strcmp(there.base, "here") ? 2 : 0;
}

static void another_process_reads_and_writes_it(void **state)
{
    (void)state;
    rpi_region region = make();
    assert_int_equal(region.base[SIZE - 1], 0);
    strcpy(region.base, "here");
    assert_int_equal(elsewhere(&region, write_there), 0);
    assert_string_equal(region.base + SIZE - 10, "there");
    rpi_region_fini(&region);
}

static int write_read_only(const rpi_region_name *name)
{
    rpi_region there;
    if (rpi_region_attach(name, false, &there, NULL) != RP_OK || !there.is_read_only) return 1;
    (void)signal(SIGSEGV, SIG_DFL);
    there.base[0] = 'x';
    return 0;
}

static int attach_to_write(const rpi_region_name *name)
{
    rpi_region there;
    if (rpi_region_attach(name, true, &there, NULL) != RP_OK) return 1;
    if (!there.is_read_only || !there.is_sealed || strcmp(there.base, "sealed")) return 2;
    return mprotect(there.base, name->size, PROT_READ | PROT_WRITE) == 0 && strcpy(there.base, "mine") ? 0 : 3;
}

static void who_may_only_read_can_only_read(void **state)
{
    (void)state;
    rpi_region region = make();
    assert_int_equal(elsewhere(&region, write_read_only), -SIGSEGV);
    rpi_region_fini(&region);
}

static void a_sealed_region_never_changes(void **state)
{
    (void)state;
    rpi_region region = make();
    strcpy(region.base, "sealed");
    assert_int_equal(rpi_region_make_read_only(&region, NULL), RP_OK);
    assert_string_equal(region.base, "sealed");
    (void)elsewhere(&region, attach_to_write); /* whatever it can do is for itself */
    assert_string_equal(region.base, "sealed");
    assert_int_equal(pwrite(region.descriptor, "x", 1, RPI_HUGE_PAGE), -1);
    rpi_region_fini(&region);
}

static int attach_nothing(const rpi_region_name *name)
{
    rpi_region there;
    return rpi_region_attach(name, true, &there, NULL) == RP_UNSUPPORTED ? 0 : 1;
}

static void assert_refused_elsewhere(const rpi_region *region, rpi_region_name name)
{
    rpi_region other = *region;
    other.name = name;
    pid_t pid = fork();
    if (pid == 0) {
        close(region->descriptor); /* a name that is wrong for its owner may be right for this process */
        _exit(attach_nothing(&other.name));
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void a_name_that_is_not_right_in_all_is_refused(void **state)
{
    (void)state;
    rpi_region region = make();
    rpi_region_name name = region.name;
    for (size_t i = 0; i < sizeof name; i++) {
        rpi_region_name wrong = name;
        ((unsigned char *)&wrong)[i] ^= 0x10;
        assert_refused_elsewhere(&region, wrong);
    }
    rpi_region_fini(&region);
}

/* A process number is used again, and a descriptor too. */
static void what_has_the_name_by_now_is_not_opened(void **state)
{
    (void)state;
    rpi_region region = make();
    rpi_region_name name = region.name;
    int pipe_ends[2], other = memfd_create("rankpool-region", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    assert_int_equal(pipe(pipe_ends), 0);
    name.descriptor = (uint64_t)pipe_ends[1];
    assert_refused_elsewhere(&region, name);
    name.descriptor = (uint64_t)other; /* it can shrink, and so end its readers by SIGBUS */
    assert_int_equal(ftruncate(other, RPI_HUGE_PAGE + (off_t)name.size), 0);
    assert_int_equal(pwrite(other, name.token, sizeof name.token, 0), sizeof name.token);
    assert_refused_elsewhere(&region, name);
    close(other);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    rpi_region_fini(&region);
}

static void more_than_there_is_is_an_error(void **state)
{
    (void)state;
    rpi_region region;
    rp_error error = {0};
    const size_t sizes[] = {SIZE_MAX, SIZE_MAX / 2, (size_t)1 << 60, (size_t)1 << 50};
    for (size_t k = 0; k < N_OF(sizes); k++) {
        assert_int_equal(rpi_region_create(sizes[k], true, &region, &error), RP_NO_MEMORY);
        assert_contains(rp_error_text(&error), "out of memory");
    }
}

static void without_files_it_is_memory_of_this_process(void **state)
{
    (void)state;
    rpi_region region;
    struct rlimit before, none = {0, 0};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0); /* a file that grows would end this process by a signal */
    rp_status status = rpi_region_create(SIZE, true, &region, NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, RP_OK);
    assert_false(rpi_region_is_shared(&region));
    memset(region.base, 1, SIZE);
    rpi_region_fini(&region);
}

static int see_it_emptied(const rpi_region_name *name)
{
    rpi_region there;
    if (rpi_region_attach(name, true, &there, NULL) != RP_OK || there.base[0] != 'x') return 1;
    there.base[1] = 'y';
    for (double deadline = unit_now() + UNIT_WAIT_S; there.base[0] == 'x' && unit_now() < deadline;) unit_sleep(0.001);
    return there.base[0] != 0 || rpi_region_is_there(name) ? 2 : 0;
}

/* Its memory goes at once, although another process still has it mapped. */
static void the_memory_goes_with_its_owner(void **state)
{
    (void)state;
    rpi_region region = make();
    region.base[0] = 'x';
    assert_true(rpi_region_is_there(&region.name));
    pid_t pid = fork();
    if (pid == 0) {
        rpi_region_name name = region.name;
        (void)munmap(region.base, name.size);
        close(region.descriptor);
        _exit(see_it_emptied(&name));
    }
    for (double deadline = unit_now() + UNIT_WAIT_S; ((volatile char *)region.base)[1] != 'y' && unit_now() < deadline;) unit_sleep(0.001);
    rpi_region_fini(&region);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

UNIT_MAIN(cmocka_unit_test(another_process_reads_and_writes_it), cmocka_unit_test(who_may_only_read_can_only_read),
          cmocka_unit_test(a_sealed_region_never_changes), cmocka_unit_test(a_name_that_is_not_right_in_all_is_refused),
          cmocka_unit_test(what_has_the_name_by_now_is_not_opened), cmocka_unit_test(more_than_there_is_is_an_error),
          cmocka_unit_test(without_files_it_is_memory_of_this_process), cmocka_unit_test(the_memory_goes_with_its_owner))
