/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef KT_LINUX_THREADS_H
#define KT_LINUX_THREADS_H

#include <kt/core/linux/threads.h>

#endif
