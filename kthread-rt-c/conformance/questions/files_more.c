// SPDX-License-Identifier: MIT OR Apache-2.0
/* Files: seeks to data and holes, sequences that fail, and objects in sets of a module's own. */
#include "ask.h"
#include "files.h"
#include <linux/kobject.h>
#include <linux/miscdevice.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/sysfs.h>

static loff_t seeks_fixed(struct file *file, loff_t offset, int whence)
{
	return fixed_size_llseek(file, offset, whence, 50);
}

static loff_t seeks_without_end(struct file *file, loff_t offset, int whence)
{
	return no_seek_end_llseek(file, offset, whence);
}

static int opens_a_stream(struct inode *inode, struct file *file)
{
	return stream_open(inode, file);
}

static void holes(void)
{
	static const struct file_operations kinds[] = {
		{ .owner = THIS_MODULE, .llseek = default_llseek }, { .owner = THIS_MODULE, .llseek = seeks_fixed },
		{ .owner = THIS_MODULE, .llseek = seeks_without_end }, { .owner = THIS_MODULE, .llseek = noop_llseek },
		{ .owner = THIS_MODULE, .llseek = default_llseek, .open = opens_a_stream },
	};
	static const char *const names[] = { "default", "fixed", "no_end", "noop", "stream" };
	int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct miscdevice seeked = { .minor = MISC_DYNAMIC_MINOR, .name = "ask_holes", .fops = &kinds[i] };
		struct file *file;
		loff_t to[5];

		if (misc_register(&seeked))
			return;
		file = ask_open("/dev/ask_holes", O_RDWR);
		if (file) {
			to[0] = vfs_llseek(file, 0, SEEK_DATA);
			to[1] = vfs_llseek(file, 0, SEEK_HOLE);
			to[2] = vfs_llseek(file, -5, SEEK_SET);
			to[3] = vfs_llseek(file, 50, SEEK_SET);
			to[4] = vfs_llseek(file, 51, SEEK_SET);
			answer("%s data=%lld hole=%lld before_0=%lld end=%lld behind=%lld pos=%lld", names[i], to[0], to[1], to[2], to[3], to[4],
			       file->f_pos);
			ask_close(file);
		}
		misc_deregister(&seeked);
	}
}

CASE(holes, "SEEK_DATA SEEK_HOLE default_llseek fixed_size_llseek no_seek_end_llseek noop_llseek stream_open file_operations"
	    " file_operations.owner file file.f_pos")
{
	ask_as_program(holes);
}

static int limit = 3, error_at = -1;

static void *starts(struct seq_file *m, loff_t *pos)
{
	return *pos < limit ? (void *)(long)(*pos + 1) : NULL;
}

static void *goes_on(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return *pos < limit ? (void *)(long)(*pos + 1) : NULL;
}

static void stops(struct seq_file *m, void *v)
{
}

static int shows(struct seq_file *m, void *v)
{
	seq_printf(m, "line%ld\n", (long)v);
	return (long)v == error_at ? -ENXIO : 0;
}

static const struct seq_operations lines = { .start = starts, .next = goes_on, .stop = stops, .show = shows };

static void sequences(void)
{
	struct proc_dir_entry *entry = proc_create_seq("ask_lines_more", 0, NULL, &lines);
	struct file *file = ask_open("/proc/ask_lines_more", O_RDONLY);
	char text[40] = "";
	loff_t to[4];
	long n[3];

	if (file) {
		to[0] = vfs_llseek(file, 100, SEEK_SET);
		n[0] = ask_read(file, text, 10);
		answer("behind_end=%lld read=%ld", to[0], n[0]);
		error_at = 2;
		to[0] = vfs_llseek(file, 8, SEEK_SET);
		to[1] = file->f_pos;
		answer("error=%lld pos=%lld", to[0], to[1]);
		error_at = -1;
		to[0] = vfs_llseek(file, 6, SEEK_SET);
		memset(text, 0, sizeof(text));
		n[0] = ask_read(file, text, 5);
		answer("seek=%lld read=%ld text=[%s]", to[0], n[0], text);
		to[0] = vfs_llseek(file, -100, SEEK_SET);
		to[1] = vfs_llseek(file, 0, SEEK_END);
		to[2] = vfs_llseek(file, -3, SEEK_CUR);
		answer("before_0=%lld end=%lld back=%lld", to[0], to[1], to[2]);
		ask_close(file);
	}
	proc_remove(entry);
}

