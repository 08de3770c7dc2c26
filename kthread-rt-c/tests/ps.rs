//! `ukmod ps`: asked from outside, a run says what each of its tasks waits for, and where.

mod ukmod;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};
use std::time::Duration;

/// A run of `modules/waits.c` whose threads all wait, with a folder for sockets of its own.
struct Run {
    child: Child,
    folder: PathBuf,
    /// A run whose output nobody reads any more ends.
    _told: BufReader<ChildStdout>,
}

impl Run {
    fn begin(name: &str) -> Self {
        let folder = ukmod::folder(name);
        let mut command = ukmod::ukmod();
        command.args(["run", "--exit-timeout", "100ms", "modules/waits.c"]).env("XDG_RUNTIME_DIR", &folder);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap());
        let ready = told.by_ref().lines().map_while(Result::ok).any(|line| line.contains("all of them wait"));
        assert!(ready, "the module has not come to its end");
        Self { child, folder, _told: told }
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("kthread-rt").join(format!("{}.sock", self.child.id()))
    }

    fn ask(&self, options: &[&str]) -> String {
        let mut command = ukmod::ukmod();
        command.arg("ps").args(options).env("XDG_RUNTIME_DIR", &self.folder);
        let (status, out, err) = ukmod::ran(command.output().unwrap());
        assert_eq!((status, err.as_str()), (0, ""), "{out}");
        out
    }

    fn ask_pid(&self, options: &[&str]) -> String {
        let pid = self.child.id().to_string();
        self.ask(&[&[pid.as_str()], options].concat())
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// What `task` waits for, and the line of the module where it does.
const WAITS: [(&str, &str, &str); 13] = [
    ("down", "semaphore sem (0x", "down(&sem);"),
    ("bit", "wait_on_bit: a bit or variable at word (0x", "return wait_on_bit("),
    ("var", "wait_var_event: wait queue", "wait_var_event(&variable"),
    ("usleep", "usleep_range", "usleep_range(3000000000UL"),
    ("srcu_reader", "completion never (0x", "wait_for_completion(&never);"),
    ("srcu", "synchronize_srcu: the readers of srcu_struct domain (0x", "synchronize_srcu(&domain);"),
    ("rcu", "synchronize_rcu: the readers", "synchronize_rcu();"),
    ("rcu", "and reader[6] is in rcu_read_lock()", ""),
    ("barrier", "rcu_barrier: the callbacks", "rcu_barrier();"),
    ("flush", "flush_work: work work_fn() of workqueue \"mine\"", "flush_work(&work);"),
    ("flush_queue", "flush_workqueue: the works of workqueue \"mine\"", "flush_workqueue(queue);"),
    ("kworker/u4:0", "completion never (0x", ""),
    ("kthreadd", "nothing: it is idle", ""),
];

#[test]
fn every_wait_has_a_name_and_a_place() {
    let run = Run::begin("ps_waits");
    let source = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/waits.c")).unwrap();
    let table = run.ask_pid(&[]);
    let row = |task: &str| {
        let rows = table.lines().find(|row| row.split_whitespace().nth(2) == Some(task));
        rows.unwrap_or_else(|| panic!("no {task} in\n{table}"))
    };
    for (task, words, at) in WAITS {
        // The pools of unbound queues are named after how many there are.
        let row = if task.starts_with("kworker/u") {
            table.lines().find(|row| row.contains("kworker/u") && row.contains(words)).expect("a kworker")
        } else {
            row(task)
        };
        assert!(row.contains(words), "{task} does not wait for {words}\n{table}");
        if !at.is_empty() {
            let lines = source.lines().zip(1..).filter(|(line, _)| line.contains(at));
            let named = lines.map(|(_, n)| format!("waits.c:{n} in ")).any(|place| row.contains(&place));
            assert!(named, "{task} is not at {at}\n{table}");
        }
    }
    assert!(table.lines().any(|row| row.contains("kworker/") && row.ends_with("nothing: it is idle")));
    assert!(row("reader").ends_with("  -"), "{table}");

    let json = run.ask_pid(&["--json"]);
    assert!(json.starts_with("{\"tasks\":[{\"pid\":1,\"comm\":\"ukmod\","), "{json}");
    assert!(json.contains("\"name\":\"down\",\"state\":\"D\""), "{json}");
    let graph = run.ask_pid(&["--graph"]);
    assert!(graph.contains("\"rcu\" (pid 13) waits in synchronize_rcu() at "), "{graph}");
    let graph = run.ask_pid(&["--graph", "--json"]);
    assert!(graph.contains("\"kind\":\"Workqueue\""), "{graph}");
    assert!(run.ask_pid(&["--dot"]).starts_with("digraph waits {"));
}

#[test]
fn only_the_user_can_ask_and_a_stale_socket_is_ignored() {
    let mut run = Run::begin("ps_socket");
    let socket = run.socket();
    assert_eq!((mode(&socket), mode(socket.parent().unwrap())), (0o600, 0o700));
    // One that nobody listens at any more.
    drop(UnixListener::bind(socket.with_file_name("1.sock")).unwrap());
    let list = run.ask(&[]);
    assert_eq!(list.lines().count(), 2, "{list}");
    assert!(list.contains(&format!("{} ", run.child.id())) && list.contains("waits.c"), "{list}");

    // SIGTERM ends the run; its threads wait on, so it is left early.
    // SAFETY: a child of this process that has not been waited for.
    unsafe { libc::kill(run.child.id() as i32, libc::SIGTERM) };
    ukmod::ends_within(&mut run.child, Duration::from_secs(30));
    assert!(!socket.exists());
    let mut late = ukmod::ukmod();
    late.args(["ps", &run.child.id().to_string()]).env("XDG_RUNTIME_DIR", &run.folder);
    let (status, _, err) = ukmod::ran(late.output().unwrap());
    assert_eq!(status, 3, "{err}");
    assert!(err.contains("does not answer"), "{err}");
}

#[test]
fn a_run_that_goes_well_takes_its_socket_away() {
    let folder = ukmod::folder("ps_gone");
    let mut command = ukmod::ukmod();
    command.args(["run", "--for", "0s", "zoo/right/deadlock_flush_own_queue.c"]);
    let (status, _, err) = ukmod::ran(command.env("XDG_RUNTIME_DIR", &folder).output().unwrap());
    assert_eq!(status, 0, "{err}");
    assert_eq!(fs::read_dir(folder.join("kthread-rt")).unwrap().count(), 0);
}
