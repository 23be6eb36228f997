/* names.c: looking up rows, and the enumerations whose values have no function of their own. See names.h. */
#include "base/names.h"

#include <rankpool/pool.h>

#include <stdio.h>
#include <string.h>

static const rp_name on_error_rows[] = {
    {RP_ON_ERROR_DEFAULT, "", "a call: as its pool has it; a pool: stop, or with a limit of failures collect"},
    {RP_ON_ERROR_STOP, "stop", "nothing new starts"},
    {RP_ON_ERROR_COLLECT, "collect", "the other items run, each failure is reported"},
};

static const rp_name on_lost_rows[] = {
    {RP_ON_LOST_DEFAULT, "", "stop"},
    {RP_ON_LOST_STOP, "stop", "nothing new starts, and what the rank had is lost"},
    {RP_ON_LOST_GO_ON, "go-on", "its items go to others, where the launcher lets them live: mpirun --enable-recovery, srun --no-kill"},
};

static const rp_name progress_rows[] = {
    {RP_PROGRESS_NEVER, "never", "nothing"},
    {RP_PROGRESS_AUTO, "auto", "a bar on a terminal, elsewhere a line every 10 s; nothing of what is over before"},
    {RP_PROGRESS_ALWAYS, "always", "the same, and in any case a last line"},
};

static const rp_name isolation_rows[] = {
    {RP_ISOLATION_NONE, "none", "items run in threads of the rank"},
    {RP_ISOLATION_PROCESS, "process", "items run in child processes: a crash, exit or time-out is the failure of one item"},
};

static const rp_name resume_rows[] = {
    {RP_RESUME_SAME, "same", "an item that isn't the one in the journal is refused"},
    {RP_RESUME_CHANGED, "changed", "an item that isn't the one in the journal is run again"},
    {RP_RESUME_FORCE, "force", "what the journal has of an item counts, whatever the item is now"},
};

static const rp_name wait_policy_rows[] = {
    {RP_WAIT_AUTO, "auto", "for up to 0.3 ms between short calls, where each worker has a core"},
    {RP_WAIT_ACTIVE, "active", "for up to 10 ms"},
    {RP_WAIT_PASSIVE, "passive", "not at all"},
};

static const rp_name record_rows[] = {
    {RP_RECORD_NONE, "none", "nothing"},
    {RP_RECORD_TOTALS, "totals", "a few sums for each worker"},
    {RP_RECORD_GRAINS, "grains", "each grain as well, with its begin and end"},
};

const rpi_names rpi_on_error_names = RPI_NAMES("rp_on_error", on_error_rows);
const rpi_names rpi_on_lost_names = RPI_NAMES("rp_on_lost", on_lost_rows);
const rpi_names rpi_progress_names = RPI_NAMES("rp_progress", progress_rows);
const rpi_names rpi_isolation_names = RPI_NAMES("rp_isolation", isolation_rows);
const rpi_names rpi_resume_names = RPI_NAMES("rp_resume", resume_rows);
const rpi_names rpi_wait_policy_names = RPI_NAMES("rp_wait_policy", wait_policy_rows);
const rpi_names rpi_record_names = RPI_NAMES("rp_record", record_rows);

static const rpi_names *const all[] = {
    &rpi_status_names, &rpi_cause_names,  &rpi_on_error_names, &rpi_progress_names, &rpi_isolation_names, &rpi_wait_policy_names,
    &rpi_resume_names, &rpi_record_names, &rpi_schedule_names, &rpi_executor_names, &rpi_on_lost_names,
};

/* Most enumerations count from 0, so the row with the index `value` is tried first. */
const rp_name *rpi_names_of_value(const rpi_names *names, int value)
{
    if (value >= 0 && (size_t)value < names->n && rpi_names_row(names, (size_t)value)->value == value)
        return rpi_names_row(names, (size_t)value);
    for (size_t k = 0; k < names->n; k++)
        if (rpi_names_row(names, k)->value == value) return rpi_names_row(names, k);
    return NULL;
}

const rp_name *rpi_names_of_name(const rpi_names *names, const char *name)
{
    for (size_t k = 0; *name && k < names->n; k++)
        if (!strcmp(rpi_names_row(names, k)->name, name)) return rpi_names_row(names, k);
    return NULL;
}

const char *rpi_names_list(const rpi_names *names, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t k = 0; k < names->n && used < size; k++) {
        const char *name = rpi_names_row(names, k)->name;
        if (*name) used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "", name);
    }
    return text;
}

int rp_enumeration(const char *enumeration, size_t k, rp_name *name)
{
    for (size_t i = 0; enumeration && name && i < sizeof all / sizeof *all; i++) {
        if (strcmp(all[i]->enumeration, enumeration) != 0) continue;
        if (k >= all[i]->n) return 0;
        *name = *rpi_names_row(all[i], k);
        return 1;
    }
    return 0;
}
