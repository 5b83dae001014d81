/* Superblocks: which are whole, and the newest one in both rings. */
#include "persist/store/store_parts.h"

bool super_verifies(const FormatSuper *super) {
    Hash hash = hash_of(super, offsetof(FormatSuper, hash));
    return super->magic == FORMAT_MAGIC && hash_equal(hash, super->hash);
}

Status super_mend(Store *store) {
    if (!store->opened_unsure)
        return STATUS_OK;
    const FormatSuper *super = &store->opened;
    uint64_t slot = super->generation % FORMAT_RING;
    uint64_t rear = super->layout.blocks - FORMAT_RING + slot;
    Status status =
        device_write_short(store->device, slot, super, sizeof *super);
    if (status == STATUS_OK)
        status = device_write_short(store->device, rear, super, sizeof *super);
    if (status == STATUS_OK)
        status = device_flush_now(store->device);
    store->opened_unsure = status != STATUS_OK;
    return status;
}
