/* kinds.h: what can be forged in a world. */
#ifndef TESTS_FORGE_KINDS_H
#define TESTS_FORGE_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Kind {
    const char *name;
    bool (*forge)(uint64_t *state); /* as world_forge wants it */
    bool of_app;                    /* it changes what one app has */
} Kind;

extern const Kind kinds[];
extern const size_t kind_count;

/* Those that whole_check() must find (vm/code/whole.h); a machine that runs
 * believes them. */
extern const Kind code_kinds[];
extern const size_t code_kind_count;

#endif
