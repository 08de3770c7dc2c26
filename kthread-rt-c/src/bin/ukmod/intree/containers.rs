//! Code of the kernel's library that runs here as it is, with the tests it comes with: what is tested is Linux's, on our headers,
//! threads and locks.

use super::clients::{KUNIT_FAILURE, KUNIT_FIRST, KUNIT_HEADERS, KUNIT_LAST};
use super::table::{InTree, Module, Verdict};
use std::time::Duration;

pub(crate) const RHASHTABLE: InTree = InTree {
    name: "rhashtable",
    about: "Linux's code: a hash table that grows by a work, with readers under RCU and ten threads that insert at once",
    modules: &[
        Module { name: "rhashtable", sources: &["lib/rhashtable.c"], drivers: &[] },
        Module { name: "test_rhashtable", sources: &["lib/test_rhashtable.c"], drivers: &[] },
    ],
    headers: &["include/linux/rhashtable.h", "include/linux/rhashtable-types.h"],
    limit: Duration::from_secs(120),
    verdict: Verdict {
        success: &["max_size 8192: no, ok", "Started 10 threads, 0 failed, rhltable test returns 0"],
        failure: &["WARNING", "Test failed", "mismatch"],
        ..Verdict::PLAIN
    },
    ..InTree::PLAIN
};

pub(crate) const PARMAN: InTree = InTree {
    name: "parman",
    about: "Linux's code: an array that is kept sorted by priorities, on our lists",
    modules: &[
        Module { name: "parman", sources: &["lib/parman.c"], drivers: &[] },
        Module { name: "test_parman", sources: &["lib/test_parman.c"], drivers: &[] },
    ],
    headers: &["include/linux/parman.h"],
    verdict: Verdict {
        success: &["Priority array check successful"],
        failure: &["WARNING", "Wrong", "Failed"],
        ..Verdict::PLAIN
    },
    ..InTree::PLAIN
};

/// It says nothing unless something is wrong; its init is 0 then.
pub(crate) const OBJAGG: InTree = InTree {
    name: "objagg",
    about: "Linux's code: objects that are gathered under others, on rhashtable and our lists and sorting",
    modules: &[
        Module { name: "rhashtable", sources: &["lib/rhashtable.c"], drivers: &[] },
        Module { name: "objagg", sources: &["lib/objagg.c"], drivers: &[] },
        Module { name: "test_objagg", sources: &["lib/test_objagg.c"], drivers: &[] },
    ],
    headers: &[
        "include/linux/objagg.h",
        "include/linux/rhashtable.h",
        "include/linux/rhashtable-types.h",
        "include/trace/events/objagg.h",
    ],
    verdict: Verdict { whole: Some(""), ..Verdict::PLAIN },
    ..InTree::PLAIN
};

pub(crate) const KUNIT_CODE: InTree = InTree {
    name: "kunit-code",
    about: "Linux's code: fractions, linear ranges and fields of bits, with their suites of KUnit",
    modules: &[Module {
        name: "kunit_code",
        sources: &[
            "lib/kunit/test.c",
            "lib/kunit/resource.c",
            "lib/kunit/string-stream.c",
            "lib/kunit/assert.c",
            "lib/kunit/try-catch.c",
            "lib/kunit/executor.c",
            "lib/math/rational.c",
            "lib/math/rational-test.c",
            "lib/linear_ranges.c",
            "lib/test_linear_ranges.c",
            "lib/bitfield_kunit.c",
        ],
        drivers: &[KUNIT_LAST],
    }],
    first: KUNIT_FIRST,
    headers: &[
        KUNIT_HEADERS[0],
        KUNIT_HEADERS[1],
        KUNIT_HEADERS[2],
        KUNIT_HEADERS[3],
        KUNIT_HEADERS[4],
        KUNIT_HEADERS[5],
        KUNIT_HEADERS[6],
        KUNIT_HEADERS[7],
        KUNIT_HEADERS[8],
        "include/linux/rational.h",
        "include/linux/linear_range.h",
        "include/linux/bitfield.h",
    ],
    cflags: &["-DCONFIG_KUNIT=1", "-DCONFIG_KUNIT_DEFAULT_ENABLED=1"],
    verdict: Verdict {
        success: &["ok 1 rational", "ok 2 linear-ranges-test", "ok 3 bitfields"],
        failure: KUNIT_FAILURE,
        ..Verdict::PLAIN
    },
    ..InTree::PLAIN
};
