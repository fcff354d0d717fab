#include "column.h"

void column_open(Column *column, int type, uint32_t limit, size_t room, const Words *words) {
    memset(column, 0, sizeof *column);
    column->type = type;
    column->words = words;
    column->null_row = -1;
    store_open(&column->store, limit, room);
}

void column_close(Column *column) {
    store_close(&column->store);
    free(column->direct);
    column->direct = NULL;
    if (!column->tally) return;
    for (int kind = 0; kind < KINDS; kind++) store_close(&column->tally->examples[kind]);
    store_close(&column->tally->pending);
    free(column->tally->registers);
    free(column->tally);
    column->tally = NULL;
}

/* `mixed` undone: a number is its own hash. */
static uint64_t unmixed(uint64_t v) {
    v ^= v >> 33; v *= 0x9cb4b2f8129337dbULL;
    v ^= v >> 33; v *= 0x4f74430c22a54005ULL;
    return v ^ (v >> 33);
}

/* Called when the store holds more than it should. The first time all that came so far goes into totals. */
void column_overflow(Column *column) {
    Store *store = &column->store;
    if (!column->tally) {
        store_settle(store);
        Tally *tally = column->tally = zeroed(1, sizeof(Tally));
        tally->shortest = UINT32_MAX;
        tally->least = INT64_MAX; tally->most = INT64_MIN;
        if (store->limit < REGISTERS) tally->registers = zeroed(REGISTERS, 1);
        if (column->type == TEXT) {
            for (int kind = 0; kind < KINDS; kind++) store_open(&tally->examples[kind], EXAMPLES, EXAMPLES * LONGEST_VALUE);
            store_open(&tally->pending, UINT32_MAX / 4, SIZE_MAX / 4);
        }
        for (uint32_t i = 0; i < store->size; i++) {
            Value *v = &store->values[i];
            if (column->type == TEXT)
                tally_text(column, store->bytes + v->place, v->size, v->count, v->row, v->hash, v->characters);
            else tally_number(column, unmixed(v->hash), v->count, v->hash);
        }
    }
    store_cut(store);
}

static void keep(Store *store, uint64_t hash, const uint8_t *p, size_t n, uint64_t count, int64_t row, uint32_t chars) {
    if (hash > store->threshold) return;
    Value *value = store_find(store, hash);
    if (value) {
        value->count += count;
        if (row < value->row) value->row = row;
        return;
    }
    store_insert(store, hash, p, n, count, row, chars);
    if (store_is_over(store)) store_cut(store);
}

static void observe(Tally *tally, uint64_t hash) {
    if (!tally->registers) return;
    uint8_t rank = (uint8_t)(__builtin_clzll(hash | REGISTERS) + 1), *held = &tally->registers[hash & (REGISTERS - 1)];
    if (rank > *held) *held = rank;
}

static void span(Tally *tally, int kind, double instant) {
    int none = !tally->kinds[kind] || (kind == INTEGER && !tally->compact);
    if (none || instant < tally->first[kind]) tally->first[kind] = instant;
    if (none || instant > tally->last[kind]) tally->last[kind] = instant;
}

void tally_text(Column *column, const uint8_t *p, size_t n, uint64_t count, int64_t row, uint64_t hash, uint32_t chars) {
    Tally *tally = column->tally;
    tally->cells += count;
    tally->characters += chars * count;
    if (chars < tally->shortest) tally->shortest = chars;
    if (chars > tally->longest) tally->longest = chars;
    observe(tally, hash);
    Verdict found = judge(column->words, p, n);
    if (found.kind == OTHER) {
        keep(&tally->pending, hash, p, n, count, row, chars);
        return;
    }
    if (found.kind == DATE || found.kind == DATETIME) span(tally, found.kind, found.instant);
    if (found.compact) { span(tally, INTEGER, found.instant); tally->compact += count; }
    if (found.kind == INTEGER || found.kind == DECIMAL) moments_add(&tally->numbers, found.number, count);
    tally->kinds[found.kind] += count;
    if (hash <= tally->examples[found.kind].threshold) keep(&tally->examples[found.kind], hash, p, n, count, row, chars);
}

void tally_number(Column *column, uint64_t bits, uint64_t count, uint64_t hash) {
    Tally *tally = column->tally;
    tally->cells += count;
    observe(tally, hash);
    if (column->type == FLOATING) {
        double number;
        memcpy(&number, &bits, 8);
        if (number <= 1e150 && number >= -1e150) moments_add(&tally->numbers, number, count);
        else {
            tally->odd += count;
            if (number - number == 0) tally->odd_large += count;
        }
        return;
    }
    int64_t whole = (int64_t)bits;
    if (column->type == UNSIGNED) {
        /* Order is kept by moving zero. */
        int64_t moved = (int64_t)(bits ^ 1ULL << 63);
        if (moved < tally->least) tally->least = moved;
        if (moved > tally->most) tally->most = moved;
        moments_add(&tally->numbers, (double)bits, count);
        return;
    }
    if (whole < tally->least) tally->least = whole;
    if (whole > tally->most) tally->most = whole;
    moments_add(&tally->numbers, (double)whole, count);
}

