//! The attributes of a kthread: names, flags, states, priorities, and how they change in its life.

use crate::handshake::*;
use kthread_rt::prelude::*;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{Sender, channel};

#[test]
fn names() {
    assert_eq!(TASK_COMM_LEN, 16);
    let (sender, receiver) = channel();
    let threadfn = |sender: Sender<(Task, String)>| {
        let me = current();
        let comm = me.comm();
        sender.send((me, comm)).unwrap();
        0
    };
    let named = |task: Result<Task, Errno>, full_name: &str, comm: &str| {
        let task = task.unwrap();
        assert_eq!(task.comm(), comm, "before_wake");
        assert!(wake_up_process(&task));
        let (itself, from_thread) = receiver.recv().unwrap();
        assert_eq!(itself, task, "current_is_task=1");
        assert_eq!(from_thread, comm, "from_thread");
        assert_eq!(task.comm(), comm, "get_task_comm");
        assert_eq!(get_kthread_comm(&task), full_name, "proc_comm, and in parentheses proc_stat_name");
        await_end(&task);
        assert_eq!(kthread_stop(&task), 0);
        assert_eq!((task.comm(), get_kthread_comm(&task)), (comm.into(), full_name.into()));
    };
    let new_sender = || sender.clone();
    named(
        kthread_create!(threadfn, new_sender(), "a-very-long-kthread-name/%d", 123),
        "a-very-long-kthread-name/123",
        "a-very-long-kth",
    );
    named(kthread_create!(threadfn, new_sender(), "fifteen-chars-1"), "fifteen-chars-1", "fifteen-chars-1");
    named(kthread_create!(threadfn, new_sender(), "sixteen-chars-12"), "sixteen-chars-12", "sixteen-chars-1");
    named(kthread_create!(threadfn, new_sender(), ""), "", "");
    named(
        kthread_create!(threadfn, new_sender(), "%s", "per%cent and space"),
        "per%cent and space",
        "per%cent and sp",
    );
    // The recorded case has cpu 0, which may be unavailable on this machine.
    let first = kthreadd_task().unwrap().cpus_allowed().iter().next().unwrap();
    let oncpu = format!("oncpu/{first}");
    named(kthread_create_on_cpu!(threadfn, new_sender(), first, "oncpu/%u"), &oncpu, &oncpu);
}

#[test]
fn names_given_to_functions_without_a_format_are_used_as_they_are() {
    for (name, comm) in
        [("per%cent %d", "per%cent %d"), ("{braces}", "{braces}"), ("tab\tand\nline", "tab\tand\nline")]
    {
        let task = create(|| 0, name);
        assert_eq!((task.comm(), get_kthread_comm(&task)), (comm.into(), name.into()));
        _ = kthread_stop(&task);
    }
}

#[test]
fn names_are_cut_at_fifteen_bytes_and_not_characters() {
    let task = create(|| 0, "fünfzehn-Zeichen");
    assert_eq!(task.comm(), "fünfzehn-Zeich");
    assert_eq!(task.comm().len(), 15);
    _ = kthread_stop(&task);

    let task = create(|| 0, "cut-in-the-midü");
    assert_eq!(task.comm(), "cut-in-the-mid\u{fffd}");
    assert_eq!(get_kthread_comm(&task), "cut-in-the-midü");
    _ = kthread_stop(&task);
}

#[test]
fn names_are_the_os_threads_names_too() {
    let task = create(|| 0, "a-very-long-kthread-name/123");
    kthread_park(&task).unwrap(); // an OS thread that was forked ahead gets its name when it first runs
    let comm = fs::read_to_string(format!("/proc/self/task/{}/comm", task.os_tid())).unwrap();
    assert_eq!(comm.trim_end(), "a-very-long-kth");
    _ = kthread_stop(&task);
    assert_eq!(task.os_tid(), 0, "it has ended");
}

#[test]
fn names_of_other_tasks_are_their_comms() {
    let kthreadd = kthreadd_task().unwrap();
    assert_eq!(get_kthread_comm(&kthreadd), "kthreadd");
    assert_eq!(get_kthread_comm(&current()), current().full_name());
}

