/* world.h: a world with much in it on a simulated disk, and lives that begin
 * with a forgery of it: its hashes are right, and nobody looked at its pages
 * before they were saved.
 *
 * A life is a process of its own. */
#ifndef TESTS_FORGE_WORLD_H
#define TESTS_FORGE_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/heap/object.h"

/* Objects of a domain in the world as it was made. */
typedef struct WorldObjects {
    const uint64_t *at; /* addresses */
    uint64_t count;
} WorldObjects;

/* Makes the world that all forgeries begin with. False: it was not made. */
bool world_make(void);

/* How the lives of a forgery ended. */
typedef enum WorldEnd {
    WORLD_RAN,     /* the desktop was there, to the end */
    WORLD_REFUSED, /* a sentence said that it cannot start or go on */
    WORLD_SAME,    /* there was nothing to change, so nothing was tried */
    WORLD_CRASHED,
    WORLD_HUNG,
    WORLD_RESTARTED, /* the same generation started anew again and again */
    WORLD_ENDS
} WorldEnd;

typedef struct WorldFate {
    WorldEnd end;
    bool desktop; /* it was ready */
    bool
        spread; /* more than one app runs no more that runs without a forgery */
} WorldFate;

/* Brings the world back, has `forge` change it (the memory is open, no VM
 * runs; false: it changed nothing), and lets it live. */
WorldFate world_forge(bool (*forge)(uint64_t *state), uint64_t seed);

/* Brings the world back, has `forge` change it, or nothing where it is NULL,
 * and has all of it looked at: how many things were found to be wrong; -1: it
 * crashed; -2: there was nothing to change. */
int world_look(bool (*forge)(uint64_t *state), uint64_t seed);

/* The disk of the world, forged so or as it was, as a file; false: there was
 * nothing to change, or it was not written. */
bool world_write_disk(bool (*forge)(uint64_t *state), uint64_t seed,
                      const char *path);

/* ---- While it is forged ---- */

/* All objects of the world; those of apps come first, app_count of them. */
WorldObjects world_objects(void);
uint64_t world_app_objects(void);

/* Writes a word, announced. */
void world_write(void *word, uint64_t value);

#endif
