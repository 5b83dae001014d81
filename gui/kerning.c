/* Kerning from GPOS. Names as in the OpenType specification. */
#include "gui/kerning.h"

#include <stdbool.h>

enum { PAIR_POSITIONING = 2, EXTENSION = 9, X_ADVANCE = 4 };

/* 16 bits of the table; 0 outside it. */
static uint32_t get16(const Kerning *kerning, uint64_t offset) {
    if (offset + 2 > kerning->size_bytes)
        return 0;
    return (uint32_t)kerning->table[offset] << 8 | kerning->table[offset + 1];
}

static uint32_t get32(const Kerning *kerning, uint64_t offset) {
    return get16(kerning, offset) << 16 | get16(kerning, offset + 2);
}

/* ---- Finding the pair tables ---- */

/* The offset of the record with these letters in a list of {letters, offset},
 * 0 when there is none. */
static uint32_t find_record(const Kerning *kerning, uint32_t list,
                            uint32_t letters) {
    uint32_t count = get16(kerning, list);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t record = list + 2 + i * 6;
        if (get32(kerning, record) == letters)
            return list + get16(kerning, record + 4);
    }
    return 0;
}

static void add_subtable(Kerning *kerning, uint32_t offset, uint32_t lookup) {
    if (kerning->count == KERNING_MAX_SUBTABLES)
        return;
    kerning->lookups[kerning->count] = (uint8_t)lookup;
    kerning->subtables[kerning->count++] = offset;
}

static void add_lookup(Kerning *kerning, uint32_t index) {
    uint32_t list = get16(kerning, 8);
    if (index >= get16(kerning, list))
        return;
    uint32_t lookup = list + get16(kerning, list + 2 + index * 2);
    uint32_t type = get16(kerning, lookup);
    uint32_t count = get16(kerning, lookup + 4);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t subtable = lookup + get16(kerning, lookup + 6 + i * 2);
        if (type == PAIR_POSITIONING)
            add_subtable(kerning, subtable, index);
        else if (type == EXTENSION &&
                 get16(kerning, subtable + 2) == PAIR_POSITIONING)
            add_subtable(kerning, subtable + get32(kerning, subtable + 4),
                         index);
    }
}

static void add_feature(Kerning *kerning, uint32_t index) {
    uint32_t list = get16(kerning, 6);
    uint32_t record = list + 2 + index * 6;
    if (index >= get16(kerning, list) ||
        get32(kerning, record) != 0x6b65726eu) /* kern */
        return;
    uint32_t feature = list + get16(kerning, record + 4);
    uint32_t count = get16(kerning, feature + 2);
    for (uint32_t i = 0; i < count; i++)
        add_lookup(kerning, get16(kerning, feature + 4 + i * 2));
}

void kerning_open(Kerning *kerning, const uint8_t *table, size_t size_bytes) {
    *kerning = (Kerning){.table = table, .size_bytes = table ? size_bytes : 0};
    uint32_t scripts = get16(kerning, 4);
    uint32_t script = find_record(kerning, scripts, 0x6c61746eu); /* latn */
    if (script == 0)
        script = find_record(kerning, scripts, 0x44464c54u); /* DFLT */
    if (script == 0 || get16(kerning, script) == 0)
        return;
    uint32_t language = script + get16(kerning, script);
    uint32_t count = get16(kerning, language + 4);
    for (uint32_t i = 0; i < count; i++)
        add_feature(kerning, get16(kerning, language + 6 + i * 2));
}

/* ---- Looking a pair up ---- */

/* The index of a glyph in a coverage table, -1 when it is not covered. */
static int32_t coverage_index(const Kerning *kerning, uint32_t table,
                              uint32_t glyph) {
    uint32_t format = get16(kerning, table);
    uint32_t low = 0, high = get16(kerning, table + 2);
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        uint32_t entry = table + 4 + middle * (format == 1 ? 2 : 6);
        uint32_t first = get16(kerning, entry);
        uint32_t last = format == 1 ? first : get16(kerning, entry + 2);
        if (glyph < first)
            high = middle;
        else if (glyph > last)
            low = middle + 1;
        else if (format == 1)
            return (int32_t)middle;
        else
            return (int32_t)(get16(kerning, entry + 4) + glyph - first);
    }
    return -1;
}

