//! A virtual machine with a real kernel. It loads the modules one after another and prints their
//! output on its serial console.

use crate::initramfs::Archive;
use crate::places::at;
use crate::{Result, places, process};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The files that a machine needs.
#[derive(Debug)]
pub struct Machine<'a> {
    /// The folder with qemu, busybox and their dependencies.
    pub system: &'a Path,
    /// The kernel.
    pub image: &'a Path,
    /// The folder for the machine's files.
    pub folder: &'a Path,
}

/// The result of one module.
#[derive(Debug, Default)]
pub struct Said {
    /// The kernel's log from insmod to rmmod.
    pub log: String,
    /// insmod's status; none if it did not return.
    pub insmod: Option<i32>,
    /// True if it took too long.
    pub hung: bool,
}

/// The output of a machine.
#[derive(Debug, Default)]
pub struct MachineOutput {
    /// `uname -r` and `uname -v`.
    pub version: String,
    /// The results, by subject.
    pub said: BTreeMap<String, Said>,
    /// The console's lines while no module was loaded.
    pub outside: String,
    /// The module that is loaded.
    now: Option<String>,
}

impl MachineOutput {
    /// Processes a line of the console. Returns the module that this line ends, if any.
    pub fn take(&mut self, line: &str) -> Option<String> {
        let Some((_, mark)) = line.split_once("CONFORMANCE ") else {
            let said = self.now.as_ref().and_then(|name| self.said.get_mut(name));
            let log = said.map_or(&mut self.outside, |said| &mut said.log);
            log.push_str(line);
            log.push('\n');
            return None;
        };
        let words: Vec<_> = mark.split_whitespace().collect();
        match words[..] {
            ["version", ..] => self.version = mark["version".len()..].trim().to_owned(),
            ["begin", name] => {
                self.said.insert(name.to_owned(), Said::default());
                self.now = Some(name.to_owned());
            }
            // The log repeats lines that were on the console before.
            ["log", name] => {
                if let Some(said) = self.said.get_mut(name) {
                    said.log.clear();
                }
            }
            ["end", name, status] => {
                if let Some(said) = self.said.get_mut(name) {
                    said.insmod = status.parse().ok();
                }
                self.now = None;
                return Some(name.to_owned());
            }
            ["hung", name] => {
                if let Some(said) = self.said.get_mut(name) {
                    said.hung = true;
                }
                self.now = None;
            }
            ["over"] => self.now = None,
            _ => {}
        }
        None
    }
}

/// The time limit of a module, within the machine. After that it counts as hung, and the machine
/// ends.
const MODULE_SECONDS: u32 = 120;

/// The time limit of a machine.
const LIMIT: Duration = Duration::from_secs(900);

/// The machine's first process. It prints the log after a module has ended, not meanwhile, because
/// the slow console would disturb the module. If a module hangs, it prints the log so far and ends
/// the machine.
const INIT: &str = r#"#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /tmp /bin /sbin
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t debugfs debugfs /sys/kernel/debug
exec >/dev/console 2>&1
echo
echo "CONFORMANCE version $(uname -r) $(uname -v)"
while read -r name; do
	dmesg -c >/dev/null
	dmesg -n 1
	echo "CONFORMANCE begin $name"
	( sleep @SECONDS@; echo "CONFORMANCE log $name"; dmesg; echo "CONFORMANCE hung $name"; reboot -f ) &
	watch=$!
	insmod /modules/$name.ko
	status=$?
	rmmod $name 2>/dev/null
	kill $watch
	echo "CONFORMANCE log $name"
	dmesg
	echo "CONFORMANCE end $name $status"
done </modules/list
echo "CONFORMANCE over"
reboot -f
"#;

