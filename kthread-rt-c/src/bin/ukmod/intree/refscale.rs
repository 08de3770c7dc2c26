//! `kernel/rcu/refscale.c` over `kernel/torture.c`: how long it takes to begin and end the section
//! of a reader, for RCU and for what else keeps an object.

use super::table::{InTree, Module, Types, Verdict};
use std::time::Duration;

pub(crate) const REFSCALE: InTree = InTree {
    name: "refscale",
    // It reads under sleeping locks with interrupts off.
    unchecked: true,
    about: "how long the section of a reader takes",
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
    // A tenth of a second of work, by tasks of the least weight. Its own shutdown is no help: who
    // unloads it then cleans up twice.
    stays: Duration::from_secs(60),
    until_said: true,
    verdict: Verdict {
        success: &["END OF TEST"],
        failure: &["!!!", "WARNING", "invalid scale type"],
        ..Verdict::PLAIN
    },
    ..InTree::PLAIN
};
