//! The thread of a base: a task of its Kernel that calls the callbacks of due timers and sleeps
//! between them.
//!
//! Arming the first timer in a Kernel starts it. The arming task starts it itself rather than
//! through kthreadd, because arming must not sleep. The thread sleeps until the first timer is due;
//! there is no periodic tick. If the system refuses the thread, the timer stays queued and a
//! warning says so; then every task that arms a timer or goes to sleep in this Kernel tries again
//! (`task/lacking.rs`).
//!
//! # Context
//!
//! A callback runs with the `preempt_count` bits that the kernel sets there: `in_serving_softirq`
//! is true in a timer's callback, `in_hardirq` in an hrtimer's, and `in_task` in neither. A call
//! that may sleep warns. A panic in a callback is an oops of that callback, and the thread
//! continues.
//!
//! # Shutdown
//!
//! A shutdown sets `closed` and empties the queue in one critical section of the base's lock. The
//! thread checks `closed` with the lock held before each callback. So no callback begins after
//! that, and the shutdown waits for the one that runs. Starting the thread and closing the base
//! both happen with `Setup` locked: either the shutdown finds the thread, or the starter finds the
//! base closed.

use super::base::{Base, Locked, Queue, Thread, Timed};
use crate::debug_objects;
use crate::diag::{WarningKind, contain};
use crate::lockdep::{Callback, Outside, told_by_oops};
use crate::sched::{
    begin_callback, change_state, leave_for_good, leave_stray_section, put_after_readers, release_task,
    sleep_until, try_to_wake_up,
};
use crate::sync::os::{self, SignalsBlocked};
use crate::sync::{self, Arc, Mutex, OsThread, OverflowWatch, ThreadSpec, observe};
use crate::task::{
    Disposition, KTHREADD_PID, KernelState, NewTask, PF_FORKNOEXEC, PF_KTHREAD, PF_NOFREEZE, Subsystem,
    SubsystemId, TASK_INTERRUPTIBLE, TASK_NORMAL, TASK_RUNNING, Task, TaskStruct, Wait, WaitKind,
};
use once_cell::sync::OnceCell;
use std::io;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::ptr;

/// What a Kernel has for one kind of timers: a base, created when the first one is armed.
pub(crate) struct Site<Q: Queue> {
    base: OnceCell<&'static Base<Q>>,
    setup: Mutex<Setup>,
}

struct Setup {
    closed: bool,
    os_thread: Option<OsThread>,
    /// The pid of the thread that the system refused; the next try uses it again.
    pid: Option<i32>,
}

impl<Q: Queue> Subsystem for Site<Q> {
    const ID: SubsystemId = Q::SUBSYSTEM;

    fn new() -> Self {
        Self { base: OnceCell::new(), setup: Mutex::new(Setup { closed: false, os_thread: None, pid: None }) }
    }
}

/// Runs when the Kernel is freed. It has shut down, so its queue is empty; a timer that still
/// points to the base is idle.
impl<Q: Queue> Drop for Site<Q> {
    fn drop(&mut self) {
        if let Some(base) = self.base.get()
            && base.lock().state(|state| state.thread != Thread::Begun)
        {
            Q::pool().give_back(base);
        }
    }
}

/// The base of a Kernel.
pub(crate) fn base_of<Q: Queue>(kernel_state: &KernelState) -> &'static Base<Q> {
    let site = kernel_state.subsystem::<Site<Q>>();
    if let Some(base) = site.base.get() {
        return base;
    }
    let setup = site.setup.lock();
    site.base.get_or_init(|| {
        let base = Base::take(&kernel_state.clock);
        base.lock().state(|state| state.closed = setup.closed);
        base
    })
}

/// Starts the thread of the base of `kernel_state`; the base is marked `Begun` already. `me` is the
/// caller.
pub(super) fn start<Q: Queue>(
    kernel_state: &Arc<KernelState>,
    me: &TaskStruct,
    call: &str,
    place: &'static Location<'static>,
) {
    let mut setup = kernel_state.subsystem::<Site<Q>>().setup.lock();
    let started = start_with::<Q>(kernel_state, &mut setup);
    drop(setup);
    if let Err(error) = started {
        let message = format!(
            "no thread for the callbacks of {}s: they run late, once the system grants one: {error}",
            Q::ONE
        );
        me.warn(WarningKind::OsRefused, call, place, &message);
    }
}

