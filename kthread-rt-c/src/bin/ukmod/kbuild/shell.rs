//! Parses the part of a shell's language that makefiles use: words, quotes, sequences of commands.

use std::path::{Path, PathBuf};

/// A command, and the folder that it runs in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) folder: PathBuf,
    pub(super) words: Vec<String>,
}

/// Splits a command line into words as a shell does, with quotes and backslashes. In a kernel's
/// build, a shell parses the flags.
pub(super) fn words(line: &str) -> Vec<String> {
    split(line, "").into_iter().flatten().collect()
}

/// Splits `text` into commands at each character of `ends`, and each command into words. A
/// parenthesis becomes a command of its own.
fn split(text: &str, ends: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => match chars.next() {
                // A continued line.
                Some('\n') => {}
                next => word.get_or_insert_default().extend(next),
            },
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, Some(q)) if c == q => quote = None,
            (c, None) if c.is_whitespace() || ends.contains(c) => {
                if let Some(command) = commands.last_mut() {
                    command.extend(word.take());
                }
                if ends.contains(c) {
                    // A subshell has its own current folder.
                    commands.extend(matches!(c, '(' | ')').then(|| vec![c.to_string()]));
                    commands.push(Vec::new());
                }
            }
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    if let Some(command) = commands.last_mut() {
        command.extend(word);
    }
    commands
}

/// The commands of a script that starts in `folder`, each with the folder that it runs in.
/// Conditions are not evaluated: every branch counts. A loop over words is unrolled.
pub(super) fn commands(script: &str, folder: &Path) -> Vec<Line> {
    let mut lines = Vec::new();
    for line in script.replace("\\\n", " ").lines() {
        let line = HERE.iter().fold(line.to_owned(), |line, here| line.replace(here, MARK));
        let commands = split(&with_plain_variables(&line), ";&|(){}").into_iter().map(|mut words| {
            let begin = words.iter().position(|word| !KEYWORDS.contains(&&**word)).unwrap_or(words.len());
            words.drain(..begin);
            words
        });
        // Each line of a recipe runs in a new shell.
        go_through(&commands.collect::<Vec<_>>(), folder, &mut lines);
    }
    lines
}

fn go_through(commands: &[Vec<String>], folder: &Path, lines: &mut Vec<Line>) {
    let mut here = folder.to_owned();
    let mut outside = Vec::new();
    let mut rest = commands;
    while let Some((command, behind)) = rest.split_first() {
        rest = behind;
        let is_done = |words: &Vec<String>| words.first().is_some_and(|word| word == "done");
        let words: Vec<_> =
            command.iter().map(|word| word.replace(MARK, &here.display().to_string())).collect();
        match &words[..] {
            [] => {}
            [open] if open == "(" => outside.push(here.clone()),
            [close] if close == ")" => here = outside.pop().unwrap_or(here),
            [done, ..] if done == "done" => {}
            [cd, to, ..] if cd == "cd" => here = here.join(to),
            [word, variable, of, values @ ..] if word == "for" && of == "in" => {
                // With nested loops, the first `done` ends the outer loop; this finds no fewer
                // commands.
                let end = rest.iter().position(is_done).unwrap_or(rest.len());
                let (body, behind) = rest.split_at(end);
                rest = behind;
                for value in values {
                    let put_in = |word: &String| word.replace(&format!("${variable}"), value);
                    let body = body.iter().map(|words| words.iter().map(put_in).collect());
                    go_through(&body.collect::<Vec<_>>(), &here, lines);
                }
            }
            _ => lines.push(Line { folder: here.clone(), words }),
        }
    }
}

/// Rewrites `${x}` as `$x`, because a brace ends a command elsewhere.
fn with_plain_variables(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once("${") {
        let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
        plain.extend([before, "$", name]);
        rest = after;
    }
    plain + rest
}

/// Words that a shell replaces by its current folder, and the mark that replaces them here.
const HERE: [&str; 4] = ["$(pwd)", "`pwd`", "${PWD}", "$PWD"];
const MARK: &str = "\x01";

/// Words that may precede a command.
const KEYWORDS: [&str; 12] =
    ["if", "then", "else", "elif", "fi", "do", "while", "!", "sudo", "exec", "time", "env"];

/// The commands in a makefile's `$(shell …)`.
pub(super) fn commands_of_make(text: &str) -> Vec<&str> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let mut commands = Vec::new();
    for line in lines {
        let mut rest = line;
        while let Some((_, behind)) = rest.split_once("$(shell ") {
            let mut depth = 1;
            let end = behind.find(|c| {
                depth += i32::from(c == '(') - i32::from(c == ')');
                depth == 0
            });
            commands.push(behind[..end.unwrap_or(behind.len())].trim());
            rest = behind;
        }
    }
    commands
}
