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

enum { INLINE_BYTES = 12 };

static int is_there(const uint8_t *valid, int64_t i) { return !valid || valid[i >> 3] >> (i & 7) & 1; }

static void take(Kernel *kernel, uint32_t place, int64_t i, uint64_t hash) {
    row_takes(kernel, (size_t)i, place, hash);
    kernel->filled[i] = 1;
}

static void missing(Kernel *kernel, uint32_t place, int64_t i, int64_t row) {
    null_cell(&kernel->columns[place], row);
    row_takes(kernel, (size_t)i, place, 0);
}

/* Strings as views: size and, up to twelve bytes, the string itself; else prefix, buffer and offset. */
static void take_views(Kernel *kernel, uint32_t place, const struct ArrowArray *array, int64_t first) {
    const uint8_t *valid = array->null_count ? array->buffers[0] : NULL, *views = array->buffers[1];
    for (int64_t i = 0; i < array->length; i++) {
        const uint8_t *view = views + (array->offset + i) * 16;
        int32_t size, buffer, offset;
        memcpy(&size, view, 4);
        if (size <= 0 || !is_there(valid, array->offset + i)) { missing(kernel, place, i, first + i); continue; }
        const uint8_t *p = view + 4;
        if (size > INLINE_BYTES) {
            memcpy(&buffer, view + 8, 4);
            memcpy(&offset, view + 12, 4);
            p = (const uint8_t *)array->buffers[2 + buffer] + offset;
        }
        uint64_t hash = hash_of(p, (size_t)size);
        text_cell(&kernel->columns[place], p, (size_t)size, first + i, hash);
        take(kernel, place, i, hash);
    }
}

#define TAKE_NUMBERS(NAME, STORED, WIDENED)                                                                            \
    static void NAME(Kernel *kernel, uint32_t place, const struct ArrowArray *array, int64_t first) {                  \
        const uint8_t *valid = array->null_count ? array->buffers[0] : NULL;                                           \
        const STORED *values = (const STORED *)array->buffers[1] + array->offset;                                      \
        Column *column = &kernel->columns[place];                                                                      \
        for (int64_t i = 0; i < array->length; i++) {                                                                  \
            if (!is_there(valid, array->offset + i)) { missing(kernel, place, i, first + i); continue; }               \
            WIDENED wide = (WIDENED)values[i];                                                                         \
            uint64_t bits = bits_of_##WIDENED(wide), hash = mixed(bits);                                               \
            number_cell(column, bits, first + i, hash);                                                                \
            take(kernel, place, i, hash | 1);                                                                          \
        }                                                                                                              \
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

TAKE_NUMBERS(take_int8, int8_t, int64_t)
TAKE_NUMBERS(take_int16, int16_t, int64_t)
TAKE_NUMBERS(take_int32, int32_t, int64_t)
TAKE_NUMBERS(take_int64, int64_t, int64_t)
TAKE_NUMBERS(take_uint8, uint8_t, uint64_t)
TAKE_NUMBERS(take_uint16, uint16_t, uint64_t)
TAKE_NUMBERS(take_uint32, uint32_t, uint64_t)
TAKE_NUMBERS(take_uint64, uint64_t, uint64_t)
TAKE_NUMBERS(take_float, float, double)
TAKE_NUMBERS(take_double, double, double)

static void take_booleans(Kernel *kernel, uint32_t place, const struct ArrowArray *array, int64_t first) {
    const uint8_t *valid = array->null_count ? array->buffers[0] : NULL, *bits = array->buffers[1];
    for (int64_t i = 0; i < array->length; i++) {
        int64_t at = array->offset + i;
        if (!is_there(valid, at)) { missing(kernel, place, i, first + i); continue; }
        uint64_t bit = bits[at >> 3] >> (at & 7) & 1;
        number_cell(&kernel->columns[place], bit, first + i, mixed(bit));
        take(kernel, place, i, mixed(bit) | 1);
    }
}

typedef void (*Take)(Kernel *, uint32_t, const struct ArrowArray *, int64_t);

static Take take_for(const char *format, int type) {
    switch (format[0]) {
    case 'v': return type == TEXT && format[1] == 'u' ? take_views : NULL;
    case 'b': return type == BOOLEAN ? take_booleans : NULL;
    case 'c': return type == SIGNED ? take_int8 : NULL;
    case 's': return type == SIGNED ? take_int16 : NULL;
    case 'i': return type == SIGNED ? take_int32 : NULL;
    case 'l': return type == SIGNED ? take_int64 : NULL;
    case 'C': return type == UNSIGNED ? take_uint8 : NULL;
    case 'S': return type == UNSIGNED ? take_uint16 : NULL;
    case 'I': return type == UNSIGNED ? take_uint32 : NULL;
    case 'L': return type == UNSIGNED ? take_uint64 : NULL;
    case 'f': return type == FLOATING ? take_float : NULL;
    case 'g': return type == FLOATING ? take_double : NULL;
    case 't':
        if (type != SIGNED) return NULL;
        return format[1] == 'd' && format[2] == 'D' ? take_int32 : format[1] == 's' ? take_int64 : NULL;
    default: return NULL;
    }
}

static void take_batch(Kernel *kernel, const Take *takes, const struct ArrowArray *batch) {
    size_t rows = (size_t)batch->length;
    grow_batch(kernel, rows);
    rows_begin(kernel, rows);
    for (uint32_t place = 0; place < kernel->width; place++) takes[place](kernel, place, batch->children[place], kernel->rows);
    for (size_t i = 0; i < rows; i++) {
        kernel->empty_rows += !kernel->filled[i];
        repeats_add(&kernel->repeats, mixed(kernel->hashes[i]), kernel->rows + (int64_t)i);
    }
    repeats_flush(&kernel->repeats);
    kernel->rows += batch->length;
}

/* Takes in the batches of a stream whose columns are the kernel's. The stream's owner releases the stream. */
PUBLIC int kernel_take(Kernel *kernel, struct ArrowArrayStream *stream) {
    struct ArrowSchema schema = {0};
    struct ArrowArray batch = {0};
    struct ArrowSchema *volatile held_schema = &schema;
    struct ArrowArray *volatile held_batch = &batch;
    jmp_buf escape;
    int volatile status = DONE;
    Take *volatile takes = NULL;
    out_of_memory = &escape;
    if (setjmp(escape)) { status = NO_MEMORY; goto out; }
    if (stream->get_schema(stream, held_schema)) { status = UNREADABLE_INPUT; goto out; }
    if (held_schema->n_children != kernel->width) { status = UNKNOWN_TYPE; goto out; }
    takes = zeroed(kernel->width, sizeof(Take));
    for (uint32_t i = 0; i < kernel->width; i++) {
        takes[i] = take_for(held_schema->children[i]->format, kernel->columns[i].type);
        if (!takes[i]) { status = UNKNOWN_TYPE; goto out; }
    }
    while (1) {
        if (stream->get_next(stream, held_batch)) { status = UNREADABLE_INPUT; goto out; }
        if (!held_batch->release) goto out;
        take_batch(kernel, (const Take *)takes, held_batch);
        held_batch->release(held_batch);
        held_batch->release = NULL;
    }
out:
    if (held_batch->release) held_batch->release(held_batch);
    if (held_schema->release) held_schema->release(held_schema);
    free(takes);
    return status;
}
