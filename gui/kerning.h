/* kerning.h: pairs of glyphs that stand nearer or further apart, from a font's
 * GPOS table (OpenType 1.9, "GPOS", lookup type 2). Reading stays inside the
 * table whatever is in it. */
#ifndef GUI_KERNING_H
#define GUI_KERNING_H

#include <stddef.h>
#include <stdint.h>

#define KERNING_MAX_SUBTABLES 64

typedef struct Kerning {
    const uint8_t *table;
    size_t size_bytes;
    uint32_t subtables[KERNING_MAX_SUBTABLES]; /* offsets of pair tables */
    uint8_t lookups[KERNING_MAX_SUBTABLES]; /* to which lookup each belongs */
    uint32_t count;
} Kerning;

/* Finds the pair tables of the feature `kern` for the Latin script, or of the
 * default one. `table` is NULL when the font has none; then no pair is
 * kerned. */
void kerning_open(Kerning *kerning, const uint8_t *table, size_t size_bytes);

/* By how many units of the em the advance of `left` changes before `right`. */
int32_t kerning_between(const Kerning *kerning, uint32_t left, uint32_t right);

#endif
