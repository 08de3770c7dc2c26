//! Each header declares at least what a kernel's header of its name does: itself, and by all that
//! it includes.
//!
//! `headers/visible.txt` says what that is. `headers/derive.py` makes it from a real kernel's
//! headers.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

/// Of each header of a kernel: what it includes, and what of our names it declares itself.
#[derive(Default)]
struct Table<'a> {
    includes: BTreeMap<&'a str, Vec<&'a str>>,
    declares: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Table<'a> {
    fn read(text: &'a str) -> Self {
        let mut table = Table::default();
        let mut header = "";
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            match (line.strip_prefix("\t: "), line.strip_prefix('\t')) {
                (Some(names), _) => drop(table.declares.insert(header, names.split(", ").collect())),
                (None, Some(include)) => table.includes.entry(header).or_default().push(include),
                (None, None) => {
                    header = line;
                    table.includes.entry(header).or_default();
                }
            }
        }
        table
    }

    /// The names that a file which includes this header may use.
    fn visible(&self, header: &'a str) -> BTreeSet<&'a str> {
        let mut brought = BTreeSet::from([header]);
        let mut todo = vec![header];
        while let Some(next) = todo.pop() {
            for &include in self.includes.get(next).into_iter().flatten() {
                if brought.insert(include) {
                    todo.push(include);
                }
            }
        }
        brought.iter().flat_map(|header| self.declares.get(header).into_iter().flatten()).copied().collect()
    }
}

fn include() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("include")
}

/// A use of the name on a line of its own, which an error would name as `name:1`.
fn usage(name: &str, number: usize) -> String {
    let usage = match name.split_once(' ') {
        // A tag: the struct is complete.
        Some(_) => format!("struct kt_use_{number} {{ {name} field; }};"),
        None => format!("#ifndef {name}\ntypedef __typeof__({name}) *kt_use_{number};\n#endif"),
    };
    format!("# 1 \"{name}\"\n{usage}\n")
}

/// Which of these names a module that includes only this header can't use.
fn missing<'a>(header: &str, names: &BTreeSet<&'a str>, compiler_headers: &str) -> Vec<&'a str> {
    let mut gcc = Command::new("gcc")
        .args(["-xc", "-", "-fsyntax-only", "-w", "-fmax-errors=0", "-std=gnu11", "-ffreestanding"])
        .args(["-nostdinc", "-isystem", compiler_headers, "-D__KERNEL__", "-DMODULE"])
        .args(["-DKBUILD_MODNAME=\"x\"", "-DKBUILD_BASENAME=\"x\"", "-I"])
        .arg(include())
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut source = format!("#include <{header}>\n");
    source.extend(names.iter().enumerate().map(|(number, name)| usage(name, number)));
    let mut to = gcc.stdin.take().unwrap();
    let writing = thread::spawn(move || to.write_all(source.as_bytes()));
    let output = gcc.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let errors: Vec<_> = said.lines().filter(|line| line.contains(": error: ")).collect();
    let missing: Vec<_> = names
        .iter()
        .filter(|name| {
            errors.iter().any(|e| e.strip_prefix(**name).is_some_and(|rest| rest.starts_with(':')))
        })
        .copied()
        .collect();
    // An error elsewhere would hide what is missing.
    assert!(output.status.success() || !missing.is_empty(), "{header} does not compile:\n{said}");
    missing
}

#[test]
fn each_header_declares_what_a_kernels_header_does() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/headers/visible.txt")).unwrap();
    let table = Table::read(&text);
    let own = Command::new("gcc").arg("-print-file-name=include").output().unwrap();
    let own = String::from_utf8(own.stdout).unwrap();
    let ours: Vec<_> =
        table.includes.keys().filter(|header| include().join(header).exists()).copied().collect();
    assert!(ours.contains(&"linux/kthread.h") && table.visible("linux/kthread.h").contains("kthread_run"));

    let half = ours.len() / 2;
    let (checked, missing): (usize, Vec<String>) = thread::scope(|scope| {
        let halves = [&ours[..half], &ours[half..]].map(|headers| {
            let (table, own) = (&table, own.trim());
            scope.spawn(move || {
                let mut checked = 0;
                let mut told = Vec::new();
                for header in headers {
                    let names = table.visible(header);
                    checked += names.len();
                    let missing = missing(header, &names, own);
                    if !missing.is_empty() {
                        told.push(format!("{header} alone does not declare {}", missing.join(", ")));
                    }
                }
                (checked, told)
            })
        });
        let halves = halves.map(|half| half.join().unwrap());
        (
            halves.iter().map(|(checked, _)| checked).sum(),
            halves.into_iter().flat_map(|(_, told)| told).collect(),
        )
    });
    assert!(
        missing.is_empty(),
        "a kernel's headers declare more than ours. Move the definition into the core file of the header that a kernel \
         defines it in, and run headers/derive.py.\n{}",
        missing.join("\n")
    );
    let counted = format!("headers {}, pairs {checked}, missing 0", ours.len());
    println!("{counted}");
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    assert!(readme.contains(&format!("`{counted}`")), "the README tells other numbers than {counted}");
}

/// Only ever parts of other headers, which modules include instead: see PARTS of
/// `headers/derive.py`.
fn is_part(header: &str) -> bool {
    let ends = ["_64.h", "-gcc.h", "-internal.h"];
    let begins = ["asm-generic/bitops/", "asm/shared/", "linux/fortify-string.h"];
    ends.iter().any(|end| header.ends_with(end))
        || begins.iter().any(|begin| header.starts_with(begin))
        || header.contains("byteorder/")
}

#[test]
fn each_header_that_a_kernels_headers_bring_along_can_be_included_by_its_own_name() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/headers/visible.txt")).unwrap();
    let table = Table::read(&text);
    let declared = |header: &&&str| table.declares.contains_key(**header) && !is_part(header);
    let named: Vec<_> = table.includes.keys().filter(declared).collect();
    assert!(named.contains(&&"asm/bitops.h") && named.contains(&&"uapi/linux/limits.h"), "{named:?}");
    let missing: Vec<_> = named.iter().filter(|header| !include().join(header).exists()).collect();
    assert!(missing.is_empty(), "headers/derive.py makes these: {missing:?}");
}

#[test]
fn a_name_that_is_not_declared_is_found_missing() {
    let own = Command::new("gcc").arg("-print-file-name=include").output().unwrap();
    let names = BTreeSet::from(["list_add", "kthread_run_nobody_has", "struct nobody", "struct list_head"]);
    let told = missing("linux/list.h", &names, String::from_utf8(own.stdout).unwrap().trim());
    assert_eq!(told, ["kthread_run_nobody_has", "struct nobody"]);
}
