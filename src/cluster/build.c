/* build.c: see build.h. Program headers of files in memory: elf(5), dl_iterate_phdr(3). */
#include "cluster/build.h"

#include "task/registry.h"

#include <rankpool/version.h>

#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { VALUE_SIZE = 128, MOST_HASHED = 64 << 20 };

typedef struct search {
    unsigned n; /* files seen; the first is the program */
    char *text;
    size_t size;
} search;

static const char *at(const struct dl_phdr_info *file, const ElfW(Phdr) * part)
{
    return (const char *)(uintptr_t)(file->dlpi_addr + part->p_vaddr);
}

/* ---- what a file is ---- */

static void write_hex(const unsigned char *bytes, size_t n, char *text, size_t size)
{
    for (size_t i = 0; i < n && 2 * i + 2 < size; i++) snprintf(text + 2 * i, size - 2 * i, "%02x", bytes[i]);
}

/* Notes are three words, a name and a value, both filled up to words. */
static bool find_build_id(const char *notes, size_t size, char *text, size_t text_size)
{
    while (size >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) note;
        memcpy(&note, notes, sizeof note);
        size_t name = (note.n_namesz + 3u) & ~3u, value = (note.n_descsz + 3u) & ~3u, all = sizeof note + name + value;
        if (all > size) return false;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && !memcmp(notes + sizeof note, "GNU", 4) && note.n_descsz > 0) {
            write_hex((const unsigned char *)notes + sizeof note + name, note.n_descsz, text, text_size);
            return true;
        }
        notes += all;
        size -= all;
    }
    return false;
}

static bool read_build_id(const struct dl_phdr_info *file, char *text, size_t size)
{
    for (unsigned k = 0; k < file->dlpi_phnum; k++) {
        const ElfW(Phdr) *part = &file->dlpi_phdr[k];
        if (part->p_type == PT_NOTE && find_build_id(at(file, part), part->p_memsz, text, size)) return true;
    }
    return false;
}

/* FNV-1a over words of eight bytes. Code isn't changed when it is loaded, so it is the same in all processes. */
static uint64_t hash_code(const struct dl_phdr_info *file)
{
    uint64_t hash = 0xcbf29ce484222325, word;
    for (unsigned k = 0; k < file->dlpi_phnum; k++) {
        const ElfW(Phdr) *part = &file->dlpi_phdr[k];
        if (part->p_type != PT_LOAD || (part->p_flags & (PF_X | PF_R | PF_W)) != (PF_X | PF_R)) continue;
        size_t size = part->p_filesz < MOST_HASHED ? part->p_filesz : MOST_HASHED;
        for (size_t i = 0; i + sizeof word <= size; i += sizeof word) {
            memcpy(&word, at(file, part) + i, sizeof word);
            hash = (hash ^ word) * 0x100000001b3;
        }
        hash = (hash ^ part->p_filesz) * 0x100000001b3;
    }
    return hash;
}

static void describe(const struct dl_phdr_info *file, char *text, size_t size)
{
    char id[VALUE_SIZE] = "";
    if (read_build_id(file, id, sizeof id)) snprintf(text, size, "build-id %s", id);
    else snprintf(text, size, "code %016llx, without a build-id", (unsigned long long)hash_code(file));
}

/* ---- the files of this process ---- */

static bool has_address(const struct dl_phdr_info *file, uintptr_t address)
{
    const char *here = (const char *)address;
    for (unsigned k = 0; k < file->dlpi_phnum; k++) {
        const ElfW(Phdr) *part = &file->dlpi_phdr[k];
        if (part->p_type == PT_LOAD && here >= at(file, part) && here < at(file, part) + part->p_memsz) return true;
    }
    return false;
}

static bool has_a_task(const struct dl_phdr_info *file)
{
    for (size_t k = 0; k < rpi_registry_n_tasks(); k++)
        if (has_address(file, (uintptr_t)rpi_registry_task(k)->kernel)) return true;
    return false;
}

/* Without its folder, which may be another one on another host. */
static const char *name_of(const struct dl_phdr_info *file)
{
    const char *slash = strrchr(file->dlpi_name, '/');
    return slash ? slash + 1 : file->dlpi_name;
}

static int take_file(struct dl_phdr_info *file, size_t info_size, void *argument)
{
    search *self = argument;
    char value[2 * VALUE_SIZE];
    (void)info_size;
    bool is_program = self->n++ == 0, is_ours = has_address(file, (uintptr_t)&rpi_build_describe);
    if (is_program || is_ours || has_a_task(file)) {
        size_t used = strlen(self->text);
        describe(file, value, sizeof value);
        snprintf(self->text + used, self->size - used, "%s\t%s\n",
                 is_program ? "the program"
                 : is_ours  ? "librankpool"
                            : name_of(file),
                 value);
    }
    return 0; /* to the next one */
}

void rpi_build_describe(char *text, size_t size)
{
    search self = {0, text, size};
    snprintf(text, size, "rankpool\t%s\n", RP_VERSION);
    (void)dl_iterate_phdr(take_file, &self);
}

/* ---- comparing ---- */

/* Cuts the next line into name and value, in place. False: there is none. */
static bool next_line(char **rest, const char **name, const char **value)
{
    char *line = *rest && **rest ? strsep(rest, "\n") : NULL, *tab = line ? strchr(line, '\t') : NULL;
    *name = line ? line : "";
    *value = tab ? tab + 1 : "";
    if (tab) *tab = '\0';
    return line;
}

bool rpi_build_compare(const char *mine, const char *theirs, char *why, size_t size)
{
    char own[RPI_BUILD_SIZE], other[RPI_BUILD_SIZE], *own_rest = own, *other_rest = other;
    const char *name, *value, *their_name, *their_value;
    if (!strcmp(mine, theirs)) return true;
    snprintf(own, sizeof own, "%s", mine);
    snprintf(other, sizeof other, "%s", theirs);
    while (next_line(&own_rest, &name, &value)) {
        bool has = next_line(&other_rest, &their_name, &their_value);
        if (has && !strcmp(name, their_name) && !strcmp(value, their_value)) continue;
        if (!has || strcmp(name, their_name) != 0) break;
        snprintf(why, size, "has another build of %s (%.80s; rank 0: %.80s)", name, their_value, value);
        return false;
    }
    snprintf(why, size, "has another build of the program");
    return false;
}
