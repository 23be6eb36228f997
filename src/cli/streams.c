/*
 * streams.c: see streams.h. stdio would lose what it has in its buffer at the first EAGAIN, so it writes through a function here. Rows are
 * cut off exactly as far as stdio's buffer goes: a file whose disk is full may lack some rows that would have fit.
 */
#include "streams.h"

#include "journal/crc32c.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct stream {
    int descriptor;
    int error;      /* an errno: nothing is written any more */
    int has_rows;   /* a regular file, whose end may be cut off */
    off_t begun;    /* where in the file the stream begins */
    off_t written;  /* bytes from there */
    off_t row_end;  /* the same, with those in stdio's buffer, at the end of the last row */
    off_t safe_end; /* the end of the last row that is written for certain */
    uint32_t sum;   /* of all that the file has */
};

static stream standard_output = {.descriptor = STDOUT_FILENO};
static int has_standard_output;

/* ---- writing ---- */

/* Returns 0: there won't be room. A reader that is gone counts as room, as the next write tells it. */
static int wait_for_room(int descriptor)
{
    struct pollfd room = {descriptor, POLLOUT, 0};
    int n;
    while ((n = poll(&room, 1, -1)) < 0 && errno == EINTR) continue;
    return n > 0;
}

/* Returns how many bytes were written; fewer than `size`: errno is set. */
static size_t write_all(int descriptor, const char *data, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t n = write(descriptor, data + done, size - done);
        if (n > 0) done += (size_t)n;
        else if (n == 0) errno = EIO;
        if (n > 0 || errno == EINTR) continue;
        if (errno != EAGAIN || !wait_for_room(descriptor)) break;
    }
    return done;
}

/* Takes the torn row away, unless somebody else has written to the file since. */
static void cut_off(stream *self)
{
    struct stat file;
    off_t end = self->begun + self->written, whole = self->begun + self->safe_end;
    if (!self->has_rows || end == whole || fstat(self->descriptor, &file) || file.st_size != end) return;
    if (lseek(self->descriptor, 0, SEEK_CUR) != end || ftruncate(self->descriptor, whole)) return;
    (void)lseek(self->descriptor, whole, SEEK_SET);
    self->written = self->safe_end;
}

/* A cookie_write_function_t. */
static ssize_t take(void *cookie, const char *data, size_t size)
{
    stream *self = cookie;
    if (!self->error) {
        size_t n = write_all(self->descriptor, data, size);
        int code = errno;
        self->written += (off_t)n;
        if (self != &standard_output) self->sum = rpi_crc32c(self->sum, data, n);
        if (n < size) {
            self->error = code;
            cut_off(self);
        } else {
            self->safe_end = self->row_end;
        }
    }
    errno = self->error;
    return self->error ? 0 : (ssize_t)size;
}

/* A cookie_close_function_t. */
static int end(void *cookie)
{
    stream *self = cookie;
    int result = self->descriptor == STDOUT_FILENO ? 0 : close(self->descriptor), code = errno;
    if (self != &standard_output) free(self);
    errno = code;
    return result;
}

void streams_say(const char *text, size_t size)
{
    int code = errno;
    (void)write_all(STDERR_FILENO, text, size);
    errno = code;
}

/* ---- opening ---- */

static FILE *open_stream(stream *self) { return fopencookie(self, "w", (cookie_io_functions_t){.write = take, .close = end}); }

void streams_begin(void)
{
    FILE *made = open_stream(&standard_output);
    if (!made) return;
    if (isatty(STDOUT_FILENO)) (void)setvbuf(made, NULL, _IOLBF, BUFSIZ);
    stdout = made;
    has_standard_output = 1;
}

FILE *streams_create(const char *path, stream **made) { return streams_go_on(path, 0, 0, made); }

/* A pipe has nothing to be cut, and no place. */
static int open_at(const char *path, off_t end)
{
    struct stat status;
    int file = open(path, O_WRONLY | O_CREAT | (end > 0 ? 0 : O_TRUNC) | O_CLOEXEC, 0666);
    if (file < 0 || end == 0 || (fstat(file, &status) == 0 && !S_ISREG(status.st_mode))) return file;
    if (ftruncate(file, end) == 0 && lseek(file, end, SEEK_SET) == end) return file;
    int code = errno;
    (void)close(file);
    errno = code;
    return -1;
}

FILE *streams_go_on(const char *path, off_t end, uint32_t sum, stream **made)
{
    stream *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->descriptor = open_at(path, end);
    self->begun = end;
    self->sum = sum;
    FILE *file = self->descriptor >= 0 ? open_stream(self) : NULL;
    if (file) {
        *made = self;
        return file;
    }
    int code = errno;
    if (self->descriptor >= 0) (void)close(self->descriptor);
    free(self);
    errno = code;
    return NULL;
}

stream *streams_standard_output(void) { return has_standard_output ? &standard_output : NULL; }

/* ---- rows ---- */

void streams_begin_rows(stream *self)
{
    struct stat file;
    if (!self || fstat(self->descriptor, &file) || !S_ISREG(file.st_mode) || fcntl(self->descriptor, F_GETFL) & O_APPEND) return;
    off_t at = lseek(self->descriptor, 0, SEEK_CUR);
    if (at < 0) return;
    self->begun = at - self->written;
    self->row_end = self->safe_end = self->written;
    self->has_rows = 1;
}

void streams_end_row(stream *self, FILE *file)
{
    if (!self) return;
    flockfile(file); /* tasks print to standard output too */
    self->row_end = self->written + (off_t)__fpending(file);
    funlockfile(file);
}

static int finish_standard_output(void)
{
    int copy = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    return copy < 0 || close(copy) == 0 ? 0 : errno;
}

int streams_finish(stream *self, FILE *file)
{
    int code = fflush(file) != 0 || ferror(file) ? streams_error(self, errno ? errno : EIO) : 0;
    int ended = file == stdout ? finish_standard_output() : fclose(file) == 0 ? 0 : errno;
    return code ? code : ended;
}

off_t streams_end(const stream *self) { return self->begun + self->written; }
uint32_t streams_sum(const stream *self) { return self->sum; }
int streams_sync(const stream *self) { return fdatasync(self->descriptor) == 0 ? 0 : errno; }

int streams_error(const stream *self, int otherwise) { return self && self->error ? self->error : otherwise; }
