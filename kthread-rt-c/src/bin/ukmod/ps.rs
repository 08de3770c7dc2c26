//! `ukmod ps`: asks another process for its tasks.

use crate::Failure;
use crate::cli::{Ended, Ps};
use crate::output::to_stdout;
use kthread_rt::{ask_ps, ps_folder};
use std::fs;

pub(crate) fn command(options: &Ps) -> Result<Ended, Failure> {
    let Some(pid) = options.pid else {
        to_stdout(&list());
        return Ok(Ended::Well);
    };
    let what = match (options.dot, options.graph, options.json) {
        (true, ..) => "graph-dot",
        (_, true, true) => "graph-json",
        (_, true, false) => "graph",
        (_, false, true) => "table-json",
        (_, false, false) => "table",
    };
    let answer = ask_ps(pid, what)
        .map_err(|e| Failure::new(Ended::NotLoaded, format!("process {pid} does not answer: {e}")))?;
    to_stdout(&answer);
    Ok(Ended::Well)
}

/// The processes that answer, one per line, with their command lines.
fn list() -> String {
    let files = fs::read_dir(ps_folder()).into_iter().flatten().flatten();
    let mut pids: Vec<u32> = files
        .filter_map(|file| file.file_name().to_str()?.strip_suffix(".sock")?.parse().ok())
        .filter(|&pid| ask_ps(pid, "table").is_ok())
        .collect();
    pids.sort_unstable();
    let mut out = String::from("    PID COMMAND\n");
    for pid in pids {
        let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let command = String::from_utf8_lossy(&command).trim_end_matches('\0').replace('\0', " ");
        out.push_str(&format!("{pid:>7} {command}\n"));
    }
    out
}
