/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Waiting for a bit or a variable that has no wait queue of its own. */
#ifndef KT_CORE_LINUX_WAIT_BIT_H
#define KT_CORE_LINUX_WAIT_BIT_H

#include <kt/core/linux/bitops.h>
#include <kt/core/linux/kernel.h>
#include <kt/core/linux/wait.h>

/*
 * An action's argument: the word, the bit, and the deadline in jiffies, if there is one.
 */
struct wait_bit_key {
	void *flags;
	int bit_nr;
	unsigned long timeout;
};

/* Sleeps once. Returns 0 to go on with the wait. */
typedef int wait_bit_action_f(struct wait_bit_key *key, int mode);

KT_BEGIN
int wait_on_bit(unsigned long *word, int bit, unsigned int mode) __asm__("kt_wait_on_bit");
int wait_on_bit_timeout(unsigned long *word, int bit, unsigned int mode, unsigned long timeout) __asm__("kt_wait_on_bit_timeout");
int wait_on_bit_lock(unsigned long *word, int bit, unsigned int mode) __asm__("kt_wait_on_bit_lock");
void wake_up_bit(void *word, int bit);
void wake_up_var(void *var);
struct wait_queue_head *__var_waitqueue(void *var);
struct wait_queue_head *bit_waitqueue(void *word, int bit);
int out_of_line_wait_on_bit(void *word, int bit, wait_bit_action_f *action, unsigned int mode);
int out_of_line_wait_on_bit_timeout(void *word, int bit, wait_bit_action_f *action, unsigned int mode, unsigned long timeout);
int out_of_line_wait_on_bit_lock(void *word, int bit, wait_bit_action_f *action, unsigned int mode);
int bit_wait(struct wait_bit_key *key, int mode);
int bit_wait_timeout(struct wait_bit_key *key, int mode);
KT_END

/* Returns 0, or -EINTR for a signal (-EAGAIN after the timeout). */
static inline int bit_wait_io(struct wait_bit_key *key, int mode)
{
	return bit_wait(key, mode);
}

static inline int bit_wait_io_timeout(struct wait_bit_key *key, int mode)
{
	return bit_wait_timeout(key, mode);
}

static inline int wait_on_bit_action(unsigned long *word, int bit, wait_bit_action_f *action, unsigned int mode)
{
	might_sleep();
	return test_bit(bit, word) ? out_of_line_wait_on_bit(word, bit, action, mode) : 0;
}

static inline int wait_on_bit_lock_action(unsigned long *word, int bit, wait_bit_action_f *action, unsigned int mode)
{
	might_sleep();
	return test_and_set_bit(bit, word) ? out_of_line_wait_on_bit_lock(word, bit, action, mode) : 0;
}

#define wait_on_bit_io wait_on_bit
#define wait_on_bit_lock_io wait_on_bit_lock

static inline void clear_and_wake_up_bit(int bit, unsigned long *word)
{
	clear_bit_unlock(bit, word);
	smp_mb();
	wake_up_bit(word, bit);
}

#if KT_SINCE(6, 13)
/* Returns true, and wakes, only if the bit was set. */
static inline bool test_and_clear_wake_up_bit(int bit, unsigned long *word)
{
	bool was_set = test_and_clear_bit(bit, word);

	if (was_set)
		wake_up_bit(word, bit);
	return was_set;
}
#endif

#define wait_var_event(var, condition) wait_event(*__var_waitqueue(var), condition)
#define wait_var_event_killable(var, condition) wait_event_killable(*__var_waitqueue(var), condition)
#define wait_var_event_interruptible(var, condition) wait_event_interruptible(*__var_waitqueue(var), condition)
#define wait_var_event_timeout(var, condition, timeout) wait_event_timeout(*__var_waitqueue(var), condition, timeout)

#endif
