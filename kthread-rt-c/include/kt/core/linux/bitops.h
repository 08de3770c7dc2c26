/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Bits of words and of arrays of words. */
#ifndef KT_CORE_LINUX_BITOPS_H
#define KT_CORE_LINUX_BITOPS_H

#include <kt/core/asm/barrier.h>
#include <kt/core/linux/bits.h>
#include <kt/core/linux/types.h>
#if __STDC_HOSTED__
#include <strings.h>
#endif

#define BITS_PER_TYPE(type) (sizeof(type) * BITS_PER_BYTE)
#define BITS_TO_LONGS(nr) (((nr) + BITS_PER_LONG - 1) / BITS_PER_LONG)
#define BITS_TO_U64(nr) (((nr) + 63) / 64)
#define BITS_TO_U32(nr) (((nr) + 31) / 32)
#define BITS_TO_BYTES(nr) (((nr) + 7) / 8)

/*
 * Atomic. Operations that return nothing order nothing; those that return the old bit are full
 * barriers.
 */
static __always_inline void set_bit(long nr, volatile unsigned long *addr)
{
	(void)__atomic_fetch_or(addr + BIT_WORD(nr), BIT_MASK(nr), __ATOMIC_RELAXED);
}

static __always_inline void clear_bit(long nr, volatile unsigned long *addr)
{
	(void)__atomic_fetch_and(addr + BIT_WORD(nr), ~BIT_MASK(nr), __ATOMIC_RELAXED);
}

static __always_inline void change_bit(long nr, volatile unsigned long *addr)
{
	(void)__atomic_fetch_xor(addr + BIT_WORD(nr), BIT_MASK(nr), __ATOMIC_RELAXED);
}

static __always_inline bool test_and_set_bit(long nr, volatile unsigned long *addr)
{
	unsigned long old;

	smp_mb();
	old = __atomic_fetch_or(addr + BIT_WORD(nr), BIT_MASK(nr), __ATOMIC_SEQ_CST);
	smp_mb();
	return (old & BIT_MASK(nr)) != 0;
}

static __always_inline bool test_and_clear_bit(long nr, volatile unsigned long *addr)
{
	unsigned long old;

	smp_mb();
	old = __atomic_fetch_and(addr + BIT_WORD(nr), ~BIT_MASK(nr), __ATOMIC_SEQ_CST);
	smp_mb();
	return (old & BIT_MASK(nr)) != 0;
}

static __always_inline bool test_and_change_bit(long nr, volatile unsigned long *addr)
{
	unsigned long old;

	smp_mb();
	old = __atomic_fetch_xor(addr + BIT_WORD(nr), BIT_MASK(nr), __ATOMIC_SEQ_CST);
	smp_mb();
	return (old & BIT_MASK(nr)) != 0;
}

static __always_inline bool test_bit(unsigned long nr, const volatile unsigned long *addr)
{
	return (__atomic_load_n(addr + BIT_WORD(nr), __ATOMIC_RELAXED) & BIT_MASK(nr)) != 0;
}

static __always_inline bool test_bit_acquire(unsigned long nr, const volatile unsigned long *addr)
{
	return (__atomic_load_n(addr + BIT_WORD(nr), __ATOMIC_ACQUIRE) & BIT_MASK(nr)) != 0;
}

/* A bit as a lock. */
static __always_inline bool test_and_set_bit_lock(long nr, volatile unsigned long *addr)
{
	return (__atomic_fetch_or(addr + BIT_WORD(nr), BIT_MASK(nr), __ATOMIC_ACQUIRE) & BIT_MASK(nr)) != 0;
}

static __always_inline void clear_bit_unlock(long nr, volatile unsigned long *addr)
{
	(void)__atomic_fetch_and(addr + BIT_WORD(nr), ~BIT_MASK(nr), __ATOMIC_RELEASE);
}

#define __clear_bit_unlock clear_bit_unlock

/* Not atomic. */
static __always_inline void __set_bit(unsigned long nr, volatile unsigned long *addr)
{
	addr[BIT_WORD(nr)] |= BIT_MASK(nr);
}

static __always_inline void __clear_bit(unsigned long nr, volatile unsigned long *addr)
{
	addr[BIT_WORD(nr)] &= ~BIT_MASK(nr);
}

static __always_inline void __change_bit(unsigned long nr, volatile unsigned long *addr)
{
	addr[BIT_WORD(nr)] ^= BIT_MASK(nr);
}

static __always_inline bool __test_and_set_bit(unsigned long nr, volatile unsigned long *addr)
{
	bool old = test_bit(nr, addr);

	__set_bit(nr, addr);
	return old;
}

