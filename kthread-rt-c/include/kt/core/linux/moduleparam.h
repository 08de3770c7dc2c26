/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Parameters of modules. */
#ifndef KT_CORE_LINUX_MODULEPARAM_H
#define KT_CORE_LINUX_MODULEPARAM_H

#include <kt/core/linux/build_bug.h>
#include <kt/core/linux/init.h>
#include <kt/core/linux/types.h>
#include <kt/core/linux/version.h>

struct kernel_param;
struct kernel_param_ops {
	unsigned int flags;
	int (*set)(const char *val, const struct kernel_param *kp);
	int (*get)(char *buffer, const struct kernel_param *kp);
	void (*free)(void *arg);
};

struct module;

/* The data at `arg` for the kernel's own operations on strings and arrays. */
struct kparam_string {
	unsigned int maxlen;
	char *string;
};

struct kparam_array {
	unsigned int max;
	unsigned int elemsize;
	unsigned int *num;
	const struct kernel_param_ops *ops;
	void *elem;
};

/*
 * A parameter: `type` is int, uint, bool, charp ...; an array has `array` elements of `size` bytes,
 * and its count is stored in `num`.
 */
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
		const struct kparam_string *str;
		const struct kparam_array *arr;
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
/* Operations of the kernel's own types, for use in module_param_cb(). */
__kt_param_ops(byte)
__kt_param_ops(short)
__kt_param_ops(ushort)
__kt_param_ops(int)
__kt_param_ops(uint)
__kt_param_ops(long)
__kt_param_ops(ulong)
__kt_param_ops(ullong)
__kt_param_ops(hexint)
__kt_param_ops(bool)
__kt_param_ops(invbool)
__kt_param_ops(bint)
__kt_param_ops(charp)
extern const struct kernel_param_ops param_ops_bool_enable_only;
int param_set_bool_enable_only(const char *val, const struct kernel_param *kp);
extern const struct kernel_param_ops param_ops_string;
int param_set_copystring(const char *val, const struct kernel_param *kp);
int param_get_string(char *buffer, const struct kernel_param *kp);
extern const struct kernel_param_ops param_array_ops;
/* Returns -EINVAL for a number outside of min to max. */
int param_set_uint_minmax(const char *val, const struct kernel_param *kp, unsigned int min, unsigned int max);
void param_free_charp(void *arg);
KT_END
/* `bool` is a macro of <stdbool.h>. */
#define param_ops__Bool param_ops_bool
#undef __kt_param_ops

/* Others may not write to it; for parameters, this rule is older than for attributes. */
#if KT_SINCE(3, 15)
#define __kt_param_perm(perm) VERIFY_OCTAL_PERMISSIONS(perm)
#else
#define __kt_param_perm(perm) (BUILD_BUG_ON_ZERO((perm) < 0 || (perm) > 0777 || ((perm) & 2)) + (perm))
#endif

#define __kt_param(id, ...) \
	static __attribute__((constructor, used)) void __KT_PASTE(__kt_param_of_, id)(void) \
	{ \
		static const struct kernel_param param = { __VA_ARGS__ }; \
		kt_register_param(&param); \
	}

/* On a kernel's command line, it has no module's name as a prefix. */
#define core_param(name, var, type, perm) module_param_named(name, var, type, perm)
#define module_param_named(name_, value, type_, perm_) \
	__kt_param(name_, .name = #name_, .type = #type_, .ops = &param_ops_##type_, .perm = __kt_param_perm(perm_), .size = sizeof(value), \
		   .arg = &(value))
#define module_param(name, type, perm) module_param_named(name, name, type, perm)
#define module_param_unsafe(name, type, perm) module_param(name, type, perm)
#define module_param_named_unsafe(name, value, type, perm) module_param_named(name, value, type, perm)
/* `hwtype` is the kind of the hardware parameter. */
#define module_param_hw_named(name, value, type, hwtype, perm) module_param_named(name, value, type, perm)
#define module_param_hw(name, type, hwtype, perm) module_param(name, type, perm)
#define module_param_hw_array(name, type, hwtype, nump, perm) module_param_array(name, type, nump, perm)
#define module_param_string(name_, string, len, perm_) \
	__kt_param(name_, .name = #name_, .type = "string", .perm = __kt_param_perm(perm_), .size = (len), .arg = (string))
#define module_param_array_named(name_, array, type_, nump, perm_) \
	__kt_param(name_, .name = #name_, .type = #type_, .perm = __kt_param_perm(perm_), \
		   .ops = &param_ops_##type_, .max = sizeof(array) / sizeof((array)[0]), .size = sizeof((array)[0]), \
		   .num = (unsigned int *)(nump), .arg = (array))
#define module_param_array(name, type, nump, perm) module_param_array_named(name, name, type, nump, perm)
#define module_param_cb(name_, ops_, arg_, perm_) \
	__kt_param(name_, .name = #name_, .type = "callback", .ops = (ops_), .perm = __kt_param_perm(perm_), .arg = (arg_))
#define module_param_cb_unsafe(name, ops, arg, perm) module_param_cb(name, ops, arg, perm)
#define module_param_call(name, set_, get_, arg, perm) \
	static const struct kernel_param_ops __param_ops_##name = { .flags = 0, .set = (set_), .get = (get_) }; \
	module_param_cb(name, &__param_ops_##name, arg, perm)

/* Checks the variable's type at compile time. */
#define __param_check(name, p, type) \
	static inline type __attribute__((__unused__)) *__check_##name(void) \
	{ \
		return (p); \
	}
#define param_check_byte(name, p) __param_check(name, p, unsigned char)
#define param_check_short(name, p) __param_check(name, p, short)
#define param_check_ushort(name, p) __param_check(name, p, unsigned short)
#define param_check_int(name, p) __param_check(name, p, int)
#define param_check_uint(name, p) __param_check(name, p, unsigned int)
#define param_check_long(name, p) __param_check(name, p, long)
#define param_check_ulong(name, p) __param_check(name, p, unsigned long)
#define param_check_ullong(name, p) __param_check(name, p, unsigned long long)
#define param_check_hexint(name, p) param_check_uint(name, p)
#define param_check_charp(name, p) __param_check(name, p, char *)
#define param_check_bool(name, p) __param_check(name, p, bool)
#define param_check_invbool(name, p) __param_check(name, p, bool)

/* Parameters are only set before init is called. */
static inline void kernel_param_lock(struct module *module)
{
	(void)module;
}

static inline void kernel_param_unlock(struct module *module)
{
	(void)module;
}

#define MODULE_PARM_DESC(name, text) \
	static __attribute__((constructor, used)) void __KT_PASTE(__kt_parm_desc_, name)(void) \
	{ \
		kt_register_param_description(#name, text); \
	}

#endif
