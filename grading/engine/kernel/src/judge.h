/* What a single text value is, where that can be said for sure and fast. The rules are those of profile/kinds.py. */
#ifndef EXCHANGE_KERNEL_JUDGE_H
#define EXCHANGE_KERNEL_JUDGE_H

#include "common.h"

enum { WORD_SLOTS = 512, LONGEST_WORD = 24 };

/* The words that stand for absence or for truth, in lower case. */
typedef struct {
    uint8_t text[WORD_SLOTS][LONGEST_WORD];
    uint8_t size[WORD_SLOTS];
    uint32_t sizes[256];  /* of those that begin with a byte: a bit for each size */
} Words;

typedef struct {
    int kind;
    int compact;          /* eight digits that are a day of the years 1900 to 2099: `instant` is set */
    double number;        /* of INTEGER and DECIMAL */
    double instant;       /* of DATE and DATETIME: seconds since 1970, whole ones */
} Verdict;

int words_add(Words *words, const uint8_t *p, size_t n);
Verdict judge(const Words *words, const uint8_t *p, size_t n);

#endif
