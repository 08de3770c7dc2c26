//! `linux/jiffies.h`: the tick count, and `jiffies` as the variable that it is in a kernel.
//!
//! # The variable
//!
//! The runtime needs no tick: it reads the clock when it needs the time. But in C, `jiffies` has to
//! be a variable: as a macro with a call it would be unusable as the name of a field or a
//! parameter. So the count is in memory, and is updated
//!
//! * when the runtime reads its clock, before it acts on the time, as when it calls a timer's
//!   callback;
//! * when a task starts, and when it wakes from a sleep, before its code runs;
//! * by `time_before()` and the like, before they compare;
//! * by a separate thread at each tick, for code that does none of these, as a loop that only reads
//!   `jiffies`.
//!
//! It never goes back. A task that a timer woke finds it at the timer's time or later. For code
//! that computes, it lags behind the clock by the delay of the tick's thread, as in a kernel whose
//! timer interrupt is late.
//!
//! # The tick
//!
//! Only modules that name the variable need it: a loader starts it for them ([`begin`]). A kernel
//! stops the tick of an idle cpu. This tick stops when the rest of the process has used the cpu for
//! less than [`LITTLE`] in [`WINDOW`] ticks. Then its thread waits for a timer on the process's cpu
//! clock, which expires when threads compute: not while all sleep, and not for threads that are
//! awake for a moment only, but also for a thread that got no cpu for a long time.

use kthread_rt::{INITIAL_JIFFIES, Kernel, TICK_NSEC, jiffies as jiffies_now};
use std::ffi::{c_uint, c_ulong};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The variable. Its initial value is a kernel's.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the kernel's name")]
pub(super) static jiffies: AtomicU64 = AtomicU64::new(INITIAL_JIFFIES);

/// How many ticks pass between two checks of the cpu time.
const WINDOW: u32 = 5;
/// If threads use less cpu time than this, no thread needs the tick.
const LITTLE: Duration = Duration::from_millis(1);

/// The Kernel whose time it is. Set by [`begin`].
static KERNEL: OnceLock<Kernel> = OnceLock::new();

/// Stores the current tick.
fn publish(now: u64) {
    // Relaxed: no other data is published with the time.
    if jiffies.load(Ordering::Relaxed) < now {
        jiffies.fetch_max(now, Ordering::Relaxed);
    }
}

/// Starts the tick, so that `jiffies` is right for code that only reads it. A second call does
/// nothing.
pub(super) fn begin() {
    let kernel = Kernel::current();
    if KERNEL.set(kernel.clone()).is_err() {
        return;
    }
    // SAFETY: `publish` only writes a variable.
    unsafe { kernel.__on_time(publish) };
    kthread_rt::__for_c::on_resume(refresh);
    let blocked = SignalsBlocked::new();
    let spawned = std::thread::Builder::new().name("jiffies".into()).stack_size(64 << 10).spawn(tick);
    drop(blocked);
    if let Err(error) = spawned {
        super::printk::print(&format!(
            "\x014jiffies: the tick's thread can't be started ({error}): a loop that only reads jiffies will not end\n"
        ));
    }
    refresh();
}

/// The main function of the tick's thread.
fn tick() {
    let Some(kernel) = KERNEL.get() else { return };
    // SAFETY: only changes the slack of the calling thread's timers.
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1) };
    let alarm = Alarm::new();
    let (mut ticks, mut used) = (0, cpu_time_of_others());
    loop {
        // Reading the clock publishes the tick.
        let uptime = kernel.uptime_ns();
        ticks += 1;
        if ticks == WINDOW {
            let now = cpu_time_of_others();
            let little = now.saturating_sub(used) < LITTLE;
            (ticks, used) = (0, now);
            if little && let Some(alarm) = &alarm {
                alarm.wait(LITTLE);
                continue;
            }
        }
        std::thread::sleep(Duration::from_nanos(TICK_NSEC - uptime % TICK_NSEC));
    }
}

/// A timer on the process's cpu clock, which signals the thread that created it.
struct Alarm {
    timer: libc::timer_t,
    signal: libc::sigset_t,
}

