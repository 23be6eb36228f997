/* test_history.c: what all segments together say: how runs ended, what counts, which items were slow. The segments are written by hand. */
#include "disk.h"
#include "unit.h"

#include "journal/history.h"

static const rpi_journal_id id = {"0123456789abcde"};
static uint8_t bytes[1 << 16];
static size_t size;
static uint32_t count;

static void begin_segment(uint64_t epoch)
{
    rpi_segment_head_write(&(rpi_segment_head){RPI_JOURNAL_VERSION, epoch, id}, bytes);
    size = RPI_SEGMENT_HEAD + RPI_FRAME_HEAD;
    count = 0;
}

static void add(rpi_journal_record record)
{
    rpi_record_write(&record, bytes + size);
    size += rpi_record_bytes(&record);
    count++;
}

/* The segment has one frame. */
static void end_segment(uint64_t epoch, uint64_t time_s)
{
    char name[32];
    rpi_frame_head head = {.epoch = epoch, .sequence = 1, .count = count, .time_ns = time_s * 1000000000u};
    head.size = (uint32_t)(size - RPI_SEGMENT_HEAD - RPI_FRAME_HEAD);
    rpi_frame_head_write(&head, rpi_format_seed(&id), bytes + RPI_SEGMENT_HEAD);
    snprintf(name, sizeof name, "items.%d", (int)epoch);
    disk_write(name, bytes, size);
}

static rpi_folder folder;

static rpi_history read_all(const rpi_holder *holder, rpi_life life)
{
    rpi_history history;
    assert_int_equal(rpi_folder_list(&folder, NULL), RP_OK);
    assert_int_equal(rpi_history_read(&history, &folder, holder, life, NULL), RP_OK);
    return history;
}

static void begin(void)
{
    disk_begin();
    assert_int_equal(rpi_folder_open(&folder, disk_path(NULL), true, NULL), RP_OK);
}

static void end(void)
{
    rpi_folder_close(&folder, false);
    disk_end();
}

static unsigned n_crashes(const rpi_history *history, uint64_t item)
{
    rpi_journal_entry entry;
    (void)rpi_index_find(&history->index, item, &entry);
    return entry.n_crashes;
}

static void write_begun(uint64_t epoch)
{
    begin_segment(epoch);
    add((rpi_journal_record){.kind = RPI_RECORD_BEGUN, .index = 5, .hash = {{1, 0}}});
}

static void how_a_run_ended_says_whether_its_items_crashed(void **state)
{
    (void)state;
    for (unsigned how = RPI_RUN_DIED; how < RPI_RUN_GOING; how++) {
        begin();
        write_begun(1);
        if (how != RPI_RUN_DIED) add((rpi_journal_record){.kind = RPI_RECORD_END, .cause = how, .data = "why", .size = 3});
        end_segment(1, 100);
        rpi_history history = read_all(NULL, RPI_LIFE_UNKNOWN);
        assert_int_equal(history.runs[0].end, how);
        assert_int_equal(n_crashes(&history, 5), how == RPI_RUN_DIED);
        if (how != RPI_RUN_DIED) assert_string_equal(history.runs[0].text, "why");
        rpi_history_fini(&history);
        end();
    }
}

static void a_lock_tells_what_a_run_could_not_write(void **state)
{
    (void)state;
    begin();
    write_begun(1);
    end_segment(1, 100);
    rpi_holder holder = {.epoch = 1, .is_free = true};
    rpi_history history = read_all(&holder, RPI_LIFE_DEAD);
    assert_int_equal(history.runs[0].end, RPI_RUN_BROKEN);
    assert_int_equal(n_crashes(&history, 5), 0);
    rpi_history_fini(&history);
    holder.is_free = false;
    history = read_all(&holder, RPI_LIFE_ALIVE);
    assert_int_equal(history.runs[0].end, RPI_RUN_GOING);
    rpi_history_fini(&history);
    holder.epoch = 2; /* of another run */
    history = read_all(&holder, RPI_LIFE_ALIVE);
    assert_int_equal(history.runs[0].end, RPI_RUN_DIED);
    rpi_history_fini(&history);
    end();
}

