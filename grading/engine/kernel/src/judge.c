#include "judge.h"

/* Longer values are neither numbers nor dates. */
enum { SHORT = 40 };

/* Largest power of ten that a double holds exactly, and the largest mantissa. */
static const double TENS[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
static const uint64_t MANTISSA = 1ULL << 53;

static uint8_t lowered(uint8_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
static int is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

/* The end of the digits from `p` on; the first `room` of them go onto `number`. */
static const uint8_t *take_digits(const uint8_t *p, const uint8_t *end, size_t room, uint64_t *number) {
    uint64_t value = *number;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    for (; end - p >= 8 && room >= 8; p += 8, room -= 8) {
        uint64_t v = load8(p), low = v & 0x0f0f0f0f0f0f0f0fULL;
        /* Eight at once: each byte is 0x30 to 0x39. Then pairs, fours, all. */
        if ((v & 0xf0f0f0f0f0f0f0f0ULL) != 0x3030303030303030ULL) break;
        if ((low + 0x0606060606060606ULL) & 0xf0f0f0f0f0f0f0f0ULL) break;
        low = (low * 10 + (low >> 8)) & 0x00ff00ff00ff00ffULL;
        low = (low * 100 + (low >> 16)) & 0x0000ffff0000ffffULL;
        value = value * 100000000 + (uint32_t)(low * 10000 + (low >> 32));
    }
#endif
    for (; p < end && is_digit(*p); p++)
        if (room) { value = value * 10 + (uint64_t)(*p - '0'); room--; }
    *number = value;
    return p;
}

/* False for a word that is too long, or one too many. */
int words_add(Words *words, const uint8_t *p, size_t n) {
    if (!n || n > LONGEST_WORD) return 0;
    uint32_t at = (uint32_t)hash_of(p, n) & (WORD_SLOTS - 1);
    for (int tries = 0; tries < WORD_SLOTS / 2; tries++, at = (at + 1) & (WORD_SLOTS - 1))
        if (!words->size[at]) {
            memcpy(words->text[at], p, n);
            words->size[at] = (uint8_t)n;
            words->sizes[p[0]] |= 1U << n;
            return 1;
        }
    return 0;
}

static int is_word(const Words *words, const uint8_t *p, size_t n) {
    uint8_t text[LONGEST_WORD];
    if (n > LONGEST_WORD || !(words->sizes[lowered(p[0])] >> n & 1)) return 0;
    for (size_t i = 0; i < n; i++) text[i] = lowered(p[i]);
    for (uint32_t at = (uint32_t)hash_of(text, n) & (WORD_SLOTS - 1); words->size[at]; at = (at + 1) & (WORD_SLOTS - 1))
        if (words->size[at] == n && !memcmp(words->text[at], text, n)) return 1;
    return 0;
}

#if defined(__SSE2__)
static inline __m128i load16(const uint8_t *p) { return _mm_loadu_si128((const __m128i *)(const void *)p); }

/* Whether sixteen bytes are ASCII without control characters; if so, `letters` notes those that are in no number or date. */
static inline int is_plain(__m128i v, int *letters) {
    /* As signed bytes both what is not ASCII and what is below a space come first. */
    if (_mm_movemask_epi8(_mm_cmpgt_epi8(v, _mm_set1_epi8(' ' - 1))) != 0xffff) return 0;
    __m128i lower = _mm_or_si128(v, _mm_set1_epi8(' ')), place = _mm_sub_epi8(lower, _mm_set1_epi8('a'));
    __m128i letter = _mm_cmpeq_epi8(_mm_min_epu8(place, _mm_set1_epi8('z' - 'a')), place);
    __m128i not = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('T')), _mm_cmpeq_epi8(v, _mm_set1_epi8('Z')));
    not = _mm_or_si128(not, _mm_cmpeq_epi8(lower, _mm_set1_epi8('e')));
    *letters |= _mm_movemask_epi8(_mm_andnot_si128(not, letter)) != 0;
    return 1;
}
#endif

/* How many bytes from place `i` on of `n` are ASCII without control characters, as far as that is quickly seen. */
static size_t plain_run(const uint8_t *p, size_t i, size_t n, int *letters) {
    size_t begin = i;
#if defined(__SSE2__)
    if (n >= 16) {
        while (i + 16 <= n && is_plain(load16(p + i), letters)) i += 16;
        /* The rest together with what went before, once more. */
        if (i < n && i + 16 > n && is_plain(load16(p + n - 16), letters)) i = n;
    } else if (!i && n >= 8) {
        if (is_plain(_mm_set_epi64x((long long)load8(p + n - 8), (long long)load8(p)), letters)) i = n;
    } else if (!i && n >= 4) {
        uint64_t both = load4(p) | load4(p + n - 4) << 32;
        if (is_plain(_mm_set1_epi64x((long long)both), letters)) i = n;
    }
#endif
    (void)p; (void)n; (void)letters;
    return i - begin;
}

