/*
 * declare.h: the macros that declare tasks. task.h includes it and says what each form looks like. Names with RPI__ and rpi__ are not for
 * use elsewhere. Nothing else is defined but FUNCTION_task, and FUNCTION_task_anchor for the linker, so a task may have any name and any
 * types.
 */
#ifndef RANKPOOL_DECLARE_H
#define RANKPOOL_DECLARE_H

#include <rankpool/task.h>

/* clang-format off */
#ifndef __cplusplus
/* Keeps the task of a library that nothing refers to, see task.h. */
#define RP_USE(f) \
    extern const char f##_task_anchor; \
    __attribute__((__used__)) static const char *const rpi__use_##f = &f##_task_anchor;

/* The forms of task.h, for a function and its types. */
#define RP_TASK(...)         RPI__DECLARE(RPI__VALUE_, __VA_ARGS__)
#define RP_TASK_POINTER(...) RPI__DECLARE(RPI__POINTER_, __VA_ARGS__)
#define RP_TASK_RANGE(...)   RPI__DECLARE(RPI__RANGE_, __VA_ARGS__)
#define RP_TASK_OVERLAP(...) RPI__DECLARE(RPI__OVERLAP_, __VA_ARGS__)
#define RP_TASK_EMIT(...)    RPI__CAT(RPI__EMIT_, RPI__COUNT(__VA_ARGS__))(__VA_ARGS__)

/* ---- how many there are, and whether it is void ---- */

#define RPI__CAT(a, b)  RPI__CAT_(a, b)
#define RPI__CAT_(a, b) a##b

/* 1 to 10, then rpi__many. */
#define RPI__COUNT(...) \
    RPI__COUNT_OF(__VA_ARGS__, RPI__TEN_MANY, RPI__TEN_MANY, rpi__many, rpi__many, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, ~)
#define RPI__TEN_MANY \
    rpi__many, rpi__many, rpi__many, rpi__many, rpi__many, rpi__many, rpi__many, rpi__many, rpi__many, rpi__many
#define RPI__COUNT_OF(...) RPI__COUNT_(__VA_ARGS__)
#define RPI__COUNT_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, a1, b1, c1, d1, e1, f1, count, ...) count

/* 1 for the word void alone; 0 for any other type, void * too. */
#define RPI__IS_VOID(T)           RPI__IS_VOID_(T)
#define RPI__IS_VOID_(T)          RPI__IS_EMPTY(RPI__REST_OF_##T)
#define RPI__REST_OF_void
#define RPI__IS_EMPTY(x)          RPI__THIRD_OF(RPI__COMMA x (), 1, 0)
#define RPI__COMMA()              ,
#define RPI__THIRD_OF(...)        RPI__THIRD(__VA_ARGS__, ~)
#define RPI__THIRD(a, b, c, ...)  c

/* RPI__EACH_n(M, types...): M(0, T0), M(1, T1), … with commas between. RPI__LIST_n: the same, void when there are none.
 * RPI__MORE_n: the same after a comma. */
#define RPI__EACH_0(...)
#define RPI__EACH_1(M, A) M(0, A)
#define RPI__EACH_2(M, A, B) RPI__EACH_1(M, A), M(1, B)
#define RPI__EACH_3(M, A, B, C) RPI__EACH_2(M, A, B), M(2, C)
#define RPI__EACH_4(M, A, B, C, D) RPI__EACH_3(M, A, B, C), M(3, D)
#define RPI__EACH_5(M, A, B, C, D, E) RPI__EACH_4(M, A, B, C, D), M(4, E)
#define RPI__EACH_6(M, A, B, C, D, E, F) RPI__EACH_5(M, A, B, C, D, E), M(5, F)
#define RPI__EACH_7(M, A, B, C, D, E, F, G) RPI__EACH_6(M, A, B, C, D, E, F), M(6, G)
#define RPI__EACH_8(M, A, B, C, D, E, F, G, H) RPI__EACH_7(M, A, B, C, D, E, F, G), M(7, H)
#define RPI__LIST_0(...) void
#define RPI__LIST_1 RPI__EACH_1
#define RPI__LIST_2 RPI__EACH_2
#define RPI__LIST_3 RPI__EACH_3
#define RPI__LIST_4 RPI__EACH_4
#define RPI__LIST_5 RPI__EACH_5
#define RPI__LIST_6 RPI__EACH_6
#define RPI__LIST_7 RPI__EACH_7
#define RPI__LIST_8 RPI__EACH_8
#define RPI__MORE_0(...)
#define RPI__MORE_1(M, ...) , RPI__EACH_1(M, __VA_ARGS__)
#define RPI__MORE_2(M, ...) , RPI__EACH_2(M, __VA_ARGS__)
#define RPI__MORE_3(M, ...) , RPI__EACH_3(M, __VA_ARGS__)
#define RPI__MORE_4(M, ...) , RPI__EACH_4(M, __VA_ARGS__)
#define RPI__MORE_5(M, ...) , RPI__EACH_5(M, __VA_ARGS__)
#define RPI__MORE_6(M, ...) , RPI__EACH_6(M, __VA_ARGS__)
#define RPI__MORE_7(M, ...) , RPI__EACH_7(M, __VA_ARGS__)
#define RPI__MORE_8(M, ...) , RPI__EACH_8(M, __VA_ARGS__)

