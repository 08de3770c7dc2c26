//! Modules whose files are damaged: whatever the loader, their constructors or their functions make
//! of it, the run ends by itself.

mod ukmod;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use ukmod::{SOON, folder, run, run_within};

const FILES: usize = 60;
const SEED: u64 = 0x6d6f_6475_6c65;

/// Pseudo-random numbers: the same in each run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

/// What of the file is mapped, and so is of consequence.
fn mapped(path: &Path) -> usize {
    let data = fs::read(path).unwrap();
    let word = |at: usize, size: usize| {
        data[at..at + size].iter().rev().fold(0, |value, &byte| value << 8 | usize::from(byte))
    };
    let (headers, count) = (word(32, 8), word(56, 2));
    let ends = (0..count).map(|index| headers + index * 56).filter(|&at| word(at, 4) == 1);
    ends.map(|at| word(at + 8, 8) + word(at + 32, 8)).max().unwrap()
}

/// Damages a file in one of three ways: some bytes anywhere, a stretch, or bytes of the headers and
/// tables that the loader reads first.
fn damage(data: &mut [u8], mapped: usize, numbers: &mut Numbers) {
    let bytes = 1 + numbers.below(24);
    match numbers.below(3) {
        0 => (0..bytes).for_each(|_| data[numbers.below(mapped)] = numbers.next() as u8),
        1 => {
            let begin = numbers.below(mapped - bytes * 8);
            data[begin..begin + bytes * 8].fill_with(|| numbers.next() as u8);
        }
        _ => (0..bytes).for_each(|_| data[16 + numbers.below(0x800)] = numbers.next() as u8),
    }
}

#[test]
fn each_of_60_damaged_modules_ends_by_itself() {
    let folder = folder("damaged");
    let (status, _, err) = run(&["build", "../modules/mykthread.c", "-o", folder.to_str().unwrap()]);
    assert_eq!(status, 0, "{err}");
    let good = folder.join("mykthread.so");
    let (whole, mapped) = (fs::read(&good).unwrap(), mapped(&good));
    let mut numbers = Numbers(SEED);
    let files: Vec<_> = (0..FILES)
        .map(|index| {
            let mut data = whole.clone();
            damage(&mut data, mapped, &mut numbers);
            let path = folder.join(format!("damaged{index}.so"));
            fs::write(&path, data).unwrap();
            path
        })
        .collect();
    let next = AtomicUsize::new(0);
    let statuses = thread::scope(|scope| {
        let run_some = || {
            let mut statuses = Vec::new();
            while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut ukmod = ukmod::ukmod();
                ukmod.arg("load").arg(path).args([
                    "--for",
                    "0s",
                    "--init-timeout",
                    "1s",
                    "--exit-timeout",
                    "1s",
                ]);
                // Panics if it does not.
                let (status, _, err) =
                    run_within(&mut ukmod, SOON, &path.file_stem().unwrap().to_string_lossy());
                statuses.push((path.clone(), status, err));
            }
            statuses
        };
        let runners = [scope.spawn(run_some), scope.spawn(run_some)];
        runners.into_iter().flat_map(|runner| runner.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(statuses.len(), FILES);
    for (path, status, err) in &statuses {
        // A damaged module may do anything, even call exit; but nothing but itself has ended it.
        assert!(status.code().is_some(), "{}: {status}\n{err}", path.display());
    }
    let count = |code| statuses.iter().filter(|(_, status, _)| status.code() == Some(code)).count();
    // The damage is such that it is found out, and not such that all are refused at sight.
    assert!(count(3) > 0 && count(5) > 0, "{statuses:?}");
}

#[test]
fn a_table_of_symbols_that_the_loader_would_give_up_at_is_told() {
    let folder = folder("damaged-table");
    let (status, _, err) = run(&["build", "../modules/mykthread.c", "-o", folder.to_str().unwrap()]);
    assert_eq!(status, 0, "{err}");
    let path = folder.join("mykthread.so");
    let mut data = fs::read(&path).unwrap();
    // DT_GNU_HASH, and where that is: in the first segment, whose addresses are the file's.
    let tag = 0x6fff_fef5_u64.to_ne_bytes();
    let at = data.windows(8).position(|word| word == tag).unwrap();
    let table = u64::from_ne_bytes(data[at + 8..at + 16].try_into().unwrap()) as usize;
    data[table + 8] = 3;
    fs::write(&path, data).unwrap();
    let (status, _, err) = run(&["load", path.to_str().unwrap(), "--for", "0s"]);
    assert_eq!(status, 3, "{err}");
    assert!(err.contains("it is damaged: its symbol hash table is invalid"), "{err}");
}
