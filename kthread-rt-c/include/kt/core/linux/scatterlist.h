/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Lists of memory segments. A page is its own memory, so a segment is an address and a length; they
 * are not mapped for devices.
 */
#ifndef KT_CORE_LINUX_SCATTERLIST_H
#define KT_CORE_LINUX_SCATTERLIST_H

#include <kt/core/linux/bug.h>
#include <kt/core/linux/mm.h>
#include <kt/core/linux/string.h>
#include <kt/core/linux/types.h>

struct scatterlist {
	unsigned long page_link; /* the page, and bit 1 in the last one */
	unsigned int offset;
	unsigned int length;
	dma_addr_t dma_address;
};

struct sg_table {
	struct scatterlist *sgl;
	unsigned int nents;
	unsigned int orig_nents;
};

#define SG_END 0x02UL
#define sg_dma_address(sg) ((sg)->dma_address)
#define sg_dma_len(sg) ((sg)->length)

static inline unsigned int sg_is_last(struct scatterlist *sg)
{
	return (sg->page_link & SG_END) != 0;
}

static inline struct page *sg_page(struct scatterlist *sg)
{
	return (struct page *)(sg->page_link & ~3UL);
}

static inline void *sg_virt(struct scatterlist *sg)
{
	return (char *)page_address(sg_page(sg)) + sg->offset;
}

static inline void sg_mark_end(struct scatterlist *sg)
{
	sg->page_link |= SG_END;
}

static inline void sg_unmark_end(struct scatterlist *sg)
{
	sg->page_link &= ~SG_END;
}

static inline void sg_assign_page(struct scatterlist *sg, struct page *page)
{
	sg->page_link = (sg->page_link & 3UL) | (unsigned long)page;
}

static inline void sg_set_page(struct scatterlist *sg, struct page *page, unsigned int length, unsigned int offset)
{
	sg_assign_page(sg, page);
	sg->offset = offset;
	sg->length = length;
}

static inline void sg_set_buf(struct scatterlist *sg, const void *buf, unsigned int length)
{
	sg_set_page(sg, (struct page *)((unsigned long)buf & PAGE_MASK), length, (unsigned int)offset_in_page(buf));
}

static inline void sg_init_table(struct scatterlist *sgl, unsigned int count)
{
	memset(sgl, 0, sizeof(*sgl) * count);
	sg_mark_end(&sgl[count - 1]);
}

static inline void sg_init_one(struct scatterlist *sg, const void *buf, unsigned int length)
{
	sg_init_table(sg, 1);
	sg_set_buf(sg, buf, length);
}

static inline struct scatterlist *sg_next(struct scatterlist *sg)
{
	return sg_is_last(sg) ? 0 : sg + 1;
}

static inline int sg_nents(struct scatterlist *sg)
{
	int count = 0;

	for (; sg; sg = sg_next(sg))
		count++;
	return count;
}

static inline struct scatterlist *sg_last(struct scatterlist *sgl, unsigned int count)
{
	return &sgl[count - 1];
}

#define for_each_sg(sglist, sg, count, index) \
	for ((index) = 0, (sg) = (sglist); (index) < (count); (index)++, (sg) = sg_next(sg))

/*
 * Copies between a list and a buffer, from the list's byte `skip` on. Returns the number of bytes.
 */
static inline size_t kt_sg_copy(struct scatterlist *sg, unsigned int count, char *buf, size_t length, size_t skip, bool to)
{
	size_t done = 0;

	for (; sg && count && done < length; sg = sg_next(sg), count--) {
		size_t here = sg->length;
		char *at = (char *)sg_virt(sg);

		if (skip >= here) {
			skip -= here;
			continue;
		}
		at += skip;
		here -= skip;
		skip = 0;
		if (here > length - done)
			here = length - done;
		memcpy(to ? at : buf + done, to ? buf + done : at, here);
		done += here;
	}
	return done;
}

static inline size_t sg_copy_from_buffer(struct scatterlist *sgl, unsigned int count, const void *buf, size_t length)
{
	return kt_sg_copy(sgl, count, (char *)buf, length, 0, true);
}

static inline size_t sg_copy_to_buffer(struct scatterlist *sgl, unsigned int count, void *buf, size_t length)
{
	return kt_sg_copy(sgl, count, (char *)buf, length, 0, false);
}

static inline size_t sg_pcopy_from_buffer(struct scatterlist *sgl, unsigned int count, const void *buf, size_t length,
					  off_t skip)
{
	return kt_sg_copy(sgl, count, (char *)buf, length, (size_t)skip, true);
}

static inline size_t sg_pcopy_to_buffer(struct scatterlist *sgl, unsigned int count, void *buf, size_t length, off_t skip)
{
	return kt_sg_copy(sgl, count, (char *)buf, length, (size_t)skip, false);
}

#endif
