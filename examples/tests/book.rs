//! The examples print what the book and README.md show of them. Numbers that differ in each run,
//! such as times, pids and addresses, are not compared.
//!
//! `lost_wakeup` builds itself for a model checker first, and `.ci/run` runs it; it is not run
//! here. Tests of `kthread-rt-c` run what README.md shows of `ukmod`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// A shown run of an example: its page, name, arguments and output.
struct Shown {
    page: PathBuf,
    name: String,
    args: Vec<String>,
    lines: String,
}

/// All blocks of the page that begin with a run of an example.
fn shown(page: &Path) -> Vec<Shown> {
    let text = fs::read_to_string(page).unwrap();
    let blocks = text.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut all = Vec::new();
    for block in blocks {
        let Some((call, lines)) = block.split_once('\n') else { continue };
        let Some(call) = call.strip_prefix("$ cargo run --release --example ") else { continue };
        let mut words = call.split_whitespace().filter(|word| *word != "--").map(str::to_owned);
        let name = words.next().unwrap();
        all.push(Shown { page: page.into(), name, args: words.collect(), lines: lines.to_owned() });
    }
    all
}

/// The text without what differs in each run: numbers after `pid`, `-p`, `since` and a task's name,
/// addresses, and the times at the beginning of a line.
fn normalised(text: &str) -> String {
    text.lines().map(|line| normalised_line(line) + "\n").collect()
}

fn normalised_line(line: &str) -> String {
    let is_time = |word: &str| word.chars().all(|c| c.is_ascii_digit());
    let body = match line.trim_start().split_once(' ') {
        Some((time, rest)) if line.starts_with(' ') && is_time(time) => rest.trim_start(),
        _ => line,
    };
    let mut out = String::new();
    let mut rest = body;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, number) = rest.split_at(at);
        let end = number.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(number.len());
        out.push_str(before);
        let is_id = ["pid ", "-p ", "/", "(pid ", "ppid ", "since ", "since #."]
            .iter()
            .any(|mark| out.ends_with(mark));
        let is_address = number.starts_with("0x");
        out.push_str(if is_id || is_address { "#" } else { &number[..end] });
        rest = &number[end..];
    }
    out + rest
}

/// The path of an example's program: cargo builds them all for `cargo test`.
fn program(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join("examples").join(name)
}

#[test]
fn the_examples_print_what_the_book_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let book = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = book.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let mut all: Vec<Shown> =
        pages.flat_map(|page| shown(&page)).chain(shown(&root.join("README.md"))).collect();
    all.retain(|shown| shown.name != "lost_wakeup");
    assert!(all.len() >= 7, "only {} are shown", all.len());
    for shown in all {
        let output = Command::new(program(&shown.name)).args(&shown.args).current_dir(root).output();
        let output = output.unwrap_or_else(|e| panic!("{}: {e}", shown.name));
        assert!(output.status.success(), "{}: {}", shown.name, output.status);
        let printed = String::from_utf8(output.stdout).unwrap();
        let (printed, wanted) = (normalised(&printed), normalised(&shown.lines));
        assert!(
            printed == wanted,
            "{} shows of {}:\n{wanted}\nand it printed:\n{printed}",
            shown.page.display(),
            shown.name
        );
    }
}
