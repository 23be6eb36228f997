/* test_resume.c: the rules by which a run goes on. */
#include "unit.h"

#include "journal/resume.h"

static const rpi_resume_rules plain;
static const rpi_item_hash mine = {{7, 8}}, other = {{9, 8}};

static rpi_journal_entry entry_of(rpi_outcome outcome)
{
    return (rpi_journal_entry){.outcome = outcome, .has_hash = outcome != RPI_OUTCOME_NONE, .hash = 7, .n_tries = 1};
}

static void what_is_done_is_done_and_all_else_is_run(void **state)
{
    (void)state;
    rpi_journal_entry done = entry_of(RPI_OUTCOME_DONE), none = {0}, out = {.is_out = true};
    assert_int_equal(rpi_resume_item(&done, mine, &plain), RPI_RESUME_DONE);
    assert_int_equal(rpi_resume_item(&none, mine, &plain), RPI_RESUME_RUN);
    assert_int_equal(rpi_resume_item(&out, mine, &plain), RPI_RESUME_RUN);
}

static void what_has_failed_is_run_again_only_when_asked(void **state)
{
    (void)state;
    rpi_journal_entry failed = entry_of(RPI_OUTCOME_FAILED), done = entry_of(RPI_OUTCOME_DONE);
    rpi_resume_rules retry = {.retry_failed = true};
    assert_int_equal(rpi_resume_item(&failed, mine, &plain), RPI_RESUME_FAILED);
    assert_int_equal(rpi_resume_item(&failed, mine, &retry), RPI_RESUME_RUN);
    assert_int_equal(rpi_resume_item(&done, mine, &retry), RPI_RESUME_DONE);
}

static void an_item_with_other_bytes_is_refused_or_run(void **state)
{
    (void)state;
    rpi_resume_rules changed = {.run_changed = true}, all = {.take_all = true};
    for (rpi_outcome outcome = RPI_OUTCOME_DONE; outcome <= RPI_OUTCOME_FAILED; outcome++) {
        rpi_journal_entry entry = entry_of(outcome);
        assert_int_equal(rpi_resume_item(&entry, other, &plain), RPI_RESUME_CHANGED);
        assert_int_equal(rpi_resume_item(&entry, other, &changed), RPI_RESUME_RUN);
        assert_int_equal(rpi_resume_item(&entry, other, &all), rpi_resume_item(&entry, mine, &plain));
    }
}

static void an_item_that_three_runs_died_with_has_failed(void **state)
{
    (void)state;
    rpi_journal_entry entry = {.n_crashes = 2};
    rpi_resume_rules once = {.crashes = 1}, retry = {.retry_failed = true};
    assert_int_equal(rpi_resume_item(&entry, mine, &plain), RPI_RESUME_RUN);
    assert_int_equal(rpi_resume_item(&entry, mine, &once), RPI_RESUME_CRASHED);
    entry.n_crashes = 3;
    assert_int_equal(rpi_resume_item(&entry, mine, &plain), RPI_RESUME_CRASHED);
    assert_int_equal(rpi_resume_item(&entry, mine, &retry), RPI_RESUME_RUN);
    entry.outcome = RPI_OUTCOME_DONE;
    assert_int_equal(rpi_resume_item(&entry, mine, &plain), RPI_RESUME_DONE);
}

static void tries_are_counted_over_runs(void **state)
{
    (void)state;
    rpi_journal_entry none = {0}, twice = {.n_tries = 2};
    assert_int_equal(rpi_resume_attempt(&none), 1);
    assert_int_equal(rpi_resume_attempt(&twice), 3);
}

static void an_input_that_is_shorter_or_empty_is_refused(void **state)
{
    (void)state;
    rpi_index index;
    rpi_resume_rules changed = {.run_changed = true};
    rpi_index_init(&index);
    assert_true(rpi_resume_missing(&index, 0, &plain) == UINT64_MAX);
    for (uint64_t i = 3; i < 6; i++)
        assert_int_equal(rpi_index_apply(&index, &(rpi_journal_record){.kind = RPI_RECORD_DONE, .index = i}, 0, NULL), RP_OK);
    assert_int_equal(rpi_resume_missing(&index, 0, &plain), 3);
    assert_int_equal(rpi_resume_missing(&index, 5, &plain), 5);
    assert_true(rpi_resume_missing(&index, 6, &plain) == UINT64_MAX);
    assert_true(rpi_resume_missing(&index, 1000, &plain) == UINT64_MAX);
    assert_int_equal(rpi_resume_missing(&index, 0, &changed), 3);
    assert_true(rpi_resume_missing(&index, 1, &changed) == UINT64_MAX);
    rpi_index_fini(&index);
}

UNIT_MAIN(UNIT(what_is_done_is_done_and_all_else_is_run), UNIT(what_has_failed_is_run_again_only_when_asked),
          UNIT(an_item_with_other_bytes_is_refused_or_run), UNIT(an_item_that_three_runs_died_with_has_failed),
          UNIT(tries_are_counted_over_runs), UNIT(an_input_that_is_shorter_or_empty_is_refused))
