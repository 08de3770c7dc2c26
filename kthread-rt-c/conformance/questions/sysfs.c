// SPDX-License-Identifier: MIT OR Apache-2.0
/* Objects with names, their attributes as files of /sys, and when they are released. */
#include "ask.h"
#include "files.h"
#include <linux/kobject.h>
#include <linux/sysfs.h>

static char calls[200];

static void called(const char *name)
{
	strlcat(calls, name, sizeof(calls));
	strlcat(calls, " ", sizeof(calls));
}

static const char *called_so_far(void)
{
	static char text[200];

	strscpy(text, calls, sizeof(text));
	calls[0] = 0;
	return text;
}

static int value = 5;

static ssize_t value_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s=%d\n", attr->attr.name, value);
}

static ssize_t value_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count)
{
	int ret = kstrtoint(buf, 0, &value);

	return ret ? ret : count;
}

static ssize_t fails_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return -ENODATA;
}

static ssize_t half_store(struct kobject *kobj, struct kobj_attribute *attr, const char *buf, size_t count)
{
	called("half");
	return count / 2;
}

static struct kobj_attribute of_value = __ATTR(value, 0644, value_show, value_store);
static struct kobj_attribute of_fails = __ATTR_RO(fails);
static struct kobj_attribute of_half = __ATTR_WO(half);

static void attributes(void)
{
	struct kobject *kobj = kobject_create_and_add("ask_sysfs", kernel_kobj);
	char text[20] = "";
	struct file *file;
	long n[4];
	int ret[4];

	if (!kobj)
		return;
	ret[0] = sysfs_create_file(kobj, &of_value.attr);
	ret[1] = sysfs_create_file(kobj, &of_fails.attr);
	ret[2] = sysfs_create_file(kobj, &of_half.attr);
	answer("create=%d,%d,%d name=%s", ret[0], ret[1], ret[2], kobject_name(kobj));
	answer("show=[%s] fails=[%s]", ask_contents("/sys/kernel/ask_sysfs/value"), ask_contents("/sys/kernel/ask_sysfs/fails"));
	n[0] = ask_put("/sys/kernel/ask_sysfs/value", "77\n");
	n[1] = ask_put("/sys/kernel/ask_sysfs/value", "none");
	n[2] = ask_put("/sys/kernel/ask_sysfs/half", "123456");
	answer("store=%ld wrong=%ld half=%ld value=%d calls=[%s]", n[0], n[1], n[2], value, called_so_far());
	n[0] = ask_open_error("/sys/kernel/ask_sysfs/fails", O_WRONLY);
	n[1] = ask_open_error("/sys/kernel/ask_sysfs/half", O_RDONLY);
	answer("not_to_be_written=%ld not_to_be_read=%ld", n[0], n[1]);
	file = ask_open("/sys/kernel/ask_sysfs/value", O_RDONLY);
	if (file) {
		n[0] = ask_read(file, text, 4);
		value = 99;
		n[1] = ask_read(file, text + 4, 10);
		n[2] = ask_read(file, text + 12, 4);
		answer("pieces=%ld,%ld,%ld text=[%s]", n[0], n[1], n[2], strim(text));
		memset(text, 0, sizeof(text));
		vfs_llseek(file, 0, SEEK_SET);
		n[0] = ask_read(file, text, 15);
		answer("again=%ld text=[%s]", n[0], strim(text));
		ask_close(file);
	}
	sysfs_remove_file(kobj, &of_value.attr);
	answer("removed=%ld", ask_open_error("/sys/kernel/ask_sysfs/value", O_RDONLY));
	kobject_put(kobj);
	answer("put=%ld", ask_open_error("/sys/kernel/ask_sysfs/fails", O_RDONLY));
}

CASE(attributes, "kobject_create_and_add kobject_put sysfs_create_file sysfs_remove_file sysfs_emit __ATTR __ATTR_RO __ATTR_WO"
		 " kernel_kobj kobject_name kobj_attribute S_IRUGO S_IWUSR")
{
	calls[0] = 0;
	answer("modes=%o,%o,%o,%o,%o", S_IRUGO, S_IWUSR, S_IRUSR, S_IRGRP, S_IROTH);
	ask_as_program(attributes);
}

static umode_t visible(struct kobject *kobj, struct attribute *attr, int index)
{
	char text[20];

	snprintf(text, sizeof(text), "%s%d", attr->name, index);
	called(text);
	return attr == &of_fails.attr ? 0 : attr->mode;
}

static struct attribute *of_group[] = { &of_value.attr, &of_fails.attr, &of_half.attr, NULL };
static const struct attribute_group named = { .name = "inner", .attrs = of_group, .is_visible = visible };
static const struct attribute_group unnamed = { .attrs = of_group };

