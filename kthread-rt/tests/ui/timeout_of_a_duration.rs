//! A time limit that is no number of jiffies.

use kthread_rt::prelude::*;
use std::time::Duration;

fn main() {
    let wq = WaitQueueHead::new();
    wait_event_timeout!(wq, false, Duration::from_millis(5));
}