static uint32_t class_of(const Kerning *kerning, uint32_t table,
                         uint32_t glyph) {
    if (get16(kerning, table) == 1) {
        uint32_t first = get16(kerning, table + 2);
        uint32_t count = get16(kerning, table + 4);
        if (glyph < first || glyph - first >= count)
            return 0;
        return get16(kerning, table + 6 + (glyph - first) * 2);
    }
    uint32_t low = 0, high = get16(kerning, table + 2);
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        uint32_t entry = table + 4 + middle * 6;
        if (glyph < get16(kerning, entry))
            high = middle;
        else if (glyph > get16(kerning, entry + 2))
            low = middle + 1;
        else
            return get16(kerning, entry + 4);
    }
    return 0;
}

/* Bytes of a value record: two for each bit of its format. */
static uint32_t value_bytes(uint32_t format) {
    uint32_t bytes = 0;
    for (uint32_t bits = format & 0xff; bits; bits &= bits - 1)
        bytes += 2;
    return bytes;
}

static int32_t advance_in(const Kerning *kerning, uint32_t value,
                          uint32_t format) {
    if (!(format & X_ADVANCE))
        return 0;
    return (int16_t)get16(kerning,
                          value + value_bytes(format & (X_ADVANCE - 1)));
}

/* Single pairs: true when this pair is among them. */
static bool by_pair(const Kerning *kerning, uint32_t table, uint32_t index,
                    uint32_t right, int32_t *units_out) {
    uint32_t format = get16(kerning, table + 4);
    uint32_t size =
        2 + value_bytes(format) + value_bytes(get16(kerning, table + 6));
    if (index >= get16(kerning, table + 8))
        return false;
    uint32_t set = table + get16(kerning, table + 10 + index * 2);
    uint32_t low = 0, high = get16(kerning, set);
    while (low < high) {
        uint32_t middle = (low + high) / 2, record = set + 2 + middle * size;
        uint32_t second = get16(kerning, record);
        if (right < second) {
            high = middle;
        } else if (right > second) {
            low = middle + 1;
        } else {
            *units_out += advance_in(kerning, record + 2, format);
            return true;
        }
    }
    return false;
}

/* Classes of glyphs: true, since each pair has a place in the matrix. */
static bool by_class(const Kerning *kerning, uint32_t table, uint32_t left,
                     uint32_t right, int32_t *units_out) {
    uint32_t format = get16(kerning, table + 4);
    uint32_t size =
        value_bytes(format) + value_bytes(get16(kerning, table + 6));
    uint32_t first = class_of(kerning, table + get16(kerning, table + 8), left);
    uint32_t second =
        class_of(kerning, table + get16(kerning, table + 10), right);
    uint32_t seconds = get16(kerning, table + 14);
    if (first >= get16(kerning, table + 12) || second >= seconds)
        return false;
    uint32_t record = table + 16 + (first * seconds + second) * size;
    *units_out += advance_in(kerning, record, format);
    return true;
}

int32_t kerning_between(const Kerning *kerning, uint32_t left, uint32_t right) {
    int32_t units = 0;
    int32_t settled = -1; /* the lookup that has spoken about this pair */
    for (uint32_t i = 0; i < kerning->count; i++) {
        uint32_t table = kerning->subtables[i];
        if (kerning->lookups[i] == settled)
            continue;
        int32_t index =
            coverage_index(kerning, table + get16(kerning, table + 2), left);
        if (index < 0)
            continue;
        bool found =
            get16(kerning, table) == 1
                ? by_pair(kerning, table, (uint32_t)index, right, &units)
                : by_class(kerning, table, left, right, &units);
        if (found)
            settled = kerning->lookups[i];
    }
    return units;
}
