//! Per-cpu threads (`smpboot/`).
//!
//! A cpu that comes up gets the registered threads; one that goes down parks them. In every order,
//! a thread is parked while its cpu is down, handles its wake-up's work when the cpu is back, and
//! is gone after it is unregistered.

use crate::harness::{Bound, Model, in_kernel, prepared, sleeper};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use kthread_rt::prelude::*;
use std::sync::Arc as StdArc;
use std::sync::atomic::AtomicUsize;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "smpboot_unregister_against_cpu_up",
        claim: "a cpu that comes up while threads are unregistered gets a thread that is stopped, or none",
        bound: Bound::Preemptions(1),
        outcomes: &["made and stopped", "never made"],
        run: smpboot_unregister_against_cpu_up,
    },
    Model {
        name: "smpboot_unregister_against_cpu_down",
        claim: "a cpu that goes down while its threads are unregistered: both calls return, and no thread is left",
        bound: Bound::Preemptions(1),
        outcomes: &["gone"],
        run: smpboot_unregister_against_cpu_down,
    },
    Model {
        name: "smpboot_cpu_down_against_wake",
        claim: "a cpu that goes down while its thread is woken leaves it parked; the work of the wake-up is done at the latest when the cpu is back",
        bound: Bound::Preemptions(1),
        outcomes: &["done after", "done before"],
        run: smpboot_cpu_down_against_wake,
    },
];

/// Threads that have nothing to do.
fn idle() -> SmpHotplugThread {
    SmpHotplugThread::new("percpu/%u", |_| false, |_| ())
}

fn smpboot_unregister_against_cpu_up() -> String {
    let made = StdArc::new(AtomicUsize::new(0));
    in_kernel(|| {
        let threads = prepared(|| {
            assert_eq!(remove_cpu(1), Ok(()));
            let count = made.clone();
            let count = move |cpu| _ = count.fetch_add(cpu as usize, Relaxed);
            smpboot_register_percpu_thread(idle().create(count)).expect("nothing refuses it")
        });
        let up = sleeper(|| add_cpu(1));
        smpboot_unregister_percpu_thread(threads);
        assert_eq!(up.join(), Ok(()));
        assert!(cpu_online(1));
    });
    // `in_kernel` checks that it is stopped.
    if made.load(Relaxed) == 1 { "made and stopped" } else { "never made" }.to_owned()
}

fn smpboot_unregister_against_cpu_down() -> String {
    in_kernel(|| {
        let threads = prepared(|| smpboot_register_percpu_thread(idle()).expect("nothing refuses it"));
        let task = threads.task(1).expect("it is online");
        let down = sleeper(|| remove_cpu(1));
        smpboot_unregister_percpu_thread(threads);
        assert_eq!(down.join(), Ok(()));
        assert_eq!(task.exit_state(), EXIT_DEAD);
        assert!(!cpu_online(1));
        "gone".to_owned()
    })
}

fn smpboot_cpu_down_against_wake() -> String {
    in_kernel(|| {
        let (todo, done) = (Arc::new(AtomicU32::new(0)), Arc::new(Completion::new()));
        // One thread: the other cpu is down.
        let threads = prepared(|| {
            let (look, take, done) = (todo.clone(), todo.clone(), done.clone());
            let plug = SmpHotplugThread::new(
                "percpu/%u",
                move |cpu| cpu == 1 && look.load(Relaxed) == 1,
                move |_| {
                    take.store(0, Relaxed);
                    complete(&done);
                },
            );
            smpboot_register_percpu_thread(plug).expect("nothing refuses it")
        });
        let task = threads.task(1).expect("it is online");
        let down = sleeper(|| remove_cpu(1));
        todo.store(1, Relaxed);
        wake_up_process(&task);
        assert_eq!(down.join(), Ok(()));
        assert_eq!((task.state(), task.on_rq()), (TASK_PARKED, false));
        let before = completion_done(&done);
        assert_eq!(add_cpu(1), Ok(()));
        wait_for_completion(&done);
        prepared(|| smpboot_unregister_percpu_thread(threads));
        if before { "done before" } else { "done after" }.to_owned()
    })
}
