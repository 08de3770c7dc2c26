/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Memory segments to read from or to write to. "User" memory is ordinary memory here. */
#ifndef KT_CORE_LINUX_UIO_H
#define KT_CORE_LINUX_UIO_H

#include <kt/core/linux/kernel.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/types.h>

#if __STDC_HOSTED__
#include <sys/uio.h>
#else
struct iovec {
	void *iov_base;
	size_t iov_len;
};
#endif

struct kvec {
	void *iov_base;
	size_t iov_len;
};

/* The direction of an iov_iter: READ fills the segments, WRITE empties them. */
#define ITER_DEST 0
#define ITER_SOURCE 1

struct iov_iter {
	u8 data_source;
	size_t iov_offset; /* in the first segment */
	size_t count;	   /* bytes left */
	const struct kvec *kvec;
	unsigned long nr_segs;
};

static inline void iov_iter_kvec(struct iov_iter *iter, unsigned int direction, const struct kvec *kvec,
				 unsigned long nr_segs, size_t count)
{
	iter->data_source = (u8)direction;
	iter->iov_offset = 0;
	iter->count = count;
	iter->kvec = kvec;
	iter->nr_segs = nr_segs;
}

static inline void iov_iter_init(struct iov_iter *iter, unsigned int direction, const struct iovec *iov,
				 unsigned long nr_segs, size_t count)
{
	iov_iter_kvec(iter, direction, (const struct kvec *)iov, nr_segs, count);
}

static inline size_t iov_iter_count(const struct iov_iter *iter)
{
	return iter->count;
}

static inline void iov_iter_truncate(struct iov_iter *iter, u64 count)
{
	if (iter->count > count)
		iter->count = (size_t)count;
}

static inline void iov_iter_reexpand(struct iov_iter *iter, size_t count)
{
	iter->count = count;
}

static inline bool iov_iter_rw(const struct iov_iter *iter)
{
	return iter->data_source;
}

/*
 * Advances over `bytes` of the segments: copies into them from `from`, out of them to `to`, or only
 * skips.
 */
static inline size_t kt_iov_iter_walk(struct iov_iter *iter, void *to, const void *from, size_t bytes)
{
	size_t done = 0;

	if (bytes > iter->count)
		bytes = iter->count;
	while (done < bytes) {
		size_t left = iter->kvec->iov_len - iter->iov_offset;
		size_t now = bytes - done < left ? bytes - done : left;
		char *piece = (char *)iter->kvec->iov_base + iter->iov_offset;

		if (from)
			memcpy(piece, (const char *)from + done, now);
		else if (to)
			memcpy((char *)to + done, piece, now);
		done += now;
		iter->count -= now;
		iter->iov_offset += now;
		if (iter->iov_offset == iter->kvec->iov_len && iter->nr_segs > 1) {
			iter->kvec++;
			iter->nr_segs--;
			iter->iov_offset = 0;
		} else if (!now) {
			break;
		}
	}
	return done;
}

/* Returns the number of copied bytes. */
static inline size_t copy_to_iter(const void *from, size_t bytes, struct iov_iter *iter)
{
	return kt_iov_iter_walk(iter, 0, from, bytes);
}

static inline size_t copy_from_iter(void *to, size_t bytes, struct iov_iter *iter)
{
	return kt_iov_iter_walk(iter, to, 0, bytes);
}

static inline bool copy_from_iter_full(void *to, size_t bytes, struct iov_iter *iter)
{
	return copy_from_iter(to, bytes, iter) == bytes;
}

static inline bool copy_to_iter_full(const void *from, size_t bytes, struct iov_iter *iter)
{
	return copy_to_iter(from, bytes, iter) == bytes;
}

static inline void iov_iter_advance(struct iov_iter *iter, size_t bytes)
{
	kt_iov_iter_walk(iter, 0, 0, bytes);
}

#endif
