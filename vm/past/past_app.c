/* Taking one app back. */
#include "vm/past/past_app.h"

#include "kernel/base/alloc.h"
#include "kernel/base/log.h"
#include "persist/memory/replace.h"
#include "vm/code/module.h"
#include "vm/heap/heap.h"
#include "vm/heap/heap_check.h"
#include "vm/heap/region.h"
#include "vm/run/domain.h"
#include "vm/run/vm.h"

enum { REGIONS_MOST = 1024 }; /* of an app: 64 GiB */

struct PastTake {
    Replace *replace;
    uint64_t number, generation;
    uint64_t address; /* of the Domain, then and now */
    size_t slot;      /* of the system root's table */
    uint64_t broken_gates;
    uint32_t region_count;
    uint32_t regions[REGIONS_MOST];
};

static Status refuse(Text *why, const char *sentence) {
    text_add(why, sentence);
    return STATUS_INVALID;
}

/* ---- What was there then ---- */

/* The app's domain in the older generation. */
static Status find_domain(Past *past, PastTake *take, Domain *domain_out,
                          Text *why) {
    for (uint32_t i = 1; i < ROOT_DOMAINS_MAX; i++) {
        Status status = past_domain(past, i, domain_out, &take->address);
        if (status == STATUS_OK && domain_out->number == take->number) {
            bool ran = domain_out->state == DOMAIN_RUNNING &&
                       (domain_out->thread_count > 0 || domain_out->app);
            return ran ? STATUS_OK : refuse(why, "it was over already then");
        }
    }
    return refuse(why, "it did not run then");
}

/* True when the region is the app's in the present, too, or was and is empty
 * since it was closed. */
static bool is_own_region(const PastTake *take, uint32_t region) {
    if (region >= ROOT->next_region || !memory_attached(region))
        return false;
    const RegionHeader *now = region_header(region);
    return now->magic == 0 ||
           (now->magic == REGION_MAGIC && now->domain == take->number);
}

static bool is_listed(const PastTake *take, uint32_t region) {
    for (uint32_t i = 0; i < take->region_count; i++)
        if (take->regions[i] == region)
            return true;
    return false;
}

static Status add_region(PastTake *take, uint32_t region, Text *why) {
    if (is_listed(take, region))
        return STATUS_OK;
    if (take->region_count == REGIONS_MOST)
        return refuse(why, "it has too much memory");
    if (!is_own_region(take, region))
        return refuse(why, "its memory is another's now");
    take->regions[take->region_count++] = region;
    return STATUS_OK;
}

static Status list_regions(Past *past, PastTake *take, const Domain *domain,
                           Text *why) {
    uint32_t region = domain->first_region;
    uint64_t left = REGIONS_MOST;
    Status status = STATUS_OK;
    do {
        RegionHeader header;
        status = add_region(take, region, why);
        if (status == STATUS_OK)
            status = past_read(past, (uint64_t)(uintptr_t)region_header(region),
                               &header, sizeof header);
        if (status != STATUS_OK)
            return status;
        if (header.magic != REGION_MAGIC || header.domain != take->number ||
            left-- == 0)
            return refuse(why, "its memory makes no sense");
        region = header.next;
    } while (region);
    if (region_address(domain->first_region) +
            (uint64_t)REGION_FIRST_BLOCK * REGION_BLOCK_BYTES !=
        take->address)
        return refuse(why, "its memory makes no sense");
    /* What it got since goes. */
    Domain *now = past_app_present(take);
    for (region = now ? now->first_region : 0; region && status == STATUS_OK;
         region = region_header(region)->next)
        status = add_region(take, region, why);
    return status;
}

/* ---- Before ---- */

static Status find_slot(PastTake *take, Text *why) {
    take->slot = 0;
    for (size_t i = ROOT_DOMAINS_MAX - 1; i > 0; i--) {
        const Domain *domain = ROOT->domains[i];
        if (domain && domain->number == take->number) {
            take->slot = i;
            return STATUS_OK;
        }
        if (!domain)
            take->slot = i;
    }
    return take->slot ? STATUS_OK : refuse(why, "there are too many apps");
}

