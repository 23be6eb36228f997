/*
 * page_pauses.h: what the workers of all ranks tell each other of servers that are overloaded: until when one is left alone. They have a
 * directory in common, so a file in it is the way: made with the first pause, gone at the end of the run. Used by the job `fetch`.
 */
#ifndef RANKPOOL_PAGE_PAUSES_H
#define RANKPOOL_PAGE_PAUSES_H

#include "page_hosts.h"

#include <stdint.h>
#include <sys/types.h>

/* What one worker has read so far. All 0 at first. */
typedef struct page_pauses {
    int64_t id; /* of the settings */
    double looked_s;
    off_t read; /* bytes */
} page_pauses;

/* Tells the others that the server is to be left alone for so long. `directory`: a descriptor. What can't be written is told to nobody. */
void page_pauses_tell(int directory, int64_t id, uint64_t server, double seconds);

/* Takes what others have told, ten times a second at most. No pause is taken to be longer than `most_s`. */
void page_pauses_look(page_pauses *self, int directory, int64_t id, double now_s, double most_s, page_hosts *hosts);

/* Removes the file. */
void page_pauses_remove(const char *directory, int64_t id);

#endif
