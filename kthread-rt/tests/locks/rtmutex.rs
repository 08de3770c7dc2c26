//! `rt_mutex_lock` and its like: who gets it, and the urgency of each task meanwhile.

use crate::stage::{Book, Running, end_of, holder, int, run, signalled, waiting};
use kthread_rt::prelude::*;
use std::mem::{MaybeUninit, needs_drop};
use std::sync::Arc;

/// The `prio` of a FIFO task of this priority.
fn fifo(priority: i32) -> i32 {
    99 - priority
}

fn make_fifo(task: &TaskStruct, priority: i32) {
    sched_setscheduler(task, SCHED_FIFO, &SchedParam { sched_priority: priority }).unwrap();
}

#[test]
fn it_is_plain_memory_and_valid_when_zeroed() {
    assert!(!needs_drop::<RawRtMutex>());
    // SAFETY: what is tested.
    let lock = unsafe { MaybeUninit::<RawRtMutex>::zeroed().assume_init() };
    rt_mutex_lock(&lock);
    assert!(rt_mutex_base_is_locked(&lock) && !rt_mutex_trylock(&lock));
    assert_eq!(current().held_locks().len(), 1);
    rt_mutex_unlock(&lock);
    assert!(rt_mutex_trylock(&lock));
    rt_mutex_unlock(&lock);
    assert!(!rt_mutex_base_is_locked(&lock));
    assert_eq!(current().held_locks(), []);
}

/// A task that waits for `lock`, with this real-time priority or an ordinary one.
fn waiter(lock: &Arc<RawRtMutex>, book: &Book, name: &'static str, priority: i32) -> Running {
    let (lock, book) = (lock.clone(), book.clone());
    waiting(name, TASK_UNINTERRUPTIBLE, move || {
        if priority > 0 {
            make_fifo(&current(), priority);
        }
        rt_mutex_lock(&lock);
        book.note(name);
        rt_mutex_unlock(&lock);
        0
    })
}

#[test]
fn the_most_urgent_gets_it_and_among_equals_the_first() {
    let (lock, book) = (Arc::new(RawRtMutex::new()), Book::default());
    rt_mutex_lock(&lock);
    let waiters = [("a", 0), ("low", 10), ("high", 50), ("b", 0), ("high2", 50)]
        .map(|(name, priority)| waiter(&lock, &book, name, priority));
    let waits = waiters[0].waits_on().expect("it waits");
    assert_eq!((waits.kind, waits.address), (WaitKind::RtMutex, Arc::as_ptr(&lock).addr()));
    rt_mutex_unlock(&lock);
    waiters.iter().for_each(|waiter| assert_eq!(end_of(waiter), 0));
    assert_eq!(book.read(), "high high2 low a b");
}

#[test]
fn nice_values_do_not_count_for_the_order_and_are_inherited() {
    let (lock, book) = (Arc::new(RawRtMutex::new()), Book::default());
    let owner = run("owner", {
        let lock = lock.clone();
        move || {
            rt_mutex_lock(&lock);
            while !kthread_should_stop() {
                schedule_timeout_interruptible(1 << 20);
            }
            rt_mutex_unlock(&lock);
            current().prio()
        }
    });
    assert!(wait_task_inactive(&owner, TASK_RUNNING));
    let first = waiter(&lock, &book, "first", 0);
    let second = waiter(&lock, &book, "second", 0);
    set_user_nice(&second, 5);
    assert_eq!(owner.prio(), 120);
    set_user_nice(&first, -3);
    assert_eq!((owner.prio(), owner.normal_prio()), (117, 120), "as the first waiter");
    set_user_nice(&second, -10);
    assert_eq!(owner.prio(), 117, "the second does not count");
    assert_eq!(kthread_stop(&owner), 120);
    assert_eq!((end_of(&first), end_of(&second)), (0, 0));
    assert_eq!(book.read(), "first second");
}

/// A task that holds `holds`, and then waits for `wants`.
fn link(holds: &Arc<RawRtMutex>, wants: &Arc<RawRtMutex>) -> Running {
    let (holds, wants) = (holds.clone(), wants.clone());
    waiting("link", TASK_UNINTERRUPTIBLE, move || {
        rt_mutex_lock(&holds);
        rt_mutex_lock(&wants);
        rt_mutex_unlock(&wants);
        rt_mutex_unlock(&holds);
        current().prio()
    })
}

#[test]
fn a_priority_goes_along_the_chain_of_owners_and_back_when_its_donor_leaves() {
    let locks = [(); 3].map(|()| Arc::new(RawRtMutex::new()));
    rt_mutex_lock(&locks[0]);
    let links = [link(&locks[1], &locks[0]), link(&locks[2], &locks[1])];
    let prios = || [current().prio(), links[0].prio(), links[1].prio()];
    assert_eq!(prios(), [120; 3]);
    let urgent = waiting("urgent", TASK_KILLABLE, {
        let lock = locks[2].clone();
        move || {
            allow_signal(SIGKILL).unwrap();
            make_fifo(&current(), 50);
            int(rt_mutex_lock_killable(&lock))
        }
    });
    assert_eq!(prios(), [fifo(50); 3]);
    assert!(rt_task(&current()) && current().rt_priority() == 0, "it is no task of its own priority");
    // Its priority is changed while it waits.
    make_fifo(&urgent, 60);
    assert_eq!(prios(), [fifo(60); 3]);
    sched_set_normal(&urgent, 0);
    assert_eq!(prios(), [120; 3]);
    make_fifo(&urgent, 70);
    send_sig(SIGKILL, &urgent, 1).unwrap();
    assert_eq!(end_of(&urgent), -4);
    assert_eq!(prios(), [120; 3]);
    rt_mutex_unlock(&locks[0]);
    assert_eq!(links.map(|link| end_of(&link)), [120; 2]);
}

