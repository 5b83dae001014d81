/* figures_native.h: the natives of module system that count things. */
#ifndef VM_NATIVE_FIGURES_NATIVE_H
#define VM_NATIVE_FIGURES_NATIVE_H

void figures_native_register(void);

#endif
