// energies.cc: the kinetic energy of one mass at many speeds: a constant and a column.
//
//     ./energies 2.5            on the cores of this machine
//     mpirun -n 4 ./energies    on four ranks
#include <cstdio>
#include <cstdlib>
#include <rankpool/rankpool.hpp>

static double energy(double mass, double speed) { return 0.5 * mass * speed * speed; }

static void client(rp::pool &pool, int argc, char **argv)
{
    double mass = argc > 1 ? std::atof(argv[1]) : 2.0;
    std::vector<double> speeds;
    for (int i = 0; i < 1000; i++) speeds.push_back(0.1 * i);

    std::vector<double> energies = rp::starmap(pool, energy, mass, speeds);
    for (size_t i = 0; i < speeds.size(); i += 200) std::printf("%5.1f m/s  %9.2f J\n", speeds[i], energies[i]);
}

int main(int argc, char **argv) { return rp::main(argc, argv, client); }
