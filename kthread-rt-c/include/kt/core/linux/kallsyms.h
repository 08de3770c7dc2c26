/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Names of functions and their addresses, as far as the dynamic linker knows them. */
#ifndef KT_CORE_LINUX_KALLSYMS_H
#define KT_CORE_LINUX_KALLSYMS_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

#if KT_SINCE(6, 1)
#define KSYM_NAME_LEN 512
#else
#define KSYM_NAME_LEN 128
#endif
#define KSYM_SYMBOL_LEN 600

KT_BEGIN
/* 0 if there is no such name. */
unsigned long kallsyms_lookup_name(const char *name);
int kt_snprintf(char *buf, size_t size, const char *fmt, ...);
KT_END

/* As %pS: name+offset/size. The length. */
static inline int sprint_symbol(char *buf, unsigned long address)
{
	return kt_snprintf(buf, KSYM_SYMBOL_LEN, "%pS", (void *)address);
}

static inline int sprint_symbol_no_offset(char *buf, unsigned long address)
{
	return kt_snprintf(buf, KSYM_SYMBOL_LEN, "%ps", (void *)address);
}

#endif
