/* Whole rows: which of them repeat an earlier one, and a uniform sample of them. */
#ifndef EXCHANGE_KERNEL_ROWS_H
#define EXCHANGE_KERNEL_ROWS_H

#include "column.h"

typedef struct { uint64_t hash; int64_t first, second; uint64_t count; } Record;

/* Distinct rows by 64-bit hash. With more than `limit` of them only hashes that a growing power of two divides stay, so
   that all copies of a row stay or go together. */
typedef struct {
    Record *records;
    uint32_t *slots;            /* number of the record plus one */
    uint32_t size, capacity, mask, limit;
    unsigned shift;
    struct { uint64_t hash; int64_t row; } waiting[64];   /* looked up together: the memory is far away */
    unsigned waits;
} Repeats;

/* The rows with the smallest hashes of their keys (where they begin in the file): what stays depends on no order. */
typedef struct { uint64_t hash; int64_t row; size_t place; uint32_t size; } Chosen;

typedef struct {
    Chosen *chosen;
    uint8_t *bytes;
    uint64_t threshold;
    size_t used, room, bytes_capacity;
    uint32_t size, limit, capacity;
} RowSample;

void repeats_open(Repeats *repeats, uint32_t limit);
void repeats_close(Repeats *repeats);
void repeats_flush(Repeats *repeats);

static inline void repeats_add(Repeats *repeats, uint64_t hash, int64_t row) {
    if (hash & ((1ULL << repeats->shift) - 1)) return;
    __builtin_prefetch(&repeats->slots[slot_of(hash, repeats->mask)]);
    repeats->waiting[repeats->waits].hash = hash;
    repeats->waiting[repeats->waits].row = row;
    if (++repeats->waits == 64) repeats_flush(repeats);
}

void sample_open(RowSample *sample, uint32_t limit, size_t room);
void sample_close(RowSample *sample);
void sample_add(RowSample *sample, uint64_t hash, int64_t row, const Cell *cells, uint32_t width);
void sample_cut(RowSample *sample);

#endif
