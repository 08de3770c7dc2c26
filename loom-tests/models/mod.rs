//! The models, one file per protocol. Each file opens with what its models claim together; `locks`
//! has the code that the models of locks share.

mod async_;
mod bind;
mod bind_more;
mod bit;
mod boot;
mod boot_again;
mod call_rcu;
mod completion;
mod create;
mod exit;
mod exit_more;
mod freezer;
mod inactive;
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
        inactive::MODELS,
        signal::MODELS,
        completion::MODELS,
        wake_q::MODELS,
        wait::MODELS,
        swait::MODELS,
        bit::MODELS,
        freezer::MODELS,
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
