//! Shared by the tests: hand-shakes with threads, and a Kernel that records its warnings.

use kthread_rt::diag::{Warning, WarningKind};
use kthread_rt::prelude::*;
use std::fmt::Debug;
use std::ops::{Bound, RangeBounds};
use std::panic::Location;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A new thread, not woken yet.
#[track_caller]
pub(crate) fn create(threadfn: impl FnOnce() -> i32 + Send + 'static, name: &str) -> Task {
    kthread_create(|threadfn| threadfn(), threadfn, name).expect("kthreadd can create")
}

/// A thread that was woken: its function will run.
#[track_caller]
pub(crate) fn run(threadfn: impl FnOnce() -> i32 + Send + 'static, name: &str) -> Task {
    let task = create(threadfn, name);
    assert!(wake_up_process(&task), "a new thread is asleep");
    task
}

/// What `f` returns on a kthread of its own.
#[track_caller]
pub(crate) fn on_kthread<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
    let (sender, receiver) = channel();
    let task = run(
        move || {
            sender.send(f()).expect("the test listens");
            0
        },
        "asked",
    );
    let answer = receiver.recv().expect("the thread function did not panic");
    assert_eq!(kthread_stop(&task), 0);
    answer
}

/// Waits until `task` sleeps in any state, and returns the state. A task that has ended sleeps in
/// TASK_DEAD.
pub(crate) fn asleep(task: &TaskStruct) -> TaskState {
    assert!(wait_task_inactive(task, TASK_RUNNING), "it does fall asleep");
    task.state()
}

/// Waits until `task`, whose function does not sleep any more, has ended.
#[track_caller]
pub(crate) fn await_end(task: &TaskStruct) {
    assert_eq!(asleep(task), TASK_DEAD);
}

/// Sleeps in `state` until the calling kthread is asked to stop.
pub(crate) fn sleep_until_stopped(state: TaskState) {
    loop {
        set_current_state(state);
        if kthread_should_stop() {
            break;
        }
        schedule();
    }
    set_current_state(TASK_RUNNING);
}

/// Sleeps until a signal, or the notify-signal of a stop, is pending for the calling kthread.
pub(crate) fn sleep_until_signalled() {
    while !signal_pending(&current()) {
        set_current_state(TASK_INTERRUPTIBLE);
        schedule();
    }
}

/// Waits in a thread function, without sleeping as far as the scheduler of its Kernel knows: the
/// thread is busy, and checks nothing, from `is_busy` to `let_go`.
pub(crate) struct Busy {
    sender: Sender<()>,
    go: Receiver<()>,
}

impl Busy {
    pub(crate) fn new() -> (Self, Receiver<()>, Sender<()>) {
        let (sender, is_busy) = channel();
        let (let_go, go) = channel();
        (Self { sender, go }, is_busy, let_go)
    }

    pub(crate) fn wait(self) {
        self.sender.send(()).unwrap();
        self.go.recv().unwrap();
    }
}

/// A `long` as the kernel returns it: jiffies, or -errno.
pub(crate) fn long(result: Result<u64, Errno>) -> i64 {
    result.map_or_else(|errno| errno.as_return().into(), |jiffies| jiffies as i64)
}

/// A recorded warning of a Kernel.
#[derive(Debug)]
struct Told {
    kind: WarningKind,
    comm: String,
    pid: i32,
    call: String,
    place: &'static Location<'static>,
    message: String,
}

impl From<&Warning<'_>> for Told {
    fn from(warning: &Warning<'_>) -> Self {
        let &Warning { kind, comm, pid, call, place, message, .. } = warning;
        Self { kind, comm: comm.into(), pid, call: call.into(), place, message: message.into() }
    }
}

/// A Kernel of the test's own, which the test's thread has entered as init, and whose warnings are
/// recorded.
pub(crate) struct WatchedKernel {
    kernel: Kernel,
    _inside: Entered,
    told: Arc<Mutex<Vec<Told>>>,
}

impl WatchedKernel {
    pub(crate) fn boot() -> Self {
        let told = Arc::new(Mutex::new(Vec::new()));
        let keep = told.clone();
        let kernel = Kernel::builder()
            .on_warning(move |warning| {
                // Whether the operating system permits priorities is none of these tests' business.
                if warning.kind != WarningKind::OsRefused {
                    keep.lock().unwrap().push(Told::from(warning));
                }
            })
            .boot()
            .expect("a Kernel boots");
        let inside = kernel.enter();
        Self { kernel, _inside: inside, told }
    }

