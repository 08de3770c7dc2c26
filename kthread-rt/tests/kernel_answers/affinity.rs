//! The cpus on which a kthread may run: as its task reports them, and as the operating system does
//! for its thread.

use crate::handshake::*;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::fs;

/// The cpus on which the operating system lets the task's thread run.
fn os_cpus(task: &TaskStruct) -> CpuMask {
    let status = fs::read_to_string(format!("/proc/self/task/{}/status", task.os_tid())).unwrap();
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap();
    CpuMask::parse_list(list.trim()).unwrap()
}

/// The cpus on which threads may run here, perhaps only one.
fn anywhere() -> CpuMask {
    kthreadd_task().unwrap().cpus_allowed()
}

/// The last of them, which is most likely to differ from an assumed one.
fn one_cpu() -> u32 {
    anywhere().iter().last().unwrap()
}

#[track_caller]
fn assert_bound(task: &TaskStruct, cpus: CpuMask) {
    assert!(task.flags().contains(PF_NO_SETAFFINITY));
    assert_eq!(task.cpus_allowed(), cpus);
    assert_eq!(os_cpus(task), cpus);
}

#[track_caller]
fn assert_not_bound(task: &TaskStruct) {
    assert!(!task.flags().contains(PF_NO_SETAFFINITY));
    assert_eq!(task.cpus_allowed(), anywhere());
    assert_eq!(os_cpus(task), anywhere());
}

/// A thread that sleeps in `state`, in its function, until it is stopped.
fn started(state: TaskState) -> Task {
    let threadfn = move || {
        sleep_until_stopped(state);
        0
    };
    let task = run(threadfn, "started");
    assert_eq!(asleep(&task), state);
    task
}

const NO_CPU: u32 = CpuMask::CAPACITY - 1;

#[test]
fn bind_is_the_os_threads_really() {
    let task = create(|| 0, "bound");
    assert_not_bound(&task);
    kthread_bind(&task, one_cpu());
    assert_bound(&task, CpuMask::of(one_cpu()));
    _ = kthread_stop(&task);
}

#[test]
fn bind_mask_binds_to_the_cpus_of_the_mask_that_exist() {
    let task = create(|| 0, "bound");
    let mut mask = anywhere();
    mask.insert(NO_CPU);
    kthread_bind_mask(&task, &mask);
    assert_bound(&task, anywhere());
    kthread_bind_mask(&task, &CpuMask::of(one_cpu()));
    assert_bound(&task, CpuMask::of(one_cpu()));
    _ = kthread_stop(&task);
}

#[test]
fn bind_survives_the_first_wake() {
    let task = create(
        || {
            sleep_until_stopped(TASK_INTERRUPTIBLE);
            0
        },
        "bound",
    );
    kthread_bind(&task, one_cpu());
    assert!(wake_up_process(&task));
    asleep(&task);
    assert_bound(&task, CpuMask::of(one_cpu()));
    _ = kthread_stop(&task);
}

#[test]
fn bind_of_a_started_thread_warns_and_changes_nothing() {
    let kernel = WatchedKernel::boot();
    let task = started(TASK_INTERRUPTIBLE);
    let (kind, about) = (WarningKind::BindAfterStart, task.id().to_string());
    kernel.warns(kind, "kthread_bind", &about, || kthread_bind(&task, one_cpu()));
    kernel.warns(kind, "kthread_bind_mask", &about, || kthread_bind_mask(&task, &CpuMask::of(one_cpu())));
    assert_not_bound(&task);
    assert_eq!(kthread_stop(&task), 0);
    kernel.shut_down();
}

/// As in Linux 6.1, which checks the present state, not the past.
#[test]
fn bind_of_a_started_thread_that_sleeps_uninterruptibly_binds() {
    let task = started(TASK_UNINTERRUPTIBLE);
    kthread_bind(&task, one_cpu());
    assert_bound(&task, CpuMask::of(one_cpu()));
    assert_eq!(kthread_stop(&task), 0);
}

#[test]
fn bind_of_a_parked_or_ended_thread_warns_and_changes_nothing() {
    let kernel = WatchedKernel::boot();
    let task = create(|| 0, "parked");
    kthread_park(&task).unwrap();
    let (kind, about) = (WarningKind::BindAfterStart, task.id().to_string());
    kernel.warns(kind, "kthread_bind", &about, || kthread_bind(&task, one_cpu()));
    assert_not_bound(&task);
    assert_eq!(kthread_stop(&task), 0);
    kernel.warns(kind, "kthread_bind", &about, || kthread_bind(&task, one_cpu()));
    assert!(!task.flags().contains(PF_NO_SETAFFINITY));
    kernel.shut_down();
}

#[test]
fn bind_to_an_invalid_cpu_or_mask_warns_and_changes_nothing() {
    let kernel = WatchedKernel::boot();
    let kind = WarningKind::BadArgument;
    let task = create(|| 0, "free");
    let about = NO_CPU.to_string();
    kernel.warns(kind, "kthread_bind", &about, || kthread_bind(&task, NO_CPU));
    kernel.warns(kind, "kthread_bind_mask", &about, || kthread_bind_mask(&task, &CpuMask::of(NO_CPU)));
    let ret = kernel.warns(kind, "kthread_affine_preferred", &about, || {
        kthread_affine_preferred(&task, &CpuMask::of(NO_CPU))
    });
    assert_eq!(ret, Err(Errno::EINVAL));
    assert_eq!(set_cpus_allowed_ptr(&task, &CpuMask::of(NO_CPU)), Err(Errno::EINVAL));
    assert_eq!(set_cpus_allowed_ptr(&task, &CpuMask::empty()), Err(Errno::EINVAL));
    assert_not_bound(&task);
    _ = kthread_stop(&task);
    kernel.shut_down();
}

