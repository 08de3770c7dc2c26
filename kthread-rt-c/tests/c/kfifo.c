// SPDX-License-Identifier: MIT OR Apache-2.0
/* Queues: of elements and of records, in their own memory and in others', and between two threads without a lock. */
#include <linux/completion.h>
#include <linux/kfifo.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/slab.h>

struct point {
	short x, y, z;
};

static DEFINE_KFIFO(numbers, int, 8);
static DECLARE_KFIFO(points, struct point, 4);
static STRUCT_KFIFO_REC_1(16) records;
static struct kfifo_rec_ptr_2 long_records;
static struct kfifo bytes;
static DECLARE_KFIFO_PTR(allocated, u64);

static void elements(void)
{
	static const int six[] = { 1, 2, 3, 4, 5, 6 };
	int got[8], one = 0, i, sum = 0;
	struct point p = { 1, 2, 3 };
	DEFINE_SPINLOCK(lock);

	/* Twice round, so that what is copied wraps. */
	for (i = 0; i < 5; i++) {
		sum += kfifo_in(&numbers, six, 6);
		sum += kfifo_out(&numbers, got, 8);
		sum += got[0] + got[5];
	}
	pr_info("in and out: %d, size %u, esize %u, recsize %zu\n", sum, kfifo_size(&numbers), kfifo_esize(&numbers),
		kfifo_recsize(&numbers));
	for (i = 0; i < 10; i++)
		sum = kfifo_put(&numbers, 100 + i);
	pr_info("full: %d, put then %d, avail %u, length %u, in bytes %u\n", kfifo_is_full(&numbers), sum, kfifo_avail(&numbers),
		kfifo_len(&numbers), kfifo_peek_len(&numbers));
	pr_info("peek: %d", kfifo_peek(&numbers, &one));
	pr_cont(" %d", one);
	kfifo_skip(&numbers);
	pr_cont(", after a skip: %d", kfifo_get(&numbers, &one));
	pr_cont(" %d", one);
	pr_cont(", out_peek %u", kfifo_out_peek(&numbers, got, 3));
	pr_cont(" %d, length %u\n", got[2], kfifo_len(&numbers));
	pr_info("with a lock: %u", kfifo_out_spinlocked(&numbers, got, 4, &lock));
	pr_cont(" %u", kfifo_in_spinlocked(&numbers, six, 2, &lock));
	pr_cont(" %d\n", kfifo_is_empty_spinlocked(&numbers, &lock));
	kfifo_reset(&numbers);
	pr_info("reset: %d\n", kfifo_is_empty(&numbers));

	INIT_KFIFO(points);
	kfifo_put(&points, p);
	p.x = 9;
	pr_info("a structure: %d", kfifo_get(&points, &p));
	pr_cont(" %d %d, esize %u, none left %d\n", p.x, p.z, kfifo_esize(&points), kfifo_get(&points, &p));
}

static void memory(void)
{
	char buffer[100], text[8] = "";

	pr_info("not there: %d", kfifo_initialized(&bytes));
	pr_cont(", less than two: %d", kfifo_alloc(&bytes, 1, GFP_KERNEL));
	pr_cont(", ten: %d", kfifo_alloc(&bytes, 10, GFP_KERNEL));
	pr_cont(" of %u", kfifo_size(&bytes));
	kfifo_in(&bytes, "abcdef", 6);
	kfifo_free(&bytes);
	pr_cont(", freed: %d\n", kfifo_initialized(&bytes));
	pr_info("a hundred bytes: %d", kfifo_init(&bytes, buffer, sizeof(buffer)));
	pr_cont(" of %u", kfifo_size(&bytes));
	kfifo_in(&bytes, "xyz", 4);
	pr_cont(", %u %s\n", kfifo_out(&bytes, text, 8), text);
	pr_info("of 64 bits: %d", kfifo_alloc(&allocated, 3, GFP_KERNEL));
	pr_cont(", %u of %u bytes\n", kfifo_size(&allocated), kfifo_esize(&allocated));
	kfifo_free(&allocated);
}

static void lengths(void)
{
	char text[32] = "", *big = kzalloc(300, GFP_KERNEL);
	unsigned int copied = 77;

	INIT_KFIFO(records);
	pr_info("records: avail %u", kfifo_avail(&records));
	pr_cont(", in %u", kfifo_in(&records, "hello", 5));
	pr_cont(" %u", kfifo_in(&records, "world!", 6));
	pr_cont(", and one that does not fit: %u, avail %u, length %u\n", kfifo_in(&records, "abc", 3), kfifo_avail(&records),
		kfifo_len(&records));
	pr_info("the next: %u", kfifo_peek_len(&records));
	pr_cont(", peek %u", kfifo_out_peek(&records, text, 32));
	pr_cont(" %s", text);
	pr_cont(", cut: %u", kfifo_out(&records, text, 2));
	pr_cont(", the next: %u", kfifo_peek_len(&records));
	pr_cont(" wraps: %u", kfifo_in(&records, "again", 5));
	kfifo_skip(&records);
	memset(text, 0, sizeof(text));
	pr_cont(", after a skip: %u", kfifo_out(&records, text, 32));
	pr_cont(" %s, empty %d %u\n", text, kfifo_is_empty(&records), kfifo_out(&records, text, 32));
	pr_info("two bytes of length: %d", kfifo_alloc(&long_records, 512, GFP_KERNEL));
	pr_cont(", in %u", kfifo_in(&long_records, big, 300));
	pr_cont(", %u, recsize %zu\n", kfifo_peek_len(&long_records), kfifo_recsize(&long_records));
	kfifo_free(&long_records);
	pr_info("user: %d", kfifo_from_user(&records, "user", 4, &copied));
	pr_cont(" %u", copied);
	pr_cont(", bad %d", kfifo_from_user(&records, (void *)8, 4, &copied));
	pr_cont(" %u", copied);
	pr_cont(", to %d", kfifo_to_user(&records, text, 32, &copied));
	pr_cont(" %u %.4s", copied, text);
	kfifo_reset(&numbers);
	pr_cont("; numbers: %d", kfifo_from_user(&numbers, big, 10, &copied));
	pr_cont(" %u", copied);
	pr_cont(", to a bad place %d", kfifo_to_user(&numbers, (void *)8, 8, &copied));
	pr_cont(" %u, still there %u\n", copied, kfifo_len(&numbers));
	kfree(big);
}

static int producer(void *unused)
{
	for (int i = 0; i < 20000;)
		if (kfifo_put(&numbers, i))
			i++;
		else
			cond_resched();
	return 0;
}

static void threads(void)
{
	struct task_struct *task;
	int expected = 0, got, wrong = 0;

	kfifo_reset(&numbers);
	task = kthread_run(producer, NULL, "producer");
	while (expected < 20000) {
		if (!kfifo_get(&numbers, &got)) {
			cond_resched();
			continue;
		}
		wrong += got != expected++;
	}
	kthread_stop(task);
	pr_info("between threads: %d wrong\n", wrong);
}

static int __init kfifo_test_init(void)
{
	elements();
	memory();
	lengths();
	threads();
	return 0;
}

static void __exit kfifo_test_exit(void)
{
}

module_init(kfifo_test_init);
module_exit(kfifo_test_exit);
MODULE_LICENSE("Dual MIT/Apache-2.0");
