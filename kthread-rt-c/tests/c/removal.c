// SPDX-License-Identifier: MIT OR Apache-2.0
/* Removals wait for who is in a function of what they remove; what is open says so afterwards. */
#include <linux/cdev.h>
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/kt_dev.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/slab.h>

/* A visitor goes in, says so, and stays until he is told to go. */
static DECLARE_COMPLETION(inside);
static DECLARE_COMPLETION(go);
static bool stays, left;
static int releases;

static void visit(void)
{
	if (!stays)
		return;
	complete(&inside);
	wait_for_completion(&go);
	left = true;
}

static ssize_t visit_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	visit();
	return count;
}

static long visit_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	return 7;
}

static int visit_release(struct inode *inode, struct file *file)
{
	releases++;
	return 0;
}

/* One thread uses the file, another removes it. */
static struct file *file;
static long got;
static int use(void *unused)
{
	char buf[8];

	got = kt_dev_read(file, buf, sizeof(buf));
	return 0;
}

static bool left_before_removal_ended;
static int remove(void *how)
{
	((void (*)(void))how)();
	left_before_removal_ended = left;
	return 0;
}

/* Runs `user` until it is inside, then `how` until it sleeps, then lets the first go. */
static void remove_while(int (*user)(void *), void (*how)(void), const char *path)
{
	struct task_struct *one = kthread_create(user, NULL, "user"), *other = kthread_create(remove, (void *)how, "remover");
	char buf[8];

	get_task_struct(one);
	get_task_struct(other);
	stays = true;
	left = left_before_removal_ended = false;
	releases = 0;
	wake_up_process(one);
	wait_for_completion(&inside);
	wake_up_process(other);
	wait_task_inactive(other, TASK_RUNNING);
	stays = false;
	pr_info("%s: open while it is removed: %ld", path, PTR_ERR(kt_dev_open(path, O_RDONLY)));
	if (file)
		pr_cont(", read: %ld", (long)kt_dev_read(file, buf, sizeof(buf)));
	pr_cont("\n");
	complete(&go);
	kthread_stop(other);
	kthread_stop(one);
	put_task_struct(one);
	put_task_struct(other);
	pr_info("the user got %ld, and had left: %d\n", got, left_before_removal_ended);
}

static void after(void)
{
	char buf[8];

	pr_info("then read %ld, write %ld, lseek %lld, ioctl %ld, poll %d, released %d\n", kt_dev_read(file, buf, 8),
		kt_dev_write(file, buf, 8), kt_dev_lseek(file, 0, SEEK_SET), kt_dev_ioctl(file, 1, 0),
		kt_dev_poll(file, POLLIN | POLLHUP, 0), releases);
	kt_dev_close(file);
	pr_info("closed, released %d\n", releases);
	file = NULL;
}

/* /proc */
static struct proc_dir_entry *entry;
static ssize_t proc_write(struct file *f, const char __user *from, size_t count, loff_t *pos)
{
	proc_remove(entry);
	return count;
}

static const struct proc_ops proc_ops = {
	.proc_read = visit_read,
	.proc_write = proc_write,
	.proc_ioctl = visit_ioctl,
	.proc_release = visit_release,
};

static void remove_entry(void)
{
	remove_proc_entry("visited", NULL);
}

/* debugfs */
static struct dentry *folder;
static const struct file_operations debug_fops = {
	.read = visit_read, .unlocked_ioctl = visit_ioctl, .release = visit_release
};

static void remove_folder(void)
{
	debugfs_remove_recursive(folder);
}

/* sysfs */
static struct class *cls;
static struct device *device;
static ssize_t visited_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	visit();
	return sprintf(buf, "visited\n");
}

static ssize_t visited_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t count)
{
	bool first = device_remove_file_self(dev, attr);

	pr_info("device_remove_file_self: %d, again: %d\n", first, device_remove_file_self(dev, attr));
	return count;
}
static DEVICE_ATTR_RW(visited);

