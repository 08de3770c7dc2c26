/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Modules. */
#ifndef KT_CORE_LINUX_MODULE_H
#define KT_CORE_LINUX_MODULE_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/export.h>
#include <kt/core/linux/init.h>
#include <kt/core/linux/kernel.h>
#include <kt/core/linux/kobject.h>
#include <kt/core/linux/kref.h>
#include <kt/core/linux/list.h>
#include <kt/core/linux/moduleparam.h>
#include <kt/core/linux/printk.h>
#include <kt/core/linux/srcu.h>
#include <kt/core/linux/stat.h>
#include <kt/core/linux/time.h>
#include <kt/core/linux/version.h>

#define MODULE_NAME_LEN 56

enum module_state { MODULE_STATE_LIVE, MODULE_STATE_COMING, MODULE_STATE_GOING, MODULE_STATE_UNFORMED };

/* A module's kobject in sysfs. */
struct module_kobject {
	struct kobject kobj;
	struct module *mod;
	struct kobject *drivers_dir;
};

/* An attribute of a module's folder in sysfs. */
struct module_attribute {
	struct attribute attr;
	ssize_t (*show)(struct module_attribute *attr, struct module_kobject *kobject, char *buf);
	ssize_t (*store)(struct module_attribute *attr, struct module_kobject *kobject, const char *buf, size_t count);
};

#if KT_SINCE(6, 4)
enum mod_mem_type {
	MOD_TEXT,
	MOD_DATA,
	MOD_RODATA,
	MOD_RO_AFTER_INIT,
	MOD_INIT_TEXT,
	MOD_INIT_DATA,
	MOD_INIT_RODATA,
	MOD_MEM_NUM_TYPES,
};

/* The first area is the whole module; the others are empty. */
struct module_memory {
	void *base;
	unsigned int size;
};
#elif KT_SINCE(4, 5)
struct module_layout {
	void *base;
	unsigned int size, text_size, ro_size;
};
#endif

struct module {
	enum module_state state;
	struct list_head list;
	char name[MODULE_NAME_LEN];
	const char *version;
	const char *srcversion;
	atomic_t refcnt;
	int (*init)(void); /* what module_init and module_exit name */
	void (*exit)(void);
	/* The mapped area. */
	union {
		struct {
			void *kt_base;
			unsigned int kt_size, kt_text_size, kt_ro_size;
		};
#if KT_SINCE(4, 5) && !KT_SINCE(6, 4)
		struct module_layout core_layout;
#elif !KT_SINCE(4, 5)
		struct {
			void *module_core;
			unsigned int core_size, core_text_size, core_ro_size;
		};
#endif
	};
	struct module_kobject mkobj;
#if KT_SINCE(6, 4)
	struct module_memory mem[MOD_MEM_NUM_TYPES];
#endif
};

#ifndef KBUILD_MODNAME
#define KBUILD_MODNAME "module"
#endif

#ifdef MODULE
/* One per module, whatever its number of files. */
__attribute__((weak, visibility("hidden"))) struct module __this_module = { .name = KBUILD_MODNAME };
#endif

/* Modules older than module_init() have functions of these names; libc has one too. */
#define init_module kt_init_module
#define cleanup_module kt_cleanup_module
KT_BEGIN
int init_module(void) __attribute__((visibility("default")));
void cleanup_module(void) __attribute__((visibility("default")));
KT_END

