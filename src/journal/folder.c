/* folder.c: see folder.h. */
#include "journal/folder.h"

#include "base/descriptor.h"
#include "base/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { NAME_SIZE = 64, HEAD_SIZE = 4096 };
static const char head_name[] = "head.json", notes_name[] = "runs.jsonl", segment_prefix[] = "items.", unfinished[] = ".new";

rp_status rpi_folder_error(const rpi_folder *folder, int code, const char *name, rp_error *error)
{
    return rp_error_set(error, RP_SYSTEM, code, "%s of the journal %s: %s", name, folder->path, strerror(code));
}

static void segment_name(uint64_t epoch, char name[NAME_SIZE]) { snprintf(name, NAME_SIZE, "%s%" PRIu64, segment_prefix, epoch); }

rp_status rpi_folder_segment_error(const rpi_folder *folder, int code, uint64_t epoch, rp_error *error)
{
    char name[NAME_SIZE];
    segment_name(epoch, name);
    return rpi_folder_error(folder, code, name, error);
}

/* The epoch of a segment's name; 0: it is none. */
static uint64_t epoch_of(const char *name)
{
    char again[NAME_SIZE];
    if (strncmp(name, segment_prefix, sizeof segment_prefix - 1) != 0) return 0;
    uint64_t epoch = strtoull(name + sizeof segment_prefix - 1, NULL, 10);
    segment_name(epoch, again);
    return strcmp(name, again) == 0 && epoch < UINT64_MAX ? epoch : 0;
}

/* Files of a journal, and such as network file systems and people's tools leave. */
static bool is_ours(const char *name)
{
    static const char *const names[] = {"lock", notes_name, head_name};
    const char *end = name + strlen(name);
    if (name[0] == '.' || epoch_of(name) > 0 || !strncmp(name, "begun.", strlen("begun."))) return true;
    if (strlen(name) > sizeof unfinished && !strcmp(end - sizeof unfinished + 1, unfinished)) return true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!strcmp(name, names[i])) return true;
    return false;
}

static bool add_epoch(rpi_folder *folder, uint64_t epoch)
{
    if ((folder->n_epochs & (folder->n_epochs - 1)) == 0) {
        size_t room = folder->n_epochs > 0 ? 2 * folder->n_epochs : 1;
        uint64_t *epochs = realloc(folder->epochs, room * sizeof *epochs);
        if (!epochs) return false;
        folder->epochs = epochs;
    }
    folder->epochs[folder->n_epochs++] = epoch;
    return true;
}

