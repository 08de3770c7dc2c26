// SPDX-License-Identifier: MIT OR Apache-2.0
/* Of debugfs: bytes, links, and lists of numbers. */
#include "ask.h"
#include "files.h"
#include <linux/debugfs.h>

#define PATH "/sys/kernel/debug/ask_debug_more/"

static u32 numbers[] = { 3, 1, 4 };

static void blobs(void)
{
	static struct debugfs_blob_wrapper blob = { .data = "bytes of it", .size = 8 };
	struct debugfs_u32_array array = { .array = numbers, .n_elements = ARRAY_SIZE(numbers) };
	struct dentry *dir = debugfs_create_dir("ask_debug_more", NULL);

	debugfs_create_blob("blob", 0444, dir, &blob);
	debugfs_create_symlink("link", dir, "blob");
	debugfs_create_u32_array("array", 0444, dir, &array);
	answer("blob=[%s] link=[%s]", ask_contents(PATH "blob"), ask_contents(PATH "link"));
	answer("array=[%s]", ask_contents(PATH "array"));
	debugfs_lookup_and_remove("blob", dir);
	answer("removed=%ld", ask_open_error(PATH "blob", O_RDONLY));
	debugfs_remove(dir);
}

CASE(blobs, "debugfs_create_blob debugfs_create_symlink debugfs_create_u32_array debugfs_lookup_and_remove"
	    " debugfs_blob_wrapper debugfs_u32_array")
{
	ask_as_program(blobs);
}

ASK_MODULE(&case_blobs);
