//! Finds the names of addresses, for `%ps`: all functions and variables of an object, including
//! static ones.
//!
//! The dynamic linker knows only exported symbols. All others are in the file's own table
//! (`.symtab`), which is read at the first query for an address of the object. It is cached by the
//! file's identity and time: a rebuilt module is another file.

use std::collections::BTreeMap;
use std::ffi::{CStr, OsStr, c_char, c_void};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Mutex, PoisonError};

/// A function or a variable: its address and size.
struct Symbol {
    at: u64,
    size: u64,
    name: String,
}

/// An object's symbols, sorted by address; addresses are relative to the object's base.
type Symbols = Vec<Symbol>;

/// Device and inode of the file, and its modification time.
type Identity = (u64, u64, i64, i64);

static KNOWN: Mutex<BTreeMap<Identity, Arc<Symbols>>> = Mutex::new(BTreeMap::new());

/// Reads numbers of a little-endian file.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn at<const N: usize>(&self, offset: usize) -> Option<[u8; N]> {
        self.0.get(offset..offset.checked_add(N)?)?.try_into().ok()
    }

    fn u16(&self, offset: usize) -> Option<u16> {
        self.at(offset).map(u16::from_le_bytes)
    }

    fn u32(&self, offset: usize) -> Option<u32> {
        self.at(offset).map(u32::from_le_bytes)
    }

    fn u64(&self, offset: usize) -> Option<u64> {
        self.at(offset).map(u64::from_le_bytes)
    }
}

fn piece(file: &mut File, offset: u64, length: u64) -> Option<Vec<u8>> {
    /// The largest size of a symbol table.
    const MOST: u64 = 1 << 28;
    let mut bytes = vec![0; usize::try_from(length).ok().filter(|_| length <= MOST)?];
    file.seek(SeekFrom::Start(offset)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// Reads the symbol table of a 64-bit ELF file.
fn read(file: &mut File) -> Option<Symbols> {
    const SECTION: usize = 64;
    const SYMBOL: usize = 24;
    const SHT_SYMTAB: u32 = 2;
    /// `STT_OBJECT` and `STT_FUNC`.
    const NAMED: [u8; 2] = [1, 2];
    let header = piece(file, 0, 64)?;
    if !header.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let header = Numbers(&header);
    let (sections, count) = (header.u64(40)?, header.u16(60)?);
    let sections = piece(file, sections, u64::from(count) * SECTION as u64)?;
    let sections = Numbers(&sections);
    let range =
        |index: usize| Some((sections.u64(index * SECTION + 24)?, sections.u64(index * SECTION + 32)?));
    let table =
        (0..usize::from(count)).find(|index| sections.u32(index * SECTION + 4) == Some(SHT_SYMTAB))?;
    let names = sections.u32(table * SECTION + 40)? as usize;
    let (offset, length) = range(table)?;
    let entries = piece(file, offset, length)?;
    let (offset, length) = range(names)?;
    let names = piece(file, offset, length)?;
    let symbol = |entry: &[u8]| {
        let entry = Numbers(entry);
        let (kind, section, at) = (entry.at::<1>(4)?[0] & 0xf, entry.u16(6)?, entry.u64(8)?);
        if !NAMED.contains(&kind) || section == 0 {
            return None;
        }
        let name = CStr::from_bytes_until_nul(names.get(entry.u32(0)? as usize..)?).ok()?;
        Some(Symbol { at, size: entry.u64(16)?, name: name.to_string_lossy().into_owned() })
    };
    let mut symbols: Symbols = entries.chunks_exact(SYMBOL).filter_map(symbol).collect();
    symbols.sort_by_key(|symbol| symbol.at);
    Some(symbols)
}

/// The symbols of the object of this name; none if the file can't be read or has no table.
fn symbols_of(name: &CStr) -> Option<Arc<Symbols>> {
    let mut file = File::open(OsStr::from_bytes(name.to_bytes())).ok()?;
    let about = file.metadata().ok()?;
    let identity = (about.dev(), about.ino(), about.mtime(), about.mtime_nsec());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(symbols) = known.get(&identity) {
        return Some(symbols.clone());
    }
    let symbols = Arc::new(read(&mut file).unwrap_or_default());
    known.insert(identity, symbols.clone());
    Some(symbols)
}

/// The symbol that contains the address, and the offset in it.
fn find(symbols: &Symbols, address: u64) -> Option<(&Symbol, u64)> {
    let behind = symbols.partition_point(|symbol| symbol.at <= address);
    let within = |symbol: &&Symbol| address - symbol.at < symbol.size;
    symbols[..behind]
        .iter()
        .rev()
        .take_while(|symbol| symbol.at + (1 << 20) > address)
        .find(within)
        .map(|symbol| (symbol, address - symbol.at))
}

/// Stores the name of the symbol at an address, the offset in it, and its size. False if there is
/// no such symbol.
///
/// # Safety
///
/// `name` has room for `room` bytes, at least one; `offset` and `size` can be written.
#[unsafe(no_mangle)]
unsafe extern "C" fn kt_symbol_at(
    address: *const c_void,
    name: *mut c_char,
    room: usize,
    offset: *mut u64,
    size: *mut u64,
) -> bool {
    // SAFETY: all its fields may be zero.
    let mut object = unsafe { std::mem::zeroed::<libc::Dl_info>() };
    // SAFETY: dladdr accepts any address.
    if unsafe { libc::dladdr(address, &mut object) } == 0 || object.dli_fname.is_null() {
        return false;
    }
    // SAFETY: the name belongs to the dynamic linker, and lives as long as the object.
    let Some(symbols) = symbols_of(unsafe { CStr::from_ptr(object.dli_fname) }) else { return false };
    let Some((symbol, at)) = find(&symbols, (address.addr() - object.dli_fbase.addr()) as u64) else {
        return false;
    };
    let length = symbol.name.len().min(room - 1);
    // SAFETY: the contract.
    unsafe {
        name.cast::<u8>().copy_from_nonoverlapping(symbol.name.as_ptr(), length);
        name.add(length).write(0);
        (*offset, *size) = (at, symbol.size);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbols() -> Symbols {
        let symbol = |at, size, name: &str| Symbol { at, size, name: name.into() };
        vec![symbol(16, 8, "a"), symbol(16, 4, "alias"), symbol(32, 16, "b")]
    }

    fn name_at(address: u64) -> Option<(String, u64)> {
        find(&symbols(), address).map(|(symbol, at)| (symbol.name.clone(), at))
    }

    #[test]
    fn an_address_is_in_what_reaches_so_far() {
        assert_eq!(name_at(15), None);
        assert_eq!(name_at(17), Some(("alias".into(), 1)));
        assert_eq!(name_at(22), Some(("a".into(), 6)));
        assert_eq!(name_at(24), None);
        assert_eq!(name_at(47), Some(("b".into(), 15)));
        assert_eq!(name_at(48), None);
    }

    #[test]
    fn this_test_has_names_for_its_static_functions() {
        let mut exe = File::open("/proc/self/exe").unwrap();
        let symbols = read(&mut exe).unwrap();
        assert!(symbols.iter().any(|symbol| symbol.name.contains("this_test_has_names")));
        assert!(symbols.is_sorted_by_key(|symbol| symbol.at));
    }
}
