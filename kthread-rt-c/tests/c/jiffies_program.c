// SPDX-License-Identifier: MIT OR Apache-2.0
/* jiffies in a program: an expression that asks the clock; or, if the program says so, the variable. */
#include <stdio.h>
#include <time.h>

#include <linux/delay.h>
#include <linux/jiffies.h>

static void sleep_half_a_second(void)
{
	struct timespec half = { 0, 500000000 };

	nanosleep(&half, NULL);
}

int main(void)
{
	unsigned long volatile *address = &jiffies;
	unsigned long start, passed;
#ifdef KT_JIFFIES_VARIABLE
	struct {
		unsigned long jiffies;
	} stamp = { .jiffies = 1 };

	printf("a field: %lu\n", stamp.jiffies);
#endif
	printf("its address: %d\n", *address - jiffies == 0 || jiffies - *address < 2);
	msleep(4);
	start = jiffies;
	sleep_half_a_second();
	passed = jiffies - start;
#ifdef KT_JIFFIES_VARIABLE
	/* Nobody ran, so the ticks have stopped: a tenth of a second after they were looked for, or two. */
	printf("at rest the ticks stop: %d\n", passed < 100);
	msleep(1);
	passed = jiffies - start;
#endif
	printf("half a second: %d\n", passed >= 124);
	return 0;
}
