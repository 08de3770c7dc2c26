//! `linux/async.h`: asynchronous function calls.
//!
//! A scheduled function runs soon, on a worker of [`system_unbound_wq`], in parallel with others.
//! Each call gets a *cookie*, an increasing number. A task with a cookie can wait until all calls
//! with lower cookies have ended. So a call can do its slow part in parallel with others, then wait
//! for its predecessors, and publish its result in the order in which the calls were made.
//!
//! # Implementation
//!
//! A Kernel has sorted sets of the cookies of pending calls: one for each domain, and one for all
//! registered domains together. One critical section draws a cookie and inserts it, so nobody sees
//! a cookie before all lower ones are inserted. A waiter sleeps until the lowest cookie of its set
//! is not below its own. A call that ends removes its cookie under the lock, and then wakes all
//! waiters.
//!
//! Each Kernel counts its own cookies, and a wait covers the calls of the waiting task's Kernel.
#![forbid(unsafe_code)]

#[doc(inline)]
pub use crate::{ASYNC_DOMAIN, ASYNC_DOMAIN_EXCLUSIVE};

use crate::diag::WarningKind;
use crate::sched::with_current;
use crate::sync::Ordering::Relaxed;
use crate::sync::{self, Arc, MAX_ASYNC_CALLS, Mutex, const_fn, record};
use crate::task::{KernelState, Subsystem, SubsystemId, TaskStruct};
use crate::wait::{__macros as wait, WaitQueueHead, wake_up_all};
use crate::workqueue::system_unbound_wq;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};

/// The number of a call: `async_cookie_t`. The first one of a Kernel is 1.
pub type AsyncCookie = u64;

/// Higher than all cookies.
const COOKIE_MAX: AsyncCookie = AsyncCookie::MAX;

/// The domain of calls without one.
const DEFAULT: Group = Group { id: 1, registered: true };

/// A domain's identity.
#[derive(Debug, Clone, Copy)]
struct Group {
    id: u64,
    registered: bool,
}

/// A group of calls that a task can wait for: `struct async_domain`.
///
/// [`ASYNC_DOMAIN!`](crate::ASYNC_DOMAIN) defines a static one. [`async_synchronize_full`] waits
/// for the calls of all registered domains, but not for those of an exclusive one, which only the
/// domain's own waits cover. A domain may be dropped while its calls run: they go on.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
///
/// let (domain, sum) = (AsyncDomain::exclusive(), Arc::new(AtomicU32::new(0)));
/// for disk in 1..=3 {
///     let sum = sum.clone();
///     domain.schedule(move |_| _ = sum.fetch_add(disk, Relaxed));
/// }
/// domain.synchronize_full();
/// assert_eq!(sum.load(Relaxed), 6);
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct AsyncDomain {
    /// 0 until it is first needed. Not the address, which another domain may have later.
    id: record::AtomicU64,
    registered: bool,
}

impl AsyncDomain {
    const_fn! {
        /// Makes a registered domain: `ASYNC_DOMAIN`'s initializer.
        ///
        /// ```
        /// use kthread_rt::prelude::*;
        ///
        /// let probes = AsyncDomain::new();
        /// probes.schedule(|cookie| assert!(cookie > 0)); // probes a device
        /// probes.synchronize_full();
        /// ```
        pub const fn new() -> Self {
            Self { id: record::AtomicU64::new(0), registered: true }
        }
    }

    const_fn! {
        /// Makes an exclusive domain: `ASYNC_DOMAIN_EXCLUSIVE`'s initializer.
        pub const fn exclusive() -> Self {
            Self { id: record::AtomicU64::new(0), registered: false }
        }
    }

    /// Schedules `function`, which gets its cookie: [`async_schedule_domain`].
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let probes = AsyncDomain::new();
    /// probes.schedule(|cookie| assert!(cookie > 0)); // probes a device
    /// probes.synchronize_full();
    /// ```
    #[track_caller]
    pub fn schedule(&self, function: impl FnOnce(AsyncCookie) + Send + 'static) -> AsyncCookie {
        schedule(self.group(), function, "async_schedule_domain", Location::caller())
    }

    /// Waits until all calls of this domain have ended: [`async_synchronize_full_domain`]. Sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let probes = AsyncDomain::new();
    /// probes.schedule(|cookie| assert!(cookie > 0)); // probes a device
    /// probes.synchronize_full();
    /// ```
    #[track_caller]
    pub fn synchronize_full(&self) {
        synchronize(Some(self.group().id), COOKIE_MAX, "async_synchronize_full_domain");
    }