impl Alarm {
    /// None if the system does not have such timers: then the tick never stops.
    fn new() -> Option<Self> {
        // SAFETY: plain memory, which the calls fill. Only this thread receives the signal, and it
        // is blocked here.
        unsafe {
            let mut event: libc::sigevent = std::mem::zeroed();
            event.sigev_notify = libc::SIGEV_THREAD_ID;
            event.sigev_signo = libc::SIGRTMAX();
            event.sigev_notify_thread_id = libc::gettid();
            let (mut timer, mut signal) = (ptr::null_mut(), std::mem::zeroed());
            libc::sigemptyset(&mut signal);
            libc::sigaddset(&mut signal, libc::SIGRTMAX());
            let made = libc::timer_create(libc::CLOCK_PROCESS_CPUTIME_ID, &mut event, &mut timer) == 0;
            made.then_some(Self { timer, signal })
        }
    }

    /// Sleeps until the process has used this much more cpu time.
    fn wait(&self, time: Duration) {
        let none = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        let value = libc::timespec { tv_sec: 0, tv_nsec: time.subsec_nanos().into() };
        let once = libc::itimerspec { it_interval: none, it_value: value };
        // SAFETY: the timer belongs to this thread, and the rest is plain memory. If another event
        // ends the wait, it only ends too early.
        unsafe {
            libc::timer_settime(self.timer, 0, &once, ptr::null_mut());
            libc::sigwaitinfo(&self.signal, ptr::null_mut());
        }
    }
}

/// The cpu time that all other threads of the process have used.
fn cpu_time_of_others() -> Duration {
    let clock = |which| {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the call fills `time`, since the clock exists.
        unsafe { libc::clock_gettime(which, &mut time) };
        Duration::new(time.tv_sec.max(0) as u64, time.tv_nsec as u32)
    };
    // The process's time first, so that time used between the two calls is not attributed to other
    // threads.
    let all = clock(libc::CLOCK_PROCESS_CPUTIME_ID);
    all.saturating_sub(clock(libc::CLOCK_THREAD_CPUTIME_ID))
}

/// While this exists, all signals are blocked in the calling thread and in threads that it starts.
struct SignalsBlocked(libc::sigset_t);

impl SignalsBlocked {
    fn new() -> Self {
        // SAFETY: sigset_t is plain memory, which the calls fill.
        unsafe {
            let (mut all, mut before) = std::mem::zeroed();
            libc::sigfillset(&mut all);
            libc::pthread_sigmask(libc::SIG_BLOCK, &all, &mut before);
            Self(before)
        }
    }
}

impl Drop for SignalsBlocked {
    fn drop(&mut self) {
        // SAFETY: restores the mask that `new` saved.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.0, ptr::null_mut()) };
    }
}

/// The current tick.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_jiffies() -> c_ulong {
    let now = jiffies_now();
    publish(now);
    now
}

/// Updates `jiffies` for a reader that follows.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_refresh_jiffies() {
    refresh();
}

/// Updates the variable.
pub(super) fn refresh() {
    match KERNEL.get() {
        // Reading the clock publishes the tick.
        Some(kernel) => kernel.uptime_ns(),
        None => kt_jiffies(),
    };
}

/// Updates the variable and returns its address: `jiffies` in a program expands to this.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_jiffies_word() -> *const AtomicU64 {
    kt_jiffies();
    &raw const jiffies
}

/// [`begin`], for a program that wants the variable.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_begin_jiffies() {
    begin();
}

macro_rules! conversions {
    ($($name:ident = $of:ident($arg:ty) -> $ret:ty;)*) => { $(
        #[unsafe(no_mangle)]
        extern "C" fn $name(value: $arg) -> $ret {
            kthread_rt::$of(value)
        }
    )* };
}

conversions! {
    kt_msecs_to_jiffies = msecs_to_jiffies(c_uint) -> c_ulong;
    kt_usecs_to_jiffies = usecs_to_jiffies(c_uint) -> c_ulong;
    nsecs_to_jiffies = nsecs_to_jiffies(u64) -> c_ulong;
    jiffies_to_msecs = jiffies_to_msecs(c_ulong) -> c_uint;
    jiffies_to_usecs = jiffies_to_usecs(c_ulong) -> c_uint;
}
