// SPDX-License-Identifier: MIT OR Apache-2.0
/* Halves of words, bytes that are repeated, and members that are a group. */
#include "ask.h"
#include <linux/kernel.h>
#include <linux/stddef.h>

CASE(halves, "upper_16_bits lower_16_bits REPEAT_BYTE")
{
	volatile u32 value = 0x12345678;

	answer("bits=%x,%x repeat=%lx", upper_16_bits(value), lower_16_bits(value), (unsigned long)REPEAT_BYTE(0xa5));
}

CASE(group, "struct_group struct_group_tagged struct_group_attr")
{
	struct {
		int before;
		struct_group(group, int first; int second;);
		struct_group_tagged(tagged, other, char third; int fourth;);
		struct_group_attr(packed, __packed, char fifth; int sixth;);
	} grouped = { .first = 3, .fourth = 4 };
	struct tagged copy = grouped.other;

	answer("first=%d size=%zu fourth=%d,%d size=%zu packed=%zu", grouped.group.first, sizeof(grouped.group),
	       grouped.other.fourth, copy.fourth, sizeof(grouped.other), sizeof(grouped.packed));
}

ASK_MODULE(&case_halves, &case_group);
