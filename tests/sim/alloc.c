/* Transient memory of the simulator: the hosted one, but a test can let any
 * request fail, and large pieces are kept and taken again.
 *
 * Every start of a store takes some MB. From the C library each such piece is a
 * mapping of its own, and the kernel's time for its pages was half of the
 * campaigns'. A kept piece is poisoned: who still uses it is found. */
#include "tests/sim/sim.h"

#include <malloc.h>
#include <sanitizer/asan_interface.h>

enum {
    LARGE = 65536, /* the least that is kept */
    KEPT_MOST = 64,
    KEPT_BYTES_MOST = 64 << 20,
};

typedef struct Piece {
    void *memory;
    size_t size_bytes;
} Piece;

static Piece kept[KEPT_MOST]; /* the longest kept first */
static unsigned kept_count;
static size_t kept_bytes;

static uint64_t fail_at, taken;
static bool fail_on, paused;

void sim_alloc_fail(uint64_t k, bool for_ever) {
    fail_at = k;
    fail_on = for_ever;
    taken = 0;
}

uint64_t sim_alloc_taken(void) {
    return taken;
}

bool sim_alloc_failed(void) {
    return fail_at && taken >= fail_at;
}

void sim_alloc_pause(bool on) {
    paused = on;
}

static bool fails_now(void) {
    if (paused)
        return false;
    taken++;
    return fail_at && (taken == fail_at || (fail_on && taken > fail_at));
}

#define alloc_take host_alloc_take
#define alloc_give host_alloc_give
#define alloc_resize host_alloc_resize
#include "kernel/host/alloc.c" /* the same allocator under other names */
#undef alloc_take
#undef alloc_give
#undef alloc_resize

void *alloc_take(size_t size_bytes);
void alloc_give(void *memory);
void *alloc_resize(void *memory, size_t old_bytes, size_t new_bytes);

static Piece remove_kept(unsigned place) {
    Piece piece = kept[place];
    kept_bytes -= piece.size_bytes;
    kept_count--;
    memmove(kept + place, kept + place + 1,
            (kept_count - place) * sizeof *kept);
    ASAN_UNPOISON_MEMORY_REGION(piece.memory, piece.size_bytes);
    return piece;
}

/* The C library may have given a few bytes more than asked for. */
static bool fits(size_t piece_bytes, size_t size_bytes) {
    return piece_bytes >= size_bytes && piece_bytes - size_bytes < 8192;
}

static void *take_kept(size_t size_bytes) {
    for (unsigned i = 0; i < kept_count; i++)
        if (fits(kept[i].size_bytes, size_bytes)) {
            Piece piece = remove_kept(i);
            return memset(piece.memory, 0, size_bytes);
        }
    return NULL;
}

static void keep(void *memory, size_t size_bytes) {
    while (kept_count == KEPT_MOST ||
           (kept_count > 0 && kept_bytes + size_bytes > KEPT_BYTES_MOST))
        host_alloc_give(remove_kept(0).memory);
    ASAN_POISON_MEMORY_REGION(memory, size_bytes);
    kept[kept_count++] = (Piece){memory, size_bytes};
    kept_bytes += size_bytes;
}

void *alloc_take(size_t size_bytes) {
    if (fails_now())
        return NULL;
    void *memory = size_bytes >= LARGE ? take_kept(size_bytes) : NULL;
    return memory ? memory : host_alloc_take(size_bytes);
}

void alloc_give(void *memory) {
    size_t size_bytes = memory ? malloc_usable_size(memory) : 0;
    if (size_bytes < LARGE)
        host_alloc_give(memory);
    else
        keep(memory, size_bytes);
}

void *alloc_resize(void *memory, size_t old_bytes, size_t new_bytes) {
    return fails_now() ? NULL : host_alloc_resize(memory, old_bytes, new_bytes);
}
