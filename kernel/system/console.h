/* console.h: commands that come as lines over the console, for scripts.
 *
 *   snapshot           take one now; answers "snapshot: begun generation=G"
 *                      (0: there is no disk), then "snapshot: durable" for G
 *   shutdown           in order, with a last snapshot
 *   resume             goes on after a start with the setting `frozen`
 *   open "NAME"        starts an app; answers "console: opens NAME"
 *   find ROLE "NAME"   answers "ui: found X Y" or "ui: missing"; while a notice
 *                      takes no clicks the answer waits
 *   shows "TEXT"       answers "ui: shows" or "ui: missing"
 *   masks              answers "ui: masks X Y W H, X Y W H": what does not
 *                      count in a picture taken now */
#ifndef KERNEL_SYSTEM_CONSOLE_H
#define KERNEL_SYSTEM_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

/* Obeys the lines that wait; between slices. */
void console_step(void);
/* When to call it again though no line has come. */
uint64_t console_waits_until_ns(void);

bool console_snapshot_wanted(void);
void console_snapshot_taken(void);

/* When it last opened an app, whose window is still to come; 0: never. */
uint64_t console_opened_ns(void);

void console_want_stop(void);
bool console_stop_wanted(void);

/* True once after "resume". */
bool console_take_resume(void);

#endif