    /// Asserts that `f`, which makes its call on this line or the next few, warns once: in the name
    /// of the calling task, of this kind, in this call, at that place, and with a message that
    /// contains `about`.
    #[track_caller]
    pub(crate) fn warns<R>(&self, kind: WarningKind, call: &str, about: &str, f: impl FnOnce() -> R) -> R {
        let result = f();
        let told = self.warned_of(&current(), kind, call, about);
        let below = told.place.line().checked_sub(Location::caller().line());
        assert!(below.is_some_and(|lines| lines < 4), "{told:?}");
        result
    }

    /// Asserts that there was one warning since the last check: in the name of `teller`, of this
    /// kind, in this call, somewhere in the calling file, and with a message that contains `about`.
    #[track_caller]
    pub(crate) fn warned(&self, teller: &TaskStruct, kind: WarningKind, call: &str, about: &str) {
        self.warned_of(teller, kind, call, about);
    }

    #[track_caller]
    fn only_warning(&self, teller: &TaskStruct, kind: WarningKind, call: &str, about: &str) -> Told {
        let mut told = std::mem::take(&mut *self.told.lock().unwrap());
        assert_eq!(told.len(), 1, "one warning was expected: {told:?}");
        let told = told.remove(0);
        assert_eq!((told.kind, &*told.call), (kind, call), "{told:?}");
        assert_eq!((told.pid, &*told.comm), (teller.pid(), &*teller.comm()), "{told:?}");
        assert!(told.message.contains(about), "{about:?} is not in {told:?}");
        told
    }

    /// Asserts that there was one warning since the last check: that `task` oopsed, with `about` in
    /// the message.
    #[track_caller]
    pub(crate) fn oopsed(&self, task: &TaskStruct, about: &str) {
        self.only_warning(task, WarningKind::Oops, "threadfn", about);
    }

    /// [`warned`](Self::warned), at any place: in the runtime, for warnings of the runtime's own
    /// threads.
    #[track_caller]
    pub(crate) fn warned_anywhere(&self, teller: &TaskStruct, kind: WarningKind, call: &str, about: &str) {
        self.only_warning(teller, kind, call, about);
    }

    /// Passes the kind and the call of each warning since the last check to `f`.
    pub(crate) fn take_warnings(&self, mut f: impl FnMut(WarningKind, &str)) {
        for told in std::mem::take(&mut *self.told.lock().unwrap()) {
            f(told.kind, &told.call);
        }
    }

    /// The Kernel.
    pub(crate) fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    #[track_caller]
    fn warned_of(&self, teller: &TaskStruct, kind: WarningKind, call: &str, about: &str) -> Told {
        let told = self.only_warning(teller, kind, call, about);
        assert_eq!(told.place.file(), Location::caller().file(), "{told:?}");
        told
    }

    /// Shuts down, and asserts that nothing was lost, and that there were no other warnings.
    #[track_caller]
    pub(crate) fn shut_down(self) {
        let report = self.kernel.shutdown();
        assert!(report.alive.is_empty(), "{report:?}");
        assert_eq!(report.forked, report.joined);
        let told = self.told.lock().unwrap();
        assert!(told.is_empty(), "nobody expected {told:?}");
    }
}

/// Calls `how_long`, at least `tries` times, until the result is `in_range` once. It is never less;
/// on a machine whose cpus are busy it may be more now and then. If it is more for a whole minute,
/// that is a fault.
#[track_caller]
pub(crate) fn takes_at_best<T: PartialOrd + Debug>(
    in_range: impl RangeBounds<T> + Debug,
    tries: usize,
    mut how_long: impl FnMut() -> T,
) {
    let limit = Instant::now() + Duration::from_secs(60);
    let is_less = |took: &T| match in_range.start_bound() {
        Bound::Included(least) => took < least,
        Bound::Excluded(least) => took <= least,
        Bound::Unbounded => false,
    };
    let mut seen = Vec::new();
    let mut was_right = false;
    while seen.len() < tries || !was_right {
        let took = how_long();
        assert!(!is_less(&took), "{took:?} is less than {in_range:?}");
        was_right |= in_range.contains(&took);
        seen.push(took);
        assert!(was_right || Instant::now() < limit, "none is in {in_range:?}: {seen:?}");
    }
}
