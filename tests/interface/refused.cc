// refused.cc: C++ that must not compile. Each part says what the compiler has to say.
#include <rankpool/rankpool.hpp>

#include <array>

static double twice(double x) { return 2 * x; }
static int add(int a, int b) { return a + b; }
struct base {
    virtual ~base() = default;
};

void part(rp::pool &pool, std::vector<double> &x);
void part(rp::pool &pool, std::vector<double> &x)
{
    (void)twice, (void)add, (void)pool, (void)x;
    [[maybe_unused]] double factor = 2;
#ifdef CAPTURE // a function object with state can't be a task
    rp::map(pool, [factor](double y) { return factor * y; }, x);
#endif
#ifdef CAPTURE_BY_REFERENCE // a function object with state can't be a task
    rp::map(pool, [&](double y) { return factor * y; }, x);
#endif
#ifdef CAPTURE_OF_STRING // rp::capture is for what is trivially copyable
    rp::map(pool, rp::capture([s = std::string("a")](double y) { return s.size() + y; }), x);
#endif
#ifdef ARGUMENT_BY_REFERENCE // an argument is a reference that isn't const
    rp::map(pool, [](double &y) { return y++; }, x);
#endif
#ifdef ARGUMENT_POINTER // an argument is a pointer, which means nothing on another rank
    std::vector<double *> pointers;
    rp::map(pool, [](double *y) { return *y; }, pointers);
#endif
#ifdef ARGUMENT_POLYMORPHIC // an argument can't travel between ranks
    rp::map(pool, [](const base &) { return 1; }, std::vector<base>(1));
#endif
#ifdef ARGUMENT_MOVE_ONLY // an argument can't travel between ranks
    rp::map(pool, [](const std::unique_ptr<int> &y) { return *y; }, std::vector<std::unique_ptr<int>>());
#endif
#ifdef ARGUMENT_VECTOR_OF_BOOL // an argument can't travel between ranks
    rp::map(pool, [](const std::vector<bool> &y) { return y.size(); }, std::vector<std::vector<bool>>());
#endif
#ifdef RESULT_POINTER // a result points to memory of its task
    rp::map(pool, [](double) { return "text"; }, x);
#endif
#ifdef RESULT_VIEW // a result points to memory of its task
    rp::map(pool, [](double) { return std::string_view("text"); }, x);
#endif
#ifdef NUMBER_OF_ARGUMENTS // another number of arguments than the call has columns and values for
    rp::map(pool, add, x);
#endif
#ifdef TWO_COLUMNS // rp::map takes one column: see rp::starmap
    rp::map(pool, add, std::vector<int>(), std::vector<int>());
#endif
#ifdef FRACTIONS_FOR_INTEGERS // an item has a fraction, its argument is an integer
    rp::map(pool, [](int y) { return y; }, x);
#endif
#ifdef FOLD_BY_POINTER // what folds results is a pointer, which no other rank knows
    rp::reduce(pool, add, add, std::vector<int>(), std::vector<int>());
#endif
#ifdef FOLD_WITH_STATE // what folds results has state
    rp::reduce(pool, twice, [factor](double a, double b) { return a + factor * b; }, x);
#endif
#ifdef NOTHING_TO_ITERATE // a task without a result has nothing to iterate over
    rp::imap(pool, [](double) {}, x);
#endif
#ifdef KEPT_COLUMNS // deleted
    rp_columns columns = RP_COLUMNS(RP_CONSTANT(1.0));
#endif
#ifdef CONSTANT_ARRAY // RP_CONSTANT is given an array
    int array[2] = {1, 2};
    auto columns = RP_COLUMNS(RP_CONSTANT(array));
#endif
#ifdef COLUMN_OF_STRINGS // items are not trivially copyable
    std::vector<std::string> strings;
    auto column = RP_COLUMN(strings);
#endif
}
#ifdef TASK_TYPES // the types in the declaration of task twice are not those of its function
RP_TASK(twice, double, int)
#endif
#ifdef TASK_OF_STRINGS // not trivially copyable: see rp::map
static size_t length(std::string s) { return s.size(); }
RP_TASK(length, size_t, std::string)
#endif
