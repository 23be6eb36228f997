/* numbers.c: see numbers.h. */
#include "task/numbers.h"

#include <math.h>
#include <string.h>

/* Any number that an arithmetic type can have. */
typedef struct number {
    bool is_real, is_negative;
    uint64_t magnitude; /* of an integer */
    double real;
} number;

static number of_integer(int64_t value)
{
    return (number){.is_negative = value < 0, .magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value};
}

#define READ(T) (*(const T *)from)

static number read_number(rp_type type, const void *from)
{
    switch (type) {
    case RP_TYPE_INT8: return of_integer(READ(int8_t));
    case RP_TYPE_INT16: return of_integer(READ(int16_t));
    case RP_TYPE_INT32: return of_integer(READ(int32_t));
    case RP_TYPE_INT64: return of_integer(READ(int64_t));
    case RP_TYPE_UINT16: return (number){.magnitude = READ(uint16_t)};
    case RP_TYPE_UINT32: return (number){.magnitude = READ(uint32_t)};
    case RP_TYPE_UINT64: return (number){.magnitude = READ(uint64_t)};
    case RP_TYPE_FLOAT: return (number){.is_real = true, .real = READ(float)};
    case RP_TYPE_DOUBLE: return (number){.is_real = true, .real = READ(double)};
    default: return (number){.magnitude = READ(uint8_t)}; /* bool, uint8 */
    }
}

/* Bits of an integer type; negative: of a signed one. */
static int bits_of(rp_type type)
{
    static const int bits[] = {
        [RP_TYPE_BOOL] = 1,  [RP_TYPE_INT8] = -8,   [RP_TYPE_INT16] = -16, [RP_TYPE_INT32] = -32, [RP_TYPE_INT64] = -64,
        [RP_TYPE_UINT8] = 8, [RP_TYPE_UINT16] = 16, [RP_TYPE_UINT32] = 32, [RP_TYPE_UINT64] = 64};
    return bits[type];
}

static bool fits_integer(const number *value, rp_type type)
{
    int bits = bits_of(type);
    uint64_t most = bits == 64 ? UINT64_MAX : ((uint64_t)1 << (bits < 0 ? -bits - 1 : bits)) - 1;
    if (!value->is_negative || value->magnitude == 0) return value->magnitude <= most;
    return bits < 0 && value->magnitude - 1 <= most;
}

/* Two's complement, little or big endian: of the right size first. */
static void write_integer(const number *value, rp_type type, void *to)
{
    uint64_t word = value->is_negative ? -value->magnitude : value->magnitude;
    switch (bits_of(type)) {
    case 1: *(bool *)to = word != 0; break;
    case 8:
    case -8: *(uint8_t *)to = (uint8_t)word; break;
    case 16:
    case -16: *(uint16_t *)to = (uint16_t)word; break;
    case 32:
    case -32: *(uint32_t *)to = (uint32_t)word; break;
    default: *(uint64_t *)to = word; break;
    }
}

static bool to_integer(number value, rp_type type, void *to)
{
    if (value.is_real) {
        if (!(fabs(value.real) < 0x1p64) || value.real != trunc(value.real)) return false;
        value.is_negative = value.real < 0;
        value.magnitude = (uint64_t)fabs(value.real);
    }
    if (!fits_integer(&value, type)) return false;
    write_integer(&value, type, to);
    return true;
}

static bool to_real(number value, rp_type type, void *to)
{
    double real = value.is_real ? value.real : (double)value.magnitude;
    bool is_exact = value.is_real || (real < 0x1p64 && (uint64_t)real == value.magnitude);
    if (!value.is_real && value.is_negative) real = -real;
    if (type == RP_TYPE_DOUBLE) {
        memcpy(to, &real, sizeof real);
        return is_exact;
    }
    float single = (float)real;
    memcpy(to, &single, sizeof single);
    return is_exact && ((double)single == real || isnan(real));
}

bool rpi_number_convert(rp_type from_type, const void *from, rp_type to_type, void *to)
{
    if (!rpi_type_is_number(from_type) || !rpi_type_is_number(to_type)) return false;
    number value = read_number(from_type, from);
    bool is_real = to_type == RP_TYPE_FLOAT || to_type == RP_TYPE_DOUBLE;
    return is_real ? to_real(value, to_type, to) : to_integer(value, to_type, to);
}

bool rpi_number_holds(rp_type type, int64_t one, int64_t other)
{
    number ends[] = {of_integer(one), of_integer(other)};
    uint64_t most = type == RP_TYPE_FLOAT ? (uint64_t)1 << 24 : (uint64_t)1 << 53;
    if (!rpi_type_is_number(type)) return false;
    if (type == RP_TYPE_FLOAT || type == RP_TYPE_DOUBLE) return ends[0].magnitude <= most && ends[1].magnitude <= most;
    return fits_integer(&ends[0], type) && fits_integer(&ends[1], type);
}
