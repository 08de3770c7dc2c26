/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How much memory there is. */
#ifndef KT_CORE_LINUX_SYSINFO_H
#define KT_CORE_LINUX_SYSINFO_H

struct sysinfo {
	long uptime;
	unsigned long totalram;
	unsigned long freeram;
	unsigned int mem_unit;
};

#endif
