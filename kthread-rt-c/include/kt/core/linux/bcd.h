/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Binary-coded decimals: each digit has four bits. */
#ifndef KT_CORE_LINUX_BCD_H
#define KT_CORE_LINUX_BCD_H

static inline unsigned int bcd2bin(unsigned char digits)
{
	return (digits >> 4) * 10u + (digits & 15u);
}

static inline unsigned char bin2bcd(unsigned int number)
{
	return (unsigned char)(number / 10 << 4 | number % 10);
}

#endif
