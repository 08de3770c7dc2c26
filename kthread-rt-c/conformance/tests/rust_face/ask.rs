//! What the cases have in common: answers, hand-shakes, and threads that wait for something. It is
//! what `questions/ask.h` is to C.

use crate::int::Int;
use conformance::answers::Line;

// What every case needs.
pub(crate) use crate::int::int;
pub(crate) use kthread_rt::prelude::*;
pub(crate) use std::sync::Arc;
pub(crate) use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};

/// The cases of a subject: their names, and what asks.
pub(crate) type Cases = &'static [(&'static str, fn())];

/// What is being asked, and what was answered.
static NOW: Mutex<(String, Vec<Line>)> = Mutex::new((String::new(), Vec::new()));

/// Asks one case in a Kernel of its own, and returns what it answered. Whatever the case has begun
/// is over then.
pub(crate) fn ask(subject: &str, case: &str, ask: fn()) -> Vec<Line> {
    NOW.lock().unwrap_or_else(PoisonError::into_inner).0 = case.to_owned();
    // A case may do what a kernel warns of.
    let kernel = Kernel::builder().on_warning(|_| {}).boot().expect("a Kernel boots");
    let inside = kernel.enter();
    ask();
    // Deferred calls, and those after a grace period, are work items: when a wait for one returns,
    // its worker may still be about to leave it.
    flush_workqueue(&system_unbound_wq());
    let report = kernel.shutdown();
    assert!(report.alive.is_empty(), "{subject}.{case} left something behind: {report:?}");
    drop(inside);
    std::mem::take(&mut NOW.lock().unwrap_or_else(PoisonError::into_inner).1)
}

/// One line of the answer. Any thread of the case may give it.
pub(crate) fn tell(text: String) {
    let mut now = NOW.lock().unwrap_or_else(PoisonError::into_inner);
    let case = now.0.clone();
    now.1.push(Line { case, text });
}

/// The case that is being asked.
pub(crate) fn case() -> String {
    NOW.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
}

macro_rules! answer {
    ($($text:tt)*) => { $crate::ask::tell(format!($($text)*)) };
}
pub(crate) use answer;

/// The list of a file's cases, on a line of its own.
macro_rules! cases {
    ($($case:ident),+ $(,)?) => {
        pub(crate) const CASES: $crate::ask::Cases = &[$((stringify!($case), $case as fn())),+];
    };
}
pub(crate) use cases;

/// A thread that is awake.
pub(crate) fn thread(threadfn: impl FnOnce() -> i32 + Send + 'static) -> Task {
    kthread_run!(|threadfn| threadfn(), threadfn, "ask/%s", case()).expect("kthreadd creates threads")
}

/// A thread that has not been woken yet.
pub(crate) fn created(name: &str, threadfn: impl FnOnce() -> i32 + Send + 'static) -> Task {
    kthread_create(|threadfn| threadfn(), threadfn, name).expect("kthreadd creates threads")
}

/// What `f` does on a thread of its own.
pub(crate) fn on_thread(f: impl FnOnce() + Send + 'static) {
    let ended = shared(Completion::new());
    let task = thread(move || {
        f();
        complete(ended);
        sleep_until_stopped()
    });
    wait_for_completion(ended);
    _ = kthread_stop(&task);
}

/// Where all threads of a case find it, as a static of C.
pub(crate) fn shared<T: Sync>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// Waits for the stop, in a sleep that nothing else ends, and returns 0.
pub(crate) fn sleep_until_stopped() -> i32 {
    while !kthread_should_stop() {
        schedule_timeout_uninterruptible(1);
    }
    0
}

/// Waits for the stop in an interruptible sleep.
pub(crate) fn interruptible_until_stopped() {
    loop {
        set_current_state(TASK_INTERRUPTIBLE);
        if kthread_should_stop() {
            break;
        }
        schedule();
    }
    __set_current_state(TASK_RUNNING);
}

/// Waits until the task sleeps in this state.
pub(crate) fn until_state(task: &TaskStruct, state: TaskState) {
    until(|| sleeps_in(task, state));
}

/// True if the task sleeps in this state. Its state alone says less: a waiter has it for a moment
/// before it finds its condition true.
fn sleeps_in(task: &TaskStruct, state: TaskState) -> bool {
    wait_task_inactive(task, TASK_RUNNING) && task.state() == state
}

/// Waits until the task has ended.
pub(crate) fn until_dead(task: &TaskStruct) {
    until_state(task, TASK_DEAD);
}

