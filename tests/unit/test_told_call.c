/* test_told_call.c: which calls a member is told of in full, and when it is told that one is over. */
#include "unit.h"

#include "cluster/told_call.h"
#include "cluster/work_messages.h"
#include "task/columns.h"

static double add(double a, double b) { return a + b; }
RP_TASK(add, double, double, double)

/* What was sent, as "CALL 1", in the order. */
typedef struct member {
    rpi_told_call told;
    char sent[200];
} member;

static void note(void *to, rpi_message *message)
{
    member *self = to;
    size_t length = strlen(self->sent);
    uint64_t id = message->header.kind == RPI_CALL ? message->header.call.call : message->header.forget.call;
    assert_int_equal(message->header.pool, 5);
    snprintf(self->sent + length, sizeof self->sent - length, "%s %d. ", rpi_message_name(message->header.kind), (int)id);
    rpi_message_free(message);
}

static member new_member(void) { return (member){.told = {.send = note, .pool = 5}}; }

static void expect(member *self, const char *sent)
{
    assert_string_equal(self->sent, sent);
    self->sent[0] = '\0';
}

static void tell(member *self, uint64_t id, double constant, rp_on_error on_error, bool names_memory)
{
    static const double numbers[2] = {1, 2};
    rpi_work work;
    assert_int_equal(rpi_work_init(&work, add_task, (rp_columns){0, NULL}, RP_COLUMNS(RP_COLUMN(numbers), RP_CONSTANT(constant)), NULL),
                     RP_OK);
    work.id = id;
    work.seed = 1000 + id;
    work.on_error = on_error;
    self->told.to = self;
    rpi_told_call_tell(&self->told, rpi_call_message_pack(5, &work, NULL), names_memory);
    rpi_work_fini(&work);
}

static void a_call_like_the_one_that_is_over_takes_its_place(void **state)
{
    (void)state;
    member self = new_member();
    tell(&self, 1, 0.5, RP_ON_ERROR_STOP, false);
    expect(&self, "CALL 1. ");
    assert_int_equal(rpi_told_call_begin(&self.told, 1), 0);
    for (uint64_t id = 2; id < 10; id++) {
        rpi_told_call_end(&self.told, id - 1);
        tell(&self, id, 0.5, RP_ON_ERROR_STOP, false);
        assert_int_equal(rpi_told_call_begin(&self.told, id), id - 1);
        assert_int_equal(rpi_told_call_begin(&self.told, id), 0); /* its second chunk */
        expect(&self, "");
    }
    rpi_told_call_end(&self.told, 9);
    expect(&self, "");
    assert_true(rpi_told_call_rest(&self.told));
    assert_false(rpi_told_call_rest(&self.told));
    expect(&self, "FORGET 9. ");
    tell(&self, 10, 0.5, RP_ON_ERROR_STOP, false);
    expect(&self, "CALL 10. ");
    rpi_told_call_fini(&self.told);
}

static void other_calls_are_told_of(void **state)
{
    (void)state;
    member self = new_member();
    tell(&self, 1, 0.5, RP_ON_ERROR_STOP, false);
    rpi_told_call_end(&self.told, 1);
    tell(&self, 2, 0.25, RP_ON_ERROR_STOP, false);
    expect(&self, "CALL 1. FORGET 1. CALL 2. ");
    rpi_told_call_end(&self.told, 2);
    tell(&self, 3, 0.25, RP_ON_ERROR_COLLECT, false);
    expect(&self, "FORGET 2. CALL 3. ");
    rpi_told_call_fini(&self.told);
}

static void a_call_beside_one_that_runs_is_told_of(void **state)
{
    (void)state;
    member self = new_member();
    tell(&self, 1, 0.5, RP_ON_ERROR_STOP, false);
    tell(&self, 2, 0.5, RP_ON_ERROR_STOP, false);
    expect(&self, "CALL 1. CALL 2. ");
    rpi_told_call_end(&self.told, 1);
    expect(&self, "FORGET 1. ");
    rpi_told_call_end(&self.told, 2);
    tell(&self, 3, 0.5, RP_ON_ERROR_STOP, false);
    expect(&self, "");
    tell(&self, 4, 0.5, RP_ON_ERROR_STOP, false); /* 3 hasn't begun */
    expect(&self, "FORGET 2. CALL 3. CALL 4. ");
    rpi_told_call_fini(&self.told);
}

/* A cutoff has to find the call. */
static void what_comes_before_its_items_finds_the_call(void **state)
{
    (void)state;
    member self = new_member();
    tell(&self, 1, 0.5, RP_ON_ERROR_STOP, false);
    rpi_told_call_end(&self.told, 1);
    tell(&self, 2, 0.5, RP_ON_ERROR_STOP, false);
    rpi_told_call_settle(&self.told, 1);
    expect(&self, "CALL 1. ");
    rpi_told_call_settle(&self.told, 2);
    expect(&self, "FORGET 1. CALL 2. ");
    assert_int_equal(rpi_told_call_begin(&self.told, 2), 0);
    rpi_told_call_end(&self.told, 2);
    tell(&self, 3, 0.5, RP_ON_ERROR_STOP, false);
    assert_int_equal(rpi_told_call_begin(&self.told, 3), 2);
    rpi_told_call_fini(&self.told);
}

static void a_call_that_ends_before_it_began_was_never_there(void **state)
{
    (void)state;
    member self = new_member();
    tell(&self, 1, 0.5, RP_ON_ERROR_STOP, false);
    rpi_told_call_end(&self.told, 1);
    tell(&self, 2, 0.5, RP_ON_ERROR_STOP, false);
    assert_false(rpi_told_call_rest(&self.told));
    rpi_told_call_end(&self.told, 2);
    expect(&self, "CALL 1. ");
    assert_true(rpi_told_call_rest(&self.told));
    expect(&self, "FORGET 1. ");
    rpi_told_call_fini(&self.told);
}

/* Their memory isn't kept. */
static void a_call_that_names_memory_is_forgotten_at_once(void **state)
{
    (void)state;
    member self = new_member();
    for (uint64_t id = 1; id < 3; id++) {
        tell(&self, id, 0.5, RP_ON_ERROR_STOP, true);
        rpi_told_call_end(&self.told, id);
    }
    expect(&self, "CALL 1. FORGET 1. CALL 2. FORGET 2. ");
    assert_false(rpi_told_call_rest(&self.told));
    rpi_told_call_fini(&self.told);
}

UNIT_MAIN(UNIT(a_call_like_the_one_that_is_over_takes_its_place), UNIT(other_calls_are_told_of),
          UNIT(a_call_beside_one_that_runs_is_told_of), UNIT(what_comes_before_its_items_finds_the_call),
          UNIT(a_call_that_ends_before_it_began_was_never_there), UNIT(a_call_that_names_memory_is_forgotten_at_once))
