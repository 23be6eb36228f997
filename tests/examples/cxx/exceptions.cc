// exceptions.cc: an exception in a task is the failure of its item; the others have their results. Strings travel both ways.
#include <cctype>
#include <cstdio>
#include <rankpool/rankpool.hpp>

static std::string turned_around(const std::string &word)
{
    for (char c : word)
        if (std::isdigit(static_cast<unsigned char>(c))) throw std::invalid_argument("\"" + word + "\" has a digit in it");
    return {word.rbegin(), word.rend()};
}

static int client(rp::pool &pool, int argc, char **argv)
{
    std::vector<std::string> words(argv + 1, argv + argc);
    rp::call_options options;
    options.on_error = RP_ON_ERROR_COLLECT;
    int n_failed = 0;
    auto results = rp::imap(pool, turned_around, words, options);
    for (bool more = true; more;) {
        try {
            auto result = results.next();
            if (result) std::printf("%s\n", result->c_str());
            else more = false;
        } catch (const rp::failure &failed) {
            std::printf("item %d: %s\n", static_cast<int>(failed.item()), failed.message());
            n_failed++;
        }
    }
    return n_failed > 0;
}

int main(int argc, char **argv) { return rp::main(argc, argv, client); }
