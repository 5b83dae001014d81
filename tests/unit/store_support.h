/* What the tests of the store share: whole generations, and a look at all. */
#ifndef TESTS_UNIT_STORE_SUPPORT_H
#define TESTS_UNIT_STORE_SUPPORT_H

#include "persist/store/store.h"

/* Waits until the generation under way is durable, or not; meanwhile it is none
 * of the kept ones. */
Status store_support_finish(Store *store);

/* A generation of `count` pages, one each `apart` pages, filled with a byte. */
Status store_support_commit(Store *store, uint64_t count, uint64_t apart,
                            uint8_t content);

/* What store_verify reports; it must have the memory. */
StoreReport store_support_verified(Store *store);

/* A StoreSecond that has no page. */
bool store_support_no_second(uint64_t page, void *bytes);

/* The newest superblock of the simulated disk, by its number. */
FormatSuper store_support_newest(void);
/* Ruins both blocks of a pair of metadata on the simulated disk. */
void store_support_ruin(const FormatEntry *entry);
/* The same of both superblocks of a generation. */
void store_support_ruin_super(const FormatSuper *super);
/* The entry of the page of the directory that has the first records. */
FormatEntry store_support_directory(const FormatSuper *super);

void store_support_say_nothing(const char *sentence);

#endif
