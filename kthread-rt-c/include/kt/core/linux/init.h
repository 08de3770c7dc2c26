/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Init and exit functions of modules. */
#ifndef KT_CORE_LINUX_INIT_H
#define KT_CORE_LINUX_INIT_H

#include <kt/core/linux/compiler.h>
#include <kt/core/linux/types.h>

#define __init
#define __exit
#define __initdata
#define __initconst
#define __exitdata
#define __devinit
#define __devexit
#define __devinitdata
#define __meminit
#define __cpuinit
#define __ref
#define __refdata

typedef int (*initcall_t)(void);
typedef void (*exitcall_t)(void);

/*
 * Constructors register a module's init and exit functions with its loader (ukmod, or
 * kt_run_initcalls() in a program). Each macro ends with a function's body, so, as in the kernel, a
 * missing semicolon does no harm.
 */
KT_BEGIN
void kt_register_init(initcall_t init);
void kt_register_exit(exitcall_t exit);
/*
 * For a program with built-in modules: calls all registered init functions. Returns the first
 * error, or 0.
 */
int kt_run_initcalls(void);
/* Calls their exit functions, the last first. */
void kt_run_exitcalls(void);
KT_END

#define module_init(fn) \
	static __attribute__((constructor, used)) void __KT_PASTE(__kt_init_of_, fn)(void) \
	{ \
		kt_register_init((initcall_t)(fn)); \
	}
#define module_exit(fn) \
	static __attribute__((constructor, used)) void __KT_PASTE(__kt_exit_of_, fn)(void) \
	{ \
		kt_register_exit((exitcall_t)(fn)); \
	}

#define early_initcall(fn) module_init(fn)
#define core_initcall(fn) module_init(fn)
#define postcore_initcall(fn) module_init(fn)
#define arch_initcall(fn) module_init(fn)
#define subsys_initcall(fn) module_init(fn)
#define fs_initcall(fn) module_init(fn)
#define device_initcall(fn) module_init(fn)
#define late_initcall(fn) module_init(fn)
#define __initcall(fn) module_init(fn)
#define __exitcall(fn) module_exit(fn)

#define pure_initcall(fn) module_init(fn)
#define core_initcall_sync(fn) module_init(fn)
#define subsys_initcall_sync(fn) module_init(fn)
#define rootfs_initcall(fn) module_init(fn)
#define late_initcall_sync(fn) module_init(fn)
#define console_initcall(fn) module_init(fn)

/* Parameters of a kernel's command line, which modules do not have. */
#define __setup(text, fn)
#define early_param(text, fn)

#define __exit_p(fn) fn
#define __devexit_p(fn) fn
#define __init_or_module
#define __initdata_or_module
#define __initconst_or_module
#define __devinitconst
#define __devexitdata
#define __cpuinitdata
#define __cpuexit
#define __meminitdata
#define __net_init
#define __net_exit

#endif
