// sources.cc: items of all kinds: a grid, numbers with even gaps, a captured value, a table for all items, and items that are made as
// results are taken.
#include <cmath>
#include <cstdio>
#include <rankpool/rankpool.hpp>

static double distance(double speed, double angle) { return speed * speed * std::sin(2 * angle) / 9.81; }
static double look_up(const std::vector<double> &table, size_t i) { return table[i % table.size()]; }

static void client(rp::pool &pool)
{
    std::vector<double> speeds = {10, 20}, angles = {0.5, 1.0};
    for (double metres : rp::starmap(pool, distance, rp::grid(speeds, angles))) std::printf("%.2f m\n", metres);

    auto farthest = rp::reduce(pool, distance, rp::max(), rp::linspace(0, 1.5707963267948966, 1001), rp::with(20));
    std::printf("angle %d goes %.3f m\n", static_cast<int>(farthest.index), farthest.value);

    double factor = 3;
    auto scaled = rp::map(pool, rp::capture([factor](double x) { return factor * x; }), speeds);
    std::vector<double> table = {1, 4, 9};
    auto found = rp::map(pool, look_up, std::vector<size_t>{0, 4, 5}, rp::with(table));
    std::printf("%g %g, %g %g %g\n", scaled[0], scaled[1], found[0], found[1], found[2]);

    int64_t number = 1;
    auto odd = rp::generate([&number]() -> std::optional<int64_t> { return std::exchange(number, number + 2); }); // without an end
    int64_t sum = 0;
    for (int64_t square : rp::imap(
             pool, [](int64_t x) { return x * x; }, odd)) {
        sum += square;
        if (square > 1000) break;
    }
    std::printf("%d\n", static_cast<int>(sum));
}

int main(int argc, char **argv) { return rp::main(argc, argv, client); }
