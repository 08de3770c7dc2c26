//! Shows the tasks of a Kernel to other processes: a socket in the user's own folder, named after
//! the process.
//!
//! A client sends one word, `table`, `table-json`, `graph`, `graph-json` or `graph-dot`, and gets a
//! text. `ukmod ps PID` is such a client. A client can change nothing. Only the user has access to
//! the folder (0700) and the socket (0600).
//!
//! One thread serves the connections one after another, and drops a client that is silent for a
//! second. This uses std's sockets and threads, not the facade: no model has such a socket.

use crate::sync::Arc;
use crate::sync::os::SignalsBlocked;
use crate::table::TaskTable;
use crate::task::{KernelState, Subsystem, SubsystemId};
use crate::wait_graph::WaitGraph;
use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// How long a client may be silent.
const PATIENCE: Duration = Duration::from_secs(1);
/// No word is longer.
const WORD: usize = 32;

/// The socket of a Kernel.
struct Site {
    over: AtomicBool,
    open: Mutex<Option<Open>>,
}

struct Open {
    path: PathBuf,
    thread: JoinHandle<()>,
}

impl Subsystem for Site {
    const ID: SubsystemId = SubsystemId::Ps;

    fn new() -> Self {
        Self { over: AtomicBool::new(false), open: Mutex::new(None) }
    }
}

/// The folder of the sockets of this user: `kthread-rt` in `$XDG_RUNTIME_DIR`, or one in `/tmp`
/// that has the user's number.
pub fn ps_folder() -> PathBuf {
    match std::env::var_os("XDG_RUNTIME_DIR").filter(|folder| Path::new(folder).is_absolute()) {
        Some(folder) => Path::new(&folder).join("kthread-rt"),
        None => format!("/tmp/kthread-rt-{}", user()).into(),
    }
}

/// The path of the socket of this user's process `pid`: see
/// [`KernelBuilder::ps`](crate::KernelBuilder::ps). There may be no socket.
///
/// ```
/// assert!(kthread_rt::ps_socket(7).ends_with("7.sock"));
/// ```
pub fn ps_socket(pid: u32) -> PathBuf {
    ps_folder().join(format!("{pid}.sock"))
}

/// Asks this user's process `pid` for `table`, `table-json`, `graph`, `graph-json` or `graph-dot`.
///
/// # Errors
///
/// If no Kernel of that process answers.
pub fn ask_ps(pid: u32, what: &str) -> io::Result<String> {
    let mut stream = UnixStream::connect(ps_socket(pid))?;
    // In one piece: the answer follows as soon as some of the word has arrived.
    stream.write_all(what.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn user() -> u32 {
    rustix::process::getuid().as_raw()
}

/// Makes the folder, or checks that only the user has access to it.
fn make_folder(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
        _ => {}
    }
    let found = fs::symlink_metadata(folder)?;
    if !found.is_dir() || found.uid() != user() || found.mode() & 0o077 != 0 {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the folder is not the user's alone"));
    }
    Ok(())
}

/// Starts to answer.
///
/// # Errors
///
/// If the socket can't be made: another Kernel of the process may have it.
pub(crate) fn open(kernel_state: &Arc<KernelState>) -> io::Result<()> {
    let path = ps_socket(std::process::id());
    make_folder(&ps_folder())?;
    if UnixStream::connect(&path).is_err_and(|e| e.kind() == io::ErrorKind::ConnectionRefused) {
        // It is left from a process that had this pid and was killed.
        fs::remove_file(&path)?;
    }
    let listener = UnixListener::bind(&path)?;
    fs::set_permissions(&path, Permissions::from_mode(0o600))?;
    let asked = kernel_state.clone();
    let answer = move || {
        for stream in listener.incoming() {
            if asked.subsystem::<Site>().over.load(Ordering::Acquire) {
                return;
            }
            // A client that has gone needs no answer.
            _ = stream.and_then(|stream| serve(&asked, stream));
        }
    };
    // The new thread inherits the signal mask: signals of the process are not for it.
    let _blocked = SignalsBlocked::new();
    let thread = Builder::new().name("kthread-rt-ps".into()).spawn(answer)?;
    *kernel_state.subsystem::<Site>().open.lock().unwrap_or_else(PoisonError::into_inner) =
        Some(Open { path, thread });
    Ok(())
}

/// Stops answering, and removes the socket.
pub(crate) fn close(kernel_state: &KernelState) {
    let site = kernel_state.subsystem::<Site>();
    let open = site.open.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(Open { path, thread }) = open else { return };
    site.over.store(true, Ordering::Release);
    // This wakes the thread. If it fails, the socket's file was removed, and the thread is left.
    let woken = UnixStream::connect(&path).is_ok();
    _ = fs::remove_file(&path);
    if woken {
        // It does not panic.
        _ = thread.join();
    }
}

fn serve(kernel_state: &Arc<KernelState>, mut stream: UnixStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // A word comes at once.
    let mut word = [0; WORD];
    let length = stream.read(&mut word)?;
    let answer = match String::from_utf8_lossy(&word[..length]).trim_end() {
        "table" => TaskTable::of(kernel_state).to_string(),
        "table-json" => TaskTable::of(kernel_state).to_json() + "\n",
        "graph" => WaitGraph::of(kernel_state).to_string(),
        "graph-json" => WaitGraph::of(kernel_state).to_json() + "\n",
        "graph-dot" => WaitGraph::of(kernel_state).to_dot(),
        _ => "table, table-json, graph, graph-json or graph-dot?\n".to_owned(),
    };
    stream.write_all(answer.as_bytes())
}
