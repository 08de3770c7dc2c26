//! Names that are functions or variables in a kernel are words that a module may use for something
//! else: a field, a parameter, a label, a member that is called. None of them is a macro that gets
//! in the way.
//!
//! `headers/words.txt` has the names; `headers/derive.py` makes it from a real kernel's headers.
//! And whatever else our headers define as a macro, for any version, is a macro in a kernel, too,
//! or is in nobody's way either.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const WORDS: &str = include_str!("../headers/words.txt");

fn words() -> Vec<&'static str> {
    WORDS.lines().filter(|line| !line.starts_with('#')).collect()
}

/// Uses of a word, each of which stands on a line of the word's own, so that an error names it.
const USES: [(&str, &str); 7] = [
    (
        "a field",
        "struct field_N { unsigned long W; }; static unsigned long of_N(struct field_N *s) { return s->W; }",
    ),
    (
        "a field that is initialised by its name, and whose address is taken",
        "struct named_N { int first, W; }; static struct named_N n_N = { .W = 1 };\
         static int *at_N(void) { return &n_N.W; }",
    ),
    (
        "a member that is called",
        "struct ops_N { int (*W)(void *, long, const char *); void (*other)(void); };\
         static int call_N(struct ops_N *p, struct ops_N q) { return p->W(p, 1, \"\") + q.W((void *)0, 2, 0); }",
    ),
    (
        "a member that is called without an argument, and with one",
        "struct none_N { void (*W)(void); }; struct one_N { int (*W)(long); };\
         static int both_N(struct none_N *p, struct one_N *q) { p->W(); return q->W(3); }",
    ),
    ("a parameter", "static long parameter_N(long W) { W += 1; return W; }"),
    (
        "a local variable, whose address is taken and which is read once",
        "static long local_N(void) { long W = 2; long *p = &W; *p += READ_ONCE(W); return W; }",
    ),
    ("a label", "static void label_N(int n) { W: if (n-- > 0) goto W; }"),
];

/// The versions that the words are used in.
const VERSIONS: [(u32, u32); 5] = [(3, 10), (4, 14), (5, 4), (6, 1), (6, 12)];

fn version_flag((major, minor): (u32, u32)) -> String {
    format!("-DKT_LINUX_VERSION_CODE=(({major}<<16)+({minor}<<8))")
}

/// All headers, and then what `usages` has.
fn every_header() -> String {
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("include");
    let visible = include_str!("../headers/visible.txt");
    let headers = visible.lines().filter(|line| !line.starts_with(['\t', '#']));
    headers
        .filter(|header| include.join(header).exists())
        .map(|header| format!("#include <{header}>\n"))
        .collect()
}

/// What gcc says of this source, or prints of it.
fn gcc(source: &str, flags: &[&str]) -> std::process::Output {
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("include");
    let own = Command::new("gcc").arg("-print-file-name=include").output().unwrap();
    let own = String::from_utf8(own.stdout).unwrap();
    let mut gcc = Command::new("gcc")
        .args(["-xc", "-", "-std=gnu11", "-ffreestanding", "-nostdinc", "-isystem", own.trim()])
        .args(["-D__KERNEL__", "-DMODULE", "-DKBUILD_MODNAME=\"x\"", "-DKBUILD_BASENAME=\"x\"", "-I"])
        .arg(include)
        .args(flags)
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut to, source) = (gcc.stdin.take().unwrap(), source.to_owned());
    let writing = std::thread::spawn(move || to.write_all(source.as_bytes()));
    let output = gcc.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    output
}

/// The errors that gcc finds if each word is used in this way behind all headers, without
/// repetitions.
fn refused(words: &[&str], usage: &str, flags: &[&str]) -> Vec<String> {
    let mut source = every_header();
    for (number, word) in words.iter().enumerate() {
        let text = usage.replace("_N", &format!("_{number}")).replace('W', word);
        source += &format!("# 1 \"{word}\"\n{text}\n");
    }
    let flags = [&["-fsyntax-only", "-Wall", "-Wno-unused", "-fmax-errors=0"], flags].concat();
    let output = gcc(&source, &flags);
    let text = String::from_utf8_lossy(&output.stderr);
    let mut refused: Vec<_> = text
        .lines()
        .filter(|line| line.contains("error: ") || line.contains("warning: "))
        .map(str::to_owned)
        .collect();
    refused.dedup_by_key(|line| line.split(':').next().unwrap_or_default().to_owned());
    assert!(output.status.success() || !refused.is_empty(), "{text}");
    refused
}