static Status gather(Past *past, PastTake *take, Text *why) {
    Domain domain;
    if (past_root(past)->opcodes != OP_COUNT)
        return refuse(why, "it is from another version of the system");
    Status status = find_slot(take, why);
    if (status == STATUS_OK)
        status = find_domain(past, take, &domain, why);
    if (status == STATUS_OK)
        status = list_regions(past, take, &domain, why);
    if (status == STATUS_OK)
        status = replace_open(past_view(past), take->regions,
                              take->region_count, &take->replace);
    return status;
}

Status past_app_open(uint64_t generation, uint64_t number, PastTake **take_out,
                     Text *why) {
    Past *past = NULL;
    PastTake *take = alloc_take(sizeof *take);
    *take_out = NULL;
    Status status = take ? past_open(generation, &past) : STATUS_NO_MEMORY;
    if (status == STATUS_OK && !store_is_ancestor(memory_store(), generation))
        status = refuse(why, "the present did not grow from that generation; "
                             "copies can be made of what is there");
    if (status == STATUS_OK) {
        take->number = number;
        take->generation = generation;
        status = gather(past, take, why);
    }
    past_close(past);
    if (status == STATUS_OK) {
        *take_out = take;
        return STATUS_OK;
    }
    if (why->length == 0)
        text_add(why, status_text(status));
    past_app_close(take);
    return status;
}

void past_app_close(PastTake *take) {
    if (take)
        replace_close(take->replace);
    alloc_give(take);
}

Domain *past_app_present(const PastTake *take) {
    return heap_domain(take->number);
}

uint64_t past_app_broken_gates(const PastTake *take) {
    return take->broken_gates;
}

/* ---- The exchange ---- */

Status past_app_announce(PastTake *take) {
    Status status = replace_announce(take->replace);
    if (status == STATUS_OK)
        status = memory_write(take->address, sizeof(Domain));
    return status == STATUS_OK ? heap_write(ROOT, sizeof *ROOT) : status;
}

static uint64_t count_gates(const Domain *domain) {
    uint64_t count = 0;
    for (uint64_t i = 0; domain && i < domain->gate_count; i++)
        count += domain->gate_targets->at.references[i] != NULL;
    return count;
}

static bool is_sound(const PastTake *take, Text *why) {
    const Domain *domain = (const Domain *)take->address;
    char buffer[200];
    Text text = text_on(buffer, sizeof buffer);
    if (domain->number == take->number && heap_check_domain(domain, &text))
        return true;
    log_line("recovery: app %lu of generation %lu is damaged: %s; it stays as "
             "it is",
             take->number, take->generation, text_end(&text));
    text_add(why, "what it was then is damaged");
    return false;
}

Status past_app_exchange(PastTake *take, Domain **domain_out, Text *why) {
    Domain *domain = (Domain *)take->address, *now = past_app_present(take);
    Domain was = now ? *now : (Domain){0};
    take->broken_gates = count_gates(now);
    replace_exchange(take->replace);
    if (!is_sound(take, why)) {
        replace_exchange(take->replace);
        return STATUS_INVALID;
    }
    domain->gate_count = 0;
    HEAP_SET(domain->gate_targets, NULL);
    HEAP_SET(domain->gate_numbers, NULL);
    if (now) { /* a right that was taken away does not come back */
        domain->rights &= was.rights;
        domain->lasting &= was.lasting;
        domain->refused |= was.refused;
        domain->had |= was.had | was.rights;
    }
    HEAP_SET(ROOT->domains[take->slot], domain);
    *domain_out = domain;
    Status status = vm_restore_app(domain);
    if (status != STATUS_OK)
        log_line("vm: not all of the app was told of its return: %s",
                 status_text(status));
    return STATUS_OK;
}
