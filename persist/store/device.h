/* device.h: reading and writing blocks of the disk for the store.
 *
 * Writing is in streams: pages that follow each other on the disk are gathered
 * into one request of up to 32 blocks. A page is filled in place in the
 * request's own buffer, so what is hashed is what is written. Errors of writes
 * are remembered until the store asks. */
#ifndef PERSIST_STORE_DEVICE_H
#define PERSIST_STORE_DEVICE_H

#include "persist/store/format.h"

typedef struct Device Device;

typedef enum DeviceStream {
    DEVICE_DATA,
    DEVICE_META,   /* first of each pair */
    DEVICE_MIRROR, /* second of each pair */
    DEVICE_STREAMS
} DeviceStream;

/* NULL: no memory. `blocks` is what the machine has. */
Device *device_open(uint64_t blocks);
/* Waits for what is under way. NULL is allowed. */
void device_close(Device *device);

uint64_t device_blocks(const Device *device);

/* Whether nothing is mended from now on: the disk is only looked at. */
void device_only_look(Device *device, bool only_look);
bool device_only_looks(const Device *device);

/* Where the second blocks of pairs are, for all that follows. */
void device_set_layout(Device *device, const FormatLayout *layout);

/* So often a read is tried before it has failed. */
enum { DEVICE_READ_TRIES = 3 };

/* Reads `count` (1 to 256) blocks and waits; an error is tried again, and told
 * when it passed. IO_ERROR. */
Status device_read(Device *device, uint64_t block, uint32_t count,
                   void *buffer);

/* Writes one block and waits, but for no flush. IO_ERROR. */
Status device_write_now(Device *device, uint64_t block, const void *bytes);

/* Writes the first `count` bytes (at most 4,096) of a block, zeros behind them,
 * and waits. IO_ERROR. */
Status device_write_short(Device *device, uint64_t block, const void *bytes,
                          size_t count);

/* Flushes and waits. IO_ERROR. */
Status device_flush_now(Device *device);

/* Reads and verifies a page that is kept once. IO_ERROR, CORRUPT. */
Status device_read_data(Device *device, const FormatEntry *entry, void *page);

/* The same for pages whose blocks follow each other, in one request: how many
 * are good before the first that is not. */
uint32_t device_read_run(Device *device, const FormatEntry *entries,
                         uint32_t count, void *pages);

/* Reads and verifies metadata: the first block, or else its pair, from which
 * the first is then mended; a `recovery:` line tells. IO_ERROR, CORRUPT: both
 * are bad. */
Status device_read_meta(Device *device, const FormatEntry *entry, void *page);

/* How the two copies of metadata are. */
typedef struct DevicePair {
    Status first, second;
    bool mended; /* the bad one was written again from the good one */
} DevicePair;

/* Reads both copies into `page` and `other`; where one is good, `page` holds
 * its bytes afterwards. With `mend`, a bad one is written again. */
DevicePair device_read_pair(Device *device, const FormatEntry *entry,
                            void *page, void *other, bool mend);

/* Room of 4,096 bytes in the stream that will be written to `block`; there must
 * be some (device_has_room, or the device is idle). The bytes are the caller's
 * until the next call for the same stream. */
void *device_write(Device *device, DeviceStream stream, uint64_t block);

/* True when the next device_write cannot fail. */
bool device_has_room(Device *device);

/* Like device_write for a pair of metadata blocks: both get `bytes`. False:
 * no room now, nothing was written. */
bool device_write_pair(Device *device, uint64_t block, const void *bytes);

/* Submits what the streams have gathered. */
void device_push(Device *device);

/* Starts a flush; device_idle tells when it is done. Only after push and when
 * idle. */
void device_flush(Device *device);

/* Looks for finished requests; true when none is under way. With `wait`, waits
 * for at least one first. */
bool device_idle(Device *device, bool wait);

/* OK, or the error of any write or flush since the last call. */
Status device_take_error(Device *device);

/* Blocks written since the open, also those that are gathered yet. */
uint64_t device_blocks_written(const Device *device);

#endif
