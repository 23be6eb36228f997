/*
 * folder.h: the folder that is a journal, and the names in it.
 *
 *     head.json     what the journal is, for people; of it only the version's number is read again
 *     items.EPOCH   a segment for each run
 *     lock          who has it: lock.h
 *     runs.jsonl    when runs began and ended, for people
 */
#ifndef RPI_JOURNAL_FOLDER_H
#define RPI_JOURNAL_FOLDER_H

#include "journal/facts.h"

#include <stdint.h>

typedef struct rpi_folder {
    int file; /* of the folder */
    char *path;
    bool is_new;      /* it was made by rpi_folder_open */
    uint64_t *epochs; /* of the segments that are there, in rising order */
    size_t n_epochs;
} rpi_folder;

typedef enum rpi_disk_kind { RPI_DISK_UNKNOWN, RPI_DISK_LOCAL, RPI_DISK_MEMORY, RPI_DISK_NETWORK } rpi_disk_kind;

/* Opens a folder, and lists its segments. With `create` it is made, if it isn't there; its parent isn't. RP_USAGE: it isn't there, is no
 * folder, or has other files than a journal's. RP_UNSUPPORTED: its head.json has another version than this library's. RP_SYSTEM,
 * RP_NO_MEMORY. */
rp_status rpi_folder_open(rpi_folder *folder, const char *path, bool create, rp_error *error);
/* With `remove` a folder that was made, and is empty, is removed. Zeroed: does nothing. */
void rpi_folder_close(rpi_folder *folder, bool remove);

/* Lists the segments again. */
rp_status rpi_folder_list(rpi_folder *folder, rp_error *error);
/* The highest epoch; 0: there is no segment. */
uint64_t rpi_folder_last(const rpi_folder *folder);

/* Opens a segment to be read. */
rp_status rpi_folder_open_segment(const rpi_folder *folder, uint64_t epoch, int *file, rp_error *error);
/* Makes a segment to be written. RP_LOST: another run has made it meanwhile. */
rp_status rpi_folder_make_segment(const rpi_folder *folder, uint64_t epoch, int *file, rp_error *error);

/* Writes a file of the folder anew: under another name first, synced, and renamed. */
rp_status rpi_folder_replace(const rpi_folder *folder, const char *name, const void *bytes, size_t size, rp_error *error);
/* Makes names that were made or changed stay after a power cut. */
rp_status rpi_folder_sync(const rpi_folder *folder, rp_error *error);
/* The same of the folder's own name, if rpi_folder_open has made it. */
rp_status rpi_folder_sync_parent(const rpi_folder *folder, rp_error *error);

/* Writes head.json. */
rp_status rpi_folder_write_head(const rpi_folder *folder, const rpi_journal_id *id, const rpi_facts *facts, rp_error *error);

/* Adds a line to runs.jsonl, which is for people alone: whether that succeeds is no matter. */
void rpi_folder_note(const rpi_folder *folder, const char *line);

/* What the folder lies on. Memory is gone with the machine's power; a local disk is no place for a job that may go on elsewhere. */
rpi_disk_kind rpi_folder_disk(const rpi_folder *folder);

/* The error of a system call on a file of the folder: "NAME of the journal PATH: strerror". */
rp_status rpi_folder_error(const rpi_folder *folder, int code, const char *name, rp_error *error);
/* The same of a segment. */
rp_status rpi_folder_segment_error(const rpi_folder *folder, int code, uint64_t epoch, rp_error *error);

#endif
