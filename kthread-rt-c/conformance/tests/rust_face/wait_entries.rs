//! Wait queue entries by hand, as `questions/wait_entries.c` asks of them: an entry is pinned, and
//! leaves its queue when it is dropped.

use crate::ask::*;

cases![
    prepare,
    prepare_exclusive,
    finish_alone,
    woken_before_sleep,
    prepare_event,
    woken_flag,
    woken_sleeper,
    woken_stopped,
    constants
];

fn state() -> u32 {
    current().state().bits()
}

fn prepare() {
    for state_of in [TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_IDLE] {
        let queue = WaitQueueHead::new();
        let active = || int(waitqueue_active(&queue));
        DEFINE_WAIT!(entry);
        prepare_to_wait(&queue, entry, state_of);
        let first = state();
        __set_current_state(TASK_RUNNING);
        prepare_to_wait(&queue, entry, state_of);
        let (again, was_active) = (state(), active());
        finish_wait(&queue, entry);
        // That an entry is in no list, its queue tells.
        answer!(
            "state={first:#x} again={again:#x} active={was_active} flags=unseen finished={:#x} active={} empty={}",
            state(),
            active(),
            int(!waitqueue_active(&queue))
        );
    }
}

fn prepare_exclusive() {
    let queue = WaitQueueHead::new();
    let active = || int(waitqueue_active(&queue));
    DEFINE_WAIT!(first);
    DEFINE_WAIT!(second);
    DEFINE_WAIT!(plain);
    let was_empty = [
        prepare_to_wait_exclusive(&queue, first, TASK_INTERRUPTIBLE),
        prepare_to_wait_exclusive(&queue, second, TASK_INTERRUPTIBLE),
        prepare_to_wait_exclusive(&queue, first, TASK_INTERRUPTIBLE),
    ]
    .map(int);
    prepare_to_wait(&queue, plain, TASK_UNINTERRUPTIBLE);
    answer!(
        "was_empty={},{},{} flags=unseen state={:#x}",
        was_empty[0],
        was_empty[1],
        was_empty[2],
        state()
    );
    answer!("order=unseen");
    finish_wait(&queue, first);
    answer!("finished first state={:#x} active={}", state(), active());
    finish_wait(&queue, second);
    finish_wait(&queue, plain);
    answer!("finished all active={}", active());
}

fn finish_alone() {
    let queue = WaitQueueHead::new();
    DEFINE_WAIT!(entry);
    set_current_state(TASK_INTERRUPTIBLE);
    finish_wait(&queue, entry);
    answer!("state={:#x} empty={}", state(), int(!waitqueue_active(&queue)));
}

fn woken_before_sleep() {
    let queue = WaitQueueHead::new();
    let active = || int(waitqueue_active(&queue));
    DEFINE_WAIT!(entry);
    prepare_to_wait(&queue, entry, TASK_UNINTERRUPTIBLE);
    wake_up(&queue);
    answer!("woken state={:#x} active={} empty={}", state(), active(), int(!waitqueue_active(&queue)));
    schedule();
    finish_wait(&queue, entry);
    prepare_to_wait(&queue, entry, TASK_UNINTERRUPTIBLE);
    answer!("again active={}", active());
    wake_up_interruptible(&queue);
    answer!("not_woken state={:#x} active={}", state(), active());
    finish_wait(&queue, entry);
}

fn prepare_event() {
    on_thread(|| {
        let queue = WaitQueueHead::new();
        let _ = (allow_signal(SIGTERM), allow_signal(SIGKILL));
        for signal in [0, SIGTERM, SIGKILL] {
            for state_of in [TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_KILLABLE] {
                DEFINE_WAIT!(entry);
                if signal != 0 {
                    let _ = send_sig(signal, &current(), 1);
                }
                let prepared = int(prepare_to_wait_event(&queue, entry, state_of));
                let (then, active) = (state(), int(waitqueue_active(&queue)));
                finish_wait(&queue, entry);
                answer!(
                    "signal={signal} state={:#x} prepared={prepared} state_then={then:#x} active={active} finished={:#x}",
                    state_of.bits(),
                    state()
                );
                flush_signals(&current());
            }
        }
    });
}

/// The flag in the entry is private in Rust: what the next wait does tells of it.
fn woken_flag() {
    let queue = WaitQueueHead::new();
    DEFINE_WAIT_FUNC!(entry, woken_wake_function);
    add_wait_queue(&queue, entry);
    answer!("flags=unseen");
    wake_up(&queue);
    answer!("woken flags=unseen active={}", int(waitqueue_active(&queue)));
    let left = wait_woken(entry, TASK_UNINTERRUPTIBLE, 50);
    answer!("left={left} flags=unseen state={:#x}", state());
    let left = wait_woken(entry, TASK_UNINTERRUPTIBLE, 2);
    answer!("timed_out left={left} flags=unseen state={:#x}", state());
    let left = wait_woken(entry, TASK_UNINTERRUPTIBLE, 0);
    answer!("zero left={left} state={:#x}", state());
    wake_up(&queue);
    wake_up(&queue);
    let left = wait_woken(entry, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
    answer!("max_left={} flags=unseen", int(left == MAX_SCHEDULE_TIMEOUT));
    remove_wait_queue(&queue, entry);
}

fn woken_sleeper() {
    for how in ["wake_up", "process", "signal"] {
        let queue = shared(WaitQueueHead::new());
        let waiter = Waiter::begin(Some(TASK_INTERRUPTIBLE), move || {
            DEFINE_WAIT_FUNC!(entry, woken_wake_function);
            add_wait_queue(queue, entry);
            let left = wait_woken(entry, TASK_INTERRUPTIBLE, 3600 * HZ as i64);
            let pending = int(signal_pending(&current()));
            answer!(
                "how={how} left_some={} flags=unseen pending={pending} state={:#x}",
                int(left > 0),
                state()
            );
        });
        match how {
            "wake_up" => _ = wake_up(queue),
            "process" => _ = wake_up_process(&waiter.task),
            _ => _ = send_sig(SIGTERM, &waiter.task, 1),
        }
        waiter.returned();
        waiter.stop();
    }
}

fn woken_stopped() {
    let begun = shared(Completion::new());
    let task = thread(|| {
        let queue = WaitQueueHead::new();
        complete(begun);
        while !kthread_should_stop() {
            schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
        }
        DEFINE_WAIT_FUNC!(entry, woken_wake_function);
        add_wait_queue(&queue, entry);
        let time = 10 * HZ as i64;
        let left = wait_woken(entry, TASK_UNINTERRUPTIBLE, time);
        answer!("left_all={} state={:#x}", int(left == time), state());
        0
    });
    wait_for_completion(begun);
    _ = kthread_stop(&task);
}

fn constants() {
    answer!(
        "exclusive={WQ_FLAG_EXCLUSIVE:#x} woken={WQ_FLAG_WOKEN:#x} priority={WQ_FLAG_PRIORITY:#x} normal={:#x} freezable={:#x}",
        TASK_NORMAL.bits(),
        TASK_FREEZABLE.bits()
    );
    let errors = [
        Errno::ERESTARTSYS,
        Errno::EINTR,
        Errno::EAGAIN,
        Errno::ETIME,
        Errno::EINVAL,
        Errno::ENOENT,
        Errno::EACCES,
        Errno::ENOSYS,
        Errno::ESRCH,
        Errno::EBUSY,
    ];
    answer!("errors={}", errors.map(|errno| errno.raw().to_string()).join(","));
}
