// SPDX-License-Identifier: MIT OR Apache-2.0
/* Writes and reads the attributes of the two samples, as a shell would, and says what came back. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kt_dev.h>
#include <linux/module.h>

/* What is read back, without its newline; or the error. */
static void echo(const char *path, const char *text)
{
	struct file *file = kt_dev_open(path, O_RDWR);
	char read[64] = "";
	ssize_t written, n = 0;

	if (IS_ERR(file)) {
		pr_info("%s: %ld\n", path, PTR_ERR(file));
		return;
	}
	written = kt_dev_write(file, text, strlen(text));
	kt_dev_close(file);
	file = kt_dev_open(path, O_RDONLY);
	if (!IS_ERR(file)) {
		n = kt_dev_read(file, read, sizeof(read) - 1);
		kt_dev_close(file);
	}
	pr_info("%s: wrote %zd, read %zd, %ld\n", path, written, n, simple_strtol(read, NULL, 10));
}

static int __init attributes_init(void)
{
	static const char *const folders[] = {
		"/sys/kernel/kobject_example",
		"/sys/kernel/kset_example/foo",
		"/sys/kernel/kset_example/bar",
		"/sys/kernel/kset_example/baz",
	};
	static const char *const names[] = { "foo", "baz", "bar" };
	char path[64], text[16];
	int value = 1, i, j;

	for (i = 0; i < ARRAY_SIZE(folders); i++)
		for (j = 0; j < ARRAY_SIZE(names); j++) {
			snprintf(path, sizeof(path), "%s/%s", folders[i], names[j]);
			snprintf(text, sizeof(text), "%d\n", value++);
			echo(path, text);
		}
	/* What is no number is refused, and the value stays. */
	echo("/sys/kernel/kset_example/bar/baz", "many\n");
	echo("/sys/kernel/kset_example/none/foo", "1\n");
	return 0;
}
module_init(attributes_init);

static void __exit attributes_exit(void)
{
}
module_exit(attributes_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");
