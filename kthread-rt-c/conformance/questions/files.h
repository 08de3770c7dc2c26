/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The files that a module makes, as a program would use them: opened by their names, read into the
 * program's memory and written from there.
 *
 * A kernel copies to and from the memory of a program only. So who asks is a kthread that has
 * borrowed the memory of the program that loads the module: a page of it is mapped for this. Being
 * a kthread, it can also wait until a file that it closed has been released.
 */
#ifndef ASK_FILES_H
#define ASK_FILES_H

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

/* A page of the program's memory. */
static char __user *ask_user;

struct ask_program {
	void (*ask)(void);
	struct mm_struct *mm;
	struct completion done;
};

static int ask_programs_thread(void *data)
{
	struct ask_program *program = data;

	kthread_use_mm(program->mm);
	program->ask();
	kthread_unuse_mm(program->mm);
	kthread_complete_and_exit(&program->done, 0);
}

/* Asks in a thread that can use files. */
static inline void ask_as_program(void (*ask)(void))
{
	struct ask_program program = { .ask = ask };
	unsigned long page = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0);

	if (IS_ERR_VALUE(page)) {
		answer("no_memory=%ld", (long)page);
		return;
	}
	ask_user = (char __user *)page;
	program.mm = current->mm;
	init_completion(&program.done);
	if (ask_thread(ask_programs_thread, &program))
		wait_for_completion(&program.done);
	vm_munmap(page, PAGE_SIZE);
}

/* Opens, or answers why not. */
static inline struct file *ask_open(const char *path, int flags)
{
	struct file *file = filp_open(path, flags, 0);

	if (IS_ERR(file)) {
		answer("open=%s error=%ld", path, PTR_ERR(file));
		return NULL;
	}
	return file;
}

/* The error of opening a file that should not be there, or 0. */
static inline long ask_open_error(const char *path, int flags)
{
	struct file *file = filp_open(path, flags, 0);

	if (IS_ERR(file))
		return PTR_ERR(file);
	filp_close(file, NULL);
	return 0;
}

/* Closes, and returns when the module has released the file. */
static inline void ask_close(struct file *file)
{
	filp_close(file, NULL);
	flush_delayed_fput();
}

/* Reads at the file's position, at most a page. */
static inline ssize_t ask_read(struct file *file, char *to, size_t count)
{
	ssize_t ret;

#ifdef ASK_OURS
	ret = vfs_read(file, ask_user, count, &file->f_pos);
#else
	if (!file->f_op->read)
		return kernel_read(file, to, count, &file->f_pos);
	ret = file->f_op->read(file, ask_user, count, &file->f_pos);
#endif
	if (ret > 0 && copy_from_user(to, ask_user, ret))
		return -EFAULT;
	return ret;
}

/* Writes at the file's position. */
static inline ssize_t ask_write(struct file *file, const char *from, size_t count)
{
	if (copy_to_user(ask_user, from, count))
		return -EFAULT;
#ifdef ASK_OURS
	return vfs_write(file, ask_user, count, &file->f_pos);
#else
	if (!file->f_op->write)
		return kernel_write(file, from, count, &file->f_pos);
	return file->f_op->write(file, ask_user, count, &file->f_pos);
#endif
}

/*
 * All that is in a file, as one line: newlines are slashes. Errors are told in its place. Of two
 * texts at a time.
 */
static inline const char *ask_contents(const char *path)
{
	static char texts[2][520];
	static int turn;
	char *text = texts[turn++ & 1];
	struct file *file = filp_open(path, O_RDONLY, 0);
	size_t length = 0;
	ssize_t ret = 0;

	if (IS_ERR(file)) {
		snprintf(text, sizeof(texts[0]), "open:%ld", PTR_ERR(file));
		return text;
	}
	while (length < 400) {
		char *newline;

		ret = ask_read(file, text + length, 100);
		if (ret <= 0)
			break;
		for (newline = text + length; newline < text + length + ret; newline++)
			if (*newline == '\n')
				*newline = '/';
		length += ret;
	}
	text[length] = 0;
	if (ret < 0)
		snprintf(text, sizeof(texts[0]), "read:%zd", ret);
	ask_close(file);
	return text;
}

/* Writes a text to a file, and returns what that returned. */
static inline long ask_put(const char *path, const char *text)
{
	struct file *file = filp_open(path, O_WRONLY, 0);
	long ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = ask_write(file, text, strlen(text));
	ask_close(file);
	return ret;
}

#endif
