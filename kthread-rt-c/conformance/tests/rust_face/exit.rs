//! How threads end, and what is left of them, as `questions/exit.c` asks of it.

use crate::ask::*;
use crate::create_stop::raw;

cases![left, asked_when_dead, in_any_state, exit_when_stopped, many, not_stopped];

/// A thread that has ended, and is held by this handle.
fn ended(threadfn: impl FnOnce() -> i32 + Send + 'static) -> Task {
    let task = created("ended", threadfn);
    wake_up_process(&task);
    until_dead(&task);
    task
}

fn left() {
    let task = ended(|| 7);
    answer!(
        "state={:#x} exit_state={:#x} dead={EXIT_DEAD:#x} exit_code={}",
        task.state().bits(),
        task.exit_state(),
        task.exit_code()
    );
    answer!(
        "exiting={} kthread={}",
        int(task.flags().contains(PF_EXITING)),
        int(task.flags().contains(PF_KTHREAD))
    );
    answer!(
        "comm=[{}] has_pid={} same_tgid={} mm={} nice={}",
        task.comm(),
        int(task_pid_nr(&task) > 0),
        int(task.pid() == task.tgid()),
        int(!task.mm_is_null()),
        task_nice(&task)
    );
    answer!("stop={}", kthread_stop_put(task));
}

fn asked_when_dead() {
    let task = raw(9);
    wake_up_process(&task);
    until_dead(&task);
    answer!(
        "data={} func={} running={}",
        kthread_data(&task).addr(),
        int(kthread_func(&task)),
        int(task_is_running(&task))
    );
    answer!("wake={}", int(wake_up_process(&task)));
    let sent = [SIGTERM, SIGKILL, 0, 65].map(|signal| int(send_sig(signal, &task, 1)));
    answer!(
        "term={} kill={} none={} bad={} pending={} fatal={}",
        sent[0],
        sent[1],
        sent[2],
        sent[3],
        int(signal_pending(&task)),
        int(fatal_signal_pending(&task))
    );
    set_user_nice(&task, 5);
    answer!("nice={}", task_nice(&task));
    kthread_unpark(&task);
    answer!("state={:#x}", task.state().bits());
    answer!("stop={}", kthread_stop(&task));
}

fn in_any_state() {
    type ThreadFn = fn() -> i32;
    let ends: [(&str, ThreadFn); 3] = [
        ("sleeping", || {
            set_current_state(TASK_UNINTERRUPTIBLE);
            31
        }),
        ("signal", || {
            let _ = allow_signal(SIGKILL);
            let _ = send_sig(SIGKILL, &current(), 1);
            32
        }),
        ("park", || {
            let _ = kthread_park(&current());
            33
        }),
    ];
    for (how, threadfn) in ends {
        let task = ended(threadfn);
        answer!("how={how} exit_state={:#x} stop={}", task.exit_state(), kthread_stop(&task));
    }
}

fn exit_when_stopped() {
    let runs = shared(AtomicI64::new(0));
    let begun = shared(Completion::new());
    let completed = Arc::new(Completion::new());
    let its = completed.clone();
    let task = thread(move || {
        complete(begun);
        while !kthread_should_stop() {
            schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
        }
        let ends = || kthread_complete_and_exit(Some(its.into()), 12);
        if runs.load(SeqCst) == 0 {
            ends();
        }
        runs.fetch_add(1, SeqCst);
        99
    });
    wait_for_completion(begun);
    let stopped = kthread_stop(&task);
    answer!(
        "stop={stopped} completed={} went_on={}",
        int(completion_done(&completed)),
        runs.load(SeqCst)
    );
}

/// A function that ends by completing this.
fn completes(completed: &Arc<Completion>) -> impl FnOnce() -> i32 + Send + 'static {
    let its = completed.clone();
    move || kthread_complete_and_exit(Some(its.into()), 0)
}

fn many() {
    let completed = Arc::new(Completion::new());
    let tasks = [(); 5].map(|()| ended(completes(&completed)));
    answer!("done={}", completed.done());
    let mut left = 0;
    for task in tasks {
        wait_for_completion(&completed);
        left += kthread_stop_put(task);
    }
    answer!("results={left} done={}", completed.done());
}

/// Each handle is dropped at once: nobody stops the threads.
fn not_stopped() {
    let completed = Arc::new(Completion::new());
    for i in 0..10 {
        drop(kthread_run!(|threadfn| threadfn(), completes(&completed), "alone/%d", i));
    }
    (0..10).for_each(|_| wait_for_completion(&completed));
    answer!("done={}", completed.done());
}
