/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Queues in an array whose length is a power of two: of elements of one size, or of records of
 * bytes, each preceded by its length in one or two bytes. One producer and one consumer need no
 * lock. shim/kfifo.c has the functions.
 */
#ifndef KT_CORE_LINUX_KFIFO_H
#define KT_CORE_LINUX_KFIFO_H

#include <kt/core/asm/barrier.h>
#include <kt/core/linux/errno.h>
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/spinlock.h>
#include <kt/core/linux/stddef.h>
#include <kt/core/linux/types.h>

struct __kfifo {
	unsigned int in;
	unsigned int out;
	unsigned int mask; /* 0: no memory */
	unsigned int esize;
	void *data;
};

/* In C++ no member has its structure's name. */
#ifdef __cplusplus
#define __KT_FIFO kt_kfifo
#else
#define __KT_FIFO kfifo
#endif

/*
 * The other members of the union are never set: they give the macros the types, and the size of a
 * record's length.
 */
#define __STRUCT_KFIFO_COMMON(datatype, recsize, ptrtype) \
	union { \
		struct __kfifo __KT_FIFO; \
		datatype *type; \
		const datatype *const_type; \
		char (*rectype)[recsize]; \
		ptrtype *ptr; \
		ptrtype const *ptr_const; \
	}
#define __STRUCT_KFIFO(type, size, recsize, ptrtype) \
	{ \
		__STRUCT_KFIFO_COMMON(type, recsize, ptrtype); \
		type buf[((size) < 2 || ((size) & ((size)-1))) ? -1 : (size)]; \
	}
#define __STRUCT_KFIFO_PTR(type, recsize, ptrtype) \
	{ \
		__STRUCT_KFIFO_COMMON(type, recsize, ptrtype); \
		type buf[0]; \
	}
#define STRUCT_KFIFO(type, size) struct __STRUCT_KFIFO(type, size, 0, type)
#define STRUCT_KFIFO_PTR(type) struct __STRUCT_KFIFO_PTR(type, 0, type)
#define STRUCT_KFIFO_REC_1(size) struct __STRUCT_KFIFO(unsigned char, size, 1, void)
#define STRUCT_KFIFO_REC_2(size) struct __STRUCT_KFIFO(unsigned char, size, 2, void)

struct kfifo __STRUCT_KFIFO_PTR(unsigned char, 0, void);
struct kfifo_rec_ptr_1 __STRUCT_KFIFO_PTR(unsigned char, 1, void);
struct kfifo_rec_ptr_2 __STRUCT_KFIFO_PTR(unsigned char, 2, void);

#define DECLARE_KFIFO(fifo, type, size) STRUCT_KFIFO(type, size) fifo
#define DECLARE_KFIFO_PTR(fifo, type) STRUCT_KFIFO_PTR(type) fifo
#define DEFINE_KFIFO(fifo, type, size) \
	DECLARE_KFIFO(fifo, type, size) = { { { 0, 0, (size)-1, sizeof(*(fifo).buf), (fifo).buf } } }

/* Initialises a kfifo with an embedded array, or one without memory yet. */
#define INIT_KFIFO(fifo) \
	((void)((fifo).__KT_FIFO.in = (fifo).__KT_FIFO.out = 0, \
		(fifo).__KT_FIFO.mask = sizeof((fifo).buf) ? (unsigned int)(sizeof((fifo).buf) / sizeof(*(fifo).buf)) - 1 : 0, \
		(fifo).__KT_FIFO.esize = sizeof(*(fifo).buf), (fifo).__KT_FIFO.data = sizeof((fifo).buf) ? (fifo).buf : NULL))

KT_BEGIN
/*
 * The size in elements, rounded up; in bytes, rounded down. 0, -EINVAL for less than two elements,
 * -ENOMEM.
 */
int __kfifo_alloc(struct __kfifo *fifo, unsigned int size, size_t esize, gfp_t flags);
int __kfifo_init(struct __kfifo *fifo, void *buffer, unsigned int size, size_t esize);
void __kfifo_free(struct __kfifo *fifo);
/* Elements. */
unsigned int __kfifo_in(struct __kfifo *fifo, const void *from, unsigned int n);
unsigned int __kfifo_out(struct __kfifo *fifo, void *to, unsigned int n);
unsigned int __kfifo_out_peek(struct __kfifo *fifo, void *to, unsigned int n);
int __kfifo_from_user(struct __kfifo *fifo, const void __user *from, unsigned long bytes, unsigned int *copied);
int __kfifo_to_user(struct __kfifo *fifo, void __user *to, unsigned long bytes, unsigned int *copied);
/*
 * Records: a record is stored as a whole or not at all; taking one always removes it as a whole,
 * even if fewer bytes are read.
 */
