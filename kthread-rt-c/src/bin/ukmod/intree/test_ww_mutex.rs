//! `kernel/locking/test-ww_mutex.c`: deadlocks of several ww_mutexes that have to be detected, and
//! work items that lock many at once.

use super::table::{InTree, Module, Sabotage, Verdict};
use std::time::Duration;

pub(crate) const TEST_WW_MUTEX: InTree = InTree {
    name: "test-ww_mutex",
    about: "ww_mutexes: one locked twice, deadlock cycles of two and of many, and work items that lock them in any order",
    modules: &[Module { name: "test_ww_mutex", sources: &["kernel/locking/test-ww_mutex.c"], drivers: &[] }],
    limit: Duration::from_secs(60),
    verdict: Verdict {
        success: &["All ww mutex selftests passed"],
        failure: &["failed", "failure", "trylocked itself", "missed", "not resolved"],
        ..Verdict::PLAIN
    },
    sabotage: &[Sabotage::of_lock("test_ww_mutex", "ww_mutex", &["ww_mutex_lock", "ww_mutex_unlock"])],
    ..InTree::PLAIN
};
