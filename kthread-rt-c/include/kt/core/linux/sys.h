/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Empty. */
#ifndef KT_CORE_LINUX_SYS_H
#define KT_CORE_LINUX_SYS_H

/* A kernel's header is empty, too, since 2.6. */

#endif
