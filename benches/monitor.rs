//! A number with a mutex and a condition variable: the building block of ports without completions
//! and wait queues.
//!
//! A thread that changes the number notifies after it has unlocked the mutex, so that no thread
//! wakes up only to wait for the mutex.

use std::sync;

/// Implemented with std and with parking_lot.
pub trait Monitor: Default + Send + Sync + 'static {
    /// Changes the number.
    fn change(&self, change: impl FnOnce(&mut u64));

    /// Wakes one waiter.
    fn notify_one(&self);

    /// Wakes all waiters.
    fn notify_all(&self);

    /// Waits until the number passes `test`; a test that returns true may change it.
    fn wait_until(&self, passes: impl FnMut(&mut u64) -> bool);
}

/// std's.
#[derive(Debug, Default)]
pub struct StdMonitor {
    number: sync::Mutex<u64>,
    changed: sync::Condvar,
}

impl Monitor for StdMonitor {
    fn change(&self, change: impl FnOnce(&mut u64)) {
        change(&mut self.number.lock().expect("no panic"));
    }

    fn notify_one(&self) {
        self.changed.notify_one();
    }

    fn notify_all(&self) {
        self.changed.notify_all();
    }

    fn wait_until(&self, mut passes: impl FnMut(&mut u64) -> bool) {
        let mut number = self.number.lock().expect("no panic");
        while !passes(&mut number) {
            number = self.changed.wait(number).expect("no panic");
        }
    }
}

/// parking_lot's.
#[derive(Debug, Default)]
pub struct ParkingLotMonitor {
    number: parking_lot::Mutex<u64>,
    changed: parking_lot::Condvar,
}

impl Monitor for ParkingLotMonitor {
    fn change(&self, change: impl FnOnce(&mut u64)) {
        change(&mut self.number.lock());
    }

    fn notify_one(&self) {
        self.changed.notify_one();
    }

    fn notify_all(&self) {
        self.changed.notify_all();
    }

    fn wait_until(&self, mut passes: impl FnMut(&mut u64) -> bool) {
        let mut number = self.number.lock();
        while !passes(&mut number) {
            self.changed.wait(&mut number);
        }
    }
}
