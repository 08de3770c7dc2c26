//! The shipping backend.

pub(crate) mod child;
mod local;
mod lock_word;
pub mod model;
pub(crate) mod os;
mod panic_place;
mod spin;
mod stack;
mod thread;
mod tid;
mod word;

pub(crate) use local::{
    at_thread_exit, current_ptr, handlers, is_ending, mark_ending, set_current_ptr, set_handlers,
    set_top_attachment, top_attachment,
};
pub(crate) use lock_word::LockWord;
pub(crate) use panic_place::{note_places_of_panics, take_place_of_panic};
pub use spin::RawSpinLock;
pub(crate) use stack::OverflowWatch;
pub(crate) use std::sync::Arc;
pub(crate) use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, AtomicU64, Ordering, fence};
pub(crate) use thread::{OsThread, spawn};
pub(crate) use tid::OsTid;
pub(crate) use word::StateWord;

use std::sync::atomic::{AtomicBool, AtomicU8, compiler_fence};

/// A mutex without poisoning: a panic in a thread function is an oops, and all other tasks
/// continue.
pub(crate) type Mutex<T> = parking_lot::Mutex<T>;

/// A cell whose accesses a model can check. Here it is just `UnsafeCell`.
#[derive(Debug, Default)]
#[repr(transparent)]
pub struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    /// Makes a cell with this value.
    pub const fn new(value: T) -> Self {
        Self(std::cell::UnsafeCell::new(value))
    }

    /// Returns the value; `&mut self` proves exclusive access.
    #[inline(always)]
    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }

    /// Calls `f` with a pointer to read through.
    #[inline(always)]
    pub fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
        f(self.0.get())
    }

    /// Calls `f` with a pointer to write through.
    #[inline(always)]
    pub fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        f(self.0.get())
    }
}

/// Tracks the life of an object in a model, which reports leaks and uses after free. Here it is
/// empty, and has no drop glue.
#[derive(Debug, Default)]
pub(crate) struct Life;

impl Life {
    pub(crate) const fn new() -> Self {
        Self
    }

    /// Records a use of the object.
    #[inline(always)]
    pub(crate) fn touch(&self) {}
}

/// How many times a waiter spins before it sleeps.
pub(crate) const SPINS_BEFORE_SLEEP: u32 = 64;

/// An unbounded queue for many producers and one consumer, which never sleeps in it: crossbeam's.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    tx: crossbeam_channel::Sender<T>,
    rx: crossbeam_channel::Receiver<T>,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        let (tx, rx) = crossbeam_channel::unbounded();
        Self { tx, rx }
    }

    /// Appends `item`.
    pub(crate) fn push(&self, item: T) {
        // The receiver lives in the same struct, so the channel is never disconnected.
        if self.tx.send(item).is_err() {
            unreachable!("a queue outlives its own receiver");
        }
    }

    /// Removes and returns the oldest item, if there is one.
    pub(crate) fn try_pop(&self) -> Option<T> {
        self.rx.try_recv().ok()
    }

    /// Returns true if the queue was empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.rx.is_empty()
    }
}

/// Objects that are reused and never freed, so that a pointer to one always stays valid.
#[derive(Debug)]
pub(crate) struct Pool<T: 'static>(Mutex<Vec<&'static T>>);

impl<T> Pool<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Returns an unused object, as its last user left it, or a new one.
    pub(crate) fn take(&self, make: impl FnOnce() -> T) -> &'static T {
        let used = self.0.lock().pop();
        used.unwrap_or_else(|| Box::leak(Box::new(make())))
    }

    /// Returns an object of [`take`](Self::take) for reuse.
    pub(crate) fn give_back(&self, object: &'static T) {
        self.0.lock().push(object);
    }
}

/// A SeqCst fence right after a read-modify-write operation of the same thread:
/// `smp_mb__after_atomic`.
///
/// On x86-64 every such operation is a locked instruction, which is a full barrier itself: no later
/// access is made before it, and all earlier writes are visible. So only the compiler must be kept
/// from moving accesses across it, which saves a second barrier that costs half as much as the
/// operation.
///
/// Not for a swap whose result is unused: a compiler may turn that into a plain store.
#[inline(always)]
pub(crate) fn fence_after_rmw() {
    if cfg!(target_arch = "x86_64") {
        compiler_fence(Ordering::SeqCst);
    } else {
        fence(Ordering::SeqCst);
    }
}

/// Called in each round of a loop that waits for time to pass.
#[inline(always)]
pub(crate) fn relax() {
    std::hint::spin_loop();
}

/// Nanoseconds of CLOCK_MONOTONIC.
#[inline]
pub(crate) fn monotonic_ns() -> u64 {
    // Uses libc: rustix looks up the vDSO itself, in an auxiliary vector that valgrind cannot
    // correct, and crashes under valgrind (rustix issue 1559).
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `t` is valid for writing. The clock exists on every Linux, so the call does not fail.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut t) };
    // CLOCK_MONOTONIC starts at boot and never goes back, so both parts are positive.
    t.tv_sec as u64 * 1_000_000_000 + t.tv_nsec as u64
}

