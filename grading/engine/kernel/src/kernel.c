#include "kernel.h"

enum { LONGEST_RECORD = 256 * 1024 * 1024, GROUP_ROWS = 64, GROUP_CELLS = 8192, DIRECT_COLUMNS = 256 };

PUBLIC void kernel_close(Kernel *kernel) {
    if (!kernel) return;
    if (kernel->columns)
        for (uint32_t i = 0; i < kernel->width; i++) column_close(&kernel->columns[i]);
    free(kernel->columns); free(kernel->cells); free(kernel->hashes); free(kernel->filled); free(kernel->keys); free(kernel->drawn);
    repeats_close(&kernel->repeats);
    sample_close(&kernel->sample);
    free(kernel->text.bytes); free(kernel->text.plain);
    free(kernel);
}

/* A kernel for `width` columns of `types`; NULL where memory is short. `limit` and `room` bound the values kept of a
   column, `rows_kept` and `rows_room` the sample of rows, `records_kept` the distinct rows. */
PUBLIC Kernel *kernel_open(uint32_t width, const uint8_t *types, uint32_t limit, uint64_t room, uint32_t rows_kept,
                           uint64_t rows_room, uint32_t records_kept) {
    Kernel *volatile kernel = calloc(1, sizeof(Kernel));
    if (!kernel) return NULL;
    jmp_buf escape;
    out_of_memory = &escape;
    if (setjmp(escape)) { kernel_close(kernel); return NULL; }
    kernel->width = width;
    kernel->columns = zeroed(width, sizeof(Column));
    kernel->group = width < GROUP_CELLS ? GROUP_CELLS / width : 1;
    if (kernel->group > GROUP_ROWS) kernel->group = GROUP_ROWS;
    kernel->cells = zeroed((size_t)kernel->group * width, sizeof(Cell));
    kernel->keys = zeroed(kernel->group, sizeof(uint64_t));
    for (uint32_t i = 0; i < width; i++) {
        column_open(&kernel->columns[i], types[i], limit, room, &kernel->words);
        kernel->columns[i].may_be_direct = width <= DIRECT_COLUMNS && (types[i] == SIGNED || types[i] == UNSIGNED);
    }
    grow_batch(kernel, kernel->group);
    repeats_open(&kernel->repeats, records_kept);
    sample_open(&kernel->sample, rows_kept, rows_room);
    kernel->text.most = LONGEST_RECORD;
    return kernel;
}

/* A word that stands for absence or truth, in lower case. False for one that does not fit. */
PUBLIC int kernel_word(Kernel *kernel, const uint8_t *p, size_t n) { return words_add(&kernel->words, p, n); }

/* The next kernel_read begins with the first record that begins at or after `begin` (`whole`: exactly at it), and skips
   `header` records. */
PUBLIC void kernel_delimited(Kernel *kernel, uint8_t delimiter, uint8_t quote, int64_t header, uint64_t begin, int whole) {
    Text *text = &kernel->text;
    text->delimiter = delimiter;
    text->quote = quote;
    text->header = header;
    text->begun = whole || !begin;
    text->at = text->begun ? begin : begin - 1;
    text->first_record = text->at;
}

/* Once in a process, before the first kernel: later keys are ignored, since tables stand by the first. */
PUBLIC void kernel_key(uint64_t key) {
    static int keyed;
    if (!keyed) slot_key = key | 1;
    keyed = 1;
}

/* How many bytes were taken. */
PUBLIC uint64_t kernel_position(const Kernel *kernel) { return kernel->text.at; }

/* Leaves of everything only what may stay, which makes the result independent of the way it came about. */
PUBLIC int kernel_finish(Kernel *kernel) {
    jmp_buf escape;
    out_of_memory = &escape;
    if (setjmp(escape)) return NO_MEMORY;
    repeats_flush(&kernel->repeats);
    sample_cut(&kernel->sample);
    for (uint32_t i = 0; i < kernel->width; i++) {
        Column *column = &kernel->columns[i];
        column_settle(column);
        if (store_must_cut(&column->store)) column_overflow(column);
        if (!column->tally) continue;
        for (int kind = 0; kind < KINDS; kind++)
            if (store_must_cut(&column->tally->examples[kind])) store_cut(&column->tally->examples[kind]);
    }
    return DONE;
}

typedef struct {
    int64_t rows, empty_rows;
    uint64_t nul_bytes, first_record, next_record;
    uint64_t longer, shorter, blank, broken_lines;
    const int64_t *longer_rows, *shorter_rows, *blank_rows, *broken_line_rows;
    const Record *records;
    uint32_t records_size, records_shift;
    const Chosen *chosen;
    const uint8_t *chosen_bytes;
    uint32_t chosen_size, width;
    uint64_t chosen_threshold, chosen_used;
} TableView;

