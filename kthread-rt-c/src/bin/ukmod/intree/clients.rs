//! Code of the kernel's tree that uses the runtime: with a driver of ours, where it does nothing by itself.

use super::table::{Driver, InTree, Module, Verdict};
use crate::cli::Ended;
use std::time::Duration;

/// A driver, put at this place of the tree.
macro_rules! driver {
    ($file:literal at $path:literal) => {
        $crate::intree::table::Driver {
            path: $path,
            text: include_str!(concat!("../../../../intree/", $file)),
        }
    };
}

pub(super) use driver;

/// KUnit itself, all built in; the suites of whatever is linked behind it are run by `kunit.c`, which is linked last.
pub(super) const KUNIT_FIRST: &[Driver] = &[driver!("kunit-first.c" at "lib/kunit/kunit-first.c")];
pub(super) const KUNIT_LAST: Driver = driver!("kunit.c" at "lib/kunit/kunit-last.c");
pub(super) const KUNIT_HEADERS: &[&str] = &[
    "include/kunit/assert.h",
    "include/kunit/resource.h",
    "include/kunit/test-bug.h",
    "include/kunit/test.h",
    "include/kunit/try-catch.h",
    "lib/kunit/debugfs.h",
    "lib/kunit/executor_test.c",
    "lib/kunit/string-stream.h",
    "lib/kunit/try-catch-impl.h",
];

pub(crate) const KUNIT: InTree = InTree {
    name: "kunit",
    about: "KUnit: each case a kthread, which ends by kthread_complete_and_exit when it fails; its own suites, and one of ours",
    modules: &[Module {
        name: "kunit",
        sources: &[
            "lib/kunit/test.c",
            "lib/kunit/resource.c",
            "lib/kunit/string-stream.c",
            "lib/kunit/assert.c",
            "lib/kunit/try-catch.c",
            "lib/kunit/executor.c",
            "lib/kunit/kunit-test.c",
            "lib/kunit/string-stream-test.c",
            "lib/kunit/kunit-example-test.c",
        ],
        drivers: &[driver!("kunit-try-catch.c" at "lib/kunit/kunit-try-catch.c"), KUNIT_LAST],
    }],
    first: KUNIT_FIRST,
    headers: KUNIT_HEADERS,
    cflags: &["-DCONFIG_KUNIT=1", "-DCONFIG_KUNIT_DEFAULT_ENABLED=1", "-DCONFIG_KUNIT_TEST=1"],
    // Two cases of executor_test.c don't free the suites that they have filtered: 4 blocks.
    ends: Ended::Left,
    // The suites are numbered, in the files' order.
    verdict: Verdict {
        success: &["ok 7 example", "ok 8 try_catch"],
        failure: KUNIT_FAILURE,
        ..Verdict::PLAIN
    },
    ..InTree::PLAIN
};

/// Of any case or suite, and what ends one early.
pub(super) const KUNIT_FAILURE: &[&str] = &["not ok ", "WARNING", "BUG"];

pub(crate) const KLIST: InTree = InTree {
    name: "klist",
    about: "lists that are walked while others change them; a removal waits for who stands on the node",
    modules: &[Module {
        name: "klist",
        sources: &["lib/klist.c"],
        drivers: &[driver!("klist.c" at "lib/klist-driver.c")],
    }],
    headers: &["include/linux/klist.h"],
    verdict: Verdict { whole: Some(include_str!("../../../../intree/klist.out")), ..Verdict::PLAIN },
    ..InTree::PLAIN
};

pub(crate) const ASYNC: InTree = InTree {
    name: "async",
    about: "asynchronous calls, in place of the runtime's own",
    modules: &[Module {
        name: "async",
        sources: &["kernel/async.c"],
        drivers: &[driver!("async.c" at "kernel/async-driver.c")],
    }],
    headers: &["kernel/workqueue_internal.h"],
    verdict: Verdict { whole: Some(include_str!("../../../../intree/async.out")), ..Verdict::PLAIN },
    ..InTree::PLAIN
};

pub(crate) const BUSYMOD: InTree = InTree {
    name: "busymod",
    about: "a module whose work sleeps while the module is unloaded",
    modules: &[Module {
        name: "livepatch_callbacks_busymod",
        sources: &["samples/livepatch/livepatch-callbacks-busymod.c"],
        drivers: &[],
    }],
    params: &["sleep_secs=1"],
    stays: Duration::from_millis(300),
    verdict: Verdict { whole: Some(include_str!("../../../../intree/busymod.out")), ..Verdict::PLAIN },
    ..InTree::PLAIN
};

pub(crate) const TEST_VMALLOC: InTree = InTree {
    name: "test_vmalloc",
    about: "threads that allocate whole pages, aligned and not, and variables for each cpu, and free them, at once and after \
            a grace period",
    modules: &[Module { name: "test_vmalloc", sources: &["lib/test_vmalloc.c"], drivers: &[] }],
    // All but the one, 64, that is to fail, as its source says.
    params: &["nr_threads=2", "test_loop_count=1000", "run_test_mask=959"],
    limit: Duration::from_secs(120),
    verdict: Verdict {
        success: &["All test took worker0", "All test took worker1"],
        failure: &["passed: 0 ", "BUG"],
        ..Verdict::PLAIN
    },
    ends: Ended::NotLoaded,
    ..InTree::PLAIN
};

pub(crate) const IDLE_INJECT: InTree = InTree {
    name: "idle_inject",
    about: "per-cpu threads of a realtime policy, woken by an hrtimer, that play idle",
    modules: &[Module {
        name: "idle_inject",
        sources: &[],
        drivers: &[driver!("idle_inject_driver.c" at "drivers/powercap/idle_inject_driver.c")],
    }],
    headers: &["drivers/powercap/idle_inject.c", "include/linux/idle_inject.h"],
    // Not compared whole: one line names the cpu, which is the first that there is.
    verdict: Verdict {
        success: &[
            "registered: 1",
            "is already registered",
            "registered twice: 0",
            "started without durations: -22",
            "run 3000 us, idle 2000 us",
            "started: 0",
            "played idle 5 times, not faster than was asked for: 1",
            "policy 1, per cpu: 1",
            "stopped: state S",
            "registered anew: 1",
        ],
        failure: &["WARNING", "BUG", "kthread-rt:"],
        ..Verdict::PLAIN
    },
    ..InTree::PLAIN
};