#[test]
fn affinity_calls_for_a_task_that_is_no_kthread_warn() {
    let kernel = WatchedKernel::boot();
    let me = current();
    let (kind, about, mask) = (WarningKind::NotAKthread, me.id().to_string(), anywhere());
    kernel.warns(kind, "kthread_bind", &about, || kthread_bind(&me, one_cpu()));
    kernel.warns(kind, "kthread_bind_mask", &about, || kthread_bind_mask(&me, &mask));
    kernel.warns(kind, "kthread_set_per_cpu", &about, || kthread_set_per_cpu(&me, 0));
    let ret = kernel.warns(kind, "kthread_affine_preferred", &about, || kthread_affine_preferred(&me, &mask));
    assert_eq!(ret, Err(Errno::EINVAL));
    assert!(!kthread_is_per_cpu(&me));
    assert!(!me.flags().contains(PF_NO_SETAFFINITY));
    kernel.shut_down();
}

#[test]
fn affine_preferred_before_the_first_wake_is_no_binding() {
    let task = create(
        || {
            sleep_until_stopped(TASK_UNINTERRUPTIBLE);
            0
        },
        "prefers",
    );
    let preferred = CpuMask::of(one_cpu());
    assert_eq!(kthread_affine_preferred(&task, &preferred), Ok(()));
    assert_eq!((task.cpus_allowed(), os_cpus(&task)), (preferred, preferred));
    assert!(!task.flags().contains(PF_NO_SETAFFINITY));
    assert!(wake_up_process(&task));
    asleep(&task);
    assert_eq!(os_cpus(&task), preferred);
    assert_eq!(set_cpus_allowed_ptr(&task, &anywhere()), Ok(()), "others may still change it");
    assert_not_bound(&task);
    assert_eq!(kthread_stop(&task), 0);
}

#[test]
fn affine_preferred_after_the_first_wake_is_refused_in_every_state() {
    let kernel = WatchedKernel::boot();
    for state in [TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_IDLE] {
        let task = started(state);
        let about = task.id().to_string();
        let kind = WarningKind::BindAfterStart;
        let ret = kernel.warns(kind, "kthread_affine_preferred", &about, || {
            kthread_affine_preferred(&task, &CpuMask::of(one_cpu()))
        });
        assert_eq!(ret, Err(Errno::EINVAL));
        assert_not_bound(&task);
        assert_eq!(kthread_stop(&task), 0);
    }
    kernel.shut_down();
}

#[test]
fn set_cpus_allowed_ptr_is_the_os_threads_really_and_no_binding() {
    let task = started(TASK_INTERRUPTIBLE);
    assert_eq!(set_cpus_allowed_ptr(&task, &CpuMask::of(one_cpu())), Ok(()));
    assert_eq!(os_cpus(&task), CpuMask::of(one_cpu()));
    assert_eq!(set_cpus_allowed_ptr(&task, &CpuMask::first(CpuMask::CAPACITY)), Ok(()));
    assert_not_bound(&task);
    assert_eq!(kthread_stop(&task), 0);
}

#[test]
fn set_per_cpu_needs_a_binding_and_can_be_taken_back() {
    let kernel = WatchedKernel::boot();
    let task = create(|| 0, "per-cpu");
    let cpu = one_cpu() as i32;
    assert!(!kthread_is_per_cpu(&task));
    let about = format!("{} is not bound", task.id());
    kernel.warns(WarningKind::BadArgument, "kthread_set_per_cpu", &about, || kthread_set_per_cpu(&task, cpu));
    assert!(kthread_is_per_cpu(&task), "the kernel warns, and does it");

    kthread_bind(&task, one_cpu());
    kthread_set_per_cpu(&task, -1);
    assert!(!kthread_is_per_cpu(&task));
    kthread_set_per_cpu(&task, cpu);
    assert!(kthread_is_per_cpu(&task));
    _ = kthread_stop(&task);
    kernel.shut_down();
}

#[test]
fn create_on_cpu_binds_but_makes_no_per_cpu_thread() {
    let task = kthread_create_on_cpu!(|()| 0, (), one_cpu(), "oncpu/%u").unwrap();
    assert_bound(&task, CpuMask::of(one_cpu()));
    assert!(!kthread_is_per_cpu(&task));
    _ = kthread_stop(&task);
}

#[test]
fn unpark_binds_a_per_cpu_thread_again_and_no_other() {
    let (cpu, anywhere) = (one_cpu(), anywhere());
    for per_cpu in [false, true] {
        let task = kthread_create_on_cpu!(
            |()| {
                while !kthread_should_stop() {
                    kthread_parkme();
                    set_current_state(TASK_INTERRUPTIBLE);
                    if !kthread_should_stop_or_park() {
                        schedule();
                    }
                    set_current_state(TASK_RUNNING);
                }
                0
            },
            (),
            cpu,
            "oncpu/%u"
        )
        .unwrap();
        if per_cpu {
            kthread_set_per_cpu(&task, cpu as i32);
        }
        assert_eq!(kthread_park(&task), Ok(()));
        // As if its cpu had gone down.
        assert_eq!(set_cpus_allowed_ptr(&task, &anywhere), Ok(()));
        assert_eq!(os_cpus(&task), anywhere);
        kthread_unpark(&task);
        assert_eq!(asleep(&task), TASK_INTERRUPTIBLE);
        assert_bound(&task, if per_cpu { CpuMask::of(cpu) } else { anywhere });
        assert_eq!(kthread_stop(&task), 0);
    }
}