/* Whether a text may end in the character at `p`: no white space of other scripts, nothing that could be cut off. */
static int may_end(const uint8_t *p, size_t size) {
    if (size == 1) return p[0] > ' ' && p[0] < 0x80;
    if (size == 2) return p[0] == 0xc3;
    if (size != 3) return 0;
    return (p[0] >= 0xe4 && p[0] <= 0xe9) || (p[0] == 0xe3 && p[1] == 0x80 && p[2] > 0x80) || (p[0] == 0xef && p[1] == 0xbc);
}

/* Letters that numbers and dates may hold (e, E, T, Z) say nothing; any other letter says that it is neither. Punctuation
   of other scripts may stand between them. What could be a digit or a space of another script, or become a plain letter in
   lower case, is left to the slower rules. */
static int judge_words(const Words *words, const uint8_t *p, size_t n) {
    size_t seen = n > LONGEST_VALUE ? LONGEST_VALUE : n, i = 0, last = 0;
    int letters = 0;
    if (p[0] == '=' || p[0] == '+' || p[0] == '-' || p[0] == '@' || p[0] <= ' ') return OTHER;
    if (p[0] >= 0x80 && p[0] != 0xc3 && (p[0] < 0xe4 || p[0] > 0xe9)) return OTHER;
    i = plain_run(p, 0, seen, &letters);
    if (i) last = i - 1;
    while (i < seen) {
        uint8_t c = p[i];
        last = i;
        if (letters && c >= 0xe4 && c <= 0xe9) { i += 3; continue; }
        if (c < 0x80) {
            if (c < ' ' && c != '\t' && c != '\n' && c != '\r') return OTHER;
            uint8_t l = c | 32;
            letters |= l >= 'a' && l <= 'z' && l != 'e' && c != 'T' && c != 'Z';
            i++;
            size_t run = plain_run(p, i, seen, &letters);
            i += run;
            if (run) last = i - 1;
        } else if (c == 0xc3) {
            i += 2; letters = 1;
        } else if (c >= 0xe2 && c <= 0xef) {
            if (i + 2 < seen) {
                const uint8_t *s = p + i;
                if (c >= 0xe4 && c <= 0xe9)
                    letters |= !((s[0] == 0xe5 && s[1] == 0xb9 && s[2] == 0xb4) ||   /* 年 */
                                 (s[0] == 0xe6 && s[1] == 0x9c && s[2] == 0x88) ||   /* 月 */
                                 (s[0] == 0xe6 && s[1] == 0x97 && s[2] == 0xa5));    /* 日 */
                else if (!(c == 0xe2 && s[1] == 0x80) && !(c == 0xe3 && s[1] == 0x80) && !(c == 0xef && s[1] == 0xbc))
                    return OTHER;
            }
            i += 3;
        } else return OTHER;
    }
    if (n <= LONGEST_VALUE && !may_end(p + last, n - last)) return OTHER;
    return letters && !is_word(words, p, n) ? WORDS : OTHER;
}

/* Days since 1970 of a date of the Gregorian calendar (Howard Hinnant, chrono-compatible date algorithms). */
static int64_t days_of(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int is_day(int year, int month, int day) {
    static const uint8_t DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1) return 0;
    int leap = month == 2 && year % 4 == 0 && (year % 100 || year % 400 == 0);
    return day <= DAYS[month - 1] + leap;
}

/* `count` digits as a number, or -1. */
static int digits(const uint8_t *p, int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (!is_digit(p[i])) return -1;
        value = value * 10 + (p[i] - '0');
    }
    return value;
}

/* 2024-02-29, 2024-02-29T23:59, 2024-02-29 23:59:59.123Z: years from 1000 on, all parts of full width. */
static Verdict judge_date(const uint8_t *p, size_t n) {
    Verdict none = {OTHER, 0, 0, 0};
    if (n < 10 || p[4] != '-' || p[7] != '-') return none;
    int year = digits(p, 4), month = digits(p + 5, 2), day = digits(p + 8, 2);
    if (year < 1000 || !is_day(year, month, day)) return none;
    double seconds = (double)days_of(year, month, day) * 86400.0;
    if (n == 10) return (Verdict){DATE, 0, 0, seconds};
    if (n < 16 || (p[10] != ' ' && p[10] != 'T') || p[13] != ':') return none;
    int hour = digits(p + 11, 2), minute = digits(p + 14, 2), second = 0;
    size_t i = 16;
    if (n > i && p[i] == ':') {
        if (n < i + 3 || (second = digits(p + i + 1, 2)) < 0) return none;
        i += 3;
        if (n > i && p[i] == '.') {
            size_t from = ++i;
            while (i < n && is_digit(p[i])) i++;
            if (i == from || i - from > 9) return none;
        }
    }
    if (n > i && p[i] == 'Z') i++;
    if (i != n || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second > 59) return none;
    return (Verdict){DATETIME, 0, 0, seconds + hour * 3600.0 + minute * 60.0 + second};
}

