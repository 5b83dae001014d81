/* apps.h: the programs that come with the system: their modules, starting them,
 * and ending what is over. */
#ifndef KERNEL_SYSTEM_APPS_H
#define KERNEL_SYSTEM_APPS_H

#include "kernel/base/status.h"
#include "kernel/base/text.h"

#include <stdint.h>

/* Makes all natives known; before vm_create and vm_restore. */
void apps_register(void);

/* Loads the library's modules and the apps' from the assets into the fresh heap
 * of build/first-heap. On an error `why` says in one sentence what is wrong. */
Status apps_load(Text *why);

/* At every start: a module of this build that the heap has not got in this
 * version is installed beside what is there, and used by apps that are started
 * from now on. What does not fit the heap is left out, with a log line: above
 * all another "core", for a heap keeps the one that it began with. */
void apps_update(void);

/* The name of the app at a place of the launcher, or NULL. */
const char *apps_name(uint32_t place);

/* Starts an app; a log line says when that cannot be, or not yet. */
void apps_launch(uint32_t place);

/* Apps that a person opened wait for room to start; tries again now and then,
 * and says when it will next, UINT64_MAX: there are none. */
bool apps_waiting(void);
uint64_t apps_step(void);

/* Starts the app with this name; false: there is none. */
bool apps_open(const char *name);
/* Whether there is one. */
bool apps_has(const char *name);
/* Whether a program of this name could be taken for one of them: that of its
 * module, whose letters are small, in letters of any size. */
bool apps_looks_like(const char *name);

/* What a fresh world begins with. */
void apps_first_start(void);

/* Ends apps whose last thread ended or that were stopped; keeps the trash
 * within bounds; and the windows of apps that come from there. */
void apps_reap(void);

/* Ends for good what is in the trash; false: nothing is. */
bool apps_empty_trash(void);

#endif
