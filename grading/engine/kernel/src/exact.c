#include "exact.h"

static void settle(Exact *exact) {
    int64_t carry = 0;
    for (int i = 0; i < LIMBS; i++) {
        int64_t value = exact->limb[i] + carry;
        carry = i + 1 < LIMBS ? value >> 32 : 0;
        exact->limb[i] = value - (int64_t)((uint64_t)carry << 32);
    }
    exact->adds = 0;
}

/* Adds (or takes away) bits * 2^exponent. A limb takes less than 2^33 a time, so that 2^29 times are safe. */
static void add_bits(Exact *exact, u128 bits, int exponent, int negative) {
    int at = (exponent + BIAS) >> 5, shift = (exponent + BIAS) & 31;
    for (; bits; bits >>= 32, at++) {
        uint64_t piece = (uint64_t)(uint32_t)bits << shift;
        int64_t low = (int64_t)(piece & 0xffffffffULL), high = (int64_t)(piece >> 32);
        exact->limb[at] += negative ? -low : low;
        exact->limb[at + 1] += negative ? -high : high;
    }
    if (++exact->adds >= 1ULL << 28) settle(exact);
}

/* Finite numbers up to 1e150; subnormal ones count as zero. */
void moments_add(Moments *moments, double number, uint64_t count) {
    number += 0.0;  /* no negative zero among the extremes */
    if (!moments->cells || number < moments->low) moments->low = number;
    if (!moments->cells || number > moments->high) moments->high = number;
    moments->cells += count;
    uint64_t bits;
    memcpy(&bits, &number, 8);
    int exponent = (int)(bits >> 52 & 0x7ff);
    if (!exponent) return;
    uint64_t mantissa = (bits & ((1ULL << 52) - 1)) | 1ULL << 52;
    int zeros = __builtin_ctzll(mantissa);
    mantissa >>= zeros;
    exponent += zeros - 1075;
    add_bits(&moments->sum, (u128)mantissa * count, exponent, (int)(bits >> 63));
    u128 square = (u128)mantissa * mantissa;
    add_bits(&moments->squares, (u128)(uint64_t)square * count, 2 * exponent, 0);
    if (square >> 64) add_bits(&moments->squares, (square >> 64) * count, 2 * exponent + 64, 0);
}
