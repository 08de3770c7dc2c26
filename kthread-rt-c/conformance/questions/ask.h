/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What every file of questions has in common. A file is one module and one subject; the module's
 * init asks its cases one after another, and each answer is a line of the kernel's log:
 *
 *	ASK subject.case key=value key=value
 *
 * The same source is built by a real kernel's headers and by ours. Nothing here is the runtime's
 * own, so nothing here may be missing from a kernel of either version that is asked.
 */
#ifndef ASK_H
#define ASK_H

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/version.h>

struct ask_case {
	const char *name;
	void (*ask)(void);
	/*
	 * Of a case that is asked of kthread-rt alone: the lines that it has to answer, with a newline
	 * between two.
	 */
	const char *defined;
};

/* The case that is being asked; it stands at the beginning of each answer. */
static const char *ask_now = "";

/* One line of the answer, without a newline at its end. Any thread of the case may give it. */
#define answer(format, ...) printk(KERN_INFO "ASK " KBUILD_MODNAME ".%s " format "\n", ask_now, ##__VA_ARGS__)

/*
 * CASE(name, "symbols it covers")
 * {
 *	answer("key=%d", ...);
 * }
 *
 * The symbols are a string of names with spaces between, and may go on in further strings. The
 * macro's name stands at the beginning of a line: the tool reads the name, the symbols and the
 * place.
 */
#define CASE(name, symbols) ASK_CASE(name, NULL)

/*
 * A case of which a kernel warns, as it should. A warning in any other says that the question is
 * wrong.
 */
#define WARNS(name, symbols) ASK_CASE(name, NULL)

/*
 * A case that would hang a real kernel, or oops it: only kthread-rt is asked, and the third
 * argument is what it has to answer, as answer() prints it ("key=value"), with \n between two
 * lines.
 */
#define OURS(name, symbols, lines) ASK_CASE(name, lines)

#define ASK_CASE(name, lines) \
	static void ask_of_##name(void); \
	static const struct ask_case case_##name = { #name, ask_of_##name, lines }; \
	static void ask_of_##name(void)

/* At the end of the file: ASK_MODULE(&case_a, &case_b); in the order in which they are asked. */
#define ASK_MODULE(...) \
	static const struct ask_case *const ask_cases[] = { __VA_ARGS__ }; \
	static int __init ask_init(void) \
	{ \
		ask_all(ask_cases, ARRAY_SIZE(ask_cases)); \
		return 0; \
	} \
	static void __exit ask_exit(void) \
	{ \
	} \
	module_init(ask_init); \
	module_exit(ask_exit); \
	MODULE_LICENSE("GPL"); \
	MODULE_DESCRIPTION("questions about " KBUILD_MODNAME)

/* One case alone: only=NAME. Those behind one, which did not come to its end: after=NAME. */
static char *ask_only;
module_param_named(only, ask_only, charp, 0444);
static char *ask_after;
module_param_named(after, ask_after, charp, 0444);

#ifdef ASK_OURS
#define ASK_OF_OURS 1
#else
#define ASK_OF_OURS 0
#endif

static void ask_defined(const char *lines)
{
	while (*lines) {
		int length = strchrnul(lines, '\n') - lines;

		printk(KERN_INFO "ASK-DEFINED " KBUILD_MODNAME ".%s %.*s\n", ask_now, length, lines);
		lines += length;
		lines += *lines == '\n';
	}
}

static void ask_all(const struct ask_case *const *cases, int count)
{
	bool is_behind = !ask_after;
	int i;

	for (i = 0; i < count; i++) {
		if (!is_behind) {
			is_behind = !strcmp(ask_after, cases[i]->name);
			continue;
		}
		if (ask_only && strcmp(ask_only, cases[i]->name))
			continue;
		if (cases[i]->defined && !ASK_OF_OURS)
			continue;
		ask_now = cases[i]->name;
		/* Who hangs is told by the last of these lines. */
		printk(KERN_INFO "ASK-CASE " KBUILD_MODNAME ".%s\n", ask_now);
		if (cases[i]->defined)
			ask_defined(cases[i]->defined);
		cases[i]->ask();
	}
	printk(KERN_INFO "ASK-END " KBUILD_MODNAME "\n");
}

/*
 * Hand-shakes. A case never sleeps for a time and hopes: it waits for a completion of the other
 * thread's, or for one of these.
 */

/* How long until() waits for something that has to come. */
#define ASK_PATIENCE (20 * HZ)

/*
 * Waits until the condition is true, looking once per tick: for what has no completion, as another
 * task's state. If it does not become true, the answer says which condition at which line, and the
 * case goes on.
 */
#define until(condition) \
	do { \
		unsigned long ask_end = jiffies + ASK_PATIENCE; \
		while (!(condition) && time_before(jiffies, ask_end)) \
			schedule_timeout_uninterruptible(1); \
		if (!(condition)) \
			answer("never_true=[%s] line=%d", #condition, __LINE__); \
	} while (0)

/*
 * Waits until the task is about to sleep in this state, or sleeps: a wake-up from now on is not too
 * early.
 */
#define until_state(task, state) until(READ_ONCE((task)->__state) == (state))

/* True if the task is on no cpu any more: what it looked at before it slept, it has looked at. */
#define ask_is_off(task) (!READ_ONCE((task)->on_rq))

/*
 * True if the task sleeps in this state, and is on no cpu any more. Its state alone says less: a
 * waiter has it for a moment before it finds its condition true.
 */
#if ASK_OF_OURS
#define ask_sleeps_in(task, state) wait_task_inactive(task, state)
#else
#define ask_sleeps_in(task, state) (READ_ONCE((task)->__state) == (state) && ask_is_off(task))
#endif

/* Waits until the task sleeps in this state. */
#define until_asleep(task, state) until(ask_sleeps_in(task, state))

/* Waits until what the task had to do is over, or it sleeps in this state again. */
#define until_settled(ended, task, state) until(completion_done(ended) || ask_sleeps_in(task, state))

/*
 * Starts a thread. It need not have begun when this returns: if that matters, its first lines say
 * so, by a completion. That there is no thread is an answer, too.
 */
static inline struct task_struct *ask_thread(int (*fn)(void *), void *data)
{
	struct task_struct *task = kthread_run(fn, data, "ask/%s", ask_now);

	if (IS_ERR(task)) {
		answer("no_thread=%ld", PTR_ERR(task));
		return NULL;
	}
	return task;
}

/*
 * The class of a time in jiffies: it has to lie between least and most, and what it was is told
 * only if it does not.
 */
static inline const char *ask_between(long value, long least, long most)
{
	static char text[4][40];
	static atomic_t turn = ATOMIC_INIT(0);
	char *into = text[atomic_inc_return(&turn) & 3];

	if (value >= least && value <= most)
		return "as_expected";
	snprintf(into, sizeof(text[0]), "%ld_not_%ld_to_%ld", value, least, most);
	return into;
}

#endif
