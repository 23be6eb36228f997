/* holder.c: see holder.h. */
#include "journal/holder.h"

#include "base/process_stat.h"
#include "journal/crc32c.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void keep_word(char *to, size_t size, const char *text)
{
    size_t n = 0;
    for (; *text && n + 1 < size; text++)
        if (isalnum((unsigned char)*text) || strchr("_.-:[]", *text)) to[n++] = *text;
    to[n] = '\0';
}

void rpi_holder_self(rpi_holder *self, const char *job, unsigned restart)
{
    char state;
    *self = (rpi_holder){.restart = restart};
    rpi_process_self(&self->process);
    if (!rpi_process_stat(self->process.pid, &state, &self->start)) self->start = 0;
    keep_word(self->job, sizeof self->job, job ? job : "");
}

static const char head[] = "rankpool lock 1\n";

void rpi_holder_write(const rpi_holder *holder, char *bytes)
{
    char host[RP_ERROR_HOST_SIZE];
    keep_word(host, sizeof host, holder->process.host);
    int n = snprintf(bytes, RPI_HOLDER_BYTES,
                     "%sepoch %" PRIu64 "\nbeat %" PRIu64 "\nfree %d\npid %" PRId64 "\nstart %" PRIu64 "\nspace %" PRIu64
                     "\nrestart %u\nboot %s.\nhost %s.\njob %s.\n",
                     head, holder->epoch, holder->beat, holder->is_free, holder->process.pid, holder->start, holder->process.pid_namespace,
                     holder->restart, holder->process.boot_id, host, holder->job);
    n += snprintf(bytes + n, (size_t)(RPI_HOLDER_BYTES - n), "check %08" PRIx32 "\n", rpi_crc32c(0, bytes, (size_t)n));
    memset(bytes + n, '\n', (size_t)(RPI_HOLDER_BYTES - n));
}

/* Words end with a point, so that one may be empty. */
static void take_word(char *to, size_t size, const char *text)
{
    size_t n = strlen(text);
    snprintf(to, size, "%.*s", (int)(n > 0 ? n - 1 : 0), text);
}

bool rpi_holder_read(const char *bytes, size_t size, rpi_holder *holder)
{
    char text[RPI_HOLDER_BYTES + 1], boot[64], host[80], job[80];
    rpi_holder read = {.restart = 0};
    int is_free = 0, at = 0;
    uint32_t check;
    if (size < sizeof head - 1 || size > RPI_HOLDER_BYTES) return false;
    memcpy(text, bytes, size);
    text[size] = '\0';
    if (strncmp(text, head, sizeof head - 1) != 0) return false;
    int n = sscanf(text + sizeof head - 1,
                   "epoch %" SCNu64 " beat %" SCNu64 " free %d pid %" SCNd64 " start %" SCNu64 " space %" SCNu64
                   " restart %u boot %63s host %79s job %79s\n%n",
                   &read.epoch, &read.beat, &is_free, &read.process.pid, &read.start, &read.process.pid_namespace, &read.restart, boot,
                   host, job, &at);
    size_t n_checked = sizeof head - 1 + (size_t)at;
    if (n != 10 || at == 0 || sscanf(text + n_checked, "check %8" SCNx32, &check) != 1) return false;
    if (check != rpi_crc32c(0, text, n_checked)) return false;
    read.is_free = is_free;
    take_word(read.process.boot_id, sizeof read.process.boot_id, boot);
    take_word(read.process.host, sizeof read.process.host, host);
    take_word(read.job, sizeof read.job, job);
    *holder = read;
    return true;
}

rpi_life rpi_holder_life(const rpi_holder *holder, const rpi_holder *self)
{
    bool is_here = self->process.boot_id[0] && !strcmp(self->process.boot_id, holder->process.boot_id) &&
                   self->process.pid_namespace == holder->process.pid_namespace;
    if (!is_here || holder->start == 0) return RPI_LIFE_UNKNOWN;
    char state;
    uint64_t start;
    if (!rpi_process_stat(holder->process.pid, &state, &start) || start != holder->start) return RPI_LIFE_DEAD;
    return state == 'Z' || state == 'X' ? RPI_LIFE_DEAD : RPI_LIFE_ALIVE;
}

bool rpi_holder_restarts(const rpi_holder *self, const rpi_holder *holder)
{
    return self->job[0] && !strcmp(self->job, holder->job) && self->restart > holder->restart;
}

const char *rpi_holder_name(const rpi_holder *holder, char *text, size_t size)
{
    if (holder->job[0]) snprintf(text, size, "job %s on %s", holder->job, holder->process.host);
    else snprintf(text, size, "process %" PRId64 " on %s", holder->process.pid, holder->process.host);
    return text;
}
