/* core_native.h: the natives of module "core", by file. */
#ifndef VM_NATIVE_CORE_NATIVE_H
#define VM_NATIVE_CORE_NATIVE_H

/* All of them; before vm_create and vm_restore. */
void core_native_register(void);

void core_native_register_text(void);
void core_native_register_text_find(void); /* text_native.c */
void core_native_register_number(void);    /* number_native.c */
void core_native_register_object(void);    /* object_native.c */
void core_native_register_thread(void);    /* thread_native.c */

#endif
