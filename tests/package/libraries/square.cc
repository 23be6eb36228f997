// square.cc: the same in C++, in a namespace without a name.
#include <rankpool/rankpool.h>

namespace
{
double square(double x) { return x * x; }
RP_TASK(square, double, double)
} // namespace