#[test]
fn created_state_numbers() {
    let states = [
        (TASK_RUNNING, 0x0),
        (TASK_INTERRUPTIBLE, 0x1),
        (TASK_UNINTERRUPTIBLE, 0x2),
        (TASK_PARKED, 0x40),
        (TASK_DEAD, 0x80),
        (TASK_WAKEKILL, 0x100),
        (TASK_KILLABLE, 0x102),
        (TASK_IDLE, 0x402),
        (TASK_NORMAL, 0x3),
        (TASK_FREEZABLE, 0x2000),
        (TASK_FROZEN, 0x8000),
    ];
    for (state, number) in states {
        assert_eq!(state.bits(), number, "{state:?}");
    }
    let flags = [
        (PF_KTHREAD, 0x20_0000),
        (PF_NOFREEZE, 0x8000),
        (PF_NO_SETAFFINITY, 0x400_0000),
        (PF_EXITING, 0x4),
        (PF_WQ_WORKER, 0x20),
    ];
    for (flag, number) in flags {
        assert_eq!(flag.bits(), number, "{flag:?}");
    }
}

/// The two recorded lines that are the same at every `when=`, but for whether the thread is bound:
/// it sleeps uninterruptibly, and is an ordinary task of nice 0.
#[track_caller]
fn assert_asleep_and_ordinary(task: &TaskStruct, bound: bool) {
    assert_eq!(asleep(task).bits(), 0x2);
    assert!(!task.on_rq());
    let bound = if bound { PF_NO_SETAFFINITY } else { TaskFlags::empty() };
    assert_eq!(task.flags(), PF_KTHREAD | PF_NOFREEZE | PF_FORKNOEXEC | bound);
    assert_eq!(task.exit_state(), 0x0);
    assert_eq!((task.policy(), task.rt_priority(), task.nice()), (0, 0, 0));
    assert_eq!((task.prio(), task.static_prio(), task.normal_prio()), (120, 120, 120));
}

#[test]
fn created_state() {
    let ran = std::sync::Arc::new(AtomicBool::new(false));
    let its = ran.clone();
    let task = create(
        move || {
            its.store(true, SeqCst);
            sleep_until_stopped(TASK_UNINTERRUPTIBLE);
            0
        },
        "created",
    );
    let anywhere = Kernel::current().kthreadd().unwrap().cpus_allowed();
    assert_asleep_and_ordinary(&task, false);
    assert_eq!(task.cpus_allowed(), anywhere, "all_cpus_allowed=1");
    assert!(task.mm_is_null());
    let parent = task.parent().unwrap();
    assert_eq!((parent.comm(), parent.pid()), ("kthreadd".into(), 2));
    assert_eq!(task.tgid(), task.pid(), "tgid_is_pid=1");
    assert_eq!(task.exit_signal(), 17);
    assert_eq!(task.group_leader(), task);
    assert!(!ran.load(SeqCst), "threadfn_ran_before_wake=0");

    let cpu = anywhere.iter().next().unwrap();
    kthread_bind(&task, cpu);
    assert_asleep_and_ordinary(&task, true);
    assert_eq!(task.cpus_allowed(), CpuMask::of(cpu), "nr_cpus_allowed_is_1=1");
    assert_eq!(set_cpus_allowed_ptr(&task, &CpuMask::of(cpu)), Ok(()), "set_cpus_allowed_ptr_on_bound=0");
    assert!(!ran.load(SeqCst), "threadfn_ran_after_bind=0");

    assert!(wake_up_process(&task));
    assert_asleep_and_ordinary(&task, true);
    assert!(ran.load(SeqCst));
    assert_eq!(task.cpus_allowed(), CpuMask::of(cpu));

    set_user_nice(&task, 5);
    assert_eq!((task_nice(&task), task.prio(), task.static_prio()), (5, 125, 125));
    let look = || (task.policy(), task.prio(), task.rt_priority(), task.nice());
    sched_set_fifo(&task);
    assert_eq!(look(), (1, 49, 50, 5));
    sched_set_fifo_low(&task);
    assert_eq!(look(), (1, 98, 1, 5));
    sched_set_normal(&task, 3);
    assert_eq!(look(), (0, 123, 0, 3));
    assert_eq!(kthread_stop(&task), 0);
}

