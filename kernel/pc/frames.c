/* Free frames in a bitmap of two levels. */
#include "kernel/pc/frames.h"

#include "kernel/base/bytes.h"
#include "kernel/base/check.h"
#include "kernel/pc/paging.h"
#include "kernel/pc/warm.h"

#define FRAME_BYTES 4096ull
#define FRAMES_LOW (1ull << 32) /* what start.S has mapped */
/* Words of frames_words, of 16 MiB each: below, boot loaders write at the next
 * start (warm.h), so frames from there go last. */
#define FRAMES_FIRST 2u

static uint64_t *frames_free; /* a bit for each frame, 1: free */
static uint64_t
    *frames_words; /* a bit for each word of frames_free, 1: not 0 */
static uint64_t frames_words_count; /* words in frames_words */
static uint64_t frames_cursor;      /* word of frames_words to look at first */
static uint64_t frames_total, frames_left;
static uint64_t frames_promised; /* of those that are left */

/* `count` frames from a multiple of 64 on, a multiple of 64 too. */
static void mark_words_free(uint64_t index, uint64_t count) {
    for (uint64_t word = index / 64; word < (index + count) / 64; word++) {
        frames_free[word] = UINT64_MAX;
        frames_words[word / 64] |= 1ull << word % 64;
    }
    frames_left += count;
}

static void mark_free(uint64_t index) {
    frames_free[index / 64] |= 1ull << index % 64;
    frames_words[index / 4096] |= 1ull << index / 64 % 64;
    frames_left++;
}

static void mark_taken(uint64_t index) {
    uint64_t word = index / 64;
    frames_free[word] &= ~(1ull << index % 64);
    if (frames_free[word] == 0)
        frames_words[word / 64] &= ~(1ull << word % 64);
    frames_left--;
}

static bool is_free(uint64_t index) {
    return frames_free[index / 64] >> index % 64 & 1;
}

static void mark_range_free(uint64_t index, uint64_t end) {
    for (; index < end && index % 64 != 0; index++)
        mark_free(index);
    if (index < end)
        mark_words_free(index, (end - index) & ~63ull);
    for (index += (end - index) & ~63ull; index < end; index++)
        mark_free(index);
}

/* Cuts the tables out of the first range that holds them. */
static uint64_t place_tables(BootRange *ranges, uint32_t count,
                             uint64_t bytes) {
    for (uint32_t i = 0; i < count; i++) {
        BootRange *range = &ranges[i];
        if (range->end - range->start < bytes ||
            range->start + bytes > FRAMES_LOW)
            continue;
        uint64_t place = range->start;
        range->start += bytes;
        return place;
    }
    panic("no room for the table of %lu bytes of frames", bytes);
}

void frames_start(const BootInfo *boot) {
    BootRange ranges[BOOT_RANGES_MAX];
    uint64_t top = 0;
    for (uint32_t i = 0; i < boot->range_count; i++) {
        ranges[i] = boot->ranges[i];
        if (ranges[i].end > top)
            top = ranges[i].end;
    }
    frames_words_count = (top / FRAME_BYTES + 4095) / 4096;
    uint64_t bytes = frames_words_count * (8 + 512);
    bytes = (bytes + FRAME_BYTES - 1) & ~(FRAME_BYTES - 1);
    uint64_t place = place_tables(ranges, boot->range_count, bytes);
    frames_free = paging_direct(place);
    frames_words = frames_free + frames_words_count * 64;
    bytes_fill(frames_free, 0, bytes);
    for (uint32_t i = 0; i < boot->range_count; i++)
        mark_range_free(ranges[i].start / FRAME_BYTES,
                        ranges[i].end / FRAME_BYTES);
    frames_total = frames_left;
    frames_cursor = FRAMES_FIRST % frames_words_count;
}

bool frames_claim(uint64_t frame) {
    uint64_t index = frame / FRAME_BYTES;
    if (frame % FRAME_BYTES != 0 || index >= frames_words_count * 4096 ||
        !is_free(index))
        return false;
    mark_taken(index);
    return true;
}

static uint64_t take_one(void) {
    for (uint64_t tried = 0; tried < frames_words_count; tried++) {
        uint64_t summary = frames_words[frames_cursor];
        if (summary != 0) {
            uint64_t word =
                frames_cursor * 64 + (uint64_t)__builtin_ctzll(summary);
            uint64_t index =
                word * 64 + (uint64_t)__builtin_ctzll(frames_free[word]);
            mark_taken(index);
            return index * FRAME_BYTES;
        }
        frames_cursor = (frames_cursor + 1) % frames_words_count;
    }
    return 0;
}

/* Some frame is neither taken nor promised; old pages go for that. */
static bool one_is_left(void) {
    return frames_free_count() > 0 || (warm_drop() && frames_free_count() > 0);
}

uint64_t frames_take(void) {
    return one_is_left() ? take_one() : 0;
}

bool frames_promise(void) {
    bool good = one_is_left();
    frames_promised += good;
    return good;
}

uint64_t frames_take_promised(void) {
    CHECK(frames_promised > 0);
    frames_promised--;
    return take_one();
}

void frames_give(uint64_t frame) {
    uint64_t index = frame / FRAME_BYTES;
    CHECK(frame % FRAME_BYTES == 0 && index < frames_words_count * 4096);
    CHECK(!is_free(index));
    mark_free(index);
}

uint64_t frames_free_count(void) {
    return frames_left - frames_promised;
}

uint64_t frames_total_count(void) {
    return frames_total;
}
