/* Words and deeds of the answers of notices. */
#include "kernel/system/notices/answers.h"

#include "kernel/base/log.h"
#include "kernel/platform.h"
#include "persist/memory/memory.h"
#include "persist/store/store.h"
#include "vm/run/trash.h"
#include "vm/run/vm.h"

static const AnswersDeeds *the_deeds;

void answers_set_deeds(const AnswersDeeds *deeds) {
    the_deeds = deeds;
}

const AnswersDeeds *answers_deeds(void) {
    return the_deeds;
}

Domain *answers_app(uint32_t place) {
    int exit_code;
    for (size_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        Domain *domain = ROOT->domains[i];
        if (domain && !vm_app_ended(domain, &exit_code) && place-- == 0)
            return domain;
    }
    return NULL;
}

uint32_t answers_app_count(void) {
    uint32_t count = 0;
    while (answers_app(count))
        count++;
    return count;
}

void answers_stop(Domain *domain) {
    if (!vm_stop_app(domain, "a person stopped it"))
        log_line("apps: nothing can be written now; it was not stopped");
}

void answers_end(Domain *domain) {
    if (!trash_put(domain))
        log_line("apps: nothing can be written now; it was not ended");
}

void answers_add_age(Text *text, int64_t wall_us) {
    int64_t minutes = (platform_wall_us() - wall_us) / 60000000;
    if (minutes < 1)
        text_add(text, "less than a minute ago");
    else if (minutes == 1)
        text_add(text, "a minute ago");
    else if (minutes < 120)
        text_add_format(text, "%ld minutes ago", minutes);
    else if (minutes < 2880)
        text_add_format(text, "%ld hours ago", minutes / 60);
    else
        text_add_format(text, "%ld days ago", minutes / 1440);
}

void answers_add_size(Text *text, uint64_t bytes) {
    uint64_t megabytes = bytes >> 20;
    if (megabytes < 1)
        text_add(text, "less than 1 MB");
    else
        text_add_format(text, "%lu MB", megabytes);
}

/* Number 0: there is none. */
static FormatRecord older_at(uint32_t place) {
    Store *store = memory_store();
    uint32_t count = store ? store_record_count(store) : 0;
    uint64_t present = count ? store_durable_generation(store) : 0;
    while (count-- > 0) {
        FormatRecord record = store_record(store, count);
        if (record.generation != present && place-- == 0)
            return record;
    }
    return (FormatRecord){0};
}

bool answers_add_return(Text *text, uint32_t place) {
    FormatRecord older = older_at(place);
    if (older.generation == 0)
        return false;
    text_add_format(text, "Go back to generation %lu, ", older.generation);
    answers_add_age(text, older.wall_us);
    return true;
}

void answers_return(uint32_t place) {
    Status status = answers_deeds()->go_back(older_at(place).generation);
    log_line("travel: the machine cannot go back: %s", status_text(status));
}
