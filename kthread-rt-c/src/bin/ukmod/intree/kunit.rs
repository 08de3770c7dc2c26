//! Linux's KUnit, with its own suites, suites that test our code, and suites that test Linux's
//! library.

use super::clients::driver;
use super::table::{InTree, Kit, Module, Verdict};
use crate::cli::Ended;
use std::time::Duration;

/// KUnit, all built in. `kunit.c`, which is linked last, runs the suites of all files before it.
const KIT: Kit = Kit {
    first: &[driver!("kunit-first.c" at "lib/kunit/kunit-first.c")],
    sources: &[
        "lib/kunit/test.c",
        "lib/kunit/resource.c",
        "lib/kunit/string-stream.c",
        "lib/kunit/assert.c",
        "lib/kunit/try-catch.c",
        "lib/kunit/executor.c",
    ],
    headers: &[
        "include/kunit/assert.h",
        "include/kunit/resource.h",
        "include/kunit/test-bug.h",
        "include/kunit/test.h",
        "include/kunit/try-catch.h",
        "lib/kunit/debugfs.h",
        "lib/kunit/string-stream.h",
        "lib/kunit/try-catch-impl.h",
    ],
    cflags: &["-DCONFIG_KUNIT=1", "-DCONFIG_KUNIT_DEFAULT_ENABLED=1"],
    last: &[driver!("kunit.c" at "lib/kunit/kunit-last.c")],
};

/// The failure of any case or suite, and what ends one early.
const FAILURE: &[&str] = &["not ok ", "WARNING", "BUG"];

/// They compute for some seconds, and longer on a busy machine.
const BUSY: Duration = Duration::from_secs(120);

/// The base of an entry whose suites KUnit runs.
pub(super) const SUITES: InTree = InTree { kit: Some(&KIT), limit: BUSY, ..InTree::PLAIN };

pub(crate) const KUNIT: InTree = InTree {
    name: "kunit",
    about: "KUnit: each case a kthread, which ends by kthread_complete_and_exit when it fails; its own suites, and one of ours",
    modules: &[Module {
        name: "kunit",
        sources: &[
            "lib/kunit/kunit-test.c",
            "lib/kunit/string-stream-test.c",
            "lib/kunit/kunit-example-test.c",
        ],
        drivers: &[driver!("kunit-try-catch.c" at "lib/kunit/kunit-try-catch.c")],
    }],
    headers: &["lib/kunit/executor_test.c"],
    of_linux: KIT.sources,
    cflags: &["-DCONFIG_KUNIT_TEST=1"],
    // Two cases of executor_test.c don't free the suites that they have filtered: 4 blocks.
    ends: Ended::Left,
    // KUnit numbers the suites in the files' order.
    verdict: Verdict { success: &["ok 7 example", "ok 8 try_catch"], failure: FAILURE, ..Verdict::PLAIN },
    ..SUITES
};

pub(crate) const KUNIT_LIB: InTree = InTree {
    name: "kunit-lib",
    about: "suites of KUnit for lists, cpu masks, sorting, dates, hashes, copies, sums that overflow, bits, resources, options and sysctls: \
            what the headers say of them",
    modules: &[Module {
        name: "kunit_lib",
        sources: &[
            "lib/list-test.c",
            "lib/cpumask_kunit.c",
            "lib/test_sort.c",
            "kernel/time/time_test.c",
            "lib/test_list_sort.c",
            "lib/test_hash.c",
            "lib/memcpy_kunit.c",
            "lib/overflow_kunit.c",
            "lib/is_signed_type_kunit.c",
            "lib/test_bits.c",
            "kernel/resource_kunit.c",
            "lib/cmdline_kunit.c",
            "kernel/sysctl-test.c",
        ],
        drivers: &[],
    }],
    verdict: Verdict {
        success: &[
            "ok 1 list-kunit-test",
            "ok 2 hlist",
            "ok 3 cpumask",
            "ok 4 lib_sort",
            "ok 5 time_test_cases",
            "ok 6 list_sort",
            "ok 7 hash",
            "ok 8 memcpy",
            "ok 9 overflow",
            "ok 10 is_signed_type",
            "ok 11 bits-test",
            "ok 12 resource",
            "ok 13 cmdline",
            "ok 14 sysctl_test",
        ],
        failure: FAILURE,
        ..Verdict::PLAIN
    },
    ..SUITES
};

pub(crate) const KUNIT_CODE: InTree = InTree {
    name: "kunit-code",
    about: "fractions, linear ranges and fields of bits, with their suites of KUnit",
    modules: &[Module {
        name: "kunit_code",
        sources: &[
            "lib/math/rational.c",
            "lib/math/rational-test.c",
            "lib/linear_ranges.c",
            "lib/test_linear_ranges.c",
            "lib/bitfield_kunit.c",
        ],
        drivers: &[],
    }],
    headers: &["include/linux/rational.h", "include/linux/linear_range.h", "include/linux/bitfield.h"],
    of_linux: &["lib/math/rational.c", "lib/linear_ranges.c"],
    verdict: Verdict {
        success: &["ok 1 rational", "ok 2 linear-ranges-test", "ok 3 bitfields"],
        failure: FAILURE,
        ..Verdict::PLAIN
    },
    ..SUITES
};
