// SPDX-License-Identifier: MIT OR Apache-2.0
/* Memory: which sizes a kernel rounds to which, and blocks that grow. */
#include "ask.h"
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

CASE(roundup, "kmalloc_size_roundup KMALLOC_MAX_SIZE KMALLOC_MAX_CACHE_SIZE")
{
	static const size_t sizes[] = { 0, 1, 8, 9, 16, 17, 33, 65, 96, 97, 129, 192, 193, 257, 1025, 8192, 8193, 16384, 16385, 40000 };
	char text[200];
	int i, length = 0;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		length += scnprintf(text + length, sizeof(text) - length, "%zu ", kmalloc_size_roundup(sizes[i]));
	answer("sizes=[%s]", text);
	answer("all=%d max=%lu cache=%lu", kmalloc_size_roundup(SIZE_MAX) == SIZE_MAX, KMALLOC_MAX_SIZE, KMALLOC_MAX_CACHE_SIZE);
}

CASE(grows, "krealloc kmalloc ksize kmalloc_size_roundup")
{
	size_t size = kmalloc_size_roundup(100);
	char *block = kmalloc(size, GFP_KERNEL), *same, *larger;

	if (!block)
		return;
	answer("ksize=%d", ksize(block) >= size);
	memset(block, 'x', size);
	same = krealloc(block, size, GFP_KERNEL);
	answer("same=%d", same == block);
	same = krealloc(block, 1, GFP_KERNEL);
	answer("smaller_same=%d kept=%c", same == block, *same);
	larger = krealloc(same, 10 * size, GFP_KERNEL);
	answer("larger=%d kept=%c", ksize(larger) >= 10 * size, *larger);
	same = krealloc(larger, KMALLOC_MAX_SIZE + 1, GFP_KERNEL | __GFP_NOWARN);
	answer("too_large=%d kept=%c", !same, *larger);
	kfree(larger);
}

CASE(kernel_alignment, "kmalloc kzalloc")
{
	static const size_t sizes[] = { 16, 32, 256, 1024, 8192, 16384, 65536 };
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		void *block = kzalloc(sizes[i], GFP_KERNEL);

		answer("size=%zu aligned=%d", sizes[i], IS_ALIGNED((unsigned long)block, sizes[i]));
		kfree(block);
	}
}

static struct mm_struct *program;
static struct completion done;

static int borrows(void *data)
{
	struct mm_struct *none = get_task_mm(current);
	int before = current->mm == NULL, inside, after, users;

	users = atomic_read(&program->mm_users);
	kthread_use_mm(program);
	inside = current->mm == program;
	users = atomic_read(&program->mm_users) - users;
	kthread_unuse_mm(program);
	after = current->mm == NULL;
	answer("thread none=%d before=%d inside=%d after=%d users=%d", none == NULL, before, inside, after, users);
	kthread_complete_and_exit(&done, 0);
}

CASE(mm, "mm_struct mm_struct.mm_users mm_struct.mm_count get_task_mm mmput mmgrab mmdrop kthread_use_mm kthread_unuse_mm task_struct.mm")
{
	int users, count, more, less;

	init_completion(&done);
	program = get_task_mm(current);
	answer("own=%d", program != NULL);
	if (!program)
		return;
	users = atomic_read(&program->mm_users);
	mmget(program);
	more = atomic_read(&program->mm_users) - users;
	mmput(program);
	less = atomic_read(&program->mm_users) - users;
	answer("get=%d put=%d", more, less);
	count = atomic_read(&program->mm_count);
	mmgrab(program);
	more = atomic_read(&program->mm_count) - count;
	mmdrop(program);
	less = atomic_read(&program->mm_count) - count;
	answer("grab=%d drop=%d", more, less);
	if (ask_thread(borrows, NULL))
		wait_for_completion(&done);
	mmput(program);
}

ASK_MODULE(&case_roundup, &case_grows, &case_kernel_alignment, &case_mm);
