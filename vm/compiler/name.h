/* Names: interned texts. Two names are equal when their pointers are. */
#ifndef COMPILER_NAME_H
#define COMPILER_NAME_H

#include "vm/compiler/arena.h"

typedef struct NameText {
    struct NameText *next; /* in its bucket */
    uint32_t hash;
    uint32_t length; /* bytes; the text may hold zeros */
    char bytes[];    /* zero-terminated */
} NameText;

typedef const NameText *Name;

typedef struct NameTable {
    Arena *arena;
    NameText **buckets;
    size_t bucket_count; /* a power of two */
    size_t count;
} NameTable;

Name name_of_bytes(NameTable *table, const char *bytes, size_t length);
Name name_of(NameTable *table, const char *zero_terminated);

/* The name "a" "separator" "b". */
Name name_join(NameTable *table, Name a, const char *separator, Name b);

/* How many letters must change to make `b` of `a`; at most 100. */
unsigned name_distance(Name a, Name b);

#endif
