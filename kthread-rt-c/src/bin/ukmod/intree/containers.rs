//! Code of the kernel's library, unmodified, with its own tests. They test Linux's code on our
//! headers, threads and locks.

use super::table::{InTree, Module, Verdict};
use std::time::Duration;

pub(crate) const RHASHTABLE: InTree = InTree {
    name: "rhashtable",
    // It locks and allocates hundreds of thousands of times.
    unchecked: true,
    about: "a hash table that a work item grows, with readers under RCU and ten threads that insert at once",
    modules: &[
        Module { name: "rhashtable", sources: &["lib/rhashtable.c"], drivers: &[] },
        Module { name: "test_rhashtable", sources: &["lib/test_rhashtable.c"], drivers: &[] },
    ],
    headers: &["include/linux/rhashtable.h", "include/linux/rhashtable-types.h"],
    of_linux: &["lib/rhashtable.c"],
    limit: Duration::from_secs(300),
    verdict: Verdict {
        success: &["max_size 8192: no, ok", "Started 10 threads, 0 failed, rhltable test returns 0"],
        failure: &["WARNING", "Test failed", "mismatch"],
        ..Verdict::PLAIN
    },
    ..InTree::PLAIN
};

pub(crate) const PARMAN: InTree = InTree {
    name: "parman",
    about: "an array sorted by priorities, on our lists",
    modules: &[
        Module { name: "parman", sources: &["lib/parman.c"], drivers: &[] },
        Module { name: "test_parman", sources: &["lib/test_parman.c"], drivers: &[] },
    ],
    headers: &["include/linux/parman.h"],
    of_linux: &["lib/parman.c"],
    verdict: Verdict {
        success: &["Priority array check successful"],
        failure: &["WARNING", "Wrong", "Failed"],
        ..Verdict::PLAIN
    },
    ..InTree::PLAIN
};

/// It prints nothing unless something is wrong.
pub(crate) const OBJAGG: InTree = InTree {
    name: "objagg",
    about: "objects that are gathered under others, on rhashtable and our lists and sorting",
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
    of_linux: &["lib/rhashtable.c", "lib/objagg.c"],
    verdict: Verdict { whole: Some(""), ..Verdict::PLAIN },
    ..InTree::PLAIN
};

/// It prints nothing unless something is wrong; its init fails then.
pub(crate) const BLAKE2S: InTree = InTree {
    name: "blake2s",
    about: "a hash, whose init compares it with known ones",
    modules: &[Module {
        name: "blake2s",
        sources: &["lib/crypto/blake2s.c", "lib/crypto/blake2s-generic.c", "lib/crypto/blake2s-selftest.c"],
        drivers: &[],
    }],
    headers: &["include/crypto/blake2s.h", "include/crypto/internal/blake2s.h"],
    of_linux: &["lib/crypto/blake2s.c", "lib/crypto/blake2s-generic.c"],
    verdict: Verdict { whole: Some(""), ..Verdict::PLAIN },
    ..InTree::PLAIN
};
