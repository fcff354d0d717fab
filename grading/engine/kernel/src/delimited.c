/* Delimited text (RFC 4180), one record after the other. Quoting that is not clean ends the reading with BAD_QUOTES. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <unistd.h>

#include "kernel.h"

enum { PIECE = 256 * 1024, LONGEST_PIECE = 8 * 1024 * 1024, SLACK = 64 };

/* One bit for each of 64 bytes that is a delimiter, a line end or a quote. */
static inline uint64_t signs(const uint8_t *p, uint8_t delimiter, uint8_t quote) {
#if defined(__SSE2__)
    const __m128i d = _mm_set1_epi8((char)delimiter), q = _mm_set1_epi8((char)quote), l = _mm_set1_epi8('\n');
    uint64_t found = 0;
    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, d), _mm_cmpeq_epi8(v, q)), _mm_cmpeq_epi8(v, l));
        found |= (uint64_t)(uint16_t)_mm_movemask_epi8(hit) << (16 * i);
    }
    return found;
#else
    uint64_t found = 0;
    for (int i = 0; i < 64; i++)
        found |= (uint64_t)(p[i] == delimiter || p[i] == quote || p[i] == '\n') << i;
    return found;
#endif
}

/* Checks that bytes continue UTF-8 (Unicode 15, table 3-7) and notices NUL bytes. False where they do not. */
static int check_utf8(Text *text, const uint8_t *p, size_t n) {
    unsigned left = text->utf8;
    uint8_t low = text->utf8_low, high = text->utf8_high;
    size_t i = 0;
    while (i < n) {
        if (!left) {
#if defined(__SSE2__)
            const __m128i zero = _mm_setzero_si128();
            while (i + 16 <= n) {
                __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
                unsigned nul = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, zero)), other = (unsigned)_mm_movemask_epi8(v);
                unsigned plain = other ? (unsigned)__builtin_ctz(other) : 16;
                text->any_nul |= (nul & ((1U << plain) - 1)) != 0;
                i += plain;
                if (other) break;
            }
            if (i == n) break;
#endif
            /* Most characters of Chinese text: three bytes, the last two of which may be any that continue. */
            while (i + 2 < n && p[i] >= 0xe1 && p[i] <= 0xec && (p[i + 1] & 0xc0) == 0x80 && (p[i + 2] & 0xc0) == 0x80) i += 3;
            if (i == n) break;
            uint8_t c = p[i++];
            if (c < 0x80) { text->any_nul |= !c; continue; }
            low = 0x80; high = 0xbf;
            if (c >= 0xc2 && c <= 0xdf) left = 1;
            else if (c >= 0xe0 && c <= 0xef) { left = 2; if (c == 0xe0) low = 0xa0; if (c == 0xed) high = 0x9f; }
            else if (c >= 0xf0 && c <= 0xf4) { left = 3; if (c == 0xf0) low = 0x90; if (c == 0xf4) high = 0x8f; }
            else return 0;
        } else {
            uint8_t c = p[i++];
            if (c < low || c > high) return 0;
            low = 0x80; high = 0xbf; left--;
        }
    }
    text->utf8 = left; text->utf8_low = low; text->utf8_high = high;
    return 1;
}

/* A quoted cell without its doubled quotes. All cells of a buffer share `plain`, which is as large as the buffer. */
static size_t unquoted(uint8_t *out, const uint8_t *p, size_t n, uint8_t quote) {
    size_t size = 0;
    const uint8_t *end = p + n, *found;
    while ((found = memchr(p, quote, (size_t)(end - p))) != NULL) {
        size_t piece = (size_t)(found - p) + 1;
        memcpy(out + size, p, piece);
        size += piece;
        p = found + 2;
        if (p >= end) return size;
    }
    memcpy(out + size, p, (size_t)(end - p));
    return size + (size_t)(end - p);
}

/* Takes in the records of a group, column by column, so that a column's values stay near while they are counted. */
static void take_group(Kernel *kernel) {
    const uint32_t width = kernel->width, rows = kernel->grouped;
    const int64_t first = kernel->rows;
    uint64_t hashes[64];
    uint8_t there[64];
    rows_begin(kernel, rows);
    for (uint32_t i = 0; i < width; i++) {
        Column *column = &kernel->columns[i];
        const Cell *cell = kernel->cells + i;
        for (uint32_t row = 0; row < rows; row++, cell += width) {
            hashes[row] = cell->p ? hash_of(cell->p, cell->n) : 0;
            there[row] = cell->p != NULL;
            kernel->filled[row] |= there[row];
            store_prefetch(&column->store, hashes[row]);
        }
        take_texts(column, kernel->cells + i, width, hashes, rows, first);
        rows_take(kernel->hashes, hashes, there, rows);
    }
    for (uint32_t row = 0; row < rows; row++) {
        kernel->empty_rows += !kernel->filled[row];
        repeats_add(&kernel->repeats, mixed(kernel->hashes[row]), first + row);
        sample_add(&kernel->sample, row_key(kernel->keys[row]), first + row, kernel->cells + (size_t)row * width, width);
    }
    kernel->rows += rows;
    kernel->grouped = 0;
}

