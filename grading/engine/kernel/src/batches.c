/* Batches of typed columns, as the Arrow C stream interface hands them over (https://arrow.apache.org/docs/format/CStreamInterface.html). */
#include "kernel.h"

struct ArrowSchema {
    const char *format, *name, *metadata;
    int64_t flags, n_children;
    struct ArrowSchema **children, *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length, null_count, offset, n_buffers, n_children;
    const void **buffers;
    struct ArrowArray **children, *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

/* A batch is taken in a stripe of rows at a time, so that what is known of its rows stays near, and of these a column's
   cells a block at a time. */
enum { INLINE_BYTES = 12, BLOCK = 256, STRIPE = 32 * BLOCK };

/* What stands in a block of rows of one column. */
typedef struct {
    const uint64_t *bits;       /* of numbers: `stored`, or where the batch has them */
    int all;                    /* none is empty */
    uint64_t hashes[BLOCK], stored[BLOCK];
    uint8_t there[BLOCK];
    Cell cells[BLOCK];
    Run runs[BLOCK];
} Block;

/* Which of the rows from `at` on have a value. */
static void read_there(Block *block, const struct ArrowArray *array, int64_t at, uint32_t rows) {
    const uint8_t *valid = array->null_count ? array->buffers[0] : NULL;
    block->all = !valid;
    if (!valid) { memset(block->there, 1, rows); return; }
    at += array->offset;
    for (uint32_t i = 0; i < rows; i++) block->there[i] = valid[(at + i) >> 3] >> ((at + i) & 7) & 1;
}

/* Strings as views: size and, up to twelve bytes, the string itself; else prefix, buffer and offset. */
static void read_views(Block *block, const struct ArrowArray *array, int64_t at, uint32_t rows, const Store *store) {
    const uint8_t *view = (const uint8_t *)array->buffers[1] + (array->offset + at) * 16;
    for (uint32_t i = 0; i < rows; i++, view += 16) {
        int32_t size, buffer, offset;
        const uint8_t *p = view + 4;
        memcpy(&size, view, 4);
        if (size <= 0 || !block->there[i]) {
            block->there[i] = 0; block->hashes[i] = 0; block->cells[i].p = NULL; block->all = 0;
            continue;
        }
        if (size > INLINE_BYTES) {
            memcpy(&buffer, view + 8, 4);
            memcpy(&offset, view + 12, 4);
            p = (const uint8_t *)array->buffers[2 + buffer] + offset;
        }
        block->cells[i] = (Cell){p, (size_t)size};
        block->hashes[i] = hash_of(p, (size_t)size);
        store_prefetch(store, block->hashes[i]);
    }
}

static uint64_t bits_of_int64_t(int64_t v) { return (uint64_t)v; }
static uint64_t bits_of_uint64_t(uint64_t v) { return v; }

/* Zeros and not-a-numbers are one value each. */
static uint64_t bits_of_double(double v) {
    uint64_t bits;
    if (v == 0) v = 0;
    if (v != v) return 0x7ff8000000000000ULL;
    memcpy(&bits, &v, 8);
    return bits;
}

#define READ_NUMBERS(NAME, STORED, WIDENED)                                                                            \
    static void NAME(Block *block, const struct ArrowArray *array, int64_t at, uint32_t rows, const Store *store) {    \
        const STORED *values = (const STORED *)array->buffers[1] + array->offset + at;                                 \
        uint64_t *restrict bits = block->stored;                                                                       \
        (void)store;                                                                                                   \
        block->bits = bits;                                                                                            \
        for (uint32_t i = 0; i < rows; i++) bits[i] = bits_of_##WIDENED((WIDENED)values[i]);                           \
    }

READ_NUMBERS(read_int8, int8_t, int64_t)
READ_NUMBERS(read_int16, int16_t, int64_t)
READ_NUMBERS(read_int32, int32_t, int64_t)
READ_NUMBERS(read_uint8, uint8_t, uint64_t)
READ_NUMBERS(read_uint16, uint16_t, uint64_t)
READ_NUMBERS(read_uint32, uint32_t, uint64_t)
READ_NUMBERS(read_float, float, double)
READ_NUMBERS(read_double, double, double)

/* Eight bytes are their own bits, wherever they can be read in place. */
static void read_words(Block *block, const struct ArrowArray *array, int64_t at, uint32_t rows, const Store *store) {
    const uint8_t *values = (const uint8_t *)array->buffers[1] + 8 * (array->offset + at);
    (void)store;
    if ((uintptr_t)values % _Alignof(uint64_t)) {
        memcpy(block->stored, values, 8 * (size_t)rows);
        block->bits = block->stored;
    } else block->bits = (const uint64_t *)(const void *)values;
}

static void read_booleans(Block *block, const struct ArrowArray *array, int64_t at, uint32_t rows, const Store *store) {
    const uint8_t *bits = array->buffers[1];
    at += array->offset;
    (void)store;
    block->bits = block->stored;
    for (uint32_t i = 0; i < rows; i++) block->stored[i] = bits[(at + i) >> 3] >> ((at + i) & 7) & 1;
}

/* What the cells add to the hashes of their rows; the same as rows_take with the bits, multiplied and folded. */
static void hash_rows(uint64_t *restrict whole, const uint64_t *restrict bits, const uint8_t *restrict there, uint32_t rows,
                      int all) {
    if (all) {
        for (uint32_t i = 0; i < rows; i++) {
            uint64_t key = bits[i] * 0x9e3779b97f4a7c15ULL;
            whole[i] = whole[i] * ROW_FACTOR + (key ^ key >> 32) + 1;
        }
        return;
    }
    for (uint32_t i = 0; i < rows; i++) {
        uint64_t key = bits[i] * 0x9e3779b97f4a7c15ULL;
        whole[i] = whole[i] * ROW_FACTOR + (there[i] ? (key ^ key >> 32) + 1 : 0);
    }
}

/* Whether three in four cells repeat the one before, as the first of them tell. */
static int mostly_repeats(const uint64_t *bits, const uint8_t *there, uint32_t rows) {
    uint32_t same = 0, seen = rows < 64 ? rows : 64;
    for (uint32_t i = 1; i < seen; i++) same += bits[i] == bits[i - 1] && there[i] == there[i - 1];
    return same >= seen / 4 * 3;
}

/* Numbers that mostly repeat the one before are taken run by run, others cell by cell. */
static void take_bits(Column *column, Block *block, uint32_t rows, int64_t first) {
    const uint64_t *restrict bits = block->bits;
    const uint8_t *restrict there = block->there;
    uint64_t *restrict hashes = block->hashes;
    uint32_t runs = 0;
    int repeats = mostly_repeats(bits, there, rows);
    if (!repeats && column->may_be_direct) {
        runs = take_direct(column, bits, there, rows, first, block->runs);
        for (uint32_t i = 0; i < runs; i++) hashes[block->runs[i].at] = mixed(bits[block->runs[i].at]);
        take_runs(column, bits, there, hashes, block->runs, runs, first);
        return;
    }
    if (!repeats) {
        for (uint32_t i = 0; i < rows; i++) {
            hashes[i] = there[i] ? mixed(bits[i]) : 0;
            store_prefetch(&column->store, hashes[i]);
        }
        take_numbers(column, bits, there, hashes, rows, first);
        return;
    }
    for (uint32_t i = 0; i < rows;) {
        uint64_t hash = there[i] ? mixed(bits[i]) : 0;
        uint32_t at = i;
        hashes[at] = hash;
        do i++; while (i < rows && bits[i] == bits[at] && there[i] == there[at]);
        block->runs[runs++] = (Run){at, i - at};
    }
    take_runs(column, bits, there, hashes, block->runs, runs, first);
}

typedef void (*Read)(Block *, const struct ArrowArray *, int64_t, uint32_t, const Store *);

static Read reader_for(const char *format, int type) {
    switch (format[0]) {
    case 'v': return type == TEXT && format[1] == 'u' ? read_views : NULL;
    case 'b': return type == BOOLEAN ? read_booleans : NULL;
    case 'c': return type == SIGNED ? read_int8 : NULL;
    case 's': return type == SIGNED ? read_int16 : NULL;
    case 'i': return type == SIGNED ? read_int32 : NULL;
    case 'l': return type == SIGNED ? read_words : NULL;
    case 'C': return type == UNSIGNED ? read_uint8 : NULL;
    case 'S': return type == UNSIGNED ? read_uint16 : NULL;
    case 'I': return type == UNSIGNED ? read_uint32 : NULL;
    case 'L': return type == UNSIGNED ? read_words : NULL;
    case 'f': return type == FLOATING ? read_float : NULL;
    case 'g': return type == FLOATING ? read_double : NULL;
    case 't':
        if (type != SIGNED) return NULL;
        return format[1] == 'd' && format[2] == 'D' ? read_int32 : format[1] == 's' ? read_words : NULL;
    default: return NULL;
    }
}

static void fill(uint8_t *restrict filled, const uint8_t *restrict there, uint32_t rows) {
    for (uint32_t i = 0; i < rows; i++) filled[i] |= there[i];
}

static void draw(Kernel *kernel, int64_t row) {
    if (kernel->drawn_size == kernel->drawn_capacity) {
        size_t capacity = kernel->drawn_capacity ? 2 * kernel->drawn_capacity : 1024;
        kernel->drawn = resized(kernel->drawn, capacity, sizeof(int64_t));
        kernel->drawn_capacity = capacity;
    }
    kernel->drawn[kernel->drawn_size++] = row;
}

static void take_stripe(Kernel *kernel, const Read *readers, const struct ArrowArray *batch, int64_t begin, uint32_t count) {
    const int64_t first = kernel->rows;
    Block block;
    int filled = 0;   /* every row has a value */
    rows_begin(kernel, count);
    for (uint32_t place = 0; place < kernel->width; place++) {
        Column *column = &kernel->columns[place];
        const struct ArrowArray *array = batch->children[place];
        int all = 1;
        for (uint32_t at = 0; at < count; at += BLOCK) {
            uint32_t rows = count - at < BLOCK ? count - at : BLOCK;
            read_there(&block, array, begin + at, rows);
            readers[place](&block, array, begin + at, rows, &column->store);
            if (column->type == TEXT) {
                take_texts(column, block.cells, 1, block.hashes, rows, first + at);
                rows_take(kernel->hashes + at, block.hashes, block.there, rows);
            } else {
                take_bits(column, &block, rows, first + at);
                hash_rows(kernel->hashes + at, block.bits, block.there, rows, block.all);
            }
            if (!filled) fill(kernel->filled + at, block.there, rows);
            all &= block.all;
        }
        filled |= all;
    }
    for (uint32_t i = 0; i < count; i++) {
        kernel->empty_rows += !kernel->filled[i];
        repeats_add(&kernel->repeats, mixed(kernel->hashes[i]), first + i);
        if (row_key(kernel->base + (uint64_t)(first + i)) <= kernel->drawn_threshold) draw(kernel, first + i);
    }
    kernel->rows += count;
}

static void take_batch(Kernel *kernel, const Read *readers, const struct ArrowArray *batch) {
    grow_batch(kernel, STRIPE);
    for (int64_t at = 0; at < batch->length; at += STRIPE)
        take_stripe(kernel, readers, batch, at, batch->length - at < STRIPE ? (uint32_t)(batch->length - at) : STRIPE);
    repeats_flush(&kernel->repeats);
}

/* Takes in the batches of a stream whose columns are the kernel's. The stream's owner releases the stream. Rows whose keys
   are at most `threshold` are drawn: see kernel_drawn. The first row of all has the number `base` in the file. */
PUBLIC int kernel_take(Kernel *kernel, struct ArrowArrayStream *stream, uint64_t base, uint64_t threshold) {
    struct ArrowSchema schema = {0};
    struct ArrowArray batch = {0};
    struct ArrowSchema *volatile held_schema = &schema;
    struct ArrowArray *volatile held_batch = &batch;
    jmp_buf escape;
    int volatile status = DONE;
    Read *volatile readers = NULL;
    kernel->base = base; kernel->drawn_threshold = threshold; kernel->drawn_size = 0;
    out_of_memory = &escape;
    if (setjmp(escape)) { status = NO_MEMORY; goto out; }
    if (stream->get_schema(stream, held_schema)) { status = UNREADABLE_INPUT; goto out; }
    if (held_schema->n_children != kernel->width) { status = UNKNOWN_TYPE; goto out; }
    readers = zeroed(kernel->width, sizeof(Read));
    for (uint32_t i = 0; i < kernel->width; i++) {
        readers[i] = reader_for(held_schema->children[i]->format, kernel->columns[i].type);
        if (!readers[i]) { status = UNKNOWN_TYPE; goto out; }
    }
    while (1) {
        if (stream->get_next(stream, held_batch)) { status = UNREADABLE_INPUT; goto out; }
        if (!held_batch->release) goto out;
        take_batch(kernel, (const Read *)readers, held_batch);
        held_batch->release(held_batch);
        held_batch->release = NULL;
    }
out:
    if (held_batch->release) held_batch->release(held_batch);
    if (held_schema->release) held_schema->release(held_schema);
    free(readers);
    return status;
}

/* The rows that the last kernel_take drew, counted from the kernel's first. */
PUBLIC size_t kernel_drawn(const Kernel *kernel, const int64_t **rows) {
    *rows = kernel->drawn;
    return kernel->drawn_size;
}