/// Called by a task that goes to sleep: starts the refused thread if callbacks still wait for it.
fn start_again<Q: Queue>(kernel_state: &Arc<KernelState>, _me: &TaskStruct) {
    let base = base_of::<Q>(kernel_state);
    let mut setup = kernel_state.subsystem::<Site<Q>>().setup.lock();
    let locked = base.lock();
    // SAFETY: the lock is held.
    let any = unsafe { locked.queue().earliest() }.is_some();
    let begin = locked.state(|state| {
        let begin = any && state.thread == Thread::None && !state.closed;
        if begin {
            state.thread = Thread::Begun;
        }
        begin
    });
    drop(locked);
    // A task that arms a timer now and is refused records that with `setup` locked, so after this.
    if !begin || start_with::<Q>(kernel_state, &mut setup).is_ok() {
        kernel_state.lacks_no_more(Q::SUBSYSTEM);
    }
}

fn start_with<Q: Queue>(kernel_state: &Arc<KernelState>, setup: &mut Setup) -> io::Result<()> {
    let base = base_of::<Q>(kernel_state);
    if setup.closed {
        end(base);
        return Ok(());
    }
    let pid = setup.pid.take().unwrap_or_else(|| kernel_state.pids.allocate());
    let task = Task::new(
        kernel_state,
        NewTask {
            pid,
            name: Q::THREAD,
            flags: PF_KTHREAD | PF_NOFREEZE | PF_FORKNOEXEC,
            state: TASK_RUNNING,
            parent: kernel_state.pids.find(KTHREADD_PID).or_else(|| kernel_state.idle()),
            default_action: Disposition::Ignored,
            private: None,
        },
    );
    kernel_state.pids.insert(&task);
    base.lock().state(|state| state.task = Some(task.clone()));
    let spec = ThreadSpec { name: Q::THREAD.into(), stack_size: kernel_state.stack_size };
    let blocked = SignalsBlocked::new();
    let spawned = sync::spawn(spec, move || thread_main(task, base), || ());
    drop(blocked);
    let error = match spawned {
        Ok(os_thread) => {
            setup.os_thread = Some(os_thread);
            return Ok(());
        }
        Err(error) => error,
    };
    let locked = base.lock();
    let task = locked.state(|state| {
        state.thread = Thread::None;
        state.task.take()
    });
    drop(locked.wake_waiters());
    put_after_readers(kernel_state.pids.remove(pid));
    drop(task);
    setup.pid = Some(pid);
    kernel_state.lacks(Q::SUBSYSTEM, start_again::<Q>);
    Err(error)
}

/// Marks the thread as ended: it never started, or does not touch the base any more.
fn end<Q: Queue>(base: &'static Base<Q>) {
    let locked = base.lock();
    let task = locked.state(|state| {
        state.thread = Thread::Ended;
        state.task.take()
    });
    drop(locked.wake_waiters());
    drop(task);
}

fn thread_main<Q: Queue>(me: Task, base: &'static Base<Q>) {
    let _watch = me.kernel_state().signal_handlers.then(OverflowWatch::begin);
    sync::set_current_ptr(me.as_ptr().cast());
    me.note_os_thread();
    os::make_ordinary(me.os_tid(), &me.kernel_state().cpus(), me.kernel_state().boot_nice());
    serve(&me, base);
    release_task(&me);
    end(base);
    leave_for_good(&me);
    sync::mark_ending(Arc::as_ptr(me.kernel_state()).cast());
}

fn serve<Q: Queue>(me: &TaskStruct, base: &'static Base<Q>) {
    let clock = &me.kernel_state().clock;
    let mut locked = base.lock();
    while !locked.state(|state| state.closed) {
        // SAFETY: the lock is held.
        if let Some(timer) = unsafe { locked.queue().take_due(clock) } {
            locked = run(me, base, locked, timer);
            continue;
        }
        // SAFETY: the lock is held.
        let next = unsafe { locked.queue().earliest() };
        locked.state(|state| state.wake_at = next.unwrap_or(u64::MAX));
        change_state(me, TASK_INTERRUPTIBLE);
        drop(locked);
        let noted = me.wait_note().set(Wait::new(WaitKind::Idle, 0, Q::THREAD, Location::caller()));
        sleep_until(me, next.and_then(|at| Q::deadline(clock, at)));
        drop(noted);
        locked = base.lock();
        locked.state(|state| state.wake_at = 0);
    }
}

