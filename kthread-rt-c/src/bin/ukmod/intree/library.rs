//! Tests of the headers' containers and functions: lists, trees, bits, strings, numbers. They test
//! our code.

use super::clients::driver;
use super::table::{InTree, Module, Verdict};
use crate::cli::Ended;
use std::time::Duration;

/// Modules that run their tests in their init, which returns 0, and print the verdict.
pub(crate) const SELFTESTS: InTree = InTree {
    name: "selftests",
    about: "self-tests of atomics, bit operations, bitmaps, strings, patterns, hexadecimal dumps, hashes, checksums, UUIDs, heaps, divisions, \
            `sscanf` and pages",
    modules: &[
        Module { name: "atomic64_test", sources: &["lib/atomic64_test.c"], drivers: &[] },
        Module { name: "test_bitops", sources: &["lib/test_bitops.c"], drivers: &[] },
        Module { name: "test_string", sources: &["lib/test_string.c"], drivers: &[] },
        Module { name: "globtest", sources: &["lib/globtest.c"], drivers: &[] },
        Module { name: "test_hexdump", sources: &["lib/test_hexdump.c"], drivers: &[] },
        Module { name: "test_siphash", sources: &["lib/test_siphash.c"], drivers: &[] },
        Module { name: "test_uuid", sources: &["lib/test_uuid.c"], drivers: &[] },
        Module { name: "test_memcat_p", sources: &["lib/test_memcat_p.c"], drivers: &[] },
        Module { name: "test_min_heap", sources: &["lib/test_min_heap.c"], drivers: &[] },
        Module { name: "test_strscpy", sources: &["lib/test_strscpy.c"], drivers: &[] },
        Module { name: "test_scanf", sources: &["lib/test_scanf.c"], drivers: &[] },
        Module { name: "test_div64", sources: &["lib/math/test_div64.c"], drivers: &[] },
        Module { name: "crc32test", sources: &["lib/crc32test.c"], drivers: &[] },
        Module { name: "test_bitmap", sources: &["lib/test_bitmap.c"], drivers: &[] },
        Module { name: "test_free_pages", sources: &["lib/test_free_pages.c"], drivers: &[] },
    ],
    // They compute for some seconds, and longer on a busy machine.
    limit: Duration::from_secs(300),
    headers: &["tools/testing/selftests/kselftest_module.h", "lib/crc32defs.h"],
    verdict: Verdict {
        success: &[
            "atomic64_test: passed",
            "Completed bitops test",
            "String selftests succeeded",
            "64 self-tests passed, 0 failed",
            "all 1184 tests passed",
            "test_siphash: self-tests: pass",
            "test_uuid: all 18 tests passed",
            "test_memcat_p: test passed",
            "min_heap_test: test passed",
            "test_strscpy: all 32 tests passed",
            "test_scanf: all 2545 tests passed",
            "Completed 64bit/32bit division and modulo test",
            "crc32: self tests passed",
            "crc32c: self tests passed",
            "crc32_combine: 8373 self tests passed",
            "crc32c_combine: 8373 self tests passed",
            "test_bitmap: all 6550 tests passed",
            "test_free_pages: Test completed",
        ],
        // The words by which the tests report a wrong value; "FAIL" is test_siphash's.
        failure: &[
            "WARNING",
            "wrong for",
            "ERROR",
            "failure",
            "Result:",
            "expected",
            "self tests failed",
            "FAIL",
        ],
        ..Verdict::PLAIN
    },
    ..InTree::PLAIN
};

pub(crate) const PERCPU_TEST: InTree = InTree {
    name: "percpu_test",
    about: "arithmetic with variables for each cpu",
    modules: &[Module { name: "percpu_test", sources: &["lib/percpu_test.c"], drivers: &[] }],
    verdict: Verdict { success: &["percpu test done"], failure: &["WARNING"], ..Verdict::PLAIN },
    ends: Ended::NotLoaded,
    ..InTree::PLAIN
};

pub(crate) const TEST_XARRAY: InTree = InTree {
    name: "test_xarray",
    // It locks and allocates millions of times.
    unchecked: true,
    about: "xarrays: entries of one index and of many, marks, reservations, walks; its init returns 0 only if all tests passed",
    modules: &[Module { name: "test_xarray", sources: &["lib/test_xarray.c"], drivers: &[] }],
    verdict: Verdict {
        success: &["XArray: 41301630 of 41301630 tests passed"],
        failure: &["BUG at", "WARNING"],
        ..Verdict::PLAIN
    },
    ..InTree::PLAIN
};

