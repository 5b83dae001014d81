/* refuse.h: the end of a start that cannot be, and of a system that lost what
 * it needs. */
#ifndef KERNEL_SYSTEM_REFUSE_H
#define KERNEL_SYSTEM_REFUSE_H

#include <stdbool.h>
#include <stdint.h>

/* Says in the log and, where somebody may look, on the whole screen why the
 * system cannot start, and stops with code 1: at once when the setting
 * `headless` is 1 or there is no screen, else at a key or a button. */
_Noreturn void refuse_start(const char *sentence);

/* The same, but where somebody may look a key 1 to `count` goes on: its number
 * from 0. At most 9. */
uint32_t refuse_or_choose(const char *sentence, uint32_t count);

/* The same of a system that had started. Nothing more becomes durable. */
_Noreturn void refuse_to_go_on(const char *sentence);

/* Either, where the system's own part of the world is damaged. */
_Noreturn void refuse_damage(const char *what, bool started);

#endif
