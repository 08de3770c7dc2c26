//! Code of the kernel's tree that uses the runtime, with a driver of ours where it needs one.

use super::table::{InTree, Module, Verdict};
use crate::cli::Ended;
use std::time::Duration;

/// A driver, which is copied to this path of the tree.
macro_rules! driver {
    ($file:literal at $path:literal) => {
        $crate::intree::table::Driver {
            path: $path,
            text: include_str!(concat!("../../../../intree/", $file)),
        }
    };
}

pub(super) use driver;

pub(crate) const KLIST: InTree = InTree {
    name: "klist",
    about: "lists that are walked while others change them; a removal waits for a walker that stands on the node",
    modules: &[Module {
        name: "klist",
        sources: &["lib/klist.c"],
        drivers: &[driver!("klist.c" at "lib/klist-driver.c")],
    }],
    headers: &["include/linux/klist.h"],
    of_linux: &["lib/klist.c"],
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
    of_linux: &["kernel/async.c"],
    verdict: Verdict { whole: Some(include_str!("../../../../intree/async.out")), ..Verdict::PLAIN },
    ..InTree::PLAIN
};

pub(crate) const BUSYMOD: InTree = InTree {
    name: "busymod",
    about: "a module whose work item sleeps while the module is unloaded",
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

pub(crate) const KLP_BUSY: InTree = InTree {
    name: "klp_busy",
    about: "a module whose work item runs until the module's exit ends it, and waits for it",
    modules: &[Module {
        name: "test_klp_callbacks_busy",
        sources: &["lib/livepatch/test_klp_callbacks_busy.c"],
        drivers: &[],
    }],
    params: &["block_transition=1"],
    verdict: Verdict {
        whole: Some(
            "test_klp_callbacks_busy: test_klp_callbacks_busy_init\n\
             test_klp_callbacks_busy: busymod_work_func enter\n\
             test_klp_callbacks_busy: busymod_work_func exit\n\
             test_klp_callbacks_busy: test_klp_callbacks_busy_exit\n",
        ),
        ..Verdict::PLAIN
    },
    ..InTree::PLAIN
};

pub(crate) const TEST_VMALLOC: InTree = InTree {
    name: "test_vmalloc",
    about: "threads that allocate whole pages, aligned and not, and variables for each cpu, and free them, at once and after \
            a grace period",
    modules: &[Module { name: "test_vmalloc", sources: &["lib/test_vmalloc.c"], drivers: &[] }],
    // All but test 64, which fails by design, as its source says.
    params: &["nr_threads=2", "test_loop_count=1000", "run_test_mask=959"],
    limit: Duration::from_secs(300),
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
    of_linux: &["drivers/powercap/idle_inject.c"],
    // Not compared as a whole: one line names the first cpu.
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
