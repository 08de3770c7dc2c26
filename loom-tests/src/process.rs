//! Running a process that may fail loudly or not end at all.

use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How a process ended.
#[derive(Debug)]
pub enum Ended {
    /// With exit code 0.
    Well,
    /// With another, or by a signal.
    Badly,
    /// It did not, and was killed when its time was over.
    TimedOut,
}

/// Runs `command` for `limit` at most; how it ended, and all that it wrote.
pub fn run(mut command: Command, limit: Duration) -> io::Result<(Ended, String)> {
    let (mut reader, writer) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // The command holds the writing ends; the reader waits for the last one to go.
    drop(command);
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = reader.read_to_end(&mut bytes);
        // Nobody listens any more if the other side has failed.
        let _ = tell.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    // Its output ends with the process, which starts no others.
    match told.recv_timeout(limit) {
        Ok(output) if child.wait()?.success() => Ok((Ended::Well, output)),
        Ok(output) => Ok((Ended::Badly, output)),
        Err(_) => {
            child.kill()?;
            child.wait()?;
            Ok((Ended::TimedOut, told.recv().unwrap_or_default()))
        }
    }
}
