// SPDX-License-Identifier: MIT OR Apache-2.0
/* Values as files of debugfs: what is shown, what is taken, and what is an error. */
#include "ask.h"
#include "files.h"
#include <linux/debugfs.h>

static u8 of_u8 = 200;
static u16 of_u16 = 60000;
static u32 of_u32 = 4000000000u;
static u64 of_u64 = 18000000000000000000ull;
static u8 of_x8 = 0xa;
static u16 of_x16 = 0xabc;
static u32 of_x32 = 0xabcdef;
static u64 of_x64 = 0xabcdef0123ull;
static size_t of_size = 77;
static unsigned long of_ulong = 88;
static atomic_t of_atomic = ATOMIC_INIT(-9);
static bool of_bool = true;

#define PATH "/sys/kernel/debug/ask_debug/"

static void numbers(void)
{
	static const char *const names[] = { "u8", "u16", "u32", "u64", "x8", "x16", "x32", "x64", "size", "ulong", "atomic", "bool" };
	struct dentry *dir = debugfs_create_dir("ask_debug", NULL);
	char path[60];
	long n[3];
	int i;

	answer("dir=%d initialized=%d", !IS_ERR_OR_NULL(dir), debugfs_initialized());
	debugfs_create_u8("u8", 0644, dir, &of_u8);
	debugfs_create_u16("u16", 0644, dir, &of_u16);
	debugfs_create_u32("u32", 0644, dir, &of_u32);
	debugfs_create_u64("u64", 0644, dir, &of_u64);
	debugfs_create_x8("x8", 0644, dir, &of_x8);
	debugfs_create_x16("x16", 0644, dir, &of_x16);
	debugfs_create_x32("x32", 0644, dir, &of_x32);
	debugfs_create_x64("x64", 0644, dir, &of_x64);
	debugfs_create_size_t("size", 0644, dir, &of_size);
	debugfs_create_ulong("ulong", 0644, dir, &of_ulong);
	debugfs_create_atomic_t("atomic", 0644, dir, &of_atomic);
	debugfs_create_bool("bool", 0644, dir, &of_bool);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), PATH "%s", names[i]);
		answer("file=%s shown=[%s]", names[i], ask_contents(path));
	}
	n[0] = ask_put(PATH "u8", "17\n");
	n[1] = ask_put(PATH "u16", "0x10");
	n[2] = ask_put(PATH "x32", "010");
	answer("put=%ld,%ld,%ld values=%u,%u,%u", n[0], n[1], n[2], of_u8, of_u16, of_x32);
	n[0] = ask_put(PATH "u8", "256");
	n[1] = ask_put(PATH "u32", "x");
	n[2] = ask_put(PATH "u32", "-1");
	answer("wrong=%ld,%ld,%ld values=%u,%u", n[0], n[1], n[2], of_u8, of_u32);
	n[0] = ask_put(PATH "atomic", "-3");
	n[1] = ask_put(PATH "atomic", "y");
	answer("atomic=%ld wrong=%ld value=%d", n[0], n[1], atomic_read(&of_atomic));
	n[0] = ask_put(PATH "bool", "n");
	n[1] = ask_put(PATH "bool", "maybe");
	answer("bool=%ld wrong=%ld value=%d", n[0], n[1], of_bool);
	debugfs_remove(dir);
	answer("gone=%ld", ask_open_error(PATH "u8", O_RDONLY));
}

CASE(numbers, "debugfs_create_dir debugfs_create_u8 debugfs_create_u16 debugfs_create_u32 debugfs_create_u64 debugfs_create_x8"
	      " debugfs_create_x16 debugfs_create_x32 debugfs_create_x64 debugfs_create_size_t debugfs_create_ulong"
	      " debugfs_create_atomic_t debugfs_create_bool debugfs_remove debugfs_initialized dentry")
{
	ask_as_program(numbers);
}

static u64 number = 12;

static int get_number(void *data, u64 *value)
{
	*value = *(u64 *)data;
	return 0;
}

static int set_number(void *data, u64 value)
{
	if (value > 1000)
		return -ERANGE;
	*(u64 *)data = value;
	return 0;
}

DEFINE_SIMPLE_ATTRIBUTE(plain, get_number, set_number, "<%llu>\n");
DEFINE_DEBUGFS_ATTRIBUTE(safe, get_number, NULL, "0x%llx\n");

static int text_show(struct seq_file *m, void *v)
{
	seq_printf(m, "text of %s\n", (char *)m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(text);

static void files(void)
{
	struct dentry *dir = debugfs_create_dir("ask_debug", NULL), *file, *twice, *found;
	struct file *open;
	char text[20] = "";
	long n[4];

	debugfs_create_file("simple", 0644, dir, &number, &plain);
	debugfs_create_file("safe", 0444, dir, &number, &safe);
	file = debugfs_create_file("text", 0444, dir, "data", &text_fops);
	answer("file=%d simple=[%s]", !IS_ERR_OR_NULL(file), ask_contents(PATH "simple"));
	answer("safe=[%s] text=[%s]", ask_contents(PATH "safe"), ask_contents(PATH "text"));
	n[0] = ask_put(PATH "simple", "0x20\n");
	n[1] = ask_put(PATH "simple", "1001");
	n[2] = ask_put(PATH "simple", "x");
	n[3] = ask_put(PATH "safe", "3");
	answer("put=%ld too_large=%ld none=%ld not_set=%ld number=%llu", n[0], n[1], n[2], n[3], number);
	twice = debugfs_create_file("text", 0444, dir, "other", &text_fops);
	answer("twice=%ld", IS_ERR(twice) ? PTR_ERR(twice) : 0);
	twice = debugfs_create_dir("ask_debug", NULL);
	answer("dir_twice=%ld", IS_ERR(twice) ? PTR_ERR(twice) : 0);
	found = debugfs_lookup("text", dir);
	answer("lookup=%d none=%d", found == file, !debugfs_lookup("none", dir));
#ifndef ASK_OURS
	dput(found);
#endif
	open = ask_open(PATH "text", O_RDONLY);
	debugfs_remove(file);
	answer("removed=%ld", ask_open_error(PATH "text", O_RDONLY));
	if (open) {
		n[0] = ask_read(open, text, 10);
		answer("read_after=%ld", n[0]);
		ask_close(open);
	}
	debugfs_remove_recursive(dir);
	answer("gone=%ld", ask_open_error(PATH "simple", O_RDONLY));
	debugfs_remove(NULL);
	debugfs_remove(ERR_PTR(-ENOENT));
}

CASE(files, "debugfs_create_file debugfs_remove debugfs_lookup debugfs_remove_recursive DEFINE_SIMPLE_ATTRIBUTE"
	    " DEFINE_DEBUGFS_ATTRIBUTE DEFINE_SHOW_ATTRIBUTE")
{
	ask_as_program(files);
}

ASK_MODULE(&case_numbers, &case_files);
