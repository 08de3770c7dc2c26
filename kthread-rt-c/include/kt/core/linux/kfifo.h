/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Queues of elements in an array, a power of two of them. One that puts and one that takes need no lock. */
#ifndef KT_CORE_LINUX_KFIFO_H
#define KT_CORE_LINUX_KFIFO_H

#include <kt/core/linux/uaccess.h>
#include <kt/core/linux/err.h>
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/log2.h>
#include <kt/core/linux/slab.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/types.h>

struct __kfifo {
	unsigned int in;
	unsigned int out;
	unsigned int mask;
	unsigned int esize;
	void *data;
};

/* The union is one of the queue and of a pointer to its elements, which tells the macros their type. */
#define __KT_KFIFO(type, size) \
	{ \
		union { \
			struct __kfifo kt_fifo; \
			type *kt_type; \
		}; \
		type buf[size]; \
	}
#define DECLARE_KFIFO(fifo, type, size) struct __KT_KFIFO(type, size) fifo
#define DECLARE_KFIFO_PTR(fifo, type) struct __KT_KFIFO(type, 0) fifo
#define STRUCT_KFIFO(type, size) struct __KT_KFIFO(type, size)
#define STRUCT_KFIFO_PTR(type) struct __KT_KFIFO(type, 0)
#define DEFINE_KFIFO(fifo, type, size) \
	DECLARE_KFIFO(fifo, type, size) = { { { 0, 0, (size) - 1, sizeof(type), fifo.buf } } }
struct kfifo __KT_KFIFO(unsigned char, 0);

#define INIT_KFIFO(fifo) kt_kfifo_init(&(fifo).kt_fifo, (fifo).buf, sizeof((fifo).buf), sizeof(*(fifo).kt_type))

static inline int kt_kfifo_init(struct __kfifo *fifo, void *data, size_t bytes, size_t esize)
{
	fifo->in = fifo->out = 0;
	fifo->esize = (unsigned int)esize;
	fifo->data = data;
	fifo->mask = bytes / esize < 2 ? 0 : (unsigned int)rounddown_pow_of_two(bytes / esize) - 1;
	return bytes / esize < 2 ? -EINVAL : 0;
}

static inline int kt_kfifo_alloc(struct __kfifo *fifo, unsigned int size, size_t esize, gfp_t flags)
{
	size_t bytes = roundup_pow_of_two(size) * esize;
	void *data = kmalloc(bytes, flags);

	if (!data)
		return -ENOMEM;
	return kt_kfifo_init(fifo, data, bytes, esize);
}

static inline unsigned int kt_kfifo_len(const struct __kfifo *fifo)
{
	return __atomic_load_n(&fifo->in, __ATOMIC_ACQUIRE) - __atomic_load_n(&fifo->out, __ATOMIC_ACQUIRE);
}

static inline void *kt_kfifo_at(const struct __kfifo *fifo, unsigned int index)
{
	return (char *)fifo->data + (size_t)(index & fifo->mask) * fifo->esize;
}

/* Release: who sees the new index sees the elements. */
static inline unsigned int kt_kfifo_in(struct __kfifo *fifo, const void *from, unsigned int n)
{
	unsigned int room = fifo->mask + 1 - kt_kfifo_len(fifo);

	n = n < room ? n : room;
	for (unsigned int i = 0; i < n; i++)
		memcpy(kt_kfifo_at(fifo, fifo->in + i), (const char *)from + (size_t)i * fifo->esize, fifo->esize);
	__atomic_store_n(&fifo->in, fifo->in + n, __ATOMIC_RELEASE);
	return n;
}

static inline unsigned int kt_kfifo_peek(struct __kfifo *fifo, void *to, unsigned int n)
{
	unsigned int length = kt_kfifo_len(fifo);

	n = n < length ? n : length;
	for (unsigned int i = 0; i < n; i++)
		memcpy((char *)to + (size_t)i * fifo->esize, kt_kfifo_at(fifo, fifo->out + i), fifo->esize);
	return n;
}

/* And who sees that an element is taken may overwrite it. */
static inline unsigned int kt_kfifo_out(struct __kfifo *fifo, void *to, unsigned int n)
{
	n = kt_kfifo_peek(fifo, to, n);
	__atomic_store_n(&fifo->out, fifo->out + n, __ATOMIC_RELEASE);
	return n;
}

