//! A task that ends while another reads under `rcu_read_lock` is kept until the reader has left,
//! and no longer.

use kthread_rt::prelude::*;
use kthread_rt::trace::EventKind;
use std::sync::{Arc, Mutex, mpsc};

#[test]
fn a_task_that_ends_during_a_section_is_kept_until_its_end() {
    let (joined, has_joined) = mpsc::channel();
    let last = Mutex::new(None);
    let kernel = Kernel::builder()
        .spare_threads(0)
        .on_event(move |event| match event.kind {
            EventKind::Joined { pid } => *last.lock().unwrap() = Some(pid),
            // kthreadd, which has dropped the task meanwhile.
            EventKind::Sleeping { .. } if event.task.pid == 2 => {
                if let Some(pid) = last.lock().unwrap().take() {
                    joined.send(pid).unwrap();
                }
            }
            _ => {}
        })
        .boot()
        .unwrap();
    let entered = kernel.enter();

    // The task has a weak reference to its data as long as its memory exists.
    let data = Arc::new(());
    let task = kthread_create!(|_: Arc<()>| 0, data.clone(), "read").unwrap();
    rcu_read_lock();
    let pid = task.pid();
    let stopper = std::thread::spawn({
        let task = task.clone();
        move || kthread_stop(&task)
    });
    drop(task);
    assert_eq!(stopper.join().unwrap(), Errno::EINTR.as_return());
    // The last of the runtime's own references is kthreadd's, until it has joined the thread.
    assert_eq!(has_joined.recv().unwrap(), pid);
    assert!(find_task_by_vpid(pid).is_none());
    assert_eq!(Arc::weak_count(&data), 1, "the task was freed under a reader");
    rcu_read_unlock();
    assert_eq!(Arc::weak_count(&data), 0, "the task was not freed when its reader left");

    // Without a reader nothing is kept.
    let task = kthread_create!(|_: Arc<()>| 0, data.clone(), "unread").unwrap();
    let pid = task.pid();
    _ = kthread_stop(&task);
    drop(task);
    assert_eq!(has_joined.recv().unwrap(), pid);
    assert_eq!(Arc::weak_count(&data), 0);
    drop(entered);
    kernel.shutdown();
}