/// In each version and of each use, what is refused.
fn faults_of(words: &[&str]) -> Vec<String> {
    let mut told = Vec::new();
    for version in VERSIONS {
        let (major, minor) = version;
        for (what, usage) in USES {
            let refused = refused(words, usage, &[&version_flag(version)]);
            if !refused.is_empty() {
                let count = refused.len();
                told.push(format!(
                    "{major}.{minor}: {count} word(s) can't be {what}:\n{}",
                    refused.join("\n")
                ));
            }
        }
    }
    told
}

#[test]
fn a_word_is_whatever_a_module_makes_of_it() {
    let told = faults_of(&words());
    assert!(words().len() > 1500, "{} words", words().len());
    assert!(told.is_empty(), "{}", told.join("\n\n"));
}

/// Macros in the kernels that had them, which are too old for `headers/derive.py`; what C itself
/// has; and `init_task`, which is a variable in a kernel, and here an expression, since it is made
/// when the runtime begins.
const MACROS_OF_OTHERS: &str = "\
    __devexit_p __get_cpu_var __set_task_state __this_cpu_ptr get_ds get_fs set_fs init_kthread_work init_kthread_worker \
    init_timer init_timer_deferrable init_timer_on_stack init_timer_pinned ktime_to_timespec ktime_to_timeval \
    lockdep_assert_held_exclusive module_put_and_exit pr_warning probe_kernel_address rcu_lockdep_assert read_trylock_irqsave set_mb \
    set_task_state setup_deferrable_timer setup_pinned_timer setup_timer setup_timer_on_stack smp_mb__after_atomic_dec \
    smp_mb__after_atomic_inc smp_mb__before_atomic_dec smp_mb__before_atomic_inc wait_event_exclusive wake_up_poll_sync \
    bool true false va_copy init_task";

/// What the headers define as macros in a version, in small letters: no names of ours alone, nor
/// those with which the compiler or an attribute begins.
fn macros_in(version: (u32, u32)) -> Vec<String> {
    let names = |source: &str| -> Vec<String> {
        let output = gcc(source, &["-E", "-dM", &version_flag(version)]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let defined = text.lines().filter_map(|line| line.strip_prefix("#define "));
        defined.map(|rest| rest.split([' ', '(']).next().unwrap_or_default().to_owned()).collect()
    };
    let compilers =
        names("#include <stddef.h>\n#include <stdbool.h>\n#include <stdarg.h>\n#include <stdint.h>\n");
    let mut ours = names(&every_header());
    ours.retain(|name| {
        let word = name.trim_start_matches('_');
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && !word.starts_with("kt_")
            && !ANNOTATIONS.contains(&word)
            && !compilers.contains(name)
    });
    ours
}

/// What old kernels wrote beside a function or a variable.
const ANNOTATIONS: [&str; 11] = [
    "cpuexit",
    "cpuinit",
    "cpuinitdata",
    "devexit",
    "devexitdata",
    "devinit",
    "devinitconst",
    "devinitdata",
    "net_exit",
    "net_init",
    "nokprobe",
];

#[test]
fn a_macro_is_one_in_a_kernel_too_or_in_nobodys_way() {
    let shared = include_str!("../headers/macros.txt");
    let known: std::collections::BTreeSet<&str> =
        shared.lines().chain(MACROS_OF_OTHERS.split_whitespace()).chain(words()).collect();
    let mut macros: Vec<String> = VERSIONS.into_iter().flat_map(macros_in).collect();
    macros.sort();
    macros.dedup();
    let all = macros.len();
    macros.retain(|name| !known.contains(name.as_str()));
    assert!(all > 500 && !macros.is_empty(), "{} of {all}", macros.len());
    let told = faults_of(&macros.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(told.is_empty(), "{}", told.join("\n\n"));
}

#[test]
fn a_macro_in_the_way_is_found() {
    let found = refused(&words(), USES[2].1, &["-Dnsecs_to_jiffies(ns)=(nsecs_to_jiffies)(ns)"]);
    assert!(found.len() == 1 && found[0].starts_with("nsecs_to_jiffies:1:"), "{found:?}");
}
