/* past_native.h: natives of module system for going through time: the kept
 * generations, looking at one, taking from one, and going back. Only apps with
 * DOMAIN_MAY_TRAVEL get more than the list. */
#ifndef VM_PAST_NATIVE_H
#define VM_PAST_NATIVE_H

/* Before vm_create and vm_restore. */
void past_native_register(void);

#endif
