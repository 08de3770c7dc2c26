//! Builds a program for a model checker from inside a `cargo run` or a `cargo test`: the model
//! runner, or an example.
//!
//! The inner build has its own target folder, since `--cfg loom` changes every crate that it
//! touches. It drops the outer cargo's environment variables, so that the build is the same
//! whatever starts it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The model checker that the runner is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// loom: all permutations of small models.
    Loom,
    /// shuttle: random schedules of a large model.
    Shuttle,
}

impl Backend {
    fn cfg(self) -> &'static str {
        match self {
            Self::Loom => "loom",
            Self::Shuttle => "shuttle",
        }
    }
}

/// The workspace that this package is in.
pub fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

/// The outer cargo's target folder: by its configuration or `CARGO_TARGET_DIR`.
pub fn target_dir() -> Result<PathBuf, String> {
    let output = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
        .arg(workspace().join("Cargo.toml"))
        .output()
        .map_err(|e| format!("cargo metadata: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let after = text.split(r#""target_directory":""#).nth(1);
    let path = after.and_then(|rest| rest.split('"').next());
    path.map(PathBuf::from)
        .ok_or_else(|| format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)))
}

/// A program of the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program<'a> {
    /// The runner, with the models of the protocols.
    Runner,
    /// The example of this name.
    Example(&'a str),
}

/// A build's settings.
#[derive(Debug, Clone)]
pub struct Build {
    /// The workspace.
    pub workspace: PathBuf,
    /// The build's own target folder.
    pub target: PathBuf,
    /// The model checker to build for.
    pub backend: Backend,
    /// Rebuild fast after small changes: for mutants.
    pub incremental: bool,
    /// Turn lints off: the code has mutants in it.
    pub mutated: bool,
    /// Count how often each region of the code runs.
    pub coverage: bool,
}

impl Build {
    /// A build of this workspace.
    pub fn of_workspace(backend: Backend) -> Result<Self, String> {
        let folder = match backend {
            Backend::Loom => "models",
            Backend::Shuttle => "shuttle",
        };
        let target = target_dir()?.join(folder);
        Ok(Self {
            workspace: workspace(),
            target,
            backend,
            incremental: false,
            mutated: false,
            coverage: false,
        })
    }

    /// Builds `program`. Returns its path, or the compiler's messages.
    pub fn run(&self, program: Program<'_>) -> Result<PathBuf, String> {
        let (what, path) = match program {
            Program::Runner => {
                (["--package", "loom-tests", "--bin", "model-runner"], PathBuf::from("model-runner"))
            }
            Program::Example(name) => {
                (["--package", "examples", "--example", name], Path::new("examples").join(name))
            }
        };
        let mut cargo = cargo();
        cargo
            .current_dir(&self.workspace)
            .args(["build", "--release", "--target-dir"])
            .arg(&self.target)
            .args(what)
            .env("CARGO_ENCODED_RUSTFLAGS", flags(self.backend, self.mutated, self.coverage))
            .stdin(Stdio::null());
        if self.incremental {
            cargo.env("CARGO_INCREMENTAL", "1").env("CARGO_PROFILE_RELEASE_DEBUG", "0");
        }
        let output = cargo.output().map_err(|e| format!("cargo build: {e}"))?;
        if output.status.success() {
            Ok(self.target.join("release").join(path))
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

/// `cargo check` of one package, with JSON messages on standard output and without lints.
pub(crate) fn checking(workspace: &Path, target: &Path, backend: Backend, package: &str) -> Command {
    let mut cargo = cargo();
    cargo
        .current_dir(workspace)
        .args(["check", "--release", "--message-format", "json", "--package", package, "--target-dir"])
        .arg(target)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(backend, true, false))
        .stdin(Stdio::null());
    cargo
}

/// The user's flags and ours, in the encoding that keeps spaces.
fn flags(backend: Backend, lints_off: bool, coverage: bool) -> OsString {
    const SEPARATOR: &str = "\x1f";
    let users = match (std::env::var("CARGO_ENCODED_RUSTFLAGS"), std::env::var("RUSTFLAGS")) {
        (Ok(encoded), _) => encoded,
        (_, Ok(plain)) => plain.split_whitespace().collect::<Vec<_>>().join(SEPARATOR),
        _ => String::new(),
    };
    let lints = if lints_off { format!("{SEPARATOR}--cap-lints{SEPARATOR}allow") } else { String::new() };
    let counters = if coverage { format!("{SEPARATOR}-Cinstrument-coverage") } else { String::new() };
    let ours = format!("--cfg{SEPARATOR}{}{lints}{counters}", backend.cfg());
    if users.is_empty() { ours.into() } else { format!("{users}{SEPARATOR}{ours}").into() }
}

/// cargo, without the environment variables that an outer cargo set for this process.
fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // cargo sets these for a program that it runs, tests or builds; other variables are the user's
    // own settings.
    const OF_A_RUN: [&str; 8] = [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
        "CARGO_PRIMARY_",
        "CARGO_CFG_",
        "CARGO_FEATURE_",
        "CARGO_RUSTC_",
    ];
    for (name, _) in std::env::vars_os() {
        let of_a_run = name.to_str().is_some_and(|n| OF_A_RUN.iter().any(|prefix| n.starts_with(prefix)));
        if of_a_run {
            cargo.env_remove(&name);
        }
    }
    for name in ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER", "OUT_DIR"] {
        cargo.env_remove(name);
    }
    cargo
}
