/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Symbols for other modules. */
#ifndef KT_CORE_LINUX_EXPORT_H
#define KT_CORE_LINUX_EXPORT_H

#include <kt/core/linux/compiler.h>

#ifdef MODULE
extern struct module __this_module;
#define THIS_MODULE (&__this_module)
#else
#define THIS_MODULE ((struct module *)0)
#endif

/*
 * Modules are built with hidden visibility, except for exported symbols: otherwise a global `wait`
 * would be resolved to libc's.
 */
#define EXPORT_SYMBOL(sym) extern __typeof__(sym) sym __attribute__((visibility("default")))
#define EXPORT_SYMBOL_GPL(sym) EXPORT_SYMBOL(sym)
#define EXPORT_SYMBOL_NS(sym, ns) EXPORT_SYMBOL(sym)
#define EXPORT_SYMBOL_NS_GPL(sym, ns) EXPORT_SYMBOL(sym)

#endif