/* A record whose first cells stand in the group. */
static void take_record(Kernel *kernel, Cell *cells, uint32_t fields, int breaks, uint64_t key) {
    Text *text = &kernel->text;
    const uint32_t width = kernel->width;
    const int64_t row = kernel->rows + kernel->grouped;
    /* An empty line is a record with a missing value where there is one column only. */
    if (fields == 1 && !cells[0].p && width > 1) note(&text->blank, row);
    else if (fields > width) note(&text->longer, row);
    else if (fields < width) note(&text->shorter, row);
    if (breaks) note(&text->broken_lines, row);
    for (uint32_t i = fields; i < width; i++) cells[i].p = NULL;
    kernel->keys[kernel->grouped] = key;
    if (++kernel->grouped == kernel->group) take_group(kernel);
}

static size_t line_end(const uint8_t *bytes, size_t begin, size_t at) {
    return at > begin && bytes[at - 1] == '\r' ? at - 1 : at;
}

/* Takes whole records from the buffer up to the first one that begins at or after `end`. `used` gets the bytes taken. */
static int take_records(Kernel *kernel, uint64_t end, size_t *used) {
    Text *text = &kernel->text;
    const uint8_t *bytes = text->bytes;
    const uint8_t quote = text->quote ? text->quote : text->delimiter;
    size_t begin = 0, start = 0, filled = text->filled, plain = 0;
    uint32_t field = 0;
    int inside = 0, doubled = 0, quoted = 0, any_quoted = 0, breaks = 0;
    size_t closed = 0;
    Cell *cells = kernel->cells + (size_t)kernel->grouped * kernel->width;
    *used = 0;
    if (text->at >= end) return DONE;
    for (size_t block = 0; block < filled; block += 64) {
        uint64_t found = signs(bytes + block, text->delimiter, quote);
        if (filled - block < 64) found &= (1ULL << (filled - block)) - 1;
        while (found) {
            size_t at = block + (size_t)__builtin_ctzll(found);
            found &= found - 1;
            uint8_t c = bytes[at];
            if (text->quote && c == text->quote) {
                if (inside) {
                    if (at + 1 == filled && !text->ended) return MORE;   /* the next byte tells */
                    if (at + 1 < filled && bytes[at + 1] == text->quote) {
                        doubled = 1;
                        if (found) found &= found - 1;
                        else {   /* its second half begins the next block */
                            block += 64;
                            if (block < filled) {
                                found = signs(bytes + block, text->delimiter, quote);
                                if (filled - block < 64) found &= (1ULL << (filled - block)) - 1;
                                found &= found - 1;
                            }
                        }
                    } else { inside = 0; closed = at; }
                } else if (at == start && !quoted) { inside = quoted = 1; }
                else return BAD_QUOTES;
                continue;
            }
            if (inside) { breaks |= c == '\n'; continue; }
            size_t stop = at;
            if (c == '\n' && stop > start && bytes[stop - 1] == '\r') stop--;
            if (quoted) {
                if (closed + 1 != stop) return BAD_QUOTES;
                start++; stop = closed;
            }
            if (field < kernel->width) {
                Cell *cell = &cells[field];
                cell->p = stop > start ? bytes + start : NULL;
                cell->n = stop - start;
                if (doubled) {
                    if (!text->plain) text->plain = resized(NULL, text->capacity, 1);
                    cell->n = unquoted(text->plain + plain, cell->p, cell->n, text->quote);
                    cell->p = text->plain + plain;
                    plain += cell->n;
                }
            }
            field++;
            any_quoted |= quoted;
            start = at + 1;
            quoted = doubled = 0;
            if (c != '\n') continue;
            if (text->returns && memchr(bytes + begin, '\r', line_end(bytes, begin, at) - begin)) {
                if (!any_quoted) return LONE_RETURN;
                breaks = 1;
            }
            if (text->header) text->header--;
            else take_record(kernel, cells, field, breaks, text->at + begin);
            cells = kernel->cells + (size_t)kernel->grouped * kernel->width;
            begin = start; field = 0; breaks = any_quoted = 0;
            *used = begin;
            if (text->at + begin >= end) return DONE;
        }
    }
    return inside && text->ended ? BAD_QUOTES : MORE;
}

