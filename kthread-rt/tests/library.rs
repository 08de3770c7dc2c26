//! A library among others in a process: its options for the default Kernel, the owner of that
//! Kernel, and the process's signal handlers.

#![cfg(not(any(loom, shuttle)))]

mod child;
mod witness;

use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::os::unix::process::ExitStatusExt;
use std::ptr;
use std::thread;
use witness::{Warnings, running_kthread};

#[test]
fn the_default_kernel_has_the_options_that_were_installed() {
    child::run("the_default_kernel_has_the_options_that_were_installed", || {
        let warnings = Warnings::default();
        let kernel = Kernel::builder().debug(true).on_warning(warnings.handler()).install_default().unwrap();
        assert!(Kernel::current().debugs());
        // A thread that knows nothing of the library warns by its handler.
        thread::spawn(preempted_sleep).join().unwrap();
        assert_eq!(
            warnings.take().iter().map(|w| w.kind).collect::<Vec<_>>(),
            [WarningKind::SleepingWhileAtomic]
        );
        let task = running_kthread("in-it", 5);
        assert_eq!(kernel.find_task_by_pid(task.pid()), Some(task.clone()));
        assert_eq!(kthread_stop(&task), 5);
    });
}

fn preempted_sleep() {
    preempt_disable();
    msleep(1);
    preempt_enable();
}

#[test]
fn options_that_come_too_late_are_an_error() {
    child::run("options_that_come_too_late_are_an_error", || {
        assert_eq!(current().pid(), 1);
        let late = Kernel::builder().install_default();
        assert_eq!(late.err(), Some(BootError::AlreadyBooted));
    });
}

#[test]
fn of_many_installers_one_wins() {
    child::run("of_many_installers_one_wins", || {
        let together = std::sync::Barrier::new(8);
        let won = thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        together.wait();
                        Kernel::builder().install_default().is_ok()
                    })
                })
                .collect();
            threads.into_iter().map(|t| t.join().unwrap()).filter(|won| *won).count()
        });
        assert_eq!(won, 1);
    });
}

#[test]
fn nobody_but_the_installer_shuts_the_default_kernel_down() {
    child::run("nobody_but_the_installer_shuts_the_default_kernel_down", || {
        let warnings = Warnings::default();
        let owner = Kernel::builder().on_warning(warnings.handler()).install_default().unwrap();
        let runs = running_kthread("runs-on", 3);
        let report = thread::spawn(|| Kernel::current().shutdown()).join().unwrap();
        assert!(report.refused);
        assert_eq!(report.alive.iter().map(|task| task.pid).collect::<Vec<_>>(), [runs.pid()]);
        let told = warnings.take();
        assert_eq!(
            told.iter().map(|w| (w.kind, &*w.call)).collect::<Vec<_>>(),
            [(WarningKind::ShutDown, "shutdown")]
        );
        assert!(told[0].message.contains("install_default()") && told[0].file.ends_with("library.rs"));
        // All tasks continue.
        assert_eq!(kthread_stop(&runs), 3);
        let task = kthread_run_started!(|()| 4, (), "after-it").unwrap();
        assert_eq!(kthread_stop(&task), 4);
        // A clone of the owner's handle is the owner's; one that was dropped changed nothing.
        drop(owner.clone());
        let report = owner.clone().shutdown();
        assert_eq!((report.refused, report.joined), (false, 2));
        assert_eq!(kthread_create!(|()| 0, (), "late").err(), Some(Errno::ESHUTDOWN));
        warnings.assert_none();
    });
}

#[test]
fn a_default_kernel_that_nobody_installed_belongs_to_nobody() {
    let output = child::output_of(
        "a_default_kernel_that_nobody_installed_belongs_to_nobody",
        |_| (),
        || {
            assert!(Kernel::current().shutdown().refused);
            let task = kthread_run_started!(|()| 4, (), "after-it").unwrap();
            assert_eq!(kthread_stop(&task), 4);
        },
    );
    if let Some(output) = output {
        assert!(output.status.success(), "{}", child::told(&output));
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("the default Kernel belongs to all parts of this process"), "{told}");
    }
}

