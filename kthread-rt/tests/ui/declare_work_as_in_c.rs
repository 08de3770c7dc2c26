//! The kernel's own form of a static work.

use kthread_rt::prelude::*;

fn handle(_: &WorkStruct) {}

DECLARE_WORK!(HANDLE, handle);

fn main() {}