    /// Waits until all calls of this domain with lower cookies have ended:
    /// [`async_synchronize_cookie_domain`]. Sleeps.
    #[track_caller]
    pub fn synchronize_cookie(&self, cookie: AsyncCookie) {
        synchronize(Some(self.group().id), cookie, "async_synchronize_cookie_domain");
    }

    fn group(&self) -> Group {
        static NEXT: record::AtomicU64 = record::AtomicU64::new(DEFAULT.id + 1);
        let id = match self.id.load(Relaxed) {
            0 => {
                let new = NEXT.fetch_add(1, Relaxed);
                // The first caller sets the id.
                self.id.compare_exchange(0, new, Relaxed, Relaxed).map_or_else(|id| id, |_| new)
            }
            id => id,
        };
        Group { id, registered: self.registered }
    }
}

impl Default for AsyncDomain {
    fn default() -> Self {
        Self::new()
    }
}

/// A Kernel's asynchronous calls.
pub(crate) struct Calls {
    book: Mutex<Book>,
    /// The waiters for calls to end.
    over: WaitQueueHead,
}

#[derive(Default)]
struct Book {
    last_cookie: AsyncCookie,
    /// The pending calls of registered domains.
    registered: BTreeSet<AsyncCookie>,
    /// The pending calls by domain. A domain without calls has no entry.
    of_domain: BTreeMap<u64, BTreeSet<AsyncCookie>>,
    count: usize,
    /// The running calls, by the pids of their workers.
    running: BTreeMap<i32, Call>,
}

/// A pending call.
#[derive(Debug, Clone, Copy)]
struct Call {
    cookie: AsyncCookie,
    group: Group,
}

impl Subsystem for Calls {
    const ID: SubsystemId = SubsystemId::Async;

    fn new() -> Self {
        Self { book: Mutex::new(Book::default()), over: WaitQueueHead::new() }
    }
}

impl Book {
    fn draw_cookie(&mut self) -> AsyncCookie {
        self.last_cookie += 1;
        self.last_cookie
    }

    fn write_down(&mut self, call: Call) {
        self.of_domain.entry(call.group.id).or_default().insert(call.cookie);
        if call.group.registered {
            self.registered.insert(call.cookie);
        }
        self.count += 1;
    }

    fn strike_out(&mut self, call: Call) {
        if let Some(cookies) = self.of_domain.get_mut(&call.group.id) {
            cookies.remove(&call.cookie);
            if cookies.is_empty() {
                self.of_domain.remove(&call.group.id);
            }
        }
        self.registered.remove(&call.cookie);
        self.count -= 1;
    }

    /// The lowest pending cookie of one domain or of all registered ones.
    fn lowest(&self, domain: Option<u64>) -> AsyncCookie {
        let cookies = match domain {
            Some(id) => self.of_domain.get(&id),
            None => Some(&self.registered),
        };
        cookies.and_then(|cookies| cookies.first().copied()).unwrap_or(COOKIE_MAX)
    }
}

impl Calls {
    /// The call has ended, or was refused.
    fn end(&self, call: Call) {
        self.book.lock().strike_out(call);
        wake_up_all(&self.over);
    }
}

fn schedule(
    group: Group,
    function: impl FnOnce(AsyncCookie) + Send + 'static,
    name: &'static str,
    place: &'static Location<'static>,
) -> AsyncCookie {
    sync::refuse_in_forked_child();
    let kernel_state = with_current(|me| me.kernel_state().clone());
    let mut book = kernel_state.subsystem::<Calls>().book.lock();
    let cookie = book.draw_cookie();
    if book.count > MAX_ASYNC_CALLS {
        drop(book);
        function(cookie);
        return cookie;
    }
    let call = Call { cookie, group };
    book.write_down(call);
    drop(book);
    // Shared, to get the function back if the workqueue refuses it.
    let function = Arc::new(Mutex::new(Some(function)));
    let job = {
        let (kernel_state, function) = (kernel_state.clone(), function.clone());
        move || {
            let function = function.lock().take();
            if let Some(function) = function {
                run(&kernel_state, call, || function(cookie));
            }
        }
    };
    if system_unbound_wq().spawn_for(job, name, place).is_err() {
        kernel_state.subsystem::<Calls>().end(call);
        let function = function.lock().take();
        if let Some(function) = function {
            function(cookie);
        }
    }
    cookie
}

/// Runs a call on a worker.
fn run(kernel_state: &KernelState, call: Call, function: impl FnOnce()) {
    let calls = kernel_state.subsystem::<Calls>();
    let pid = with_current(|me| me.pid());
    calls.book.lock().running.insert(pid, call);
    let ended = catch_unwind(AssertUnwindSafe(function));
    calls.book.lock().running.remove(&pid);
    calls.end(call);
    // The worker reports the oops.
    if let Err(panic) = ended {
        resume_unwind(panic);
    }
}