PUBLIC void kernel_table(const Kernel *kernel, TableView *view) {
    const Text *text = &kernel->text;
    *view = (TableView){
        kernel->rows, kernel->empty_rows, text->nul_bytes, text->first_record, text->next_record,
        text->longer.count, text->shorter.count, text->blank.count, text->broken_lines.count,
        text->longer.rows, text->shorter.rows, text->blank.rows, text->broken_lines.rows,
        kernel->repeats.records, kernel->repeats.size, kernel->repeats.shift,
        kernel->sample.chosen, kernel->sample.bytes, kernel->sample.size, kernel->width,
        kernel->sample.threshold, kernel->sample.used,
    };
}

typedef struct {
    const Value *values;
    const uint8_t *bytes;
    uint64_t used, threshold;
    uint32_t size;
    int32_t cut;
} StoreView;

static StoreView view_of(const Store *store) {
    return (StoreView){store->values, store->bytes, store->used, store->threshold, store->size, store->cut};
}

/* `which`: -1 the column's values, -2 those that wait for the slower rules, else the examples of a kind. */
PUBLIC int kernel_store(const Kernel *kernel, uint32_t column, int which, StoreView *view) {
    const Column *held = &kernel->columns[column];
    if (which >= 0 ? which >= KINDS || !held->tally : which == -2 && !held->tally) return 0;
    *view = view_of(which == -1 ? &held->store : which == -2 ? &held->tally->pending : &held->tally->examples[which]);
    return 1;
}

/* Values of a column that wait for the slower rules. */
PUBLIC uint32_t kernel_waiting(const Kernel *kernel, uint32_t column) {
    const Tally *tally = kernel->columns[column].tally;
    return tally && tally->pending.slots ? tally->pending.size : 0;
}

/* So many values wait, or such long ones, that they should be taken over before more is read. */
PUBLIC int kernel_crowded(const Kernel *kernel) {
    uint64_t values = 0, bytes = 0;
    for (uint32_t i = 0; i < kernel->width; i++) {
        const Tally *tally = kernel->columns[i].tally;
        if (!tally) continue;
        values += tally->pending.size; bytes += tally->pending.used;
    }
    return values > MOST_WAITING || bytes > (uint64_t)MOST_WAITING * 128;
}

/* They were taken over. */
PUBLIC void kernel_taken(Kernel *kernel, uint32_t column) { store_empty(&kernel->columns[column].tally->pending); }

typedef struct {
    int64_t nulls, null_row;
    int32_t tallied, has_registers;
    uint64_t kinds[KINDS], compact, odd, odd_large, characters, cells, numbers;
    double first[KINDS], last[KINDS], low, high;
    int64_t least, most;
    uint32_t shortest, longest;
    const int64_t *sum, *squares;
    const uint8_t *registers;
} ColumnView;

PUBLIC void kernel_column(const Kernel *kernel, uint32_t column, ColumnView *view) {
    const Column *held = &kernel->columns[column];
    const Tally *tally = held->tally;
    memset(view, 0, sizeof *view);
    view->nulls = held->nulls; view->null_row = held->null_row;
    if (!tally) return;
    view->tallied = 1;
    view->has_registers = tally->registers != NULL;
    memcpy(view->kinds, tally->kinds, sizeof view->kinds);
    memcpy(view->first, tally->first, sizeof view->first);
    memcpy(view->last, tally->last, sizeof view->last);
    view->compact = tally->compact; view->odd = tally->odd; view->odd_large = tally->odd_large;
    view->characters = tally->characters; view->cells = tally->cells;
    view->numbers = tally->numbers.cells; view->low = tally->numbers.low; view->high = tally->numbers.high;
    view->least = tally->least; view->most = tally->most;
    view->shortest = tally->shortest; view->longest = tally->longest;
    view->sum = tally->numbers.sum.limb; view->squares = tally->numbers.squares.limb;
    view->registers = tally->registers;
}

/* Sums of numbers with counts, as `sum` and `squares` of a column: LIMBS limbs each. */
PUBLIC void kernel_sums(const double *numbers, const int64_t *counts, size_t n, int64_t *sum, int64_t *squares) {
    Moments moments;
    memset(&moments, 0, sizeof moments);
    for (size_t i = 0; i < n; i++) moments_add(&moments, numbers[i], (uint64_t)counts[i]);
    memcpy(sum, moments.sum.limb, sizeof moments.sum.limb);
    memcpy(squares, moments.squares.limb, sizeof moments.squares.limb);
}

/* What `judge` says of one value: for tests against the slower rules. */
PUBLIC int kernel_judge(const Kernel *kernel, const uint8_t *p, size_t n, double *number, double *instant, int *compact) {
    Verdict found = judge(&kernel->words, p, n);
    *number = found.number; *instant = found.instant; *compact = found.compact;
    return found.kind;
}
