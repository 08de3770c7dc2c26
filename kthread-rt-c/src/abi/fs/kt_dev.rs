//! `linux/kt_dev.h`: a program's system calls on files that modules have registered, within this
//! process.

use super::super::left::{self, New};
use super::super::{err_ptr, text};
use super::File;
use super::file::{ALWAYS, filp_close, open, poll, vfs_ioctl, vfs_llseek, vfs_read, vfs_write};
use kthread_rt::prelude::*;
use kthread_rt::raw_wait as raw;
use std::ffi::{c_char, c_int, c_long, c_uint, c_ulong, c_void};
use std::ptr;

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_open(name: *const c_char, flags: c_int) -> *mut File {
    // SAFETY: the C contract.
    let name = unsafe { text(name) };
    let opened = open(&name, flags, 0, false);
    opened
        .inspect(|file| New::of(&left::FILE, file.addr(), "kt_dev_open").named(&name))
        .unwrap_or_else(err_ptr)
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_read(file: *mut File, to: *mut c_void, count: usize) -> isize {
    // SAFETY: the C contract.
    unsafe { vfs_read(file, to.cast(), count, ptr::null_mut()) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_write(file: *mut File, from: *const c_void, count: usize) -> isize {
    // SAFETY: the C contract.
    unsafe { vfs_write(file, from.cast(), count, ptr::null_mut()) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_lseek(file: *mut File, offset: i64, whence: c_int) -> i64 {
    // `SEEK_HOLE` is the greatest valid value.
    match whence {
        // SAFETY: the C contract.
        0..=4 => unsafe { vfs_llseek(file, offset, whence) },
        _ => Errno::EINVAL.as_return().into(),
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_ioctl(file: *mut File, command: c_uint, argument: c_ulong) -> c_long {
    // SAFETY: the C contract.
    unsafe { vfs_ioctl(file, command, argument) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_close(file: *mut File) -> c_int {
    // SAFETY: the C contract.
    unsafe { filp_close(file, ptr::null_mut()) }
}

/// `poll_table`, and the entries that `poll_wait` has queued.
#[repr(C)]
struct PollTable {
    queue: Option<unsafe extern "C-unwind" fn(*mut File, *const WaitQueueHead, *mut PollTable)>,
    key: c_uint,
    // The header's structure ends here.
    /// Each entry is a `Box` as a raw pointer, because the queue has a pointer, too.
    entries: Vec<(*const WaitQueueHead, *mut WaitQueueEntry)>,
}

unsafe extern "C-unwind" fn queue(_file: *mut File, wq: *const WaitQueueHead, table: *mut PollTable) {
    let task = current().as_ptr().cast_mut().cast();
    let entry = Box::into_raw(Box::new(WaitQueueEntry::new(default_wake_function, task)));
    // SAFETY: by the C contract, the queue lives while the file is open, and the entry is removed
    // before that ends.
    unsafe {
        raw::add_wait_queue(&*wq, entry);
        (*table).entries.push((wq, entry));
    }
}

impl Drop for PollTable {
    fn drop(&mut self) {
        for &(wq, entry) in &self.entries {
            // SAFETY: as in `queue`, which queued it.
            unsafe {
                raw::remove_wait_queue(&*wq, entry);
                drop(Box::from_raw(entry));
            }
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_dev_poll(file: *mut File, events: c_uint, timeout_ms: c_int) -> c_int {
    let wanted = events | ALWAYS;
    let mut table = PollTable { queue: Some(queue), key: wanted, entries: Vec::new() };
    let mut left = if timeout_ms < 0 { i64::MAX } else { msecs_to_jiffies(timeout_ms as u32) as i64 };
    loop {
        // Set the state before polling, so that no wake-up in between is lost.
        set_current_state(TASK_INTERRUPTIBLE);
        // SAFETY: the C contract; the table begins with the header's structure.
        let ready = match unsafe { poll(file, (&raw mut table).cast()) } {
            Ok(mask) => mask & wanted,
            Err(errno) => {
                set_current_state(TASK_RUNNING);
                return errno.as_return();
            }
        };
        // The entries are queued now; the next poll must not queue them again.
        table.queue = None;
        if ready != 0 || left == 0 || signal_pending(&current()) {
            set_current_state(TASK_RUNNING);
            return ready as c_int;
        }
        left = schedule_timeout(left);
    }
}