#define kfifo_alloc(fifo, size, flags) kt_kfifo_alloc(&(fifo)->kt_fifo, size, sizeof(*(fifo)->kt_type), flags)
#define kfifo_init(fifo, buffer, size) kt_kfifo_init(&(fifo)->kt_fifo, buffer, size, sizeof(*(fifo)->kt_type))
#define kfifo_free(fifo) (kfree((fifo)->kt_fifo.data), (fifo)->kt_fifo.data = NULL, (void)((fifo)->kt_fifo.mask = 0))
#define kfifo_initialized(fifo) ((fifo)->kt_fifo.mask != 0)
#define kfifo_size(fifo) ((fifo)->kt_fifo.mask + 1)
#define kfifo_esize(fifo) ((fifo)->kt_fifo.esize)
#define kfifo_len(fifo) kt_kfifo_len(&(fifo)->kt_fifo)
#define kfifo_avail(fifo) (kfifo_size(fifo) - kfifo_len(fifo))
#define kfifo_is_empty(fifo) (kfifo_len(fifo) == 0)
#define kfifo_is_full(fifo) (kfifo_len(fifo) > (fifo)->kt_fifo.mask)
#define kfifo_reset(fifo) ((void)((fifo)->kt_fifo.in = (fifo)->kt_fifo.out = 0))
#define kfifo_reset_out(fifo) ((void)((fifo)->kt_fifo.out = (fifo)->kt_fifo.in))
#define kfifo_in(fifo, from, n) kt_kfifo_in(&(fifo)->kt_fifo, from, n)
#define kfifo_out(fifo, to, n) kt_kfifo_out(&(fifo)->kt_fifo, to, n)
#define kfifo_out_peek(fifo, to, n) kt_kfifo_peek(&(fifo)->kt_fifo, to, n)
#define kfifo_put(fifo, value) \
	({ \
		__typeof__(*(fifo)->kt_type) __kt_value = (value); \
		kt_kfifo_in(&(fifo)->kt_fifo, &__kt_value, 1); \
	})
#define kfifo_get(fifo, to) kt_kfifo_out(&(fifo)->kt_fifo, to, 1)
#define kfifo_peek(fifo, to) kt_kfifo_peek(&(fifo)->kt_fifo, to, 1)
#define kfifo_skip(fifo) ((void)((fifo)->kt_fifo.out++))
#define kfifo_in_spinlocked(fifo, from, n, lock) \
	({ \
		unsigned long __kt_flags; \
		unsigned int __kt_n; \
		spin_lock_irqsave(lock, __kt_flags); \
		__kt_n = kfifo_in(fifo, from, n); \
		spin_unlock_irqrestore(lock, __kt_flags); \
		__kt_n; \
	})
#define kfifo_out_spinlocked(fifo, to, n, lock) \
	({ \
		unsigned long __kt_flags; \
		unsigned int __kt_n; \
		spin_lock_irqsave(lock, __kt_flags); \
		__kt_n = kfifo_out(fifo, to, n); \
		spin_unlock_irqrestore(lock, __kt_flags); \
		__kt_n; \
	})
#define kfifo_in_locked(fifo, from, n, lock) kfifo_in_spinlocked(fifo, from, n, lock)
#define kfifo_out_locked(fifo, to, n, lock) kfifo_out_spinlocked(fifo, to, n, lock)

/* To and from a user's buffer: `*copied` bytes, whole elements, of `bytes` at most. 0, or -EFAULT for a bad address. */
#define kfifo_to_user(fifo, to, bytes, copied) \
	({ \
		void *__kt_to = (void *)(to); \
		int __kt_bad = !kt_access_ok(__kt_to, (bytes)); \
		*(copied) = __kt_bad ? 0 : kfifo_out(fifo, __kt_to, (bytes) / kfifo_esize(fifo)) * kfifo_esize(fifo); \
		__kt_bad ? -EFAULT : 0; \
	})
#define kfifo_from_user(fifo, from, bytes, copied) \
	({ \
		const void *__kt_from = (const void *)(from); \
		int __kt_bad = !kt_access_ok(__kt_from, (bytes)); \
		*(copied) = __kt_bad ? 0 : kfifo_in(fifo, __kt_from, (bytes) / kfifo_esize(fifo)) * kfifo_esize(fifo); \
		__kt_bad ? -EFAULT : 0; \
	})

#endif
