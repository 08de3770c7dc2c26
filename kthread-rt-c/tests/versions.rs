//! What a kernel has of our headers depends on its version: `headers/versions.txt` says what, and
//! the headers have it then and not before nor after.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

const TABLE: &str = include_str!("../headers/versions.txt");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/VERSIONS.md");

type Version = (u32, u32);

const VERSIONS: [Version; 11] =
    [(3, 10), (4, 4), (4, 14), (4, 19), (5, 4), (5, 10), (5, 15), (6, 1), (6, 6), (6, 12), (6, 17)];

struct Row {
    header: &'static str,
    name: &'static str,
    since: Option<Version>,
    until: Option<Version>,
    /// Here it is there before or after that as well.
    beyond: bool,
    usage: &'static str,
}

impl Row {
    fn is_in(&self, version: Version) -> bool {
        self.since.is_none_or(|since| version >= since) && self.until.is_none_or(|until| version < until)
    }
}

fn version(text: &str) -> Option<Version> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().unwrap(), minor.parse().unwrap()))
}

fn rows() -> Vec<Row> {
    let mut header = "";
    let mut rows = Vec::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            header = name;
            continue;
        }
        let [name, since, until, usage] = line.splitn(4, " | ").collect::<Vec<_>>()[..] else {
            panic!("not a row: {line}")
        };
        let beyond = since.starts_with('~') || until.starts_with('~');
        let [since, until] = [since, until].map(|bound| version(bound.trim_start_matches('~')));
        rows.push(Row { header, name, since, until, beyond, usage });
    }
    rows
}

/// What the uses have to work with.
const OBJECTS: &str = "
extern struct task_struct *task; extern struct completion done; extern wait_queue_head_t queue;
extern struct swait_queue_head simple; extern int threadfn(void *data); extern struct kthread_worker *worker;
extern struct kthread_work *kwork; extern struct timer_list *timer; extern void with_data(unsigned long data);
extern void with_timer(struct timer_list *timer); extern struct tasklet_struct *tasklet;
extern void with_tasklet(struct tasklet_struct *tasklet); extern struct hrtimer *hrtimer;
extern struct work_struct *work; extern struct rw_semaphore *rwsem; extern struct mutex *mutex;
extern struct file_operations fops; extern struct inode *inode; extern struct file *file;
extern int show(struct seq_file *m, void *v); extern struct ida *ida; extern struct idr *idr;
struct kt_has_timer { struct timer_list timer; }; struct kt_has_tasklet { struct tasklet_struct tasklet; };
struct kt_flexible { int count; int items[]; };
";

const HEADERS: &[&str] = &[
    "linux/module.h",
    "linux/platform_device.h",
    "linux/tty_driver.h",
    "linux/kthread.h",
    "linux/sched.h",
    "linux/completion.h",
    "linux/wait.h",
    "linux/swait.h",
    "linux/timer.h",
    "linux/hrtimer.h",
    "linux/ktime.h",
    "linux/time.h",
    "linux/interrupt.h",
    "linux/workqueue.h",
    "linux/semaphore.h",
    "linux/rwsem.h",
    "linux/mutex.h",
    "linux/compiler.h",
    "asm/barrier.h",
    "linux/atomic.h",
    "linux/kref.h",
    "linux/list.h",
    "linux/rcupdate.h",
    "linux/rculist.h",
    "linux/slab.h",
    "linux/string.h",
    "linux/printk.h",
    "linux/sysfs.h",
    "linux/proc_fs.h",
    "linux/seq_file.h",
    "linux/fs.h",
    "linux/device.h",
    "linux/uaccess.h",
    "linux/random.h",
    "linux/signal.h",
    "linux/cpu.h",
    "linux/idr.h",
    "linux/delay.h",
    "linux/debugfs.h",
    "linux/mm.h",
    "linux/mmu_context.h",
    "linux/percpu-refcount.h",
    "linux/err.h",
    "uapi/linux/sched/types.h",
    "linux/poll.h",
];

/// Headers that not every version has.
const NEWER: &[(&str, Version)] = &[
    ("linux/sched/signal.h", (4, 11)),
    ("linux/sched/task.h", (4, 11)),
    ("linux/sched/rt.h", (3, 9)),
    ("linux/wait_bit.h", (4, 13)),
    ("linux/refcount.h", (4, 11)),
    ("linux/overflow.h", (4, 18)),
    ("linux/prandom.h", (5, 10)),
];

