/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The name and version of the operating system of this process. */
#ifndef KT_CORE_LINUX_UTSNAME_H
#define KT_CORE_LINUX_UTSNAME_H

#include <kt/core/linux/types.h>

#define __NEW_UTS_LEN 64

struct new_utsname {
	char sysname[__NEW_UTS_LEN + 1];
	char nodename[__NEW_UTS_LEN + 1];
	char release[__NEW_UTS_LEN + 1];
	char version[__NEW_UTS_LEN + 1];
	char machine[__NEW_UTS_LEN + 1];
	char domainname[__NEW_UTS_LEN + 1];
};

KT_BEGIN
struct new_utsname *utsname(void) __asm__("kt_utsname");
KT_END

#define init_utsname utsname

#endif
