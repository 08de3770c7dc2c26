//! Scoped kthreads, and kthreads that have begun: no borrow outlives its scope, however a thread,
//! its creation or the scope's closure ends.

#![cfg(not(any(loom, shuttle)))]

mod witness;

use kthread_rt::diag::{Warning, WarningKind};
use kthread_rt::faults::{Fault, FaultPlan, When};
use kthread_rt::kthread::{Scope, scope};
use kthread_rt::prelude::*;
use kthread_rt::trace::EventKind;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use witness::Warnings;

/// Counts its end in the counter that it borrows, late: a scope that returns too early misses it.
struct Late<'a>(&'a AtomicU32);

impl Drop for Late<'_> {
    fn drop(&mut self) {
        msleep(1);
        self.0.fetch_add(1, SeqCst);
    }
}

fn runs_until_stopped() -> i32 {
    while !kthread_should_stop() {
        schedule_timeout_interruptible(HZ as i64);
    }
    9
}

/// A function that owns `late`, and is not to run.
fn never_runs(late: Late<'_>) -> impl FnOnce() -> i32 + Send {
    move || {
        let _late = late;
        panic!("it was not to run")
    }
}

fn text(panic: Box<dyn std::any::Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(other) => (*other.downcast::<&str>().expect("a text")).to_owned(),
    }
}

#[test]
fn what_is_left_of_a_scope_is_stopped_and_waited_for() {
    let gone = AtomicU32::new(0);
    let tasks = scope(|s| {
        let run = |late: Late<'_>| {
            let _late = &late;
            runs_until_stopped()
        };
        let mut tasks = Vec::new();
        for i in 0..5 {
            let late = Late(&gone);
            let thread = s.run(move || run(late), format!("left/{i}")).unwrap();
            tasks.push(thread.task().clone());
            // A handle that is forgotten changes nothing.
            mem::forget(thread);
        }
        tasks
    });
    assert_eq!(gone.load(SeqCst), 5);
    for task in tasks {
        assert_eq!(task.stop(), Ok(ExitStatus::Exited(9)));
    }
}

#[test]
fn a_function_that_never_runs_is_dropped_before_the_scope_ends() {
    let gone = AtomicU32::new(0);
    scope(|s| {
        let late = Late(&gone);
        s.create(never_runs(late), "never-woken").map(drop).unwrap();
        // Stopped by its handle, never having run.
        let late = Late(&gone);
        let stopped = s.create(never_runs(late), "stopped").unwrap();
        assert_eq!(stopped.stop(), Ok(ExitStatus::NeverRan));
        assert_eq!(gone.load(SeqCst), 1);
        // Another task finds the thread and stops it.
        let late = Late(&gone);
        let found = s.create(never_runs(late), "found").unwrap();
        let task = found.task().clone();
        std::thread::spawn(move || assert_eq!(task.stop(), Ok(ExitStatus::NeverRan)));
    });
    assert_eq!(gone.load(SeqCst), 3);
}

#[test]
fn a_panic_of_the_closure_comes_after_the_end_of_all_threads() {
    let gone = AtomicU32::new(0);
    let panic = catch_unwind(AssertUnwindSafe(|| {
        scope(|s| {
            let late = Late(&gone);
            s.run(
                move || {
                    let _late = late;
                    runs_until_stopped()
                },
                "left",
            )
            .map(drop)
            .unwrap();
            panic!("of the closure");
        })
    }));
    assert_eq!(gone.load(SeqCst), 1);
    assert_eq!(text(panic.unwrap_err()), "of the closure");
}