unsigned int __kfifo_max_r(unsigned int length, size_t recsize);
unsigned int __kfifo_len_r(struct __kfifo *fifo, size_t recsize);
unsigned int __kfifo_in_r(struct __kfifo *fifo, const void *from, unsigned int length, size_t recsize);
unsigned int __kfifo_out_r(struct __kfifo *fifo, void *to, unsigned int length, size_t recsize);
unsigned int __kfifo_out_peek_r(struct __kfifo *fifo, void *to, unsigned int length, size_t recsize);
void __kfifo_skip_r(struct __kfifo *fifo, size_t recsize);
int __kfifo_from_user_r(struct __kfifo *fifo, const void __user *from, unsigned long bytes, unsigned int *copied,
			size_t recsize);
int __kfifo_to_user_r(struct __kfifo *fifo, void __user *to, unsigned long bytes, unsigned int *copied, size_t recsize);
KT_END

static inline unsigned int __kfifo_uint_must_check_helper(unsigned int value)
{
	return value;
}

static inline unsigned int kt_kfifo_len(const struct __kfifo *fifo)
{
	return smp_load_acquire(&fifo->in) - smp_load_acquire(&fifo->out);
}

static inline unsigned int kt_kfifo_avail(const struct __kfifo *fifo, size_t recsize)
{
	unsigned int room = fifo->mask + 1 - kt_kfifo_len(fifo);

	if (!recsize)
		return room;
	return room <= recsize ? 0 : __kfifo_max_r(room - (unsigned int)recsize, recsize);
}

static inline void kt_kfifo_skip(struct __kfifo *fifo, unsigned int n, size_t recsize)
{
	if (recsize)
		__kfifo_skip_r(fifo, recsize);
	else
		smp_store_release(&fifo->out, fifo->out + n);
}

#define kfifo_initialized(fifo) ((fifo)->__KT_FIFO.mask != 0)
#define kfifo_esize(fifo) ((fifo)->__KT_FIFO.esize)
#define kfifo_recsize(fifo) (sizeof(*(fifo)->rectype))
#define kfifo_size(fifo) ((fifo)->__KT_FIFO.mask + 1)
#define kfifo_reset(fifo) ((void)((fifo)->__KT_FIFO.in = (fifo)->__KT_FIFO.out = 0))
#define kfifo_reset_out(fifo) ((void)((fifo)->__KT_FIFO.out = (fifo)->__KT_FIFO.in))
#define kfifo_len(fifo) kt_kfifo_len(&(fifo)->__KT_FIFO)
#define kfifo_is_empty(fifo) (kfifo_len(fifo) == 0)
#define kfifo_is_full(fifo) (kfifo_len(fifo) > (fifo)->__KT_FIFO.mask)
#define kfifo_avail(fifo) kt_kfifo_avail(&(fifo)->__KT_FIFO, kfifo_recsize(fifo))
#define kfifo_skip(fifo) kt_kfifo_skip(&(fifo)->__KT_FIFO, 1, kfifo_recsize(fifo))
#define kfifo_skip_count(fifo, n) kt_kfifo_skip(&(fifo)->__KT_FIFO, n, kfifo_recsize(fifo))
/* The length of the next record; for elements, the number of stored bytes. */
#define kfifo_peek_len(fifo) \
	(kfifo_recsize(fifo) ? __kfifo_len_r(&(fifo)->__KT_FIFO, kfifo_recsize(fifo)) : kfifo_len(fifo) * kfifo_esize(fifo))

#define kfifo_alloc(fifo, size, flags) __kfifo_alloc(&(fifo)->__KT_FIFO, size, sizeof(*(fifo)->type), flags)
#define kfifo_init(fifo, buffer, size) __kfifo_init(&(fifo)->__KT_FIFO, buffer, size, sizeof(*(fifo)->type))
#define kfifo_free(fifo) __kfifo_free(&(fifo)->__KT_FIFO)

#define kfifo_in(fifo, from, n) \
	({ \
		__typeof__((fifo)->ptr_const) __kt_from = (from); \
		kfifo_recsize(fifo) ? __kfifo_in_r(&(fifo)->__KT_FIFO, __kt_from, (n), kfifo_recsize(fifo)) : \
				      __kfifo_in(&(fifo)->__KT_FIFO, __kt_from, (n)); \
	})
