//! Waiters that are known to sleep, and a log of what happened in which order.

use kthread_rt::prelude::*;
use std::ops::Deref;
use std::sync::{Arc, Mutex};

/// What happened, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Book(Arc<Mutex<Vec<String>>>);

impl Book {
    pub(crate) fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    pub(crate) fn read(&self) -> String {
        self.0.lock().unwrap().join(" ")
    }
}

/// A kthread, and whether its function is over.
#[derive(Clone)]
pub(crate) struct Running {
    task: Task,
    over: Arc<Completion>,
}

impl Deref for Running {
    type Target = Task;

    fn deref(&self) -> &Task {
        &self.task
    }
}

/// Completes a completion when it is dropped, also on a panic.
struct Over(Arc<Completion>);

impl Drop for Over {
    fn drop(&mut self) {
        complete_all(&self.0);
    }
}

/// A kthread that runs `f`.
#[track_caller]
pub(crate) fn run(name: &str, f: impl FnOnce() -> i32 + Send + 'static) -> Running {
    let over = Arc::new(Completion::new());
    let at_end = Over(over.clone());
    let body = move || {
        let _at_end = at_end;
        f()
    };
    let task = kthread_create(|body| body(), body, name).expect("a kthread");
    assert!(wake_up_process(&task));
    Running { task, over }
}

/// Starts a kthread that runs `f`, and waits until it sleeps in it, in `state`.
#[track_caller]
pub(crate) fn waiting(name: &str, state: TaskState, f: impl FnOnce() -> i32 + Send + 'static) -> Running {
    let running = run(name, f);
    // First waits for a sleep in any state: it may not have begun yet.
    assert!(wait_task_inactive(&running, TASK_RUNNING));
    assert_eq!(running.state(), state, "{name} waits in this state");
    running
}

/// Starts a kthread, and waits until it has taken `lock`; it does `then` once the completion is
/// completed.
#[track_caller]
pub(crate) fn holder<P, L>(
    lock: &P,
    take: fn(&L),
    then: impl FnOnce(&L) -> i32 + Send + 'static,
) -> (Running, Arc<Completion>)
where
    P: Deref<Target = L> + Clone + Send + 'static,
    L: 'static,
{
    let (has, go) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
    let holder = run("holder", {
        let (lock, has, go) = (lock.clone(), has.clone(), go.clone());
        move || {
            take(&lock);
            complete(&has);
            wait_for_completion(&go);
            then(&lock)
        }
    });
    wait_for_completion(&has);
    (holder, go)
}

/// Starts a kthread that has allowed SIGTERM and SIGKILL and waits with `take` for a lock that
/// another task holds.
#[track_caller]
pub(crate) fn signalled<L: Send + Sync + 'static>(
    state: TaskState,
    take: fn(&L) -> Result<(), Errno>,
    lock: &Arc<L>,
) -> Running {
    let lock = lock.clone();
    waiting("signalled", state, move || {
        allow_signal(SIGTERM).unwrap();
        allow_signal(SIGKILL).unwrap();
        int(take(&lock))
    })
}

/// Waits until the function is over, and returns its result.
#[track_caller]
pub(crate) fn end_of(running: &Running) -> i32 {
    wait_for_completion(&running.over);
    kthread_stop(&running.task)
}

/// A result as the kernel returns it.
pub(crate) fn int(result: Result<(), Errno>) -> i32 {
    kthread_rt::errno::to_return(result)
}
