//! Finds the lines that a change touches: `git diff` against a revision.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

/// For each file of `kthread-rt/src` that differs from `revision`, the new or changed lines, from
/// 1.
pub(crate) fn lines(workspace: &Path, revision: &str) -> Result<HashMap<String, Vec<Range<usize>>>, String> {
    let output = Command::new("git")
        .current_dir(workspace)
        .args(["diff", "--no-ext-diff", "--no-color", "-U0", "--relative=kthread-rt/src", revision, "--"])
        .output()
        .map_err(|e| format!("git diff: {e}"))?;
    match output.status.success() {
        true => Ok(parse(&String::from_utf8_lossy(&output.stdout))),
        false => Err(format!("git diff {revision}: {}", String::from_utf8_lossy(&output.stderr).trim_end())),
    }
}

fn parse(diff: &str) -> HashMap<String, Vec<Range<usize>>> {
    let mut files: HashMap<String, Vec<Range<usize>>> = HashMap::new();
    let mut file = None;
    for line in diff.lines() {
        if let Some(name) = line.strip_prefix("+++ ") {
            file = name.strip_prefix("b/").map(str::to_owned);
        } else if let (Some(file), Some(head)) = (&file, line.strip_prefix("@@ -"))
            && let Some(new) = head.split_whitespace().nth(1).and_then(|word| word.strip_prefix('+'))
        {
            let (begin, length) = new.split_once(',').unwrap_or((new, "1"));
            if let (Ok(begin), Ok(length)) = (begin.parse::<usize>(), length.parse::<usize>()) {
                // Removed lines were between this line and the next.
                files.entry(file.clone()).or_default().push(begin..begin + length.max(2));
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_changed_lines_are_found() {
        let diff = "--- a/x.rs\n+++ b/x.rs\n@@ -3 +4 @@ fn f\n-a\n+b\n@@ -9,2 +10,0 @@\n-a\n-b\n--- a/y.rs\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n";
        let files = parse(diff);
        assert_eq!(files.len(), 1);
        assert_eq!(files["x.rs"], [4..6, 10..12]);
    }
}