/// Waits for the calls below `cookie` of one domain or of all registered ones.
#[track_caller]
fn synchronize(domain: Option<u64>, cookie: AsyncCookie, name: &'static str) {
    sync::refuse_in_forked_child();
    let place = Location::caller();
    let (kernel_state, cookie) =
        with_current(|me| (me.kernel_state().clone(), below_own(me, domain, cookie, name, place)));
    let calls = kernel_state.subsystem::<Calls>();
    let mode = wait::WaitMode {
        state: wait::TASK_UNINTERRUPTIBLE,
        exclusive: false,
        limit: wait::WaitLimit::None,
        call: name,
    };
    wait::unit(wait::wait(&calls.over, mode, || calls.book.lock().lowest(domain) >= cookie));
}

/// Returns `cookie`. If the caller is itself one of the awaited calls, warns and returns its own
/// cookie.
fn below_own(
    me: &TaskStruct,
    domain: Option<u64>,
    cookie: AsyncCookie,
    name: &str,
    place: &'static Location<'static>,
) -> AsyncCookie {
    let own = me.kernel_state().subsystem::<Calls>().book.lock().running.get(&me.pid()).copied();
    match own {
        Some(own) if own.cookie < cookie && domain.map_or(own.group.registered, |id| id == own.group.id) => {
            let message =
                "an asynchronous call can't wait for its own end: it waited only for the calls before it";
            me.warn(WarningKind::Deadlock, name, place, message);
            own.cookie
        }
        _ => cookie,
    }
}

/// Defines a static domain: `ASYNC_DOMAIN`.
///
/// **Form**: `ASYNC_DOMAIN!([pub] static NAME)`. Declares `static NAME: AsyncDomain`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// ASYNC_DOMAIN!(
///     /// The probes of our devices.
///     static PROBES
/// );
/// async_schedule_domain(|device, _| assert_eq!(device, "sda"), "sda", &PROBES);
/// async_synchronize_full_domain(&PROBES);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! ASYNC_DOMAIN {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::AsyncDomain = $crate::AsyncDomain::new());
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(name, "ASYNC_DOMAIN", "[pub] static NAME"; $($other)*);
    };
}

/// Defines a static domain that [`async_synchronize_full`] does not wait for:
/// `ASYNC_DOMAIN_EXCLUSIVE`.
///
/// **Form**: `ASYNC_DOMAIN_EXCLUSIVE!([pub] static NAME)`. Declares `static NAME: AsyncDomain`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// ASYNC_DOMAIN_EXCLUSIVE!(static OURS);
/// async_schedule_domain(|(), _| (), (), &OURS);
/// async_synchronize_full_domain(&OURS);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! ASYNC_DOMAIN_EXCLUSIVE {
    ($(#[$meta:meta])* $vis:vis static $name:ident) => {
        $crate::__declare_static!($(#[$meta])* $vis $name: $crate::AsyncDomain = $crate::AsyncDomain::exclusive());
    };
    ($($other:tt)*) => {
        $crate::__not_the_form!(name, "ASYNC_DOMAIN_EXCLUSIVE", "[pub] static NAME"; $($other)*);
    };
}

/// Schedules a call of `function` with `data` and the call's cookie on a worker: `async_schedule`.
/// Returns the cookie. `function` may sleep.
///
/// If more than 32768 calls are pending, or the Kernel has shut down (with a warning), the caller
/// runs `function` itself before this returns, and no wait covers it. Otherwise this never sleeps.
/// A panic in `function` is an oops of the worker, and ends the call.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let first = async_schedule(|ms, _| msleep(ms), 20);
/// let second = async_schedule(
///     |(), cookie| {
///         // The slow part, in parallel with others. Then, in order:
///         async_synchronize_cookie(cookie);
///     },
///     (),
/// );
/// assert!(first < second);
/// async_synchronize_full();
/// ```
#[track_caller]
pub fn async_schedule<T: Send + 'static>(
    function: impl FnOnce(T, AsyncCookie) + Send + 'static,
    data: T,
) -> AsyncCookie {
    schedule(DEFAULT, |cookie| function(data, cookie), "async_schedule", Location::caller())
}

/// Schedules a call in a domain: `async_schedule_domain`. Otherwise as [`async_schedule`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let probes = AsyncDomain::new();
/// async_schedule_domain(|device, _| assert_eq!(device, "sda"), "sda", &probes);
/// async_synchronize_full_domain(&probes);
/// ```
#[track_caller]
pub fn async_schedule_domain<T: Send + 'static>(
    function: impl FnOnce(T, AsyncCookie) + Send + 'static,
    data: T,
    domain: &AsyncDomain,
) -> AsyncCookie {
    domain.schedule(|cookie| function(data, cookie))
}

