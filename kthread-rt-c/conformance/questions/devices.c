// SPDX-License-Identifier: MIT OR Apache-2.0
/* Character devices: numbers, registration, and which of a module's functions a program's calls come to. */
#include "ask.h"
#include "files.h"
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/kdev_t.h>
#include <linux/miscdevice.h>
#include <linux/poll.h>

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

static const void *opened_with;
static int open_error;
static unsigned int opened_minor, opened_flags;

static int opens(struct inode *inode, struct file *file)
{
	called("open");
	opened_with = file->private_data;
	opened_minor = iminor(inode);
	opened_flags = file->f_flags;
	return open_error;
}

static int releases(struct inode *inode, struct file *file)
{
	called("release");
	return -EIO;
}

static const char contents[] = "0123456789";

static ssize_t reads(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	called("read");
	return simple_read_from_buffer(to, count, pos, contents, sizeof(contents) - 1);
}

static char written[9];

static ssize_t writes(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	called("write");
	return simple_write_to_buffer(written, sizeof(written) - 1, pos, from, count);
}

static long controls(struct file *file, unsigned int command, unsigned long argument)
{
	called("ioctl");
	return command == 1 ? (long)argument : command == 2 ? -EPERM : -ENOTTY;
}

static const struct file_operations full = {
	.owner = THIS_MODULE, .open = opens, .release = releases, .read = reads, .write = writes, .unlocked_ioctl = controls,
	.llseek = default_llseek,
};

static const struct file_operations bare = { .owner = THIS_MODULE };

static struct miscdevice device = { .minor = MISC_DYNAMIC_MINOR, .name = "ask_misc", .fops = &full };

static void misc(void)
{
	struct miscdevice same_minor = { .name = "ask_other", .fops = &bare };
	char text[20] = "";
	struct file *file;
	int ret = misc_register(&device);
	long n[4];

	answer("register=%d minor_given=%d", ret, device.minor != MISC_DYNAMIC_MINOR);
	if (ret)
		return;
	same_minor.minor = device.minor;
	answer("same_minor=%d", misc_register(&same_minor));
	file = ask_open("/dev/ask_misc", O_RDWR | O_NONBLOCK);
	if (!file)
		return;
	answer("private_data_is_device=%d minor=%d nonblock=%d rdwr=%d", opened_with == &device, opened_minor == device.minor,
	       !!(opened_flags & O_NONBLOCK), (opened_flags & O_ACCMODE) == O_RDWR);
	n[0] = ask_read(file, text, 4);
	n[1] = ask_read(file, text + 4, 10);
	n[2] = ask_read(file, text + 10, 10);
	n[3] = file->f_pos;
	answer("read=%ld,%ld end=%ld pos=%ld text=[%s]", n[0], n[1], n[2], n[3], text);
	file->f_pos = 5;
	n[0] = ask_write(file, "abc", 3);
	n[1] = ask_write(file, "defgh", 5);
	n[2] = ask_write(file, "i", 1);
	answer("write=%ld,%ld beyond=%ld text=[%s]", n[0], n[1], n[2], written + 5);
	n[0] = file->f_op->unlocked_ioctl(file, 1, 77);
	n[1] = file->f_op->unlocked_ioctl(file, 2, 0);
	answer("ioctl=%ld,%ld", n[0], n[1]);
	ask_close(file);
	answer("calls=[%s]", called_so_far());
	open_error = -EBUSY;
	n[0] = ask_open_error("/dev/ask_misc", O_RDONLY);
	open_error = 0;
	answer("refused=%ld calls=[%s]", n[0], called_so_far());
	misc_deregister(&device);
	answer("gone=%ld", ask_open_error("/dev/ask_misc", O_RDONLY));
	device.minor = MISC_DYNAMIC_MINOR;
	ret = misc_register(&device);
	answer("again=%d", ret);
	if (!ret)
		misc_deregister(&device);
}

