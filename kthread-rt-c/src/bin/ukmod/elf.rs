//! Checks that a file is a module that `ukmod build` made, before the loader gets it: the loader
//! would map a truncated file, and run the constructors of any shared object.

use crate::symbols::{self, Symbols};
use object::read::elf::{Dyn, FileHeader, ProgramHeader};
use object::{Architecture, Object, ObjectKind, elf};
use std::fs::{self, File};
use std::io::Read;
use std::ops::Range;
use std::path::Path;

#[cfg(target_arch = "x86_64")]
const HERE: Architecture = Architecture::X86_64;
#[cfg(target_arch = "aarch64")]
const HERE: Architecture = Architecture::Aarch64;

/// The symbols of a module to load. `built_here`: this run built the module itself.
pub(crate) fn module(path: &Path, built_here: bool) -> Result<Symbols, String> {
    let at_path = |why: String| format!("{}: {why}", path.display());
    let data = read(path).map_err(at_path)?;
    check(&data).map_err(at_path)?;
    let symbols = Symbols::of(&data).map_err(|e| at_path(format!("it is not a module: {e}")))?;
    if !built_here && !symbols::uses_runtime(&symbols) {
        return Err(at_path("it is not a module: it is a shared object that uses no kernel function".into()));
    }
    Ok(symbols)
}

/// The file's bytes, if it is an ELF file.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let kind = fs::metadata(path).map_err(|e| e.to_string())?.file_type();
    if kind.is_dir() {
        return Err("it is a folder; name the modules in it".into());
    }
    // A device may have no end.
    if !kind.is_file() {
        return Err("it is not a regular file, but a device or a pipe".into());
    }
    let mut file = File::open(path).map_err(|e| e.to_string())?;
    let mut data = Vec::new();
    file.by_ref().take(4).read_to_end(&mut data).map_err(|e| e.to_string())?;
    match &data[..] {
        [] => return Err("it is empty".into()),
        magic if magic == elf::ELFMAG => {}
        _ if path.extension().is_some_and(|extension| extension == "c") => {
            return Err("it is a source: build it with `ukmod run` or `ukmod build`".into());
        }
        _ => return Err("it is not a module: it is not an ELF file".into()),
    }
    file.read_to_end(&mut data).map_err(|e| e.to_string())?;
    Ok(data)
}

type Segment = elf::ProgramHeader64<object::Endianness>;

/// The largest address range that a module may have.
const LARGEST: u64 = 1 << 32;

/// The largest page size that a linker aligns segments for.
const PAGE: u64 = 0x10000;

/// Checks that this process can map the file. The error says what the file is instead.
fn check(data: &[u8]) -> Result<(), String> {
    let file = object::File::parse(data).map_err(|e| format!("it is not a module: {e}"))?;
    if file.architecture() != HERE
        || !file.is_64()
        || file.is_little_endian() != cfg!(target_endian = "little")
    {
        let machine = format!("{:?}", file.architecture()).to_lowercase();
        return Err(format!("it is not a module for this machine: it is built for {machine}"));
    }
    match file.kind() {
        ObjectKind::Dynamic => {}
        ObjectKind::Relocatable if file.section_by_name(".gnu.linkonce.this_module").is_some() => {
            return Err(
                "it is a module for a real kernel, which can't run here: build it from its source".into()
            );
        }
        ObjectKind::Relocatable => {
            return Err("it is not a module: it is an object file that is not linked".into());
        }
        ObjectKind::Executable => return Err("it is not a module: it is a program".into()),
        ObjectKind::Core => return Err("it is not a module: it is a core dump".into()),
        kind => return Err(format!("it is not a module: {kind:?}")),
    }
    let header = elf::FileHeader64::<object::Endianness>::parse(data).map_err(|e| e.to_string())?;
    let endian = header.endian().map_err(|e| e.to_string())?;
    let segments = header.program_headers(endian, data).map_err(|e| format!("it is damaged: {e}"))?;
    let in_file = |segment: &Segment| {
        segment
            .p_offset(endian)
            .checked_add(segment.p_filesz(endian))
            .is_some_and(|end| end <= data.len() as u64)
    };
    if !segments.iter().all(in_file) {
        return Err("it is damaged: the file ends too early".into());
    }
    if segments.iter().any(|segment| segment.p_type(endian) == elf::PT_INTERP) {
        return Err("it is not a module: it is a program, or a library that can run as one".into());
    }
    // The segments that the loader would map, and those in which it would relocate and protect
    // memory. With wrong addresses it would do that to this process's own memory.
    let range = |segment: &Segment| {
        let begin = segment.p_vaddr(endian);
        begin.checked_add(segment.p_memsz(endian)).map(|end| begin..end).filter(|range| range.end <= LARGEST)
    };
    let mapped: Vec<_> = segments.iter().filter(|segment| segment.p_type(endian) == elf::PT_LOAD).collect();
    let ranges: Vec<_> = mapped.iter().filter_map(|segment| range(segment)).collect();
    if ranges.is_empty() {
        return Err("it is damaged: it has no loadable segment".into());
    }
    let is_well = |segment: &&Segment| segment.p_filesz(endian) <= segment.p_memsz(endian);
    let in_order = ranges.windows(2).all(|pair| pair[0].end <= pair[1].start);
    if ranges.len() < mapped.len() || !in_order || !mapped.iter().all(is_well) {
        return Err("it is damaged: its loadable segments are too large, overlap or are out of order".into());
    }
    const PARTS: [elf::ProgramType; 4] =
        [elf::PT_DYNAMIC, elf::PT_TLS, elf::PT_GNU_RELRO, elf::PT_GNU_EH_FRAME];
    let is_part = |segment: &&Segment| PARTS.contains(&segment.p_type(endian));
    let is_inside = |segment: &Segment| {
        // The rest of the segment's last page belongs to it.
        let within = |part: &Range<u64>, whole: &Range<u64>| {
            part.start >= whole.start && part.end <= whole.end.next_multiple_of(PAGE)
        };
        range(segment).is_some_and(|part| ranges.iter().any(|whole| within(&part, whole)))
    };
    if !segments.iter().filter(is_part).all(is_inside) {
        return Err("it is damaged: a segment lies outside the loadable ones".into());
    }
    // The loader does not check this table, and aborts the process if it is invalid.
    let table = segments.iter().find_map(|segment| segment.dynamic(endian, data).ok().flatten());
    let hash = table.into_iter().flatten().find(|entry| entry.tag(endian) == elf::DT_GNU_HASH);
    if let Some(hash) = hash {
        let address = hash.val(endian);
        let found =
            mapped.iter().find_map(|segment| segment.data_range(endian, data, address, 16).ok().flatten());
        let words = |bytes: &[u8]| u32::from_ne_bytes(bytes[8..12].try_into().expect("four bytes"));
        if !found.is_some_and(|bytes| words(bytes).is_power_of_two()) {
            return Err("it is damaged: its symbol hash table is invalid".into());
        }
    }
    Ok(())
}