/// Calls the callback of `timer`, which was taken off the queue.
fn run<Q: Queue>(
    me: &TaskStruct,
    base: &'static Base<Q>,
    locked: Locked<Q>,
    timer: *const Q::Timer,
) -> Locked<Q> {
    // SAFETY: the lock is held, and the timer was queued a moment ago.
    let Some(function) = (unsafe { Q::function(&*timer) }) else { return locked };
    // SAFETY: as above.
    let context = unsafe { Q::context(&*timer) };
    locked.state(|state| state.running = timer);
    debug_objects::runs(Q::KIND, timer.addr());
    drop(locked);

    if let Some(faults) = me.kernel_state().faults.as_deref() {
        me.fault_before_callback(faults, timer.addr());
    }
    observe(Q::CALLS, timer.addr(), |address| format!("{address:#x}"));
    let before = Outside::of(me);
    begin_callback(me, context);
    let called = Outside::of(me);
    // SAFETY: the caller that set the function promised that it may be called with the timer.
    // The timer is valid: it was queued until now, and a "sync" delete waits while it is `running`.
    let ended = catch_unwind(AssertUnwindSafe(|| unsafe { Q::call(function, timer) }));
    leave_stray_section(me, Q::CALLBACK);
    if ended.is_err() {
        told_by_oops(me, called);
    }
    let function = Q::address_of(function);
    let callback = Callback { call: Q::CALLBACK, function, kind: WarningKind::BadArgument };
    called.judge(me, callback, |left, locks| {
        format!(
            "the callback came with preempt_count {context:#x} and left {left:#x}, and {locks} lock(s) held"
        )
    });
    before.restore_count(me);
    let again = ended.unwrap_or_else(|panic| {
        me.warn(WarningKind::Oops, Q::CALLBACK, Location::caller(), Q::OOPS);
        // The destructor of a panic's payload may be the user's code.
        contain(|| drop(panic));
        false
    });

    let locked = base.lock();
    if locked.state(|state| state.runs(timer)) {
        // SAFETY: the lock is held. A callback that frees its timer calls `shut_down_owned` first,
        // which clears `running`, or is of a kind whose `returned` does nothing.
        unsafe { Q::returned(&*timer) };
    }
    if again && !locked.state(|state| state.closed) {
        // SAFETY: the lock is held, and a callback that asks for this leaves its timer valid.
        unsafe { locked.queue().restart(timer) };
    }
    // SAFETY: the lock is held; a callback that asks to be called again leaves its timer valid.
    debug_objects::ran(Q::KIND, timer.addr(), || again && unsafe { (*timer).is_queued() });
    locked.state(|state| state.running = ptr::null());
    locked.wake_waiters()
}

/// Stops the timers of a Kernel: from now on no callback begins, and when it returns none runs.
///
/// In a callback, on the base's own thread, it does not wait for that callback.
pub(crate) fn shut_down<Q: Queue>(
    kernel_state: &Arc<KernelState>,
    me: &TaskStruct,
    place: &'static Location<'static>,
) {
    let site = kernel_state.subsystem::<Site<Q>>();
    let mut setup = site.setup.lock();
    setup.closed = true;
    let Some(base) = site.base.get().copied() else { return };
    let locked = base.lock();
    // SAFETY: the lock is held.
    unsafe { locked.queue().clear() };
    let task = locked.state(|state| {
        state.closed = true;
        state.task.clone()
    });
    let wait = !locked.is_on_its_thread() && !sync::is_ending(Arc::as_ptr(kernel_state).cast());
    // Wake the tasks that wait for a callback that will not come.
    drop(locked.wake_waiters());
    drop(setup);
    if let Some(task) = task {
        try_to_wake_up(&task, TASK_NORMAL);
    }
    if !wait {
        return;
    }
    let address = ptr::from_ref(base).addr();
    drop(base.lock().wait_until(me, address, place, |state| state.thread != Thread::Begun));
    let os_thread = site.setup.lock().os_thread.take();
    if let Some(os_thread) = os_thread {
        os_thread.join();
    }
}
