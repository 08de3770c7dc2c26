/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Sets of cpus. */
#ifndef KT_CORE_LINUX_CPUMASK_H
#define KT_CORE_LINUX_CPUMASK_H

#include <kt/core/linux/bitmap.h>
#include <kt/core/linux/cpumask_types.h>
#include <kt/core/linux/cleanup.h>
#include <kt/core/linux/threads.h>

KT_BEGIN
/* One more than the highest cpu number that this process may ever have. */
extern unsigned int nr_cpu_ids;
/*
 * The current masks, in memory of the calling thread, valid until it asks for the same mask again.
 */
const struct cpumask *kt_cpu_mask(int which, unsigned int cpu);
KT_END

/* How many bits of a mask are used. The other bits are always 0. */
#define nr_cpumask_bits nr_cpu_ids
#define cpumask_pr_args(mask) nr_cpu_ids, cpumask_bits(mask)

static inline unsigned int cpumask_size(void)
{
	return sizeof(struct cpumask);
}

#define cpu_online_mask kt_cpu_mask(0, 0)
#define cpu_possible_mask kt_cpu_mask(1, 0)
#define cpu_present_mask cpu_possible_mask
#define cpu_active_mask cpu_online_mask
#define cpu_all_mask kt_cpu_mask(2, 0)
#define cpu_none_mask kt_cpu_mask(3, 0)
#define cpumask_of(cpu) kt_cpu_mask(4, cpu)

static inline const struct cpumask *get_cpu_mask(unsigned int cpu)
{
	return cpumask_of(cpu);
}

#define CPU_MASK_NONE { { 0 } }
#define CPU_BITS_NONE { 0 }

static inline unsigned int cpumask_weight(const struct cpumask *mask)
{
	return bitmap_weight(mask->bits, NR_CPUS);
}

static inline void cpumask_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	set_bit((long)cpu, mask->bits);
}

static inline void __cpumask_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	__set_bit(cpu, mask->bits);
}

static inline void cpumask_clear_cpu(int cpu, struct cpumask *mask)
{
	clear_bit(cpu, mask->bits);
}

static inline void __cpumask_clear_cpu(int cpu, struct cpumask *mask)
{
	__clear_bit((unsigned long)cpu, mask->bits);
}

static inline bool cpumask_test_cpu(int cpu, const struct cpumask *mask)
{
	return cpu >= 0 && cpu < NR_CPUS && test_bit((unsigned long)cpu, mask->bits);
}

static inline bool cpumask_test_and_set_cpu(int cpu, struct cpumask *mask)
{
	return test_and_set_bit(cpu, mask->bits);
}

static inline bool cpumask_test_and_clear_cpu(int cpu, struct cpumask *mask)
{
	return test_and_clear_bit(cpu, mask->bits);
}

static inline void cpumask_setall(struct cpumask *mask)
{
	bitmap_zero(mask->bits, NR_CPUS);
	bitmap_set(mask->bits, 0, nr_cpu_ids);
}

static inline void cpumask_clear(struct cpumask *mask)
{
	bitmap_zero(mask->bits, NR_CPUS);
}

static inline bool cpumask_and(struct cpumask *dst, const struct cpumask *a, const struct cpumask *b)
{
	return bitmap_and(dst->bits, a->bits, b->bits, NR_CPUS);
}

static inline void cpumask_or(struct cpumask *dst, const struct cpumask *a, const struct cpumask *b)
{
	bitmap_or(dst->bits, a->bits, b->bits, NR_CPUS);
}

