/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Ring buffers whose size is a power of two: bytes are written at the head and read at the tail;
 * one byte stays free.
 */
#ifndef KT_CORE_LINUX_CIRC_BUF_H
#define KT_CORE_LINUX_CIRC_BUF_H

struct circ_buf {
	char *buf;
	int head; /* the next write */
	int tail; /* the next read */
};

/* The number of stored bytes, and of free bytes. */
#define CIRC_CNT(head, tail, size) (((head) - (tail)) & ((size) - 1))
#define CIRC_SPACE(head, tail, size) CIRC_CNT(tail, (head) + 1, size)

/* The same up to the end of the memory, where a copy has to be split. */
#define __kt_circ_least(a, b) ({ int __kt_a = (a), __kt_b = (b); __kt_a < __kt_b ? __kt_a : __kt_b; })
#define CIRC_CNT_TO_END(head, tail, size) __kt_circ_least(CIRC_CNT(head, tail, size), (int)((size) - (tail)))
#define CIRC_SPACE_TO_END(head, tail, size) __kt_circ_least(CIRC_SPACE(head, tail, size), (int)((size) - (head)))

#endif