/// The handler of a signal, as the system has it.
fn handler(signal: i32) -> usize {
    // SAFETY: all-zero is a valid sigaction, and the call fills it.
    unsafe {
        let mut now: libc::sigaction = std::mem::zeroed();
        assert_eq!(libc::sigaction(signal, ptr::null(), &mut now), 0);
        now.sa_sigaction
    }
}

fn handlers() -> [usize; 2] {
    [libc::SIGSEGV, libc::SIGBUS].map(handler)
}

#[test]
fn signal_handlers_go_with_the_last_kernel_that_wants_them() {
    child::run("signal_handlers_go_with_the_last_kernel_that_wants_them", || {
        let before = handlers();
        let without = Kernel::builder().signal_handlers(false).boot().unwrap();
        assert_eq!(handlers(), before);
        let one = Kernel::builder().signal_handlers(true).boot().unwrap();
        let ours = handlers();
        assert!(ours[0] != before[0] && ours[1] != before[1]);
        let two = Kernel::builder().signal_handlers(true).boot().unwrap();
        one.shutdown();
        assert_eq!(handlers(), ours);
        drop(two);
        assert_eq!(handlers(), before);
        // And come again with the next.
        let three = Kernel::builder().signal_handlers(true).boot().unwrap();
        assert_eq!(handlers(), ours);
        drop((three, without));
        assert_eq!(handlers(), before);
    });
}

#[test]
fn a_handler_that_was_put_on_top_stays() {
    child::run("a_handler_that_was_put_on_top_stays", || {
        extern "C" fn theirs(_: i32) {}
        let theirs = theirs as *const () as usize;
        let kernel = Kernel::builder().signal_handlers(true).boot().unwrap();
        // SAFETY: the handler does nothing.
        unsafe { libc::signal(libc::SIGSEGV, theirs) };
        drop(kernel);
        assert_eq!(handler(libc::SIGSEGV), theirs);
    });
}

#[test]
fn the_environment_turns_signal_handlers_off() {
    let test = "the_environment_turns_signal_handlers_off";
    child::run_prepared(
        test,
        |command| _ = command.env("KTHREAD_RT_SIGNAL_HANDLERS", "0"),
        || {
            let before = handlers();
            let kernel = Kernel::builder().boot().unwrap();
            assert_eq!(handlers(), before);
            drop(kernel);
        },
    );
}

#[test]
fn a_timers_thread_has_the_handlers_too() {
    child::run("a_timers_thread_has_the_handlers_too", || {
        let before = handlers();
        let kernel = Kernel::builder().signal_handlers(true).boot_on_demand().unwrap();
        let inside = kernel.enter();
        let called = std::sync::Arc::new(Completion::new());
        let timer = Timer::new({
            let called = called.clone();
            move |_| complete(&called)
        });
        mod_timer(&timer, jiffies());
        wait_for_completion(&called);
        assert_ne!(handlers(), before);
        drop(timer);
        drop(inside);
        drop(kernel);
        assert_eq!(handlers(), before);
    });
}

#[test]
fn without_handlers_an_overflow_ends_the_process_by_its_signal() {
    let output = child::output_of(
        "without_handlers_an_overflow_ends_the_process_by_its_signal",
        |_| (),
        || {
            fn dive(depth: u64) -> u64 {
                let frame = std::hint::black_box([depth; 64]);
                if depth == u64::MAX { 0 } else { dive(depth + 1) + frame[7] }
            }
            let kernel = Kernel::builder().stack_size(128 * 1024).signal_handlers(false).boot().unwrap();
            let _inside = kernel.enter();
            let task = kthread_run_started!(|()| dive(0) as i32, (), "deep-diver").unwrap();
            _ = kthread_stop(&task);
        },
    );
    if let Some(output) = output {
        assert_eq!(output.status.signal(), Some(libc::SIGSEGV), "{}", child::told(&output));
        assert!(!String::from_utf8_lossy(&output.stderr).contains("overflowed"), "{}", child::told(&output));
    }
}
