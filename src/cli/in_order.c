/* in_order.c: see in_order.h. Places are a ring from the next item on. */
#include "in_order.h"
#include "spill_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const size_t most_in_memory = 16 << 20, large = 64 << 10;

/* One outcome as bytes: this, then the failure, the item and the result. */
typedef struct kept_head {
    int has_result, has_failure;
    size_t item_size, result_size;
} kept_head;

typedef struct place {
    size_t size;  /* 0: nothing is there */
    char *memory; /* NULL: in the file, at `at` */
    off_t at;
} place;

struct in_order {
    int64_t next;
    place *ring;
    size_t room; /* a power of two, or 0 */
    size_t n, n_in_file, in_memory;
    int has_ended;
    int file;
    off_t file_end;
    char *taken; /* what the latest outcome points into */
    size_t taken_room;
    rp_bytes result;
    rp_error failure;
};

in_order *in_order_create(void)
{
    in_order *made = calloc(1, sizeof *made);
    if (made) made->file = -1;
    return made;
}

void in_order_destroy(in_order *self)
{
    if (!self) return;
    for (size_t i = 0; i < self->room; i++) free(self->ring[i].memory);
    if (self->file >= 0) close(self->file);
    free(self->ring);
    free(self->taken);
    free(self);
}

static place *place_of(const in_order *self, int64_t index) { return &self->ring[(uint64_t)index & (self->room - 1)]; }

int in_order_is_next(const in_order *self, int64_t index) { return index == self->next; }

void in_order_pass(in_order *self) { self->next++; }

int64_t in_order_next(const in_order *self) { return self->next; }

void in_order_end(in_order *self) { self->has_ended = 1; }

/* Makes the ring large enough for that item. */
static int make_room(in_order *self, int64_t index)
{
    size_t wanted = (size_t)(index - self->next) + 1, room = self->room ? self->room : 64;
    while (room < wanted) room *= 2;
    if (room == self->room) return 1;
    in_order larger = *self;
    larger.ring = calloc(room, sizeof *larger.ring);
    larger.room = room;
    if (!larger.ring) return 0;
    for (int64_t i = self->next; i < self->next + (int64_t)self->room; i++) *place_of(&larger, i) = *place_of(self, i);
    free(self->ring);
    *self = larger;
    return 1;
}

static char *put(char *to, const void *data, size_t size)
{
    if (size) memcpy(to, data, size);
    return to + size;
}

static char *pack(const rp_job_outcome *outcome, size_t *size)
{
    const rp_bytes *result = outcome->result;
    kept_head head = {result != NULL, outcome->failure != NULL, outcome->item.size, result ? result->size : 0};
    *size = sizeof head + (head.has_failure ? sizeof(rp_error) : 0) + head.item_size + head.result_size;
    char *made = malloc(*size), *at = made;
    if (!made) return NULL;
    at = put(at, &head, sizeof head);
    if (outcome->failure) at = put(at, outcome->failure, sizeof(rp_error));
    at = put(at, outcome->item.data, head.item_size);
    if (result) (void)put(at, result->data, head.result_size);
    return made;
}

/* Moves it to the file. Returns 1, or 0 with errno set. */
static int spill(in_order *self, place *to)
{
    if (self->file < 0) self->file = spill_file_open();
    if (self->file < 0 || !spill_file_write(self->file, self->file_end, to->memory, to->size)) return 0;
    free(to->memory);
    to->memory = NULL;
    to->at = self->file_end;
    self->file_end += (off_t)to->size;
    self->n_in_file++;
    return 1;
}

/* What is kept of an item whose result has no room on the disk. */
static rp_job_outcome lose_result(const rp_job_outcome *outcome, int code, rp_error *failure)
{
    if (outcome->failure) *failure = *outcome->failure;
    else rp_error_set(failure, RP_FAILED, code, "output lost: %s", strerror(code));
    failure->status = RP_FAILED;
    if (!outcome->failure) {
        failure->cause = RP_CAUSE_SYSTEM;
        failure->item = outcome->index;
        failure->attempt = 1;
    }
    return (rp_job_outcome){outcome->index, outcome->item, NULL, failure};
}

static rp_status no_memory(rp_error *error) { return rp_error_set(error, RP_NO_MEMORY, ENOMEM, "no memory for results that wait"); }

rp_status in_order_keep(in_order *self, const rp_job_outcome *outcome, rp_error *error)
{
    if (!make_room(self, outcome->index)) return no_memory(error);
    place *to = place_of(self, outcome->index);
    to->memory = pack(outcome, &to->size);
    if (!to->memory) {
        to->size = 0;
        return no_memory(error);
    }
    self->n++;
    int goes_to_file = to->size >= large || self->in_memory + to->size > most_in_memory;
    if (goes_to_file && spill(self, to)) return RP_OK;
    self->in_memory += to->size;
    if (!goes_to_file || to->size < large) return RP_OK;
    rp_error failure;
    rp_job_outcome lost = lose_result(outcome, errno, &failure);
    self->in_memory -= to->size;
    self->n--;
    free(to->memory);
    *to = (place){0, NULL, 0};
    return in_order_keep(self, &lost, error);
}

/* Reads what is kept to `taken`, and empties its place. */
static int read_place(in_order *self, place *from)
{
    if (from->memory) {
        free(self->taken);
        self->taken = from->memory;
        self->taken_room = from->size;
        self->in_memory -= from->size;
        return 1;
    }
    if (from->size > self->taken_room) {
        char *grown = realloc(self->taken, from->size);
        if (!grown) return 0;
        self->taken = grown;
        self->taken_room = from->size;
    }
    if (!spill_file_read(self->file, from->at, self->taken, from->size)) return 0;
    if (--self->n_in_file > 0) return 1;
    self->file_end = 0;
    (void)ftruncate(self->file, 0);
    return 1;
}

static void unpack(in_order *self, rp_job_outcome *outcome)
{
    kept_head head;
    char *at = self->taken;
    memcpy(&head, at, sizeof head);
    at += sizeof head;
    if (head.has_failure) memcpy(&self->failure, at, sizeof self->failure);
    if (head.has_failure) at += sizeof self->failure;
    self->result = (rp_bytes){at + head.item_size, head.result_size};
    *outcome = (rp_job_outcome){
        self->next, {at, head.item_size}, head.has_result ? &self->result : NULL, head.has_failure ? &self->failure : NULL};
}

int in_order_take(in_order *self, rp_job_outcome *outcome)
{
    if (self->n == 0) return 0;
    while (self->has_ended && place_of(self, self->next)->size == 0) self->next++;
    place *from = place_of(self, self->next);
    if (from->size == 0) return 0;
    if (!read_place(self, from)) return -1;
    *from = (place){0, NULL, 0};
    unpack(self, outcome);
    self->n--;
    self->next++;
    return 1;
}
