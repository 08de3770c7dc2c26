//! Flags and `max_active` in the wrong order.

use kthread_rt::prelude::*;

fn main() {
    let _ = alloc_workqueue!("sw", 4, WQ_UNBOUND);
}
