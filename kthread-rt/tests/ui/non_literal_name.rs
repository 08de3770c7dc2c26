//! A name that is not a literal.

use kthread_rt::prelude::*;

fn main() {
    let name = String::from("computed");
    let _ = kthread_run!(|_| 0, (), name);
    let _ = kthread_run!(|_| 0, "name/%d", 5);
}
