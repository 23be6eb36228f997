/* test_segment.c: memory that two views of one file share, and that grows on either side. */
#include "unit.h"

#include "isolate/segment.h"

#include <sys/mman.h>
#include <unistd.h>

enum { ROOM = 64 << 20, N = 3 };

typedef struct views {
    int fd;
    rpi_segment here[N], there[N];
} views;

static int set_up(void **state)
{
    views *both = calloc(1, sizeof *both);
    if (!both) return -1;
    both->fd = memfd_create("test", MFD_CLOEXEC);
    if (both->fd < 0 || ftruncate(both->fd, (off_t)N * ROOM)) return -1;
    for (unsigned i = 0; i < N; i++) {
        rpi_segment_init(&both->here[i], both->fd, i, ROOM);
        rpi_segment_init(&both->there[i], both->fd, i, ROOM);
    }
    *state = both;
    return 0;
}

static int tear_down(void **state)
{
    views *both = *state;
    for (unsigned i = 0; i < N; i++) {
        rpi_segment_fini(&both->here[i]);
        rpi_segment_fini(&both->there[i]);
    }
    close(both->fd);
    free(both);
    return 0;
}

static void fill(rpi_segment *segment, size_t size, char seed)
{
    assert_true(rpi_segment_reserve(segment, size));
    assert_true(segment->size >= size);
    for (size_t i = 0; i < size; i++) segment->base[i] = (char)(seed + (char)(i % 101));
}

static void check(const rpi_segment *segment, size_t size, char seed)
{
    for (size_t i = 0; i < size; i++)
        if (segment->base[i] != (char)(seed + (char)(i % 101))) fail_msg("byte %zu of %zu", i, size);
}

static void both_views_see_the_same(void **state)
{
    views *both = *state;
    for (unsigned i = 0; i < N; i++) fill(&both->here[i], 1000, (char)i);
    for (unsigned i = 0; i < N; i++) {
        assert_true(rpi_segment_reserve(&both->there[i], 1000));
        check(&both->there[i], 1000, (char)i);
    }
}

static void what_it_holds_stays_when_it_grows(void **state)
{
    views *both = *state;
    unit_seed();
    for (size_t size = 1; size < ROOM / 8; size = size * 2 + unit_random(size)) {
        char seed = (char)unit_random(100);
        fill(&both->here[1], size, seed);
        assert_true(rpi_segment_reserve(&both->here[1], 2 * size));
        check(&both->here[1], size, seed);
        assert_true(rpi_segment_reserve(&both->there[1], size));
        check(&both->there[1], size, seed);
    }
    assert_true(rpi_segment_reserve(&both->here[0], 1000) && rpi_segment_reserve(&both->here[2], 1000));
    for (int i = 0; i < 1000; i++) assert_true(both->here[0].base[i] == 0 && both->here[2].base[i] == 0); /* its neighbours */
}

static void it_takes_its_room_and_no_more(void **state)
{
    views *both = *state;
    assert_true(rpi_segment_reserve(&both->here[1], ROOM));
    assert_int_equal(both->here[1].size, ROOM);
    both->here[1].base[ROOM - 1] = 'x';
    assert_false(rpi_segment_reserve(&both->here[1], ROOM + 1));
    assert_int_equal(both->here[1].base[ROOM - 1], 'x');
    assert_true(rpi_segment_reserve(&both->here[2], 1));
    assert_int_equal(both->here[2].base[0], 0);
}

static void trimming_gives_much_back_and_leaves_little_alone(void **state)
{
    views *both = *state;
    fill(&both->here[0], 1 << 20, 5);
    rpi_segment_trim(&both->here[0]);
    check(&both->here[0], 1 << 20, 5);
    fill(&both->here[1], ROOM, 7);
    assert_true(rpi_segment_reserve(&both->there[1], ROOM));
    rpi_segment_trim(&both->here[1]);
    for (size_t i = 0; i < ROOM; i += 4000) assert_true(both->here[1].base[i] == 0 && both->there[1].base[i] == 0);
    fill(&both->here[1], 1000, 9); /* and can be used again */
    check(&both->there[1], 1000, 9);
    rpi_segment nothing;
    rpi_segment_init(&nothing, both->fd, 0, ROOM);
    rpi_segment_trim(&nothing);
    rpi_segment_fini(&nothing);
}

/* Between two threads both have one view. */
static void memory_of_the_heap_grows_too(void **state)
{
    (void)state;
    rpi_segment of_heap;
    rpi_segment_init(&of_heap, -1, 0, ROOM);
    fill(&of_heap, 1000, 3);
    assert_true(rpi_segment_reserve(&of_heap, ROOM / 2));
    check(&of_heap, 1000, 3);
    assert_false(rpi_segment_reserve(&of_heap, ROOM + 1));
    check(&of_heap, 1000, 3);
    assert_true(rpi_segment_reserve(&of_heap, ROOM));
    rpi_segment_trim(&of_heap);
    fill(&of_heap, 2000, 4);
    rpi_segment_fini(&of_heap);
}

UNIT_MAIN(cmocka_unit_test_setup_teardown(both_views_see_the_same, set_up, tear_down),
          cmocka_unit_test_setup_teardown(what_it_holds_stays_when_it_grows, set_up, tear_down),
          cmocka_unit_test_setup_teardown(it_takes_its_room_and_no_more, set_up, tear_down),
          cmocka_unit_test_setup_teardown(trimming_gives_much_back_and_leaves_little_alone, set_up, tear_down),
          UNIT(memory_of_the_heap_grows_too))
