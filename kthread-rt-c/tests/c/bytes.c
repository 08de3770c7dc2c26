// SPDX-License-Identifier: MIT OR Apache-2.0
/* Binary attributes, links and groups of sysfs; blobs, strings, numbers and links of debugfs: opened in the process. */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/kt_dev.h>
#include <linux/module.h>
#include <linux/sysfs.h>

static char memory[8] = "abcdefgh";

static ssize_t eight_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr, char *buf, loff_t at, size_t count)
{
	memcpy(buf, (char *)attr->private + at, count);
	return count;
}

static ssize_t eight_write(struct file *file, struct kobject *kobj, struct bin_attribute *attr, char *buf, loff_t at, size_t count)
{
	memcpy((char *)attr->private + at, buf, count);
	return count;
}

static BIN_ATTR_RW(eight, sizeof(memory));

/* Of no size: it says itself where it ends. */
static ssize_t open_read(struct file *file, struct kobject *kobj, struct bin_attribute *attr, char *buf, loff_t at, size_t count)
{
	if (at >= 10000)
		return 0;
	memset(buf, 'x', count);
	return min_t(size_t, count, 10000 - at);
}

static BIN_ATTR_RO(open, 0);
static BIN_ATTR(nothing, 0600, NULL, NULL, 4);

static ssize_t value_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s of %s\n", attr->attr.name, kobject_name(kobj));
}

static struct kobj_attribute value = __ATTR_RO(value);
static struct kobj_attribute hidden = __ATTR(hidden, 0444, value_show, NULL);
static struct kobj_attribute third = __ATTR(third, 0444, value_show, NULL);
static struct attribute *attrs[] = { &value.attr, &hidden.attr, NULL };
static struct bin_attribute *bin_attrs[] = { &bin_attr_eight, &bin_attr_open, NULL };
static bool show_hidden;

static umode_t visible(struct kobject *kobj, struct attribute *attr, int index)
{
	return attr == &hidden.attr && !show_hidden ? 0 : attr->mode;
}

static umode_t bin_visible(struct kobject *kobj, struct bin_attribute *attr, int index)
{
	return index == 0 ? attr->attr.mode : 0;
}

static const struct attribute_group group = {
	.name = "group", .is_visible = visible, .is_bin_visible = bin_visible, .attrs = attrs, .bin_attrs = bin_attrs,
};

/* The text of a file, or the error in its place. */
static const char *text_of(const char *name)
{
	static char text[4][64];
	static int turn;
	char *to = text[turn++ % 4];
	struct file *file = kt_dev_open(name, 0);
	ssize_t length = IS_ERR(file) ? PTR_ERR(file) : kt_dev_read(file, to, 63);

	if (length < 0) {
		snprintf(to, 64, "%zd", length);
	} else {
		to[length] = 0;
		strim(to);
	}
	if (!IS_ERR(file))
		kt_dev_close(file);
	return to;
}

static void binary(struct kobject *kobj)
{
	struct file *file;
	char buf[16] = "";
	long total = 0, got, pieces = 0;

	bin_attr_eight.private = memory;
	pr_info("created: %d, ", sysfs_create_bin_file(kobj, &bin_attr_eight));
	pr_cont("again: %d\n", sysfs_create_bin_file(kobj, &bin_attr_eight));
	file = kt_dev_open("/sys/kernel/a/eight", 2);
	pr_info("read 3: %zd, ", kt_dev_read(file, buf, 3));
	pr_cont("16 more: %zd, ", kt_dev_read(file, buf + 3, 13));
	pr_cont("at the end: %zd: %s\n", kt_dev_read(file, buf + 8, 8), buf);
	kt_dev_lseek(file, 6, 0);
	pr_info("written from 6 on: %zd of 4, ", kt_dev_write(file, "WXYZ", 4));
	pr_cont("at the end: %zd: %.8s\n", kt_dev_write(file, "V", 1), memory);
	kt_dev_lseek(file, 0, 0);
	sysfs_remove_bin_file(kobj, &bin_attr_eight);
	pr_info("removed: %zd, %s\n", kt_dev_read(file, buf, 1), text_of("/sys/kernel/a/eight"));
	kt_dev_close(file);

	pr_info("of no size: %d, ", sysfs_create_bin_file(kobj, &bin_attr_open));
	file = kt_dev_open("/sys/kernel/a/open", 0);
	while ((got = kt_dev_read(file, buf, sizeof(buf))) > 0)
		total += got, pieces++;
	pr_cont("%ld bytes in %ld pieces, the end %ld\n", total, pieces, got);
	kt_dev_close(file);
	sysfs_remove_bin_file(kobj, &bin_attr_open);

	pr_info("without functions: %d, ", sysfs_create_bin_file(kobj, &bin_attr_nothing));
	pr_cont("read %s\n", text_of("/sys/kernel/a/nothing"));
	sysfs_remove_bin_file(kobj, &bin_attr_nothing);
}

