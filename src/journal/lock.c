/* lock.c: see lock.h. */
#include "journal/lock.h"

#include "base/clock.h"
#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 3, POLL_MS = 50 };
static const char lock_name[] = "lock";

static void pause_ms(long ms) { (void)nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL); }

/* A network file system may say that a file is stale that was replaced; by its path it is found again. */
static int open_lock(const rpi_folder *folder, int flags)
{
    int file = -1;
    for (int i = 0; i < TRIES; i++) {
        file = rpi_descriptor_move_up(openat(folder->file, lock_name, flags | O_CLOEXEC));
        if (file >= 0 || errno != ESTALE) break;
    }
    return file;
}

/* Returns 0 or an errno. */
static int read_holder(int file, rpi_holder *holder, bool *is_whole)
{
    char bytes[RPI_HOLDER_BYTES];
    size_t n;
    int code = rpi_descriptor_read_at(file, bytes, sizeof bytes, 0, &n);
    *is_whole = code == 0 && n > 0 && rpi_holder_read(bytes, n, holder);
    return code;
}

/* Returns 0 or an errno. */
static int write_holder(int file, const rpi_holder *holder)
{
    char bytes[RPI_HOLDER_BYTES];
    rpi_holder_write(holder, bytes);
    return rpi_descriptor_write_at(file, bytes, sizeof bytes, 0);
}

/* The holder as the file of that name has it now: a beat may be half written for a moment. */
rp_status rpi_lock_holder(const rpi_folder *folder, rpi_holder *holder, bool *is_there, rp_error *error)
{
    int code = 0;
    *is_there = false;
    for (int i = 0; i < TRIES && !*is_there; i++) {
        if (i > 0) pause_ms(1);
        int file = open_lock(folder, O_RDONLY);
        if (file < 0 && errno == ENOENT) return RP_OK;
        code = file >= 0 ? read_holder(file, holder, is_there) : errno;
        if (file >= 0) close(file);
    }
    return code ? rpi_folder_error(folder, code, lock_name, error) : RP_OK;
}

