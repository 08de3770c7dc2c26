//! `kernel/locking/locktorture.c` with `kernel/torture.c`: threads take one lock and check that no
//! other thread holds it, while they are delayed, moved to other cpus and stopped.

use super::table::{InTree, Module, Sabotage, Types, Verdict};
use std::time::Duration;

pub(crate) const LOCKTORTURE: InTree = InTree {
    name: "locktorture",
    about: "writers and readers of one lock, with stutter and shuffle",
    modules: &[
        Module { name: "torture", sources: &["kernel/torture.c"], drivers: &[] },
        Module { name: "locktorture", sources: &["kernel/locking/locktorture.c"], drivers: &[] },
    ],
    headers: &["include/linux/torture.h", "kernel/rcu/rcu.h"],
    // CONFIG_TINY_RCU: without it, rcu.h needs the tree of RCU's nodes.
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
        Sabotage::of_lock("locktorture", "spin_lock", &["_raw_spin_lock", "_raw_spin_unlock"]),
        Sabotage::of_lock("locktorture", "rw_lock", &["_raw_write_lock", "_raw_write_unlock"]),
        Sabotage::of_lock("locktorture", "mutex_lock", &["mutex_lock", "mutex_unlock"]),
        Sabotage::of_lock("locktorture", "ww_mutex_lock", &["ww_mutex_lock", "ww_mutex_unlock"]),
        Sabotage::of_lock("locktorture", "rwsem_lock", &["down_write", "up_write"]),
        Sabotage::of_lock("locktorture", "percpu_rwsem_lock", &["percpu_down_write", "percpu_up_write"]),
        Sabotage::of_lock("locktorture", "rtmutex_lock", &["rt_mutex_lock", "rt_mutex_unlock"]),
    ],
    ..InTree::PLAIN
};
