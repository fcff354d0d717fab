/* What all parts of the kernel share: memory, hashing, and the names of statuses and kinds. */
#ifndef EXCHANGE_KERNEL_COMMON_H
#define EXCHANGE_KERNEL_COMMON_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

typedef unsigned __int128 u128;

/* How a call ended. `grading/engine/kernel/library.py` names the same numbers. */
enum { DONE = 0, MORE, NO_MEMORY, NOT_UTF8, LONE_RETURN, BAD_QUOTES, LONG_RECORD, UNREADABLE_INPUT, UNKNOWN_TYPE };

/* What the cells of a column are. All but TEXT are eight bytes. */
enum { TEXT = 0, SIGNED, UNSIGNED, FLOATING, BOOLEAN };

/* Kinds that `judge` is sure of; OTHER is left to the slower rules of profile/kinds.py. */
enum { OTHER = 0, INTEGER, DECIMAL, PADDED, LONG_DIGITS, CLOCK, DATE, DATETIME, WORDS, KINDS };

enum { LONGEST_VALUE = 512 };

/* Where a failed allocation lands: the entry point of the running call, which answers NO_MEMORY. */
extern _Thread_local jmp_buf *out_of_memory;

static inline void *resized(void *block, size_t count, size_t size) {
    if (!count) count = 1;
    void *fresh = count > SIZE_MAX / size ? NULL : realloc(block, count * size);
    if (!fresh) longjmp(*out_of_memory, 1);
    return fresh;
}

static inline void *zeroed(size_t count, size_t size) {
    void *fresh = calloc(count ? count : 1, size);
    if (!fresh) longjmp(*out_of_memory, 1);
    return fresh;
}

static inline uint64_t load8(const uint8_t *p) { uint64_t v; memcpy(&v, p, 8); return v; }
static inline uint64_t load4(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return v; }

/* A bijection of 64 bits (the finaliser of MurmurHash3): different words never collide. */
static inline uint64_t mixed(uint64_t v) {
    v ^= v >> 33; v *= 0xff51afd7ed558ccdULL;
    v ^= v >> 33; v *= 0xc4ceb9fe1a85ec53ULL;
    return v ^ (v >> 33);
}

static inline uint64_t folded(uint64_t a, uint64_t b) {
    u128 product = (u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The bytes of a value of up to eight bytes as one word. */
static inline uint64_t word_of(const uint8_t *p, size_t n) {
    if (n >= 4) return load4(p) | load4(p + n - 4) << (8 * (n - 4));
    if (n == 0) return 0;
    return p[0] | (uint64_t)p[n >> 1] << (8 * (n >> 1)) | (uint64_t)p[n - 1] << (8 * (n - 1));
}

/* 64 bits of a byte string; values of one length up to eight bytes never collide. Longer ones: multiply and fold, as wyhash does. */
static inline uint64_t hash_of(const uint8_t *p, size_t n) {
    if (n <= 8) return mixed(word_of(p, n) ^ (n * 0x9e3779b97f4a7c15ULL));
    uint64_t seed = 0x2d358dccaa6c78a5ULL ^ n;
    size_t left = n;
    while (left > 16) {
        seed = folded(load8(p) ^ 0x8bb84b93962eacc9ULL, load8(p + 8) ^ seed);
        p += 16; left -= 16;
    }
    /* The last sixteen bytes, overlapping what went before; of nine to sixteen in all, both ends. */
    uint64_t a, b;
    if (n >= 16) { a = load8(p + left - 16); b = load8(p + left - 8); }
    else { a = load8(p); b = load8(p + left - 8); }
    return mixed(folded(a ^ 0x8bb84b93962eacc9ULL, b ^ seed));
}

/* Where tables look for a hash first. The key is a secret of the process: hashes are known to whoever writes a file, and
   values made to meet in one place would cost a walk through all of them each. */
extern uint64_t slot_key;

static inline uint32_t slot_of(uint64_t hash, uint32_t mask) { return (uint32_t)folded(hash, slot_key) & mask; }

/* Bytes that do not continue a character of UTF-8. */
static inline uint32_t characters(const uint8_t *p, size_t n) {
    size_t continued = 0, i = 0;
#if defined(__SSE2__)
    for (; i + 16 <= n; i += 16) {
        /* As signed bytes they come before all others. */
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i more = _mm_and_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(-64)), _mm_set1_epi8(1));
        __m128i sums = _mm_sad_epu8(more, _mm_setzero_si128());
        continued += (size_t)(_mm_cvtsi128_si32(sums) + _mm_extract_epi16(sums, 4));
    }
#endif
    for (; i + 8 <= n; i += 8) {
        uint64_t v = load8(p + i);
        if (v & 0x8080808080808080ULL)
            continued += (size_t)(((v >> 7 & ~v >> 6 & 0x0101010101010101ULL) * 0x0101010101010101ULL) >> 56);
    }
    for (; i < n; i++) continued += (p[i] & 0xc0) == 0x80;
    size_t found = n - continued;
    return found > UINT32_MAX ? UINT32_MAX : (uint32_t)found;
}

#endif
