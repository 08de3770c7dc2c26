//! Stores known results in files with one JSON object a line, so that a stop loses only the line
//! that is being written.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;

/// The fate of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fate {
    /// A permutation broke a model's claim.
    Killed,
    /// A model no longer reached an outcome.
    Vacuous,
    /// A model did not end.
    Timeout,
    /// No model noticed.
    Survived,
    /// No model reaches its place.
    Unreached,
}

impl Fate {
    /// True if a model noticed.
    pub(crate) fn is_caught(self) -> bool {
        matches!(self, Self::Killed | Self::Vacuous | Self::Timeout)
    }
}

/// A mutant's line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Judgement {
    /// The mutant.
    pub(crate) name: String,
    /// How it ended.
    pub(crate) fate: Fate,
    /// The model that noticed it, and its bound.
    pub(crate) by: String,
    /// The time it took.
    pub(crate) seconds: f64,
    /// The fingerprint of the sources that it was in.
    pub(crate) sources: String,
}

/// A model's run without a mutant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) model: String,
    pub(crate) bound: String,
    pub(crate) seconds: f64,
    /// The mutants whose places it reached.
    pub(crate) reached: Vec<u32>,
    pub(crate) sources: String,
}

/// A mutant that does not compile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Unviable {
    pub(crate) number: u32,
    pub(crate) why: String,
    pub(crate) sources: String,
}

/// The lines of a file. A line that a stop has cut off is skipped.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(format!("{}: {e}", path.display())),
    }
}

/// A file to which lines are appended.
#[derive(Debug)]
pub(crate) struct Log(Mutex<File>);

impl Log {
    /// Opens it. If a stop has cut off its last line, a newline ends that.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let failed = |e| format!("{}: {e}", path.display());
        let cut_off = std::fs::read(path).is_ok_and(|text| text.last().is_some_and(|&byte| byte != b'\n'));
        let mut file = File::options().append(true).create(true).open(path).map_err(failed)?;
        if cut_off {
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok(Self(Mutex::new(file)))
    }

    /// Appends a line.
    pub(crate) fn add(&self, line: &impl Serialize) -> Result<(), String> {
        let mut text = serde_json::to_string(line).map_err(|e| e.to_string())?;
        text.push('\n');
        let mut file = self.0.lock().map_err(|_| "another thread failed")?;
        file.write_all(text.as_bytes()).map_err(|e| format!("the state can't be written: {e}"))
    }
}

/// The last judgement of each mutant, among those that still hold.
pub(crate) fn known(
    judgements: Vec<Judgement>,
    holds: impl Fn(&Judgement) -> bool,
) -> HashMap<String, Judgement> {
    let here = judgements.into_iter().filter(holds);
    here.map(|judgement| (judgement.name.clone(), judgement)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Fate, Judgement, Log, known, read};
    use std::io::Write;

    fn judgement(name: &str, fate: Fate, sources: &str) -> Judgement {
        Judgement { name: name.into(), fate, by: "m".into(), seconds: 1.0, sources: sources.into() }
    }

    #[test]
    fn a_run_that_was_stopped_goes_on() {
        let path = std::env::temp_dir().join(format!("mutants-state-{}.jsonl", std::process::id()));
        let _ = std::fs::remove_file(&path);
        assert!(read::<Judgement>(&path).expect("no file is an empty one").is_empty());
        let log = Log::open(&path).expect("it opens");
        log.add(&judgement("a", Fate::Survived, "1")).expect("it is written");
        log.add(&judgement("a", Fate::Killed, "1")).expect("it is written");
        log.add(&judgement("b", Fate::Killed, "0")).expect("it is written");
        drop(log);
        // The stop, in the middle of a line.
        let mut file = std::fs::File::options().append(true).open(&path).expect("it opens");
        file.write_all(b"{\"name\":\"c\",\"fa").expect("it is written");
        drop(file);
        let log = Log::open(&path).expect("it opens");
        log.add(&judgement("d", Fate::Unreached, "1")).expect("it is written");
        let lines = read::<Judgement>(&path).expect("it is read");
        std::fs::remove_file(&path).expect("it is there");
        let known = known(lines, |line| line.sources == "1");
        let mut names: Vec<_> = known.iter().map(|(name, line)| (name.as_str(), line.fate)).collect();
        names.sort_by_key(|(name, _)| *name);
        assert_eq!(names, [("a", Fate::Killed), ("d", Fate::Unreached)]);
    }
}
