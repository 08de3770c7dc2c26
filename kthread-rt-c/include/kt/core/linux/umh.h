/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Helper programs. */
#ifndef KT_CORE_LINUX_UMH_H
#define KT_CORE_LINUX_UMH_H

#include <kt/core/linux/errno.h>
#include <kt/core/linux/gfp.h>
#include <kt/core/linux/types.h>

#define UMH_NO_WAIT 0x00
#define UMH_WAIT_EXEC 0x01
#define UMH_WAIT_PROC 0x02
#define UMH_KILLABLE 0x04
#define UMH_FREEZABLE 0x08

struct cred;

/* The call copies `argv` and `envp` before the init function runs, so it can't change them here. */
struct subprocess_info {
	const char *path;
	char **argv;
	char **envp;
	int wait;
	int retval;
	int (*init)(struct subprocess_info *info, struct cred *cred);
	void (*cleanup)(struct subprocess_info *info);
	void *data;
};

KT_BEGIN
int call_usermodehelper(const char *path, char **argv, char **envp, int wait);
/* call_usermodehelper_exec() frees what this returns. */
struct subprocess_info *call_usermodehelper_setup(const char *path, char **argv, char **envp, gfp_t gfp_mask,
						  int (*init)(struct subprocess_info *info, struct cred *cred),
						  void (*cleanup)(struct subprocess_info *info), void *data);
int call_usermodehelper_exec(struct subprocess_info *info, int wait);
KT_END

static inline int usermodehelper_disable(void)
{
	return 0;
}

static inline void usermodehelper_enable(void)
{
}

#endif
