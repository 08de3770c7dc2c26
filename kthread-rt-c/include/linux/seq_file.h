/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_SEQ_FILE_H
#define KT_LINUX_SEQ_FILE_H

#include <kt/core/linux/seq_file.h>

/* What a kernel's linux/seq_file.h brings along. */
#include <linux/fs.h>
#include <linux/string_helpers.h>

#endif