static void a_later_run_keeps_how_an_earlier_one_ended(void **state)
{
    (void)state;
    begin();
    write_begun(1);
    end_segment(1, 100);
    begin_segment(3);
    add((rpi_journal_record){.kind = RPI_RECORD_SEEN, .index = 1, .hash = {{1, 0}}, .cause = RPI_RUN_BROKEN});
    add((rpi_journal_record){.kind = RPI_RECORD_SEEN, .index = 3, .hash = {{0, 0}}}); /* nobody has read himself */
    add((rpi_journal_record){.kind = RPI_RECORD_SEEN, .index = 9, .hash = {{0, 0}}});
    add((rpi_journal_record){.kind = RPI_RECORD_DONE, .index = 0});
    end_segment(3, 200);
    rpi_history history = read_all(NULL, RPI_LIFE_UNKNOWN);
    assert_int_equal(history.runs[0].end, RPI_RUN_BROKEN);
    assert_int_equal(history.runs[1].n_done, 1);
    assert_true(history.runs[1].begin_ns == UINT64_C(200000000000) && history.runs[1].epoch == 3);
    rpi_history_fini(&history);
    end();
}

static void the_first_that_read_a_segment_says_how_much_of_it_counts(void **state)
{
    (void)state;
    begin();
    begin_segment(1);
    add((rpi_journal_record){.kind = RPI_RECORD_DONE, .index = 0});
    end_segment(1, 100);
    for (uint64_t epoch = 2; epoch < 4; epoch++) {
        begin_segment(epoch);
        add((rpi_journal_record){.kind = RPI_RECORD_SEEN, .index = 1, .hash = {{epoch - 2, 0}}});
        end_segment(epoch, 100 * epoch);
    }
    rpi_history history = read_all(NULL, RPI_LIFE_UNKNOWN);
    assert_int_equal(history.index.n_done, 0);
    assert_true(history.runs[0].is_cut);
    rpi_history_fini(&history);
    end();
}

static void the_slowest_items_are_kept_in_order(void **state)
{
    (void)state;
    begin();
    begin_segment(1);
    for (uint64_t i = 0; i < 100; i++)
        add((rpi_journal_record){.kind = RPI_RECORD_DONE, .index = i, .seconds = (double)(i * 37 % 100), .rank = (int)i});
    end_segment(1, 100);
    rpi_history history = read_all(NULL, RPI_LIFE_UNKNOWN);
    assert_int_equal(history.n_slow, RPI_SLOW_ITEMS);
    for (unsigned k = 0; k < RPI_SLOW_ITEMS; k++) {
        assert_int_equal(history.slow[k].index * 37 % 100, 99 - k);
        assert_int_equal(history.slow[k].rank, history.slow[k].index);
    }
    rpi_history_fini(&history);
    end();
}

static void the_facts_are_those_of_the_last_run_that_has_some(void **state)
{
    (void)state;
    begin();
    const char one[] = "\1size\0005", two[] = "\1size\0006", wrong[] = "what";
    begin_segment(1);
    add((rpi_journal_record){.kind = RPI_RECORD_RUN, .data = one, .size = sizeof one});
    end_segment(1, 100);
    rpi_history history = read_all(NULL, RPI_LIFE_UNKNOWN);
    assert_string_equal(rpi_facts_value(rpi_history_facts(&history), "size"), "5");
    rpi_history_fini(&history);
    begin_segment(2);
    add((rpi_journal_record){.kind = RPI_RECORD_RUN, .data = two, .size = sizeof two});
    end_segment(2, 200);
    begin_segment(3);
    add((rpi_journal_record){.kind = RPI_RECORD_RUN, .data = wrong, .size = sizeof wrong});
    end_segment(3, 300);
    history = read_all(NULL, RPI_LIFE_UNKNOWN);
    assert_string_equal(rpi_facts_value(rpi_history_facts(&history), "size"), "6");
    rpi_history_fini(&history);
    end();
}

UNIT_MAIN(UNIT(how_a_run_ended_says_whether_its_items_crashed), UNIT(a_lock_tells_what_a_run_could_not_write),
          UNIT(a_later_run_keeps_how_an_earlier_one_ended), UNIT(the_first_that_read_a_segment_says_how_much_of_it_counts),
          UNIT(the_slowest_items_are_kept_in_order), UNIT(the_facts_are_those_of_the_last_run_that_has_some))
