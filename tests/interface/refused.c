/*
 * refused.c: what must not compile. Each part between #ifdef and #endif is compiled alone by compile.sh. The compiler has to fail with the
 * text that stands after the name of the part.
 */
#include <rankpool/rankpool.h>

#ifdef POINTER_ARGUMENT /* an argument is double *, and a pointer means nothing on another rank */
static double first(double *x) { return x[0]; }
RP_TASK(first, double, double *)
#endif

#ifdef STRUCT_POINTER_ARGUMENT /* an argument is const struct point *, and a pointer means nothing on another rank */
struct point {
    double x;
};
static double first(const struct point *x) { return x->x; }
RP_TASK(first, double, const struct point *)
#endif

#ifdef FUNCTION_POINTER_ARGUMENT /* a pointer means nothing on another rank */
typedef double function(double);
static double call(function *f) { return f(1); }
RP_TASK(call, double, function *)
#endif

#ifdef CHANGEABLE_STRING_ARGUMENT /* an argument is char *, and a pointer means nothing on another rank: see rp_bytes; const char * is a   \
                                     string */
static int first(char *x) { return x[0]; }
RP_TASK(first, int, char *)
#endif

#ifdef POINTER_IN_RANGE /* an argument is double *, and a pointer means nothing on another rank */
static void first(size_t n, double *to, double *const *x)
{
    for (size_t i = 0; i < n; i++) to[i] = x[i][0];
}
RP_TASK_RANGE(first, double, double *)
#endif

#ifdef POINTER_RESULT /* the result of task same is a pointer, which means nothing on another rank */
static double *same(double x) { return x > 0 ? NULL : NULL; }
RP_TASK(same, double *, double)
#endif

#ifdef VOID_POINTER_RESULT /* the result of task same is a pointer, which means nothing on another rank */
static void *same(double x) { return x > 0 ? NULL : NULL; }
RP_TASK(same, void *, double)
#endif

#ifdef STRING_RESULT /* a result of any length is emitted: see RP_TASK_EMIT for name */
static const char *name(int x) { return x > 0 ? "a" : "b"; }
RP_TASK(name, const char *, int)
#endif

#ifdef BYTES_RESULT /* a result of any length is emitted: see RP_TASK_EMIT for name */
static rp_bytes name(int x) { return (rp_bytes){NULL, (size_t)x}; }
RP_TASK(name, rp_bytes, int)
#endif

#ifdef NINE_ARGUMENTS /* task many has more than 8 arguments: put some of them into a struct */
static int many(int a, int b, int c, int d, int e, int f, int g, int h, int i) { return a + b + c + d + e + f + g + h + i; }
RP_TASK(many, int, int, int, int, int, int, int, int, int, int)
#endif

#ifdef NINE_EMITTED_FROM /* task many has more than 8 arguments: put some of them into a struct */
static void many(int a, int b, int c, int d, int e, int f, int g, int h, int i)
{
    int sum = a + b + c + d + e + f + g + h + i;
    rp_emit(&sum, sizeof sum);
}
RP_TASK_EMIT(many, int, int, int, int, int, int, int, int, int)
#endif

#ifdef TWENTY_ARGUMENTS /* task many has more than 8 arguments: put some of them into a struct */
RP_TASK(many, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int, int)
#endif

#ifdef NO_RESULT /* task lonely is declared without its result: RP_TASK(lonely, result or void, arguments) */
static void lonely(void) {}
RP_TASK(lonely)
#endif

#ifdef OTHER_TYPES /* the types in the declaration of task energy are not those of its function */
static double energy(double mass, double speed) { return 0.5 * mass * speed * speed; }
RP_TASK(energy, double, double, float)
#endif

#ifdef OTHER_RESULT /* the types in the declaration of task energy are not those of its function */
static double energy(double mass) { return mass; }
RP_TASK(energy, void, double)
#endif

#ifdef FAR_ALIGNED /* an argument is wide, which is aligned to more than 16 bytes */
typedef struct wide {
    _Alignas(64) double x;
} wide;
static double first(wide x) { return x.x; }
RP_TASK(first, double, wide)
#endif

#ifdef COLUMN_OF_POINTERS /* items_are_pointers_which_mean_nothing_on_another_rank_so_give_what_they_point_to */
rp_column column(double **rows);
rp_column column(double **rows) { return RP_COLUMN(rows); }
#endif

#ifdef FIELD_OF_POINTERS /* items_are_pointers_which_mean_nothing_on_another_rank_so_give_what_they_point_to */
struct row {
    double *values;
};
rp_column column(struct row *rows);
rp_column column(struct row *rows) { return RP_FIELD(rows, values); }
#endif

#ifdef CONSTANT_POINTER /* items_are_pointers_which_mean_nothing_on_another_rank_so_give_what_they_point_to */
void take(rp_column column);
void give(double *x);
void give(double *x) { take(RP_CONSTANT(x)); }
#endif

#ifdef CONSTANT_ARRAY /* items_are_pointers_which_mean_nothing_on_another_rank_so_give_what_they_point_to */
void take(rp_column column);
void give(void);
void give(void)
{
    double x[3] = {1, 2, 3};
    take(RP_CONSTANT(x));
}
#endif

#ifdef RESULTS_OF_POINTERS /* results_are_pointers_and_those_of_tasks_never_are */
rp_status start(rp_pool *pool, const rp_task *task, double **rows);
rp_status start(rp_pool *pool, const rp_task *task, double **rows) { return rp_map(pool, task, rows, 3, RP_RANGE(0, 1), NULL, NULL); }
#endif

#ifdef COMBINE_OF_OTHER_TYPES /* fold add combines double, its function is another */
static float add(float a, float b) { return a + b; }
RP_COMBINE(add, double)
#endif

#ifdef FOLD_OF_OTHER_TYPES /* bins_add has to be void(int *, const double *) */
static void bins_begin(int *n) { *n = 0; }
static void bins_add(int *n, const float *x) { *n += *x > 0; }
static void bins_merge(int *left, const int *right) { *left += *right; }
RP_FOLD(bins, int, double)
#endif

#ifdef AXIS_AT_A_POINTER /* an_axis_at_a_pointer_needs_RP_AXIS_OF_with_its_length */
rp_columns grid(const double *values);
rp_columns grid(const double *values) { return RP_GRID(RP_AXIS(values)); }
#endif
