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

/// A mutex without poisoning: a panic in a thread function is an oops, and everybody else goes on.
pub(crate) type Mutex<T> = parking_lot::Mutex<T>;

/// A cell whose accesses a model can see. Here it is `UnsafeCell` and nothing more.
#[derive(Debug, Default)]
#[repr(transparent)]
pub struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    /// A cell with this value.
    pub const fn new(value: T) -> Self {
        Self(std::cell::UnsafeCell::new(value))
    }

    /// The value, which nobody else can reach.
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

/// The life of an object, as a model watches it: a loss is reported as a leak, and an access that
/// is not ordered before the end as a use after free. Here it is nothing, and has no drop glue.
#[derive(Debug, Default)]
pub(crate) struct Life;

impl Life {
    pub(crate) const fn new() -> Self {
        Self
    }

    /// The object is being used.
    #[inline(always)]
    pub(crate) fn touch(&self) {}
}

/// Whether who waits for a short time looks several times before it sleeps.
pub(crate) const SPINS_BEFORE_SLEEP: bool = true;

/// An unbounded queue of many producers and one consumer that never sleeps in it: crossbeam's.
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

    /// Takes the oldest item, if there is one.
    pub(crate) fn try_pop(&self) -> Option<T> {
        self.rx.try_recv().ok()
    }

    /// True if there was no item.
    pub(crate) fn is_empty(&self) -> bool {
        self.rx.is_empty()
    }
}

/// Objects that are used again and never freed: a pointer to one stays valid, whatever became of
/// its user.
#[derive(Debug)]
pub(crate) struct Pool<T: 'static>(Mutex<Vec<&'static T>>);

impl<T> Pool<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// An object that nobody uses, as its last user left it, or a new one.
    pub(crate) fn take(&self, make: impl FnOnce() -> T) -> &'static T {
        let used = self.0.lock().pop();
        used.unwrap_or_else(|| Box::leak(Box::new(make())))
    }

    /// Gives back what [`take`](Self::take) gave.
    pub(crate) fn give_back(&self, object: &'static T) {
        self.0.lock().push(object);
    }
}

/// A SeqCst fence right behind a read-modify-write operation of the same thread:
/// `smp_mb__after_atomic`.
///
/// On x86-64 every such operation is a locked instruction, which is a full barrier by itself: no
/// access behind it is made before it, and what was written before it is visible. So there the
/// compiler alone has to be kept from moving accesses across, and a second barrier, half as dear as
/// the operation, is saved.
///
/// Not for a swap whose result nobody looks at: a compiler may make a plain store of it.
#[inline(always)]
pub(crate) fn fence_after_rmw() {
    if cfg!(target_arch = "x86_64") {
        compiler_fence(Ordering::SeqCst);
    } else {
        fence(Ordering::SeqCst);
    }
}

/// What a loop that waits for time to pass does in each round.
#[inline(always)]
pub(crate) fn relax() {
    std::hint::spin_loop();
}

/// Nanoseconds of CLOCK_MONOTONIC.
#[inline]
pub(crate) fn monotonic_ns() -> u64 {
    // By libc: rustix looks the vDSO up by itself, in an auxiliary vector that valgrind can't
    // correct, and crashes there (rustix issue 1559).
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `t` is valid for writing. The clock exists on every Linux, so the call does not fail.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut t) };
    // CLOCK_MONOTONIC starts at boot and never goes back, so both parts are positive.
    t.tv_sec as u64 * 1_000_000_000 + t.tv_nsec as u64
}