static void links_and_groups(struct kobject *a, struct kobject *b)
{
	static struct attribute *clash[] = { &third.attr, &value.attr, NULL };

	pr_info("linked: %d %d, to nothing %d; ", sysfs_create_file(b, &value.attr), sysfs_create_link(a, b, "to_b"),
		sysfs_create_link(a, NULL, "to_nothing"));
	pr_cont("%s\n", text_of("/sys/kernel/a/to_b/value"));
	pr_info("all or none: %d, ", sysfs_create_files(b, (const struct attribute *const *)clash));
	pr_cont("%s\n", text_of("/sys/kernel/b/third"));
	sysfs_remove_link(a, "to_b");
	pr_info("unlinked: %s, ", text_of("/sys/kernel/a/to_b/value"));
	pr_cont("its target: %s\n", text_of("/sys/kernel/b/value"));

	pr_info("a group: %d, ", sysfs_create_group(a, &group));
	pr_cont("%s, %s, ", text_of("/sys/kernel/a/group/value"), text_of("/sys/kernel/a/group/hidden"));
	pr_cont("%s, %s\n", text_of("/sys/kernel/a/group/eight"), text_of("/sys/kernel/a/group/open"));
	show_hidden = true;
	pr_info("updated: %d, ", sysfs_update_group(a, &group));
	pr_cont("%s\n", text_of("/sys/kernel/a/group/hidden"));
	sysfs_remove_group(a, &group);
	pr_info("removed: %s\n", text_of("/sys/kernel/a/group/value"));
	sysfs_remove_file(b, &value.attr);
}

static ssize_t of_device_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", dev_name(dev));
}
static DEVICE_ATTR_RO(of_device);
static struct attribute *device_attrs[] = { &dev_attr_of_device.attr, NULL };
static const struct attribute_group device_group = { .attrs = device_attrs, .name = "more" };

static void devices(void)
{
	struct class *class = class_create(THIS_MODULE, "bytes");
	struct device *dev = device_create(class, NULL, MKDEV(240, 0), NULL, "bytes0");

	pr_info("of a device: %d %d, ", device_create_bin_file(dev, &bin_attr_eight), sysfs_create_group(&dev->kobj, &device_group));
	pr_cont("%s, %s\n", text_of("/sys/class/bytes/bytes0/eight"), text_of("/sys/class/bytes/bytes0/more/of_device"));
	sysfs_remove_group(&dev->kobj, &device_group);
	device_remove_bin_file(dev, &bin_attr_eight);
	device_destroy(class, MKDEV(240, 0));
	class_destroy(class);
}

static void debug(void)
{
	static struct debugfs_blob_wrapper blob = { .data = "raw bytes", .size = 9 };
	static char *string = "a string";
	static u8 u8_value = 255;
	static u64 x64_value = 0xabc;
	static bool flag = true;
	static atomic_t count = ATOMIC_INIT(-7);
	struct dentry *folder = debugfs_create_dir("bytes", NULL);
	struct file *file;

	debugfs_create_blob("blob", 0444, folder, &blob);
	debugfs_create_str("str", 0644, folder, &string);
	debugfs_create_u8("u8", 0644, folder, &u8_value);
	debugfs_create_x64("x64", 0444, folder, &x64_value);
	debugfs_create_bool("bool", 0644, folder, &flag);
	debugfs_create_atomic_t("atomic", 0444, folder, &count);
	debugfs_create_symlink("link", folder, "../bytes/blob");
	pr_info("blob %s, str %s, link %s\n", text_of("/sys/kernel/debug/bytes/blob"), text_of("/sys/kernel/debug/bytes/str"),
		text_of("/sys/kernel/debug/bytes/link"));
	pr_info("u8 %s, x64 %s, bool %s, ", text_of("/sys/kernel/debug/bytes/u8"), text_of("/sys/kernel/debug/bytes/x64"),
		text_of("/sys/kernel/debug/bytes/bool"));
	pr_cont("atomic %s\n", text_of("/sys/kernel/debug/bytes/atomic"));
	file = kt_dev_open("/sys/kernel/debug/bytes/str", 2);
	pr_info("a string can't be written: %zd\n", kt_dev_write(file, "x", 1));
	kt_dev_close(file);
	debugfs_lookup_and_remove("blob", folder);
	pr_info("its link leads nowhere: %s\n", text_of("/sys/kernel/debug/bytes/link"));
	debugfs_remove(folder);
}

static int __init test_init(void)
{
	struct kobject *a = kobject_create_and_add("a", kernel_kobj), *b = kobject_create_and_add("b", kernel_kobj);

	binary(a);
	links_and_groups(a, b);
	devices();
	debug();
	kobject_put(a);
	kobject_put(b);
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
