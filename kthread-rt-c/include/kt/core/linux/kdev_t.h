/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Device numbers: 12 bits of major, 20 of minor. */
#ifndef KT_CORE_LINUX_KDEV_T_H
#define KT_CORE_LINUX_KDEV_T_H

#include <kt/core/linux/types.h>

#define MINORBITS 20
#define MINORMASK ((1U << MINORBITS) - 1)

#define MAJOR(dev) ((unsigned int)((dev) >> MINORBITS))
#define MINOR(dev) ((unsigned int)((dev) & MINORMASK))
#define MKDEV(major, minor) ((dev_t)(((unsigned int)(major) << MINORBITS) | (unsigned int)(minor)))

#define print_dev_t(buffer, dev) sprintf((buffer), "%u:%u\n", MAJOR(dev), MINOR(dev))
#define format_dev_t(buffer, dev) (sprintf((buffer), "%u:%u", MAJOR(dev), MINOR(dev)), (buffer))

/* As a struct stat has it. */
static inline u32 new_encode_dev(dev_t dev)
{
	return (MINOR(dev) & 0xff) | (MAJOR(dev) << 8) | ((MINOR(dev) & ~0xffU) << 12);
}

static inline dev_t new_decode_dev(u32 dev)
{
	return MKDEV((dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00));
}

#endif
