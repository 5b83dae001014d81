/* settings.h: what platform_setting answers. */
#ifndef PC_SETTINGS_H
#define PC_SETTINGS_H

/* Loads all settings once; without QEMU there are none. */
void settings_start(void);

#endif
