//! The models, one file per protocol. Each file opens with what its models claim together; `locks`
//! has the code that the models of locks share.

mod async_;
mod bind;
mod bind_more;
mod bit;
mod bit_limits;
mod boot;
mod boot_again;
mod call_rcu;
mod completion;
mod completion_counts;
mod create;
mod exit;
mod exit_more;
mod freezer;
mod freezer_kinds;
mod inactive;
mod inactive_watchers;
mod locks;
mod mutex;
mod park;
mod percpu_rwsem;
mod rcu;
mod rtmutex;
mod rwlock;
mod rwsem;
mod scope;
mod scope_ends;
mod semaphore;
mod shutdown;
mod signal;
mod signal_kinds;
mod sleep_states;
mod sleep_wake;
mod smpboot;
mod smpboot_threads;
mod spare;
mod spare_refills;
mod stop;
mod swait;
mod tasklet;
mod tasklet_uses;
mod timer;
mod timer_callback;
mod umh;
mod wait;
mod wait_entries;
mod wait_limits;
mod wait_woken;
mod wake_q;
mod worker;
mod worker_delays;
mod worker_jobs;
mod worker_thread;
mod workqueue;
mod ww_misuse;
mod ww_mutex;

use crate::harness::Model;

/// All models, from the ground up.
pub(crate) fn all() -> Vec<&'static Model> {
    [
        sleep_wake::MODELS,
        sleep_states::MODELS,
        inactive::MODELS,
        inactive_watchers::MODELS,
        signal::MODELS,
        signal_kinds::MODELS,
        completion::MODELS,
        completion_counts::MODELS,
        wake_q::MODELS,
        wait::MODELS,
        wait_entries::MODELS,
        wait_limits::MODELS,
        wait_woken::MODELS,
        swait::MODELS,
        bit::MODELS,
        bit_limits::MODELS,
        freezer::MODELS,
        freezer_kinds::MODELS,
        mutex::MODELS,
        rtmutex::MODELS,
        ww_mutex::MODELS,
        ww_misuse::MODELS,
        semaphore::MODELS,
        rwsem::MODELS,
        percpu_rwsem::MODELS,
        rwlock::MODELS,
        rcu::MODELS,
        call_rcu::MODELS,
        timer::MODELS,
        timer_callback::MODELS,
        tasklet::MODELS,
        tasklet_uses::MODELS,
        boot::MODELS,
        boot_again::MODELS,
        create::MODELS,
        spare::MODELS,
        spare_refills::MODELS,
        bind::MODELS,
        bind_more::MODELS,
        stop::MODELS,
        scope::MODELS,
        scope_ends::MODELS,
        exit::MODELS,
        exit_more::MODELS,
        park::MODELS,
        shutdown::MODELS,
        umh::MODELS,
        worker::MODELS,
        worker_delays::MODELS,
        worker_thread::MODELS,
        worker_jobs::MODELS,
        smpboot::MODELS,
        smpboot_threads::MODELS,
        workqueue::MODELS,
        async_::MODELS,
    ]
    .into_iter()
    .flatten()
    .collect()
}
