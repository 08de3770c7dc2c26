//! fork(2): a child of a process that runs a Kernel can't use the runtime, and every call reports
//! that. A child that execs, or was forked before the first use, can.

#![cfg(not(any(loom, shuttle)))]

mod child;
mod witness;

use kthread_rt::prelude::*;
use std::fs::File;
use std::io::Read;
use std::os::fd::FromRawFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::Arc;
use witness::{Warnings, ignore, running_kthread};

/// How a forked child ended.
#[derive(Debug)]
struct Ended {
    /// What it exited with; `None` if a signal ended it.
    code: Option<i32>,
    signal: Option<i32>,
    stderr: String,
}

/// Forks. The child runs `body` and exits with 0, or 101 for a panic.
fn fork(body: impl FnOnce()) -> Ended {
    let mut pipe = [0; 2];
    // SAFETY: `pipe` has room for two descriptors.
    assert_eq!(unsafe { libc::pipe(pipe.as_mut_ptr()) }, 0);
    // SAFETY: the test process has no other thread that holds a lock of the C library's or of
    // std's.
    match unsafe { libc::fork() } {
        0 => {
            // SAFETY: only the child's own descriptors and its own end are concerned.
            unsafe {
                libc::alarm(20);
                libc::dup2(pipe[1], 2);
                let code = if catch_unwind(AssertUnwindSafe(body)).is_ok() { 0 } else { 101 };
                libc::_exit(code)
            }
        }
        pid => {
            let (mut status, mut stderr) = (0, String::new());
            // SAFETY: the descriptors are this function's; `status` is valid for the call.
            unsafe {
                libc::close(pipe[1]);
                File::from_raw_fd(pipe[0]).read_to_string(&mut stderr).expect("text");
                assert_eq!(libc::waitpid(pid, &mut status, 0), pid);
            }
            let exited = libc::WIFEXITED(status);
            Ended {
                code: exited.then(|| libc::WEXITSTATUS(status)),
                signal: (!exited).then(|| libc::WTERMSIG(status)),
                stderr,
            }
        }
    }
}

