/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Readiness of files. */
#ifndef KT_CORE_LINUX_POLL_H
#define KT_CORE_LINUX_POLL_H

#include <kt/core/linux/fs.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/wait.h>

#if __STDC_HOSTED__
#include <poll.h>
#include <sys/epoll.h>
#else
#define EPOLLIN 0x0001u
#define EPOLLPRI 0x0002u
#define EPOLLOUT 0x0004u
#define EPOLLERR 0x0008u
#define EPOLLHUP 0x0010u
#define EPOLLNVAL 0x0020u
#define EPOLLRDNORM 0x0040u
#define EPOLLRDBAND 0x0080u
#define EPOLLWRNORM 0x0100u
#define EPOLLWRBAND 0x0200u
#define EPOLLMSG 0x0400u
#define EPOLLRDHUP 0x2000u
#endif
#ifndef POLLIN
#define POLLIN 0x0001
#define POLLPRI 0x0002
#define POLLOUT 0x0004
#define POLLERR 0x0008
#define POLLHUP 0x0010
#define POLLNVAL 0x0020
#endif
#ifndef POLLRDNORM
#define POLLRDNORM 0x0040
#define POLLRDBAND 0x0080
#define POLLWRNORM 0x0100
#define POLLWRBAND 0x0200
#endif
#ifndef POLLMSG
#define POLLMSG 0x0400
#endif
#ifndef POLLRDHUP
#define POLLRDHUP 0x2000
#endif
#define POLLFREE ((__poll_t)0x4000)
#define DEFAULT_POLLMASK (EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM)

struct poll_table_struct;
typedef void (*poll_queue_proc)(struct file *file, wait_queue_head_t *wq, struct poll_table_struct *table);

typedef struct poll_table_struct {
	poll_queue_proc _qproc;
	__poll_t _key;
} poll_table;

static inline void poll_wait(struct file *file, wait_queue_head_t *wq, poll_table *table)
{
	if (table && table->_qproc && wq)
		table->_qproc(file, wq, table);
}

static inline void init_poll_funcptr(poll_table *table, poll_queue_proc qproc)
{
	table->_qproc = qproc;
	table->_key = ~(__poll_t)0;
}

static inline bool poll_does_not_wait(const poll_table *table)
{
	return !table || !table->_qproc;
}

static inline __poll_t poll_requested_events(const poll_table *table)
{
	return table ? table->_key : ~(__poll_t)0;
}

static inline bool file_can_poll(struct file *file)
{
	return file->f_op->poll;
}

static inline __poll_t vfs_poll(struct file *file, poll_table *table)
{
	return file->f_op->poll ? file->f_op->poll(file, table) : DEFAULT_POLLMASK;
}

#endif
