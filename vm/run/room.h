/* room.h: which domains wait for room to write, and who writes most.
 *
 * A thread whose announcement is refused stays where it is, at a safepoint, and
 * waits for the rest of this vm_run; the other threads of its domain have their
 * turns, so that its window answers, and then the domain waits. What was
 * announced in a slice is put down to its domain and halved at each barrier, so
 * the domain that wrote most lately is known, and the thread that wrote most of
 * it: that one needs more free room than all others (MEMORY_HEAVY), and so
 * waits first. While a domain waits nothing of its account is forgotten. All of
 * this is transient. */
#ifndef VM_RUN_ROOM_H
#define VM_RUN_ROOM_H

#include "vm/heap/object.h"

/* Empties all accounts. */
void room_start(void);

/* A vm_run begins: all may try again. */
void room_turn(void);

/* The thread with this number, of the domain in this place of the root, runs;
 * and has run. */
void room_enter(size_t slot, uint64_t thread);
void room_leave(void);

/* Something was refused to this thread of the domain; 0: to all of it. */
void room_refuse(size_t slot, uint64_t thread);
/* Whether this thread waits, or all of the domain; 0: whether all of it does.
 */
bool room_waits(size_t slot, uint64_t thread);
bool room_any_waits(void);

/* A barrier was taken. */
void room_barrier(void);

/* Pages that domains announced which had to wait since the last barrier. */
uint64_t room_waiters_wrote(void);

#endif
