/* The warning's words, and when it is up. */
#include "kernel/system/notices/safety.h"

#include "kernel/base/text.h"
#include "kernel/platform.h"
#include "wm/warning.h"

enum { WORDS_BYTES = 320 };

#define TAKES_NOTHING_NS 5000000000ull

static struct {
    bool disk;
    uint32_t passed_over;
    uint64_t generation;
    StoreHistory history;
    Status why;  /* that the words tell */
    Status full; /* that programs wait for */
    char words[WORDS_BYTES];
} safety;

static const WmWarning no_disk = {.title = "Nothing here will last",
                                  .text = safety.words};
static const WmWarning takes_nothing = {.title = "The disk takes nothing",
                                        .text = safety.words};
static const WmWarning is_full = {.title = "The disk is full",
                                  .text = safety.words};
static const WmWarning memory_is_full = {.title = "The memory is full",
                                         .text = safety.words};
static const WmWarning older = {.title = "An older state came back",
                                .text = safety.words};

static const WmWarning no_history = {.title = "A list was damaged",
                                     .text = safety.words};

/* The first letter of a sentence; ours begin with ASCII. */
static void start_with_capital(void) {
    if (safety.words[0] >= 'a' && safety.words[0] <= 'z')
        safety.words[0] = (char)(safety.words[0] - 'a' + 'A');
}

static void tell_missing(void) {
    Text text = text_on(safety.words, sizeof safety.words);
    text_add_format(&text,
                    "%s. What you do now is gone when this machine is off.",
                    platform_disk_missing());
    text_end(&text);
    start_with_capital();
    warning_show(&no_disk);
}

static void tell_older(void) {
    Text text = text_on(safety.words, sizeof safety.words);
    text_add_format(&text,
                    "%u newer generation%s could not be read; this is "
                    "generation %lu. rvdisk check says what is damaged.",
                    safety.passed_over, safety.passed_over == 1 ? "" : "s",
                    safety.generation);
    text_end(&text);
    warning_show(&older);
}

static void tell_full(void) {
    bool on_disk = safety.full == STATUS_NO_SPACE;
    Text text = text_on(safety.words, sizeof safety.words);
    text_add(&text, "Some programs wait for room to go on. "
                    "apps in the shell says what each has; end NAME and limit "
                    "make room.");
    text_end(&text);
    warning_show(on_disk ? &is_full : &memory_is_full);
}

static void tell_history(void) {
    Text text = text_on(safety.words, sizeof safety.words);
    text_add_format(&text,
                    "Nothing of generation %lu is missing, but the disk's list "
                    "of older generations could not be read. %s",
                    safety.generation,
                    safety.history == STORE_HISTORY_LOST
                        ? "None of them can be gone back to any more."
                        : "It was made anew from an older copy, whole.");
    text_end(&text);
    warning_show(&no_history);
}

/* What the machine knows says more than a Status. */
static const char *cause(Status why) {
    const char *trouble = platform_disk_trouble();
    if (why == STATUS_NO_SPACE)
        return "there is no room";
    return why == STATUS_IO_ERROR && trouble ? trouble : status_text(why);
}

static void tell_failing(Status why) {
    if (why == safety.why)
        return;
    safety.why = why;
    warning_changed(); /* where the words were */
    Text text = text_on(safety.words, sizeof safety.words);
    text_add_format(&text,
                    "The last snapshots failed: %s. You can go on; what you "
                    "do is only in memory until one succeeds, and it is tried "
                    "again.",
                    cause(why));
    text_end(&text);
    warning_show(why == STATUS_NO_SPACE ? &is_full : &takes_nothing);
    warning_changed();
}

/* What was told at the start, or nothing, is told again. */
static void tell_usual(void) {
    safety.why = STATUS_OK;
    warning_show(NULL);
    if (!safety.disk)
        tell_missing();
    else if (safety.full != STATUS_OK)
        tell_full();
    else if (safety.passed_over > 0)
        tell_older();
    else if (safety.history != STORE_HISTORY_WHOLE)
        tell_history();
}

void safety_begin(bool disk, uint32_t passed_over, uint64_t generation,
                  StoreHistory history) {
    safety.disk = disk;
    safety.passed_over = passed_over;
    safety.generation = generation;
    safety.history = history;
    safety.full = STATUS_OK;
    tell_usual();
}

void safety_full(Status why) {
    bool changed = why != safety.full;
    safety.full = why;
    if (changed && safety.why == STATUS_OK) { /* else that is worse */
        tell_usual();
        warning_changed();
    }
}

uint64_t safety_step(uint64_t failing_ns, Status why) {
    uint64_t from_ns = failing_ns + TAKES_NOTHING_NS;
    if (failing_ns == 0 || !safety.disk) {
        if (safety.why != STATUS_OK)
            tell_usual();
        return UINT64_MAX;
    }
    if (platform_now_ns() < from_ns)
        return from_ns;
    tell_failing(why);
    return UINT64_MAX;
}
