//! The task of a foreign thread ends, or is left, inside an `rcu_read_lock` section: the section
//! ends with it, a report names the place where it began, and the next grace period ends.

#![cfg(not(any(loom, shuttle)))]

use kthread_rt::prelude::*;
use std::cell::RefCell;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

#[derive(Debug, PartialEq, Eq)]
struct Told {
    comm: String,
    call: String,
    file: String,
    line: u32,
}

fn told_kernel() -> (Kernel, mpsc::Receiver<Told>) {
    let (tx, rx) = mpsc::channel();
    let builder = Kernel::builder().on_warning(move |warning| {
        assert!(warning.message.contains("inside the RCU section that began here"), "{warning}");
        let (comm, call) = (warning.comm.into(), warning.call.into());
        let (file, line) = (warning.place.file().into(), warning.place.line());
        tx.send(Told { comm, call, file, line }).unwrap();
    });
    (builder.boot_on_demand().unwrap(), rx)
}

fn warning(comm: &str, call: &str, line: u32) -> Told {
    Told { comm: comm.into(), call: call.into(), file: file!().into(), line }
}

/// On a thread of its own, so that a hang fails.
#[track_caller]
fn grace_period_comes() {
    let (tx, rx) = mpsc::channel();
    thread::spawn(move || {
        synchronize_rcu();
        tx.send(()).unwrap();
    });
    rx.recv_timeout(Duration::from_secs(60)).expect("the grace period does not come");
}

fn on_thread<R: Send + 'static>(name: &str, f: impl FnOnce() -> R + Send + 'static) -> R {
    thread::Builder::new().name(name.into()).spawn(f).unwrap().join().unwrap()
}

thread_local! {
    static ENTERED: RefCell<Option<Entered>> = const { RefCell::new(None) };
}

#[test]
fn the_end_of_an_entered_ends_the_section() {
    let (kernel, warnings) = told_kernel();
    let line = on_thread("drops-it", move || {
        let entered = kernel.enter();
        rcu_read_lock(); // the outermost one is reported
        let line = line!() - 1;
        rcu_read_lock();
        drop(entered);
        line
    });
    grace_period_comes();
    assert_eq!(warnings.iter().collect::<Vec<_>>(), [warning("drops-it", "do_exit", line)]);
}

#[test]
fn the_end_of_a_thread_ends_the_section() {
    let (kernel, warnings) = told_kernel();
    let line = on_thread("ends", move || {
        ENTERED.set(Some(kernel.enter()));
        rcu_read_lock();
        line!() - 1
    });
    grace_period_comes();
    assert_eq!(warnings.iter().collect::<Vec<_>>(), [warning("ends", "do_exit", line)]);
}

/// In the default Kernel, whose task is never dropped explicitly.
#[test]
fn the_end_of_a_thread_that_entered_nothing_ends_the_section() {
    on_thread("default", rcu_read_lock);
    grace_period_comes();
}

#[test]
fn a_panic_ends_the_section() {
    let (kernel, warnings) = told_kernel();
    let thread = thread::Builder::new().name("panics".into()).spawn(move || {
        let _inside = kernel.enter();
        rcu_read_lock();
        panic!("on purpose");
    });
    thread.unwrap().join().unwrap_err();
    grace_period_comes();
    assert_eq!(warnings.iter().map(|warning| warning.call).collect::<Vec<_>>(), ["do_exit"]);
}

/// A Kernel's init is the same task whenever its thread has entered the Kernel. After an inner
/// `Entered` is dropped, the thread is still inside.
#[test]
fn init_leaves_its_section_with_its_last_entered() {
    let (line, warnings) = on_thread("init", || {
        let (kernel, warnings) = told_kernel();
        let (outer, other) = (kernel.enter(), Kernel::builder().boot_on_demand().unwrap());
        rcu_read_lock();
        let line = line!() - 1;
        drop(kernel.enter());
        assert!(rcu_read_lock_held());
        let inner = other.enter();
        drop((kernel.enter(), inner));
        assert!(rcu_read_lock_held());
        let inner = other.enter();
        drop(outer);
        grace_period_comes();
        drop(inner);
        let inside = kernel.enter();
        assert!(!rcu_read_lock_held());
        drop(inside);
        (line, warnings)
    });
    assert_eq!(warnings.iter().collect::<Vec<_>>(), [warning("init", "Entered::drop", line)]);
}

/// Begins a section when it is dropped.
struct BeginsLate;

impl Drop for BeginsLate {
    fn drop(&mut self) {
        rcu_read_lock();
    }
}

thread_local! {
    static LATE: RefCell<Option<BeginsLate>> = const { RefCell::new(None) };
}

/// Where a thread can't keep a task any more, each call has one of its own, which ends with it.
#[test]
fn a_section_of_a_threads_last_destructors_ends() {
    on_thread("late", || {
        // Destructors run in the order of the first uses here; the runtime's comes before this one.
        _ = current();
        LATE.set(Some(BeginsLate));
    });
    on_thread("early", || {
        LATE.set(Some(BeginsLate));
        _ = current();
    });
    grace_period_comes();
}
