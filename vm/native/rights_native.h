/* rights_native.h: the natives of module system for rights (vm/run/grants.h).
 * apps/lib/system/rights.rev is the other half. */
#ifndef VM_NATIVE_RIGHTS_NATIVE_H
#define VM_NATIVE_RIGHTS_NATIVE_H

/* Before vm_create and vm_restore. */
void rights_native_register(void);

#endif
