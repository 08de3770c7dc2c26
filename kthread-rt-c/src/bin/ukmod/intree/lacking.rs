//! Tests of the kernel's tree that do not run here, and what each lacks, as a build or a run shows
//! it. They are built like those of the table. A test that succeeds is reported as a success, so
//! that it can move to the table.

use super::judge::Aloud;
use super::table::{InTree, Module, Verdict};
use super::{kunit, run, say, skipped, source, summary};
use crate::Failure;
use crate::cli::{Ended, Intree};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// A test of a single file, which is also its name.
macro_rules! file {
    ($path:literal $(, $field:ident: $value:expr)* ; $base:expr) => {
        InTree {
            name: $path,
            modules: &[Module { name: "test", sources: &[$path], drivers: &[] }],
            $($field: $value,)*
            ..$base
        }
    };
    ($path:literal $(, $field:ident: $value:expr)*) => { file!($path $(, $field: $value)*; InTree::PLAIN) };
}

/// The words by which different tests report a failure.
const SAYS_FAILED: Verdict =
    Verdict { failure: &["failures: ", "not ok ", "End of test: FAILURE"], ..Verdict::PLAIN };
const KSELFTEST: &[&str] = &["tools/testing/selftests/kselftest_module.h"];

/// A test that is linked with `torture.c`.
macro_rules! torture {
    ($path:literal $(, $field:ident: $value:expr)*) => {
        InTree {
            name: $path,
            $($field: $value,)*
            modules: &[Module { name: "test", sources: &["kernel/torture.c", $path], drivers: &[] }],
            headers: &["include/linux/torture.h", "kernel/rcu/rcu.h"],
            cflags: &["-DCONFIG_TINY_RCU=1"],
            ..InTree::PLAIN
        }
    };
}

/// None of these is in [`super::table::TESTS`]. `about` says why a test can't succeed, unless
/// missing names explain it.
pub(super) const LACKING: &[&InTree] = &[
    &file!("kernel/backtracetest.c"),
    &torture!("kernel/rcu/rcuscale.c"),
    &torture!("kernel/rcu/rcutorture.c"),
    &torture!(
        "kernel/scftorture.c",
        about: "a call for another cpu finds itself on the caller's",
        stays: Duration::from_secs(1),
        verdict: SAYS_FAILED
    ),
    &file!("kernel/time/clocksource-wdtest.c"),
    &file!("kernel/time/test_udelay.c"),
    &file!("kernel/trace/preemptirq_delay_test.c", about: "it delays for tracers, and judges nothing"),
    &file!("lib/crypto/chacha20poly1305-selftest.c"),
    &file!("lib/crypto/curve25519-selftest.c"),
    &file!("lib/find_bit_benchmark.c", about: "it measures, and judges nothing"),
    &file!("lib/fortify_kunit.c"; kunit::SUITES),
    &file!("lib/longest_symbol_kunit.c", about: "there are no kprobes", verdict: SAYS_FAILED; kunit::SUITES),
    &InTree {
        name: "lib/reed_solomon/test_rslib.c",
        about: "it takes more than a minute",
        modules: &[Module {
            name: "test",
            sources: &["lib/reed_solomon/reed_solomon.c", "lib/reed_solomon/test_rslib.c"],
            drivers: &[],
        }],
        headers: &["include/linux/rslib.h", "lib/reed_solomon/decode_rs.c", "lib/reed_solomon/encode_rs.c"],
        cflags: &["-DCONFIG_REED_SOLOMON_ENC16=1", "-DCONFIG_REED_SOLOMON_DEC16=1"],
        limit: Duration::from_secs(5),
        ..InTree::PLAIN
    },
    &file!("lib/slub_kunit.c", about: "it wants `slab.h` of the kernel's `mm` folder"; kunit::SUITES),
    &file!("lib/stackinit_kunit.c", about: "it judges the compiler", verdict: SAYS_FAILED; kunit::SUITES),
    &file!("lib/test_blackhole_dev.c"),
    &file!("lib/test_bpf.c"),
    &file!("lib/test_debug_virtual.c"),
    &file!("lib/test_dynamic_debug.c"),
    &file!("lib/test_firmware.c"),
    &file!("lib/test_fprobe.c"; kunit::SUITES),
    &file!("lib/test_fpu.c"),
    &file!("lib/test_hmm.c"),
    &file!("lib/test_kmod.c"),
    &file!("lib/test_kprobes.c"; kunit::SUITES),
    &file!("lib/test_lockup.c"),
    &file!("lib/test_maple_tree.c"),
    &file!("lib/test_meminit.c", about: "memory is not cleared when it is freed", verdict: SAYS_FAILED, ends: Ended::NotLoaded),
    &file!("lib/test_printf.c", headers: KSELFTEST),
    &file!("lib/test_ref_tracker.c", headers: &["include/linux/ref_tracker.h"]),
    &file!("lib/test_sysctl.c"),
    &file!("lib/test_ubsan.c", about: "it misbehaves for a sanitizer, and judges nothing"),
    &file!("lib/test_user_copy.c"),
    &file!("mm/memtest.c"),
    &file!("samples/configfs/configfs_sample.c"),
    &file!("samples/connector/cn_test.c"),
    &file!("samples/hw_breakpoint/data_breakpoint.c"),
    &file!("samples/kdb/kdb_hello.c"),
    &file!("samples/kfifo/dma-example.c"),
    &file!("samples/kmemleak/kmemleak-test.c"),
    &file!("samples/kprobes/kprobe_example.c", about: "there are no kprobes"),
    &file!("samples/kprobes/kretprobe_example.c"),
    &file!("samples/livepatch/livepatch-shadow-mod.c", about: "it leaks until a patch mends it, and judges nothing"),
    &file!("samples/trace_printk/trace-printk.c", about: "`trace_printk` takes no variable for its format"),
    &file!("samples/vfio-mdev/mtty.c"),
];

/// Builds each, runs those that can be built, and prints what is missing as a table.
pub(super) fn list(options: &Intree, folder: &Path) -> Result<Ended, Failure> {
    if let Err(why) = source(folder, LACKING)? {
        return Ok(skipped("intree", &why));
    }
    say("| file, and its lines | what is missing |\n|---|---|");
    for test in LACKING {
        let mut one = Intree { name: Some(test.name.to_owned()), ..options.clone() };
        one.run.raw = true;
        let missing = match run(test, &one, folder, Aloud::Never) {
            Ok(Ok(outcome)) => format!("{outcome}: {}", test.about),
            Ok(Err(why)) => return Ok(skipped("intree", &why)),
            Err(failure) if failure.status != Ended::NotBuilt => return Err(failure),
            Err(failure) => match missing(&failure.to_string()) {
                names if names.is_empty() => format!("not built: {}", test.about),
                names => names,
            },
        };
        say(format_args!("| {} | {missing} |", summary::file(folder, test.name)));
    }
    Ok(Ended::Well)
}

/// The names and headers that a failed build reports as not supported.
fn missing(refusal: &str) -> String {
    let named = refusal.lines().filter_map(|line| line.split_once("not supported: ")).map(|(_, what)| {
        let end = [" (in ", ", which ", "; see "].into_iter().filter_map(|mark| what.find(mark)).min();
        what[..end.unwrap_or(what.len())].trim_start_matches("the header ")
    });
    let quoted = |name: &str| match name.contains(' ') {
        true if !name.starts_with("struct ") => name.to_owned(),
        _ => format!("`{}`", name.trim_matches(['<', '>'])),
    };
    named.map(quoted).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
}
