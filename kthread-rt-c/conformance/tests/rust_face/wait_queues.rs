//! Wait queues from the waker's side: the questions of `questions/wait_queues.c`.

use crate::ask::*;

cases![active, sleepers, awake_in_front];

DECLARE_WAIT_QUEUE_HEAD!(static DECLARED);

fn active() {
    let mut queue = WaitQueueHead::new();
    init_waitqueue_head(&mut queue);
    let sleeper = int(wq_has_sleeper(&queue));
    let active = || int(waitqueue_active(&queue));
    answer!("init active={} sleeper={sleeper} declared={}", active(), int(waitqueue_active(&DECLARED)));
    {
        DECLARE_WAITQUEUE!(entry, current());
        add_wait_queue(&queue, entry);
        answer!("added active={} sleeper={}", active(), int(wq_has_sleeper(&queue)));
        // What leaves its scope leaves its queue.
    }
    answer!("removed active={}", active());
}

/// A thread that sleeps on a queue in this state, again and again.
struct Sleeper {
    task: Task,
    state: TaskState,
    woken: &'static AtomicI64,
}

impl Sleeper {
    fn begin(queue: &'static WaitQueueHead, state: TaskState, exclusive: bool) -> Self {
        let woken = shared(AtomicI64::new(0));
        let task = thread(move || {
            DECLARE_WAITQUEUE!(entry, current());
            if exclusive {
                add_wait_queue_exclusive(queue, entry);
            } else {
                add_wait_queue(queue, entry);
            }
            loop {
                set_current_state(state);
                if kthread_should_stop() {
                    break;
                }
                schedule();
                if !kthread_should_stop() {
                    woken.fetch_add(1, SeqCst);
                }
            }
            __set_current_state(TASK_RUNNING);
            remove_wait_queue(queue, entry);
            0
        });
        let sleeper = Self { task, state, woken };
        sleeper.settle();
        sleeper
    }

    /// Waits until it sleeps again.
    fn settle(&self) {
        until_state(&self.task, self.state);
    }
}

fn sleepers() {
    let of = [
        (TASK_UNINTERRUPTIBLE, true),
        (TASK_INTERRUPTIBLE, true),
        (TASK_INTERRUPTIBLE, true),
        (TASK_UNINTERRUPTIBLE, false),
        (TASK_INTERRUPTIBLE, false),
        (TASK_KILLABLE, false),
        (TASK_IDLE, false),
    ];
    let queue = shared(WaitQueueHead::new());
    let sleepers = of.map(|(state, exclusive)| Sleeper::begin(queue, state, exclusive));
    type Wake = fn(&WaitQueueHead) -> u32;
    let calls: [(&str, Wake); 5] = [
        ("wake_up_interruptible", |queue| wake_up_interruptible(queue)),
        ("wake_up", |queue| wake_up(queue)),
        ("wake_up_interruptible_nr_2", |queue| wake_up_interruptible_nr(queue, 2)),
        ("wake_up_interruptible_all", |queue| wake_up_interruptible_all(queue)),
        ("wake_up_all", |queue| wake_up_all(queue)),
    ];
    for (name, call) in calls {
        sleepers.iter().for_each(|sleeper| sleeper.woken.store(0, SeqCst));
        call(queue);
        sleepers.iter().for_each(Sleeper::settle);
        let woken = sleepers.each_ref().map(|sleeper| sleeper.woken.load(SeqCst).to_string());
        answer!("call={name} exclusive={} others={}", woken[..3].join(","), woken[3..].join(","));
    }
    for sleeper in &sleepers {
        wake_up_process(&sleeper.task);
        _ = kthread_stop(&sleeper.task);
    }
    answer!("active={}", int(waitqueue_active(queue)));
}

fn awake_in_front() {
    let queue = shared(WaitQueueHead::new());
    DECLARE_WAITQUEUE!(entry, current());
    add_wait_queue_exclusive(queue, entry);
    let sleeper = Sleeper::begin(queue, TASK_INTERRUPTIBLE, true);
    wake_up(queue);
    sleeper.settle();
    let woken = sleeper.woken.load(SeqCst);
    answer!("awake_in_front woken={woken}");
    set_current_state(TASK_INTERRUPTIBLE);
    wake_up(queue);
    answer!("about_to_sleep state={:#x}", current().state().bits());
    __set_current_state(TASK_RUNNING);
    sleeper.settle();
    answer!("behind woken={}", sleeper.woken.load(SeqCst) - woken);
    remove_wait_queue(queue, entry);
    _ = kthread_stop(&sleeper.task);
}