pub(crate) const TEST_IDA: InTree = InTree {
    name: "test_ida",
    about: "numbers that are allocated and freed; an `ida_free` too many warns",
    modules: &[Module { name: "test_ida", sources: &["lib/test_ida.c"], drivers: &[] }],
    verdict: Verdict {
        success: &["^^^ \"not allocated\" warnings over", "IDA: 147357 of 147357 tests passed"],
        failure: &["BUG at"],
        ..Verdict::PLAIN
    },
    ends: Ended::NotLoaded,
    ..InTree::PLAIN
};

pub(crate) const RBTREE_TEST: InTree = InTree {
    name: "rbtree_test",
    about: "red-black trees, augmented and not: it counts the nodes, compares the keys and checks the colours",
    modules: &[Module { name: "rbtree_test", sources: &["lib/rbtree_test.c"], drivers: &[] }],
    verdict: Verdict {
        success: &[
            "rbtree testing",
            "test 3 (latency of inorder traversal)",
            "augmented rbtree testing",
            "test 2 (latency of nnodes cached insert+delete)",
        ],
        failure: &["WARNING"],
        ..Verdict::PLAIN
    },
    ends: Ended::NotLoaded,
    ..InTree::PLAIN
};

pub(crate) const INTERVAL_TREE_TEST: InTree = InTree {
    name: "interval_tree_test",
    about: "interval trees: they find as many intervals that contain a point as a loop over all intervals does, which is 2692",
    modules: &[Module { name: "interval_tree_test", sources: &["lib/interval_tree_test.c"], drivers: &[] }],
    verdict: Verdict {
        success: &["interval tree insert/remove", " cycles (2692 results)"],
        failure: &["WARNING"],
        ..Verdict::PLAIN
    },
    ends: Ended::NotLoaded,
    ..InTree::PLAIN
};

/// It prints nothing unless something is wrong, and its init always fails: the driver prints that
/// it came to its end.
pub(crate) const TEST_KSTRTOX: InTree = InTree {
    name: "test-kstrtox",
    about: "numbers that are parsed from strings: the limits of each type, values beyond them, and texts that are not numbers",
    modules: &[Module {
        name: "test_kstrtox",
        sources: &[],
        drivers: &[driver!("kstrtox.c" at "lib/kstrtox-driver.c")],
    }],
    headers: &["lib/test-kstrtox.c"],
    verdict: Verdict { whole: Some("test_kstrtox: it is over, as with -22\n"), ..Verdict::PLAIN },
    ..InTree::PLAIN
};

/// It prints what is wrong, and its init always fails.
pub(crate) const STRING_HELPERS: InTree = InTree {
    name: "string_helpers",
    about: "strings that are escaped and unescaped; sizes with units; upper and lower case",
    modules: &[Module { name: "test_string_helpers", sources: &["lib/test-string_helpers.c"], drivers: &[] }],
    verdict: Verdict { whole: Some("test_string_helpers: Running tests...\n"), ..Verdict::PLAIN },
    ends: Ended::NotLoaded,
    ..InTree::PLAIN
};

/// The second module's init fails if a branch goes the wrong way.
pub(crate) const STATIC_KEYS: InTree = InTree {
    name: "static_keys",
    about: "branches on static keys that change, of this module and of another one; its init fails if a branch goes the wrong way",
    modules: &[
        Module { name: "test_static_key_base", sources: &["lib/test_static_key_base.c"], drivers: &[] },
        Module { name: "test_static_keys", sources: &["lib/test_static_keys.c"], drivers: &[] },
    ],
    verdict: Verdict { whole: Some(""), failure: &["WARNING"], ..Verdict::PLAIN },
    ..InTree::PLAIN
};

pub(crate) const KFIFO: InTree = InTree {
    name: "kfifo",
    about: "queues of bytes, of numbers and of records; the samples check their contents themselves",
    modules: &[
        Module { name: "bytestream_example", sources: &["samples/kfifo/bytestream-example.c"], drivers: &[] },
        Module { name: "inttype_example", sources: &["samples/kfifo/inttype-example.c"], drivers: &[] },
        Module { name: "record_example", sources: &["samples/kfifo/record-example.c"], drivers: &[] },
    ],
    verdict: Verdict { whole: Some(include_str!("../../../../intree/kfifo.out")), ..Verdict::PLAIN },
    ..InTree::PLAIN
};

pub(crate) const KOBJECTS: InTree = InTree {
    name: "kobjects",
    about: "kobjects and a kset; a module of ours writes and reads their attributes in sysfs",
    modules: &[
        Module { name: "kobject_example", sources: &["samples/kobject/kobject-example.c"], drivers: &[] },
        Module { name: "kset_example", sources: &["samples/kobject/kset-example.c"], drivers: &[] },
        Module {
            name: "kobject_driver",
            sources: &[],
            drivers: &[driver!("kobjects.c" at "samples/kobject/driver.c")],
        },
    ],
    verdict: Verdict { whole: Some(include_str!("../../../../intree/kobjects.out")), ..Verdict::PLAIN },
    ..InTree::PLAIN
};
