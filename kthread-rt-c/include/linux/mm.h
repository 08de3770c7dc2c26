/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_MM_H
#define KT_LINUX_MM_H

#include <kt/core/linux/mm.h>

/* What a kernel's linux/mm.h brings along. */
#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/page_ref.h>
#include <linux/pgtable.h>
#include <linux/sizes.h>
#include <linux/vmstat.h>

#endif
