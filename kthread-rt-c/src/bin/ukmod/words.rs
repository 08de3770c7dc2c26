//! Sorts the words of a command line into modules (files or folders) and their parameters.

use crate::Failure;
use crate::cli::Ended;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// The words of one module or folder: the sources of a module, or a folder, or a built module, and
/// the parameters that follow.
#[derive(Debug, Default)]
pub(crate) struct Group {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) params: Vec<Param>,
}

/// `name=value`, or `module.name=value`.
#[derive(Debug, Clone)]
pub(crate) struct Param {
    pub(crate) module: Option<String>,
    pub(crate) name: String,
    pub(crate) value: String,
}

impl fmt::Display for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { module, name, value } = self;
        match module {
            Some(module) => write!(f, "{module}.{name}={value}"),
            None => write!(f, "{name}={value}"),
        }
    }
}

impl Param {
    pub(crate) fn parse(word: &str) -> Option<Self> {
        let (name, value) = word.split_once('=').filter(|_| !Path::new(word).exists())?;
        let (module, name) = name.split_once('.').map_or((None, name), |(module, name)| (Some(module), name));
        Some(Self { module: module.map(str::to_owned), name: name.to_owned(), value: value.to_owned() })
    }
}

/// Splits the words into groups. A `+` ends a group; so does each folder, and, if `each`, every
/// file.
pub(crate) fn groups(words: &[OsString], each: bool) -> Result<Vec<Group>, Failure> {
    let mut groups = vec![Group::default()];
    let mut closed = false;
    for word in words {
        if word == "+" {
            closed = true;
            continue;
        }
        if let Some(param) = word.to_str().and_then(Param::parse) {
            let group = groups.last_mut().filter(|group| !group.paths.is_empty() && !closed);
            let Some(group) = group else {
                return Err(Failure::new(
                    Ended::Usage,
                    format!("the parameter {param} has no module before it: name the module first"),
                ));
            };
            group.params.push(param);
            continue;
        }
        let path = PathBuf::from(word);
        if !path.exists() {
            return Err(Failure::new(Ended::Usage, format!("{}: no such file", path.display())));
        }
        let alone = each || path.is_dir();
        let last_alone = groups.last().is_some_and(|group| group.paths.iter().any(|path| path.is_dir()));
        let begun = groups.last().is_some_and(|group| !group.paths.is_empty());
        if begun && (closed || alone || last_alone) {
            groups.push(Group::default());
        }
        closed = false;
        if let Some(group) = groups.last_mut() {
            group.paths.push(path);
        }
    }
    groups.retain(|group| !group.paths.is_empty());
    if groups.is_empty() {
        return Err(Failure::new(Ended::Usage, "no module was named"));
    }
    Ok(groups)
}
