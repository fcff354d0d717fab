/* What is kept of a column while its cells go by. */
#ifndef EXCHANGE_KERNEL_COLUMN_H
#define EXCHANGE_KERNEL_COLUMN_H

#include "exact.h"
#include "judge.h"
#include "store.h"

enum { REGISTERS = 1 << 14, EXAMPLES = 64 };

/* Totals over the cells, kept from the moment on when not all distinct values can be. */
typedef struct {
    uint64_t kinds[KINDS];      /* cells; OTHER ones wait in `pending` and are counted outside */
    Moments numbers;
    uint64_t compact;           /* integers that are days: 20240229 */
    double first[KINDS], last[KINDS];   /* instants by kind; of `compact` under INTEGER */
    int64_t least, most;        /* of whole numbers, as they are */
    uint64_t odd;               /* numbers that are not finite or too large */
    uint64_t odd_large;         /* those that are finite */
    uint64_t characters, cells;
    uint32_t shortest, longest;
    Store examples[KINDS];      /* few values of each kind */
    Store pending;              /* values of kind OTHER, for the slower rules */
    uint8_t *registers;         /* HyperLogLog (Flajolet et al. 2007), where the store is small */
} Tally;

typedef struct {
    int type;
    const Words *words;
    int64_t nulls, null_row;
    Store store;
    Tally *tally;               /* NULL while all distinct values are kept */
} Column;

void column_open(Column *column, int type, uint32_t limit, size_t room, const Words *words);
void column_close(Column *column);
void column_overflow(Column *column);
void tally_text(Column *column, const uint8_t *p, size_t n, uint64_t count, int64_t row, uint64_t hash, uint32_t chars);
void tally_number(Column *column, uint64_t bits, uint64_t count, int64_t row, uint64_t hash);

static inline void null_cell(Column *column, int64_t row) {
    if (!column->nulls++) column->null_row = row;
}

static inline void text_cell(Column *column, const uint8_t *p, size_t n, int64_t row, uint64_t hash) {
    Store *store = &column->store;
    if (hash <= store->threshold && !store_count(store, hash)) store_insert(store, hash, p, n, 1, row, characters(p, n));
    if (column->tally) tally_text(column, p, n, 1, row, hash, characters(p, n));
    if (store_is_over(store)) column_overflow(column);
}

static inline void number_cell(Column *column, uint64_t bits, int64_t row, uint64_t hash) {
    Store *store = &column->store;
    if (hash <= store->threshold && !store_count(store, hash)) store_insert(store, hash, NULL, 0, 1, row, 0);
    if (column->tally) tally_number(column, bits, 1, row, hash);
    if (store_is_over(store)) column_overflow(column);
}

#endif