CASE(misc, "misc_register misc_deregister miscdevice.minor miscdevice.name miscdevice.fops MISC_DYNAMIC_MINOR"
	   " file_operations.open file_operations.release file_operations.read file_operations.write"
	   " file.private_data file.f_flags simple_read_from_buffer simple_write_to_buffer file_operations.unlocked_ioctl"
	   " miscdevice iminor")
{
	calls[0] = 0;
	ask_as_program(misc);
}

CASE(numbers, "alloc_chrdev_region register_chrdev_region unregister_chrdev_region register_chrdev unregister_chrdev MAJOR"
	      " MINOR MKDEV dev_t")
{
	dev_t dev = 0, other = 0;
	int ret[4], major;

	ret[0] = alloc_chrdev_region(&dev, 3, 2, "ask_numbers");
	answer("alloc=%d major_given=%d minor=%u", ret[0], MAJOR(dev) > 0, MINOR(dev));
	ret[0] = register_chrdev_region(dev, 1, "ask_same");
	ret[1] = register_chrdev_region(dev + 1, 5, "ask_overlaps");
	ret[2] = register_chrdev_region(dev + 2, 1, "ask_beside");
	ret[3] = alloc_chrdev_region(&other, 0, 1, "ask_other");
	answer("same=%d overlaps=%d beside=%d other=%d differs=%d", ret[0], ret[1], ret[2], ret[3], MAJOR(dev) != MAJOR(other));
	unregister_chrdev_region(dev + 2, 1);
	unregister_chrdev_region(dev, 2);
	unregister_chrdev_region(other, 1);
	ret[0] = register_chrdev_region(dev, 2, "ask_again");
	answer("again=%d", ret[0]);
	unregister_chrdev_region(dev, 2);
	major = register_chrdev(0, "ask_dynamic", &bare);
	ret[0] = register_chrdev(major, "ask_dynamic", &bare);
	answer("dynamic_given=%d taken=%d", major > 0, ret[0]);
	unregister_chrdev(major, "ask_dynamic");
	ret[0] = register_chrdev(major, "ask_fixed", &bare);
	ret[1] = register_chrdev(512, "ask_too_large", &bare);
	ret[2] = register_chrdev_region(MKDEV(511, 0xffffe), 5, "ask_wraps");
	answer("fixed=%d too_large=%d wraps=%d", ret[0], ret[1], ret[2]);
	unregister_chrdev(major, "ask_fixed");
}

static struct class *ask_class(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	return class_create("ask_class");
#else
	return class_create(THIS_MODULE, "ask_class");
#endif
}

static struct cdev cdev;

static int opens_cdev(struct inode *inode, struct file *file)
{
	answer("inode major=%d minor=%u cdev=%d private_is_null=%d ops=%d", imajor(inode) == MAJOR(cdev.dev), iminor(inode),
	       inode->i_cdev == &cdev, !file->private_data, file->f_op == cdev.ops);
	return 0;
}

static const struct file_operations of_cdev = { .owner = THIS_MODULE, .open = opens_cdev };

static void cdevs(void)
{
	struct class *class;
	struct device *node, *twice;
	struct file *file;
	struct cdev *own;
	dev_t dev;
	int ret;

	if (alloc_chrdev_region(&dev, 0, 4, "ask_cdev"))
		return;
	class = ask_class();
	if (IS_ERR(class))
		return;
	node = device_create(class, NULL, dev + 1, NULL, "ask_node%d", 1);
	answer("node=%d name=%s", !IS_ERR(node), dev_name(node));
	answer("without_cdev=%ld", ask_open_error("/dev/ask_node1", O_RDONLY));
	cdev_init(&cdev, &of_cdev);
	cdev.owner = THIS_MODULE;
	ret = cdev_add(&cdev, dev, 2);
	answer("add=%d count=%u dev_is_first=%d", ret, cdev.count, cdev.dev == dev);
	file = ask_open("/dev/ask_node1", O_RDONLY);
	if (file)
		ask_close(file);
	twice = device_create(class, NULL, dev + 1, NULL, "ask_node_again");
	answer("same_number=%ld", IS_ERR(twice) ? PTR_ERR(twice) : 0);
	if (!IS_ERR(twice))
		device_destroy(class, dev + 1);
	device_destroy(class, dev + 1);
	answer("destroyed=%ld", ask_open_error("/dev/ask_node1", O_RDONLY));
	cdev_del(&cdev);
	own = cdev_alloc();
	answer("alloc=%d", own != NULL);
	if (own) {
		own->ops = &bare;
		answer("add=%d", cdev_add(own, dev + 3, 1));
		cdev_del(own);
	}
	class_destroy(class);
	unregister_chrdev_region(dev, 4);
}