/// Tells the model what a task is doing, for the schedule that a failing model prints. Here it is
/// nothing.
#[inline(always)]
pub(crate) fn observe(_what: &'static str, _value: usize, _show: fn(usize) -> String) {}

/// As [`observe`], of what was called at `place`.
#[inline(always)]
pub(crate) fn observe_at(
    _what: &'static str,
    _value: usize,
    _show: fn(usize) -> String,
    _place: &'static std::panic::Location<'static>,
) {
}

/// Says that the caller wants a static that lives as long as the process. A model has none.
#[inline(always)]
pub(crate) fn assert_process_statics() {}

/// Lets other threads run.
pub(crate) fn yield_now() {
    std::thread::yield_now();
}

/// How many threads a Kernel's kthreadd forks ahead at most, unless its builder says otherwise.
pub(crate) const SPARE_THREADS: u32 = 16;

/// The process's statics stay: whoever wants to know of readers asks them.
#[inline(always)]
pub(crate) fn has_readers() -> bool {
    true
}

/// As [`has_readers`].
#[inline(always)]
pub(crate) fn set_has_readers(_has: bool) {}

/// Limits in jiffies end as a kernel's do, unless the builder says otherwise.
pub(crate) const EXACT_TIMEOUTS: bool = false;

/// Whether a Kernel checks what costs something, unless the builder says otherwise: if the
/// environment variable `KTHREAD_RT_DEBUG` is set, and is neither empty nor `0`.
pub(crate) fn debug_by_default() -> bool {
    std::env::var_os("KTHREAD_RT_DEBUG").is_some_and(|value| !value.is_empty() && value != "0")
}

/// Whether handlers of SIGSEGV and SIGBUS report stack overflows, unless the builder says otherwise:
/// not if the environment variable `KTHREAD_RT_SIGNAL_HANDLERS` is `0`.
pub(crate) fn signal_handlers_by_default() -> bool {
    std::env::var_os("KTHREAD_RT_SIGNAL_HANDLERS").is_none_or(|value| value != "0")
}

/// How long a task may hang before it is told, unless the builder says otherwise: the environment
/// variable `KTHREAD_RT_HUNG_TASK`, in seconds.
pub(crate) fn hung_task_by_default() -> Option<std::time::Duration> {
    let seconds = std::env::var("KTHREAD_RT_HUNG_TASK").ok()?.trim().trim_end_matches('s').parse().ok()?;
    std::time::Duration::try_from_secs_f64(seconds).ok()
}

/// What the environment variable has, unless that is nothing.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// Whether some Kernel of the process has a plan of faults: 0 as long as nobody has asked.
static FAULTS: AtomicU8 = AtomicU8::new(0);
const NO_FAULTS: u8 = 1;
const FAULTS_PLANNED: u8 = 2;

/// False if no Kernel has a plan of faults, and the default one will have none. `by_default` tells
/// whether that one would have one.
#[inline]
pub(crate) fn may_have_faults(by_default: fn() -> bool) -> bool {
    match FAULTS.load(Ordering::Relaxed) {
        NO_FAULTS => false,
        FAULTS_PLANNED => true,
        _ => {
            let first = if by_default() { FAULTS_PLANNED } else { NO_FAULTS };
            // Unless there is a Kernel meanwhile that has one.
            FAULTS.compare_exchange(0, first, Ordering::Relaxed, Ordering::Relaxed).unwrap_or(first)
                == FAULTS_PLANNED
                || FAULTS.load(Ordering::Relaxed) == FAULTS_PLANNED
        }
    }
}

/// A Kernel has a plan of faults.
pub(crate) fn note_faults() {
    FAULTS.store(FAULTS_PLANNED, Ordering::Relaxed);
}

/// Time passes.
pub(crate) const TIME_STANDS_STILL: bool = false;

static DEBUGS: AtomicBool = AtomicBool::new(false);

/// True if a Kernel of this process was booted that checks what costs something.
#[inline(always)]
pub(crate) fn debugs() -> bool {
    // Relaxed: a Kernel's own tasks were made after it was set.
    DEBUGS.load(Ordering::Relaxed)
}

/// A Kernel checks what costs something.
pub(crate) fn begin_debug() {
    DEBUGS.store(true, Ordering::Relaxed);
}

/// How many queues the waits for bits share: the kernel's 256.
pub(crate) const BIT_QUEUES: usize = 256;

/// How many counts the readers of a percpu_rwsem are spread over.
pub(crate) const READER_SLOTS: usize = 16;

/// An array of this length.
macro_rules! table_of {
    ($init:expr; $length:expr) => {
        [const { $init }; $length]
    };
}
pub(crate) use table_of;

/// What is implemented for std's atomics, for those of [`model::shared`] too: here they are std's.
macro_rules! for_shared_words {
    ($with:ident) => {};
}
pub(crate) use for_shared_words;

/// Declares a function that is `const` wherever the backend's types allow it: not under loom.
macro_rules! const_fn {
    ($(#[$meta:meta])* $vis:vis const fn $($rest:tt)*) => { $(#[$meta])* $vis const fn $($rest)* };
    ($(#[$meta:meta])* $vis:vis const unsafe fn $($rest:tt)*) => { $(#[$meta])* $vis const unsafe fn $($rest)* };
}
pub(crate) use const_fn;

/// Says that a type is plain memory of so many bytes, without drop glue: what C code can embed.
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