static __always_inline bool __test_and_clear_bit(unsigned long nr, volatile unsigned long *addr)
{
	bool old = test_bit(nr, addr);

	__clear_bit(nr, addr);
	return old;
}

static __always_inline bool __test_and_change_bit(unsigned long nr, volatile unsigned long *addr)
{
	bool old = test_bit(nr, addr);

	__change_bit(nr, addr);
	return old;
}

static __always_inline void assign_bit(long nr, volatile unsigned long *addr, bool value)
{
	if (value)
		set_bit(nr, addr);
	else
		clear_bit(nr, addr);
}

static __always_inline void __assign_bit(long nr, volatile unsigned long *addr, bool value)
{
	if (value)
		__set_bit(nr, addr);
	else
		__clear_bit(nr, addr);
}

static inline void smp_mb__before_clear_bit(void)
{
	smp_mb();
}

static inline void smp_mb__after_clear_bit(void)
{
	smp_mb();
}

/*
 * Bit positions: ffs and fls count from 1 and return 0 for none; the others count from 0, and a bit
 * must be set.
 */
#if !__STDC_HOSTED__
static __always_inline int ffs(int x)
{
	return __builtin_ffs(x);
}

#endif

static __always_inline int fls(unsigned int x)
{
	return x ? 32 - __builtin_clz(x) : 0;
}

static __always_inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

static __always_inline unsigned int fls_long(unsigned long x)
{
	return (unsigned int)fls64(x);
}

static __always_inline unsigned long __ffs(unsigned long word)
{
	return (unsigned long)__builtin_ctzl(word);
}

static __always_inline unsigned long __fls(unsigned long word)
{
	return (unsigned long)(BITS_PER_LONG - 1 - __builtin_clzl(word));
}

static __always_inline unsigned long __ffs64(u64 word)
{
	return (unsigned long)__builtin_ctzll(word);
}

static __always_inline unsigned long ffz(unsigned long word)
{
	return __ffs(~word);
}

static __always_inline int get_bitmask_order(unsigned int count)
{
	return fls(count);
}

static __always_inline int get_count_order(unsigned int count)
{
	return count == 0 ? -1 : fls(count - 1);
}

static __always_inline int get_count_order_long(unsigned long count)
{
	return count == 0 ? -1 : (int)fls_long(count - 1);
}

#define hweight8(w) ((unsigned int)__builtin_popcount((u8)(w)))
#define hweight16(w) ((unsigned int)__builtin_popcount((u16)(w)))
#define hweight32(w) ((unsigned int)__builtin_popcount((u32)(w)))
#define hweight64(w) ((unsigned long)__builtin_popcountll((u64)(w)))

static inline unsigned long hweight_long(unsigned long w)
{
	return (unsigned long)__builtin_popcountl((unsigned long)(w));
}

#define __KT_ROTATE(bits) \
	static __always_inline u##bits rol##bits(u##bits word, unsigned int shift) \
	{ \
		return (u##bits)(word << (shift & (bits - 1)) | word >> (-shift & (bits - 1))); \
	} \
	static __always_inline u##bits ror##bits(u##bits word, unsigned int shift) \
	{ \
		return (u##bits)(word >> (shift & (bits - 1)) | word << (-shift & (bits - 1))); \
	}
__KT_ROTATE(8)
__KT_ROTATE(16)
__KT_ROTATE(32)
__KT_ROTATE(64)

static __always_inline s32 sign_extend32(u32 value, int index)
{
	return (s32)(value << (31 - index)) >> (31 - index);
}

static __always_inline s64 sign_extend64(u64 value, int index)
{
	return (s64)(value << (63 - index)) >> (63 - index);
}

/* Clears the mask's bits of *ptr and sets `bits`. Returns the old value, or the new one. */
#define set_mask_bits(ptr, mask, bits) \
	({ \
		__typeof__(*(ptr)) __kt_was = READ_ONCE(*(ptr)); \
		while (!__atomic_compare_exchange_n((ptr), &__kt_was, (__kt_was & ~(mask)) | (bits), 0, __ATOMIC_SEQ_CST, \
						    __ATOMIC_RELAXED)) \
			; \
		__kt_was; \
	})

/* Clears bits, unless a bit of `unless` is set. Returns whether it did. */
#define bit_clear_unless(ptr, clear, unless) \
	({ \
		__typeof__(*(ptr)) __kt_was = READ_ONCE(*(ptr)); \
		while (!(__kt_was & (unless)) && \
		       !__atomic_compare_exchange_n((ptr), &__kt_was, __kt_was & ~(clear), 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) \
			; \
		!(__kt_was & (unless)); \
	})

#include <kt/core/linux/find.h>

#endif
