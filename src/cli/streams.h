/*
 * streams.h: where the program writes: standard output, standard error and its own files. Such a stream waits for room where the descriptor
 * doesn't block (ssh, node and others leave it so), keeps the first error, and after that writes nothing more. A regular file then ends
 * with a whole row: what a full disk has cut off is taken away.
 */
#ifndef RANKPOOL_CLI_STREAMS_H
#define RANKPOOL_CLI_STREAMS_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

typedef struct stream stream;

/* Makes `stdout` such a stream. First thing in main, before anything is printed. If there is no memory for it, `stdout` stays as it was. */
void streams_begin(void);

/* Writes `size` bytes to standard error, at once. What can't be written is lost. Any thread. */
void streams_say(const char *text, size_t size);

/* Makes a file, or empties it. `*made` goes with the FILE, which the caller closes by fclose. Returns NULL with errno set. */
FILE *streams_create(const char *path, stream **made);

/* The same, but what a file has is kept up to `end` bytes, whose sum (streams_sum) is `sum`; the rest goes. */
FILE *streams_go_on(const char *path, off_t end, uint32_t sum, stream **made);

/* The stream of stdout; NULL: stdout is an ordinary one. */
stream *streams_standard_output(void);

/* In all of these `self` may be NULL: the file is an ordinary one. */

/* From here on the file has rows: if one can't be written whole, the file is cut off after the one before. */
void streams_begin_rows(stream *self);

/* A row has been written to `file`, which is the stream's. */
void streams_end_row(stream *self, FILE *file);

/* How many bytes the stream's file has, and their CRC-32C, once it is flushed. Not for standard output. */
off_t streams_end(const stream *self);
uint32_t streams_sum(const stream *self);

/* Has what was flushed put on the disk. Returns 0 or an errno. */
int streams_sync(const stream *self);

/* Flushes `file`, the stream's, and closes it, unless it is stdout. Returns 0, or the errno of the first write that failed. Network file
 * systems report only when a descriptor is closed what they couldn't write; of stdout a copy is closed for that. */
int streams_finish(stream *self, FILE *file);

/* The errno of the first write that failed, or `otherwise`. */
int streams_error(const stream *self, int otherwise);

#endif
