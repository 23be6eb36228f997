/* held_rows.c: see held_rows.h. A hash table with chains: numbers count up and are removed in about the same order, so they hash well. */
#include "held_rows.h"
#include "spill_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const size_t most_in_memory = 16 << 20, large = 64 << 10;

struct held_row {
    held_row *next;
    uint64_t number, position;
    size_t size;  /* of the outcome; 0: the pool has the item */
    char *memory; /* NULL: it is in the file, at `at` */
    off_t at;
};

void held_rows_init(held_rows *held) { *held = (held_rows){.file = -1}; }

void held_rows_fini(held_rows *held)
{
    for (size_t i = 0; i < held->n_buckets; i++)
        for (held_row *row = held->buckets[i], *next; row; row = next) {
            next = row->next;
            free(row->memory);
            free(row);
        }
    if (held->file >= 0) close(held->file);
    free(held->buckets);
    free(held->read);
    held_rows_init(held);
}

static held_row **place_of(const held_rows *held, uint64_t number)
{
    held_row **link = &held->buckets[number & (held->n_buckets - 1)];
    while (*link && (*link)->number != number) link = &(*link)->next;
    return link;
}

static held_row *find(const held_rows *held, uint64_t number) { return held->n_buckets > 0 ? *place_of(held, number) : NULL; }

static bool grow(held_rows *held)
{
    held_rows larger = *held;
    larger.n_buckets = held->n_buckets > 0 ? 2 * held->n_buckets : 256;
    larger.buckets = calloc(larger.n_buckets, sizeof(held_row *));
    if (!larger.buckets) return false;
    for (size_t i = 0; i < held->n_buckets; i++)
        for (held_row *row = held->buckets[i], *next; row; row = next) {
            next = row->next;
            row->next = larger.buckets[row->number & (larger.n_buckets - 1)];
            larger.buckets[row->number & (larger.n_buckets - 1)] = row;
        }
    free(held->buckets);
    *held = larger;
    return true;
}

static held_row *add(held_rows *held, uint64_t number)
{
    if (held->n == held->n_buckets && !grow(held)) return NULL;
    held_row **link = place_of(held, number);
    if (*link) return *link;
    *link = calloc(1, sizeof **link);
    if (!*link) return NULL;
    (*link)->number = number;
    held->n++;
    return *link;
}

bool held_rows_add(held_rows *held, uint64_t number) { return add(held, number) != NULL; }

static bool put_into_file(held_rows *held, held_row *row, rp_bytes outcome)
{
    if (held->file < 0) held->file = spill_file_open();
    if (held->file < 0 || !spill_file_write(held->file, held->file_end, outcome.data, outcome.size)) return false;
    row->at = held->file_end;
    held->file_end += (off_t)outcome.size;
    held->n_in_file++;
    return true;
}

static bool put_into_memory(held_rows *held, held_row *row, rp_bytes outcome)
{
    row->memory = malloc(outcome.size);
    if (!row->memory) return false;
    memcpy(row->memory, outcome.data, outcome.size);
    held->in_memory += outcome.size;
    return true;
}

/* Where the file has no room, memory may. */
bool held_rows_keep(held_rows *held, uint64_t number, rp_bytes outcome, uint64_t position)
{
    held_row *row = add(held, number);
    if (!row) return false;
    bool is_much = outcome.size >= large || held->in_memory + outcome.size > most_in_memory;
    if (!(is_much && put_into_file(held, row, outcome)) && !put_into_memory(held, row, outcome)) return false;
    row->size = outcome.size;
    row->position = position;
    held->n_rows++;
    return true;
}

held_state held_rows_look(const held_rows *held, uint64_t number, uint64_t *position)
{
    const held_row *row = find(held, number);
    if (!row) return HELD_NOT;
    *position = row->position;
    return row->size > 0 ? HELD_THERE : HELD_OUT;
}

bool held_rows_read(held_rows *held, uint64_t number, rp_bytes *outcome)
{
    const held_row *row = find(held, number);
    *outcome = (rp_bytes){row->memory, row->size};
    if (row->memory) return true;
    if (row->size > held->read_room) {
        char *grown = realloc(held->read, row->size);
        if (!grown) return false;
        held->read = grown;
        held->read_room = row->size;
    }
    *outcome = (rp_bytes){held->read, row->size};
    return spill_file_read(held->file, row->at, held->read, row->size);
}

static void forget_outcome(held_rows *held, const held_row *row)
{
    held->n_rows--;
    if (row->memory) held->in_memory -= row->size;
    else if (--held->n_in_file == 0) {
        held->file_end = 0;
        (void)ftruncate(held->file, 0);
    }
}

void held_rows_remove(held_rows *held, uint64_t number)
{
    held_row *row = find(held, number);
    if (!row) return;
    *place_of(held, number) = row->next;
    if (row->size > 0) forget_outcome(held, row);
    free(row->memory);
    free(row);
    held->n--;
}
