//! Signals of the process and cancellations of threads that are inside the runtime: they only make
//! calls check again.

#![cfg(not(any(loom, shuttle)))]

mod child;

use kthread_rt::prelude::*;
use std::ffi::c_void;
use std::mem::{MaybeUninit, zeroed};
use std::ptr;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

static ALARMS: AtomicU32 = AtomicU32::new(0);

extern "C" fn on_alarm(_: i32) {
    ALARMS.fetch_add(1, SeqCst);
}

/// Sends a signal each `us` microseconds to any thread that does not block it, without SA_RESTART;
/// 0 ends it.
fn storm(us: i64) {
    // SAFETY: the handler is async-signal-safe, and both structures are filled.
    unsafe {
        let mut action: libc::sigaction = zeroed();
        action.sa_sigaction = on_alarm as *const () as usize;
        assert_eq!(libc::sigaction(libc::SIGALRM, &action, ptr::null_mut()), 0);
        let interval = libc::timeval { tv_sec: 0, tv_usec: us };
        let timer = libc::itimerval { it_interval: interval, it_value: interval };
        assert_eq!(libc::setitimer(libc::ITIMER_REAL, &timer, ptr::null_mut()), 0);
    }
}

/// A sleep that no wake-up ends takes its time, and reports that it did.
fn timed_waits() {
    let waits: [(&str, fn()); 8] = [
        ("msleep", || msleep(12)),
        ("usleep_range", || usleep_range(12_000, 13_000)),
        ("schedule_timeout", || assert_eq!(schedule_timeout_interruptible(3), 0)),
        ("completion", || assert_eq!(wait_for_completion_timeout(&Completion::new(), 3), 0)),
        ("interruptible", || {
            assert_eq!(wait_for_completion_interruptible_timeout(&Completion::new(), 3), Ok(0));
        }),
        ("wait_event", || {
            assert_eq!(wait_event_interruptible_timeout!(WaitQueueHead::new(), false, 3), Ok(0));
        }),
        ("semaphore", || assert_eq!(Semaphore::new(0).down_timeout(3), Err(Errno::ETIME))),
        ("bit", || {
            let word = std::sync::atomic::AtomicU64::new(1);
            assert_eq!(wait_on_bit_timeout(&word, 0, TASK_INTERRUPTIBLE, 3), Err(Errno::EAGAIN));
        }),
    ];
    for (name, wait) in waits {
        let begin = Instant::now();
        wait();
        let took = begin.elapsed();
        // Three jiffies or 12 ms; a late thread is no fault.
        assert!(took >= Duration::from_millis(12), "{name} took {took:?}");
        assert!(!signal_pending(&current()), "{name}");
    }
}

#[test]
fn a_storm_of_the_process_s_signals_changes_no_answer() {
    child::run("a_storm_of_the_process_s_signals_changes_no_answer", || {
        // The storm uses the alarm that would otherwise end a hanging child.
        let (ends, ended) = mpsc::channel::<()>();
        let watchdog = thread::spawn(move || {
            if ended.recv_timeout(Duration::from_secs(60)) == Err(mpsc::RecvTimeoutError::Timeout) {
                std::process::abort();
            }
        });
        storm(150);
        let lock = KMutex::new(0_u32);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(timed_waits);
            }
            for _ in 0..2 {
                scope.spawn(|| {
                    for n in 0..300 {
                        *lock.lock_interruptible().expect("a signal of the process is none of the task's") +=
                            1;
                        let task = kthread_create!(move |()| n, (), "stormy/%d", n).unwrap();
                        kthread_park(&task).unwrap();
                        kthread_unpark(&task);
                        assert_eq!(kthread_stop(&task), n);
                    }
                });
            }
        });
        storm(0);
        assert_eq!(*lock.lock(), 600);
        assert!(ALARMS.load(SeqCst) > 10, "there was a storm");
        drop(ends);
        watchdog.join().unwrap();
    });
}

static CALLS_DONE: AtomicU32 = AtomicU32::new(0);
static PID: AtomicU32 = AtomicU32::new(0);

/// Calls that sleep or make threads, with a cancellation pending.
#[inline(never)]
fn calls() {
    PID.store(current().pid() as u32, SeqCst);
    timed_waits();
    let (done, queue) = (Completion::new(), WaitQueueHead::new());
    let task = kthread_run!(|()| 5, (), "made-by-a-cancelled").unwrap();
    let status = kthread_stop(&task);
    assert!([5, -4].contains(&status));
    complete(&done);
    wait_for_completion(&done);
    wait_event!(queue, true);
    let (tx, rx) = mpsc::channel();
    let timer = Timer::new(move |_| tx.send(()).unwrap());
    mod_timer(&timer, jiffies());
    wait_event!(queue, rx.try_recv().is_ok() || schedule_timeout_uninterruptible(1) < 0);
    drop(timer);
    CALLS_DONE.fetch_add(1, SeqCst);
}

/// No frame here has anything to drop when the cancellation unwinds it.
extern "C-unwind" fn cancelled(_: *mut c_void) -> *mut c_void {
    unsafe extern "C-unwind" {
        fn pthread_testcancel();
    }
    // SAFETY: the thread's own id; the pending cancellation acts at a cancellation point, which is
    // below.
    unsafe { libc::pthread_cancel(libc::pthread_self()) };
    calls();
    // SAFETY: the unwinding finds no frame of Rust with a destructor.
    unsafe { pthread_testcancel() };
    ptr::null_mut()
}

#[test]
fn a_cancelled_thread_ends_outside_of_the_runtime_and_its_task_with_it() {
    child::run("a_cancelled_thread_ends_outside_of_the_runtime_and_its_task_with_it", || {
        let _booted = current();
        let mut id = MaybeUninit::uninit();
        let mut result = ptr::null_mut();
        // SAFETY: the function has the signature that pthread_create needs, except for how it may
        // unwind.
        unsafe {
            let start = std::mem::transmute::<
                extern "C-unwind" fn(*mut c_void) -> *mut c_void,
                extern "C" fn(*mut c_void) -> *mut c_void,
            >(cancelled);
            let error = libc::pthread_create(id.as_mut_ptr(), ptr::null(), start, ptr::null_mut());
            assert_eq!(error, 0);
            assert_eq!(libc::pthread_join(id.assume_init(), &mut result), 0);
        }
        assert_eq!(CALLS_DONE.load(SeqCst), 1, "no call of the runtime is a cancellation point");
        assert_eq!(result.addr(), usize::MAX, "PTHREAD_CANCELED");
        assert_eq!(find_task_by_pid(PID.load(SeqCst) as i32), None);
    });
}
