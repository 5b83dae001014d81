/* Looking for the world on several disks. */
#include "kernel/system/disks.h"

#include "kernel/base/log.h"
#include "kernel/base/text.h"
#include "kernel/platform.h"
#include "kernel/system/refuse.h"
#include "persist/store/store.h"

enum { DISKS_MOST = 9, SENTENCE_BYTES = 400 };

typedef enum DiskKind { DISK_OTHER, DISK_BLANK, DISK_WORLD } DiskKind;

typedef struct DiskFound {
    DiskKind kind;
    uint64_t mebibytes;
    uint64_t generation; /* 0: none can be read */
} DiskFound;

/* What is not ours, or too small for us, is of another kind. */
static DiskFound look_at(uint32_t place) {
    Store *store = NULL;
    StoreOpening opening;
    platform_disk_choose(place);
    DiskFound found = {.mebibytes = platform_disk_blocks() >> 8};
    Status status = store_open(STORE_NEWEST_TO_LOOK, &store, &opening);
    if (status == STATUS_OK) {
        found.kind = opening.generation ? DISK_WORLD : DISK_BLANK;
        found.generation = opening.generation;
    } else if (status != STATUS_FOREIGN && status != STATUS_TOO_SMALL &&
               status != STATUS_NO_DISK) {
        found.kind = DISK_WORLD; /* whatever is wrong with it */
    }
    store_close(store);
    return found;
}

static void choose(uint32_t place, uint32_t count, const char *why) {
    platform_disk_choose(place);
    log_line("recovery: disk %u of %u is taken: %s", place + 1, count, why);
}

/* The place that the setting names, or `count`. */
static uint32_t wanted(uint32_t count) {
    const char *setting = platform_setting("disk");
    uint64_t number;
    if (!setting)
        return count;
    if (text_to_u64(setting, &number) && number >= 1 && number <= count)
        return (uint32_t)number - 1;
    log_line("settings: disk=%s: there are disks 1 to %u", setting, count);
    return count;
}

/* Those with a world; a person names one of them. */
static uint32_t ask(const DiskFound *found, uint32_t count) {
    char buffer[SENTENCE_BYTES];
    Text text = text_on(buffer, sizeof buffer);
    text_add(&text, "several disks have a world:");
    for (uint32_t i = 0; i < count; i++) {
        if (found[i].kind != DISK_WORLD)
            continue;
        text_add_format(&text, " disk %u (%lu MiB, ", i + 1,
                        found[i].mebibytes);
        if (found[i].generation)
            text_add_format(&text, "generation %lu)", found[i].generation);
        else
            text_add(&text, "damaged)");
    }
    text_add(&text, "; the setting disk=N chooses one");
    for (;;) {
        uint32_t place = refuse_or_choose(text_end(&text), count);
        if (found[place].kind == DISK_WORLD)
            return place;
    }
}

void disks_find(void) {
    DiskFound found[DISKS_MOST];
    uint32_t count = platform_disk_count(), worlds = 0;
    if (count < 2)
        return;
    count = count < DISKS_MOST ? count : DISKS_MOST;
    uint32_t place = wanted(count), world = 0, blank = count;
    if (place < count) {
        choose(place, count, "the setting says so");
        return;
    }
    for (uint32_t i = count; i-- > 0;) {
        found[i] = look_at(i);
        if (found[i].kind == DISK_WORLD) {
            worlds++;
            world = i;
        } else if (found[i].kind == DISK_BLANK) {
            blank = i;
        }
    }
    if (worlds == 1)
        choose(world, count, "it has the world");
    else if (worlds > 1)
        choose(ask(found, count), count, "a person says so");
    else
        choose(blank < count ? blank : 0, count, "none has a world");
}
