//! Scheduling, as `questions/sched.c` asks of it.

use crate::ask::*;

cases![nice, policy, not_inherited, cpus, wake_sleeping, wake_others, states, yields];

/// A thread that sleeps until it is stopped.
fn sleeper() -> Task {
    let task = thread(|| {
        interruptible_until_stopped();
        0
    });
    until_state(&task, TASK_INTERRUPTIBLE);
    task
}

fn tells(what: &str, task: &TaskStruct) {
    answer!(
        "{what} nice={} policy={} prio={} static={} normal={} rt={}",
        task_nice(task),
        task.policy(),
        task.prio(),
        task.static_prio(),
        task.normal_prio(),
        task.rt_priority()
    );
}

fn nice() {
    let task = sleeper();
    for nice in [5, 19, -20, 0, 20, -21, 7] {
        set_user_nice(&task, nice);
        tells(&format!("set={nice}"), &task);
    }
    _ = kthread_stop(&task);
}

fn policy() {
    let task = sleeper();
    sched_set_fifo(&task);
    tells("fifo", &task);
    set_user_nice(&task, 3);
    tells("nice_of_fifo", &task);
    sched_set_fifo_low(&task);
    tells("fifo_low", &task);
    sched_set_normal(&task, -4);
    tells("normal", &task);
    sched_set_normal(&task, 0);
    tells("normal_0", &task);
    _ = kthread_stop(&task);
}

fn not_inherited() {
    on_thread(|| {
        let child = |what: &str| {
            let child = created("child", || 0);
            tells(what, &child);
            _ = kthread_stop(&child);
        };
        sched_set_fifo(&current());
        child("child_of_fifo");
        sched_set_normal(&current(), -6);
        child("child_of_nice");
    });
}

fn cpus() {
    let no_setaffinity = |task: &Task| int(task.flags().contains(PF_NO_SETAFFINITY));
    let all_cpus = kthreadd_task().unwrap().cpus_allowed();
    let task = sleeper();
    let none = int(set_cpus_allowed_ptr(&task, &CpuMask::empty()));
    let one = int(set_cpus_allowed_ptr(&task, &CpuMask::of(0)));
    let runs_on = task.cpus_allowed().iter().next().map_or(-1, i64::from);
    answer!("none={none} one={one} runs_on={runs_on}");
    let all = int(set_cpus_allowed_ptr(&task, &all_cpus));
    answer!("all={all} no_setaffinity={}", no_setaffinity(&task));
    _ = kthread_stop(&task);

    let task = created("bound", || 0);
    kthread_bind(&task, 0);
    let bound = int(set_cpus_allowed_ptr(&task, &all_cpus));
    answer!("bound={bound} no_setaffinity={}", no_setaffinity(&task));
    _ = kthread_stop(&task);
}

fn wake_sleeping() {
    for state in [TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_KILLABLE, TASK_IDLE, TASK_NORMAL] {
        let waiter = Waiter::begin(Some(state), move || {
            set_current_state(state);
            schedule();
        });
        let woken = int(wake_up_process(&waiter.task));
        waiter.returned();
        answer!("state={:#x} woken={woken}", state.bits());
        waiter.stop();
    }
}

fn wake_others() {
    let me = current();
    let state = || me.state().bits();
    let running = int(wake_up_process(&me));
    set_current_state(TASK_INTERRUPTIBLE);
    let about_to_sleep = int(wake_up_process(&me));
    answer!("self={running} about_to_sleep={about_to_sleep} state={:#x}", state());
    set_current_state(TASK_UNINTERRUPTIBLE);
    let uninterruptible = int(wake_up_process(&me));
    schedule();
    answer!("uninterruptible={uninterruptible} state={:#x}", state());
    let turns = shared(AtomicI64::new(0));
    let enough = shared(AtomicBool::new(false));
    let task = created("turns", || {
        while !enough.load(SeqCst) {
            turns.fetch_add(1, SeqCst);
            cond_resched();
        }
        sleep_until_stopped()
    });
    let created = int(wake_up_process(&task));
    until(|| turns.load(SeqCst) > 0);
    let again = int(wake_up_process(&task));
    answer!("created={created} running={again} is_running={}", int(task_is_running(&task)));
    enough.store(true, SeqCst);
    _ = kthread_stop(&task);
}

fn states() {
    let me = current();
    let state = || me.state().bits();
    set_current_state(TASK_INTERRUPTIBLE);
    answer!("set={:#x} running={} get={:#x}", state(), int(task_is_running(&me)), current().state().bits());
    __set_current_state(TASK_RUNNING);
    answer!("set={:#x} running={}", state(), int(task_is_running(&me)));
    schedule();
    answer!("scheduled={:#x}", state());
}

fn yields() {
    __set_current_state(TASK_RUNNING);
    r#yield();
    let resched = int(cond_resched());
    might_sleep();
    answer!("yes_or_no={} state={:#x}", int(resched == 0 || resched == 1), current().state().bits());
}
