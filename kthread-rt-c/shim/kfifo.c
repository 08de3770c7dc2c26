/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * linux/kfifo.h. `in` and `out` only grow, and wrap; their difference is the number of stored
 * elements. The producer stores `in` (release) after the elements; the consumer stores `out`
 * (release) after it has read them. Each loads the other's counter with acquire.
 */
#include <kt/core/linux/kfifo.h>
#include <kt/core/linux/log2.h>
#include <kt/core/linux/slab.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/uaccess.h>

static unsigned int length(const struct __kfifo *fifo)
{
	return kt_kfifo_len(fifo);
}

static unsigned int room(const struct __kfifo *fifo)
{
	return fifo->mask + 1 - length(fifo);
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/*
 * Splits `n` elements from index `at` on at the array's end. Returns how many are in the first
 * part.
 */
static unsigned int first_part(const struct __kfifo *fifo, unsigned int at, unsigned int n)
{
	return least(n, fifo->mask + 1 - (at & fifo->mask));
}

static char *place(const struct __kfifo *fifo, unsigned int at)
{
	return (char *)fifo->data + (size_t)(at & fifo->mask) * fifo->esize;
}

static void copy_in(struct __kfifo *fifo, unsigned int at, const void *from, unsigned int n)
{
	unsigned int first = first_part(fifo, at, n);

	memcpy(place(fifo, at), from, (size_t)first * fifo->esize);
	memcpy(fifo->data, (const char *)from + (size_t)first * fifo->esize, (size_t)(n - first) * fifo->esize);
}

static void copy_out(const struct __kfifo *fifo, unsigned int at, void *to, unsigned int n)
{
	unsigned int first = first_part(fifo, at, n);

	memcpy(to, place(fifo, at), (size_t)first * fifo->esize);
	memcpy((char *)to + (size_t)first * fifo->esize, fifo->data, (size_t)(n - first) * fifo->esize);
}

/* The number of bytes that could not be copied from or to user memory. */
static unsigned long user_in(struct __kfifo *fifo, unsigned int at, const void __user *from, unsigned int n)
{
	size_t first = (size_t)first_part(fifo, at, n) * fifo->esize, all = (size_t)n * fifo->esize;
	unsigned long left = copy_from_user(place(fifo, at), from, first);

	return left ? left + all - first : copy_from_user(fifo->data, (const char *)from + first, all - first);
}

static unsigned long user_out(struct __kfifo *fifo, unsigned int at, void __user *to, unsigned int n)
{
	size_t first = (size_t)first_part(fifo, at, n) * fifo->esize, all = (size_t)n * fifo->esize;
	unsigned long left = copy_to_user(to, place(fifo, at), first);

	return left ? left + all - first : copy_to_user((char *)to + first, fifo->data, all - first);
}

static void put(struct __kfifo *fifo, unsigned int n)
{
	smp_store_release(&fifo->in, fifo->in + n);
}

static void take(struct __kfifo *fifo, unsigned int n)
{
	smp_store_release(&fifo->out, fifo->out + n);
}

static int begin(struct __kfifo *fifo, void *data, unsigned long size, size_t esize)
{
	fifo->in = fifo->out = 0;
	fifo->esize = (unsigned int)esize;
	fifo->data = size < 2 ? NULL : data;
	fifo->mask = size < 2 ? 0 : (unsigned int)size - 1;
	return size < 2 ? -EINVAL : 0;
}

int __kfifo_alloc(struct __kfifo *fifo, unsigned int size, size_t esize, gfp_t flags)
{
	unsigned long elements = size < 2 ? size : roundup_pow_of_two(size);
	void *data;

	if (begin(fifo, NULL, elements, esize))
		return -EINVAL;
	data = kmalloc_array(elements, esize, flags);
	if (!data) {
		fifo->mask = 0;
		return -ENOMEM;
	}
	fifo->data = data;
	return 0;
}

int __kfifo_init(struct __kfifo *fifo, void *buffer, unsigned int size, size_t esize)
{
	unsigned long elements = size / esize;

	return begin(fifo, buffer, elements ? rounddown_pow_of_two(elements) : 0, esize);
}

void __kfifo_free(struct __kfifo *fifo)
{
	kfree(fifo->data);
	begin(fifo, NULL, 0, 0);
}

unsigned int __kfifo_in(struct __kfifo *fifo, const void *from, unsigned int n)
{
	n = least(n, room(fifo));
	copy_in(fifo, fifo->in, from, n);
	put(fifo, n);
	return n;
}

unsigned int __kfifo_out_peek(struct __kfifo *fifo, void *to, unsigned int n)
{
	n = least(n, length(fifo));
	copy_out(fifo, fifo->out, to, n);
	return n;
}

unsigned int __kfifo_out(struct __kfifo *fifo, void *to, unsigned int n)
{
	n = __kfifo_out_peek(fifo, to, n);
	take(fifo, n);
	return n;
}

/* Of a partial copy, only whole elements count. */
int __kfifo_from_user(struct __kfifo *fifo, const void __user *from, unsigned long bytes, unsigned int *copied)
{
	unsigned int n = (unsigned int)(bytes / fifo->esize);
	unsigned long left;

	n = least(n, room(fifo));
	left = user_in(fifo, fifo->in, from, n);
	n -= (unsigned int)((left + fifo->esize - 1) / fifo->esize);
	*copied = n * fifo->esize;
	put(fifo, n);
	return left ? -EFAULT : 0;
}

int __kfifo_to_user(struct __kfifo *fifo, void __user *to, unsigned long bytes, unsigned int *copied)
{
	unsigned int n = (unsigned int)(bytes / fifo->esize);
	unsigned long left;

	n = least(n, length(fifo));
	left = user_out(fifo, fifo->out, to, n);
	n -= (unsigned int)((left + fifo->esize - 1) / fifo->esize);
	*copied = n * fifo->esize;
	take(fifo, n);
	return left ? -EFAULT : 0;
}

/* Records. Their elements are bytes; the length takes one or two bytes, the lower one first. */

unsigned int __kfifo_max_r(unsigned int bytes, size_t recsize)
{
	return least(bytes, (1u << 8 * recsize) - 1);
}

static unsigned int record(const struct __kfifo *fifo, size_t recsize)
{
	u8 bytes[2] = { 0, 0 };

	copy_out(fifo, fifo->out, bytes, (unsigned int)recsize);
	return bytes[0] | (unsigned int)bytes[1] << 8;
}

unsigned int __kfifo_len_r(struct __kfifo *fifo, size_t recsize)
{
	return length(fifo) ? record(fifo, recsize) : 0;
}

/* Writes the record's length; its data follows. */
static void put_record(struct __kfifo *fifo, unsigned int bytes, size_t recsize)
{
	u8 head[2] = { (u8)bytes, (u8)(bytes >> 8) };

	copy_in(fifo, fifo->in, head, (unsigned int)recsize);
	put(fifo, bytes + (unsigned int)recsize);
}

static bool fits(struct __kfifo *fifo, unsigned long bytes, size_t recsize)
{
	return bytes + recsize <= room(fifo) && bytes <= __kfifo_max_r(~0u, recsize);
}

unsigned int __kfifo_in_r(struct __kfifo *fifo, const void *from, unsigned int bytes, size_t recsize)
{
	if (!fits(fifo, bytes, recsize))
		return 0;
	copy_in(fifo, fifo->in + (unsigned int)recsize, from, bytes);
	put_record(fifo, bytes, recsize);
	return bytes;
}

unsigned int __kfifo_out_peek_r(struct __kfifo *fifo, void *to, unsigned int bytes, size_t recsize)
{
	if (!length(fifo))
		return 0;
	bytes = least(bytes, record(fifo, recsize));
	copy_out(fifo, fifo->out + (unsigned int)recsize, to, bytes);
	return bytes;
}

void __kfifo_skip_r(struct __kfifo *fifo, size_t recsize)
{
	if (length(fifo))
		take(fifo, record(fifo, recsize) + (unsigned int)recsize);
}

unsigned int __kfifo_out_r(struct __kfifo *fifo, void *to, unsigned int bytes, size_t recsize)
{
	bytes = __kfifo_out_peek_r(fifo, to, bytes, recsize);
	__kfifo_skip_r(fifo, recsize);
	return bytes;
}

int __kfifo_from_user_r(struct __kfifo *fifo, const void __user *from, unsigned long bytes, unsigned int *copied,
			size_t recsize)
{
	bytes = __kfifo_max_r((unsigned int)bytes, recsize);
	*copied = 0;
	if (!fits(fifo, bytes, recsize))
		return 0;
	if (user_in(fifo, fifo->in + (unsigned int)recsize, from, (unsigned int)bytes))
		return -EFAULT;
	put_record(fifo, (unsigned int)bytes, recsize);
	*copied = (unsigned int)bytes;
	return 0;
}

int __kfifo_to_user_r(struct __kfifo *fifo, void __user *to, unsigned long bytes, unsigned int *copied, size_t recsize)
{
	unsigned int n;

	*copied = 0;
	if (!length(fifo))
		return 0;
	n = least((unsigned int)bytes, record(fifo, recsize));
	if (user_out(fifo, fifo->out + (unsigned int)recsize, to, n))
		return -EFAULT;
	__kfifo_skip_r(fifo, recsize);
	*copied = n;
	return 0;
}
