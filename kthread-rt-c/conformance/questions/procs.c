// SPDX-License-Identifier: MIT OR Apache-2.0
/* Entries of /proc, and files whose text is made while they are read. */
#include "ask.h"
#include "files.h"
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static char calls[300];

static void called(const char *name)
{
	strlcat(calls, name, sizeof(calls));
	strlcat(calls, " ", sizeof(calls));
}

static const char *called_so_far(void)
{
	static char text[300];

	strscpy(text, calls, sizeof(text));
	calls[0] = 0;
	return text;
}

static int shows(struct seq_file *m, void *v)
{
	seq_printf(m, "private=%s ", (char *)m->private);
	seq_puts(m, "text");
	seq_putc(m, '\n');
	return 0;
}

static int opens(struct inode *inode, struct file *file)
{
	return single_open(file, shows, pde_data(inode));
}

static char written[20];

static ssize_t writes(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	if (count >= sizeof(written))
		return -EINVAL;
	if (copy_from_user(written, from, count))
		return -EFAULT;
	written[count] = 0;
	*pos += count;
	return count;
}

static int releases(struct inode *inode, struct file *file)
{
	called("release");
	return single_release(inode, file);
}

static const struct proc_ops single = {
	.proc_open = opens, .proc_read = seq_read, .proc_write = writes, .proc_lseek = seq_lseek, .proc_release = releases,
};

static void entries(void)
{
	struct proc_dir_entry *entry = proc_create_data("ask_entry", 0644, NULL, &single, "data");
	struct proc_dir_entry *dir, *inner;
	char text[60] = "";
	struct file *file;
	loff_t to[3];
	long n[4];

	answer("created=%d", entry != NULL);
	answer("contents=[%s]", ask_contents("/proc/ask_entry"));
	n[0] = ask_put("/proc/ask_entry", "some words\n");
	n[1] = ask_put("/proc/ask_entry", "more than the buffer holds");
	answer("put=%ld too_long=%ld text=[%s]", n[0], n[1], strim(written));
	file = ask_open("/proc/ask_entry", O_RDONLY);
	if (!file)
		return;
	n[0] = ask_read(file, text, 5);
	n[1] = ask_read(file, text + 5, 4);
	n[2] = ask_read(file, text + 9, 40);
	n[3] = ask_read(file, text + 40, 10);
	answer("pieces=%ld,%ld,%ld,%ld text=[%s]", n[0], n[1], n[2], n[3], strim(text));
	to[0] = vfs_llseek(file, 8, SEEK_SET);
	memset(text, 0, sizeof(text));
	n[0] = ask_read(file, text, 4);
	to[1] = vfs_llseek(file, 0, SEEK_CUR);
	to[2] = vfs_llseek(file, 0, SEEK_END);
	answer("seek=%lld,%lld end=%lld read=%ld text=[%s]", to[0], to[1], to[2], n[0], text);
	calls[0] = 0;
	proc_remove(entry);
	answer("removed calls=[%s]", called_so_far());
	n[0] = ask_read(file, text, 5);
	ask_close(file);
	n[1] = ask_open_error("/proc/ask_entry", O_RDONLY);
	answer("read_after=%ld open_after=%ld calls=[%s]", n[0], n[1], called_so_far());
	dir = proc_mkdir("ask_dir", NULL);
	inner = proc_create("inner", 0, dir, &single);
	answer("dir=%d inner=%d contents=[%s]", dir != NULL, inner != NULL, ask_contents("/proc/ask_dir/inner"));
	inner = proc_create("deep/er", 0444, dir, &single);
	answer("no_parent=%d", inner == NULL);
	remove_proc_entry("inner", dir);
	answer("removed=%ld", ask_open_error("/proc/ask_dir/inner", O_RDONLY));
	proc_create("inner", 0, dir, &single);
	answer("subtree=%d", remove_proc_subtree("ask_dir", NULL));
	answer("gone=%ld", ask_open_error("/proc/ask_dir/inner", O_RDONLY));
	remove_proc_entry("ask_never", NULL);
}

WARNS(entries, "proc_create proc_create_data proc_remove remove_proc_entry remove_proc_subtree proc_mkdir pde_data single_open"
	      " single_release seq_read seq_lseek seq_printf seq_puts seq_putc proc_ops.proc_open proc_ops.proc_read"
	      " proc_ops.proc_write proc_ops.proc_lseek proc_ops.proc_release proc_dir_entry seq_file proc_ops seq_file.private")
{
	calls[0] = 0;
	ask_as_program(entries);
}

