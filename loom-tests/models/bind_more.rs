//! The other calls of `kthread/bind.rs`: masks, preferred cpus, per-cpu threads.
//!
//! Each binds a thread before its first wake-up or says that it came too late; and none touches a
//! thread, or a cpu, that is not there. A per-cpu thread is bound again when it is unparked.

use crate::harness::{Bound, Model, actor, created, in_kernel, never, prepared, warnings};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "bind_mask_against_wake",
        claim: "a thread that is bound to a mask while it is woken is bound to its online cpus, or a warning says that it has started",
        bound: Bound::Preemptions(1),
        outcomes: &["bound", "too late"],
        run: bind_mask_against_wake,
    },
    Model {
        name: "bind_preferred_against_wake",
        claim: "a thread that gets preferred cpus while it is woken has them, or the call fails, also if it sleeps again",
        bound: Bound::Preemptions(1),
        outcomes: &["Err(EINVAL)", "Ok(())"],
        run: bind_preferred_against_wake,
    },
    Model {
        name: "bind_refused",
        claim: "no call binds a task that is no kthread, or to a cpu that is not online",
        bound: Bound::Preemptions(1),
        outcomes: &["refused"],
        run: bind_refused,
    },
    Model {
        name: "bind_again_when_unparked",
        claim: "a per-cpu thread is bound to its cpu again when it is unparked, an ordinary one stays where it is",
        bound: Bound::Preemptions(1),
        outcomes: &["bound again"],
        run: bind_again_when_unparked,
    },
];

fn both() -> CpuMask {
    CpuMask::first(2)
}

fn bind_mask_against_wake() -> String {
    in_kernel(|| {
        let task = created(|()| 0, ());
        let waker = actor({
            let task = task.clone();
            move || wake_up_process(&task)
        });
        kthread_bind_mask(&task, &CpuMask::parse_list("1,7").expect("it is a list"));
        let bound = task.flags().contains(PF_NO_SETAFFINITY);
        assert_eq!(warnings(), if bound { vec![] } else { vec![WarningKind::BindAfterStart] });
        assert_eq!(task.cpus_allowed(), if bound { CpuMask::of(1) } else { both() });
        assert!(waker.join());
        _ = kthread_stop(&task);
        if bound { "bound" } else { "too late" }.to_owned()
    })
}

fn bind_preferred_against_wake() -> String {
    in_kernel(|| {
        let function = |()| {
            set_current_state(TASK_UNINTERRUPTIBLE);
            if !kthread_should_stop() {
                schedule();
            }
            set_current_state(TASK_RUNNING);
            0
        };
        let task = created(function, ());
        let waker = actor({
            let task = task.clone();
            move || wake_up_process(&task)
        });
        let result = kthread_affine_preferred(&task, &CpuMask::of(1));
        assert_eq!(warnings(), if result.is_ok() { vec![] } else { vec![WarningKind::BindAfterStart] });
        assert_eq!(task.cpus_allowed(), if result.is_ok() { CpuMask::of(1) } else { both() });
        assert!(!task.flags().contains(PF_NO_SETAFFINITY));
        waker.join();
        _ = kthread_stop(&task);
        format!("{result:?}")
    })
}

fn bind_refused() -> String {
    in_kernel(|| {
        let bad = |count: usize| assert_eq!(warnings().len(), count, "warnings");
        let (me, task) = (current(), created(never, ()));
        kthread_bind(&me, 0);
        bad(1);
        kthread_bind_mask(&me, &CpuMask::of(0));
        bad(1);
        assert_eq!(kthread_affine_preferred(&me, &CpuMask::of(0)), Err(Errno::EINVAL));
        bad(1);
        kthread_set_per_cpu(&me, 0);
        bad(1);
        assert!(!kthread_is_per_cpu(&me));
        assert_eq!(me.cpus_allowed(), both());
        for cpu in [CpuMask::of(7), CpuMask::empty()] {
            kthread_bind_mask(&task, &cpu);
            bad(1);
            assert_eq!(kthread_affine_preferred(&task, &cpu), Err(Errno::EINVAL));
            bad(1);
        }
        kthread_bind(&task, 7);
        bad(1);
        assert_eq!(task.cpus_allowed(), both());
        assert!(!task.flags().contains(PF_NO_SETAFFINITY));
        // Not bound, and then not online.
        kthread_set_per_cpu(&task, 0);
        bad(1);
        kthread_bind(&task, 0);
        kthread_set_per_cpu(&task, -1);
        assert!(!kthread_is_per_cpu(&task));
        bad(0);
        kthread_set_per_cpu(&task, 7);
        bad(1);
        assert!(!kthread_is_per_cpu(&task));
        assert!(kthread_create_on_cpu(never, (), 7, "nowhere").is_err());
        bad(1);
        assert_eq!(kthread_stop(&task), -4);
        "refused".to_owned()
    })
}

fn bind_again_when_unparked() -> String {
    in_kernel(|| {
        let function = |()| {
            assert_eq!(current().state(), TASK_RUNNING, "it has not left its sleep");
            0
        };
        let on_1 = || kthread_create_on_cpu(function, (), 1, "percpu/%u").expect("it is online");
        // Parks the thread, moves it, and unparks it; returns where it is then.
        let parked = |task: Task| {
            prepared(|| {
                assert_eq!(kthread_park(&task), Ok(()));
                set_cpus_allowed_ptr(&task, &both()).expect("they are online");
            });
            kthread_unpark(&task);
            let cpus = task.cpus_allowed();
            prepared(|| _ = kthread_stop(&task));
            cpus
        };
        let task = prepared(on_1);
        assert_eq!(task.cpus_allowed(), CpuMask::of(1));
        assert_eq!(parked(task), both(), "it is no per-cpu thread yet");
        let task = prepared(on_1);
        kthread_set_per_cpu(&task, 1);
        assert!(kthread_is_per_cpu(&task));
        prepared(|| set_cpus_allowed_ptr(&task, &both()).expect("they are online"));
        kthread_unpark(&task);
        assert_eq!(task.cpus_allowed(), both(), "nobody has parked it");
        assert_eq!(parked(task), CpuMask::of(1), "it was not bound again");
        let task = created(|()| 0, ());
        prepared(|| kthread_bind(&task, 0));
        kthread_set_per_cpu(&task, 1);
        assert_eq!(parked(task), CpuMask::of(1), "it was bound to another cpu");
        "bound again".to_owned()
    })
}
