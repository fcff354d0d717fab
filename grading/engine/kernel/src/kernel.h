/* The kernel: what it keeps of a table while its bytes or batches go by, and the calls that Python makes.

   Every call answers a status (see common.h); after any but DONE and MORE the kernel may only be closed. */
#ifndef EXCHANGE_KERNEL_H
#define EXCHANGE_KERNEL_H

#include "column.h"
#include "rows.h"

#ifdef _WIN32
#define PUBLIC __declspec(dllexport)
#else
#define PUBLIC __attribute__((visibility("default")))
#endif

/* The hash of a row is a polynomial of those of its cells at this place. */
#define ROW_FACTOR 0xa0761d6478bd642fULL

enum { NOTED = 200, MOST_WAITING = 256 * 1024 };

/* Records of one kind: how many, and the first ones. */
typedef struct { uint64_t count; int64_t rows[NOTED]; } Note;

typedef struct {
    uint8_t delimiter, quote;   /* quote 0: none */
    int64_t header;             /* records to skip */
    uint8_t *bytes;             /* from the beginning of a record on */
    size_t filled, capacity, most;
    uint64_t at;                /* where `bytes` begins in the file */
    int ended, returns;         /* all was read; a carriage return was seen */
    unsigned utf8;              /* bytes of a character that are still to come */
    uint8_t utf8_low, utf8_high;/* bounds of the next of them */
    uint64_t first_record, next_record;   /* where the range's first record began; where the next range's begins */
    int begun;
    uint8_t *plain;             /* quoted cells without their doubled quotes */
    uint64_t nul_bytes, size;   /* NUL bytes of the records taken; the size of the file, once `ended` */
    int any_nul;
    Note longer, shorter, blank, broken_lines;
} Text;

typedef struct {
    uint32_t width;
    Column *columns;
    Cell *cells;                /* of the records of a group, one after the other */
    uint64_t *keys;             /* where they begin */
    uint32_t group, grouped;    /* records of a group; how many it has */
    Words words;
    Repeats repeats;
    RowSample sample;
    int64_t rows, empty_rows;
    uint64_t *hashes;           /* of the rows of a batch */
    uint8_t *filled;            /* whether a row of the batch has any value */
    size_t batch_capacity;
    uint64_t base, drawn_threshold;
    int64_t *drawn;             /* rows of the last batches whose keys are small enough */
    size_t drawn_size, drawn_capacity;
    Text text;
} Kernel;

PUBLIC int kernel_crowded(const Kernel *kernel);

static inline void note(Note *note, int64_t row) {
    if (note->count < NOTED) note->rows[note->count] = row;
    note->count++;
}

static inline void grow_batch(Kernel *kernel, size_t rows) {
    if (rows <= kernel->batch_capacity) return;
    kernel->hashes = resized(kernel->hashes, rows, sizeof(uint64_t));
    kernel->filled = resized(kernel->filled, rows, 1);
    kernel->batch_capacity = rows;
}

/* Rows with the smallest keys make the sample; a key follows from where a row stands in the file. */
static inline uint64_t row_key(uint64_t place) { return mixed(place * 0x9e3779b97f4a7c15ULL + 1); }

static inline void rows_begin(Kernel *kernel, size_t rows) {
    for (size_t i = 0; i < rows; i++) kernel->hashes[i] = 0x9e3779b97f4a7c15ULL;
    memset(kernel->filled, 0, rows);
}

/* The hash of a row is a polynomial of the hashes of its cells; one with a value differs from an empty one by its key. */
static inline void rows_take(uint64_t *restrict whole, const uint64_t *restrict hashes, const uint8_t *restrict there,
                             uint32_t rows) {
    for (uint32_t i = 0; i < rows; i++) whole[i] = whole[i] * ROW_FACTOR + hashes[i] + there[i];
}

#endif