#define __kt_module_info(tag, text) \
	static __attribute__((constructor, used)) void __UNIQUE_ID(info)(void) \
	{ \
		kt_register_info(#tag, text); \
	}
#define MODULE_INFO(tag, text) __kt_module_info(tag, text)
#define MODULE_LICENSE(text) __kt_module_info(license, text)
#define MODULE_AUTHOR(text) __kt_module_info(author, text)
#define MODULE_DESCRIPTION(text) __kt_module_info(description, text)
#define MODULE_VERSION(text) __kt_module_info(version, text)
#define MODULE_ALIAS(text) __kt_module_info(alias, text)
#define MODULE_SOFTDEP(text) __kt_module_info(softdep, text)
#define MODULE_FIRMWARE(text) __kt_module_info(firmware, text)
#define MODULE_IMPORT_NS(ns) __kt_module_info(import_ns, #ns)
#if !KT_SINCE(5, 12)
#define MODULE_SUPPORTED_DEVICE(text)
#endif
#define MODULE_DEVICE_TABLE(type, name)
#define MODULE_ALIAS_NETPROTO(proto)

KT_BEGIN
void kt_register_module(struct module *module);
/*
 * Tells the runtime the kernel version of the headers, for behaviour that depends on it.
 */
void kt_say_version(unsigned int major, unsigned int minor);
void kt_unregister_module(struct module *module);
void kt_make_module_kobject(struct module_kobject *kobject, struct module *module, const char *name);
/*
 * Takes a reference; false if the module is being unloaded. A module with references is not
 * unloaded; an open file holds one to the owner of its operations.
 */
bool try_module_get(struct module *module);
void __module_get(struct module *module);
void module_put(struct module *module);
int module_refcount(struct module *module);
struct module *find_module(const char *name);
/* The module that contains the address, or whose code does, or null. */
struct module *__module_address(unsigned long address);
struct module *__module_text_address(unsigned long address);
KT_END

static inline bool is_module_address(unsigned long address)
{
	return __module_address(address);
}

static inline bool is_module_text_address(unsigned long address)
{
	return __module_text_address(address);
}

static inline bool within_module(unsigned long address, const struct module *module)
{
	return address - (unsigned long)module->kt_base < module->kt_size;
}

#define within_module_core within_module

#ifdef MODULE
/* Defined by the linker: the module's begin, the end of its code, and its end. */
extern char __kt_begins[] __asm__("__ehdr_start") __attribute__((visibility("hidden")));
extern char __kt_code_ends[] __asm__("_etext") __attribute__((visibility("hidden")));
extern char __kt_ends[] __asm__("_end") __attribute__((visibility("hidden")));

static __attribute__((constructor, used)) void __kt_module_comes(void)
{
	kt_say_version(LINUX_VERSION_MAJOR, LINUX_VERSION_PATCHLEVEL);
	__this_module.kt_base = __kt_begins;
	__this_module.kt_size = (unsigned int)(__kt_ends - __kt_begins);
	__this_module.kt_text_size = (unsigned int)(__kt_code_ends - __kt_begins);
#if KT_SINCE(6, 4)
	__this_module.mem[MOD_TEXT].base = __kt_begins;
	__this_module.mem[MOD_TEXT].size = __this_module.kt_size;
#endif
	kt_make_module_kobject(&__this_module.mkobj, &__this_module, __this_module.name);
	kt_register_module(&__this_module);
}

static __attribute__((destructor, used)) void __kt_module_goes(void)
{
	kt_unregister_module(&__this_module);
}
#endif

static inline bool module_is_live(struct module *module)
{
	return module->state != MODULE_STATE_GOING;
}

static inline const char *module_name(struct module *module)
{
	return module ? module->name : "kernel";
}

#define module_put_and_kthread_exit(code) (module_put(THIS_MODULE), do_exit(code))
#define module_put_and_exit(code) module_put_and_kthread_exit(code)

KT_BEGIN
/* The address of the function or variable of that name, or null. */
void *__symbol_get(const char *name);
KT_END

/* Valid while its module is loaded; this takes no reference. */
static inline void __symbol_put(const char *name)
{
	(void)name;
}

static inline void symbol_put_addr(void *address)
{
	(void)address;
}

#define symbol_get(name) ((__typeof__(&name))__symbol_get(#name))
#define symbol_request(name) symbol_get(name)
#define symbol_put(name) __symbol_put(#name)

#endif
