//! `struct pid`, as `questions/pid.c` asks of it: a [`Pid`] counts, so its clone is `get_pid` and
//! its drop `put_pid`.

use crate::ask::*;

cases![alive, dead, dead_task_pid, first, gone];

fn begin() -> Task {
    let task = thread(|| {
        interruptible_until_stopped();
        3
    });
    until_state(&task, TASK_INTERRUPTIBLE);
    task
}

fn alive() {
    let task = begin();
    let is_it = |found: Option<Task>| int(found.as_ref() == Some(&task));
    let pid = get_task_pid(&task, PIDTYPE_PID);
    let by_group = get_task_pid(&task, PIDTYPE_TGID);
    let by_number = find_get_pid(task.pid());
    answer!(
        "task={} group={} got={} vpid={} by_number={} by_group={} task_pid={}",
        is_it(pid_task(&pid, PIDTYPE_PID)),
        is_it(pid_task(&pid, PIDTYPE_TGID)),
        is_it(get_pid_task(&pid, PIDTYPE_PID)),
        int(find_vpid(task.pid()).as_ref() == Some(&pid)),
        int(by_number.as_ref() == Some(&pid)),
        int(by_group == pid),
        int(task_pid(&task) == pid)
    );
    let number = task.pid();
    answer!(
        "nr={} vnr={} task_nr={} tgid={} level=unseen numbers=unseen",
        int(pid_nr(&pid) == number),
        int(pid_vnr(&pid) == number),
        int(task_pid_nr(&task) == number),
        int(task_tgid_nr(&task) == number)
    );
    put_pid(get_pid(&pid));
    _ = kthread_stop(&task);
}

fn dead() {
    let task = begin();
    let pid = get_task_pid(&task, PIDTYPE_PID);
    let stopped = kthread_stop(&task);
    until_dead(&task);
    answer!(
        "stop={stopped} gone={} got={} found={} killed={}",
        int(pid_task(&pid, PIDTYPE_PID).is_none()),
        int(get_pid_task(&pid, PIDTYPE_PID)),
        int(find_get_pid(task.pid())),
        int(kill_pid(&pid, SIGTERM, 1))
    );
    answer!(
        "nr_kept={} task_nr_kept={}",
        int(pid_nr(&pid) == task.pid()),
        int(task_pid_nr(&task) == task.pid())
    );
}

/// A dead task has no `struct pid` in a kernel; in Rust its functions return one all the same.
fn dead_task_pid() {
    let task = begin();
    _ = kthread_stop(&task);
    until_dead(&task);
    let exists = |pid: Pid| int(pid.nr() > 0);
    answer!("task_pid={} get_task_pid={}", exists(task_pid(&task)), exists(get_task_pid(&task, PIDTYPE_PID)));
}

fn first() {
    let task_of = |nr| find_vpid(nr).and_then(|pid| pid_task(&pid, PIDTYPE_PID));
    let (init, kthreadd) = (task_of(1), task_of(2));
    answer!(
        "init={} kthread={} kthreadd=[{}] alive={}",
        int(init.as_ref()),
        init.map_or(-1, |init| int(init.flags().contains(PF_KTHREAD))),
        kthreadd.as_ref().map(|task| task.comm()).unwrap_or_default(),
        int(find_task_by_vpid(2))
    );
}

fn gone() {
    let number = shared(AtomicI64::new(0));
    let task = created("ends", || {
        number.store(current().pid().into(), SeqCst);
        0
    });
    wake_up_process(&task);
    until_dead(&task);
    // Of a thread that nobody stops, the number is what is left.
    drop(task);
    answer!("found={}", int(find_get_pid(number.load(SeqCst) as i32)));
}
