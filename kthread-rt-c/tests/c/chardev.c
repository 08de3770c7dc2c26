// SPDX-License-Identifier: MIT OR Apache-2.0
/* What a character device's module does, and what a program does with it: a device with a buffer, a misc device, and their ends. */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/ioctl.h>
#include <linux/kt_dev.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/uaccess.h>

#define GET_SIZE _IOR('k', 1, int)
#define NO_SUCH _IO('k', 2)

static dev_t dev;
static struct cdev cdev;
static struct class *cls;
static DECLARE_WAIT_QUEUE_HEAD(readable);
static char buffer[16];
static size_t size;

static int box_open(struct inode *inode, struct file *file)
{
	pr_info("open: minor %u, cdev of the module: %d, flags %o\n", iminor(inode), inode->i_cdev == &cdev,
		file->f_flags);
	file->private_data = buffer;
	return 0;
}

static int box_release(struct inode *inode, struct file *file)
{
	pr_info("release: private_data kept: %d\n", file->private_data == buffer);
	return 0;
}

static ssize_t box_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	return simple_read_from_buffer(to, count, pos, buffer, size);
}

static ssize_t box_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	if (count > sizeof(buffer))
		return -ENOSPC;
	if (copy_from_user(buffer, from, count))
		return -EFAULT;
	WRITE_ONCE(size, count);
	wake_up(&readable);
	return count;
}

static __poll_t box_poll(struct file *file, poll_table *table)
{
	poll_wait(file, &readable, table);
	return READ_ONCE(size) ? EPOLLIN | EPOLLRDNORM : 0;
}

static long box_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	switch (command) {
	case GET_SIZE:
		return put_user((int)size, (int __user *)argument);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations box_fops = {
	.owner = THIS_MODULE,
	.llseek = default_llseek,
	.open = box_open,
	.release = box_release,
	.read = box_read,
	.write = box_write,
	.poll = box_poll,
	.unlocked_ioctl = box_ioctl,
};

static ssize_t misc_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	struct miscdevice *misc = file->private_data;

	return simple_read_from_buffer(to, count, pos, misc->name, strlen(misc->name));
}

static const struct file_operations misc_fops = { .owner = THIS_MODULE, .read = misc_read, .llseek = no_llseek };
static struct miscdevice misc = { .minor = MISC_DYNAMIC_MINOR, .name = "ktmisc", .fops = &misc_fops };

static int writer(void *file)
{
	return kt_dev_write(file, "late", 4);
}

static void use(void)
{
	struct file *file = kt_dev_open("/dev/box0", O_RDWR), *reader;
	struct task_struct *task;
	char text[32] = "";
	int number = 0;
	loff_t pos = 0;

	pr_info("nothing to read: poll %x, read %ld\n", kt_dev_poll(file, POLLIN, 0), kt_dev_read(file, text, 8));
	task = kthread_run(writer, file, "writer");
	pr_info("poll until it is written: %x\n", kt_dev_poll(file, POLLIN, -1));
	pr_info("the writer wrote %d\n", kthread_stop(task));
	pr_info("write: %ld, too much: %ld, from a bad address: %ld\n", kt_dev_write(file, "hello", 5),
		kt_dev_write(file, text, sizeof(text)), kt_dev_write(file, NULL, 3));
	pr_info("lseek: %lld", kt_dev_lseek(file, 0, SEEK_SET));
	pr_cont(", of nowhere: %lld\n", kt_dev_lseek(file, -1, SEEK_SET));
	pr_info("read: %ld", kt_dev_read(file, text, 3));
	pr_cont(" %ld", kt_dev_read(file, text + 3, sizeof(text) - 3));
	pr_cont(" %ld: %s\n", kt_dev_read(file, text, 1), text);
	pr_info("read to a bad address: %zd\n", vfs_read(file, (void *)16, 4, &pos));
	pr_info("ioctl: %ld", kt_dev_ioctl(file, GET_SIZE, (unsigned long)&number));
	pr_cont(", %d bytes; unknown: %ld; bad address: %ld\n", number, kt_dev_ioctl(file, NO_SUCH, 0), kt_dev_ioctl(file, GET_SIZE, 0));
	reader = filp_open("/dev/box0", O_RDONLY, 0);
	pr_info("write of a reader: %ld\n", kt_dev_write(reader, "x", 1));
	filp_close(reader, NULL);
	pr_info("close: %d\n", kt_dev_close(file));
	pr_info("no such device: %ld\n", PTR_ERR(kt_dev_open("nothing", O_RDONLY)));

	file = kt_dev_open("ktmisc", O_RDONLY);
	memset(text, 0, sizeof(text));
	pr_info("misc: %ld, %s, minor %d; seek %lld; poll %x\n", kt_dev_read(file, text, 20), text, misc.minor,
		kt_dev_lseek(file, 1, SEEK_SET), kt_dev_poll(file, POLLIN, 0));
	kt_dev_close(file);
}

static int __init box_init(void)
{
	struct device *device;
	dev_t again = 0;
	int major;

	pr_info("alloc_chrdev_region: %d", alloc_chrdev_region(&dev, 3, 2, "box"));
	pr_cont(", minor %u\n", MINOR(dev));
	pr_info("the same again: %d\n", register_chrdev_region(dev, 1, "again"));
	pr_info("major too large: %d\n", register_chrdev_region(MKDEV(512, 0), 1, "large"));
	pr_info("beside it: %d\n", register_chrdev_region(MKDEV(MAJOR(dev), 5), 1, "beside"));
	unregister_chrdev_region(MKDEV(MAJOR(dev), 5), 1);
	cdev_init(&cdev, &box_fops);
	cdev.owner = THIS_MODULE;
	pr_info("cdev_add: %d\n", cdev_add(&cdev, dev, 2));
	cls = class_create(THIS_MODULE, "box");
	pr_info("class_create: %d, again: %ld\n", IS_ERR(cls), PTR_ERR(class_create(THIS_MODULE, "box")));
	device = device_create(cls, NULL, dev, NULL, "box%d", 0);
	pr_info("device_create: %s, %u:%u right: %d\n", dev_name(device), 0, MINOR(device->devt), device->devt == dev);
	pr_info("again: %ld\n", PTR_ERR(device_create(cls, NULL, dev, NULL, "box0")));
	dev_info(device, "a message of %s\n", "the device's");
	pr_info("misc_register: %d\n", misc_register(&misc));

	use();

	major = register_chrdev(0, "old", &box_fops);
	pr_info("register_chrdev: %d, the same major: %d\n", major > 0, register_chrdev(major, "other", &box_fops));
	unregister_chrdev(major, "old");
	alloc_chrdev_region(&again, 0, 1, "again");
	pr_info("free again: %d\n", MAJOR(again) == major);
	unregister_chrdev_region(again, 1);
	return 0;
}

static void __exit box_exit(void)
{
	misc_deregister(&misc);
	device_destroy(cls, dev);
	class_destroy(cls);
	cdev_del(&cdev);
	unregister_chrdev_region(dev, 2);
	pr_info("gone: %ld\n", PTR_ERR(kt_dev_open("box0", O_RDONLY)));
}

module_init(box_init);
module_exit(box_exit);
MODULE_LICENSE("Dual MIT/GPL");
