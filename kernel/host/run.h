/* run.h: see run.c. */
#ifndef KERNEL_HOST_RUN_H
#define KERNEL_HOST_RUN_H

/* Compiles and runs a program on memory that is thrown away. The program's exit
 * status, or 1 after a message on standard error. */
int host_run(const char *path, int count, char **arguments);

/* The same for its tests. */
int host_test(const char *path);

#endif
