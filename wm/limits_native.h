/* limits_native.h: the natives of module system for limits of apps
 * (vm/run/limits.h), and what an app has of what is limited. They are here
 * since windows are. */
#ifndef WM_LIMITS_NATIVE_H
#define WM_LIMITS_NATIVE_H

/* Makes them known; before vm_create and vm_restore. */
void limits_native_register(void);

#endif
