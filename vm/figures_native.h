/* figures_native.h: the natives of module system that count things. */
#ifndef VM_FIGURES_NATIVE_H
#define VM_FIGURES_NATIVE_H

void figures_native_register(void);

#endif
