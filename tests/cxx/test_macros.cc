// test_macros.cc: the macros of C in C++: tasks of all forms, columns, sources, results, folds and initializers.
#include "suite.hpp"

#include <cstdlib>
#include <cstring>

namespace
{

double energy(double mass, double speed) { return 0.5 * mass * speed * speed; }
RP_TASK(energy, double, double, double)

int answer() { return 42; }
RP_TASK(answer, int)

int answer_again(void) noexcept { return 43; }
RP_TASK(answer_again, int, void)

void nothing(int x)
{
    if (x == 3) throw std::runtime_error("not three");
}
RP_TASK(nothing, void, int)

size_t length(const char *text) { return std::strlen(text); }
RP_TASK(length, size_t, const char *)

std::array<int, 2> swapped(std::array<int, 2> pair) { return {pair[1], pair[0]}; }
RP_TASK(swapped, std::array<int, 2>, std::array<int, 2>)

typedef double signal[4];
void smooth(signal *out, const signal *in)
{
    for (int i = 0; i < 4; i++) (*out)[i] = (*in)[i] / 2;
}
RP_TASK_POINTER(smooth, signal, signal)

void square(size_t n, double *results, const double *x)
{
    if (n > 0 && x[0] < 0) throw std::domain_error("negative");
    for (size_t i = 0; i < n; i++) results[i] = x[i] * x[i];
}
RP_TASK_RANGE(square, double, double)

void turn_around(rp_bytes word)
{
    const char *letters = static_cast<const char *>(word.data);
    for (size_t i = word.size; i > 0; i--) rp_emit(&letters[i - 1], 1);
    if (word.size == 0) throw std::length_error("an empty word");
}
RP_TASK_EMIT(turn_around, rp_bytes)

void emit_nothing() { rp_emit("x", 1); }
RP_TASK_EMIT(emit_nothing)

void take_all()
{
    while (rp_item *item = rp_item_take()) {
        if (*static_cast<const int *>(item->arguments[0]) == 9) throw std::runtime_error("no nines");
        *static_cast<int *>(item->result) = *static_cast<const int *>(item->arguments[0]) + 1;
        rp_item_end(item);
    }
}
RP_TASK_OVERLAP(take_all, int, int)

double larger(double a, double b) { return a > b ? a : b; }
RP_COMBINE(larger, double)

struct tally {
    uint64_t n;
    double sum;
};
void tally_begin(tally *to) { *to = {0, 0}; }
void tally_add(tally *to, const double *x) { to->n++, to->sum += *x; }
void tally_merge(tally *left, const tally *right) { left->n += right->n, left->sum += right->sum; }
RP_FOLD(tally, tally, double)

void bytes_begin(rp_accumulator *) {}
void bytes_append(rp_accumulator *to, const void *data, size_t size)
{
    size_t old = rp_accumulator_size(to);
    char *room = static_cast<char *>(rp_accumulator_resize(to, old + size));
    if (room) std::memcpy(room + old, data, size);
}
void bytes_add(rp_accumulator *to, const rp_bytes *bytes) { bytes_append(to, bytes->data, bytes->size); }
void bytes_merge(rp_accumulator *left, const rp_accumulator *right)
{
    bytes_append(left, rp_accumulator_data(right), rp_accumulator_size(right));
}
RP_FOLD_BYTES(bytes, rp_bytes)

int make_state(rp_bytes, void **state)
{
    *state = std::malloc(1);
    return 0;
}
RP_INITIALIZER(state, make_state, std::free)

struct pair_of {
    double mass, speed;
};

CASE(columns_and_results)
{
    rp_error error;
    double speeds[] = {1, 2, 3}, results[3];
    pair_of pairs[] = {{2, 1}, {2, 2}, {2, 3}};
    std::vector<double> many = {1, 2, 3};
    CHECK(rp_starmap(pool.handle(), energy_task, results, 3, RP_COLUMNS(RP_CONSTANT(2), RP_COLUMN(speeds)), NULL, &error) == RP_OK);
    CHECK(results[2] == 9);
    auto columns = RP_COLUMNS(RP_FIELD(pairs, mass), RP_COLUMN(many));
    CHECK(rp_starmap(pool.handle(), energy_task, RP_INTO(results), 3, columns, NULL, &error) == RP_OK && results[2] == 9);
    CHECK(rp_starmap(pool.handle(), energy_task, results, 3, columns, nullptr, nullptr) == RP_OK);
    CHECK(rp_apply(pool.handle(), energy_task, results, RP_COLUMNS(RP_CONSTANT(2.0), RP_CONSTANT_AT(&speeds[1])), NULL, &error) == RP_OK);
    CHECK(results[0] == 4);
    CHECK(rp_map(pool.handle(), square_task, results, 3, RP_LINSPACE(0, 2, 3), NULL, &error) == RP_OK && results[2] == 4);
    CHECK(rp_map(pool.handle(), square_task, results, 3, RP_RANGE(1, 2), NULL, &error) == RP_OK && results[2] == 25);
    auto grid = RP_GRID(RP_AXIS(speeds), RP_AXIS_OF(many.data(), 2));
    double products[6];
    CHECK(rp_grid_size(grid) == 6);
    CHECK(rp_starmap(pool.handle(), energy_task, products, rp_grid_size(grid), grid, NULL, &error) == RP_OK && products[5] == 6);
}

CASE(wrong_results_and_columns_are_refused)
{
    rp_error error;
    int wrong[3];
    double results[2], speeds[] = {1, 2, 3};
    CHECK(rp_map(pool.handle(), square_task, wrong, 3, RP_COLUMN(speeds), NULL, &error) == RP_USAGE);
    CHECK(rp_map(pool.handle(), square_task, results, 3, RP_COLUMN(speeds), NULL, &error) == RP_USAGE);
    CHECK(rp_map(pool.handle(), square_task, results, 2, RP_COLUMN(wrong), NULL, &error) == RP_USAGE);
}

CASE(all_forms_of_tasks)
{
    rp_error error;
    int number = 0;
    CHECK(rp_apply(pool.handle(), answer_task, &number, RP_NO_COLUMNS, NULL, &error) == RP_OK && number == 42);
    CHECK(rp_apply(pool.handle(), answer_again_task, &number, RP_NO_COLUMNS, NULL, &error) == RP_OK && number == 43);
    CHECK(rp_map(pool.handle(), nothing_task, NULL, 5, RP_RANGE(0, 1), NULL, &error) == RP_FAILED && error.item == 3);
    const char *texts[] = {"a", "bcd"};
    size_t lengths[2];
    CHECK(rp_map(pool.handle(), length_task, lengths, 2, RP_STRINGS(texts, 2), NULL, &error) == RP_OK && lengths[1] == 3);
    CHECK(rp_map(pool.handle(), length_task, lengths, 2, RP_CONSTANT("text"), NULL, &error) == RP_OK && lengths[1] == 4);
    std::array<int, 2> pairs[] = {{1, 2}}, turned[1];
    CHECK(rp_map(pool.handle(), swapped_task, turned, 1, RP_COLUMN(pairs), NULL, &error) == RP_OK && turned[0][0] == 2);
    signal in[2] = {{2, 4, 6, 8}, {1, 1, 1, 1}}, out[2];
    CHECK(rp_map(pool.handle(), smooth_task, out, 2, RP_COLUMN(in), NULL, &error) == RP_OK && out[0][3] == 4);
    int more[3];
    CHECK(rp_map(pool.handle(), take_all_task, more, 3, RP_RANGE(5, 1), NULL, &error) == RP_OK && more[2] == 8);
    CHECK(rp_map(pool.handle(), take_all_task, more, 3, RP_RANGE(7, 1), NULL, &error) == RP_FAILED);
    double squares[2], negative[] = {-1, -1};
    CHECK(rp_map(pool.handle(), square_task, squares, 2, RP_COLUMN(negative), NULL, &error) == RP_FAILED);
    CHECK(std::string(error.message) == "negative");
}

CASE(bytes_are_emitted)
{
    rp_error error;
    rp_bytes words[] = {{"loop", 4}, {"", 0}}, turned[2];
    CHECK(rp_map(pool.handle(), turn_around_task, turned, 1, RP_COLUMN(words), NULL, &error) == RP_OK);
    CHECK(turned[0].size == 4 && !std::memcmp(turned[0].data, "pool", 4));
    rp_bytes_free(turned, 1);
    CHECK(rp_map(pool.handle(), turn_around_task, turned, 2, RP_COLUMN(words), NULL, &error) == RP_FAILED && error.item == 1);
    rp_bytes_free(turned, 2);
    CHECK(rp_apply(pool.handle(), emit_nothing_task, turned, RP_NO_COLUMNS, NULL, &error) == RP_OK && turned[0].size == 1);
    rp_bytes_free(turned, 1);
}

rp_status three_numbers(void *state, void *const *arguments, int, rp_error *)
{
    int *number = static_cast<int *>(state);
    if (*number == 3) return RP_END;
    *static_cast<double *>(arguments[0]) = (*number)++;
    return RP_OK;
}

CASE(sources_and_iterators)
{
    rp_error error;
    rp_iter *iterator;
    double result, sum = 0, speeds[] = {1, 2, 3};
    CHECK(rp_imap(pool.handle(), square_task, RP_ITEMS(3, RP_COLUMN(speeds)), NULL, &iterator, &error) == RP_OK);
    while (rp_iter_next(iterator, &result, -1, &error) == RP_OK) sum += result;
    rp_iter_free(iterator);
    CHECK(sum == 14);
    auto source = RP_ITEMS(2, RP_CONSTANT(2.0), RP_COLUMN(speeds));
    CHECK(rp_istarmap(pool.handle(), energy_task, source, NULL, &iterator, &error) == RP_OK);
    CHECK(rp_iter_next(iterator, &result, -1, &error) == RP_OK && result == 1);
    rp_iter_free(iterator);
    int number = 0;
    CHECK(rp_imap(pool.handle(), square_task, RP_GENERATOR(three_numbers, &number), NULL, &iterator, &error) == RP_OK);
    for (sum = 0; rp_iter_next(iterator, &result, -1, &error) == RP_OK;) sum += result;
    rp_iter_free(iterator);
    CHECK(sum == 5);
}

CASE(async_calls_and_reductions)
{
    rp_error error;
    rp_result *handle;
    double results[3], most;
    tally all;
    rp_bytes letters;
    CHECK(rp_map_async(pool.handle(), square_task, results, 3, RP_RANGE(0, 1), NULL, &handle, &error) == RP_OK);
    CHECK(rp_result_get(handle, -1, &error) == RP_OK && results[2] == 4);
    rp_result_free(handle);
    CHECK(rp_reduce(pool.handle(), square_task, larger_fold, &most, 5, RP_COLUMNS(RP_RANGE(0, 1)), NULL, &error) == RP_OK && most == 16);
    CHECK(rp_reduce(pool.handle(), square_task, tally_fold, &all, 5, RP_COLUMNS(RP_RANGE(0, 1)), NULL, &error) == RP_OK);
    CHECK(all.n == 5 && all.sum == 30);
    rp_bytes words[] = {{"ab", 2}, {"cd", 2}};
    CHECK(rp_reduce(pool.handle(), turn_around_task, bytes_fold, &letters, 2, RP_COLUMNS(RP_COLUMN(words)), NULL, &error) == RP_OK);
    CHECK(letters.size == 4 && !std::memcmp(letters.data, "badc", 4));
    rp_bytes_free(&letters, 1);
    CHECK(rp::reduce(
              pool, [](double x) { return x; }, rp::use<double>(larger_fold), rp::range(5)) == 4);
}

CASE(initializers)
{
    rp::options options;
    options.executor = RP_EXECUTOR_SERIAL;
    options.initializer = state_initializer;
    rp::pool own(options);
    CHECK(rp::apply(own, [] { return rp_worker_state() != nullptr; }));
}

} // namespace
