/* The name of a lost app, from older generations. */
#include "vm/past/past_gone.h"

#include "vm/past/past.h"

bool past_gone_find(uint32_t place, VmLost *lost_out) {
    const Store *store = memory_store();
    Status status = STATUS_NOT_FOUND;
    for (uint32_t i = store_record_count(store);
         status != STATUS_OK && i-- > 0;) {
        Domain domain;
        uint64_t address;
        Past *past;
        status = past_open(store_record(store, i).generation, &past);
        if (status != STATUS_OK)
            continue;
        status = past_domain(past, place, &domain, &address);
        lost_out->number = domain.number;
        if (status == STATUS_OK)
            status = past_name(past, (uintptr_t)domain.name, lost_out->name,
                               sizeof lost_out->name);
        past_close(past);
    }
    return status == STATUS_OK;
}
