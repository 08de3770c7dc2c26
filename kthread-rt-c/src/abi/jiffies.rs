//! `linux/jiffies.h`: the tick count, and `jiffies` as the variable that it is in a kernel.
//!
//! # The variable
//!
//! The runtime needs no tick: whoever asks for the time reads the clock. But `jiffies` is the name
//! of an object; a macro that calls would take it away from fields and parameters. So the count is
//! in memory, and is brought up to date
//!
//! * when the runtime looks at its clock, before it does anything because of what that says, as to
//!   call a timer's callback;
//! * when a task goes on from a sleep, and when one begins, before its code runs;
//! * by `time_before()` and its relatives, before they compare;
//! * and by a thread of its own at each tick, while code runs that does neither, as a loop over
//!   `jiffies` alone.
//!
//! It never goes back. Who was woken by a timer finds it not before the timer's time. Code that
//! computes finds it behind the clock by as much as the tick's thread is late, as in a kernel whose
//! interrupt is late.
//!
//! # The tick
//!
//! It is for modules that name the variable: a loader begins it ([`begin`]), and elsewhere there is
//! none. A kernel stops the tick of an idle cpu; this one stops when in [`WINDOW`] ticks the rest
//! of the process has used the cpu for less than [`LITTLE`]. Then its thread waits for a timer of
//! the process's cpu clock, which goes off when somebody computes: not while all sleep, nor for
//! threads that are awake for a moment, and also for one that got no cpu for a long time.

use kthread_rt::{INITIAL_JIFFIES, Kernel, TICK_NSEC, jiffies as jiffies_now};
use std::ffi::{c_uint, c_ulong};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The variable. It begins as a kernel's.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the kernel's name")]
pub(super) static jiffies: AtomicU64 = AtomicU64::new(INITIAL_JIFFIES);

/// How many ticks pass from one look at the cpu time to the next.
const WINDOW: u32 = 5;
/// The cpu time in which nobody needs a tick.
const LITTLE: Duration = Duration::from_millis(1);

/// Whose time it is. Set by [`begin`].
static KERNEL: OnceLock<Kernel> = OnceLock::new();

/// It is this tick.
fn publish(now: u64) {
    // Relaxed: nothing is handed over with the time.
    if jiffies.load(Ordering::Relaxed) < now {
        jiffies.fetch_max(now, Ordering::Relaxed);
    }
}

/// From now on `jiffies` is right for code that reads it and does nothing else. Again, it does
/// nothing.
pub(super) fn begin() {
    let kernel = Kernel::current();
    if KERNEL.set(kernel.clone()).is_err() {
        return;
    }
    // SAFETY: `publish` writes a variable and calls nothing.
    unsafe { kernel.__on_time(publish) };
    kthread_rt::__for_c::on_resume(refresh);
    let blocked = SignalsBlocked::new();
    let spawned = std::thread::Builder::new().name("jiffies".into()).stack_size(64 << 10).spawn(tick);
    drop(blocked);
    if let Err(error) = spawned {
        super::printk::print(&format!(
            "\x014jiffies: no thread for the tick ({error}): a loop that waits for jiffies alone does not end\n"
        ));
    }
    refresh();
}

/// The tick's thread.
fn tick() {
    let Some(kernel) = KERNEL.get() else { return };
    // SAFETY: changes how late the calling thread's timers may be, and nothing else.
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, 1) };
    let alarm = Alarm::new();
    let (mut ticks, mut used) = (0, cpu_time_of_others());
    loop {
        // This publishes.
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

/// A timer of the process's cpu clock, for the thread that made it.
struct Alarm {
    timer: libc::timer_t,
    signal: libc::sigset_t,
}

impl Alarm {
    /// None if the system does not have such timers: then the tick goes on.
    fn new() -> Option<Self> {
        // SAFETY: plain memory, which the calls fill. The signal is blocked in this thread, which
        // alone gets it.
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

    /// Sleeps until the process has used so much more cpu time.
    fn wait(&self, time: Duration) {
        let none = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        let value = libc::timespec { tv_sec: 0, tv_nsec: time.subsec_nanos().into() };
        let once = libc::itimerspec { it_interval: none, it_value: value };
        // SAFETY: the timer is this thread's, and the rest plain memory. A wait that something else
        // ends is over too early, no more.
        unsafe {
            libc::timer_settime(self.timer, 0, &once, ptr::null_mut());
            libc::sigwaitinfo(&self.signal, ptr::null_mut());
        }
    }
}

/// The cpu time that all threads of the process have used, but for the calling one.
fn cpu_time_of_others() -> Duration {
    let clock = |which| {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: room for the answer. The clock exists, so it is one.
        unsafe { libc::clock_gettime(which, &mut time) };
        Duration::new(time.tv_sec.max(0) as u64, time.tv_nsec as u32)
    };
    // The process's first: what this thread uses between the two is not taken for another's.
    let all = clock(libc::CLOCK_PROCESS_CPUTIME_ID);
    all.saturating_sub(clock(libc::CLOCK_THREAD_CPUTIME_ID))
}

/// All signals blocked in the calling thread, and in those that it starts meanwhile.
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
        // SAFETY: the mask that was there.
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

/// For a reader who comes next.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_refresh_jiffies() {
    refresh();
}

/// Brings the variable up to date.
pub(super) fn refresh() {
    match KERNEL.get() {
        // This publishes.
        Some(kernel) => kernel.uptime_ns(),
        None => kt_jiffies(),
    };
}

/// The variable, brought up to date: what `jiffies` is in a program.
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
