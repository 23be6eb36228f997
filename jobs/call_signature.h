/*
 * call_signature.h: the types of a C function, from a text as it stands in a header or a manual: "double(double, int)", or "double
 * pow(double x, double y)". Pure: text in, types out. For the job `call`.
 */
#ifndef RANKPOOL_CALL_SIGNATURE_H
#define RANKPOOL_CALL_SIGNATURE_H

#include <rankpool/task.h>

typedef struct call_signature {
    rp_type result; /* RP_TYPE_VOID: none */
    int n_arguments;
    rp_type arguments[RP_MAX_ARGUMENTS];
} call_signature;

/* Reads a signature. Types are those that rp_type has but records and bytes, by any of their names in C. Returns 1; or 0 when it isn't such
 * a signature: `why` says what is wrong, and `*signature` is unchanged. Any thread. */
#define CALL_SIGNATURE_WHY_SIZE 256
int call_signature_parse(const char *text, call_signature *signature, char why[CALL_SIGNATURE_WHY_SIZE]);

/* A name in C for a type that a signature can have. Never NULL. Static text. */
const char *call_signature_type(rp_type type);

/* Writes the types of the arguments, as "double, int32_t"; "void" when there are none. Returns `text`. */
#define CALL_SIGNATURE_TEXT_SIZE 128
const char *call_signature_arguments(const call_signature *signature, char text[CALL_SIGNATURE_TEXT_SIZE]);

#endif
