//! The backend for model checkers: the same names over a checker's types, so that a model runs the
//! code that ships.
//!
//! This module has what loom and shuttle share. [`checker`](super::checker) is the checker of this
//! build, with what differs: atomics, cells, and the driver. The limits of the checkers shape this
//! backend. A state word is an atomic with a mutex and a condition variable for the sleep. The
//! clock stands still until the model lets time pass, which ends the sleeps whose deadline has
//! passed. There is no operating system behind a task. A spawned thread calls `last` right after
//! its main function.

pub(crate) mod child;
mod clock;
mod local;
mod lock_word;
pub(crate) mod os;
pub mod shared;
mod statics;
mod tid;
mod word;

pub(crate) use super::checker::{
    Arc, AtomicI32, AtomicPtr, AtomicU32, AtomicU64, Life, Ordering, UnsafeCell, fence,
};
pub(crate) use clock::monotonic_ns;
pub(crate) use local::{
    at_thread_exit, current_ptr, handlers, has_readers, is_ending, mark_ending, observe, observe_at,
    set_current_ptr, set_handlers, set_has_readers, set_top_attachment, top_attachment,
};
pub(super) use local::{begin_explored, is_stage};
pub(crate) use lock_word::LockWord;
pub(crate) use tid::OsTid;
pub use word::RawSpinLock;
pub(crate) use word::StateWord;

use super::checker::{self, thread};
use crate::sync::ThreadSpec;
use std::collections::VecDeque;
use std::io;

/// The checker's mutex, whose `lock` ignores poisoning.
#[derive(Debug)]
pub(crate) struct Mutex<T>(checker::Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(checker::Mutex::new(value))
    }

    #[track_caller]
    pub(crate) fn try_lock(&self) -> Option<checker::MutexGuard<'_, T>> {
        self.0.try_lock().ok()
    }

    #[track_caller]
    pub(crate) fn lock(&self) -> checker::MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// How many times a waiter spins before it sleeps. More would only add executions that find nothing
/// new.
pub(crate) const SPINS_BEFORE_SLEEP: u32 = 1;

/// An unbounded queue.
#[derive(Debug)]
pub(crate) struct Queue<T>(Mutex<VecDeque<T>>);

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }

    pub(crate) fn push(&self, item: T) {
        self.0.lock().push_back(item);
    }

    pub(crate) fn try_pop(&self) -> Option<T> {
        self.0.lock().pop_front()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.lock().is_empty()
    }
}

/// Objects whose pointers stay valid. In a model each object is new, and is freed when it is given
/// back, so that a later access fails the model.
#[derive(Debug)]
pub(crate) struct Pool<T: 'static>(std::marker::PhantomData<fn() -> T>);

impl<T> Pool<T> {
    pub(crate) const fn new() -> Self {
        Self(std::marker::PhantomData)
    }

    pub(crate) fn take(&self, make: impl FnOnce() -> T) -> &'static T {
        Box::leak(Box::new(make()))
    }

    pub(crate) fn give_back(&self, object: &'static T) {
        // SAFETY: `take` made it, and it is given back only once.
        drop(unsafe { Box::from_raw(std::ptr::from_ref(object).cast_mut()) });
    }
}

/// A SeqCst fence, as strong as the real backend's compiler fence after a locked instruction.
#[track_caller]
pub(crate) fn fence_after_rmw() {
    fence(Ordering::SeqCst);
}

/// Yields, so that the thread that lets time pass can run.
pub(crate) fn relax() {
    yield_now();
}

/// A started thread, which must be joined.
pub(crate) struct OsThread(thread::JoinHandle<()>);

impl std::fmt::Debug for OsThread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OsThread")
    }
}

impl OsThread {
    pub(crate) fn join(self) {
        let _ = self.0.join();
    }
}

/// Starts a thread of the model. Fails if the model asked for that ([`os::refuse_threads`]).
pub(crate) fn spawn(
    spec: ThreadSpec,
    main: impl FnOnce() + Send + 'static,
    last: impl FnOnce() + Send + 'static,
) -> io::Result<OsThread> {
    if os::thread_is_refused() {
        return Err(io::Error::from_raw_os_error(libc::EAGAIN));
    }
    let _ = spec.stack_size;
    thread::Builder::new()
        .name(spec.name)
        .spawn(move || {
            main();
            last();
            observe("ends", 0, |_| String::new());
        })
        .map(OsThread)
}

/// Panics: a model has no statics that live as long as the process, so it has no default Kernel.
pub(crate) fn assert_process_statics() {
    panic!(
        "a thread of a model must enter a Kernel (`let _inside = kernel.enter();`) before it calls the runtime"
    );
}

/// Yields to another thread. A checker needs this in every loop that waits for one.
pub(crate) fn yield_now() {
    thread::yield_now();
}

