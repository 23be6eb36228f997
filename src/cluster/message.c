/* message.c: see message.h. A new field is a member of its struct and a row here. A new kind is a struct, a row here, and a handler. */
#include "cluster/message.h"

#include "base/huge_pages.h"
#include "base/names.h"
#include "task/places.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* ---- the descriptions ---- */

typedef enum field_range { ANY, NOT_ZERO, TRUTH, STATUS, SCHEDULE, PLACED } field_range;

typedef struct field {
    const char *name;
    field_range range;
} field;

typedef enum direction { TO_MEMBER = 1, TO_COORDINATOR = 2, BOTH_WAYS = 3 } direction;

typedef struct description {
    const char *name;
    direction direction;
    bool has_data;
    size_t n_fields;
    const field *fields; /* in the order of the struct */
} description;

#define N_OF(array) (sizeof(array) / sizeof(array)[0])
/* The fields of a struct, one row for each of its members. */
#define FIELDS(rows, type)                                                                                                                 \
    _Static_assert(N_OF(rows) * sizeof(uint64_t) == sizeof(type), #type " has a member without a row, or a row without a member");         \
    _Static_assert(N_OF(rows) <= RPI_MOST_FIELDS, #type " has more members than a header has room for")

static const field hello[] = {{"protocol", ANY}};
static const field refuse[] = {{"protocol", ANY}};
#define REGION                                                                                                                             \
    {"machine", ANY}, {"process", ANY}, {"descriptor", ANY}, {"size", ANY}, {"token", ANY}, { "more_token", ANY }

static const field open_fields[] = {{"n_threads", ANY}, {"goes_on", TRUTH}, REGION};
static const field opened[] = {{"status", STATUS}, {"code", ANY}, {"attaches", TRUTH}};
static const field call[] = {{"call", ANY}};
static const field work[] = {{"call", ANY},         {"chunk", ANY},    {"first", ANY},         {"count", NOT_ZERO},
                             {"attempt", NOT_ZERO}, {"earlier", ANY},  {"schedule", SCHEDULE}, {"grain_size", ANY},
                             {"placed", PLACED},    {"n_losses", ANY}, {"like", ANY},          {"seed", ANY}};
static const field cutoff[] = {{"call", ANY}, {"cutoff", ANY}, {"begins_none", TRUTH}, {"ends_running", ANY}};
static const field recall[] = {{"call", ANY}, {"chunk", ANY}, {"from", ANY}};
static const field recalled[] = {{"call", ANY}, {"chunk", ANY}, {"kept", ANY}};
static const field accepted[] = {{"call", ANY}, {"chunk", ANY}};
static const field done[] = {{"call", ANY},        {"chunk", ANY},   {"status", STATUS}, {"count", ANY},
                             {"n_run", ANY},       {"busy_ns", ANY}, {"cutoff", ANY},    {"n_failures", ANY},
                             {"failures_at", ANY}, {"held_ns", ANY}, {"longest_ns", ANY}};
static const field logged[] = {{"n_dropped", ANY}};
static const field forget[] = {{"call", ANY}};
static const field share[] = {{"id", ANY}, {"size", NOT_ZERO}, {"child", ANY}, {"other_child", ANY}};
static const field contents[] = {{"id", ANY}};
static const field attach[] = {{"id", ANY}, REGION};
static const field shared[] = {{"id", ANY}, {"status", STATUS}, REGION};
static const field detach[] = {{"token", ANY}, {"more_token", ANY}};
static const field bell[] = {{"machine", ANY}, {"process", ANY},    {"descriptor", ANY}, {"size", ANY},
                             {"token", ANY},   {"more_token", ANY}, {"attached", TRUTH}};
static const field lent[] = {{"machine", ANY},       {"process", ANY}, {"address", ANY},
                             {"token_address", ANY}, {"token", ANY},   {"more_token", ANY}};
static const field returned[] = {{"taken", TRUTH}};
static const field stop[] = {{"lost", TRUTH}, {"went_on", TRUTH}};
static const field report[] = {{"question", ANY}, {"whole", TRUTH}};
static const field reported[] = {{"question", ANY}, {"came_ns", ANY}, {"went_ns", ANY}};
static const field heartbeat[] = {{"last_number", ANY}};

FIELDS(hello, rpi_hello);
FIELDS(refuse, rpi_refuse);
FIELDS(open_fields, rpi_open);
FIELDS(opened, rpi_opened);
FIELDS(call, rpi_call_sent);
FIELDS(work, rpi_work_sent);
FIELDS(cutoff, rpi_cutoff);
FIELDS(recall, rpi_recall);
FIELDS(recalled, rpi_recalled);
FIELDS(accepted, rpi_accepted);
FIELDS(done, rpi_done);
FIELDS(logged, rpi_logged);
FIELDS(forget, rpi_forget);
FIELDS(share, rpi_share_sent);
FIELDS(contents, rpi_contents);
FIELDS(attach, rpi_attach);
FIELDS(shared, rpi_shared);
FIELDS(detach, rpi_detach);
FIELDS(bell, rpi_bell);
FIELDS(lent, rpi_lent);
FIELDS(returned, rpi_returned);
FIELDS(stop, rpi_stop);
FIELDS(report, rpi_report_asked);
FIELDS(reported, rpi_reported);
FIELDS(heartbeat, rpi_heartbeat);

static const description descriptions[] = {
    [RPI_HELLO] = {"HELLO", TO_COORDINATOR, true, N_OF(hello), hello},
    [RPI_WELCOME] = {"WELCOME", TO_MEMBER, false, 0, NULL},
    [RPI_REFUSE] = {"REFUSE", TO_MEMBER, true, N_OF(refuse), refuse},
    [RPI_OPEN] = {"OPEN", TO_MEMBER, true, N_OF(open_fields), open_fields},
    [RPI_OPENED] = {"OPENED", TO_COORDINATOR, true, N_OF(opened), opened},
    [RPI_CALL] = {"CALL", TO_MEMBER, true, N_OF(call), call},
    [RPI_WORK] = {"WORK", TO_MEMBER, true, N_OF(work), work},
    [RPI_CUTOFF] = {"CUTOFF", TO_MEMBER, false, N_OF(cutoff), cutoff},
    [RPI_DONE] = {"DONE", TO_COORDINATOR, true, N_OF(done), done},
    [RPI_FORGET] = {"FORGET", TO_MEMBER, false, N_OF(forget), forget},
    [RPI_CLOSE] = {"CLOSE", TO_MEMBER, false, 0, NULL},
    [RPI_CLOSED] = {"CLOSED", TO_COORDINATOR, false, 0, NULL},
    [RPI_STOP] = {"STOP", TO_MEMBER, false, N_OF(stop), stop},
    [RPI_BYE] = {"BYE", TO_COORDINATOR, false, 0, NULL},
    [RPI_REPORT] = {"REPORT", TO_MEMBER, false, N_OF(report), report},
    [RPI_REPORTED] = {"REPORTED", TO_COORDINATOR, true, N_OF(reported), reported},
    [RPI_SHARE] = {"SHARE", TO_MEMBER, false, N_OF(share), share},
    [RPI_CONTENTS] = {"CONTENTS", TO_MEMBER, true, N_OF(contents), contents},
    [RPI_ATTACH] = {"ATTACH", TO_MEMBER, false, N_OF(attach), attach},
    [RPI_SHARED] = {"SHARED", TO_COORDINATOR, false, N_OF(shared), shared},
    [RPI_DETACH] = {"DETACH", TO_MEMBER, false, N_OF(detach), detach},
    [RPI_BELL] = {"BELL", BOTH_WAYS, false, N_OF(bell), bell},
    [RPI_LENT] = {"LENT", BOTH_WAYS, true, N_OF(lent), lent},
    [RPI_RETURNED] = {"RETURNED", BOTH_WAYS, false, N_OF(returned), returned},
    [RPI_RECALL] = {"RECALL", TO_MEMBER, false, N_OF(recall), recall},
    [RPI_RECALLED] = {"RECALLED", TO_COORDINATOR, false, N_OF(recalled), recalled},
    [RPI_LOGGED] = {"LOGGED", TO_COORDINATOR, true, N_OF(logged), logged},
    [RPI_ACCEPTED] = {"ACCEPTED", TO_COORDINATOR, false, N_OF(accepted), accepted},
    [RPI_HEARTBEAT] = {"HEARTBEAT", BOTH_WAYS, true, N_OF(heartbeat), heartbeat},
};

static const description *describe(uint64_t kind)
{
    return kind < N_OF(descriptions) && descriptions[kind].name ? &descriptions[kind] : NULL;
}

const char *rpi_message_name(uint64_t kind)
{
    const description *found = describe(kind);
    return found ? found->name : "unknown";
}

/* ---- the check ---- */

static bool is_one_of(uint64_t value, const rpi_names *names) { return value <= INT_MAX && rpi_names_of_value(names, (int)value); }

static bool is_in_range(uint64_t value, field_range range)
{
    switch (range) {
    case ANY: return true;
    case NOT_ZERO: return value > 0;
    case TRUTH: return value <= 1;
    case STATUS: return is_one_of(value, &rpi_status_names);
    case SCHEDULE: return is_one_of(value, &rpi_schedule_names);
    case PLACED: return value < 1u << RPI_PLACES;
    }
    return false;
}

rp_status rpi_message_check(const rpi_message *message, bool from_coordinator, rp_error *error)
{
    const rpi_header *header = &message->header;
    const description *of = describe(header->kind);
    if (!of) return rp_error_set(error, RP_SYSTEM, 0, "a message of unknown kind %llu came in", (unsigned long long)header->kind);
    if (!(of->direction & (from_coordinator ? TO_MEMBER : TO_COORDINATOR)))
        return rp_error_set(error, RP_SYSTEM, 0, "a message %s came in from the wrong side", of->name);
    if (header->size > 0 && !of->has_data) return rp_error_set(error, RP_SYSTEM, 0, "a message %s came in with data", of->name);
    for (size_t i = 0; i < of->n_fields; i++)
        if (!is_in_range(header->fields[i], of->fields[i].range))
            return rp_error_set(error, RP_SYSTEM, 0, "a message %s came in whose %s is %llu", of->name, of->fields[i].name,
                                (unsigned long long)header->fields[i]);
    return RP_OK;
}

/* ---- life ---- */

/* Large messages are kept for the next use: to touch new memory costs more than to copy what comes in. */
enum { KEPT_FROM = 1 << 20, MOST_KEPT = 64 << 20 };

static struct {
    pthread_mutex_t mutex; /* guards what follows */
    rpi_message *first;
    size_t size; /* of all that are kept */
} kept = {PTHREAD_MUTEX_INITIALIZER, NULL, 0};

/* One with room for so much, and not for much more. NULL: there is none. */
static rpi_message *take_kept(size_t size)
{
    if (size < KEPT_FROM) return NULL;
    pthread_mutex_lock(&kept.mutex);
    rpi_message **at = &kept.first;
    while (*at && ((*at)->capacity < size || (*at)->capacity / 2 > size)) at = &(*at)->next;
    rpi_message *found = *at;
    if (found) {
        *at = found->next;
        kept.size -= found->capacity;
    }
    pthread_mutex_unlock(&kept.mutex);
    return found;
}

static bool keep(rpi_message *message)
{
    if (message->capacity < KEPT_FROM || message->capacity > MOST_KEPT) return false;
    pthread_mutex_lock(&kept.mutex);
    bool keeps = message->capacity <= MOST_KEPT - kept.size;
    if (keeps) {
        message->next = kept.first;
        kept.first = message;
        kept.size += message->capacity;
    }
    pthread_mutex_unlock(&kept.mutex);
    return keeps;
}

rpi_message *rpi_message_create(rpi_message_kind kind, uint64_t pool, size_t size)
{
    if (size > SIZE_MAX - sizeof(rpi_message) - 1) return NULL;
    rpi_message *message = take_kept(size);
    size_t capacity = message ? message->capacity : size;
    if (!message) message = rpi_huge_pages_for(malloc(sizeof *message + size + 1), size);
    if (!message) return NULL;
    memset(message, 0, sizeof *message);
    message->capacity = capacity;
    message->header.kind = kind;
    message->header.pool = pool;
    message->header.size = size;
    message->data[size] = '\0';
    return message;
}

void rpi_message_free(rpi_message *message)
{
    if (message && !keep(message)) free(message);
}

void rpi_message_free_list(rpi_message *list)
{
    while (list) {
        rpi_message *next = list->next;
        rpi_message_free(list);
        list = next;
    }
}

const char *rpi_message_text(rpi_message *message, size_t at)
{
    message->data[message->capacity] = '\0';
    return at < message->header.size ? message->data + at : "";
}