/* NUL bytes of what was taken: those read beyond the end of a range are counted with the next one. */
static void count_nuls(Text *text, size_t used) {
    const uint8_t *end = text->bytes + used;
    for (const uint8_t *p = text->bytes; (p = memchr(p, 0, (size_t)(end - p))) != NULL; p++) text->nul_bytes++;
}

/* Drops what was taken; in a range that begins inside the file, first the record that began before it. */
static void drop(Text *text, size_t used) {
    memmove(text->bytes, text->bytes + used, text->filled - used);
    text->filled -= used;
    text->at += used;
}

static int skip_to_record(Text *text) {
    const uint8_t *line = memchr(text->bytes, '\n', text->filled);
    size_t used = line ? (size_t)(line - text->bytes) + 1 : text->filled;
    drop(text, used);
    if (!line) return 0;
    text->begun = 1;
    text->first_record = text->at;
    return 1;
}

static void make_room(Text *text, size_t more) {
    size_t capacity = text->capacity ? text->capacity : 2 * PIECE;
    while (capacity < text->filled + more + SLACK + 2) capacity += capacity / 2;
    if (capacity == text->capacity) return;
    text->bytes = resized(text->bytes, capacity, 1);
    free(text->plain);
    text->plain = NULL;   /* most files need none */
    text->capacity = capacity;
}

static int read_on(Kernel *kernel, int descriptor, uint64_t end, uint64_t amount) {
    Text *text = &kernel->text;
    while (1) {
        /* A record that does not end yet doubles what is read at once, so that it is not looked through too often; up to
           a bound, since what comes behind it waits for the slower rules all at once. */
        size_t piece = text->filled <= PIECE ? PIECE : text->filled < LONGEST_PIECE ? text->filled : LONGEST_PIECE;
        if (text->filled > text->most) return LONG_RECORD;
        make_room(text, piece);
        uint8_t *fresh = text->bytes + text->filled;
        ssize_t got = pread(descriptor, fresh, piece, (off_t)(text->at + text->filled));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return UNREADABLE_INPUT;
        if (got == 0) {
            text->ended = 1;
            if (text->utf8) return NOT_UTF8;
            text->size = text->at + text->filled;
            /* The last line may lack its end. */
            if (text->filled && text->bytes[text->filled - 1] != '\n') text->bytes[text->filled++] = '\n';
        } else {
            size_t rest = 0;   /* of a character that began before the range */
            if (!text->begun && !text->filled && text->at == text->first_record)
                while (rest < 3 && rest < (size_t)got && (fresh[rest] & 0xc0) == 0x80) rest++;
            if (!check_utf8(text, fresh + rest, (size_t)got - rest)) return NOT_UTF8;
            if (!text->returns) text->returns = memchr(fresh, '\r', (size_t)got) != NULL;
            text->filled += (size_t)got;
        }
        memset(text->bytes + text->filled, 0, SLACK);
        if (!text->begun && !skip_to_record(text)) {
            if (text->ended) { text->first_record = text->next_record = text->at; return DONE; }
            continue;
        }
        size_t used;
        int status = take_records(kernel, end, &used);
        if (status == DONE || status == MORE) take_group(kernel);
        if (text->any_nul) count_nuls(text, used);
        drop(text, used);
        /* Not behind the end where the last line lacks its own. */
        text->next_record = text->ended && text->at > text->size ? text->size : text->at;
        if (status == MORE && text->ended) status = text->filled ? BAD_QUOTES : DONE;
        if (status != MORE) {
            repeats_flush(&kernel->repeats);
            return status;
        }
        if ((uint64_t)got >= amount || kernel_crowded(kernel)) return MORE;
        amount -= (uint64_t)got;
    }
}

/* Reads the file from where it stands, about `amount` bytes, and takes the records that begin before `end`.
   MORE: call again. DONE: the range, or the file, is at its end. */
PUBLIC int kernel_read(Kernel *kernel, int descriptor, uint64_t end, uint64_t amount) {
    jmp_buf escape;
    out_of_memory = &escape;
    return setjmp(escape) ? NO_MEMORY : read_on(kernel, descriptor, end, amount);
}
