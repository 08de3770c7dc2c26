// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Wait queues with random entries and random wake-ups. The entries are no threads: each has a wake
 * function that says who was asked, with what, and returns what it was told to; so the order and
 * the count of a wake-up are seen, and nothing depends on who runs when.
 */
#include "random.h"
#include <linux/poll.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

enum { SLEEPERS = 8 };

struct entry {
	struct wait_queue_entry wait;
	int returns;
	bool leaves;
	bool on_it;
};

static struct wait_queue_head head;
static struct entry entries[SLEEPERS];
static char asked[200];

static int is_asked(struct wait_queue_entry *wait, unsigned int mode, int sync, void *key)
{
	struct entry *entry = container_of(wait, struct entry, wait);

	snprintf(asked + strlen(asked), sizeof(asked) - strlen(asked), " %d:%x,%x,%lx", (int)(entry - entries), mode, sync,
		 (unsigned long)key);
	if (entry->leaves) {
		list_del_init(&wait->entry);
		entry->on_it = false;
	}
	return entry->returns;
}

static void add(struct entry *entry)
{
	init_waitqueue_func_entry(&entry->wait, is_asked);
	entry->returns = random_of(0, 1, 1, 1, -1);
	entry->leaves = random_below(3) == 0;
	entry->on_it = true;
	switch (random_below(5)) {
	case 0:
		entry->wait.flags = 0;
		add_wait_queue(&head, &entry->wait);
		break;
	case 1:
	case 2:
		add_wait_queue_exclusive(&head, &entry->wait);
		break;
	case 3:
		add_wait_queue_priority(&head, &entry->wait);
		break;
	case 4:
		entry->wait.flags = random_of(0, WQ_FLAG_EXCLUSIVE);
		spin_lock_irq(&head.lock);
		__add_wait_queue_entry_tail(&head, &entry->wait);
		spin_unlock_irq(&head.lock);
		break;
	}
}

static const char *wakes(void)
{
	int count = random_below(4);
	unsigned long key = random_of(1UL, 4UL, 0x40UL, 0UL);

	switch (random_below(12)) {
	case 0:
		wake_up(&head);
		return "wake_up";
	case 1:
		wake_up_nr(&head, count);
		return random_of("wake_up_nr");
	case 2:
		wake_up_all(&head);
		return "wake_up_all";
	case 3:
		wake_up_interruptible(&head);
		return "wake_up_interruptible";
	case 4:
		wake_up_interruptible_nr(&head, count);
		return "wake_up_interruptible_nr";
	case 5:
		wake_up_interruptible_all(&head);
		return "wake_up_interruptible_all";
	case 6:
		wake_up_poll(&head, key);
		return "wake_up_poll";
	case 7:
		wake_up_interruptible_poll(&head, key);
		return "wake_up_interruptible_poll";
	case 8:
		wake_up_interruptible_sync(&head);
		return "wake_up_interruptible_sync";
	case 9:
		wake_up_interruptible_sync_poll(&head, key);
		return "wake_up_interruptible_sync_poll";
	case 10:
		spin_lock_irq(&head.lock);
		wake_up_locked(&head);
		spin_unlock_irq(&head.lock);
		return "wake_up_locked";
	default:
		__wake_up(&head, random_of(TASK_NORMAL, TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE), count, (void *)key);
		return "__wake_up";
	}
}

CASE(entries, "add_wait_queue add_wait_queue_exclusive add_wait_queue_priority __add_wait_queue_entry_tail remove_wait_queue wake_up"
	      " wake_up_nr wake_up_all wake_up_interruptible wake_up_interruptible_nr wake_up_interruptible_all wake_up_poll"
	      " wake_up_interruptible_poll wake_up_interruptible_sync wake_up_interruptible_sync_poll wake_up_locked __wake_up"
	      " waitqueue_active init_waitqueue_func_entry")
{
	unsigned int round;
	int i, step;

	for (round = 0; round < 25; round++) {
		random_begin(round);
		init_waitqueue_head(&head);
		memset(entries, 0, sizeof(entries));
		for (step = 0; step < 8; step++) {
			const char *which;

			for (i = 0; i < SLEEPERS; i++) {
				if (!entries[i].on_it && random_below(2))
					add(&entries[i]);
				else if (entries[i].on_it && random_below(6) == 0) {
					remove_wait_queue(&head, &entries[i].wait);
					entries[i].on_it = false;
				}
			}
			asked[0] = '\0';
			which = wakes();
			answer("%u.%d %s active=%d asked=%s", round, step, which, !!waitqueue_active(&head), asked);
		}
		for (i = 0; i < SLEEPERS; i++)
			if (entries[i].on_it)
				remove_wait_queue(&head, &entries[i].wait);
		answer("%u active=%d", round, !!waitqueue_active(&head));
	}
}

ASK_MODULE(&case_entries);
