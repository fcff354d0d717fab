/* Sums of doubles without rounding, so that the order of the parts never shows (Neal 2015, small superaccumulator). */
#ifndef EXCHANGE_KERNEL_EXACT_H
#define EXCHANGE_KERNEL_EXACT_H

#include "common.h"

/* The sum is that of limb[i] * 2^(32 i - BIAS). Squares of 1e-308 to 1e150, and 64 bits of counts, have room. */
enum { LIMBS = 108, BIAS = 2176 };

typedef struct { int64_t limb[LIMBS]; uint64_t adds; } Exact;

/* The numbers of a column: how many, their sum, the sum of their squares, the extremes. */
typedef struct {
    Exact sum, squares;
    uint64_t cells;
    double low, high;
} Moments;

void moments_add(Moments *moments, double number, uint64_t count);

#endif
