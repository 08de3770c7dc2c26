//! The lives of per-cpu threads (`smpboot/mod.rs`).
//!
//! A registration makes a bound, parked thread for each online cpu and then starts it, or leaves
//! nothing behind. A cpu that comes and goes finds exactly the kinds that are registered at that
//! moment. A self-parking kind is left to its owner.

use crate::harness::{Bound, Model, in_kernel, prepared};
use kthread_rt::__private::model as backend;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::prelude::*;
use std::sync::{Arc as StdArc, Mutex};

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "smpboot_callbacks",
        claim: "each callback of a thread comes once for each turn of its cpu, in order",
        bound: Bound::Preemptions(1),
        outcomes: &["create 1 setup 1 park 1 unpark 1 cleanup 1"],
        run: smpboot_callbacks,
    },
    Model {
        name: "smpboot_selfparking",
        claim: "a self-parking thread begins parked, and stays so until its owner unparks it",
        bound: Bound::Preemptions(1),
        outcomes: &["create 1 setup 1 create 0 cleanup 1"],
        run: smpboot_selfparking,
    },
    Model {
        name: "smpboot_refused",
        claim: "if the system refuses one of the threads, the registration fails and leaves none",
        bound: Bound::Preemptions(1),
        outcomes: &["EAGAIN"],
        run: smpboot_refused,
    },
];

/// What callbacks note. std's lock, which is never held across a step of the model.
type Notes = StdArc<Mutex<Vec<String>>>;

/// A callback that notes its name and the cpu.
fn note(notes: &Notes, name: &'static str) -> impl Fn(u32) + Send + Sync + use<> {
    let notes = notes.clone();
    move |cpu| notes.lock().expect("nobody panics").push(format!("{name} {cpu}"))
}

fn noted(notes: &Notes) -> String {
    notes.lock().expect("nobody panics").join(" ")
}

fn state(threads: &PercpuThreads, cpu: u32) -> Option<TaskState> {
    threads.task(cpu).map(|task| {
        assert!(wait_task_inactive(&task, TASK_RUNNING), "it has ended");
        task.state()
    })
}

fn idle() -> SmpHotplugThread {
    SmpHotplugThread::new("percpu/%u", |_| false, |_| ())
}

/// Checks the threads of two cpus, then unregisters them.
fn both_run(threads: PercpuThreads) {
    for cpu in 0..2 {
        let task = threads.task(cpu).expect("the cpu is online");
        assert_eq!(task.comm(), format!("percpu/{cpu}"));
        assert!(kthread_is_per_cpu(&task) && task.flags().contains(PF_NO_SETAFFINITY));
        assert_eq!(task.cpus_allowed(), CpuMask::of(cpu));
        assert_eq!(state(&threads, cpu), Some(TASK_INTERRUPTIBLE), "cpu {cpu}");
    }
    smpboot_unregister_percpu_thread(threads);
    // What is unregistered does not come back.
    assert_eq!(remove_cpu(1), Ok(()));
    assert_eq!(add_cpu(1), Ok(()));
    assert!(Kernel::current().tasks().iter().all(|task| !task.comm().starts_with("percpu")));
}

fn smpboot_callbacks() -> String {
    let notes = Notes::default();
    in_kernel(|| {
        let (registered, cleaned) = (Arc::new(Completion::new()), notes.clone());
        prepared(|| assert_eq!(remove_cpu(1), Ok(())));
        let began = registered.clone();
        let only_1 = |name| {
            let note = note(&notes, name);
            move |cpu| {
                if cpu == 1 {
                    note(cpu);
                }
            }
        };
        let setup = only_1("setup");
        let plug = idle()
            .create(only_1("create"))
            .setup(move |cpu| {
                setup(cpu);
                complete(&began);
            })
            .park(only_1("park"))
            .unpark(only_1("unpark"))
            .cleanup(move |cpu, online| {
                if cpu == 1 {
                    assert!(online, "its cpu is up");
                    cleaned.lock().expect("nobody panics").push(format!("cleanup {cpu}"));
                }
            });
        let threads = smpboot_register_percpu_thread(plug).expect("nothing refuses it");
        assert_eq!(noted(&notes), "", "its cpu is down");
        wait_for_completion(&registered);
        prepared(|| assert_eq!(add_cpu(1), Ok(())));
        wait_for_completion(&registered);
        assert_eq!(remove_cpu(1), Ok(()));
        assert_eq!(state(&threads, 1), Some(TASK_PARKED));
        assert_eq!(noted(&notes), "create 1 setup 1 park 1");
        let task = threads.task(1);
        prepared(|| {
            assert_eq!(add_cpu(1), Ok(()));
            assert_eq!(threads.task(1), task, "another thread was made");
            both_run(threads);
        });
    });
    noted(&notes)
}

fn smpboot_selfparking() -> String {
    let notes = Notes::default();
    in_kernel(|| {
        prepared(|| assert_eq!(remove_cpu(0), Ok(())));
        let cleanup = note(&notes, "cleanup");
        let plug = idle().create(note(&notes, "create")).setup(note(&notes, "setup"));
        let plug = plug.cleanup(move |cpu, _| cleanup(cpu)).selfparking();
        let threads = smpboot_register_percpu_thread(plug).expect("nothing refuses it");
        assert_eq!(state(&threads, 1), Some(TASK_PARKED));
        assert_eq!(noted(&notes), "create 1");
        let task = threads.task(1).expect("it is online");
        kthread_unpark(&task);
        assert_eq!(state(&threads, 1), Some(TASK_INTERRUPTIBLE));
        prepared(|| {
            assert_eq!(add_cpu(0), Ok(()));
            assert_eq!(state(&threads, 0), Some(TASK_PARKED));
            assert_eq!(remove_cpu(1), Ok(()));
            assert_eq!(state(&threads, 1), Some(TASK_INTERRUPTIBLE), "it was parked");
            assert_eq!(add_cpu(1), Ok(()));
        });
        smpboot_unregister_percpu_thread(threads);
    });
    noted(&notes)
}

fn smpboot_refused() -> String {
    in_kernel(|| {
        backend::refuse_threads(1, 1);
        let errno = smpboot_register_percpu_thread(idle()).expect_err("a thread is refused");
        assert!(Kernel::current().tasks().iter().all(|task| !task.comm().starts_with("percpu")));
        prepared(|| {
            assert_eq!(remove_cpu(1), Ok(()));
            assert_eq!(add_cpu(1), Ok(()));
        });
        assert!(Kernel::current().tasks().iter().all(|task| !task.comm().starts_with("percpu")));
        format!("{errno:?}")
    })
}
