/*
 * accepted.c: what must compile without a warning: tasks whose names, types and macros are those that the library's own could be, and
 * everything that a result, an argument or a column may be.
 */

#include <rankpool/rankpool.h>

#include <rankpool/job.h>

/* Words that the declarations might use themselves. */
#define VALUE       1
#define POINTER     2
#define RANGE       3
#define EMIT        4
#define A           5
#define R           6
#define f           7
#define M           8
#define many        9
#define form        10
#define constructor 11
#define printf      12
#define visibility  13
#define format      14

static int run(int x) { return x; }
RP_TASK(run, int, int)
static const rp_job small_job = {.name = "small", .help = "", .item_help = "", .task = run_task};
RP_JOB(small_job)
static int result(int x) { return x; }
RP_TASK(result, int, int)
static int results(int x) { return x; }
RP_TASK(results, int, int)
static int views(int x) { return x; }
RP_TASK(views, int, int)
static int n_items(int x) { return x; }
RP_TASK(n_items, int, int)
static int i(int x) { return x; }
RP_TASK(i, int, int)
static int n(int x) { return x; }
RP_TASK(n, int, int)
static int k(int x) { return x; }
RP_TASK(k, int, int)
static int args(int x) { return x; }
RP_TASK(args, int, int)
static int kernel(int x) { return x; }
RP_TASK(kernel, int, int)
static int task(int x) { return x; }
RP_TASK(task, int, int)
static int item(int x) { return x; }
RP_TASK(item, int, int)
static int name(int x) { return x; }
RP_TASK(name, int, int)
static int rank(int x) { return x; }
RP_TASK(rank, int, int)
static int pool(int x) { return x; }
RP_TASK(pool, int, int)
static int error(int x) { return x; }
RP_TASK(error, int, int)
static int attention(int x) { return x; }
RP_TASK(attention, int, int)
static int base(int x) { return x; }
RP_TASK(base, int, int)
static int data(int x) { return x; }
RP_TASK(data, int, int)
static int size(int x) { return x; }
RP_TASK(size, int, int)
static int type(int x) { return x; }
RP_TASK(type, int, int)

/* A function of a name that was the library's own, beside a task. */
static int sort(int x) { return x; }
int sort_kernel(void);
int sort_kernel(void) { return 1; }
int sort_task_register(void);
int sort_task_register(void) { return 1; }
RP_TASK(sort, int, int)

/* Types of such names. */
typedef struct run_type {
    double x;
} stride_bytes;
static stride_bytes twice(stride_bytes x) { return (stride_bytes){2 * x.x}; }
RP_TASK(twice, stride_bytes, stride_bytes)

typedef double matrix[9];
enum colour { RED, GREEN };

static void turn(matrix *to, const matrix *from) { (*to)[0] = (*from)[1]; }
RP_TASK_POINTER(turn, matrix, matrix)
static void turn_all(size_t count, matrix *to, const matrix *from)
{
    for (size_t at = 0; at < count; at++) to[at][0] = from[at][1];
}
RP_TASK_RANGE(turn_all, matrix, matrix)
static enum colour paint(const struct run_type x, unsigned long long y) { return x.x > (double)y ? RED : GREEN; }
RP_TASK(paint, enum colour, struct run_type, unsigned long long)

/* Strings, no results, no arguments, eight arguments, in all forms. */
static int length(const char *text) { return text[0]; }
RP_TASK(length, int, const char *)
static void length_at(int *to, const char *const *text) { *to = (*text)[0]; }
RP_TASK_POINTER(length_at, int, const char *)
static void lengths(size_t count, int *to, const char *const *text)
{
    for (size_t at = 0; at < count; at++) to[at] = text[at][0];
}
RP_TASK_RANGE(lengths, int, const char *)
static void echo(const char *text, rp_bytes more)
{
    rp_emit(text, 1);
    rp_emit(more.data, more.size);
}
RP_TASK_EMIT(echo, const char *, rp_bytes)

