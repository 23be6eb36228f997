/*
 * test_page_file.c: names for any address, and files that are whole pages at any moment.
 */
#include "page_file.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void name_of(const char *address, char name[PAGE_NAME_SIZE])
{
    const char *why;
    if (!page_name(address, name, &why)) fail_msg("%s", why);
}

static void check_name(const char *address, const char *begin)
{
    char name[PAGE_NAME_SIZE], again[PAGE_NAME_SIZE];
    name_of(address, name);
    name_of(address, again);
    assert_string_equal(name, again);
    assert_memory_equal(name, begin, strlen(begin));
    assert_true(strlen(name) < PAGE_NAME_SIZE);
    assert_true(name[0] != '.' && name[0] != '-');
    assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"), strlen(name));
}

static void names_can_be_read_and_fit_any_address(void **state)
{
    (void)state;
    char long_address[5000] = "http://example.org/";
    memset(long_address + 19, 'a', sizeof(long_address) - 20);
    check_name("http://example.org/a/page.html", "example.org_a_page-");
    check_name("https://example.org:8080/?q=1&r=2#top", "example.org_8080__q_1_r_2_top-");
    check_name("http://../../etc/passwd", "_._.._etc_passwd-");
    check_name("http://h/\xc3\xa4\"';$(rm)\\*", "h_");
    check_name("http:///", "_");
    check_name("http://", "_");
    check_name("", "_");
    check_name(long_address, "example.org_aaaa");
}

static void names_keep_passwords_out(void **state)
{
    (void)state;
    assert_string_equal(page_host("http://user:secret@example.org/a@b"), "example.org/a@b");
    assert_string_equal(page_host("http://user:se@cret@example.org?a@b"), "example.org?a@b");
    assert_string_equal(page_host("http://example.org/a@b"), "example.org/a@b");
    assert_string_equal(page_host("http:///user:secret@example.org/"), "example.org/");
    check_name("http://user:secret@example.org/a", "example.org_a-");
}

static void a_name_doesnt_go_by_user_and_password(void **state)
{
    (void)state;
    char plain[PAGE_NAME_SIZE], other[PAGE_NAME_SIZE];
    name_of("http://example.org/a", plain);
    name_of("http://user:secret@example.org/a", other);
    assert_string_equal(plain, other);
    name_of("https://user:secret@example.org/a", other);
    assert_string_not_equal(plain, other);
}

/* As sha256sum has it. */
static void a_name_ends_in_a_hash_that_nobody_can_invert(void **state)
{
    (void)state;
    char name[PAGE_NAME_SIZE];
    name_of("http://example.org/a", name);
    assert_string_equal(name, "example.org_a-6a2d6a47a2828fe021aefacd33629435a0668434");
}

/* The 64-bit hash of these two is the same (FNV-1a), and so is what of them can be read in a name. */
static void addresses_that_were_made_to_clash_dont(void **state)
{
    (void)state;
    char first[PAGE_NAME_SIZE], second[PAGE_NAME_SIZE];
    char address[256], letters[91] = "";
    memset(letters, 'a', 90);
    (void)snprintf(address, sizeof(address), "http://127.0.0.1/%s/%s", letters, "6xjAuj9beea");
    name_of(address, first);
    (void)snprintf(address, sizeof(address), "http://127.0.0.1/%s/%s", letters, "cZThANNzJyo");
    name_of(address, second);
    assert_string_not_equal(first, second);
}

static void different_addresses_have_different_names(void **state)
{
    (void)state;
    static char names[2000][PAGE_NAME_SIZE];
    char address[3000], other[PAGE_NAME_SIZE];
    for (int i = 0; i < 2000; i++) {
        (void)snprintf(address, sizeof(address), "http://h/%0*d", i % 2 ? 2000 : 4, i);
        name_of(address, names[i]);
    }
    qsort(names, 2000, PAGE_NAME_SIZE, (int (*)(const void *, const void *))strcmp);
    for (int i = 1; i < 2000; i++) assert_string_not_equal(names[i], names[i - 1]);
    name_of("http://h/a?b", names[0]);
    name_of("http://h/a_b", other);
    assert_string_not_equal(names[0], other);
    name_of("https://h/a?b", other);
    assert_string_not_equal(names[0], other);
}

static void a_directory_is_made_when_it_is_missing(void **state)
{
    char path[SCRATCH_PATH_SIZE + 16];
    (void)snprintf(path, sizeof(path), "%s/new", (char *)*state);
    int directory = page_directory_open(path);
    assert_true(directory >= 0);
    assert_int_equal(page_directory_try(directory), 0);
    assert_int_equal(page_write(directory, "page", "text", 4, NULL, NULL), 0);
    assert_int_equal(close(directory), 0);
    int temporary;
    assert_int_equal(scratch_files(path, &temporary), 1);
    (void)snprintf(path, sizeof(path), "%s/missing/new", (char *)*state);
    assert_int_equal(page_directory_open(path), -1);
    assert_int_equal(errno, ENOENT);
    (void)snprintf(path, sizeof(path), "%s/new/page", (char *)*state);
    assert_int_equal(page_directory_open(path), -1);
    assert_int_equal(errno, ENOTDIR);
}