/* How a column keeps count, whatever its cells are: the i-th stands at row AT, TIMES in a row, if it is THERE; INSERT adds
   a new value, TALLY adds to totals once there are some. What a store looks like is read anew only where it changed. */
#define TAKE_CELLS(AT, TIMES, THERE, INSERT, TALLY)                                                                               \
    Store *store = &column->store;                                                                                     \
    Slot *slots = store->slots;                                                                                        \
    uint32_t mask = store->mask;                                                                                       \
    uint64_t threshold = store->threshold;                                                                             \
    int tallied = column->tally != NULL;                                                                               \
    for (uint32_t i = 0; i < rows; i++) {                                                                              \
        if (!(THERE)) {                                                                                                \
            if (!column->nulls) column->null_row = first + (AT);                                                       \
            column->nulls += (TIMES);                                                                                  \
            continue;                                                                                                  \
        }                                                                                                              \
        uint64_t hash = hashes[AT];                                                                                    \
        if (tallied) TALLY;                                                                                            \
        if (hash > threshold || store_count(store, slots, mask, hash, (TIMES))) continue;                                      \
        INSERT;                                                                                                        \
        if (store_is_over(store)) column_overflow(column);                                                             \
        slots = store->slots;                                                                                          \
        mask = store->mask;                                                                                            \
        threshold = store->threshold;                                                                                  \
        tallied = column->tally != NULL;                                                                               \
    }

void take_texts(Column *column, const Cell *cells, size_t stride, const uint64_t *hashes, uint32_t rows, int64_t first) {
#define CELL cells[i * stride]
    TAKE_CELLS(i, 1, CELL.p, store_insert(store, hash, CELL.p, CELL.n, 1, first + i, characters(CELL.p, CELL.n)),
               tally_text(column, CELL.p, CELL.n, 1, first + i, hash, characters(CELL.p, CELL.n)))
#undef CELL
}

void take_numbers(Column *column, const uint64_t *bits, const uint8_t *there, const uint64_t *hashes, uint32_t rows,
                  int64_t first) {
    TAKE_CELLS(i, 1, there[i], store_insert(store, hash, NULL, 0, 1, first + i, 0),
               tally_number(column, bits[i], 1, hash))
}

void take_runs(Column *column, const uint64_t *bits, const uint8_t *there, const uint64_t *hashes, const Run *runs,
               uint32_t rows, int64_t first) {
    TAKE_CELLS(runs[i].at, runs[i].times, there[runs[i].at],
               store_insert(store, hash, NULL, 0, runs[i].times, first + runs[i].at, 0),
               tally_number(column, bits[runs[i].at], runs[i].times, hash))
}

uint32_t take_direct(Column *column, const uint64_t *bits, const uint8_t *there, uint32_t rows, int64_t first, Run *left) {
    uint32_t others = 0, seen = 0;
    if (!column->direct) {
        while (seen < rows && !there[seen]) seen++;
        column->direct = zeroed(1, sizeof(Direct));
        uint64_t one = seen < rows ? bits[seen] : 0;
        column->direct->base = one + BELOW < DIRECT ? 0 - (uint64_t)BELOW : one - DIRECT / 2;
    }
    Direct *direct = column->direct;
    const uint64_t base = direct->base;
    for (uint32_t i = 0; i < rows; i++) {
        uint64_t place = bits[i] - base;
        if (!there[i]) {
            if (!column->nulls++) column->null_row = first + i;
        } else if (place < DIRECT) {
            if (!direct->counts[place]++) direct->rows[place] = first + i;
        } else left[others++] = (Run){i, 1};
    }
    if (others > rows / 2) column->may_be_direct = 0;   /* not a small range */
    return others;
}

/* All that was counted apart goes into the values. */
void column_settle(Column *column) {
    Store *store = &column->store;
    Direct *direct = column->direct;
    store_settle(store);
    if (!direct) return;
    for (uint32_t place = 0; place < DIRECT; place++) {
        uint64_t count = direct->counts[place], bits = direct->base + place, hash = mixed(bits);
        if (!count) continue;
        direct->counts[place] = 0;
        if (column->tally) tally_number(column, bits, count, hash);
        if (hash > store->threshold) continue;
        Value *value = store_find(store, hash);
        if (!value) store_insert(store, hash, NULL, 0, count, direct->rows[place], 0);
        else {
            value->count += count;
            if (direct->rows[place] < value->row) value->row = direct->rows[place];
        }
        if (store_is_over(store)) column_overflow(column);
    }
}