static inline void cpumask_xor(struct cpumask *dst, const struct cpumask *a, const struct cpumask *b)
{
	bitmap_xor(dst->bits, a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_andnot(struct cpumask *dst, const struct cpumask *a, const struct cpumask *b)
{
	return bitmap_andnot(dst->bits, a->bits, b->bits, NR_CPUS);
}

static inline void cpumask_complement(struct cpumask *dst, const struct cpumask *src)
{
	struct cpumask all;

	cpumask_setall(&all);
	bitmap_andnot(dst->bits, all.bits, src->bits, NR_CPUS);
}

static inline void cpumask_copy(struct cpumask *dst, const struct cpumask *src)
{
	bitmap_copy(dst->bits, src->bits, NR_CPUS);
}

static inline bool cpumask_equal(const struct cpumask *a, const struct cpumask *b)
{
	return bitmap_equal(a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_intersects(const struct cpumask *a, const struct cpumask *b)
{
	return bitmap_intersects(a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_subset(const struct cpumask *a, const struct cpumask *b)
{
	return bitmap_subset(a->bits, b->bits, NR_CPUS);
}

static inline bool cpumask_empty(const struct cpumask *mask)
{
	return bitmap_empty(mask->bits, NR_CPUS);
}

static inline bool cpumask_full(const struct cpumask *mask)
{
	return find_first_zero_bit(mask->bits, NR_CPUS) >= nr_cpu_ids;
}

/* nr_cpu_ids or more, if there is none. */
static inline unsigned int cpumask_first(const struct cpumask *mask)
{
	return (unsigned int)find_first_bit(mask->bits, NR_CPUS);
}

static inline unsigned int cpumask_last(const struct cpumask *mask)
{
	return (unsigned int)find_last_bit(mask->bits, NR_CPUS);
}

static inline unsigned int cpumask_next(int n, const struct cpumask *mask)
{
	return (unsigned int)find_next_bit(mask->bits, NR_CPUS, (unsigned long)(n + 1));
}

static inline unsigned int cpumask_next_zero(int n, const struct cpumask *mask)
{
	return (unsigned int)find_next_zero_bit(mask->bits, NR_CPUS, (unsigned long)(n + 1));
}

static inline unsigned int cpumask_next_and(int n, const struct cpumask *a, const struct cpumask *b)
{
	return (unsigned int)find_next_and_bit(a->bits, b->bits, NR_CPUS, (unsigned long)(n + 1));
}

static inline unsigned int cpumask_next_wrap(int n, const struct cpumask *mask, int start, bool wrap)
{
	unsigned int next = cpumask_next(n, mask);

	if (wrap && n < start && next >= (unsigned int)start)
		return NR_CPUS;
	if (next >= NR_CPUS)
		next = cpumask_first(mask);
	return next;
}

static inline unsigned int cpumask_next_andnot(int n, const struct cpumask *a, const struct cpumask *b)
{
	unsigned int next = cpumask_next(n, a);

	while (next < NR_CPUS && cpumask_test_cpu((int)next, b))
		next = cpumask_next((int)next, a);
	return next;
}

/* The next cpu after `n` in the cyclic order from `start` on; `n` is -1 at first. */
static inline unsigned int kt_cpumask_next_from(int n, const struct cpumask *mask, int start)
{
	bool wrapped = n >= 0 && n < start;
	unsigned int next = cpumask_next(n < 0 ? start - 1 : n, mask);

	if (!wrapped && next < NR_CPUS)
		return next;
	if (!wrapped)
		next = cpumask_next(-1, mask);
	return next < (unsigned int)start ? next : NR_CPUS;
}

static inline unsigned int cpumask_weight_and(const struct cpumask *a, const struct cpumask *b)
{
	struct cpumask both;

	cpumask_and(&both, a, b);
	return cpumask_weight(&both);
}

/* True if the union of `a` and `b` is `c`. */
static inline bool cpumask_or_equal(const struct cpumask *a, const struct cpumask *b, const struct cpumask *c)
{
	struct cpumask either;

	cpumask_or(&either, a, b);
	return cpumask_equal(&either, c);
}

static inline void cpumask_shift_right(struct cpumask *dst, const struct cpumask *src, int n)
{
	bitmap_shift_right(dst->bits, src->bits, (unsigned int)n, NR_CPUS);
}

static inline void cpumask_shift_left(struct cpumask *dst, const struct cpumask *src, int n)
{
	struct cpumask all;

	bitmap_shift_left(dst->bits, src->bits, (unsigned int)n, NR_CPUS);
	cpumask_setall(&all);
	cpumask_and(dst, dst, &all);
}

/* The n-th cpu of the mask; nr_cpu_ids or more, if there is none. */
static inline unsigned int cpumask_nth(unsigned int n, const struct cpumask *mask)
{
	return (unsigned int)find_nth_bit(mask->bits, NR_CPUS, n);
}

static inline unsigned int cpumask_nth_and(unsigned int n, const struct cpumask *a, const struct cpumask *b)
{
	struct cpumask both;

	cpumask_and(&both, a, b);
	return cpumask_nth(n, &both);
}

static inline unsigned int cpumask_nth_andnot(unsigned int n, const struct cpumask *a, const struct cpumask *b)
{
	struct cpumask rest;

	cpumask_andnot(&rest, a, b);
	return cpumask_nth(n, &rest);
}

static inline unsigned int cpumask_first_and(const struct cpumask *a, const struct cpumask *b)
{
	return cpumask_next_and(-1, a, b);
}

static inline unsigned int cpumask_first_zero(const struct cpumask *mask)
{
	return cpumask_next_zero(-1, mask);
}

#define cpumask_any(mask) cpumask_first(mask)
#define cpumask_any_and(a, b) cpumask_first_and(a, b)
#define cpumask_any_distribute cpumask_first
#define cpumask_any_and_distribute cpumask_first_and

static inline unsigned int cpumask_any_but(const struct cpumask *mask, unsigned int cpu)
{
	unsigned int found = cpumask_first(mask);

	return found == cpu ? cpumask_next((int)cpu, mask) : found;
}

static inline unsigned int cpumask_local_spread(unsigned int i, int node)
{
	(void)node;
	return (unsigned int)find_nth_bit(cpu_online_mask->bits, NR_CPUS, i % cpumask_weight(cpu_online_mask));
}

#define for_each_cpu(cpu, mask) \
	for ((cpu) = cpumask_next(-1, (mask)); (unsigned int)(cpu) < nr_cpu_ids; (cpu) = cpumask_next((int)(cpu), (mask)))
#define for_each_cpu_not(cpu, mask) \
	for ((cpu) = cpumask_next_zero(-1, (mask)); (unsigned int)(cpu) < nr_cpu_ids; \
	     (cpu) = cpumask_next_zero((int)(cpu), (mask)))
#define for_each_cpu_and(cpu, a, b) \
	for ((cpu) = cpumask_next_and(-1, (a), (b)); (unsigned int)(cpu) < nr_cpu_ids; \
	     (cpu) = cpumask_next_and((int)(cpu), (a), (b)))
#define for_each_cpu_andnot(cpu, a, b) \
	for ((cpu) = cpumask_next_andnot(-1, (a), (b)); (unsigned int)(cpu) < nr_cpu_ids; \
	     (cpu) = cpumask_next_andnot((int)(cpu), (a), (b)))
#define for_each_cpu_wrap(cpu, mask, start) \
	for ((cpu) = kt_cpumask_next_from(-1, (mask), (int)(start)); (unsigned int)(cpu) < nr_cpu_ids; \
	     (cpu) = kt_cpumask_next_from((int)(cpu), (mask), (int)(start)))
#define for_each_online_cpu(cpu) for_each_cpu(cpu, cpu_online_mask)
#define for_each_possible_cpu(cpu) for_each_cpu(cpu, cpu_possible_mask)
#define for_each_present_cpu(cpu) for_each_cpu(cpu, cpu_present_mask)

static inline unsigned int num_online_cpus(void)
{
	return cpumask_weight(cpu_online_mask);
}

#define num_possible_cpus() cpumask_weight(cpu_possible_mask)
#define num_present_cpus() num_possible_cpus()
#define num_active_cpus() num_online_cpus()

static inline bool cpu_online(unsigned int cpu)
{
	return cpumask_test_cpu((int)(cpu), cpu_online_mask);
}

static inline bool cpu_possible(unsigned int cpu)
{
	return cpumask_test_cpu((int)(cpu), cpu_possible_mask);
}

#define cpu_present cpu_possible
#define cpu_active cpu_online
#define cpu_is_offline(cpu) (!cpu_online(cpu))

static inline bool alloc_cpumask_var(cpumask_var_t *mask, gfp_t flags)
{
	(void)mask, (void)flags;
	return true;
}

static inline bool zalloc_cpumask_var(cpumask_var_t *mask, gfp_t flags)
{
	(void)flags;
	cpumask_clear(*mask);
	return true;
}

static inline bool alloc_cpumask_var_node(cpumask_var_t *mask, gfp_t flags, int node)
{
	(void)node;
	return alloc_cpumask_var(mask, flags);
}

static inline bool zalloc_cpumask_var_node(cpumask_var_t *mask, gfp_t flags, int node)
{
	(void)node;
	return zalloc_cpumask_var(mask, flags);
}

static inline void free_cpumask_var(cpumask_var_t mask)
{
	(void)mask;
}

static inline bool cpumask_available(cpumask_var_t mask)
{
	(void)mask;
	return true;
}

#define this_cpu_cpumask_var_ptr(mask) this_cpu_ptr(mask)
#define to_cpumask(bitmap) ((struct cpumask *)(bitmap))

/* Text, as for bitmaps. */
static inline int cpumask_parse(const char *text, struct cpumask *mask)
{
	return bitmap_parse(text, ~0u, cpumask_bits(mask), NR_CPUS);
}

static inline int cpulist_parse(const char *text, struct cpumask *mask)
{
	return bitmap_parselist(text, cpumask_bits(mask), NR_CPUS);
}

static inline int cpumask_parse_user(const char __user *text, int length, struct cpumask *mask)
{
	return bitmap_parse_user(text, (unsigned int)length, cpumask_bits(mask), NR_CPUS);
}

static inline int cpumask_parselist_user(const char __user *text, int length, struct cpumask *mask)
{
	return bitmap_parselist_user(text, (unsigned int)length, cpumask_bits(mask), NR_CPUS);
}

static inline ssize_t cpumap_print_to_pagebuf(bool list, char *page, const struct cpumask *mask)
{
	return bitmap_print_to_pagebuf(list, page, cpumask_bits(mask), (int)nr_cpu_ids);
}

static inline ssize_t cpumap_print_bitmask_to_buf(char *to, const struct cpumask *mask, loff_t from, size_t count)
{
	return bitmap_print_bitmask_to_buf(to, cpumask_bits(mask), (int)nr_cpu_ids, from, count);
}

static inline ssize_t cpumap_print_list_to_buf(char *to, const struct cpumask *mask, loff_t from, size_t count)
{
	return bitmap_print_list_to_buf(to, cpumask_bits(mask), (int)nr_cpu_ids, from, count);
}

DEFINE_FREE(free_cpumask_var, struct cpumask *, if (_T) free_cpumask_var(_T))

#endif