/// The number of wait queues for bits: one, so that a model has few objects.
pub(crate) const BIT_QUEUES: usize = 1;

/// How often the freezer wakes a task, see the real backend: so seldom that a model can exceed it.
pub(crate) const FREEZER_WAKES: u32 = 2;

/// How many woken tasks a walk collects, see the real backend: so few that a model can exceed it.
pub(crate) const WOKEN_AFTER_LOCK: usize = 2;

/// The limit of pending asynchronous calls: low, so that a model can have more.
pub(crate) const MAX_ASYNC_CALLS: usize = 2;

/// The default number of spare threads: none, so that a model has only the threads that it asks
/// for.
pub(crate) const SPARE_THREADS: u32 = 0;

/// The clock stands still, so a model lets exactly a timeout's time pass.
pub(crate) const EXACT_TIMEOUTS: bool = true;

/// The environment has no influence on a model.
pub(crate) fn debug_by_default() -> bool {
    false
}

/// The model checker reports panics itself.
pub(crate) fn note_places_of_panics() {}

/// As [`note_places_of_panics`].
pub(crate) fn take_place_of_panic() -> Option<String> {
    None
}

/// Models have no signal handlers.
#[derive(Debug)]
pub(crate) struct OverflowWatch(());

impl OverflowWatch {
    pub(crate) fn begin() -> Self {
        Self(())
    }
}

/// So that it can be dropped as the real one.
impl Drop for OverflowWatch {
    fn drop(&mut self) {}
}

/// As [`OverflowWatch`].
pub(crate) fn signal_handlers_by_default() -> bool {
    false
}

pub(crate) fn hung_task_by_default() -> Option<std::time::Duration> {
    None
}

/// As [`debug_by_default`].
pub(crate) fn environment(_name: &str) -> Option<String> {
    None
}

/// A Kernel of a model may have a fault plan.
pub(crate) fn may_have_faults(_by_default: fn() -> bool) -> bool {
    true
}

/// As in the real backend.
pub(crate) fn note_faults() {}

/// No time passes by itself, so nothing is late.
pub(crate) const TIME_STANDS_STILL: bool = true;
/// No Kernel of a model has `debug`.
pub(crate) fn debugs() -> bool {
    false
}

/// Does nothing: no Kernel of a model has `debug`.
pub(crate) fn begin_debug() {}

/// The number of reader slots of a percpu_rwsem: two, so that models see the effects of several
/// slots.
pub(crate) const READER_SLOTS: usize = 2;

/// An array whose length comes from its type.
macro_rules! table_of {
    ($init:expr; $length:expr) => {
        ::std::array::from_fn(|_| $init)
    };
}
pub(crate) use table_of;

/// Implements for the atomics of [`shared`] what is implemented for std's.
macro_rules! for_shared_words {
    ($with:ident) => {
        $with!(
            $crate::sync::model::shared::AtomicU32: u32,
            $crate::sync::model::shared::AtomicU64: u64,
            $crate::sync::model::shared::AtomicUsize: usize
        );
    };
}
pub(crate) use for_shared_words;

/// Declares a function that is `const` where the backend's types allow it; here they do not.
macro_rules! const_fn {
    ($(#[$meta:meta])* $vis:vis const fn $($rest:tt)*) => { $(#[$meta])* $vis fn $($rest)* };
    ($(#[$meta:meta])* $vis:vis const unsafe fn $($rest:tt)*) => { $(#[$meta])* $vis unsafe fn $($rest)* };
}
pub(crate) use const_fn;

/// Does nothing: in a model, types are not plain memory.
macro_rules! plain_memory {
    ($type:ty: $size:expr) => {};
}
pub(crate) use plain_memory;

/// The body of the public `DECLARE_…!` macros: a static that each execution of a model makes anew.
#[doc(hidden)]
#[macro_export]
macro_rules! __declare_static {
    ($(#[$meta:meta])* $vis:vis $name:ident : $ty:ty = $init:expr) => {
        $(#[$meta])*
        $vis static $name: $crate::__private::model::ModelStatic<$ty> =
            $crate::__private::model::ModelStatic::new(|| $init);
    };
}

/// What a model checker's driver needs from the backend.
#[doc(hidden)]
pub mod model {
    pub use super::clock::pass_time;
    pub use super::local::schedule;
    pub use super::os::{priorities_set, refuse_threads};
    pub use super::shared;
    pub use super::statics::ModelStatic;
    pub use crate::sync::checker::driver::*;

    /// Resets std's thread-locals for a new execution.
    pub fn begin_execution() {
        super::local::begin_schedule();
        super::local::set_has_readers(false);
        super::clock::begin();
        super::os::begin();
    }
}
