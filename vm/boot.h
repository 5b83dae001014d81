/* boot.h: the first objects of a fresh heap. */
#ifndef VM_BOOT_H
#define VM_BOOT_H

#include "vm/object.h"

Status boot_create(void);

#endif