#[test]
fn a_panic_of_a_thread_is_the_scopes_unless_somebody_has_seen_it() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let gone = AtomicU32::new(0);
    let panics = |late: Late<'_>| -> i32 {
        let _late = late;
        panic!("of a thread")
    };
    let panic = catch_unwind(AssertUnwindSafe(|| {
        kernel.scope(|s| {
            let late = Late(&gone);
            s.run(move || panics(late), "panics").map(drop).unwrap();
        })
    }));
    assert_eq!(gone.load(SeqCst), 1);
    assert_eq!(text(panic.unwrap_err()), "a kthread of the scope panicked: of a thread");

    let seen = kernel.scope(|s| {
        let (one, two) = (Late(&gone), Late(&gone));
        let stopped = s.run(move || panics(one), "panics").unwrap().stop();
        (stopped, s.run(move || panics(two), "panics").unwrap().join())
    });
    assert_eq!(seen, (Ok(ExitStatus::Panicked), ExitStatus::Panicked));
    assert_eq!(gone.load(SeqCst), 3);
    assert!(warnings.take().iter().all(|w| w.kind == WarningKind::Oops));
}

#[test]
fn kthread_exit_is_no_panic() {
    let gone = AtomicU32::new(0);
    let status = scope(|s| {
        let late = Late(&gone);
        let leaves = move || {
            let _late = late;
            kthread_exit(5)
        };
        s.run(leaves, "leaves").unwrap().join()
    });
    assert_eq!((status, gone.load(SeqCst)), (ExitStatus::Exited(5), 1));
}

#[test]
fn a_creation_that_fails_drops_the_function_before_the_scope_ends() {
    for fault in [Fault::CreateFails(Errno::EAGAIN), Fault::CreatorKilled] {
        let plan = FaultPlan::new().with(fault, When::EveryNth(1));
        let (kernel, _) = Warnings::of(Kernel::builder().faults(plan));
        let gone = AtomicU32::new(0);
        let refused = kernel.scope(|s| {
            let late = Late(&gone);
            s.run(never_runs(late), "refused").map(drop)
        });
        assert!(refused.is_err());
        assert_eq!(gone.load(SeqCst), 1);
    }
}

#[test]
fn threads_of_a_scope_make_others_and_are_all_waited_for() {
    fn tree<'scope>(s: &'scope Scope<'scope, '_>, gone: &'scope AtomicU32, depth: u32) -> i32 {
        let _late = Late(gone);
        if depth > 0 {
            for _ in 0..2 {
                s.run(move || tree(s, gone, depth - 1), "branch").map(drop).unwrap();
            }
        }
        runs_until_stopped()
    }
    let gone = AtomicU32::new(0);
    scope(|s| {
        s.run(|| tree(s, &gone, 3), "root").map(drop).unwrap();
    });
    assert_eq!(gone.load(SeqCst) % 2, 1); // the root, and two of each
    assert!(gone.load(SeqCst) >= 3);
}

#[test]
fn threads_borrow_mutably_and_their_writes_are_seen() {
    let mut values = vec![0_u64; 64];
    scope(|s| {
        for (i, part) in values.chunks_mut(8).enumerate() {
            let fill = move || {
                part.iter_mut().for_each(|value| *value = i as u64 + 1);
                0
            };
            s.run(fill, "fill").map(drop).unwrap();
        }
    });
    assert_eq!(values.iter().sum::<u64>(), 8 * (1..=8).sum::<u64>());
}

#[test]
fn a_shut_down_kernel_refuses_and_the_scope_ends() {
    let kernel = Kernel::builder().boot().unwrap();
    let gone = AtomicU32::new(0);
    let refused = kernel.scope(|s| {
        let (early, late) = (Late(&gone), Late(&gone));
        let run = move || {
            let _early = early;
            runs_until_stopped()
        };
        s.run(run, "early").map(drop).unwrap();
        assert_eq!(kernel.shutdown().alive.len(), 1);
        s.run(never_runs(late), "late").map(drop).err()
    });
    assert_eq!((refused, gone.load(SeqCst)), (Some(Errno::ESHUTDOWN), 2));
}

