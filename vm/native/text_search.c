/* Two-way string matching, forwards and backwards. */
#include "vm/native/text_search.h"

#include <stdbool.h>

/* Bytes that are read from the front, or from the back. */
typedef struct Side {
    const uint8_t *bytes;
    int64_t count;
    bool backwards;
} Side;

static uint8_t at(const Side *side, int64_t i) {
    return side->bytes[side->backwards ? side->count - 1 - i : i];
}

/* Where the largest suffix begins, minus 1, in the order of bytes or its
 * reverse; and its period. */
static int64_t largest_suffix(const Side *x, bool reversed,
                              int64_t *period_out) {
    int64_t start = -1, j = 0, k = 1, period = 1;
    while (j + k < x->count) {
        uint8_t a = at(x, j + k), b = at(x, start + k);
        if (a == b) {
            if (k == period) {
                j += period;
                k = 1;
            } else {
                k++;
            }
        } else if ((a < b) != reversed) {
            j += k;
            k = 1;
            period = j - start;
        } else {
            start = j++;
            k = period = 1;
        }
    }
    *period_out = period;
    return start;
}

/* The place where the part is cut in two, and a period of its right half. */
static int64_t cut(const Side *x, int64_t *period_out) {
    int64_t p, q;
    int64_t i = largest_suffix(x, false, &p), j = largest_suffix(x, true, &q);
    *period_out = i > j ? p : q;
    return i > j ? i : j;
}

static bool repeats(const Side *x, int64_t count, int64_t period) {
    for (int64_t i = 0; i < count; i++)
        if (i + period >= x->count || at(x, i) != at(x, i + period))
            return false;
    return true;
}

/* The first place in y, or -1. `known` counts the bytes at the front of x that
 * are known to match after a shift by a whole period, minus 1. */
static int64_t search(const Side *x, const Side *y) {
    int64_t period, middle = cut(x, &period), known = -1;
    bool periodic = repeats(x, middle + 1, period);
    if (!periodic) {
        int64_t left = middle + 1, right = x->count - middle - 1;
        period = (left > right ? left : right) + 1;
    }
    for (int64_t j = 0; j <= y->count - x->count;) {
        int64_t i = (middle > known ? middle : known) + 1;
        while (i < x->count && at(x, i) == at(y, i + j))
            i++;
        if (i < x->count) {
            j += i - middle;
            known = -1;
            continue;
        }
        i = middle;
        while (i > known && at(x, i) == at(y, i + j))
            i--;
        if (i <= known)
            return j;
        j += period;
        known = periodic ? x->count - period - 1 : -1;
    }
    return -1;
}

uint64_t text_search_first(const char *text, uint64_t length, const char *part,
                           uint64_t part_length, uint64_t from) {
    if (from > length || part_length > length - from)
        return UINT64_MAX;
    if (!part_length)
        return from;
    Side x = {(const uint8_t *)part, (int64_t)part_length, false};
    Side y = {(const uint8_t *)text + from, (int64_t)(length - from), false};
    int64_t found = search(&x, &y);
    return found < 0 ? UINT64_MAX : from + (uint64_t)found;
}

uint64_t text_search_last(const char *text, uint64_t length, const char *part,
                          uint64_t part_length, uint64_t before) {
    if (part_length > length || before == 0)
        return UINT64_MAX;
    uint64_t last = length - part_length; /* where it can begin at most */
    if (last > before - 1)
        last = before - 1;
    if (!part_length)
        return last;
    Side x = {(const uint8_t *)part, (int64_t)part_length, true};
    Side y = {(const uint8_t *)text, (int64_t)(last + part_length), true};
    int64_t found = search(&x, &y);
    return found < 0 ? UINT64_MAX : last - (uint64_t)found;
}
