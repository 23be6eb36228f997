// test_map.cc: apply, map and starmap: what may be a task, what its items may be, which types travel.
#include "suite.hpp"

#include <array>
#include <cmath>
#include <list>
#include <string_view>

namespace
{

double energy(double mass, double speed) { return 0.5 * mass * speed * speed; }
double cube(double x) noexcept { return x * x * x; }

struct particle {
    double mass;
    int charge;
    char name[4];
};
static_assert(std::is_trivially_copyable_v<particle>);

// No constructor without arguments.
struct point {
    double x, y;
    point(double its_x, double its_y) : x(its_x), y(its_y) {}
};

enum class colour : uint8_t { red, green };

CASE(a_pointer_to_a_function_is_a_task)
{
    std::vector<double> speeds = {1, 2, 3};
    CHECK(rp::starmap(pool, energy, 2.0, speeds) == std::vector<double>{1, 4, 9});
    double (*chosen)(double) = cube;
    CHECK(rp::map(pool, chosen, speeds) == std::vector<double>{1, 8, 27});
}

CASE(a_known_function_is_a_task) { CHECK(rp::map(pool, rp::fn<cube>, std::vector<double>{1, 2}) == std::vector<double>{1, 8}); }

CASE(a_lambda_is_a_task)
{
    CHECK(rp::map(
              pool, [](int x) { return x + 0.5; }, std::vector<int>{1, 2}) == std::vector<double>{1.5, 2.5});
    CHECK(rp::map(
              pool, [](auto x) { return x * 2; }, std::vector<int>{1, 2}) == std::vector<int>{2, 4});
}

CASE(a_captured_object_travels_as_its_bytes)
{
    double factor = 3;
    int64_t offset = 4;
    auto f = rp::capture([factor, offset](double x) { return factor * x + static_cast<double>(offset); });
    CHECK(rp::map(pool, f, std::vector<double>{1, 2}) == std::vector<double>{7, 10});
    CHECK(rp::map(pool, rp::capture([](double x) { return x; }), std::vector<double>{1}) == std::vector<double>{1});
}

CASE(a_function_of_a_library_is_refused_where_its_place_differs)
{
    double (*elsewhere)(double) = std::cos;
    std::vector<double> x = {0};
    rp_status status = status_of([&] { return rp::map(pool, elsewhere, x); });
    CHECK(status == RP_USAGE || (status == RP_OK && rp::map(pool, elsewhere, x)[0] == 1));
    CHECK(rp::map(
              pool, [](double y) { return std::cos(y); }, x)[0] == 1);
}

CASE(results_are_in_the_order_of_the_items)
{
    std::vector<int64_t> squares = rp::map(
        pool, [](int64_t x) { return x * x; }, rp::range(10000));
    CHECK(squares.size() == 10000);
    for (size_t i = 0; i < squares.size(); i++) CHECK(squares[i] == static_cast<int64_t>(i * i));
}

CASE(no_items_are_no_results)
{
    CHECK(rp::map(pool, cube, std::vector<double>()).empty());
    CHECK(rp::map(
              pool, [](const std::string &s) { return s; }, std::vector<std::string>())
              .empty());
}

CASE(containers_are_columns)
{
    auto twice = [](double x) { return 2 * x; };
    double array[] = {1, 2};
    const std::array<double, 2> fixed = {1, 2};
    std::list<double> list = {1, 2};
    std::vector<int> ints = {1, 2};
    const std::vector<double> expected = {2, 4};
    CHECK(rp::map(pool, twice, array) == expected);
    CHECK(rp::map(pool, twice, fixed) == expected);
    CHECK(rp::map(pool, twice, list) == expected);
    CHECK(rp::map(pool, twice, ints) == expected);
    CHECK(rp::map(pool, twice, std::vector<double>{1, 2}) == expected);
}

CASE(structs_travel)
{
    std::vector<particle> particles = {{2, -1, "e"}, {3, 1, "p"}};
    auto results = rp::map(
        pool,
        [](particle p) {
            return particle{p.mass * 2, -p.charge, {p.name[0], 0, 0, 0}};
        },
        particles);
    CHECK(results[1].mass == 6 && results[1].charge == -1 && results[0].name[0] == 'e');
    CHECK(rp::map(
              pool, [](const point &p) { return p.x + p.y; }, std::vector<point>{{1, 2}}) == std::vector<double>{3});
    CHECK(rp::map(
              pool, [](colour c) { return c == colour::red ? colour::green : colour::red; }, std::vector<colour>{colour::red})[0] ==
          colour::green);
}

CASE(bools_travel)
{
    auto negate = [](bool x) { return !x; };
    CHECK(rp::map(pool, negate, std::vector<bool>{true, false, true}) == std::vector<bool>{false, true, false});
    CHECK(rp::apply(pool, negate, false) == true);
}

CASE(strings_travel)
{
    std::vector<std::string> words = {"a", "", std::string("nul\0in", 6), std::string(100000, 'x')};
    CHECK(rp::map(
              pool, [](const std::string &word) { return word + "!"; }, words)[2] == std::string("nul\0in!", 7));
    CHECK(rp::map(
              pool, [](std::string_view word) { return word.size(); }, words) == std::vector<size_t>{1, 0, 6, 100000});
    std::vector<const char *> texts = {"one", "three"};
    CHECK(rp::map(
              pool, [](const char *text) { return std::strlen(text); }, texts) == std::vector<size_t>{3, 5});
    CHECK(rp::map(
              pool, [](const std::string &text) { return text.size(); }, texts) == std::vector<size_t>{3, 5});
    CHECK(rp::apply(
              pool, [](const std::string &text) { return text; }, "literal") == "literal");
}

CASE(vectors_travel)
{
    std::vector<std::vector<double>> rows = {{1, 2}, {}, {3}};
    auto doubled = rp::map(
        pool,
        [](std::vector<double> row) {
            row.push_back(0);
            return row;
        },
        rows);
    CHECK(doubled == std::vector<std::vector<double>>{{1, 2, 0}, {0}, {3, 0}});
    std::vector<double> table = {10, 20, 30};
    CHECK(rp::starmap(
              pool, [](const std::vector<double> &of, size_t i) { return of[i]; }, table, std::vector<size_t>{2, 0}) ==
          std::vector<double>{30, 10});
}

CASE(vectors_of_strings_maps_pairs_and_tuples_travel)
{
    using table = std::map<std::string, std::vector<int>>;
    auto split = [](const std::string &text) {
        std::vector<std::string> letters;
        for (char c : text) letters.emplace_back(1, c);
        return letters;
    };
    auto joined = [](const std::vector<std::string> &parts) {
        std::string all;
        for (const auto &part : parts) all += part;
        return all;
    };
    auto parts = rp::map(pool, split, std::vector<std::string>{"abc", ""});
    CHECK(parts[0] == std::vector<std::string>{"a", "b", "c"} && parts[1].empty());
    CHECK(rp::map(pool, joined, parts)[0] == "abc");
    table t = rp::apply(
        pool,
        [](const table &of, std::pair<std::string, int> more) {
            table made = of;
            made[more.first].push_back(more.second);
            return made;
        },
        table{{"x", {1}}}, std::pair<std::string, int>("x", 2));
    CHECK(t == table{{"x", {1, 2}}});
    auto back = rp::apply(
        pool, [](std::tuple<int, std::string> of) { return std::tuple<std::string, int>(std::get<1>(of), std::get<0>(of)); },
        std::tuple<int, std::string>(7, "seven"));
    CHECK(back == std::tuple<std::string, int>("seven", 7));
}

CASE(numbers_that_are_computed_are_columns)
{
    auto same = [](int64_t x) { return x; };
    CHECK(rp::map(pool, same, rp::range(3)) == std::vector<int64_t>{0, 1, 2});
    CHECK(rp::map(pool, same, rp::range(2, 9, 3)) == std::vector<int64_t>{2, 5, 8});
    CHECK(rp::map(pool, same, rp::range(3, 0, -2)) == std::vector<int64_t>{3, 1});
    CHECK(rp::map(pool, same, rp::range(3, 3)).empty());
    CHECK(rp::map(
              pool, [](int x) { return x; }, rp::range(2)) == std::vector<int>{0, 1});
    CHECK(rp::map(
              pool, [](double x) { return x; }, rp::linspace(0, 1, 3)) == std::vector<double>{0, 0.5, 1});
    CHECK(rp::map(
              pool, [](double x) { return x; }, rp::range(2)) == std::vector<double>{0, 1});
}

CASE(grids_are_columns)
{
    std::vector<double> masses = {2, 4};
    auto energies = rp::starmap(pool, energy, rp::grid(masses, std::array<double, 3>{1, 2, 3}));
    CHECK(energies == std::vector<double>{1, 4, 9, 2, 8, 18});
    auto sums = rp::starmap(
        pool, [](int a, double b, int c) { return a * 100 + b * 10 + c; }, 1, rp::grid(masses, std::vector<int>{1, 2}));
    CHECK(sums == std::vector<double>{121, 122, 141, 142});
}

CASE(a_container_of_tuples_is_starmaps)
{
    std::vector<std::tuple<double, double>> pairs = {{2, 1}, {2, 3}};
    CHECK(rp::starmap(pool, energy, pairs) == std::vector<double>{1, 9});
    CHECK(rp::starmap(pool, energy, std::list<std::pair<int, float>>{{2, 1.0f}, {2, 3.0f}}) == std::vector<double>{1, 9});
    std::vector<std::tuple<std::string, int>> named = {{"a", 1}, {"b", 2}};
    CHECK(rp::starmap(
              pool, [](const std::string &name, int n) { return name + std::to_string(n); }, named) ==
          std::vector<std::string>{"a1", "b2"});
}

CASE(bound_values_come_first)
{
    CHECK(rp::map(pool, energy, std::vector<double>{1, 2}, rp::with(2)) == std::vector<double>{1, 4});
    CHECK(rp::map(
              pool, [](const std::string &a, int b, int x) { return a + std::to_string(b + x); }, rp::range(2), rp::with("n", 5)) ==
          std::vector<std::string>{"n5", "n6"});
}

CASE(what_apply_is_given_is_one_value)
{
    std::vector<int> three = {1, 2, 3};
    CHECK(rp::apply(
              pool, [](auto values) { return values.size(); }, three) == 3);
    CHECK(rp::apply(
              pool, [](const std::vector<int> &values, const std::string &s) { return values.size() + s.size(); }, three, "ab") == 5);
    std::vector<std::pair<int, int>> pairs = {{1, 2}};
    CHECK(rp::map(
              pool, [](auto pair) { return pair.first + pair.second; }, pairs) == std::vector<int>{3});
}

CASE(constants_are_the_same_for_each_item)
{
    CHECK(rp::starmap(pool, energy, rp::constant(2), rp::range(3)) == std::vector<double>{0, 1, 4});
    CHECK(rp::starmap(
              pool, [](auto text, auto n) { return std::string(text) + std::to_string(n); }, "x", rp::range(2)) ==
          std::vector<std::string>{"x0", "x1"});
}

CASE(a_task_may_have_no_arguments_and_no_result)
{
    CHECK(rp::apply(pool, [] { return 7; }) == 7);
    rp::map(
        pool, [](int) {}, rp::range(10));
    rp::apply(
        pool, [](const std::string &) {}, "effect");
}

CASE(tasks_see_where_they_are)
{
    auto indices = rp::map(
        pool, [](int) { return rp_item_index(); }, rp::range(5));
    CHECK(indices == std::vector<int64_t>{0, 1, 2, 3, 4});
    for (int rank : rp::map(
             pool, [](int) { return rp_rank(); }, rp::range(50)))
        CHECK(rank >= 0 && rank < pool.ranks());
}

CASE(columns_of_different_lengths_are_refused)
{
    std::vector<double> two = {1, 2}, three = {1, 2, 3};
    CHECK(status_of([&] { return rp::starmap(pool, energy, two, three); }) == RP_USAGE);
    CHECK(status_of([&] { return rp::starmap(pool, energy, 1, 2); }) == RP_USAGE);
}

} // namespace
