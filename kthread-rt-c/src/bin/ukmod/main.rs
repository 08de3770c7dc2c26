//! `ukmod`: insmod for userspace. Builds a kernel module from its unmodified source, loads it into this process, and runs it
//! on kthread-rt.

mod build;
mod cli;
mod load;
mod session;

use clap::Parser;
use cli::{Cli, Command, Ended};
use std::process::ExitCode;

// The symbols that modules link to are the library's; this keeps it in.
use kthread_rt_c as _;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let ended = match cli.command {
        Command::Run(run) => session::build_and_run(&run),
        Command::Build(build) => build::command(&build),
        Command::Load(load) => session::load_and_run(&load),
    };
    ended
        .unwrap_or_else(|failure| {
            eprintln!("ukmod: {failure}");
            failure.status()
        })
        .into()
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        Self::from(ended as u8)
    }
}
