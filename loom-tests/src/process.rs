//! Runs a process that may crash or not end at all.

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
    /// With another exit code, or by a signal.
    Badly,
    /// It did not end, and was killed after its time limit.
    TimedOut,
}

/// Runs `command` for at most `limit`. Returns how it ended, and its output.
pub fn run(mut command: Command, limit: Duration) -> io::Result<(Ended, String)> {
    let (mut reader, writer) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // The command holds the writing ends; the reader waits until the last one is closed.
    drop(command);
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = reader.read_to_end(&mut bytes);
        // It fails if the other thread has returned with an error.
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    // The process starts no others, so its output ends with it.
    match receiver.recv_timeout(limit) {
        Ok(output) if child.wait()?.success() => Ok((Ended::Well, output)),
        Ok(output) => Ok((Ended::Badly, output)),
        Err(_) => {
            child.kill()?;
            child.wait()?;
            Ok((Ended::TimedOut, receiver.recv().unwrap_or_default()))
        }
    }
}
