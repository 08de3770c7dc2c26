/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Nothing. */
#ifndef KT_CORE_LINUX_SYS_H
#define KT_CORE_LINUX_SYS_H

/* It was empty already in 2.6. */

#endif