/// What gcc refuses for this version, and in which of the uses; in none, if an error is in a
/// header.
fn refused(version: Version, uses: &[String]) -> Vec<(Option<usize>, String)> {
    let own = Command::new("gcc").arg("-print-file-name=include").output().unwrap();
    let own = String::from_utf8(own.stdout).unwrap();
    let newer = NEWER.iter().filter(|(_, since)| version >= *since).map(|(header, _)| header);
    let mut source: String =
        HEADERS.iter().chain(newer).map(|header| format!("#include <{header}>\n")).collect();
    source += OBJECTS;
    for (number, usage) in uses.iter().enumerate() {
        write!(source, "\n# 1 \"use {number}\"\n{usage}\n").unwrap();
    }
    let mut gcc = Command::new("gcc")
        .args(["-xc", "-", "-fsyntax-only", "-std=gnu11", "-ffreestanding", "-fmax-errors=0"])
        .args(["-Werror=implicit-function-declaration", "-Werror=implicit-int"])
        .args(["-Werror=incompatible-pointer-types", "-Werror=int-conversion"])
        .args(["-nostdinc", "-isystem", own.trim(), "-D__KERNEL__", "-DMODULE"])
        .args(["-DKBUILD_MODNAME=\"x\"", "-DKBUILD_BASENAME=\"x\"", "-I"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/include"))
        .arg(format!("-DKT_LINUX_VERSION_CODE=(({}<<16)+({}<<8))", version.0, version.1))
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    gcc.stdin.take().unwrap().write_all(source.as_bytes()).unwrap();
    let output = gcc.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let mut refused = Vec::new();
    for line in said.lines().filter(|line| line.contains("error: ")) {
        let number = line.strip_prefix("use ").and_then(|rest| rest.split(':').next()?.parse().ok());
        refused.push((number, line.to_owned()));
    }
    assert!(output.status.success() || !refused.is_empty(), "{said}");
    refused
}

/// A use, in a function of its own unless it is none of a function.
fn usage(number: usize, row: &Row) -> String {
    match row.usage.strip_prefix("top: ") {
        Some(declarations) => declarations.to_owned(),
        None => format!("static void kt_use_{number}(void) {{ {} }}", row.usage),
    }
}

#[test]
fn each_version_has_what_its_kernel_has_and_nothing_else_of_the_table() {
    let rows = rows();
    assert!(rows.len() > 150, "{} rows", rows.len());
    let uses: Vec<_> = rows.iter().enumerate().map(|(number, row)| usage(number, row)).collect();
    let mut told = Vec::new();
    for version in VERSIONS {
        let refused = refused(version, &uses);
        // An error elsewhere would hide others.
        told.extend(refused.iter().filter(|(number, _)| number.is_none()).map(|(_, line)| line.clone()));
        let numbers: BTreeSet<_> = refused.iter().filter_map(|(number, _)| *number).collect();
        for (number, row) in rows.iter().enumerate() {
            let (major, minor) = version;
            match (row.is_in(version), numbers.contains(&number)) {
                (true, true) => {
                    let (_, line) = refused.iter().find(|(of, _)| *of == Some(number)).unwrap();
                    told.push(format!("{major}.{minor} should have {}: {line}", row.name));
                }
                (false, false) if !row.beyond => {
                    told.push(format!("{major}.{minor} should not have {}", row.name))
                }
                _ => {}
            }
        }
    }
    assert!(told.is_empty(), "{} faults:\n{}", told.len(), told.join("\n"));
}

#[test]
fn a_name_that_a_version_does_not_have_is_the_modules_own() {
    let rows = rows();
    let is_name = |row: &&Row| row.name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
    let mut told = Vec::new();
    for version in VERSIONS {
        // Some have other arguments, and so another row.
        let is_used = |name: &str| rows.iter().any(|row| row.is_in(version) && row.usage.contains(name));
        let free = rows.iter().filter(is_name).filter(|row| !row.is_in(version) && !row.beyond);
        let free = free.filter(|row| !is_used(row.name));
        let uses: Vec<_> = free
            .map(|row| format!("static long {}(void *mine) {{ return (long)mine; }}", row.name))
            .collect();
        assert!(uses.len() > 30, "{} names", uses.len());
        let refused = refused(version, &uses);
        told.extend(refused.into_iter().map(|(_, line)| format!("{}.{}: {line}", version.0, version.1)));
    }
    assert!(told.is_empty(), "{} faults:\n{}", told.len(), told.join("\n"));
}

fn mark(row: &Row, version: Version) -> &'static str {
    match (row.is_in(version), row.beyond) {
        (true, _) => "●",
        (false, false) => "○",
        (false, true) => "·",
    }
}

/// The text of each core header.
fn cores() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("include/kt/core")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push((path.display().to_string(), fs::read_to_string(&path).unwrap())),
            }
        }
    }
    found
}