#[test]
fn created_state_create_on_cpu() {
    let cpu = kthreadd_task().unwrap().cpus_allowed().iter().last().unwrap();
    let task = kthread_create_on_cpu!(|()| 0, (), cpu, "oncpu/%u").unwrap();
    assert_asleep_and_ordinary(&task, true);
    assert_eq!(task.cpus_allowed(), CpuMask::of(cpu));
    assert_eq!(task.comm(), format!("oncpu/{cpu}"), "comm_ok=1");
    assert_eq!(task.stop(), Ok(ExitStatus::NeverRan), "create_on_cpu_stop_unwoken=-4 ran=0");
}

#[test]
fn created_state_create_on_node() {
    let task = kthread_create_on_node!(|()| 0, (), 0, "on-node").unwrap();
    assert_asleep_and_ordinary(&task, false);
    _ = kthread_stop(&task);
}

#[test]
fn created_state_of_the_signals() {
    let task = create(
        || {
            let blocked = set_blocked_signals(0);
            i32::from(blocked != 0 || signal_pending(&current()))
        },
        "created",
    );
    // sighandler_TERM=1 sighandler_KILL=1 sighandler_INT=1 blocked_TERM=0 blocked_KILL=0
    assert_eq!([SIGTERM, SIGKILL, SIGINT].map(|sig| task.sa_handler(sig)), [1, 1, 1]);
    assert_eq!(task.blocked(), 0);
    // Ignored, and so are the others.
    for sig in 1..=64 {
        assert_eq!(send_sig(sig, &task, 1), Ok(()));
        assert!(!signal_pending(&task), "signal {sig}");
    }
    assert!(wake_up_process(&task));
    await_end(&task);
    assert_eq!(kthread_stop(&task), 0, "blocked_TERM=0 blocked_KILL=0");
}

#[test]
fn created_state_of_other_tasks() {
    let me = current();
    assert!(!me.flags().contains(PF_KTHREAD), "insmod_PF_KTHREAD=0");
    assert_eq!((me.state(), me.on_rq()), (TASK_RUNNING, true));

    let kthreadd = kthreadd_task().unwrap();
    assert_eq!((kthreadd.pid(), kthreadd.comm()), (2, "kthreadd".into()));
    assert!(kthreadd.flags().contains(PF_KTHREAD));
    let idle = kthreadd.parent().unwrap();
    assert_eq!(idle.pid(), 0);
    assert!(idle.flags().contains(PF_IDLE));
    assert_eq!(idle.parent(), None);
}

#[test]
fn created_state_priorities_out_of_range_change_nothing() {
    let task = create(|| 0, "polite");
    for nice in [20, -21, 100, i32::MIN, i32::MAX] {
        set_user_nice(&task, nice);
        assert_eq!((task_nice(&task), task.prio()), (0, 120), "nice {nice}");
    }
    for (nice, prio) in [(19, 139), (-20, 100), (0, 120)] {
        set_user_nice(&task, nice);
        assert_eq!((task_nice(&task), task.prio(), task.normal_prio()), (nice, prio, prio));
    }
    _ = kthread_stop(&task);
}

#[test]
fn created_state_nice_of_a_real_time_task_counts_when_it_is_ordinary_again() {
    let task = create(|| 0, "real-time");
    sched_set_fifo(&task);
    set_user_nice(&task, 7);
    assert_eq!((task.prio(), task.static_prio(), task_nice(&task)), (49, 127, 7));
    sched_set_normal(&task, -3);
    assert_eq!((task.prio(), task.static_prio(), task_nice(&task)), (117, 117, -3));
    _ = kthread_stop(&task);
}

/// The nice value and the policy that the operating system has for the thread.
fn os_nice_and_policy(task: &TaskStruct) -> (i32, i32) {
    let stat = fs::read_to_string(format!("/proc/self/task/{}/stat", task.os_tid())).unwrap();
    let (_, behind_the_name) = stat.rsplit_once(')').unwrap();
    let field = |n: usize| behind_the_name.split_ascii_whitespace().nth(n - 3).unwrap().parse().unwrap();
    (field(19), field(41))
}

#[test]
fn created_state_nice_is_the_os_threads_really() {
    let task = create(|| 0, "polite");
    let (nice, policy) = os_nice_and_policy(&task);
    assert_eq!(policy, SCHED_NORMAL);
    // Any process may raise its nice value.
    set_user_nice(&task, 5);
    assert_eq!(os_nice_and_policy(&task), ((nice + 5).min(19), SCHED_NORMAL));
    _ = kthread_stop(&task);
}
