/* input.h: what a person who tries everything does to the simulated machine. */
#ifndef TESTS_MACHINE_INPUT_H
#define TESTS_MACHINE_INPUT_H

/* Before a turn of the main loop: nothing, or some input, from the simulator's
 * randomness; virtual time goes on. */
void input_random(void);

#endif