static void an_unwritable_directory_is_told(void **state)
{
    (void)state;
    int directory = page_directory_open("/proc"); /* not even root makes files there */
    assert_true(directory >= 0);
    assert_int_not_equal(page_directory_try(directory), 0);
    assert_int_not_equal(page_write(directory, "page", "text", 4, NULL, NULL), 0);
    assert_int_equal(close(directory), 0);
}

/* A file may grow to 10,000 bytes only: write() then fails half way, as on a full disk. */
static int write_with_little_room(int directory, const char *name, const char *data, size_t size)
{
    struct rlimit before, little;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    little = before;
    little.rlim_cur = 10000;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    int failure = page_write(directory, name, data, size, NULL, NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, handler);
    return failure;
}

static void without_room_the_old_page_stays_and_nothing_else(void **state)
{
    static char page[20000];
    int temporary, directory = page_directory_open(*state);
    size_t size;
    assert_int_equal(write_with_little_room(directory, "new", page, sizeof(page)), EFBIG);
    assert_int_equal(scratch_files(*state, &temporary), 0);
    scratch_write(*state, "page", "old");
    assert_int_equal(write_with_little_room(directory, "page", page, sizeof(page)), EFBIG);
    assert_int_equal(scratch_files(*state, &temporary), 1);
    char *text = scratch_read(*state, "page", &size);
    assert_string_equal(text, "old");
    free(text);
    assert_int_equal(write_with_little_room(directory, "page", page, 10000), 0);
    assert_int_equal(close(directory), 0);
}

static void a_new_name_is_a_whole_page_and_an_old_one_is_replaced(void **state)
{
    int temporary, directory = page_directory_open(*state);
    size_t size;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(page_write_new(directory, "page", i ? "second" : "first", i ? 6 : 5, NULL, NULL), 0);
        char *text = scratch_read(*state, "page", &size);
        assert_string_equal(text, i ? "second" : "first");
        free(text);
        assert_int_equal(scratch_files(*state, &temporary), 1);
    }
    assert_int_equal(close(directory), 0);
}

static void a_name_that_is_taken_by_a_folder_is_an_error(void **state)
{
    char path[SCRATCH_PATH_SIZE + 16];
    int temporary, directory = page_directory_open(*state);
    (void)snprintf(path, sizeof(path), "%s/page", (char *)*state);
    int folder = page_directory_open(path);
    assert_true(folder >= 0);
    assert_int_equal(page_write(directory, "page", "text", 4, NULL, NULL), EISDIR);
    assert_int_equal(scratch_files(*state, &temporary), 1);
    assert_int_equal(close(folder), 0);
    assert_int_equal(close(directory), 0);
}

/* Writes one page of n times the same letter again and again. */
typedef struct writer {
    int directory;
    char letter;
    size_t size;
    atomic_int *stop;
    int failure;
} writer;

static void *write_until_stopped(void *state)
{
    writer *self = state;
    char *page = malloc(self->size);
    if (!page) return NULL;
    memset(page, self->letter, self->size);
    while (!atomic_load(self->stop) && !self->failure) self->failure = page_write(self->directory, "page", page, self->size, NULL, NULL);
    free(page);
    return NULL;
}

static void check_whole(const char *data, size_t size)
{
    assert_true(size == 50000 || size == 70000);
    char letter = size == 50000 ? 'a' : 'b';
    for (size_t i = 0; i < size; i++)
        if (data[i] != letter) fail_msg("byte %zu of %zu is %d", i, size, data[i]);
}

static void a_reader_sees_whole_pages_while_two_write(void **state)
{
    atomic_int stop = 0;
    int temporary, directory = page_directory_open(*state);
    writer writers[2] = {{directory, 'a', 50000, &stop, 0}, {directory, 'b', 70000, &stop, 0}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&threads[i], NULL, write_until_stopped, &writers[i]), 0);
    for (int n = 0, tries = 0; n < 500; tries++) {
        size_t size;
        char *data = scratch_read(*state, "page", &size);
        if (!data) (void)usleep(1000); /* not there yet */
        assert_true(data || tries < 5000);
        if (!data) continue;
        check_whole(data, size);
        free(data);
        n++;
    }
    atomic_store(&stop, 1);
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(writers[0].failure | writers[1].failure, 0);
    assert_int_equal(scratch_files(*state, &temporary), 1);
    assert_int_equal(close(directory), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_can_be_read_and_fit_any_address),
        cmocka_unit_test(names_keep_passwords_out),
        cmocka_unit_test(a_name_doesnt_go_by_user_and_password),
        cmocka_unit_test(a_name_ends_in_a_hash_that_nobody_can_invert),
        cmocka_unit_test(addresses_that_were_made_to_clash_dont),
        cmocka_unit_test(different_addresses_have_different_names),
        IN_SCRATCH(a_directory_is_made_when_it_is_missing),
        cmocka_unit_test(an_unwritable_directory_is_told),
        IN_SCRATCH(without_room_the_old_page_stays_and_nothing_else),
        IN_SCRATCH(a_name_that_is_taken_by_a_folder_is_an_error),
        IN_SCRATCH(a_new_name_is_a_whole_page_and_an_old_one_is_replaced),
        IN_SCRATCH(a_reader_sees_whole_pages_while_two_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
