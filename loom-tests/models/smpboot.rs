//! Per-cpu threads (`smpboot/`).
//!
//! Registering finds a cpu up, and starts its thread, or down, and leaves that to the one who brings it up; a cpu that goes down
//! parks the threads that are registered. Whatever comes first, a thread that is registered runs if its cpu is online and is
//! parked if not, and none is left when it is unregistered.

use crate::harness::{Bound, Model, in_kernel, prepared, sleeper};
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "smpboot_register_against_cpu_up",
        claim: "a cpu that comes while threads are registered gets its thread once, and that runs",
        bound: Bound::Preemptions(1),
        outcomes: &["runs"],
        run: smpboot_register_against_cpu_up,
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
        claim: "a cpu that goes down while its thread is woken leaves it parked, and what it was woken for is done when the cpu is back",
        bound: Bound::Preemptions(1),
        outcomes: &["done after", "done before"],
        run: smpboot_cpu_down_against_wake,
    },
];

/// Threads that have nothing to do.
fn idle() -> SmpHotplugThread {
    SmpHotplugThread::new("percpu/%u", |_| false, |_| ())
}

/// A Kernel's two cpus, of which the second is down.
fn with_second_cpu_down<T>(f: impl FnOnce(&Kernel) -> T) -> T {
    in_kernel(|| {
        let kernel = Kernel::current();
        prepared(|| assert_eq!(kernel.cpu_down(1), Ok(())));
        f(&kernel)
    })
}

fn smpboot_register_against_cpu_up() -> String {
    with_second_cpu_down(|_| {
        let up = sleeper(|| add_cpu(1));
        let threads = smpboot_register_percpu_thread(idle()).expect("nothing refuses it");
        assert_eq!(up.join(), Ok(()));
        for cpu in 0..2 {
            let task = threads.task(cpu).expect("both are online");
            assert!(wait_task_inactive(&task, TASK_RUNNING));
            assert_eq!(task.state(), TASK_INTERRUPTIBLE);
        }
        prepared(|| smpboot_unregister_percpu_thread(threads));
        "runs".to_owned()
    })
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
    use kthread_rt::__private::model::loom::sync::Arc;
    use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
    in_kernel(|| {
        let (todo, done) = (Arc::new(AtomicU32::new(0)), Arc::new(Completion::new()));
        // One thread: that of the other cpu comes to its end on the way down.
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
        let waker = {
            let (task, todo) = (task.clone(), todo.clone());
            sleeper(move || {
                todo.store(1, Relaxed);
                wake_up_process(&task);
            })
        };
        assert_eq!(remove_cpu(1), Ok(()));
        assert_eq!((task.state(), task.on_rq()), (TASK_PARKED, false));
        waker.join();
        let before = completion_done(&done);
        assert_eq!(add_cpu(1), Ok(()));
        wait_for_completion(&done);
        prepared(|| smpboot_unregister_percpu_thread(threads));
        if before { "done before" } else { "done after" }.to_owned()
    })
}
