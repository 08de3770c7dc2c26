/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Files by their paths, by their numbers and without a name; memory of the process. */
#include <linux/anon_inodes.h>
#include <linux/debugfs.h>
#include <linux/file.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/slab.h>

static char paper[8] = "abc";

static ssize_t paper_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	return simple_read_from_buffer(to, count, pos, file->private_data, 3);
}

static const struct file_operations paper_fops = {
	.owner = THIS_MODULE,
	.read = paper_read,
};

static void paths(void)
{
	struct dentry *folder = debugfs_create_dir("habits", NULL);
	struct path path, none;
	struct kstat stat;
	int error;

	debugfs_create_file("paper", 0440, folder, paper, &paper_fops);
	error = kern_path("/sys/kernel/debug/habits/paper", LOOKUP_FOLLOW, &path);
	pr_info("a module's: %d %s %o\n", error, path.dentry->d_name.name, d_inode(path.dentry)->i_mode);
	path_get(&path);
	path_put(&path);
	dput(dget(path.dentry));
	pr_info("is a folder: %d\n", kern_path("/sys/kernel/debug/habits/paper", LOOKUP_DIRECTORY, &none));
	path_put(&path);
	error = kern_path("/proc/self/", LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);
	pr_info("the system's: %d %s %d\n", error, path.dentry->d_name.name, S_ISDIR(d_inode(path.dentry)->i_mode));
#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 11, 0)
	error = vfs_getattr(&path, &stat, STATX_BASIC_STATS, AT_STATX_SYNC_AS_STAT);
#else
	error = vfs_getattr(&path, &stat);
#endif
	pr_info("told: %d %d %d\n", error, S_ISDIR(stat.mode), stat.nlink > 1);
	path_put(&path);
	error = vfs_stat("/dev/null", &stat);
	pr_info("null: %d %d %u:%u\n", error, S_ISCHR(stat.mode), MAJOR(stat.rdev), MINOR(stat.rdev));
	error = vfs_lstat("/proc/self", &stat);
	pr_info("a link: %d %d\n", error, S_ISLNK(stat.mode));
	pr_info("nothing: %d %d\n", kern_path("/nothing/there", 0, &path), vfs_stat("/nothing/there", &stat));
	debugfs_remove_recursive(folder);
}

static void numbers(void)
{
	int fd = anon_inode_getfd("[habits]", &paper_fops, paper, O_RDONLY | O_CLOEXEC);
	struct file *file = fget(fd), *another;
	char text[8] = "";
	loff_t at = 0;
	int unused, error;

	pr_info("of one: %d, references: %d\n", fd >= 0, module_refcount(THIS_MODULE));
	pr_info("read: %zd %s\n", file->f_op->read(file, (char __user *)text, sizeof(text), &at), text);
	fput(file);
	error = close_fd(fd);
	pr_info("closed: %d, again: %d, there: %d, references: %d\n", error, close_fd(fd), !!fget(fd),
		module_refcount(THIS_MODULE));
	unused = get_unused_fd_flags(O_CLOEXEC);
	pr_info("unused: %d, has a file: %d\n", unused >= 0, !!fget(unused));
	another = anon_inode_getfile("[another]", &paper_fops, paper, O_RDWR);
	fd_install(unused, another);
	file = fget(unused);
	pr_info("the same: %d\n", file == another);
	fput(file);
	close_fd(unused);
	put_unused_fd(get_unused_fd_flags(0));
}

static void memory(void)
{
	unsigned long at = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0);
	struct file *file = filp_open("/proc/self/exe", O_RDONLY, 0);
	unsigned long program = vm_mmap(file, 0, PAGE_SIZE, PROT_READ, MAP_PRIVATE, 0);

	pr_info("mapped: %d\n", !IS_ERR_VALUE(at));
	*(int *)at = 7;
	pr_info("the program: %c%c%c\n", ((char *)program)[1], ((char *)program)[2], ((char *)program)[3]);
	pr_info("unmapped: %d %d\n", vm_munmap(at, PAGE_SIZE), vm_munmap(program, PAGE_SIZE));
	pr_info("of no page: %ld\n", (long)vm_mmap(NULL, 0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, 0));
	filp_close(file, NULL);
}

static int __init habits_init(void)
{
	paths();
	numbers();
	memory();
	return 0;
}

static void __exit habits_exit(void)
{
}

module_init(habits_init);
module_exit(habits_exit);
MODULE_LICENSE("GPL");
