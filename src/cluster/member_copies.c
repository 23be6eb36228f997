/* member_copies.c: see member_copies.h. */
#include "cluster/member_copies.h"

#include "cluster/copies.h"

#include <stdlib.h>
#include <string.h>

/* A copy that this rank holds. */
typedef struct member_copy {
    rpi_list_link link;
    uint64_t id;
    rpi_region_name name;
    int children[2]; /* ranks that get it from here; 0: none */
    char *base;
    bool is_whole;
} member_copy;

static member_copy *find(const member *self, uint64_t id)
{
    RPI_LIST_EACH(at, &self->copies)
        if (RPI_ENTRY(at, member_copy, link)->id == id) return RPI_ENTRY(at, member_copy, link);
    return NULL;
}

static void reply(member *self, uint64_t pool, uint64_t id, rp_status status, const rpi_region_name *name)
{
    rpi_message *message = rpi_message_create(RPI_SHARED, pool, 0);
    if (message) {
        message->header.shared.id = id;
        message->header.shared.status = status;
        if (name) message->header.shared.region = *name;
    }
    rpi_member_reply(self, message);
}

static rp_status make_room(member *self, const rpi_share_sent *share, member_copy **made)
{
    uint64_t offset;
    member_copy *copy = calloc(1, sizeof *copy);
    rp_status status = copy ? rpi_regions_make((size_t)share->size, NULL, true, &copy->base, NULL) : RP_NO_MEMORY;
    if (status == RP_OK && !rpi_regions_name(copy->base, 1, &copy->name, &offset)) {
        rpi_regions_free(copy->base);
        status = RP_UNSUPPORTED;
    }
    if (status != RP_OK) {
        free(copy);
        return status;
    }
    copy->id = share->id;
    copy->children[0] = share->child < (uint64_t)self->link->n_ranks ? (int)share->child : 0;
    copy->children[1] = share->other_child < (uint64_t)self->link->n_ranks ? (int)share->other_child : 0;
    rpi_list_add_first(&self->copies, &copy->link);
    *made = copy;
    return RP_OK;
}

bool rpi_member_take_share(member *self, rpi_message *message)
{
    member_copy *copy = NULL;
    rp_status status = find(self, message->header.share.id) ? RP_USAGE : make_room(self, &message->header.share, &copy);
    reply(self, message->header.pool, message->header.share.id, status, copy ? &copy->name : NULL);
    return false;
}

char *rpi_member_contents_destination(const member *self, const rpi_header *header)
{
    const member_copy *copy = header->kind == RPI_CONTENTS ? find(self, header->contents.id) : NULL;
    return copy && !copy->is_whole && header->size == copy->name.size ? copy->base : NULL;
}

static void pass_on(member *self, const member_copy *copy, const rpi_header *header)
{
    for (int i = 0; i < 2; i++) {
        if (copy->children[i] == 0 || copy->children[i] == self->link->rank) continue;
        rpi_message *message = rpi_contents_message(header->pool, header->contents.id, copy->base, (size_t)copy->name.size);
        if (!message) self->status = RP_NO_MEMORY;
        else if (self->link->ops->send(self->link, copy->children[i], message, NULL) != RP_OK) self->status = RP_LOST;
    }
}

/* It is sealed before it is passed on, as that may move it. */
bool rpi_member_take_contents(member *self, rpi_message *message)
{
    member_copy *copy = find(self, message->header.contents.id);
    if (!copy || copy->is_whole || message->header.size != copy->name.size) return false;
    if (message->outside != copy->base) memcpy(copy->base, rpi_message_bytes(message), (size_t)copy->name.size);
    rp_status status = rpi_regions_seal(&copy->base, NULL);
    copy->is_whole = status == RP_OK;
    if (copy->is_whole) pass_on(self, copy, &message->header);
    else self->status = status; /* those below this rank in the tree would wait for ever */
    reply(self, message->header.pool, copy->id, status, &copy->name);
    return false;
}

bool rpi_member_take_attach(member *self, rpi_message *message)
{
    const rpi_region *region;
    rp_status status = rpi_regions_attach(&message->header.attach.region, false, &region, NULL);
    if (status == RP_OK) rpi_regions_release(region);
    reply(self, message->header.pool, message->header.attach.id, status, NULL);
    return false;
}

/* Memory of a copy that isn't whole may still be written to, by a message that is on its way. It stays until the process ends. */
static void free_copy(member_copy *copy, bool with_memory)
{
    rpi_list_remove(&copy->link);
    if (with_memory) rpi_regions_free(copy->base);
    free(copy);
}

/* Chunks that run in the region, and calls with constants in it, keep it as long as they need it. */
bool rpi_member_take_detach(member *self, rpi_message *message)
{
    const uint64_t token[2] = {message->header.detach.token, message->header.detach.more_token};
    rpi_regions_forget(token);
    RPI_LIST_EACH_SAFE(at, following, &self->copies) {
        member_copy *copy = RPI_ENTRY(at, member_copy, link);
        if (!memcmp(copy->name.token, token, sizeof token)) free_copy(copy, true);
    }
    return false;
}

void rpi_member_free_copies(member *self)
{
    RPI_LIST_EACH_SAFE(at, following, &self->copies) {
        member_copy *copy = RPI_ENTRY(at, member_copy, link);
        free_copy(copy, copy->is_whole);
    }
}
