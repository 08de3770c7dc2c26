//! All public names, for code written against the kernel's headers: `use kthread_rt::prelude::*`.
//!
//! It re-exports the modules, which document their calls and the differences from a kernel.

pub use crate::asynchronous::{
    AsyncCookie, AsyncDomain, async_schedule, async_schedule_domain, async_schedule_node,
    async_schedule_node_domain, async_synchronize_cookie, async_synchronize_cookie_domain,
    async_synchronize_full, async_synchronize_full_domain, current_is_async,
};
pub use crate::call_rcu::{
    __call_rcu_in_kernel, RcuCallback, RcuHead, call_rcu, rcu_barrier, start_poll_synchronize_rcu,
};
pub use crate::call_srcu::{call_srcu, srcu_barrier, start_poll_synchronize_srcu};
pub use crate::clock::*;
pub use crate::completion::*;
pub use crate::cpumask::CpuMask;
pub use crate::debug_objects::LeftObject;
pub use crate::delay::*;
pub use crate::errno::Errno;
pub use crate::freezer::{__refrigerator, NotFrozen, freezing, frozen, set_freezable, try_to_freeze};
pub use crate::hrtimer::*;
pub use crate::irq_work::*;
pub use crate::kernel::{
    BootError, Entered, Kernel, KernelBuilder, find_task_by_pid, freeze_kernel_threads, freeze_processes,
    thaw_kernel_threads, thaw_processes,
};
pub use crate::kthread::{
    __check_cpu_of_new, CLONE_FILES, CLONE_FS, CLONE_SIGHAND, CLONE_VM, DelayedJob, ExitCompletion,
    ExitStatus, Job, KTW_FREEZABLE, KthreadDelayedWork, KthreadWork, KthreadWorkFn, KthreadWorker,
    NUMA_NO_NODE, RawCompletion, RawThreadFn, ShutdownReport, Worker, get_kthread_comm, kernel_thread,
    kthread_affine_preferred, kthread_associate_blkcg, kthread_bind, kthread_bind_mask, kthread_blkcg,
    kthread_cancel_delayed_work_sync, kthread_cancel_work_sync, kthread_complete_and_exit, kthread_create,
    kthread_create_on_cpu, kthread_create_on_node, kthread_create_raw, kthread_create_worker,
    kthread_create_worker_on_cpu, kthread_create_worker_on_node, kthread_data, kthread_delayed_work_timer_fn,
    kthread_destroy_worker, kthread_exit, kthread_flush_work, kthread_flush_worker,
    kthread_freezable_should_stop, kthread_func, kthread_init_delayed_work, kthread_init_work,
    kthread_init_worker, kthread_is_per_cpu, kthread_mod_delayed_work, kthread_name, kthread_park,
    kthread_parkme, kthread_probe_data, kthread_queue_delayed_work, kthread_queue_work, kthread_run,
    kthread_run_on_cpu, kthread_run_started, kthread_run_worker, kthread_run_worker_on_cpu,
    kthread_set_per_cpu, kthread_should_park, kthread_should_stop, kthread_should_stop_or_park, kthread_stop,
    kthread_stop_put, kthread_unpark, kthread_unuse_mm, kthread_use_mm, kthread_worker_fn, kthreadd_task,
};
pub use crate::ktime::*;
pub use crate::mutex::*;
pub use crate::percpu_rwsem::*;
pub use crate::pid::*;
pub use crate::ps::{ask_ps, ps_folder, ps_socket};
pub use crate::rcu::*;
pub use crate::rtmutex::*;
pub use crate::rwlock::*;
pub use crate::rwsem::*;
pub use crate::sched::{
    __set_current_state, SchedAttr, SchedParam, cond_resched, current, current_ptr, get_jiffies_64,
    in_atomic, in_hardirq, in_interrupt, in_serving_softirq, in_task, io_schedule, io_schedule_timeout,
    irqs_disabled, jiffies, ktime_get, local_bh_disable, local_bh_enable, might_sleep, play_idle,
    play_idle_precise, preempt_count, preempt_disable, preempt_enable, sched_annotate_sleep, sched_set_fifo,
    sched_set_fifo_low, sched_set_normal, sched_setattr, sched_setscheduler, schedule, schedule_timeout,
    schedule_timeout_idle, schedule_timeout_interruptible, schedule_timeout_killable,
    schedule_timeout_uninterruptible, set_cpus_allowed_ptr, set_current_state, set_special_state,
    set_user_nice, task_nice, time_is_after_eq_jiffies, time_is_after_jiffies, time_is_before_eq_jiffies,
    time_is_before_jiffies, wait_task_inactive, wake_up_process, wake_up_state, r#yield,
};
pub use crate::semaphore::*;
pub use crate::signal::*;
pub use crate::smpboot::{
    CpuStep, PercpuThreads, SmpHotplugThread, add_cpu, add_cpu_telling, cpu_hotplug_disable,
    cpu_hotplug_enable, cpu_online, cpu_online_mask, cpus_read_lock, cpus_read_trylock, cpus_read_unlock,
    cpus_write_lock, cpus_write_unlock, lockdep_is_cpus_held, num_online_cpus, remove_cpu,
    remove_cpu_telling, smpboot_register_percpu_thread, smpboot_unregister_percpu_thread,
};
pub use crate::spinlock::*;
pub use crate::swait::{
    SwaitQueue, SwaitQueueHead, finish_swait, init_swait_queue_head, prepare_to_swait_event,
    prepare_to_swait_exclusive, raw as raw_swait, swait_active, swake_up_all, swake_up_locked, swake_up_one,
    swq_has_sleeper,
};
pub use crate::sysctl::{
    CtlTable, CtlTableHeader, Sysctl, SysctlValue, register_sysctl, sysctl_names, sysctl_read, sysctl_write,
    unregister_sysctl_table,
};
pub use crate::table::{TaskRow, TaskTable};
pub use crate::task::{
    EXIT_DEAD, EXIT_NONE, EXIT_ZOMBIE, HeldLock, LockKind, PF_EXITING, PF_FORKNOEXEC, PF_IDLE, PF_KTHREAD,
    PF_NO_SETAFFINITY, PF_NOFREEZE, PF_WQ_WORKER, PlaceInC, PlacesInC, SCHED_BATCH, SCHED_FIFO, SCHED_IDLE,
    SCHED_NORMAL, SCHED_RR, TASK_COMM_LEN, TASK_DEAD, TASK_FREEZABLE, TASK_FROZEN, TASK_IDLE,
    TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_NORMAL, TASK_PARKED, TASK_RUNNING, TASK_STOPPED,
    TASK_UNINTERRUPTIBLE, TASK_WAKEKILL, Task, TaskFlags, TaskState, TaskStruct, WaitKind, WaitsOn,
    get_task_comm, get_task_struct, put_task_struct, task_is_running, task_state_to_char,
};
pub use crate::tasklet::*;
pub use crate::timer::{
    __round_jiffies, __round_jiffies_relative, __round_jiffies_up, __round_jiffies_up_relative,
    TIMER_DEFERRABLE, TIMER_IRQSAFE, TIMER_PINNED, Timer, TimerFn, TimerList, add_timer, add_timer_global,
    add_timer_local, add_timer_on, del_timer, del_timer_sync, destroy_timer_on_stack, mod_timer,
    mod_timer_pending, round_jiffies, round_jiffies_relative, round_jiffies_up, round_jiffies_up_relative,
    timer_delete, timer_delete_sync, timer_delete_sync_try, timer_destroy_on_stack, timer_pending,
    timer_reduce, timer_setup, timer_setup_on_stack, timer_shutdown, timer_shutdown_sync,
    try_to_del_timer_sync,
};
pub use crate::umh::{
    SubprocessInfo, UMH_FREEZABLE, UMH_KILLABLE, UMH_NO_WAIT, UMH_WAIT_EXEC, UMH_WAIT_PROC, UmhCleanup,
    UmhInit, call_usermodehelper, call_usermodehelper_exec, call_usermodehelper_setup,
};
pub use crate::wait::{
    BitWord, Unlock, WQ_FLAG_EXCLUSIVE, WQ_FLAG_PRIORITY, WQ_FLAG_WOKEN, WaitEntry, WaitQueueEntry,
    WaitQueueFunc, WaitQueueHead, add_wait_queue, add_wait_queue_exclusive, add_wait_queue_priority,
    autoremove_wake_function, clear_and_wake_up_bit, default_wake_function, finish_wait, init_waitqueue_head,
    prepare_to_wait, prepare_to_wait_event, prepare_to_wait_exclusive, raw as raw_wait, remove_wait_queue,
    test_and_clear_wake_up_bit, wait_on_bit, wait_on_bit_io, wait_on_bit_lock, wait_on_bit_lock_io,
    wait_on_bit_timeout, wait_woken, waitqueue_active, wake_up, wake_up_all, wake_up_all_locked, wake_up_bit,
    wake_up_interruptible, wake_up_interruptible_all, wake_up_interruptible_nr, wake_up_interruptible_sync,
    wake_up_locked, wake_up_nr, wake_up_sync, wake_up_var, woken_wake_function, wq_has_single_sleeper,
    wq_has_sleeper,
};
pub use crate::wait_graph::{Due, Ender, WaitEdge, WaitGraph};
pub use crate::workqueue::*;
pub use crate::ww_mutex::*;
pub use crate::{ASYNC_DOMAIN, ASYNC_DOMAIN_EXCLUSIVE};
pub use crate::{DECLARE_COMPLETION, DECLARE_COMPLETION_ONSTACK};
pub use crate::{DECLARE_DELAYED_WORK, DECLARE_WORK, alloc_ordered_workqueue, alloc_workqueue};
pub use crate::{
    DECLARE_RWSEM, DEFINE_MUTEX, DEFINE_PERCPU_RWSEM, DEFINE_RT_MUTEX, DEFINE_RWLOCK, DEFINE_SEMAPHORE,
    DEFINE_SPINLOCK, DEFINE_WD_CLASS, DEFINE_WW_CLASS, DEFINE_WW_MUTEX,
    wait_event_interruptible_exclusive_locked, wait_event_interruptible_exclusive_locked_irq,
    wait_event_interruptible_lock_irq, wait_event_interruptible_lock_irq_cmd,
    wait_event_interruptible_lock_irq_timeout, wait_event_interruptible_locked,
    wait_event_interruptible_locked_irq, wait_event_lock_irq, wait_event_lock_irq_cmd,
    wait_event_lock_irq_timeout,
};
pub use crate::{
    DECLARE_SWAIT_QUEUE_HEAD, DECLARE_SWAIT_QUEUE_HEAD_ONSTACK, DECLARE_SWAITQUEUE, swait_event_exclusive,
    swait_event_idle_exclusive, swait_event_idle_timeout_exclusive, swait_event_interruptible_exclusive,
    swait_event_interruptible_timeout_exclusive, swait_event_timeout_exclusive,
};
pub use crate::{
    DECLARE_TASKLET, DECLARE_TASKLET_DISABLED, DECLARE_TASKLET_OLD, DEFINE_IRQ_WORK, from_tasklet,
};
pub use crate::{
    DECLARE_WAIT_QUEUE_HEAD, DECLARE_WAIT_QUEUE_HEAD_ONSTACK, DECLARE_WAITQUEUE, DEFINE_WAIT,
    DEFINE_WAIT_FUNC, io_wait_event, wait_event, wait_event_cmd, wait_event_exclusive,
    wait_event_exclusive_cmd, wait_event_freezable, wait_event_freezable_exclusive,
    wait_event_freezable_timeout, wait_event_hrtimeout, wait_event_idle, wait_event_idle_exclusive,
    wait_event_idle_exclusive_timeout, wait_event_idle_timeout, wait_event_interruptible,
    wait_event_interruptible_exclusive, wait_event_interruptible_hrtimeout, wait_event_interruptible_timeout,
    wait_event_killable, wait_event_killable_exclusive, wait_event_killable_timeout, wait_event_state,
    wait_event_timeout, wait_var_event, wait_var_event_interruptible, wait_var_event_killable,
    wait_var_event_timeout,
};
pub use crate::{DEFINE_KTHREAD_DELAYED_WORK, DEFINE_KTHREAD_WORK, DEFINE_KTHREAD_WORKER};
pub use crate::{DEFINE_TIMER, from_timer, timer_container_of};
pub use crate::{pr_alert, pr_crit, pr_debug, pr_emerg, pr_err, pr_info, pr_notice, pr_warn};
