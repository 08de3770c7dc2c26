//! A task of middle urgency does not keep an rt_mutex from the most urgent task. This test is alone
//! in its process: otherwise a thread of another test could hold the lock of all rt_mutexes while
//! these three, pinned to its cpu, leave it no time.

use kthread_rt::prelude::*;
use std::sync::{Arc, Mutex};

fn make_fifo(task: &TaskStruct, priority: i32) {
    sched_setscheduler(task, SCHED_FIFO, &SchedParam { sched_priority: priority }).unwrap();
}

/// A kthread that sleeps in `f`, on `cpu` alone.
fn waiting(name: &str, cpu: &CpuMask, f: impl FnOnce() + Send + 'static) -> Task {
    let body = move || {
        f();
        while !kthread_should_stop() {
            schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
        }
        0
    };
    let task = kthread_create(|body| body(), body, name).expect("a kthread");
    set_cpus_allowed_ptr(&task, cpu).unwrap();
    wake_up_process(&task);
    assert!(wait_task_inactive(&task, TASK_RUNNING));
    task
}

#[test]
fn an_unlocking_task_is_less_urgent_only_when_the_next_owner_is_awake() {
    let cpu = CpuMask::of(current().cpus_allowed().iter().next().expect("a cpu"));
    let lock = Arc::new(RawRtMutex::new());
    let order = Arc::new(Mutex::new(Vec::new()));
    let [go, ready, first, second] = [(); 4].map(|()| Arc::new(Completion::new()));

    let owner = waiting("owner", &cpu, {
        let (lock, go, ready) = (lock.clone(), go.clone(), ready.clone());
        move || {
            rt_mutex_lock(&lock);
            wait_for_completion(&go);
            // The middle one does not run before the owner is less urgent than it.
            complete(&ready);
            rt_mutex_unlock(&lock);
        }
    });
    let urgent = waiting("urgent", &cpu, {
        let (lock, order, first) = (lock.clone(), order.clone(), first.clone());
        move || {
            make_fifo(&current(), 50);
            rt_mutex_lock(&lock);
            order.lock().unwrap().push("urgent");
            rt_mutex_unlock(&lock);
            complete(&first);
        }
    });
    let middle = waiting("middle", &cpu, {
        let (order, second) = (order.clone(), second.clone());
        move || {
            make_fifo(&current(), 20);
            wait_for_completion(&ready);
            order.lock().unwrap().push("middle");
            complete(&second);
        }
    });
    assert_eq!((owner.prio(), owner.policy()), (49, SCHED_NORMAL));
    // SAFETY: no memory is involved.
    let permitted = unsafe { libc::sched_getscheduler(owner.os_tid()) } == SCHED_FIFO;

    complete(&go);
    wait_for_completion(&first);
    wait_for_completion(&second);
    if permitted {
        assert_eq!(*order.lock().unwrap(), ["urgent", "middle"]);
    } else {
        eprintln!("the operating system refuses FIFO threads: only that all come to an end was looked at");
    }
    for task in [owner, urgent, middle] {
        assert_eq!(kthread_stop(&task), 0);
    }
}
