//! What a model is, and the stage that it plays on.
//!
//! Only what a model is about is explored. A Kernel's boot and its shutdown are the same steps
//! around every model; they run in one fixed order, except in the models of `boot` and `shutdown`.
//! Without that, most permutations of every model would be permutations of its stage.

use kthread_rt::__private::model::loom;
pub(crate) use kthread_rt::__private::model::{explored, prepared};
use kthread_rt::diag::WarningKind;
use kthread_rt::model;
use kthread_rt::prelude::*;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How far a model is explored on every push.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    /// All permutations.
    Complete,
    /// All permutations with at most this many preemptions.
    Preemptions(usize),
}

/// One model: a claim, and a small program whose every permutation has to bear it out.
#[derive(Debug)]
pub(crate) struct Model {
    /// Its name, unique among all.
    pub(crate) name: &'static str,
    /// What it shows, in a sentence.
    pub(crate) claim: &'static str,
    /// How far it is explored on every push.
    pub(crate) bound: Bound,
    /// All that can come out. Exactly these must: a model that reaches fewer shows less than it
    /// claims.
    pub(crate) outcomes: &'static [&'static str],
    /// One execution; returns what came out of it.
    pub(crate) run: fn() -> String,
}

thread_local! {
    // std's: the warnings of one execution, whose threads are all on one OS thread.
    static WARNINGS: RefCell<Vec<WarningKind>> = const { RefCell::new(Vec::new()) };
}

/// The builder of a model's Kernel: warnings are kept for [`warnings`].
pub(crate) fn builder() -> KernelBuilder {
    WARNINGS.take();
    Kernel::builder().on_warning(|warning| WARNINGS.with_borrow_mut(|all| all.push(warning.kind)))
}

/// The warnings since the last call. A model that provokes some has to ask for them.
pub(crate) fn warnings() -> Vec<WarningKind> {
    WARNINGS.take()
}

/// Runs `f` in a Kernel that is up, shuts it down, and checks that nothing is left. What `f` does
/// is explored.
pub(crate) fn in_kernel<T>(f: impl FnOnce() -> T) -> T {
    in_kernel_of(builder(), f)
}

/// Runs `f` as [`in_kernel`] does, in a Kernel of this builder.
pub(crate) fn in_kernel_of<T>(builder: KernelBuilder, f: impl FnOnce() -> T) -> T {
    on_stage(builder.boot().expect("a model's Kernel boots"), f)
}

/// Runs `f` in a Kernel without kthreadd, for protocols that need tasks and no kthreads. What `f`
/// does is explored.
pub(crate) fn in_small_kernel<T>(f: impl FnOnce() -> T) -> T {
    on_stage(builder().boot_on_demand().expect("a model's Kernel boots"), f)
}

fn on_stage<T>(kernel: Kernel, f: impl FnOnce() -> T) -> T {
    let outcome = model::on_stage(&kernel, |_| f());
    assert_eq!(warnings(), [], "the runtime warned");
    outcome
}

/// Another thread of the model, for an actor that wakes, completes, sends or stops: without a task
/// as long as it needs none.
pub(crate) fn actor<T: 'static>(f: impl FnOnce() -> T + 'static) -> Actor<T> {
    Actor(loom::thread::spawn(f))
}

/// Another thread of the model, with a task in the caller's Kernel: one that sleeps.
pub(crate) fn sleeper<T: 'static>(f: impl FnOnce() -> T + 'static) -> Actor<T> {
    let kernel = Kernel::current();
    actor(move || {
        let inside = kernel.enter();
        let result = f();
        drop(inside);
        result
    })
}

/// A [`sleeper`] that has begun, and its task.
pub(crate) fn introduced<T: 'static>(f: impl FnOnce() -> T + 'static) -> (Actor<T>, Task) {
    let (tell, told) = std::sync::mpsc::channel();
    let began = loom::sync::Arc::new(Completion::new());
    let begins = began.clone();
    let sleeper = sleeper(move || {
        tell.send(current()).expect("the model listens");
        complete(&begins);
        drop(begins);
        f()
    });
    wait_for_completion(&began);
    (sleeper, told.recv().expect("the sleeper has said who it is"))
}

/// A [`sleeper`] that has gone to sleep in `f`, and its task. Not explored.
pub(crate) fn asleep<T: 'static>(f: impl FnOnce() -> T + 'static) -> (Actor<T>, Task) {
    prepared(|| {
        let (sleeper, task) = introduced(f);
        assert!(wait_task_inactive(&task, TASK_RUNNING));
        (sleeper, task)
    })
}

/// A started thread of the model.
pub(crate) struct Actor<T>(loom::thread::JoinHandle<T>);

impl<T> Actor<T> {
    /// Waits for its end.
    pub(crate) fn join(self) -> T {
        self.0.join().expect("a failing thread fails the model")
    }
}

/// A kthread that sleeps for the first time in `threadfn`, which completes what it is given when it
/// begins. Not explored.
pub(crate) fn started(threadfn: impl FnOnce(&Completion) -> i32 + Send + 'static) -> Task {
    prepared(|| {
        let began = loom::sync::Arc::new(Completion::new());
        let task = kthread_run!(
            move |began: loom::sync::Arc<Completion>| {
                complete(&began);
                threadfn(&began)
            },
            began.clone(),
            "started"
        );
        wait_for_completion(&began);
        task.expect("nothing refuses it")
    })
}

/// A kthread that was not woken yet. Not explored.
pub(crate) fn created<T: Send + 'static>(threadfn: impl FnOnce(T) -> i32 + Send + 'static, data: T) -> Task {
    prepared(|| kthread_create!(threadfn, data, "created").expect("nothing refuses it"))
}

/// The data of a thread, which counts its own ends. std's atomics: the count is the model's own
/// book.
#[derive(Debug)]
pub(crate) struct Datum(Arc<AtomicUsize>);

impl Drop for Datum {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// How often a [`Datum`] was dropped.
#[derive(Debug, Clone)]
pub(crate) struct Drops(Arc<AtomicUsize>);

impl Drops {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// A datum, and how often it was dropped.
pub(crate) fn datum() -> (Datum, Drops) {
    let drops = Arc::new(AtomicUsize::new(0));
    (Datum(drops.clone()), Drops(drops))
}

/// A thread function that must not run.
pub(crate) fn never<T>(_: T) -> i32 {
    unreachable!("the function of a thread that was never woken ran");
}
