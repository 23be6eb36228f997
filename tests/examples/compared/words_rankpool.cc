// words_rankpool.cc: words_openmp.c with a pool, in C++.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <map>
#include <rankpool/rankpool.hpp>

using table = std::map<std::string, int>;

static table count_words(const std::string &path)
{
    table words;
    std::ifstream file(path);
    if (!file) throw std::runtime_error("can't be read");
    std::string word;
    for (int c = file.get(); file; c = file.get()) {
        if (std::isalpha(c)) word += static_cast<char>(std::tolower(c));
        else if (!word.empty()) words[std::exchange(word, "")]++;
    }
    if (!word.empty()) words[word]++;
    return words;
}

static void add(table &to, const table &words)
{
    for (const auto &[word, count] : words) to[word] += count;
}

static void client(rp::pool &pool, int argc, char **argv)
{
    std::vector<std::string> paths(argv + 1, argv + argc);
    table all = rp::reduce(pool, count_words, rp::fold<table>(rp::fn<add>, rp::fn<add>), paths);
    std::vector<std::pair<std::string, int>> sorted(all.begin(), all.end());
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
    for (size_t i = 0; i < sorted.size() && i < 5; i++) std::printf("%s %d\n", sorted[i].first.c_str(), sorted[i].second);
}

int main(int argc, char **argv) { return rp::main(argc, argv, client); }
