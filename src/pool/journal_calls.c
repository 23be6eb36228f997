/* journal_calls.c: see journal_calls.h. A hash table with open addressing. An entry is a call, or, with the number 0 in its id, a key. */
#include "pool/journal_calls.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

struct rpi_journal_calls {
    rpi_journal_call *entries; /* one whose id is zeros is empty */
    size_t n, room;            /* room: 0 or a power of 2 */
    uint64_t next_slot, end;
};

rpi_journal_calls *rpi_journal_calls_create(void) { return calloc(1, sizeof(rpi_journal_calls)); }

void rpi_journal_calls_destroy(rpi_journal_calls *self)
{
    if (!self) return;
    for (size_t i = 0; i < self->room; i++) rpi_facts_fini(&self->entries[i].facts);
    free(self->entries);
    free(self);
}

static bool is_empty(const rpi_journal_call *entry) { return entry->id.words[0] == 0 && entry->id.words[1] == 0; }

/* The entry of that id, or the empty place for it. */
static rpi_journal_call *place_of(rpi_journal_call *entries, size_t room, rpi_item_hash id)
{
    size_t at = (size_t)id.words[0] & (room - 1);
    while (!is_empty(&entries[at]) && !rpi_item_hash_same(entries[at].id, id)) at = (at + 1) & (room - 1);
    return &entries[at];
}

static bool make_room(rpi_journal_calls *self)
{
    if (2 * (self->n + 2) <= self->room) return true;
    size_t room = self->room > 0 ? 2 * self->room : 16;
    rpi_journal_call *entries = calloc(room, sizeof *entries);
    if (!entries) return false;
    for (size_t i = 0; i < self->room; i++)
        if (!is_empty(&self->entries[i])) *place_of(entries, room, self->entries[i].id) = self->entries[i];
    free(self->entries);
    self->entries = entries;
    self->room = room;
    return true;
}

static rpi_journal_call *entry_of(rpi_journal_calls *self, rpi_item_hash id)
{
    rpi_journal_call *entry = place_of(self->entries, self->room, id);
    if (is_empty(entry)) {
        *entry = (rpi_journal_call){.id = id};
        self->n++;
    }
    return entry;
}

void rpi_journal_calls_set_end(rpi_journal_calls *self, uint64_t end)
{
    if (self->end < end) self->end = end;
}

rp_status rpi_journal_calls_add(rpi_journal_calls *self, const rpi_journal_record *record, rp_error *error)
{
    rpi_facts facts = {0};
    if (self->next_slot <= record->index) self->next_slot = record->index + 1;
    rp_status status = rpi_facts_read(&facts, record->data, record->size, NULL);
    if (status == RP_NO_MEMORY || !make_room(self)) return rpi_error_no_memory(error);
    const char *base = status == RP_OK ? rpi_facts_value(&facts, "base") : NULL, *items = base ? rpi_facts_value(&facts, "items") : NULL;
    if (items && record->kind == RPI_RECORD_DONE) {
        rpi_journal_call *call = entry_of(self, record->hash);
        rpi_facts_fini(&call->facts);
        *call = (rpi_journal_call){.id = record->hash, .slot = record->index, .base = strtoull(base, NULL, 10), .facts = facts};
        char *behind;
        uint64_t n = strtoull(items, &behind, 10);
        rpi_journal_calls_set_end(self, call->base + (*behind == '\0' ? n : RPI_JOURNAL_MOST_ITEMS));
    } else {
        rpi_facts_fini(&facts);
    }
    return RP_OK;
}

static rpi_item_hash id_of(const char *key, uint64_t number)
{
    rpi_item_hash of_key = rpi_item_hash_of(key, strlen(key));
    uint64_t words[3] = {of_key.words[0], of_key.words[1], number};
    return rpi_item_hash_of(words, sizeof words);
}

rp_status rpi_journal_calls_next(rpi_journal_calls *self, const char *key, uint64_t n_items, rpi_journal_call **out, rp_error *error)
{
    if (!make_room(self)) return rpi_error_no_memory(error);
    uint64_t number = ++entry_of(self, id_of(key, 0))->number;
    rpi_journal_call *call = entry_of(self, id_of(key, number));
    call->number = number;
    if (call->facts.n == 0) {
        call->slot = self->next_slot++;
        call->base = self->end;
        self->end += n_items == UINT64_MAX ? RPI_JOURNAL_MOST_ITEMS : n_items;
    }
    *out = call;
    return RP_OK;
}
