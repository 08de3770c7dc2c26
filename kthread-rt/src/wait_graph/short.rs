//! Describes a task's wait in one cell of the task table.

use super::edge::{Edges, How, edges};
use super::words::{place_of_wait, work_in_words};
use crate::sync::Arc;
use crate::task::{KernelState, Noted, Task, WaitKind};

/// Describes what `task` waits for; `None` if it does not wait. `all` are the Kernel's tasks.
pub(crate) fn waits_for(kernel_state: &Arc<KernelState>, all: &[Task], task: &Task) -> Option<String> {
    let Some(noted) = task.wait_note().snapshot() else {
        return (task.state_letter() != 'R').then(|| "a wake-up".to_owned());
    };
    if noted.on.kind == WaitKind::Idle {
        return Some("nothing: it is idle".into());
    }
    let edges = edges(all, task, &noted);
    let mut text = thing(kernel_state, &noted, &edges);
    // In a process with C code, a place in Rust is in the runtime itself, so it is left out.
    if !kernel_state.has_c() || kernel_state.is_place_of_c_side(noted.on.place) {
        text.push_str(&format!(", at {}", place_of_wait(kernel_state, task, &noted)));
    }
    for edge in &edges.to {
        let who = bracketed(&edge.to);
        text.push_str(&match &edge.how {
            How::Holds(_) => format!(", held by {who}"),
            How::Completes => format!(", due from {who}"),
            How::Runs(work) => format!(", and {who} runs {}", work_in_words(kernel_state, work)),
            How::Serves | How::CallsBack => format!(", run by {who}"),
            How::Reads => format!(", and {who} is in rcu_read_lock()"),
            How::Ends | How::Parks | How::Sleeps | How::Creates => continue,
        });
    }
    Some(text)
}

/// `comm[pid]`.
fn bracketed(task: &Task) -> String {
    format!("{}[{}]", task.full_name(), task.pid())
}

fn thing(kernel_state: &KernelState, noted: &Noted, edges: &Edges) -> String {
    let (call, address) = (noted.on.call, noted.on.address);
    let of = |what: &str| match edges.to.first() {
        Some(edge) => format!("{what} {}", bracketed(&edge.to)),
        None => format!("{what} a task that is gone"),
    };
    let object = |what: &str| match (address, kernel_state.name_of_object(address)) {
        (0, _) => what.to_owned(),
        (_, Some(variable)) => format!("{what} {variable} ({address:#x})"),
        (_, None) => format!("{what} {address:#x}"),
    };
    match noted.on.kind {
        WaitKind::Stop => of(&format!("{call}: the end of")),
        WaitKind::Park => of(&format!("{call}: the parking of")),
        WaitKind::Inactive => of(&format!("{call}: the sleep of")),
        WaitKind::Schedule => format!("{call}: a wake-up"),
        WaitKind::FirstWake => "its first wake-up".into(),
        WaitKind::Sleep => format!("{call}: time"),
        WaitKind::Parked => "kthread_unpark".into(),
        WaitKind::Create => "kthreadd, for a new thread".into(),
        WaitKind::Frozen => "the thaw".into(),
        WaitKind::Freeze => format!("{call}: tasks to freeze"),
        WaitKind::Idle => "nothing: it is idle".into(),
        WaitKind::Rcu => format!("{call}: the readers"),
        WaitKind::RcuBarrier => format!("{call}: the callbacks"),
        WaitKind::Srcu => object(&format!("{call}: the readers of srcu_struct")),
        WaitKind::Workqueue => match &edges.queue {
            Some(queue) => format!("{call}: the works of workqueue {queue:?}"),
            None => format!("{call}: the works of a workqueue"),
        },
        WaitKind::Work => match &edges.work {
            Some(work) => format!("{call}: {}", work_in_words(kernel_state, work)),
            None => object(&format!("{call}: work")),
        },
        WaitKind::Bit => object(&format!("{call}: a bit or variable at")),
        WaitKind::Helper => format!("usermode helper {address}"),
        WaitKind::Completion => object("completion"),
        WaitKind::WaitQueue => object(&format!("{call}: wait queue")),
        WaitKind::Mutex => object("mutex"),
        WaitKind::RtMutex => object("rt_mutex"),
        WaitKind::WwMutex => object("ww_mutex"),
        WaitKind::Semaphore => object("semaphore"),
        WaitKind::RwSem => object("rwsem"),
        WaitKind::PercpuRwSem => object("percpu_rwsem"),
        WaitKind::Timer => object("timer"),
        WaitKind::SpinLock => object("spins for spinlock"),
        WaitKind::RwLock => object("spins for rwlock"),
        WaitKind::Softirq => object("tasklet or irq_work"),
    }
}
