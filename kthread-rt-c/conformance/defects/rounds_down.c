// SPDX-License-Identifier: MIT OR Apache-2.0
/* msecs_to_jiffies() rounds down. */
#include <linux/jiffies.h>
#include <linux/limits.h>

unsigned long __real_kt_msecs_to_jiffies(unsigned int ms);
unsigned long __wrap_kt_msecs_to_jiffies(unsigned int ms);
unsigned long __wrap_kt_msecs_to_jiffies(unsigned int ms)
{
	return ms > INT_MAX ? __real_kt_msecs_to_jiffies(ms) : (unsigned long)ms * HZ / 1000;
}
