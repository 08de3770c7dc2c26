//! One thread deletes or arms a timer while another runs its callback.

use crate::{Calls, asleep, let_due_timers_fire};
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use std::thread;

/// A timer whose callback, once begun, continues only when it is released. It does not sleep, as a
/// callback must not.
#[derive(Clone, Default)]
struct Held(Arc<(Completion, AtomicBool, AtomicU32)>);

impl Held {
    fn hold(&self) {
        complete(&self.0.0);
        while !self.0.1.load(SeqCst) {
            thread::yield_now();
        }
        self.0.2.fetch_add(1, SeqCst);
    }

    fn begun(&self) {
        wait_for_completion(&self.0.0);
    }

    fn let_go(&self) {
        self.0.1.store(true, SeqCst);
    }

    fn ended(&self) -> u32 {
        self.0.2.load(SeqCst)
    }
}

/// Runs `f` on a thread with a task of this Kernel, and returns the task and what `f` returned.
fn on_a_task<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> (Task, thread::JoinHandle<R>) {
    let (kernel, (sender, receiver)) = (Kernel::current(), mpsc::channel());
    let thread = thread::spawn(move || {
        let _inside = kernel.enter();
        sender.send(current()).unwrap();
        f()
    });
    (receiver.recv().unwrap(), thread)
}

#[test]
fn delete_sync_waits_for_the_callback() {
    let kernel = Kernel::builder().boot_on_demand().unwrap();
    let _inside = kernel.enter();
    let held = Held::default();
    let callback = held.clone();
    let timer = Arc::new(Timer::new(move |_| callback.hold()));
    mod_timer(&timer, jiffies());
    held.begun();
    // The others return at once.
    assert_eq!((timer_delete(&timer), try_to_del_timer_sync(&timer), timer_pending(&timer)), (0, -1, 0));
    let (task, deleter) = on_a_task({
        let (timer, held) = (timer.clone(), held.clone());
        move || {
            let ret = timer_delete_sync(&timer);
            (ret, held.ended())
        }
    });
    asleep(&task);
    assert_eq!(task.waits_on().map(|on| on.kind), Some(WaitKind::Timer));
    held.let_go();
    assert_eq!(deleter.join().unwrap(), (0, 1));
}

#[test]
fn delete_sync_deletes_what_the_callback_armed() {
    let kernel = Kernel::builder().boot_on_demand().unwrap();
    let _inside = kernel.enter();
    let held = Held::default();
    let callback = held.clone();
    let timer = Arc::new(Timer::new(move |timer| {
        callback.hold();
        mod_timer(timer, jiffies() + HZ);
    }));
    mod_timer(&timer, jiffies());
    held.begun();
    let (task, deleter) = on_a_task({
        let timer = timer.clone();
        move || timer_delete_sync(&timer)
    });
    asleep(&task);
    held.let_go();
    assert_eq!(deleter.join().unwrap(), 1);
    assert_eq!(timer_pending(&timer), 0);
}

#[test]
fn two_tasks_may_wait_for_one_callback() {
    let kernel = Kernel::builder().boot_on_demand().unwrap();
    let _inside = kernel.enter();
    let held = Held::default();
    let callback = held.clone();
    let timer = Arc::new(Timer::new(move |_| callback.hold()));
    mod_timer(&timer, jiffies());
    held.begun();
    let deleters: Vec<_> = (0..2)
        .map(|_| {
            let timer = timer.clone();
            on_a_task(move || timer_delete_sync(&timer))
        })
        .collect();
    deleters.iter().for_each(|(task, _)| asleep(task));
    held.let_go();
    let returned: Vec<_> = deleters.into_iter().map(|(_, thread)| thread.join().unwrap()).collect();
    assert_eq!(returned, [0, 0]);
}

#[test]
fn a_timer_armed_while_its_callback_runs_fires_again() {
    let kernel = Kernel::builder().boot_on_demand().unwrap();
    let _inside = kernel.enter();
    let held = Held::default();
    let callback = held.clone();
    let timer = Timer::new(move |_| callback.hold());
    mod_timer(&timer, jiffies());
    held.begun();
    assert_eq!(mod_timer(&timer, jiffies()), 0);
    assert_eq!((timer_pending(&timer), try_to_del_timer_sync(&timer)), (1, -1));
    assert_eq!(timer_pending(&timer), 1, "a try that fails leaves it");
    held.let_go();
    held.begun();
    let_due_timers_fire();
    assert_eq!(held.ended(), 2);
}

