/* begun.c: see begun.h. The file has its size and its bytes before it is mapped, as a write to a hole may find the disk full. */
#include "journal/begun.h"

#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { NAME_SIZE = 40 };

static const char *name_of(uint64_t epoch, char name[NAME_SIZE])
{
    snprintf(name, NAME_SIZE, "begun.%" PRIu64, epoch);
    return name;
}

static bool fill(int file, unsigned n)
{
    static const rp_begun none[64];
    for (unsigned k = 0; k < n; k += 64) {
        size_t size = (n - k < 64 ? n - k : 64) * sizeof none[0];
        if (rpi_descriptor_write_at(file, none, size, (off_t)(k * sizeof none[0])) != 0) return false;
    }
    return true;
}

void rpi_begun_open(rpi_begun_board *board, const rpi_folder *folder, uint64_t epoch, unsigned n)
{
    char name[NAME_SIZE];
    *board = (rpi_begun_board){NULL, 0};
    if (n > RPI_BEGUN_MOST) n = RPI_BEGUN_MOST;
    int file = rpi_descriptor_move_up(openat(folder->file, name_of(epoch, name), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (file < 0) return;
    void *places = n > 0 && fill(file, n) ? mmap(NULL, n * sizeof(rp_begun), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
    close(file);
    if (places != MAP_FAILED) *board = (rpi_begun_board){places, n};
    else (void)unlinkat(folder->file, name, 0);
}

void rpi_begun_close(rpi_begun_board *board, const rpi_folder *folder, uint64_t epoch, bool remove)
{
    char name[NAME_SIZE];
    if (!board->places) return;
    (void)munmap(board->places, board->n * sizeof(rp_begun));
    if (remove) (void)unlinkat(folder->file, name_of(epoch, name), 0);
    *board = (rpi_begun_board){NULL, 0};
}

rp_status rpi_begun_read(const rpi_folder *folder, uint64_t epoch, rp_begun *places, unsigned *n, rp_error *error)
{
    char name[NAME_SIZE];
    size_t size = 0;
    int file = openat(folder->file, name_of(epoch, name), O_RDONLY | O_CLOEXEC);
    int code = file >= 0 ? rpi_descriptor_read_at(file, places, *n * sizeof *places, 0, &size) : errno;
    if (file >= 0) close(file);
    *n = (unsigned)(size / sizeof *places);
    return code && code != ENOENT ? rpi_folder_error(folder, code, name, error) : RP_OK;
}
