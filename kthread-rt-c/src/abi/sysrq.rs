//! `linux/sysrq.h`: handlers by their key. Only code can press a key.

use super::int;
use super::left::{self, New};
use kthread_rt::Errno;
use std::ffi::{c_char, c_int};
use std::ptr;
use std::sync::{Mutex, PoisonError};

/// `struct sysrq_key_op`.
#[repr(C)]
struct KeyOp {
    /// Since 6.7 it takes a `u8`, which is passed like an `int`.
    handler: Option<unsafe extern "C-unwind" fn(c_int)>,
    help: *const c_char,
    action: *const c_char,
    enable: c_int,
}

/// For each key, the address of its table, or 0.
static KEYS: Mutex<[usize; 128]> = Mutex::new([0; 128]);

/// Calls `f` with the entry for a key.
fn place<R>(key: c_int, f: impl FnOnce(&mut usize) -> Result<R, Errno>) -> Result<R, Errno> {
    let key = u8::try_from(key).ok().filter(|key| key.is_ascii_digit() || key.is_ascii_lowercase());
    let key = key.ok_or(Errno::EINVAL)?;
    f(&mut KEYS.lock().unwrap_or_else(PoisonError::into_inner)[usize::from(key)])
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_register_sysrq(key: c_int, op: *const KeyOp) -> c_int {
    int(place(key, |known| match *known {
        0 => {
            *known = op.expose_provenance();
            // SAFETY: a table that stays until it is removed: the C contract.
            let handler = unsafe { op.as_ref() }.and_then(|op| op.handler);
            New::of(&left::SYSRQ, op.addr(), "register_sysrq_key")
                .calls(handler.map_or(0, |handler| handler as *const () as usize))
                .note();
            Ok(())
        }
        _ => Err(Errno::EINVAL),
    }))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_unregister_sysrq(key: c_int, op: *const KeyOp) -> c_int {
    int(place(key, |known| {
        let is_registered = *known == op.addr();
        if is_registered {
            *known = 0;
            left::gone(&left::SYSRQ, op.addr());
        }
        if is_registered { Ok(()) } else { Err(Errno::EINVAL) }
    }))
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_handle_sysrq(key: c_int) {
    let known = place(key, |known| Ok(*known)).unwrap_or(0);
    // SAFETY: null, or a table that a module has registered and not removed (the C contract).
    let op = unsafe { ptr::with_exposed_provenance::<KeyOp>(known).as_ref() };
    if let Some(handler) = op.and_then(|op| op.handler) {
        // SAFETY: as above.
        unsafe { handler(key) };
    }
}
