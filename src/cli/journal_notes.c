/* journal_notes.c: see journal_notes.h. */
#include "journal_notes.h"
#include "program.h"

#include "journal/crc32c.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 1 << 16, TEXT_SIZE = 320 };

rp_status journal_notes_refused(rp_status status, const program_options *options, rp_error *error)
{
    if (status != RP_USAGE || options->resume.take_over || !strstr(error->message, "take the journal over")) return status;
    char message[RP_ERROR_MESSAGE_SIZE];
    snprintf(message, sizeof message, "%s", error->message);
    return rp_error_set(error, status, error->code, "%s: the same command with --take-over", message);
}

/* ---- what the journal has ---- */

/* Items that a run or a rank died with, and that are run again. */
static uint64_t n_begun(const rpi_journal *journal)
{
    const rpi_index *index = rpi_journal_index(journal);
    rpi_journal_entry entry;
    uint64_t n = 0;
    if (index->n_done + index->n_failed == index->end) return 0;
    for (uint64_t item = rpi_index_next(index, 0); item != UINT64_MAX; item = rpi_index_next(index, item + 1))
        n += rpi_index_find(index, item, &entry) && entry.outcome == RPI_OUTCOME_NONE && entry.n_crashes > 0;
    return n;
}

static void say_new(const char *path, uint64_t n_items)
{
    if (n_items > 0) program_say("%s: new journal of %" PRIu64 " item%s", path, n_items, n_items == 1 ? "" : "s");
    else program_say("%s: new journal", path);
}

static void say_old(const rpi_journal *journal, const rpi_journal_summary *summary, const program_options *options, uint64_t n_items)
{
    char of[32] = "", failed[64] = "", begun[96] = "", left[48] = "";
    uint64_t n_again = n_begun(journal), n_known = summary->n_done + (options->resume.retry_failed ? 0 : summary->n_failed);
    if (n_items > 0) snprintf(of, sizeof of, " of %" PRIu64, n_items);
    if (summary->n_failed > 0)
        snprintf(failed, sizeof failed, ", %" PRIu64 " failed%s", summary->n_failed, options->resume.retry_failed ? " and run again" : "");
    if (n_again > 0)
        snprintf(begun, sizeof begun, "; %" PRIu64 " that %s begun %s done again", n_again, n_again == 1 ? "was" : "were",
                 n_again == 1 ? "is" : "are");
    if (n_items >= n_known && n_items > 0) snprintf(left, sizeof left, "; %" PRIu64 " to do", n_items - n_known);
    program_say("%s: %" PRIu64 "%s items done%s by %zu run%s before%s%s", options->resume.path, summary->n_done, of, failed,
                summary->n_runs, summary->n_runs == 1 ? "" : "s", begun, left);
}

static void say_damage(const char *path, const rpi_journal_summary *summary)
{
    if (summary->n_lost > 0)
        program_say("warning: %s: %" PRIu64 " commits are damaged, %" PRIu64 " bytes; their items are run again", path, summary->n_lost,
                    summary->lost_bytes);
}

static void say_place(const char *path, const rpi_journal_summary *summary)
{
    if (summary->disk == RPI_DISK_MEMORY) program_say("warning: %s lies in memory, and is gone when the machine's power is", path);
    if (summary->has_no_locks)
        program_say("warning: the file system of %s has no locks: two runs that begin at the same moment are noticed late", path);
}

void journal_notes_opened(rpi_journal *journal, const program_options *options, uint64_t n_items)
{
    rpi_journal_summary summary;
    rpi_journal_summarize(journal, &summary);
    if (!options->quiet) {
        if (summary.is_new) say_new(options->resume.path, n_items);
        else say_old(journal, &summary, options, n_items);
        say_place(options->resume.path, &summary);
    }
    say_damage(options->resume.path, &summary);
}

/* A job of several hosts that is started again may have its rank 0 on another one. */
static int is_of_several_hosts(const rp_pool *pool)
{
    const char *nodes = getenv("SLURM_JOB_NUM_NODES");
    rp_rank_info first, other;
    if (nodes && atoi(nodes) > 1) return 1;
    if (rp_pool_get_rank_info(pool, 0, &first) != RP_OK) return 0;
    for (int rank = 1; rp_pool_get_rank_info(pool, rank, &other) == RP_OK; rank++)
        if (strcmp(first.host, other.host) != 0) return 1;
    return 0;
}

void journal_notes_begun(const rpi_journal *journal, const program_options *options, const rp_pool *pool)
{
    rpi_journal_summary summary;
    rpi_journal_summarize(journal, &summary);
    if (!options->quiet && summary.disk == RPI_DISK_LOCAL && is_of_several_hosts(pool))
        program_say("warning: %s lies on this host's own disk: the same command goes on only where rank 0 is on this host again",
                    options->resume.path);
}

/* ---- the output ---- */

static int sum_is(int file, const rpi_printed *printed)
{
    char block[BLOCK];
    uint32_t sum = 0;
    uint64_t left = printed->bytes;
    while (left > 0) {
        ssize_t n = read(file, block, left < sizeof block ? (size_t)left : sizeof block);
        if (n <= 0) return 0;
        sum = rpi_crc32c(sum, block, (size_t)n);
        left -= (uint64_t)n;
    }
    return sum == printed->sum;
}

int journal_notes_output_is(const char *path, const rpi_printed *printed)
{
    struct stat status;
    if (printed->bytes == 0 || stat(path, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    int file = open(path, O_RDONLY | O_CLOEXEC), is_same = file >= 0 && sum_is(file, printed);
    if (file >= 0) (void)close(file);
    return is_same;
}

void journal_notes_output(const rpi_journal_summary *summary, const program_options *options, uint64_t kept)
{
    struct stat status;
    if (kept > 0 || summary->n_done + summary->n_failed == 0 || options->quiet) return;
    const char *path = options->output;
    if (!path) program_say("standard output can't be cut: all rows are printed, from the first on");
    else if (summary->printed.bytes > 0 && stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0)
        program_say("%s is written again from the journal", path);
}

void journal_notes_slow(const program_options *options)
{
    if (!options->quiet) program_say("the disk of %s is slow: results wait for it", options->resume.path);
}

void journal_notes_no_begun(const program_options *options)
{
    if (!options->quiet)
        program_say("warning: %s can't keep what is being run: if this process dies, none of it is held to account", options->resume.path);
}

void journal_notes_broken(const program_options *options, const rpi_writer_state *state)
{
    program_say("%s: of this run %" PRIu64 " of %" PRIu64 " records are safe; the same command goes on", options->resume.path,
                state->n_synced, state->n_appended);
}
