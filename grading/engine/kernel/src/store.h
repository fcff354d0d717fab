/* The distinct values of a column, each with its count and first row: all of them, or those with the smallest hashes.

   A bottom-k sketch (Cohen & Kaplan 2007; Beyer et al. 2007). What stays does not depend on the order in which values
   come: the longest run of values in order of their hashes that has at most `limit` values and `room` bytes. What ends
   the run is the first value left out, not the last one kept: one between them may still come. Counts are exact. */
#ifndef EXCHANGE_KERNEL_STORE_H
#define EXCHANGE_KERNEL_STORE_H

#include "common.h"

typedef struct {
    uint64_t hash, count;
    int64_t row;          /* the first one */
    uint32_t place;       /* of its bytes in `bytes`; numbers are their own bytes */
    uint32_t size;        /* bytes of the value, of which at most LONGEST_VALUE are kept */
    uint32_t characters, unused;
} Value;

/* A value is its hash: two of one column with the same 64 bits count as one. What is counted again and again stands
   beside it, so that a value that was seen before costs one look into memory. */
typedef struct { uint64_t hash; uint32_t number, again; } Slot;   /* number of the value plus one; not yet in its count */

typedef struct {
    Value *values;
    Slot *slots;
    uint8_t *bytes;
    uint64_t threshold;   /* values with larger hashes are not kept */
    size_t used, room;    /* of `bytes`: filled; allowed to stay */
    size_t bytes_capacity;
    uint32_t size, limit, values_capacity, mask;
    int cut;              /* something was left out */
} Store;

void store_open(Store *store, uint32_t limit, size_t room);
void store_close(Store *store);
void store_empty(Store *store);
void store_settle(Store *store);
Value *store_find(const Store *store, uint64_t hash);
void store_insert(Store *store, uint64_t hash, const uint8_t *p, size_t n, uint64_t count, int64_t row, uint32_t chars);
void store_cut(Store *store);

/* Keeps twice what may stay, so that cutting back costs little a value. */
static inline int store_is_over(const Store *store) {
    return store->size >= 2 * store->limit || store->used > 2 * store->room;
}

/* More than may stay, so that something must be left out in the end. */
static inline int store_must_cut(const Store *store) {
    return store->size > store->limit || store->used > store->room;
}

/* What is not kept is not looked for. */
static inline void store_prefetch(const Store *store, uint64_t hash) {
    if (hash <= store->threshold) __builtin_prefetch(&store->slots[slot_of(hash, store->mask)]);
}

/* Counts a value that is there `times`; false where it is not. `slots` and `mask` are the store's. */
static inline int store_count(Store *store, Slot *slots, uint32_t mask, uint64_t hash, uint32_t times) {
    for (uint32_t at = slot_of(hash, mask);; at = (at + 1) & mask) {
        Slot *slot = &slots[at];
        if (slot->hash == hash && slot->number) {
            slot->again += times;
            if (slot->again < times) store->values[slot->number - 1].count += 1ULL << 32;
            return 1;
        }
        if (!slot->number) return 0;
    }
}

#endif
