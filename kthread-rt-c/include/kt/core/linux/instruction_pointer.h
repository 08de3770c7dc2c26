/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Addresses in the code. */
#ifndef KT_CORE_LINUX_INSTRUCTION_POINTER_H
#define KT_CORE_LINUX_INSTRUCTION_POINTER_H

/* The return address of the current function. */
static __attribute__((__noinline__, __unused__)) unsigned long kt_this_ip(void)
{
	return (unsigned long)__builtin_return_address(0);
}

#define _RET_IP_ ((unsigned long)__builtin_return_address(0))
#define _THIS_IP_ kt_this_ip()

#endif
