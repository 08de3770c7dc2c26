//! The functions by which a module's `show` writes a record: `seq_puts` and the like. (`seq_printf`
//! is in shim/names.c.)

use super::super::super::err_ptr;
use super::SeqFile;
use kthread_rt::Errno;
use std::ffi::{CStr, c_char, c_int, c_longlong, c_uint, c_ulonglong};

/// # Safety
///
/// `data` has `length` bytes.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn seq_write(m: *mut SeqFile, data: *const u8, length: usize) -> c_int {
    // SAFETY: the C contract.
    if unsafe { (*m).write(std::slice::from_raw_parts(data, length)) } { 0 } else { -1 }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn seq_putc(m: *mut SeqFile, c: c_char) {
    // SAFETY: the C contract.
    unsafe { (*m).write(&[c as u8]) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn seq_puts(m: *mut SeqFile, text: *const c_char) {
    // SAFETY: the C contract.
    unsafe { (*m).write(CStr::from_ptr(text).to_bytes()) };
}

/// # Safety
///
/// `delimiter` is null or a C string.
unsafe fn put(m: *mut SeqFile, delimiter: *const c_char, number: String) {
    // SAFETY: the contract.
    unsafe {
        if !delimiter.is_null() {
            seq_puts(m, delimiter);
        }
        (*m).write(number.as_bytes());
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn seq_put_decimal_ull(m: *mut SeqFile, delimiter: *const c_char, n: c_ulonglong) {
    // SAFETY: the C contract.
    unsafe { put(m, delimiter, n.to_string()) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn seq_put_decimal_ll(m: *mut SeqFile, delimiter: *const c_char, n: c_longlong) {
    // SAFETY: the C contract.
    unsafe { put(m, delimiter, n.to_string()) };
}

/// Writes spaces up to the width that `seq_setwidth` has set, then `c`, if it is not 0.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn seq_pad(m: *mut SeqFile, c: c_char) {
    // SAFETY: the C contract.
    unsafe {
        while !(*m).overflowed() && (*m).count < (*m).pad_until {
            (*m).write(b" ");
        }
        if c != 0 {
            seq_putc(m, c);
        }
    }
}

/// Writes the text, with each character of `escaped` as a backslash and three octal digits.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn seq_escape(m: *mut SeqFile, text: *const c_char, escaped: *const c_char) {
    // SAFETY: the C contract.
    let (text, escaped) = unsafe { (CStr::from_ptr(text).to_bytes(), CStr::from_ptr(escaped).to_bytes()) };
    for &byte in text {
        let octal = format!("\\{byte:03o}");
        // SAFETY: as above.
        unsafe {
            (*m).write(if escaped.contains(&byte) { octal.as_bytes() } else { std::slice::from_ref(&byte) })
        };
    }
}

/// The free part of the buffer, for `seq_vprintf`, which formats in C.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_seq_room(m: *mut SeqFile, room: *mut usize) -> *mut c_char {
    // SAFETY: the C contract; within the buffer, or its end.
    unsafe {
        *room = (*m).size - (*m).count;
        if *room == 0 { err_ptr(Errno::ENOSPC) } else { (*m).buf.add((*m).count).cast() }
    }
}

/// `seq_vprintf` has formatted this many bytes, or would have with more room.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_seq_formatted(m: *mut SeqFile, length: c_uint) {
    // SAFETY: the C contract.
    unsafe { (*m).count = (*m).size.min((*m).count + length as usize) };
}
