//! The copy of the sources into which all mutants are built.
//!
//! It has only the packages that the model runner needs. Its folder's name is a hash of the
//! original workspace's path, so that two checkouts that share a target folder don't build each
//! other's mutants.

use super::mutant::{Mutant, hash64};
use super::render::{Place, render};
use crate::build::{target_dir, workspace};
use crate::mutants::mirror;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The packages that are copied.
const PACKAGES: [&str; 3] = ["kthread-rt", "kthread-rt-macros", "loom-tests"];

/// Optimized little: a model spends its time in the model checker, and mutants and models should
/// build quickly.
const QUICK: &str = "
[profile.release.package.kthread-rt]
opt-level = 1

[profile.release.package.loom-tests]
opt-level = 1
";

/// The module that knows which mutant is on.
const SWITCH: &str = include_str!("mutation.rs.in");

/// The copy, and the folder around it.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The original workspace.
    pub(crate) original: PathBuf,
    /// The folder for files that are kept between runs.
    pub(crate) folder: PathBuf,
    /// The copied workspace.
    pub(crate) root: PathBuf,
    /// The target folder of the copy.
    pub(crate) target: PathBuf,
}

impl Tree {
    /// The tree of this workspace.
    pub(crate) fn new() -> Result<Self, String> {
        let original = workspace();
        let original = original.canonicalize().map_err(|e| format!("{}: {e}", original.display()))?;
        let target = target_dir()?.join("mutants/generated");
        Ok(Self::of(&original, &target))
    }

    fn of(original: &Path, generated: &Path) -> Self {
        let name = format!("{:016x}", hash64(original.as_os_str().as_encoded_bytes(), 0));
        let folder = generated.join(name);
        let (root, target) = (folder.join("workspace"), folder.join("target"));
        Self { original: original.to_owned(), folder, root, target }
    }