#[track_caller]
fn assert_succeeds_when_forked(body: impl FnOnce()) {
    let ended = fork(body);
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn calls_with_an_error_return_eownerdead_in_a_forked_child() {
    child::run("calls_with_an_error_return_eownerdead_in_a_forked_child", || {
        let (kernel, _warnings) = Warnings::of_new_kernel();
        let _inside = kernel.enter();
        let task = running_kthread("in-the-parent", 1);
        let (x, mask, state) = (Completion::new(), CpuMask::of(0), TASK_KILLABLE);
        complete_all(&x);
        unsafe extern "C-unwind" fn raw(_: *mut std::ffi::c_void) -> i32 {
            0
        }
        let null = std::ptr::null_mut();

        assert_succeeds_when_forked(|| {
            let failed: &[(&str, Option<Errno>)] = &[
                ("kthread_create", kthread_create(|()| 0, (), "x").err()),
                ("kthread_create!", kthread_create!(|()| 0, (), "x").err()),
                ("kthread_run", kthread_run(|()| 0, (), "x").err()),
                ("kthread_run!", kthread_run!(|()| 0, (), "x").err()),
                ("kthread_create_on_node", kthread_create_on_node(|()| 0, (), 0, "x").err()),
                ("kthread_create_on_node!", kthread_create_on_node!(|()| 0, (), 0, "x").err()),
                ("kthread_create_on_cpu", kthread_create_on_cpu(|()| 0, (), 0, "x").err()),
                ("kthread_create_on_cpu!", kthread_create_on_cpu!(|()| 0, (), 0, "x").err()),
                ("kthread_run_on_cpu", kthread_run_on_cpu(|()| 0, (), 0, "x").err()),
                ("kthread_run_on_cpu!", kthread_run_on_cpu!(|()| 0, (), 0, "x").err()),
                // SAFETY: the function takes any datum.
                ("kthread_create_raw", unsafe { kthread_create_raw(raw, null, -1, "x") }.err()),
                ("kernel_thread", kernel_thread(|()| 0, (), CLONE_FS).err()),
                ("kthreadd_task", kthreadd_task().err()),
                ("Task::stop", task.stop().err()),
                ("kthread_park", kthread_park(&task).err()),
                ("kthread_affine_preferred", kthread_affine_preferred(&task, &mask).err()),
                ("set_cpus_allowed_ptr", set_cpus_allowed_ptr(&task, &mask).err()),
                ("send_sig", send_sig(SIGKILL, &task, 1).err()),
                ("send_sig of 0", send_sig(0, &task, 1).err()),
                ("allow_signal", allow_signal(SIGTERM).err()),
                ("disallow_signal", disallow_signal(SIGTERM).err()),
                ("wait_interruptible", wait_for_completion_interruptible(&x).err()),
                ("wait_killable", wait_for_completion_killable(&x).err()),
                ("wait_state", wait_for_completion_state(&x, state).err()),
                ("wait_interruptible_timeout", wait_for_completion_interruptible_timeout(&x, 1).err()),
                ("wait_killable_timeout", wait_for_completion_killable_timeout(&x, 1).err()),
            ];
            for (call, errno) in failed {
                assert_eq!(*errno, Some(Errno::EOWNERDEAD), "{call}");
            }
            assert_eq!(kthread_stop(&task), -130);
            assert_eq!(kernel.kthreadd().err(), Some(BootError::Forked));
            assert_eq!(Kernel::builder().boot().err(), Some(BootError::Forked));
            assert_eq!(Kernel::builder().boot_on_demand().err(), Some(BootError::Forked));
        });
        assert_eq!(kthread_stop(&task), 1);
    });
}

#[test]
fn calls_without_an_error_abort_with_a_message_in_a_forked_child() {
    child::run("calls_without_an_error_abort_with_a_message_in_a_forked_child", || {
        let (kernel, _warnings) = Warnings::of_new_kernel();
        let _inside = kernel.enter();
        let task = running_kthread("in-the-parent", 1);
        let (x, mask) = (Completion::new(), CpuMask::of(0));
        complete_all(&x);
        let calls: &[(&str, &dyn Fn())] = &[
            ("current", &|| ignore(current())),
            ("Kernel::current", &|| ignore(Kernel::current())),
            ("Kernel::enter", &|| ignore(kernel.enter())),
            ("Kernel::tasks", &|| ignore(kernel.tasks())),
            ("Kernel::find_task_by_pid", &|| ignore(kernel.find_task_by_pid(2))),
            ("Kernel::shutdown", &|| ignore(kernel.shutdown())),
            ("find_task_by_pid", &|| ignore(find_task_by_pid(2))),
            ("kthread_should_stop", &|| ignore(kthread_should_stop())),
            ("kthread_should_park", &|| ignore(kthread_should_park())),
            ("kthread_parkme", &kthread_parkme),
            ("kthread_unpark", &|| kthread_unpark(&task)),
            ("kthread_bind", &|| kthread_bind(&task, 0)),
            ("kthread_bind_mask", &|| kthread_bind_mask(&task, &mask)),
            ("kthread_set_per_cpu", &|| kthread_set_per_cpu(&task, 0)),
            ("set_user_nice", &|| set_user_nice(&task, 1)),
            ("sched_set_fifo", &|| sched_set_fifo(&task)),
            ("sched_set_fifo_low", &|| sched_set_fifo_low(&task)),
            ("sched_set_normal", &|| sched_set_normal(&task, 1)),
            ("cpus_allowed", &|| ignore(task.cpus_allowed())),
            ("wake_up_process", &|| ignore(wake_up_process(&task))),
            ("wake_up_state", &|| ignore(wake_up_state(&task, TASK_NORMAL))),
            ("wait_task_inactive", &|| ignore(wait_task_inactive(&task, TASK_RUNNING))),
            ("flush_signals", &|| flush_signals(&task)),
            ("kernel_dequeue_signal", &|| ignore(kernel_dequeue_signal())),
            ("set_blocked_signals", &|| ignore(set_blocked_signals(0))),
            ("set_current_state", &|| set_current_state(TASK_RUNNING)),
            ("schedule", &schedule),
            ("schedule_timeout", &|| ignore(schedule_timeout(1))),
            ("schedule_timeout_killable", &|| ignore(schedule_timeout_killable(1))),
            ("yield", &r#yield),
            ("cond_resched", &|| ignore(cond_resched())),
            ("might_sleep", &might_sleep),
            ("preempt_disable", &preempt_disable),
            ("preempt_count", &|| ignore(preempt_count())),
            ("jiffies", &|| ignore(jiffies())),
            ("ktime_get", &|| ignore(ktime_get())),
            ("msleep", &|| msleep(1)),
            ("msleep_interruptible", &|| ignore(msleep_interruptible(1))),
            ("usleep_range", &|| usleep_range(1, 2)),
            ("complete", &|| complete(&x)),
            ("complete_all", &|| complete_all(&x)),
            ("reinit_completion", &|| reinit_completion(&x)),
            ("completion_done", &|| ignore(completion_done(&x))),
            ("try_wait_for_completion", &|| ignore(try_wait_for_completion(&x))),
            ("wait_for_completion", &|| wait_for_completion(&x)),
            ("wait_for_completion_timeout", &|| ignore(wait_for_completion_timeout(&x, 1))),
        ];
        let wrong: Vec<_> = calls
            .iter()
            .map(|(name, call)| (name, fork(call)))
            .filter(|(_, ended)| {
                ended.signal != Some(libc::SIGABRT)
                    || !ended.stderr.contains("forked from one that uses kthread-rt")
            })
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(kthread_stop(&task), 1);
    });
}

#[test]
fn what_a_forked_child_drops_is_dropped_quietly() {
    child::run("what_a_forked_child_drops_is_dropped_quietly", || {
        let (kernel, _warnings) = Warnings::of_new_kernel();
        let inside = kernel.enter();
        let task = running_kthread("in-the-parent", 1);
        let (kernel_of_parent, task_of_parent) = (kernel.clone(), task.clone());
        let ended = fork(move || {
            drop(inside);
            drop((kernel, task));
            // The last handles, as far as this process is concerned.
            drop((kernel_of_parent, task_of_parent));
            // Thread-locals too.
            // SAFETY: nothing of the test harness's needs to run after this.
            unsafe { libc::exit(0) }
        });
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    });
}

#[test]
fn a_kthread_s_forked_child_gets_the_same_errors() {
    child::run("a_kthread_s_forked_child_gets_the_same_errors", || {
        let task = kthread_create!(
            |()| {
                let ended = fork(|| {
                    assert_eq!(kthread_create!(|()| 0, (), "x").err(), Some(Errno::EOWNERDEAD));
                });
                ended.code.unwrap_or(-1)
            },
            (),
            "forker"
        )
        .unwrap();
        kthread_park(&task).unwrap();
        assert_eq!(kthread_stop(&task), 0);
    });
}

#[test]
fn the_parent_continues_as_before() {
    child::run("the_parent_continues_as_before", || {
        let (asked, answered) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
        let task = kthread_run!(
            |(asked, answered): (Arc<Completion>, Arc<Completion>)| {
                while wait_for_completion_interruptible(&asked).is_ok() {
                    complete(&answered);
                }
                2
            },
            (asked.clone(), answered.clone()),
            "in-the-parent"
        )
        .unwrap();
        for _ in 0..20 {
            assert_succeeds_when_forked(|| ());
            complete(&asked);
            wait_for_completion(&answered);
        }
        assert_eq!(kthread_stop(&task), 2);
    });
}

#[test]
fn a_process_that_was_forked_before_the_first_use_can_use_the_runtime() {
    child::run("a_process_that_was_forked_before_the_first_use_can_use_the_runtime", || {
        let uses_it = || {
            let kernel = Kernel::builder().install_default().unwrap();
            let task = running_kthread("in-the-child", 5);
            assert_eq!(kthread_stop(&task), 5);
            let report = kernel.shutdown();
            assert_eq!((report.forked, report.joined), (1, 1));
        };
        assert_succeeds_when_forked(uses_it);
        assert_succeeds_when_forked(uses_it);
        uses_it();
    });
}

#[test]
fn a_child_that_execs_can_use_the_runtime() {
    const INNER: &str = "KT_TEST_AFTER_EXEC";
    child::run("a_child_that_execs_can_use_the_runtime", || {
        let task = running_kthread("before-and-after", 5);
        if std::env::var_os(INNER).is_none() {
            // With a hook, so that it is a fork and an exec and no vfork.
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(std::env::args_os().skip(1)).env(INNER, "1");
            // SAFETY: the hook does nothing.
            unsafe { std::os::unix::process::CommandExt::pre_exec(&mut command, || Ok(())) };
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", child::told(&output));
        }
        assert_eq!(kthread_stop(&task), 5);
    });
}
