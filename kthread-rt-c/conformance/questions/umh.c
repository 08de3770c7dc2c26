// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Helper programs: what a call returns for each way to wait, what a program gets, and who is told
 * of its end.
 */
#include "ask.h"
#include <linux/cred.h>
#include <linux/slab.h>
#include <linux/umh.h>

static char *envp[] = { "PATH=/bin:/usr/bin", "WORD=from-the-module", NULL };

/* The arguments live on: who does not wait returns before they are read. */
static int shell(char *script, int wait)
{
	static char *argvs[40][4];
	static int calls;
	char **argv = argvs[calls++ % ARRAY_SIZE(argvs)];

	argv[0] = "/bin/sh";
	argv[1] = "-c";
	argv[2] = script;
	argv[3] = NULL;

	return call_usermodehelper(argv[0], argv, envp, wait);
}

CASE(exit_codes, "call_usermodehelper UMH_WAIT_PROC UMH_WAIT_EXEC UMH_NO_WAIT")
{
	answer("proc true=%d exit_1=0x%x exit_42=0x%x exit_255=0x%x", shell("exit 0", UMH_WAIT_PROC), shell("exit 1",
													    UMH_WAIT_PROC),
	       shell("exit 42", UMH_WAIT_PROC), shell("exit 255", UMH_WAIT_PROC));
	answer("exec exit_3=%d", shell("exit 3", UMH_WAIT_EXEC));
	answer("no_wait exit_3=%d", shell("exit 3", UMH_NO_WAIT));
}

CASE(killed, "call_usermodehelper UMH_WAIT_PROC")
{
	answer("term=0x%x kill=0x%x", shell("kill -TERM $$", UMH_WAIT_PROC), shell("kill -KILL $$", UMH_WAIT_PROC));
}

CASE(what_it_gets, "call_usermodehelper")
{
	char *argv[] = { "/bin/sh", "-c", "test \"$WORD\" = from-the-module && test \"$1\" = 'two words' && test $# = 2", "zero",
			 "two words", "second", NULL };
	char *nothing[] = { NULL };

	answer("env_and_arguments=0x%x", call_usermodehelper(argv[0], argv, envp, UMH_WAIT_PROC));
	answer("no_env=0x%x", call_usermodehelper(argv[0], argv, nothing, UMH_WAIT_PROC));
	answer("folder=0x%x", shell("test \"$(pwd)\" = /", UMH_WAIT_PROC));
	answer("stdin_at_end=0x%x", shell("! read line", UMH_WAIT_PROC));
}

CASE(refused, "call_usermodehelper UMH_WAIT_PROC UMH_WAIT_EXEC UMH_NO_WAIT")
{
	static char *missing[] = { "/bin/there-is-none", NULL };
	char *folder[] = { "/bin", NULL };
	char *empty[] = { "", NULL };
	char *below_file[] = { "/bin/sh/none", NULL };

	answer("missing proc=%d exec=%d no_wait=%d", call_usermodehelper(missing[0], missing, envp, UMH_WAIT_PROC),
	       call_usermodehelper(missing[0], missing, envp, UMH_WAIT_EXEC),
	       call_usermodehelper(missing[0], missing, envp, UMH_NO_WAIT));
	answer("folder proc=%d exec=%d", call_usermodehelper(folder[0], folder, envp, UMH_WAIT_PROC),
	       call_usermodehelper(folder[0], folder, envp, UMH_WAIT_EXEC));
	answer("empty proc=%d", call_usermodehelper(empty[0], empty, envp, UMH_WAIT_PROC));
	answer("below_file proc=%d", call_usermodehelper(below_file[0], below_file, envp, UMH_WAIT_PROC));
}

/* In steps, with functions before and after. */
static int inits, cleanups, init_returns;
static void *data_seen;
static bool same_info, cred_given;
static struct subprocess_info *info;
static struct completion cleaned;

static int before(struct subprocess_info *sub, struct cred *cred)
{
	inits++;
	data_seen = sub->data;
	same_info = sub == info;
	cred_given = cred != NULL;
	return init_returns;
}

static void after(struct subprocess_info *sub)
{
	cleanups++;
	complete(&cleaned);
}

static int in_steps(char *path, int wait, int returns)
{
	static char *argv[] = { "sh", "-c", "exit 7", NULL };
	int returned;

	inits = cleanups = 0;
	same_info = false;
	data_seen = NULL;
	init_returns = returns;
	init_completion(&cleaned);
	info = call_usermodehelper_setup(path, argv, envp, GFP_KERNEL, before, after, &inits);
	if (!info)
		return -ENOMEM;
	returned = call_usermodehelper_exec(info, wait);
	wait_for_completion(&cleaned);
	return returned;
}

CASE(steps, "call_usermodehelper_setup call_usermodehelper_exec subprocess_info UMH_WAIT_PROC UMH_WAIT_EXEC GFP_KERNEL")
{
	int returned = in_steps("/bin/sh", UMH_WAIT_PROC, 0);

	answer("proc=0x%x inits=%d cleanups=%d data=%d same=%d", returned, inits, cleanups, data_seen == &inits, same_info);
	returned = in_steps("/bin/sh", UMH_WAIT_EXEC, 0);
	answer("exec=%d inits=%d cleanups=%d", returned, inits, cleanups);
	returned = in_steps("/bin/there-is-none", UMH_WAIT_PROC, 0);
	answer("missing=%d inits=%d cleanups=%d", returned, inits, cleanups);
	returned = in_steps("/bin/sh", UMH_WAIT_PROC, -E2BIG);
	answer("init_refuses=%d inits=%d cleanups=%d", returned, inits, cleanups);
	returned = in_steps("", UMH_WAIT_PROC, 0);
	answer("empty=%d inits=%d cleanups=%d", returned, inits, cleanups);
}

CASE(cred, "call_usermodehelper_setup call_usermodehelper_exec")
{
	int returned = in_steps("/bin/sh", UMH_WAIT_PROC, 0);

	answer("returned=0x%x cred=%d", returned, cred_given);
}

/* A fatal signal ends a wait that may be killed, and no other. */
static struct completion begun, ended;
static int waited;

static int waits_for_helper(void *data)
{
	allow_signal(SIGKILL);
	complete(&begun);
	waited = shell("sleep 3", UMH_WAIT_PROC | (data ? UMH_KILLABLE : 0));
	complete(&ended);
	while (!kthread_should_stop())
		schedule_timeout_uninterruptible(1);
	return 0;
}

CASE(killable, "call_usermodehelper UMH_KILLABLE UMH_WAIT_PROC send_sig TASK_KILLABLE")
{
	struct task_struct *task;

	init_completion(&begun);
	init_completion(&ended);
	task = ask_thread(waits_for_helper, (void *)1L);
	if (!task)
		return;
	wait_for_completion(&begun);
	until_state(task, TASK_KILLABLE);
	send_sig(SIGKILL, task, 1);
	wait_for_completion(&ended);
	answer("killable=%d", waited);
	kthread_stop(task);

	task = ask_thread(waits_for_helper, NULL);
	if (!task)
		return;
	wait_for_completion(&begun);
	until_state(task, TASK_UNINTERRUPTIBLE);
	send_sig(SIGKILL, task, 1);
	wait_for_completion(&ended);
	answer("not_killable=%d", waited);
	kthread_stop(task);
}

ASK_MODULE(&case_exit_codes, &case_killed, &case_what_it_gets, &case_refused, &case_steps, &case_cred, &case_killable);