#[test]
fn shutdown_sync_ends_a_timer_that_arms_itself() {
    let calls = Calls::default();
    let callback = calls.clone();
    let timer = Timer::new(move |timer| {
        callback.note();
        mod_timer(timer, jiffies());
    });
    mod_timer(&timer, jiffies());
    calls.wait();
    calls.wait();
    timer_shutdown_sync(&timer);
    let count = calls.count();
    let_due_timers_fire();
    assert_eq!((calls.count(), timer_pending(&timer)), (count, 0));
}

#[test]
fn drop_waits_for_the_callback() {
    let kernel = Kernel::builder().boot_on_demand().unwrap();
    let _inside = kernel.enter();
    let held = Held::default();
    let callback = held.clone();
    let timer = Timer::new(move |_| callback.hold());
    mod_timer(&timer, jiffies());
    held.begun();
    let (task, dropper) = on_a_task({
        let held = held.clone();
        move || {
            drop(timer);
            held.ended()
        }
    });
    asleep(&task);
    held.let_go();
    assert_eq!(dropper.join().unwrap(), 1);
}

#[test]
fn hrtimer_cancel_waits_and_takes_the_restart_back() {
    let kernel = Kernel::builder().boot_on_demand().unwrap();
    let _inside = kernel.enter();
    let held = Held::default();
    let callback = held.clone();
    let timer = Arc::new(HighResTimer::new(move |timer| {
        callback.hold();
        hrtimer_forward_now(timer, ktime_set(3600, 0));
        HRTIMER_RESTART
    }));
    hrtimer_start(&timer, 0, HRTIMER_MODE_REL);
    held.begun();
    assert_eq!(hrtimer_try_to_cancel(&timer), -1);
    let (task, canceller) = on_a_task({
        let timer = timer.clone();
        move || hrtimer_cancel(&timer)
    });
    asleep(&task);
    held.let_go();
    assert_eq!(canceller.join().unwrap(), 1);
    assert!(!hrtimer_active(&timer));
}

#[test]
fn a_timer_s_callback_may_wait_for_an_hrtimer_s() {
    let kernel = Kernel::builder().boot_on_demand().unwrap();
    let _inside = kernel.enter();
    let held = Held::default();
    let callback = held.clone();
    let hrtimer = Arc::new(HighResTimer::new(move |_| {
        callback.hold();
        HRTIMER_NORESTART
    }));
    hrtimer_start(&hrtimer, 0, HRTIMER_MODE_REL);
    held.begun();
    let calls = Calls::default();
    let timer = Timer::new({
        let (hrtimer, held, calls) = (hrtimer.clone(), held.clone(), calls.clone());
        move |_| {
            held.let_go();
            assert_eq!(hrtimer_cancel(&hrtimer), 0);
            assert_eq!(held.ended(), 1);
            calls.note();
        }
    });
    mod_timer(&timer, jiffies());
    calls.wait();
}

#[test]
fn many_threads_arm_and_delete_the_same_timers() {
    const ROUNDS: u32 = 3_000;
    let kernel = Kernel::builder().boot_on_demand().unwrap();
    let _inside = kernel.enter();
    let calls = Arc::new(AtomicU32::new(0));
    let inside_callback = Arc::new(AtomicU32::new(0));
    let timers: Arc<Vec<Timer>> = Arc::new(
        (0..4)
            .map(|_| {
                let (calls, inside) = (calls.clone(), inside_callback.clone());
                Timer::new(move |_| {
                    assert_eq!(inside.fetch_add(1, SeqCst), 0, "one callback at a time");
                    calls.fetch_add(1, SeqCst);
                    inside.fetch_sub(1, SeqCst);
                })
            })
            .collect(),
    );
    let threads: Vec<_> = (0..3u32)
        .map(|thread| {
            let timers = timers.clone();
            on_a_task(move || {
                let mut armed = 0;
                for round in 0..ROUNDS {
                    let timer = &timers[(round.wrapping_mul(7) + thread) as usize % 4];
                    match (round + thread) % 5 {
                        0 => _ = timer_delete_sync(timer),
                        1 => _ = timer_delete(timer),
                        2 => _ = mod_timer(timer, jiffies() + 1),
                        _ => _ = mod_timer(timer, jiffies()),
                    }
                    armed += u32::from((round + thread) % 5 >= 2);
                }
                armed
            })
        })
        .collect();
    let armed: u32 = threads.into_iter().map(|(_, thread)| thread.join().unwrap()).sum();
    timers.iter().for_each(|timer| _ = timer_delete_sync(timer));
    let fired = calls.load(SeqCst);
    assert!(fired <= armed);
    let_due_timers_fire();
    assert_eq!(calls.load(SeqCst), fired, "nothing fires after delete_sync");
    assert_eq!(inside_callback.load(SeqCst), 0);
}