static void groups(void)
{
	struct kobject *kobj = kobject_create_and_add("ask_groups", kernel_kobj);
	int ret[2];

	if (!kobj)
		return;
	ret[0] = sysfs_create_group(kobj, &named);
	ret[1] = sysfs_create_group(kobj, &unnamed);
	answer("create=%d,%d calls=[%s]", ret[0], ret[1], called_so_far());
	answer("inner=[%s] hidden=%ld beside=[%s]", ask_contents("/sys/kernel/ask_groups/inner/value"),
	       ask_open_error("/sys/kernel/ask_groups/inner/fails", O_RDONLY), ask_contents("/sys/kernel/ask_groups/value"));
	sysfs_remove_group(kobj, &named);
	answer("removed=%ld other=%ld", ask_open_error("/sys/kernel/ask_groups/inner/value", O_RDONLY),
	       ask_open_error("/sys/kernel/ask_groups/value", O_RDONLY));
	sysfs_remove_group(kobj, &unnamed);
	kobject_put(kobj);
}

CASE(groups, "sysfs_create_group sysfs_remove_group attribute_group attribute_group.name attribute_group.is_visible attribute")
{
	calls[0] = 0;
	ask_as_program(groups);
}

struct owner {
	const char *name;
	struct kobject kobj;
};

static void released(struct kobject *kobj)
{
	called(container_of(kobj, struct owner, kobj)->name);
}

static ssize_t type_show(struct kobject *kobj, struct attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s.%s\n", container_of(kobj, struct owner, kobj)->name, attr->name);
}

static struct attribute by_default = { .name = "default", .mode = 0444 };
static struct attribute *defaults_attrs[] = { &by_default, NULL };
ATTRIBUTE_GROUPS(defaults);
static const struct sysfs_ops by_type = { .show = type_show };

static void objects(void)
{
	static struct kobj_type type = { .release = released, .sysfs_ops = &by_type, .default_groups = defaults_groups };
	static struct owner parent = { .name = "parent" }, child = { .name = "child" }, twin = { .name = "twin" };
	struct kobject *got;
	int ret[3];

	ret[0] = kobject_init_and_add(&parent.kobj, &type, kernel_kobj, "ask_%s", "parent");
	kobject_init(&child.kobj, &type);
	ret[1] = kobject_add(&child.kobj, &parent.kobj, "child");
	answer("add=%d,%d name=%s parent=%d", ret[0], ret[1], kobject_name(&child.kobj), child.kobj.parent == &parent.kobj);
	answer("default=[%s]", ask_contents("/sys/kernel/ask_parent/child/default"));
	ret[2] = kobject_init_and_add(&twin.kobj, &type, &parent.kobj, "child");
	answer("same_name=%d", ret[2]);
	kobject_put(&twin.kobj);
	answer("calls=[%s]", called_so_far());
	got = kobject_get(&child.kobj);
	answer("get=%d of_null=%d", got == &child.kobj, !kobject_get(NULL));
	kobject_put(&child.kobj);
	answer("put_once calls=[%s]", called_so_far());
	kobject_put(&parent.kobj);
	answer("put_parent calls=[%s]", called_so_far());
	kobject_put(&child.kobj);
	answer("put_child calls=[%s]", called_so_far());
	kobject_put(NULL);
	memset(&parent.kobj, 0, sizeof(parent.kobj));
	memset(&child.kobj, 0, sizeof(child.kobj));
	ret[0] = kobject_init_and_add(&parent.kobj, &type, NULL, "ask_top");
	ret[1] = kobject_init_and_add(&child.kobj, &type, &parent.kobj, "child");
	kobject_del(&child.kobj);
	answer("top=%d,%d deleted=%ld still=%ld", ret[0], ret[1], ask_open_error("/sys/ask_top/child/default", O_RDONLY),
	       ask_open_error("/sys/ask_top/default", O_RDONLY));
	answer("deleted calls=[%s]", called_so_far());
	kobject_put(&child.kobj);
	kobject_put(&parent.kobj);
	answer("calls=[%s]", called_so_far());
}

CASE(objects, "kobject_init kobject_add kobject_init_and_add kobject_get kobject_put kobject_del kobject_name kobj_type kobject"
	      " kobj_type.release kobj_type.sysfs_ops kobj_type.default_groups kobject.parent sysfs_ops ATTRIBUTE_GROUPS")
{
	calls[0] = 0;
	ask_as_program(objects);
}

CASE(emit, "sysfs_emit sysfs_emit_at")
{
	char *page = (char *)get_zeroed_page(GFP_KERNEL);
	int ret[4], i, length = 0;

	if (!page)
		return;
	ret[0] = sysfs_emit(page, "%d\n", 42);
	ret[1] = sysfs_emit_at(page, ret[0], "%s", "more");
	answer("emit=%d at=%d text=[%.2s %s]", ret[0], ret[1], page, page + 3);
	ret[2] = sysfs_emit_at(page, PAGE_SIZE - 4, "%s", "longer");
	answer("at_end=%d", ret[2]);
	for (i = 0; i < 1000; i++)
		length += sysfs_emit_at(page, length, "%s", "seven..");
	answer("full=%d", length);
	free_page((unsigned long)page);
}

ASK_MODULE(&case_attributes, &case_groups, &case_objects, &case_emit);
