//! Sleeping where it is wrong.

use super::{right, wrong};
use kthread_rt::prelude::*;

#[test]
fn a_sleep_under_a_spinlock() {
    wrong("sleeping function called from invalid context", |_| {
        let lock = SpinLock::new(());
        let guard = lock.lock();
        msleep(1);
        let line = line!() - 1;
        drop(guard);
        line
    });
    right(|_| {
        let lock = SpinLock::new(());
        drop(lock.lock());
        msleep(1);
    });
}
