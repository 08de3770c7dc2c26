/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Not the kernel's: a program's system calls on files that modules have registered, in this
 * process.
 *
 * A name is that of a device ("mydev" or "/dev/mydev": the name of device_create(), of a
 * miscdevice, or of register_chrdev() or alloc_chrdev_region() for its first minor; "name:MINOR"
 * for another), or begins with /proc/ or /sys/. The calls act like the system calls of these names,
 * in the calling thread, and return errors as -errno. Any file of filp_open() may be used, too.
 */
#ifndef KT_CORE_LINUX_KT_DEV_H
#define KT_CORE_LINUX_KT_DEV_H

#include <kt/core/linux/fs.h>

KT_BEGIN
struct file *kt_dev_open(const char *name, int flags);
ssize_t kt_dev_read(struct file *file, void *to, size_t count);
ssize_t kt_dev_write(struct file *file, const void *from, size_t count);
loff_t kt_dev_lseek(struct file *file, loff_t offset, int whence);
long kt_dev_ioctl(struct file *file, unsigned int command, unsigned long argument);
/*
 * Waits for one of `events`, for at most `timeout_ms` (0: only checks; negative: for ever). Returns
 * the events, or 0 after the timeout.
 */
int kt_dev_poll(struct file *file, unsigned int events, int timeout_ms);
int kt_dev_close(struct file *file);
KT_END

#endif