static void remove_attribute(void)
{
	device_remove_file(device, &dev_attr_visited);
}

/* A misc device, which is opened. */
static int visit_open(struct inode *inode, struct file *f)
{
	visit();
	return 0;
}

static const struct file_operations misc_fops = { .open = visit_open, .read = visit_read, .release = visit_release };
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "visited", .fops = &misc_fops };
static int open_misc(void *unused)
{
	struct file *opened = kt_dev_open("/dev/visited", O_RDONLY);

	got = IS_ERR(opened);
	kt_dev_close(opened);
	return 0;
}

static void remove_misc(void)
{
	misc_deregister(&misc);
}

/* A cdev in something that is counted. */
struct box {
	struct device dev;
	struct cdev cdev;
};

static void box_release(struct device *dev)
{
	pr_info("box: released\n");
	kfree(container_of(dev, struct box, dev));
}

static const struct file_operations box_fops = { .read = visit_read, .release = visit_release };

static void use_box(void)
{
	struct box *box = kzalloc(sizeof(*box), GFP_KERNEL);
	char buf[8];
	dev_t number;

	alloc_chrdev_region(&number, 0, 1, "box");
	device_initialize(&box->dev);
	box->dev.release = box_release;
	box->dev.devt = number;
	dev_set_name(&box->dev, "box");
	cdev_init(&box->cdev, &box_fops);
	pr_info("cdev_device_add: %d\n", cdev_device_add(&box->cdev, &box->dev));
	file = kt_dev_open("/dev/box", O_RDONLY);
	cdev_device_del(&box->cdev, &box->dev);
	put_device(&box->dev);
	pr_info("box: deleted while it is open: read %ld, open %ld\n", kt_dev_read(file, buf, 8),
		PTR_ERR(kt_dev_open("/dev/box", O_RDONLY)));
	kt_dev_close(file);
	unregister_chrdev_region(number, 1);
}

static int __init removal_init(void)
{
	struct file *self;

	proc_create("visited", 0644, NULL, &proc_ops);
	file = kt_dev_open("/proc/visited", O_RDWR);
	remove_while(use, remove_entry, "/proc/visited");
	after();

	folder = debugfs_create_dir("visits", NULL);
	debugfs_create_file("visited", 0644, folder, NULL, &debug_fops);
	file = kt_dev_open("/sys/kernel/debug/visits/visited", O_RDWR);
	remove_while(use, remove_folder, "/sys/kernel/debug/visits/visited");
	after();

	cls = class_create(THIS_MODULE, "visits");
	device = device_create(cls, NULL, MKDEV(0, 0), NULL, "one");
	device_create_file(device, &dev_attr_visited);
	file = kt_dev_open("/sys/class/visits/one/visited", O_RDWR);
	remove_while(use, remove_attribute, "/sys/class/visits/one/visited");
	after();

	device_create_file(device, &dev_attr_visited);
	self = kt_dev_open("/sys/class/visits/one/visited", O_RDWR);
	pr_info("store: %ld", kt_dev_write(self, "1", 1));
	pr_cont(", again: %ld\n", kt_dev_write(self, "1", 1));
	kt_dev_close(self);
	device_destroy(cls, MKDEV(0, 0));
	class_destroy(cls);

	misc_register(&misc);
	remove_while(open_misc, remove_misc, "/dev/visited");

	use_box();

	/* From inside, a kernel would hang. */
	releases = 0;
	entry = proc_create("self", 0644, NULL, &proc_ops);
	self = kt_dev_open("/proc/self", O_WRONLY);
	pr_info("proc_remove of its own: write %ld", kt_dev_write(self, "1", 1));
	pr_cont(", again %ld, released %d\n", kt_dev_write(self, "1", 1), releases);
	kt_dev_close(self);
	return 0;
}

static void __exit removal_exit(void)
{
}

module_init(removal_init);
module_exit(removal_exit);
MODULE_LICENSE("Dual MIT/GPL");
