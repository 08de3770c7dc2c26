//! Names that are functions or variables in a kernel are words that a module may use for something else: a field, a parameter, a
//! label, a member that is called. None of them is a macro that gets in the way.
//!
//! `headers/words.txt` has the names; `headers/derive.py` makes it from a real kernel's headers.

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

/// A file that includes every header and uses each word in this way; the errors that gcc finds, without repetitions.
fn refused(usage: &str, flags: &[&str]) -> Vec<String> {
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("include");
    let own = Command::new("gcc").arg("-print-file-name=include").output().unwrap();
    let own = String::from_utf8(own.stdout).unwrap();
    let mut source = String::new();
    let visible = include_str!("../headers/visible.txt");
    let headers = visible.lines().filter(|line| !line.starts_with(['\t', '#']));
    for header in headers.filter(|header| include.join(header).exists()) {
        source += &format!("#include <{header}>\n");
    }
    for (number, word) in words().into_iter().enumerate() {
        let text = usage.replace("_N", &format!("_{number}")).replace('W', word);
        source += &format!("# 1 \"{word}\"\n{text}\n");
    }
    let mut gcc = Command::new("gcc")
        .args(["-xc", "-", "-fsyntax-only", "-Wall", "-Wno-unused", "-fmax-errors=0", "-std=gnu11"])
        .args(["-ffreestanding", "-nostdinc", "-isystem", own.trim(), "-D__KERNEL__", "-DMODULE"])
        .args(["-DKBUILD_MODNAME=\"x\"", "-DKBUILD_BASENAME=\"x\"", "-I"])
        .arg(include)
        .args(flags)
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    gcc.stdin.take().unwrap().write_all(source.as_bytes()).unwrap();
    let output = gcc.wait_with_output().unwrap();
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

#[test]
fn a_word_is_whatever_a_module_makes_of_it() {
    let mut told = Vec::new();
    for (major, minor) in [(4, 9), (5, 4), (6, 1), (6, 12)] {
        let version = format!("-DKT_LINUX_VERSION_CODE=(({major}<<16)+({minor}<<8))");
        for (what, usage) in USES {
            let refused = refused(usage, &[&version]);
            if !refused.is_empty() {
                let count = refused.len();
                told.push(format!(
                    "{major}.{minor}: {count} word(s) can't be {what}:\n{}",
                    refused.join("\n")
                ));
            }
        }
    }
    assert!(words().len() > 1500, "{} words", words().len());
    assert!(told.is_empty(), "{}", told.join("\n\n"));
}

#[test]
fn a_macro_in_the_way_is_found() {
    let found = refused(USES[2].1, &["-Dnsecs_to_jiffies(ns)=(nsecs_to_jiffies)(ns)"]);
    assert!(found.len() == 1 && found[0].starts_with("nsecs_to_jiffies:1:"), "{found:?}");
}