/// Records a step of a task for the schedule that a failing model prints. Does nothing here.
#[inline(always)]
pub(crate) fn observe(_what: &'static str, _value: usize, _show: fn(usize) -> String) {}

/// As [`observe`], for a call at `place`.
#[inline(always)]
pub(crate) fn observe_at(
    _what: &'static str,
    _value: usize,
    _show: fn(usize) -> String,
    _place: &'static std::panic::Location<'static>,
) {
}

/// Asserts that statics live as long as the process, which they do not in a model.
#[inline(always)]
pub(crate) fn assert_process_statics() {}

/// Yields to other threads.
pub(crate) fn yield_now() {
    std::thread::yield_now();
}

/// The default maximum of spare threads in a Kernel.
pub(crate) const SPARE_THREADS: u32 = 16;

/// Whether to check for RCU readers. Statics live as long as the process, so callers can always
/// check them.
#[inline(always)]
pub(crate) fn has_readers() -> bool {
    true
}

/// As [`has_readers`].
#[inline(always)]
pub(crate) fn set_has_readers(_has: bool) {}

/// By default, timeouts in jiffies are rounded as the kernel's are.
pub(crate) const EXACT_TIMEOUTS: bool = false;

/// The default of a Kernel's `debug`: whether the environment variable `KTHREAD_RT_DEBUG` is set,
/// and is neither empty nor `0`.
pub(crate) fn debug_by_default() -> bool {
    std::env::var_os("KTHREAD_RT_DEBUG").is_some_and(|value| !value.is_empty() && value != "0")
}

/// True if handlers of SIGSEGV and SIGBUS report stack overflows by default: unless the environment
/// variable `KTHREAD_RT_SIGNAL_HANDLERS` is `0`.
pub(crate) fn signal_handlers_by_default() -> bool {
    std::env::var_os("KTHREAD_RT_SIGNAL_HANDLERS").is_none_or(|value| value != "0")
}

/// The default time after which a hung task is reported: the environment variable
/// `KTHREAD_RT_HUNG_TASK`, in seconds.
pub(crate) fn hung_task_by_default() -> Option<std::time::Duration> {
    let seconds = std::env::var("KTHREAD_RT_HUNG_TASK").ok()?.trim().trim_end_matches('s').parse().ok()?;
    std::time::Duration::try_from_secs_f64(seconds).ok()
}

/// Returns the value of the environment variable, unless it is blank.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// Whether any Kernel of the process has a fault plan; 0 until the first check.
static FAULTS: AtomicU8 = AtomicU8::new(0);
const NO_FAULTS: u8 = 1;
const FAULTS_PLANNED: u8 = 2;

/// Returns false if no Kernel has a fault plan and the default Kernel will have none. `by_default`
/// returns whether the default Kernel would have one.
#[inline]
pub(crate) fn may_have_faults(by_default: fn() -> bool) -> bool {
    match FAULTS.load(Ordering::Relaxed) {
        NO_FAULTS => false,
        FAULTS_PLANNED => true,
        _ => {
            let first = if by_default() { FAULTS_PLANNED } else { NO_FAULTS };
            // Another thread may have made a Kernel with a plan meanwhile.
            FAULTS.compare_exchange(0, first, Ordering::Relaxed, Ordering::Relaxed).unwrap_or(first)
                == FAULTS_PLANNED
                || FAULTS.load(Ordering::Relaxed) == FAULTS_PLANNED
        }
    }
}

/// Records that a Kernel has a fault plan.
pub(crate) fn note_faults() {
    FAULTS.store(FAULTS_PLANNED, Ordering::Relaxed);
}

/// Time passes.
pub(crate) const TIME_STANDS_STILL: bool = false;

static DEBUGS: AtomicBool = AtomicBool::new(false);

/// Returns true if a Kernel with `debug` was booted in this process.
#[inline(always)]
pub(crate) fn debugs() -> bool {
    // Relaxed: it is set before a Kernel makes its own tasks.
    DEBUGS.load(Ordering::Relaxed)
}

/// Records that a Kernel with `debug` is being booted.
pub(crate) fn begin_debug() {
    DEBUGS.store(true, Ordering::Relaxed);
}

/// The number of wait queues for bits, as in the kernel.
pub(crate) const BIT_QUEUES: usize = 256;

/// The limit of pending asynchronous calls, the kernel's; further calls run in the caller.
pub(crate) const MAX_ASYNC_CALLS: usize = 32768;

/// The number of reader slots of a percpu_rwsem.
pub(crate) const READER_SLOTS: usize = 16;

/// How often one freeze wakes a task that sleeps in a state which can't be frozen.
pub(crate) const FREEZER_WAKES: u32 = 64;

/// How many woken tasks a walk through a wait queue collects until it drops the lock. It wakes the
/// OS threads of further ones under the lock.
pub(crate) const WOKEN_AFTER_LOCK: usize = 16;

/// An array of this length.
macro_rules! table_of {
    ($init:expr; $length:expr) => {
        [const { $init }; $length]
    };
}
pub(crate) use table_of;

/// Implements for the atomics of [`model::shared`] what is implemented for std's. Here they are
/// std's.
macro_rules! for_shared_words {
    ($with:ident) => {};
}
pub(crate) use for_shared_words;

/// Declares a function that is `const` where the backend's types allow it, which loom's do not.
macro_rules! const_fn {
    ($(#[$meta:meta])* $vis:vis const fn $($rest:tt)*) => { $(#[$meta])* $vis const fn $($rest)* };
    ($(#[$meta:meta])* $vis:vis const unsafe fn $($rest:tt)*) => { $(#[$meta])* $vis const unsafe fn $($rest)* };
}
pub(crate) use const_fn;

/// Asserts that a type has this size in bytes and no drop glue, so that C code can embed it.
macro_rules! plain_memory {
    ($type:ty: $size:expr) => {
        const _: () = assert!(size_of::<$type>() == $size && !std::mem::needs_drop::<$type>());
    };
}
pub(crate) use plain_memory;

/// The body of the public `DECLARE_…!` macros: a static in plain memory.
#[doc(hidden)]
#[macro_export]
macro_rules! __declare_static {
    ($(#[$meta:meta])* $vis:vis $name:ident : $ty:ty = $init:expr) => {
        $(#[$meta])*
        $vis static $name: $ty = $init;
    };
}