#define RPI__EACH(M, n, ...) RPI__CAT(RPI__EACH_, n)(M, __VA_ARGS__)
#define RPI__LIST(M, n, ...) RPI__CAT(RPI__LIST_, n)(M, __VA_ARGS__)
#define RPI__MORE(M, n, ...) RPI__CAT(RPI__MORE_, n)(M, __VA_ARGS__)

/* ---- from what the user wrote to a form with its number of arguments ---- */

#define RPI__DECLARE(form, ...)              RPI__CAT(RPI__GIVEN_, RPI__COUNT(__VA_ARGS__))(form, __VA_ARGS__)
#define RPI__GIVEN_1(form, f) \
    RPI__REFUSE(f, "task " #f " is declared without its result: RP_TASK(" #f ", result or void, arguments)")
#define RPI__GIVEN_2(form, f, R)             RPI__WITH(form, f, 0, R, )
#define RPI__GIVEN_3(form, f, R, A)          RPI__CAT(RPI__ONE_, RPI__IS_VOID(A))(form, f, R, A)
#define RPI__ONE_0(form, f, R, A)            RPI__WITH(form, f, 1, R, A)
#define RPI__ONE_1(form, f, R, A)            RPI__WITH(form, f, 0, R, )
#define RPI__GIVEN_4(form, f, R, ...) RPI__WITH(form, f, 2, R, __VA_ARGS__)
#define RPI__GIVEN_5(form, f, R, ...) RPI__WITH(form, f, 3, R, __VA_ARGS__)
#define RPI__GIVEN_6(form, f, R, ...) RPI__WITH(form, f, 4, R, __VA_ARGS__)
#define RPI__GIVEN_7(form, f, R, ...) RPI__WITH(form, f, 5, R, __VA_ARGS__)
#define RPI__GIVEN_8(form, f, R, ...) RPI__WITH(form, f, 6, R, __VA_ARGS__)
#define RPI__GIVEN_9(form, f, R, ...) RPI__WITH(form, f, 7, R, __VA_ARGS__)
#define RPI__GIVEN_10(form, f, R, ...) RPI__WITH(form, f, 8, R, __VA_ARGS__)
#define RPI__GIVEN_rpi__many(form, f, ...)        RPI__REFUSE(f, "task " #f " has more than 8 arguments: put some of them into a struct")
#define RPI__WITH(form, f, n, R, ...)        RPI__CAT(form, RPI__IS_VOID(R))(f, n, R, __VA_ARGS__)

#define RPI__EMIT_1(f) RPI__EMIT(f, 0, )
#define RPI__EMIT_2(f, A) RPI__CAT(RPI__EMITS_, RPI__IS_VOID(A))(f, A)
#define RPI__EMITS_0(f, A) RPI__EMIT(f, 1, A)
#define RPI__EMITS_1(f, A) RPI__EMIT(f, 0, )
#define RPI__EMIT_3(f, ...) RPI__EMIT(f, 2, __VA_ARGS__)
#define RPI__EMIT_4(f, ...) RPI__EMIT(f, 3, __VA_ARGS__)
#define RPI__EMIT_5(f, ...) RPI__EMIT(f, 4, __VA_ARGS__)
#define RPI__EMIT_6(f, ...) RPI__EMIT(f, 5, __VA_ARGS__)
#define RPI__EMIT_7(f, ...) RPI__EMIT(f, 6, __VA_ARGS__)
#define RPI__EMIT_8(f, ...) RPI__EMIT(f, 7, __VA_ARGS__)
#define RPI__EMIT_9(f, ...) RPI__EMIT(f, 8, __VA_ARGS__)
#define RPI__EMIT_10(f, ...) RPI__GIVEN_rpi__many(~, f, ~)
#define RPI__EMIT_rpi__many(f, ...) RPI__GIVEN_rpi__many(~, f, ~)

#define RPI__REFUSE(f, text) \
    _Static_assert(0, text); \
    extern const rp_task f##_task[1];

/* ---- checks ---- */

#define RPI__CHECK(f, prototype) \
    _Static_assert(_Generic(&f, prototype : 1, default : 0), "the types in the declaration of task " #f " are not those of its function")
#define RPI__CHECK_RESULT(f, R) \
    _Static_assert(RP_TYPE_OF(RPI__VALUE_OF(R)) != RP_TYPE_BYTES && RP_TYPE_OF(RPI__VALUE_OF(R)) != RP_TYPE_STRING, \
                   "a result of any length is emitted: see RP_TASK_EMIT for " #f); \
    _Static_assert(!RPI__IS_POINTER(R), "the result of task " #f " is a pointer, which means nothing on another rank")
/* Items travel in buffers that are aligned to 16 bytes. */
#define RPI__SIZE(k, A) \
    (sizeof(A) + 0 * sizeof(struct { \
        _Static_assert(!RPI__IS_POINTER(A) || __builtin_types_compatible_p(__typeof__(A), const char *), \
                       "an argument is " #A ", and a pointer means nothing on another rank: see rp_bytes; const char * is a string"); \
        _Static_assert(_Alignof(A) <= 16, "an argument is " #A ", which is aligned to more than 16 bytes"); \
        char rpi__none; \
    }))

/* ---- the kernels ---- */

#define RPI__TYPE(k, A)          A
#define RPI__CONST_POINTER(k, A) __typeof__(A) const *
#define RPI__TYPE_CODE(k, A)     RP_TYPE_OF(RPI__VALUE_OF(A))
#define RPI__AT(k, A)            ((__typeof__(A) const *)(const void *)(rpi__views[k].base + rpi__i * rpi__views[k].stride_bytes))
#define RPI__LOAD(k, A)          *RPI__AT(k, A)
#define RPI__ARRAY(k, A)         ((__typeof__(A) const *)(const void *)rpi__views[k].base)
#define RPI__ATTENTION           __builtin_expect(__atomic_load_n(&rpi__run->attention, __ATOMIC_RELAXED), 0)

/* `body` runs item rpi__i. `result` declares the results where there are some. The views are copied: what they are couldn't be kept in
 * registers, as a compiler can't know that the function doesn't change them. */
#define RPI__KERNEL(f, n, result, body) \
    static void rpi__kernel_##f(rp_run *rpi__run, void *rpi__results, const rp_view *rpi__given, size_t rpi__n) \
    { \
        result; \
        rp_view rpi__views[n + 1]; \
        for (int rpi__k = 0; rpi__k < n; rpi__k++) rpi__views[rpi__k] = rpi__given[rpi__k]; \
        (void)rpi__results, (void)rpi__views, (void)rpi__given; \
        for (size_t rpi__i = 0; rpi__i < rpi__n; rpi__i++) { \
            rpi__run->item = rpi__i; \
            body; \
            if (RPI__ATTENTION && !rp_run_next(rpi__run)) break; \
        } \
    }
#define RPI__KERNEL_OF_RANGE(f, body) \
    static void rpi__kernel_##f(rp_run *rpi__run, void *rpi__results, const rp_view *rpi__views, size_t rpi__n) \
    { \
        (void)rpi__results, (void)rpi__views; \
        rpi__run->item = 0; \
        body; \
        if (RPI__ATTENTION) (void)rp_run_next(rpi__run); \
    }
#define RPI__RESULTS(R) R *rpi__result = (R *)rpi__results

#define RPI__VALUE_0(f, n, R, ...) \
    RPI__CHECK_RESULT(f, R); \
    RPI__CHECK(f, R (*)(RPI__LIST(RPI__TYPE, n, __VA_ARGS__))); \
    RPI__KERNEL(f, n, RPI__RESULTS(R), rpi__result[rpi__i] = f(RPI__EACH(RPI__LOAD, n, __VA_ARGS__))) \
    RPI__DEFINE(f, RPI__TYPE_CODE(0, R), sizeof(R), 0, n, __VA_ARGS__)
#define RPI__VALUE_1(f, n, R, ...) \
    RPI__CHECK(f, void (*)(RPI__LIST(RPI__TYPE, n, __VA_ARGS__))); \
    RPI__KERNEL(f, n, , f(RPI__EACH(RPI__LOAD, n, __VA_ARGS__))) \
    RPI__DEFINE(f, RP_TYPE_VOID, 0, 0, n, __VA_ARGS__)

#define RPI__POINTER_0(f, n, R, ...) \
    RPI__CHECK_RESULT(f, R); \
    RPI__CHECK(f, void (*)(R * RPI__MORE(RPI__CONST_POINTER, n, __VA_ARGS__))); \
    RPI__KERNEL(f, n, RPI__RESULTS(R), f(&rpi__result[rpi__i] RPI__MORE(RPI__AT, n, __VA_ARGS__))) \
    RPI__DEFINE(f, RPI__TYPE_CODE(0, R), sizeof(R), 0, n, __VA_ARGS__)
#define RPI__POINTER_1(f, n, R, ...) \
    RPI__CHECK(f, void (*)(RPI__LIST(RPI__CONST_POINTER, n, __VA_ARGS__))); \
    RPI__KERNEL(f, n, , f(RPI__EACH(RPI__AT, n, __VA_ARGS__))) \
    RPI__DEFINE(f, RP_TYPE_VOID, 0, 0, n, __VA_ARGS__)

#define RPI__RANGE_0(f, n, R, ...) \
    RPI__CHECK_RESULT(f, R); \
    RPI__CHECK(f, void (*)(size_t, R * RPI__MORE(RPI__CONST_POINTER, n, __VA_ARGS__))); \
    RPI__KERNEL_OF_RANGE(f, f(rpi__n, (R *)rpi__results RPI__MORE(RPI__ARRAY, n, __VA_ARGS__))) \
    RPI__DEFINE(f, RPI__TYPE_CODE(0, R), sizeof(R), RP_TASK_CONTIGUOUS, n, __VA_ARGS__)
#define RPI__RANGE_1(f, n, R, ...) \
    RPI__CHECK(f, void (*)(size_t RPI__MORE(RPI__CONST_POINTER, n, __VA_ARGS__))); \
    RPI__KERNEL_OF_RANGE(f, f(rpi__n RPI__MORE(RPI__ARRAY, n, __VA_ARGS__))) \
    RPI__DEFINE(f, RP_TYPE_VOID, 0, RP_TASK_CONTIGUOUS, n, __VA_ARGS__)

#define RPI__KERNEL_OF_OVERLAP(f) \
    static void rpi__kernel_##f(rp_run *rpi__run, void *rpi__results, const rp_view *rpi__views, size_t rpi__n) \
    { \
        (void)rpi__results, (void)rpi__views; \
        rp_run_overlap(rpi__run, rpi__n, f); \
    }
#define RPI__OVERLAP_0(f, n, R, ...) \
    _Static_assert(!RPI__IS_POINTER(R), "the result of task " #f " is a pointer, which means nothing on another rank"); \
    RPI__CHECK(f, void (*)(void)); \
    RPI__KERNEL_OF_OVERLAP(f) \
    RPI__DEFINE(f, RPI__TYPE_CODE(0, R), sizeof(R), RP_TASK_OVERLAPS, n, __VA_ARGS__)
#define RPI__OVERLAP_1(f, n, R, ...) \
    RPI__CHECK(f, void (*)(void)); \
    RPI__KERNEL_OF_OVERLAP(f) \
    RPI__DEFINE(f, RP_TYPE_VOID, 0, RP_TASK_OVERLAPS, n, __VA_ARGS__)

#define RPI__EMIT(f, n, ...) \
    RPI__CHECK(f, void (*)(RPI__LIST(RPI__TYPE, n, __VA_ARGS__))); \
    RPI__KERNEL(f, n, RPI__RESULTS(rp_bytes), f(RPI__EACH(RPI__LOAD, n, __VA_ARGS__)); rp_run_take(rpi__run, &rpi__result[rpi__i])) \
    RPI__DEFINE(f, RP_TYPE_BYTES, sizeof(rp_bytes), 0, n, __VA_ARGS__)

/* What RP_USE refers to. Weak, as several files may have static functions of one name; seen from outside a library that hides its names. */
#define RPI__ANCHOR(f) extern const char f##_task_anchor __attribute__((__weak__, __visibility__("default")));
#define RPI__DEFINE(f, result_type, result_size, flags, n, ...) \
    static const rp_task f##_task[1] = {{#f, \
                                         rpi__kernel_##f, \
                                         result_type, \
                                         result_size, \
                                         flags, \
                                         n, \
                                         {RPI__EACH(RPI__TYPE_CODE, n, __VA_ARGS__) RPI__ZERO_##n}, \
                                         {RPI__EACH(RPI__SIZE, n, __VA_ARGS__) RPI__ZERO_##n}}}; \
    RPI__ANCHOR(f) \
    const char f##_task_anchor = 0; \
    __attribute__((__constructor__)) static void rpi__register_##f(void) { (void)rp_task_register(f##_task); }
/* An initializer that isn't empty. */
#define RPI__ZERO_0 0
#define RPI__ZERO_1
#define RPI__ZERO_2
#define RPI__ZERO_3
#define RPI__ZERO_4
#define RPI__ZERO_5
#define RPI__ZERO_6
#define RPI__ZERO_7
#define RPI__ZERO_8
#endif /* __cplusplus */
/* clang-format on */

#if defined(__cplusplus) && __cplusplus >= 201703L
#include <rankpool/cxx/declare.hpp>
#endif

#endif
