#include "store.h"

enum { FIRST_SLOTS = 64, SPACIOUS = 8192 };

_Thread_local jmp_buf *out_of_memory;
uint64_t slot_key = 0x9e3779b97f4a7c15ULL;

void store_open(Store *store, uint32_t limit, size_t room) {
    memset(store, 0, sizeof *store);
    store->limit = limit;
    store->room = room;
    store->threshold = UINT64_MAX;
    store->slots = zeroed(FIRST_SLOTS, sizeof(Slot));
    store->mask = FIRST_SLOTS - 1;
}

void store_close(Store *store) {
    free(store->values); free(store->slots); free(store->bytes);
    memset(store, 0, sizeof *store);
}

/* Forgets the values, keeps the memory. */
void store_empty(Store *store) {
    memset(store->slots, 0, ((size_t)store->mask + 1) * sizeof(Slot));
    store->size = 0; store->used = 0;
    store->threshold = UINT64_MAX; store->cut = 0;
}

static void place(Store *store, uint32_t number) {
    uint64_t hash = store->values[number].hash;
    uint32_t at = slot_of(hash, store->mask);
    while (store->slots[at].number) at = (at + 1) & store->mask;
    store->slots[at] = (Slot){hash, number + 1, 0};
}

/* Adds to each value's count what its slot has counted. */
void store_settle(Store *store) {
    for (size_t at = 0; at <= store->mask; at++) {
        Slot *slot = &store->slots[at];
        if (!slot->number) continue;
        store->values[slot->number - 1].count += slot->again;
        slot->again = 0;
    }
}

/* The value with this hash, or NULL; what was counted since it was settled is not in its count. */
Value *store_find(const Store *store, uint64_t hash) {
    for (uint32_t at = slot_of(hash, store->mask); store->slots[at].number; at = (at + 1) & store->mask)
        if (store->slots[at].hash == hash) return &store->values[store->slots[at].number - 1];
    return NULL;
}

static void place_all(Store *store, uint32_t slots) {
    if (slots != store->mask + 1) {
        free(store->slots);
        store->slots = NULL;
        store->slots = zeroed(slots, sizeof(Slot));
        store->mask = slots - 1;
    } else memset(store->slots, 0, (size_t)slots * sizeof(Slot));
    for (uint32_t i = 0; i < store->size; i++) place(store, i);
}

/* Adds a value that is not there. A number (p NULL) has no bytes of its own. */
void store_insert(Store *store, uint64_t hash, const uint8_t *p, size_t n, uint64_t count, int64_t row, uint32_t chars) {
    if (store->size == store->values_capacity) {
        uint32_t capacity = store->values_capacity ? store->values_capacity * 2 : FIRST_SLOTS / 2;
        store->values = resized(store->values, capacity, sizeof(Value));
        store->values_capacity = capacity;
    }
    size_t kept = !p ? 0 : n > LONGEST_VALUE ? LONGEST_VALUE : n;
    if (store->used + kept > store->bytes_capacity) {
        size_t capacity = store->bytes_capacity ? store->bytes_capacity : 256;
        while (capacity < store->used + kept) capacity *= 2;
        store->bytes = resized(store->bytes, capacity, 1);
        store->bytes_capacity = capacity;
    }
    store->values[store->size++] = (Value){hash, count, row, (uint32_t)store->used, n > UINT32_MAX ? UINT32_MAX : (uint32_t)n, chars, 0};
    if (kept) memcpy(store->bytes + store->used, p, kept);
    store->used += kept;
    /* Few collisions while it costs little memory: they are what a look-up pays for. Where few values may stay there are
       many stores. */
    int spacious = store->size < SPACIOUS && store->limit >= SPACIOUS;
    if ((uint64_t)store->size * (spacious ? 4 : 2) > store->mask + 1) {
        store_settle(store);
        place_all(store, (store->mask + 1) * 2);
    } else place(store, store->size - 1);
}

static int by_hash(const void *one, const void *other) {
    const Value *a = one, *b = other;
    return a->hash < b->hash ? -1 : a->hash > b->hash;
}

/* Puts the `count` values with the smallest hashes before the others, the smallest of which comes next. Whoever writes a
   file chooses its hashes, but not the pivots. */
static void select_first(Value *values, uint32_t size, uint32_t count) {
    uint32_t low = 0, high = size;   /* the first one left out is in [low, high) */
    uint64_t chance = slot_key;
    for (int rounds = 0; high - low > 1; rounds++) {
        if (rounds == 64) { qsort(values + low, high - low, sizeof(Value), by_hash); return; }
        chance = mixed(chance + 1);
        uint64_t pivot = values[low + chance % (high - low)].hash;
        uint32_t left = low, right = high - 1;
        while (1) {
            while (values[left].hash < pivot) left++;
            while (values[right].hash > pivot) right--;
            if (left >= right) break;
            Value other = values[left]; values[left++] = values[right]; values[right--] = other;
        }
        if (left == right && count == left) return;   /* hashes are distinct: that is the pivot */
        if (count < left) high = left;
        else low = left == right ? left + 1 : left;
    }
}

static size_t kept_bytes(const Store *store, const Value *value) {
    return !store->bytes ? 0 : value->size > LONGEST_VALUE ? LONGEST_VALUE : value->size;
}

/* Leaves the run of values in order of hashes that may stay; the first one left out is above `threshold`. */
void store_cut(Store *store) {
    store_settle(store);
    size_t used = 0;
    uint32_t most = store->size < store->limit ? store->size : store->limit;
    if (most < store->size) select_first(store->values, store->size, most);
    for (uint32_t i = 0; i < most; i++) used += kept_bytes(store, &store->values[i]);
    /* Where bytes decide, their order does. */
    if (used > store->room) qsort(store->values, store->size, sizeof(Value), by_hash);
    used = 0;
    uint32_t stay = 0;
    for (; stay < store->size && stay < store->limit; stay++) {
        size_t kept = kept_bytes(store, &store->values[stay]);
        if (used + kept > store->room) break;
        used += kept;
    }
    if (stay < store->size) {
        store->cut = 1;
        store->size = stay;
        store->threshold = store->values[stay].hash ? store->values[stay].hash - 1 : 0;
    }
    if (store->bytes) {
        uint8_t *bytes = resized(NULL, store->bytes_capacity, 1);
        used = 0;
        for (uint32_t i = 0; i < store->size; i++) {
            Value *value = &store->values[i];
            size_t kept = kept_bytes(store, value);
            memcpy(bytes + used, store->bytes + value->place, kept);
            value->place = (uint32_t)used;
            used += kept;
        }
        free(store->bytes);
        store->bytes = bytes;
        store->used = used;
    }
    place_all(store, store->mask + 1);
}