#[test]
fn a_scope_in_a_kthread_that_exits_ends_first() {
    let gone = Arc::new(AtomicU32::new(0));
    let task = kthread_run_started!(
        |gone: Arc<AtomicU32>| -> i32 {
            scope(|s| {
                let late = Late(&gone);
                let run = move || {
                    let _late = late;
                    runs_until_stopped()
                };
                s.run(run, "inner").map(drop).unwrap();
                kthread_exit(3)
            })
        },
        gone.clone(),
        "outer"
    )
    .unwrap();
    assert_eq!((kthread_stop(&task), gone.load(SeqCst)), (3, 1));
}

#[test]
fn a_thousand_threads_that_end_leave_no_records() {
    let count = AtomicU32::new(0);
    scope(|s| {
        for _ in 0..1000 {
            let thread = s.run(|| count.fetch_add(1, SeqCst) as i32, "short").unwrap();
            assert!(matches!(thread.join(), ExitStatus::Exited(_)));
        }
    });
    assert_eq!(count.into_inner(), 1000);
}

#[test]
fn a_stop_right_after_run_started_never_skips_the_function() {
    for i in 0..500 {
        let task = kthread_run_started!(|i| i, i, "started/%d", i).unwrap();
        assert_eq!(kthread_stop(&task), i);
    }
}

#[test]
fn run_started_returns_if_the_thread_is_stopped_first() {
    // kthreadd's answer comes before the wake-up, and there somebody finds the thread.
    let (tell, told) = mpsc::channel();
    let kernel = Kernel::builder()
        .on_event(move |event| {
            if let EventKind::SpareTaken { child } | EventKind::CreateDone { child } = &event.kind {
                _ = tell.send(child.pid);
            }
        })
        .boot()
        .unwrap();
    let _inside = kernel.enter();
    let stopper = std::thread::spawn({
        let kernel = kernel.clone();
        move || {
            let _inside = kernel.enter();
            let pid = told.recv().expect("a thread is made");
            find_task_by_pid(pid).map(|task| kthread_stop(&task))
        }
    });
    let task = kthread_run_started!(|()| 7, (), "found").unwrap();
    let stopped = stopper.join().unwrap();
    // The function has returned in either order, and the result is one of the two.
    assert!([Some(7), Some(-4), None].contains(&stopped), "{stopped:?}");
    assert!([7, -4].contains(&kthread_stop(&task)));
}

/// A thread whose function is over has yet to end: the scope waits for that, too, so that a
/// shutdown right after it finds none.
#[test]
fn no_thread_of_a_scope_is_alive_after_it() {
    for _ in 0..200 {
        let kernel = Kernel::builder().boot().unwrap();
        let sum = AtomicU32::new(0);
        kernel.scope(|s| {
            for n in 0..3 {
                s.run(|| sum.fetch_add(1, SeqCst) as i32, format!("short/{n}")).unwrap();
            }
        });
        assert_eq!((sum.into_inner(), kernel.shutdown().alive.len()), (3, 0));
    }
}

#[test]
fn the_oops_of_a_scope_s_thread_names_the_line_that_made_it() {
    let (tell, told) = mpsc::channel();
    let tell = std::sync::Mutex::new(tell);
    let handler = move |warning: &Warning<'_>| {
        tell.lock().unwrap().send((warning.kind, warning.place.file(), warning.place.line())).unwrap();
    };
    let kernel = Kernel::builder().on_warning(handler).boot().unwrap();
    let lines = kernel.scope(|s| {
        let run = s.run(|| panic!("at once"), "runs").unwrap();
        let line = line!() - 1;
        let created = s.create(|| panic!("later"), "created").unwrap();
        wake_up_process(created.task());
        _ = (run.join(), created.join());
        [line, line + 2]
    });
    kernel.shutdown();
    let mut told: Vec<_> = told.try_iter().collect();
    told.sort_by_key(|told| told.2);
    assert_eq!(told, lines.map(|line| (WarningKind::Oops, file!(), line)));
}
