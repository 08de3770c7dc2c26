//! `linux/refcount.h`: the warnings. The counting is inline, in the header.
//!
//! The kernel prints each kind of warning once. Here the log has the same lines. In addition, each
//! place in the module where a count goes wrong is reported once with task, call and line, if the
//! place is known (see [`place_in_c`]).

use super::printk::print;
use super::text;
use kthread_rt::debug_objects::place_in_c;
use kthread_rt::diag::{self, WarningKind};
use std::collections::BTreeSet;
use std::ffi::{c_char, c_int};
use std::panic::Location;
use std::sync::{Mutex, PoisonError};

/// For each `enum refcount_saturation_type`: the kernel's line, and a hint. The last entry is for
/// `KT_REFCOUNT_DEC_OF_0` of the header.
const KINDS: [(&str, &str); 6] = [
    ("refcount_t: saturated; leaking memory.", "references are taken and not put"),
    ("refcount_t: saturated; leaking memory.", "references are taken and not put"),
    ("refcount_t: addition on 0; use-after-free.", "the last reference was put before"),
    ("refcount_t: underflow; use-after-free.", "the last reference was put before"),
    (
        "refcount_t: decrement hit 0; leaking memory.",
        "no caller frees the object: use refcount_dec_and_test(), which returns true to the one that must",
    ),
    ("refcount_t: underflow; use-after-free.", "the last reference was put before"),
];

/// The reports so far: addresses in the modules' code, and kinds. Address 0 stands for the log.
static REPORTED: Mutex<BTreeSet<(usize, usize)>> = Mutex::new(BTreeSet::new());

fn is_first(address: usize, kind: usize) -> bool {
    REPORTED.lock().unwrap_or_else(PoisonError::into_inner).insert((address, kind))
}

/// Reports that `call` found an impossible count.
///
/// # Safety
///
/// `call` is a C string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_refcount_warn(kind: c_int, call: *const c_char) {
    let index = usize::try_from(kind).unwrap_or(usize::MAX);
    let &(printed, hint) = KINDS
        .get(index)
        .unwrap_or(&("refcount_t: unknown saturation event!?.", "refcount.h has the known ones"));
    let first = is_first(0, index);
    if first {
        print(&format!("\x014{printed}\n"));
    }
    let address = place_in_c();
    if if address == 0 { first } else { is_first(address, index) } {
        // SAFETY: the contract.
        let call = unsafe { text(call) };
        diag::warn(WarningKind::Refcount, &call, Location::caller(), &format!("{printed} {hint}"));
    }
}
