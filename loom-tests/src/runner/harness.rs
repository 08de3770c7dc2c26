//! What a model is, and the frame in which it runs.
//!
//! Only the protocol that a model is about is explored. A Kernel's boot and shutdown are the same
//! steps around every model; they run in one fixed order, except in the models of `boot` and
//! `shutdown`. Otherwise most permutations of every model would be permutations of its frame.

use kthread_rt::__private::model::loom;
pub(crate) use kthread_rt::__private::model::{explored, prepared};
use kthread_rt::diag::WarningKind;
use kthread_rt::model;
use kthread_rt::prelude::*;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How deeply a model is explored on every push.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    /// All permutations.
    Complete,
    /// All permutations with at most this many preemptions.
    Preemptions(usize),
}

/// One model: a claim, and a small program whose every permutation must satisfy it.
#[derive(Debug)]
pub(crate) struct Model {
    /// Its name, unique among all.
    pub(crate) name: &'static str,
    /// Its claim, in a sentence.
    pub(crate) claim: &'static str,
    /// Its bound on every push.
    pub(crate) bound: Bound,
    /// All permitted outcomes. Exactly these must be reached: a model that reaches fewer shows less
    /// than it claims.
    pub(crate) outcomes: &'static [&'static str],
    /// One execution; returns its outcome.
    pub(crate) run: fn() -> String,
}

thread_local! {
    // std's cell: the warnings of one execution, whose threads all run on one OS thread.
    static WARNINGS: RefCell<Vec<WarningKind>> = const { RefCell::new(Vec::new()) };
}

/// A builder for a model's Kernel, which records warnings for [`warnings`].
pub(crate) fn builder() -> KernelBuilder {
    WARNINGS.take();
    Kernel::builder().on_warning(|warning| WARNINGS.with_borrow_mut(|all| all.push(warning.kind)))
}

/// Returns the warnings since the last call. A model that provokes warnings must fetch them.
pub(crate) fn warnings() -> Vec<WarningKind> {
    WARNINGS.take()
}

/// Runs `f` in a booted Kernel, shuts that down, and checks that nothing is left. `f` is explored.
pub(crate) fn in_kernel<T>(f: impl FnOnce() -> T) -> T {
    in_kernel_of(builder(), f)
}

/// Runs `f` as [`in_kernel`] does, in a Kernel from this builder.
pub(crate) fn in_kernel_of<T>(builder: KernelBuilder, f: impl FnOnce() -> T) -> T {
    on_stage(builder.boot().expect("a model's Kernel boots"), f)
}

/// Runs `f` in a Kernel without kthreadd, for protocols that need tasks but no kthreads. `f` is
/// explored.
pub(crate) fn in_small_kernel<T>(f: impl FnOnce() -> T) -> T {
    in_small_kernel_of(builder(), f)
}

/// Runs `f` as [`in_small_kernel`] does, in a Kernel from this builder.
pub(crate) fn in_small_kernel_of<T>(builder: KernelBuilder, f: impl FnOnce() -> T) -> T {
    on_stage(builder.boot_on_demand().expect("a model's Kernel boots"), f)
}

fn on_stage<T>(kernel: Kernel, f: impl FnOnce() -> T) -> T {
    let outcome = model::on_stage(&kernel, |_| f());
    assert_eq!(warnings(), [], "the runtime warned");
    outcome
}

/// Starts another thread of the model, for an actor that wakes, completes, sends or stops. It gets
/// a task only when it needs one.
pub(crate) fn actor<T: 'static>(f: impl FnOnce() -> T + 'static) -> Actor<T> {
    Actor(loom::thread::spawn(f))
}

/// Starts another thread of the model with a task in the caller's Kernel: one that can sleep.
pub(crate) fn sleeper<T: 'static>(f: impl FnOnce() -> T + 'static) -> Actor<T> {
    let kernel = Kernel::current();
    actor(move || {
        let inside = kernel.enter();
        let result = f();
        drop(inside);
        result
    })
}

/// Starts a [`sleeper`], waits until it has begun, and returns its task too.
pub(crate) fn introduced<T: 'static>(f: impl FnOnce() -> T + 'static) -> (Actor<T>, Task) {
    let (sender, receiver) = std::sync::mpsc::channel();
    let began = loom::sync::Arc::new(Completion::new());
    let begins = began.clone();
    let sleeper = sleeper(move || {
        sender.send(current()).expect("the model listens");
        complete(&begins);
        drop(begins);
        f()
    });
    wait_for_completion(&began);
    (sleeper, receiver.recv().expect("the sleeper has sent its task"))
}

/// Starts a [`sleeper`] and waits until it sleeps in `f`; returns its task too. Not explored.
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
    /// Waits for the thread's end.
    pub(crate) fn join(self) -> T {
        self.0.join().expect("a failing thread fails the model")
    }
}

/// Starts a kthread and waits until it sleeps for the first time in `threadfn`, whose argument is
/// already completed. Not explored.
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

/// Creates a kthread and does not wake it. Not explored.
pub(crate) fn created<T: Send + 'static>(threadfn: impl FnOnce(T) -> i32 + Send + 'static, data: T) -> Task {
    prepared(|| kthread_create!(threadfn, data, "created").expect("nothing refuses it"))
}

/// A thread's data, which counts its drops. std's atomics: the counter is the model's own record.
#[derive(Debug)]
pub(crate) struct Datum(Arc<AtomicUsize>);

impl Drop for Datum {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The number of times that a [`Datum`] was dropped.
#[derive(Debug, Clone)]
pub(crate) struct Drops(Arc<AtomicUsize>);

impl Drops {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// A datum, and the counter of its drops.
pub(crate) fn datum() -> (Datum, Drops) {
    let drops = Arc::new(AtomicUsize::new(0));
    (Datum(drops.clone()), Drops(drops))
}

/// A thread function that must not run.
pub(crate) fn never<T>(_: T) -> i32 {
    unreachable!("the function of a thread that was never woken ran");
}
