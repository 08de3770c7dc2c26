//! How late timers fire.

use benches::{pin_to_one_cpu, std_thread};
use criterion::Criterion;
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::time::{Duration, Instant};

/// The next command for the sleeping thread.
#[derive(Clone, Copy, Default)]
enum Order {
    #[default]
    None,
    SleepUntil(Instant),
    End,
}

/// A thread's commands.
#[derive(Default)]
struct Alarm {
    order: Mutex<Order>,
    changed: Condvar,
}

impl Alarm {
    /// Waits for a command, then until its time; returns how late it is. `None` for the last
    /// command.
    fn wait(&self) -> Option<Duration> {
        let mut order = self.order.lock().expect("no panic");
        loop {
            match *order {
                Order::None => order = self.changed.wait(order).expect("no panic"),
                Order::SleepUntil(at) => {
                    let left = at.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        *order = Order::None;
                        return Some(at.elapsed());
                    }
                    order = self.changed.wait_timeout(order, left).expect("no panic").0;
                }
                Order::End => return None,
            }
        }
    }

    fn set(&self, order: Order) {
        *self.order.lock().expect("no panic") = order;
        self.changed.notify_one();
    }
}

/// The time at which jiffy 0 would have begun, or a little earlier: a lower bound from some ticks,
/// to exclude preemption.
fn jiffies_began() -> i64 {
    let tick = || {
        let (before, mut still_before) = (jiffies(), ktime_get());
        loop {
            // In this order: if the jiffy is still the old one, the next begins after that time.
            let (now, jiffy) = (ktime_get(), jiffies());
            if jiffy != before {
                return still_before - jiffies_to_nsecs(jiffy) as i64;
            }
            still_before = now;
        }
    };
    (0..5).map(|_| tick()).max().unwrap_or(0)
}

const AHEAD: Duration = Duration::from_millis(6);

pub(crate) fn lateness(c: &mut Criterion) {
    pin_to_one_cpu();
    let mut group = c.benchmark_group("lateness");
    group.sample_size(20).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    let fired = Arc::new((AtomicI64::new(0), Completion::new()));
    let fire = {
        let fired = fired.clone();
        move || {
            fired.0.store(ktime_get(), Ordering::Relaxed);
            complete(&fired.1);
        }
    };
    // Nanoseconds from `at` until the callback runs.
    let wait = |at: i64| {
        wait_for_completion(&fired.1);
        let late = fired.0.load(Ordering::Relaxed) - at;
        assert!(late >= 0, "a timer is never early");
        Duration::from_nanos(late as u64)
    };
    group.bench_function("timer", |b| {
        let timer = Timer::new({
            let fire = fire.clone();
            move |_| fire()
        });
        let began = jiffies_began();
        b.iter_custom(|n| {
            (0..n)
                .map(|_| {
                    let expires = jiffies() + 2;
                    mod_timer(&timer, expires);
                    wait(began + jiffies_to_nsecs(expires) as i64)
                })
                .sum()
        });
    });
    group.bench_function("hrtimer", |b| {
        let timer = HighResTimer::new({
            let fire = fire.clone();
            move |_| {
                fire();
                HRTIMER_NORESTART
            }
        });
        b.iter_custom(|n| {
            (0..n)
                .map(|_| {
                    let at = ktime_add_ns(ktime_get(), AHEAD.as_nanos() as u64);
                    hrtimer_start(&timer, at, HRTIMER_MODE_ABS);
                    wait(at)
                })
                .sum()
        });
    });
    group.bench_function("a thread in Condvar::wait_timeout", |b| {
        let alarm = Arc::new(Alarm::default());
        let (sender, receiver) = mpsc::channel();
        let thread = {
            let alarm = alarm.clone();
            std_thread(move || {
                while let Some(late) = alarm.wait() {
                    sender.send(late).expect("the receiver waits");
                }
            })
        };
        b.iter_custom(|n| {
            (0..n)
                .map(|_| {
                    alarm.set(Order::SleepUntil(Instant::now() + AHEAD));
                    receiver.recv().expect("the thread is there")
                })
                .sum()
        });
        alarm.set(Order::End);
        thread.join().expect("no panic");
    });
}
