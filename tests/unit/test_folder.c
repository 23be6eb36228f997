/* test_folder.c: the folder of a journal: what is one, and what isn't. */
#include "disk.h"
#include "unit.h"

#include "journal/folder.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static rpi_folder folder;
static const rpi_journal_id id = {"0123456789abcde"};

static rp_status open_it(bool create, rp_error *error) { return rpi_folder_open(&folder, disk_path(NULL), create, error); }

static void a_folder_is_made_and_removed_while_it_is_empty(void **state)
{
    (void)state;
    disk_begin();
    rp_error error;
    assert_refused(open_it(false, &error), error, "is no folder");
    assert_int_equal(open_it(true, NULL), RP_OK);
    assert_true(folder.is_new);
    rpi_folder_close(&folder, true);
    assert_int_equal(access(disk_path(NULL), F_OK), -1);
    assert_int_equal(open_it(true, NULL), RP_OK);
    disk_write("lock", "", 0);
    rpi_folder_close(&folder, true);
    assert_int_equal(access(disk_path("lock"), F_OK), 0);
    disk_end();
}

static void segments_are_listed_by_their_numbers(void **state)
{
    (void)state;
    disk_begin();
    assert_int_equal(mkdir(disk_path(NULL), 0777), 0);
    static const char *const names[] = {"items.10", "items.9", "items.100", "items.007", "items.0",
                                        "items.x",  "items.",  ".nfs123",   "items.5 "};
    for (size_t i = 0; i < N_OF(names); i++) disk_write(names[i], "", 0);
    assert_int_equal(open_it(false, NULL), RP_OK);
    assert_int_equal(folder.n_epochs, 3);
    assert_true(folder.epochs[0] == 9 && folder.epochs[1] == 10 && rpi_folder_last(&folder) == 100);
    rpi_folder_close(&folder, false);
    disk_end();
}

static void a_folder_of_other_files_is_no_journal(void **state)
{
    (void)state;
    disk_begin();
    rp_error error;
    assert_int_equal(mkdir(disk_path(NULL), 0777), 0);
    disk_write("thesis.tex", "", 0);
    assert_refused(open_it(true, &error), error, "none of them is a journal's");
    disk_write("head.json", "", 0); /* with what a journal has, other files are no matter */
    assert_int_equal(open_it(true, NULL), RP_OK);
    rpi_folder_close(&folder, true);
    disk_end();
}

static void a_newer_version_is_refused_by_its_number(void **state)
{
    (void)state;
    disk_begin();
    rp_error error;
    const char text[] = "{\n\"format\": \"rankpool journal\",\n\"version\": 12,\n\"what\": 5}\n";
    assert_int_equal(mkdir(disk_path(NULL), 0777), 0);
    disk_write("head.json", text, sizeof text - 1);
    assert_int_equal(open_it(true, &error), RP_UNSUPPORTED);
    assert_contains(rp_error_text(&error), "the format 12, and this build reads the format 1 alone");
    disk_end();
}

static void a_head_that_is_empty_or_torn_says_nothing(void **state)
{
    (void)state;
    disk_begin();
    assert_int_equal(open_it(true, NULL), RP_OK);
    rpi_facts facts = {0};
    assert_int_equal(rpi_facts_copy(&facts, &(rpi_fact){RPI_FACT_MUST, "job", "x"}, 1, NULL), RP_OK);
    assert_int_equal(rpi_folder_write_head(&folder, &id, &facts, NULL), RP_OK);
    rpi_facts_fini(&facts);
    rpi_folder_close(&folder, false);
    size_t size;
    uint8_t *bytes = disk_read("head.json", &size);
    assert_contains((char *)bytes, "\"run\": {\"job\": \"x\"}");
    for (size_t n = 0; n <= size; n++) {
        disk_write("head.json", bytes, n);
        assert_int_equal(open_it(true, NULL), RP_OK);
        rpi_folder_close(&folder, false);
    }
    free(bytes);
    disk_end();
}

static void a_file_that_is_replaced_stays_as_it_was_when_that_fails(void **state)
{
    (void)state;
    static const disk_call calls[] = {DISK_OPEN, DISK_WRITE, DISK_FSYNC, DISK_CLOSE, DISK_RENAME};
    disk_begin();
    assert_int_equal(open_it(true, NULL), RP_OK);
    assert_int_equal(rpi_folder_replace(&folder, "head.json", "before", 6, NULL), RP_OK);
    for (size_t i = 0; i < N_OF(calls); i++) {
        rp_error error;
        disk_fail(calls[i], 1, EDQUOT);
        assert_int_equal(rpi_folder_replace(&folder, "head.json", "after", 5, &error), RP_SYSTEM);
        assert_int_equal(error.code, EDQUOT);
        size_t size;
        uint8_t *bytes = disk_read("head.json", &size);
        assert_memory_equal(bytes, "before", 6);
        free(bytes);
    }
    disk_cut(2);
    assert_int_equal(rpi_folder_replace(&folder, "head.json", "after", 5, NULL), RP_OK);
    rpi_folder_close(&folder, false);
    disk_end();
}

static void a_segment_is_made_once(void **state)
{
    (void)state;
    disk_begin();
    int file;
    assert_int_equal(open_it(true, NULL), RP_OK);
    assert_int_equal(rpi_folder_make_segment(&folder, 7, &file, NULL), RP_OK);
    close(file);
    assert_int_equal(rpi_folder_make_segment(&folder, 7, &file, NULL), RP_LOST);
    rpi_folder_close(&folder, false);
    disk_end();
}

static void notes_begin_with_a_line_of_their_own(void **state)
{
    (void)state;
    disk_begin();
    assert_int_equal(open_it(true, NULL), RP_OK);
    rpi_folder_note(&folder, "{1}\n");
    rpi_folder_note(&folder, "{2");
    rpi_folder_note(&folder, "{3}\n");
    size_t size;
    uint8_t *bytes = disk_read("runs.jsonl", &size);
    assert_string_equal((char *)bytes, "{1}\n{2\n{3}\n");
    free(bytes);
    rpi_folder_close(&folder, false);
    disk_end();
}

UNIT_MAIN(UNIT(a_folder_is_made_and_removed_while_it_is_empty), UNIT(segments_are_listed_by_their_numbers),
          UNIT(a_folder_of_other_files_is_no_journal), UNIT(a_newer_version_is_refused_by_its_number),
          UNIT(a_head_that_is_empty_or_torn_says_nothing), UNIT(a_file_that_is_replaced_stays_as_it_was_when_that_fails),
          UNIT(a_segment_is_made_once), UNIT(notes_begin_with_a_line_of_their_own))
