//! Reading: the walk over the module's records.

use super::super::super::is_err_or_null;
use super::super::File;
use super::{Opened, PAGE, SeqFile, SeqOperations, errno, of};
use kthread_rt::Errno;
use std::ffi::{c_char, c_int, c_void};

/// Generates the text from the first record up to `offset`. The rest of the record at that offset
/// is in the buffer.
///
/// # Safety
///
/// `m` is valid and its lock is held.
unsafe fn traverse(m: *mut SeqFile, offset: i64) -> Result<(), Errno> {
    // SAFETY: the contract; the module's functions get the arguments that the kernel passes.
    unsafe {
        let op = *(*m).op;
        ((*m).index, (*m).count, (*m).from) = (0, 0, 0);
        if offset == 0 {
            return Ok(());
        }
        if (*m).buf.is_null() {
            (*m).grow(PAGE)?;
        }
        'anew: loop {
            let (mut pos, mut index) = (0, 0);
            let mut record = (op.start)(m, &mut index);
            let mut result = Ok(());
            while !record.is_null() {
                if is_err_or_null(record) {
                    result = Err(errno(record.addr() as i64));
                    break;
                }
                let error = (op.show)(m, record);
                if error < 0 {
                    result = Err(errno(error.into()));
                    break;
                }
                if error > 0 {
                    (*m).count = 0;
                }
                if (*m).overflowed() {
                    (op.stop)(m, record);
                    (*m).grow((*m).size * 2)?;
                    continue 'anew;
                }
                let end = pos + (*m).count as i64;
                if end > offset {
                    (*m).from = (offset - pos) as usize;
                    (*m).count -= (*m).from;
                    // After the rest of this record, a read continues with the next one.
                    record = next(m, &op, record, &mut index);
                    break;
                }
                (pos, (*m).count) = (end, 0);
                record = next(m, &op, record, &mut index);
                if pos == offset {
                    break;
                }
            }
            (op.stop)(m, record);
            (*m).index = index;
            return result;
        }
    }
}

/// The next record. If `next` does not advance the index, this does.
///
/// # Safety
///
/// As [`traverse`].
unsafe fn next(m: *mut SeqFile, op: &SeqOperations, record: *mut c_void, index: &mut i64) -> *mut c_void {
    let before = *index;
    // SAFETY: the contract.
    let record = unsafe { (op.next)(m, record, index) };
    if *index == before {
        *index += 1;
    }
    record
}

/// Fills the empty buffer with at least one record, and with more while the reader's `wanted` bytes
/// are not reached.
///
/// # Safety
///
/// As [`traverse`].
unsafe fn fill(m: *mut SeqFile, wanted: usize) -> Result<(), Errno> {
    // SAFETY: the contract.
    unsafe {
        let op = *(*m).op;
        (*m).from = 0;
        let mut index = (*m).index;
        let mut record = (op.start)(m, &mut index);
        // The first record that has any text.
        let result = loop {
            if is_err_or_null(record) {
                break if record.is_null() { Ok(()) } else { Err(errno(record.addr() as i64)) };
            }
            let error = (op.show)(m, record);
            if error < 0 {
                (*m).count = 0;
                break Err(errno(error.into()));
            }
            if error > 0 {
                (*m).count = 0;
            }
            if (*m).count == 0 {
                record = next(m, &op, record, &mut index);
            } else if (*m).overflowed() {
                (op.stop)(m, record);
                (*m).grow((*m).size * 2)?;
                index = (*m).index;
                record = (op.start)(m, &mut index);
            } else {
                break Ok(());
            }
        };
        // Then the records that still fit.
        while (*m).count > 0 {
            let whole = (*m).count;
            record = next(m, &op, record, &mut index);
            if is_err_or_null(record) || whole >= wanted {
                break;
            }
            let error = (op.show)(m, record);
            if error > 0 {
                (*m).count = whole;
            } else if error < 0 || (*m).overflowed() {
                (*m).count = whole;
                break;
            }
        }
        (op.stop)(m, record);
        (*m).index = index;
        result
    }
}

#[unsafe(no_mangle)]
pub(in super::super) unsafe extern "C-unwind" fn seq_read(
    file: *mut File,
    to: *mut c_char,
    count: usize,
    pos: *mut i64,
) -> isize {
    // SAFETY: the C contract.
    unsafe {
        let m = of(file);
        let guard = (*m.cast::<Opened>()).lock.lock();
        let result = read(m, to.cast(), count, &mut *pos);
        drop(guard);
        result.map_or_else(|errno| errno.as_return() as isize, |n| n as isize)
    }
}

/// # Safety
///
/// As [`traverse`]; `to` has room for `count` bytes.
unsafe fn read(m: *mut SeqFile, to: *mut u8, count: usize, pos: &mut i64) -> Result<usize, Errno> {
    // SAFETY: the contract.
    unsafe {
        if *pos == 0 || *pos != (*m).read_pos {
            (*m).read_pos = 0;
            traverse(m, *pos)?;
            (*m).read_pos = *pos;
        }
        if (*m).buf.is_null() {
            (*m).grow(PAGE)?;
        }
        let mut copied = (*m).hand_out(to, count);
        let mut result = Ok(());
        if (*m).count == 0 && copied < count {
            result = fill(m, count - copied);
            copied += (*m).hand_out(to.add(copied), count - copied);
        }
        if copied == 0 {
            return result.map(|()| 0);
        }
        *pos += copied as i64;
        (*m).read_pos += copied as i64;
        Ok(copied)
    }
}

#[unsafe(no_mangle)]
pub(in super::super) unsafe extern "C-unwind" fn seq_lseek(
    file: *mut File,
    offset: i64,
    whence: c_int,
) -> i64 {
    // SAFETY: the C contract.
    unsafe {
        let wanted = match whence {
            libc::SEEK_SET => offset,
            libc::SEEK_CUR => (*file).pos.saturating_add(offset),
            _ => -1,
        };
        if wanted < 0 {
            return Errno::EINVAL.as_return().into();
        }
        let m = of(file);
        let guard = (*m.cast::<Opened>()).lock.lock();
        // Generates the text up to there now, so that this call returns its error.
        let reached = if wanted == (*m).read_pos { Ok(()) } else { traverse(m, wanted) };
        let (pos, result) = match reached {
            Ok(()) => (wanted, wanted),
            Err(errno) => {
                ((*m).index, (*m).count) = (0, 0);
                (0, errno.as_return().into())
            }
        };
        ((*file).pos, (*m).read_pos) = (pos, pos);
        drop(guard);
        result
    }
}
