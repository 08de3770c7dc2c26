// SPDX-License-Identifier: MIT OR Apache-2.0
/* Fields of several bits: ranges that are walked, masks that are filled in. */
#include "ask.h"
#include <linux/bitfield.h>
#include <linux/bitops.h>

CASE(ranges, "for_each_set_bitrange for_each_clear_bitrange for_each_set_clump8")
{
	unsigned long word = 0xb1, clump;
	unsigned int bit, end;
	char text[60];
	int length;

	length = 0;
	for_each_set_bitrange(bit, end, &word, 8)
		length += snprintf(text + length, sizeof(text) - length, "%u-%u ", bit, end);
	answer("ranges=[%s]", text);
	length = 0;
	for_each_clear_bitrange(bit, end, &word, 8)
		length += snprintf(text + length, sizeof(text) - length, "%u-%u ", bit, end);
	answer("clear_ranges=[%s]", text);
	length = 0;
	word = 0x00ff00000012ul;
	for_each_set_clump8(bit, clump, &word, 48)
		length += snprintf(text + length, sizeof(text) - length, "%u:%lx ", bit, clump);
	answer("clumps=[%s]", text);
}

CASE(fields, "FIELD_GET FIELD_PREP FIELD_FIT FIELD_MAX bit_clear_unless")
{
	volatile unsigned long value = 0x1234;
	unsigned long word = 0xf005;
	int cleared[2];

	answer("field=%lx,%lx fit=%d,%d max=%lx", FIELD_GET(GENMASK(11, 8), value), FIELD_PREP(GENMASK(11, 8), 5ul),
	       !!FIELD_FIT(GENMASK(11, 8), 15ul), !!FIELD_FIT(GENMASK(11, 8), 16ul), FIELD_MAX(GENMASK(11, 8)));
	cleared[0] = bit_clear_unless(&word, 0x4ul, 0x1ul);
	cleared[1] = bit_clear_unless(&word, 0x4ul, 0x2ul);
	answer("clear_unless=%d,%d word=%lx", cleared[0], cleared[1], word);
}

CASE(big_endian, "be32_add_cpu be16_add_cpu le32_add_cpu")
{
	__be32 big = cpu_to_be32(0x01020304);
	__be16 half = cpu_to_be16(0xffff);
	__le32 little = cpu_to_le32(7);

	be32_add_cpu(&big, 0x100);
	be16_add_cpu(&half, 2);
	le32_add_cpu(&little, 8);
	answer("add=%x,%x,%x", be32_to_cpu(big), be16_to_cpu(half), le32_to_cpu(little));
}

ASK_MODULE(&case_ranges, &case_fields, &case_big_endian);
