//! A NUL byte in the literal.

use kthread_rt::prelude::*;

fn main() {
    let _ = kthread_run!(|_| 0, (), "a\0b");
    let _ = kthread_run!(|_| 0, (), "{}\0", 1);
}
