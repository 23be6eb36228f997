// grid_rankpool.cc: grid_openmp.c with a pool, in C++.
#include <cmath>
#include <cstdio>
#include <rankpool/rankpool.hpp>
#include <valarray>

constexpr int steps = 4000;
using state = std::valarray<double>;

static state slope(double mu, const state &at) { return {at[1], mu * (1 - at[0] * at[0]) * at[1] - at[0]}; }

// By the method of Runge and Kutta.
static void step(double mu, double h, state &at)
{
    state a = slope(mu, at), b = slope(mu, at + h / 2 * a), c = slope(mu, at + h / 2 * b), d = slope(mu, at + h * c);
    at += h / 6 * (a + 2.0 * b + 2.0 * c + d);
}

static double amplitude(double mu, double start)
{
    state at = {start, 0};
    double largest = 0;
    for (int i = 0; i < steps; i++) {
        step(mu, 0.01, at);
        if (i > steps / 2) largest = std::fmax(largest, std::fabs(at[0]));
    }
    return largest;
}

static void client(rp::pool &pool)
{
    std::vector<double> mus(20), starts(15);
    for (size_t i = 0; i < mus.size(); i++) mus[i] = 0.2 + static_cast<double>(i) * (3.8 / 19);
    for (size_t k = 0; k < starts.size(); k++) starts[k] = 0.1 + static_cast<double>(k) * (2.9 / 14);
    auto amplitudes = rp::starmap(pool, amplitude, rp::grid(mus, starts));
    for (size_t i = 0; i < amplitudes.size(); i += starts.size())
        std::printf("%.6f %.6f\n", amplitudes[i], amplitudes[i + starts.size() - 1]);
}

int main(int argc, char **argv) { return rp::main(argc, argv, client); }
