// SPDX-License-Identifier: MIT OR Apache-2.0
/* Entries of /proc, debugfs and sysfs: made, read in the process, removed. */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/kt_dev.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

/* Reads a file in pieces of `piece` bytes; what was read last stays in `text`, and how much there was in all. */
static char text[8192];
static long read_all(const char *name, size_t piece)
{
	struct file *file = kt_dev_open(name, O_RDONLY);
	long total = 0, now;

	if (IS_ERR(file))
		return PTR_ERR(file);
	memset(text, 0, sizeof(text));
	while ((now = kt_dev_read(file, text + total, piece)) > 0)
		total += now;
	kt_dev_close(file);
	return now < 0 ? now : total;
}

static long write_to(const char *name, const char *what)
{
	struct file *file = kt_dev_open(name, O_WRONLY);
	long written = IS_ERR(file) ? PTR_ERR(file) : kt_dev_write(file, what, strlen(what));

	if (!IS_ERR(file))
		kt_dev_close(file);
	return written;
}

/* One record. */
static int one_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s of %d\n", (char *)m->private, 1);
	seq_puts(m, "puts");
	seq_putc(m, '\n');
	seq_put_decimal_ll(m, "ll ", -5);
	seq_setwidth(m, 10);
	seq_puts(m, " padded");
	seq_pad(m, '|');
	seq_putc(m, '\n');
	return 0;
}

static int one_open(struct inode *inode, struct file *file)
{
	return single_open(file, one_show, pde_data(inode));
}

static ssize_t one_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	int number, error = kstrtoint_from_user(from, count, 0, &number);

	if (error)
		return error;
	pr_info("written: %d\n", number);
	return count;
}

static const struct proc_ops one_ops = {
	.proc_open = one_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = one_write,
};

/* Many records, some of which say nothing, one that is larger than a page. */
static void *many_start(struct seq_file *m, loff_t *pos)
{
	return *pos < 40 ? (void *)(long)(*pos + 1) : NULL;
}

static void *many_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return many_start(m, pos);
}

static void many_stop(struct seq_file *m, void *v)
{
}

static int many_show(struct seq_file *m, void *v)
{
	long n = (long)v;

	if (n == 3)
		return SEQ_SKIP;
	seq_printf(m, "record %02ld\n", n);
	for (int i = 0; n == 20 && i < 500; i++)
		seq_puts(m, "0123456789");
	return 0;
}

static const struct seq_operations many_sops = {
	.start = many_start, .next = many_next, .stop = many_stop, .show = many_show
};

static u32 counter = 7;
static bool flag = true;
static u64 value;

static int value_get(void *data, u64 *to)
{
	*to = *(u64 *)data;
	return 0;
}

static int value_set(void *data, u64 from)
{
	*(u64 *)data = from;
	return 0;
}
DEFINE_SIMPLE_ATTRIBUTE(value_fops, value_get, value_set, "%llu\n");

static int shown_show(struct seq_file *m, void *v)
{
	seq_printf(m, "private %s\n", (char *)m->private);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(shown);

static int level = 3;
static ssize_t level_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", level);
}

static ssize_t level_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count)
{
	int error = kstrtoint(buf, 10, &level);

	return error ? error : count;
}
static struct kobj_attribute level_attribute = __ATTR_RW(level);

static ssize_t color_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sprintf(buf, "red of %s\n", dev_name(dev));
}
static DEVICE_ATTR_RO(color);

static struct proc_dir_entry *folder;
static struct dentry *debug;
static struct kobject *object;
static struct class *cls;

static int __init proc_init(void)
{
	struct file *file;
	struct device *device;
	long total;

	folder = proc_mkdir("box", NULL);
	pr_info("proc_create: %d", !!proc_create_data("one", 0644, folder, &one_ops, "one"));
	pr_cont(", again: %d\n", !!proc_create_data("one", 0644, folder, &one_ops, "one"));
	proc_create_seq("many", 0, folder, &many_sops);
	pr_info("one: %ld\n%s", read_all("/proc/box/one", 100), text);
	pr_info("one in pieces: %ld\n", read_all("/proc/box/one", 3));
	pr_info("write: %ld", write_to("/proc/box/one", "0x10\n"));
	pr_cont(", of no number: %ld, of too large a one: %ld\n", write_to("/proc/box/one", "ten"),
		write_to("/proc/box/one", "99999999999"));
	total = read_all("/proc/box/many", 4000);
	pr_info("many: %ld, the same in pieces: %ld, %ld\n", total, read_all("/proc/box/many", 1000),
		read_all("/proc/box/many", 11));
	file = kt_dev_open("/proc/box/many", O_RDONLY);
	memset(text, 0, sizeof(text));
	kt_dev_lseek(file, 20, SEEK_SET);
	kt_dev_read(file, text, 9);
	pr_info("from the 20th byte on: %s\n", text);
	remove_proc_entry("many", folder);
	pr_info("removed while it is open: %ld\n", kt_dev_read(file, text, 9));
	kt_dev_close(file);
	pr_info("and not there: %ld\n", read_all("/proc/box/many", 9));

	debug = debugfs_create_dir("box", NULL);
	debugfs_create_u32("counter", 0644, debug, &counter);
	debugfs_create_bool("flag", 0644, debug, &flag);
	debugfs_create_x32("hex", 0444, debug, &counter);
	debugfs_create_file("value", 0644, debug, &value, &value_fops);
	debugfs_create_file("shown", 0444, debug, "datum", &shown_fops);
	pr_info("again: %ld\n", PTR_ERR(debugfs_create_dir("box", NULL)));
	read_all("/sys/kernel/debug/box/counter", 100);
	pr_info("counter: %s", text);
	read_all("/sys/kernel/debug/box/hex", 100);
	pr_info("hex: %s", text);
	write_to("/sys/kernel/debug/box/counter", "9\n");
	write_to("/sys/kernel/debug/box/flag", "n\n");
	pr_info("counter %u, flag %d\n", counter, flag);
	pr_info("value: %ld", write_to("/sys/kernel/debug/box/value", "42"));
	read_all("/sys/kernel/debug/box/value", 100);
	pr_cont(": %s", text);
	read_all("/sys/kernel/debug/box/shown", 100);
	pr_info("shown: %s", text);

	object = kobject_create_and_add("box", kernel_kobj);
	pr_info("sysfs_create_file: %d\n", sysfs_create_file(object, &level_attribute.attr));
	pr_info("store: %ld, of no number: %ld\n", write_to("/sys/kernel/box/level", "5\n"),
		write_to("/sys/kernel/box/level", "five"));
	read_all("/sys/kernel/box/level", 100);
	pr_info("level: %s", text);

	cls = class_create(THIS_MODULE, "colors");
	device = device_create(cls, NULL, MKDEV(0, 0), NULL, "paint");
	pr_info("device_create_file: %d\n", device_create_file(device, &dev_attr_color));
	read_all("/sys/class/colors/paint/color", 100);
	pr_info("color: %s", text);
	return 0;
}

static void __exit proc_exit(void)
{
	device_destroy(cls, MKDEV(0, 0));
	class_destroy(cls);
	kobject_put(object);
	debugfs_remove_recursive(debug);
	proc_remove(folder);
	pr_info("gone: %ld %ld %ld %ld\n", read_all("/sys/class/colors/paint/color", 9),
		read_all("/sys/kernel/box/level", 9), read_all("/sys/kernel/debug/box/counter", 9),
		read_all("/proc/box/one", 9));
}

module_init(proc_init);
module_exit(proc_exit);
MODULE_LICENSE("Dual MIT/GPL");