CASE(cdevs, "cdev_init cdev_add cdev_del cdev_alloc cdev.owner cdev.ops cdev device_create device_destroy class_create"
	    " class_destroy inode.i_cdev imajor iminor inode class device IS_ERR")
{
	calls[0] = 0;
	ask_as_program(cdevs);
}

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
	return nonseekable_open(inode, file);
}

static void seek(void)
{
	static const struct file_operations kinds[] = {
		{ .owner = THIS_MODULE }, { .owner = THIS_MODULE, .llseek = noop_llseek },
		{ .owner = THIS_MODULE, .llseek = default_llseek }, { .owner = THIS_MODULE, .llseek = seeks_fixed },
		{ .owner = THIS_MODULE, .llseek = seeks_without_end },
		{ .owner = THIS_MODULE, .llseek = default_llseek, .open = opens_a_stream },
	};
	static const char *const names[] = { "null", "noop", "default", "fixed", "no_end", "nonseekable" };
	int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct miscdevice seeked = { .minor = MISC_DYNAMIC_MINOR, .name = "ask_seek", .fops = &kinds[i] };
		struct file *file;
		loff_t to[6];

		if (misc_register(&seeked))
			return;
		file = ask_open("/dev/ask_seek", O_RDWR);
		if (file) {
			to[0] = vfs_llseek(file, 7, SEEK_SET);
			to[1] = vfs_llseek(file, 5, SEEK_CUR);
			to[2] = vfs_llseek(file, -100, SEEK_CUR);
			to[3] = vfs_llseek(file, 60, SEEK_SET);
			to[4] = vfs_llseek(file, 0, SEEK_END);
			to[5] = vfs_llseek(file, 0, 9);
			answer("%s set=%lld cur=%lld before_0=%lld far=%lld end=%lld unknown=%lld", names[i], to[0], to[1], to[2], to[3],
			       to[4], to[5]);
			ask_close(file);
		}
		misc_deregister(&seeked);
	}
}

CASE(seek, "vfs_llseek noop_llseek default_llseek fixed_size_llseek no_seek_end_llseek nonseekable_open SEEK_SET SEEK_CUR"
	   " SEEK_END file_operations.llseek")
{
	calls[0] = 0;
	ask_as_program(seek);
}

