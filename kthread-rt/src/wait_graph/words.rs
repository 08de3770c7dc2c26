//! Describes waits: what a task waits for, where, since when, and which task must end the wait.

use super::circle::name;
use super::edge::{Edge, Edges, How};
use crate::sync::Ordering;
use crate::task::{Begun, KernelState, Noted, TaskStruct, WaitKind};
use crate::workqueue::RunsWork;
use std::panic::Location;

/// Returns `place` as text; `None` if it is in the C side's own code, which users don't debug.
pub(crate) fn place_of(kernel_state: &KernelState, place: &Location<'_>) -> Option<String> {
    (!kernel_state.is_place_of_c_side(place)).then(|| place.to_string())
}

/// Returns the place of the call in which `task` waits.
pub(crate) fn place_of_wait(kernel_state: &KernelState, task: &TaskStruct, noted: &Noted) -> String {
    if let Some(place) = place_of(kernel_state, noted.on.place) {
        return place;
    }
    let note = task.wait_note();
    let address = match noted.on.kind {
        WaitKind::SpinLock | WaitKind::RwLock => task.spins_at_in_c(),
        _ => note.place_of(noted.serial),
    };
    let found = kernel_state.name_in_c(address);
    // SAFETY: C code is unmapped only after the tasks that ran it have ended.
    let noted_by_macro = || unsafe { task.place_in_c() }.map(|place| place.to_string());
    found.or_else(noted_by_macro).unwrap_or_else(|| "a place in C that is not known".into())
}

/// ` since 1.5 s`; empty if the time is short or not known.
pub(crate) fn since(kernel_state: &KernelState, task: &TaskStruct) -> String {
    match slept_for(kernel_state, task) {
        Some(ns) if ns >= 100_000_000 => format!(" since {:.1} s", ns as f64 / 1e9),
        _ => String::new(),
    }
}

/// Returns how long `task` has slept, in nanoseconds, if that is known.
pub(crate) fn slept_for(kernel_state: &KernelState, task: &TaskStruct) -> Option<u64> {
    let slept = task.wait_note().slept_ns.load(Ordering::Relaxed);
    (slept != 0 && !task.on_rq()).then(|| kernel_state.clock.now_ns().saturating_sub(slept))
}

/// Describes what the task of a wait waits for.
pub(crate) fn thing(kernel_state: &KernelState, noted: &Noted, edges: &Edges) -> String {
    let address = noted.on.address;
    let object = |what: &str| match (address, kernel_state.name_of_object(address)) {
        (0, _) => what.to_owned(),
        (_, Some(variable)) => format!("{what} {variable} ({address:#x})"),
        (_, None) => format!("{what} {address:#x}"),
    };
    match noted.on.kind {
        WaitKind::Stop => "the end of a thread".into(),
        WaitKind::Park => "the parking of a thread".into(),
        WaitKind::Inactive => "the sleep of a thread".into(),
        WaitKind::Schedule => "a wake-up".into(),
        WaitKind::FirstWake => "its first wake-up".into(),
        WaitKind::Sleep => "time to pass".into(),
        WaitKind::Parked => "kthread_unpark()".into(),
        WaitKind::Create => "a new thread".into(),
        WaitKind::Frozen => "the thaw".into(),
        WaitKind::Freeze => "tasks to freeze".into(),
        WaitKind::Idle => "nothing: it is idle".into(),
        WaitKind::Rcu => "the readers of RCU".into(),
        WaitKind::Srcu => object("the readers of srcu_struct"),
        WaitKind::RcuBarrier => "the callbacks of call_rcu()".into(),
        WaitKind::Work => match &edges.work {
            Some(work) => format!("the {}", work_in_words(kernel_state, work)),
            None if noted.by != 0 => object("the works of kthread_worker, or its work"),
            None => object("work"),
        },
        WaitKind::Workqueue => match &edges.queue {
            Some(queue) => format!("all works of workqueue {queue:?}"),
            None => "all works of a workqueue".into(),
        },
        WaitKind::Helper => format!("usermode helper {address}"),
        WaitKind::Completion => object("completion"),
        WaitKind::WaitQueue => object("wait queue"),
        WaitKind::Bit => object("a bit or variable at"),
        WaitKind::Timer => object("the callback of timer"),
        WaitKind::Softirq => object("the function of tasklet or irq_work"),
        WaitKind::Mutex => object("mutex"),
        WaitKind::RtMutex => object("rt_mutex"),
        WaitKind::WwMutex => object("ww_mutex"),
        WaitKind::Semaphore => object("semaphore"),
        WaitKind::RwSem => object("rw_semaphore"),
        WaitKind::PercpuRwSem => object("percpu_rw_semaphore"),
        WaitKind::SpinLock => object("spinlock"),
        WaitKind::RwLock => object("rwlock"),
    }
}

/// `work flush_fn (0x…) of workqueue "events"`.
pub(crate) fn work_in_words(kernel_state: &KernelState, work: &RunsWork) -> String {
    let function = match kernel_state.name_of_object(work.function) {
        Some(function) => format!("{function}()"),
        None => format!("{:#x}", work.function),
    };
    format!("work {function} of workqueue {:?}", work.queue)
}

/// Says which task must end a wait, and how.
pub(crate) fn how(kernel_state: &KernelState, edge: &Edge) -> String {
    let who = name(&edge.to);
    match &edge.how {
        How::Holds(lock) => {
            let place =
                kernel_state.name_in_c(lock.address_in_c).or_else(|| place_of(kernel_state, lock.place));
            let since = place.map(|place| format!(" since {place}")).unwrap_or_default();
            format!("which {who} holds{}{since}", if lock.shared { " for reading" } else { "" })
        }
        How::Runs(work) => format!("and {who} runs {}", work_in_words(kernel_state, work)),
        How::Completes => format!("which {who} is to complete"),
        How::Serves => format!("which {who} is to run"),
        How::Ends => format!("which is {who}"),
        How::Parks => format!("which is {who}"),
        How::Sleeps => format!("which is {who}"),
        How::Creates => format!("which {who} creates"),
        How::CallsBack => format!("which {who} runs"),
        How::Reads => {
            let began = edge.to.sections().and_then(|notes| notes.begin_of(Begun::Rcu));
            let at = began.map(|place| format!(" that began at {}", kernel_state.name_place(place)));
            format!("and {who} is in a section of rcu_read_lock(){}", at.unwrap_or_default())
        }
    }
}