/// Schedules a call near a NUMA node: `async_schedule_node`. The node is a hint in the kernel, and
/// is ignored here. Otherwise as [`async_schedule`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// async_schedule_node(|disk, _| assert_eq!(disk, 7), 7, NUMA_NO_NODE);
/// async_synchronize_full();
/// ```
#[track_caller]
pub fn async_schedule_node<T: Send + 'static>(
    function: impl FnOnce(T, AsyncCookie) + Send + 'static,
    data: T,
    _node: i32,
) -> AsyncCookie {
    async_schedule(function, data)
}

/// Schedules a call near a NUMA node in a domain: `async_schedule_node_domain`. Otherwise as
/// [`async_schedule_node`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let probes = AsyncDomain::new();
/// async_schedule_node_domain(|device, _| assert_eq!(device, "sda"), "sda", NUMA_NO_NODE, &probes);
/// async_synchronize_full_domain(&probes);
/// ```
#[track_caller]
pub fn async_schedule_node_domain<T: Send + 'static>(
    function: impl FnOnce(T, AsyncCookie) + Send + 'static,
    data: T,
    _node: i32,
    domain: &AsyncDomain,
) -> AsyncCookie {
    async_schedule_domain(function, data, domain)
}

/// Waits until all calls of all registered domains have ended: `async_synchronize_full`. Sleeps
/// uninterruptibly.
///
/// Inside one of these calls, where the kernel hangs, it warns and waits for the calls before that
/// one.
///
/// ```
/// use kthread_rt::prelude::*;
/// use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
///
/// static PROBED: AtomicU32 = AtomicU32::new(0);
/// async_schedule(|(), _| _ = PROBED.fetch_add(1, SeqCst), ());
/// async_synchronize_full();
/// assert_eq!(PROBED.load(SeqCst), 1);
/// ```
#[track_caller]
pub fn async_synchronize_full() {
    synchronize(None, COOKIE_MAX, "async_synchronize_full");
}

/// Waits until all calls of `domain` have ended: `async_synchronize_full_domain`. Otherwise as
/// [`async_synchronize_full`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let probes = AsyncDomain::new();
/// async_schedule_domain(|device, _| assert_eq!(device, "sda"), "sda", &probes);
/// async_synchronize_full_domain(&probes);
/// ```
#[track_caller]
pub fn async_synchronize_full_domain(domain: &AsyncDomain) {
    domain.synchronize_full();
}

/// Waits until all calls without a domain and with cookies below `cookie` have ended:
/// `async_synchronize_cookie`. Sleeps uninterruptibly. A call may wait with its own cookie; with a
/// higher one, it warns as in [`async_synchronize_full`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// // Registers the disks in order, although they are probed at the same time.
/// async_schedule(
///     |disk, cookie| {
///         assert_eq!(disk, "sda"); // probes it
///         async_synchronize_cookie(cookie); // all earlier calls have ended
///     },
///     "sda",
/// );
/// async_synchronize_full();
/// ```
#[track_caller]
pub fn async_synchronize_cookie(cookie: AsyncCookie) {
    synchronize(Some(DEFAULT.id), cookie, "async_synchronize_cookie");
}

/// Waits until all calls of `domain` with cookies below `cookie` have ended:
/// `async_synchronize_cookie_domain`. Otherwise as [`async_synchronize_cookie`].
///
/// ```
/// use kthread_rt::prelude::*;
///
/// let probes = AsyncDomain::new();
/// let first = async_schedule_domain(|(), _| (), (), &probes);
/// async_schedule_domain(|(), _| (), (), &probes);
/// // Waits for the calls before the given one.
/// async_synchronize_cookie_domain(first + 1, &probes);
/// # async_synchronize_full_domain(&probes);
/// ```
#[track_caller]
pub fn async_synchronize_cookie_domain(cookie: AsyncCookie, domain: &AsyncDomain) {
    domain.synchronize_cookie(cookie);
}

/// True in a function that a worker runs for [`async_schedule`]: `current_is_async`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// async_schedule(|(), _| assert!(current_is_async()), ());
/// assert!(!current_is_async());
/// async_synchronize_full();
/// ```
pub fn current_is_async() -> bool {
    with_current(|me| me.kernel_state().subsystem::<Calls>().book.lock().running.contains_key(&me.pid()))
}
