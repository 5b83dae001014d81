/* paging.h: the machine's page tables, and the map of its addresses.
 *
 *   0x0000000001000000  the image; text is read-only and executable, constants
 *                       are read-only, data is not executable
 *   0x0000200000000000  the persistent range (range.c), 16 TiB
 *   0xffff800000000000  the direct map: all RAM but the image, at its physical
 *                       address plus this, never executable
 *   0xffffa00000000000  tables that grow (platform_table_*)
 *   0xffffc00000000000  areas: memory of several pages, and devices (area.h)
 *
 * Nothing else is mapped; the first pages never are, so NULL faults.
 * Source: Intel SDM volume 3, chapter 4. */
#ifndef PC_PAGING_H
#define PC_PAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/base/status.h"
#include "kernel/pc/boot.h"

#define PAGING_DIRECT 0xffff800000000000ull
#define PAGING_DIRECT_END 0xffffa00000000000ull
#define PAGING_TABLES 0xffffa00000000000ull
#define PAGING_TABLES_END 0xffffc00000000000ull
#define PAGING_AREAS 0xffffc00000000000ull
#define PAGING_AREAS_END 0xffffe00000000000ull

#define PAGING_PRESENT (1ull << 0)
#define PAGING_WRITABLE (1ull << 1)
#define PAGING_WRITE_COMBINING (1ull << 3) /* PAT entry 1, set at start */
#define PAGING_UNCACHED (3ull << 3)        /* PAT entry 3 */
#define PAGING_LARGE (1ull << 7)
#define PAGING_NEVER_RUN (1ull << 63)
#define PAGING_ADDRESS 0x000ffffffffff000ull

/* A page of data: present, writable, never executable. */
#define PAGING_DATA (PAGING_PRESENT | PAGING_WRITABLE | paging_never_run)

/* PAGING_NEVER_RUN, or 0 on a CPU without that bit. */
extern uint64_t paging_never_run;

/* Makes the final tables and switches on what the CPU has of write protection
 * for the kernel itself, NX, SMEP and SMAP. */
void paging_start(const BootInfo *boot);

/* The address of RAM in the direct map. */
static inline void *paging_direct(uint64_t physical) {
    return (void *)(uintptr_t)(PAGING_DIRECT + physical);
}

/* The entry for an address in the tables of level 1 (pages of 4 KiB) to 4.
 * Missing tables above are made with `make`; NULL: there is none, or no
 * memory for one. */
uint64_t *paging_entry(uint64_t address, int level, bool make);

/* The physical address behind transient memory of any kind. */
uint64_t paging_physical(const void *address);

/* A zeroed frame for a table or for data, or 0. */
uint64_t paging_zeroed_frame(void);

/* Forgets `count` pages in the CPU's cache of translations. */
void paging_forget(uint64_t address, size_t count);

#endif
