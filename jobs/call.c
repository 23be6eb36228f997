/*
 * call.c: the job `call`: any C function of any shared library, over rows. Its arguments on the command line name the function and its
 * types, and its task has these types. So each rank resolves the function and makes the task before MPI starts, and the ranks compare it as
 * any other. libffi calls the function, on the engine's arguments where they are.
 */
#include "call_signature.h"
#include "ffi_loader.h"
#include "jobs.h"
#include "library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_FUNCTION, WORD_SIGNATURE };
static const char *const call_words[] = {"LIBRARY:FUNCTION", "'RESULT(ARGUMENTS)'", NULL};

#ifdef RANKPOOL_FFI_LIBRARY

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

enum { NAME_SIZE = 256 };

/* What a function returns: libffi widens integers to a word. */
typedef union returned {
    ffi_arg word;
    uint64_t word_64;
    float real_32;
    double real_64;
    const char *text;
} returned;

/* The function that the command line names. It is the same on all ranks, and set before there is another thread. A kernel gets nothing but
 * the arguments of its items, and children inherit it. */
static struct {
    char name[NAME_SIZE];
    void (*address)(void);
    const ffi_loader *ffi;
    call_signature signature;
    ffi_type *types[RP_MAX_ARGUMENTS];
    ffi_cif cif;
    rp_task task;
    char item_help[CALL_SIGNATURE_TEXT_SIZE];
} function;

/* ---- running ---- */

static void emit(const char *text)
{
    if (text) rp_emit(text, strlen(text));
    else (void)rp_fail(0, "%s returned NULL", function.name);
}

static void store(const returned *from, rp_run *run, void *results, size_t i)
{
    switch (function.signature.result) {
    case RP_TYPE_VOID: return;
    case RP_TYPE_BOOL: ((_Bool *)results)[i] = (from->word & 0xff) != 0; return;
    case RP_TYPE_INT8:
    case RP_TYPE_UINT8: ((uint8_t *)results)[i] = (uint8_t)from->word; return;
    case RP_TYPE_INT16:
    case RP_TYPE_UINT16: ((uint16_t *)results)[i] = (uint16_t)from->word; return;
    case RP_TYPE_INT32:
    case RP_TYPE_UINT32: ((uint32_t *)results)[i] = (uint32_t)from->word; return;
    case RP_TYPE_FLOAT: ((float *)results)[i] = from->real_32; return;
    case RP_TYPE_DOUBLE: ((double *)results)[i] = from->real_64; return;
    case RP_TYPE_STRING:
        emit(from->text);
        rp_run_take(run, (rp_bytes *)results + i);
        return;
    default: ((uint64_t *)results)[i] = from->word_64; return;
    }
}

static void kernel(rp_run *run, void *results, const rp_view *views, size_t n)
{
    void *arguments[RP_MAX_ARGUMENTS];
    const int n_arguments = function.signature.n_arguments;
    returned value;
    for (size_t i = 0; i < n; i++) {
        run->item = i;
        for (int k = 0; k < n_arguments; k++) arguments[k] = (void *)(uintptr_t)(views[k].base + i * views[k].stride_bytes);
        function.ffi->call(&function.cif, function.address, &value, arguments);
        store(&value, run, results, i);
        if (__atomic_load_n(&run->attention, __ATOMIC_RELAXED) && !rp_run_next(run)) return;
    }
}

/* ---- from the command line to a task ---- */

static size_t size_of(rp_type type)
{
    switch (type) {
    case RP_TYPE_BOOL:
    case RP_TYPE_INT8:
    case RP_TYPE_UINT8: return 1;
    case RP_TYPE_INT16:
    case RP_TYPE_UINT16: return 2;
    case RP_TYPE_INT32:
    case RP_TYPE_UINT32:
    case RP_TYPE_FLOAT: return 4;
    case RP_TYPE_BYTES: return sizeof(rp_bytes);
    case RP_TYPE_VOID: return 0;
    default: return 8;
    }
}

static void make_task(const call_signature *signature)
{
    rp_type result = signature->result == RP_TYPE_STRING ? RP_TYPE_BYTES : signature->result;
    function.task = (rp_task){
        .name = "call", .kernel = kernel, .result_type = result, .result_size = size_of(result), .n_arguments = signature->n_arguments};
    for (int k = 0; k < signature->n_arguments; k++) {
        function.task.argument_types[k] = signature->arguments[k];
        function.task.argument_sizes[k] = size_of(signature->arguments[k]);
    }
}

