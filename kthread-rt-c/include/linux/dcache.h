/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_DCACHE_H
#define KT_LINUX_DCACHE_H

#include <kt/core/linux/dcache.h>

/* What a kernel's linux/dcache.h brings along. */
#include <linux/lockref.h>
#include <linux/rculist.h>
#include <linux/rculist_bl.h>
#include <linux/seqlock.h>
#include <linux/stringhash.h>
#include <linux/wait.h>

#endif
