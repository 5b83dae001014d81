/* area.h: memory of several pages in a row of addresses, and devices.
 *
 * An area's pages need not be neighbours in RAM, so memory never becomes too
 * scattered for a large one. Below each area one page stays unmapped; the
 * areas' addresses come in powers of two and are used again. Not for
 * interrupts. */
#ifndef PC_AREA_H
#define PC_AREA_H

#include <stddef.h>
#include <stdint.h>

/* `pages` zeroed pages, or NULL. */
void *area_take(size_t pages);

/* Gives back what area_take gave. */
void area_give(void *area);

/* The pages of what area_take gave. */
size_t area_pages(const void *area);

/* Maps a device's memory for good. `rights` are PAGING_UNCACHED or
 * PAGING_WRITE_COMBINING. NULL: no memory. */
void *area_map_device(uint64_t physical, uint64_t bytes, uint64_t rights);

#endif