static int compare_epochs(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static rp_status list(rpi_folder *folder, DIR *entries, rp_error *error)
{
    bool has_others = false, has_head = false;
    folder->n_epochs = 0;
    errno = 0;
    for (const struct dirent *entry; (entry = readdir(entries)); errno = 0) {
        has_others = has_others || !is_ours(entry->d_name);
        has_head = has_head || !strcmp(entry->d_name, head_name);
        uint64_t epoch = epoch_of(entry->d_name);
        if (epoch > 0 && !add_epoch(folder, epoch)) return rpi_error_no_memory(error);
    }
    if (errno) return rpi_folder_error(folder, errno, "the folder", error);
    if (folder->n_epochs > 1) qsort(folder->epochs, folder->n_epochs, sizeof *folder->epochs, compare_epochs);
    if (!has_others || has_head || folder->n_epochs > 0) return RP_OK;
    return rp_error_set(error, RP_USAGE, 0, "%s has files, and none of them is a journal's: give a new folder", folder->path);
}

rp_status rpi_folder_list(rpi_folder *folder, rp_error *error)
{
    int again = openat(folder->file, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = again >= 0 ? fdopendir(again) : NULL;
    if (!entries) {
        int code = errno;
        if (again >= 0) close(again);
        return rpi_folder_error(folder, code, "the folder", error);
    }
    rp_status status = list(folder, entries, error);
    closedir(entries);
    return status;
}

uint64_t rpi_folder_last(const rpi_folder *folder) { return folder->n_epochs > 0 ? folder->epochs[folder->n_epochs - 1] : 0; }

/* A head that is torn says nothing; then the segments say what the journal is. */
static rp_status check_version(const rpi_folder *folder, rp_error *error)
{
    char text[HEAD_SIZE];
    int file = openat(folder->file, head_name, O_RDONLY | O_CLOEXEC);
    ssize_t n = file >= 0 ? read(file, text, sizeof text - 1) : 0;
    if (file >= 0) close(file);
    text[n > 0 ? n : 0] = '\0';
    const char *at = strstr(text, "\"version\": ");
    unsigned version = 0;
    if (!at || sscanf(at, "\"version\": %9u", &version) != 1 || version == RPI_JOURNAL_VERSION) return RP_OK;
    return rp_error_set(error, RP_UNSUPPORTED, 0, "the journal %s has the format %u, and this build reads the format %d alone",
                        folder->path, version, RPI_JOURNAL_VERSION);
}

static rp_status open_it(rpi_folder *folder, const char *path, bool create, rp_error *error)
{
    folder->is_new = create && mkdir(path, 0777) == 0;
    if (create && !folder->is_new && errno != EEXIST) return rpi_folder_error(folder, errno, "the folder", error);
    folder->file = rpi_descriptor_move_up(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder->file >= 0) return RP_OK;
    int code = errno;
    if (code == ENOENT || code == ENOTDIR) return rp_error_set(error, RP_USAGE, code, "%s is no folder: %s", path, strerror(code));
    return rpi_folder_error(folder, code, "the folder", error);
}

rp_status rpi_folder_open(rpi_folder *folder, const char *path, bool create, rp_error *error)
{
    *folder = (rpi_folder){.file = -1, .path = strdup(path)};
    rp_status status = folder->path ? open_it(folder, path, create, error) : rpi_error_no_memory(error);
    if (status == RP_OK) status = rpi_folder_list(folder, error);
    if (status == RP_OK) status = check_version(folder, error);
    if (status != RP_OK) rpi_folder_close(folder, true);
    return status;
}

void rpi_folder_close(rpi_folder *folder, bool remove)
{
    if (!folder->path) return;
    if (remove && folder->is_new) (void)rmdir(folder->path);
    if (folder->file >= 0) close(folder->file);
    free(folder->epochs);
    free(folder->path);
    *folder = (rpi_folder){.file = -1};
}

rp_status rpi_folder_open_segment(const rpi_folder *folder, uint64_t epoch, int *file, rp_error *error)
{
    char name[NAME_SIZE];
    segment_name(epoch, name);
    int made = rpi_descriptor_move_up(openat(folder->file, name, O_RDONLY | O_CLOEXEC));
    if (made < 0) return rpi_folder_error(folder, errno, name, error);
    (void)posix_fadvise(made, 0, 0, POSIX_FADV_SEQUENTIAL);
    *file = made;
    return RP_OK;
}

rp_status rpi_folder_make_segment(const rpi_folder *folder, uint64_t epoch, int *file, rp_error *error)
{
    char name[NAME_SIZE];
    segment_name(epoch, name);
    int made = rpi_descriptor_move_up(openat(folder->file, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (made < 0 && errno == EEXIST)
        return rp_error_set(error, RP_LOST, 0, "another run has taken the journal %s at the same time", folder->path);
    if (made < 0) return rpi_folder_error(folder, errno, name, error);
    *file = made;
    return RP_OK;
}

/* All bytes, or errno. */
static int write_all(int file, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(file, bytes, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n < 0 ? errno : EIO;
        bytes += n;
        size -= (size_t)n;
    }
    return 0;
}

rp_status rpi_folder_replace(const rpi_folder *folder, const char *name, const void *bytes, size_t size, rp_error *error)
{
    char other[NAME_SIZE];
    snprintf(other, sizeof other, "%s.%d%s", name, (int)getpid(), unfinished);
    int file = openat(folder->file, other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0) return rpi_folder_error(folder, errno, name, error);
    int code = write_all(file, bytes, size);
    if (code == 0 && fsync(file) != 0) code = errno;
    if (close(file) != 0 && code == 0) code = errno;
    if (code == 0 && renameat(folder->file, other, folder->file, name) != 0) code = errno;
    if (code == 0) return RP_OK;
    (void)unlinkat(folder->file, other, 0);
    return rpi_folder_error(folder, code, name, error);
}

/* File systems that can't sync a folder keep its names by themselves, or not at all. */
static int sync_names(int file) { return fsync(file) == 0 || errno == EINVAL || errno == ENOTSUP ? 0 : errno; }

rp_status rpi_folder_sync(const rpi_folder *folder, rp_error *error)
{
    int code = sync_names(folder->file);
    return code ? rpi_folder_error(folder, code, "syncing the folder", error) : RP_OK;
}

/* A parent in which names may be made, but that can't be read, can't be synced. */
rp_status rpi_folder_sync_parent(const rpi_folder *folder, rp_error *error)
{
    if (!folder->is_new) return RP_OK;
    int file = openat(folder->file, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0 && errno == EACCES) return RP_OK;
    int code = file >= 0 ? sync_names(file) : errno;
    if (file >= 0) close(file);
    return code ? rpi_folder_error(folder, code, "syncing the name", error) : RP_OK;
}

rp_status rpi_folder_write_head(const rpi_folder *folder, const rpi_journal_id *id, const rpi_facts *facts, rp_error *error)
{
    char hex[2 * sizeof id->bytes + 1], *json = rpi_facts_json(facts), *text = NULL;
    for (size_t i = 0; i < sizeof id->bytes; i++) snprintf(hex + 2 * i, 3, "%02x", id->bytes[i]);
    int n = json ? asprintf(&text, "{\n\"format\": \"rankpool journal\",\n\"version\": %d,\n\"id\": \"%s\",\n\"run\": %s\n}\n",
                            RPI_JOURNAL_VERSION, hex, json)
                 : -1;
    rp_status status = n > 0 ? rpi_folder_replace(folder, head_name, text, (size_t)n, error) : rpi_error_no_memory(error);
    if (n > 0) free(text);
    free(json);
    return status;
}

/* A line that was cut short is ended first. */
void rpi_folder_note(const rpi_folder *folder, const char *line)
{
    int file = openat(folder->file, notes_name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) return;
    char last = '\n';
    off_t end = lseek(file, 0, SEEK_END);
    if (end > 0) (void)!pread(file, &last, 1, end - 1);
    if (last == '\n' || write_all(file, "\n", 1) == 0) (void)write_all(file, line, strlen(line));
    (void)close(file);
}

static const struct {
    uint32_t type;
    rpi_disk_kind kind;
} disks[] = {
    {0x01021994, RPI_DISK_MEMORY},  /* tmpfs */
    {0x858458f6, RPI_DISK_MEMORY},  /* ramfs */
    {0xef53, RPI_DISK_LOCAL},       /* ext2, 3, 4 */
    {0x58465342, RPI_DISK_LOCAL},   /* XFS */
    {0x9123683e, RPI_DISK_LOCAL},   /* Btrfs */
    {0x2fc12fc1, RPI_DISK_LOCAL},   /* ZFS */
    {0xf2f52010, RPI_DISK_LOCAL},   /* F2FS */
    {0x794c7630, RPI_DISK_LOCAL},   /* overlay */
    {0x6969, RPI_DISK_NETWORK},     /* NFS */
    {0x0bd00bd0, RPI_DISK_NETWORK}, /* Lustre */
    {0x47504653, RPI_DISK_NETWORK}, /* GPFS */
    {0x00c36400, RPI_DISK_NETWORK}, /* Ceph */
    {0x19830326, RPI_DISK_NETWORK}, /* BeeGFS */
    {0xff534d42, RPI_DISK_NETWORK}, /* CIFS */
    {0xfe534d42, RPI_DISK_NETWORK}, /* SMB 2 */
    {0x65735546, RPI_DISK_NETWORK}, /* FUSE */
    {0x013661fc, RPI_DISK_NETWORK}, /* GFS 2 */
    {0x7461636f, RPI_DISK_NETWORK}, /* OCFS 2 */
    {0x01021997, RPI_DISK_NETWORK}, /* 9P */
    {0x20030528, RPI_DISK_NETWORK}, /* OrangeFS */
};

rpi_disk_kind rpi_folder_disk(const rpi_folder *folder)
{
    struct statfs about;
    if (fstatfs(folder->file, &about) != 0) return RPI_DISK_UNKNOWN;
    for (size_t i = 0; i < sizeof disks / sizeof disks[0]; i++)
        if (disks[i].type == (uint32_t)about.f_type) return disks[i].kind;
    return RPI_DISK_UNKNOWN;
}
