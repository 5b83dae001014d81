/* Words and deeds of the answers of notices. */
#include "kernel/system/notices/answers.h"

#include "kernel/base/log.h"
#include "kernel/platform.h"
#include "persist/memory/memory.h"
#include "persist/store/store.h"
#include "vm/heap/heap.h"
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

void answers_stop(Domain *domain) {
    if (!vm_stop_app(domain, "a person stopped it"))
        log_line("apps: nothing can be written now; it was not stopped");
}

void answers_end(Domain *domain) {
    if (!trash_put(domain, "a person ended it"))
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

/* ---- What is listed ---- */

enum { RETURNS_MOST = 1024 };

static struct {
    uint64_t apps[ROOT_DOMAINS_MAX]; /* numbers */
    uint32_t app_count;
    struct {
        uint64_t generation;
        int64_t wall_us;
    } returns[RETURNS_MOST];
    uint32_t return_count;
} listed;

void answers_list(void) {
    Store *store = memory_store();
    uint32_t count = store ? store_record_count(store) : 0;
    uint64_t present = count ? store_durable_generation(store) : 0;
    const Domain *domain;
    listed.app_count = listed.return_count = 0;
    while ((domain = answers_app(listed.app_count)))
        listed.apps[listed.app_count++] = domain->number;
    while (count-- > 0 && listed.return_count < RETURNS_MOST) {
        FormatRecord record = store_record(store, count);
        if (record.generation == present)
            continue;
        listed.returns[listed.return_count].generation = record.generation;
        listed.returns[listed.return_count++].wall_us = record.wall_us;
    }
}

uint32_t answers_listed_apps(void) {
    return listed.app_count;
}

void answers_add_end(Text *text, uint32_t place) {
    const Domain *domain = heap_domain(listed.apps[place]);
    const String *name = domain ? vm_app_name(domain) : NULL;
    text_add_format(text, "End %.*s", name ? (int)name->length : 1,
                    name ? name->bytes : "?");
}

void answers_end_listed(uint32_t place) {
    Domain *domain = heap_domain(listed.apps[place]);
    int exit_code;
    if (domain && !vm_app_ended(domain, &exit_code))
        answers_end(domain);
}

bool answers_add_return(Text *text, uint32_t place) {
    if (place >= listed.return_count)
        return false;
    text_add_format(text, "Go back to generation %lu, ",
                    listed.returns[place].generation);
    answers_add_age(text, listed.returns[place].wall_us);
    return true;
}

void answers_return(uint32_t place) {
    Status status = answers_deeds()->go_back(listed.returns[place].generation);
    log_line("travel: the machine cannot go back: %s", status_text(status));
}
