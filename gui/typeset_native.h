/* typeset_native.h: see typeset_native.c. */
#ifndef GUI_TYPESET_NATIVE_H
#define GUI_TYPESET_NATIVE_H

/* Before vm_create and vm_restore. */
void typeset_native_register(void);

#endif