    /// Copies the sources, except those of kthread-rt, which [`write`](Self::write) makes.
    pub(crate) fn copy(&self) -> Result<(), String> {
        let failed = |e| format!("copying the workspace: {e}");
        for package in PACKAGES {
            let (from, to) = (self.original.join(package), self.root.join(package));
            if package == "kthread-rt" {
                fs::create_dir_all(&to).map_err(failed)?;
                put(&to.join("Cargo.toml"), &fs::read(from.join("Cargo.toml")).map_err(failed)?)
                    .map_err(failed)?;
            } else {
                mirror(&from, &to).map_err(failed)?;
            }
        }
        let manifest = fs::read_to_string(self.original.join("Cargo.toml")).map_err(failed)?;
        put(&self.root.join("Cargo.toml"), with_members(&manifest)?.as_bytes()).map_err(failed)?;
        for name in ["README.md", "Cargo.lock"] {
            let to = self.root.join(name);
            if name == "README.md" || !to.exists() {
                put(&to, &fs::read(self.original.join(name)).map_err(failed)?).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// Writes kthread-rt with these mutants, which have these numbers. Returns their places, by the
    /// file's path from the root, and the numbers of those that could not be put beside the others.
    pub(crate) fn write(
        &self,
        mutants: &[(&Mutant, u32)],
        count: usize,
    ) -> Result<(Places, Vec<u32>), String> {
        let from = self.original.join("kthread-rt/src");
        let to = self.root.join("kthread-rt/src");
        let mut by_file: BTreeMap<&str, Vec<(&Mutant, u32)>> = BTreeMap::new();
        for &(mutant, number) in mutants {
            by_file.entry(mutant.file).or_default().push((mutant, number));
        }
        let mut places = Places::new();
        let mut crossing = Vec::new();
        let mut written = |path: &Path, text: Vec<u8>| -> Result<Vec<u8>, String> {
            let Some(mutants) = path.to_str().and_then(|name| by_file.get(name)) else { return Ok(text) };
            let source = String::from_utf8(text).map_err(|e| format!("{}: {e}", path.display()))?;
            let drafts: Vec<_> = mutants.iter().map(|(mutant, number)| (&mutant.draft, *number)).collect();
            let (rendered, crossed) = render(&source, &drafts);
            crossing.extend(crossed.into_iter().map(|index| drafts[index].1));
            let numbered = rendered.places.into_iter().map(|place| (drafts[place.mutant].1, place)).collect();
            places.insert(Path::new("kthread-rt/src").join(path).display().to_string(), numbered);
            Ok(rendered.text.into_bytes())
        };
        copy_with(&from, &to, Path::new(""), &mut written)?;
        let library = to.join("lib.rs");
        let text = fs::read_to_string(from.join("lib.rs")).map_err(|e| format!("lib.rs: {e}"))?;
        let text = text.replacen("\nmod ", "\nmod mutation;\nmod ", 1);
        let failed = |e: std::io::Error| format!("{}: {e}", library.display());
        put(&library, text.as_bytes()).map_err(failed)?;
        let switch = format!("{SWITCH}\nconst COUNT: usize = {count};\n");
        put(&to.join("mutation.rs"), switch.as_bytes()).map_err(failed)?;
        Ok((places, crossing))
    }

    /// A number for the original's files of these folders: another if one of them is changed.
    pub(crate) fn fingerprint(&self, folders: &[&str]) -> Result<u64, String> {
        let mut hash = 0;
        for folder in folders {
            hash = hash_folder(&self.original.join(folder), hash).map_err(|e| format!("{folder}: {e}"))?;
        }
        Ok(hash)
    }
}

/// For each file, where its mutants are, by their numbers.
pub(crate) type Places = BTreeMap<String, Vec<(u32, Place)>>;

fn with_members(manifest: &str) -> Result<String, String> {
    let members = PACKAGES.map(|package| format!("{package:?}")).join(", ");
    let lines = manifest.lines().map(|line| match line.starts_with("members = [") {
        true => format!("members = [{members}]\n"),
        false => format!("{line}\n"),
    });
    let changed: String = lines.collect();
    match changed.contains(&members) {
        true => Ok(changed + QUICK),
        false => Err("Cargo.toml: the line `members = [...]` is missing".to_owned()),
    }
}

/// Writes a file, unless it has this content.
fn put(path: &Path, content: &[u8]) -> std::io::Result<()> {
    if fs::read(path).ok().as_deref() == Some(content) {
        return Ok(());
    }
    fs::write(path, content)
}

fn copy_with(
    from: &Path,
    to: &Path,
    under: &Path,
    change: &mut impl FnMut(&Path, Vec<u8>) -> Result<Vec<u8>, String>,
) -> Result<(), String> {
    let failed = |e: std::io::Error| format!("{}: {e}", from.display());
    fs::create_dir_all(to).map_err(failed)?;
    for old in fs::read_dir(to).map_err(failed)? {
        let old = old.map_err(failed)?;
        if !from.join(old.file_name()).exists() && old.file_name() != "mutation.rs" {
            let gone = if old.path().is_dir() {
                fs::remove_dir_all(old.path())
            } else {
                fs::remove_file(old.path())
            };
            gone.map_err(failed)?;
        }
    }
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (path, name) = (under.join(entry.file_name()), entry.file_name());
        if entry.path().is_dir() {
            copy_with(&entry.path(), &to.join(name), &path, change)?;
        } else if path != Path::new("lib.rs") {
            let text = change(&path, fs::read(entry.path()).map_err(failed)?)?;
            put(&to.join(name), &text).map_err(failed)?;
        }
    }
    Ok(())
}

fn hash_folder(path: &Path, begin: u64) -> std::io::Result<u64> {
    if path.is_file() {
        return Ok(hash64(&fs::read(path)?, begin));
    }
    let mut entries: Vec<PathBuf> =
        fs::read_dir(path)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    entries.sort();
    let named = |hash, entry: &PathBuf| {
        let name = entry.file_name().unwrap_or_default().as_encoded_bytes();
        hash_folder(entry, hash64(name, hash))
    };
    entries.iter().try_fold(begin, named)
}

#[cfg(test)]
mod tests {
    use super::{Tree, with_members};
    use std::path::Path;

    #[test]
    fn two_checkouts_have_two_folders_in_one_target_folder() {
        let target = Path::new("/shared/target");
        let [one, two] = ["/a", "/b"].map(|original| Tree::of(Path::new(original), target));
        assert_ne!(one.root, two.root);
        assert_ne!(one.target, two.target);
        assert_eq!(one.root, Tree::of(Path::new("/a"), target).root);
    }

    #[test]
    fn the_copied_workspace_has_fewer_members() {
        let manifest = with_members("[workspace]\nmembers = [\"a\", \"b\"]\nx = 1\n").expect("it has a line");
        let members = "members = [\"kthread-rt\", \"kthread-rt-macros\", \"loom-tests\"]\n";
        assert!(manifest.starts_with(&format!("[workspace]\n{members}x = 1\n")), "{manifest}");
        assert!(with_members("[package]\n").is_err());
    }
}