static rpi_flock ask_flock(int file)
{
    int code = 0;
    for (int i = 0; i < TRIES; i++) {
        code = flock(file, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
        if (code != EINTR) break;
    }
    return code == 0 ? RPI_FLOCK_GRANTED : code == EWOULDBLOCK ? RPI_FLOCK_HELD : RPI_FLOCK_NONE;
}

/* A later start of the same job replaces what is left of the earlier one. Whoever is known to be dead can hold nothing: that the flock is
 * held is then the work of a child that outlived it. */
rpi_claim rpi_lock_judge(const rpi_holder *holder, rpi_life life, const rpi_holder *self, rpi_flock flock_state)
{
    if (!holder || holder->is_free) return flock_state == RPI_FLOCK_HELD ? RPI_CLAIM_REFUSE : RPI_CLAIM_TAKE;
    if (rpi_holder_restarts(self, holder)) return RPI_CLAIM_TAKE;
    return life == RPI_LIFE_DEAD ? RPI_CLAIM_TAKE : life == RPI_LIFE_ALIVE ? RPI_CLAIM_REFUSE : RPI_CLAIM_WATCH;
}

/* Whether the beat moves while it is watched. No clock of the other host is asked. */
static bool is_moving(const rpi_folder *folder, const rpi_holder *before, double watch_s)
{
    uint64_t deadline = rpi_deadline_ns(watch_s);
    rpi_holder now;
    bool is_there;
    do {
        pause_ms(POLL_MS);
        (void)rpi_lock_holder(folder, &now, &is_there, NULL);
        if (is_there && (now.beat != before->beat || now.epoch != before->epoch)) return true;
    } while (rpi_now_ns() < deadline);
    return false;
}

static rp_status refuse(const rpi_folder *folder, const rpi_holder *holder, const char *why, rp_error *error)
{
    char name[160];
    const char *who = holder ? rpi_holder_name(holder, name, sizeof name) : "a run that is about to begin";
    return rp_error_set(error, RP_USAGE, 0, "the journal %s is in use by %s%s", folder->path, who, why);
}

/* Judges the lock's file, and watches it where need be. */
static rp_status claim(rpi_lock *lock, int file, rpi_flock flock_state, const rpi_lock_options *options, rp_error *error)
{
    rpi_holder found;
    bool is_there = false;
    rp_status status = file >= 0 ? rpi_lock_holder(lock->folder, &found, &is_there, error) : RP_OK;
    if (status != RP_OK) return status;
    const rpi_holder *holder = is_there ? &found : NULL;
    rpi_life life = holder ? rpi_holder_life(holder, &lock->self) : RPI_LIFE_UNKNOWN;
    rpi_claim what = rpi_lock_judge(holder, life, &lock->self, flock_state);
    if (what == RPI_CLAIM_REFUSE) return refuse(lock->folder, holder, "", error);
    if (what == RPI_CLAIM_WATCH) {
        if (is_moving(lock->folder, holder, options->watch_s)) return refuse(lock->folder, holder, "", error);
        if (!options->take_over)
            return refuse(lock->folder, holder, ", which can't be reached from here; once it has ended, take the journal over", error);
    }
    if (holder && holder->epoch >= lock->self.epoch) lock->self.epoch = holder->epoch + 1;
    return RP_OK;
}

/* The new lock is locked before it has its name, so nobody finds it free. */
static rp_status put_in_place(rpi_lock *lock, rp_error *error)
{
    char name[64];
    const rpi_folder *folder = lock->folder;
    snprintf(name, sizeof name, "%s.%" PRId64 ".%" PRIu64 ".new", lock_name, lock->self.process.pid, lock->self.epoch);
    int file = rpi_descriptor_move_up(openat(folder->file, name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (file < 0) return rpi_folder_error(folder, errno, lock_name, error);
    int code = write_holder(file, &lock->self);
    lock->has_no_flock = ask_flock(file) == RPI_FLOCK_NONE;
    if (code == 0 && fsync(file) != 0) code = errno;
    if (code == 0 && renameat(folder->file, name, folder->file, lock_name) != 0) code = errno;
    if (code == 0) {
        if (lock->file >= 0) close(lock->file);
        lock->file = file;
        return rpi_folder_sync(folder, error);
    }
    (void)unlinkat(folder->file, name, 0);
    close(file);
    return rpi_folder_error(folder, code, lock_name, error);
}

/* Whether the file is the one that has the name now. */
static bool has_name(const rpi_folder *folder, int file)
{
    struct stat own, named;
    int other = open_lock(folder, O_RDONLY); /* network file systems look anew when a file is opened */
    bool is_same =
        other >= 0 && fstat(file, &own) == 0 && fstat(other, &named) == 0 && own.st_dev == named.st_dev && own.st_ino == named.st_ino;
    int code = errno;
    if (other >= 0) close(other);
    errno = other >= 0 ? 0 : code;
    return is_same;
}

/* The old file stays open and locked until the new one is in its place. */
rp_status rpi_lock_take(rpi_lock *lock, const rpi_folder *folder, const rpi_holder *self, const rpi_lock_options *options, rp_error *error)
{
    *lock = (rpi_lock){.folder = folder, .file = -1, .self = *self};
    int old = -1;
    rpi_flock flock_state = RPI_FLOCK_NONE;
    for (int i = 0; i < TRIES; i++) {
        old = open_lock(folder, O_RDWR);
        if (old < 0 && errno != ENOENT) return rpi_folder_error(folder, errno, lock_name, error);
        if (old < 0) break;
        flock_state = ask_flock(old);
        if (has_name(folder, old)) break;
        close(old); /* somebody has replaced it in between */
        old = -1;
        flock_state = RPI_FLOCK_HELD;
    }
    rp_status status = claim(lock, old, flock_state, options, error);
    if (status == RP_OK) status = put_in_place(lock, error);
    if (old >= 0) close(old);
    if (status != RP_OK) rpi_lock_release(lock);
    return status;
}

/* The name is gone, or can't be read. Nobody has taken over as long as there is no later segment. */
static rp_status check_segments(rpi_lock *lock, rp_error *error)
{
    rpi_folder now = {.file = lock->folder->file, .path = lock->folder->path};
    rp_status status = rpi_folder_list(&now, error);
    bool is_later = status == RP_OK && rpi_folder_last(&now) > lock->self.epoch;
    free(now.epochs);
    if (status != RP_OK) return status;
    if (!is_later) return put_in_place(lock, error);
    return rp_error_set(error, RP_LOST, 0, "another run has taken over the journal %s", lock->folder->path);
}

rp_status rpi_lock_check(rpi_lock *lock, rp_error *error)
{
    rpi_holder holder;
    char name[160];
    if (has_name(lock->folder, lock->file)) return RP_OK;
    bool is_there;
    if (rpi_lock_holder(lock->folder, &holder, &is_there, error) != RP_OK || !is_there) return check_segments(lock, error);
    if (holder.epoch == lock->self.epoch && holder.process.pid == lock->self.process.pid && holder.start == lock->self.start) return RP_OK;
    return rp_error_set(error, RP_LOST, 0, "%s has taken over the journal %s", rpi_holder_name(&holder, name, sizeof name),
                        lock->folder->path);
}

void rpi_lock_beat(rpi_lock *lock)
{
    lock->self.beat++;
    (void)write_holder(lock->file, &lock->self);
}

void rpi_lock_release(rpi_lock *lock)
{
    if (lock->file < 0) return;
    lock->self.is_free = true;
    (void)write_holder(lock->file, &lock->self);
    close(lock->file);
    lock->file = -1;
}
