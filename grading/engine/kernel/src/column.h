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

/* Whole numbers of a small range are counted by their place in it: no hash, no look-up. */
enum { DIRECT = 8192, BELOW = 1024 };
typedef struct { uint64_t base, counts[DIRECT]; int64_t rows[DIRECT]; } Direct;

typedef struct {
    int type, may_be_direct;
    const Words *words;
    int64_t nulls, null_row;
    Store store;
    Tally *tally;               /* NULL while all distinct values are kept */
    Direct *direct;             /* what was counted by place so far */
} Column;

void column_open(Column *column, int type, uint32_t limit, size_t room, const Words *words);
void column_close(Column *column);
void column_overflow(Column *column);
void column_settle(Column *column);
void tally_text(Column *column, const uint8_t *p, size_t n, uint64_t count, int64_t row, uint64_t hash, uint32_t chars);
void tally_number(Column *column, uint64_t bits, uint64_t count, uint64_t hash);

/* The bytes of one cell. `p` NULL: the cell is empty. */
typedef struct { const uint8_t *p; size_t n; } Cell;

/* Take in the cells of rows from `first` on; the cells of a column stand `stride` apart. An empty cell's hash is 0. */
void take_texts(Column *column, const Cell *cells, size_t stride, const uint64_t *hashes, uint32_t rows, int64_t first);
void take_numbers(Column *column, const uint64_t *bits, const uint8_t *there, const uint64_t *hashes, uint32_t rows,
                  int64_t first);

/* Cells that are the same one after the other: where runs begin, and how long they are. */
typedef struct { uint32_t at, times; } Run;
void take_runs(Column *column, const uint64_t *bits, const uint8_t *there, const uint64_t *hashes, const Run *runs,
               uint32_t rows, int64_t first);

/* Counts by place what it can; `left` gets the rows of the others, whose number is returned. */
uint32_t take_direct(Column *column, const uint64_t *bits, const uint8_t *there, uint32_t rows, int64_t first, Run *left);

#endif
