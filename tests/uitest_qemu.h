/* uitest_qemu.h: the QEMU under the pc machine; the first four are those of
 * UiMachine. */
#ifndef TESTS_UITEST_QEMU_H
#define TESTS_UITEST_QEMU_H

#include "tests/uitest.h"

bool uitest_qemu_boot(void);
bool uitest_qemu_listen(int64_t deadline_ms);
void uitest_qemu_cut(void);
bool uitest_qemu_shutdown(void);
/* By the power button. */
bool uitest_qemu_power(void);

/* Sends one QMP command and waits for its reply; false for an error. */
bool uitest_qemu_command(const char *command);

/* Sends a line to the machine's console. */
bool uitest_qemu_console(const char *line);

#endif