/* With slashes for newlines. */
static const char *strreplaced(char *text)
{
	strreplace(text, '\n', '/');
	return text;
}

static int limit = 4;

static void *starts(struct seq_file *m, loff_t *pos)
{
	char name[12];

	snprintf(name, sizeof(name), "start%lld", *pos);
	called(name);
	return *pos < limit ? (void *)(long)(*pos + 1) : NULL;
}

static void *goes_on(struct seq_file *m, void *v, loff_t *pos)
{
	called("next");
	++*pos;
	return *pos < limit ? (void *)(long)(*pos + 1) : NULL;
}

static void stops(struct seq_file *m, void *v)
{
	called(v ? "stop" : "stop0");
}

static int show_error;

static int shows_one(struct seq_file *m, void *v)
{
	long n = (long)v;

	called("show");
	seq_printf(m, "line%ld\n", n);
	if (n == 2)
		return show_error;
	return 0;
}

static const struct seq_operations lines = { .start = starts, .next = goes_on, .stop = stops, .show = shows_one };

static void iterators(void)
{
	struct proc_dir_entry *entry = proc_create_seq("ask_lines", 0, NULL, &lines);
	char text[40] = "";
	struct file *file;
	long n[3];

	answer("all=[%s]", ask_contents("/proc/ask_lines"));
	answer("calls=[%s]", called_so_far());
	file = ask_open("/proc/ask_lines", O_RDONLY);
	if (!file)
		return;
	n[0] = ask_read(file, text, 8);
	answer("read=%ld calls=[%s]", n[0], called_so_far());
	n[0] = ask_read(file, text, 3);
	answer("read=%ld calls=[%s]", n[0], called_so_far());
	n[0] = ask_read(file, text, 30);
	n[1] = ask_read(file, text, 30);
	answer("read=%ld,%ld calls=[%s]", n[0], n[1], called_so_far());
	vfs_llseek(file, 13, SEEK_SET);
	answer("seek calls=[%s]", called_so_far());
	memset(text, 0, sizeof(text));
	n[0] = ask_read(file, text, 4);
	answer("read=%ld text=[%s] calls=[%s]", n[0], text, called_so_far());
	ask_close(file);
	show_error = SEQ_SKIP;
	answer("skip=[%s]", ask_contents("/proc/ask_lines"));
	show_error = -ENXIO;
	file = ask_open("/proc/ask_lines", O_RDONLY);
	if (file) {
		n[0] = ask_read(file, text, 30);
		n[1] = ask_read(file, text, 30);
		answer("error read=%ld then=%ld", n[0], n[1]);
		ask_close(file);
	}
	show_error = 0;
	limit = 0;
	answer("empty=[%s]", ask_contents("/proc/ask_lines"));
	proc_remove(entry);
}

CASE(iterators, "proc_create_seq seq_operations seq_operations.start seq_operations.next seq_operations.stop"
		" seq_operations.show SEQ_SKIP seq_printf vfs_llseek")
{
	calls[0] = 0;
	ask_as_program(iterators);
}

static int shows_all(struct seq_file *m, void *v)
{
	seq_put_decimal_ull(m, "n=", 42);
	seq_put_decimal_ll(m, " minus=", -7);
	seq_setwidth(m, 10);
	seq_puts(m, "ab");
	seq_pad(m, '|');
	seq_escape(m, "a\tb\nc", "\t\n");
	seq_printf(m, " write=%d", seq_write(m, "xyz", 3));
	seq_printf(m, " overflow=%d", seq_has_overflowed(m));
	seq_putc(m, '\n');
	return 0;
}

static int shows_much(struct seq_file *m, void *v)
{
	int i;

	called("show");
	for (i = 0; i < 3000; i++)
		seq_printf(m, "%04d", i);
	return 0;
}