#define kfifo_out(fifo, to, n) \
	({ \
		__typeof__((fifo)->ptr) __kt_to = (to); \
		kfifo_recsize(fifo) ? __kfifo_out_r(&(fifo)->__KT_FIFO, __kt_to, (n), kfifo_recsize(fifo)) : \
				      __kfifo_out(&(fifo)->__KT_FIFO, __kt_to, (n)); \
	})
#define kfifo_out_peek(fifo, to, n) \
	({ \
		__typeof__((fifo)->ptr) __kt_to = (to); \
		kfifo_recsize(fifo) ? __kfifo_out_peek_r(&(fifo)->__KT_FIFO, __kt_to, (n), kfifo_recsize(fifo)) : \
				      __kfifo_out_peek(&(fifo)->__KT_FIFO, __kt_to, (n)); \
	})
/* Stores one element, or a record of its size. Returns how many were stored. */
#define kfifo_put(fifo, value) \
	({ \
		__typeof__(*(fifo)->type) __kt_value = (value); \
		kfifo_recsize(fifo) ? \
			__kfifo_in_r(&(fifo)->__KT_FIFO, &__kt_value, sizeof(__kt_value), kfifo_recsize(fifo)) : \
			__kfifo_in(&(fifo)->__KT_FIFO, &__kt_value, 1); \
	})
#define kfifo_get(fifo, to) \
	({ \
		__typeof__((fifo)->type) __kt_got = (to); \
		kfifo_recsize(fifo) ? __kfifo_out_r(&(fifo)->__KT_FIFO, __kt_got, sizeof(*__kt_got), kfifo_recsize(fifo)) : \
				      __kfifo_out(&(fifo)->__KT_FIFO, __kt_got, 1); \
	})
#define kfifo_peek(fifo, to) \
	({ \
		__typeof__((fifo)->type) __kt_got = (to); \
		kfifo_recsize(fifo) ? __kfifo_out_peek_r(&(fifo)->__KT_FIFO, __kt_got, sizeof(*__kt_got), kfifo_recsize(fifo)) : \
				      __kfifo_out_peek(&(fifo)->__KT_FIFO, __kt_got, 1); \
	})

/*
 * Copies to and from user memory: at most `bytes`, whole elements or one record; stores the number
 * of copied bytes in `*copied`. Returns 0, or -EFAULT.
 */
#define kfifo_from_user(fifo, from, bytes, copied) \
	(kfifo_recsize(fifo) ? __kfifo_from_user_r(&(fifo)->__KT_FIFO, from, bytes, copied, kfifo_recsize(fifo)) : \
			       __kfifo_from_user(&(fifo)->__KT_FIFO, from, bytes, copied))
#define kfifo_to_user(fifo, to, bytes, copied) \
	(kfifo_recsize(fifo) ? __kfifo_to_user_r(&(fifo)->__KT_FIFO, to, bytes, copied, kfifo_recsize(fifo)) : \
			       __kfifo_to_user(&(fifo)->__KT_FIFO, to, bytes, copied))

/* With a lock, for more than one producer or consumer. */
#define __kt_kfifo_irqsave(lock, call) \
	({ \
		unsigned long __kt_flags; \
		unsigned int __kt_n; \
		spin_lock_irqsave(lock, __kt_flags); \
		__kt_n = (call); \
		spin_unlock_irqrestore(lock, __kt_flags); \
		__kt_n; \
	})
#define __kt_kfifo_locked(lock, call) \
	({ \
		unsigned int __kt_n; \
		spin_lock(lock); \
		__kt_n = (call); \
		spin_unlock(lock); \
		__kt_n; \
	})
#define kfifo_in_spinlocked(fifo, from, n, lock) __kt_kfifo_irqsave(lock, kfifo_in(fifo, from, n))
#define kfifo_out_spinlocked(fifo, to, n, lock) __kt_kfifo_irqsave(lock, kfifo_out(fifo, to, n))
#define kfifo_is_empty_spinlocked(fifo, lock) (!!__kt_kfifo_irqsave(lock, kfifo_is_empty(fifo)))
#define kfifo_in_spinlocked_noirqsave(fifo, from, n, lock) __kt_kfifo_locked(lock, kfifo_in(fifo, from, n))
#define kfifo_out_spinlocked_noirqsave(fifo, to, n, lock) __kt_kfifo_locked(lock, kfifo_out(fifo, to, n))
#define kfifo_is_empty_spinlocked_noirqsave(fifo, lock) (!!__kt_kfifo_locked(lock, kfifo_is_empty(fifo)))
#define kfifo_in_locked(fifo, from, n, lock) kfifo_in_spinlocked(fifo, from, n, lock)
#define kfifo_out_locked(fifo, to, n, lock) kfifo_out_spinlocked(fifo, to, n, lock)

#endif
