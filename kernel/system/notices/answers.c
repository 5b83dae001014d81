/* Words and deeds of the answers of notices. */
#include "kernel/system/notices/answers.h"

#include "kernel/base/log.h"
#include "kernel/platform.h"
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