#[test]
fn an_owner_keeps_its_own_priority_and_loses_the_inherited_one_when_it_unlocks() {
    let (lock, book) = (Arc::new(RawRtMutex::new()), Book::default());
    let (owner, go) = holder(&lock, rt_mutex_lock, |lock| {
        let before = current().prio();
        rt_mutex_unlock(lock);
        before * 1000 + current().prio()
    });
    let urgent = waiter(&lock, &book, "urgent", 40);
    assert_eq!(owner.prio(), fifo(40));
    make_fifo(&owner, 20);
    assert_eq!((owner.prio(), owner.normal_prio()), (fifo(40), fifo(20)), "asked for, and inherited more");
    complete(&go);
    assert_eq!(end_of(&owner), fifo(40) * 1000 + fifo(20));
    end_of(&urgent);
    assert_eq!(urgent.prio(), fifo(40));
}

#[test]
fn the_new_owner_inherits_from_the_remaining_waiters() {
    let (lock, book) = (Arc::new(RawRtMutex::new()), Book::default());
    let (has, go) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
    rt_mutex_lock(&lock);
    let next = waiting("next", TASK_UNINTERRUPTIBLE, {
        let (lock, has, go) = (lock.clone(), has.clone(), go.clone());
        move || {
            make_fifo(&current(), 30);
            rt_mutex_lock(&lock);
            sched_set_normal(&current(), 0);
            complete(&has);
            wait_for_completion(&go);
            rt_mutex_unlock(&lock);
            current().prio()
        }
    });
    let other = waiter(&lock, &book, "other", 20);
    assert_eq!(current().prio(), fifo(30));
    rt_mutex_unlock(&lock);
    assert_eq!(current().prio(), 120);
    wait_for_completion(&has);
    assert_eq!(next.prio(), fifo(20), "it has no priority of its own any more");
    complete(&go);
    assert_eq!(end_of(&next), 120);
    assert_eq!(end_of(&other), 0);
}

#[test]
fn an_inherited_priority_is_the_os_threads_where_the_os_permits() {
    let (lock, book) = (Arc::new(RawRtMutex::new()), Book::default());
    let (owner, go) = holder(&lock, rt_mutex_lock, |lock| {
        rt_mutex_unlock(lock);
        os_policy(&current()).0
    });
    let urgent = waiter(&lock, &book, "urgent", 7);
    let permitted = os_policy(&urgent) == (SCHED_FIFO, 7);
    if permitted {
        assert_eq!(os_policy(&owner), (SCHED_FIFO, 7));
    } else {
        eprintln!("the operating system refuses FIFO threads: only the records are looked at");
    }
    assert_eq!((owner.prio(), owner.policy()), (fifo(7), SCHED_NORMAL));
    complete(&go);
    assert_eq!(end_of(&owner), SCHED_NORMAL);
    end_of(&urgent);
}

/// The policy and priority of the task's thread, from the operating system.
fn os_policy(task: &TaskStruct) -> (i32, i32) {
    let mut param = libc::sched_param { sched_priority: 0 };
    // SAFETY: `param` may be written.
    let result = unsafe { libc::sched_getparam(task.os_tid(), &mut param) };
    assert_eq!(result, 0);
    // SAFETY: no memory is involved.
    (unsafe { libc::sched_getscheduler(task.os_tid()) }, param.sched_priority)
}

#[test]
fn signals_end_the_waits_that_admit_them_with_eintr() {
    type Lock = fn(&RawRtMutex) -> Result<(), Errno>;
    let lock = Arc::new(RawRtMutex::new());
    rt_mutex_lock(&lock);
    let cases: [(TaskState, i32, Lock); 3] = [
        (TASK_INTERRUPTIBLE, SIGTERM, rt_mutex_lock_interruptible),
        (TASK_KILLABLE, SIGKILL, rt_mutex_lock_killable),
        (TASK_INTERRUPTIBLE, SIGKILL, rt_mutex_lock_interruptible),
    ];
    for (state, sig, call) in cases {
        let waiter = signalled(state, call, &lock);
        send_sig(sig, &waiter, 1).unwrap();
        assert_eq!(end_of(&waiter), -4);
    }
    rt_mutex_unlock(&lock);
    assert!(!rt_mutex_base_is_locked(&lock));
}

#[test]
fn guards_give_the_data_and_unlock() {
    let data = RtMutex::new(1);
    {
        let mut guard = data.lock();
        *guard += 1;
        assert!(data.is_locked() && data.try_lock().is_none());
        assert_eq!(data.owner(), Some(current()));
    }
    assert_eq!(*data.lock_interruptible().unwrap(), 2);
    assert_eq!(*data.lock_killable().unwrap(), 2);
    assert!(!data.is_locked());
}

#[test]
fn a_count_under_it_loses_no_change() {
    let total = Arc::new(RtMutex::new(0));
    let adders: Vec<_> = (0..4)
        .map(|_| {
            let total = total.clone();
            run("adder", move || {
                for _ in 0..5000 {
                    *total.lock() += 1;
                }
                0
            })
        })
        .collect();
    adders.iter().for_each(|adder| assert_eq!(end_of(adder), 0));
    assert_eq!(*total.lock(), 20_000);
}