static void quiet(int x) { (void)x; }
RP_TASK(quiet, void, int)
static void quiet_at(const int *x) { (void)x; }
RP_TASK_POINTER(quiet_at, void, int)
static void quiet_all(size_t count, const int *x) { (void)count, (void)x; }
RP_TASK_RANGE(quiet_all, void, int)
static void alone(void) {}
RP_TASK(alone, void)
static void alone_too(void) {}
RP_TASK(alone_too, void, void)
static void alone_at(void) {}
RP_TASK_POINTER(alone_at, void)
static void alone_all(size_t count) { (void)count; }
RP_TASK_RANGE(alone_all, void)
static int any(void) { return 1; }
RP_TASK(any, int)
static void any_at(int *to) { *to = 1; }
RP_TASK_POINTER(any_at, int)
static void any_all(size_t count, int *to)
{
    for (size_t at = 0; at < count; at++) to[at] = 1;
}
RP_TASK_RANGE(any_all, int)
static void any_emit(void) { rp_emit("", 1); }
RP_TASK_EMIT(any_emit)
static void any_emit_too(void) { rp_emit("", 1); }
RP_TASK_EMIT(any_emit_too, void)
static int eight(int a, int b, int c, int d, int e, int g, int h, int o) { return a + b + c + d + e + g + h + o; }
RP_TASK(eight, int, int, int, int, int, int, int, int, int)
static void eight_emit(int a, int b, int c, int d, int e, int g, int h, int o) { rp_emit(&a, (size_t)(b + c + d + e + g + h + o)); }
RP_TASK_EMIT(eight_emit, int, int, int, int, int, int, int, int)

static int start(rp_bytes argument, void **state)
{
    *state = NULL;
    return argument.size > 0;
}
RP_INITIALIZER(start, start, NULL)

/* Arrays whose length is nowhere. */
extern double table[];
typedef struct flexible {
    int count;
    double values[];
} flexible;

void take(rp_columns columns, rp_into into, rp_source source);
void all(int count, char **texts, matrix *matrices, flexible *last, const stride_bytes *records);
void all(int count, char **texts, matrix *matrices, flexible *last, const stride_bytes *records)
{
    double changing[count];
    double(*rows)[count] = &changing;
    const double fixed[3] = {1, 2, 3};
    char small[4];
    void *unknown = small;
    changing[0] = 0;
    take(RP_COLUMNS(RP_COLUMN(texts), RP_COLUMN(matrices), RP_COLUMN(table)), RP_INTO(changing), RP_ITEMS(3, RP_COLUMN(fixed)));
    take(RP_COLUMNS(RP_COLUMN(last->values), RP_COLUMN(changing), RP_COLUMN(rows), RP_FIELD(records, x)), RP_INTO(matrices),
         RP_ITEMS_OF_NOTHING(5));
    take(RP_COLUMNS(RP_CONSTANT("text"), RP_CONSTANT(texts[0]), RP_CONSTANT(fixed[0]), RP_CONSTANT(records[0]), RP_CONSTANT('c')),
         RP_INTO(unknown), RP_GENERATOR(NULL, NULL));
    take(RP_COLUMNS(RP_CONSTANT_AT(&fixed), RP_CONSTANT_AT(&texts[0]), RP_CONSTANT((stride_bytes){3})), RP_INTO(NULL),
         RP_ITEMS(UINT64_MAX, RP_RANGE(0, 1)));
    take(RP_COLUMNS(RP_CONSTANT((stride_bytes){changing[0]}), RP_COLUMN(((double[]){changing[0], 2}))), RP_INTO(((double[]){changing[0]})),
         RP_ITEMS(1, RP_CONSTANT(count)));
    take(RP_NO_COLUMNS, RP_INTO(RP_INTO(small)), RP_ITEMS(1, RP_COLUMN(((double[]){1, 2}))));
}

rp_status calls(rp_pool *from, double *to, rp_iter *iterator);
rp_status calls(rp_pool *from, double *to, rp_iter *iterator)
{
    rp_result *handle;
    double here;
    (void)rp_map(from, run_task, NULL, 0, RP_RANGE(0, 1), NULL, NULL);
    (void)rp_map(from, run_task, 0, 0, RP_RANGE(0, 1), NULL, NULL);
    (void)rp_map_async(from, run_task, to, 3, RP_RANGE(0, 1), NULL, &handle, NULL);
    (void)rp_starmap(from, run_task, RP_INTO(to), 3, RP_COLUMNS(RP_CONSTANT(1), RP_CONSTANT(2)), NULL, NULL);
    (void)rp_apply(from, run_task, ((double[]){1, 2}), RP_COLUMNS(RP_CONSTANT(1), RP_CONSTANT(2)), NULL, NULL);
    (void)(rp_map)(from, run_task, to, 3, RP_RANGE(0, 1), NULL, NULL);
    (void)(rp_iter_next)(iterator, &here, -1, NULL);
    (void)rp_iter_next(iterator, NULL, -1, NULL);
    return rp_iter_next(iterator, &here, -1, NULL);
}