static int is_clock(const uint8_t *p, size_t n) {
    size_t i = p[1] == ':' ? 1 : 2;
    int hour = digits(p, (int)i);
    if (hour < 0 || hour > 23 || n < i + 3 || p[i] != ':') return 0;
    int minute = digits(p + i + 1, 2);
    if (minute < 0 || minute > 59) return 0;
    i += 3;
    if (n == i) return 1;
    if (p[i] != ':' || n < i + 3) return 0;
    int second = digits(p + i + 1, 2);
    if (second < 0 || second > 59) return 0;
    i += 3;
    if (n == i) return 1;
    if (p[i] != '.' || n == i + 1 || n > i + 10) return 0;
    for (i++; i < n; i++) if (!is_digit(p[i])) return 0;
    return 1;
}

static double read_number(const uint8_t *p, size_t n) {
    char text[SHORT + 1];
    memcpy(text, p, n);
    text[n] = 0;
    return strtod(text, NULL);
}

Verdict judge(const Words *words, const uint8_t *p, size_t n) {
    Verdict found = {OTHER, 0, 0, 0};
    /* Of longer ones no more may be there, and what a value is must not depend on who asks. */
    if (n > LONGEST_VALUE) {
        found.kind = judge_words(words, p, n);
        return found;
    }
    /* Spaces around a value are none of it; other white space is left to the slower rules. */
    while (n && p[0] == ' ') { p++; n--; }
    while (n && p[n - 1] == ' ') n--;
    if (!n) return found;
    size_t sign = p[0] == '+' || p[0] == '-', i = sign;
    uint64_t mantissa = 0;
    i = (size_t)(take_digits(p + i, p + n, 18, &mantissa) - p);
    size_t whole = i - sign;
    if (!whole) {
        found.kind = judge_words(words, p, n);
        return found;
    }
    int padded = p[sign] == '0' && whole > 1;
    if (i == n) {
        if (!sign && whole >= 16) found.kind = LONG_DIGITS;
        else if (!sign && padded) found.kind = PADDED;
        else if (!padded && whole <= 18) {
            found.kind = INTEGER;
            found.number = p[0] == '-' ? -(double)mantissa : (double)mantissa;
            if (!sign && n == 8 && (mantissa / 1000000 == 19 || mantissa / 1000000 == 20)) {
                int year = digits(p, 4), month = digits(p + 4, 2), day = digits(p + 6, 2);
                found.compact = is_day(year, month, day);
                if (found.compact) found.instant = (double)days_of(year, month, day) * 86400.0;
            }
        }
        return found;
    }
    if (n > SHORT) {
        found.kind = judge_words(words, p, n);
        return found;
    }
    if (!sign && whole == 4 && p[i] == '-') return judge_date(p, n);
    if (!sign && whole <= 2 && p[i] == ':') {
        found.kind = is_clock(p, n) ? CLOCK : OTHER;
        return found;
    }
    size_t decimals = 0;
    if (p[i] == '.') {
        size_t from = ++i;
        i = (size_t)(take_digits(p + i, p + n, whole < 18 ? 18 - whole : 0, &mantissa) - p);
        decimals = i - from;
    }
    int exponent = i < n && (p[i] == 'e' || p[i] == 'E') && (decimals || p[i - 1] != '.');
    if (exponent) {
        size_t from = ++i;
        if (i < n && (p[i] == '+' || p[i] == '-')) from = ++i;
        while (i < n && is_digit(p[i])) i++;
        if (i == from || i - from > 3) {
            found.kind = judge_words(words, p, n);
            return found;
        }
    }
    if (i != n || !(decimals || exponent)) {
        found.kind = judge_words(words, p, n);
        return found;
    }
    if (padded) return found;
    if (!exponent && whole + decimals <= 18 && mantissa <= MANTISSA) {
        found.number = (double)mantissa / TENS[decimals];
        if (p[0] == '-') found.number = -found.number;
    } else {
        found.number = read_number(p, n);
        if (!(found.number <= 1e150 && found.number >= -1e150)) return found;
    }
    found.kind = DECIMAL;
    return found;
}
