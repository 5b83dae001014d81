/* The notice that asks for room. */
#include "kernel/system/notices/full.h"

#include "kernel/base/log.h"
#include "kernel/platform.h"
#include "kernel/system/notices/answers.h"
#include "kernel/system/notices/safety.h"
#include "persist/memory/memory.h"
#include "persist/store/store.h"
#include "vm/heap/heap.h"
#include "vm/run/domain.h"
#include "vm/run/vm.h"
#include "wm/notice.h"

enum {
    CHOICES_MOST = 64,
    WORDS_BYTES = 96,
    NOTE_BYTES = 32,
    NAME_BYTES_MOST = 32,
    NEWEST_KEPT = 2, /* generations that nobody lets go of */
};

#define ASK_AGAIN_NS 120000000000ull /* after "Wait" */
#define STILL_NS 3000000000ull /* room comes and goes while programs write */

/* What can be chosen, as it was when the notice came: what is seen is what is
 * done, whatever has changed since. */
typedef struct Choice {
    uint64_t domain;     /* to be stopped, or 0 */
    uint64_t generation; /* to be let go of, or 0 */
    uint64_t bytes;      /* that the app holds */
    char words[WORDS_BYTES];
    char note[NOTE_BYTES]; /* what it holds, or how old it is */
} Choice;

static struct {
    Choice choices[CHOICES_MOST];
    uint32_t count;
    bool shown;
    uint64_t quiet_ns;   /* a person said "Wait": no notice before this */
    uint64_t starved_ns; /* when it was so last */
} full;

/* ---- What can be chosen ---- */

static Choice *new_choice(void) {
    Choice *choice = &full.choices[full.count++];
    *choice = (Choice){0};
    return choice;
}

static void add_wait(void) {
    Text text = text_on(new_choice()->words, WORDS_BYTES);
    text_add(&text, "Wait");
    text_end(&text);
}

static uint64_t shorter(uint64_t length) {
    return length < NAME_BYTES_MOST ? length : NAME_BYTES_MOST;
}

/* Those that hold most come first. */
static void add_app(const Domain *domain) {
    const String *name = domain->name;
    uint32_t place = full.count++;
    for (; place > 1 && full.choices[place - 1].bytes < domain->used_bytes;
         place--)
        full.choices[place] = full.choices[place - 1];
    Choice *choice = &full.choices[place];
    *choice = (Choice){.domain = domain->number, .bytes = domain->used_bytes};
    Text text = text_on(choice->words, WORDS_BYTES);
    text_add_format(&text, "Stop %.*s for good", (int)shorter(name->length),
                    name->bytes);
    text_end(&text);
    Text note = text_on(choice->note, NOTE_BYTES);
    answers_add_size(&note, domain->used_bytes);
    text_end(&note);
}

static void add_apps(void) {
    const Domain *domain;
    for (uint32_t i = 0; full.count < CHOICES_MOST && (domain = answers_app(i));
         i++)
        add_app(domain);
}

static void add_pin(const Store *store, const FormatRecord *record) {
    Choice *choice = new_choice();
    const char *name = store_pin_name(store, record->generation);
    choice->generation = record->generation;
    Text text = text_on(choice->words, WORDS_BYTES);
    text_add_format(&text, "Let go of generation %lu", record->generation);
    if (name && name[0])
        text_add_format(&text, ", %s", name);
    text_end(&text);
    Text note = text_on(choice->note, NOTE_BYTES);
    answers_add_age(&note, record->wall_us);
    text_end(&note);
}

static bool is_newest(const Store *store, uint64_t generation) {
    uint64_t at = store_durable_generation(store);
    for (uint32_t newer = 0; newer < NEWEST_KEPT; newer++) {
        if (at == generation)
            return true;
        for (uint32_t i = store_record_count(store); i-- > 0;)
            if (store_record(store, i).generation == at) {
                at = store_record(store, i).parent;
                break;
            }
    }
    return false;
}

/* The oldest first. */
static void add_pins(const Store *store) {
    uint32_t count = store ? store_record_count(store) : 0;
    for (uint32_t i = 0; i < count && full.count < CHOICES_MOST; i++) {
        FormatRecord record = store_record(store, i);
        if ((record.flags & FORMAT_PINNED) &&
            !is_newest(store, record.generation))
            add_pin(store, &record);
    }
}

/* ---- The notice ---- */

static const char *answer(uint32_t place) {
    return place < full.count ? full.choices[place].words : NULL;
}

static const char *note(uint32_t place) {
    return full.choices[place].note;
}

static void let_go(uint64_t generation) {
    Status status = store_unpin(memory_store(), generation);
    log_line("store: generation %lu is %s: %s", generation,
             status == STATUS_OK ? "let go of" : "still kept",
             status == STATUS_OK ? "a person said so" : status_text(status));
}

static void chosen(uint32_t place) {
    const Choice *choice = &full.choices[place];
    Domain *domain = choice->domain ? heap_domain(choice->domain) : NULL;
    full.shown = false;
    if (domain)
        answers_stop(domain);
    else if (choice->generation)
        let_go(choice->generation);
    else if (!choice->domain)
        full.quiet_ns = platform_now_ns() + ASK_AGAIN_NS;
    answers_deeds()->expect_room();
}

static bool is_on_disk(void) {
    return memory_refused_why() == STATUS_NO_SPACE;
}

static void offer(void) {
    static const WmNotice disk = {
        .title = "The disk is full",
        .text = "Some programs wait until they can write again; the others "
                "go on. Nothing that is here now is lost, but moments of the "
                "past that were not pinned may have gone for it. What you let "
                "go of here makes room.",
        .answer = answer,
        .note = note,
        .chosen = chosen,
        .harmless = 1};
    static const WmNotice memory = {
        .title = "The memory is full",
        .text = "Some programs wait until there is memory again. Nothing is "
                "lost, and the others go on. What you stop here makes room.",
        .answer = answer,
        .note = note,
        .chosen = chosen,
        .harmless = 1};
    bool on_disk = is_on_disk();
    full.count = 0;
    add_wait();
    add_apps();
    if (on_disk)
        add_pins(memory_store());
    full.shown = true;
    notice_show(on_disk ? &disk : &memory);
    log_line("store: a person is asked what may go");
}

/* After "Wait" a warning stays instead of the notice. */
static void warn(bool starved) {
    uint64_t now_ns = platform_now_ns();
    if (starved)
        full.starved_ns = now_ns;
    bool waits = now_ns < full.quiet_ns && full.starved_ns &&
                 now_ns - full.starved_ns < STILL_NS;
    safety_full(!waits         ? STATUS_OK
                : is_on_disk() ? STATUS_NO_SPACE
                               : STATUS_NO_MEMORY);
}

void full_step(bool starved) {
    starved = starved && !vm_held();
    if (starved && answers_deeds()->empty_trash()) {
        answers_deeds()->expect_room();
        starved = false;
    }
    if (full.shown && !starved) {
        full.shown = false;
        notice_show(NULL);
    }
    if (starved && !notice_is_shown() && platform_now_ns() >= full.quiet_ns)
        offer();
    warn(starved);
}
