// SPDX-License-Identifier: MIT OR Apache-2.0
/* A module that looks at itself, and at who uses it. */
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/kt_dev.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

/* 0: nobody uses it; 1: a thread has a file open for a while; 2: a file is never closed. */
static int mode;
module_param(mode, int, 0);

static bool closed;
static struct file *file;
static struct task_struct *task;

static int release(struct inode *inode, struct file *file)
{
	WRITE_ONCE(closed, true);
	return 0;
}

static const struct file_operations fops = { .owner = THIS_MODULE, .release = release };
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "uses", .fops = &fops };

static int user(void *data)
{
	msleep(100);
	kt_dev_close(file);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static int test_init(void);
static void test_exit(void);

static ssize_t shown(struct module_attribute *attr, struct module_kobject *module, char *buf)
{
	return sysfs_emit(buf, "%s of %s", attr->attr.name, kobject_name(&module->kobj));
}

static void looks_at_sysfs(void)
{
	static struct module_attribute attribute = __ATTR(text, 0444, shown, NULL);
	struct kobject *kobj = &THIS_MODULE->mkobj.kobj;
	char path[64], text[32] = "";
	struct file *opened;
	int added;

	pr_info("init %d, exit %d, ", THIS_MODULE->init == test_init, THIS_MODULE->exit == test_exit);
	pr_cont("of itself %d, ", THIS_MODULE->mkobj.mod == THIS_MODULE);
	added = sysfs_create_file(kobj, &attribute.attr);
	snprintf(path, sizeof(path), "/sys/module/%s/text", THIS_MODULE->name);
	opened = kt_dev_open(path, O_RDONLY);
	pr_cont("added %d, opened %d, ", added, !IS_ERR(opened));
	if (!IS_ERR(opened)) {
		kt_dev_read(opened, text, sizeof(text) - 1);
		kt_dev_close(opened);
	}
	sysfs_remove_file(kobj, &attribute.attr);
	kobject_del(kobj);
	list_del(&kobj->entry);
	pr_cont("%s\n", text);
}

static void looks(void)
{
	struct list_head *before = THIS_MODULE->list.prev;
	struct module *module;
	int others = 0;

	pr_info("%s: state coming %d, live %d\n", THIS_MODULE->name, THIS_MODULE->state == MODULE_STATE_COMING,
		module_is_live(THIS_MODULE));
	pr_info("found: %d, another: %d, on the list: ", find_module(THIS_MODULE->name) == THIS_MODULE, find_module("no") == NULL);
	list_for_each_entry(module, &THIS_MODULE->list, list)
		others++;
	pr_cont("with %d head(s) or others\n", others);
	list_del(&THIS_MODULE->list);
	pr_info("unlinked: found %d; ", find_module(THIS_MODULE->name) != NULL);
	list_add(&THIS_MODULE->list, before);
	pr_cont("linked again: %d; ", find_module(THIS_MODULE->name) == THIS_MODULE);
	list_del(&THIS_MODULE->list);
	pr_cont("unlinked for good\n");

	pr_info("references: %d, ", module_refcount(THIS_MODULE));
	pr_cont("got %d, ", try_module_get(THIS_MODULE));
	__module_get(THIS_MODULE);
	pr_cont("%d, ", module_refcount(THIS_MODULE));
	module_put(THIS_MODULE);
	module_put(THIS_MODULE);
	pr_cont("%d; of the kernel itself: %d %d\n", module_refcount(THIS_MODULE), try_module_get(NULL), module_refcount(NULL));
}

static int __init test_init(void)
{
	misc_register(&misc);
	looks();
	looks_at_sysfs();
	file = kt_dev_open("uses", 0);
	pr_info("an open file: %d", module_refcount(THIS_MODULE));
	if (mode == 0) {
		kt_dev_close(file);
		pr_cont(", closed: %d", module_refcount(THIS_MODULE));
	}
	pr_cont("\n");
	if (mode == 1)
		task = kthread_run(user, NULL, "user");
	return 0;
}

static void __exit test_exit(void)
{
	pr_info("exit: closed %d, going %d, got %d\n", READ_ONCE(closed), THIS_MODULE->state == MODULE_STATE_GOING,
		try_module_get(THIS_MODULE));
	if (task)
		kthread_stop(task);
	misc_deregister(&misc);
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
