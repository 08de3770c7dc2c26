//! `kernel/locking/locktorture.c` over `kernel/torture.c`: threads that take one lock, look whether somebody else has it too, and are
//! held up, moved to other cpus and stopped meanwhile.

use super::table::{Driver, InTree, Module, Sabotage, Types, Verdict};
use std::time::Duration;

pub(crate) const LOCKTORTURE: InTree = InTree {
    name: "locktorture",
    about: "writers and readers of one lock, with stutter and shuffle",
    modules: &[
        Module { name: "torture", sources: &["kernel/torture.c"], drivers: &[] },
        Module { name: "locktorture", sources: &["kernel/locking/locktorture.c"], drivers: &[] },
    ],
    headers: &["include/linux/torture.h", "kernel/rcu/rcu.h"],
    // No tree of RCU's nodes, of which rcu.h would tell.
    cflags: &[
        "-DCONFIG_HOTPLUG_CPU=1",
        "-DCONFIG_LOCK_TORTURE_TEST_MODULE=1",
        "-DCONFIG_RT_MUTEXES=1",
        "-DCONFIG_TINY_RCU=1",
    ],
    params: &["stat_interval=5"],
    types: Some(Types {
        param: "torture_type",
        values: &[
            "spin_lock",
            "spin_lock_irq",
            "rw_lock",
            "rw_lock_irq",
            "mutex_lock",
            "ww_mutex_lock",
            "rwsem_lock",
            "percpu_rwsem_lock",
            "rtmutex_lock",
        ],
    }),
    stays: Duration::from_secs(10),
    limit: Duration::from_secs(30),
    verdict: Verdict {
        success: &["End of test: SUCCESS"],
        failure: &["End of test: FAILURE", "End of test: LOCK_HOTPLUG"],
        whole: None,
    },
    sabotage: &[
        broken("spin_lock", &["_raw_spin_lock", "_raw_spin_unlock"]),
        broken("rw_lock", &["_raw_write_lock", "_raw_write_unlock"]),
        broken("mutex_lock", &["mutex_lock", "mutex_unlock"]),
        broken("ww_mutex_lock", &["ww_mutex_lock", "ww_mutex_unlock"]),
        broken("rwsem_lock", &["down_write", "up_write"]),
        broken("percpu_rwsem_lock", &["percpu_down_write", "percpu_up_write"]),
        broken("rtmutex_lock", &["rt_mutex_lock", "rt_mutex_unlock"]),
    ],
    ..InTree::PLAIN
};

/// A lock whose holder excludes nobody. Of those with readers, the writer does not.
const fn broken(name: &'static str, functions: &'static [&'static str]) -> Sabotage {
    Sabotage {
        name,
        functions,
        driver: Driver { path: "sabotage.c", text: include_str!("../../../../intree/sabotage.c") },
        module: "locktorture",
    }
}
