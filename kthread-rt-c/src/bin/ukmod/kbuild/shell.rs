//! As much of a shell's language as makefiles use: words, quotes, and commands behind each other.

use std::path::{Path, PathBuf};

/// A command, and the folder that it runs in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) folder: PathBuf,
    pub(super) words: Vec<String>,
}

/// Splits a command line as a shell does, which is who reads flags in a kernel's build: quotes, and backslashes.
pub(super) fn words(line: &str) -> Vec<String> {
    split(line, "").into_iter().flatten().collect()
}

/// Splits `text` into commands, at each of `ends` and at the end of a line; and each into words.
fn split(text: &str, ends: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => match chars.next() {
                // The line goes on.
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
                if ends.contains(c) || c == '\n' && !ends.is_empty() {
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

/// The commands of a script, each with the folder that it runs in if the script is begun in `folder`. Conditions are not looked at: each
/// branch counts.
pub(super) fn commands(script: &str, folder: &Path) -> Vec<Line> {
    let mut lines = Vec::new();
    for line in script.replace("\\\n", " ").lines() {
        // Each line of a recipe is a shell of its own.
        let mut here = folder.to_owned();
        for mut words in
            split(&HERE.iter().fold(line.to_owned(), |line, here| line.replace(here, MARK)), ";&|(){}")
        {
            let begin = words.iter().position(|word| !KEYWORDS.contains(&&**word)).unwrap_or(words.len());
            words.drain(..begin);
            for word in &mut words {
                *word = word.replace(MARK, &here.display().to_string());
            }
            match &words[..] {
                [] => {}
                [cd, to, ..] if cd == "cd" => here = here.join(to),
                _ => lines.push(Line { folder: here.clone(), words }),
            }
        }
    }
    lines
}

/// What a shell puts its folder in for, and what stands for that here.
const HERE: [&str; 4] = ["$(pwd)", "`pwd`", "${PWD}", "$PWD"];
const MARK: &str = "\x01";

/// What stands before a command.
const KEYWORDS: [&str; 13] =
    ["if", "then", "else", "elif", "fi", "do", "done", "while", "!", "sudo", "exec", "time", "env"];

/// What a makefile has in `$(shell …)`.
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
