/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How much memory there is. */
#ifndef KT_CORE_LINUX_SYSINFO_H
#define KT_CORE_LINUX_SYSINFO_H

struct sysinfo {
	long uptime;
	unsigned long loads[3];
	unsigned long totalram;
	unsigned long freeram;
	unsigned long sharedram;
	unsigned long bufferram;
	unsigned long totalswap;
	unsigned long freeswap;
	unsigned short procs;
	unsigned short pad;
	unsigned long totalhigh;
	unsigned long freehigh;
	unsigned int mem_unit;
};

#endif
