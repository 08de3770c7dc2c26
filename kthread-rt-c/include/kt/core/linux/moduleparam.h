/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Parameters of modules. */
#ifndef KT_CORE_LINUX_MODULEPARAM_H
#define KT_CORE_LINUX_MODULEPARAM_H

#include <kt/core/linux/init.h>
#include <kt/core/linux/types.h>

struct kernel_param;
struct kernel_param_ops {
	unsigned int flags;
	int (*set)(const char *val, const struct kernel_param *kp);
	int (*get)(char *buffer, const struct kernel_param *kp);
	void (*free)(void *arg);
};

/* A parameter: `type` is int, uint, bool, charp ...; `array` elements of `size` bytes for an array, whose count goes to `num`. */
struct kernel_param {
	const char *name;
	const char *type;
	const struct kernel_param_ops *ops;
	u16 perm;
	unsigned int max;
	unsigned int size;
	unsigned int *num;
	union {
		void *arg;
		const void *str;
	};
};

KT_BEGIN
void kt_register_param(const struct kernel_param *param);
void kt_register_param_description(const char *name, const char *text);
void kt_register_info(const char *tag, const char *text);
KT_END

#define __kt_param_ops(kind) \
	int param_set_##kind(const char *val, const struct kernel_param *kp); \
	int param_get_##kind(char *buffer, const struct kernel_param *kp); \
	extern const struct kernel_param_ops param_ops_##kind;
KT_BEGIN
/* For module_param_cb(), around what the kernel's own kinds do. */
__kt_param_ops(byte)
__kt_param_ops(short)
__kt_param_ops(ushort)
__kt_param_ops(int)
__kt_param_ops(uint)
__kt_param_ops(long)
__kt_param_ops(ulong)
__kt_param_ops(ullong)
__kt_param_ops(bool)
KT_END
#undef __kt_param_ops

#define __kt_param(id, ...) \
	static __attribute__((constructor, used)) void __KT_PASTE(__kt_param_of_, id)(void) \
	{ \
		static const struct kernel_param param = { __VA_ARGS__ }; \
		kt_register_param(&param); \
	}

/* On the command line of a kernel it has no module's name before it. */
#define core_param(name, var, type, perm) module_param_named(name, var, type, perm)
#define module_param_named(name_, value, type_, perm_) \
	__kt_param(name_, .name = #name_, .type = #type_, .perm = (perm_), .size = sizeof(value), .arg = &(value))
#define module_param(name, type, perm) module_param_named(name, name, type, perm)
#define module_param_unsafe(name, type, perm) module_param(name, type, perm)
/* `hwtype` says what the hardware has of it. */
#define module_param_hw_named(name, value, type, hwtype, perm) module_param_named(name, value, type, perm)
#define module_param_hw(name, type, hwtype, perm) module_param(name, type, perm)
#define module_param_hw_array(name, type, hwtype, nump, perm) module_param_array(name, type, nump, perm)
#define module_param_string(name_, string, len, perm_) \
	__kt_param(name_, .name = #name_, .type = "string", .perm = (perm_), .size = (len), .arg = (string))
#define module_param_array_named(name_, array, type_, nump, perm_) \
	__kt_param(name_, .name = #name_, .type = #type_, .perm = (perm_), \
		   .max = sizeof(array) / sizeof((array)[0]), .size = sizeof((array)[0]), \
		   .num = (unsigned int *)(nump), .arg = (array))
#define module_param_array(name, type, nump, perm) module_param_array_named(name, name, type, nump, perm)
#define module_param_cb(name_, ops_, arg_, perm_) \
	__kt_param(name_, .name = #name_, .type = "callback", .ops = (ops_), .perm = (perm_), .arg = (arg_))

#define MODULE_PARM_DESC(name, text) \
	static __attribute__((constructor, used)) void __KT_PASTE(__kt_parm_desc_, name)(void) \
	{ \
		kt_register_param_description(#name, text); \
	}

#endif