/// Waits until the condition is true, looking once per jiffy: for what has no completion. A
/// condition that does not become true is reported in place of an answer.
#[track_caller]
pub(crate) fn until(mut condition: impl FnMut() -> bool) {
    let end = jiffies() + 20 * HZ;
    while !condition() {
        if time_after_eq(jiffies(), end) {
            answer!("never_true line={}", std::panic::Location::caller().line());
            return;
        }
        schedule_timeout_uninterruptible(1);
    }
}

/// Whether somebody waits for something of this kind: what a lock of the kernel's has in its list.
pub(crate) fn somebody_waits(kind: WaitKind) -> i64 {
    let waits = |task: &Task| task.waits_on().is_some_and(|on| on.kind == kind);
    int(Kernel::current().tasks().iter().any(waits))
}

/// Whether this is what a killed or signalled wait for a lock returns.
pub(crate) fn is_eintr(returned: i64) -> i64 {
    int(returned == i64::from(Errno::EINTR.as_return()))
}

/// The class of a number; the number itself only if it does not lie between the two.
pub(crate) fn between(value: i64, least: i64, most: i64) -> String {
    if (least..=most).contains(&value) {
        "as_expected".into()
    } else {
        format!("{value}_not_{least}_to_{most}")
    }
}

/// A thread that waits for something, and what came of it.
pub(crate) struct Waiter {
    pub(crate) task: Task,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    begun: Completion,
    ended: Completion,
    let_go: Completion,
    gone: Completion,
    returned: AtomicI64,
    pending: AtomicI64,
}

impl Waiter {
    /// A thread that makes this call, with SIGTERM and SIGKILL allowed. It returns once it sleeps
    /// in this state; without one, once the call is over.
    pub(crate) fn begin<R: Int>(state: Option<TaskState>, call: impl FnOnce() -> R + Send + 'static) -> Self {
        Self::with_guard(state, move || (int(call()), ()))
    }

    /// The same of a call that takes a lock, of which `give` is the end.
    pub(crate) fn holding<R: Int>(
        state: Option<TaskState>,
        take: impl FnOnce() -> R + Send + 'static,
        give: impl FnOnce() + Send + 'static,
    ) -> Self {
        Self::with_guard(state, move || {
            let returned = int(take());
            (returned, (returned == 0).then(|| Ends(Some(give))))
        })
    }

    /// The same for a call that returns a guard, which is dropped when the waiter is to
    /// [release](Self::let_go) it.
    pub(crate) fn with_guard<G>(
        state: Option<TaskState>,
        take: impl FnOnce() -> (i64, G) + Send + 'static,
    ) -> Self {
        let seen = Arc::new(Seen::default());
        let its = seen.clone();
        let task = thread(move || {
            let _ = (allow_signal(SIGTERM), allow_signal(SIGKILL));
            complete(&its.begun);
            let (returned, guard) = take();
            its.returned.store(returned, SeqCst);
            its.pending.store(int(signal_pending(&current())), SeqCst);
            complete(&its.ended);
            if size_of::<G>() > 0 {
                wait_for_completion(&its.let_go);
                drop(guard);
                complete(&its.gone);
            }
            sleep_until_stopped()
        });
        wait_for_completion(&seen.begun);
        match state {
            Some(state) => until_state(&task, state),
            None => until(|| completion_done(&seen.ended)),
        }
        Self { task, seen }
    }

    /// Whether its call is over.
    pub(crate) fn ended(&self) -> bool {
        completion_done(&self.seen.ended)
    }

    /// Waits until its call is over, or sleeps in this state again.
    #[track_caller]
    pub(crate) fn until_settled(&self, state: TaskState) {
        until(|| self.ended() || sleeps_in(&self.task, state));
    }

    /// Waits until its call is over, and returns what it returned.
    pub(crate) fn returned(&self) -> i64 {
        wait_for_completion(&self.seen.ended);
        // It may be asked again.
        complete(&self.seen.ended);
        self.seen.returned.load(SeqCst)
    }

    /// Whether it had a signal when its call was over.
    pub(crate) fn pending(&self) -> i64 {
        self.returned();
        self.seen.pending.load(SeqCst)
    }

    /// Lets it give back what it has taken, and waits for that.
    pub(crate) fn let_go(&self) {
        complete(&self.seen.let_go);
        wait_for_completion(&self.seen.gone);
    }

    /// Stops it. It releases what it still holds first.
    pub(crate) fn stop(self) {
        complete(&self.seen.let_go);
        _ = kthread_stop(&self.task);
    }
}

/// Calls a function when it is dropped.
struct Ends<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for Ends<F> {
    fn drop(&mut self) {
        if let Some(give) = self.0.take() {
            give();
        }
    }
}
