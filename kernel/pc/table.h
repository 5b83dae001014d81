/* table.h: what the page fault needs of the tables that grow. */
#ifndef PC_TABLE_H
#define PC_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Puts memory behind a committed page that is touched first. False: it is no
 * such address. */
bool table_fault(uint64_t address);

#endif