static void users(void)
{
	char kernel[8] = "abcdefg", *copy;
	unsigned long left[4];
	u32 word = 0;
	int ret[4];

	left[0] = copy_to_user(ask_user, kernel, 8);
	memset(kernel, 'x', sizeof(kernel));
	left[1] = copy_from_user(kernel, ask_user, 4);
	answer("to=%lu from=%lu text=%.8s", left[0], left[1], kernel);
	left[0] = copy_to_user(NULL, kernel, 8);
	left[1] = copy_from_user(kernel, NULL, 5);
	left[2] = clear_user(ask_user + 1, 2);
	left[3] = clear_user(NULL, 3);
	answer("null to=%lu from=%lu zeroed=%d clear=%lu,%lu", left[0], left[1], !memchr_inv(kernel, 0, 5), left[2], left[3]);
	ret[0] = put_user(0x12345678u, (u32 __user *)ask_user);
	ret[1] = get_user(word, (u32 __user *)ask_user);
	ret[2] = put_user(1u, (u32 __user *)NULL);
	ret[3] = get_user(word, (u32 __user *)NULL);
	answer("put=%d get=%d null=%d,%d word=%u", ret[0], ret[1], ret[2], ret[3], word);
	left[0] = copy_to_user(ask_user, "some text", 10);
	copy = memdup_user(ask_user, 10);
	answer("memdup=[%s] left=%lu", IS_ERR(copy) ? "" : copy, left[0]);
	kfree(copy);
	copy = memdup_user_nul(ask_user, 4);
	answer("memdup_nul=[%s]", IS_ERR(copy) ? "" : copy);
	kfree(copy);
	copy = strndup_user(ask_user, 20);
	answer("strndup=[%s]", IS_ERR(copy) ? "" : copy);
	kfree(copy);
	answer("too_long=%ld null=%ld,%ld", PTR_ERR(strndup_user(ask_user, 9)), PTR_ERR(memdup_user(NULL, 4)),
	       PTR_ERR(strndup_user(NULL, 4)));
	left[0] = strncpy_from_user(kernel, ask_user, 8);
	answer("strncpy=%ld text=%.8s", (long)left[0], kernel);
	left[0] = strncpy_from_user(kernel, ask_user + 5, 8);
	left[1] = strncpy_from_user(kernel + 7, NULL, 1);
	answer("strncpy=%ld null=%ld strnlen=%ld,%ld", (long)left[0], (long)left[1], strnlen_user(ask_user, 100),
	       strnlen_user(ask_user, 3));
}

CASE(users, "copy_to_user copy_from_user clear_user put_user get_user memdup_user memdup_user_nul strndup_user"
	    " strncpy_from_user strnlen_user __user")
{
	calls[0] = 0;
	ask_as_program(users);
}

static DECLARE_WAIT_QUEUE_HEAD(queue);
static wait_queue_head_t *polled;
static __poll_t ready;

static __poll_t polls(struct file *file, struct poll_table_struct *table)
{
	poll_wait(file, &queue, table);
	return ready;
}

static void waits_on(struct file *file, wait_queue_head_t *head, struct poll_table_struct *table)
{
	polled = head;
}

static void polling(void)
{
	static const struct file_operations polled_ops = { .owner = THIS_MODULE, .poll = polls };
	struct miscdevice with = { .minor = MISC_DYNAMIC_MINOR, .name = "ask_poll", .fops = &polled_ops };
	struct file *file;
	poll_table table;
	__poll_t none, some, alone;

	if (misc_register(&with))
		return;
	file = ask_open("/dev/ask_poll", O_RDONLY);
	if (file) {
		init_poll_funcptr(&table, waits_on);
		ready = 0;
		none = file->f_op->poll(file, &table);
		answer("nothing=%x queued=%d", (__force unsigned int)none, polled == &queue);
		polled = NULL;
		ready = EPOLLIN | EPOLLRDNORM | EPOLLHUP;
		some = file->f_op->poll(file, &table);
		answer("some=%x queued=%d", (__force unsigned int)some, polled == &queue);
		polled = NULL;
		alone = file->f_op->poll(file, NULL);
		answer("without_table=%x queued=%d", (__force unsigned int)alone, polled != NULL);
		ask_close(file);
	}
	answer("bits=%x,%x,%x,%x,%x,%x", POLLIN, POLLOUT, POLLERR, POLLHUP, POLLRDNORM, POLLWRNORM);
	misc_deregister(&with);
}

CASE(polling, "poll_wait poll_table poll_table_struct file_operations.poll POLLIN POLLOUT POLLRDNORM POLLWRNORM")
{
	calls[0] = 0;
	ask_as_program(polling);
}

ASK_MODULE(&case_misc, &case_numbers, &case_cdevs, &case_seek, &case_users, &case_polling);
