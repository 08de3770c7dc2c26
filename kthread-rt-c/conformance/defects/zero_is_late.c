// SPDX-License-Identifier: MIT OR Apache-2.0
/* wait_for_completion_timeout() of what is done already returns 0 if the time is 0. */
#include <linux/completion.h>

#undef wait_for_completion_timeout
unsigned long __real_wait_for_completion_timeout(struct completion *x, unsigned long timeout);
unsigned long __wrap_wait_for_completion_timeout(struct completion *x, unsigned long timeout);
unsigned long __wrap_wait_for_completion_timeout(struct completion *x, unsigned long timeout)
{
	unsigned long left = __real_wait_for_completion_timeout(x, timeout);

	return timeout ? left : 0;
}
