//! Binding new threads (`kthread/bind.rs`).
//!
//! A thread is bound while it sleeps for the first time, or not at all: if a bind races with the
//! first wake-up, either the thread is bound or a warning says that the bind came too late.

use crate::harness::{Bound, Model, actor, created, in_kernel, warnings};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[Model {
    name: "bind_against_wake",
    claim: "if a bind races with the first wake-up, the thread is bound, or a warning says that it has started",
    bound: Bound::Preemptions(2),
    outcomes: &["bound", "too late"],
    run: bind_against_wake,
}];

fn bind_against_wake() -> String {
    in_kernel(|| {
        let task = created(|()| 0, ());
        let waker = actor({
            let task = task.clone();
            move || wake_up_process(&task)
        });
        kthread_bind(&task, 0);
        let bound = task.flags().contains(PF_NO_SETAFFINITY);
        assert_eq!(warnings(), if bound { vec![] } else { vec![WarningKind::BindAfterStart] });
        assert!(waker.join());
        _ = kthread_stop(&task);
        if bound { "bound" } else { "too late" }.to_owned()
    })
}
