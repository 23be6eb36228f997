// folds.cc: results folded into one value, where they are made: a sum, an extreme, a histogram, and a table of words.
#include <cstdio>
#include <rankpool/rankpool.hpp>
#include <sstream>

// A number from 0 to below 1 for each index.
static double sample(int64_t index) { return static_cast<double>(static_cast<uint64_t>(index) * 0x9e3779b97f4a7c15u >> 11) * 0x1p-53; }

using histogram = std::array<uint64_t, 4>;
static void count_quarter(histogram &all, double x) { all[static_cast<size_t>(x * 4)]++; }
static void add_counts(histogram &left, const histogram &right)
{
    for (size_t i = 0; i < 4; i++) left[i] += right[i];
}

using table = std::map<std::string, int>;
static table count_words(const std::string &line)
{
    table words;
    std::istringstream from(line);
    for (std::string word; from >> word;) words[word]++;
    return words;
}
static table merged(table left, const table &right)
{
    for (const auto &[word, n] : right) left[word] += n;
    return left;
}

static void client(rp::pool &pool)
{
    auto samples = rp::range(1000000);
    double sum = rp::reduce(pool, rp::fn<sample>, std::plus<>(), samples); // the same bits on any number of ranks
    rp_indexed_double largest = rp::reduce(pool, rp::fn<sample>, rp::max(), samples);
    histogram quarters = rp::reduce(pool, rp::fn<sample>, rp::fold<histogram>(rp::fn<count_quarter>, rp::fn<add_counts>), samples);
    std::printf("mean %.6f, the largest is number %d\n", sum / 1e6, static_cast<int>(largest.index));
    for (uint64_t count : quarters) std::printf("%d\n", static_cast<int>(count));

    std::vector<std::string> lines = {"a pool of ranks", "a rank of a pool", "ranks"};
    for (const auto &[word, n] : rp::reduce(pool, count_words, rp::fn<merged>, lines)) std::printf("%s %d\n", word.c_str(), n);
}

int main(int argc, char **argv) { return rp::main(argc, argv, client); }
