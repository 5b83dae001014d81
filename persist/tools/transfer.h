/* transfer.h: a whole world as a stream of bytes, for a disk of another size.
 *
 * All kept generations with their numbers, parents, branches and times, all
 * marks, and the disk's lineage; where the blocks lay is left behind. Shrinking
 * works this way: the two copies of metadata lie half a segment apart, so in a
 * smaller segment none of them could stay where it is.
 *
 * The stream is a head, the marks, then each generation in rising order: its
 * number, parent, branch and time, and the pages that are not as in its parent;
 * at last a hash of all. Equal worlds make equal streams.
 * Both ends are of the same build: the stream is for a pipe, not for keeping.
 */
#ifndef PERSIST_TOOLS_TRANSFER_H
#define PERSIST_TOOLS_TRANSFER_H

#include "persist/tools/export.h"

/* Writes the world of a store that is only looked at; nothing newer may have
 * been passed over. Errors of reading, NO_MEMORY, and what the sink says. */
Status transfer_write(Store *store, ExportSink sink);

/* Makes it the world of a blank store. TRUNCATED, CORRUPT: the stream;
 * NO_SPACE: the disk is too small; errors of store_put_page and store_finish.
 * Only store_close may follow then, and the disk is worth nothing. */
Status transfer_read(Store *store, ExportSource source);

#endif
