//! `kernel/rcu/refscale.c` with `kernel/torture.c`: measures how long it takes to enter and leave a
//! read-side critical section, for RCU and for other ways to keep an object alive.

use super::table::{InTree, Module, Types, Verdict};
use std::time::Duration;

pub(crate) const REFSCALE: InTree = InTree {
    name: "refscale",
    // It takes sleeping locks with interrupts off.
    unchecked: true,
    about: "how long a read-side critical section takes",
    modules: &[
        Module { name: "torture", sources: &["kernel/torture.c"], drivers: &[] },
        Module { name: "refscale", sources: &["kernel/rcu/refscale.c"], drivers: &[] },
    ],
    headers: &["include/linux/torture.h", "kernel/rcu/rcu.h"],
    cflags: &["-DCONFIG_TINY_RCU=1", "-DCONFIG_RCU_REF_SCALE_TEST_MODULE=1"],
    params: &["nreaders=1", "nruns=5"],
    types: Some(Types {
        param: "scale_type",
        values: &["rcu", "srcu", "refcnt", "rwlock", "rwsem", "lock", "lock-irq", "acqrel", "clock"],
    }),
    // It takes a tenth of a second, with tasks of the least weight. Its own shutdown parameter is
    // of no use: an unload after that cleans up twice.
    stays: Duration::from_secs(60),
    until_said: true,
    verdict: Verdict {
        success: &["END OF TEST"],
        failure: &["!!!", "WARNING", "invalid scale type"],
        ..Verdict::PLAIN
    },
    ..InTree::PLAIN
};
