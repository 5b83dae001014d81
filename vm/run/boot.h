/* boot.h: the first objects of a fresh heap. */
#ifndef VM_RUN_BOOT_H
#define VM_RUN_BOOT_H

#include "vm/heap/object.h"

Status boot_create(void);

#endif
