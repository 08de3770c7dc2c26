/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where the program is, for those who are told so. */
#ifndef KT_CORE_LINUX_INSTRUCTION_POINTER_H
#define KT_CORE_LINUX_INSTRUCTION_POINTER_H

/* Where the call of it returns to. */
static __attribute__((__noinline__, __unused__)) unsigned long kt_this_ip(void)
{
	return (unsigned long)__builtin_return_address(0);
}

#define _RET_IP_ ((unsigned long)__builtin_return_address(0))
#define _THIS_IP_ kt_this_ip()

#endif
