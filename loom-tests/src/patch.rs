//! Unified diffs, applied strictly: the lines to be replaced must exist word by word. Only their
//! line numbers may differ, since a mutant is anchored on code, not on its position.

use std::path::{Path, PathBuf};

/// A mutant: a plausible mistake as a patch.
#[derive(Debug)]
pub(crate) struct Patch {
    /// The file's name without its ending.
    pub(crate) name: String,
    /// The models that are likely to find it: the header line `models:`.
    pub(crate) models: Vec<String>,
    /// Whether the model of the whole system must find it too: the header line `system`.
    pub(crate) in_system: bool,
    files: Vec<FilePatch>,
}

#[derive(Debug)]
struct FilePatch {
    path: PathBuf,
    hunks: Vec<Hunk>,
}

#[derive(Debug, Default)]
struct Hunk {
    /// The line of its first old line when it was made, from 1.
    line: usize,
    old: Vec<String>,
    new: Vec<String>,
}

impl Patch {
    /// Reads a patch file.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let mut patch = Self { name, models: Vec::new(), in_system: false, files: Vec::new() };
        for line in text.lines() {
            patch.take(line);
        }
        if patch.files.is_empty() || patch.files.iter().any(|file| file.hunks.is_empty()) {
            return Err(format!("{}: this is no patch with -p1 paths", patch.name));
        }
        Ok(patch)
    }

    fn take(&mut self, line: &str) {
        if let Some(path) = line.strip_prefix("+++ b/") {
            self.files.push(FilePatch { path: path.into(), hunks: Vec::new() });
            return;
        }
        let Some(file) = self.files.last_mut() else {
            if let Some(models) = line.strip_prefix("models:") {
                self.models = models.split_whitespace().map(str::to_owned).collect();
            }
            self.in_system |= line == "system";
            return;
        };
        if let Some(head) = line.strip_prefix("@@ -") {
            let number: String = head.chars().take_while(char::is_ascii_digit).collect();
            file.hunks.push(Hunk { line: number.parse().unwrap_or(1), ..Hunk::default() });
            return;
        }
        let Some(hunk) = file.hunks.last_mut() else { return };
        match line.split_at_checked(1) {
            Some(("-", rest)) => hunk.old.push(rest.to_owned()),
            Some(("+", rest)) => hunk.new.push(rest.to_owned()),
            Some((" ", rest)) => {
                hunk.old.push(rest.to_owned());
                hunk.new.push(rest.to_owned());
            }
            None => {
                hunk.old.push(String::new());
                hunk.new.push(String::new());
            }
            Some(_) => {}
        }
    }

    /// The files that it changes.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// Applies it to the tree at `root`.
    pub(crate) fn apply(&self, root: &Path) -> Result<(), String> {
        for file in &self.files {
            let path = root.join(&file.path);
            let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", file.path.display()))?;
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            for hunk in &file.hunks {
                let at = hunk.find(&lines).ok_or_else(|| {
                    format!("{}: it does not apply to {} any more: refit it", self.name, file.path.display())
                })?;
                lines.splice(at..at + hunk.old.len(), hunk.new.iter().cloned());
            }
            let text = lines.join("\n") + "\n";
            std::fs::write(&path, text).map_err(|e| format!("{}: {e}", file.path.display()))?;
        }
        Ok(())
    }
}

impl Hunk {
    /// Finds its old lines: the occurrence nearest to their original place.
    fn find(&self, lines: &[String]) -> Option<usize> {
        let last = lines.len().checked_sub(self.old.len())?;
        let places = (0..=last).filter(|&at| lines[at..at + self.old.len()] == self.old);
        places.min_by_key(|&at| at.abs_diff(self.line.saturating_sub(1)))
    }
}
