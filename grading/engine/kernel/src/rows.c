#include "rows.h"

enum { FIRST_RECORDS = 1024, ABSENT = -1 };

void repeats_open(Repeats *repeats, uint32_t limit) {
    memset(repeats, 0, sizeof *repeats);
    repeats->limit = limit;
    repeats->capacity = FIRST_RECORDS;
    repeats->records = resized(NULL, FIRST_RECORDS, sizeof(Record));
    repeats->slots = zeroed(2 * FIRST_RECORDS, sizeof(uint32_t));
    repeats->mask = 2 * FIRST_RECORDS - 1;
}

void repeats_close(Repeats *repeats) {
    free(repeats->records); free(repeats->slots);
    memset(repeats, 0, sizeof *repeats);
}

static void place(Repeats *repeats, uint32_t number) {
    uint32_t at = slot_of(repeats->records[number].hash, repeats->mask);
    while (repeats->slots[at]) at = (at + 1) & repeats->mask;
    repeats->slots[at] = number + 1;
}

static void place_all(Repeats *repeats) {
    memset(repeats->slots, 0, ((size_t)repeats->mask + 1) * sizeof(uint32_t));
    for (uint32_t i = 0; i < repeats->size; i++) place(repeats, i);
}

static void grow(Repeats *repeats) {
    repeats->capacity *= 2;
    repeats->records = resized(repeats->records, repeats->capacity, sizeof(Record));
    free(repeats->slots);
    repeats->slots = NULL;
    repeats->slots = zeroed(2 * (size_t)repeats->capacity, sizeof(uint32_t));
    repeats->mask = 2 * repeats->capacity - 1;
    place_all(repeats);
}

static void thin(Repeats *repeats) {
    while (repeats->size > repeats->limit) {
        uint64_t divisor = (1ULL << ++repeats->shift) - 1;
        uint32_t stay = 0;
        for (uint32_t i = 0; i < repeats->size; i++)
            if (!(repeats->records[i].hash & divisor)) repeats->records[stay++] = repeats->records[i];
        repeats->size = stay;
    }
    place_all(repeats);
}

static void look_up(Repeats *repeats, uint64_t hash, int64_t row) {
    if (hash & ((1ULL << repeats->shift) - 1)) return;
    uint32_t at = slot_of(hash, repeats->mask);
    for (; repeats->slots[at]; at = (at + 1) & repeats->mask) {
        Record *record = &repeats->records[repeats->slots[at] - 1];
        if (record->hash == hash) {
            if (++record->count == 2) record->second = row;
            return;
        }
    }
    if (repeats->size == repeats->capacity) grow(repeats);
    repeats->records[repeats->size] = (Record){hash, row, ABSENT, 1};
    place(repeats, repeats->size++);
    if (repeats->size > repeats->limit) thin(repeats);
}

/* Looks up the rows that wait. */
void repeats_flush(Repeats *repeats) {
    for (unsigned i = 0; i < repeats->waits; i++) {
        uint32_t number = repeats->slots[slot_of(repeats->waiting[i].hash, repeats->mask)];
        if (number) __builtin_prefetch(&repeats->records[number - 1]);
    }
    unsigned waits = repeats->waits;
    repeats->waits = 0;
    for (unsigned i = 0; i < waits; i++) look_up(repeats, repeats->waiting[i].hash, repeats->waiting[i].row);
}

void sample_open(RowSample *sample, uint32_t limit, size_t room) {
    memset(sample, 0, sizeof *sample);
    sample->limit = limit;
    sample->room = room;
    sample->threshold = UINT64_MAX;
}

void sample_close(RowSample *sample) {
    free(sample->chosen); free(sample->bytes);
    memset(sample, 0, sizeof *sample);
}

/* A row is written down as the sizes of its cells (ABSENT for an empty one), then their bytes. */
void sample_add(RowSample *sample, uint64_t hash, int64_t row, const Cell *cells, uint32_t width) {
    if (hash > sample->threshold) return;
    size_t size = (size_t)width * sizeof(int32_t);
    for (uint32_t i = 0; i < width; i++)
        if (cells[i].p) size += cells[i].n > LONGEST_VALUE ? LONGEST_VALUE : cells[i].n;
    if (sample->size == sample->capacity) {
        sample->capacity = sample->capacity ? sample->capacity * 2 : 256;
        sample->chosen = resized(sample->chosen, sample->capacity, sizeof(Chosen));
    }
    if (sample->used + size > sample->bytes_capacity) {
        size_t capacity = sample->bytes_capacity ? sample->bytes_capacity : 65536;
        while (capacity < sample->used + size) capacity *= 2;
        sample->bytes = resized(sample->bytes, capacity, 1);
        sample->bytes_capacity = capacity;
    }
    uint8_t *sizes = sample->bytes + sample->used, *out = sizes + (size_t)width * sizeof(int32_t);
    for (uint32_t i = 0; i < width; i++) {
        int32_t kept = !cells[i].p ? ABSENT : cells[i].n > LONGEST_VALUE ? LONGEST_VALUE : (int32_t)cells[i].n;
        memcpy(sizes + (size_t)i * sizeof kept, &kept, sizeof kept);
        if (kept > 0) { memcpy(out, cells[i].p, (size_t)kept); out += kept; }
    }
    sample->chosen[sample->size++] = (Chosen){hash, row, sample->used, (uint32_t)size};
    sample->used += size;
    if (sample->size > 2 * sample->limit || sample->used > 2 * sample->room) sample_cut(sample);
}

static int by_hash(const void *one, const void *other) {
    const Chosen *a = one, *b = other;
    if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

/* Leaves the longest run in order of hashes with at most `limit` rows and `room` bytes. */
void sample_cut(RowSample *sample) {
    if (!sample->size) return;
    qsort(sample->chosen, sample->size, sizeof(Chosen), by_hash);
    size_t used = 0;
    uint32_t stay = 0;
    while (stay < sample->size && stay < sample->limit && used + sample->chosen[stay].size <= sample->room)
        used += sample->chosen[stay++].size;
    if (stay < sample->size) {
        sample->size = stay;
        sample->threshold = sample->chosen[stay].hash ? sample->chosen[stay].hash - 1 : 0;
    }
    uint8_t *bytes = resized(NULL, sample->bytes_capacity, 1);
    used = 0;
    for (uint32_t i = 0; i < sample->size; i++) {
        memcpy(bytes + used, sample->bytes + sample->chosen[i].place, sample->chosen[i].size);
        sample->chosen[i].place = used;
        used += sample->chosen[i].size;
    }
    free(sample->bytes);
    sample->bytes = bytes;
    sample->used = used;
}
