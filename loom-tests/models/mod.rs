//! The models, one file per protocol. Each file opens with what its models claim together; `locks`
//! has the code that the models of locks share.

mod async_;
mod bind;
mod bit;
mod boot;
mod call_rcu;
mod completion;
mod create;
mod exit;
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
mod semaphore;
mod shutdown;
mod signal;
mod sleep_wake;
mod smpboot;
mod spare;
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
mod workqueue;
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
        create::MODELS,
        spare::MODELS,
        bind::MODELS,
        stop::MODELS,
        scope::MODELS,
        exit::MODELS,
        park::MODELS,
        shutdown::MODELS,
        umh::MODELS,
        worker::MODELS,
        smpboot::MODELS,
        workqueue::MODELS,
        async_::MODELS,
    ]
    .into_iter()
    .flatten()
    .collect()
}