/// The words of a line that are names, and no fields.
fn names_in(line: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c == '_' || c.is_ascii_alphanumeric();
    line.split(move |c: char| !is_part(c) && c != '.' && c != '>').filter(|word| !word.contains(['.', '>']))
}

/// A macro is only looked at where somebody uses it; so what it uses must not be gone, or not be
/// there yet.
#[test]
fn what_some_versions_lack_no_header_uses_in_all() {
    let rows = rows();
    let lacking = |row: &&Row| !row.beyond && VERSIONS.iter().any(|version| !row.is_in(*version));
    let lacked: BTreeSet<_> = rows.iter().filter(lacking).map(|row| row.name).collect();
    let mut told = Vec::new();
    for (header, text) in cores() {
        let mut conditions = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            match line.strip_prefix('#').map(str::trim_start) {
                Some(word) if word.starts_with("if") => {
                    // C++ has its own static_assert.
                    conditions.push(line.contains("KT_SINCE") || line.contains("__cplusplus"));
                }
                Some(word) if word.starts_with("endif") => drop(conditions.pop()),
                _ => {}
            }
            let is_comment = line.trim_start().starts_with(['/', '*']);
            if conditions.contains(&true) || is_comment || line.starts_with("#i") {
                continue;
            }
            let code = line.split("/*").next().unwrap();
            told.extend(
                names_in(code)
                    .filter(|name| lacked.contains(name))
                    .map(|name| format!("{header}:{number}: {name}")),
            );
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

/// The page of the table.
fn page() -> String {
    let mut page = String::from(
        "# What changed from kernel to kernel\n\n\
         `ukmod --kernel-version` and `KT_LINUX_VERSION_CODE` choose a kernel version. This page lists what depends on it in the headers: “since” is the\n\
         first version that has a name (perhaps in a stable update), “until” the first version without it. ● marks versions for which\n\
         `tests/versions.rs` compiles a use of the name, ○ versions for which the use has to be an error, as with a kernel’s headers. · marks\n\
         names that the headers here need, although a kernel of that version does not have them. The table is `headers/versions.txt`;\n\
         `BLESS=1 cargo test -p kthread-rt-c --test versions` writes this page from it.\n\n\
         The numbers of states and flags are those of 6.1 in all versions.\n",
    );
    let mut header = "";
    for row in rows() {
        if row.header != header {
            header = row.header;
            let versions: Vec<_> = VERSIONS.iter().map(|(a, b)| format!("{a}.{b}")).collect();
            let bars = "---|".repeat(3 + VERSIONS.len());
            write!(page, "\n## `{header}`\n\n| | since | until | {} |\n|{bars}\n", versions.join(" | "))
                .unwrap();
        }
        let bound = |v: Option<Version>| v.map_or(String::new(), |(a, b)| format!("{a}.{b}"));
        let marks: Vec<_> = VERSIONS.iter().map(|v| mark(&row, *v)).collect();
        let (since, until) = (bound(row.since), bound(row.until));
        writeln!(page, "| {} | {since} | {until} | {} |", row.name, marks.join(" | ")).unwrap();
    }
    page
}

#[test]
fn the_page_is_the_table() {
    let page = page();
    if env::var_os("BLESS").is_some() {
        fs::write(PAGE, &page).unwrap();
    }
    let written = fs::read_to_string(PAGE).unwrap_or_default();
    assert!(written == page, "BLESS=1 cargo test -p kthread-rt-c --test versions writes {PAGE} anew");
}