static void functions(void)
{
	struct proc_dir_entry *entry = proc_create_single("ask_single", 0, NULL, shows_all), *much;
	struct file *file;
	char *text = kzalloc(4096, GFP_KERNEL);
	long n = 0, total = 0, last = 0;

	answer("all=[%s]", ask_contents("/proc/ask_single"));
	proc_remove(entry);
	/* It is shown again with more room, until it fits. */
	much = proc_create_single("ask_much", 0, NULL, shows_much);
	file = ask_open("/proc/ask_much", O_RDONLY);
	if (file && text) {
		while ((n = ask_read(file, text, 4000)) > 0) {
			total += n;
			last = n;
		}
		answer("much=%ld last=%ld end=%ld begins=[%.8s]", total, last, n, text);
		answer("calls=[%s]", called_so_far());
	}
	if (file)
		ask_close(file);
	kfree(text);
	proc_remove(much);
}

CASE(functions, "proc_create_single seq_put_decimal_ull seq_put_decimal_ll seq_setwidth seq_pad seq_escape seq_write"
		" seq_has_overflowed")
{
	calls[0] = 0;
	ask_as_program(functions);
}

struct item {
	int n;
	struct list_head node;
};

static LIST_HEAD(items);

static void *starts_list(struct seq_file *m, loff_t *pos)
{
	return seq_list_start_head(&items, *pos);
}

static void *next_of_list(struct seq_file *m, void *v, loff_t *pos)
{
	return seq_list_next(v, &items, pos);
}

static void stops_list(struct seq_file *m, void *v)
{
}

static int shows_item(struct seq_file *m, void *v)
{
	int *of_file = m->private;

	++*of_file;
	if (v == &items)
		seq_puts(m, "head\n");
	else
		seq_printf(m, "%d of %d\n", list_entry(v, struct item, node)->n, *of_file);
	return 0;
}

static const struct seq_operations of_list = {
	.start = starts_list, .next = next_of_list, .stop = stops_list, .show = shows_item,
};

static void list(void)
{
	struct item some[3] = { { 7 }, { 8 }, { 9 } };
	struct proc_dir_entry *entry = proc_create_seq_private("ask_list", 0, NULL, &of_list, sizeof(int), NULL);
	int i;

	answer("empty=[%s]", ask_contents("/proc/ask_list"));
	for (i = 0; i < 3; i++)
		list_add_tail(&some[i].node, &items);
	answer("list=[%s]", ask_contents("/proc/ask_list"));
	answer("start=%d,%d beyond=%d", seq_list_start(&items, 0) == &some[0].node, seq_list_start(&items, 2) == &some[2].node,
	       !seq_list_start(&items, 3));
	proc_remove(entry);
}

CASE(list, "seq_list_start seq_list_start_head seq_list_next proc_create_seq_private")
{
	calls[0] = 0;
	ask_as_program(list);
}

/* Without a program's memory. */
static void kernel(void)
{
	struct proc_dir_entry *iterated = proc_create_seq("ask_lines", 0, NULL, &lines);
	struct proc_dir_entry *plain = proc_create_data("ask_entry", 0644, NULL, &single, "data");
	struct file *file = filp_open("/proc/ask_lines", O_RDONLY, 0), *none = filp_open("/proc/ask_never", O_RDONLY, 0);
	char text[20] = "";
	loff_t pos = 2;
	long n[3];

	answer("none=%ld", IS_ERR(none) ? PTR_ERR(none) : 0);
	limit = 4;
	show_error = 0;
	if (!IS_ERR(file)) {
		n[0] = kernel_read(file, text, 5, &pos);
		n[1] = kernel_read(file, text + 5, 10, &pos);
		answer("read=%ld,%ld pos=%lld of_file=%lld text=[%s]", n[0], n[1], pos, file->f_pos, strreplaced(text));
		n[0] = filp_close(file, NULL);
		answer("close=%ld", n[0]);
	}
	proc_remove(iterated);
	file = filp_open("/proc/ask_entry", O_RDWR, 0);
	if (!IS_ERR(file)) {
		pos = 0;
		n[0] = kernel_read(file, text, 5, &pos);
		n[1] = kernel_write(file, "abc", 3, &pos);
		answer("without_iterators read=%ld write=%ld pos=%lld", n[0], n[1], pos);
		ask_close(file);
	}
	proc_remove(plain);
}

CASE(kernel, "kernel_read kernel_write filp_open filp_close")
{
	calls[0] = 0;
	ask_as_program(kernel);
}

ASK_MODULE(&case_entries, &case_iterators, &case_functions, &case_list, &case_kernel);
