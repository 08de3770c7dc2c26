//! What a thread leaves in its thread-locals when its function is over.

use super::within_a_minute;
use super::witness::runs_for_sure;
use kthread_rt::prelude::*;
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc;

/// Reports which task is current when it is dropped.
struct Looks(mpsc::Sender<(Task, TaskFlags)>);

impl Drop for Looks {
    fn drop(&mut self) {
        let me = current();
        let _ = self.0.send((me.clone(), me.flags()));
    }
}

thread_local! {
    static FIRST: RefCell<Option<Looks>> = const { RefCell::new(None) };
    static ENTERED: RefCell<Option<Entered>> = const { RefCell::new(None) };
    static LAST: RefCell<Option<Looks>> = const { RefCell::new(None) };
}

/// In whatever order a thread's destructors run, the thread's own task is over.
#[test]
fn a_kthread_that_leaves_its_entered_behind_is_current_to_no_destructor() {
    within_a_minute("the kthread", || {
        let (kernel, other) =
            (Kernel::builder().boot().unwrap(), Kernel::builder().boot_on_demand().unwrap());
        let _inside = kernel.enter();
        let (tx, rx) = mpsc::channel();
        let task = runs_for_sure(
            |(tx, other): (mpsc::Sender<_>, Kernel)| {
                FIRST.set(Some(Looks(tx.clone())));
                ENTERED.set(Some(other.enter()));
                LAST.set(Some(Looks(tx)));
                7
            },
            (tx, other),
            "leaves-things",
        );
        assert_eq!(kthread_stop(&task), 7);
        // The test's reference would keep the memory there.
        let (pid, address) = (task.pid(), task.as_ptr());
        drop(task);
        let seen: Vec<_> = rx.iter().take(2).collect();
        for (me, flags) in &seen {
            assert!(!flags.contains(PF_KTHREAD), "{me:?} is current in a destructor of the thread of {pid}");
            assert_ne!(me.as_ptr(), address);
        }
        assert_eq!(kernel.shutdown().joined, 1);
    });
}

/// kthreadd's own thread: a handler of events runs there.
#[test]
fn a_handler_may_leave_an_entered_on_kthreadd() {
    within_a_minute("the Kernel", || {
        let other = Kernel::builder().boot_on_demand().unwrap();
        let (tx, rx) = mpsc::channel();
        let done = AtomicBool::new(false);
        let kernel = Kernel::builder()
            .on_event(move |event| {
                if event.task.pid == 2 && !done.swap(true, SeqCst) {
                    // The first one is dropped last.
                    FIRST.set(Some(Looks(tx.clone())));
                    ENTERED.set(Some(other.enter()));
                }
            })
            .boot()
            .unwrap();
        let inside = kernel.enter();
        let task = kthread_create!(|()| 0, (), "forked").unwrap();
        assert_eq!(kthread_stop(&task), -4);
        drop((inside, task));
        kernel.shutdown();
        let (me, flags) = rx.recv().unwrap();
        assert!(!flags.contains(PF_KTHREAD), "{me:?}");
    });
}
