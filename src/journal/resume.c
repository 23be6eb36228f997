/* resume.c: see resume.h. */
#include "journal/resume.h"

static rpi_resume by_outcome(const rpi_journal_entry *entry, const rpi_resume_rules *rules)
{
    unsigned crashes = rules->crashes > 0 ? rules->crashes : RPI_RESUME_CRASHES;
    if (entry->outcome == RPI_OUTCOME_DONE) return RPI_RESUME_DONE;
    if (rules->retry_failed) return RPI_RESUME_RUN;
    if (entry->outcome == RPI_OUTCOME_FAILED) return RPI_RESUME_FAILED;
    return entry->n_crashes >= crashes ? RPI_RESUME_CRASHED : RPI_RESUME_RUN;
}

rpi_resume rpi_resume_item(const rpi_journal_entry *entry, rpi_item_hash hash, const rpi_resume_rules *rules)
{
    bool is_changed = entry->has_hash && entry->hash != hash.words[0];
    if (!is_changed || rules->take_all) return by_outcome(entry, rules);
    return rules->run_changed ? RPI_RESUME_RUN : RPI_RESUME_CHANGED;
}

unsigned rpi_resume_attempt(const rpi_journal_entry *entry) { return entry->n_tries + 1; }

uint64_t rpi_resume_missing(const rpi_index *index, uint64_t n, const rpi_resume_rules *rules)
{
    bool may_differ = rules->run_changed || rules->take_all;
    return may_differ && n > 0 ? UINT64_MAX : rpi_index_next(index, n);
}