CASE(sequences, "proc_create_seq seq_operations.show vfs_llseek")
{
	ask_as_program(sequences);
}

struct owner {
	const char *name;
	struct kobject kobj;
};

static char calls[100];

static void released(struct kobject *kobj)
{
	strlcat(calls, container_of(kobj, struct owner, kobj)->name, sizeof(calls));
	strlcat(calls, " ", sizeof(calls));
}

static ssize_t name_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", kobject_name(kobj));
}

static ssize_t name_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count)
{
	return count;
}

static struct kobj_attribute of_name = __ATTR(name, 0644, name_show, name_store);
static struct attribute *name_attrs[] = { &of_name.attr, NULL };
ATTRIBUTE_GROUPS(name);

static void objects(void)
{
	static struct kobj_type type = { .release = released, .sysfs_ops = &kobj_sysfs_ops, .default_groups = name_groups };
	static struct owner first = { .name = "first" }, second = { .name = "second" };
	struct kset *set = kset_create_and_add("ask_objects", NULL, kernel_kobj);
	struct kobject *got, *none;
	int ret[4];

	if (!set)
		return;
	first.kobj.kset = set;
	second.kobj.kset = set;
	ret[0] = kobject_init_and_add(&first.kobj, &type, NULL, "one");
	ret[1] = kobject_init_and_add(&second.kobj, &type, NULL, "two");
	answer("add=%d,%d below_set=%d", ret[0], ret[1], first.kobj.parent == &set->kobj);
	answer("contents=[%s][%s]", ask_contents("/sys/kernel/ask_objects/one/name"), ask_contents("/sys/kernel/ask_objects/two/name"));
	ret[0] = kobject_rename(&first.kobj, "two");
	ret[1] = kobject_rename(&first.kobj, "three");
	answer("rename=%d,%d name=%s old=%ld", ret[0], ret[1], kobject_name(&first.kobj),
	       ask_open_error("/sys/kernel/ask_objects/one/name", O_RDONLY));
	got = kset_find_obj(set, "three");
	none = kset_find_obj(set, "one");
	answer("found=%d none=%d", got == &first.kobj, !none);
	kobject_put(got);
	ret[0] = sysfs_create_link(&second.kobj, &first.kobj, "link");
	ret[1] = sysfs_rename_link(&second.kobj, &first.kobj, "link", "other");
	ret[2] = sysfs_rename_link(&second.kobj, &first.kobj, "link", "again");
	answer("link=%d rename=%d gone=%d contents=[%s]", ret[0], ret[1], ret[2],
	       ask_contents("/sys/kernel/ask_objects/two/other/name"));
	ret[0] = sysfs_chmod_file(&first.kobj, &of_name.attr, 0444);
	ret[1] = ask_open_error("/sys/kernel/ask_objects/three/name", O_WRONLY);
	ret[2] = ask_open_error("/sys/kernel/ask_objects/three/name", O_RDONLY);
	ret[3] = ask_put("/sys/kernel/ask_objects/two/name", "text");
	answer("chmod=%d write=%d read=%d other=%d", ret[0], ret[1], ret[2], ret[3]);
	got = kobject_get_unless_zero(&second.kobj);
	answer("get=%d", got == &second.kobj);
	kobject_put(got);
	sysfs_remove_link(&second.kobj, "other");
	kobject_del(&second.kobj);
	none = kset_find_obj(set, "two");
	answer("deleted found=%d calls=[%s]", none != NULL, calls);
	kobject_put(&second.kobj);
	kobject_put(&first.kobj);
	answer("put calls=[%s] set=%d", calls, list_empty(&set->list));
	kset_unregister(set);
}

CASE(objects, "kset_create_and_add kset_unregister kset_find_obj kobject_rename sysfs_rename_link sysfs_chmod_file"
	      " kobject_get_unless_zero kset.list kobject.kset kobject_del")
{
	calls[0] = 0;
	ask_as_program(objects);
}

ASK_MODULE(&case_holes, &case_sequences, &case_objects);
