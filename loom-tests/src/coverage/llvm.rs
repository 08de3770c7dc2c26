//! The tools that read the counters: `llvm-profdata` and `llvm-cov` of the compiler's own version,
//! rustup's component `llvm-tools`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the tools.
#[derive(Debug)]
pub(super) struct Tools(PathBuf);

impl Tools {
    /// Finds the tools beside the compiler.
    pub(super) fn find() -> Result<Self, String> {
        let root = output(Command::new("rustc").args(["--print", "sysroot"]))?;
        let host = output(Command::new("rustc").args(["--print", "host-tuple"]))?;
        let folder = Path::new(root.trim()).join("lib/rustlib").join(host.trim()).join("bin");
        match folder.join("llvm-profdata").exists() && folder.join("llvm-cov").exists() {
            true => Ok(Self(folder)),
            false => Err(format!(
                "there is no llvm-profdata in {}: install it with `rustup component add llvm-tools`",
                folder.display()
            )),
        }
    }

    /// The counters of all runs of `program`, in llvm-cov's JSON.
    pub(super) fn export(&self, program: &Path, profiles: &Profiles) -> Result<String, String> {
        let merged = profiles.folder.join("merged.profdata");
        let raw = std::fs::read_dir(&profiles.folder)
            .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect());
        let raw: Vec<PathBuf> = raw.map_err(|e| format!("{}: {e}", profiles.folder.display()))?;
        let raw = raw.iter().filter(|path| path.extension().is_some_and(|end| end == "profraw"));
        output(
            Command::new(self.0.join("llvm-profdata"))
                .args(["merge", "--sparse", "--output"])
                .arg(&merged)
                .args(raw),
        )?;
        output(
            Command::new(self.0.join("llvm-cov"))
                .args(["export", "--format=text", "--skip-expansions", "--instr-profile"])
                .arg(&merged)
                .arg(program),
        )
    }
}

/// The folder in which the runs leave their counters.
#[derive(Debug)]
pub(super) struct Profiles {
    folder: PathBuf,
}

impl Profiles {
    /// An empty folder.
    pub(super) fn new(folder: &Path) -> Result<Self, String> {
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// `LLVM_PROFILE_FILE`: the processes add up their counters in four files.
    pub(super) fn pattern(&self) -> OsString {
        self.folder.join("%4m.profraw").into_os_string()
    }
}

fn output(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|e| format!("{name}: {e}"))?;
    match output.status.success() {
        true => String::from_utf8(output.stdout).map_err(|e| format!("{name}: {e}")),
        false => Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr))),
    }
}