/* Splits LIBRARY:FUNCTION at its last colon. */
static rp_status split_words(char *const *words, char library[NAME_SIZE], rp_error *error)
{
    const char *word = words[WORD_FUNCTION], *colon = strrchr(word, ':');
    if (!colon || colon == word || !colon[1])
        return rp_error_set(error, RP_USAGE, 0, "call: '%s' isn't LIBRARY:FUNCTION, as libm.so.6:pow", word);
    if (colon - word >= NAME_SIZE || strlen(colon + 1) >= NAME_SIZE)
        return rp_error_set(error, RP_USAGE, 0, "call: '%.100s…' is too long a name", word);
    (void)snprintf(library, NAME_SIZE, "%.*s", (int)(colon - word), word);
    (void)snprintf(function.name, NAME_SIZE, "%s", colon + 1);
    return RP_OK;
}

/* A variable has an address too. Of a function that the linker chooses at run time, the name of what was chosen may not be known. */
static int is_variable(void (*address)(void))
{
    Dl_info info;
    const ElfW(Sym) *symbol = NULL;
    void *at;
    memcpy(&at, &address, sizeof(at));
    if (!dladdr1(at, &info, (void **)&symbol, RTLD_DL_SYMENT) || !symbol || info.dli_saddr != at) return 0;
    return ELF64_ST_TYPE(symbol->st_info) == STT_OBJECT || ELF64_ST_TYPE(symbol->st_info) == STT_TLS;
}

/* What may be there on one rank and not on another. */
static rp_status find_function(const char *library_name, rp_error *error)
{
    char reason[LIBRARY_REASON_SIZE];
    const char *why;
    function.ffi = ffi_loader_get(&why);
    if (!function.ffi) return rp_error_set(error, RP_UNSUPPORTED, 0, "call needs libffi: %s", why);
    void *library = library_open(library_name, reason);
    if (!library || !library_take(library, library_name, function.name, &function.address, reason))
        return rp_error_set(error, RP_UNSUPPORTED, 0, "call: %s", reason);
    if (!is_variable(function.address)) return RP_OK;
    return rp_error_set(error, RP_UNSUPPORTED, 0, "call: %s of %s is a variable, not a function", function.name, library_name);
}

static rp_status make_cif(rp_error *error)
{
    const call_signature *signature = &function.signature;
    for (int k = 0; k < signature->n_arguments; k++) function.types[k] = function.ffi->types[signature->arguments[k]];
    ffi_status status = function.ffi->prep_cif(&function.cif, FFI_DEFAULT_ABI, (unsigned)signature->n_arguments,
                                               function.ffi->types[signature->result], function.types);
    return status == FFI_OK ? RP_OK : rp_error_set(error, RP_UNSUPPORTED, 0, "call: libffi can't call %s (%d)", function.name, (int)status);
}

static rp_status call_resolve(const rp_job_request *request, rp_job *made, rp_error *error)
{
    char library[NAME_SIZE], why[CALL_SIGNATURE_WHY_SIZE];
    const char *text = request->words[WORD_SIGNATURE];
    rp_status status = split_words(request->words, library, error);
    if (status != RP_OK) return status;
    if (!call_signature_parse(text, &function.signature, why))
        return rp_error_set(error, RP_USAGE, 0, "call: '%s' isn't RESULT(ARGUMENTS), as 'double(double, int)': %s", text, why);
    status = find_function(library, error);
    if (status == RP_OK) status = make_cif(error);
    if (status != RP_OK) return status;
    make_task(&function.signature);
    made->task = &function.task;
    made->fields = NULL; /* as the task has it */
    made->item_help = call_signature_arguments(&function.signature, function.item_help);
    return rp_task_register(&function.task) == RP_OK ? RP_OK : rp_error_set(error, RP_NO_MEMORY, 0, "no memory for the task of call");
}

#else

static rp_status call_resolve(const rp_job_request *request, rp_job *made, rp_error *error)
{
    (void)request, (void)made;
    return rp_error_set(error, RP_UNSUPPORTED, 0, "call: this rankpool was built without libffi (Debian: libffi-dev)");
}

#endif

const rp_job rp_job_call = {
    .name = "call",
    .help = "any C function of any shared library, as libm.so.6:pow 'double(double, double)'",
    .item_help = "a value for each argument of the function",
    .words = call_words,
    .resolve = call_resolve,
    .may_crash = 1,
};