impl Machine<'_> {
    /// Asks these modules; calls `progress` for each one that is done. If a module hangs or crashes
    /// the machine, the machine is started again for the rest.
    pub fn ask(&self, modules: &BTreeMap<String, PathBuf>, progress: impl Fn(&str)) -> Result<MachineOutput> {
        let mut output = MachineOutput::default();
        let mut rest = modules.clone();
        let mut console = String::new();
        while !rest.is_empty() {
            let before = rest.len();
            console += &self.boot(&rest, &mut output, &progress)?;
            places::write(&self.folder.join("console.log"), &console)?;
            rest.retain(|name, _| !output.said.contains_key(name));
            if rest.len() == before {
                let end: Vec<_> = console.lines().rev().take(30).collect();
                let end: Vec<_> = end.into_iter().rev().collect();
                return Err(format!(
                    "the machine did not come as far as the first module:\n{}",
                    end.join("\n")
                ));
            }
        }
        Ok(output)
    }

    /// Starts the machine once, and returns its output.
    fn boot(
        &self,
        modules: &BTreeMap<String, PathBuf>,
        output: &mut MachineOutput,
        progress: &impl Fn(&str),
    ) -> Result<String> {
        let initrd = self.folder.join("initrd");
        fs::write(&initrd, self.initramfs(modules)?).map_err(at(&initrd))?;
        output.now = None;
        let line = |line: &str| {
            if let Some(name) = output.take(line) {
                progress(&name);
            }
        };
        let ended = process::run_for(&mut self.qemu(&initrd)?, LIMIT, line, |_| {})?;
        Ok(ended.out + &ended.err)
    }

    fn qemu(&self, initrd: &Path) -> Result<Command> {
        // Uses qemu's own loader and libraries: the host may have other versions.
        let mut qemu = Command::new(self.system.join("lib64/ld-linux-x86-64.so.2"));
        let libraries = ["lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "lib", "usr/lib"];
        let libraries: Vec<_> =
            libraries.iter().map(|dir| self.system.join(dir).display().to_string()).collect();
        qemu.env("QEMU_MODULE_DIR", self.system.join("usr/lib/x86_64-linux-gnu/qemu"));
        qemu.arg("--library-path").arg(libraries.join(":"));
        qemu.arg(self.system.join("usr/bin/qemu-system-x86_64"));
        for data in ["usr/share/seabios", "usr/share/qemu"] {
            qemu.arg("-L").arg(self.system.join(data));
        }
        qemu.args(["-accel", "tcg", "-machine", "pc", "-cpu", "max", "-smp", "2", "-m", "512"]);
        qemu.args(["-nic", "none", "-vga", "none", "-no-reboot", "-display", "none", "-serial", "stdio"]);
        qemu.args(["-monitor", "none"]).arg("-kernel").arg(self.image).arg("-initrd").arg(initrd);
        // Messages only go to the log, without time stamps; a panic goes to the console.
        // `no_timer_check`: on a busy host, ticks may be missing while the kernel checks the timer.
        let append =
            "console=ttyS0 loglevel=1 printk.time=0 log_buf_len=8M panic=-1 no_timer_check rdinit=/init";
        qemu.args(["-append", append]);
        Ok(qemu)
    }

    fn initramfs(&self, modules: &BTreeMap<String, PathBuf>) -> Result<Vec<u8>> {
        let mut archive = Archive::new();
        let busybox = ["bin/busybox", "usr/bin/busybox"].map(|path| self.system.join(path));
        let busybox = busybox.into_iter().find(|path| path.exists());
        let busybox = busybox.ok_or("busybox-static has no busybox")?;
        archive.file("bin/busybox", &fs::read(&busybox).map_err(at(&busybox))?);
        archive.file("init", INIT.replace("@SECONDS@", &MODULE_SECONDS.to_string()).as_bytes());
        // The console for the first process's standard streams.
        archive.device("dev/console", 5, 1);
        let mut list = String::new();
        for (name, path) in modules {
            archive.file(&format!("modules/{name}.ko"), &fs::read(path).map_err(at(path))?);
            list += &format!("{name}\n");
        }
        archive.file("modules/list", list.as_bytes());
        Ok(archive.finish())
    }
}
