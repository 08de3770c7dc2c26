//! How many jiffies a sleep takes, as `questions/jiffies_elapsed.c` asks of it: the least of many
//! tries.

use crate::ask::*;

cases![schedule_timeout, far, waits, woken, worker, ms];

const TRIES: u32 = 20;

fn least_of(mut sleep: impl FnMut()) -> u64 {
    let tries = (0..TRIES).map(|_| {
        let begin = jiffies();
        sleep();
        jiffies() - begin
    });
    tries.min().unwrap_or_default()
}

fn schedule_timeout() {
    for time in [0, 1, 2, 3, 5, 10] {
        let takes = least_of(|| _ = schedule_timeout_uninterruptible(time));
        answer!("uninterruptible time={time} takes={takes}");
    }
    let takes = |name: &str, sleep: fn(i64) -> i64| {
        answer!("{name} time=3 takes={}", least_of(|| _ = sleep(3)));
    };
    takes("interruptible", schedule_timeout_interruptible);
    takes("killable", schedule_timeout_killable);
    takes("idle", schedule_timeout_idle);
    takes("running", kthread_rt::schedule_timeout);
    takes("state", |time| {
        set_current_state(TASK_INTERRUPTIBLE);
        kthread_rt::schedule_timeout(time)
    });
}

/// Each try is long, so there are few; but one that no other confirms may be late, on a busy
/// machine.
fn least_of_few(few: usize, mut sleep: impl FnMut() -> u64) -> u64 {
    let mut tries: Vec<u64> = Vec::new();
    loop {
        tries.push(sleep());
        let least = *tries.iter().min().unwrap();
        let confirmed = tries.iter().filter(|took| **took == least).count() >= few / 2;
        if tries.len() >= few && confirmed || tries.len() == 4 * few {
            return least;
        }
    }
}

fn far() {
    for time in [64, 70, 100, 600] {
        let step: u64 = if time > 511 { 64 } else { 8 };
        let least = least_of_few(if step == 8 { 6 } else { 2 }, || {
            // It begins in the third jiffy of a step.
            while jiffies() & (step - 1) != 2 {
                if 2_u64.wrapping_sub(jiffies()) & (step - 1) > 3 {
                    schedule_timeout_uninterruptible(1);
                } else {
                    std::thread::yield_now();
                }
            }
            let begin = jiffies() & !(step - 1);
            schedule_timeout_uninterruptible(time);
            (jiffies() - begin) / step
        });
        answer!("time={time} step={step} runs_after_steps={least}");
    }
}

fn waits() {
    let queue = WaitQueueHead::new();
    let nothing = Completion::new();
    let word = AtomicU64::new(1);
    let event = |time| least_of(|| _ = wait_event_timeout!(queue, false, time));
    answer!("wait_event_timeout 0={} 1={} 3={}", event(0), event(1), event(3));
    let takes = least_of(|| _ = wait_event_interruptible_timeout!(queue, false, 3));
    answer!("wait_event_interruptible_timeout 3={takes}");
    let takes = least_of(|| _ = wait_event_idle_timeout!(queue, false, 3));
    answer!("wait_event_idle_timeout 3={takes}");
    let done = |time| least_of(|| _ = wait_for_completion_timeout(&nothing, time));
    answer!("wait_for_completion_timeout 0={} 1={} 3={}", done(0), done(1), done(3));
    let takes = least_of(|| _ = wait_for_completion_interruptible_timeout(&nothing, 3));
    answer!("wait_for_completion_interruptible_timeout 3={takes}");
    let bit = |time| least_of(|| _ = wait_on_bit_timeout(&word, 0, TASK_UNINTERRUPTIBLE, time));
    answer!("wait_on_bit_timeout 0={} 3={}", bit(0), bit(3));
    let takes = least_of(|| _ = wait_var_event_timeout!(&word, false, 3));
    answer!("wait_var_event_timeout 3={takes}");
    let takes = least_of(|| {
        set_current_state(TASK_UNINTERRUPTIBLE);
        io_schedule_timeout(3);
    });
    answer!("io_schedule_timeout 3={takes}");
}

fn woken() {
    let queue = WaitQueueHead::new();
    DEFINE_WAIT_FUNC!(entry, woken_wake_function);
    add_wait_queue(&queue, entry);
    let takes = |time| least_of(|| _ = wait_woken(entry, TASK_UNINTERRUPTIBLE, time));
    answer!("wait_woken 0={} 3={}", takes(0), takes(3));
    remove_wait_queue(&queue, entry);
}

fn worker() {
    let worker = kthread_create_worker!(0, "worker").unwrap();
    let ran_at = shared(AtomicU64::new(0));
    let ran = shared(Completion::new());
    let job = DelayedJob::new(|_| {
        ran_at.store(jiffies(), SeqCst);
        complete(ran);
    });
    for time in [0, 1, 5] {
        let least = (0..TRIES).map(|n| {
            let begin = jiffies();
            if n & 1 == 1 {
                kthread_mod_delayed_work(&worker, &job, time);
            } else {
                kthread_queue_delayed_work(&worker, &job, time);
            }
            // It is on the timer first, where nobody can flush it.
            wait_for_completion(ran);
            kthread_flush_work(job.work());
            ran_at.load(SeqCst) - begin
        });
        answer!("time={time} runs_after={}", least.min().unwrap());
    }
}

fn ms() {
    for ms in [0, 1, 4, 5, 20] {
        let takes = (least_of(|| msleep(ms)), least_of(|| _ = msleep_interruptible(ms)));
        answer!("ms={ms} msleep={} interruptible={}", takes.0, takes.1);
    }
}
