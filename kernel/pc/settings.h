/* settings.h: what platform_setting answers. */
#ifndef PC_SETTINGS_H
#define PC_SETTINGS_H

/* Loads all settings once: files of QEMU's, and the words of the boot loader's
 * command, which is kept and cut into pieces. */
void settings_start(char *command);

#endif
