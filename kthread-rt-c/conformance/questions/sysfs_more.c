// SPDX-License-Identifier: MIT OR Apache-2.0
/* Of objects in /sys: links, binary files, sets, moves and new names, and what is told of them. */
#include "ask.h"
#include "files.h"
#include <linux/kobject.h>
#include <linux/sysfs.h>

static ssize_t word_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", kobject_name(kobj));
}

static struct kobj_attribute of_word = __ATTR_RO(word);

static void links(void)
{
	struct kobject *a = kobject_create_and_add("ask_a", kernel_kobj), *b = kobject_create_and_add("ask_b", kernel_kobj);
	int ret[4];
	char *path;

	if (!a || !b)
		return;
	ret[0] = sysfs_create_file(a, &of_word.attr);
	ret[1] = sysfs_create_file(a, &of_word.attr);
	answer("file=%d twice=%d", ret[0], ret[1]);
	ret[0] = sysfs_create_link(b, a, "to_a");
	ret[1] = sysfs_create_link_nowarn(b, a, "to_a");
	answer("link=%d twice=%d contents=[%s]", ret[0], ret[1], ask_contents("/sys/kernel/ask_b/to_a/word"));
	sysfs_remove_link(b, "to_a");
	answer("removed=%ld", ask_open_error("/sys/kernel/ask_b/to_a/word", O_RDONLY));
	ret[0] = kobject_rename(a, "ask_renamed");
	answer("rename=%d old=%ld new=[%s]", ret[0], ask_open_error("/sys/kernel/ask_a/word", O_RDONLY),
	       ask_contents("/sys/kernel/ask_renamed/word"));
	ret[0] = kobject_move(a, b);
	path = kobject_get_path(a, GFP_KERNEL);
	answer("move=%d path=%s contents=[%s]", ret[0], path, ask_contents("/sys/kernel/ask_b/ask_renamed/word"));
	kfree(path);
	answer("chmod=%d", sysfs_chmod_file(a, &of_word.attr, 0400));
	kobject_put(a);
	kobject_put(b);
}

CASE(links, "sysfs_create_link sysfs_create_link_nowarn sysfs_remove_link kobject_rename kobject_move kobject_get_path"
	    " sysfs_chmod_file sysfs_create_file")
{
	ask_as_program(links);
}

static char bytes[8] = "01234567";

static ssize_t reads_bytes(struct file *file, struct kobject *kobj, struct bin_attribute *attr, char *buf, loff_t pos,
			   size_t count)
{
	memcpy(buf, bytes + pos, count);
	return count;
}

static ssize_t writes_bytes(struct file *file, struct kobject *kobj, struct bin_attribute *attr, char *buf, loff_t pos,
			    size_t count)
{
	memcpy(bytes + pos, buf, count);
	return count;
}

static struct bin_attribute of_bytes = __BIN_ATTR(bytes, 0644, reads_bytes, writes_bytes, sizeof(bytes));

static void binary(void)
{
	struct kobject *kobj = kobject_create_and_add("ask_binary", kernel_kobj);
	char text[12] = "";
	struct file *file;
	long n[4];

	if (!kobj)
		return;
	answer("create=%d", sysfs_create_bin_file(kobj, &of_bytes));
	file = ask_open("/sys/kernel/ask_binary/bytes", O_RDWR);
	if (file) {
		n[0] = ask_read(file, text, 3);
		n[1] = ask_read(file, text + 3, 9);
		n[2] = ask_read(file, text, 5);
		answer("read=%ld,%ld end=%ld text=[%s]", n[0], n[1], n[2], text);
		vfs_llseek(file, 6, SEEK_SET);
		n[0] = ask_write(file, "abcd", 4);
		n[1] = ask_write(file, "e", 1);
		answer("write=%ld beyond=%ld bytes=%.8s", n[0], n[1], bytes);
		ask_close(file);
	}
	sysfs_remove_bin_file(kobj, &of_bytes);
	answer("removed=%ld", ask_open_error("/sys/kernel/ask_binary/bytes", O_RDONLY));
	kobject_put(kobj);
}

CASE(binary, "sysfs_create_bin_file sysfs_remove_bin_file bin_attribute __BIN_ATTR")
{
	ask_as_program(binary);
}

static void sets(void)
{
	struct kset *set = kset_create_and_add("ask_set", NULL, kernel_kobj);
	struct kobject *member = kobject_create_and_add("ask_member", kernel_kobj), *found;
	static char *more[] = { "ASK=1", NULL };
	int ret;

	if (!set || !member)
		return;
	found = kset_find_obj(set, "ask_member");
	answer("outside=%d uevent=%d", !found, kobject_uevent(member, KOBJ_CHANGE));
	kobject_put(member);
	member = kzalloc(sizeof(*member), GFP_KERNEL);
	if (!member)
		return;
	member->kset = set;
	kobject_init(member, set->kobj.ktype);
	ret = kobject_add(member, NULL, "inside");
	answer("add=%d parent=%d", ret, member->parent == &set->kobj);
	found = kset_find_obj(set, "inside");
	answer("found=%d listed=%d uevent=%d,%d", found == member, !list_empty(&set->list), kobject_uevent(member, KOBJ_ADD),
	       kobject_uevent_env(member, KOBJ_CHANGE, more));
	kobject_put(found);
	kobject_del(member);
	answer("deleted listed=%d", !list_empty(&set->list));
	/* Its type would release a set: it is let go with its name, and freed here. */
	kfree_const(member->name);
	kfree(member);
	kset_unregister(set);
}

CASE(sets, "kset_create_and_add kset_unregister kset_find_obj kobject_uevent kobject_uevent_env KOBJ_ADD KOBJ_CHANGE kset"
	   " kobject.kset")
{
	ask_as_program(sets);
}

ASK_MODULE(&case_links, &case_binary, &case_sets);
